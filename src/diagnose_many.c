/* diagnose_many.c - diagnoses about several callers at once, and about peers of whom either may begin. */
#include "diagnose_parts.h"

#include <string.h>

/* ---- several callers ---- */

/* Whether the trace has the student speak next on PAIRING: then the other side waits, and is not the silent one. */
static bool owes_word(const struct look *look, const struct pairing *pairing)
{
	for (size_t i = 0; pairing->entry && i < pairing->step_count; i++)
		if (pairing->steps[i].status == STEP_MISSING && pairing->steps[i].item->kind == ITEM_MESSAGE)
			return student_sends(look, pairing, pairing->steps[i].item->direction);
	return false;
}

/* A connection to the same port of the same host that its program holds, and that has nothing to read. */
static const struct flow *held_silent(const struct look *look, const struct pairing *asker)
{
	const char *host = asker->entry->flow.target.host;

	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;
		const struct sock_entry *entry;

		if (!flow || flow == asker->flow || pairing_at(look, i)->view || flow->transport != TRANSPORT_TCP ||
		    flow->port[1] != asker->flow->port[1] || flow->opened_ns > asker->flow->opened_ns ||
		    !address_equal(&flow->address[1], &asker->flow->address[1]) || event_from(flow, 0, EVENT_FIN) ||
		    owes_word(look, pairing_at(look, i)))
			continue;
		entry = end_of(look, host, flow, 1, SOCK_CONNECTED);
		if (entry && !entry->receive_queue)
			return flow;
	}
	return NULL;
}

/* Whether what the opener of FLOW said lies unread on HOST, in an accepted connection or in the queue. */
static bool lies_unread(const struct look *look, const char *host, const struct flow *flow)
{
	size_t count;
	const struct sock_entry *entry = scene_sockets(look->scene, host, &count);

	for (; count--; entry++)
		if (entry->transport == TRANSPORT_TCP && entry->receive_queue && entry->state != SOCK_LISTEN &&
		    entry->local_port == flow->port[1] && entry->remote_port == flow->port[0])
			return true;
	return false;
}

/* Whether the program is with nobody: in no recv(), but it waits for several at once or for the next caller, and has
 * accepted the one who asks, or nobody yet. */
static bool is_with_nobody(const struct look *look, const struct evidence_program *program, const struct pairing *asker)
{
	return call_waiting_in(look, program, CALLS_WAIT | CALLS(CALL_ACCEPT)) &&
	       !call_waiting_in(look, program, CALLS_RECEIVE) &&
	       (call_that_opened(look, asker, 1) || !call_with_port(look, program->host, CALLS(CALL_ACCEPT), 0));
}

bool find_one_at_a_time(const struct look *look)
{
	const struct pairing *asker;
	const struct evidence_program *program;
	const struct flow *silent;
	const char *host, *name;

	if (!missing_answer(look, &asker) || asker->flow->transport != TRANSPORT_TCP)
		return false;
	host = asker->entry->flow.target.host;
	program = scene_student(look->scene, host);
	silent = held_silent(look, asker);
	if (!silent || !program || program->end != PROGRAM_RUNNING || !lies_unread(look, host, asker->flow) ||
	    is_with_nobody(look, program, asker) || call_turning(look, program))
		return false;
	name = asker->entry->flow.opener.host;
	say_seen(look, "%s has asked and waits: %s is still with %s, who says nothing.", name, host,
	         name_at(look, &silent->address[0]));
	say_means(look, "The program (or all of its threads) sits in recv() for one caller, or waits for the thread or child "
	                "that does (pthread_join, waitpid). The kernel has taken the connection of %s; nobody comes to look.",
	          name);
	say_next(look, "Wait for all of them at once: poll() over the listener and every caller and one recv() for each that "
	               "is ready, or a thread or process for each caller.");
	return true;
}

