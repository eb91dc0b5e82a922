/* diagnose_memory.c - diagnoses about a router that has forgotten who is behind it.
 *
 * The sign: a message is seen outside the router, on its way in, and never inside. */
#include "diagnose_parts.h"

#include <errno.h>
#include <string.h>

#define KEEPIDLE_DEFAULT 7200 /* seconds: tcp(7), tcp_keepalive_time */
#define KEEPINTVL_DEFAULT 75  /* seconds: tcp(7), tcp_keepalive_intvl */

struct loss {
	const struct pairing *inside; /* where the message is missing */
	const struct flow *outside;   /* where it was seen */
	const struct event *message;
	const char *host, *router;    /* who was to get it, and who did not let it in */
	int memory;                   /* the router's, in seconds */
	double quiet;                 /* seconds since the last message from inside */
};

/* The router's memory for TRANSPORT in seconds; 0: the lesson says nothing of it. */
static int memory_of(const struct look *look, const char *router, enum transport transport)
{
	const struct lesson *lesson = look->scene->lesson;
	size_t which = (size_t)(look->scene->lesson_case - lesson->cases);
	int host = lesson_host(lesson, router);
	int result = 0;

	for (size_t i = 0; i < lesson->memory_count; i++) {
		const struct memory *memory = &lesson->memories[i];

		if ((int)memory->host == host && lesson_holds(memory->of_case, which) &&
		    memory->transport == (transport == TRANSPORT_TCP ? FILTER_TCP : FILTER_UDP))
			result = memory->seconds;
	}
	return result;
}

static const struct event *last_message(const struct flow *flow, int side, const struct event *before)
{
	const struct event *last = NULL;

	for (const struct event *event = flow->events; event < flow->events + flow->event_count; event++)
		if (event->kind == EVENT_MESSAGE && (event->direction == DIRECTION_AGAINST) == side && (!before || event < before))
			last = event;
	return last;
}

/* Whether FLOW, seen outside, is what INSIDE is behind the router, and has a message that INSIDE has not. */
static bool is_lost(const struct look *look, const struct pairing *inside, const struct flow *flow, struct loss *loss)
{
	const struct event *message = last_message(flow, 1, NULL), *last;

	if (!message || flow->transport != inside->flow->transport || flow->port[1] != inside->flow->port[1] ||
	    !address_equal(&flow->address[1], &inside->flow->address[1]) ||
	    address_equal(&flow->address[0], &inside->flow->address[0]))
		return false;
	last = last_message(flow, 0, message);
	*loss = (struct loss){inside, flow, message, inside->entry->flow.opener.host,
	                      name_at(look, &flow->address[0]), 0, 0};
	loss->memory = memory_of(look, loss->router, flow->transport);
	loss->quiet = (double)(message->time_ns - (last ? last->end_ns : flow->opened_ns)) / 1e9;
	return loss->memory && loss->quiet >= loss->memory;
}

/* Whether a program of the student's has spoken there, and waits for a message that the trace has. */
static bool is_waiting(const struct look *look, const struct pairing *inside)
{
	const char *host = inside->entry ? inside->entry->flow.opener.host : NULL;

	return host && inside->flow && is_student(look, host) && lacks_late_message(look, inside) &&
	       scene_student(look->scene, host)->end == PROGRAM_RUNNING;
}

static bool find_loss(const struct look *look, struct loss *loss)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *inside = pairing_at(look, i);

		if (!is_waiting(look, inside) || last_message(inside->flow, 1, NULL))
			continue;
		for (size_t j = 0; j < look->match->pairing_count; j++) {
			const struct pairing *other = pairing_at(look, j);

			if (other->flow && other->view != inside->view && is_lost(look, inside, other->flow, loss))
				return true;
		}
	}
	return false;
}

/* The last setsockopt() of OPTION that did something; NULL: none. */
static const struct call *option_set(const struct look *look, const char *host, const char *option)
{
	const struct evidence_program *program = scene_student(look->scene, host);
	const struct call *call = NULL, *found = NULL;

	while (program && (call = call_next(look, call, program, CALLS(CALL_SETSOCKOPT))))
		if (!strcmp(call->option, option) && call_succeeded(call))
			found = call;
	return found;
}

static void say_lost(const struct look *look, const struct loss *loss)
{
	say_seen(look, "%s from %s came as far as %s, and %s never got it: %s had said nothing for %.1f s, and %s remembers "
	               "for %d s.", quote(loss->message->bytes, loss->message->kept),
	         name_at(look, &loss->outside->address[1]), loss->router, loss->host, loss->host, loss->quiet, loss->router,
	         loss->memory);
}

/* The descriptor of the connection that has the loss; -1: not known. */
static int fd_of(const struct look *look, const struct loss *loss)
{
	const struct call *made = call_that_opened(look, loss->inside, 0);

	return made ? (int)made->result : -1;
}

