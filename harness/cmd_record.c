/* cmd_record.c - windsock record: a first expected trace for each case, from runs of a solution. */
#include "../src/draft.h"
#include "attempt.h"
#include "cleanup.h"
#include "commands.h"
#include "files.h"

#include <getopt.h>
#include <string.h>

#define RUNS 3
#define WITH_MOST 16

struct options {
	const char *lesson, *only, *folder, *proofs;
	const char *with[WITH_MOST]; /* PROGRAM=FILE */
	size_t with_count;
	size_t runs;
	bool write;
};

/* One lesson being recorded. */
struct recording {
	const struct options *options;
	const struct author_lesson *lesson;
	struct course_lesson course;
	struct lint files;
	struct author_work work;
	char *states[DRAFT_RUNS]; /* of each run its own, with its evidence; owned */
	bool *had;                /* by case: its trace was there before; owned */
	size_t unlike;            /* traces that do not match every run */
};

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{"case", required_argument, NULL, 'c'}, {"with", required_argument, NULL, 'w'},
		{"dir", required_argument, NULL, 'd'},  {"runs", required_argument, NULL, 'r'},
		{"write", no_argument, NULL, 'W'},      {"proofs", required_argument, NULL, 'p'},
		{NULL, 0, NULL, 0},
	};
	int option;

	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (option) {
		case 'c': options->only = optarg; break;
		case 'd': options->folder = optarg; break;
		case 'p': options->proofs = optarg; break;
		case 'W': options->write = true; break;
		case 'w':
			if (options->with_count == WITH_MOST)
				command_usage("record", "more than %d times --with", WITH_MOST);
			options->with[options->with_count++] = optarg;
			break;
		case 'r':
			options->runs = strtoul(optarg, NULL, 10);
			if (!options->runs || options->runs > DRAFT_RUNS)
				command_usage("record", "--runs %s: a number from 1 to %d is due", optarg, DRAFT_RUNS);
			break;
		default: command_usage("record", "%s: not an option of record, or its value is missing", argv[optind - 1]);
		}
	options->lesson = optind < argc ? argv[optind++] : ".";
	if (optind < argc)
		command_usage("record", "one lesson at a time: \"%s\" is too much", argv[optind]);
}

static void stop(int status, const struct error *error)
{
	if (status)
		die_error(error);
}

/* ---- the programs ---- */

/* The source that WORD of LENGTH bytes names, itself or by its program; NULL: none that the student writes. */
static const char *source_of(const struct lesson *lesson, const char *word, size_t length)
{
	for (size_t i = 0; i < lesson->program_count; i++) {
		const struct program *program = &lesson->programs[i];

		if (program->origin == PROGRAM_STUDENT &&
		    ((strlen(program->name) == length && !strncmp(program->name, word, length)) ||
		     (strlen(program->source) == length && !strncmp(program->source, word, length))))
			return program->source;
	}
	return NULL;
}

static void stage_file(const struct recording *recording, const char *path, const char *source)
{
	_cleanup_text_ struct text bytes = {0};
	struct error error;

	stop(file_read(path, 1u << 20, &bytes, &error), &error);
	stop(author_stage(&recording->work, source, &bytes, &error), &error);
}

static void stage_with(const struct recording *recording, const char *with)
{
	const char *equals = strchr(with, '=');
	const char *source = equals ? source_of(&recording->course.lesson, with, (size_t)(equals - with)) : NULL;

	if (!equals || !equals[1])
		command_usage("record", "--with %s: write --with PROGRAM=FILE, for example --with server=mine.c", with);
	if (!source)
		die("--with %s: %s has no program of the student's that is called so", with, recording->lesson->name);
	stage_file(recording, equals + 1, source);
}

/* What of the student's files lies in FOLDER. */
static size_t stage_folder(const struct recording *recording, const char *folder)
{
	size_t count = 0;

	for (size_t i = 0; i < recording->files.shipped.count; i++) {
		const char *name = recording->files.shipped.files[i].name;
		_cleanup_free_ char *path = file_path(folder, name, "");

		if (!lint_is_students(&recording->course.lesson, name) || !is_file(path))
			continue;
		stage_file(recording, path, name);
		count++;
	}
	return count;
}

static bool has_solution(const struct lint *files)
{
	for (size_t i = 0; i < files->proof.count; i++)
		if (!strncmp(files->proof.files[i].name, "solution/", strlen("solution/")))
			return true;
	return false;
}

