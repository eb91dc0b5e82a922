/* diagnose_talk.c - diagnoses about what was said, by whom, and how it ended. */
#include "diagnose_parts.h"

#include <string.h>

static bool is_text(const struct event *event, const char *text, size_t length)
{
	return event->kind == EVENT_MESSAGE && event->length == length && event->kept == length &&
	       !memcmp(event->bytes, text, length);
}

/* The first answer that a host of the student's owed and never gave where it was due. */
static const struct match_step *missing_answer(const struct look *look, const struct pairing **in)
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

/* A flow that nothing allows, opened by HOST. For want of a better one the matcher may have put it beside an
 * expected flow of the other direction. */
static const struct pairing *stray_from(const struct look *look, const char *host, enum transport transport)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (pairing->flow && (!pairing->entry || pairing->header & HEADER_REVERSED) &&
		    pairing->flow->transport == transport && !pairing->view &&
		    !strcmp(name_at(look, &pairing->flow->address[0]), host))
			return pairing;
	}
	return NULL;
}

/* A datagram of HOST's that nothing allows and that has the words of MISSING, or begins with them. */
static const struct pairing *stray_answer(const struct look *look, const char *host, const struct match_step *missing)
{
	const struct pairing *stray = stray_from(look, host, TRANSPORT_UDP);
	const struct event *said = stray ? event_from(stray->flow, 0, EVENT_MESSAGE) : NULL;
	struct text wanted = {0};
	bool same;

	if (!said)
		return NULL;
	wanted_text(look, missing->item, &wanted);
	same = said->kept >= wanted.length && !memcmp(said->bytes, text_string(&wanted), wanted.length);
	text_free(&wanted);
	return same ? stray : NULL;
}

/* The flow that carries the answer which *in lacks, over UDP; NULL: none. */
static const struct pairing *misplaced_answer(const struct look *look, const struct pairing **in)
{
	const struct match_step *missing = missing_answer(look, in);

	if (!missing || (*in)->flow->transport != TRANSPORT_UDP)
		return NULL;
	return stray_answer(look, (*in)->entry->flow.target.host, missing);
}

static void say_misplaced(const struct look *look, const struct pairing *asked, const struct pairing *stray)
{
	say_seen(look, "%s was asked from %s port %u and answered to %s port %u.", asked->entry->flow.target.host,
	         name_at(look, &asked->flow->address[0]), asked->flow->port[0],
	         name_at(look, &stray->flow->address[1]), stray->flow->port[1]);
}

bool find_reply_from_other_socket(const struct look *look)
{
	const struct pairing *pairing, *stray = misplaced_answer(look, &pairing);

	if (!stray || stray->flow->port[0] == pairing->flow->port[1] ||
	    stray->flow->port[1] != pairing->flow->port[0] ||
	    !address_equal(&stray->flow->address[1], &pairing->flow->address[0]))
		return false;
	say_seen(look, "%s was asked at port %u and answered from port %u.",
	         pairing->entry->flow.target.host, pairing->flow->port[1],
	         stray->flow->port[0]);
	say_means(look, "The answer was sent with another socket than the one that is bound: the asker does not know "
	                "port %u.", stray->flow->port[0]);
	say_next(look, "Call sendto() on the same socket that recvfrom() was called on.");
	return true;
}

bool find_reply_to_first_client(const struct look *look)
{
	const struct pairing *pairing;
	const struct match_step *missing = missing_answer(look, &pairing);
	struct text wanted = {0};
	bool found = false;

	if (!missing)
		return false;
	wanted_text(look, missing->item, &wanted);
	for (size_t i = 0; i < look->match->pairing_count && !found; i++) {
		const struct pairing *other = pairing_at(look, i);

		for (size_t j = 0; other != pairing && other->entry && j < other->step_count && !found; j++)
			found = other->steps[j].status == STEP_EXTRA && other->flow->transport == TRANSPORT_UDP &&
			        other->flow->events[other->steps[j].event].direction == DIRECTION_AGAINST &&
			        other->flow->events[other->steps[j].event].time_ns > pairing->flow->opened_ns &&
			        is_text(&other->flow->events[other->steps[j].event], text_string(&wanted),
			                wanted.length);
		if (!found)
			continue;
		say_seen(look, "The answer to %s port %u was sent to %s port %u, who had asked before.",
		         name_at(look, &pairing->flow->address[0]), pairing->flow->port[0],
		         name_at(look, &other->flow->address[0]), other->flow->port[0]);
		say_means(look, "sendto() got another address than this question's: one that is remembered from an earlier "
		                "recvfrom(), or written into the program.");
		say_next(look, "Answer to the address that recvfrom() filled in for this very datagram.");
	}
	text_free(&wanted);
	return found;
}

