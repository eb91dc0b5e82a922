/* lexer.h - what the trace language and the lesson language share: lines, blocks, words, strings.
 *
 * A file is lines; a line is an indentation (spaces) and tokens between blanks; `#` begins a comment.
 * A token is a word or a "string". Lines without a token do not exist for the parser. What is wrong is
 * told once, in the struct error given to lexer_open(), with line and column. */
#ifndef WINDSOCK_LEXER_H
#define WINDSOCK_LEXER_H

#include "error.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEXER_FILE_MAX (1024 * 1024) /* bytes of a file: a trace has 60 lines, not 60,000 */

enum token_kind { TOKEN_WORD, TOKEN_STRING, TOKEN_END };

struct token {
	enum token_kind kind;
	int column;       /* of its first byte (a string's: the quotation mark), from 1 */
	const char *text; /* a word; a string without its marks, escapes not undone; "" at the end. NUL behind */
	size_t length;
};

struct lexer {
	const char *file;
	struct error *error;
	const char *next, *end; /* of the source: what is not read yet */
	bool done;              /* no line is left; then indent is -1 */
	int line, indent;       /* of the current line */
	char *buffer;           /* the current line, cut into tokens; owned */
	struct token *tokens;   /* the last is TOKEN_END; owned */
	size_t count, capacity, position;
	char shown[3][80];      /* lexer_show() */
	unsigned show;
};

/* Checks SOURCE as a whole (size, NUL bytes, UTF-8) and stands on its first line. SOURCE, FILE and ERROR
 * are borrowed until lexer_close(), which is due after a failure too. Returns 0 or -1, as all here. */
int lexer_open(struct lexer *lexer, const char *file, const char *source, size_t length, struct error *error);
void lexer_close(struct lexer *lexer);

/* The next token; take it, unless it is the line's end. */
const struct token *lexer_peek(const struct lexer *lexer);
const struct token *lexer_take(struct lexer *lexer);
bool lexer_accept(struct lexer *lexer, const char *word); /* takes it if it is WORD */
int lexer_expect(struct lexer *lexer, const char *word);  /* takes WORD, or fails */
/* Takes one of WORDS (NULL behind the last) and returns its index. WHAT may be NULL: a list of the words. */
int lexer_choice(struct lexer *lexer, const char *const *words, const char *what);
/* Fails unless all tokens are taken, then goes to the next line. */
int lexer_next_line(struct lexer *lexer);

/* Whether the current line belongs to the block below a line that was indented by PARENT: 1, 0,
 * or -1 when it is not in line with the block. *indent is -1 before the block's first line. */
int lexer_block(struct lexer *lexer, int parent, int *indent);

/* Takes a number in LEAST..MOST, decimal; WHAT names it in the message. */
int lexer_number(struct lexer *lexer, const char *what, uint64_t least, uint64_t most, uint64_t *number);
/* Takes `80 ms`: at least 1 us, at most an hour. */
int lexer_time(struct lexer *lexer, int64_t *us);
/* Copies a name (a letter, then letters, digits, - and _) that fits into SIZE bytes. COLUMN is where it stands. */
int lexer_name(struct lexer *lexer, int column, const char *what, const char *text, size_t length, char *name,
               size_t size);
bool lexer_is_name(const char *text, size_t length);
/* Decimal digits, no sign, no needless zero in front, at most MOST. */
bool lexer_is_number(const char *text, size_t length, uint64_t most, uint64_t *number);
/* Dotted IPv4, into host byte order. */
bool lexer_is_address(const char *text, size_t length, uint32_t *address);

/* A token as a template: stretches of bytes, escapes undone, and names in {braces}, one a call.
 * *offset is 0 at the beginning; PART is emptied first. Returns one of these, or -1. */
enum { PART_END, PART_BYTES, PART_NAME };
int lexer_part(struct lexer *lexer, const struct token *token, size_t *offset, struct text *part);

/* All of these return -1. */
int lexer_error(struct lexer *lexer, int column, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* "expected WHAT, found TOKEN", and "did you mean" if it is close to one of WORDS (may be NULL). */
int lexer_expected(struct lexer *lexer, const struct token *token, const char *what, const char *const *words);

/* The word in quotation marks, fit for a message. Valid until the third call from here. */
const char *lexer_show(struct lexer *lexer, const char *text, size_t length);
/* ", did you mean "x"?" for the one of WORDS that is closest, or "". Valid as that of lexer_show(). */
const char *lexer_guess(struct lexer *lexer, const char *word, const char *const *words);

#endif
