/* lexer.c - see lexer.h. */
#include "lexer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>


int lexer_error(struct lexer *lexer, int column, const char *format, ...)
{
	char sentence[sizeof lexer->error->text];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(sentence, sizeof sentence, format, arguments); /* cut if it is too long */
	va_end(arguments);
	return error_set(lexer->error, lexer->file, lexer->line, column, "%s", sentence);
}

const char *lexer_show(struct lexer *lexer, const char *text, size_t length)
{
	char *shown = lexer->shown[lexer->show++ % 3];
	size_t used = 1, limit = sizeof lexer->shown[0] - 10;

	shown[0] = '"';
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (used > limit) {
			used += (size_t)sprintf(shown + used, "...");
			break;
		}
		if (byte >= 0x20 && byte < 0x7f)
			shown[used++] = (char)byte;
		else
			used += (size_t)sprintf(shown + used, "\\x%02x", byte);
	}
	shown[used] = '"';
	shown[used + 1] = '\0';
	return shown;
}

/* How many letters to change, add, drop or swap (Damerau's distance, the short form). */
static size_t distance(const char *a, const char *b)
{
	enum { LONGEST = 32 };
	size_t d[LONGEST + 1][LONGEST + 1], rows = strlen(a), columns = strlen(b);

	if (rows > LONGEST || columns > LONGEST)
		return SIZE_MAX;
	for (size_t i = 0; i <= rows; i++)
		for (size_t j = 0; j <= columns; j++) {
			size_t best;

			if (!i || !j) {
				d[i][j] = i + j;
				continue;
			}
			best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			best = d[i - 1][j] + 1 < best ? d[i - 1][j] + 1 : best;
			best = d[i][j - 1] + 1 < best ? d[i][j - 1] + 1 : best;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	return d[rows][columns];
}

const char *lexer_guess(struct lexer *lexer, const char *word, const char *const *words)
{
	const char *closest = NULL;
	size_t least = 3; /* two slips of the finger, not three */
	char *shown;

	for (; words && *words; words++) {
		size_t far = distance(word, *words);

		if (far < least && far < strlen(*words) && far < strlen(word)) {
			least = far;
			closest = *words;
		}
	}
	if (!closest)
		return "";
	shown = lexer->shown[lexer->show++ % 3];
	(void)snprintf(shown, sizeof lexer->shown[0], "; did you mean \"%s\"?", closest); /* at most 32 letters */
	return shown;
}

int lexer_expected(struct lexer *lexer, const struct token *token, const char *what, const char *const *words)
{
	const char *guess = "", *found;

	if (token->kind == TOKEN_END)
		return lexer_error(lexer, token->column, "expected %s, but the line ends here", what);
	found = lexer_show(lexer, token->text, token->length);
	if (token->kind == TOKEN_WORD)
		guess = lexer_guess(lexer, token->text, words);
	return lexer_error(lexer, token->column, "expected %s, found %s%s%s", what,
	                   token->kind == TOKEN_STRING ? "the string " : "", found, guess);
}

/* The length of the UTF-8 character there, or 0 (RFC 3629: no surrogates, no overlong forms). */
static size_t character(const unsigned char *byte, size_t left)
{
	static const struct { unsigned char first, last, low, high; size_t length; } forms[] = {
		{0x00, 0x7f, 0, 0, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
		{0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		if (byte[0] < forms[i].first || byte[0] > forms[i].last || left < forms[i].length)
			continue;
		if (forms[i].length > 1 && (byte[1] < forms[i].low || byte[1] > forms[i].high))
			return 0;
		for (size_t j = 2; j < forms[i].length; j++)
			if (byte[j] < 0x80 || byte[j] > 0xbf)
				return 0;
		return forms[i].length;
	}
	return 0;
}

/* What is wrong with the byte at AT, or NULL. */
static const char *complaint(const char *at, const char *end)
{
	bool line_ends = at + 1 == end || at[1] == '\n';

	if (!*at)
		return "a NUL byte: this is not a text file (in a string, write \\x00)";
	if (*at == '\n' || *at == '\t' || (*at == '\r' && line_ends))
		return NULL;
	if ((unsigned char)*at < 0x20 || *at == 0x7f)
		return "a control character: delete it (in a string, write it as \\xNN)";
	if (!character((const unsigned char *)at, (size_t)(end - at)))
		return "this is not UTF-8: save the file as UTF-8 (in a string, write other bytes as \\xNN)";
	return NULL;
}

static int check_bytes(struct lexer *lexer)
{
	const char *line_start = lexer->next;
	int line = 1;

	for (const char *at = lexer->next; at < lexer->end;) {
		const char *wrong = complaint(at, lexer->end);

		if (wrong)
			return error_set(lexer->error, lexer->file, line, (int)(at - line_start) + 1, "%s", wrong);
		if (*at == '\n') {
			line++;
			line_start = at + 1;
		}
		at += character((const unsigned char *)at, (size_t)(lexer->end - at));
	}
	return 0;
}

static void add_token(struct lexer *lexer, enum token_kind kind, const char *start, const char *text, size_t length)
{
	mem_room(lexer->tokens, lexer->count, lexer->capacity);
	lexer->tokens[lexer->count++] = (struct token){
		.kind = kind, .column = (int)(start - lexer->buffer) + 1, .text = text, .length = length};
}

/* Cuts a token off: NUL at STOP. Returns where to go on. */
static char *cut(char *stop)
{
	bool more = *stop == ' ' || *stop == '\t';

	*stop = '\0';
	return more ? stop + 1 : stop;
}

static char *read_word(struct lexer *lexer, char *start)
{
	char *stop = start + strcspn(start, " \t#\"");

	if (*stop == '"') {
		(void)lexer_error(lexer, (int)(stop - lexer->buffer) + 1,
		                  "a quotation mark inside a word: put a space before it");
		return NULL;
	}
	add_token(lexer, TOKEN_WORD, start, start, (size_t)(stop - start));
	return cut(stop);
}

static char *read_string(struct lexer *lexer, char *start)
{
	char *stop = start + 1;

	while (*stop && *stop != '"')
		stop += stop[0] == '\\' && stop[1] ? 2 : 1;
	if (!*stop) {
		(void)lexer_error(lexer, (int)(start - lexer->buffer) + 1,
		                  "this string has no end: close it with a quotation mark on the same line");
		return NULL;
	}
	add_token(lexer, TOKEN_STRING, start, start + 1, (size_t)(stop - start) - 1);
	*stop++ = '\0';
	if (*stop && !strchr(" \t#", *stop)) {
		(void)lexer_error(lexer, (int)(stop - lexer->buffer) + 1,
		                  "something sticks to the string: put a space behind its quotation mark");
		return NULL;
	}
	return stop;
}

static int read_tokens(struct lexer *lexer)
{
	char *at = lexer->buffer;

	lexer->count = lexer->position = 0;
	for (;;) {
		at += strspn(at, " \t");
		if (!*at || *at == '#')
			break;
		at = *at == '"' ? read_string(lexer, at) : read_word(lexer, at);
		if (!at)
			return -1;
	}
	add_token(lexer, TOKEN_END, at, "", 0);
	return 0;
}

/* The source's next line into lexer->buffer. */
static void read_line(struct lexer *lexer)
{
	size_t left = (size_t)(lexer->end - lexer->next), length = left;
	const char *newline = memchr(lexer->next, '\n', left);

	if (newline)
		length = (size_t)(newline - lexer->next);
	free(lexer->buffer);
	lexer->buffer = mem_bytes(lexer->next, length);
	if (length && lexer->buffer[length - 1] == '\r')
		lexer->buffer[length - 1] = '\0';
	lexer->next += newline ? length + 1 : length;
	lexer->line++;
}

static int advance(struct lexer *lexer)
{
	while (lexer->next < lexer->end) {
		read_line(lexer);
		lexer->indent = (int)strspn(lexer->buffer, " ");
		bool tab = lexer->buffer[lexer->indent] == '\t';
		if (read_tokens(lexer))
			return -1;
		if (lexer->count == 1)
			continue;
		if (tab)
			return lexer_error(lexer, lexer->indent + 1,
			                   "a tab in the indentation: indent by spaces, 4 a level");
		return 0;
	}
	lexer->done = true;
	lexer->indent = -1;
	return 0;
}

int lexer_open(struct lexer *lexer, const char *file, const char *source, size_t length, struct error *error)
{
	static const char mark[] = "\xef\xbb\xbf"; /* U+FEFF, which some editors write first */

	*lexer = (struct lexer){.file = file, .error = error, .next = source, .end = source + length};
	if (length > LEXER_FILE_MAX)
		return error_set(error, file, 0, 0, "the file has %zu bytes; the limit is %d (1 MiB)", length,
		                 LEXER_FILE_MAX);
	if (length >= 3 && !memcmp(source, mark, 3))
		lexer->next += 3;
	if (check_bytes(lexer))
		return -1;
	return advance(lexer);
}

void lexer_close(struct lexer *lexer)
{
	free(lexer->buffer);
	free(lexer->tokens);
	*lexer = (struct lexer){0};
}

const struct token *lexer_peek(const struct lexer *lexer)
{
	return &lexer->tokens[lexer->position];
}

const struct token *lexer_take(struct lexer *lexer)
{
	const struct token *token = lexer_peek(lexer);

	if (token->kind != TOKEN_END)
		lexer->position++;
	return token;
}

bool lexer_accept(struct lexer *lexer, const char *word)
{
	const struct token *token = lexer_peek(lexer);

	if (token->kind != TOKEN_WORD || strcmp(token->text, word) != 0)
		return false;
	lexer->position++;
	return true;
}

int lexer_expect(struct lexer *lexer, const char *word)
{
	const char *const words[] = {word, NULL};

	return lexer_choice(lexer, words, NULL);
}

static void list_words(struct text *list, const char *const *words)
{
	for (size_t i = 0; words[i]; i++)
		text_printf(list, "%s%s", !i ? "" : words[i + 1] ? ", " : " or ", words[i]);
}

int lexer_choice(struct lexer *lexer, const char *const *words, const char *what)
{
	struct text list = {0};

	for (int i = 0; words[i]; i++)
		if (lexer_accept(lexer, words[i]))
			return i;
	if (!what)
		list_words(&list, words);
	(void)lexer_expected(lexer, lexer_peek(lexer), what ? what : text_string(&list), words);
	text_free(&list);
	return -1;
}

int lexer_next_line(struct lexer *lexer)
{
	const struct token *token = lexer_peek(lexer);

	if (token->kind != TOKEN_END)
		return lexer_expected(lexer, token, "the end of the line", NULL);
	return advance(lexer);
}

int lexer_block(struct lexer *lexer, int parent, int *indent)
{
	if (lexer->indent <= parent)
		return 0;
	if (*indent < 0)
		*indent = lexer->indent;
	if (lexer->indent == *indent)
		return 1;
	return lexer_error(lexer, lexer->indent + 1,
	                   "this line begins with %d spaces, the lines that it belongs to with %d: line them up",
	                   lexer->indent, *indent);
}

bool lexer_is_number(const char *text, size_t length, uint64_t most, uint64_t *number)
{
	uint64_t value = 0;

	if (!length || (length > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < length; i++) {
		unsigned digit = (unsigned)(text[i] - '0');

		if (text[i] < '0' || text[i] > '9' || value > (most - digit) / 10 || digit > most)
			return false;
		value = 10 * value + digit;
	}
	*number = value;
	return true;
}

int lexer_number(struct lexer *lexer, const char *what, uint64_t least, uint64_t most, uint64_t *number)
{
	const struct token *token = lexer_take(lexer);
	char expected[160];

	if (token->kind == TOKEN_WORD && lexer_is_number(token->text, token->length, most, number) && *number >= least)
		return 0;
	(void)snprintf(expected, sizeof expected, "%s, %llu to %llu", what, (unsigned long long)least,
	               (unsigned long long)most);
	return lexer_expected(lexer, token, expected, NULL);
}

int lexer_time(struct lexer *lexer, int64_t *us)
{
	static const char *const units[] = {"us", "ms", "s", NULL};
	static const uint64_t each[] = {1, 1000, 1000000};
	const uint64_t longest = 3600u * UINT64_C(1000000);
	int column = lexer_peek(lexer)->column, unit;
	uint64_t number;

	if (lexer_number(lexer, "a time such as 80 ms: a number", 1, longest, &number))
		return -1;
	unit = lexer_choice(lexer, units, "a unit, us, ms or s");
	if (unit < 0)
		return -1;
	if (number > longest / each[unit])
		return lexer_error(lexer, column, "this is longer than an hour: the longest time is 3600 s");
	*us = (int64_t)(number * each[unit]);
	return 0;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool lexer_is_name(const char *text, size_t length)
{
	if (!length || !is_letter(text[0]))
		return false;
	for (size_t i = 1; i < length; i++)
		if (!is_letter(text[i]) && !(text[i] >= '0' && text[i] <= '9') && text[i] != '-' && text[i] != '_')
			return false;
	return true;
}

int lexer_name(struct lexer *lexer, int column, const char *what, const char *text, size_t length, char *name,
               size_t size)
{
	if (!lexer_is_name(text, length))
		return lexer_error(lexer, column, "expected %s (a letter, then letters, digits, - or _), found %s", what,
		                   lexer_show(lexer, text, length));
	if (length >= size)
		return lexer_error(lexer, column, "%s is too long for %s: at most %zu bytes",
		                   lexer_show(lexer, text, length), what, size - 1);
	memcpy(name, text, length);
	name[length] = '\0';
	return 0;
}

bool lexer_is_address(const char *text, size_t length, uint32_t *address)
{
	const char *end = text + length;
	uint32_t value = 0;

	for (int i = 0; i < 4; i++) {
		const char *dot = memchr(text, '.', (size_t)(end - text));
		const char *stop = i < 3 ? dot : end;
		uint64_t byte;

		if (!stop || !lexer_is_number(text, (size_t)(stop - text), 255, &byte))
			return false;
		value = value << 8 | (uint32_t)byte;
		text = i < 3 ? stop + 1 : end;
	}
	*address = value;
	return true;
}

/* Column of byte OFFSET of a token's text. */
static int column_at(const struct token *token, size_t offset)
{
	return token->column + (token->kind == TOKEN_STRING) + (int)offset;
}

static int hex(char c)
{
	const char *digits = "0123456789abcdef0123456789ABCDEF", *found = c ? strchr(digits, c) : NULL;

	return found ? (int)(found - digits) % 16 : -1;
}

static int read_escape(struct lexer *lexer, const struct token *token, size_t *offset, struct text *part)
{
	static const char escapes[] = "nrt\\\"{", values[] = "\n\r\t\\\"{";
	const char *at = token->text + *offset, *found = at[1] ? strchr(escapes, at[1]) : NULL;
	char byte;

	if (found) {
		text_add_bytes(part, &values[found - escapes], 1);
		*offset += 2;
		return 0;
	}
	if (at[1] != 'x' || hex(at[2]) < 0 || hex(at[3]) < 0)
		return lexer_error(lexer, column_at(token, *offset),
		                   "no such escape: write \\n, \\r, \\t, \\\\, \\\", \\{ or \\x and two hexadecimal digits");
	byte = (char)(16 * hex(at[2]) + hex(at[3]));
	text_add_bytes(part, &byte, 1);
	*offset += 4;
	return 0;
}

static int read_hole(struct lexer *lexer, const struct token *token, size_t *offset, struct text *part)
{
	const char *start = token->text + *offset + 1, *stop = strchr(start, '}');
	char name[32];

	if (!stop)
		return lexer_error(lexer, column_at(token, *offset),
		                   "this brace is never closed: write {name}, or \\{ for a plain brace");
	if (lexer_name(lexer, column_at(token, *offset + 1), "a name in braces", start, (size_t)(stop - start), name,
	               sizeof name))
		return -1;
	text_add(part, name);
	*offset += (size_t)(stop - start) + 2;
	return PART_NAME;
}

int lexer_part(struct lexer *lexer, const struct token *token, size_t *offset, struct text *part)
{
	part->length = 0;
	if (*offset == token->length)
		return PART_END;
	if (token->text[*offset] == '{')
		return read_hole(lexer, token, offset, part);
	while (*offset < token->length && token->text[*offset] != '{') {
		if (token->text[*offset] != '\\') {
			text_add_bytes(part, &token->text[*offset], 1);
			++*offset;
		} else if (read_escape(lexer, token, offset, part)) {
			return -1;
		}
	}
	return PART_BYTES;
}
