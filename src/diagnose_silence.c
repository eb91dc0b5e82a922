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

/* Whether PROGRAM, on SIDE of PAIRING, has received again when it had spoken: by the calls, or because nothing lies
 * unread. */
static bool received_again(const struct look *look, const struct pairing *pairing, int side,
                           const struct evidence_program *program)
{
	const struct call *made = pairing->flow->transport == TRANSPORT_TCP ? call_that_opened(look, pairing, side) : NULL;
	const struct call *call = made ? call_on(look, made, NULL, CALLS_SEND) : NULL;

	while (call && (call = call_on(look, made, call, CALLS_RECEIVE)))
		if (call->result > 0)
			return true;
	return program && was_read(look, program->host, pairing->flow, side);
}

bool find_same_answer_missing(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		const struct evidence_program *program;
		const char *host;

		if (!step || step == pairing->steps || step[-1].status != STEP_MATCHED ||
		    step[-1].item->kind != ITEM_MESSAGE || step[-1].item->direction == step->item->direction ||
		    !said_before(look, pairing, step))
			continue;
		host = sender_name(look, pairing->entry, step->item->direction);
		program = scene_student(look->scene, host);
		/* Who waits for several at once, or turns round that, is told of what he waits for. */
		if (call_waiting_in(look, program, CALLS_WAIT) || call_turning(look, program))
			continue;
		say_seen(look, "%s answered the first message, and not the next one.", host);
		say_means(look, received_again(look, pairing, step->item->direction == DIRECTION_AGAINST, program)
		                        ? "It has received again after its first answer, and has not sent another one."
		                        : "It does not go back to recv() after its first answer.");
		say_next(look, "Put recv() and send() into a loop that ends when recv() returns 0.");
		return true;
	}
	return false;
}

/* Whether HOST, or who sends out its words, has opened another flow than PAIRING's; one that is PAIRING's, seen elsewhere,
 * is none. */
static bool opened_another(const struct look *look, const struct pairing *pairing, const char *host)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;

		if (!flow || pairing_at(look, i) == pairing ||
		    strcmp(speaker(look, name_at(look, &flow->address[0])), host) != 0)
			continue;
		if (!pairing->flow || pairing_at(look, i)->view == pairing->view || event_from(flow, 0, EVENT_MESSAGE))
			return true;
	}
	return false;
}

/* What the program that has sent nothing did instead, by its calls. False: not known. */
static bool say_instead(const struct look *look, const struct evidence_program *program, unsigned speaks)
{
	const struct call *waiting = call_waiting(look, program), *last = call_last(look, program);

	if (!calls_complete(look) || !program || call_next(look, NULL, program, speaks))
		return false;
	if (waiting && CALLS_RECEIVE & CALLS(waiting->kind) && waiting->line[0]) {
		say_means(look, "It waits in %s() at %s, and has asked nobody anything yet.", call_word(waiting->kind),
		          waiting->line);
		say_next(look, "Whoever is to speak first sends before he waits: put the call that sends before that one.%s",
		         look->first->entry->flow.transport == TRANSPORT_TCP
		                 ? " (fprintf() and fputs() only fill a buffer; fflush() is what sends it.)" : "");
	} else if (program->end == PROGRAM_EXITED && !last)
		say_means(look, "It ended (exit status %d) without a single socket call.", program->value);
	else if (program->end == PROGRAM_EXITED && last->line[0])
		say_means(look, "Its last socket call was %s() at %s, which %s; then it ended (exit status %d).",
		          call_word(last->kind), last->line, last->error ? "failed" : "succeeded", program->value);
	else
		return false;
	return true;
}

