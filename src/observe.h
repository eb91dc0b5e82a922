/* observe.h - what was seen, said in the trace language.
 *
 * The way back from flows to a trace: what it makes parses, and matches the flow
 * that it was made of. What the language has no words for stands in comments. */
#ifndef WINDSOCK_OBSERVE_H
#define WINDSOCK_OBSERVE_H

#include "flow.h"
#include "hosts.h"
#include "trace.h"

/* A message is quoted up to here; a longer one is `N bytes`, with its beginning in a comment. */
#define OBSERVE_QUOTED 256

struct observe_options {
	const struct hosts *hosts; /* the names; an address without one stands as it is */
	bool packets;              /* behind each line, when and in which packet it began */
	int64_t start_ns;          /* times count from here */
	unsigned views;            /* VIEW_ bits: said of TCP flows that came about; the reducer had them too */
};

/* Appends the flow to the trace as an entry of its own: trace_free(). */
void observe_flow(const struct flow *flow, const struct hosts *hosts, struct trace *trace);
/* The same with stricter views. */
void observe_flow_in(const struct flow *flow, const struct hosts *hosts, unsigned views, struct trace *trace);
/* Whether that event of the flow is an item of its entry (of a block in it, behind a reset). */
bool observe_is_item(const struct flow *flow, const struct event *event, unsigned views);
/* The flow as lines of a trace file, comments and all. */
void observe_print(const struct flow *flow, const struct observe_options *options, struct text *out);
/* The flow in one line, which is no trace: who opened, who spoke first, how much, who ended it. */
void observe_summary(const struct flow *flow, const struct hosts *hosts, struct text *out);
/* Comment lines on the packets that are part of no flow. */
void observe_unclaimed(const struct reducer *reducer, struct text *out);

#endif
