/* diagnose_one_client.c - diagnoses about a server that serves its first caller and nobody after. */
#include "diagnose_parts.h"

#include <errno.h>
#include <string.h>

/* Another flow at the same port of the same host that was answered. */
static const struct pairing *served_before(const struct look *look, const struct pairing *self)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];

		if (pairing != self && pairing->flow && pairing->entry &&
		    pairing->flow->transport == self->flow->transport &&
		    !strcmp(pairing->entry->flow.target.host, self->entry->flow.target.host) &&
		    pairing->flow->port[1] == self->flow->port[1] && event_from(pairing->flow, 1, EVENT_MESSAGE))
			return pairing;
	}
	return NULL;
}

/* A flow to a host of the student's that was refused or never answered, after another was. */
static const struct pairing *unserved(const struct look *look, enum transport transport, const struct pairing **before)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];

		if (!pairing->entry || !pairing->flow || pairing->flow->transport != transport ||
		    pairing->entry->flow.outcome != OUTCOME_OPEN || !is_student(look, pairing->entry->flow.target.host) ||
		    event_from(pairing->flow, 1, EVENT_MESSAGE) ||
		    (!pairing->flow->refused && !student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE)))
			continue;
		*before = served_before(look, pairing);
		if (*before)
			return pairing;
	}
	return NULL;
}

/* The close() of a socket that accept() was called on again; NULL: none. */
static const struct call *closed_listener(const struct look *look, const struct evidence_program *program)
{
	const struct call *call = NULL;

	while ((call = call_next(look, call, program, CALLS(CALL_ACCEPT))))
		if (call->error == EBADF)
			return call_that_closed(look, call);
	return NULL;
}

/* The listener is gone, and the program is not. */
bool find_listener_closed(const struct look *look)
{
	const struct pairing *before, *pairing = unserved(look, TRANSPORT_TCP, &before);
	const struct evidence_program *program;
	const struct call *closed;
	const char *host;

	if (!pairing || !pairing->flow->refused)
		return false;
	host = pairing->entry->flow.target.host;
	program = scene_student(look->scene, host);
	closed = closed_listener(look, program);
	if (program->end != PROGRAM_RUNNING && !closed)
		return false;
	blame(look, closed);
	say_seen(look, "%s served %s; the next caller, %s, was refused: nobody listens at port %u any more.", host,
	         name_at(look, &before->flow->address[0]), name_at(look, &pairing->flow->address[0]),
	         pairing->flow->port[1]);
	say_means(look, "close() was called on the listening socket, not only on the connection.");
	say_next(look, "After a talk, close the socket that accept() returned, and no other.");
	return true;
}

/* The kernel still took the call, and reset it when the program ended, which had accepted one and no other. */
static bool is_reset_by_the_end(const struct look *look, const struct pairing *pairing)
{
	const struct evidence_program *program = scene_student(look->scene, pairing->entry->flow.target.host);
	const struct call *call = NULL;
	size_t accepted = 0;

	if (!program || program->end == PROGRAM_RUNNING || !calls_complete(look))
		return false;
	while ((call = call_next(look, call, program, CALLS(CALL_ACCEPT))))
		accepted += call_succeeded(call);
	return accepted == 1;
}

bool find_one_client_only(const struct look *look)
{
	const struct pairing *before, *pairing = unserved(look, TRANSPORT_TCP, &before);
	const char *host;
	bool gone, reset;

	if (!pairing || event_from(pairing->flow, 1, EVENT_FIN))
		return false;
	reset = !pairing->flow->refused && event_from(pairing->flow, 1, EVENT_RESET);
	gone = pairing->flow->refused || reset;
	if (reset && !is_reset_by_the_end(look, pairing))
		return false;
	host = pairing->entry->flow.target.host;
	/* What it does instead of an answer, or waits in instead of accept(), says more. */
	if (!gone && (was_accepted(look, pairing) || call_waiting_in(look, scene_student(look->scene, host), CALLS_WAIT)))
		return false;
	say_seen(look, "%s served %s; the next caller, %s, was %s.", host, name_at(look, &before->flow->address[0]),
	         name_at(look, &pairing->flow->address[0]),
	         pairing->flow->refused ? "refused"
	         : reset                ? "connected by the kernel, and reset when the program ended"
	                                : "connected by the kernel and never answered");
	say_means(look, gone ? "The listening socket is gone: the program ended, or closed it, after one connection."
	                     : "The program does not go back to accept() after its first connection.");
	say_next(look, "Put accept(), the talk and close() of the connection into a loop; keep the listening socket.");
	return true;
}

bool find_one_answer_only(const struct look *look)
{
	const struct pairing *before, *pairing = unserved(look, TRANSPORT_UDP, &before);
	const struct evidence_program *program;

	if (find_same_answer_missing(look))
		return true;
	if (!pairing)
		return false;
	program = scene_student(look->scene, pairing->entry->flow.target.host);
	if (!event_from(pairing->flow, 1, EVENT_UNREACHABLE) && program->end == PROGRAM_RUNNING &&
	    before->flow->event_count > 2)
		return false;
	/* It did go back, or could not: what failed, or what it did with the question, says more. */
	if (call_that_failed(look, program) || call_that_received(look, program, pairing->flow, 1))
		return false;
	say_seen(look, "%s answered %s; the next question, from %s port %u, got no answer.",
	         pairing->entry->flow.target.host, name_at(look, &before->flow->address[0]),
	         name_at(look, &pairing->flow->address[0]), pairing->flow->port[0]);
	say_means(look, program->end == PROGRAM_RUNNING ? "The program does not go back to recvfrom() for the next one."
	                                                : "The program ended after its first answer.");
	say_next(look, "A server serves whoever comes, again and again. Put recvfrom() and sendto() into a loop; where a "
	               "loop calls your function, return what makes it go on.");
	return true;
}
