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
	       read_report((const char *)seen.at, seen.length, &report->port, &said) && port == report->port && said != due;
	text_free(&wanted);
	if (!fits)
		return false;
	report->host = sender_of(pairing->entry, step->item->direction)->host;
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

		if (step && is_report(look, pairing, step, report))
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
	               "why there is none.");
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

bool find_sent_is_not_answered(const struct look *look)
{
	struct report report;
	const struct call *made, *received;

	if (!find_report(look, &report) || is_tcp(&report) || report.said != ANSWER_GOOD)
		return false;
	say_report(look, &report);
	made = report.connect ? call_that_made(look, report.connect) : NULL;
	received = made ? call_on(look, made, NULL, CALLS_RECEIVE) : NULL;
	if (made && !received) {
		say_means(look, "send() says that the kernel has taken the bytes. Whether anybody gets them it cannot know.");
		say_next(look, "Wait for the answer with recv().");
	} else {
		say_means(look, "recv() came back with -1: that is no answer.");
		say_next(look, "Look at what recv() returns, and at errno.");
	}
	blame(look, received ? received : report.connect);
	return true;
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
	say_next(look, "send() the question behind connect(), then wait with recv().");
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

bool find_refusal_taken_for_silence(const struct look *look)
{
	struct report report;

	if (!find_report(look, &report) || report.said != ANSWER_NONE ||
	    !(report.wanted == ANSWER_REFUSED || report.wanted == ANSWER_FORBIDDEN))
		return false;
	say_report(look, &report);
	if (is_tcp(&report)) {
		say_means(look, "The call failed at once, with an error that says why. That is an answer.");
		say_next(look, "Say \"silent\" only when poll() returned 0. Otherwise ask SO_ERROR.");
	} else {
		say_means(look, "recv() returns -1 when the time is over (EAGAIN), and when the port was refused (ECONNREFUSED): "
		                "errno says which.");
		say_next(look, "Look at errno when recv() returns -1.");
	}
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
		if (*port && wants_report(look, program->host, *port, &answer) && answer == ANSWER_NONE)
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
	const struct call *call = NULL, *next;
	enum answer answer;

	while ((call = call_next(look, call, program, CALLS(CALL_CONNECT)))) {
		next = call_next(look, call, program, ~CALLS(CALL_CLOSE));
		if (call->error == EINPROGRESS && call->transport == CALL_TCP && !next &&
		    wants_report(look, program->host, call->port, &answer))
			return call;
	}
	return NULL;
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