bool find_silent_client(const struct look *look)
{
	const struct pairing *first = look->first;
	const struct evidence_program *program;
	const char *host;
	bool udp;

	if (!first || !first->entry)
		return false;
	host = sender_name(look, first->entry, DIRECTION_ALONG);
	if (!is_student(look, host) || (first->flow && event_from(first->flow, 0, EVENT_MESSAGE)) ||
	    opened_another(look, first, host))
		return false;
	if (first->flow && event_from(first->flow, 1, EVENT_MESSAGE))
		return false; /* it was spoken to, and owes an answer: others say that */
	program = scene_student(look->scene, host);
	udp = first->entry->flow.transport == TRANSPORT_UDP;
	/* A call that nobody took is no connection that one could speak on. */
	if (first->flow && !udp && !first->flow->established)
		return false;
	blame(look, call_waiting(look, program));
	if (first->flow) {
		say_seen(look, "%s opened the connection and said nothing.", host);
		say_next(look, "Call send() after connect(), and look at what it returns.");
		if (!say_instead(look, program, CALLS_SEND))
			say_means(look, "connect() succeeded; send() did not follow, or failed.");
		return true;
	}
	say_seen(look, "Nothing of %s was seen on the link.", host);
	say_next(look, "Make the socket, then %s the address and port that the program is given; look at what each "
	               "call returns (perror tells why it failed).", udp ? "send to" : "connect() to");
	if (!say_instead(look, program, udp ? CALLS_SEND : CALLS(CALL_CONNECT)))
		say_means(look, udp ? "No datagram was sent, or the call failed, or it went to this very host (127.0.0.1)."
		                    : "connect() was not called, or failed before a packet left, or called this very host "
		                      "(127.0.0.1).");
	return true;
}

/* The program got what was said, and asked for more without a word of its own. False: not known. */
static bool say_asked_on(const struct look *look, const struct evidence_program *program, const struct call *received)
{
	const struct call *next = received && calls_complete(look)
	                                  ? call_next(look, received, program, CALLS_RECEIVE | CALLS_SEND) : NULL;

	if (!next || CALLS_SEND & CALLS(next->kind) || next->process != received->process || !received->line[0] ||
	    !next->line[0])
		return false;
	if (!strcmp(received->line, next->line))
		say_means(look, "%s() at %s brought it. The program came back to that call, and no send() or sendto() lay in between.",
		          call_word(received->kind), received->line);
	else
		say_means(look, "%s() at %s brought it. The next call was %s() at %s, which asks for more, and no send() or sendto() lay "
		                "in between.", call_word(received->kind), received->line, call_word(next->kind), next->line);
	return true;
}

/* The last call before WAITING by which the program got bytes on the same socket; NULL: none. */
static const struct call *received_before(const struct look *look, const struct evidence_program *program,
                                          const struct call *waiting)
{
	const struct call *received = NULL;

	for (const struct call *call = NULL; waiting && (call = call_next(look, call, program, CALLS_RECEIVE)) && call < waiting; )
		if (call_succeeded(call) && call->result > 0 && call->fd == waiting->fd)
			received = call;
	return received;
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
		host = sender_name(look, pairing->entry, step->item->direction);
		other = sender_name(look, pairing->entry, direction_back(step->item->direction));
		program = scene_student(look->scene, host);
		entry = end_of(look, host, pairing->flow, side, SOCK_CONNECTED);
		if (!entry || entry->receive_queue || !program || program->end != PROGRAM_RUNNING ||
		    !event_from(pairing->flow, !side, EVENT_MESSAGE))
			continue;
		blame(look, call_waiting(look, program));
		say_seen(look, "%s has received what %s said and says nothing; %s waits for the answer.", host, other, other);
		if (!say_asked_on(look, program, received_before(look, program, call_waiting(look, program))))
			say_means(look, "Both wait for each other. Either send() is missing, or got the length 0, or %s waits for more that never "
			                "comes: a newline, a full buffer, the end of the connection, a key.", host);
		say_next(look, "Which call is the program in now? Answer as soon as the whole message is there, and be sure "
		               "how you know that it is whole.");
		return true;
	}
	return false;
}

/* Who spoke in a flow, as who was spoken to saw him: behind a NAT that is another name than the wire there shows. */
struct asker {
	struct address address;
	uint16_t port;
	const struct call *heard; /* the call that brought his words; NULL: not known */
};

/* The call that brought PROGRAM the words with which the opener of FLOW began, from a router's own name. */
static const struct call *heard_from_router(const struct look *look, const struct evidence_program *program,
                                            const struct flow *flow)
{
	const struct event *said = event_from(flow, 0, EVENT_MESSAGE);
	const struct call *call = NULL;

	while (said && (call = call_next(look, call, program, CALLS_RECEIVE)))
		if (call_succeeded(call) && call->address.family && call->end_ns >= said->time_ns &&
		    (call->result > 0 && ((uint64_t)call->result == said->length || call_truncated(call, said))) &&
		    leaves_by(look, name_at(look, &flow->address[0]), name_at(look, &call->address)))
			return call;
	return NULL;
}

/* False: his name is not known, as a router changed it and no call tells what it was. */
static bool find_asker(const struct look *look, const struct pairing *pairing, const struct evidence_program *program,
                       struct asker *asker)
{
	const struct flow *flow = pairing->flow;
	const char *host = name_at(look, &flow->address[0]);
	const struct lesson *lesson = look->scene->lesson;
	bool behind = false;

