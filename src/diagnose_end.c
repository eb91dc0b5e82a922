/* diagnose_end.c - diagnoses about connections that nobody took, and about how they ended. */
#include "diagnose_parts.h"

#include <string.h>

/* The close() or shutdown() by which SIDE ended PAIRING's connection; NULL: not known, or the program's end. */
static const struct call *call_that_ended(const struct look *look, const struct pairing *pairing, int side)
{
	const struct call *made = call_that_opened(look, pairing, side);

	return made ? call_on(look, made, NULL, CALLS(CALL_CLOSE) | CALLS(CALL_SHUTDOWN)) : NULL;
}

/* Whether HOST, which has SIDE of PAIRING, ended it too early. */
static bool ended_early(const struct look *look, const struct pairing *pairing, int side)
{
	const struct expected_flow *expected = &pairing->entry->flow;

	/* Who was called and owes an answer has a better reason to be told. */
	if (side && (!event_from(pairing->flow, side, EVENT_FIN) ||
	             student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE)))
		return false;
	return is_student(look, side ? expected->target.host : expected->opener.host) &&
	       early_end(look, pairing, side);
}

/* A connection on HOST with unread bytes; ORPHAN: one that nobody has accepted. */
static const struct sock_entry *unread_connection(const struct look *look, const char *host, bool orphan)
{
	size_t count;
	const struct sock_entry *entry = scene_sockets(look->scene, host, &count);

	for (; count--; entry++)
		if (entry->transport == TRANSPORT_TCP && entry->orphan == orphan && entry->receive_queue &&
		    (entry->state == SOCK_CONNECTED || entry->state == SOCK_CLOSE_WAIT))
			return entry;
	return NULL;
}

/* The call that the program sat in when the run was over, or turned in. */
static const struct call *call_waits_for(const struct look *look, const struct evidence_program *program)
{
	const struct call *waiting = call_waiting(look, program);

	return waiting ? waiting : call_next(look, NULL, program, CALLS_WAIT);
}

bool find_never_accepted(const struct look *look)
{
	const struct pairing *pairing;
	const struct sock_entry *listener;
	const struct call *polled, *accepted;
	const char *host;

	if (!missing_answer(look, &pairing) || pairing->flow->transport != TRANSPORT_TCP)
		return false;
	host = pairing->entry->flow.target.host;
	listener = find_socket(look, host, TRANSPORT_TCP, SOCK_LISTEN, pairing->flow->port[1]);
	if (!listener || !listener->receive_queue)
		return false;
	say_seen(look, "The kernel of %s took the connection of %s, and it still waits in the queue of the listening "
	               "socket.", host, name_at(look, &pairing->flow->address[0]));
	polled = call_waits_for(look, scene_student(look->scene, host));
	accepted = call_with_port(look, host, CALLS(CALL_ACCEPT), 0);
	if (accepted)
		say_means(look, "accept() was called, and not once more: nobody has this connection.");
	else if (polled)
		say_means(look, "%s() can tell that a connection waits; accept() is what takes it, and it was not called.",
		          call_word(polled->kind));
	else
		say_means(look, "accept() was not called, so nobody has the connection.");
	blame(look, polled);
	say_next(look, "Call accept() on the listening socket and talk over the socket that it returns.");
	return true;
}

bool find_accepted_not_read(const struct look *look)
{
	const struct pairing *pairing;
	const char *host;

	if (!missing_answer(look, &pairing) || pairing->flow->transport != TRANSPORT_TCP)
		return false;
	host = pairing->entry->flow.target.host;
	if (!unread_connection(look, host, false))
		return false;
	blame(look, call_waiting(look, scene_student(look->scene, host)));
	say_seen(look, "%s has accepted the connection of %s; what %s said lies there unread.", host,
	         name_at(look, &pairing->flow->address[0]), name_at(look, &pairing->flow->address[0]));
	say_means(look, "No recv() has taken it from the socket that accept() returned. On the listening socket recv() "
	                "fails (ENOTCONN): that one only receives connections.");
	say_next(look, "Keep what accept() returns: recv() and send() want that number, and not the listener's.");
	return true;
}

