/* progress_file.c - see progress_file.h. */
#include "progress_file.h"

#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MOST 1000000

/* How the rest of a line is read and written. */
enum form { FORM_NAME, FORM_NUMBER, FORM_POINTS, FORM_CASE, FORM_PICTURE };

static const struct {
	const char *word;
	enum form form;
	bool many;         /* several of that kind, told apart by their names */
	const char *shape; /* for who mends it */
} kinds[] = {
	[PROGRESS_OTHER] = {"", FORM_NAME, true, ""},
	[PROGRESS_LESSON] = {"lesson", FORM_NAME, false, "lesson NAME"},
	[PROGRESS_CHECKS] = {"checks", FORM_NUMBER, false, "checks NUMBER"},
	[PROGRESS_LAST] = {"last", FORM_NAME, false, "last TIME"},
	[PROGRESS_STOPPED] = {"stopped", FORM_NAME, false, "stopped TIME"},
	[PROGRESS_POINTS] = {"points", FORM_POINTS, false, "points NUMBER of NUMBER"},
	[PROGRESS_PASSED] = {"passed", FORM_NAME, false, "passed TIME"},
	[PROGRESS_CASE] = {"case", FORM_CASE, true, "case NAME NUMBER of NUMBER [DIAGNOSIS]"},
	[PROGRESS_PICTURE] = {"picture", FORM_PICTURE, true, "picture CASE right, or wrong"},
	[PROGRESS_HINT] = {"hint", FORM_NAME, true, "hint NUMBER, or hint DIAGNOSIS"},
};

#define KIND_COUNT (sizeof kinds / sizeof kinds[0])

/* ---- reading ---- */

/* The next word at *AT, copied; false: there is none, or it is too long. */
static bool read_word(const char **at, char *word, size_t size)
{
	size_t length;

	*at += strspn(*at, " \t");
	length = strcspn(*at, " \t");
	if (!length || length >= size)
		return false;
	memcpy(word, *at, length);
	word[length] = '\0';
	*at += length;
	return true;
}

static bool read_number(const char **at, int *number)
{
	char word[16], *end;
	long value;

	if (!read_word(at, word, sizeof word) || word[0] < '0' || word[0] > '9')
		return false;
	value = strtol(word, &end, 10);
	*number = (int)value;
	return !*end && value <= NUMBER_MOST;
}

static bool is_over(const char *at)
{
	return !at[strspn(at, " \t")];
}

/* Some words, to the end of the line. */
static bool read_rest(const char **at, char *name, size_t size)
{
	size_t length;

	*at += strspn(*at, " \t");
	length = strlen(*at);
	if (!length || length >= size)
		return false;
	memcpy(name, *at, length + 1);
	*at += length;
	return true;
}

static bool read_points(const char **at, struct progress_line *line)
{
	char of[4];

	return read_number(at, &line->number) && read_word(at, of, sizeof of) && !strcmp(of, "of") &&
	       read_number(at, &line->of) && line->number <= line->of;
}

/* `[nothing-bound]`, or nothing. */
static bool read_diagnosis(const char **at, char *id, size_t size)
{
	char word[64];
	size_t length;

	if (is_over(*at))
		return true;
	if (!read_word(at, word, sizeof word))
		return false;
	length = strlen(word);
	if (length < 3 || length - 2 >= size || word[0] != '[' || word[length - 1] != ']')
		return false;
	snprintf(id, size, "%.*s", (int)(length - 2), word + 1);
	return true;
}

static bool read_picture(const char **at, struct progress_line *line)
{
	char word[8];

	if (!read_word(at, line->name, sizeof line->name) || !read_word(at, word, sizeof word))
		return false;
	line->number = !strcmp(word, "right");
	return line->number || !strcmp(word, "wrong");
}

static bool read_form(enum form form, const char *at, struct progress_line *line)
{
	bool good = false;

	switch (form) {
	case FORM_NAME:
		good = read_rest(&at, line->name, sizeof line->name);
		break;
	case FORM_NUMBER:
		good = read_number(&at, &line->number);
		break;
	case FORM_POINTS:
		good = read_points(&at, line);
		break;
	case FORM_CASE:
		good = read_word(&at, line->name, sizeof line->name) && read_points(&at, line) &&
		       read_diagnosis(&at, line->id, sizeof line->id);
		break;
	case FORM_PICTURE:
		good = read_picture(&at, line);
		break;
	}
	return good && is_over(at);
}

static enum progress_kind find_kind(const char *word)
{
	for (size_t i = 1; i < KIND_COUNT; i++)
		if (!strcmp(kinds[i].word, word))
			return (enum progress_kind)i;
	return PROGRESS_OTHER;
}

/* Fills all but the text. False: no line of a progress file is like that; *shape is how it might be meant. */
static bool read_line(const char *text, struct progress_line *line, const char **shape)
{
	const char *at = text;
	char word[16];
	enum progress_kind kind;

	*line = (struct progress_line){0};
	*shape = "a fact, or a comment that begins with #";
	if (is_over(at) || at[strspn(at, " \t")] == '#')
		return true;
	kind = read_word(&at, word, sizeof word) ? find_kind(word) : PROGRESS_OTHER;
	if (kind == PROGRESS_OTHER)
		return false;
	*shape = kinds[kind].shape;
	if (!read_form(kinds[kind].form, at, line)) {
		*line = (struct progress_line){0};
		return false;
	}
	line->kind = kind;
	return true;
}

