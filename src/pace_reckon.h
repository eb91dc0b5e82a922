/* pace_reckon.h - from the times that a piece of work took to how many times as slow a machine is.
 *
 * Mustn't: measure (harness/pace.c does). */
#ifndef WINDSOCK_PACE_RECKON_H
#define WINDSOCK_PACE_RECKON_H

#include <stddef.h>
#include <stdint.h>

#define PACE_MOST 16 /* slower than that is told as that */

/* TAKEN holds COUNT times in nanoseconds, and is put in order; REFERENCE_NS, above 0, is what the piece takes on a machine that
 * limits of time were made for. 1 to PACE_MOST: the middle counts, for interrupts fall into some pieces and clocks stand
 * still in others. 1 where there are no times, or none that were counted (0). */
unsigned pace_reckon(int64_t *taken, size_t count, int64_t reference_ns);

#endif
