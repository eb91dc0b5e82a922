/* handed.c - see handed.h.
 *
 * A lesson's files lie in a folder that is named after it, or, where it is clear whose they are, anywhere. The nearest
 * name wins, then the shallowest place, then the first by name; that there were others is said. */
#include "handed.h"

#include "../src/handed_in.h"
#include "../src/student_trace.h"
#include "beneath.h"
#include "cleanup.h"
#include "files.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <strings.h>

#define LEFT_OUT_NAMED 5 /* files */
#define SOURCE_MOST (1u << 20) /* bytes, as the compiler's (build.c) */

/* ---- the student's files ---- */

struct reading {
	struct handed_tree *tree;
	const struct submission_part *part;
	const struct handed_lessons *lessons;
};

/* The lesson that the folder of LENGTH bytes at NAME is for. */
static size_t find_lesson(const struct handed_lessons *lessons, const char *name, size_t length)
{
	_cleanup_free_ char *folder = mem_bytes(name, length);

	for (size_t i = 0; i < lessons->count; i++)
		if (handed_in_is_lesson(folder, lessons->names[i]))
			return i;
	return SIZE_MAX;
}

/* Of PATH's folders the deepest that is a lesson's. The student's own folder is none. */
static void place(struct handed_file *file, const struct handed_lessons *lessons)
{
	const char *at = file->path;
	size_t own = strcmp(file->part->path, ".") ? strlen(file->part->path) : 0;

	if (!strncmp(at, file->part->path, own) && at[own] == '/')
		at += own + 1;
	file->lesson = SIZE_MAX;
	for (const char *slash; (slash = strchr(at, '/')); at = slash + 1) {
		size_t lesson = find_lesson(lessons, at, (size_t)(slash - at));

		file->depth++;
		if (lesson == SIZE_MAX)
			continue;
		file->lesson = lesson;
		file->in_lesson = slash + 1;
	}
}

static bool add_file(void *context, const char *path)
{
	struct reading *reading = context;
	struct handed_tree *tree = reading->tree;
	struct handed_file *file;

	if (handed_in_archive(path))
		return true; /* what it holds is a part of its own */
	mem_room(tree->files, tree->count, tree->capacity);
	file = &tree->files[tree->count++];
	*file = (struct handed_file){.part = reading->part, .path = mem_string(path)};
	file->name = reading->part->name ? reading->part->name : path_name(file->path);
	place(file, reading->lessons);
	return true;
}

static void add_remark(void *context, const char *path, const char *why)
{
	struct reading *reading = context;

	submission_remark(&reading->tree->remarks, "%s %s", path, why);
}

void handed_tree_read(struct handed_tree *tree, const struct submission *submission,
                      const struct handed_lessons *lessons)
{
	*tree = (struct handed_tree){.incomplete = submission->incomplete};
	for (size_t i = 0; i < submission->part_count; i++) {
		const struct submission_part *part = &submission->parts[i];
		struct reading reading = {tree, part, lessons};
		_cleanup_close_ int root = beneath_root(part->root);
		struct error error;

		if (root < 0 || beneath_walk(root, part->path, add_file, add_remark, &reading, &error))
			submission_remark(&tree->remarks, "%s could not be read", part->path);
	}
}

void handed_tree_free(struct handed_tree *tree)
{
	for (size_t i = 0; i < tree->count; i++)
		free(tree->files[i].path);
	free(tree->files);
	for (size_t i = 0; i < tree->remarks.remark_count; i++)
		free(tree->remarks.remarks[i]);
	free(tree->remarks.remarks);
	*tree = (struct handed_tree){0};
}

/* ---- what a lesson asks for ---- */

struct choice {
	const struct handed_tree *tree;
	const struct handed_lessons *lessons;
	size_t which;
	struct handed *handed;
	size_t capacity;
};

static void want(struct choice *choice, const char *name, bool optional)
{
	struct handed *handed = choice->handed;

	for (size_t i = 0; i < handed->count; i++)
		if (!strcmp(handed->sources[i].wanted, name)) {
			handed->sources[i].optional &= optional;
			return;
		}
	mem_room(handed->sources, handed->count, choice->capacity);
	handed->sources[handed->count++] = (struct handed_source){.wanted = name, .optional = optional};
}

