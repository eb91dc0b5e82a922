/* lint_runs.c - see lint_runs.h.
 *
 * The order: the skeleton, an empty program, the solution, then every right and every wrong one. Each is tried in a
 * folder made anew: the skeletons, over them the solution, over that the one file that is at issue. */
#include "lint_runs.h"

#include "cleanup.h"
#include "files.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RETRIES 2 /* of a case that says nothing, as `windsock grade` has it */

/* A line of an explanation; what the compiler drew is left as it stands. */
static void tell_line(const struct lint_tale *tale, const char *where, const char *line)
{
	_cleanup_text_ struct text whole = {0}, wrapped = {0};

	text_printf(&whole, "%s%s%s", where ? where : "", where ? ": " : "", line);
	if (tale->tap)
		printf("# %s\n", text_string(&whole));
	else if (*line == ' ')
		printf("    %s\n", text_string(&whole));
	else
		report_wrap(&wrapped, text_string(&whole), 4, tale->width);
	fputs(text_string(&wrapped), stdout);
}

/* What it got is news only where that is not what it should get. */
static void tell_result(const struct lint_tale *tale, bool good, const char *what)
{
	static const char *const marks[2][2] = {{"not", "ok "}, {"✗", "✓"}};
	const char *got = strstr(what, " (got ");
	int length = got && good && !tale->tap ? (int)(got - what) : (int)strlen(what);

	if (tale->tap)
		printf("%s %d - %s\n", good ? "ok" : "not ok", tale->number, what);
	else
		printf("  %s %.*s\n", marks[tale->unicode][good], length, what);
}

void lint_tell(struct lint_tale *tale, bool good, const char *what, const char *where, const char *why)
{
	_cleanup_free_ char *lines = mem_string(why);
	char *state = NULL;

	tale->number++;
	tale->failures += !good;
	tell_result(tale, good, what);
	for (char *line = good ? NULL : strtok_r(lines, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
		tell_line(tale, where, line);
		where = NULL;
	}
	fflush(stdout); /* the next one takes a while */
}

/* One line: WHAT as a format; WHY says what is wrong with it. */
static void tell(const struct prover *prover, bool good, const char *where, const char *why, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

static void tell(const struct prover *prover, bool good, const char *where, const char *why, const char *format, ...)
{
	char *what = NULL;
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&what, format, arguments) < 0)
		die("out of memory");
	va_end(arguments);
	lint_tell(prover->tale, good, what, where, why);
	free(what);
}

/* Valid until the next call. */
static const char *at(const char *folder, const char *name, int line)
{
	static struct text path;

	path.length = 0;
	text_printf(&path, "%s%s%s", folder, *name ? "/" : "", name);
	if (line)
		text_printf(&path, ":%d", line);
	return text_string(&path);
}

/* Where the lesson file has WORD. */
static const char *at_lesson(const struct prover *prover, const char *word)
{
	return at(prover->lesson->shown, "lesson", lint_line_of(prover->lint, word));
}

/* One of the proof's files. */
static const char *at_proof(const struct prover *prover, const char *name, int line)
{
	return at(prover->lesson->shown_proof, name, line);
}

/* Runs what is staged. False: this machine cannot, and prover->impossible says why. */
static bool try_with(struct prover *prover, const char *seed, enum sniffer_engine capture, struct attempt *out)
{
	struct check_options options = {.seed = seed, .capture = capture, .retries = RETRIES};

	attempt(prover->course, prover->work, &options, out);
	if (out->repeated && prover->tale->tap)
		printf("# inconclusive, repeated: %d\n", out->repeated);
	if (out->end == ATTEMPT_IMPOSSIBLE)
		text_printf(&prover->impossible, "%s", out->said);
	return out->end != ATTEMPT_IMPOSSIBLE;
}

/* With the lesson's values. Students have tcpdump, and the many right and wrong programs need the quicker engine. */
static bool try(struct prover *prover, enum sniffer_engine capture, struct attempt *out)
{
	return try_with(prover, "", capture, out);
}

static const char *word_of(const struct attempt *attempt)
{
	if (attempt->end == ATTEMPT_BROKEN)
		return "could not be run";
	switch (attempt->status) {
	case RESULT_PASS: return "it passed";
	case RESULT_FAIL: return "it failed";
	case RESULT_ERROR: return "it could not be built or read";
	case RESULT_SKIP: return "it was skipped";
	case RESULT_INCONCLUSIVE: return "the run said nothing";
	}
	return "";
}

static void stage(int status, const struct error *error)
{
	if (status)
		die_error(error);
}

/* What came of it, for who has to mend it. Valid until the next call. */
static const char *tell_attempt(const struct attempt *attempt, const char *remedy)
{
	static struct text said;

	said.length = 0;
	text_printf(&said, "%s%s%s%s. %s", word_of(attempt), *attempt->id ? " with [" : "", attempt->id,
	            *attempt->id ? "]" : "", remedy);
	if (*attempt->said)
		text_printf(&said, "\n%s", attempt->said);
	return text_string(&said);
}

