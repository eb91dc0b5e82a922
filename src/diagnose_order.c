/* diagnose_order.c - diagnoses about who called how often, and who did not wait for whom. */
#include "diagnose_parts.h"

#include <errno.h>
#include <string.h>

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

/* Whether PAIRING's opener had two connections at once: PAIRING's, and a stray beside it. */
static bool is_overlapped(const struct look *look, const struct pairing *pairing)
{
	const struct event *end = event_from(pairing->flow, 0, EVENT_FIN);

	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *other = pairing_at(look, i);
		const struct event *others;

		if (other->entry || !other->flow || other->view != pairing->view ||
		    other->flow->transport != pairing->flow->transport ||
		    !address_equal(&other->flow->address[0], &pairing->flow->address[0]) ||
		    !address_equal(&other->flow->address[1], &pairing->flow->address[1]) ||
		    other->flow->port[1] != pairing->flow->port[1])
			continue;
		others = event_from(other->flow, 0, EVENT_FIN);
		if ((!end || other->flow->opened_ns < end->time_ns) && (!others || pairing->flow->opened_ns < others->time_ns))
			return true;
	}
	return false;
}

/* Whether the trace has more than one message for the opener on FLOW's connection: then it is to be kept. */
static bool is_kept(const struct expected_flow *flow)
{
	size_t count = 0;

	for (size_t i = 0; i < flow->item_count; i++)
		count += (flow->items[i].kind == ITEM_MESSAGE && flow->items[i].direction == DIRECTION_AGAINST) ||
		         flow->items[i].item_count;
	return count > 1 || is_channel(flow);
}

bool find_polls_not_push(const struct look *look)
{
	size_t strays;
	const struct pairing *pairing = crowded(look, &strays);
	const char *host;

	if (!pairing || pairing->entry->flow.most != 1 || !event_from(pairing->flow, 0, EVENT_FIN) ||
	    !is_kept(&pairing->entry->flow) || is_overlapped(look, pairing) || find_gave_up_early(look) ||
	    find_new_socket_each_time(look))
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

	if (!pairing || pairing->entry->flow.most != 1 || !is_overlapped(look, pairing) || find_gave_up_early(look) ||
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

		bool early = pairing->flow && pairing->entry && (pairing->out_of_order || pairing->header & HEADER_TOO_SOON);

		if (!early || !is_student(look, pairing->entry->flow.opener.host) || !is_parallel(look, pairing))
			continue;
		say_seen(look, "%s called again while its last call was still open.", pairing->entry->flow.opener.host);
		say_means(look, "Several connections ask the same thing at once (threads, fork(), or connect() in a loop of its "
		                "own): the answer is no earlier for it.");
		say_next(look, "One call after the other: ask, receive, close, pause, and only then ask again.");
		return true;
	}
	return false;
}

/* The last of the calls that EXTRA is one more of: same caller, same port called, and over before. NULL: it is another
 * kind of call, or one that was due did not come. */
static const struct pairing *call_before(const struct look *look, const struct pairing *extra)
{
	const struct pairing *before = NULL;

	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct flow *flow = pairing->flow;

		if (pairing->view != extra->view || !pairing->entry)
			continue;
		if (!flow || pairing->cost)
			return NULL;
		if (flow->transport == TRANSPORT_TCP && flow->port[1] == extra->flow->port[1] &&
		    address_equal(&flow->address[0], &extra->flow->address[0]) &&
		    address_equal(&flow->address[1], &extra->flow->address[1]) && event_from(flow, 0, EVENT_FIN) &&
		    event_from(flow, 1, EVENT_MESSAGE) && flow->opened_ns < extra->flow->opened_ns)
			before = !before || flow->opened_ns > before->flow->opened_ns ? pairing : before;
	}
	return before;
}