static void want_all(struct choice *choice)
{
	const struct lesson *lesson = choice->lessons->chosen[choice->which];

	for (size_t i = 0; i < lesson->program_count; i++)
		if (lesson->programs[i].origin == PROGRAM_STUDENT)
			want(choice, lesson->programs[i].source, false);
	for (size_t i = 0; i < lesson->rules_count; i++)
		want(choice, lesson->rules[i].source, false);
	for (size_t i = 0; i < lesson->case_count; i++)
		if (lesson->cases[i].student_trace_kind != STUDENT_TRACE_NONE)
			want(choice, lesson->cases[i].student_trace, !student_trace_judged(&lesson->cases[i]));
}

/* Whether LESSON asks for a file that might be NAME. */
static bool asks_for(const struct lesson *lesson, const char *name)
{
	for (size_t i = 0; i < lesson->program_count; i++)
		if (lesson->programs[i].origin == PROGRAM_STUDENT && handed_in_rank(name, lesson->programs[i].source) >= 0)
			return true;
	for (size_t i = 0; i < lesson->rules_count; i++)
		if (handed_in_rank(name, lesson->rules[i].source) >= 0)
			return true;
	for (size_t i = 0; i < lesson->case_count; i++)
		if (lesson->cases[i].student_trace_kind != STUDENT_TRACE_NONE &&
		    handed_in_rank(name, lesson->cases[i].student_trace) >= 0)
			return true;
	return false;
}

/* Another graded lesson that might mean NAME as well, or NULL. */
static const char *other_lesson(const struct choice *choice, const char *name)
{
	for (size_t i = 0; i < choice->lessons->count; i++)
		if (i != choice->which && choice->lessons->chosen[i] && asks_for(choice->lessons->chosen[i], name))
			return choice->lessons->names[i];
	return NULL;
}

/* How well FILE fits, the less the better; -1: not at all. */
static long fit(const struct choice *choice, const struct handed_file *file, const char *wanted)
{
	int rank = handed_in_rank(file->name, wanted);

	if (rank < 0 || (file->lesson != SIZE_MAX && file->lesson != choice->which))
		return -1;
	return (file->lesson == SIZE_MAX) * 10000 + rank * 1000 + (long)file->depth;
}

static const struct handed_file *find_file(const struct choice *choice, const char *wanted, size_t *others)
{
	const struct handed_file *best = NULL;
	long best_fit = 0;

	*others = 0;
	for (size_t i = 0; i < choice->tree->count; i++) {
		const struct handed_file *file = &choice->tree->files[i];
		long this_fit = fit(choice, file, wanted);

		if (this_fit < 0)
			continue;
		*others += best && (file->lesson == SIZE_MAX) == (best->lesson == SIZE_MAX);
		if (!best || this_fit < best_fit) {
			*others = best && (file->lesson == SIZE_MAX) != (best->lesson == SIZE_MAX) ? 0 : *others;
			best = file;
			best_fit = this_fit;
		}
	}
	return best;
}

static bool is_program(const char *name)
{
	size_t length = strlen(name);

	return length > 2 && !strcasecmp(name + length - 2, ".c");
}

/* A lesson that asks for one program, and one program there: that is it, whatever it is called. */
static const struct handed_file *find_only(const struct choice *choice, const char *wanted)
{
	const struct handed_file *only = NULL;
	size_t graded = 0, programs = 0;

	for (size_t i = 0; i < choice->lessons->count; i++)
		graded += choice->lessons->chosen[i] != NULL;
	for (size_t i = 0; i < choice->handed->count; i++)
		programs += is_program(choice->handed->sources[i].wanted);
	if (!is_program(wanted) || programs != 1)
		return NULL;
	for (size_t i = 0; i < choice->tree->count; i++) {
		const struct handed_file *file = &choice->tree->files[i];

		if (!is_program(file->name) || (file->lesson != choice->which && (file->lesson != SIZE_MAX || graded > 1)))
			continue;
		if (only)
			return NULL;
		only = file;
	}
	return only;
}

static void __attribute__((format(printf, 2, 3))) say(struct text *text, const char *format, ...)
{
	va_list arguments;
	char *words = NULL;

	va_start(arguments, format);
	if (vasprintf(&words, format, arguments) < 0)
		abort(); /* out of memory, as text.h */
	va_end(arguments);
	handed_in_clean(words, strlen(words), text);
	free(words);
}

