/* test_diagnose_calls.c - diagnoses by recorded socket calls, without them, and whatever a program prints.
 *
 * The runs are in tests/captures. What is changed in one is changed here, in memory. */
#include "recorded.h"
#include "suite.h"
#include "verdict.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct recording recording;
static struct verdict verdict;

static void judge(void)
{
	recorded_judge(&recording, &verdict);
}

static void tidy(void)
{
	verdict_free(&verdict);
	recorded_close(&recording);
}

static struct evidence *evidence(void)
{
	return &recording.scene.evidence;
}

/* ---- the call that a diagnosis names ---- */

static const struct {
	const char *lesson, *run, *named;
} named[] = {
	{"01-udp-server", "tidy.one-question", "server.c:43 recvfrom(3) = -1 EBADF"},
	{"01-udp-server", "precedence.one-question", "server.c:33 bind(0, 10.0.0.1:7777) = -1 ENOTSOCK"},
	{"01-udp-server", "counts-arguments.one-question", ":0 "},
	{"02-udp-client-port", "bind-server-address.any-port", "client.c:25 bind(3, 10.0.0.1:0) = -1 EADDRNOTAVAIL"},
	{"02-udp-client-port", "localhost-silent.any-port", "client.c:40 sendto(3, 6 bytes, to 127.0.0.1:7777) = 6"},
	{"02-udp-client-port", "bind-unread.port-6666", "client.c:26 bind(3) = -1 EINVAL"},
	{"06-tcp-server", "recv-on-listener.one-client", "server.c:45 recv(3) = -1 ENOTCONN"},
	{"06-tcp-server", "one-byte.one-client", "server.c:45 recv(4) = 1"},
	{"06-tcp-server", "no-read.one-client", "server.c:51 close(4) = 0"},
	{"06-tcp-server", "closes-the-listener.two-in-turn", "server.c:39 close(3) = 0"},
	{"07-tcp-client-port", "setsockopt-after-bind.twice", "client.c:34 setsockopt(3, SO_REUSEADDR, 1) = 0"},
	{"13-push", "cloud-listens-late.your-cloud", "cloud.c:31 listen(3, 5) = 0"},
};

static void names_the_call(void)
{
	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
		char got[256];

		recorded_open_named(&recording, named[i].lesson, named[i].run);
		judge();
		snprintf(got, sizeof got, "%s:%d %s", verdict.finding.file, verdict.finding.line,
		         text_string(&verdict.finding.call));
		ASSERT_STRING(got, named[i].named);
		tidy();
	}
}

/* ---- without calls ---- */

static const char *const by_calls_only[] = {
	"arguments-miscounted", "called-itself", "not-my-address", "no-route", "not-a-socket", "bad-descriptor",
	"no-family", "not-permitted", "not-connected", "call-failed", "error-ignored", "recv-on-listener",
	"descriptor-leaked", "closed-unread", "short-read", "busy-loop", "push-not-poll", "nat-mapping-assumed",
	"same-pair-again",
};

static bool needs_calls(const char *id)
{
	for (size_t i = 0; i < sizeof by_calls_only / sizeof by_calls_only[0]; i++)
		if (!strcmp(by_calls_only[i], id))
			return true;
	return false;
}

static void forget_calls(void)
{
	evidence()->call_count = 0;
	evidence()->calls_known = false;
}

static void wider_without_calls(void)
{
	size_t wider = 0;

	for (size_t i = 0; i < recorded_count; i++) {
		recorded_open(&recording, &recorded_runs[i]);
		forget_calls();
		judge();
		CU_ASSERT_EQUAL(verdict.result, recorded_runs[i].id ? VERDICT_WRONG : VERDICT_RIGHT);
		if (recorded_runs[i].id) {
			if (needs_calls(verdict.finding.id))
				printf("# %s: %s without calls\n", recorded_runs[i].run, verdict.finding.id);
			CU_ASSERT_FALSE(needs_calls(verdict.finding.id));
			CU_ASSERT(verdict.finding.seen.length > 10 && verdict.finding.means.length > 10);
			CU_ASSERT_EQUAL(verdict.finding.call.length, 0);
			wider += strcmp(verdict.finding.id, recorded_runs[i].id) != 0;
		}
		tidy();
	}
	CU_ASSERT(wider >= 10);
}

/* A list that is cut says nothing about what is not in it. */
static void cut_list(void)
{
	recorded_open_named(&recording, "01-udp-server", "counts-arguments.one-question");
	evidence()->calls_known = false;
	judge();
	ASSERT_STRING(verdict.finding.id, "nothing-bound");
	tidy();
	recorded_open_named(&recording, "06-tcp-server", "no-read.one-client");
	evidence()->calls_known = false;
	judge();
	ASSERT_STRING(verdict.finding.id, "reset-not-fin");
	tidy();
}

/* ---- what a program prints ---- */

static const char prints[] = "usage: client\nbind: Address already in use\nconnect: Cannot assign requested address\n"
                             "accept: Bad file descriptor\nsendto: Network is unreachable\n"
                             "recv: Transport endpoint is not connected\nSegmentation fault\n";

