/* diagnose_balance.c - diagnoses about a program that calls others on behalf of who has called it: whose turn it was,
 * and what a refusal asks for. */
#include "diagnose_parts.h"

#include <string.h>

static bool is_call(const struct entry *entry, const char *host)
{
	return entry->kind == ENTRY_FLOW && entry->flow.transport == TRANSPORT_TCP && !strcmp(entry->flow.opener.host, host);
}

/* The call of HOST's that the trace has next before BEFORE, seen at the same place; NULL: none. */
static const struct entry *call_before(const struct look *look, const char *host, const struct entry *before)
{
	const struct entry *found = NULL;

	for (const struct entry *at = look->scene->trace->entries; at < before; at++)
		if (is_call(at, host) && at->vantage == before->vantage)
			found = at;
	return found;
}

/* The TCP call of HOST's that VIEW saw behind N others of its; NULL: none. */
static const struct flow *call_seen(const struct look *look, const struct view *view, const char *host, size_t n)
{
	for (size_t i = 0; i < view->flow_count; i++)
		if (view->flows[i]->transport == TRANSPORT_TCP &&
		    !strcmp(name_at(look, &view->flows[i]->address[0]), host) && !n--)
			return view->flows[i];
	return NULL;
}

/* How many calls of HOST's the trace has before BEFORE, at the same place. */
static size_t count_before(const struct look *look, const char *host, const struct entry *before)
{
	size_t count = 0;

	for (const struct entry *at = look->scene->trace->entries; at < before; at++)
		count += is_call(at, host) && at->vantage == before->vantage;
	return count;
}

/* The host that was called in place of PAIRING's, if it is LAST's, and had been called rightly there; NULL: not so. */
static const char *called_again(const struct look *look, const struct pairing *pairing, const struct entry *last)
{
	const char *host = pairing->entry->flow.opener.host, *name;
	size_t n = count_before(look, host, pairing->entry);
	const struct flow *flow = call_seen(look, &look->scene->views[pairing->view], host, n);

	name = flow ? name_at(look, &flow->address[1]) : NULL;
	if (!name || strcmp(name, last->flow.target.host) || !strcmp(name, pairing->entry->flow.target.host))
		return NULL;
	flow = call_seen(look, &look->scene->views[pairing->view], host, n - 1);
	return !strcmp(name_at(look, &flow->address[1]), last->flow.target.host) ? last->flow.target.host : NULL;
}

static bool is_students_call(const struct look *look, const struct entry *entry)
{
	return entry && entry->kind == ENTRY_FLOW && is_student(look, entry->flow.opener.host) &&
	       is_call(entry, entry->flow.opener.host);
}

/* The same other host was called as the last time, where the trace has another one. */
bool find_turn_not_taken(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct entry *entry = pairing->entry, *last;
		const char *again;

		/* Behind a refusal it is the same caller's turn still: that is next-not-tried. */
		if (!is_students_call(look, entry) || !(last = call_before(look, entry->flow.opener.host, entry)) ||
		    last->flow.outcome != OUTCOME_OPEN || !(again = called_again(look, pairing, last)))
			continue;
		say_seen(look, "%s called %s again, where it was %s's turn.", entry->flow.opener.host, again,
		         entry->flow.target.host);
		say_means(look, "Whose turn it is was not kept from one caller to the next: it is set anew each time, or changed "
		                "where it is lost, as in a child of fork(). So one works, and the other one waits.");
		say_next(look, "Change it each time a caller is taken, in the program that calls accept(), in a variable that "
		               "outlives the call (static).");
		return true;
	}
	return false;
}

/* The first call to HOST that was seen anywhere and that it did not refuse. */
static const struct flow *first_caller(const struct look *look, const char *host)
{
	const struct flow *first = NULL;

	for (size_t i = 0; i < look->scene->view_count; i++)
		for (size_t j = 0; j < look->scene->views[i].flow_count; j++) {
			const struct flow *flow = look->scene->views[i].flows[j];

			if (flow->transport == TRANSPORT_TCP && !flow->refused &&
			    !strcmp(name_at(look, &flow->address[1]), host) &&
			    (!first || flow->opened_ns < first->opened_ns))
				first = flow;
		}
	return first;
}

