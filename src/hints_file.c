/* hints_file.c - see hints_file.h. */
#include "hints_file.h"

#include "text.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reader {
	const char *file;
	const char *at, *end;
	int line;          /* of what was read last */
	struct hints *out;
	size_t capacity;
	struct text text;  /* of the hint being read */
	bool in_code;      /* between two lines of ``` */
	struct error *error;
};

/* The next line, without its end; false: there is none. */
static bool next_line(struct reader *reader, const char **line, size_t *length)
{
	const char *newline;

	if (reader->at == reader->end)
		return false;
	newline = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
	*line = reader->at;
	*length = (size_t)((newline ? newline : reader->end) - reader->at);
	reader->at = newline ? newline + 1 : reader->end;
	reader->line++;
	while (*length && strchr(" \t\r", (*line)[*length - 1]) && (*line)[*length - 1])
		--*length;
	return true;
}

static int refuse(const struct reader *reader, int line, const char *words)
{
	return error_set(reader->error, reader->file, line, 0, "%s", words);
}

/* ---- headings ---- */

static struct hint *add_hint(struct reader *reader)
{
	struct hints *hints = reader->out;
	struct hint *hint;

	mem_room(hints->hints, hints->count, reader->capacity);
	hint = &hints->hints[hints->count++];
	*hint = (struct hint){.line = reader->line};
	return hint;
}

static int read_number(struct reader *reader, const char *heading)
{
	struct hint *hint;
	char *end;
	long number = strtol(heading, &end, 10);
	int due = hints_steps(reader->out) + 1;

	if (*end || number != due)
		return error_set(reader->error, reader->file, reader->line, 0, "\"## %.60s\": steps are numbered 1, 2, 3 in "
		                 "their order, and the next one is \"## %d\"", heading, due);
	hint = add_hint(reader);
	hint->number = due;
	snprintf(hint->label, sizeof hint->label, "%d", due);
	return 0;
}

/* It begins with a letter: "2" would be the name of a step as well. */
static bool is_id(const char *word, size_t length)
{
	return length && length < HINTS_ID_LENGTH && word[0] >= 'a' && word[0] <= 'z' &&
	       strspn(word, "abcdefghijklmnopqrstuvwxyz0123456789-") >= length;
}

/* What the progress file calls it: by its first diagnosis, and which of those it is. */
static void name_hint(const struct hints *hints, struct hint *hint)
{
	int same = 1;

	for (const struct hint *other = hints->hints; other < hint; other++)
		same += other->id_count && !strcmp(other->ids[0], hint->ids[0]);
	if (same == 1)
		snprintf(hint->label, sizeof hint->label, "%s", hint->ids[0]);
	else
		snprintf(hint->label, sizeof hint->label, "%s %d", hint->ids[0], same);
}

/* `If it says [nothing-bound] or [byte-order]`: what stands in brackets; the words between are free. */
static int read_ids(struct reader *reader, const char *heading)
{
	struct hint *hint = add_hint(reader);

	for (const char *open = strchr(heading, '['); open; open = strchr(open, '[')) {
		size_t length = strcspn(++open, "]");

		if (!open[length] || !is_id(open, length))
			return error_set(reader->error, reader->file, reader->line, 0, "\"[%.*s\": between brackets stands the id of "
			                 "a diagnosis, like [nothing-bound]", (int)(length < 60 ? length + 1 : 60), open);
		if (hint->id_count == HINTS_IDS_MOST)
			return error_set(reader->error, reader->file, reader->line, 0, "one step is for at most %d diagnoses",
			                 HINTS_IDS_MOST);
		snprintf(hint->ids[hint->id_count++], HINTS_ID_LENGTH, "%.*s", (int)length, open);
		open += length;
	}
	if (!hint->id_count)
		return refuse(reader, reader->line, "which diagnosis? Write its id in brackets: \"## If it says [nothing-bound]\"");
	name_hint(reader->out, hint);
	return 0;
}

