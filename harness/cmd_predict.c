/* cmd_predict.c - windsock predict: the student's picture of a run, judged apart from his program.
 *
 * A case that says `predict FILE` has a trace that the student writes before he runs anything. It is compared with
 * what the lesson expects (imagine.h), which needs no program, and with the last run of his program, if there is
 * one. What the lesson expects is never printed: only the line of his that is not so, and why. */
#include "../src/imagine.h"
#include "../src/prediction.h"
#include "../src/student_trace.h"
#include "check.h"
#include "cleanup.h"
#include "commands.h"
#include "files.h"
#include "progress.h"
#include "student_file.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>

struct options {
	const char *lesson, *folder, *state, *only;
};

/* One case, and what its student wrote for it. */
struct predict {
	const struct course_lesson *course;
	const struct workspace *workspace;
	const struct lesson_case *lesson_case;
	const struct trace *expected;
	bool asked;          /* the lesson asks for it and ships a skeleton; else it is the student's own idea */
	struct params params;
	struct text source;
	struct trace trace;  /* file is NULL: it cannot be read */
	struct text explained;
	int width;
};

/* What a comparison came to. */
enum outcome_of { SAYS_NOTHING, SAYS_WRONG, SAYS_RIGHT };

/* ---- before anything is written ---- */

static void print_values(const struct predict *predict)
{
	const struct lesson *lesson = &predict->course->lesson;
	_cleanup_text_ struct text line = {0}, wrapped = {0};

	text_add(&line, "The hosts:");
	for (size_t i = 0, named = 0; i < lesson->host_count; i++)
		if (lesson->hosts[i].kind != HOST_SWITCH)
			text_printf(&line, "%s %s", named++ ? "," : "", lesson->hosts[i].name);
	text_add(&line, lesson->params.count ? ". The values:" : ".");
	for (size_t i = 0; i < lesson->params.count; i++) {
		const struct param *param = &lesson->params.params[i];

		text_printf(&line, "%s {%s} ", i ? "," : "", param->name);
		if (param->kind == PARAM_TEXT)
			text_add_quoted(&line, param->value, strlen(param->value));
		else if (param->kind != PARAM_LENGTH)
			text_add(&line, param->value);
		else
			text_printf(&line, "the length of %s", param->of);
	}
	report_wrap(&wrapped, text_string(&line), 0, predict->width);
	fputs(text_string(&wrapped), stdout);
}

/* Hosts that no lesson has, so that it tells how one writes, and not what. */
static void print_example(bool tcp)
{
	if (tcp)
		puts("For example: p calls q, says hello, is answered, and ends first.\n\n"
		     "    tcp p:* => q:5000\n        -> \"hello\"\n        <- \"hi\"\n        -> fin\n        <- fin\n");
	else
		puts("For example: p asks q, and is answered.\n\n"
		     "    udp p:* => q:5000\n        -> \"hello\"\n        <- \"hi\"\n");
}

static bool is_tcp(const struct predict *predict)
{
	for (size_t i = 0; i < predict->expected->entry_count; i++)
		if (predict->expected->entries[i].kind == ENTRY_FLOW)
			return predict->expected->entries[i].flow.transport == TRANSPORT_TCP;
	return true;
}

static void print_task(const struct predict *predict)
{
	static const char usual[] = "tcp p:* => q:{port}\n -> any\n <- 9 bytes\n -> fin\nthen\n# `refused` `unanswered` `repeat`\n";
	const struct lesson_case *lesson_case = predict->lesson_case;
	const struct watch *watch = &lesson_case->watches[0];
	_cleanup_text_ struct text line = {0}, words = {0};

	text_printf(&line, "What will be seen on the wire, at %s.%s? Say it before you run anything. ",
	            predict->course->lesson.hosts[watch->host].name, watch->interface);
	if (predict->asked)
		text_printf(&line, "%s holds a first picture, with something wrong in it: the comment at its top tells what to "
		            "look at. Change it, and give", lesson_case->student_trace);
	else
		text_printf(&line, "%s is empty as yet. Write it below the comment, and give", lesson_case->student_trace);
	text_add(&line, " this command again: it tells whether the picture is right. Your program need not be; it need not "
	         "even be written.");
	report_wrap(&words, text_string(&line), 0, predict->width);
	printf("%s\n", text_string(&words));
	print_example(is_tcp(predict));
	text_free(&words);
	prediction_words(predict->asked ? text_string(&predict->source) : usual, predict->width, &words);
	printf("The words of this picture:\n\n%s\n", text_string(&words));
	print_values(predict);
	printf("\n%s/%s\n", predict->workspace->folder, lesson_case->student_trace);
}

