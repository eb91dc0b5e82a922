/* archive.h - what was handed in as a zip or tar, as a folder. */
#ifndef WINDSOCK_ARCHIVE_H
#define WINDSOCK_ARCHIVE_H

#include "../src/error.h"
#include "../src/text.h"

/* Exit statuses of the program unpack besides 0; any other is its own trouble. */
#define UNPACK_MACHINE 3 /* the machine is at fault */
#define UNPACK_REFUSED 4 /* the archive is */

/* Of one student; of a whole class. */
#define ARCHIVE_STUDENT_ENTRIES 5000ull
#define ARCHIVE_STUDENT_BYTES (64ull << 20)
#define ARCHIVE_CLASS_ENTRIES 500000ull
#define ARCHIVE_CLASS_BYTES (4ull << 30)

/* Unpacks the archive open at FD into FOLDER, which is there and empty, by the program unpack.c. REMARKS gets a line
 * for each thing that was left out. -1: *error, which names NAME; what came out before stays. -2: *error; it was the
 * machine's fault or ours, and says nothing about the archive. */
int archive_unpack(int fd, const char *name, const char *folder, unsigned long long entries, unsigned long long bytes,
                   struct text *remarks, struct error *error);

#endif
