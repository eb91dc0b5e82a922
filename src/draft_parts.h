/* draft_parts.h - what the parts of a draft share. Private to draft*.c. */
#ifndef WINDSOCK_DRAFT_PARTS_H
#define WINDSOCK_DRAFT_PARTS_H

#include "draft.h"

/* One event, as a line. */
struct said_item {
	char *line;       /* `-> "{question}"`; a block has newlines in it; owned */
	bool message;
	bool played;      /* the harness sent it */
	bool timed;       /* GAP_US is known */
	int64_t gap_us;   /* behind the event before it in its flow */
};

/* Items that stand once, or over and over. */
struct said_part {
	size_t first, period, count;
};

struct said_flow {
	struct text header;  /* `udp b:$b => a:{port}` */
	struct text key;     /* the same, with every variable as $: whether a flow of another run is this one */
	struct text starred; /* the same, with every variable as *: for flows that are said once for all */
	struct said_item *items; /* owned */
	size_t item_count, item_capacity;
	struct said_part *parts; /* all items, in order; owned */
	size_t part_count, part_capacity;
	int64_t opened_ns, last_ns;
	size_t count;        /* so many alike in a row; the others are not in the list */
};

/* What one vantage point saw in one run. */
struct said_view {
	struct said_flow *flows; /* owned */
	size_t count, capacity;
};

/* A port that has no parameter and that the kernel may have chosen. */
struct said_port {
	char name[TRACE_NAME]; /* without the $ */
	char host[TRACE_HOST];
	uint16_t port;
};

/* draft_say.c: one run, in the trace's own words, view by view; owned by the caller. */
struct said_view *draft_say(const struct draft_input *input, size_t run, size_t *count);
void draft_said_free(struct said_view *views, size_t count);

/* draft_repeat.c: what is said over and over becomes one part, or one flow. */
void draft_fold_items(struct said_flow *flow);
void draft_fold_flows(struct said_view *view);
void draft_flow_free(struct said_flow *flow);

/* The same flow in every run, or in some of them. */
struct joined {
	const struct said_flow *in[DRAFT_RUNS]; /* by run; NULL: that run does not have it */
	size_t runs;                            /* that there are */
};

/* draft_join.c: the items of all runs as lines, indented by LEVEL.
 * JUDGED_FIRST: at the first interface, where who is played waits for as long as an `after` says. */
void draft_join_items(const struct joined *joined, bool judged_first, int level, struct text *out);

#endif
