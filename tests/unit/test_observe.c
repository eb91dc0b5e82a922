/* test_observe.c - flows said as a trace: what is said, and that it parses and matches again. */
#include "capture.h"
#include "match.h"
#include "observe.h"
#include "sentinel.h"
#include "suite.h"
#include "wire.h"

#include <glob.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#define B "10.0.0.2"
#define A "10.0.0.1"
#define SECOND INT64_C(1000000000)

static struct wire wire;
static struct reducer *reducer;
static struct hosts hosts;
static size_t number;
static int64_t now;
static unsigned views; /* VIEW_ bits that are asked for */

static void begin_with(const struct reducer_options *options)
{
	reducer = options ? reducer_new_with(options) : reducer_new_for(views);
	hosts = (struct hosts){0};
	number = 0;
	now = 0;
}

static void begin(void)
{
	struct address address;

	begin_with(NULL);
	if (address_parse(A, &address))
		hosts_add(&hosts, "a", &address);
	if (address_parse(B, &address))
		hosts_add(&hosts, "b", &address);
}

static void end(void)
{
	reducer_free(reducer);
	hosts_free(&hosts);
}

static void feed(void)
{
	struct packet packet;

	now += 1000000;
	packet.time_ns = now;
	packet_decode(DLT_RAW, wire_bytes(&wire), wire.length, wire.length, &packet);
	reducer_packet(reducer, &packet, ++number);
}

static void tcp(const char *from, uint16_t port, const char *to, uint16_t to_port, const char *flags, uint32_t seq,
                uint32_t ack, const char *text)
{
	wire_text(&wire, text);
	wire_tcp(&wire, port, to_port, flags, seq, ack);
	wire_ip(&wire, from, to);
	feed();
}

static void b(const char *flags, uint32_t seq, uint32_t ack, const char *text)
{
	tcp(B, 6666, A, 7777, flags, seq, ack, text);
}

static void a(const char *flags, uint32_t seq, uint32_t ack, const char *text)
{
	tcp(A, 7777, B, 6666, flags, seq, ack, text);
}

static void handshake(void)
{
	b("S", 100, 0, "");
	a("SA", 500, 101, "");
	b("A", 101, 501, "");
}

static void udp(const char *from, uint16_t port, const char *to, uint16_t to_port, const char *text)
{
	wire_text(&wire, text);
	wire_udp(&wire, port, to_port);
	wire_ip(&wire, from, to);
	feed();
}

/* An ICMP error from A about what is in `wire`. */
static void unreachable(void)
{
	static struct wire error;

	wire_payload(&error, wire_bytes(&wire), wire.length);
	wire_icmp(&error, 3, 3);
	wire_ip(&error, A, B);
	wire = error;
	feed();
}

/* ---- the way back ---- */

static void print_all(const struct flow *const *flows, size_t count, const struct hosts *names, bool packets,
                      struct text *out)
{
	struct observe_options options = {names, packets, 0, views};

	for (size_t i = 0; i < count; i++)
		observe_print(flows[i], &options, out);
}

/* What was printed is the trace that was meant, and the flows match it. Returns what is wrong, or "". */
static const char *check_back(const struct flow *const *flows, size_t count, const struct hosts *names,
                              const struct text *printed)
{
	struct trace meant = {0}, read;
	struct params params = {0};
	struct view view = {.host = "", .interface = "", .flows = flows, .flow_count = count};
	struct match match;
	static struct error error;
	const char *wrong = "";

	for (size_t i = 0; i < count; i++)
		observe_flow_in(flows[i], names, views, &meant);
	if (trace_parse(&read, "printed", text_string(printed), printed->length, &error)) {
		trace_free(&meant);
		return error_string(&error);
	}
	if (!trace_equal(&read, &meant))
		wrong = "it parses as another trace";
	else if (match_trace(&(struct match_input){&read, names, &params, &view, 1}, &match, &error))
		wrong = error_string(&error);
	else {
		wrong = match.complete ? "" : "it does not match";
		match_free(&match);
	}
	trace_free(&read);
	trace_free(&meant);
	return wrong;
}