/* What the student said on a connection without its being due, in words that are due on another. */
static const struct pairing *strayed_answer(const struct look *look, const struct pairing *asker,
                                            const struct match_step *missing)
{
	const struct pairing *found = NULL;
	struct text wanted = {0};

	wanted_text(look, missing->item, &wanted);
	for (size_t i = 0; i < look->match->pairing_count && !found; i++) {
		const struct pairing *other = pairing_at(look, i);

		if (other == asker || other->view != asker->view || !other->entry || !other->flow)
			continue;
		for (size_t j = 0; j < other->step_count && !found; j++) {
			const struct match_step *step = &other->steps[j];
			struct bytes seen = seen_bytes(other, step);

			if (step->status == STEP_EXTRA && other->flow->transport == TRANSPORT_TCP &&
			    other->flow->events[step->event].direction == DIRECTION_AGAINST && wanted.length &&
			    seen.length >= wanted.length && !memcmp(seen.at, text_string(&wanted), wanted.length) &&
			    !strcmp(other->entry->flow.target.host, asker->entry->flow.target.host))
				found = other;
		}
	}
	text_free(&wanted);
	return found;
}

bool find_answer_to_other_caller(const struct look *look)
{
	const struct pairing *asker, *other;
	const struct match_step *missing = missing_answer(look, &asker);

	if (!missing || asker->flow->transport != TRANSPORT_TCP)
		return false;
	other = strayed_answer(look, asker, missing);
	if (!other)
		return false;
	say_seen(look, "%s asked, and %s was answered.", asker->entry->flow.opener.host, other->entry->flow.opener.host);
	say_means(look, "send() got the socket of another caller: a variable that is overwritten by the next accept(), or "
	                "that several threads share.");
	say_next(look, "Answer on the very socket on which recv() brought the question; give each thread its own copy.");
	return true;
}

/* In a block, too. */
static bool wants_answer(const struct item *items, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if ((items[i].kind == ITEM_MESSAGE && items[i].direction == DIRECTION_AGAINST) ||
		    wants_answer(items[i].items, items[i].item_count))
			return true;
	return false;
}

bool find_answer_unwanted(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct event *asked, *answer;

		if (!pairing->entry || !pairing->flow || !pairing->cost || pairing->view ||
		    pairing->flow->transport != TRANSPORT_TCP || pairing->entry->flow.outcome != OUTCOME_OPEN ||
		    !is_student(look, pairing->entry->flow.target.host) ||
		    wants_answer(pairing->entry->flow.items, pairing->entry->flow.item_count))
			continue;
		asked = event_from(pairing->flow, 0, EVENT_MESSAGE);
		answer = event_from(pairing->flow, 1, EVENT_MESSAGE);
		if (!asked || !answer || answer < asked)
			continue;
		say_seen(look, "%s said %s and was answered with %s; no answer was due.", pairing->entry->flow.opener.host,
		         quote(asked->bytes, asked->kept), quote(answer->bytes, answer->kept));
		say_means(look, "This message is an order and not a question, and the program has taken it for one.");
		say_next(look, "Compare what recv() brought, length and bytes, before you answer. It has no 0 byte behind it: "
		               "write one there before strcmp().");
		return true;
	}
	return false;
}

/* Whether the program had not even done what comes before PAIRING: then nobody had told it to close. */
static bool was_stuck_before(const struct look *look, const struct pairing *pairing)
{
	return look->first && look->first < pairing && look->first->flow &&
	       (student_step(look, look->first, STEP_MISSING, ITEM_MESSAGE) ||
	        student_step(look, look->first, STEP_MISSING, ITEM_FIN));
}

/* The close() of a listener of HOST's in which another thread sat in accept(), called before TIME_NS; NULL: none. */
static const struct call *closed_under_accept(const struct look *look, const char *host, int64_t time_ns,
                                              const struct call **accept)
{
	const struct evidence_program *program = scene_student(look->scene, host);

	for (const struct call *call = NULL; (call = call_next(look, call, program, CALLS(CALL_CLOSE))); ) {
		const struct call *made = call_succeeded(call) && call->time_ns < time_ns ? call_that_made(look, call) : NULL;

		*accept = NULL;
		if (!made || !call_listens(look, made))
			continue;
		while ((*accept = call_on(look, made, *accept, CALLS(CALL_ACCEPT))))
			if ((*accept)->process == call->process && (*accept)->thread != call->thread &&
			    (*accept)->time_ns < call->time_ns && (!(*accept)->end_ns || (*accept)->end_ns > call->end_ns))
				return call;
	}
	return NULL;
}