bool find_asks_on(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *extra = pairing_at(look, i), *before;
		const char *host = extra->flow ? name_at(look, &extra->flow->address[0]) : NULL;
		const struct event *heard;

		if (extra->entry || !extra->flow || extra->flow->transport != TRANSPORT_TCP || !is_student(look, host))
			continue;
		before = call_before(look, extra);
		if (!before)
			continue;
		heard = event_from(before->flow, 1, EVENT_MESSAGE);
		say_seen(look, "%s had been told %s, and called %s again.", host, quote(heard->bytes, heard->kept),
		         name_at(look, &extra->flow->address[1]));
		say_means(look, "The loop that asks did not end with the answer that it was for.");
		say_next(look, "Compare each answer, and leave the loop with that one: by return, or break.");
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
			    says_just(&pairing->flow->events[pairing->steps[j].event], text_string(&wanted), wanted.length) &&
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

/* The flow that OPENER was to make as the one that is missing, and made earlier; NULL: none. */
static const struct flow *called_before(const struct look *look, const struct expected_flow *missing)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (pairing->flow && pairing->entry && !pairing->view && !pairing->header &&
		    !strcmp(pairing->entry->flow.opener.host, missing->opener.host) &&
		    !strcmp(pairing->entry->flow.target.host, missing->target.host))
			return pairing->flow;
	}
	return NULL;
}

/* It called once, its connection is closed, and when the run was over it was in no call: it sleeps. */
bool find_pause_too_long(const struct look *look)
{
	const struct pairing *first = look->first;
	const struct expected_flow *missing = first && first->entry && !first->flow ? &first->entry->flow : NULL;
	const struct evidence_program *program = missing ? scene_student(look->scene, missing->opener.host) : NULL;
	const struct flow *before = program ? called_before(look, missing) : NULL;

	if (!before || !missing->after_us || program->end != PROGRAM_RUNNING || !calls_complete(look) ||
	    call_waiting(look, program) || end_of(look, program->host, before, 0, SOCK_CONNECTED) ||
	    end_of(look, program->host, before, 0, SOCK_CLOSE_WAIT))
		return false;
	say_seen(look, "%s called, closed, and had not called again when the run was over. It was in no call of a socket.",
	         program->host);
	say_means(look, "It pauses for longer than the run lasts: another number than the one that it is given, or one in the "
	                "wrong unit. sleep() counts in seconds, usleep() in millionths of a second.");
	say_next(look, "Print for how long the program pauses, and in which unit it is told to.");
	return true;
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
			         sender_name(look, pairing->entry, before->item->direction),
			         quote(first.at, first.length));
			say_means(look, "A loop calls send() without waiting in recv() for the answer to the last one.");
			say_next(look, "Take turns: send, receive, and only then send the next.");
			return true;
		}
	}
	return false;
}

/* Whether the message right before event AT came from the other side. */
static bool is_behind_other(const struct flow *flow, size_t at)
{
	for (size_t i = at; i-- > 0; )
		if (flow->events[i].kind == EVENT_MESSAGE)
			return flow->events[i].direction != flow->events[at].direction;
	return false;
}

/* Whether the trace has the other side say something before ITEM. */
static bool is_turn(const struct pairing *pairing, const struct item *item)
{
	for (const struct item *before = pairing->entry->flow.items; before < item; before++)
		if (before->kind == ITEM_MESSAGE && before->direction != item->direction)
			return true;
	return false;
}

/* Whether the first words of PAIRING's trace were said. */
static bool first_was_said(const struct pairing *pairing)
{
	for (size_t i = 0; i < pairing->step_count; i++)
		if (pairing->steps[i].item == pairing->entry->flow.items)
			return pairing->steps[i].status == STEP_MATCHED;
	return false;
}

