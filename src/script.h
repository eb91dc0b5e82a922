/* script.h - what a host that the harness plays does, read off the trace.
 *
 * The trace says what each side sends; turned round, that is a script: who opens
 * sends its `->` and waits for the `<-`, who is called does the opposite. Pure:
 * harness/player.c is who acts. */
#ifndef WINDSOCK_SCRIPT_H
#define WINDSOCK_SCRIPT_H

#include "trace.h"

enum script_action_kind {
	SCRIPT_SEND,       /* a message */
	SCRIPT_EXPECT,     /* a message of the other side */
	SCRIPT_END,        /* our end: shutdown(SHUT_WR) */
	SCRIPT_EXPECT_END, /* the other side's */
	SCRIPT_RESET       /* our reset */
};

struct script_action {
	enum script_action_kind kind;
	const struct item *item; /* of the trace; NULL for an end that the trace does not list */
};

/* One flow that the host has a part in; as often as its `repeat` asks at least. */
struct script_talk {
	const struct entry *entry;
	bool opens;   /* the host is the opener, else the target */
	size_t phase; /* how many `then` stand before it */
	struct script_action *actions; /* owned */
	size_t action_count, action_capacity;
};

struct script {
	struct script_talk *talks; /* owned */
	size_t talk_count, talk_capacity;
};

/* The script of HOST. Optional parts (`maybe`) are not played by who would send them;
 * `in any order` is played with the host's own part first. */
void script_read(const struct trace *trace, const char *host, struct script *script);
void script_free(struct script *script);

#endif