static void stage_programs(const struct recording *recording)
{
	const struct options *options = recording->options;
	struct error error;

	stop(author_stage_solution(&recording->work, &recording->files, &error), &error);
	if (options->folder && !stage_folder(recording, options->folder))
		die("%s holds no file that the student of %s writes", options->folder, recording->lesson->name);
	for (size_t i = 0; i < options->with_count; i++)
		stage_with(recording, options->with[i]);
	if (!options->folder && !options->with_count && !has_solution(&recording->files))
		die("%s/solution is not there: write a program that is right, or name one by --with PROGRAM=FILE or --dir DIR",
		    recording->lesson->shown_proof);
}

/* ---- the runs ---- */

static void run_one(struct recording *recording, size_t run)
{
	_cleanup_text_ struct text state = {0}, seed = {0};
	struct author_work work = {.folder = recording->work.folder};
	struct check_options options = {.only = recording->options->only, .retries = 2};
	struct attempt out;

	text_printf(&state, "%s-%zu", recording->work.state, run);
	text_printf(&seed, "record %zu", run + 1);
	recording->states[run] = mem_string(text_string(&state));
	work.state = recording->states[run];
	options.seed = text_string(&seed);
	attempt(&recording->course, &work, &options, &out);
	if (out.end == ATTEMPT_IMPOSSIBLE) {
		fprintf(stderr, "%s\n", out.said);
		exit(EXIT_SKIPPED);
	}
	if (out.end == ATTEMPT_BROKEN || out.status == RESULT_ERROR || out.status == RESULT_INCONCLUSIVE)
		die("%s could not be run: %s", recording->lesson->name, out.said);
}

/* The evidence of run RUN of the case. False: it was skipped. */
static bool open_scene(const struct recording *recording, size_t which, size_t run, struct scene *scene)
{
	_cleanup_text_ struct text folder = {0}, record = {0};
	struct verdict verdict;
	struct error error;

	text_printf(&folder, "%s/last/%s", recording->states[run], recording->course.lesson.cases[which].name);
	text_printf(&record, "%s/run.json", text_string(&folder));
	if (!is_file(text_string(&record)))
		return false;
	stop(check_read_verdict(&recording->course, text_string(&folder), scene, &verdict, &error), &error);
	verdict_free(&verdict);
	return true;
}

/* ---- the traces ---- */

/* A host that is to be played does what the trace says: without a line of its own, nothing. */
static void warn_of_silent(const struct recording *recording, size_t which)
{
	const struct lesson *lesson = &recording->course.lesson;
	const struct lesson_case *lesson_case = &lesson->cases[which];
	const struct trace *trace = &recording->course.traces[which];

	for (size_t i = 0; i < lesson_case->step_count; i++) {
		const char *host = lesson->hosts[lesson_case->steps[i].host].name;
		bool plays = false;

		for (size_t entry = 0; entry < trace->entry_count; entry++)
			plays |= !strcmp(trace->entries[entry].flow.opener.host, host) ||
			         !strcmp(trace->entries[entry].flow.target.host, host);
		if (lesson_case->steps[i].kind == STEP_PLAY && !plays)
			fprintf(stderr, "%s: %s is played, and %s does not say what it does: it did nothing. Write its flow and its "
			        "lines there first, then record again.\n", lesson_case->name, host, lesson_case->trace);
	}
}

/* How the trace that was made and the one that was there compare. */
static void tell_old(const struct recording *recording, size_t which, const struct trace *trace)
{
	const char *name = recording->course.lesson.cases[which].trace;
	size_t lines;

	if (!recording->had[which])
		fprintf(stderr, "; %s was not there", name);
	else if (draft_same(trace, &recording->course.traces[which], &lines))
		fprintf(stderr, "; says the same as %s did", name);
	else if (!lines)
		fprintf(stderr, "; its lines are those of %s, in another order", name);
	else
		fprintf(stderr, "; %zu lines are not as in %s", lines, name);
}

/* On stderr, so that the trace can be piped on. */
static void tell_case(struct recording *recording, size_t which, const struct draft_input *input,
                      const struct text *draft)
{
	const struct lesson_case *lesson_case = &recording->course.lesson.cases[which];
	struct trace trace;
	struct error error;
	size_t matches;

	if (trace_parse(&trace, lesson_case->trace, text_string(draft), draft->length, &error)) {
		fprintf(stderr, "%s: nothing was seen that makes a trace.\n", lesson_case->name);
		recording->unlike++;
		return;
	}
	matches = draft_matches(input, &trace);
	recording->unlike += matches != input->run_count;
	fprintf(stderr, "%s: matches %zu of %zu runs", lesson_case->name, matches, input->run_count);
	if (matches != input->run_count)
		fprintf(stderr, "; what differs is said in its comments: loosen it by hand");
	tell_old(recording, which, &trace);
	fputs(".\n", stderr);
	trace_free(&trace);
}

