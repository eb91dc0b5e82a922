/* diagnose_firewall.c - diagnoses about a program that finds out how a port answers, and says so to somebody.
 *
 * What it found out is a datagram "PORT WORD". The wire shows how that port did answer: the two are compared
 * here, with the calls that lie between. */
#include "diagnose_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* How a port answers. */
enum answer {
	ANSWER_GOOD,     /* a connection, or a datagram */
	ANSWER_REFUSED,  /* by the host itself: a reset, or ICMP port unreachable */
	ANSWER_FORBIDDEN, /* by somebody on the way: another ICMP error */
	ANSWER_NONE
};

static const struct {
	const char *word;
	enum answer answer;
} words[] = {
	{"open", ANSWER_GOOD}, {"answered", ANSWER_GOOD}, {"closed", ANSWER_REFUSED}, {"refused", ANSWER_REFUSED},
	{"forbidden", ANSWER_FORBIDDEN}, {"silent", ANSWER_NONE},
};

struct report {
	const char *host;
	uint16_t port;
	enum answer said, wanted;
	const char *said_word, *wanted_word;
	const struct flow *flow;    /* to that port; NULL: none */
	const struct call *connect; /* to that port; NULL: none, or not known */
	int64_t said_ns;
};

/* "7777 open": whether BYTES say so much; then *port and the index of the word. */
static bool read_report(const char *bytes, size_t length, uint16_t *port, size_t *word)
{
	char copy[32], end;
	unsigned number;
	char name[16];

	if (!length || length >= sizeof copy)
		return false;
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	if (sscanf(copy, "%5u %15s%c", &number, name, &end) != 2 || !number || number > UINT16_MAX)
		return false;
	*port = (uint16_t)number;
	for (*word = 0; *word < sizeof words / sizeof words[0]; ++*word)
		if (!strcmp(words[*word].word, name))
			return true;
	return false;
}

/* HOST's first flow to PORT, seen anywhere. */
static const struct flow *flow_to(const struct look *look, const char *host, uint16_t port)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;

		if (flow && flow->port[1] == port && !strcmp(name_at(look, &flow->address[0]), host))
			return flow;
	}
	return NULL;
}

/* Whether the wire shows the answer that the trace wants: else a sentence about it would be wrong. */
static bool is_shown(const struct flow *flow, enum answer wanted)
{
	bool icmp = event_from(flow, 1, EVENT_UNREACHABLE) != NULL, tcp = flow->transport == TRANSPORT_TCP;
	bool good = tcp ? flow->established : event_from(flow, 1, EVENT_MESSAGE) != NULL;

	switch (wanted) {
	case ANSWER_GOOD: return good;
	case ANSWER_REFUSED: return tcp ? flow->refused && !icmp : icmp;
	case ANSWER_FORBIDDEN: return icmp;
	case ANSWER_NONE: return !good && !icmp && !flow->refused;
	}
	return false;
}

/* A word about a port, and the one that was due at that place about the same port. */
static bool is_report(const struct look *look, const struct pairing *pairing, const struct match_step *step,
                      struct report *report)
{
	struct bytes seen = seen_bytes(pairing, step);
	struct text wanted = {0};
	uint16_t port;
	size_t said, due;
	bool fits;

	wanted_text(look, step->item, &wanted);
	fits = read_report(text_string(&wanted), wanted.length, &port, &due) &&
	       read_report((const char *)seen.at, seen.length, &report->port, &said) && port == report->port;
	text_free(&wanted);
	if (!fits)
		return false;
	report->host = sender_of(pairing->entry, step->item->direction)->host;
	report->said_ns = pairing->flow->events[step->event].time_ns;
	report->said = words[said].answer;
	report->wanted = words[due].answer;
	report->said_word = words[said].word;
	report->wanted_word = words[due].word;
	report->flow = flow_to(look, report->host, port);
	report->connect = call_with_port(look, report->host, CALLS(CALL_CONNECT), port);
	return !report->flow || is_shown(report->flow, report->wanted);
}

/* The first wrong report of a student's program; of a port that it has called, or has not. */
static bool find_report_of(const struct look *look, bool called, struct report *report)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_WRONG, ITEM_MESSAGE);

		if (step && is_report(look, pairing, step, report) && report->said_word != report->wanted_word)
			return called == (report->flow != NULL);
	}
	return false;
}

static bool find_report(const struct look *look, struct report *report)
{
	return find_report_of(look, true, report);
}