static struct progress_line *insert(struct progress *progress, size_t place, const struct progress_line *line)
{
	mem_room(progress->lines, progress->count, progress->capacity);
	memmove(&progress->lines[place + 1], &progress->lines[place], (progress->count - place) * sizeof *line);
	progress->lines[place] = *line;
	progress->count++;
	return &progress->lines[place];
}

static void complain(struct text *complaints, const char *file, size_t number, const char *text, const char *shape)
{
	_Static_assert(KIND_COUNT == PROGRESS_HINT + 1, "one row a kind");

	text_printf(complaints, "%s:%zu: \"", file, number);
	text_add_escaped(complaints, text, strlen(text) < 60 ? strlen(text) : 60);
	text_printf(complaints, "\" is not understood, and is kept as it is. Write %s; or delete the line.\n", shape);
}

static void add_line(struct progress *progress, const char *file, const char *bytes, size_t length,
                     struct text *complaints)
{
	struct progress_line line;
	const char *shape;
	char *text = mem_bytes(bytes, length);
	bool good;

	while (length && text[length - 1] == '\r')
		text[--length] = '\0';
	good = read_line(text, &line, &shape) && strlen(text) == length && utf8_is_valid(text, length);
	if (good && line.kind != PROGRESS_OTHER && !kinds[line.kind].many && progress_find(progress, line.kind, NULL)) {
		good = false;
		shape = "one such line only";
	}
	if (!good) {
		line = (struct progress_line){0};
		complain(complaints, file, progress->count + 1, text, shape);
	}
	line.text = text;
	(void)insert(progress, progress->count, &line);
}

void progress_parse(struct progress *progress, const char *file, const char *source, size_t length,
                    struct text *complaints)
{
	const char *end = source + length;

	*progress = (struct progress){0};
	for (const char *at = source; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;

		add_line(progress, file, at, (size_t)(stop - at), complaints);
		at = stop + 1;
	}
}

/* ---- writing ---- */

static void print_fact(const struct progress_line *fact, struct text *out)
{
	text_printf(out, "%s ", kinds[fact->kind].word);
	switch (kinds[fact->kind].form) {
	case FORM_NAME:
		text_add(out, fact->name);
		break;
	case FORM_NUMBER:
		text_printf(out, "%d", fact->number);
		break;
	case FORM_POINTS:
		text_printf(out, "%d of %d", fact->number, fact->of);
		break;
	case FORM_CASE:
		text_printf(out, "%s %d of %d", fact->name, fact->number, fact->of);
		if (fact->id[0])
			text_printf(out, " [%s]", fact->id);
		break;
	case FORM_PICTURE:
		text_printf(out, "%s %s", fact->name, fact->number ? "right" : "wrong");
		break;
	}
}

void progress_print(const struct progress *progress, struct text *out)
{
	for (size_t i = 0; i < progress->count; i++) {
		text_add(out, progress->lines[i].text);
		text_add(out, "\n");
	}
}

const struct progress_line *progress_find(const struct progress *progress, enum progress_kind kind, const char *name)
{
	for (size_t i = 0; i < progress->count; i++)
		if (progress->lines[i].kind == kind && (!name || !strcmp(progress->lines[i].name, name)))
			return &progress->lines[i];
	return NULL;
}

/* Where a new fact of that kind goes: behind the last of its kind or of one that comes before it, else before the
 * first fact. */
static size_t find_place(const struct progress *progress, enum progress_kind kind)
{
	size_t first = progress->count, place = 0;

	for (size_t i = progress->count; i > 0; i--) {
		if (progress->lines[i - 1].kind == PROGRESS_OTHER)
			continue;
		first = i - 1;
		if (!place && progress->lines[i - 1].kind <= kind)
			place = i;
	}
	return place ? place : first;
}

void progress_put(struct progress *progress, const struct progress_line *fact)
{
	const struct progress_line *there = progress_find(progress, fact->kind, kinds[fact->kind].many ? fact->name : NULL);
	struct progress_line *line;
	struct text text = {0};

	print_fact(fact, &text);
	if (there) {
		line = &progress->lines[there - progress->lines];
		free(line->text);
		*line = *fact;
	} else {
		line = insert(progress, find_place(progress, fact->kind), fact);
	}
	line->text = text.data;
}

static void take_out(struct progress *progress, enum progress_kind kind)
{
	for (size_t i = progress->count; i > 0; i--)
		if (progress->lines[i - 1].kind == kind) {
			free(progress->lines[i - 1].text);
			memmove(&progress->lines[i - 1], &progress->lines[i], (progress->count - i) * sizeof *progress->lines);
			progress->count--;
		}
}

void progress_merge(struct progress *progress, const struct progress *facts)
{
	if (progress_find(facts, PROGRESS_CHECKS, NULL) && !progress_find(facts, PROGRESS_STOPPED, NULL))
		take_out(progress, PROGRESS_STOPPED);
	for (size_t i = 0; i < facts->count; i++) {
		struct progress_line fact = facts->lines[i];
		const struct progress_line *there = progress_find(progress, fact.kind, NULL);

		if (fact.kind == PROGRESS_OTHER || (fact.kind == PROGRESS_PASSED && there))
			continue;
		if (fact.kind == PROGRESS_CHECKS && there)
			fact.number = there->number < NUMBER_MOST ? there->number + fact.number : NUMBER_MOST;
		progress_put(progress, &fact);
	}
}

void progress_free(struct progress *progress)
{
	for (size_t i = 0; i < progress->count; i++)
		free(progress->lines[i].text);
	free(progress->lines);
	*progress = (struct progress){0};
}
