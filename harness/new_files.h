/* new_files.h - the files of harness/new/, as strings; `make` writes new_files.c. */
#ifndef WINDSOCK_NEW_FILES_H
#define WINDSOCK_NEW_FILES_H

#include <stddef.h>

struct new_file {
	const char *name; /* "udp/traces/one-name.trace" */
	const char *text; /* with @NAME@, @TITLE@ */
};

extern const struct new_file new_files[];
extern const size_t new_file_count;

#endif
