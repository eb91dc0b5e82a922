/* pace.h - how slow this machine is, compared with those that limits of time were made for.
 *
 * Should: tell an emulated or throttled processor from one that is only shared: time spent waiting for it does not count.
 * Mustn't: be asked where nothing is late, for it takes a tenth of a millisecond. */
#ifndef WINDSOCK_PACE_H
#define WINDSOCK_PACE_H

#include "../src/pace_reckon.h"

/* How many times as long as there a piece of work takes here: 1 to PACE_MOST. */
unsigned pace_measure(void);

#endif