bool find_reply_to_server_port(const struct look *look)
{
	const struct pairing *pairing, *stray = misplaced_answer(look, &pairing);

	if (!stray || stray->flow->port[1] != pairing->flow->port[1])
		return false;
	say_misplaced(look, pairing, stray);
	say_means(look, "%u is the port of %s itself. Every host has its own ports: the one that asked is %u.",
	          stray->flow->port[1], pairing->entry->flow.target.host, pairing->flow->port[0]);
	say_next(look, "Send to the address that recvfrom() filled in, and leave its sin_port as it is.");
	return true;
}

bool find_reply_to_fixed_port(const struct look *look)
{
	const struct pairing *pairing, *stray = misplaced_answer(look, &pairing);

	if (!stray)
		return false;
	say_misplaced(look, pairing, stray);
	if (stray->flow->port[1] == swapped(pairing->flow->port[0]))
		say_means(look, "%u is %u with its two bytes exchanged: htons() or ntohs() turned a port that was right.",
		          stray->flow->port[1], pairing->flow->port[0]);
	else
		say_means(look, "The answer went to an address that is written into the program or was never filled in, "
		                "not to the one that asked.");
	say_next(look, "Send to the address that recvfrom() filled in: it is the source of the question.");
	return true;
}

bool find_new_socket_each_time(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i), *stray;
		const struct match_step *missing;
		struct text wanted = {0};
		bool found;

		if (!pairing->entry || !pairing->flow || !is_student(look, pairing->entry->flow.opener.host) || pairing->view)
			continue;
		missing = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		stray = stray_from(look, pairing->entry->flow.opener.host, pairing->flow->transport);
		if (!missing || !stray)
			continue;
		wanted_text(look, missing->item, &wanted);
		found = stray->flow->event_count && is_text(&stray->flow->events[0], text_string(&wanted), wanted.length);
		text_free(&wanted);
		if (!found)
			continue;
		say_seen(look, "%s said the first thing from port %u and the next from port %u.",
		         pairing->entry->flow.opener.host, pairing->flow->port[0], stray->flow->port[0]);
		say_means(look, "A new socket() was made in the middle of the talk: to the other side that is a stranger.");
		say_next(look, "Make the socket once and use it for the whole talk.");
		return true;
	}
	return false;
}

/* Whether the item of a matched step before STEP has the same words and sender. */
static bool said_before(const struct look *look, const struct pairing *pairing, const struct match_step *step)
{
	struct text wanted = {0}, earlier = {0};
	bool found = false;

	wanted_text(look, step->item, &wanted);
	for (const struct match_step *at = pairing->steps; at < step && !found; at++) {
		if (at->status != STEP_MATCHED || at->item->kind != ITEM_MESSAGE ||
		    at->item->direction != step->item->direction)
			continue;
		text_free(&earlier);
		wanted_text(look, at->item, &earlier);
		found = wanted.length && !strcmp(text_string(&wanted), text_string(&earlier));
	}
	text_free(&wanted);
	text_free(&earlier);
	return found;
}

bool find_same_answer_missing(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		const char *host;

		if (!step || step == pairing->steps || step[-1].status != STEP_MATCHED ||
		    step[-1].item->kind != ITEM_MESSAGE || step[-1].item->direction == step->item->direction ||
		    !said_before(look, pairing, step))
			continue;
		host = sender_of(pairing->entry, step->item->direction)->host;
		say_seen(look, "%s answered the first message, and not the next one.", host);
		say_means(look, "It does not go back to recv() after its first answer.");
		say_next(look, "Put recv() and send() into a loop that ends when recv() returns 0.");
		return true;
	}
	return false;
}