bool find_still_listening(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct call *closed, *accept;

		if (!pairing->entry || !pairing->flow || pairing->entry->flow.outcome != OUTCOME_REFUSED ||
		    pairing->flow->refused || !pairing->flow->established ||
		    !is_student(look, pairing->entry->flow.target.host) || was_stuck_before(look, pairing))
			continue;
		say_seen(look, "%s called when nobody was to be let in any more, and was connected.",
		         pairing->entry->flow.opener.host);
		closed = closed_under_accept(look, pairing->entry->flow.target.host, pairing->flow->opened_ns, &accept);
		if (closed) {
			say_means(look, "close()%s%s was called on the listener while another thread sat in accept()%s%s. For as long as a "
			                "call waits in it the kernel keeps a socket, and so one more caller is let in.",
			          closed->line[0] ? " at " : "", closed->line, accept->line[0] ? " at " : "", accept->line);
			say_next(look, "Call shutdown(listener, SHUT_RDWR) before close(): that makes accept() return, in each thread that "
			               "waits in it, and nobody is let in any more.");
			blame(look, closed);
			return true;
		}
		say_means(look, "The listener of %s is still open. Whether you call accept() or not, the kernel takes calls for "
		                "as long as it is.", pairing->entry->flow.target.host);
		say_next(look, "close() the listener (in every process that has it), and leave it out of poll() from then on.");
		return true;
	}
	return false;
}

/* A caller that was refused, or taken by the kernel and then reset without a word, at the port of HELD, after it. */
static const struct pairing *turned_away(const struct look *look, const struct pairing *held)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct flow *flow = pairing->flow;

		if (!pairing->entry || !flow || pairing->view || flow->transport != TRANSPORT_TCP || pairing == held ||
		    pairing->entry->flow.outcome != OUTCOME_OPEN || flow->port[1] != held->flow->port[1] ||
		    !address_equal(&flow->address[1], &held->flow->address[1]) || flow->opened_ns < held->flow->opened_ns)
			continue;
		if (flow->refused || (event_from(flow, 1, EVENT_RESET) && !event_from(flow, 1, EVENT_MESSAGE)))
			return pairing;
	}
	return NULL;
}

/* The listener went when the first caller was in: those in its queue were reset. */
bool find_queue_reset(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i), *away;
		const char *host;

		if (!pairing->entry || !pairing->flow || pairing->view || pairing->flow->transport != TRANSPORT_TCP ||
		    !pairing->flow->established || !is_student(look, pairing->entry->flow.target.host))
			continue;
		host = pairing->entry->flow.target.host;
		away = end_of(look, host, pairing->flow, 1, SOCK_CONNECTED) ? turned_away(look, pairing) : NULL;
		if (!away || find_socket(look, host, TRANSPORT_TCP, SOCK_LISTEN, pairing->flow->port[1]))
			continue;
		say_seen(look, "%s still talks with %s, and the next caller, %s, was %s: nobody listens at port %u any more.", host,
		         name_at(look, &pairing->flow->address[0]), name_at(look, &away->flow->address[0]),
		         away->flow->refused ? "refused" : "reset in the queue", pairing->flow->port[1]);
		say_means(look, "close() was called on the listening socket. Whoever waits in its queue is reset, "
		                "whoever calls later is refused.");
		say_next(look, "Keep the listener open, and go back to accept(), for as long as callers may come.");
		return true;
	}
	return false;
}

/* The student's end of FLOW, when its opener had not ended it; NULL: none. */
static const struct event *cut_off(const struct flow *flow)
{
	const struct event *fin = event_from(flow, 1, EVENT_FIN), *theirs = event_from(flow, 0, EVENT_FIN);
	const struct event *end = fin ? fin : event_from(flow, 1, EVENT_RESET);

	return end && (!theirs || theirs->time_ns > end->time_ns) ? end : NULL;
}

/* The last that another caller of HOST did before TIME_NS. */
static const struct event *last_before(const struct look *look, const struct pairing *cut, int64_t time_ns,
                                       const char **who)
{
	const struct event *last = NULL;

	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;

		if (!flow || flow == cut->flow || !pairing_at(look, i)->entry || pairing_at(look, i)->view ||
		    flow->port[1] != cut->flow->port[1])
			continue;
		for (size_t j = 0; j < flow->event_count; j++)
			if (flow->events[j].direction == DIRECTION_ALONG && flow->events[j].time_ns <= time_ns &&
			    (!last || flow->events[j].time_ns > last->time_ns)) {
				last = &flow->events[j];
				*who = name_at(look, &flow->address[0]);
			}
	}
	return last;
}

