/* trace.h - an expected trace, as the author wrote it.
 *
 * The language is described in docs/trace-language.md. This header is its
 * abstract syntax: what trace_parse() makes of a file and trace_print() makes
 * a file of. Printing is the inverse of parsing. Every part keeps its line. */
#ifndef WINDSOCK_TRACE_H
#define WINDSOCK_TRACE_H

#include "error.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRACE_NAME 32       /* bytes of a host, variable or parameter name, NUL included */
#define TRACE_HOST 48       /* the same of a host or an address: INET6_ADDRSTRLEN is 46 */
#define TRACE_DEPTH 8       /* how deep blocks may nest */
#define TRACE_REPEAT_MAX 1000   /* highest bound of a repeat */
#define TRACE_ANY_ORDER_MAX 6   /* items directly in one `in any order` */
#define TRACE_FOREVER SIZE_MAX  /* `repeat 3..`: no upper bound */

enum transport { TRANSPORT_TCP, TRANSPORT_UDP };

/* Of a message or an end, relative to the flow's establishment:
 * `->` runs along it (from the opener), `<-` against it. */
enum direction { DIRECTION_ALONG, DIRECTION_AGAINST };

/* The way back. */
static inline enum direction direction_back(enum direction direction)
{
	return direction == DIRECTION_ALONG ? DIRECTION_AGAINST : DIRECTION_ALONG;
}

enum port_kind {
	PORT_NUMBER,    /* 7777 */
	PORT_ANY,       /* * */
	PORT_EPHEMERAL, /* ephemeral: one of the kernel's own choosing */
	PORT_VARIABLE,  /* $p: fixed where first seen, holds everywhere after */
	PORT_PARAMETER  /* {port}: a value that the run chooses */
};

struct endpoint {
	char host[TRACE_HOST]; /* a lesson's host, an address as address_print() writes it, or "*" */
	enum port_kind kind;
	uint16_t number;       /* PORT_NUMBER, 1..65535, host byte order */
	char name[TRACE_NAME]; /* PORT_VARIABLE, PORT_PARAMETER */
};

enum pattern_kind {
	PATTERN_TEXT,   /* "hello {name}": these bytes; {name} is a parameter or a $variable */
	PATTERN_PREFIX, /* "GET " ...: these bytes first, then anything */
	PATTERN_ANY,    /* any: one datagram, or bytes until the other side speaks */
	PATTERN_BYTES   /* 1000 bytes: so many, whatever they are */
};

/* One stretch of a pattern's text: bytes as they are, or the name in {name}. */
struct pattern_part {
	bool is_name;
	char *bytes; /* owned; NUL behind, and may hold NULs */
	size_t length;
};

struct pattern {
	enum pattern_kind kind;
	struct pattern_part *parts; /* PATTERN_TEXT, PATTERN_PREFIX; owned */
	size_t part_count;
	uint64_t count;             /* PATTERN_BYTES */
};

enum item_kind {
	ITEM_MESSAGE,     /* -> "text" */
	ITEM_FIN,         /* -> fin */
	ITEM_RESET,       /* <- reset */
	ITEM_UNREACHABLE, /* <- unreachable: an ICMP error about this flow's last datagram */
	ITEM_SYN,         /* <- syn seq 0 ack 1 */
	ITEM_ACK,         /* <- ack 6: this side has acknowledged so much, or more */
	ITEM_ANY_ORDER,   /* in any order + indented items */
	ITEM_MAYBE,       /* maybe + indented items: all of them or none */
	ITEM_REPEAT       /* repeat N..M + indented items */
};

struct item {
	enum item_kind kind;
	int line, column;
	enum direction direction; /* of all kinds but the blocks */
	struct pattern pattern;   /* ITEM_MESSAGE */
	/* Relative to the side's initial sequence number, so that its SYN is 0 and its first byte 1. 0 = not said */
	uint64_t seq;             /* ITEM_MESSAGE, ITEM_FIN of a flow with VIEW_SEGMENTS */
	uint64_t ack;             /* ITEM_ACK; ITEM_SYN that answers one */
	int64_t after_us;         /* `after 80 ms`: at least so long behind the item before it; 0 = no bound */
	int64_t within_us;        /* `within 200 ms`: at most so long behind it; 0 = no bound */
	int64_t longer_us;        /* `in at least 300 ms`: from its first packet to its last; 0 = no bound */
	int64_t shorter_us;       /* `in at most 2 s`: the same */
	struct item *items;       /* of the last three kinds; owned */
	size_t item_count;
	size_t least, most;       /* ITEM_REPEAT; most may be TRACE_FOREVER */
};