static bool is_tcp(const struct report *report)
{
	return report->flow->transport == TRANSPORT_TCP;
}

/* "c says that port 7778 is open. The wire shows a reset for an answer." */
static void say_report(const struct look *look, const struct report *report)
{
	const char *shown = "";

	switch (report->wanted) {
	case ANSWER_GOOD: shown = is_tcp(report) ? "a connection that was made" : "an answer"; break;
	case ANSWER_REFUSED:
		shown = is_tcp(report) ? "a reset for an answer" : "an ICMP error for an answer: port unreachable";
		break;
	case ANSWER_FORBIDDEN: shown = "an ICMP error from a host on the way: forbidden"; break;
	case ANSWER_NONE: shown = "no answer at all"; break;
	}
	say_seen(look, "%s says that port %u is \"%s\". The wire shows %s.", report->host, report->port, report->said_word,
	         shown);
	blame(look, report->connect);
}

/* ---- a failure that was taken for success ---- */

bool find_outcome_not_asked(const struct look *look)
{
	struct report report;

	if (!find_report(look, &report) || !is_tcp(&report) || report.said != ANSWER_GOOD || report.wanted == ANSWER_NONE)
		return false;
	say_report(look, &report);
	if (report.connect && report.connect->error && report.connect->error != EINPROGRESS) {
		say_means(look, "connect() returned -1: that is no connection.");
		say_next(look, "Look at what connect() returns, and at errno.");
		return true;
	}
	say_means(look, "poll() calls a socket writable when its connect() has come to an end, whether good or bad. Which of "
	                "the two it was only the socket knows.");
	say_next(look, "Behind poll(), ask with getsockopt(), SOL_SOCKET, SO_ERROR: 0 is a connection, anything else is "
	               "why there is none. (`size` must hold sizeof(error) beforehand: no more than that is filled in.)");
	return true;
}

bool find_outcome_too_early(const struct look *look)
{
	struct report report;

	if (!find_report(look, &report) || !is_tcp(&report) || report.said != ANSWER_GOOD || report.wanted != ANSWER_NONE)
		return false;
	say_report(look, &report);
	say_means(look, "The call had only begun. As long as nobody has answered there is no error, and no connection either.");
	say_next(look, "First wait with poll(). If the time is over: silent. Ask SO_ERROR only if it says that the socket is "
	               "ready.");
	return true;
}

/* The poll() or select() behind CONNECT, before the next one is called; NULL: none. */
static const struct call *waited_since(const struct look *look, const struct call *connect)
{
	const struct evidence_program *program = &look->scene->evidence.programs[connect->program];
	const struct call *call = call_next(look, connect, program, CALLS_WAIT | CALLS(CALL_CONNECT));

	return call && CALLS_WAIT & CALLS(call->kind) ? call : NULL;
}

bool find_sent_is_not_answered(const struct look *look)
{
	struct report report;
	const struct call *made, *received;

	if (!find_report(look, &report) || is_tcp(&report) || report.said != ANSWER_GOOD)
		return false;
	say_report(look, &report);
	made = report.connect ? call_that_made(look, report.connect) : NULL;
	received = made ? call_on(look, made, NULL, CALLS_RECEIVE) : NULL;
	if (made && !received && waited_since(look, report.connect)) {
		say_means(look, "%s() says only that recv() would not have to wait. An error makes a socket ready, too.",
		          call_word(waited_since(look, report.connect)->kind));
		say_next(look, "Call recv() then, and look at what it returns, and at errno.");
	} else if (made && !received) {
		say_means(look, "send() says that the kernel has taken the bytes. Whether anybody gets them it cannot know.");
		say_next(look, "Wait for the answer with recv().");
	} else {
		say_means(look, "recv() came back with -1: that is no answer.");
		say_next(look, "Look at what recv() returns, and at errno.");
	}
	blame(look, received ? received : report.connect);
	return true;
}

/* Whether the trace has PORT called with TCP. */
static bool calls_by_tcp(const struct look *look, uint16_t port)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (pairing->entry && pairing->entry->flow.transport == TRANSPORT_TCP && called_port(look, pairing) == port)
			return true;
	}
	return false;
}

