/* result_explain.h - how much of a record its student is told. */
#ifndef WINDSOCK_RESULT_EXPLAIN_H
#define WINDSOCK_RESULT_EXPLAIN_H

#include "result.h"

/* Each level has what the ones before it have. What a compiler said, or what is missing, is told at every level: that
 * the student sees at home as well. */
enum result_explain {
	EXPLAIN_NONE,  /* right or wrong, points */
	EXPLAIN_WHERE, /* which line of the trace was not met, which line of the source did it */
	EXPLAIN_WHAT,  /* what was expected and what was seen, the picture, what the program printed, how to repeat it */
	EXPLAIN_WHY    /* what it means, what to do next: everything */
};

/* "none", "where", "what", "why". -1: it is none of them. */
int result_explain_level(const char *word);
/* Takes out of RESULT what the level does not tell. */
void result_explain_cap(struct result *result, enum result_explain level);

#endif