/* How many flows that nothing allows run from PAIRING's opener to its target. */
static size_t count_strays(const struct look *look, const struct pairing *pairing)
{
	size_t count = 0;

	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *other = pairing_at(look, i);

		count += !other->entry && other->view == pairing->view && other->flow &&
		         other->flow->transport == pairing->flow->transport &&
		         address_equal(&other->flow->address[0], &pairing->flow->address[0]) &&
		         address_equal(&other->flow->address[1], &pairing->flow->address[1]) &&
		         other->flow->port[1] == pairing->flow->port[1];
	}
	return count;
}

/* An expected TCP flow of the student's that has strays beside it. */
static const struct pairing *crowded(const struct look *look, size_t *strays)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (!pairing->entry || !pairing->flow || pairing->flow->transport != TRANSPORT_TCP ||
		    !is_student(look, pairing->entry->flow.opener.host))
			continue;
		*strays = count_strays(look, pairing);
		if (*strays)
			return pairing;
	}
	return NULL;
}

/* The step of PAIRING at which the other side's message, held back by the trace, is missing. */
static bool lacks_late_message(const struct look *look, const struct pairing *pairing)
{
	for (size_t i = 0; i < pairing->step_count; i++)
		if (pairing->steps[i].status == STEP_MISSING && pairing->steps[i].item->kind == ITEM_MESSAGE &&
		    !student_sends(look, pairing, pairing->steps[i].item->direction))
			return true;
	return false;
}

/* The end of PAIRING's SIDE, if the other side had more to say to it, and was to; NULL: no such end. */
static const struct event *early_end(const struct look *look, const struct pairing *pairing, int side)
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

/* Whether the trace has the opener speak again after it was spoken to: a channel that is
 * kept, and not a question with its answer. */
static bool is_channel(const struct expected_flow *flow)
{
	bool spoken_to = false;

	for (size_t i = 0; i < flow->item_count; i++) {
		if (flow->items[i].kind != ITEM_MESSAGE)
			continue;
		if (spoken_to && flow->items[i].direction == DIRECTION_ALONG)
			return true;
		spoken_to |= flow->items[i].direction == DIRECTION_AGAINST;
	}
	return false;
}

bool find_gave_up_early(const struct look *look)
{
	size_t strays;
	const struct pairing *pairing = crowded(look, &strays);
	const char *host;

	if (!pairing || !early_end(look, pairing, 0) || is_channel(&pairing->entry->flow))
		return false;
	host = pairing->entry->flow.opener.host;
	say_seen(look, "%s hung up before the answer came, and called again: %zu calls instead of one.", host, strays + 1);
	say_means(look, "It did not stay in recv() for as long as the wait takes: a timeout (SO_RCVTIMEO, poll, select), or "
	                "close() without waiting.");
	say_next(look, "Wait in recv() until the answer comes; the other side keeps the question open for you.");
	return true;
}

bool find_polls_not_push(const struct look *look)
{
	size_t strays;
	const struct pairing *pairing = crowded(look, &strays);
	const char *host;

	if (!pairing || pairing->entry->flow.most != 1 || !event_from(pairing->flow, 0, EVENT_FIN) ||
	    find_gave_up_early(look) || find_new_socket_each_time(look))
		return false;
	host = pairing->entry->flow.opener.host;
	say_seen(look, "%s opened %zu connections where one is enough.", host, strays + 1);
	say_means(look, "It closes and calls connect() again for every message: that is polling.");
	say_next(look, "Keep the one connection open and wait in recv() for what the other side has to say.");
	return true;
}

bool find_two_connections(const struct look *look)
{
	size_t strays;
	const struct pairing *pairing = crowded(look, &strays);
	const char *host;

	if (!pairing || pairing->entry->flow.most != 1 || find_gave_up_early(look) ||
	    find_new_socket_each_time(look))
		return false;
	host = pairing->entry->flow.opener.host;
	say_seen(look, "%s opened %zu connections, the next before the first was over; expected one.", host, strays + 1);
	say_means(look, "connect() is called more than once. A connection carries both ways: one for sending and one for "
	                "receiving are not needed.");
	say_next(look, "Call connect() once, and use that socket for send() and recv().");
	return true;
}

