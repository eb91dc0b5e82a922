/* diagnose_parts.c - questions that many diagnoses ask. */
#include "diagnose_parts.h"

#include <stdio.h>
#include <string.h>

#define QUOTED 56 /* bytes of a message that a sentence shows */

const struct pairing *pairing_at(const struct look *look, size_t i)
{
	return &look->match->pairings[i];
}

uint16_t swapped(uint16_t port)
{
	return (uint16_t)(port << 8 | port >> 8);
}

bool is_student(const struct look *look, const char *host)
{
	return scene_student(look->scene, host) != NULL;
}

const char *name_at(const struct look *look, const struct address *address)
{
	return scene_name(look->scene, address);
}

bool is_student_at(const struct look *look, const struct address *address)
{
	return is_student(look, name_at(look, address));
}

uint16_t demanded(const struct look *look, const struct endpoint *endpoint)
{
	return match_port(endpoint, &look->scene->evidence.params, look->match->bindings, look->match->binding_count);
}

const struct endpoint *sender_of(const struct entry *entry, enum direction direction)
{
	return direction == DIRECTION_ALONG ? &entry->flow.opener : &entry->flow.target;
}

static bool leads_out(const struct lesson *lesson, int router, int host)
{
	for (size_t i = 0; i < lesson->route_count; i++)
		if ((int)lesson->routes[i].host == host && !lesson->routes[i].prefix && lesson->routes[i].via &&
		    lesson_owner(lesson, lesson->routes[i].via) == router)
			return true;
	return false;
}

static bool has_nat_on(const struct look *look, int router)
{
	const struct lesson *lesson = look->scene->lesson;

	for (size_t i = 0; i < lesson->nat_count; i++)
		if ((int)lesson->nats[i].host == router &&
		    lesson_holds(lesson->nats[i].of_case, (size_t)(look->scene->lesson_case - lesson->cases)))
			return true;
	return false;
}

bool leaves_by(const struct look *look, const char *host, const char *router)
{
	const struct lesson *lesson = look->scene->lesson;
	int at = lesson_host(lesson, router);

	return at >= 0 && has_nat_on(look, at) && leads_out(lesson, at, lesson_host(lesson, host));
}

const char *speaker(const struct look *look, const char *host)
{
	const struct lesson *lesson = look->scene->lesson;
	const char *found = NULL;

	for (size_t i = 0; !is_student(look, host) && i < lesson->host_count; i++) {
		if (!is_student(look, lesson->hosts[i].name) || !leaves_by(look, lesson->hosts[i].name, host))
			continue;
		if (found)
			return host; /* of several nobody knows which */
		found = lesson->hosts[i].name;
	}
	return found ? found : host;
}

const char *sender_name(const struct look *look, const struct entry *entry, enum direction direction)
{
	return speaker(look, sender_of(entry, direction)->host);
}

/* A router speaks for those behind it: with NAT their words carry its address. */
static bool speaks_for_student(const struct look *look, const char *router, const char *other)
{
	int host = lesson_host(look->scene->lesson, router);

	if (host < 0 || look->scene->lesson->hosts[host].kind != HOST_ROUTER)
		return false;
	for (size_t i = 0; i < look->scene->evidence.program_count; i++)
		if (look->scene->evidence.programs[i].student && strcmp(look->scene->evidence.programs[i].host, other))
			return true;
	return false;
}

bool student_sends(const struct look *look, const struct pairing *pairing, enum direction direction)
{
	const char *host = sender_of(pairing->entry, direction)->host;

	return is_student(look, host) ||
	       speaks_for_student(look, host, sender_of(pairing->entry, direction_back(direction))->host);
}

const struct sock_entry *find_socket(const struct look *look, const char *host, enum transport transport,
                                     enum sock_state state, uint16_t port)
{
	size_t count;
	const struct sock_entry *entries = scene_sockets(look->scene, host, &count);

	for (size_t i = 0; i < count; i++)
		if (entries[i].transport == transport && entries[i].state == state &&
		    (!port || entries[i].local_port == port))
			return &entries[i];
	return NULL;
}

const struct event *event_from(const struct flow *flow, int side, enum event_kind kind)
{
	for (size_t i = 0; i < flow->event_count; i++)
		if (flow->events[i].kind == kind && (flow->events[i].direction == DIRECTION_AGAINST) == side)
			return &flow->events[i];
	return NULL;
}