/* The first end that the trace lists, in order; NULL: none. */
static const struct item *first_end(const struct expected_flow *flow)
{
	for (size_t i = 0; i < flow->item_count; i++)
		if (flow->items[i].kind == ITEM_FIN)
			return &flow->items[i];
	return NULL;
}

/* A side of the student's that ended before the other one, which should have been first. */
static bool ended_first(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct item *end = pairing->entry ? first_end(&pairing->entry->flow) : NULL;
		const struct event *mine, *other;
		enum direction back;

		if (!end || !pairing->flow || !pairing->cost || pairing->header & HEADER_REVERSED ||
		    student_sends(look, pairing, end->direction) ||
		    student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE))
			continue;
		back = end->direction == DIRECTION_ALONG ? DIRECTION_AGAINST : DIRECTION_ALONG;
		mine = event_from(pairing->flow, back == DIRECTION_AGAINST, EVENT_FIN);
		other = event_from(pairing->flow, back != DIRECTION_AGAINST, EVENT_FIN);
		if (!mine || !other || mine > other || !student_sends(look, pairing, back))
			continue;
		blame(look, call_that_ended(look, pairing, back == DIRECTION_AGAINST));
		say_seen(look, "%s ended the connection before %s had.", sender_of(pairing->entry, back)->host,
		         sender_of(pairing->entry, end->direction)->host);
		say_means(look, "close(), shutdown() or the end of the program came before recv() had returned 0. "
		                "Whoever ends first must be sure that the other side has nothing more to say.");
		say_next(look, "Wait for the other side's end first: recv() until it returns 0, then close().");
		return true;
	}
	return false;
}

/* Whether the opener is expected to say the first thing. */
static bool speaks_first(const struct pairing *pairing)
{
	const struct expected_flow *expected = &pairing->entry->flow;

	return expected->item_count && expected->items[0].kind == ITEM_MESSAGE &&
	       expected->items[0].direction == DIRECTION_ALONG;
}

bool find_hung_up_early(const struct look *look)
{
	if (ended_first(look))
		return true;
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const char *host;

		int side;

		if (!pairing->entry || !pairing->flow || pairing->view || !pairing->cost)
			continue;
		side = ended_early(look, pairing, 0) ? 0 : 1;
		if (!ended_early(look, pairing, side))
			continue;
		host = side ? pairing->entry->flow.target.host : pairing->entry->flow.opener.host;
		blame(look, call_that_ended(look, pairing, side));
		if (!side && speaks_first(pairing) && !event_from(pairing->flow, 0, EVENT_MESSAGE)) {
			say_seen(look, "%s opened the connection, said nothing, and closed it.", host);
			say_means(look, "close() or the end of the program came before send(), or send() failed.");
			say_next(look, "First send(), and look at what it returns; then stay in recv() until what you wait for "
			               "has come.");
			return true;
		}
		say_seen(look, "%s closed the connection before the other side had said everything.", host);
		say_means(look, "close() (or the end of the program) came too early: whoever speaks into a closed "
		                "connection is answered with a reset.");
		say_next(look, "Stay in recv() until what you wait for has come.");
		return true;
	}
	return false;
}

/* A connection that a host of the student's reset while it had received bytes, and the socket of it. */
static const struct pairing *reset_by_student(const struct look *look, const struct call **made, int *side)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		for (*side = 0; *side < 2 && pairing->entry && pairing->flow && !pairing->view; (*side)++)
			if (is_student_at(look, &pairing->flow->address[*side]) &&
			    event_from(pairing->flow, *side, EVENT_RESET) &&
			    event_from(pairing->flow, !*side, EVENT_MESSAGE) &&
			    (*made = call_that_opened(look, pairing, *side)))
				return pairing;
	}
	return NULL;
}

/* How many bytes the calls took from the socket that MADE made, before ENDED. */
static int64_t bytes_read(const struct look *look, const struct call *made, const struct call *ended)
{
	int64_t sum = 0;

	for (const struct call *call = NULL; (call = call_on(look, made, call, CALLS_RECEIVE)) && call < ended; )
		sum += call->result > 0 ? call->result : 0;
	return sum;
}

