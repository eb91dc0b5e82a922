/* diagnose_end.c - diagnoses about connections that nobody took, and about how they ended. */
#include "diagnose_parts.h"

#include <string.h>

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

bool find_never_accepted(const struct look *look)
{
	const struct pairing *pairing;
	const struct sock_entry *listener;
	const char *host;

	if (!missing_answer(look, &pairing) || pairing->flow->transport != TRANSPORT_TCP)
		return false;
	host = pairing->entry->flow.target.host;
	listener = find_socket(look, host, TRANSPORT_TCP, SOCK_LISTEN, pairing->flow->port[1]);
	if (!listener || !listener->receive_queue)
		return false;
	say_seen(look, "The kernel of %s took the connection of %s, and it still waits in the queue of the listening "
	               "socket.", host, name_at(look, &pairing->flow->address[0]));
	say_means(look, "accept() was not called, so nobody has the connection.");
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
		say_seen(look, "%s ended the connection before %s had.", sender_of(pairing->entry, back)->host,
		         sender_of(pairing->entry, end->direction)->host);
		say_means(look, "close(), shutdown() or the end of the program came before recv() had returned 0. Who ends first "
		                "must be sure that the other side has nothing more to say.");
		say_next(look, "Wait for the other side's end first: recv() until it returns 0, then close().");
		return true;
	}
	return false;
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
		say_seen(look, "%s closed the connection before the other side had said everything.", host);
		say_means(look, "close() (or the end of the program) came too early: whoever speaks into a closed "
		                "connection is answered with a reset.");
		say_next(look, "Stay in recv() until what you wait for has come.");
		return true;
	}
	return false;
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

/* The other side's end was received (the queue is empty: of an end that waits there the kernel
 * counts one byte), and the socket is still open. */
bool find_end_ignored(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_FIN);
		const struct evidence_program *program;
		const struct sock_entry *entry;
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
		say_seen(look, "%s has ended the connection, recv() told %s so by returning 0, and %s's side is still open.",
		         sender_of(pairing->entry, side ? DIRECTION_ALONG : DIRECTION_AGAINST)->host, host, host);
		say_means(look, "0 is no error and no message: it says that nothing more will come. close() did not follow, or "
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
