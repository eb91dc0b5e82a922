/* flow_state.h - what the reducer knows of a flow beyond what it shows.
 *
 * Private to the reducer: flow.c finds the flow of a packet, connection.c says
 * what the packet means to a TCP connection, event.c writes events down. */
#ifndef WINDSOCK_FLOW_STATE_H
#define WINDSOCK_FLOW_STATE_H

#include "flow.h"
#include "stream.h"

/* The packet that is at hand. */
struct arrival {
	const struct packet *packet;
	size_t number;
	size_t weight; /* packets of the capture that it is made of: fragments, else 1 */
};

/* One endpoint of a TCP connection, as a sender. */
struct side {
	struct stream stream;
	bool isn_known;  /* isn is its initial sequence number, seen or inferred */
	bool syn_seen;
	bool syn_acked;
	bool reset;
	uint32_t isn;
};

/* What only a reducer with views keeps of a TCP connection. */
struct numbers {
	uint64_t middle[2];    /* place before the first byte, of a side whose SYN was not seen */
	uint64_t acked[2];     /* what a side has acknowledged, as far as an event tells it */
	bool syn_told[2][2];   /* by side; whether it acknowledged */
};

/* When a flow that is quiet is over: the reducer has a list of each. */
enum patience {
	PATIENCE_QUIET,      /* FLOW_QUIET_NS */
	PATIENCE_UNANSWERED, /* FLOW_UNANSWERED_NS */
	PATIENCE_FOREVER
};

/* A place in a list. */
struct link_of {
	struct flow_state *before, *behind;
};

struct flow_state {
	struct flow flow; /* first: the public array of flows points here */
	const struct reducer_options *options; /* of its reducer */
	size_t hash;
	struct link_of opened;    /* among all that are not over, by opening */
	struct link_of quiet;     /* among those of its patience, by last packet */
	enum patience patience;
	struct side side[2];
	bool handed_out;    /* it is complete and its taker has it: only here to know its late packets */
	bool to_itself;     /* both endpoints are one: a TCP self-connect */
	size_t event_room;  /* capacity of flow.events */
	size_t open;        /* index of the message that may still grow; SIZE_MAX = none */
	struct block *block; /* with the bytes of the last message, and those before it; owned */
	struct numbers *numbers; /* NULL without views; owned */
};

/* event.c */

/* Adds an event; the pointer is valid until the next one. */
struct event *event_add(struct flow_state *state, enum event_kind kind, enum direction direction,
                        const struct arrival *arrival);
/* Bytes of a stream: they lengthen the message that is open in this direction, or
 * begin one. BYTES may be NULL when CAPTURED is 0. */
void event_bytes(struct flow_state *state, enum direction direction, const struct arrival *arrival,
                 const uint8_t *bytes, size_t captured, size_t length);
/* A message that is complete by itself. */
void event_datagram(struct flow_state *state, enum direction direction, const struct arrival *arrival);
void event_unreachable(struct flow_state *state, enum direction direction, const struct arrival *arrival);
void events_free(struct flow_state *state);

/* connection.c */

/* Whether the packet opens another connection between the same endpoints. */
bool connection_is_another(const struct flow_state *state, enum direction direction,
                           const struct packet *packet);
/* Whether both sides have said all and their ends: nothing can be added any more. */
bool connection_is_complete(const struct flow_state *state);
enum patience connection_patience(const struct flow_state *state);
void connection_packet(struct flow_state *state, enum direction direction, const struct arrival *arrival);
/* An ICMP error that quotes a packet sent in direction QUOTED. */
void connection_unreachable(struct flow_state *state, enum direction quoted, const struct arrival *arrival);

#endif
