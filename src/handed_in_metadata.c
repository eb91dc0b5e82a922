/* handed_in_metadata.c - Gradescope's submission_metadata.yml: of its YAML what says who handed in which folder.
 *
 *     submission_4711:
 *       :submitters:
 *       - :name: Ada Lovelace
 *         :sid: '815'
 *         :email: ada@example.edu
 *       :created_at: 2026-11-02 10:00:00
 */
#include "handed_in.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define VALUE_MOST 200

/* One line, taken apart. */
struct line {
	size_t indent; /* spaces before its key, the dash of a list's entry counted as one */
	bool dash;
	const char *key, *value;
	size_t key_length, value_length;
};

struct submitter {
	char sid[VALUE_MOST], email[VALUE_MOST], name[VALUE_MOST];
};

struct reader {
	struct handed_in_metadata *metadata;
	struct text folder, students;
	struct submitter one;
	bool in_submitters;
	size_t indent; /* of `submitters` */
};

static void read_line(const char *at, size_t length, struct line *line)
{
	const char *end = at + length, *colon;

	*line = (struct line){0};
	while (end > at && (end[-1] == '\r' || end[-1] == ' '))
		end--;
	for (; at < end && (*at == ' ' || *at == '-'); at++) {
		if (*at == '-' && (line->dash || at + 1 == end || at[1] != ' '))
			break;
		line->dash |= *at == '-';
		line->indent++;
	}
	line->key = at + (at < end && *at == ':'); /* a Ruby symbol */
	colon = line->key < end ? memchr(line->key, ':', (size_t)(end - line->key)) : NULL;
	if (!colon)
		return;
	line->key_length = (size_t)(colon - line->key);
	for (colon++; colon < end && *colon == ' '; colon++)
		;
	if (end - colon >= 2 && (*colon == '"' || *colon == '\'') && end[-1] == *colon) {
		colon++;
		end--;
	}
	line->value = colon;
	line->value_length = (size_t)(end - colon);
}

static bool is_key(const struct line *line, const char *key)
{
	return line->key_length == strlen(key) && !strncmp(line->key, key, line->key_length);
}

static void take(const struct line *line, const char *key, char *out)
{
	size_t length = line->value_length < VALUE_MOST - 1 ? line->value_length : VALUE_MOST - 1;

	if (!is_key(line, key) || *out)
		return;
	memcpy(out, line->value, length);
	out[length] = '\0';
}

/* A student's number is what a gradebook knows him by; not every course has one. */
static void end_submitter(struct reader *reader)
{
	const struct submitter *one = &reader->one;
	const char *name = one->sid[0] ? one->sid : one->email[0] ? one->email : one->name;

	if (*name)
		text_printf(&reader->students, "%s%s", reader->students.length ? "+" : "", name);
	reader->one = (struct submitter){0};
}

static void end_submission(struct reader *reader)
{
	struct handed_in_metadata *metadata = reader->metadata;

	end_submitter(reader);
	if (reader->folder.length) {
		const struct text *who = reader->students.length ? &reader->students : &reader->folder;

		mem_room(metadata->submitters, metadata->count, metadata->capacity);
		metadata->submitters[metadata->count++] =
			(struct handed_in_submitter){mem_string(text_string(&reader->folder)), mem_string(text_string(who))};
	}
	text_free(&reader->folder);
	text_free(&reader->students);
	reader->in_submitters = false;
}

static void take_line(struct reader *reader, const struct line *line)
{
	if (!line->key_length)
		return;
	if (!line->indent) {
		end_submission(reader);
		text_add_bytes(&reader->folder, line->key, line->key_length);
		return;
	}
	if (is_key(line, "submitters")) {
		reader->in_submitters = true;
		reader->indent = line->indent;
		return;
	}
	if (!reader->in_submitters)
		return;
	if (line->indent <= reader->indent && !line->dash) {
		reader->in_submitters = false;
		return;
	}
	if (line->dash)
		end_submitter(reader);
	take(line, "sid", reader->one.sid);
	take(line, "email", reader->one.email);
	take(line, "name", reader->one.name);
}

int handed_in_metadata(struct handed_in_metadata *metadata, const char *file, const char *source, struct error *error)
{
	struct reader reader = {.metadata = metadata};

	*metadata = (struct handed_in_metadata){0};
	while (*source) {
		size_t length = strcspn(source, "\n");
		struct line line;

		read_line(source, length, &line);
		if (length && *source != '#' && strncmp(source, "---", 3) != 0)
			take_line(&reader, &line);
		source += length + (source[length] == '\n');
	}
	end_submission(&reader);
	if (metadata->count)
		return 0;
	return error_set(error, file, 0, 0, "names no submission: export the submissions again, or say by --map who is who");
}

void handed_in_metadata_free(struct handed_in_metadata *metadata)
{
	for (size_t i = 0; i < metadata->count; i++) {
		free(metadata->submitters[i].folder);
		free(metadata->submitters[i].student);
	}
	free(metadata->submitters);
	*metadata = (struct handed_in_metadata){0};
}