/* The close() by which the program itself ended PAIRING's connection; NULL: none, not known, or of a child's and its
 * parent's, where one close() is not the end. */
static const struct call *closed_by_itself(const struct look *look, const struct pairing *pairing)
{
	const struct call *made = call_that_opened(look, pairing, 1), *call = NULL, *closed = NULL;

	while (made && (call = call_on(look, made, call, ~0u))) {
		if (call->process != made->process)
			return NULL;
		if (!closed && CALLS(call->kind) & (CALLS(CALL_CLOSE) | CALLS(CALL_SHUTDOWN)))
			closed = call;
	}
	return closed;
}

bool find_ended_with_one_caller(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct evidence_program *program;
		const struct event *end, *last;
		const struct call *closed;
		const char *host, *who = "";

		if (!pairing->entry || !pairing->flow || pairing->view || pairing->flow->transport != TRANSPORT_TCP ||
		    !student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE))
			continue;
		host = pairing->entry->flow.target.host;
		program = scene_student(look->scene, host);
		end = cut_off(pairing->flow);
		last = end ? last_before(look, pairing, end->time_ns, &who) : NULL;
		if (!program || program->end != PROGRAM_EXITED || !last)
			continue;
		closed = closed_by_itself(look, pairing);
		if (closed) {
			say_seen(look, "%s closed the connection of %s, who was still connected, and ended.", host,
			         pairing->entry->flow.opener.host);
			say_means(look, "%s()%s%s came before recv() had returned 0 on that connection.", call_word(closed->kind),
			          closed->line[0] ? " at " : "", closed->line);
			say_next(look, "Print what recv() had brought before that call, and follow it through your program's branches.");
			blame(look, closed);
			return true;
		}
		if (last->kind == EVENT_MESSAGE)
			say_seen(look, "%s ended when %s had said %s, and so cut off %s, who was still connected.", host, who,
			         quote(last->bytes, last->kept), pairing->entry->flow.opener.host);
		else
			say_seen(look, "%s ended when %s had left, and so cut off %s, who was still connected.", host, who,
			         pairing->entry->flow.opener.host);
		say_means(look, "return, break or exit() ended the program, and with it every connection that it had.");
		say_next(look, "End the talk with that caller only; end the program when the last one has left.");
		return true;
	}
	return false;
}

/* ---- peers ---- */

/* A UDP flow of the trace between two hosts of the student's. */
static bool is_between_peers(const struct look *look, const struct pairing *pairing)
{
	return pairing->entry && pairing->entry->kind == ENTRY_FLOW && pairing->entry->flow.transport == TRANSPORT_UDP &&
	       is_student(look, pairing->entry->flow.opener.host) && is_student(look, pairing->entry->flow.target.host);
}

static bool owns_port(const struct look *look, const struct endpoint *endpoint)
{
	uint16_t port = demanded(look, endpoint);

	return port && (find_socket(look, endpoint->host, TRANSPORT_UDP, SOCK_BOUND, port) ||
	                find_socket(look, endpoint->host, TRANSPORT_UDP, SOCK_CONNECTED, port));
}

bool find_nobody_began(const struct look *look)
{
	const struct pairing *first = look->first;

	/* Where a tunnel is, what begins is a packet that goes into it, and no program. */
	if (look->scene->lesson->tunnel_count)
		return false;
	if (!first || first->flow || !is_between_peers(look, first) || !owns_port(look, &first->entry->flow.opener) ||
	    !owns_port(look, &first->entry->flow.target))
		return false;
	say_seen(look, "%s and %s each own their port, and neither of them has said a word.", first->entry->flow.opener.host,
	         first->entry->flow.target.host);
	say_means(look, "Both wait in recvfrom(). When nobody is the client, somebody must still be told to begin: here that "
	                "was %s.", first->entry->flow.opener.host);
	say_next(look, "Whoever is told to begin sends first, and waits then.");
	return true;
}