/* Whether the flow that was opened last before PAIRING's, by the same host, was still open then. */
static bool is_parallel(const struct look *look, const struct pairing *pairing)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *other = pairing_at(look, i)->flow;
		const struct event *fin = other ? event_from(other, 0, EVENT_FIN) : NULL;

		if (!other || other == pairing->flow || pairing_at(look, i)->view != pairing->view ||
		    !address_equal(&other->address[0], &pairing->flow->address[0]) ||
		    other->opened_ns > pairing->flow->opened_ns)
			continue;
		if (!fin || fin->time_ns > pairing->flow->opened_ns)
			return true;
	}
	return false;
}

bool find_asked_in_parallel(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (!(pairing->header & HEADER_TOO_SOON) || !is_student(look, pairing->entry->flow.opener.host) ||
		    !is_parallel(look, pairing))
			continue;
		say_seen(look, "%s called again while its last call was still open.", pairing->entry->flow.opener.host);
		say_means(look, "Several connections ask the same thing at once (threads, fork(), or connect() in a loop of its "
		                "own): the answer is no earlier for it.");
		say_next(look, "One call after the other: ask, receive, close, pause, and only then ask again.");
		return true;
	}
	return false;
}

/* Asks again where the trace has a new connection for it. */
bool find_same_connection_again(const struct look *look)
{
	const struct pairing *lacking = NULL;
	struct text wanted = {0};
	const char *host = NULL;

	for (size_t i = 0; i < look->match->pairing_count && !lacking; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (pairing->entry && !pairing->flow && pairing->entry->flow.transport == TRANSPORT_TCP &&
		    pairing->entry->flow.item_count && pairing->entry->flow.items[0].kind == ITEM_MESSAGE &&
		    is_student(look, pairing->entry->flow.opener.host))
			lacking = pairing;
	}
	if (!lacking)
		return false;
	wanted_text(look, &lacking->entry->flow.items[0], &wanted);
	for (size_t i = 0; i < look->match->pairing_count && !host; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		for (size_t j = 0; pairing->entry && j < pairing->step_count && !host; j++)
			if (pairing->steps[j].status == STEP_EXTRA &&
			    pairing->flow->events[pairing->steps[j].event].direction == DIRECTION_ALONG &&
			    is_text(&pairing->flow->events[pairing->steps[j].event], text_string(&wanted), wanted.length) &&
			    !strcmp(pairing->entry->flow.opener.host, lacking->entry->flow.opener.host))
				host = pairing->entry->flow.opener.host;
	}
	if (host) {
		say_seen(look, "%s said %s again on the same connection; expected on a new one.", host,
		         quote(text_string(&wanted), wanted.length));
		say_means(look, "The other side answers one question a connection and then closes: nobody reads the second.");
		say_next(look, "connect() for each question, and close() when its answer is there.");
	}
	text_free(&wanted);
	return host != NULL;
}

bool find_busy_poll(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (!(pairing->header & HEADER_TOO_SOON) || !is_student(look, pairing->entry->flow.opener.host))
			continue;
		say_seen(look, "%s called again sooner than %lld ms after its last call.", pairing->entry->flow.opener.host,
		         (long long)pairing->entry->flow.after_us / 1000);
		say_means(look, "The loop asks without a pause, or with one in the wrong unit (usleep() counts in "
		                "millionths of a second).");
		say_next(look, "Wait between two questions for as long as your program is told to (usleep, nanosleep or poll).");
		return true;
	}
	return false;
}

/* The words of a message, and right behind them the same words again. */
static bool says_again(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		for (size_t j = 1; pairing->entry && j < pairing->step_count; j++) {
			const struct match_step *step = &pairing->steps[j], *before = step - 1;
			struct bytes first, again;

			if (step->status != STEP_EXTRA || !step->offset || before->status != STEP_MATCHED ||
			    before->event != step->event || !student_sends(look, pairing, before->item->direction))
				continue;
			first = seen_bytes(pairing, before);
			again = seen_bytes(pairing, step);
			if (first.length < 2 || again.length < first.length || memcmp(first.at, again.at, first.length))
				continue;
			say_seen(look, "%s said %s again before the other side had spoken.",
			         sender_of(pairing->entry, before->item->direction)->host,
			         quote(first.at, first.length));
			say_means(look, "A loop calls send() without waiting in recv() for the answer to the last one.");
			say_next(look, "Take turns: send, receive, and only then send the next.");
			return true;
		}
	}
	return false;
}

