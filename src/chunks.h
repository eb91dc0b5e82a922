/* chunks.h - into how many pieces the work for several machines is cut. */
#ifndef WINDSOCK_CHUNKS_H
#define WINDSOCK_CHUNKS_H

#include <stddef.h>

struct chunks_question {
	size_t units;   /* submissions that are to be graded */
	double seconds; /* that one of them takes a chunk's processors; more than 0 */
	size_t slots;   /* chunks that can run at the same time; 0: not known */
	size_t most;    /* chunks that the engine takes at once; 0: as many as you like */
};

/* How many submissions a chunk has, at least 1: so many that it takes minutes (a scheduler needs a second for each, and
 * each begins by reading the class), but so few that every slot has one. */
size_t chunks_size(const struct chunks_question *question);

#endif