static int read_heading(struct reader *reader, const char *line, size_t length)
{
	static const char says[] = "If it says ";
	char heading[256];

	if (reader->out->count == HINTS_MOST)
		return error_set(reader->error, reader->file, reader->line, 0, "more than %d hints", HINTS_MOST);
	if (length >= sizeof heading)
		return refuse(reader, reader->line, "this heading is longer than any needs to be");
	snprintf(heading, sizeof heading, "%.*s", (int)length, line);
	if (!strncmp(heading, says, sizeof says - 1))
		return read_ids(reader, heading + sizeof says - 1);
	if (heading[0] >= '0' && heading[0] <= '9')
		return read_number(reader, heading);
	return error_set(reader->error, reader->file, reader->line, 0, "\"## %.60s\": a hint is headed by its number, "
	                 "\"## 1\", or by a diagnosis, \"## If it says [nothing-bound]\"", heading);
}

/* ---- what stands below ---- */

/* The text so far belongs to the last heading; what stands above the first is for who reads the file. */
static int end_hint(struct reader *reader)
{
	struct hints *hints = reader->out;
	struct hint *hint;

	while (reader->text.length && reader->text.data[reader->text.length - 1] == '\n')
		reader->text.data[--reader->text.length] = '\0';
	if (hints->count) {
		hint = &hints->hints[hints->count - 1];
		if (!reader->text.length)
			return refuse(reader, hint->line, "there is no hint below this heading");
		text_add(&reader->text, "\n");
		hint->text = mem_string(text_string(&reader->text));
	}
	text_free(&reader->text);
	return 0;
}

static int read_line(struct reader *reader, const char *line, size_t length)
{
	if (length >= 3 && !memcmp(line, "```", 3))
		reader->in_code = !reader->in_code;
	if (!reader->in_code && length >= 3 && !memcmp(line, "## ", 3))
		return end_hint(reader) || read_heading(reader, line + 3, length - 3) ? -1 : 0;
	if (!length && !reader->text.length)
		return 0; /* below a heading */
	text_add_bytes(&reader->text, line, length);
	text_add(&reader->text, "\n");
	return 0;
}

/* It is printed on terminals: no control characters. */
static int check_bytes(const struct reader *reader, const char *source, size_t length)
{
	int line = 1;

	if (length > HINTS_MAX)
		return error_set(reader->error, reader->file, 0, 0, "is longer than %d bytes", HINTS_MAX);
	if (!utf8_is_valid(source, length))
		return refuse(reader, 0, "is not UTF-8: save it as UTF-8");
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)source[i];

		if ((byte < ' ' && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7f)
			return error_set(reader->error, reader->file, line, 0, "a control character (0x%02x): take it out", byte);
		line += byte == '\n';
	}
	return 0;
}

static int read_all(struct reader *reader)
{
	const char *line;
	size_t length;

	while (next_line(reader, &line, &length))
		if (read_line(reader, line, length))
			return -1;
	if (reader->in_code)
		return refuse(reader, reader->line, "a ``` has no second one: what stands behind it is all code");
	if (end_hint(reader))
		return -1;
	if (!hints_steps(reader->out))
		return refuse(reader, 0, "has no hints: the first one stands below a line \"## 1\"");
	return 0;
}

int hints_parse(struct hints *hints, const char *file, const char *source, size_t length, struct error *error)
{
	size_t mark = length >= 3 && !memcmp(source, "\xef\xbb\xbf", 3) ? 3 : 0; /* a byte order mark */
	struct reader reader = {.file = file, .at = source + mark, .end = source + length, .out = hints, .error = error};
	int result;

	*hints = (struct hints){0};
	result = check_bytes(&reader, source, length) || read_all(&reader) ? -1 : 0;
	text_free(&reader.text);
	if (result)
		hints_free(hints);
	return result;
}

bool hint_is_about(const struct hint *hint, const char *id)
{
	for (size_t i = 0; i < hint->id_count; i++)
		if (!strcmp(hint->ids[i], id))
			return true;
	return false;
}

int hints_steps(const struct hints *hints)
{
	int steps = 0;

	for (size_t i = 0; i < hints->count; i++)
		steps += hints->hints[i].number != 0;
	return steps;
}

void hints_free(struct hints *hints)
{
	for (size_t i = 0; i < hints->count; i++)
		free(hints->hints[i].text);
	free(hints->hints);
	*hints = (struct hints){0};
}