/* The flows so far are said so. */
static void says(const char *expected)
{
	struct text printed = {0};
	size_t count;
	const struct flow *const *flows = reducer_flows(reducer, &count);

	print_all(flows, count, &hosts, false, &printed);
	ASSERT_STRING(text_string(&printed), expected);
	ASSERT_STRING(check_back(flows, count, &hosts, &printed), "");
	text_free(&printed);
	end();
}

static void summarizes(const char *expected)
{
	struct text printed = {0};
	size_t count;
	const struct flow *const *flows = reducer_flows(reducer, &count);

	for (size_t i = 0; i < count; i++)
		observe_summary(flows[i], &hosts, &printed);
	ASSERT_STRING(text_string(&printed), expected);
	text_free(&printed);
	end();
}

/* ---- what is said ---- */

static void says_a_conversation(void)
{
	begin();
	handshake();
	b("PA", 101, 501, "GET {x}\n");
	a("PA", 501, 109, "a\"\\\x01\xff");
	a("FA", 506, 109, "");
	b("FA", 109, 507, "");
	says("tcp b:6666 => a:7777\n    -> \"GET \\{x}\\n\"\n    <- \"a\\\"\\\\\\x01\\xff\"\n    <- fin\n    -> fin\n");
}

static void says_datagrams(void)
{
	begin();
	udp(B, 6666, A, 7777, "one");
	udp(B, 6666, A, 7777, "");
	udp(A, 7777, B, 6666, "two");
	udp("10.0.0.9", 5, A, 7777, "three");
	unreachable();
	says("udp b:6666 => a:7777\n    -> \"one\"\n    -> \"\"\n    <- \"two\"\n"
	     "udp 10.0.0.9:5 => a:7777\n    -> \"three\"\n    <- unreachable\n");
}

static void says_ipv6(void)
{
	begin();
	udp("2001:db8::2", 6666, "2001:db8:0:0:0:0:0:1", 7777, "six");
	tcp("::ffff:10.0.0.1", 1, "fe80::1", 2, "S", 1, 0, "");
	tcp("fe80::1", 2, "::ffff:10.0.0.1", 1, "RA", 0, 2, "");
	says("udp [2001:db8::2]:6666 => [2001:db8::1]:7777\n    -> \"six\"\n"
	     "tcp [::ffff:10.0.0.1]:1 => [fe80::1]:2 refused\n");
}

static void says_calls_that_fail(void)
{
	begin();
	b("S", 100, 0, "");
	a("RA", 0, 101, "");
	tcp(B, 1, A, 2, "S", 1, 0, "");
	tcp(B, 1, A, 2, "S", 1, 0, "");
	tcp(B, 3, A, 4, "S", 1, 0, "early");
	tcp(B, 5, A, 6, "S", 1, 0, "");
	unreachable();
	says("tcp b:6666 => a:7777 refused\n"
	     "# called 2 times\ntcp b:1 => a:2 unanswered\n"
	     "# with 5 bytes that no connection carried\ntcp b:3 => a:4 unanswered\n"
	     "tcp b:5 => a:6 refused\n");
}

static void says_long_messages(void)
{
	char text[OBSERVE_QUOTED + 2];

	memset(text, 'x', sizeof text);
	text[sizeof text - 1] = '\0';
	begin();
	udp(B, 6666, A, 7777, text);
	udp(B, 6666, A, 7777, text + 1);
	{
		struct text expected = {0};

		text_printf(&expected, "udp b:6666 => a:7777\n    -> 257 bytes  # \"%.40s\" ...\n    -> \"%s\"\n", text,
		            text + 1);
		says(text_string(&expected));
		text_free(&expected);
	}
}

static void says_what_is_missing(void)
{
	begin();
	handshake();
	b("PA", 101, 501, "abc");
	b("PA", 110, 501, "def");
	a("A", 501, 113, "");
	b("FA", 113, 501, "");
	says("# the capture lacks 6 bytes of this flow\ntcp b:6666 => a:7777\n    -> 12 bytes  # \"abc\" ...\n    -> fin\n");
}

static void says_the_middle(void)
{
	begin();
	b("PA", 101, 501, "abc");
	a("PA", 501, 104, "def");
	tcp(A, 2, B, 1, "SA", 9, 2, "");
	tcp(B, 1, A, 2, "A", 2, 10, "");
	says("# the capture starts in the middle: who opened this connection is not known\n"
	     "tcp b:6666 => a:7777\n    -> \"abc\"\n    <- \"def\"\n"
	     "# the capture starts in the middle: its first packet is the answer to a call\ntcp b:1 => a:2\n");
}

