/* flow.h - from packets to what a socket programmer would say happened.
 *
 * A flow is a TCP connection or the UDP datagrams between two endpoints. Its
 * events are the observed side of a trace: message, fin, reset, unreachable. The
 * reducer owns everything that makes captures ragged: retransmission,
 * reordering, merged ACKs, data on the handshake's ACK, FIN with data, offload
 * segments, keepalive probes, a port used again, fragments, captures that start
 * in the middle. Pure ACKs are no events.
 *
 * Events stand in the order in which they became known: bytes that come out of
 * order count from the packet that put them into sequence, a fragmented datagram
 * from the fragment that completed it. Bytes that the capture lacks although they
 * were acknowledged are part of a message's length and not of its bytes. */
#ifndef WINDSOCK_FLOW_H
#define WINDSOCK_FLOW_H

#include "packet.h"
#include "trace.h"

/* Bytes kept of each event; what is longer is counted and not kept. */
#define FLOW_BYTES_KEPT 65536

enum event_kind {
	EVENT_MESSAGE, EVENT_FIN, EVENT_RESET, EVENT_UNREACHABLE,
	/* Only where reducer_options.views asks for them. */
	EVENT_SYN, /* a side's first SYN, and its first SYN that acknowledges the other's */
	EVENT_ACK  /* a side has acknowledged more than before; it does not end a message of the other side */
};

struct event {
	enum event_kind kind;
	enum direction direction; /* who sent it; of EVENT_UNREACHABLE: against the datagram that it quotes */
	int64_t time_ns;          /* of its first packet */
	int64_t end_ns;           /* of its last packet */
	size_t packet;            /* number of its first packet in the capture, from 1 */
	/* EVENT_MESSAGE. UDP: one datagram. TCP: bytes of the stream, in sequence, until
	 * the other way speaks (or an end), however they were cut into segments. */
	const uint8_t *bytes;     /* owned by the reducer; valid until the next packet */
	size_t length;            /* on the wire */
	size_t kept;              /* of them at BYTES: the first, up to FLOW_BYTES_KEPT or a hole */
	union {
		struct { /* EVENT_UNREACHABLE */
			uint8_t icmp_type, icmp_code;
			struct address icmp_source;
		};
		/* Of a reducer with views. Relative to the side's initial sequence number: a SYN is 0, the first byte
		 * 1; where the SYN was not seen, the first byte seen is 1. */
		struct {
			uint64_t seq; /* EVENT_MESSAGE with VIEW_SEGMENTS, EVENT_FIN */
			uint64_t ack; /* EVENT_ACK, EVENT_SYN; 0 = it acknowledges nothing */
		};
	};
};

struct flow {
	enum transport transport;
	/* [0] the opener: TCP who sent the (first) SYN; UDP who spoke first. [1] the target.
	 * Where the capture starts in the middle: [0] is whoever is seen first. */
	struct address address[2];
	uint16_t port[2];
	bool saw_syn;        /* TCP: false = the capture starts in the middle */
	/* TCP: SYN-ACK and then an ACK or data from the opener were seen; or the SYN-ACK is
	 * inferred from that ACK; or the capture starts in the middle, not with a reset. UDP: true. */
	bool established;
	bool syn_answered;   /* TCP: SYN-ACK seen */
	bool refused;        /* TCP: an RST, or an ICMP error, was the answer to the SYN */
	bool simultaneous;   /* TCP: both sides sent a SYN */
	size_t syn_count;    /* SYNs from the opener, repetitions too */
	size_t retransmitted;    /* packets that brought nothing new */
	size_t packets[2];   /* [DIRECTION_ALONG], [DIRECTION_AGAINST]: seen */
	uint64_t bytes[2];   /* payload that is new, by direction */
	bool acked[2];       /* TCP: all bytes of this direction have been acknowledged (and there were some) */
	int64_t opened_ns;   /* first packet */
	int64_t last_ns;     /* last packet */
	size_t packet;       /* number of the first packet */
	struct event *events;
	size_t event_count;
	size_t events_left_out;  /* counted only: see struct reducer_options */
	size_t messages[2];  /* by direction */
	bool spoken;         /* a message has come, the first in direction FIRST_WORD */
	enum direction first_word;
	bool ended;          /* a fin or a reset has come, the first in direction ENDED_BY */
	enum event_kind ended_how;
	enum direction ended_by;
	/* Bytes that the capture does not hold: lost, cut by the snapshot length, or, so far, a hole in the
	 * sequence that a late packet may yet fill. Not 0: no verdict on this flow is safe. */
	size_t incomplete;
};

/* A flow is over, and what comes later between the same endpoints is another, when it was quiet for so long
 * (a minute is Linux's TIME_WAIT; its last SYN comes 64 s behind the one before), or when a new connection
 * takes its place. A TCP connection that nobody closed has no such end. */
#define FLOW_QUIET_NS (60 * INT64_C(1000000000))       /* UDP; TCP that was closed both ways, reset or refused */
#define FLOW_UNANSWERED_NS (180 * INT64_C(1000000000)) /* TCP that nobody answered */

/* What one vantage point saw. */
struct reducer;

/* How much a reducer keeps. */
struct reducer_options {
	size_t bytes_kept;  /* of each event, at most FLOW_BYTES_KEPT */
	size_t events_kept; /* of each flow; further ones are counted */
	/* VIEW_HANDSHAKE, VIEW_ACKS: SYNs and acknowledgements are events of TCP flows too, and ends have a sequence
	 * number. VIEW_SEGMENTS: each segment that brings something new is a message. 0 costs nothing. */
	unsigned views;
	/* Takes each flow when it is over, or both its sides have said all; behind that it is gone, and
	 * reducer_flows() never has it. NULL: all are kept. */
	void (*take)(void *context, const struct flow *flow);
	void *context;
};

struct reducer *reducer_new(void); /* keeps all flows and events */
struct reducer *reducer_new_for(unsigned views); /* the same, with views */
struct reducer *reducer_new_with(const struct reducer_options *options);
void reducer_free(struct reducer *reducer);
/* No packet comes any more: hands out all that are left. */
void reducer_finish(struct reducer *reducer);
/* Number of the packet that opened the oldest flow that is still to be handed out; SIZE_MAX without one. */
size_t reducer_oldest(const struct reducer *reducer);
/* Feeds the next packet. NUMBER counts packets of the capture from 1. */
void reducer_packet(struct reducer *reducer, const struct packet *packet, size_t number);
/* The flows so far, in order of opening. Valid until the next packet. */
const struct flow *const *reducer_flows(const struct reducer *reducer, size_t *count);
/* How its opening came out, as an expected flow says it; one whose opening was not captured was open. */
enum outcome flow_outcome(const struct flow *flow);
/* Packets that belong to no flow, by kind of packet: what it cannot say it counts. */
size_t reducer_unclaimed(const struct reducer *reducer, enum packet_kind kind);

#endif
