/* pace.h - how slow this machine is, compared with those that limits of time were made for.
 *
 * Should: tell an emulated or throttled processor from one that is only shared: time spent waiting for it does not count.
 * Mustn't: be measured again where nothing is late, for it takes a tenth of a millisecond. */
#ifndef WINDSOCK_PACE_H
#define WINDSOCK_PACE_H

#include "../src/pace_reckon.h"

#include <stdbool.h>
#include <stdint.h>

/* How many times as long as there a piece of work takes here: 1 to PACE_MOST. */
unsigned pace_measure(void);
/* The same, measured by this process once, or by the one that it was forked from. */
unsigned pace_known(void);

/* A limit of time that is that of a quick machine until it is over; on a slow one it is as much longer then, once. */
struct pace_limit {
	int64_t until_us, limit_us; /* by clock_us(); what was given */
	bool asked;
};

/* From now on. */
struct pace_limit pace_limit(int64_t limit_us);
/* How much is left of it, us; below 0: it is over. */
int64_t pace_left(struct pace_limit *limit);

#endif