static void says_a_reset_behind_a_fin(void)
{
	begin();
	handshake();
	b("FA", 101, 501, "");
	a("PA", 501, 102, "late");
	b("R", 102, 0, "");
	says("tcp b:6666 => a:7777\n    -> fin\n    <- \"late\"\n    -> reset\n");
}

static void says_what_went_on_behind_a_reset(void)
{
	begin();
	handshake();
	b("R", 101, 0, "");
	b("PA", 101, 501, "still");
	a("PA", 501, 106, "here");
	b("FA", 106, 505, "");
	says("tcp b:6666 => a:7777\n    -> reset\n    repeat 1  # and yet it went on\n        -> \"still\"\n"
	     "        <- \"here\"\n        -> fin\n");
}

static void says_advice_in_a_comment(void)
{
	begin();
	handshake();
	b("PA", 101, 501, "abc");
	unreachable();
	a("FA", 501, 104, "");
	says("tcp b:6666 => a:7777\n    -> \"abc\"\n    # an ICMP error from 10.0.0.1, type 3, code 3\n    <- fin\n");
}

static void says_port_zero(void)
{
	begin();
	udp(B, 0, A, 7777, "x");
	says("# a port of 0, which no program can have: * stands for it\nudp b:* => a:7777\n    -> \"x\"\n");
}

static void says_packets(void)
{
	struct text printed = {0};
	size_t count;
	const struct flow *const *flows;

	begin();
	handshake();
	b("PA", 101, 501, "abc");
	flows = reducer_flows(reducer, &count);
	print_all(flows, count, &hosts, true, &printed);
	ASSERT_STRING(text_string(&printed), "tcp b:6666 => a:7777  # packet 1, 0.001000 s\n"
	                                     "    -> \"abc\"  # packet 4, 0.004000 s\n");
	ASSERT_STRING(check_back(flows, count, &hosts, &printed), "");
	text_free(&printed);
	end();
}

static void says_what_is_no_flow(void)
{
	struct text printed = {0};

	begin();
	wire_text(&wire, "ping");
	wire_icmp(&wire, 8, 0);
	wire_ip(&wire, B, A);
	feed();
	feed();
	observe_unclaimed(reducer, &printed);
	ASSERT_STRING(text_string(&printed), "# 2 ICMP messages\n");
	text_free(&printed);
	end();
}

static void summarizes_in_a_line(void)
{
	begin();
	handshake();
	a("PA", 501, 101, "hello");
	b("PA", 101, 506, "abc");
	b("FA", 104, 506, "");
	a("FA", 506, 105, "");
	udp("2001:db8::2", 1, "2001:db8::1", 2, "x");
	tcp(B, 1, A, 2, "S", 1, 0, "");
	tcp(A, 5, B, 6, "PA", 1, 1, "mid");
	tcp(A, 5, B, 6, "R", 4, 1, "");
	summarizes("tcp b:6666 => a:7777; messages 1 -> 1 <-, bytes 3 -> 5 <-; opened by b; first word by a; closed by b (fin)\n"
	           "udp [2001:db8::2]:1 => [2001:db8::1]:2; messages 1 -> 0 <-, bytes 1 -> 0 <-; "
	           "opened by 2001:db8::2; first word by 2001:db8::2\n"
	           "tcp b:1 => a:2; messages 0 -> 0 <-, bytes 0 -> 0 <-; opened by b, unanswered\n"
	           "tcp a:5 => b:6; messages 1 -> 0 <-, bytes 3 -> 0 <-; opened by nobody seen; first word by a; "
	           "closed by a (reset)\n");
}

/* ---- any capture ---- */

static void read_capture(const char *path)
{
	struct error error;
	struct packet packet;
	FILE *stream = fopen(path, "re");
	struct capture *capture = stream ? capture_open(stream, path, &error) : NULL;

	while (capture && capture_next(capture, &packet, &error) > 0) {
		uint32_t round;
		bool outward;

		number++;
		if (!sentinel_read(&packet, &round, &outward))
			reducer_packet(reducer, &packet, number);
	}
	capture_close(capture);
}