/* Set on another socket than the one that waits. */
bool find_keepalive_elsewhere(const struct look *look)
{
	struct loss loss;
	const struct call *on;
	int fd;

	if (!find_loss(look, &loss) || loss.inside->flow->transport != TRANSPORT_TCP)
		return false;
	on = option_set(look, loss.host, "SO_KEEPALIVE");
	fd = fd_of(look, &loss);
	if (!on || fd < 0 || on->fd == fd)
		return false;
	say_lost(look, &loss);
	say_means(look, "Keepalive is on for descriptor %d, and the connection is descriptor %d: an option belongs to a socket, "
	                "not to a program.", on->fd, fd);
	say_next(look, "Set it on the socket that connect() was called on.");
	blame(look, on);
	return true;
}

/* send() of nothing: TCP has no empty message. */
bool find_heartbeat_empty(const struct look *look)
{
	struct loss loss;
	const struct call *call = NULL;
	const struct evidence_program *program;

	if (!find_loss(look, &loss) || loss.inside->flow->transport != TRANSPORT_TCP)
		return false;
	program = scene_student(look->scene, loss.host);
	do
		call = call_next(look, call, program, CALLS_SEND);
	while (call && (call->length || call->result));
	if (!call)
		return false;
	say_lost(look, &loss);
	say_means(look, "send() of 0 bytes returned 0 and sent nothing: in a stream there is no empty message.");
	say_next(look, "Send at least one byte, or let the kernel send its probes (SO_KEEPALIVE).");
	blame(look, call);
	return true;
}

/* Whether both are talks of one host with the same other side, and the trace has only one of them. */
static bool is_beside(const struct pairing *wanted, const struct pairing *other)
{
	return wanted->entry && wanted->flow && other->flow && !other->entry && wanted->view == other->view &&
	       wanted->flow->transport == TRANSPORT_UDP && other->flow->transport == TRANSPORT_UDP &&
	       wanted->flow->port[0] != other->flow->port[0] && wanted->flow->port[1] == other->flow->port[1] &&
	       address_equal(&wanted->flow->address[0], &other->flow->address[0]) &&
	       address_equal(&wanted->flow->address[1], &other->flow->address[1]);
}

/* Whether news came to the port that opened FLOW, and somebody had that port still. */
static bool is_heard(const struct flow *flow)
{
	return event_from(flow, 1, EVENT_MESSAGE) && !event_from(flow, 0, EVENT_UNREACHABLE);
}

/* A datagram from another socket of the same program, to the same place. */
bool find_heartbeat_elsewhere(const struct look *look)
{
	for (size_t i = 0; look->scene->lesson->memory_count && i < look->match->pairing_count; i++)
		for (size_t j = 0; j < look->match->pairing_count; j++) {
			const struct pairing *x = pairing_at(look, i), *y = pairing_at(look, j);
			const struct flow *first, *second;

			if (!is_beside(x, y) || !is_student(look, x->entry->flow.opener.host) || is_heard(x->flow) ||
			    is_heard(y->flow))
				continue;
			first = x->flow->opened_ns < y->flow->opened_ns ? x->flow : y->flow;
			second = first == x->flow ? y->flow : x->flow;
			say_seen(look, "%s said its name from port %u, and what it said then came from others, port %u for one.",
			         x->entry->flow.opener.host, first->port[0], second->port[0]);
			say_means(look, "The router remembers each port by itself. It forgets port %u, and the news comes to a port "
			                "where nobody waits.", first->port[0]);
			say_next(look, "Send the heartbeat from the socket that waits for the news.");
			return true;
		}
	return false;
}

/* It came, and nobody took it. */
bool find_news_unread(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *inside = pairing_at(look, i);
		const struct event *news = inside->flow ? last_message(inside->flow, 1, NULL) : NULL;
		const struct sock_entry *socket;
		const char *host = inside->entry ? inside->entry->flow.opener.host : NULL;

		if (!news || !host || !is_student(look, host) || !look->scene->lesson->memory_count ||
		    !(socket = end_of(look, host, inside->flow, 0, SOCK_CONNECTED)) || !socket->receive_queue)
			continue;
		say_seen(look, "%s reached %s, and lies unread in its socket.", quote(news->bytes, news->kept), host);
		say_means(look, "The program goes on with its heartbeats and never calls recv(): news does not interrupt it.");
		say_next(look, "Wait with poll(), with a timeout: 0 means heartbeat, more means recv().");
		return true;
	}
	return false;
}

#define WAITED_LEAST 1000000 /* nanoseconds: who is told EAGAIN sooner has not waited (MSG_DONTWAIT) */

/* PROGRAM's last call was a recv() that took too long for it; NULL: not so. */
static const struct call *ran_out_of_time(const struct look *look, const struct evidence_program *program)
{
	const struct call *call = NULL, *last = NULL;

	while ((call = call_next(look, call, program, CALLS_RECEIVE)))
		last = call;
	return last && last->result < 0 && last->error == EAGAIN && last->end_ns - last->time_ns >= WAITED_LEAST ? last : NULL;
}