/* Over UDP the flow that the other side was to begin, and did not: the ports are those of the trace, and the student's word came first. */
static bool say_spoke_first(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct flow *flow = pairing->flow;
		const char *host;

		if (!pairing->entry || !flow || pairing->view || pairing->header != HEADER_REVERSED ||
		    flow->transport != TRANSPORT_UDP || !flow->event_count || flow->events[0].kind != EVENT_MESSAGE ||
		    !demanded(look, &pairing->entry->flow.opener) || flow->port[1] != demanded(look, &pairing->entry->flow.opener) ||
		    flow->port[0] != demanded(look, &pairing->entry->flow.target))
			continue;
		host = name_at(look, &flow->address[0]);
		if (!is_student(look, host) || strcmp(host, pairing->entry->flow.target.host) != 0 || first_was_said(pairing))
			continue;
		say_seen(look, "%s spoke first: %s. Here %s does, and %s answers.", host,
		         quote(flow->events[0].bytes, flow->events[0].kept), pairing->entry->flow.opener.host, host);
		say_means(look, "Who answers waits in recv() or recvfrom() until he is spoken to.");
		say_next(look, "What decides in the program who begins? Follow it for %s.", host);
		return true;
	}
	return false;
}

bool find_did_not_wait(const struct look *look)
{
	if (says_again(look) || say_spoke_first(look))
		return true;
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *missing = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		struct text wanted = {0};
		bool found = false;

		if (!missing || !is_turn(pairing, missing->item))
			continue;
		wanted_text(look, missing->item, &wanted);
		for (size_t j = 0; j < pairing->step_count && wanted.length; j++) {
			struct bytes seen = seen_bytes(pairing, &pairing->steps[j]);

			found |= pairing->steps[j].status == STEP_EXTRA && seen.length == wanted.length &&
			         !memcmp(seen.at, text_string(&wanted), wanted.length) &&
			         pairing->flow->events[pairing->steps[j].event].direction == missing->item->direction &&
			         !is_behind_other(pairing->flow, pairing->steps[j].event);
		}
		if (found) {
			say_seen(look, "%s said %s before the other side had spoken.",
			         sender_name(look, pairing->entry, missing->item->direction),
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

/* A receive of PROGRAM's on a UDP socket that gave up (EAGAIN), whereupon the program sent the next without waiting. Where
 * it ended then, its end is told. */
static const struct call *gave_up(const struct look *look, const struct evidence_program *program)
{
	for (const struct call *call = NULL; (call = call_next(look, call, program, CALLS_RECEIVE)); ) {
		const struct call *next = call_next(look, call, program, ~CALLS(CALL_CLOSE));

		if (call->transport == CALL_UDP && call->error == EAGAIN && !call->repeats &&
		    next && CALLS_SEND & CALLS(next->kind))
			return call;
	}
	return NULL;
}

/* What came to HOST next after TIME_NS; false: nothing did. */
static bool heard_after(const struct look *look, const char *host, int64_t time_ns, struct datagram *found)
{
	struct datagram at = {0};

	*found = (struct datagram){0};
	while (next_datagram(look, host, &at))
		if (!at.sent && at.event->kind == EVENT_MESSAGE && at.event->time_ns > time_ns &&
		    (!found->flow || at.event->time_ns < found->event->time_ns))
			*found = at;
	return found->flow != NULL;
}

/* The answer to a datagram came when the program did not wait for it any more. */
bool find_answer_too_late(const struct look *look)
{
	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		const struct evidence_program *program = &look->scene->evidence.programs[i];
		const struct call *call = program->student ? gave_up(look, program) : NULL;
		struct datagram late;

		if (!call || !heard_after(look, program->host, call->end_ns, &late))
			continue;
		say_seen(look, "%s() on %s gave up (EAGAIN: nothing had come yet), and the program went on; %s came %.1f ms later.",
		         call_word(call->kind), program->host, quote(late.event->bytes, late.event->kept),
		         (double)(late.event->time_ns - call->end_ns) / 1e6);
		say_means(look, "The call did not wait for as long as the answer takes: MSG_DONTWAIT and O_NONBLOCK do not wait at "
		                "all, SO_RCVTIMEO only for so long.");
		say_next(look, "Let recvfrom() wait until the answer is there; or wait with poll() before it, and go back to that "
		               "after EAGAIN.");
		blame(look, call);
		return true;
	}
	return false;
}

#define BUSY 1000          /* fruitless calls in a row */
#define BUSY_PACE 1000000  /* ns from one to the next: who sleeps in between takes longer */

/* Whether CALL brought nothing, and just what BEFORE brought. */
static bool is_fruitless_again(const struct call *before, const struct call *call)
{
	unsigned kinds = CALLS_RECEIVE | CALLS_SEND | CALLS_WAIT | CALLS(CALL_ACCEPT) | CALLS(CALL_CONNECT);

	return kinds & CALLS(call->kind) && call->end_ns && call->result <= 0 && call->kind == before->kind &&
	       call->fd == before->fd && call->thread == before->thread && call->program == before->program &&
	       call->result == before->result;
}

/* The first of a row of fruitless calls without a pause; NULL: none. */
static const struct call *busy_call(const struct evidence *evidence)
{
	const struct call *first = evidence->calls;
	int64_t count = 0;

	for (const struct call *call = evidence->calls; call < evidence->calls + evidence->call_count; call++) {
		if (call == evidence->calls || !is_fruitless_again(call - 1, call)) {
			first = call;
			count = 0;
		}
		count += 1 + call->repeats;
		if (count > BUSY && call->end_ns && call->end_ns - first->time_ns < count * BUSY_PACE)
			return first;
	}
	return NULL;
}

/* A program of the student's that asks again and again without waiting. */
bool find_busy_loop(const struct look *look)
{
	const struct call *call = busy_call(&look->scene->evidence);

	if (!call)
		return false;
	say_seen(look, "%s called %s() more than %d times in a row, and each time it had nothing to say.", call->host,
	         call_word(call->kind), BUSY);
	say_means(look, "The call returns at once (%s), and the loop calls it again: that uses up the processor and "
	                "brings nothing sooner.",
	          call->error ? error_name(call->error) : "0");
	say_next(look, "Let the kernel wait for you: poll() without a timeout, or a socket that blocks. When recv() "
	               "returns 0 or -1, leave the loop.");
	blame(look, call);
	return true;
}

/* Whether something was received on the socket that MADE made, before CALL. */
static bool heard_on(const struct look *look, const struct call *made, const struct call *before)
{
	const struct call *call = NULL;

	while ((call = call_on(look, made, call, CALLS_RECEIVE)) && call < before)
		if (call->result > 0)
			return true;
	return false;
}

/* The call in which PROGRAM waits for more on a connection: it never returned, or it has said "the end" twice. */
static const struct call *call_for_more(const struct look *look, const struct evidence_program *program)
{
	const struct call *call = NULL, *last = NULL, *waiting = call_waiting(look, program);
	size_t ends = 0;

	if (waiting)
		return CALLS_RECEIVE & CALLS(waiting->kind) ? waiting : NULL;
	while ((call = call_next(look, call, program, ~0u))) {
		last = CALLS_RECEIVE & CALLS(call->kind) ? call : NULL;
		ends += last && call_succeeded(last) && !last->result;
	}
	return ends > 1 ? last : NULL;
}

/* Waits on a connection whose talk is over for more to come, where the trace has a new call for it. */
bool find_push_not_poll(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *lacking = pairing_at(look, i);
		const struct expected_flow *expected = lacking->entry && !lacking->flow ? &lacking->entry->flow : NULL;
		const struct evidence_program *program;
		const struct call *waiting, *made, *called;

		if (!expected || expected->transport != TRANSPORT_TCP || lacking->view)
			continue;
		program = scene_student(look->scene, expected->opener.host);
		waiting = call_for_more(look, program);
		made = waiting ? call_that_made(look, waiting) : NULL;
		if (!made || made->kind != CALL_SOCKET || !heard_on(look, made, waiting))
			continue;
		/* To poll is to ask the same place again; another port is another question. */
		called = call_on(look, made, NULL, CALLS(CALL_CONNECT));
		if (!called || called->port != demanded(look, &expected->target))
			continue;
		say_seen(look, "%s got its answer, and waits in %s() on the same connection for more.", program->host,
		         call_word(waiting->kind));
		say_means(look, "That is how one waits for a push. In this lesson the other side answers once a connection: "
		                "what is new later comes only to whoever asks again.");
		say_next(look, "Close when the answer is there, pause, and connect() again for the next question.");
		blame(look, waiting);
		return true;
	}
	return false;
}
