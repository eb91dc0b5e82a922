/* diagnose_silence.c - diagnoses about words that are missing or too many; last of all, the one that fits always. */
#include "diagnose_parts.h"

#include <string.h>

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
	blame(look, call_waiting(look, scene_student(look->scene, host)));
	if (first->flow) {
		say_seen(look, "%s opened the connection and said nothing.", host);
		say_means(look, "connect() succeeded; send() did not follow, or failed.");
		say_next(look, "Call send() after connect(), and look at what it returns.");
		return true;
	}
	say_seen(look, "Nothing of %s was seen on the link.", host);
	say_means(look, first->entry->flow.transport == TRANSPORT_UDP
	                        ? "No datagram was sent, or the call failed, or it went to this very host (127.0.0.1)."
	                        : "connect() was not called, or failed before a packet left, or called this very host "
	                          "(127.0.0.1).");
	say_next(look, "Make the socket, then %s the address and port that the program is given; look at what each "
	               "call returns (perror tells why it failed).",
	         first->entry->flow.transport == TRANSPORT_UDP ? "send to" : "connect() to");
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
		blame(look, call_waiting(look, program));
		say_seen(look, "%s has received what %s said and says nothing; %s waits for the answer.", host, other, other);
		say_means(look, "Both wait for each other. Either send() is missing, or %s waits for more that never comes: a "
		                "newline, a full buffer, the end of the connection, a key.", host);
		say_next(look, "Which call is the program in now? Answer as soon as the whole message is there, and be sure "
		               "how you know that it is whole.");
		return true;
	}
	return false;
}

/* A datagram of PROGRAM's to somebody else than the one who asked in PAIRING; NULL: none, or not known. */
static const struct call *sent_elsewhere(const struct look *look, const struct pairing *pairing,
                                         const struct evidence_program *program)
{
	const struct flow *flow = pairing->flow;
	const struct call *call = NULL, *elsewhere = NULL;

	while ((call = call_next(look, call, program, CALLS(CALL_SENDTO) | CALLS(CALL_SENDMSG)))) {
		if (call->port == flow->port[0] && address_equal(&call->address, &flow->address[0]))
			return NULL;
		elsewhere = call->address.family && !elsewhere ? call : elsewhere;
	}
	return flow->transport == TRANSPORT_UDP ? elsewhere : NULL;
}

bool find_no_answer(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		const struct evidence_program *program;
		const struct call *elsewhere;
		const char *host;

		if (!step || !pairing->flow)
			continue;
		host = sender_of(pairing->entry, step->item->direction)->host;
		program = scene_student(look->scene, host);
		if (step->item->direction == DIRECTION_ALONG && program && program->end != PROGRAM_RUNNING)
			continue;
		blame(look, call_waiting(look, program));
		say_seen(look, "%s was spoken to and did not answer.", host);
		elsewhere = sent_elsewhere(look, pairing, program);
		if (elsewhere) {
			blame(look, elsewhere);
			say_means(look, "%s() was called with another address than the one that asked, which is %s port %u.",
			          call_word(elsewhere->kind), name_at(look, &pairing->flow->address[0]),
			          pairing->flow->port[0]);
		} else {
			say_means(look, "The bytes arrived, and no %s followed, or it failed.",
			          pairing->flow->transport == TRANSPORT_UDP ? "sendto()" : "send()");
		}
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

	if (say_view(look))
		return true;
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
