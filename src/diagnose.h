/* diagnose.h - from a mismatch to one sentence.
 *
 * A table of diagnoses, the nearest to the cause first. Each has an id, a test
 * on what was seen, and three texts: what was seen, what it means in terms of
 * calls, one next step. The packets decide whether a program is right; this only
 * explains why it is not, with the socket table, the programs' ends and their socket calls
 * as further witnesses. What a program printed is none. */
#ifndef WINDSOCK_DIAGNOSE_H
#define WINDSOCK_DIAGNOSE_H

#include "match.h"
#include "scene.h"

struct finding {
	const char *id;   /* "byte-order"; static */
	struct text seen; /* one sentence each; owned */
	struct text means;
	struct text next;
	/* The call that did it, where the calls tell: "bind(3, 10.0.0.2:7777) = -1 EADDRNOTAVAIL"; owned; else empty. */
	struct text call;
	char file[64]; /* where it stands in the source: "server.c", or "" */
	int line;      /* or 0 */
};

/* For a match that is not complete: always finds something ("divergence" at the least). */
void diagnose(const struct scene *scene, const struct match *match, struct finding *finding);
void finding_free(struct finding *finding);

/* The ids, for the tests and the documentation. */
size_t diagnose_count(void);
const char *diagnose_id(size_t i);

#endif