/* Returns how many captures have flows. */
static size_t check_captures(const char *pattern)
{
	const char *srcdir = getenv("srcdir");
	struct text path = {0};
	glob_t found;
	size_t with_flows = 0;

	text_printf(&path, "%s/%s", srcdir ? srcdir : ".", pattern);
	if (glob(text_string(&path), 0, NULL, &found)) {
		text_free(&path);
		return 0;
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		struct text printed = {0}, wrong = {0};
		const struct flow *const *flows;
		size_t count;

		begin_with(NULL);
		read_capture(found.gl_pathv[i]);
		flows = reducer_flows(reducer, &count);
		print_all(flows, count, &hosts, true, &printed);
		if (count)
			text_add(&wrong, check_back(flows, count, &hosts, &printed));
		if (wrong.length)
			text_printf(&wrong, " (%s)", found.gl_pathv[i]);
		ASSERT_STRING(text_string(&wrong), "");
		with_flows += count > 0;
		text_free(&printed);
		text_free(&wrong);
		end();
	}
	globfree(&found);
	text_free(&path);
	return with_flows;
}

static void recorded_captures_match_themselves(void)
{
	CU_ASSERT(check_captures("tests/captures/*/*/*.pcap") >= 40);
	CU_ASSERT(check_captures("tests/fuzz/corpus/capture/*") >= 5);
}

static void captures_match_themselves_in_every_view(void)
{
	for (views = 1; views < 16; views++) {
		CU_ASSERT(check_captures("tests/captures/*/solution.*/*.pcap") >= 10);
		CU_ASSERT(check_captures("tests/fuzz/corpus/capture/*") >= 5);
	}
	views = 0;
}

/* ---- stricter views ---- */

static void says_a_handshake(void)
{
	views = VIEW_HANDSHAKE;
	begin();
	b("S", 100, 0, "");
	b("S", 100, 0, "");
	a("SA", 500, 101, "");
	a("SA", 500, 101, "");
	b("A", 101, 501, "");
	b("A", 101, 501, "");
	b("PA", 101, 501, "abc");
	a("A", 501, 104, "");
	says("# called 2 times\ntcp b:6666 => a:7777 handshake\n    -> syn seq 0\n    <- syn seq 0 ack 1\n    -> ack 1\n"
	     "    -> \"abc\"\n");
	views = 0;
}

/* RFC 9293, figure 7. */
static void says_a_simultaneous_open(void)
{
	views = VIEW_HANDSHAKE | VIEW_ACKS;
	begin();
	b("S", 100, 0, "");
	a("S", 500, 0, "");
	b("SA", 100, 501, "");
	a("SA", 500, 101, "");
	b("PA", 101, 501, "x");
	a("A", 501, 102, "");
	says("# both sides called at once\ntcp b:6666 => a:7777 handshake acks\n    -> syn seq 0\n    <- syn seq 0\n"
	     "    -> syn seq 0 ack 1\n    <- syn seq 0 ack 1\n    -> \"x\"\n    <- ack 2\n");
	views = 0;
}

static void says_segments(void)
{
	views = VIEW_SEGMENTS;
	begin();
	handshake();
	b("PA", 101, 501, "abc");
	b("PA", 107, 501, "ghi"); /* too early */
	b("PA", 101, 501, "abc"); /* again */
	b("PA", 103, 501, "cdef"); /* its first byte is not new */
	b("FA", 110, 501, "");
	says("tcp b:6666 => a:7777 segments\n    -> \"abc\" seq 1\n    -> \"def\" seq 4\n    -> \"ghi\" seq 7\n"
	     "    -> fin seq 10\n");
	views = 0;
}

static void says_acks(void)
{
	views = VIEW_ACKS;
	begin();
	handshake();
	b("PA", 101, 501, "abc");
	a("A", 501, 104, "");
	a("A", 501, 104, ""); /* again: nothing new */
	a("A", 501, 102, ""); /* late */
	b("PA", 104, 501, "def");
	a("PA", 501, 107, "ok"); /* with data */
	b("FA", 107, 503, "");
	says("tcp b:6666 => a:7777 acks\n    <- ack 1\n    -> ack 1\n    -> \"abcdef\"\n    <- ack 4\n    <- ack 7\n"
	     "    <- \"ok\"\n    -> ack 3\n    -> fin\n");
	views = 0;
}