/* ---- the file ---- */

/* The lesson's, or a beginning for a picture that it did not ask for. */
static void read_skeleton(const struct predict *predict, struct text *skeleton)
{
	const struct lesson_case *lesson_case = predict->lesson_case;
	_cleanup_free_ char *path = file_path(predict->course->folder, lesson_case->student_trace, "");
	struct error error;

	if (!predict->asked)
		text_printf(skeleton, "# Your prediction for the case %s of %s.\n# Who opens, which way does each message go, how "
		            "does it end? Write it below.\n", lesson_case->name, predict->course->lesson.name);
	else if (file_read(path, STUDENT_TRACE_MAX, skeleton, &error))
		die_error(&error);
}

/* A student who lost it gets it back. */
static void bring_skeleton(const struct predict *predict, const struct text *skeleton)
{
	const char *name = predict->lesson_case->student_trace;
	_cleanup_free_ char *path = file_path(predict->workspace->folder, name, "");
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);

	if (fd < 0 && errno == EEXIST)
		return;
	if (fd < 0 || write(fd, skeleton->data, skeleton->length) != (ssize_t)skeleton->length)
		die("%s cannot be written: %s", path, strerror(errno));
	if (predict->asked)
		printf("%s was not there; it is now, as the lesson ships it.\n\n", name);
}

/* False: it is as it came. */
static bool read_source(struct predict *predict)
{
	const char *name = predict->lesson_case->student_trace;
	_cleanup_text_ struct text skeleton = {0};
	struct error error;

	read_skeleton(predict, &skeleton);
	bring_skeleton(predict, &skeleton);
	if (student_file_read(predict->workspace->folder, name, STUDENT_TRACE_MAX, &predict->source, &error))
		die_error(&error);
	return strcmp(text_string(&skeleton), text_string(&predict->source)) != 0;
}

static int parse_source(struct predict *predict, struct error *error)
{
	if (trace_parse(&predict->trace, predict->lesson_case->student_trace, text_string(&predict->source),
	                predict->source.length, error))
		return -1;
	return hosts_check_trace(&predict->course->lesson, &predict->trace, error);
}

/* ---- against what the lesson expects ---- */

static void explain(struct predict *predict, const struct match *match, const struct hosts *hosts, bool shown)
{
	struct prediction prediction = {
		.lesson = &predict->course->lesson,
		.trace = &predict->trace,
		.source = text_string(&predict->source),
		.match = match,
		.hosts = hosts,
		.shown = shown,
	};

	text_free(&predict->explained);
	prediction_explain(&prediction, &predict->params, predict->width, &predict->explained);
}

/* Whether a run can be made up that the lesson's own trace finds right. */
static bool is_imaginable(const struct predict *predict)
{
	struct imagine_choice ignored = {0};
	struct error error;

	return imagine_can(predict->expected) && imagine_can(&predict->trace) &&
	       imagine_match(&predict->course->lesson, predict->lesson_case, predict->expected, &predict->params,
	                     predict->expected, &ignored, &error) == 1;
}

static enum outcome_of compare_with_lesson(struct predict *predict, struct error *error)
{
	const struct lesson *lesson = &predict->course->lesson;
	struct imagine_choice nearest = {0};
	struct imagined run;
	struct match match;
	int result;

	if (!is_imaginable(predict))
		return SAYS_NOTHING;
	result = imagine_match(lesson, predict->lesson_case, predict->expected, &predict->params, &predict->trace, &nearest,
	                       error);
	if (result)
		return result > 0 ? SAYS_RIGHT : SAYS_NOTHING;
	imagine(lesson, predict->lesson_case, predict->expected, &predict->params, &nearest, &run);
	if (!match_trace(&(struct match_input){&predict->trace, &run.hosts, &predict->params, run.views, run.view_count},
	                 &match, error)) {
		explain(predict, &match, &run.hosts, false);
		match_free(&match);
	}
	imagined_free(&run);
	return SAYS_WRONG;
}

/* ---- against the last run of his program ---- */