	for (size_t i = 0; i < lesson->host_count; i++)
		behind |= leaves_by(look, host, lesson->hosts[i].name);
	*asker = (struct asker){flow->address[0], flow->port[0], NULL};
	asker->heard = behind ? heard_from_router(look, program, flow) : call_that_received(look, program, flow, 1);
	if (!behind)
		return true;
	if (!asker->heard)
		return false;
	asker->address = asker->heard->address;
	asker->port = asker->heard->port;
	return true;
}

/* Whether CALL went to somebody who had asked, too: that is his answer. */
static bool is_to_asker(const struct look *look, const struct call *call, const struct evidence_program *program)
{
	const struct call *heard = NULL;

	while ((heard = call_next(look, heard, program, CALLS_RECEIVE)))
		if (call->port == heard->port && address_equal(&call->address, &heard->address))
			return true;
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;

		if (flow && call->port == flow->port[0] && address_equal(&call->address, &flow->address[0]) &&
		    !strcmp(name_at(look, &flow->address[1]), call->host))
			return true;
	}
	return false;
}

/* A datagram of PROGRAM's to somebody who had not asked, instead of to ASKER; or to him, from another socket than the one
 * that he had spoken to. NULL: none, or not known. */
static const struct call *sent_elsewhere(const struct look *look, const struct asker *asker,
                                         const struct evidence_program *program)
{
	const struct call *call = NULL, *elsewhere = NULL;

	while ((call = call_next(look, call, program, CALLS(CALL_SENDTO) | CALLS(CALL_SENDMSG)))) {
		if (call->port == asker->port && address_equal(&call->address, &asker->address))
			return asker->heard && call->fd != asker->heard->fd && call_succeeded(call) ? call : NULL;
		elsewhere = call->address.family && !elsewhere && !is_to_asker(look, call, program) ? call : elsewhere;
	}
	return elsewhere;
}

/* A datagram that did not fit. False: it did, or that is not known. */
static bool say_truncated(const struct look *look, const struct flow *flow, int side,
                          const struct evidence_program *program)
{
	const struct call *call = call_that_received(look, program, flow, side);
	const struct event *said = event_from(flow, !side, EVENT_MESSAGE);

	if (flow->transport != TRANSPORT_UDP || !call || !call_truncated(call, said))
		return false;
	say_means(look, "%s()%s%s had room for %lld of its %zu bytes. The rest of a datagram that does not fit is lost.",
	          call_word(call->kind), call->line[0] ? " at " : "", call->line, (long long)call->length, said->length);
	say_next(look, "Give it a buffer that holds the longest message, and its size.");
	blame(look, call);
	return true;
}

/* Whether the answer came to the socket that asked, and the program waits in WAITING on another one; then says so. */
static bool say_waits_elsewhere(const struct look *look, const struct pairing *pairing,
                                const struct evidence_program *program, const struct call *waiting)
{
	const struct event *heard = event_from(pairing->flow, 1, EVENT_MESSAGE);
	const struct call *spoke = call_to(look, pairing->flow), *made = call_that_made(look, waiting), *asked;

	asked = spoke ? call_that_made(look, spoke) : NULL;
	if (!asked || !made || asked == made || asked->process != made->process || !calls_complete(look) ||
	    call_has_copies(look, asked) || call_on(look, asked, NULL, CALLS_RECEIVE | CALLS_WAIT))
		return false;
	say_seen(look, "%s spoke on descriptor %lld and waits in %s() on descriptor %d; the answer of %s, %s, came to the first "
	               "one.", program->host, (long long)asked->result, call_word(waiting->kind), waiting->fd,
	         name_at(look, &pairing->flow->address[1]), quote(heard->bytes, heard->kept));
	say_means(look, "Each socket has a port of its own, and gets only what is sent to that port.");
	say_next(look, "Use one socket for both: receive on the one that you send with.");
	blame(look, waiting);
	return true;
}