bool find_connect_sends_nothing(const struct look *look)
{
	struct report report;
	const struct call *made;

	if (!find_report_of(look, false, &report) || !report.connect || report.connect->transport != CALL_UDP)
		return false;
	made = call_that_made(look, report.connect);
	if (!made || call_on(look, made, NULL, CALLS_SEND))
		return false;
	say_seen(look, "%s says that port %u is \"%s\", and never sent anything there.", report.host, report.port,
	         report.said_word);
	say_means(look, "connect() on a UDP socket only notes down where send() is to go: no packet leaves.");
	say_next(look, calls_by_tcp(look, report.port)
	                       ? "This lesson calls with TCP: make the socket with SOCK_STREAM. Its connect() sends a SYN."
	                       : "send() the question behind connect(), then wait with recv().");
	blame(look, report.connect);
	return true;
}

/* ---- who refused ---- */

bool find_who_refused(const struct look *look)
{
	struct report report;

	if (!find_report(look, &report) || !(report.said == ANSWER_REFUSED || report.said == ANSWER_FORBIDDEN) ||
	    !(report.wanted == ANSWER_REFUSED || report.wanted == ANSWER_FORBIDDEN))
		return false;
	say_report(look, &report);
	say_means(look, "Each way of refusing has an error of its own: ECONNREFUSED after a reset, EHOSTUNREACH after that ICMP "
	                "error.");
	say_next(look, "Compare the number that SO_ERROR gave with ECONNREFUSED: that is \"closed\"; the others came from "
	               "somebody on the way.");
	return true;
}

/* ---- a success that was taken for something else ---- */

/* The close() of the socket that calls REPORT's port, if nobody had waited for the answer before; NULL: none, or not
 * known. */
static const struct call *closed_unasked(const struct look *look, const struct report *report)
{
	const struct call *made = report->connect ? call_that_made(look, report->connect) : NULL;
	const struct call *closed = made ? call_on(look, made, report->connect, CALLS(CALL_CLOSE)) : NULL, *waited;

	waited = closed ? call_next(look, report->connect, scene_student(look->scene, report->host), CALLS_WAIT) : NULL;
	return closed && closed->line[0] && call_succeeded(closed) && closed->time_ns < report->said_ns &&
	       !call_has_copies(look, made) && waited && waited > closed ? closed : NULL;
}

bool find_open_not_recognized(const struct look *look)
{
	const struct call *closed;
	struct report report;

	if (!find_report(look, &report) || !is_tcp(&report) || report.wanted != ANSWER_GOOD)
		return false;
	say_report(look, &report);
	closed = closed_unasked(look, &report);
	if (closed) {
		say_means(look, "close() at %s came before anybody had waited for the answer: what poll() looked at then was the number "
		                "of a socket that is no more (POLLNVAL), and that is no word about the port.", closed->line);
		say_next(look, "Call close() on a socket when its answer is known, not before.");
		blame(look, closed);
	} else if (report.said == ANSWER_NONE) {
		say_means(look, "The answer was there before the time was over. With POLLIN poll() waits until there is something to "
		                "read, and on a new connection there is nothing; to be written to it is ready at once.");
		say_next(look, "Wait with events = POLLOUT for that very socket, and say \"silent\" only when poll() returned 0.");
	} else {
		say_means(look, "For a connection that was made SO_ERROR gives 0. The number that was looked at is another one: errno "
		                "still holds an older error, such as EINPROGRESS; or two words have changed places.");
		say_next(look, "Ask with getsockopt(s, SOL_SOCKET, SO_ERROR, &error, &size), and look at `error`: 0 is \"open\".");
	}
	return true;
}

/* ---- silence ---- */

bool find_silence_is_no_refusal(const struct look *look)
{
	struct report report;

	if (!find_report(look, &report) || report.wanted != ANSWER_NONE || report.said == ANSWER_GOOD)
		return false;
	say_report(look, &report);
	say_means(look, is_tcp(&report) ? "Nobody refused: your own time was over. A closed port answers, with a reset."
	                                : "Nobody refused: recv() gave up because the time was over (EAGAIN). A refusal is "
	                                  "another error, ECONNREFUSED.");
	say_next(look, is_tcp(&report) ? "poll() returns 0 when the time is over: that is \"silent\"."
	                               : "Look at errno when recv() returns -1: only ECONNREFUSED is \"refused\".");
	return true;
}