/* ---- the skeleton, and an empty program ---- */

/* Whether every case is about a program of the student's: only then a case says something of an empty one. */
static bool is_about_programs(const struct lesson *lesson)
{
	for (size_t i = 0; i < lesson->case_count; i++)
		if (lesson->cases[i].student_trace_kind == STUDENT_TRACE_ACCEPTS ||
		    lesson->cases[i].student_trace_kind == STUDENT_TRACE_REJECTS)
			return false;
	return !lesson->rules_count;
}

/* The cases that the attempt passed, with commas between them. Returns the line of the first, or 0. */
static int name_passed(const struct prover *prover, const struct attempt *attempt, struct text *out)
{
	const struct lesson *lesson = &prover->course->lesson;
	int line = 0;

	for (size_t i = 0; i < lesson->case_count; i++) {
		if (!attempt->pass[i])
			continue;
		text_printf(out, "%s%s", out->length ? ", " : "", lesson->cases[i].name);
		line = line ? line : lesson->cases[i].line;
	}
	return line;
}

static void tell_loose(const struct prover *prover, const struct attempt *attempt, const char *what)
{
	_cleanup_text_ struct text passed = {0}, why = {0};
	int line;

	if (!is_about_programs(&prover->course->lesson))
		return;
	line = name_passed(prover, attempt, &passed);
	text_printf(&why, "%s passes with %s, so its points are for nothing. Let its trace ask for what the student is to "
	            "write", text_string(&passed), what);
	tell(prover, !passed.length, at(prover->lesson->shown, "lesson", line), text_string(&why), "no case passes with %s",
	     what);
}

bool lint_begin(struct prover *prover)
{
	struct error error;

	stage(author_stage_skeleton(prover->work, prover->lint, &error), &error);
	return try(prover, SNIFFER_TCPDUMP, &prover->skeleton);
}

static void tell_skeleton(const struct prover *prover)
{
	const char *expected = prover->course->lesson.skeleton_fails;
	const struct attempt *attempt = &prover->skeleton;
	bool good = attempt->end == ATTEMPT_JUDGED && attempt->status == RESULT_FAIL && !strcmp(attempt->id, expected);

	tell(prover, good, at_lesson(prover, "skeleton"),
	     tell_attempt(attempt, "Say in `skeleton fails` what it fails with, or mend the skeleton"),
	     "the skeleton fails with %s (got %s)", expected, *attempt->id ? attempt->id : "nothing");
	tell(prover, !attempt->warned, prover->lesson->shown, attempt->said, "the skeleton compiles without a warning");
	tell_loose(prover, attempt, "the skeleton");
}

static bool prove_empty(struct prover *prover)
{
	const struct lesson *lesson = &prover->course->lesson;
	struct text nothing = {0};
	struct attempt attempt;
	struct error error;
	bool can = true;

	if (!is_about_programs(lesson))
		return true;
	text_add(&nothing, "int main(void)\n{\n\treturn 0;\n}\n");
	stage(author_stage_skeleton(prover->work, prover->lint, &error), &error);
	for (size_t i = 0; i < lesson->program_count; i++)
		if (lesson->programs[i].origin == PROGRAM_STUDENT)
			stage(author_stage(prover->work, lesson->programs[i].source, &nothing, &error), &error);
	text_free(&nothing);
	can = try(prover, SNIFFER_PACKET_SOCKET, &attempt);
	if (can)
		tell_loose(prover, &attempt, "a program that does nothing");
	return can;
}

/* ---- what must pass, and what must not ---- */

/* The values of round NUMBER: the first has the lesson's own. */
static void seed_of(int number, char seed[32])
{
	seed[0] = '\0';
	if (number)
		snprintf(seed, 32, "lint %d", number);
}

static void tell_solution(const struct prover *prover, int passed, const struct attempt *attempt)
{
	_cleanup_text_ struct text remedy = {0};
	char seed[32];

	seed_of(passed, seed);
	text_add(&remedy, "`windsock check` with it");
	if (*seed)
		text_printf(&remedy, " and --seed \"%s\"", seed);
	text_add(&remedy, " draws what happened. Where the trace demands more than a right program must do, loosen it");
	tell(prover, passed == prover->options->rounds, at_proof(prover, "solution", 0),
	     tell_attempt(attempt, text_string(&remedy)), "the solution passes %d of %d%s", passed, prover->options->rounds,
	     prover->options->engines ? ", and tcpdump and a packet socket see the same packets" : "");
}

static bool prove_solution(struct prover *prover)
{
	enum sniffer_engine capture = prover->options->engines ? SNIFFER_BOTH : SNIFFER_TCPDUMP;
	struct attempt attempt = {0};
	struct error error;
	bool warned = false;
	int passed = 0;

	stage(author_stage_solution(prover->work, prover->lint, &error), &error);
	while (passed < prover->options->rounds) {
		char seed[32];

		seed_of(passed, seed);
		if (!try_with(prover, seed, capture, &attempt))
			return false;
		warned |= attempt.warned;
		if (attempt.end != ATTEMPT_JUDGED || attempt.status != RESULT_PASS)
			break;
		passed++;
	}
	tell_solution(prover, passed, &attempt);
	tell(prover, !warned, at_proof(prover, "solution", 0), attempt.said, "the solution compiles without a warning");
	return true;
}

