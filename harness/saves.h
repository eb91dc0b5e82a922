/* saves.h - notices when the files that a student writes are saved.
 *
 * Theory of operation
 *
 * Editors save in many ways: over the old file, by a new one that is renamed to the old one's name, with a backup, in
 * several steps. The folder is watched by inotify(7) for files that were closed after writing or were renamed to a name
 * in it. Such an event only says when to look: a file was saved when it is not what it was when it was last taken (its
 * bytes, its inode, the time of its last change), so that several events of one save are one save, and a save that
 * comes while a check runs is another one. A file that is not there is being replaced: its event is still to come.
 *
 * Some file systems do not tell of changes made on their other side (a virtual machine's shared folder, Windows' disks
 * in WSL 2, NFS): there we look every second as well. */
#ifndef WINDSOCK_SAVES_H
#define WINDSOCK_SAVES_H

#include "../src/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct saves {
	int fd;          /* inotify's: readable when there is a reason to look; -1 */
	char *folder;
	char **names;    /* of the files; owned */
	size_t count;
	uint64_t taken;  /* what the files were when they were taken */
	bool deaf;       /* looks every second */
	bool gone;       /* the folder itself was removed or renamed */
};

#define SAVES_NONE ((struct saves){.fd = -1})

/* Watches FOLDER for NAMES (copied), whose state now is taken. -1: *error. Owned: saves_close(). */
int saves_open(struct saves *saves, const char *folder, const char *const *names, size_t count, struct error *error);
/* Whether a file was saved since they were taken; empties fd. */
bool saves_look(struct saves *saves);
/* What the files are now is what will be checked. */
void saves_take(struct saves *saves);
/* Milliseconds until somebody should look even though nothing was told; -1: never. */
int saves_patience(const struct saves *saves);
void saves_close(struct saves *saves);

#endif
