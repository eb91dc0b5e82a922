/* cmd_lint.c - windsock lint: whether a lesson keeps what lessons promise.
 *
 * First all that reading tells, then the runs. prove.sh of the tests is a caller of this. */
#include "cleanup.h"
#include "commands.h"
#include "lint_runs.h"
#include "terminal.h"

#include <getopt.h>
#include <string.h>

#define ROUNDS 3

struct options {
	const char *proofs;
	struct lint_options lint;
	struct lint_tale tale;
};

static int number_from(const char *option, const char *value)
{
	char *end;
	long number = strtol(value, &end, 10);

	if (end == value || *end || number < 1 || number > 1000)
		command_usage("lint", "%s %s: a number from 1 to 1000 is due", option, value);
	return (int)number;
}

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{"rounds", required_argument, NULL, 'r'}, {"sample", required_argument, NULL, 's'},
		{"proofs", required_argument, NULL, 'p'}, {"only", required_argument, NULL, 'o'},
		{"text", no_argument, NULL, 'x'},         {"engines", no_argument, NULL, 'e'},
		{"tap", no_argument, NULL, 't'},          {"ascii", no_argument, NULL, 'a'},
		{NULL, 0, NULL, 0},
	};
	bool ascii = false;
	int option;

	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (option) {
		case 'r': options->lint.rounds = number_from("--rounds", optarg); break;
		case 's': options->lint.sample = number_from("--sample", optarg); break;
		case 'p': options->proofs = optarg; break;
		case 'o': options->lint.only = optarg; break;
		case 'e': options->lint.engines = true; break;
		case 'x': options->lint.text_only = true; break;
		case 't': options->tale.tap = true; break;
		case 'a': ascii = true; break;
		default: command_usage("lint", "%s: not an option of lint, or its value is missing", argv[optind - 1]);
		}
	options->tale.unicode = terminal_style(ascii).unicode;
	options->tale.width = terminal_style(ascii).width;
}

/* ---- what reading tells ---- */

static void print_complaint(const struct author_lesson *lesson, const struct complaint *complaint, struct text *out)
{
	text_printf(out, "%s%s%s", complaint->of_proof ? lesson->shown_proof : lesson->shown, *complaint->file ? "/" : "",
	            complaint->file);
	if (complaint->line)
		text_printf(out, ":%d", complaint->line);
	text_printf(out, ": %s\n", complaint->text);
}

static void tell_read(const struct author_lesson *lesson, const struct lint *lint, struct lint_tale *tale)
{
	_cleanup_text_ struct text complaints = {0}, what = {0};

	for (size_t i = 0; i < lint->count; i++)
		print_complaint(lesson, &lint->complaints[i], &complaints);
	text_printf(&what, "its %zu files read well", lint->shipped.count + lint->proof.count);
	lint_tell(tale, !lint->count, text_string(&what), NULL, text_string(&complaints));
}

/* ---- one lesson after the other ---- */

static int points_of(const struct lesson *lesson)
{
	int points = 0;

	for (size_t i = 0; i < lesson->case_count; i++)
		points += lesson->cases[i].points;
	return points;
}

static void print_heading(const struct author_lesson *lesson, const struct course_lesson *course,
                          const struct options *options)
{
	size_t cases = course->lesson.case_count;

	if (!options->tale.tap)
		printf("%s: %s (%zu case%s, %d points)\n", lesson->name, course->lesson.title, cases, cases == 1 ? "" : "s",
		       points_of(&course->lesson));
}

/* False: this machine cannot run it, which was told before any line. */
static bool prove(const struct author_lesson *lesson, const struct course_lesson *course, const struct lint *lint,
                  struct options *options)
{
	struct author_work work;
	struct prover prover = {lesson, course, lint, &work, &options->lint, &options->tale, {0}, {0}};
	struct error error;
	bool run;

	if (author_work_open(&work, &error))
		die_error(&error);
	run = lint_begin(&prover);
	if (run) {
		tell_read(lesson, lint, &options->tale);
		run = lint_run(&prover);
	}
	author_work_close(&work);
	if (!run && options->tale.tap && !options->tale.number)
		printf("1..0 # SKIP %s\n", text_string(&prover.impossible));
	if (!run)
		fprintf(stderr, "%s\n", text_string(&prover.impossible));
	text_free(&prover.impossible);
	return run;
}

/* The lesson file names itself in full, a trace from the lesson's folder on. */
static void tell_unreadable(const struct author_lesson *lesson, const struct error *error, struct lint_tale *tale)
{
	_cleanup_text_ struct text where = {0};
	const char *file = error->file;

	if (!strncmp(file, lesson->folder, strlen(lesson->folder)))
		file += strlen(lesson->folder) + 1;
	text_printf(&where, "%s/%s", lesson->shown, file);
	if (error->line)
		text_printf(&where, ":%d", error->line);
	if (error->column)
		text_printf(&where, ":%d", error->column);
	if (!tale->tap)
		printf("%s\n", lesson->name);
	lint_tell(tale, false, "the lesson file and its traces can be read", text_string(&where), error->text);
}

static bool lint_one(const struct author_lesson *lesson, struct options *options)
{
	struct course_lesson course;
	struct lint lint = {.folder_name = lesson->name};
	struct error error;
	bool run = true;

	if (author_load(lesson, false, &course, &error)) {
		tell_unreadable(lesson, &error, &options->tale);
		return true;
	}
	lint.lesson = &course.lesson;
	lint.traces = course.traces;
	if (author_read(lesson, &lint, &error))
		die_error(&error);
	lint_read(&lint);
	print_heading(lesson, &course, options);
	if (options->lint.text_only)
		tell_read(lesson, &lint, &options->tale);
	else
		run = prove(lesson, &course, &lint, options);
	lint_free(&lint);
	course_free(&course);
	return run;
}

static void print_end(const struct options *options, size_t lessons)
{
	const struct lint_tale *tale = &options->tale;

	if (tale->tap)
		printf("1..%d\n", tale->number);
	else if (tale->failures)
		printf("%d of %d not as %s should be.\n", tale->failures, tale->number, tale->failures == 1 ? "it" : "they");
	else
		printf("%zu lesson%s, all as %s should be.\n", lessons, lessons == 1 ? "" : "s", lessons == 1 ? "it" : "they");
}

int cmd_lint(int argc, char **argv)
{
	struct options options = {.lint = {.rounds = ROUNDS, .sample = 1}};
	struct author_lessons lessons = {0};
	struct error error;
	bool run = true;
	int status;

	read_options(argc, argv, &options);
	if (optind == argc && author_find(&lessons, ".", options.proofs, &error))
		die_error(&error);
	for (int i = optind; i < argc; i++)
		if (author_find(&lessons, argv[i], options.proofs, &error))
			die_error(&error);
	for (size_t i = 0; i < lessons.count && run; i++)
		run = lint_one(&lessons.list[i], &options);
	if (run)
		print_end(&options, lessons.count);
	status = !run ? EXIT_SKIPPED : options.tale.failures ? EXIT_WRONG : EXIT_RIGHT;
	author_lessons_free(&lessons);
	return status;
}
