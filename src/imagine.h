/* imagine.h - a run as a trace says it should be, without any run: flows made up from the expected trace.
 *
 * A prediction is compared with it, so that a student can be told whether his picture is right before there is a
 * program. A trace leaves much open (how often, in which order, who ends first): each choice of that makes another
 * run, and all of them are runs that the trace allows. */
#ifndef WINDSOCK_IMAGINE_H
#define WINDSOCK_IMAGINE_H

#include "lesson.h"
#include "match.h"

/* What the trace leaves open. {0} is the least of all. */
struct imagine_choice {
	size_t more;      /* of a `repeat 2..20`: so many more than the least, as far as it allows */
	bool maybe;       /* what may be is */
	bool reversed;    /* `in any order`: from the last to the first */
	int ends;         /* where no end is listed: 0 none, 1 the opener ends first, 2 the target does */
	const char *text; /* for `any`; NULL: "?" */
};

struct imagined {
	struct hosts hosts;
	struct flow *flows; /* owned, as all below */
	size_t flow_count;
	struct view *views; /* [0] is the case's first watch */
	size_t view_count;
};

/* Whether such a run can be made up at all: not of a trace that asks for segments or acknowledgements. */
bool imagine_can(const struct trace *trace);
/* Owned: imagined_free(). */
void imagine(const struct lesson *lesson, const struct lesson_case *lesson_case, const struct trace *trace,
             const struct params *params, const struct imagine_choice *choice, struct imagined *out);
void imagined_free(struct imagined *imagined);

/* Looks for a choice that TRACE, what somebody wrote, matches: 1. 0: none, and *nearest is the one that it comes
 * nearest to. -1: *error: it names what is not there. */
int imagine_match(const struct lesson *lesson, const struct lesson_case *lesson_case, const struct trace *expected,
                  const struct params *params, const struct trace *trace, struct imagine_choice *nearest,
                  struct error *error);

#endif
