/* clock.h - the time that limits and pauses are measured in. */
#ifndef WINDSOCK_CLOCK_H
#define WINDSOCK_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Microseconds of the monotonic clock (clock_gettime(2)): only differences mean something. */
static inline int64_t clock_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

#endif