enum outcome {
	OUTCOME_OPEN,      /* TCP: the handshake completed. UDP: nothing to complete */
	OUTCOME_REFUSED,   /* TCP: SYN, then RST (or an ICMP error) */
	OUTCOME_UNANSWERED /* TCP: SYN, nothing */
};

/* What is part of a TCP flow's trace beyond messages, resets and the ends that it lists. Bits. */
#define VIEW_HANDSHAKE 0x1 /* SYNs, and the first acknowledgement of each */
#define VIEW_SEGMENTS 0x2  /* a message is one segment */
#define VIEW_ACKS 0x4      /* how far each side has acknowledged */
#define VIEW_ENDS 0x8      /* a fin that is not listed may not come */

/* How many bytes: N, N..M or N.. */
struct amount {
	bool said;
	uint64_t least, most; /* most may be TRACE_UNBOUNDED */
};
#define TRACE_UNBOUNDED UINT64_MAX

/* A flow: tcp|udp OPENER => TARGET, what may stand behind it on its line, and its items. */
struct expected_flow {
	enum transport transport;
	struct endpoint opener, target;
	enum outcome outcome;
	size_t least, most; /* repeat; 1 and 1 without; 0 and 1 for `maybe` */
	int64_t after_us;   /* the flow opens at least so long after the flow of the trace that opened before it */
	int64_t within_us;  /* and at most so long; 0 = no bound */
	unsigned views;     /* VIEW_ bits */
	struct amount bytes[2]; /* payload, by direction: -> 200000 bytes <- 0..100 bytes */
	struct item *items; /* owned */
	size_t item_count;
};

/* A relation between two ports: where $mapped != 5000 */
enum relation { RELATION_EQUAL, RELATION_NOT_EQUAL, RELATION_LESS, RELATION_GREATER };
enum operand_kind { OPERAND_NUMBER, OPERAND_VARIABLE, OPERAND_PARAMETER };
struct operand {
	enum operand_kind kind;
	uint32_t number;
	char name[TRACE_NAME];
};

enum entry_kind {
	ENTRY_FLOW,
	ENTRY_NEVER, /* never tcp * => hub:* : flow without items */
	ENTRY_THEN,  /* what follows opens after all before it is complete */
	ENTRY_WHERE,
	ENTRY_UP,    /* up 1000.. bytes: of IP packets that go out of the vantage point */
	ENTRY_DOWN   /* down 0..500 bytes: that come in to it */
};

struct entry {
	enum entry_kind kind;
	int line, column;
	/* Where it is seen: index into trace.vantages, or -1 for the case's first
	 * watched interface. Set by the `at HOST.INTERFACE` above it. */
	int vantage;
	struct expected_flow flow;    /* ENTRY_FLOW, ENTRY_NEVER */
	struct operand left, right;   /* ENTRY_WHERE */
	enum relation relation;
	struct amount amount;         /* ENTRY_UP, ENTRY_DOWN */
};

struct vantage {
	char host[TRACE_NAME];
	char interface[TRACE_NAME];
};

struct trace {
	char *file; /* as named to trace_parse(); for messages; owned */
	struct entry *entries;
	size_t entry_count;
	struct vantage *vantages;
	size_t vantage_count;
};

/* Parses LENGTH bytes of SOURCE, which need not end in NUL. FILE is only a name
 * for messages. Returns 0, or -1 with *error (line, column, the offending word,
 * what was expected there) and *trace empty. */
int trace_parse(struct trace *trace, const char *file, const char *source, size_t length, struct error *error);

/* Appends the trace as a file that trace_parse() reads back as an equal trace.
 * Comments are not kept. */
void trace_print(const struct trace *trace, struct text *out);
/* One part of it, without indentation and without a newline. */
void trace_print_item(const struct item *item, struct text *out);   /* the item's own line only */
void trace_print_flow(const struct expected_flow *flow, struct text *out); /* the header line only */
void trace_print_pattern(const struct pattern *pattern, struct text *out);
void trace_print_endpoint(const struct endpoint *endpoint, struct text *out);

/* An entry's own line: a flow's first, or all of another entry. */
void trace_print_line(const struct entry *entry, struct text *out);
void trace_print_amount(const struct amount *amount, struct text *out); /* "0..100 bytes" */

/* The VIEW_ bits that some flow has. */
unsigned trace_views(const struct trace *trace);
bool trace_equal(const struct trace *a, const struct trace *b); /* but for file, lines and columns */
void trace_free(struct trace *trace);

#endif
