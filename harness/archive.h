/* archive.h - what was handed in as a zip or tar, as a folder. */
#ifndef WINDSOCK_ARCHIVE_H
#define WINDSOCK_ARCHIVE_H

#include "../src/error.h"
#include "../src/text.h"

/* Exit statuses of the program unpack besides 0; any other is its own trouble. */
#define UNPACK_MACHINE 3 /* the machine is at fault */
#define UNPACK_REFUSED 4 /* the archive is */

/* How many files, and how many bytes in all of them, may still come out. */
struct archive_room {
	unsigned long long entries, bytes;
};

/* Of all archives of one student; of a whole class's. */
#define ARCHIVE_STUDENT_ROOM ((struct archive_room){.entries = 5000, .bytes = 64ull << 20})
#define ARCHIVE_CLASS_ROOM ((struct archive_room){.entries = 500000, .bytes = 4ull << 30})

/* Unpacks the archive open at FD into FOLDER, which is there and empty, by the program unpack.c. ROOM: how much, and how
 * much is left then. REMARKS gets a line for each thing that was left out. -1: *error, which names NAME; what came out
 * before stays. -2: *error; it was the machine's fault or ours, and says nothing about the archive. */
int archive_unpack(int fd, const char *name, const char *folder, struct archive_room *room, struct text *remarks,
                   struct error *error);

#endif
