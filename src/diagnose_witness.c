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

/* An option that a program can do without is no failure, unless the program ended over it. */
static const struct call *given_up_over(const struct look *look, const struct evidence_program *program)
{
	const struct call *last = call_last(look, program);

	return last && last->kind == CALL_SETSOCKOPT && has_ended(last) && last->error && program->end == PROGRAM_EXITED &&
	       program->value ? last : NULL;
}

const struct call *call_that_failed(const struct look *look, const struct evidence_program *program)
{
	for (const struct call *call = NULL; (call = call_next(look, call, program, ~HARMLESS)); )
		if (has_ended(call) && call->error && !is_passing(call->error) && !made_good(look, call))
			return call;
	return given_up_over(look, program);
}

const struct call *call_last(const struct look *look, const struct evidence_program *program)
{
	const struct call *last = NULL;

	for (const struct call *call = NULL; (call = call_next(look, call, program, ~CALLS(CALL_CLOSE))); )
		last = call;
	return last;
}

bool call_truncated(const struct call *call, const struct event *said)
{
	return call->result > 0 && call->result == call->length && (uint64_t)call->result < said->length;
}

/* Whether CALL brought the words of SAID, which came from the side of FLOW that is not SIDE's. A call that got no
 * address is known by the length. */
static bool has_brought(const struct call *call, const struct flow *flow, int side, const struct event *said)
{
	if (!call_succeeded(call) || call->end_ns < said->time_ns)
		return false;
	if (call->address.family)
		return call->port == flow->port[!side] && address_equal(&call->address, &flow->address[!side]);
	return call->result > 0 && ((uint64_t)call->result == said->length || call_truncated(call, said));
}

const struct call *call_that_received(const struct look *look, const struct evidence_program *program,
                                      const struct flow *flow, int side)
{
	const struct event *said = event_from(flow, !side, EVENT_MESSAGE);

	for (const struct call *call = NULL; said && (call = call_next(look, call, program, CALLS_RECEIVE)); )
		if (has_brought(call, flow, side, said))
			return call;
	return NULL;
}

const struct call *call_waiting_in(const struct look *look, const struct evidence_program *program, unsigned kinds)
{
	const struct call *waiting = NULL;

	for (const struct call *call = NULL; (call = call_next(look, call, program, kinds)); )
		if (!has_ended(call))
			waiting = call;
	return waiting;
}

const struct call *call_waiting(const struct look *look, const struct evidence_program *program)
{
	return call_waiting_in(look, program, ~0u);
}

#define TURNS 1000 /* in a row */

const struct call *call_turning(const struct look *look, const struct evidence_program *program)
{
	const struct call *first = NULL;
	size_t count = 0;

	for (const struct call *call = NULL; (call = call_next(look, call, program, ~0u)); ) {
		if (!(CALLS_WAIT & CALLS(call->kind)) || !call_succeeded(call) || call->result <= 0) {
			first = NULL;
			continue;
		}
		if (!first || first->kind != call->kind || first->thread != call->thread) {
			first = call;
			count = 0;
		}
		count += 1 + call->repeats;
		if (count > TURNS)
			return first;
	}
	return NULL;
}

const struct call *call_with_port(const struct look *look, const char *host, unsigned kinds, uint16_t port)
{
	for (const struct call *call = first_call(look); call < behind_calls(look); call++)
		if (!strcmp(call->host, host) && kinds & CALLS(call->kind) && (!port || call->port == port))
			return call;
	return NULL;
}

static bool speaks_on(const struct look *look, const struct call *call, const struct flow *flow)
{
	const char *host = name_at(look, &flow->address[0]);

	return CALLS_NAME_OTHER & CALLS(call->kind) && call->port == flow->port[1] &&
	       (!strcmp(call->host, host) || leaves_by(look, call->host, host));
}

const struct call *call_to(const struct look *look, const struct flow *flow)
{
	const struct call *same_port = NULL;

	for (const struct call *call = first_call(look); call < behind_calls(look); call++) {
		if (!speaks_on(look, call, flow))
			continue;
		if (address_equal(&call->address, &flow->address[1]))
			return call;
		same_port = same_port ? same_port : call;
	}
	return same_port;
}

const struct call *call_without_room(const struct look *look, const struct evidence_program *program)
{
	for (const struct call *call = NULL; (call = call_next(look, call, program, CALLS(CALL_RECVFROM))); )
		if (call_succeeded(call) && call->transport == CALL_UDP && !call->address.family)
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

const struct call *call_with_another(const struct look *look, const struct call *call, const struct call *made)
{
	const struct call *own = call && CALLS_RECEIVE & CALLS(call->kind) ? call_that_made(look, call) : NULL;

	return own && call->transport == CALL_TCP && own != made && !call_listens(look, own) ? call : NULL;
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
	const char *host = speaker(look, name_at(look, &pairing->flow->address[side]));
	size_t turn = turn_of(look, pairing, side);

	for (const struct call *call = first_call(look); call < behind_calls(look); call++)
		if (!strcmp(call->host, host) && is_opening(call, pairing->flow, side) && !turn--)
			return side ? call : call_that_made(look, call);
	return NULL;
}

/* ---- the finding's call ---- */

bool say_impatient(const struct look *look, const struct call *call)
{
	if (!call || !call->line[0] || !has_ended(call))
		return false;
	if (call->error == EAGAIN)
		say_means(look, "%s() at %s had returned -1 (EAGAIN): it was told not to wait (MSG_DONTWAIT, O_NONBLOCK), or not for so "
		                "long. That is no answer, and no end.", call_word(call->kind), call->line);
	else if (CALLS_WAIT & CALLS(call->kind) && !call->error && !call->result)
		say_means(look, "%s() at %s had returned 0: its time was over. That is no answer, and no end.",
		          call_word(call->kind), call->line);
	else
		return false;
	blame(look, call);
	return true;
}

const char *error_name(int error)
{
	const char *name = strerrorname_np(error);

	return name ? name : "an error";
}

const char *error_words(int error)
{
	const char *words = strerrordesc_np(error);

	return words ? words : "unknown";
}

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