/* It ended when a receive timeout was over. */
bool find_waited_too_short(const struct look *look)
{
	for (size_t i = 0; look->scene->lesson->memory_count && i < look->match->pairing_count; i++) {
		const struct pairing *inside = pairing_at(look, i);
		const char *host = inside->entry ? inside->entry->flow.opener.host : NULL;
		const struct evidence_program *program = host ? scene_student(look->scene, host) : NULL;
		const struct call *call;

		if (!program || !inside->flow || program->end != PROGRAM_EXITED || !lacks_late_message(look, inside) ||
		    !(call = ran_out_of_time(look, program)))
			continue;
		say_seen(look, "%s ended before the news came: its last %s had waited for as long as it may (EAGAIN).", host,
		         call_word(call->kind));
		say_means(look, "SO_RCVTIMEO ends one call, not the talk. That nothing has come yet is no error.");
		say_next(look, "When the time is over, go back to waiting.");
		blame(look, call);
		return true;
	}
	return false;
}

/* Switched on, and with a time that is longer than the memory. */
bool find_keepalive_too_late(const struct look *look)
{
	struct loss loss;
	const struct call *on, *idle;
	long long seconds;

	if (!find_loss(look, &loss) || loss.inside->flow->transport != TRANSPORT_TCP)
		return false;
	on = option_set(look, loss.host, "SO_KEEPALIVE");
	idle = option_set(look, loss.host, "TCP_KEEPIDLE");
	seconds = idle ? (long long)idle->value : KEEPIDLE_DEFAULT;
	if (!on || !on->value || seconds <= loss.memory)
		return false;
	say_lost(look, &loss);
	if (idle)
		say_means(look, "Keepalive is on, and its first probe was due after %lld s: TCP_KEEPIDLE counts in seconds.", seconds);
	else
		say_means(look, "Keepalive is on, and its first probe is due after %d s: that is what the kernel takes where "
		                "TCP_KEEPIDLE is not set.", KEEPIDLE_DEFAULT);
	say_next(look, "setsockopt() with IPPROTO_TCP, TCP_KEEPIDLE and a number of seconds that is less than the memory.");
	blame(look, idle ? idle : on);
	return true;
}

/* The first probe was in time, and the next one is not: Linux waits for TCP_KEEPINTVL behind a probe that was answered,
 * too (tcp_keepalive_timer(), 6.1). */
bool find_keepalive_once(const struct look *look)
{
	struct loss loss;
	const struct call *on, *idle, *next;
	long long seconds;

	if (!find_loss(look, &loss) || loss.inside->flow->transport != TRANSPORT_TCP)
		return false;
	on = option_set(look, loss.host, "SO_KEEPALIVE");
	idle = option_set(look, loss.host, "TCP_KEEPIDLE");
	next = option_set(look, loss.host, "TCP_KEEPINTVL");
	seconds = next ? (long long)next->value : KEEPINTVL_DEFAULT;
	if (!on || !on->value || !idle || (long long)idle->value > loss.memory || seconds <= loss.memory)
		return false;
	say_lost(look, &loss);
	say_means(look, "The first probe went after %lld s, and kept the way open until the memory was over once more. The next "
	                "one is due %lld s behind it: %s.", (long long)idle->value, seconds,
	         next ? "that is what TCP_KEEPINTVL was set to" : "the kernel's own choice, for TCP_KEEPINTVL is not set");
	say_next(look, "setsockopt() with IPPROTO_TCP, TCP_KEEPINTVL as well, and a number of seconds that is less than the "
	               "memory.");
	blame(look, next ? next : idle);
	return true;
}

/* The time is set, and nothing is switched on. */
bool find_keepalive_off(const struct look *look)
{
	struct loss loss;
	const struct call *on, *idle;

	if (!find_loss(look, &loss) || loss.inside->flow->transport != TRANSPORT_TCP)
		return false;
	on = option_set(look, loss.host, "SO_KEEPALIVE");
	idle = option_set(look, loss.host, "TCP_KEEPIDLE");
	if (!idle || (on && on->value))
		return false;
	say_lost(look, &loss);
	say_means(look, "TCP_KEEPIDLE says when keepalive begins. It does not switch it on.");
	say_next(look, "setsockopt() with SOL_SOCKET, SO_KEEPALIVE and the value 1 as well.");
	blame(look, idle);
	return true;
}

bool find_forgotten(const struct look *look)
{
	struct loss loss;
	bool tcp;

	if (!find_loss(look, &loss))
		return false;
	tcp = loss.inside->flow->transport == TRANSPORT_TCP;
	say_lost(look, &loss);
	say_means(look, "A router keeps in mind whom an answer belongs to, and forgets it when nothing passes. Then it drops "
	                "what comes, and tells neither side.");
	say_next(look, tcp ? "Let something pass from inside more often than that: SO_KEEPALIVE with TCP_KEEPIDLE and "
	                     "TCP_KEEPINTVL, before the long wait."
	                   : "Send something from inside, over the same socket, more often than that, for as long as the program "
	                     "waits.");
	return true;
}
