/* cmd_hint.c - windsock hint: the lesson's hints, one at a time. */
#include "cleanup.h"
#include "commands.h"
#include "die.h"
#include "hints.h"

#include <getopt.h>

struct options {
	const char *lesson, *folder, *state;
	enum hints_wish wish;
};

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{"again", no_argument, NULL, 'g'},     {"all", no_argument, NULL, 'l'},
		{"dir", required_argument, NULL, 'd'}, {"state", required_argument, NULL, 'S'},
		{NULL, 0, NULL, 0},
	};
	int option;

	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (option) {
		case 'g': options->wish = HINTS_AGAIN; break;
		case 'l': options->wish = HINTS_ALL; break;
		case 'd': options->folder = optarg; break;
		case 'S': options->state = optarg; break;
		default: command_usage("hint", "%s: not an option of hint, or its value is missing", argv[optind - 1]);
		}
	if (optind + 1 < argc)
		command_usage("hint", "one lesson at a time: \"%s\" is too much", argv[optind + 1]);
	options->lesson = argv[optind];
}

int cmd_hint(int argc, char **argv)
{
	struct options options = {.wish = HINTS_NEXT};
	_cleanup_text_ struct text out = {0};
	_cleanup_free_ char *name = NULL;
	struct course_lesson lesson;
	struct workspace workspace;
	struct error error;

	read_options(argc, argv, &options);
	name = workspace_lesson(options.lesson, options.folder, &error);
	if (!name || course_load(name, &lesson, &error) ||
	    workspace_open(&workspace, &lesson, options.folder, options.state, &error) ||
	    hints_tell(&lesson, &workspace, options.wish, &out, &error))
		die_error(&error);
	fputs(text_string(&out), stdout);
	workspace_close(&workspace);
	course_free(&lesson);
	return EXIT_RIGHT;
}