/* What was there before is kept beside it: it may hold an afternoon's comments. */
static void write_trace(const struct recording *recording, size_t which, const struct text *draft)
{
	const char *name = recording->course.lesson.cases[which].trace;
	_cleanup_free_ char *path = file_path(recording->lesson->folder, name, "");
	_cleanup_free_ char *kept = file_path(recording->lesson->folder, name, "~");
	_cleanup_text_ struct text old = {0};
	struct error error;
	bool had = is_file(path);
	int status = 0;

	if (had)
		status = file_read(path, 1u << 20, &old, &error) || file_write(kept, text_string(&old), old.length, &error);
	stop(status, &error);
	stop(path_make_folder(path, &error) || file_write(path, text_string(draft), draft->length, &error), &error);
	printf("%s/%s: written%s\n", recording->lesson->shown, name,
	       had ? "; what was there is in a file with ~ behind it" : "");
}

static void print_trace(const struct recording *recording, size_t which, const struct text *draft)
{
	const struct lesson_case *lesson_case = &recording->course.lesson.cases[which];

	if (!recording->options->only && recording->course.lesson.case_count > 1)
		printf("# ---- %s, for the case %s ----\n", lesson_case->trace, lesson_case->name);
	fputs(text_string(draft), stdout);
	fflush(stdout);
}

/* Whether an earlier case has the same trace: one is recorded. */
static bool is_recorded(const struct lesson *lesson, size_t which)
{
	for (size_t i = 0; i < which; i++)
		if (!strcmp(lesson->cases[i].trace, lesson->cases[which].trace))
			return true;
	return false;
}

static void record_case(struct recording *recording, size_t which)
{
	const char *name = recording->course.lesson.cases[which].name;
	struct scene scenes[DRAFT_RUNS];
	struct draft_input input = {.runs = scenes, .old = &recording->course.traces[which]};
	_cleanup_text_ struct text draft = {0};

	if ((recording->options->only && strcmp(recording->options->only, name) != 0) ||
	    is_recorded(&recording->course.lesson, which))
		return;
	while (input.run_count < recording->options->runs &&
	       open_scene(recording, which, input.run_count, &scenes[input.run_count]))
		input.run_count++;
	if (input.run_count) {
		draft_make(&input, &draft);
		if (recording->options->write)
			write_trace(recording, which, &draft);
		else
			print_trace(recording, which, &draft);
		tell_case(recording, which, &input, &draft);
		warn_of_silent(recording, which);
	} else {
		fprintf(stderr, "%s: this machine cannot run it, so nothing was recorded.\n", name);
	}
	for (size_t run = 0; run < input.run_count; run++)
		scene_close(&scenes[run]);
}

static void record(struct recording *recording)
{
	const struct lesson *lesson = &recording->course.lesson;

	if (recording->options->only && lesson_case(lesson, recording->options->only) < 0)
		die("%s has no case \"%s\"", lesson->name, recording->options->only);
	recording->had = mem_alloc(lesson->case_count * sizeof *recording->had);
	for (size_t which = 0; which < lesson->case_count; which++) {
		_cleanup_free_ char *path = file_path(recording->lesson->folder, lesson->cases[which].trace, "");

		recording->had[which] = is_file(path);
	}
	stage_programs(recording);
	for (size_t run = 0; run < recording->options->runs; run++)
		run_one(recording, run);
	for (size_t which = 0; which < lesson->case_count; which++)
		record_case(recording, which);
	for (size_t run = 0; run < recording->options->runs; run++)
		free(recording->states[run]);
	free(recording->had);
}

int cmd_record(int argc, char **argv)
{
	struct options options = {.runs = RUNS};
	struct author_lessons lessons = {0};
	struct recording recording = {.options = &options};
	struct error error;

	read_options(argc, argv, &options);
	stop(author_find(&lessons, options.lesson, options.proofs, &error), &error);
	if (lessons.count != 1)
		die("%s holds %zu lessons: name the one to be recorded", options.lesson, lessons.count);
	recording.lesson = &lessons.list[0];
	stop(author_load(recording.lesson, true, &recording.course, &error), &error);
	recording.files.lesson = &recording.course.lesson;
	stop(author_read(recording.lesson, &recording.files, &error), &error);
	stop(author_work_open(&recording.work, &error), &error);
	record(&recording);
	author_work_close(&recording.work);
	lint_free(&recording.files);
	course_free(&recording.course);
	author_lessons_free(&lessons);
	return recording.unlike ? EXIT_WRONG : EXIT_RIGHT;
}
