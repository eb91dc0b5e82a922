/* diagnose_program.c - diagnoses about the program itself: how it ended, what it used up. */
#include "diagnose_parts.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

static const struct evidence_program *find_signalled(const struct look *look, const int *signals, size_t count)
{
	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		const struct evidence_program *program = &look->scene->evidence.programs[i];

		for (size_t j = 0; program->end == PROGRAM_SIGNALLED && program->student && j < count; j++)
			if (program->value == signals[j])
				return program;
	}
	return NULL;
}

static const struct evidence_program *find_most(const struct look *look, bool processes)
{
	const struct evidence_program *most = NULL;

	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		const struct evidence_program *program = &look->scene->evidence.programs[i];

		if (!most || (processes ? program->processes > most->processes
		                        : program->output_bytes > most->output_bytes))
			most = program;
	}
	return most && most->student ? most : NULL;
}

/* Its datagrams go to the port that it has bound itself, so that it hears its own words. */
static bool say_talks_to_itself(const struct look *look, const struct evidence_program *program)
{
	const struct call *sent = NULL, *blind = call_without_room(look, program);

	while ((sent = call_next(look, sent, program, CALLS(CALL_SENDTO))))
		if (sent->transport == CALL_UDP && call_succeeded(sent) && !strcmp(name_at(look, &sent->address), program->host) &&
		    call_with_port(look, program->host, CALLS(CALL_BIND), sent->port))
			break;
	if (!sent)
		return false;
	say_means(look, "sendto() went to its own address and port %u, so that recvfrom() brings its own words, which it answers "
	                "again.", sent->port);
	say_next(look, blind ? "Set the last argument of recvfrom() to sizeof of the struct before each call: where it says that "
	                       "there is no room, who sent is left out, and the struct holds something old."
	                     : "Answer to the address that recvfrom() has filled in with this very datagram.");
	blame(look, blind ? blind : sent);
	return true;
}

#define ALWAYS 100 /* failures of one call, and none that did not */

static bool say_fails_always(const struct look *look, const struct evidence_program *program)
{
	const struct call *last = call_last(look, program), *call = NULL;
	size_t count = 0;

	while (last && last->error && (call = call_next(look, call, program, CALLS(last->kind))))
		if (call->error == last->error && call->fd == last->fd)
			count += 1 + call->repeats;
	if (count < ALWAYS)
		return false;
	say_means(look, "A loop in it prints on every turn: %s() fails each time (%s), and the loop goes on.",
	          call_word(last->kind), error_name(last->error));
	say_next(look, "Look at what the call has got, and end the loop, or the program, where it returns -1.");
	blame(look, last);
	return true;
}

bool find_prints_forever(const struct look *look)
{
	const struct evidence_program *program = find_most(look, false);

	if (look->scene->evidence.end != RUN_OUTPUT || !program)
		return false;
	say_seen(look, "%s on %s printed more than %zu bytes and was stopped.", program->name, program->host,
	         program->output_bytes);
	if (say_talks_to_itself(look, program) || say_fails_always(look, program))
		return true;
	say_means(look, "A loop in it prints on every turn and never waits in a call.");
	say_next(look, "Find the loop: does the call in it fail, at once and every time? Look at what it returns.");
	return true;
}

bool find_forks_forever(const struct look *look)
{
	const struct evidence_program *program = find_most(look, true);

	if (look->scene->evidence.end != RUN_PROCESSES || !program)
		return false;
	say_seen(look, "%s on %s had %zu processes and threads at once and was stopped.", program->name, program->host,
	         program->processes);
	say_means(look, "It calls fork() or pthread_create() in a loop that has no end.");
	say_next(look, "Make a process or thread only after accept() has returned a connection, "
	               "and let a child leave by _exit() when it is done.");
	return true;
}

bool find_takes_all_memory(const struct look *look)
{
	if (look->scene->evidence.end != RUN_MEMORY)
		return false;
	say_seen(look, "A program and its children held more memory than any lesson needs, and the run was stopped.");
	say_means(look, "A loop in it takes memory on every turn and gives none back.");
	say_next(look, "Read into one buffer of a fixed size, again and again, instead of a new one each time; "
	               "free() what malloc() gave.");
	return true;
}

#define FLOOD_LEAST 1000 /* messages that nobody asked for, where the run ended before the limit of packets */

static bool is_flooded(const struct look *look)
{
	size_t extra = 0;

	if (look->scene->evidence.end == RUN_FLOOD)
		return true;
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];

		if (!pairing->entry && pairing->flow)
			extra += pairing->flow->event_count;
		for (size_t step = 0; step < pairing->step_count; step++)
			extra += pairing->steps[step].status == STEP_EXTRA;
	}
	return extra >= FLOOD_LEAST;
}

static void say_flooded(const struct look *look)
{
	say_seen(look, "The link carried more packets than any lesson needs%s.",
	         look->scene->evidence.end == RUN_FLOOD || look->scene->evidence.end == RUN_LIMIT ? ", and the run was stopped"
	                                                                                        : "");
}