static size_t bytes_said(const struct flow *flow, int side)
{
	size_t sum = 0;

	for (size_t i = 0; i < flow->event_count; i++)
		if (flow->events[i].kind == EVENT_MESSAGE && (flow->events[i].direction == DIRECTION_AGAINST) == side)
			sum += flow->events[i].length;
	return sum;
}

/* close() while bytes lay unread: the kernel tells the other side by a reset (RFC 2525, 2.17). */
bool find_closed_unread(const struct look *look)
{
	const struct call *made, *ended;
	const struct pairing *pairing;
	const char *host, *other;
	int side;

	pairing = reset_by_student(look, &made, &side);
	ended = pairing ? call_on(look, made, NULL, CALLS(CALL_CLOSE)) : NULL;
	if (!ended || !calls_complete(look) || call_has_copies(look, made) || call_on(look, made, NULL, CALLS_RECEIVE))
		return false;
	host = name_at(look, &pairing->flow->address[side]);
	other = name_at(look, &pairing->flow->address[!side]);
	say_seen(look, "%s closed the connection without having read what %s had said, and the kernel reset it (RST).", host,
	         other);
	say_means(look, "close() with unread bytes is no quiet end: the other side is told by a reset that they are lost, "
	                "and what was sent may be lost with them.");
	say_next(look, "Call recv() before you close(), until it returns 0.");
	blame(look, ended);
	return true;
}

bool find_short_read(const struct look *look)
{
	const struct call *made, *ended;
	const struct pairing *pairing;
	size_t said;
	int64_t got;
	int side;

	pairing = reset_by_student(look, &made, &side);
	ended = pairing ? call_on(look, made, NULL, CALLS(CALL_CLOSE)) : NULL;
	if (!ended || !calls_complete(look) || call_has_copies(look, made))
		return false;
	said = bytes_said(pairing->flow, !side);
	got = bytes_read(look, made, ended);
	if (got <= 0 || (uint64_t)got >= said)
		return false;
	say_seen(look, "%s read %lld of the %zu bytes that %s had said, and closed.",
	         name_at(look, &pairing->flow->address[side]), (long long)got, said,
	         name_at(look, &pairing->flow->address[!side]));
	say_means(look, "recv() returns what is there, at most as much as it has room for: one call is not one message. The "
	                "rest lay unread, so that close() became a reset (RST).");
	say_next(look, "Call recv() in a loop until the message is whole; before close(), until it returns 0.");
	blame(look, call_on(look, made, NULL, CALLS_RECEIVE));
	return true;
}

bool find_reset_not_fin(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct event *reset;
		const char *host;

		for (int side = 0; side < 2; side++) {
			if (!pairing->entry || !pairing->flow || pairing->view)
				continue;
			host = side ? pairing->entry->flow.target.host : pairing->entry->flow.opener.host;
			reset = event_from(pairing->flow, side, EVENT_RESET);
			if (!reset || !is_student(look, host) || event_from(pairing->flow, side, EVENT_FIN))
				continue;
			blame(look, call_that_ended(look, pairing, side));
			say_seen(look, "%s ended the connection with a reset (RST) instead of an end (FIN).", host);
			say_means(look, "It closed (or ended) while bytes of the other side were unread, or with SO_LINGER 0: the "
			                "kernel then resets, and what was sent may be lost with it.");
			say_next(look, "Read what the other side has sent before you close: recv() until it returns 0.");
			return true;
		}
	}
	return false;
}

bool find_closed_without_answer(const struct look *look)
{
	const struct pairing *pairing;

	if (!missing_answer(look, &pairing) || pairing->flow->transport != TRANSPORT_TCP ||
	    !event_from(pairing->flow, 1, EVENT_FIN))
		return false;
	blame(look, call_that_ended(look, pairing, 1));
	say_seen(look, "%s closed the connection without having answered.", pairing->entry->flow.target.host);
	say_means(look, "close() or the end of the program came before a send().");
	say_next(look, "Between recv() and close(): send() the answer on the same connection.");
	return true;
}

/* Whether the student said something on PAIRING that the trace does not have: that comes first. */
static bool says_extra(const struct look *look, const struct pairing *pairing)
{
	for (size_t i = 0; i < pairing->step_count; i++) {
		const struct match_step *step = &pairing->steps[i];

		if (step->status == STEP_EXTRA && pairing->flow->events[step->event].kind == EVENT_MESSAGE &&
		    student_sends(look, pairing, pairing->flow->events[step->event].direction))
			return true;
	}
	return false;
}

