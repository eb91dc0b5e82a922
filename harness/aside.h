/* aside.h - work that is done beside us, in a process of its own, whose words are collected.
 *
 * What watch shows is made by the commands themselves (check, hint, list, show), as they print it. They may take their
 * time, end the process with a message, or crash: that happens there, and not to who shows it.
 *
 * Should: end with us, however we end (its death signal), and be ended at any moment.
 * Mustn't: have the terminal: its standard input is empty, both its outputs come here. */
#ifndef WINDSOCK_ASIDE_H
#define WINDSOCK_ASIDE_H

#include "../src/text.h"

#include <stdbool.h>
#include <sys/types.h>

struct aside {
	pid_t pid;        /* -1: there is none */
	int pidfd;        /* readable when it has ended; -1 */
	int output_fd;    /* what it says; non-blocking; -1 */
	struct text said; /* the first MiB of it; owned */
	int status;       /* when it has ended, as of wait(2) */
};

#define ASIDE_NONE ((struct aside){-1, -1, -1, {0}, 0})

/* Does WORK, whose value is the exit status. 0, or -1 (errno). */
int aside_start(struct aside *aside, int (*work)(void *argument), void *argument);
/* Takes in what it has said. Whether it has ended; then all of it is there. Call when output_fd or pidfd is readable. */
bool aside_read(struct aside *aside);
/* Ends it if it has not ended, and frees all. */
void aside_close(struct aside *aside);

#endif