bool find_did_not_wait(const struct look *look)
{
	if (says_again(look))
		return true;
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *missing = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		struct text wanted = {0};
		bool found = false;

		if (!missing)
			continue;
		wanted_text(look, missing->item, &wanted);
		for (size_t j = 0; j < pairing->step_count && wanted.length; j++) {
			struct bytes seen = seen_bytes(pairing, &pairing->steps[j]);

			found |= pairing->steps[j].status == STEP_EXTRA && seen.length == wanted.length &&
			         !memcmp(seen.at, text_string(&wanted), wanted.length) &&
			         pairing->flow->events[pairing->steps[j].event].direction == missing->item->direction;
		}
		if (found) {
			say_seen(look, "%s said %s before the other side had spoken.",
			         sender_of(pairing->entry, missing->item->direction)->host,
			         quote(text_string(&wanted), wanted.length));
			say_means(look, "It sent again without waiting in recv() or recvfrom() for what comes in between.");
			say_next(look, "Take turns: send, receive, and only then send the next.");
		}
		text_free(&wanted);
		if (found)
			return true;
	}
	return false;
}

/* ---- how it ended ---- */

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

/* The socket of the flow on HOST, which is on its SIDE, in this state and held by a program; NULL: none. */
static const struct sock_entry *end_of(const struct look *look, const char *host, const struct flow *flow, int side,
                                       enum sock_state state)
{
	size_t count;
	const struct sock_entry *entry = scene_sockets(look->scene, host, &count);

	for (; count--; entry++)
		if (entry->transport == flow->transport && entry->state == state && !entry->orphan &&
		    entry->local_port == flow->port[side] && entry->remote_port == flow->port[!side])
			return entry;
	return NULL;
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

bool find_silent_client(const struct look *look)
{
	const struct pairing *first = look->first;
	const char *host;

	if (!first || !first->entry)
		return false;
	host = first->entry->flow.opener.host;
	if (!is_student(look, host) || (first->flow && event_from(first->flow, 0, EVENT_MESSAGE)))
		return false;
	for (size_t i = 0; i < look->match->pairing_count; i++)
		if (pairing_at(look, i)->flow && pairing_at(look, i) != first &&
		    is_student_at(look, &pairing_at(look, i)->flow->address[0]))
			return false;
	if (first->flow) {
		say_seen(look, "%s opened the connection and said nothing.", host);
		say_means(look, "connect() succeeded; send() did not follow, or failed.");
		say_next(look, "Call send() after connect(), and look at what it returns.");
		return true;
	}
	say_seen(look, "Nothing of %s was seen on the link.", host);
	say_means(look, first->entry->flow.transport == TRANSPORT_UDP
	                        ? "sendto() was not called, or failed, or sent to this very host (127.0.0.1)."
	                        : "connect() was not called, or failed before a packet left, or called this very host "
	                          "(127.0.0.1).");
	say_next(look, "Make the socket, then %s with the address and port that the program is given; look at what each "
	               "call returns (perror tells why it failed).",
	         first->entry->flow.transport == TRANSPORT_UDP ? "sendto()" : "connect()");
	return true;
}

/* All was read, nothing was answered, both sides sit in recv(). */
bool find_both_wait(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		const struct evidence_program *program;
		const struct sock_entry *entry;
		const char *host, *other;
		int side;

		if (!step || !pairing->flow || pairing->flow->transport != TRANSPORT_TCP)
			continue;
		side = step->item->direction == DIRECTION_AGAINST;
		host = sender_of(pairing->entry, step->item->direction)->host;
		other = sender_of(pairing->entry, side ? DIRECTION_ALONG : DIRECTION_AGAINST)->host;
		program = scene_student(look->scene, host);
		entry = end_of(look, host, pairing->flow, side, SOCK_CONNECTED);
		if (!entry || entry->receive_queue || !program || program->end != PROGRAM_RUNNING ||
		    !event_from(pairing->flow, !side, EVENT_MESSAGE))
			continue;
		say_seen(look, "%s has received what %s said and says nothing; %s waits for the answer.", host, other, other);
		say_means(look, "Both wait for each other. Either send() is missing, or %s waits for more that never comes: a "
		                "newline, a full buffer, the end of the connection, a key.", host);
		say_next(look, "Which call is the program in now? Answer as soon as the whole message is there, and be sure "
		               "how you know that it is whole.");
		return true;
	}
	return false;
}