/* The same for a socket that is connect()ed to somebody else than who answered. */
static bool say_takes_from_another(const struct look *look, const struct pairing *pairing,
                                   const struct evidence_program *program, const struct call *waiting)
{
	const struct event *heard = event_from(pairing->flow, 1, EVENT_MESSAGE);
	const struct call *made = call_that_made(look, waiting), *call = NULL, *tied = NULL;
	const struct address *other = &pairing->flow->address[1];

	while (made && (call = call_on(look, made, call, CALLS(CALL_CONNECT))) && call < waiting)
		tied = call_succeeded(call) ? call : tied;
	if (!tied || !tied->address.family || (tied->port == pairing->flow->port[1] && address_equal(&tied->address, other)) ||
	    call_that_received(look, program, pairing->flow, 0))
		return false;
	say_seen(look, "%s answered %s with %s; %s waits in %s() on a socket that connect() has tied to %s, port %u.",
	         name_at(look, other), program->host, quote(heard->bytes, heard->kept), program->host, call_word(waiting->kind),
	         name_at(look, &tied->address), tied->port);
	say_means(look, "A UDP socket that is connect()ed takes only what comes from that very address and port.");
	say_next(look, "Give connect() the address and port of who answers; or leave it out, and use sendto().");
	blame(look, tied);
	return true;
}

/* Who was to go on when it had been answered waits for another answer. */
static bool say_stopped(const struct look *look, const struct pairing *pairing, const struct evidence_program *program)
{
	const struct event *heard = event_from(pairing->flow, 1, EVENT_MESSAGE);
	const struct call *waiting = call_waiting(look, program), *blind = call_without_room(look, program);

	if (!heard || !program || pairing->flow->transport != TRANSPORT_UDP || !waiting ||
	    !(CALLS_RECEIVE & CALLS(waiting->kind)))
		return false;
	if (say_waits_elsewhere(look, pairing, program, waiting) || say_takes_from_another(look, pairing, program, waiting))
		return true;
	say_seen(look, "%s heard %s from %s and did not go on: it waits in %s() for something else.", program->host,
	         quote(heard->bytes, heard->kept), name_at(look, &pairing->flow->address[1]), call_word(waiting->kind));
	if (blind) {
		say_means(look, "recvfrom() has not filled in who had sent: its last argument said that there is no room for an "
		                "address, and what the program compares is something old.");
		say_next(look, "Set that size to sizeof of the struct before each recvfrom().");
	} else if (say_truncated(look, pairing->flow, 0, program)) {
		return true;
	} else {
		if (!say_asked_on(look, program, call_that_received(look, program, pairing->flow, 0)))
			say_means(look, "What had come was not taken for what the program waits for: %s() was called once more, and "
			                "there is no more to come.", call_word(waiting->kind));
		say_next(look, "Between the two calls: send what is due there. Where a comparison decides whether this was the answer, "
		               "print what recvfrom() brought, and from whom, and follow it.");
	}
	blame(look, blind ? blind : waiting);
	return true;
}

/* What the program that was spoken to, on SIDE, did instead of an answer. */
static void say_instead_of_answer(const struct look *look, const struct pairing *pairing, int side,
                                  const struct evidence_program *program)
{
	const struct flow *flow = pairing->flow;
	bool udp = flow->transport == TRANSPORT_UDP;
	struct asker asker;
	const struct call *elsewhere = side && udp && find_asker(look, pairing, program, &asker)
	                                       ? sent_elsewhere(look, &asker, program) : NULL;

	say_next(look, "After %s, send the answer to whoever spoke, and look at what the call returns.",
	         udp ? "recvfrom()" : "recv()");
	blame(look, elsewhere ? elsewhere : call_waiting(look, program));
	if (elsewhere)
		say_seen(look, "%s was spoken to, and no answer came back to %s.", program->host, name_at(look, &flow->address[0]));
	if (elsewhere && elsewhere->port == asker.port && address_equal(&elsewhere->address, &asker.address)) {
		say_means(look, "%s() was called with the right address, and on another socket than the one that was spoken to: the "
		                "answer comes from a port that nobody knows.", call_word(elsewhere->kind));
		say_next(look, "Call sendto() on the same socket that recvfrom() was called on.");
	} else if (elsewhere)
		say_means(look, "%s() was called with another address than the one that asked, which is %s port %u.",
		          call_word(elsewhere->kind), name_at(look, &asker.address), asker.port);
	else if (say_truncated(look, flow, side, program))
		return;
	else if (say_asked_on(look, program, call_that_received(look, program, flow, side)))
		say_next(look, "Between the two calls: send what is due there. Where a comparison decides whether you do, "
		               "remember that what came has no 0 byte behind it.");
	else
		say_means(look, udp ? "The bytes arrived, and no sendto() to who had sent them followed, or it failed."
		                    : "The bytes arrived, and no send() followed, or it failed.");
}

