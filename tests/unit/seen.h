/* seen.h - flows as a capture would show them, written as a trace.
 *
 *   seen_read(&seen, "udp b:40000 => a:7777\n"
 *                    "    -> \"from B\"\n"
 *                    "    <- \"thanks\" after 80 ms\n");
 *
 * Hosts a to e are 10.0.0.1 to 10.0.0.5. Each event comes 1 ms behind the one
 * before it, each flow opens 1 ms behind the last event of the flow before it.
 * `after` says otherwise; on a flow's line it counts from the opening of the flow
 * before it. `repeat 3` is three flows, from ports that follow one another;
 * `5 bytes` are xxxxx, `any` is "?", and
 * a message `in at least 80 ms` lasts so long. `up 5 bytes` is what
 * the view has counted. What stands below `at HOST.INTERFACE` is a
 * view of its own. */
#ifndef WINDSOCK_SEEN_H
#define WINDSOCK_SEEN_H

#include "match.h"

#define SEEN_VIEWS 4
#define SEEN_FLOWS 2000

struct seen {
	struct trace trace; /* the text as read; the events' bytes are its bytes */
	struct hosts hosts;
	struct flow flows[SEEN_FLOWS];
	const struct flow *listed[SEEN_VIEWS][SEEN_FLOWS];
	size_t flow_count;
	struct view views[SEEN_VIEWS]; /* [0]: a.eth0 */
	size_t view_count;
};

/* Aborts when TEXT is no trace, with the reason on stderr: then the test is wrong. */
void seen_read(struct seen *seen, const char *text);
void seen_free(struct seen *seen);

#endif
