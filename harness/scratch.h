/* scratch.h - a folder of this machine's own to work in, which goes with the process that has it. */
#ifndef WINDSOCK_SCRATCH_H
#define WINDSOCK_SCRATCH_H

#include "../src/error.h"

struct scratch {
	char *folder; /* absolute; owned */
	int lock_fd;  /* held for as long as somebody works there */
};

/* Makes it below $TMPDIR, or /tmp, and removes those there that processes of ours left which were killed. -1: *error. */
int scratch_open(struct scratch *scratch, struct error *error);
/* Removes it with all that is in it. */
void scratch_close(struct scratch *scratch);

#endif