/* The one that was to wait has spoken first, and the talk has stopped. */
bool find_peer_began(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const char *early, *due;

		if (!pairing->flow || !is_between_peers(look, pairing) || !(pairing->header & HEADER_REVERSED) || pairing->view ||
		    look->scene->lesson->tunnel_count || !event_from(pairing->flow, 0, EVENT_MESSAGE) ||
		    !student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE))
			continue;
		early = pairing->entry->flow.target.host;
		due = pairing->entry->flow.opener.host;
		say_seen(look, "%s spoke first. Here %s is the one that is told to begin.", early, due);
		say_means(look, "Both may run the same program; who is told to begin sends at once, and who is not waits in recvfrom() "
		                "and answers what has come. %s did not wait.", early);
		say_next(look, "Which argument tells a program to begin, and what does yours do without it?");
		return true;
	}
	return false;
}

/* The other peer was called at the caller's own port number. */
bool find_own_port_at_peer(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct flow *flow = pairing->flow;
		uint16_t port;

		if (!flow || !is_between_peers(look, pairing) || pairing->header & HEADER_REVERSED)
			continue;
		port = demanded(look, &pairing->entry->flow.target);
		if (flow->port[1] == port || flow->port[1] != demanded(look, &pairing->entry->flow.opener))
			continue;
		say_seen(look, "%s sent to port %u of %s; expected port %u.", pairing->entry->flow.opener.host, flow->port[1],
		         pairing->entry->flow.target.host, port);
		say_means(look, "%u is the port of %s itself. Every host has its own ports, and the two need not be equal.",
		          flow->port[1], pairing->entry->flow.opener.host);
		say_next(look, "Give sendto() the other side's address and the other side's port.");
		return true;
	}
	return false;
}

/* Both sides of FLOW spoke before either had heard the other: the first two words are the same, one each way. */
static bool words_crossed(const struct flow *flow)
{
	const struct event *first = flow->events, *second = flow->events + 1;

	return flow->event_count >= 2 && first->kind == EVENT_MESSAGE && second->kind == EVENT_MESSAGE &&
	       first->direction != second->direction && first->length == second->length && first->kept &&
	       first->kept == second->kept && !memcmp(first->bytes, second->bytes, first->kept);
}

static bool has_ended(const struct look *look, const char *host)
{
	const struct evidence_program *program = scene_student(look->scene, host);

	return program && program->end != PROGRAM_RUNNING;
}

bool find_crossing_ignored(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *missing;
		const char *host;

		if (!is_between_peers(look, pairing) || !pairing->flow || !words_crossed(pairing->flow))
			continue;
		missing = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		if (!missing)
			continue;
		host = sender_name(look, pairing->entry, missing->item->direction);
		/* Other words than those of the lesson, or a program that has left, have a reason of their own. */
		if (student_step(look, pairing, STEP_WRONG, ITEM_MESSAGE) || has_ended(look, host))
			continue;
		say_seen(look, "Both began: two times %s crossed on the way, and %s did not answer the one that came.",
		         quote(pairing->flow->events[0].bytes, pairing->flow->events[0].kept), host);
		say_means(look, "It took what came first for the answer to its own message, or threw it away because it was not "
		                "that answer.");
		say_next(look, "Look at what has come: a question is answered whenever it comes, also while you wait for an answer "
		               "of your own.");
		return true;
	}
	return false;
}

#define ENDLESS 50 /* messages from each side: no trace between peers has so many */

/* Two programs that are slow (their calls are taken down) may come to the run's time limit before they flood. */
bool find_endless_exchange(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct flow *flow = pairing->flow;

		if (!flow || !is_between_peers(look, pairing) || flow->messages[0] < ENDLESS || flow->messages[1] < ENDLESS)
			continue;
		say_seen(look, "%s and %s answered each other without end, and the run was stopped.",
		         pairing->entry->flow.opener.host, pairing->entry->flow.target.host);
		if (look->scene->lesson->tunnel_count) {
			say_seen(look, "%s and %s sent each other datagrams without end, and the run was stopped.",
			         pairing->entry->flow.opener.host, pairing->entry->flow.target.host);
			say_means(look, "Nobody has so much to say: a packet goes round, or is sent again and again. What is written into "
			                "a tunnel that it came out of comes out of it once more.");
			say_next(look, "One way for each: what read() brings goes to sendto() and nowhere else, once; what recvfrom() "
			               "brings goes to write() and nowhere else.");
			return true;
		}
		say_means(look, "Each answer is answered again. That is fine with one side that only asks; when both run the same "
		                "program, nobody stops.");
		say_next(look, "Look at what has come, and answer a question only, never an answer.");
		return true;
	}
	return false;
}
