/* scratch.h - a folder of this machine's own to work in, which goes with the process that has it. */
#ifndef WINDSOCK_SCRATCH_H
#define WINDSOCK_SCRATCH_H

#include "../src/error.h"

struct scratch {
	char *folder; /* absolute; owned */
	int lock_fd;  /* held for as long as somebody works there */
};

/* Makes it in PARENT (NULL: $TMPDIR, or /tmp), and removes those there that processes of ours left which were killed. -1:
 * *error. */
int scratch_open(struct scratch *scratch, const char *parent, struct error *error);
/* A parent in memory, or NULL where there is none with room, or none from which programs may be run. For what is gone in a
 * moment: a disk on which a hundred files a second come and go looks ever longer for room (ext4 passes by what was removed
 * within the last five seconds). */
const char *scratch_memory(void);
/* Removes it with all that is in it. */
void scratch_close(struct scratch *scratch);

#endif