/* Whether the trace has a call to HOST before any `then`, and wants it to be taken. */
static bool is_called_at_once(const struct look *look, const char *host)
{
	const struct trace *trace = look->scene->trace;

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];
		bool first = true;

		if (entry->kind != ENTRY_FLOW || entry->flow.transport != TRANSPORT_TCP ||
		    entry->flow.outcome != OUTCOME_OPEN || strcmp(entry->flow.target.host, host))
			continue;
		for (const struct entry *at = trace->entries; at < entry; at++)
			first &= at->kind != ENTRY_THEN || at->vantage != entry->vantage;
		if (first)
			return true;
	}
	return false;
}

/* A host that is called, and calls others then, has called before anybody had called it. */
bool find_called_beforehand(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const char *host;
		const struct flow *call, *caller;

		if (!is_students_call(look, pairing->entry) || !pairing->cost)
			continue;
		host = pairing->entry->flow.opener.host;
		call = call_seen(look, &look->scene->views[pairing->view], host, 0);
		caller = first_caller(look, host);
		if (!call || !is_called_at_once(look, host) || (caller && caller->opened_ns < call->opened_ns))
			continue;
		say_seen(look, "%s called %s before anybody had called %s.", host, name_at(look, &call->address[1]), host);
		say_means(look, "A connection carries one conversation, and ends with it. One that was made beforehand is used up "
		                "by the first caller; and whoever is called so early may not be there yet.");
		say_next(look, "Call connect() when accept() has returned, for each caller anew.");
		return true;
	}
	return false;
}

static bool is_seen(const struct look *look, const struct entry *entry)
{
	for (size_t i = 0; i < look->match->pairing_count; i++)
		if (pairing_at(look, i)->entry == entry)
			return pairing_at(look, i)->flow != NULL;
	return false;
}

/* A refusal that the trace has was seen, and the call that was to follow it was not. */
bool find_next_not_tried(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct entry *entry = pairing->entry, *last;
		bool again;

		if (!is_students_call(look, entry))
			continue;
		last = call_before(look, entry->flow.opener.host, entry);
		if (!last || last->flow.outcome != OUTCOME_REFUSED || !is_seen(look, last) ||
		    !strcmp(last->flow.target.host, entry->flow.target.host))
			continue;
		again = called_again(look, pairing, last) != NULL;
		if (pairing->flow && !again)
			continue;
		say_seen(look, "%s refused the call of %s, which %s %s then.", last->flow.target.host, entry->flow.opener.host,
		         again ? "called it once more, and not" : "did not call", entry->flow.target.host);
		say_means(look, "connect() = -1, ECONNREFUSED: nobody listens there. That is known at once, and "
		                "whoever waits for %s "
		                "need not learn of it while another one can do the work.", entry->flow.opener.host);
		say_next(look, "When connect() fails, close() that socket, make a new one, and connect() it to %s.",
		         entry->flow.target.host);
		return true;
	}
	return false;
}

/* Somebody called, and whom the host was to call for him was not called. */
bool find_worker_not_called(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const char *host, *other;

		if (!is_students_call(look, pairing->entry) || pairing->flow)
			continue;
		host = pairing->entry->flow.opener.host;
		other = pairing->entry->flow.target.host;
		if (!is_called_at_once(look, host) || !first_caller(look, host) ||
		    call_seen(look, &look->scene->views[pairing->view], host, 0) ||
		    call_that_failed(look, scene_student(look->scene, host)))
			continue;
		say_seen(look, "%s was called, and called nobody: no packet of it went to %s.", host, other);
		say_means(look, "%s does no work itself. Whoever has called it gets the answer over a second "
		                "connection, from %s to %s.", host, host, other);
		say_next(look, "When accept() has returned, make another socket and connect() it to %s.", other);
		return true;
	}
	return false;
}