static void add_remark_on(struct handed_source *source, const struct handed_file *file, size_t others)
{
	if (strcmp(file->name, source->wanted) != 0)
		say(&source->remark, "%swas called %s", source->remark.length ? ", " : "", file->name);
	if (others)
		say(&source->remark, "%swas there %zu times: %s was taken", source->remark.length ? ", " : "", others + 1,
		    file->path);
}

static bool is_blank(const struct text *bytes)
{
	return strspn(text_string(bytes), " \t\r\n") == bytes->length;
}

static void complain(struct choice *choice, const char *wanted, const char *why)
{
	struct text *message = &choice->handed->message;

	say(message, "%s%s %s", message->length ? " " : "", wanted, why);
}

static void take(struct choice *choice, struct handed_source *source, const struct handed_file *file)
{
	_cleanup_close_ int root = beneath_root(file->part->root);
	_cleanup_text_ struct text bytes = {0}, why = {0};
	struct error error;

	if (beneath_read(root, file->path, SOURCE_MOST, &bytes, &error)) {
		text_printf(&why, "cannot be read: %s.", error.text);
		complain(choice, source->wanted, text_string(&why));
		return;
	}
	sha256_hex_of(bytes.data, bytes.length, source->sha256);
	handed_in_mend(&bytes, &source->bytes, &source->remark);
	source->there = true;
	if (is_blank(&bytes))
		complain(choice, source->wanted, "is empty.");
	else if (memchr(source->bytes.data, '\0', source->bytes.length))
		complain(choice, source->wanted, "is not a text: it holds NUL bytes. Hand in the source.");
}

static void choose(struct choice *choice, struct handed_source *source)
{
	_cleanup_text_ struct text why = {0};
	size_t others;
	const struct handed_file *file = find_file(choice, source->wanted, &others);
	const char *other = file && file->lesson == SIZE_MAX ? other_lesson(choice, file->name) : NULL;

	if (other && !source->optional) {
		text_printf(&why, "may be for this lesson or for %s: put it into a folder that is named after its lesson, %s.",
		            other, choice->lessons->names[choice->which]);
		complain(choice, source->wanted, text_string(&why));
		return;
	}
	if (!file) {
		file = find_only(choice, source->wanted);
		others = 0;
	}
	if (file && !other) {
		source->taken = file;
		take(choice, source, file);
		add_remark_on(source, file, others);
	} else if (!source->optional) {
		complain(choice, source->wanted, choice->tree->incomplete ?
		         "is not there. Not all that was handed in could be unpacked: the remarks say what." :
		         "is not there: it was not handed in.");
	}
}

static bool is_taken(const struct handed *handed, const struct handed_file *file)
{
	for (size_t i = 0; i < handed->count; i++)
		if (handed->sources[i].taken == file)
			return true;
	return false;
}

/* By their places in the lesson's folder, which tell those of one name apart. */
static void list_left_out(const struct handed_tree *tree, size_t which, struct handed *handed)
{
	size_t left = 0;

	for (size_t i = 0; i < tree->count; i++)
		if (tree->files[i].lesson == which && !is_taken(handed, &tree->files[i]) && left++ < LEFT_OUT_NAMED)
			say(&handed->left_out, "%s%s", handed->left_out.length ? ", " : "", tree->files[i].in_lesson);
	if (left > LEFT_OUT_NAMED)
		text_printf(&handed->left_out, " and %zu more", left - LEFT_OUT_NAMED);
}

void handed_choose(const struct handed_tree *tree, const struct handed_lessons *lessons, size_t which,
                   struct handed *handed)
{
	struct choice choice = {tree, lessons, which, handed, 0};

	*handed = (struct handed){0};
	want_all(&choice);
	for (size_t i = 0; i < handed->count; i++)
		choose(&choice, &handed->sources[i]);
	list_left_out(tree, which, handed);
}

void handed_free(struct handed *handed)
{
	for (size_t i = 0; i < handed->count; i++) {
		text_free(&handed->sources[i].bytes);
		text_free(&handed->sources[i].remark);
	}
	free(handed->sources);
	text_free(&handed->message);
	text_free(&handed->left_out);
	*handed = (struct handed){0};
}
