/* tie.h - which socket call belongs to which packet.
 *
 * Bytes of a TCP stream are counted: the call that wrote byte 7 sent the message
 * that holds byte 7, whatever the clock says. Datagrams are known by their ends and
 * length, connections by their ends; where that leaves a choice, time decides.
 * A call that cannot be tied for certain is not tied. */
#ifndef WINDSOCK_TIE_H
#define WINDSOCK_TIE_H

#include "scene.h"

#define TIE_OPENING (SIZE_MAX - 1) /* the flow's opening: SYN and its answer */
#define TIE_NO_EVENT SIZE_MAX      /* a call on the flow, of no event: a recv() that still waits */

struct tie {
	const struct flow *flow; /* NULL: of no flow that this view saw */
	size_t event;            /* index into flow->events, TIE_OPENING or TIE_NO_EVENT */
	size_t offset;           /* EVENT_MESSAGE: the byte of it that was sent first, or read last */
	bool causes;             /* the call comes before its packet (send); else the packet before it (recv) */
};

/* What VIEW saw, beside the calls of the scene. TIES has room for evidence.call_count. */
void tie_calls(const struct scene *scene, size_t view, struct tie *ties);
/* Whether the call is told when it returns (accept, recv), and not when it begins (send, close). */
bool tie_waits(enum call_kind kind);

#endif
