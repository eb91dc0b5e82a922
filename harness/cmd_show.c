/* cmd_show.c - windsock show: the last run again, from its evidence. */
#include "check.h"
#include "cleanup.h"
#include "commands.h"
#include "files.h"
#include "terminal.h"

#include <getopt.h>
#include <string.h>

struct options {
	const char *folder, *state, *only;
	bool ascii;
	struct report_options report;
};

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{"dir", required_argument, NULL, 'd'}, {"state", required_argument, NULL, 'S'},
		{"ascii", no_argument, NULL, 'a'},     {"output", no_argument, NULL, 'o'},
		{"calls", no_argument, NULL, 'C'},
		{NULL, 0, NULL, 0},
	};
	int option;

	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (option) {
		case 'd': options->folder = optarg; break;
		case 'S': options->state = optarg; break;
		case 'a': options->ascii = true; break;
		case 'o': options->report.output = true; break;
		case 'C': options->report.calls = true; break;
		default: command_usage("show", "%s: not an option of show, or its value is missing", argv[optind - 1]);
		}
	options->only = argv[optind];
	if (options->only && argv[optind + 1])
		command_usage("show", "one case at a time: \"%s\" is too much", argv[optind + 1]);
}

static void show_case(const struct course_lesson *lesson, const char *folder, const struct options *options)
{
	_cleanup_text_ struct text report = {0};
	struct scene scene;
	struct verdict verdict;
	struct error error;

	if (check_read_verdict(lesson, folder, &scene, &verdict, &error))
		die_error(&error);
	report_case(&scene, &verdict, &options->report, &report);
	fputs(text_string(&report), stdout);
	verdict_free(&verdict);
	scene_close(&scene);
}

int cmd_show(int argc, char **argv)
{
	struct options options = {.report = {.pictures = true}};
	struct course_lesson lesson;
	struct workspace workspace;
	struct error error;
	size_t shown = 0;
	_cleanup_free_ char *name = NULL;

	read_options(argc, argv, &options);
	name = workspace_lesson(NULL, options.folder, &error);
	if (!name || course_load(name, &lesson, &error) ||
	    workspace_open(&workspace, &lesson, options.folder, options.state, &error))
		die_error(&error);
	options.report.style = terminal_style(options.ascii);
	if (options.only && lesson_case(&lesson.lesson, options.only) < 0)
		die("%s has no case \"%s\"", name, options.only);
	for (size_t i = 0; i < lesson.lesson.case_count; i++) {
		_cleanup_text_ struct text folder = {0}, record = {0};

		if (options.only && strcmp(options.only, lesson.lesson.cases[i].name))
			continue;
		text_printf(&folder, "%s/last/%s", workspace.state, lesson.lesson.cases[i].name);
		text_printf(&record, "%s/run.json", text_string(&folder));
		if (!is_file(text_string(&record)))
			continue;
		show_case(&lesson, text_string(&folder), &options);
		shown++;
	}
	workspace_close(&workspace);
	course_free(&lesson);
	if (!shown)
		die("nothing was run here yet: `windsock check` first");
	return EXIT_RIGHT;
}