/* NAME without its folder and its ending. Valid until the next call. */
static const char *bare(const char *name)
{
	static char bare_name[64];

	snprintf(bare_name, sizeof bare_name, "%s", path_name(name));
	*strrchr(bare_name, '.') = '\0'; /* author_read() takes files that have an ending */
	return bare_name;
}

static bool prove_right(const struct prover *prover, const struct lint_file *file, const struct attempt *attempt)
{
	bool good = attempt->end == ATTEMPT_JUDGED && attempt->status == RESULT_PASS && !attempt->warned;

	tell(prover, good, at_proof(prover, file->name, 1),
	     tell_attempt(attempt, "Either it is not right, or the trace demands what a right program need not do"),
	     "right: %s passes, without a warning", bare(file->name));
	return good;
}

static bool prove_wrong(const struct prover *prover, const struct lint_file *file, const char *id,
                        const struct attempt *attempt)
{
	bool good = attempt->end == ATTEMPT_JUDGED && attempt->status == RESULT_FAIL && *id && !strcmp(attempt->id, id) &&
	            !attempt->warned;

	tell(prover, good, at_proof(prover, file->name, 1),
	     tell_attempt(attempt, "Is what it is told true, and does it help? Then write that id into its first line; else "
	                  "say more in the trace"),
	     "wrong: %s fails with %s, without a warning (got %s)", bare(file->name), *id ? id : "?",
	     *attempt->id ? attempt->id : "nothing");
	return good;
}

/* One of right/ or wrong/. */
static bool try_file(struct prover *prover, const struct lint_file *file, const struct lint_label *label,
                     struct attempt *out)
{
	struct error error;

	stage(author_stage_solution(prover->work, prover->lint, &error), &error);
	if (lint_is_students(&prover->course->lesson, label->source)) {
		stage(author_stage(prover->work, label->source, &file->text, &error), &error);
		return try(prover, SNIFFER_PACKET_SOCKET, out);
	}
	*out = (struct attempt){.end = ATTEMPT_BROKEN};
	snprintf(out->said, sizeof out->said, "its first line does not say which file of the student's it stands for");
	return true;
}

/* More wants to run than there are processors: then a wrong program may get to do something else that is wrong. */
static bool is_busy(void)
{
	double load;

	return getloadavg(&load, 1) == 1 && load > (double)sysconf(_SC_NPROCESSORS_ONLN);
}

/* Once more, where a wrong program failed with another id on a busy machine. */
static bool try_again(struct prover *prover, const struct lint_file *file, const struct lint_label *label,
                      struct attempt *out)
{
	if (!*label->id || out->end != ATTEMPT_JUDGED || out->status != RESULT_FAIL || !strcmp(out->id, label->id) ||
	    !is_busy())
		return true;
	if (prover->tale->tap)
		printf("# on a busy machine %s failed with %s; once more\n", bare(file->name), out->id);
	return try_file(prover, file, label, out);
}

static bool is_chosen(const struct prover *prover, const struct lint_file *file, const char *kind, int *number)
{
	size_t length = strlen(kind);

	if (strncmp(file->name, kind, length) != 0 || file->name[length] != '/')
		return false;
	if (prover->options->only)
		return !strcmp(prover->options->only, file->name);
	return (*number)++ % prover->options->sample == 0;
}

static bool prove_all(struct prover *prover, const char *kind)
{
	int number = 0, tried = 0, good = 0;

	for (size_t i = 0; i < prover->lint->proof.count; i++) {
		const struct lint_file *file = &prover->lint->proof.files[i];
		struct lint_label label;
		struct attempt attempt;

		if (!is_chosen(prover, file, kind, &number))
			continue;
		(void)lint_read_label(&file->text, kind, &label); /* without one the attempt says so */
		if (!try_file(prover, file, &label, &attempt) || !try_again(prover, file, &label, &attempt))
			return false;
		tried++;
		good += !strcmp(kind, "wrong") ? prove_wrong(prover, file, label.id, &attempt) : prove_right(prover, file, &attempt);
	}
	if (!strcmp(kind, "wrong") && prover->tale->tap)
		printf("# %d of %d diagnosed\n", good, tried);
	return true;
}

bool lint_run(struct prover *prover)
{
	const char *only = prover->options->only;

	if (only && !lint_find(&prover->lint->proof, only))
		die("%s is not there: --only names a file of right/ or wrong/", at_proof(prover, only, 0));
	if (only)
		return prove_all(prover, "right") && prove_all(prover, "wrong");
	tell_skeleton(prover);
	if (!prove_empty(prover) || !prover->lint->proof.count)
		return !prover->impossible.length;
	return prove_solution(prover) && prove_all(prover, "right") && prove_all(prover, "wrong");
}