/* *right: what the run was. Where the picture is wrong, it is explained by what was seen, if EXPLAINED. */
static enum outcome_of compare_with_run(struct predict *predict, bool *right, bool explained)
{
	_cleanup_text_ struct text folder = {0}, record = {0};
	struct scene scene;
	struct verdict verdict;
	struct match match;
	struct error error;
	enum outcome_of outcome = SAYS_NOTHING;

	text_printf(&folder, "%s/last/%s", predict->workspace->state, predict->lesson_case->name);
	text_printf(&record, "%s/run.json", text_string(&folder));
	if (!is_file(text_string(&record)) ||
	    check_read_predicted(predict->course, text_string(&folder), &predict->source, &scene, &verdict, &error))
		return SAYS_NOTHING; /* no run, or one that can no longer be read: `windsock show` says why */
	*right = verdict.result == VERDICT_RIGHT;
	if (verdict.result != VERDICT_INCONCLUSIVE)
		outcome = verdict.foreseen ? SAYS_RIGHT : SAYS_WRONG;
	if (outcome == SAYS_WRONG && explained && !student_trace_match(&scene, &predict->trace, &match, &error)) {
		params_free(&predict->params);
		params_copy(&scene.evidence.params, &predict->params); /* of a run with a seed */
		explain(predict, &match, &scene.hosts, true);
		match_free(&match);
	}
	verdict_free(&verdict);
	scene_close(&scene);
	return outcome;
}

/* ---- what is said of both ---- */

static void print_foreseen(bool by_lesson, bool has_run, bool right)
{
	if (has_run && right)
		puts("Your picture is right, and your program does it.");
	else if (has_run && by_lesson)
		puts("Your picture is right. Your program does something else yet: `windsock check` tells what.");
	else if (by_lesson)
		puts("Your picture is right. Now let your program do it: `windsock check`.");
	else
		puts("Your picture is what your program did.");
}

static enum exit_status judge(struct predict *predict)
{
	struct error error = {.text = ""};
	bool right = false;
	enum outcome_of lesson = compare_with_lesson(predict, &error);
	enum outcome_of run = compare_with_run(predict, &right, false);

	if (error.text[0]) {
		printf("%s\n", error_string(&error));
		return EXIT_WRONG;
	}
	/* A right run decides: it is one of those that the lesson allows, and the one that is there. */
	if (run == SAYS_WRONG && (right || lesson == SAYS_NOTHING))
		(void)compare_with_run(predict, &right, true);
	if (right ? run == SAYS_RIGHT : lesson == SAYS_RIGHT) {
		print_foreseen(lesson == SAYS_RIGHT, run != SAYS_NOTHING, right);
		return EXIT_RIGHT;
	}
	if (lesson == SAYS_NOTHING && run == SAYS_NOTHING) {
		puts("What is right here is only seen in a run: `windsock check`, and then this command again.");
		return EXIT_WRONG;
	}
	if (right)
		puts("Your program is right, your picture of it is not:\n");
	else if (run == SAYS_RIGHT)
		puts("Your picture is what your program did, and not what the lesson is about:\n");
	else if (lesson == SAYS_WRONG)
		puts("Your picture is not right yet:\n");
	else
		puts("Your picture is not what your program did:\n");
	fputs(text_string(&predict->explained), stdout);
	if (right || lesson == SAYS_NOTHING)
		printf("\n`windsock show %s` draws what was seen.\n", predict->lesson_case->name);
	else if (run == SAYS_NOTHING)
		puts("\nThis is about your picture alone; no program has run yet.");
	return EXIT_WRONG;
}

static void note_picture(const struct predict *predict, bool right)
{
	struct progress_line fact = {.kind = PROGRESS_PICTURE, .number = right};
	_cleanup_text_ struct text complaints = {0};
	struct progress facts = {0};
	struct error error;

	snprintf(fact.name, sizeof fact.name, "%s", predict->lesson_case->name);
	progress_put(&facts, &fact);
	if (progress_record(predict->workspace, predict->course->lesson.name, &facts, &complaints, &error))
		text_printf(&complaints, "Your progress is not noted: %s\n", error_string(&error));
	fflush(stdout);
	fputs(text_string(&complaints), stderr);
	progress_free(&facts);
}

static enum exit_status predict_case(struct predict *predict)
{
	enum exit_status status = EXIT_RIGHT;
	struct error error;