bool find_refusal_not_heard(const struct look *look)
{
	struct report report;

	if (!find_report(look, &report) || is_tcp(&report) || report.wanted != ANSWER_REFUSED ||
	    report.said != ANSWER_NONE || report.connect || !calls_complete(look))
		return false;
	say_report(look, &report);
	say_means(look, "The refusal came, and the kernel told nobody: it passes such an error on only to a socket that "
	                "connect() has tied to that one port. Yours sends to many, so whose would it be?");
	say_next(look, "connect() the socket to the port, then send() and recv().");
	blame(look, call_with_port(look, report.host, CALLS(CALL_SENDTO) | CALLS(CALL_SENDMSG), report.port));
	return true;
}

/* The call of KINDS behind CONNECT, on its socket, that failed with ERROR; NULL: none. */
static const struct call *failed_behind(const struct look *look, const struct call *connect, unsigned kinds, int error)
{
	const struct call *made = connect ? call_that_made(look, connect) : NULL, *call = connect;

	while (made && (call = call_on(look, made, call, kinds)))
		if (call->error == error)
			return call;
	return NULL;
}

static const struct call *fruitless_recv(const struct look *look, const struct call *connect)
{
	return failed_behind(look, connect, CALLS_RECEIVE, EAGAIN);
}

/* The kernel tells a refusal once: a send() has heard it, and the recv() behind it does not. */
static bool told_before_recv(const struct look *look, const struct report *report)
{
	const struct call *told = failed_behind(look, report->connect, CALLS_SEND, ECONNREFUSED);

	if (!told || is_tcp(report))
		return false;
	say_means(look, "The kernel tells a refusal once, to the next call on the socket. Here that was %s(), which failed with "
	                "ECONNREFUSED; recv() then knew nothing of it.", call_word(told->kind));
	say_next(look, "Ask each port once. And look at what send() returns, and at errno, as at recv().");
	blame(look, told);
	return true;
}

bool find_refusal_taken_for_silence(const struct look *look)
{
	struct report report;
	const struct call *told;

	if (!find_report(look, &report) || report.said != ANSWER_NONE ||
	    !(report.wanted == ANSWER_REFUSED || report.wanted == ANSWER_FORBIDDEN))
		return false;
	say_report(look, &report);
	if (told_before_recv(look, &report))
		return true;
	told = failed_behind(look, report.connect, CALLS_RECEIVE, ECONNREFUSED);
	if (is_tcp(&report)) {
		say_means(look, "The call failed at once, with an error that says why. That is an answer.");
		say_next(look, "Say \"silent\" only when poll() returned 0. Otherwise ask SO_ERROR.");
	} else {
		say_means(look, "recv() returns -1 when the time is over (EAGAIN), and when the port was refused (ECONNREFUSED): "
		                "errno says which.");
		say_next(look, "Look at errno when recv() returns -1.");
		blame(look, told ? told : report.connect);
	}
	return true;
}

static double ms_between(int64_t earlier_ns, int64_t later_ns)
{
	return (double)(later_ns - earlier_ns) / 1e6;
}

/* "silent", and the answer came later. */
static bool say_answered_later(const struct look *look, struct report *report)
{
	const struct event *answer;

	if (!find_report(look, report) || is_tcp(report) || report->said != ANSWER_NONE || report->wanted != ANSWER_GOOD)
		return false;
	answer = event_from(report->flow, 1, EVENT_MESSAGE);
	if (!answer || answer->time_ns < report->said_ns)
		return false;
	say_seen(look, "%s says that port %u is \"%s\". The answer came %.1f ms later.", report->host, report->port,
	         report->said_word, ms_between(report->said_ns, answer->time_ns));
	return true;
}

/* "silent", which is right, and comes too soon by the trace, which counts from the last flow before it: whose word it is.
 * NULL: none. */
static const struct pairing *silent_too_soon(const struct look *look, struct report *report)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = pairing->header & HEADER_TOO_SOON
		                                        ? student_step(look, pairing, STEP_MATCHED, ITEM_MESSAGE) : NULL;

		if (step && is_report(look, pairing, step, report) && report->said == ANSWER_NONE && report->flow)
			return pairing;
	}
	return NULL;
}

/* It came before the time was over that the trace has the program wait for. */
static bool say_silent_too_soon(const struct look *look, struct report *report)
{
	const struct pairing *pairing = silent_too_soon(look, report);

	if (!pairing || report->said_ns - report->flow->opened_ns >= pairing->entry->flow.after_us * 1000)
		return false;
	say_seen(look, "%s said that port %u is \"%s\" %.1f ms after it had asked there; it was to wait for longer.",
	         report->host, report->port, report->said_word, ms_between(report->flow->opened_ns, report->said_ns));
	return true;
}

