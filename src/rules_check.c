/* rules_check.c - see rules_check.h. It cuts the text into words as nft's own scanner does (nft 1.0.2 to 1.0.9:
 * a string may span lines and has no escapes, # begins a comment outside a string, a backslash before a newline
 * joins lines), so that both agree on what is a comment and what is not. */
#include "rules_check.h"

#include "lexer.h"

#include <stdbool.h>
#include <string.h>

#define USES_MAX 64       /* $names: each puts a definition's text in its place once more */
#define DEFINITION_MAX 1000 /* bytes */
#define SET_MAX 65535     /* `size`: the kernel makes room for that many at once */

struct reader {
	const char *file, *at, *end, *line_start;
	struct error *error;
	int line, depth, uses;
	bool begins;            /* the next word begins a statement of the file's own level */
	const char *definition; /* where the `define` began that is read, or NULL */
	bool size;              /* the last word was `size` */
};

static const char word_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";

static int column(const struct reader *reader)
{
	return (int)(reader->at - reader->line_start) + 1;
}

static int fail(const struct reader *reader, const char *text)
{
	return error_set(reader->error, reader->file, reader->line, column(reader), "%s", text);
}

static void new_line(struct reader *reader)
{
	reader->line++;
	reader->line_start = reader->at;
}

static void end_statement(struct reader *reader)
{
	if (reader->depth)
		return;
	reader->begins = true;
	reader->definition = NULL;
}

static bool is_word(const char *word, size_t length, const char *what)
{
	return strlen(what) == length && !memcmp(word, what, length);
}

static bool is_one_of(const char *word, size_t length, const char *const *words)
{
	for (; *words; words++)
		if (is_word(word, length, *words))
			return true;
	return false;
}

static int check_beginning(struct reader *reader, const char *word, size_t length)
{
	static const char *const adding[] = {"table", "add", "create", "insert", "define", NULL};
	static const char *const removing[] = {"flush", "delete", "destroy", "reset", "replace", "rename", "undefine",
	                                       "redefine", NULL};

	if (is_one_of(word, length, removing))
		return error_set(reader->error, reader->file, reader->line, column(reader), "\"%.*s\" takes away or changes "
		                 "what is there already, and the lab is made new for every run: leave this statement out",
		                 (int)length, word);
	if (!is_one_of(word, length, adding))
		return error_set(reader->error, reader->file, reader->line, column(reader), "a statement here begins with "
		                 "table, add, create, insert or define: this one begins with \"%.*s\"",
		                 (int)(length < 40 ? length : 40), word);
	if (is_word(word, length, "define"))
		reader->definition = word;
	return 0;
}

static int check_size(struct reader *reader, const char *word, size_t length)
{
	uint64_t number;

	/* `maxseg size set` is another size. 0x... and 010 nft would read as well, and nobody needs them here. */
	if (word[0] >= '0' && word[0] <= '9' && !lexer_is_number(word, length, SET_MAX, &number))
		return error_set(reader->error, reader->file, reader->line, column(reader), "a set has room for 1 to %d "
		                 "elements: write a smaller size, or none", SET_MAX);
	return 0;
}

static int read_word(struct reader *reader)
{
	const char *word = reader->at;
	size_t length = 0;
	int result = 0;

	while (word + length < reader->end && memchr(word_bytes, word[length], sizeof word_bytes - 1))
		length++;
	if (is_word(word, length, "include"))
		return fail(reader, "rules name no other file: write everything into this one");
	if (reader->begins)
		result = check_beginning(reader, word, length);
	else if (reader->size)
		result = check_size(reader, word, length);
	reader->size = is_word(word, length, "size");
	reader->begins = false;
	reader->at += length;
	return result;
}

/* $name */
static int read_use(struct reader *reader)
{
	if (reader->definition)
		return fail(reader, "a definition that holds another one: write its text out");
	if (++reader->uses > USES_MAX)
		return error_set(reader->error, reader->file, reader->line, column(reader), "more than %d uses of definitions: "
		                 "write a named set", USES_MAX);
	reader->at++;
	return 0;
}

/* The word `include` is no less refused in a string: should nft and we ever disagree on where strings begin. */
static int read_string(struct reader *reader)
{
	const char *stop = memchr(reader->at + 1, '"', (size_t)(reader->end - reader->at) - 1);

	if (!stop)
		return fail(reader, "this string has no end: close it with a quotation mark");
	if (memmem(reader->at, (size_t)(stop - reader->at), "include", strlen("include")))
		return fail(reader, "the word \"include\" in a string: write another one");
	while (reader->at < stop)
		if (*reader->at++ == '\n')
			new_line(reader);
	reader->at = stop + 1;
	return 0;
}

static int read_mark(struct reader *reader)
{
	char mark = *reader->at++;

	reader->size = false;
	switch (mark) {
	case '{':
		reader->depth++;
		break;
	case '}':
		if (reader->depth)
			reader->depth--;
		break;
	case ';':
		end_statement(reader);
		break;
	case '\\':
		if (reader->at < reader->end && *reader->at == '\n') {
			reader->at++;
			new_line(reader);
		}
		break;
	default:
		break;
	}
	return 0;
}

static int read_one(struct reader *reader)
{
	const char *newline;

	switch (*reader->at) {
	case '#':
		newline = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));
		reader->at = newline ? newline : reader->end;
		return 0;
	case '\n':
		reader->at++;
		new_line(reader);
		end_statement(reader);
		return 0;
	case ' ':
	case '\t':
	case '\r':
		reader->at++;
		return 0;
	case '"':
		return read_string(reader);
	case '$':
		return read_use(reader);
	default:
		return memchr(word_bytes, *reader->at, sizeof word_bytes - 1) ? read_word(reader) : read_mark(reader);
	}
}

int rules_check(const char *file, const char *source, size_t length, struct error *error)
{
	struct reader reader = {.file = file, .at = source, .end = source + length, .line_start = source,
	                        .error = error, .line = 1, .begins = true};

	if (length > RULES_MAX)
		return error_set(error, file, 0, 0, "these rules have %zu bytes: at most %d", length, RULES_MAX);
	if (memchr(source, '\0', length))
		return error_set(error, file, 0, 0, "a NUL byte: this is not a text file");
	while (reader.at < reader.end) {
		if (read_one(&reader))
			return -1;
		if (reader.definition && reader.at - reader.definition > DEFINITION_MAX)
			return error_set(error, file, reader.line, 0, "a definition of more than %d bytes: write a named set",
			                 DEFINITION_MAX);
	}
	return 0;
}