enum direction as_expected(const struct pairing *pairing, enum direction direction)
{
	return pairing->header & HEADER_REVERSED ? direction_back(direction) : direction;
}

const char *target_of(const struct look *look, const struct pairing *pairing)
{
	const char *host = pairing->entry->flow.target.host;

	return pairing->flow && lesson_host(look->scene->lesson, host) < 0 ? name_at(look, &pairing->flow->address[1])
	                                                                   : host;
}

const struct pairing *refused_pairing(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];

		if (!pairing->entry || !pairing->flow || pairing->header & HEADER_REVERSED ||
		    !is_student(look, target_of(look, pairing)))
			continue;
		if (pairing->flow->transport == TRANSPORT_TCP
		            ? pairing->flow->refused && pairing->entry->flow.outcome == OUTCOME_OPEN
		            : event_from(pairing->flow, 1, EVENT_UNREACHABLE) != NULL)
			return pairing;
	}
	return NULL;
}

struct bytes seen_bytes(const struct pairing *pairing, const struct match_step *step)
{
	const struct event *event;
	size_t kept;

	if (step->event == MATCH_NO_EVENT)
		return (struct bytes){NULL, 0};
	event = &pairing->flow->events[step->event];
	kept = event->kept > step->offset ? event->kept - step->offset : 0;
	return (struct bytes){event->bytes + step->offset, step->length < kept ? step->length : kept};
}

void wanted_text(const struct look *look, const struct item *item, struct text *out)
{
	if (item->kind == ITEM_MESSAGE &&
	    (item->pattern.kind == PATTERN_TEXT || item->pattern.kind == PATTERN_PREFIX))
		match_expand(&item->pattern, &look->scene->evidence.params, look->match->bindings,
		             look->match->binding_count, out);
}

const struct match_step *student_step(const struct look *look, const struct pairing *pairing,
                                      enum step_status status, enum item_kind kind)
{
	for (size_t i = 0; pairing->entry && i < pairing->step_count; i++) {
		const struct match_step *step = &pairing->steps[i];

		if (step->status == status && step->item && step->item->kind == kind &&
		    student_sends(look, pairing, step->item->direction))
			return step;
	}
	return NULL;
}

const struct evidence_program *program_behind(const struct look *look, const struct pairing *pairing,
                                              enum direction direction)
{
	const char *host = sender_of(pairing->entry, direction)->host;
	const char *other = sender_of(pairing->entry, direction_back(direction))->host;
	const struct evidence *evidence = &look->scene->evidence;
	const struct evidence_program *program = scene_student(look->scene, speaker(look, host));

	for (size_t i = 0; i < evidence->program_count && !program && speaks_for_student(look, host, other); i++)
		if (evidence->programs[i].student && strcmp(evidence->programs[i].host, other) != 0)
			program = &evidence->programs[i];
	return program;
}

const char *host_behind(const struct look *look, const struct pairing *pairing, enum direction direction)
{
	const struct evidence_program *program = program_behind(look, pairing, direction);

	return program ? program->host : sender_name(look, pairing->entry, direction);
}

const char *quote(const void *bytes, size_t length)
{
	static char quoted[2][256];
	static int turn;
	struct text text = {0};

	turn = !turn;
	text_add_quoted(&text, bytes, length < QUOTED ? length : QUOTED);
	if (length > QUOTED)
		text_add(&text, " ...");
	snprintf(quoted[turn], sizeof quoted[turn], "%s", text_string(&text));
	text_free(&text);
	return quoted[turn];
}

bool says_just(const struct event *event, const char *text, size_t length)
{
	return event->kind == EVENT_MESSAGE && event->length == length && event->kept == length &&
	       !memcmp(event->bytes, text, length);
}

/* The first answer that a host of the student's owed and never gave where it was due. */
const struct match_step *missing_answer(const struct look *look, const struct pairing **in)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (!pairing->entry || !pairing->flow || pairing->view ||
		    !is_student(look, pairing->entry->flow.target.host))
			continue;
		for (size_t j = 0; j < pairing->step_count; j++)
			if (pairing->steps[j].status == STEP_MISSING && pairing->steps[j].item->kind == ITEM_MESSAGE &&
			    pairing->steps[j].item->direction == DIRECTION_AGAINST) {
				*in = pairing;
				return &pairing->steps[j];
			}
	}
	return NULL;
}

