/* diagnose_meet.c - diagnoses about two programs that call each other: nobody listens, and both are the student's.
 *
 * They fit only where the trace wants a SYN of each side's own. There the other diagnoses, which know a caller and
 * one that is called, would tell half of it. */
#include "diagnose_parts.h"

#include <errno.h>
#include <string.h>

/* A SYN that answers none, the opener's or the target's. */
static bool is_own_syn(const struct item *item, enum direction direction)
{
	return item->kind == ITEM_SYN && !item->ack && item->direction == direction;
}

static bool has_own_syn(const struct item *items, size_t count, enum direction direction)
{
	for (size_t i = 0; i < count; i++)
		if (is_own_syn(&items[i], direction) || has_own_syn(items[i].items, items[i].item_count, direction))
			return true;
	return false;
}

bool either_may_call(const struct expected_flow *flow)
{
	return has_own_syn(flow->items, flow->item_count, DIRECTION_ALONG) &&
	       has_own_syn(flow->items, flow->item_count, DIRECTION_AGAINST);
}

/* The pairing of the two calls, if the trace wants them and it is wrong. */
static const struct pairing *meeting(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct expected_flow *flow = pairing->entry ? &pairing->entry->flow : NULL;

		if (flow && pairing->cost && (!pairing->flow || pairing->flow->transport == TRANSPORT_TCP) &&
		    is_student(look, flow->opener.host) && is_student(look, flow->target.host) && either_may_call(flow))
			return pairing;
	}
	return NULL;
}

/* The opener (0) or the target (1), as the trace has them. */
static const char *host_of(const struct pairing *pairing, int side)
{
	return side ? pairing->entry->flow.target.host : pairing->entry->flow.opener.host;
}

static const struct call *first_call(const struct look *look, const char *host, enum call_kind kind)
{
	return call_next(look, NULL, scene_student(look->scene, host), CALLS(kind));
}

/* ---- the two calls ---- */

bool find_waits_behind_firewall(const struct look *look)
{
	const struct pairing *pairing = meeting(look);
	const struct call *listened[2];
	int one;

	if (!pairing)
		return false;
	for (int side = 0; side < 2; side++)
		listened[side] = first_call(look, host_of(pairing, side), CALL_LISTEN);
	if (!listened[0] && !listened[1])
		return false;
	one = listened[0] ? 0 : 1;
	if (listened[0] && listened[1]) {
		say_seen(look, "%s and %s both listen, and nobody calls.", host_of(pairing, 0), host_of(pairing, 1));
		say_means(look, "listen() and accept() wait for a call. Here each side makes one.");
	} else {
		say_seen(look, "%s listens. The call of %s never reached it.", host_of(pairing, one), host_of(pairing, !one));
		say_means(look, "The firewall of %s lets in only what belongs to a call that %s has made, and a listener makes none.",
		          host_of(pairing, one), host_of(pairing, one));
	}
	say_next(look, "No listen(), no accept(): bind() your own port and connect() to the other one, on both sides.");
	blame(look, listened[one]);
	return true;
}

static bool has_given_up(const struct call *call)
{
	return call->error == EINPROGRESS || call->error == EALREADY || call->error == ETIMEDOUT;
}

bool find_left_too_early(const struct look *look)
{
	const struct pairing *pairing = meeting(look);

	if (!pairing || (pairing->flow && pairing->flow->established))
		return false;
	for (int side = 0; side < 2; side++) {
		const char *host = host_of(pairing, side);
		const struct evidence_program *program = scene_student(look->scene, host);
		const struct call *call = NULL, *last = NULL;

		while ((call = call_next(look, call, program, CALLS(CALL_CONNECT))))
			last = call;
		if (!last || !has_given_up(last) || program->end != PROGRAM_EXITED || !program->value)
			continue;
		say_seen(look, "%s had called and was gone when %s called: the two never met.", host, host_of(pairing, !side));
		say_means(look, "Whoever begins must stay. Nobody answers until the other side calls as well, and for "
		                "so long the kernel repeats the call by itself.");
		say_next(look, last->error == EINPROGRESS
		                       ? "Let the socket block (no SOCK_NONBLOCK, no O_NONBLOCK), and connect() stays by itself; or "
		                         "wait with poll() until the call has come to an end."
		                       : "Stay in connect(), or go back to it when your own patience is over.");
		blame(look, last);
		return true;
	}
	return false;
}

