/* cmd_demo.c - windsock demo: one lesson, a right program and a wrong one.
 *
 * Both are made of demo_server.c, which goes to work by other calls than the lesson teaches: it is no solution. */
#include "check.h"
#include "cleanup.h"
#include "commands.h"
#include "files.h"
#include "terminal.h"

#include <string.h>

#define DEMO_LESSON "01-udp-server"
#define DEMO_CASE "two-clients"

static char *cache_folder(void)
{
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	struct text path = {0};

	if (cache && *cache)
		text_printf(&path, "%s/windsock/demo", cache);
	else
		text_printf(&path, "%s/.cache/windsock/demo", home && *home ? home : ".");
	return path.data;
}

static enum exit_status run_program(const struct course_lesson *lesson, const struct workspace *workspace,
                                    const char *program)
{
	_cleanup_text_ struct text path = {0};
	struct check_options options = {.lesson = lesson, .workspace = workspace, .seed = "", .only = DEMO_CASE};
	struct check_summary summary;
	char server[] = "server";

	text_printf(&path, "%s/%s", course_support_folder(), program);
	if (!is_file(text_string(&path)))
		die("%s is not there. Install windsock again (make install), or build it (make)", text_string(&path));
	options.with[0].part = server;
	options.with[0].command[0] = path.data;
	options.with_count = 1;
	options.report.pictures = true;
	options.report.style = terminal_style(false);
	return check_lesson(&options, &summary);
}

int cmd_demo(int argc, char **argv)
{
	struct course_lesson lesson;
	struct workspace workspace;
	enum exit_status right, wrong;
	struct error error;
	_cleanup_free_ char *folder = cache_folder();

	if (argc > 1)
		command_usage("demo", "\"%s\" is too much", argv[1]);
	if (folder_make(folder, &error))
		die("%s. XDG_CACHE_HOME=DIR windsock demo keeps what it makes in another folder", error_string(&error));
	if (course_load(DEMO_LESSON, &lesson, &error) ||
	    workspace_open(&workspace, &lesson, folder, NULL, &error))
		die_error(&error);
	printf("Lesson %s: a UDP server on host a, asked by b and c.\n"
	       "Every arrow is a packet that tcpdump saw on a network made for this run.\n\n", lesson.lesson.name);
	puts("1. A right program.\n");
	right = run_program(&lesson, &workspace, "demo-right");
	puts("2. A wrong one. What did it do?\n");
	wrong = run_program(&lesson, &workspace, "demo-wrong");
	puts("Now yours: windsock start " DEMO_LESSON);
	workspace_close(&workspace);
	course_free(&lesson);
	return right == EXIT_RIGHT && wrong == EXIT_WRONG ? EXIT_RIGHT : EXIT_BROKEN;
}
