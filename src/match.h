/* match.h - the expected trace against what was seen.
 *
 * First an exact match is looked for: every expected flow paired with a seen
 * one at no cost, variables holding everywhere. Where there is none, flows are
 * paired at least total cost (the Hungarian method) and, inside a pair, items
 * with events at least cost (a shortest path through the items' automaton), so
 * that the report says what did match and where the first divergence lies. */
#ifndef WINDSOCK_MATCH_H
#define WINDSOCK_MATCH_H

#include "flow.h"
#include "hosts.h"
#include "params.h"
#include "trace.h"

#define MATCH_NO_EVENT SIZE_MAX

enum step_status {
	STEP_MATCHED,
	STEP_WRONG,   /* an event where the item is, with other bytes */
	STEP_MISSING, /* the item never came */
	STEP_EXTRA,   /* an event (or the rest of one) that no item allows */
	STEP_UNTIMELY /* matched, but for its `after` or `within` */
};

/* One item of the trace beside one event, or one of both alone. */
struct match_step {
	enum step_status status;
	const struct item *item;  /* NULL: STEP_EXTRA */
	size_t event;             /* index into flow->events; MATCH_NO_EVENT: STEP_MISSING */
	size_t offset, length;    /* which bytes of the event */
	int64_t time_ns;          /* of the event; of a missing item: of what came before it */
};

/* How a flow's first line differs. Bits. */
#define HEADER_TRANSPORT 0x01
#define HEADER_REVERSED 0x02     /* opened from the other side */
#define HEADER_OPENER_HOST 0x04
#define HEADER_TARGET_HOST 0x08
#define HEADER_OPENER_PORT 0x10
#define HEADER_TARGET_PORT 0x20
#define HEADER_OUTCOME 0x40      /* refused, unanswered, open: not the one expected */
#define HEADER_TOO_SOON 0x80     /* opened before its `after` was over */
#define HEADER_TOO_LATE 0x100    /* opened when its `within` was over */
#define HEADER_BYTES 0x200       /* carried more or fewer bytes, one way or the other */

/* An expected flow beside a seen one, or one of both alone. */
struct pairing {
	const struct entry *entry; /* NULL: a flow that nothing allows */
	const struct flow *flow;   /* NULL: an expected flow that never came */
	const struct entry *never; /* the `never` that forbids flow, if any */
	size_t view;               /* which of the observed views */
	unsigned header;           /* HEADER_ bits */
	bool out_of_order;         /* opened before what stands before its `then` was complete */
	struct match_step *steps;  /* owned */
	size_t step_count;
	unsigned cost;
};

struct binding {
	char name[TRACE_NAME];
	uint16_t port;
};

struct match {
	bool complete;             /* all of it, and nothing else */
	struct pairing *pairings;  /* expected ones in order of the trace, then unexpected ones by time; owned */
	size_t pairing_count;
	struct binding *bindings;  /* owned */
	size_t binding_count;
	const struct entry *where; /* the `where`, or else the `up` or `down`, that does not hold; or NULL */
	/* The first divergence in time; SIZE_MAX when complete or only `where` fails. */
	size_t first;              /* index into pairings */
	size_t first_step;         /* index into its steps, or SIZE_MAX: its header, or the flow as a whole */
};

/* What one vantage point saw. */
struct view {
	const char *host, *interface;
	const struct flow *const *flows;
	size_t flow_count;
	bool counted;      /* bytes is known; else `up` and `down` are not judged */
	uint64_t bytes[2]; /* of IP packets: [0] out of the interface, [1] in to it; see traffic.h */
};

struct match_input {
	const struct trace *trace;
	const struct hosts *hosts;
	const struct params *params;
	const struct view *views; /* [0] is where unqualified flows are seen */
	size_t view_count;
};

/* A {name} of a trace that nothing says the value of: it would match anything. */
struct match_unknown {
	const char *name; /* the trace's */
	int line, column;
	bool is_port; /* it stands where a port is due, and is none */
};

/* Whether there is one; the first is in *unknown. */
bool match_unknown_name(const struct trace *trace, const struct params *params, struct match_unknown *unknown);
/* -1: there is one, in the words for who writes a lesson. */
int match_check_names(const struct trace *trace, const struct params *params, struct error *error);

/* -1: the trace names a vantage that nobody watched, or an unknown {name}: *error
 * with the trace's file and line. */
int match_trace(const struct match_input *input, struct match *match, struct error *error);
void match_free(struct match *match);

/* The pattern's bytes with every {name} filled in, as far as params and bindings know it. */
void match_expand(const struct pattern *pattern, const struct params *params, const struct binding *bindings,
                  size_t count, struct text *out);
/* The port an endpoint demands, or 0 when any will do. */
uint16_t match_port(const struct endpoint *endpoint, const struct params *params,
                    const struct binding *bindings, size_t count);

#define MATCH_EPHEMERAL_FIRST 32768 /* Linux's default net.ipv4.ip_local_port_range */
#define MATCH_EPHEMERAL_LAST 60999

#endif