/* Numbers that wrap, and a capture that starts in the middle: the first byte seen is 1. */
static void says_numbers_from_anywhere(void)
{
	views = VIEW_SEGMENTS | VIEW_ACKS;
	begin();
	b("S", 0xfffffffd, 0, "");
	a("SA", 0xffffffff, 0xfffffffe, "");
	b("PA", 0xfffffffe, 0, "abcd");
	a("A", 0, 2, "");
	tcp(B, 1, A, 2, "PA", 70000, 9, "mid");
	tcp(A, 2, B, 1, "PA", 9, 70003, "dle");
	says("tcp b:6666 => a:7777 segments acks\n    <- ack 1\n    -> ack 1\n    -> \"abcd\" seq 1\n    <- ack 5\n"
	     "# the capture starts in the middle: who opened this connection is not known\n"
	     "tcp b:1 => a:2 segments acks\n    -> \"mid\" seq 1\n    <- ack 4\n    <- \"dle\" seq 1\n");
	views = 0;
}

/* ---- flows that are over ---- */

static struct text over; /* the opening packets of the flows that were handed out */

static void take(void *context, const struct flow *flow)
{
	(void)context; /* there is one test at a time */
	text_printf(&over, " %zu", flow->packet);
}

static void begin_stream(void)
{
	static const struct reducer_options options = {.bytes_kept = 2, .events_kept = 3, .take = take};

	begin_with(&options);
	text_free(&over);
}

static void is_over(const char *expected)
{
	size_t count;

	ASSERT_STRING(text_string(&over), expected);
	(void)reducer_flows(reducer, &count);
	CU_ASSERT_EQUAL(count, 0);
}

static void ends_quiet_datagrams(void)
{
	begin_stream();
	udp(B, 1, A, 2, "x");
	udp(B, 3, A, 4, "x");
	now += 59 * SECOND;
	udp(A, 2, B, 1, "x");
	is_over("");
	now += 2 * SECOND;
	udp(B, 5, A, 6, "x");
	is_over(" 2");
	CU_ASSERT_EQUAL(reducer_oldest(reducer), 1);
	now += 61 * SECOND;
	udp(B, 1, A, 2, "x");
	is_over(" 2 1 4");
	reducer_finish(reducer);
	is_over(" 2 1 4 5");
	CU_ASSERT_EQUAL(reducer_oldest(reducer), SIZE_MAX);
	text_free(&over);
	end();
}

static void ends_closed_connections(void)
{
	begin_stream();
	handshake();
	b("FA", 101, 501, "");
	now += 1000 * SECOND;
	is_over(""); /* a half-closed connection waits for as long as it takes */
	a("FA", 501, 102, "");
	is_over(" 1");
	a("FA", 501, 102, ""); /* again: no flow of its own */
	b("A", 102, 502, "");
	tcp(B, 1, A, 2, "S", 1, 0, "");
	now += 179 * SECOND;
	udp(B, 1, A, 2, "x");
	is_over(" 1");
	now += 2 * SECOND;
	udp(B, 1, A, 2, "x");
	is_over(" 1 8");
	b("A", 102, 502, ""); /* too late: the middle of another one */
	CU_ASSERT_EQUAL(reducer_oldest(reducer), 9);
	reducer_finish(reducer);
	is_over(" 1 8 9 11");
	text_free(&over);
	end();
}

static void ends_reset_connections(void)
{
	begin_stream();
	handshake();
	b("R", 101, 0, "");
	is_over("");
	now += 59 * SECOND;
	b("A", 101, 501, "");
	now += 59 * SECOND;
	udp(B, 1, A, 2, "x");
	is_over("");
	now += 2 * SECOND;
	udp(B, 1, A, 2, "x");
	is_over(" 1");
	text_free(&over);
	end();
}

static void ends_replaced_connections(void)
{
	begin_stream();
	handshake();
	b("R", 101, 0, "");
	b("S", 900, 0, "");
	is_over(" 1");
	a("SA", 800, 901, "");
	CU_ASSERT_EQUAL(reducer_oldest(reducer), 5);
	reducer_finish(reducer);
	is_over(" 1 5");
	text_free(&over);
	end();
}

