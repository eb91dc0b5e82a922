/* diagnose_talk.c - diagnoses about what was said, by whom, and how it ended. */
#include "diagnose_parts.h"

#include <string.h>

static const struct pairing *pairing_at(const struct look *look, size_t i)
{
	return &look->match->pairings[i];
}

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

/* A flow that nothing allows, opened by HOST. */
static const struct pairing *stray_from(const struct look *look, const char *host, enum transport transport)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (!pairing->entry && pairing->flow->transport == transport && !pairing->view &&
		    !strcmp(name_at(look, &pairing->flow->address[0]), host))
			return pairing;
	}
	return NULL;
}

bool find_reply_from_other_socket(const struct look *look)
{
	const struct pairing *pairing, *stray;
	const char *host;

	if (!missing_answer(look, &pairing) || pairing->flow->transport != TRANSPORT_UDP)
		return false;
	host = pairing->entry->flow.target.host;
	stray = stray_from(look, host, TRANSPORT_UDP);
	if (!stray || stray->flow->port[0] == pairing->flow->port[1])
		return false;
	say_seen(look, "%s was asked at port %u and answered from port %u.", host, pairing->flow->port[1],
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
			        is_text(&other->flow->events[other->steps[j].event], text_string(&wanted),
			                wanted.length);
		if (!found)
			continue;
		say_seen(look, "The answer to %s port %u was sent to %s port %u, who had asked before.",
		         name_at(look, &pairing->flow->address[0]), pairing->flow->port[0],
		         name_at(look, &other->flow->address[0]), other->flow->port[0]);
		say_means(look, "sendto() got the address of an earlier datagram: the sender is remembered from the "
		                "first recvfrom().");
		say_next(look, "Answer to the address that recvfrom() filled in for this very datagram.");
	}
	text_free(&wanted);
	return found;
}

