/* cleanup.h - own it where you declare it. */
#ifndef WINDSOCK_CLEANUP_H
#define WINDSOCK_CLEANUP_H

#include "../src/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_memory(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd); /* read-only or already checked: nothing to lose */
}

static inline void cleanup_file(FILE **file)
{
	if (*file)
		(void)fclose(*file); /* writers check fclose() themselves and set NULL */
}

#define _cleanup_free_ __attribute__((cleanup(cleanup_memory)))
#define _cleanup_close_ __attribute__((cleanup(cleanup_fd)))
#define _cleanup_fclose_ __attribute__((cleanup(cleanup_file)))
#define _cleanup_text_ __attribute__((cleanup(text_free)))

#endif