static const struct flow *last_flow; /* valid inside take_last() only: checks stand there */
static size_t left_out, kept_events, messages;
static uint64_t bytes;

static void take_last(void *context, const struct flow *flow)
{
	(void)context;
	last_flow = flow;
	left_out = flow->events_left_out;
	kept_events = flow->event_count;
	messages = flow->messages[0];
	bytes = flow->bytes[0];
	for (size_t i = 0; i < flow->event_count; i++)
		CU_ASSERT_EQUAL(flow->events[i].kept, 2);
}

static void keeps_no_more_than_asked_for(void)
{
	static const struct reducer_options options = {.bytes_kept = 2, .events_kept = 3, .take = take_last};
	static const struct reducer_options nothing = {.take = take_last};

	begin_with(&options);
	for (int i = 0; i < 100; i++)
		udp(B, 1, A, 2, "xxxx");
	reducer_finish(reducer);
	CU_ASSERT(last_flow && left_out == 97 && kept_events == 3 && messages == 100 && bytes == 400);
	end();
	begin_with(&nothing);
	handshake();
	b("PA", 101, 501, "abc");
	b("PA", 104, 501, "def");
	a("PA", 501, 107, "x");
	reducer_finish(reducer);
	CU_ASSERT(left_out == 2 && kept_events == 0 && messages == 1 && bytes == 6);
	end();
}

/* Flows come and go, so that slots of the table are emptied in the middle of a search. */
static void finds_flows_among_those_that_ended(void)
{
	static int64_t last[3000]; /* of each port, when it spoke */
	size_t expected = 0, found = 0;
	uint32_t state = 1;

	begin_stream();
	for (int i = 0; i < 30000; i++) {
		size_t port;

		state = state * 1664525 + 1013904223; /* Numerical Recipes */
		port = state >> 16 < 30000 ? state >> 22 : 1 + (state >> 16) % 2999;
		now += SECOND / 20;
		udp(B, (uint16_t)(port + 1), A, 2, "x");
		expected += !last[port] || now - last[port] > FLOW_QUIET_NS;
		last[port] = now;
	}
	reducer_finish(reducer);
	for (size_t i = 0; i < over.length; i++)
		found += over.data[i] == ' ';
	CU_ASSERT(expected > 5000 && expected < 25000);
	CU_ASSERT_EQUAL(found, expected);
	text_free(&over);
	end();
}

static const struct suite_test tests[] = {
	{"a conversation is said as it was, with escapes", says_a_conversation},
	{"datagrams, empty ones, and errors about them", says_datagrams},
	{"IPv6 endpoints stand in brackets", says_ipv6},
	{"calls that were refused or not answered", says_calls_that_fail},
	{"a long message is so many bytes", says_long_messages},
	{"bytes that the capture lacks are a comment", says_what_is_missing},
	{"a capture that starts in the middle says so", says_the_middle},
	{"a reset behind a fin of the same side", says_a_reset_behind_a_fin},
	{"what a side says behind its reset is said", says_what_went_on_behind_a_reset},
	{"an ICMP error about TCP is a comment", says_advice_in_a_comment},
	{"a port of 0 is said as *", says_port_zero},
	{"packets and times stand in comments", says_packets},
	{"packets of no flow are counted", says_what_is_no_flow},
	{"a flow in one line", summarizes_in_a_line},
	{"every recorded capture matches what is said of it", recorded_captures_match_themselves},
	{"datagrams that are quiet for a minute are over", ends_quiet_datagrams},
	{"a connection that both sides have closed is over at once, its late packets are no other", ends_closed_connections},
	{"a reset connection is over when quiet", ends_reset_connections},
	{"a replaced connection is over", ends_replaced_connections},
	{"no more events and bytes are kept than asked for", keeps_no_more_than_asked_for},
	{"flows are found although others have ended", finds_flows_among_those_that_ended},
	{"a handshake, with numbers and without repetitions", says_a_handshake},
	{"a simultaneous open is four SYNs", says_a_simultaneous_open},
	{"segments, each with what is new of it", says_segments},
	{"acknowledgements, as far as they go on", says_acks},
	{"numbers that wrap, and numbers from the middle", says_numbers_from_anywhere},
	{"captures match themselves in every view", captures_match_themselves_in_every_view},
};

SUITE_MAIN("observe", tests)
