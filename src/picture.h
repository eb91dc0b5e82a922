/* picture.h - a run as a picture, before it is drawn: hosts as columns, packets and
 * calls as rows, in the order in which they are shown.
 *
 * There is one such model and several writers (ladder.h: text, svg.h), so that all of
 * them say the same. */
#ifndef WINDSOCK_PICTURE_H
#define WINDSOCK_PICTURE_H

#include "match.h"
#include "scene.h"
#include "tie.h"

#define PICTURE_NAME 64
#define PICTURE_COLUMNS 8
#define PICTURE_EVERY_VIEW SIZE_MAX

enum picture_kind {
	PICTURE_ARROW, /* a packet, or several that make one message */
	PICTURE_CALL,  /* a socket call */
	PICTURE_GAP    /* rows that are left out */
};

enum picture_mark {
	MARK_NONE,
	MARK_MISSING,       /* expected, and never came */
	MARK_WRONG,
	MARK_FIRST_MISSING, /* the first divergence is that it is missing */
	MARK_FIRST
};

enum picture_calls {
	PICTURE_NO_CALLS,
	PICTURE_SOME_CALLS, /* those behind the first wrong arrow, and those that failed */
	PICTURE_ALL_CALLS
};

/* A NAT on the way: it wrote another port into the packet. */
struct picture_via {
	char name[PICTURE_NAME];
	size_t column;
	uint16_t port;     /* on its outer side */
	bool inside_first; /* the packet comes from inside */
};

struct picture_row {
	enum picture_kind kind;
	enum picture_mark mark;
	int64_t time_ns;  /* INT64_MAX: none */
	size_t from, to;  /* columns; a call: from */
	uint16_t from_port, to_port; /* 0: none is shown */
	struct address from_address, to_address; /* none: not known, or the host's name says enough */
	struct picture_via via[2];
	size_t via_count;
	char label[160];  /* printable ASCII, but for a call: its source file's name may be anything */
	char remark[32];  /* what is wrong with the arrow, in words; or "" */
	bool opens;       /* the arrow tells whether and how a flow began */
	bool lost;        /* nobody answered: the arrow ends in the air */
	size_t arrows, calls; /* PICTURE_GAP: so many are left out */
	/* Before columns are known, and which flow it is of. */
	char from_name[PICTURE_NAME], to_name[PICTURE_NAME];
	unsigned views;   /* bits */
	const struct flow *flow[2];
	size_t event[2], offset, length; /* of flow[0], flow[1]: where it was seen by a second view */
	size_t order;
};

struct picture {
	char column[PICTURE_COLUMNS][PICTURE_NAME];
	size_t column_count;
	struct picture_row *rows; /* owned */
	size_t row_count, row_capacity;
	int64_t start_ns;         /* of the first arrow */
};

struct picture_options {
	size_t view; /* what one vantage point saw; PICTURE_EVERY_VIEW: all, a packet that several saw once */
	enum picture_calls calls;
};

/* Owned: picture_free(). No rows: not a single packet, and none was expected. */
void picture_make(const struct scene *scene, const struct match *match, const struct picture_options *options,
                  struct picture *picture);
void picture_free(struct picture *picture);

/* A dotted arrow: it should be there. */
bool picture_is_missing(const struct picture_row *row);
/* What stands at an end of an arrow: ":7777", "10.0.0.99:7777" where its host has several addresses, or "". */
const char *picture_end(const struct address *address, uint16_t port, char *out, size_t size);
#define PICTURE_END 54 /* characters are enough for any, NUL included */
/* "0.3" milliseconds since the first arrow, or "" where there is no time. */
const char *picture_time(const struct picture *picture, const struct picture_row *row, char *out, size_t size);
/* What stands on a gap's line. */
const char *picture_gap(const struct picture_row *row, char *out, size_t size);

#endif