bool find_reply_to_fixed_port(const struct look *look)
{
	const struct pairing *pairing, *stray;
	const char *host;

	if (!missing_answer(look, &pairing) || pairing->flow->transport != TRANSPORT_UDP)
		return false;
	host = pairing->entry->flow.target.host;
	stray = stray_from(look, host, TRANSPORT_UDP);
	if (!stray)
		return false;
	say_seen(look, "%s was asked from %s port %u and answered to %s port %u.", host,
	         name_at(look, &pairing->flow->address[0]), pairing->flow->port[0],
	         name_at(look, &stray->flow->address[1]), stray->flow->port[1]);
	say_means(look, "The answer went to an address that is written into the program, not to the one that asked.");
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

/* Whether the student's side of PAIRING ended before it had heard all that was meant for it. */
static const struct event *early_end(const struct look *look, const struct pairing *pairing)
{
	int side = is_student(look, pairing->entry->flow.opener.host) ? 0 : 1;
	const struct event *fin = event_from(pairing->flow, side, EVENT_FIN);
	const struct event *reset = event_from(pairing->flow, side, EVENT_RESET);
	const struct event *end = fin ? fin : reset;

	if (!end || pairing->flow->transport != TRANSPORT_TCP)
		return NULL;
	if (lacks_late_message(look, pairing))
		return end;
	/* A message of the other side that came after this side's end. */
	for (size_t i = 0; i < pairing->flow->event_count; i++) {
		const struct event *event = &pairing->flow->events[i];

		if (event->kind == EVENT_MESSAGE && event > end && event->direction != end->direction)
			return end;
	}
	return NULL;
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

	if (!pairing || !early_end(look, pairing) || is_channel(&pairing->entry->flow))
		return false;
	host = pairing->entry->flow.opener.host;
	say_seen(look, "%s hung up before the answer came, and called again: %zu calls instead of one.", host, strays + 1);
	say_means(look, "A timeout of the program (SO_RCVTIMEO, poll, select) is shorter than the wait.");
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

bool find_busy_poll(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (!(pairing->header & HEADER_TOO_SOON) || !is_student(look, pairing->entry->flow.opener.host))
			continue;
		say_seen(look, "%s called again sooner than %lld ms after its last call.", pairing->entry->flow.opener.host,
		         (long long)pairing->entry->flow.after_us / 1000);
		say_means(look, "The loop asks without a pause: many connections, and the answer is no earlier for it.");
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

/* ---- the bytes of a message ---- */

/* A message of the student's that is not the one expected. */
static const struct match_step *wrong_message(const struct look *look, const struct pairing **in)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct match_step *step = student_step(look, pairing_at(look, i), STEP_WRONG, ITEM_MESSAGE);

		*in = pairing_at(look, i);
		if (step)
			return step;
	}
	return NULL;
}

/* What the student sent and what was expected there: 0 when there is no such step. */
static bool compare_message(const struct look *look, const char **host, struct bytes *seen, struct text *wanted)
{
	const struct pairing *pairing;
	const struct match_step *step = wrong_message(look, &pairing);

	if (!step)
		return false;
	*host = sender_of(pairing->entry, step->item->direction)->host;
	*seen = seen_bytes(pairing, step);
	wanted_text(look, step->item, wanted);
	return wanted->length > 0;
}

bool find_newline_missing(const struct look *look)
{
	struct text wanted = {0};
	struct bytes seen;
	const char *host;
	bool found = compare_message(look, &host, &seen, &wanted) && seen.length + 1 == wanted.length &&
	             wanted.data[seen.length] == '\n' && !memcmp(seen.at, wanted.data, seen.length);

	if (found) {
		say_seen(look, "%s sent %s; expected %s.", host, quote(seen.at, seen.length),
		         quote(wanted.data, wanted.length));
		say_means(look, "The newline at the end is missing: the other side waits for the end of the line.");
		say_next(look, "Send the newline too: it is what tells where the message ends.");
	}
	text_free(&wanted);
	return found;
}

static void say_too_long(const struct look *look, const char *host, struct bytes extra, const struct text *wanted)
{
	bool zeros = true;

	for (size_t i = 0; i < extra.length; i++)
		zeros &= !extra.at[i];
	say_seen(look, "%s sent %s and then %zu byte%s more: %s.", host, quote(text_string(wanted), wanted->length),
	         extra.length, extra.length == 1 ? "" : "s", quote(extra.at, extra.length));
	if (zeros && extra.length == 1)
		say_means(look, "The length counts the NUL that ends a C string; on the wire a message has no such end.");
	else
		say_means(look, "The length given to send() or sendto() is not that of the message: a whole buffer "
		                "(sizeof) goes out, with whatever is in it.");
	say_next(look, "Send strlen(message) bytes, or as many as you received.");
}

/* The rest of a message behind what was expected, as a step of its own. */
static bool find_rest(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		for (size_t j = 1; pairing->entry && j < pairing->step_count; j++) {
			const struct match_step *step = &pairing->steps[j], *before = step - 1;
			struct text wanted = {0};
			bool found = step->status == STEP_EXTRA && step->offset && before->status == STEP_MATCHED &&
			             before->event == step->event &&
			             student_sends(look, pairing, before->item->direction);

			if (!found)
				continue;
			wanted_text(look, before->item, &wanted);
			say_too_long(look, sender_of(pairing->entry, before->item->direction)->host,
			             seen_bytes(pairing, step), &wanted);
			text_free(&wanted);
			return true;
		}
	}
	return false;
}

bool find_message_too_long(const struct look *look)
{
	struct text wanted = {0};
	struct bytes seen, extra;
	const char *host;
	bool found = compare_message(look, &host, &seen, &wanted) && seen.length > wanted.length &&
	             !memcmp(seen.at, wanted.data, wanted.length);

	if (found) {
		extra = (struct bytes){seen.at + wanted.length, seen.length - wanted.length};
		say_too_long(look, host, extra, &wanted);
	}
	text_free(&wanted);
	return found || find_rest(look);
}