bool find_no_answer(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		const struct evidence_program *program;
		const char *host;

		if (!step || !pairing->flow)
			continue;
		host = sender_of(pairing->entry, step->item->direction)->host;
		program = scene_student(look->scene, host);
		if (step->item->direction == DIRECTION_ALONG && program && program->end != PROGRAM_RUNNING)
			continue;
		say_seen(look, "%s was spoken to and did not answer.", host);
		say_means(look, "The bytes arrived, and no %s followed, or it failed.",
		          pairing->flow->transport == TRANSPORT_UDP ? "sendto()" : "send()");
		say_next(look, "After %s, send the answer to whoever spoke, and look at what the call returns.",
		         pairing->flow->transport == TRANSPORT_UDP ? "recvfrom()" : "recv()");
		return true;
	}
	return false;
}

bool find_missing_message(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		struct text wanted = {0};

		if (!step)
			continue;
		wanted_text(look, step->item, &wanted);
		say_seen(look, "%s never said %s.", sender_of(pairing->entry, step->item->direction)->host,
		         quote(text_string(&wanted), wanted.length));
		say_means(look, "The program ended, or went on, without sending it.");
		say_next(look, "Send it on the same socket, after what came before it.");
		text_free(&wanted);
		return true;
	}
	return false;
}

bool find_extra_message(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		for (size_t j = 0; pairing->entry && j < pairing->step_count; j++) {
			const struct match_step *step = &pairing->steps[j];
			const struct event *event = step->event == MATCH_NO_EVENT ? NULL : &pairing->flow->events[step->event];
			struct bytes seen;

			if (step->status != STEP_EXTRA || event->kind != EVENT_MESSAGE ||
			    !student_sends(look, pairing, event->direction))
				continue;
			seen = seen_bytes(pairing, step);
			say_seen(look, "%s also said %s, which nobody waits for here.",
			         sender_of(pairing->entry, event->direction)->host, quote(seen.at, seen.length));
			say_means(look, "There is one send() or sendto() too many on this socket, or one in a loop.");
			say_next(look, "Compare your messages with the expected ones in the picture, one by one.");
			return true;
		}
	}
	return false;
}

/* None fits: the plain divergence, said as well as can be. */
bool find_divergence(const struct look *look)
{
	const struct pairing *first = look->first;

	if (!first) {
		say_seen(look, "A relation of the trace does not hold: see line %d of %s.",
		         look->match->where ? look->match->where->line : 0, look->scene->trace->file);
		say_means(look, "Two ports that should differ (or be the same) are not so.");
	} else if (!first->flow) {
		struct text line = {0};

		trace_print_flow(&first->entry->flow, &line);
		say_seen(look, "This never came: %s", text_string(&line));
		say_means(look, "No packet of it was seen.");
		text_free(&line);
	} else if (!first->entry) {
		say_seen(look, "%s spoke to %s, port %u, which this lesson does not ask for.",
		         name_at(look, &first->flow->address[0]), name_at(look, &first->flow->address[1]),
		         first->flow->port[1]);
		say_means(look, "There is one call of connect() or sendto() too many, or one with another address.");
	} else {
		say_seen(look, "%s and %s did not talk as expected (line %d of %s).",
		         name_at(look, &first->flow->address[0]), name_at(look, &first->flow->address[1]),
		         first->entry->line, look->scene->trace->file);
		say_means(look, "The picture shows the first arrow that differs.");
	}
	say_next(look, "Look at the marked arrow and at the expected one beside it: which call makes the difference?");
	return true;
}
