/* beneath.h - files of somebody who may want to lead us astray.
 *
 * Should: read the regular files below a folder, so many bytes and no more.
 * Mustn't: follow a symbolic link, leave the folder, wait for a pipe, open a device. */
#ifndef WINDSOCK_BENEATH_H
#define WINDSOCK_BENEATH_H

#include "../src/error.h"
#include "../src/text.h"

#include <dirent.h>
#include <stdbool.h>

/* A descriptor of FOLDER, to be a ROOT below; or -1 with errno. */
int beneath_root(const char *folder);
/* The machine's own fault that reading has met since this was last asked: errno (out of descriptors or memory, a disk
 * with errors), or 0. What was found then is less than what is there, and must not be held against anybody. */
int beneath_trouble(void);
/* A descriptor of PATH below ROOT, or -1 with errno; openat2(2), kernel 5.6. */
int beneath_open(int root, const char *path, int flags);
/* The regular file PATH below ROOT, at most LIMIT bytes; what OUT held before is gone. -1: *error. */
int beneath_read(int root, const char *path, size_t limit, struct text *out, struct error *error);

/* For scandir(3): by the bytes of the names, whatever the locale. */
int beneath_by_name(const struct dirent **a, const struct dirent **b);

/* What a walk calls for each regular file: its path below ROOT. False ends the walk. */
typedef bool beneath_visit(void *context, const char *path);
/* What is no regular file and no folder, or cannot be entered: in words. */
typedef void beneath_remark(void *context, const char *path, const char *why);

/* All files below PATH of ROOT ("." is ROOT itself), in the order of their names, but those in folders that tools keep
 * for themselves (.git, __MACOSX, ...) and other hidden ones. PATH may be a file. -1: *error. */
int beneath_walk(int root, const char *path, beneath_visit *visit, beneath_remark *remark, void *context,
                 struct error *error);

#endif
