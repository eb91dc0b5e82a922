/* diagnose_witness.c - the socket calls as witnesses: what the diagnoses ask of them.
 *
 * Calls explain and decide nothing. Where none were taken down every question here is answered with NULL, and
 * what is not among them was left out by the program only if all of them are there (calls_complete). */
#include "diagnose_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a program can do without, or does when all is over anyway. */
#define HARMLESS (CALLS(CALL_SETSOCKOPT) | CALLS(CALL_CLOSE) | CALLS(CALL_SHUTDOWN))

static const struct call *first_call(const struct look *look)
{
	return look->scene->evidence.calls;
}

static const struct call *behind_calls(const struct look *look)
{
	return look->scene->evidence.calls + look->scene->evidence.call_count;
}

bool calls_complete(const struct look *look)
{
	return look->scene->evidence.calls_known;
}

static bool is_of(const struct look *look, const struct call *call, const struct evidence_program *program)
{
	return program && &look->scene->evidence.programs[call->program] == program;
}

const struct call *call_next(const struct look *look, const struct call *after, const struct evidence_program *program,
                             unsigned kinds)
{
	for (const struct call *call = after ? after + 1 : first_call(look); call < behind_calls(look); call++)
		if (is_of(look, call, program) && kinds & CALLS(call->kind))
			return call;
	return NULL;
}

static bool has_ended(const struct call *call)
{
	return call->end_ns != 0;
}

bool call_succeeded(const struct call *call)
{
	return has_ended(call) && !call->error;
}

static unsigned family_of(enum call_kind kind)
{
	return CALLS(kind) & CALLS_SEND ? CALLS_SEND : CALLS(kind) & CALLS_RECEIVE ? CALLS_RECEIVE : CALLS(kind);
}

/* A later call of the same sort had success: a retry, or the next of several addresses. */
static bool made_good(const struct look *look, const struct call *failed)
{
	const struct evidence_program *program = &look->scene->evidence.programs[failed->program];

	for (const struct call *call = failed; (call = call_next(look, call, program, family_of(failed->kind))); )
		if (call_succeeded(call))
			return true;
	return false;
}

static bool is_passing(int error)
{
	return error == EINTR || error == EAGAIN || error == EINPROGRESS || error == EALREADY || error == EISCONN;
}

const struct call *call_that_failed(const struct look *look, const struct evidence_program *program)
{
	for (const struct call *call = NULL; (call = call_next(look, call, program, ~HARMLESS)); )
		if (has_ended(call) && call->error && !is_passing(call->error) && !made_good(look, call))
			return call;
	return NULL;
}

const struct call *call_waiting(const struct look *look, const struct evidence_program *program)
{
	const struct call *waiting = NULL;

	for (const struct call *call = NULL; (call = call_next(look, call, program, ~0u)); )
		if (!has_ended(call))
			waiting = call;
	return waiting;
}

const struct call *call_with_port(const struct look *look, const char *host, unsigned kinds, uint16_t port)
{
	for (const struct call *call = first_call(look); call < behind_calls(look); call++)
		if (!strcmp(call->host, host) && kinds & CALLS(call->kind) && (!port || call->port == port))
			return call;
	return NULL;
}

/* ---- descriptors ---- */

static bool makes(const struct call *call, int fd)
{
	return (call->kind == CALL_SOCKET || call->kind == CALL_ACCEPT) && call_succeeded(call) && call->result == fd;
}

/* What happened last to the number that CALL got: made, or closed. A child has its parent's. */
static const struct call *last_change(const struct look *look, const struct call *call)
{
	const struct call *parents = NULL;

	for (const struct call *at = call; at-- > first_call(look); ) {
		if (at->program != call->program)
			continue;
		if (makes(at, call->fd) && at->process == call->process)
			return at;
		if (at->kind == CALL_CLOSE && at->fd == call->fd && at->process == call->process && call_succeeded(at))
			return at;
		if (makes(at, call->fd) && !parents)
			parents = at;
	}
	return parents;
}

const struct call *call_that_made(const struct look *look, const struct call *call)
{
	const struct call *change = last_change(look, call);

	return change && change->kind != CALL_CLOSE ? change : NULL;
}

const struct call *call_that_closed(const struct look *look, const struct call *call)
{
	const struct call *change = last_change(look, call);

	return change && change->kind == CALL_CLOSE ? change : NULL;
}

bool call_has_copies(const struct look *look, const struct call *made)
{
	const struct evidence_program *program = &look->scene->evidence.programs[made->program];
	unsigned kinds = CALLS_RECEIVE | CALLS_SEND | CALLS(CALL_CLOSE) | CALLS(CALL_SHUTDOWN) | CALLS(CALL_ACCEPT);

	for (const struct call *call = NULL; (call = call_next(look, call, program, kinds)); )
		if (call_succeeded(call) && !last_change(look, call))
			return true;
	return false;
}

const struct call *call_on(const struct look *look, const struct call *made, const struct call *after, unsigned kinds)
{
	const struct call *call = after ? after : made;

	while (++call < behind_calls(look)) {
		if (call->program != made->program)
			continue;
		if (makes(call, (int)made->result) && call->process == made->process)
			return NULL; /* the number has a new owner */
		if (call->fd == made->result && kinds & CALLS(call->kind))
			return call;
	}
	return NULL;
}

bool call_listens(const struct look *look, const struct call *made)
{
	const struct call *listened = call_on(look, made, NULL, CALLS(CALL_LISTEN));

	return listened && call_succeeded(listened);
}

/* ---- flows ---- */

/* How many connections to the same port were made before PAIRING's. */
static size_t turn_of(const struct look *look, const struct pairing *pairing, int side)
{
	size_t turn = 0;

	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *other = pairing_at(look, i)->flow;

		turn += other && other != pairing->flow && pairing_at(look, i)->view == pairing->view &&
		        other->transport == TRANSPORT_TCP && other->refused == pairing->flow->refused &&
		        other->opened_ns < pairing->flow->opened_ns && other->port[1] == pairing->flow->port[1] &&
		        address_equal(&other->address[side], &pairing->flow->address[side]);
	}
	return turn;
}

static bool is_opening(const struct call *call, const struct flow *flow, int side)
{
	if (side)
		return call->kind == CALL_ACCEPT && call_succeeded(call);
	return call->kind == CALL_CONNECT && call->port == flow->port[1] && address_equal(&call->address, &flow->address[1]);
}

/* accept() takes connections in the order in which they were made (listen(2)). */
const struct call *call_that_opened(const struct look *look, const struct pairing *pairing, int side)
{
	const char *host = name_at(look, &pairing->flow->address[side]);
	size_t turn = turn_of(look, pairing, side);

	for (const struct call *call = first_call(look); call < behind_calls(look); call++)
		if (!strcmp(call->host, host) && is_opening(call, pairing->flow, side) && !turn--)
			return side ? call : call_that_made(look, call);
	return NULL;
}

/* ---- the finding's call ---- */

void blame(const struct look *look, const struct call *call)
{
	struct finding *finding = look->finding;
	const char *colon = call ? strrchr(call->line, ':') : NULL;

	text_free(&finding->call);
	finding->file[0] = '\0';
	finding->line = 0;
	if (!call)
		return;
	call_print(call, &finding->call);
	if (!colon)
		return;
	snprintf(finding->file, sizeof finding->file, "%.*s", (int)(colon - call->line), call->line);
	finding->line = atoi(colon + 1);
}