/* How often the program came back to where END, a recv() that returned 0, was, and was told the same, having sent
 * something there in between. */
static size_t ends_answered(const struct look *look, const struct evidence_program *program, const struct call *end)
{
	unsigned kinds = CALLS_RECEIVE | CALLS_SEND | CALLS(CALL_CLOSE);
	bool sent = false;
	size_t count = 0;

	for (const struct call *call = end; (call = call_next(look, call, program, kinds)); ) {
		if (call->fd != end->fd || call->process != end->process)
			continue;
		if (CALLS_SEND & CALLS(call->kind)) {
			sent = true;
			continue;
		}
		if (!call_succeeded(call) || call->kind == CALL_CLOSE || call->result)
			break;
		count += sent;
		sent = false;
	}
	return count;
}

#define TAKEN_FOR_WORDS 10 /* ends that were answered, one behind the other: no farewell, but a loop */

/* The first recv() that returned 0 for good, and was answered like a message, over and over; NULL: none, or not known. */
static const struct call *end_answered(const struct look *look)
{
	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		const struct evidence_program *program = &look->scene->evidence.programs[i];
		const struct call *call = NULL;

		while (program->student && (call = call_next(look, call, program, CALLS_RECEIVE)))
			if (call_succeeded(call) && call->transport == CALL_TCP && !call->result && call->length &&
			    ends_answered(look, program, call) >= TAKEN_FOR_WORDS)
				return call;
	}
	return NULL;
}

bool find_end_answered(const struct look *look)
{
	const struct call *end = is_flooded(look) ? end_answered(look) : NULL;

	if (!end)
		return false;
	say_flooded(look);
	say_means(look, "%s()%s%s returned 0: the other side has ended the connection. The program took that for a message, sent "
	                "something, and called %s() again, which returns 0 at once from then on: a loop without end.",
	          call_word(end->kind), end->line[0] ? " at " : "", end->line, call_word(end->kind));
	say_next(look, "Leave the loop when recv() returns 0, and close() that connection.");
	blame(look, end);
	return true;
}

/* The one whose end came before words of the student's on a connection; NULL: nobody. */
static const char *spoken_to_after_end(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;

		for (int side = 0; flow && flow->transport == TRANSPORT_TCP && side < 2; side++) {
			const struct event *end = event_from(flow, side, EVENT_FIN);

			for (const struct event *event = end; event && event < flow->events + flow->event_count; event++)
				if (event->kind == EVENT_MESSAGE && event->direction != end->direction &&
				    is_student_at(look, &flow->address[!side]))
					return name_at(look, &flow->address[side]);
		}
	}
	return NULL;
}

bool find_floods(const struct look *look)
{
	const char *ended;

	if (!is_flooded(look))
		return false;
	say_flooded(look);
	ended = look->scene->evidence.call_count ? NULL : spoken_to_after_end(look);
	if (ended) {
		/* Which of the two it is, only the calls could tell. */
		say_means(look, "A loop in the program sends, and nothing makes it wait. %s has ended the connection: from then on "
		                "recv() returns 0 at once.", ended);
		say_next(look, "Leave the loop when recv() returns 0, and close() that connection; before that, wait for an answer each "
		               "time before you send again.");
		return true;
	}
	say_means(look, "A loop in the program sends without waiting for anything.");
	say_next(look, "Send once, then wait for the answer with recv() or recvfrom() before you send again.");
	return true;
}

bool find_crashed(const struct look *look)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGSYS, SIGTRAP};
	const struct evidence_program *program = find_signalled(look, signals, sizeof signals / sizeof signals[0]);

	if (!program)
		return false;
	say_seen(look, "%s on %s crashed: %s.", program->name, program->host, strsignal(program->value));
	say_means(look, program->value == SIGABRT
	                        ? "It called abort(), or the C library found its memory damaged."
	                        : "It used memory that is not its own: a wrong pointer, or an index past an end.");
	say_next(look, "Run it by hand under gdb, or compile it with -fsanitize=address: both name the line.");
	return true;
}

static const struct event *end_from(const struct flow *flow, int side)
{
	const struct event *fin = event_from(flow, side, EVENT_FIN);

	return fin ? fin : event_from(flow, side, EVENT_RESET);
}

/* Whether the other side of a flow of HOST's ended it before HOST did. */
static bool other_ended(const struct look *look, const char *host)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;

		for (int side = 0; flow && flow->transport == TRANSPORT_TCP && side < 2; side++) {
			const struct event *other = end_from(flow, side), *own = end_from(flow, !side);

			if (!strcmp(name_at(look, &flow->address[!side]), host) && other && (!own || other < own))
				return true;
		}
	}
	return false;
}

/* The call that brought the SIGPIPE; NULL: not known. */
static const struct call *broken_call(const struct look *look, const struct evidence_program *program)
{
	for (const struct call *call = NULL; (call = call_next(look, call, program, CALLS_SEND)); )
		if (call->error == EPIPE)
			return call;
	return NULL;
}