/* The recv() that returned 0 on SIDE's socket of PAIRING; NULL: none did, or not known. */
static const struct call *end_told(const struct look *look, const struct pairing *pairing, int side)
{
	const struct call *made = call_that_opened(look, pairing, side), *call = NULL;

	while (made && (call = call_on(look, made, call, CALLS_RECEIVE)))
		if (call_succeeded(call) && !call->result && call->length)
			return call;
	return NULL;
}

/* accept() made a descriptor, the program went on to accept() the next, and nobody closed the first. */
bool find_descriptor_leaked(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count && calls_complete(look); i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_FIN);
		const struct call *made, *next;
		const char *host;

		if (!step || pairing->view || step->item->direction != DIRECTION_AGAINST || says_extra(look, pairing) ||
		    student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE) || lacks_late_message(look, pairing))
			continue;
		host = pairing->entry->flow.target.host;
		made = call_that_opened(look, pairing, 1);
		if (!made || call_has_copies(look, made) ||
		    call_on(look, made, NULL, CALLS(CALL_CLOSE) | CALLS(CALL_SHUTDOWN)) || end_told(look, pairing, 1))
			continue;
		next = call_next(look, made, scene_student(look->scene, host), CALLS(CALL_ACCEPT));
		if (!next || next->process != made->process)
			continue;
		say_seen(look, "accept() gave %s descriptor %lld for the connection of %s; it went on to the next accept(), and "
		               "%lld was never closed.", host, (long long)made->result,
		         name_at(look, &pairing->flow->address[0]), (long long)made->result);
		say_means(look, "Each accept() makes a new descriptor, and only close() gives it back and tells the other side "
		                "that nothing more comes. A server that keeps them runs out of them.");
		say_next(look, "close() what accept() returned when its talk is over, before you go back to accept().");
		blame(look, made);
		return true;
	}
	return false;
}

/* The other side's end was received (the queue is empty: of an end that waits there the kernel
 * counts one byte), and the socket is still open. */
bool find_end_ignored(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_FIN);
		const struct evidence_program *program;
		const struct sock_entry *entry;
		const struct call *told;
		const char *host;
		int side;

		if (!step || student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE) ||
		    lacks_late_message(look, pairing) || says_extra(look, pairing))
			continue;
		side = step->item->direction == DIRECTION_AGAINST;
		host = sender_of(pairing->entry, step->item->direction)->host;
		program = scene_student(look->scene, host);
		entry = end_of(look, host, pairing->flow, side, SOCK_CLOSE_WAIT);
		if (!entry || entry->receive_queue || !program || program->end != PROGRAM_RUNNING)
			continue;
		told = end_told(look, pairing, side);
		say_seen(look, "%s has ended the connection%s, and %s's side is still open.",
		         sender_of(pairing->entry, side ? DIRECTION_ALONG : DIRECTION_AGAINST)->host,
		         told ? ", recv() told so by returning 0" : "", host);
		blame(look, told);
		say_means(look, "0 from recv() is no error and no message: it says that nothing more will come. close() did not follow, or "
		                "not everywhere: after fork() parent and child each have the connection, and both must close it.");
		say_next(look, "Leave the loop when recv() returns 0, and close() that connection.");
		return true;
	}
	return false;
}

bool find_never_closed(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_FIN);

		if (!step || student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE) ||
		    lacks_late_message(look, pairing) || says_extra(look, pairing) ||
		    event_from(pairing->flow, step->item->direction == DIRECTION_AGAINST, EVENT_FIN) ||
		    event_from(pairing->flow, step->item->direction == DIRECTION_AGAINST, EVENT_RESET))
			continue;
		say_seen(look, "All was said, and %s did not close the connection.",
		         sender_of(pairing->entry, step->item->direction)->host);
		say_means(look, "close() was not called on it: the other side cannot know that nothing more comes, and the "
		                "descriptor is lost to the program.");
		say_next(look, "Call close() on the connection when the talk is over; when the other side ends first, recv() "
		               "tells you by returning 0.");
		return true;
	}
	return false;
}
