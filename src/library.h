/* library.h - a shared library that is loaded when it is needed, and not with the program. */
#ifndef WINDSOCK_LIBRARY_H
#define WINDSOCK_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

struct library_function {
	const char *name;
	size_t offset; /* of the pointer to it, in the struct that is filled in */
};

/* Loads the library called NAME for as long as the process lives, and sets the pointers of LOADED to all COUNT FUNCTIONS.
 * False: it is not there, or lacks one; of LOADED some may be set. */
bool library_load(const char *name, const struct library_function *functions, size_t count, void *loaded);

#endif
