/* schedstat.h - the line of /proc/PID/task/TID/schedstat (proc(5), Documentation/scheduler/sched-stats of Linux). */
#ifndef WINDSOCK_SCHEDSTAT_H
#define WINDSOCK_SCHEDSTAT_H

#include <stdbool.h>
#include <stdint.h>

/* Of one thread, since it was born. */
struct schedstat {
	uint64_t computed_ns; /* on a processor */
	uint64_t waited_ns;   /* in a queue for one */
	uint64_t turns;       /* on a processor: how many */
};

/* False: LINE is none, and *times is as it was. */
bool schedstat_parse(const char *line, struct schedstat *times);

#endif
