/* argv.h - commands of others: made word by word, run without a shell. */
#ifndef WINDSOCK_ARGV_H
#define WINDSOCK_ARGV_H

#include "../src/error.h"
#include "../src/text.h"

struct argv {
	char **words; /* ends in NULL; owned */
	size_t count, capacity;
};

void argv_add(struct argv *argv, const char *word);
/* One word, printf-like. */
void argv_printf(struct argv *argv, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Several, as a shell would split them at spaces: "ssh -F file". */
void argv_add_split(struct argv *argv, const char *words);
void argv_free(struct argv *argv);

/* A word, or all of them, so that a shell reads them as they are. */
void argv_quote(const char *word, struct text *out);
void argv_print(const struct argv *argv, struct text *out);

/* Runs it, without standard input, for at most LIMIT_MS; what it prints goes to OUT, what it complains to WORDS. Returns
 * its exit status (128 and more: a signal). -1: *error: it is not there, or took too long. */
int argv_run(const struct argv *argv, int limit_ms, struct text *out, struct text *words, struct error *error);

#endif