/* The step of PAIRING at which the other side's message, held back by the trace, is missing. */
bool lacks_late_message(const struct look *look, const struct pairing *pairing)
{
	for (size_t i = 0; i < pairing->step_count; i++)
		if (pairing->steps[i].status == STEP_MISSING && pairing->steps[i].item->kind == ITEM_MESSAGE &&
		    !student_sends(look, pairing, pairing->steps[i].item->direction))
			return true;
	return false;
}

/* The end of PAIRING's SIDE, if the other side had more to say to it, and was to; NULL: no such end. */
const struct event *early_end(const struct look *look, const struct pairing *pairing, int side)
{
	const struct event *fin = event_from(pairing->flow, side, EVENT_FIN);
	const struct event *end = fin ? fin : event_from(pairing->flow, side, EVENT_RESET);

	if (!end || pairing->flow->transport != TRANSPORT_TCP)
		return NULL;
	if (lacks_late_message(look, pairing))
		return end;
	for (size_t i = 0; i < pairing->flow->event_count; i++) {
		const struct event *event = &pairing->flow->events[i];

		if (event->kind == EVENT_MESSAGE && event > end && event->direction != end->direction)
			return end;
	}
	return NULL;
}

/* The socket of the flow on HOST, which is on its SIDE, in this state and held by a program; NULL: none. */
static const struct sock_entry *end_on(const struct look *look, const char *host, const struct flow *flow, int side,
                                       enum sock_state state)
{
	size_t count;
	const struct sock_entry *entry = scene_sockets(look->scene, host, &count), *last = NULL;

	/* A table that was read several times in a run has a socket as often; how it was last is what counts. */
	for (; count--; entry++)
		if (entry->transport == flow->transport && entry->local_port == flow->port[side] &&
		    entry->remote_port == flow->port[!side])
			last = entry;
	return last && last->state == state && !last->orphan ? last : NULL;
}

const struct sock_entry *end_of(const struct look *look, const char *host, const struct flow *flow, int side,
                                enum sock_state state)
{
	const struct lesson *lesson = look->scene->lesson;
	const struct sock_entry *entry = end_on(look, host, flow, side, state);
	int router = lesson_host(lesson, host);

	/* A router speaks for who is behind it, and mostly leaves him his port. */
	if (!entry && router >= 0 && lesson->hosts[router].kind == HOST_ROUTER)
		for (size_t i = 0; i < lesson->host_count && !entry; i++)
			if (scene_student(look->scene, lesson->hosts[i].name))
				entry = end_on(look, lesson->hosts[i].name, flow, side, state);
	return entry;
}

bool was_read(const struct look *look, const char *host, const struct flow *flow, int side)
{
	const struct sock_entry *entry = flow->transport == TRANSPORT_TCP ? end_of(look, host, flow, side, SOCK_CONNECTED) : NULL;

	return entry && !entry->receive_queue && event_from(flow, !side, EVENT_MESSAGE);
}

bool was_accepted(const struct look *look, const struct pairing *pairing)
{
	const char *host = pairing->entry->flow.target.host;
	const struct sock_entry *entry, *listener = NULL;
	size_t count;

	if (was_read(look, host, pairing->flow, 1))
		return true;
	if (calls_complete(look) || call_that_opened(look, pairing, 1))
		return call_that_opened(look, pairing, 1) != NULL;
	/* By the table: it is there, and nobody is in the queue, as the table was read last. */
	entry = scene_sockets(look->scene, host, &count);
	for (; count--; entry++)
		if (entry->state == SOCK_LISTEN && entry->transport == TRANSPORT_TCP && entry->local_port == pairing->flow->port[1])
			listener = entry;
	return listener && !listener->receive_queue &&
	       (end_of(look, host, pairing->flow, 1, SOCK_CONNECTED) || end_of(look, host, pairing->flow, 1, SOCK_CLOSE_WAIT));
}

uint16_t called_port(const struct look *look, const struct pairing *pairing)
{
	return demanded(look, &pairing->entry->flow.target);
}
