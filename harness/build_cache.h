/* build_cache.h - programs that were compiled before, for a class: the same source is not compiled twice.
 *
 * An entry's name is a SHA-256 of everything that goes into a program: the compiler and the system's headers (by their
 * size and time), its command line, the source's name and every byte of it. So no source can have another's program; and an
 * entry holds a digest of itself, so that a damaged one is none. Best effort: what cannot be kept is compiled again. */
#ifndef WINDSOCK_BUILD_CACHE_H
#define WINDSOCK_BUILD_CACHE_H

#include "../src/sha256.h"
#include "../src/text.h"

#include <stdbool.h>

extern const char *build_cache; /* an absolute folder, which is there; NULL: nothing is kept */

struct build_cache_key {
	char hex[SHA256_HEX]; /* "": nothing is kept */
};

/* NAME, CODE: the source; FLAGS: COUNT words of the command line. */
void build_cache_name(struct build_cache_key *key, const char *compiler, const char *const *flags, size_t count,
                      const char *name, const struct text *code);
/* What was kept of it. False: nothing, and both texts are as they were. */
bool build_cache_take(const struct build_cache_key *key, struct text *messages, struct text *program);
void build_cache_keep(const struct build_cache_key *key, const struct text *messages, const struct text *program);
/* Empties a folder that has grown beyond all bounds. */
void build_cache_sweep(const char *folder);

#endif
