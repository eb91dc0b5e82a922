/* build.h - C sources into programs, side by side, and only what has changed.
 *
 * A source may be meant to do harm: #include the solution, expand for ever, print for ever. The compiler runs in a
 * sandbox (sandbox.h) with an empty network. It finds there one file, its source, under the lesson's name; the command
 * line is ours; what it says is cut, and what it makes is copied out when it has ended. */
#ifndef WINDSOCK_BUILD_H
#define WINDSOCK_BUILD_H

#include "../src/error.h"
#include "../src/text.h"
#include "build_cache.h"
#include "sandbox.h"

#include <stdbool.h>
#include <sys/types.h>

enum build_stop { BUILD_RAN, BUILD_SAID_TOO_MUCH, BUILD_TOOK_TOO_LONG, BUILD_FILLED_MEMORY };

struct build {
	char *source;      /* path; owned */
	char *program;     /* path of what comes out; owned */
	char *key;         /* path of the file that says what it was made from; owned */
	bool ready;        /* build_prepare(): its sandbox waits for the source */
	bool fresh;        /* nothing had to be done */
	bool kept;         /* it was compiled before, elsewhere: result and messages are there already */
	struct build_cache_key cache_key;
	bool failed;
	struct text messages; /* the compiler's, at most 64 KiB */
	struct text code;  /* the source's bytes, as they were read, once */
	struct sandbox sandbox;
	enum build_stop stopped;
	struct text result; /* the program */
	struct text fingerprint;
};

/* Makes a sandbox ready for the compiler of SOURCE, which need not be there yet; build_start() of the same does the
 * rest. Best effort: where it cannot be had, build_start() does all, and says why not. */
void build_prepare(struct build *build, const char *source, const char *folder, const char *name);
/* Starts the compiler for SOURCE into FOLDER/NAME, unless that is there already. *build is {0} or of build_prepare(). -1: *error
 * (no compiler, a source that cannot be read): ours or the student's, as the text says. */
int build_start(struct build *build, const char *source, const char *folder, const char *name, struct error *error);
/* Waits for it. -1: *error, the machine's fault; a program that does not compile is failed, not an error. */
int build_finish(struct build *build, struct error *error);
void build_free(struct build *build);

#endif
