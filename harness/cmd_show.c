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
	enum form { FORM_REPORT, FORM_FLOWS, FORM_TRACE, FORM_SVG } form;
	struct report_options report;
};

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{"dir", required_argument, NULL, 'd'}, {"state", required_argument, NULL, 'S'},
		{"ascii", no_argument, NULL, 'a'},     {"output", no_argument, NULL, 'o'},
		{"calls", no_argument, NULL, 'C'},     {"flows", no_argument, NULL, 'F'},
		{"trace", no_argument, NULL, 'T'},     {"svg", no_argument, NULL, 'V'},
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
		case 'F': options->form = FORM_FLOWS; break;
		case 'T': options->form = FORM_TRACE; break;
		case 'V': options->form = FORM_SVG; break;
		default: command_usage("show", "%s: not an option of show, or its value is missing", argv[optind - 1]);
		}
	options->only = argv[optind];
	if (options->only && argv[optind + 1])
		command_usage("show", "one case at a time: \"%s\" is too much", argv[optind + 1]);
}

/* Traces and tables of several cases in one stream: each says whose it is. */
static void print_form(const struct scene *scene, const struct verdict *verdict, const struct options *options,
                       struct text *out)
{
	switch (options->form) {
	case FORM_REPORT: report_case(scene, verdict, &options->report, out); break;
	case FORM_FLOWS:
		text_printf(out, "%s\n", scene->lesson_case->name);
		report_flows(scene, options->report.style.width, out);
		break;
	case FORM_TRACE:
		text_printf(out, "# %s\n", scene->lesson_case->name);
		report_trace(scene, out);
		break;
	case FORM_SVG: report_svg(scene, verdict, &options->report, out); break;
	}
}

static bool show_case(const struct course_lesson *lesson, const char *folder, const struct options *options)
{
	_cleanup_text_ struct text report = {0};
	struct scene scene;
	struct verdict verdict;
	struct error error;
	bool shown;

	if (check_read_verdict(lesson, folder, &scene, &verdict, &error))
		die_error(&error);
	/* An SVG file is one picture: of the first case that is not right, unless one was named. */
	shown = options->form != FORM_SVG || options->only || verdict.result != VERDICT_RIGHT;
	if (shown) {
		print_form(&scene, &verdict, options, &report);
		fputs(text_string(&report), stdout);
	}
	verdict_free(&verdict);
	scene_close(&scene);
	return shown;
}

/* The cases that were run. Returns how many were shown. */
static size_t show_cases(const struct course_lesson *lesson, const struct workspace *workspace,
                         const struct options *options)
{
	size_t shown = 0;
	bool one = options->form == FORM_SVG;

	for (size_t i = 0; i < lesson->lesson.case_count && !(one && shown); i++) {
		_cleanup_text_ struct text folder = {0}, record = {0};

		if (options->only && strcmp(options->only, lesson->lesson.cases[i].name) != 0)
			continue;
		text_printf(&folder, "%s/last/%s", workspace->state, lesson->lesson.cases[i].name);
		text_printf(&record, "%s/run.json", text_string(&folder));
		if (is_file(text_string(&record)))
			shown += show_case(lesson, text_string(&folder), options);
	}
	return shown;
}

/* Nothing was wrong: then the first case that was run. */
static size_t show_first(const struct course_lesson *lesson, const struct workspace *workspace, struct options *options)
{
	for (size_t i = 0; i < lesson->lesson.case_count; i++) {
		options->only = lesson->lesson.cases[i].name;
		if (show_cases(lesson, workspace, options))
			return 1;
	}
	return 0;
}

static _Noreturn void refuse_case(const struct lesson *lesson, const char *name)
{
	_cleanup_text_ struct text names = {0};

	for (size_t i = 0; i < lesson->case_count; i++)
		text_printf(&names, "%s%s", i ? ", " : "", lesson->cases[i].name);
	die("%s has no case \"%s\". It has: %s", lesson->name, name, text_string(&names));
}

int cmd_show(int argc, char **argv)
{
	struct options options = {.report = {.pictures = true, .flows = true}};
	struct course_lesson lesson;
	struct workspace workspace;
	struct error error;
	size_t shown;
	_cleanup_free_ char *name = NULL;

	read_options(argc, argv, &options);
	name = workspace_lesson(NULL, options.folder, &error);
	if (!name || course_load(name, &lesson, &error) ||
	    workspace_open(&workspace, &lesson, options.folder, options.state, &error))
		die_error(&error);
	options.report.style = terminal_style(options.ascii);
	if (options.only && lesson_case(&lesson.lesson, options.only) < 0)
		refuse_case(&lesson.lesson, options.only);
	shown = show_cases(&lesson, &workspace, &options);
	if (!shown && options.form == FORM_SVG && !options.only)
		shown = show_first(&lesson, &workspace, &options);
	workspace_close(&workspace);
	course_free(&lesson);
	if (!shown)
		die("nothing was run here yet: `windsock check` first");
	return EXIT_RIGHT;
}