/* SIGPIPE though nobody had hung up: the socket never had another side. */
bool find_sent_unconnected(const struct look *look)
{
	static const int signals[] = {SIGPIPE};
	const struct evidence_program *program = find_signalled(look, signals, 1);

	if (!program || other_ended(look, program->host))
		return false;
	blame(look, broken_call(look, program));
	say_seen(look, "%s on %s was ended by SIGPIPE, and nobody had hung up on it.", program->name, program->host);
	say_means(look, "It called send() on a TCP socket that has no other side: a listening socket, one that was not "
	                "connect()ed yet, or one that it had shut for sending itself.");
	say_next(look, "Which socket does send() get? The one that accept() returned, or the one that connect() "
	               "succeeded on, has another side.");
	return true;
}

bool find_broken_pipe(const struct look *look)
{
	static const int signals[] = {SIGPIPE};
	const struct evidence_program *program = find_signalled(look, signals, 1);

	if (!program)
		return false;
	blame(look, broken_call(look, program));
	say_seen(look, "%s on %s was ended by SIGPIPE.", program->name, program->host);
	say_means(look, "It sent on a connection whose other side was gone already; the kernel ends a program for that.");
	say_next(look, "Give send() the flag MSG_NOSIGNAL, so that it returns -1 with EPIPE instead; then find out "
	               "why the other side had left.");
	return true;
}

bool find_ended_by_signal(const struct look *look)
{
	static const int signals[] = {SIGALRM, SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF, SIGIO};
	const struct evidence_program *program = find_signalled(look, signals, sizeof signals / sizeof signals[0]);

	if (!program)
		return false;
	say_seen(look, "%s on %s was ended by a signal: %s.", program->name, program->host, strsignal(program->value));
	say_means(look, "A signal that nobody handles ends the program: alarm(), setitimer(), kill() or raise() sent it.");
	say_next(look, "Wait in recv() or recvfrom() without an alarm, or use poll() with a timeout.");
	return true;
}

bool find_cpu_limit(const struct look *look)
{
	static const int signals[] = {SIGXCPU, SIGKILL};
	const struct evidence_program *program = find_signalled(look, signals, 2);

	if (!program)
		return false;
	say_seen(look, "%s on %s was ended by the kernel: %s.", program->name, program->host, strsignal(program->value));
	say_means(look, "It used up its processor time or its memory, most likely in a loop that never waits.");
	say_next(look, "Look for a loop whose call returns at once: print what the call returns.");
	return true;
}

/* A program of the student's that has ended, on HOST or behind it; NULL: none. */
static const struct evidence_program *find_exited(const struct look *look, const char *host)
{
	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		const struct evidence_program *program = &look->scene->evidence.programs[i];

		if (program->student && program->end == PROGRAM_EXITED &&
		    (!strcmp(program->host, host) || leaves_by(look, program->host, host)))
			return program;
	}
	return NULL;
}

/* What the program had called last, and how that ended. */
static void say_last_call(const struct look *look, const struct evidence_program *program)
{
	const struct call *last = call_last(look, program);

	if (say_impatient(look, last))
		return;
	if (last && last->line[0])
		say_means(look, "main() returned, or exit() was called, behind %s() at %s, which %s.", call_word(last->kind),
		          last->line, last->error ? "had failed" : "had succeeded");
	else
		say_means(look, "main() returned, or exit() was called, while the other side still expected something.");
	blame(look, last && last->error ? last : NULL);
}

/* A peer or client over UDP that had spoken, and was gone when the other side spoke to it. */
static bool left_before_datagram(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		for (int side = 0; side < 2 && pairing->entry && pairing->flow && !pairing->view; side++) {
			const struct flow *flow = pairing->flow;
			const char *host = name_at(look, &flow->address[side]);
			const struct evidence_program *program = scene_student(look->scene, host);
			const struct event *said = event_from(flow, side, EVENT_MESSAGE);
			const struct event *refused = event_from(flow, side, EVENT_UNREACHABLE);

			if (!program || program->end != PROGRAM_EXITED || !said || !refused || refused < said)
				continue;
			say_seen(look, "%s ended by itself (exit status %d) before all had come that %s said: its kernel refused it.",
			         host, program->value, name_at(look, &flow->address[!side]));
			say_last_call(look, program);
			say_next(look, "Stay in recvfrom() until what you wait for has come; what may come again and again, wait for in a "
			               "loop. Look at what each call returns.");
			return true;
		}
	}
	return false;
}

bool find_exited_early(const struct look *look)
{
	const struct pairing *first = look->first;
	const struct evidence_program *program;

	if (left_before_datagram(look))
		return true;
	if (!first || !first->entry || first->flow)
		return false;
	/* Only where a flow that it should have opened is missing. */
	program = find_exited(look, first->entry->flow.opener.host);
	if (!program)
		return false;
	say_seen(look, "%s on %s ended by itself, with exit status %d, before the talk was over.", program->name,
	         program->host, program->value);
	say_means(look, "main() returned, or exit() was called, while the other side still expected something.");
	say_next(look, "See what it printed last (windsock show --output), and go on until the trace is through.");
	return true;
}
