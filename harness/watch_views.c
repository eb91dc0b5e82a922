/* watch_views.c - watch: commands whose words are shown, each in a process of its own (aside.h). */
#include "watch_parts.h"

#include "cleanup.h"
#include "files.h"
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

/* As check_print.c tells them. */
static void retell_case(const struct watcher *watcher, const char *folder, struct check_summary *told)
{
	struct report_options options = watcher->check.report;
	_cleanup_text_ struct text report = {0};
	struct scene scene;
	struct verdict verdict;
	struct error error;

	if (check_read_verdict(&watcher->place.course, folder, &scene, &verdict, &error))
		die_error(&error);
	options.style = terminal_style(watcher->options->ascii);
	options.told = told->first_id[0] ? told->first_id : NULL;
	report_case(&scene, &verdict, &options, &report);
	fputs(text_string(&report), stdout);
	if (verdict.result == VERDICT_WRONG && !told->first_id[0])
		snprintf(told->first_id, sizeof told->first_id, "%s", verdict.finding.id);
	verdict_free(&verdict);
	scene_close(&scene);
}

static int retell(void *argument)
{
	const struct watcher *watcher = argument;
	const struct lesson *lesson = &watcher->place.course.lesson;
	struct check_summary told = {0};

	terminal_stand_for(watcher->screen.style.columns, watcher->screen.style.colour);
	for (size_t i = 0; i < lesson->case_count; i++) {
		_cleanup_text_ struct text folder = {0}, record = {0};

		text_printf(&folder, "%s/last/%s", watcher->place.workspace.state, lesson->cases[i].name);
		text_printf(&record, "%s/run.json", text_string(&folder));
		if (is_file(text_string(&record)))
			retell_case(watcher, text_string(&folder), &told);
	}
	return EXIT_RIGHT;
}

void view_retell(struct watcher *watcher)
{
	aside_close(&watcher->retelling);
	/* No process: the old drawing stays, broken where it is too wide. */
	(void)aside_start(&watcher->retelling, retell, watcher);
}

void view_make(struct watcher *watcher, const char *name, const char *folder)
{
	struct order order = {.watcher = watcher, .run = cmd_start, .arguments = {"start", name, folder}, .outside = true};

	start(&watcher->maker, &order);
}
