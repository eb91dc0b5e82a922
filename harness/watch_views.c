/* watch_views.c - watch: commands whose words are shown, each in a process of its own (aside.h). */
#include "watch_parts.h"

#include "cleanup.h"
#include "terminal.h"

#include <getopt.h>
#include <string.h>

/* A command line in the folder where the student works. */
struct order {
	const struct watcher *watcher;
	command_main *run;
	const char *arguments[6]; /* NULL behind the last */
	bool outside;             /* in the folder above it, as who types `windsock start` */
};

static int obey(void *argument)
{
	struct order *order = argument;
	char *words[7] = {NULL};
	int count = 0;

	terminal_stand_for(order->watcher->screen.style.columns, order->watcher->screen.style.colour);
	if (chdir(order->watcher->place.workspace.folder) || (order->outside && chdir("..")))
		die("%s cannot be entered: was it removed?", order->watcher->place.workspace.folder);
	for (; order->arguments[count]; count++)
		words[count] = mem_string(order->arguments[count]);
	optind = 0; /* getopt(3): begins afresh */
	return order->run(count, words);
}

static void start(struct aside *aside, struct order *order)
{
	aside_close(aside);
	if (aside_start(aside, obey, order))
		text_add(&aside->said, "There is no room for another process: close some programs, and press the key again.\n");
}

void view_start(struct watcher *watcher, char key)
{
	static const struct {
		char key;
		command_main *run;
		const char *arguments[4];
	} views[] = {
		{'h', cmd_hint, {"hint", "--dir", "."}},
		{'l', cmd_list, {"list"}},
		{'s', cmd_show, {"show", "--calls", "--dir", "."}},
		{'t', cmd_show, {"show", "--trace", "--dir", "."}},
	};
	struct order order = {.watcher = watcher};
	size_t count = 0;

	for (size_t i = 0; i < sizeof views / sizeof views[0]; i++)
		if (views[i].key == key) {
			order.run = views[i].run;
			for (; count < 4 && views[i].arguments[count]; count++)
				order.arguments[count] = views[i].arguments[count];
		}
	if (watcher->options->ascii && order.run == cmd_show)
		order.arguments[count] = "--ascii";
	watcher->view_key = key;
	start(&watcher->view, &order);
}

void view_make(struct watcher *watcher, const char *name, const char *folder)
{
	struct order order = {.watcher = watcher, .run = cmd_start, .arguments = {"start", name, folder}, .outside = true};

	start(&watcher->maker, &order);
}
