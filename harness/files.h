/* files.h - small things done with files. */
#ifndef WINDSOCK_FILES_H
#define WINDSOCK_FILES_H

#include "../src/error.h"
#include "../src/text.h"

#include <stdbool.h>
#include <stdio.h>

/* The whole file, at most LIMIT bytes. -1: *error. */
int file_read(const char *path, size_t limit, struct text *out, struct error *error);
/* The same of what is open as FD; NAME is for messages. */
int file_read_open(int fd, const char *name, size_t limit, struct text *out, struct error *error);
/* What a pipe that can be read has now; of all that comes so about MOST bytes are kept. False: its end. */
bool pipe_take(int fd, size_t most, struct text *out);
/* Writes all of it. -1: errno; EPIPE where nobody reads any more, which ends nobody (no SIGPIPE). */
int pipe_put(int fd, const void *bytes, size_t length);
/* Writes it anew, by a temporary file and rename(2), so that a reader sees the old
 * one or the new one. -1: *error. */
int file_write(const char *path, const void *bytes, size_t length, struct error *error);
/* Whether this errno says that a disk has no room, or none for this user (a quota). */
bool disk_is_full(int number);
/* The folder and those above it. -1: *error. */
int folder_make(const char *path, struct error *error);
/* The folder that PATH, which has a slash, lies in; owned by the caller. */
char *path_folder(const char *path);
/* folder_make() of that one. */
int path_make_folder(const char *path, struct error *error);
/* What stands behind the last slash of PATH; all of it, if there is none. Points into PATH. */
const char *path_name(const char *path);
/* Removes the files of a folder that holds no folders. One that is not there is empty. -1: *error. */
int folder_empty(const char *path, struct error *error);
/* FOLDER/NAME and ENDING behind it. Owned by the caller. */
char *file_path(const char *folder, const char *name, const char *ending);
bool is_folder(const char *path);
bool is_file(const char *path);

/* The path of a program: NAME itself where it has a slash, else found in PATH. NULL: there is none that may be
 * executed. Owned. */
char *file_find_program(const char *name);
/* The same for a command that a lab's program is: the system's own folders come first, for who starts windsock may
 * have one in his own folder that others (nobody, where root starts it) cannot run. */
char *file_find_command(const char *name);

/* Closes all descriptors from FIRST on but the COUNT ones KEPT, which are sorted; those below FIRST (-1, say) count for
 * nothing. Linux 5.9. -1: errno. */
int descriptors_keep(unsigned first, int *kept, size_t count);

#endif