/* The last flow of HOST's that opened before WORD; NULL: none. */
static const struct flow *asked_last(const struct look *look, const char *host, const struct flow *word)
{
	const struct flow *last = NULL;

	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;

		if (flow && flow != word && flow->opened_ns < word->opened_ns &&
		    !strcmp(name_at(look, &flow->address[0]), host) && (!last || flow->opened_ns > last->opened_ns))
			last = flow;
	}
	return last;
}

/* It had waited for long enough, and asked somebody else before it said so. */
bool find_told_behind_next(const struct look *look)
{
	struct report report;
	const struct pairing *pairing = silent_too_soon(look, &report);
	const struct flow *next = pairing ? asked_last(look, report.host, pairing->flow) : NULL;

	if (!next || next->port[1] == report.port)
		return false;
	say_seen(look, "%s asked port %u before it said that port %u is \"%s\".", report.host, next->port[1], report.port,
	         report.said_word);
	say_means(look, "The word is right. Here it is due as soon as the port is known to be silent, before the next one is asked.");
	say_next(look, "Say what a port has answered, or that it has not, before you ask the next one.");
	return true;
}

bool find_called_silent_too_soon(const struct look *look)
{
	struct report report;

	if (!say_answered_later(look, &report) && !say_silent_too_soon(look, &report))
		return false;
	if (is_tcp(&report)) {
		say_means(look, "A call that is on its way is not silent yet: poll() was told to wait for less, or not asked at all.");
		say_next(look, "Give poll() the milliseconds that the program is given, and say \"silent\" only when it returned 0.");
		return true;
	}
	say_means(look, "It did not wait, or not for so long as it was told: a call with MSG_DONTWAIT, a socket with "
	                "O_NONBLOCK, or a time in the wrong unit.");
	say_next(look, "Wait in recv() for the milliseconds that the program is given, and say \"silent\" only then.");
	blame(look, fruitless_recv(look, report.connect));
	return true;
}

/* ---- waiting without a limit ---- */

/* Whether a flow of the trace has HOST say how PORT answers; the word goes to *answer. */
static bool wants_report(const struct look *look, const char *host, uint16_t port, enum answer *answer)
{
	const struct trace *trace = look->scene->trace;

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct expected_flow *flow = &trace->entries[i].flow;

		for (size_t j = 0; trace->entries[i].kind == ENTRY_FLOW && j < flow->item_count; j++) {
			struct text wanted = {0};
			uint16_t said;
			size_t word;
			bool fits;

			if (strcmp(flow->opener.host, host))
				break;
			wanted_text(look, &flow->items[j], &wanted);
			fits = read_report(text_string(&wanted), wanted.length, &said, &word) && said == port;
			text_free(&wanted);
			if (fits) {
				*answer = words[word].answer;
				return true;
			}
		}
	}
	return false;
}

/* The port that PROGRAM named last. */
static uint16_t last_port(const struct look *look, const struct evidence_program *program)
{
	uint16_t port = 0;

	for (const struct call *call = NULL; (call = call_next(look, call, program, CALLS_NAME_OTHER)); )
		port = call->port ? call->port : port;
	return port;
}

static const struct evidence_program *waits_for(const struct look *look, const struct call **call, uint16_t *port)
{
	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		const struct evidence_program *program = &look->scene->evidence.programs[i];
		enum answer answer;

		*call = program->end == PROGRAM_RUNNING ? call_waiting(look, program) : NULL;
		if (!*call || !((CALLS_RECEIVE | CALLS_WAIT | CALLS(CALL_CONNECT)) & CALLS((*call)->kind)))
			continue;
		*port = last_port(look, program);
		if (*port && wants_report(look, program->host, *port, &answer) && answer == ANSWER_NONE &&
		    flow_to(look, program->host, *port))
			return program;
	}
	return NULL;
}

bool find_waits_for_ever(const struct look *look)
{
	const struct call *call = NULL;
	uint16_t port = 0;
	const struct evidence_program *program = waits_for(look, &call, &port);

	if (!program)
		return false;
	say_seen(look, "%s still sits in %s() when the run is over, and waits for port %u, which never answers.", program->host,
	         call_word(call->kind), port);
	if (call->kind == CALL_CONNECT)
		say_means(look, "A connect() that blocks has the kernel's patience, not yours: it tries for more than two minutes.");
	else
		say_means(look, "From a port that says nothing there is nothing to receive, not even a refusal. "
		                "Whoever waits for it must say how long.");
	say_next(look, call->kind == CALL_CONNECT ? "Make the socket with SOCK_NONBLOCK, and wait with poll(), which takes the "
	                                            "milliseconds that the program is given."
	                                          : "Give the wait a limit: the milliseconds that the program is given, in the "
	                                            "right unit.");
	blame(look, call);
	return true;
}

