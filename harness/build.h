/* build.h - C sources into programs, side by side, and only what has changed. */
#ifndef WINDSOCK_BUILD_H
#define WINDSOCK_BUILD_H

#include "../src/error.h"
#include "../src/text.h"

#include <stdbool.h>
#include <sys/types.h>

struct build {
	char *source;      /* path; owned */
	char *program;     /* path of what comes out; owned */
	char *key;         /* path of the file that says what it was made from; owned */
	bool fresh;        /* nothing had to be done */
	bool failed;
	struct text messages; /* the compiler's, at most 64 KiB */
	pid_t pid;
	int messages_fd;
	struct text fingerprint;
};

/* Starts the compiler for SOURCE into FOLDER/NAME, unless that is there already. -1: *error
 * (no compiler, a source that cannot be read): ours or the student's, as the text says. */
int build_start(struct build *build, const char *source, const char *folder, const char *name, struct error *error);
/* Waits for it. -1: *error, the machine's fault; a program that does not compile is failed, not an error. */
int build_finish(struct build *build, struct error *error);
void build_free(struct build *build);

#endif