	printf("%s, the case %s: %s\n\n", predict->course->lesson.name, predict->lesson_case->name,
	       predict->lesson_case->title);
	lesson_params(&predict->course->lesson, NULL, &predict->params);
	if (!read_source(predict)) {
		print_task(predict);
	} else if (parse_source(predict, &error)) {
		printf("Your picture cannot be read yet: %s\n", error_string(&error));
		status = EXIT_WRONG;
	} else {
		status = judge(predict);
		note_picture(predict, status == EXIT_RIGHT);
	}
	trace_free(&predict->trace);
	text_free(&predict->source);
	text_free(&predict->explained);
	params_free(&predict->params);
	return status;
}

/* ---- the command ---- */

static bool has_prediction(const struct lesson *lesson)
{
	for (size_t i = 0; i < lesson->case_count; i++)
		if (lesson->cases[i].student_trace_kind == STUDENT_TRACE_PREDICT)
			return true;
	return false;
}

static _Noreturn void refuse_lesson(const char *name)
{
	_cleanup_text_ struct text list = {0};
	char **names;
	size_t count;
	struct error error;

	if (course_list(&names, &count, &error))
		die_error(&error);
	for (size_t i = 0; i < count; i++) {
		struct course_lesson lesson;

		if (course_load(names[i], &lesson, &error))
			die_error(&error);
		if (has_prediction(&lesson.lesson))
			text_printf(&list, "%s%s", list.length ? ", " : "", names[i]);
		course_free(&lesson);
	}
	die("%s asks for no prediction; --case CASE makes one all the same. These ask for one: %s", name,
	    list.length ? text_string(&list) : "none");
}

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{"case", required_argument, NULL, 'c'}, {"dir", required_argument, NULL, 'd'},
		{"state", required_argument, NULL, 'S'}, {NULL, 0, NULL, 0},
	};
	int option;

	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (option) {
		case 'c': options->only = optarg; break;
		case 'd': options->folder = optarg; break;
		case 'S': options->state = optarg; break;
		default: command_usage("predict", "%s: not an option of predict, or its value is missing", argv[optind - 1]);
		}
	if (optind + 1 < argc)
		command_usage("predict", "one lesson at a time: \"%s\" is too much", argv[optind + 1]);
	options->lesson = argv[optind];
}

/* A picture of a case for which the lesson asks none: in CASE.trace. Whether it is so. */
static bool take_own_case(struct lesson *lesson, const char *only)
{
	int i = only ? lesson_case(lesson, only) : -1;

	if (i < 0 || lesson->cases[i].student_trace_kind != STUDENT_TRACE_NONE)
		return false;
	lesson->cases[i].student_trace_kind = STUDENT_TRACE_PREDICT;
	snprintf(lesson->cases[i].student_trace, sizeof lesson->cases[i].student_trace, "%s.trace", only);
	return true;
}

static enum exit_status predict_cases(const struct course_lesson *course, const struct workspace *workspace,
                                      const char *only, bool asked)
{
	enum exit_status status = EXIT_RIGHT;
	size_t count = 0;

	for (size_t i = 0; i < course->lesson.case_count; i++) {
		struct predict predict = {
			.course = course,
			.workspace = workspace,
			.lesson_case = &course->lesson.cases[i],
			.expected = &course->traces[i],
			.asked = asked,
			.width = terminal_style(false).width,
		};

		if (predict.lesson_case->student_trace_kind != STUDENT_TRACE_PREDICT ||
		    (only && strcmp(only, predict.lesson_case->name) != 0))
			continue;
		if (count++)
			puts("");
		if (predict_case(&predict) == EXIT_WRONG)
			status = EXIT_WRONG;
	}
	if (!count)
		die("%s has no case \"%s\" that can be predicted", course->lesson.name, only);
	return status;
}

int cmd_predict(int argc, char **argv)
{
	struct options options = {0};
	struct course_lesson lesson;
	struct workspace workspace;
	_cleanup_free_ char *name = NULL;
	enum exit_status status;
	struct error error;
	bool own;

	read_options(argc, argv, &options);
	name = workspace_lesson(options.lesson, options.folder, &error);
	if (!name || course_load(name, &lesson, &error))
		die_error(&error);
	own = take_own_case(&lesson.lesson, options.only);
	if (!has_prediction(&lesson.lesson))
		refuse_lesson(name);
	if (workspace_open(&workspace, &lesson, options.folder, options.state, &error))
		die_error(&error);
	status = predict_cases(&lesson, &workspace, options.only, !own);
	workspace_close(&workspace);
	course_free(&lesson);
	return (int)status;
}