bool find_message_cut(const struct look *look)
{
	struct text wanted = {0};
	struct bytes seen;
	const char *host;
	bool found = compare_message(look, &host, &seen, &wanted) && seen.length < wanted.length &&
	             !memcmp(seen.at, wanted.data, seen.length);

	if (found) {
		say_seen(look, "%s sent only %s; expected %s.", host, quote(seen.at, seen.length),
		         quote(wanted.data, wanted.length));
		say_means(look, "The length given to send() or sendto() is too small: sizeof of a pointer is 8, and not the "
		                "length of what it points to.");
		say_next(look, "Send strlen(message) bytes, and look at how many send() says it took.");
	}
	text_free(&wanted);
	return found;
}

/* The default of the lesson where the run had drawn another value. */
bool find_hard_coded(const struct look *look)
{
	const struct pairing *pairing;
	const struct match_step *step = wrong_message(look, &pairing);
	struct text usual = {0}, wanted = {0};
	struct bytes seen;
	bool found;

	if (!step || !look->scene->evidence.seed[0])
		return false;
	seen = seen_bytes(pairing, step);
	match_expand(&step->item->pattern, &look->scene->lesson->params, NULL, 0, &usual);
	wanted_text(look, step->item, &wanted);
	found = usual.length && seen.length == usual.length && !memcmp(seen.at, usual.data, usual.length);
	if (found) {
		say_seen(look, "%s sent %s; in this run it was given %s.",
		         sender_of(pairing->entry, step->item->direction)->host, quote(seen.at, seen.length),
		         quote(text_string(&wanted), wanted.length));
		say_means(look, "The text of the lesson is written into the program.");
		say_next(look, "Send what the program is given as an argument.");
	}
	text_free(&usual);
	text_free(&wanted);
	return found;
}

bool find_wrong_text(const struct look *look)
{
	struct text wanted = {0};
	struct bytes seen;
	const char *host;
	bool found = compare_message(look, &host, &seen, &wanted);

	if (found) {
		say_seen(look, "%s sent %s; expected %s.", host, quote(seen.at, seen.length),
		         quote(wanted.data, wanted.length));
		say_means(look, "send() or sendto() was given other bytes than the lesson asks for here.");
		say_next(look, "Compare the two texts byte by byte, and look at where the program takes its own from.");
	}
	text_free(&wanted);
	return found;
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
	say_means(look, "recv() was not called on the socket that accept() returned. On the listening socket it fails "
	                "(ENOTCONN): that one only receives connections.");
	say_next(look, "int conn = accept(listener, ...); then recv(conn, ...) and send(conn, ...).");
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
		say_means(look, "close() came right after send(). Who closes first must be sure that the other side has "
		                "nothing more to say.");
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

		if (!pairing->entry || !pairing->flow || pairing->view ||
		    !is_student(look, pairing->entry->flow.opener.host) || !early_end(look, pairing))
			continue;
		host = pairing->entry->flow.opener.host;
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
			say_means(look, "It closed while bytes of the other side were unread (or with SO_LINGER 0): the "
			                "kernel then resets, and the answer may be lost with it.");
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
	say_seen(look, "%s closed the connection without the answer.", pairing->entry->flow.target.host);
	say_means(look, "close() came, and send() before it did not.");
	say_next(look, "Between recv() and close(): send() the answer on the same connection.");
	return true;
}

bool find_never_closed(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_FIN);

		if (!step || student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE) ||
		    lacks_late_message(look, pairing))
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
	say_seen(look, "%s sent nothing at all.", host);
	say_means(look, first->entry->flow.transport == TRANSPORT_UDP
	                        ? "sendto() was not called, or failed."
	                        : "connect() was not called, or failed before a packet left.");
	say_next(look, "Make the socket, then %s with the address and port that the program is given; look at what each "
	               "call returns (perror tells why it failed).",
	         first->entry->flow.transport == TRANSPORT_UDP ? "sendto()" : "connect()");
	return true;
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