/* Whether the words of the other side that stand before STEP in the trace have come to who owes STEP's. */
static bool was_spoken_to(const struct pairing *pairing, const struct match_step *step)
{
	for (const struct match_step *at = step; at > pairing->steps; at--)
		if (at[-1].item && at[-1].item->kind == ITEM_MESSAGE && at[-1].item->direction != step->item->direction)
			return at[-1].status != STEP_MISSING;
	return event_from(pairing->flow, step->item->direction == DIRECTION_ALONG, EVENT_MESSAGE) != NULL;
}

bool find_no_answer(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		const struct evidence_program *program;
		int side;

		if (!step || !pairing->flow || !was_spoken_to(pairing, step))
			continue;
		/* The side of the seen flow: who was to answer may have begun. */
		side = as_expected(pairing, step->item->direction) == DIRECTION_AGAINST;
		program = program_behind(look, pairing, step->item->direction);
		if (!event_from(pairing->flow, !side, EVENT_MESSAGE))
			continue; /* nobody has spoken to it */
		if (!side && program && program->end != PROGRAM_RUNNING)
			continue;
		if (!side && say_stopped(look, pairing, program))
			return true;
		say_seen(look, "%s was spoken to and did not answer.",
		         host_behind(look, pairing, step->item->direction));
		say_instead_of_answer(look, pairing, side, program);
		return true;
	}
	return false;
}

bool find_missing_message(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		const struct evidence_program *program;
		const struct call *waiting;
		struct text wanted = {0};

		if (!step)
			continue;
		program = program_behind(look, pairing, step->item->direction);
		wanted_text(look, step->item, &wanted);
		if (step->item->pattern.kind == PATTERN_TEXT || step->item->pattern.kind == PATTERN_PREFIX)
			say_seen(look, "%s never said %s.", host_behind(look, pairing, step->item->direction),
			         quote(text_string(&wanted), wanted.length));
		else
			say_seen(look, "A message of %s is missing here; any words would do.",
			         host_behind(look, pairing, step->item->direction));
		say_next(look, "Send it on the same socket, after what came before it.");
		waiting = call_waiting(look, program);
		if (pairing->flow && pairing->flow->transport == TRANSPORT_TCP && !pairing->flow->established) {
			say_means(look, "There was no connection to send it on: no call was answered.");
			say_next(look, "Which address and port does each side call from, and which does it call? Compare them with the "
			               "arguments.");
			blame(look, waiting);
		} else if (program && program->end == PROGRAM_EXITED) {
			say_means(look, "The program ended (exit status %d) without sending it.", program->value);
		} else if (waiting && waiting->line[0]) {
			say_means(look, "The program waits in %s() at %s, and has not sent it.", call_word(waiting->kind), waiting->line);
			blame(look, waiting);
		} else {
			say_means(look, "The program ended, or went on, without sending it.");
		}
		text_free(&wanted);
		return true;
	}
	return false;
}

#define MANY 3 /* times the same words, and one can speak of a loop */

/* The words of STEP, one too many, had their turn before, more than once. */
static bool say_too_often(const struct look *look, const struct pairing *pairing, const struct match_step *step)
{
	const struct event *extra = &pairing->flow->events[step->event];
	size_t said = 0, due = 0;

	for (size_t i = 0; i < pairing->step_count; i++) {
		const struct match_step *at = &pairing->steps[i];
		const struct event *event = at->event == MATCH_NO_EVENT ? NULL : &pairing->flow->events[at->event];

		if (!event || event->direction != extra->direction || at->offset ||
		    !says_just(event, (const char *)extra->bytes, extra->kept))
			continue;
		said++;
		due += at->status == STEP_MATCHED;
	}
	if (due < MANY)
		return false;
	say_seen(look, "%s said %s %zu times; at most %zu are expected.", sender_name(look, pairing->entry, extra->direction),
	         quote(extra->bytes, extra->kept), said, due);
	say_means(look, "A loop around send() or sendto() turns too often, or does not wait between two turns.");
	say_next(look, "Which number ends the loop, and which one is its pause? Look at the order of the arguments.");
	return true;
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
			    !student_sends(look, pairing, as_expected(pairing, event->direction)))
				continue;
			seen = seen_bytes(pairing, step);
			if (say_too_often(look, pairing, step))
				return true;
			say_seen(look, "%s also said %s, which nobody waits for here.",
			         sender_name(look, pairing->entry, as_expected(pairing, event->direction)),
			         quote(seen.at, seen.length));
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