/* ---- a call that has begun ---- */

/* The program's connect() that was left alone as soon as it said EINPROGRESS. */
static const struct call *left_alone(const struct look *look, const struct evidence_program *program)
{
	const struct call *last = call_last(look, program);

	return last && last->kind == CALL_CONNECT && last->error == EINPROGRESS && last->transport == CALL_TCP ? last : NULL;
}

/* The program's last call: a connect() that was refused, by a port whose refusal is to be told. */
static const struct call *refused_at_last(const struct look *look, const struct evidence_program *program)
{
	const struct call *call = NULL;
	enum answer answer;

	while ((call = call_next(look, call, program, CALLS(CALL_CONNECT))))
		if ((call->error == ECONNREFUSED || call->error == EHOSTUNREACH || call->error == ENETUNREACH) &&
		    call->transport == CALL_TCP && !call_next(look, call, program, ~CALLS(CALL_CLOSE)) &&
		    wants_report(look, program->host, call->port, &answer) &&
		    (answer == ANSWER_REFUSED || answer == ANSWER_FORBIDDEN))
			return call;
	return NULL;
}

/* The same over UDP, where the kernel tells a refusal to the next call on the socket: *connect tied it to the port. */
static const struct call *refusal_heard_last(const struct look *look, const struct evidence_program *program,
                                             const struct call **connect)
{
	const struct call *last = call_last(look, program), *made, *call = NULL;
	enum answer answer;

	if (!last || last->error != ECONNREFUSED || last->transport != CALL_UDP || !((CALLS_RECEIVE | CALLS_SEND) & CALLS(last->kind)))
		return NULL;
	made = call_that_made(look, last);
	*connect = NULL;
	while (made && (call = call_on(look, made, call, CALLS(CALL_CONNECT))) && call < last)
		*connect = call_succeeded(call) ? call : *connect;
	return *connect && wants_report(look, program->host, (*connect)->port, &answer) && answer == ANSWER_REFUSED ? last : NULL;
}

static bool say_refusal_heard_last(const struct look *look, const struct evidence_program *program)
{
	const struct call *connect, *call = refusal_heard_last(look, program, &connect);

	if (!call)
		return false;
	say_seen(look, "%s() on %s failed (%s) at port %u, and the program ended without a word about it.",
	         call_word(call->kind), program->host, error_name(call->error), connect->port);
	say_means(look, "This error is what the program was to find out: nobody has that port, and the host there says so.");
	say_next(look, "Where %s() returns -1 look at errno: ECONNREFUSED is \"refused\". Make that word of it, and go on with the "
	               "next port.", call_word(call->kind));
	blame(look, call);
	return true;
}

bool find_refusal_is_an_answer(const struct look *look)
{
	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		const struct evidence_program *program = &look->scene->evidence.programs[i];
		const struct call *call = program->end == PROGRAM_EXITED ? refused_at_last(look, program) : NULL;

		if (program->end == PROGRAM_EXITED && say_refusal_heard_last(look, program))
			return true;
		if (!call)
			continue;
		say_seen(look, "connect() on %s failed (%s) at port %u, and the program ended without a word about it.",
		         program->host, error_name(call->error), call->port);
		say_means(look, "This error is what the program was to find out: it says how that port answers.");
		say_next(look, "Make a word of the error, and go on with the next port. With SOCK_NONBLOCK connect() returns at "
		               "once, and poll() and SO_ERROR tell how it went.");
		blame(look, call);
		return true;
	}
	return false;
}

bool find_begun_is_not_failed(const struct look *look)
{
	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		const struct evidence_program *program = &look->scene->evidence.programs[i];
		const struct call *call = program->end == PROGRAM_EXITED && program->value ? left_alone(look, program) : NULL;

		if (!call)
			continue;
		say_seen(look, "connect() on %s returned -1 with EINPROGRESS, and the program ended.", program->host);
		say_means(look, "That is no failure: a socket that does not block has only begun to call. The answer comes later.");
		say_next(look, "Go on where errno is EINPROGRESS, and wait for the outcome with poll().");
		blame(look, call);
		return true;
	}
	return false;
}