static void replace_output(struct evidence_program *program)
{
	free(program->output);
	program->output = mem_alloc(sizeof prints);
	memcpy(program->output, prints, sizeof prints);
	program->output_bytes = sizeof prints - 1;
}

static void output_is_not_read(void)
{
	for (size_t i = 0; i < recorded_count; i++) {
		recorded_open(&recording, &recorded_runs[i]);
		for (size_t j = 0; j < evidence()->program_count; j++)
			replace_output(&evidence()->programs[j]);
		judge();
		ASSERT_STRING(verdict.result == VERDICT_RIGHT ? "right" : verdict.finding.id,
		              recorded_runs[i].id ? recorded_runs[i].id : "right");
		tidy();
	}
}

/* ---- one call, failing in each way ---- */

static const struct {
	enum call_kind kind;
	int error;
	const char *id;
} failures[] = {
	{CALL_BIND, EADDRNOTAVAIL, "not-my-address"}, {CALL_BIND, EADDRINUSE, "address-in-use"},
	{CALL_BIND, EACCES, "not-permitted"},         {CALL_BIND, EAFNOSUPPORT, "no-family"},
	{CALL_SENDTO, ENETUNREACH, "no-route"},       {CALL_CONNECT, EHOSTUNREACH, "no-route"},
	{CALL_SENDTO, EACCES, "not-permitted"},       {CALL_SENDTO, EPERM, "not-permitted"},
	{CALL_CONNECT, EAFNOSUPPORT, "no-family"},    {CALL_SENDTO, ENOTSOCK, "not-a-socket"},
	{CALL_SEND, EDESTADDRREQ, "not-connected"},   {CALL_RECV, ENOTCONN, "not-connected"},
	{CALL_RECVFROM, EBADF, "bad-descriptor"},     {CALL_SENDTO, EMSGSIZE, "call-failed"},
	{CALL_CONNECT, ETIMEDOUT, "call-failed"},     {CALL_SOCKET, EMFILE, "call-failed"},
	/* Not yet, again, and what a program can do without. */
	{CALL_RECVFROM, EAGAIN, "silent-client"},     {CALL_RECVFROM, EINTR, "silent-client"},
	{CALL_CONNECT, EINPROGRESS, "silent-client"},
	/* Which is a failure only where the program ended over it. */
	{CALL_SETSOCKOPT, ENOPROTOOPT, "call-failed"},
};

static void each_error(void)
{
	for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
		struct call *call;

		recorded_open_named(&recording, "02-udp-client-port", "bind-server-address.any-port");
		CU_ASSERT_EQUAL_FATAL(evidence()->call_count, 2);
		call = &evidence()->calls[1];
		call->kind = failures[i].kind;
		call->error = failures[i].error;
		judge();
		ASSERT_STRING(verdict.finding.id, failures[i].id);
		tidy();
	}
}

/* What "call-failed" says where the error has a usual reason, and where it has none. */
static const struct {
	enum call_kind kind;
	int error;
	const char *means;
} reasons[] = {
	{CALL_SENDTO, EINVAL, "address is 0"},         {CALL_BIND, EINVAL, "not the size of the struct"},
	{CALL_ACCEPT, EINVAL, "does not listen"},      {CALL_LISTEN, EOPNOTSUPP, "SOCK_DGRAM"},
	{CALL_ACCEPT, EOPNOTSUPP, "has connections"},  {CALL_ACCEPT, EFAULT, "its pointers lead"},
	{CALL_CONNECT, EINVAL, "size of the struct"},  {CALL_SETSOCKOPT, EDOM, "a million or more"},
	{CALL_SETSOCKOPT, EINVAL, "the level"},
	{CALL_SEND, EFAULT, "no memory"},              {CALL_SENDTO, EMSGSIZE, "that it cannot use"},
};

static void each_reason(void)
{
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
		struct call *call;

		recorded_open_named(&recording, "02-udp-client-port", "bind-server-address.any-port");
		CU_ASSERT_EQUAL_FATAL(evidence()->call_count, 2);
		call = &evidence()->calls[1];
		call->kind = reasons[i].kind;
		call->error = reasons[i].error;
		judge();
		ASSERT_STRING(verdict.finding.id, "call-failed");
		CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&verdict.finding.means), reasons[i].means));
		tidy();
	}
}