/* A connect() on a socket that has its connection already, with which the program ended. */
bool find_called_twice(const struct look *look)
{
	for (size_t i = 0; meeting(look) && i < look->scene->evidence.program_count; i++) {
		const struct evidence_program *program = &look->scene->evidence.programs[i];
		const struct call *call = NULL, *before;

		if (!program->student || program->end != PROGRAM_EXITED || !program->value)
			continue;
		while ((call = call_next(look, call, program, CALLS(CALL_CONNECT))) && call->error != EISCONN)
			;
		before = call ? call_next(look, NULL, program, CALLS(CALL_CONNECT)) : NULL;
		if (!before || before == call || before->fd != call->fd ||
		    call_next(look, call, program, CALLS_SEND | CALLS_RECEIVE))
			continue;
		say_seen(look, "connect() on %s was called twice on one socket: the second one failed (EISCONN), and the program "
		               "ended.", call->host);
		say_means(look, "The first one had already made the connection%s%s. A socket calls once.",
		          before->line[0] ? ", at " : "", before->line);
		say_next(look, "Call connect() once for each socket, at the place where the program is to call.");
		blame(look, call);
		return true;
	}
	return false;
}

bool find_ports_exchanged(const struct look *look)
{
	const struct pairing *pairing = meeting(look);
	uint16_t own, other;

	if (!pairing)
		return false;
	own = demanded(look, &pairing->entry->flow.opener);
	other = demanded(look, &pairing->entry->flow.target);
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;
		const char *host = flow ? name_at(look, &flow->address[0]) : "";

		if (!flow || own == other || flow->port[0] != other || flow->port[1] != own ||
		    strcmp(host, host_of(pairing, 0)) != 0)
			continue;
		say_seen(look, "%s called from port %u to port %u; expected from %u to %u.", host, flow->port[0], flow->port[1], own,
		         other);
		say_means(look, "The two ports have changed places: bind() got the other side's, and connect() yours.");
		say_next(look, "bind() wants MY_PORT, connect() wants PORT: count the arguments, argv[0] is the program's name.");
		blame(look, first_call(look, host, CALL_BIND));
		return true;
	}
	return false;
}

/* ---- the talk ---- */

/* Whether a program waits for bytes of this connection. One is enough: when a run is over its programs are ended one
 * by one, so the other's call may have returned since. */
static bool receives(const struct look *look, const struct pairing *pairing)
{
	for (int side = 0; side < 2; side++) {
		const struct evidence_program *program = scene_student(look->scene, host_of(pairing, side));
		const struct call *call = call_waiting(look, program);

		if (!call || !((CALLS_RECEIVE | CALLS_WAIT) & CALLS(call->kind)))
			continue;
		blame(look, call);
		return true;
	}
	return false;
}

static bool has_said(const struct pairing *pairing, int side)
{
	return event_from(pairing->flow, side, EVENT_MESSAGE) != NULL;
}

bool find_both_speak_second(const struct look *look)
{
	const struct pairing *pairing = meeting(look);

	if (!pairing || !pairing->flow || !pairing->flow->established || has_said(pairing, 0) || has_said(pairing, 1) ||
	    !receives(look, pairing))
		return false;
	say_seen(look, "%s and %s have a connection, and both wait for the other's first word.", host_of(pairing, 0),
	         host_of(pairing, 1));
	say_means(look, "The same program runs on both sides: where it receives before it sends, nobody begins.");
	say_next(look, "send() first, then recv(): two messages may pass each other on the way.");
	return true;
}

bool find_both_keep_open(const struct look *look)
{
	const struct pairing *pairing = meeting(look);

	if (!pairing || !pairing->flow || !has_said(pairing, 0) || !has_said(pairing, 1) ||
	    event_from(pairing->flow, 0, EVENT_FIN) || event_from(pairing->flow, 1, EVENT_FIN) ||
	    !receives(look, pairing))
		return false;
	say_seen(look, "All was said, and %s and %s both wait for the other's end.", host_of(pairing, 0), host_of(pairing, 1));
	say_means(look, "Each receives until the other has finished, and none has said that it has.");
	say_next(look, "End your own direction behind the last send(): shutdown(s, SHUT_WR). recv() works as before.");
	return true;
}

bool find_met_unread(const struct look *look)
{
	const struct pairing *pairing = meeting(look);

	if (!pairing || !pairing->flow || !calls_complete(look))
		return false;
	for (int side = 0; side < 2; side++) {
		/* The seen flow's opener is the trace's, or else the two began the other way round. */
		const char *host = name_at(look, &pairing->flow->address[side]);
		const struct evidence_program *program = scene_student(look->scene, host);
		const struct call *bound = first_call(look, host, CALL_BIND), *made = bound ? call_that_made(look, bound) : NULL;

		if (!event_from(pairing->flow, side, EVENT_RESET) || !has_said(pairing, !side) || !program || !made ||
		    call_on(look, made, NULL, CALLS_RECEIVE) || call_has_copies(look, made))
			continue;
		say_seen(look, "%s ended the connection with a reset (RST): what the other side had said lay unread.", host);
		say_means(look, "close() with unread bytes throws them away, and the kernel tells the other side so.");
		say_next(look, "recv() until it returns 0, then close().");
		blame(look, call_on(look, made, NULL, CALLS(CALL_CLOSE)));
		return true;
	}
	return false;
}