/* What the sentences say, where the calls tell more than the packets. */
static const struct {
	const char *lesson, *run, *says;
} sentences[] = {
	{"01-udp-server", "closes-behind-answer.two-clients", "close() at server.c:60 gave it back"},
	{"01-udp-server", "only-binds.one-question", "bind() at server.c:32 was right"},
	{"01-udp-server", "listens.one-question", "Leave listen() out"},
	{"02-udp-client-port", "looks-once.any-port", "recv() at client.c:67 had returned -1 (EAGAIN)"},
	{"02-udp-client-port", "receives-on.any-port", "The next call was recv() at client.c:72"},
	{"02-udp-client-port", "closes-in-between.any-port", "close() at client.c:72 gave it back"},
	{"02-udp-client-port", "prints-question.any-port", "It waits in recv() at client.c:66"},
	{"01-udp-server", "another-socket.one-question", "port 7777 belongs to descriptor 3"},
	{"02-udp-client-port", "port-zero.any-port", "The port in the address is 0"},
	{"05-who-starts", "small-buffer.a-starts", "had room for 2 of its 4 bytes"},
	{"05-who-starts", "both-begin.a-starts", "b also said \"ping\""},
	{"05-who-starts", "one-round.both-start", "behind sendto() at peer.c:49, which had succeeded"},
	{"06-tcp-server", "accepts-too-early.one-client", "Descriptor 4 is a connection"},
	{"06-tcp-server", "only-listens-and-ends.one-client", "listen() at server.c:34 was right"},
	{"06-tcp-server", "listens-first.one-client", "listen() at server.c:34 gave it one"},
	{"07-tcp-client-port", "connects-twice.any-port", "failed (EISCONN)"},
	{"07-tcp-client-port", "wrong-level.any-port", "does not belong to the level"},
	{"08-stream", "no-space.pieces", "\" \", which is missing behind \"got\""},
	{"09-half-close", "reads-once.slow-answer", "had returned 7 bytes, and was not called again"},
};

static void what_they_say(void)
{
	for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
		const struct finding *finding = &verdict.finding;
		struct text all = {0};

		recorded_open_named(&recording, sentences[i].lesson, sentences[i].run);
		judge();
		text_printf(&all, "%s %s %s", text_string(&finding->seen), text_string(&finding->means),
		            text_string(&finding->next));
		if (!strstr(text_string(&all), sentences[i].says))
			printf("# %s: no \"%s\" in: %s\n", sentences[i].run, sentences[i].says, text_string(&all));
		CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&all), sentences[i].says));
		text_free(&all);
		tidy();
	}
}

/* The next of several addresses, or the second try: what came right in the end is blamed for nothing. */
static void made_good(void)
{
	struct call *calls;

	recorded_open_named(&recording, "02-udp-client-port", "bind-server-address.any-port");
	calls = mem_alloc(3 * sizeof *calls);
	memcpy(calls, evidence()->calls, 2 * sizeof *calls);
	calls[2] = calls[1];
	calls[2].result = calls[2].error = 0;
	free(evidence()->calls);
	evidence()->calls = calls;
	evidence()->call_count = 3;
	judge();
	ASSERT_STRING(verdict.finding.id, "silent-client");
	tidy();
}

/* dup() is not among the calls: what was done on a copy is not known to be done on the socket. */
static void copies(void)
{
	struct call *call;

	recorded_open_named(&recording, "06-tcp-server", "no-read.one-client");
	call = &evidence()->calls[4];
	CU_ASSERT_EQUAL_FATAL(call->kind, CALL_SELECT);
	call->kind = CALL_READ;
	call->fd = 9; /* which nobody made */
	judge();
	ASSERT_STRING(verdict.finding.id, "reset-not-fin");
	tidy();
}

/* A row of calls that takes its time is no busy loop. */
static void patience(void)
{
	recorded_open_named(&recording, "06-tcp-server", "spins.one-client");
	for (size_t i = 0; i < evidence()->call_count; i++) {
		struct call *call = &evidence()->calls[i];

		if (call->repeats > 1000)
			call->end_ns = call->time_ns + (int64_t)call->repeats * 10000000; /* 10 ms each */
	}
	judge();
	ASSERT_STRING(verdict.finding.id, "both-wait");
	tidy();
}

static void known_is_kept(void)
{
	static const char *const runs[] = {"counts-arguments.one-question", "no-htons.one-question"};

	for (size_t i = 0; i < 2; i++) {
		struct text json = {0};
		struct evidence again;
		struct error error;

		recorded_open_named(&recording, "01-udp-server", runs[i]);
		CU_ASSERT_EQUAL(evidence()->calls_known, i == 0);
		evidence_print(evidence(), &json);
		CU_ASSERT_EQUAL_FATAL(evidence_parse(&again, "run.json", text_string(&json), json.length, &error), 0);
		CU_ASSERT_EQUAL(again.calls_known, i == 0);
		evidence_free(&again);
		text_free(&json);
		recorded_close(&recording);
	}
}

static const struct suite_test tests[] = {
	{"a diagnosis names the call that did it, and its line", names_the_call},
	{"without calls a wrong run is as wrong, and its diagnosis wider", wider_without_calls},
	{"a list that is cut says nothing about what is not in it", cut_list},
	{"what a program prints changes nothing", output_is_not_read},
	{"each error has its diagnosis", each_error},
	{"a failed call is told with its usual reason", each_reason},
	{"sentences tell what the calls show", what_they_say},
	{"a call that was made good is not blamed", made_good},
	{"a copy of a descriptor leaves open what was read", copies},
	{"a row of calls with pauses is no busy loop", patience},
	{"a record tells whether all calls are in it", known_is_kept},
};

SUITE_MAIN("diagnose_calls", tests)
