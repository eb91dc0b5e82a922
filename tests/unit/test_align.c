/* test_align.c - one expected flow beside one seen flow: what matches, what it costs.
 *
 * Both are written as traces. The steps are compared as a string: . matched,
 * x wrong, ? missing, + extra, t untimely. */
#include "align.h"
#include "seen.h"
#include "suite.h"
#include "wire.h"

#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct seen seen;
static struct trace expected;
static struct params params;
static struct binding bindings[4];
static size_t binding_count;
static bool reversed;
static struct match_step *steps;
static size_t step_count;
static unsigned cost;

static void tidy(void)
{
	free(steps);
	steps = NULL;
	seen_free(&seen);
	trace_free(&expected);
	params_free(&params);
	memset(&seen.flow_count, 0, sizeof seen.flow_count);
	binding_count = 0;
	reversed = false;
}

static void read_expected(const char *text)
{
	struct error error;

	if (trace_parse(&expected, "expected", text, strlen(text), &error)) {
		fprintf(stderr, "%s\n", error_string(&error));
		abort();
	}
}

static struct align_input input_of(const struct flow *flow)
{
	return (struct align_input){&expected.entries[0].flow, flow, reversed, &params, bindings, binding_count};
}

static const char *steps_as_text(void)
{
	static const char marks[] = ".x?+t";
	static char text[256];
	size_t i;

	for (i = 0; i < step_count && i < sizeof text - 1; i++)
		text[i] = marks[steps[i].status];
	text[i] = '\0';
	return text;
}

static const char *align_seen(const struct flow *flow)
{
	struct align_input input = input_of(flow);

	cost = align_flow(&input, &steps, &step_count);
	CU_ASSERT_EQUAL(cost, align_flow(&input, NULL, NULL));
	return steps_as_text();
}

/* Params and bindings are set before. To be tidied up by the caller. */
static const char *align(const char *wanted, const char *was)
{
	read_expected(wanted);
	seen_read(&seen, was);
	return align_seen(&seen.flows[0]);
}

/* An alignment without params. */
static void check(const char *wanted, const char *was, const char *as_steps, unsigned at_cost)
{
	ASSERT_STRING(align(wanted, was), as_steps);
	CU_ASSERT_EQUAL(cost, at_cost);
	tidy();
}

#define TCP "tcp b:1000 => a:7777\n"
#define UDP "udp b:1000 => a:7777\n"

/* ---- one item beside one event ---- */

static void equal_talks(void)
{
	check(UDP " -> \"hi\"\n <- \"ho\"\n", UDP " -> \"hi\"\n <- \"ho\"\n", "..", 0);
	check(TCP " -> \"hi\"\n <- \"ho\"\n -> fin\n <- reset\n", TCP " -> \"hi\"\n <- \"ho\"\n -> fin\n <- reset\n",
	      "....", 0);
	check(UDP " -> \"hi\"\n <- unreachable\n", UDP " -> \"hi\"\n <- unreachable\n", "..", 0);
	check(TCP, TCP, "", 0);
	check(UDP " -> \"\"\n", UDP " -> \"\"\n", ".", 0);
}

static void missing_items(void)
{
	check(UDP " -> \"hi\"\n <- \"ho\"\n", UDP " -> \"hi\"\n", ".?", COST_MISSING);
	check(UDP " -> \"hi\"\n <- \"ho\"\n", UDP " <- \"ho\"\n", "?.", COST_SKIPPED);
	check(TCP " -> \"hi\"\n", TCP, "?", COST_MISSING);
	check(TCP " -> fin\n <- fin\n", TCP " -> fin\n", ".?", COST_MISSING);
}

static void extra_events(void)
{
	check(UDP " -> \"hi\"\n", UDP " -> \"hi\"\n <- \"ho\"\n", ".+", COST_EXTRA);
	check(TCP, TCP " -> \"hi\"\n", "+", COST_EXTRA);
	check(TCP " -> \"hi\"\n", TCP " -> \"hi\"\n <- reset\n", ".+", COST_EXTRA);
}

static void wrong_bytes(void)
{
	check(UDP " -> \"hi\"\n", UDP " -> \"ho ho\"\n", "x", COST_WRONG - COST_LIKE / 2);
	check(UDP " -> \"hi\"\n", UDP " -> \"no\"\n", "x", COST_WRONG);
	check(TCP " -> \"hello\"\n <- \"ho\"\n", TCP " -> \"hell\"\n <- \"ho\"\n", "x.", COST_WRONG - 4 * COST_LIKE / 5);
	/* What begins right is taken for it before what does not. */
	check(UDP " -> \"hello\"\n", UDP " -> \"bye\"\n -> \"hell\"\n", "+x", COST_EXTRA + COST_WRONG - 4 * COST_LIKE / 5);
}

static void wrong_direction(void)
{
	check(UDP " -> \"hi\"\n", UDP " <- \"hi\"\n", "+?", COST_MISSING + COST_EXTRA);
	check(TCP " -> fin\n <- fin\n", TCP " <- fin\n -> fin\n", "+.?", COST_MISSING + COST_EXTRA);
}

static void another_end(void)
{
	check(TCP " -> fin\n", TCP " -> reset\n", "+?", COST_MISSING + COST_EXTRA);
	check(TCP " -> reset\n", TCP " -> fin\n", "?", COST_MISSING);
}

static void reversed_flows(void)
{
	reversed = true;
	check(TCP " <- \"push\"\n -> \"ok\"\n", TCP " -> \"push\"\n <- \"ok\"\n", "..", 0);
	reversed = true;
	check(TCP " <- \"push\"\n", TCP " <- \"push\"\n", "+?", COST_MISSING + COST_EXTRA);
	/* The end that is listed is its own sender's, reversed or not. */
	reversed = true;
	check(TCP " -> fin\n", TCP " <- fin\n -> fin\n", ".", 0);
}

static void datagrams_are_whole(void)
{
	check(UDP " -> \"hi\"\n", UDP " -> \"hi there\"\n", "x", COST_WRONG - COST_LIKE);
	check(UDP " -> \"hi\"\n -> \"ho\"\n", UDP " -> \"hiho\"\n", "x?", COST_WRONG - COST_LIKE + COST_MISSING);
	check(UDP " -> 5 bytes\n", UDP " -> 6 bytes\n", "x", COST_WRONG);
	check(UDP " -> 5 bytes\n", UDP " -> 5 bytes\n", ".", 0);
}

/* ---- patterns ---- */

static void prefix_and_any(void)
{
	check(UDP " -> \"GET \" ...\n", UDP " -> \"GET /\"\n", ".", 0);
	check(UDP " -> \"GET \" ...\n", UDP " -> \"GET \"\n", ".", 0);
	check(UDP " -> \"GET \" ...\n", UDP " -> \"POST /\"\n", "x", COST_WRONG);
	check(UDP " -> any\n", UDP " -> \"\"\n", ".", 0);
	check(UDP " -> any\n", UDP " -> \"x\"\n -> \"y\"\n", ".+", COST_EXTRA);
	check(TCP " -> any\n <- any\n", TCP " -> \"much\"\n <- \"more\"\n", "..", 0);
	/* any is all until the other side speaks: nothing is left for what follows. */
	check(TCP " -> any\n -> \"x\"\n", TCP " -> \"yx\"\n", ".?", COST_MISSING);
	check(TCP " -> \"y\"\n -> any\n", TCP " -> \"yx\"\n", "..", 0);
	check(TCP " -> \"y\"\n -> \"x\" ...\n", TCP " -> \"yxz\"\n", "..", 0);
}

static void counted_bytes(void)
{
	check(TCP " -> 1000 bytes\n", TCP " -> 1000 bytes\n", ".", 0);
	check(TCP " -> 1000 bytes\n", TCP " -> 999 bytes\n", "x", COST_WRONG);
	check(TCP " -> 1000 bytes\n", TCP " -> 1001 bytes\n", ".+", COST_EXTRA);
	check(TCP " -> 300 bytes\n -> 700 bytes\n", TCP " -> 1000 bytes\n", "..", 0);
	/* More than is kept of a message is counted all the same. */
	check(TCP " -> 100000 bytes\n -> 100000 bytes\n", TCP " -> 200000 bytes\n", "..", 0);
	check(TCP " -> 100000 bytes\n -> \"x\"\n", TCP " -> 100001 bytes\n", ".x", COST_WRONG);
}

static void parameters(void)
{
	params_set(&params, "name", PARAM_TEXT, "Ada");
	check(UDP " -> \"hello {name}!\"\n", UDP " -> \"hello Ada!\"\n", ".", 0);
	params_set(&params, "name", PARAM_TEXT, "Ada");
	check(UDP " -> \"hello {name}!\"\n", UDP " -> \"hello Ida!\"\n", "x", COST_WRONG - 6 * COST_LIKE / 10);
	params_set(&params, "name", PARAM_TEXT, "");
	check(UDP " -> \"hello {name}!\"\n", UDP " -> \"hello !\"\n", ".", 0);
}

static void variables(void)
{
	static const char wanted[] = "udp b:$p => a:7777\n <- \"you are {p}\\n\"\n";

	bindings[0] = (struct binding){"p", 4711};
	binding_count = 1;
	check(wanted, UDP " <- \"you are 4711\\n\"\n", ".", 0);
	bindings[0] = (struct binding){"p", 4711};
	binding_count = 1;
	check(wanted, UDP " <- \"you are 4712\\n\"\n", "x", COST_WRONG - 11 * COST_LIKE / 13);
	/* Without a value it takes digits, at least one. */
	check(wanted, UDP " <- \"you are 1\\n\"\n", ".", 0);
	ASSERT_STRING(align(wanted, UDP " <- \"you are \\n\"\n"), "x");
	tidy();
	ASSERT_STRING(align(wanted, UDP " <- \"you are nobody\\n\"\n"), "x");
	tidy();
}

static void patterns_take(void)
{
	const struct flow flow = {.transport = TRANSPORT_TCP};
	struct align_input input;
	const struct pattern *pattern;

	read_expected(TCP " -> \"abc\"\n -> 3 bytes\n -> any\n -> \"ab\" ...\n");
	input = input_of(&flow);
	pattern = &expected.entries[0].flow.items[0].pattern;
	CU_ASSERT_EQUAL(align_pattern(&input, pattern, (const uint8_t *)"abcd", 4, 4, false), 3);
	CU_ASSERT_EQUAL(align_pattern(&input, pattern, (const uint8_t *)"abcd", 4, 4, true), -1);
	CU_ASSERT_EQUAL(align_pattern(&input, pattern, (const uint8_t *)"abc", 3, 3, true), 3);
	CU_ASSERT_EQUAL(align_pattern(&input, pattern, (const uint8_t *)"ab", 2, 2, false), -1);
	CU_ASSERT_EQUAL(align_pattern(&input, pattern, (const uint8_t *)"ab", 2, 3, false), -1);
	pattern = &expected.entries[0].flow.items[1].pattern;
	CU_ASSERT_EQUAL(align_pattern(&input, pattern, (const uint8_t *)"", 0, 4, false), 3);
	CU_ASSERT_EQUAL(align_pattern(&input, pattern, (const uint8_t *)"", 0, 2, false), -1);
	CU_ASSERT_EQUAL(align_pattern(&input, pattern, (const uint8_t *)"", 0, 4, true), -1);
	pattern = &expected.entries[0].flow.items[2].pattern;
	CU_ASSERT_EQUAL(align_pattern(&input, pattern, (const uint8_t *)"ab", 2, 9, true), 9);
	pattern = &expected.entries[0].flow.items[3].pattern;
	CU_ASSERT_EQUAL(align_pattern(&input, pattern, (const uint8_t *)"abcd", 4, 9, true), 9);
	CU_ASSERT_EQUAL(align_pattern(&input, pattern, (const uint8_t *)"acd", 3, 9, false), -1);
	trace_free(&expected);
}

/* ---- TCP is a stream ---- */

static void messages_in_one_event(void)
{
	check(TCP " -> \"one\"\n -> \"two\"\n", TCP " -> \"onetwo\"\n", "..", 0);
	check(TCP " -> \"one\"\n -> \"two\"\n -> fin\n", TCP " -> \"onetwo\"\n -> fin\n", "...", 0);
	check(TCP " -> \"one\"\n -> \"two\"\n", TCP " -> \"onetwothree\"\n", "..+", COST_EXTRA);
	check(TCP " -> \"one\"\n -> \"two\"\n", TCP " -> \"onetw\"\n", ".x", COST_WRONG - 2 * COST_LIKE / 3);
	check(TCP " -> \"one\"\n -> \"two\"\n", TCP " -> \"one\"\n", ".?", COST_MISSING);
}

static void places_in_an_event(void)
{
	ASSERT_STRING(align(TCP " -> \"one\"\n -> \"two!\"\n <- \"ok\"\n", TCP " -> \"onetwo!..\"\n <- \"ok\"\n"), "..+.");
	CU_ASSERT_EQUAL(steps[0].event, 0);
	CU_ASSERT_EQUAL(steps[0].offset, 0);
	CU_ASSERT_EQUAL(steps[0].length, 3);
	CU_ASSERT_EQUAL(steps[1].event, 0);
	CU_ASSERT_EQUAL(steps[1].offset, 3);
	CU_ASSERT_EQUAL(steps[1].length, 4);
	CU_ASSERT_EQUAL(steps[2].offset, 7);
	CU_ASSERT_EQUAL(steps[2].length, 2);
	CU_ASSERT_PTR_NULL(steps[2].item);
	CU_ASSERT_EQUAL(steps[3].event, 1);
	CU_ASSERT_PTR_EQUAL(steps[3].item, &expected.entries[0].flow.items[2]);
	CU_ASSERT_EQUAL(steps[3].time_ns, seen.flows[0].events[1].time_ns);
	tidy();
}

static void times_of_what_is_missing(void)
{
	ASSERT_STRING(align(TCP " -> \"one\"\n <- \"two\"\n", TCP " -> \"one\" after 30 ms\n"), ".?");
	CU_ASSERT_EQUAL(steps[1].event, MATCH_NO_EVENT);
	CU_ASSERT_EQUAL(steps[1].time_ns, seen.flows[0].events[0].time_ns);
	tidy();
	ASSERT_STRING(align(TCP " -> \"one\"\n", TCP), "?");
	CU_ASSERT_EQUAL(steps[0].time_ns, seen.flows[0].opened_ns);
	tidy();
}

static uint32_t state = 1;

/* Numerical Recipes' generator: the same numbers on every machine. */
static uint32_t draw(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

static struct wire wire;
static size_t number;

static void feed(struct reducer *reducer, bool along, const char *flags, uint32_t seq, uint32_t ack,
                 const char *bytes, size_t length)
{
	struct packet packet;

	wire_payload(&wire, bytes, length);
	wire_tcp(&wire, along ? 1000 : 7777, along ? 7777 : 1000, flags, seq, ack);
	wire_ip(&wire, along ? "10.0.0.2" : "10.0.0.1", along ? "10.0.0.1" : "10.0.0.2");
	packet.time_ns = (int64_t)++number * 1000000;
	packet_decode(DLT_RAW, wire_bytes(&wire), wire.length, wire.length, &packet);
	reducer_packet(reducer, &packet, number);
}

/* BYTES cut into segments anywhere, some of them sent twice. */
static void feed_cut(struct reducer *reducer, bool along, uint32_t *seq, uint32_t ack, const char *bytes)
{
	size_t length = strlen(bytes);

	for (size_t at = 0, size; at < length; at += size, *seq += (uint32_t)size) {
		size = 1 + draw((uint32_t)(length - at));
		for (uint32_t times = draw(2); times < 2; times++)
			feed(reducer, along, "PA", *seq, ack, bytes + at, size);
	}
}

static void segments_cut_anywhere(void)
{
	for (int round = 0; round < 200; round++) {
		struct reducer *reducer = reducer_new();
		uint32_t seq = 101, ack = 501;
		size_t count;

		number = 0;
		read_expected(TCP " -> \"GET \"\n -> \"/events\\n\"\n <- \"none\\n\"\n <- \"lamp on\\n\"\n -> \"ok\\n\"\n");
		feed(reducer, true, "S", 100, 0, "", 0);
		feed(reducer, false, "SA", 500, 101, "", 0);
		feed(reducer, true, "A", 101, 501, "", 0);
		feed_cut(reducer, true, &seq, ack, "GET /events\n");
		feed_cut(reducer, false, &ack, seq, "none\nlamp on\n");
		feed_cut(reducer, true, &seq, ack, "ok\n");
		ASSERT_STRING(align_seen(reducer_flows(reducer, &count)[0]), ".....");
		CU_ASSERT_EQUAL(cost, 0);
		reducer_free(reducer);
		tidy();
	}
}

/* ---- stricter views ---- */

#define STRICT(VIEWS) "tcp b:1000 => a:7777 " VIEWS "\n"
#define SHAKE " -> syn seq 0\n <- syn seq 0 ack 1\n -> ack 1\n"

static void handshakes(void)
{
	check(STRICT("handshake") SHAKE " -> \"hi\"\n", STRICT("handshake") SHAKE " -> \"hi\"\n", "....", 0);
	check(STRICT("handshake") SHAKE, STRICT("handshake") " -> syn seq 0\n <- syn seq 0\n", ".x?",
	      COST_WRONG + COST_MISSING);
	check(STRICT("handshake") " -> \"hi\"\n", STRICT("handshake") SHAKE " -> \"hi\"\n", "++.", 2 * COST_EXTRA);
	check(TCP " -> \"hi\"\n", STRICT("handshake") SHAKE " -> \"hi\"\n", ".", 0);
	/* Simultaneous: nobody knows whose packet comes first. */
	check(STRICT("handshake") " in any order\n  -> syn seq 0\n  <- syn seq 0\n"
	      " in any order\n  -> syn seq 0 ack 1\n  <- syn seq 0 ack 1\n",
	      STRICT("handshake") " <- syn seq 0\n -> syn seq 0\n <- syn seq 0 ack 1\n -> syn seq 0 ack 1\n", "....", 0);
}

static void acknowledgements(void)
{
	check(STRICT("acks") " -> \"hello\"\n <- ack 6\n", STRICT("acks") " -> \"hello\"\n <- ack 3\n <- ack 6\n", "..", 0);
	/* More is enough, and unlisted ones are free. */
	check(STRICT("acks") " -> \"hello\"\n <- ack 3\n -> fin\n",
	      STRICT("acks") " -> \"hello\"\n <- ack 6\n -> fin\n <- ack 7\n", "...", 0);
	check(STRICT("acks") " -> \"hello\"\n <- ack 6\n", STRICT("acks") " -> \"hello\"\n <- ack 5\n", ".?", COST_MISSING);
	check(STRICT("acks") " -> \"hello\"\n <- ack 6\n", STRICT("acks") " -> \"hello\"\n -> ack 6\n", ".?", COST_MISSING);
	/* The order holds: first the answer, then the acknowledgement, is another trace. */
	check(STRICT("acks") " -> \"hello\"\n <- ack 6\n <- \"ho\"\n", STRICT("acks") " -> \"hello\"\n <- \"ho\"\n <- ack 6\n",
	      ".?.", COST_SKIPPED);
	check(STRICT("acks") " -> \"hello\"\n <- \"ho\"\n <- ack 6\n", STRICT("acks") " -> \"hello\"\n <- ack 6\n <- \"ho\"\n",
	      "...", 0);
	/* An acknowledgement cuts no message in two. */
	check(STRICT("acks") " -> \"hello\"\n", STRICT("acks") " -> \"hel\"\n <- ack 4\n -> \"lo\"\n", ".", 0);
	check(STRICT("acks") " -> \"hel\"\n <- ack 4\n -> \"lo\"\n", STRICT("acks") " -> \"hel\"\n <- ack 4\n -> \"lo\"\n",
	      "...", 0);
	check(STRICT("acks") " -> \"hi\"\n <- ack 3 within 5 ms\n", STRICT("acks") " -> \"hi\"\n <- ack 3 after 8 ms\n", ".t",
	      COST_UNTIMELY);
	check(STRICT("acks") " -> \"hi\"\n <- \"ho\" after 5 ms\n",
	      STRICT("acks") " -> \"hi\"\n <- ack 3 after 4 ms\n <- \"ho\" after 2 ms\n", "..", 0);
}

static void segments(void)
{
	check(STRICT("segments") " -> \"hel\" seq 1\n -> 2 bytes seq 4\n", STRICT("segments") " -> \"hel\" seq 1\n -> \"lo\" seq 4\n",
	      "..", 0);
	check(STRICT("segments") " -> \"hello\"\n", STRICT("segments") " -> \"hel\" seq 1\n -> \"lo\" seq 4\n", "x+",
	      COST_WRONG - 3 * COST_LIKE / 5 + COST_EXTRA);
	check(STRICT("segments") " -> \"hel\"\n -> \"lo\"\n", STRICT("segments") " -> \"hello\" seq 1\n", "x?",
	      COST_WRONG - COST_LIKE + COST_MISSING);
	check(STRICT("segments") " -> \"hi\" seq 2\n", STRICT("segments") " -> \"hi\" seq 1\n", "x", COST_WRONG - COST_LIKE);
	check(STRICT("segments") " -> any\n -> any\n", STRICT("segments") " -> \"hel\"\n -> \"lo\"\n", "..", 0);
	check(STRICT("segments") " -> fin seq 3\n", STRICT("segments") " -> fin seq 1\n", "x", COST_WRONG);
	/* Elsewhere a message is still bytes of the stream. */
	check(TCP " -> \"hello\"\n", STRICT("segments") " -> \"hel\" seq 1\n -> \"lo\" seq 4\n", ".", 0);
}

static void strict_ends(void)
{
	check(STRICT("ends") " -> \"hi\"\n", TCP " -> \"hi\"\n", ".", 0);
	check(STRICT("ends") " -> \"hi\"\n", TCP " -> \"hi\"\n -> fin\n", ".+", COST_EXTRA);
	check(STRICT("ends") " -> \"hi\"\n -> fin\n", TCP " -> \"hi\"\n -> fin\n <- fin\n", "..+", COST_EXTRA);
	check(STRICT("ends") " -> fin\n <- fin\n", TCP " -> fin\n <- fin\n", "..", 0);
}

static void how_long_it_lasts(void)
{
	check(TCP " -> 9 bytes in at least 300 ms\n", TCP " -> 9 bytes in at least 300 ms\n", ".", 0);
	check(TCP " -> 9 bytes in at least 301 ms\n", TCP " -> 9 bytes in at least 300 ms\n", "t", COST_UNTIMELY);
	check(TCP " -> 9 bytes in at most 300 ms\n", TCP " -> 9 bytes in at least 300 ms\n", ".", 0);
	check(TCP " -> 9 bytes in at most 299 ms\n", TCP " -> 9 bytes in at least 300 ms\n", "t", COST_UNTIMELY);
	/* What is known of a part: it did not last longer than the whole. */
	check(TCP " -> 4 bytes in at most 1 ms\n -> 5 bytes\n", TCP " -> 9 bytes in at least 300 ms\n", "..", 0);
	check(TCP " -> 4 bytes in at least 301 ms\n -> 5 bytes\n", TCP " -> 9 bytes in at least 300 ms\n", "t.",
	      COST_UNTIMELY);
	check(TCP " -> fin after 5 ms\n <- fin within 2 ms\n", TCP " -> fin after 4 ms\n <- fin after 3 ms\n", "tt",
	      2 * COST_UNTIMELY);
	check(TCP " repeat 2\n  -> any after 5 ms\n  <- any within 2 ms\n",
	      TCP " -> any after 5 ms\n <- any\n -> any after 4 ms\n <- any\n", "..t.", COST_UNTIMELY);
}

static void only_bytes_count(void)
{
	check(STRICT("-> 5 bytes"), TCP " -> \"hello\"\n <- \"ho\"\n", "", 0);
	check(STRICT("-> 5 bytes") " -> \"hello\"\n", TCP " -> \"hello\"\n <- \"ho\"\n", ".+", COST_EXTRA);
	check(STRICT("-> 5 bytes"), TCP " -> \"hello\"\n <- reset\n", "+", COST_EXTRA);
}

/* ---- ends ---- */

static void unlisted_ends(void)
{
	check(TCP " -> \"hi\"\n", TCP " -> \"hi\"\n -> fin\n <- fin\n", ".", 0);
	check(TCP " -> \"hi\"\n -> fin\n", TCP " -> \"hi\"\n <- fin\n -> fin\n", "..", 0);
	check(TCP " -> \"hi\"\n <- \"ho\"\n", TCP " -> \"hi\"\n -> fin\n <- \"ho\"\n", "..", 0);
	/* Listed anywhere, it is somebody's business. */
	check(TCP " -> \"hi\"\n <- \"ho\"\n maybe\n  -> fin\n", TCP " -> \"hi\"\n -> fin\n <- \"ho\"\n", ".+.", COST_EXTRA);
	check(TCP " -> \"hi\"\n", TCP " -> \"hi\"\n -> reset\n", ".+", COST_EXTRA);
}

/* A free end stands in the middle of what the other side says: still one message. */
static void unlisted_end_within_a_message(void)
{
	check(TCP " -> \"hello\"\n", TCP " -> \"hel\"\n <- fin\n -> \"lo\"\n", ".", 0);
	check(TCP " -> any\n", TCP " -> \"hel\"\n <- fin\n -> \"lo\"\n", ".", 0);
	check(TCP " -> \"hel\"\n -> \"lo\"\n", TCP " -> \"hel\"\n <- fin\n -> \"lo\"\n", "..", 0);
	check(TCP " -> 200000 bytes\n", TCP " -> 100000 bytes\n <- fin\n -> 100000 bytes\n", ".", 0);
	check(TCP " -> \"hello\"\n <- fin\n", TCP " -> \"hel\"\n <- fin\n -> \"lo\"\n", "x.+",
	      COST_WRONG - 3 * COST_LIKE / 5 + COST_EXTRA);
	ASSERT_STRING(align(TCP " -> \"hell\"\n -> \"o\"\n", TCP " -> \"hel\"\n <- fin\n -> \"lo\"\n"), "..");
	CU_ASSERT_EQUAL(steps[0].event, 0);
	CU_ASSERT_EQUAL(steps[0].length, 4);
	CU_ASSERT_EQUAL(steps[1].event, 2);
	CU_ASSERT_EQUAL(steps[1].offset, 1);
	CU_ASSERT_EQUAL(steps[1].length, 1);
	tidy();
}

/* What follows a hole in the capture is counted, and says nothing of the bytes before it. */
static void an_end_behind_a_hole(void)
{
	read_expected(TCP " -> \"helo\"\n");
	seen_read(&seen, TCP " -> \"hel\"\n <- fin\n -> \"lo\"\n");
	seen.flows[0].events[0].kept = 2;
	ASSERT_STRING(align_seen(&seen.flows[0]), "x");
	tidy();
}

/* ---- blocks ---- */

#define ANY_ORDER TCP " -> \"q\"\n in any order\n  -> fin\n  <- fin\n  <- \"a\"\n"

static void any_order(void)
{
	check(ANY_ORDER, TCP " -> \"q\"\n <- \"a\"\n -> fin\n <- fin\n", "....", 0);
	check(ANY_ORDER, TCP " -> \"q\"\n -> fin\n <- \"a\"\n <- fin\n", "....", 0);
	check(ANY_ORDER, TCP " -> \"q\"\n <- \"a\"\n <- fin\n -> fin\n", "....", 0);
	check(ANY_ORDER, TCP " -> \"q\"\n <- \"a\"\n <- fin\n", "...?", COST_MISSING);
	check(UDP " in any order\n  -> \"1\"\n  -> \"2\"\n  -> \"3\"\n  -> \"4\"\n  -> \"5\"\n  -> \"6\"\n",
	      UDP " -> \"6\"\n -> \"4\"\n -> \"2\"\n -> \"5\"\n -> \"3\"\n -> \"1\"\n", "......", 0);
	/* What is below an item of the block stays together. */
	check(UDP " in any order\n  repeat 1\n   -> \"1\"\n   <- \"2\"\n  -> \"3\"\n",
	      UDP " -> \"3\"\n -> \"1\"\n <- \"2\"\n", "...", 0);
	check(UDP " in any order\n  repeat 1\n   -> \"1\"\n   -> \"2\"\n  <- \"3\"\n",
	      UDP " -> \"1\"\n <- \"3\"\n -> \"2\"\n", ".+.?", COST_EXTRA + COST_MISSING);
}

/* Both sides may speak at the same time: who cuts whom is nobody's business. */
static void crossing(void)
{
	static const char either[] = TCP " in any order\n  -> \"hello\"\n  <- \"hi\"\n  -> fin\n  <- fin\n";

	check(either, TCP " -> \"he\"\n <- \"h\"\n -> \"llo\"\n <- \"i\"\n -> fin\n <- fin\n", "....", 0);
	check(either, TCP " -> \"he\"\n <- \"hi\"\n <- fin\n -> \"llo\"\n -> fin\n", "....", 0);
	check(either, TCP " -> \"he\"\n <- \"hi\"\n -> \"l\"\n <- fin\n -> fin\n", "x...", COST_WRONG - COST_LIKE * 3 / 5);
	/* Where one waits for the other, and where there is more to say than that, it is. */
	check(TCP " -> \"hello\"\n <- \"hi\"\n", TCP " -> \"he\"\n <- \"h\"\n -> \"llo\"\n <- \"i\"\n", "xx++",
	      2 * COST_WRONG - COST_LIKE * 2 / 5 - COST_LIKE / 2 + 2 * COST_EXTRA);
	check(TCP " in any order\n  -> \"ab\"\n  <- \"c\"\n <- \"d\"\n", TCP " -> \"a\"\n <- \"c\"\n -> \"b\"\n <- \"d\"\n", "x.+.",
	      COST_WRONG - COST_LIKE / 2 + COST_EXTRA);
}

static void maybe(void)
{
	static const char wanted[] = UDP " -> \"q\"\n maybe\n  <- \"wait\"\n  -> \"ok\"\n <- \"a\"\n";

	check(wanted, UDP " -> \"q\"\n <- \"a\"\n", "..", 0);
	check(wanted, UDP " -> \"q\"\n <- \"wait\"\n -> \"ok\"\n <- \"a\"\n", "....", 0);
	/* All of it or none. */
	check(wanted, UDP " -> \"q\"\n <- \"wait\"\n <- \"a\"\n", ".+.", COST_EXTRA);
}

static void repeat_between(void)
{
	static const char wanted[] = UDP " repeat 1..2\n  -> \"q\"\n  <- \"a\"\n";

	check(wanted, UDP " -> \"q\"\n <- \"a\"\n", "..", 0);
	check(wanted, UDP " -> \"q\"\n <- \"a\"\n -> \"q\"\n <- \"a\"\n", "....", 0);
	check(wanted, UDP " -> \"q\"\n <- \"a\"\n -> \"q\"\n <- \"a\"\n -> \"q\"\n", "....+", COST_EXTRA);
	check(wanted, UDP " -> \"q\"\n <- \"a\"\n -> \"q\"\n", "..+", COST_EXTRA);
	check(wanted, UDP, "??", 2 * COST_MISSING);
	check(UDP " repeat 0..2\n  -> \"q\"\n", UDP, "", 0);
}

static void repeat_forever(void)
{
	static const char wanted[] = UDP " repeat 3..\n  -> \"q\"\n  <- \"no\"\n -> \"q\"\n <- \"yes\"\n";
	static const char turn[] = " -> \"q\"\n <- \"no\"\n";
	struct text text = {0};

	for (int turns = 0; turns < 6; turns++) {
		text_add(&text, UDP);
		for (int i = 0; i < turns; i++)
			text_add(&text, turn);
		text_add(&text, " -> \"q\"\n <- \"yes\"\n");
		(void)align(wanted, text_string(&text));
		CU_ASSERT_EQUAL(cost == 0, turns >= 3);
		CU_ASSERT_EQUAL(turns == 2 ? cost : 0, turns == 2 ? 2 * COST_SKIPPED : 0);
		tidy();
		text_free(&text);
	}
}

static void blocks_in_blocks(void)
{
	static const char wanted[] = UDP " repeat 2..\n  -> \"q\"\n  maybe\n   <- \"wait\"\n  in any order\n   <- \"a\"\n   -> \"k\"\n";

	check(wanted, UDP " -> \"q\"\n -> \"k\"\n <- \"a\"\n -> \"q\"\n <- \"wait\"\n <- \"a\"\n -> \"k\"\n", ".......", 0);
	check(wanted, UDP " -> \"q\"\n -> \"k\"\n <- \"a\"\n -> \"q\"\n <- \"wait\"\n <- \"a\"\n", "......?", COST_MISSING);
}

/* A repeat of what may be nothing ends. */
static void empty_turns(void)
{
	check(UDP " repeat 2..\n  maybe\n   -> \"q\"\n", UDP, "", 0);
	check(UDP " repeat 2..\n  maybe\n   -> \"q\"\n", UDP " -> \"q\"\n -> \"q\"\n -> \"q\"\n", "...", 0);
}

/* ---- time ---- */

static void after_and_within(void)
{
	check(UDP " -> \"q\"\n <- \"a\" after 80 ms\n", UDP " -> \"q\"\n <- \"a\" after 80 ms\n", "..", 0);
	check(UDP " -> \"q\"\n <- \"a\" after 80 ms\n", UDP " -> \"q\"\n <- \"a\" after 79999 us\n", ".t", COST_UNTIMELY);
	check(UDP " -> \"q\"\n <- \"a\" within 80 ms\n", UDP " -> \"q\"\n <- \"a\" after 80 ms\n", "..", 0);
	check(UDP " -> \"q\"\n <- \"a\" within 80 ms\n", UDP " -> \"q\"\n <- \"a\" after 80001 us\n", ".t", COST_UNTIMELY);
	/* The first item counts from the opening. */
	check(TCP " -> \"q\" after 50 ms\n", TCP " -> \"q\" after 49 ms\n", "t", COST_UNTIMELY);
	check(TCP " -> \"q\" after 50 ms\n", TCP " -> \"q\" after 50 ms\n", ".", 0);
	/* An end that nobody asked for is not what an item comes behind. */
	check(TCP " -> \"q\"\n <- \"a\" after 50 ms\n", TCP " -> \"q\"\n -> fin after 40 ms\n <- \"a\" after 10 ms\n", "..", 0);
}

/* Of two messages in one event only the time of both is known. */
static void after_within_one_event(void)
{
	static const char wanted[] = TCP " -> \"one\"\n -> \"two\" after 50 ms\n";

	check(wanted, TCP " -> \"onetwo\"\n", ".t", COST_UNTIMELY);
	read_expected(wanted);
	seen_read(&seen, TCP " -> \"onetwo\"\n");
	seen.flows[0].events[0].end_ns += 50 * 1000000;
	ASSERT_STRING(align_seen(&seen.flows[0]), "..");
	tidy();
	/* That both came quickly is no proof of anything within. */
	check(TCP " -> \"one\"\n -> \"two\" within 50 ms\n", TCP " -> \"onetwo\" after 90 ms\n", "..", 0);
}

/* ---- the least cost, against all ways of pairing ---- */

struct reference {
	const struct item *items[32]; /* blocks resolved */
	size_t count;
	const struct flow *flow;
};

static unsigned like(const struct item *item, const uint8_t *bytes, size_t length)
{
	const struct pattern_part *part = &item->pattern.parts[0];
	size_t common = 0;

	while (common < length && common < part->length && bytes[common] == (uint8_t)part->bytes[common])
		common++;
	return (unsigned)(common * COST_LIKE / part->length);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* What the items from ITEM on cost beside the events from EVENT on, of which OFFSET bytes are gone. */
static unsigned try_pairs(const struct reference *reference, size_t item, size_t event, size_t offset)
{
	const struct flow *flow = reference->flow;
	const struct event *seen_event = &flow->events[event];
	const struct item *wanted = item < reference->count ? reference->items[item] : NULL;
	const struct pattern_part *part = wanted ? &wanted->pattern.parts[0] : NULL;
	unsigned best;
	size_t rest;

	if (event == flow->event_count)
		return COST_MISSING * (unsigned)(reference->count - item);
	best = COST_EXTRA + try_pairs(reference, item, event + 1, 0);
	if (!wanted)
		return best;
	best = least(best, COST_SKIPPED + try_pairs(reference, item + 1, event, offset));
	if (wanted->direction != seen_event->direction)
		return best;
	rest = seen_event->length - offset;
	if (part->length == rest && !memcmp(part->bytes, seen_event->bytes + offset, rest))
		return least(best, try_pairs(reference, item + 1, event + 1, 0));
	if (flow->transport == TRANSPORT_TCP && part->length < rest &&
	    !memcmp(part->bytes, seen_event->bytes + offset, part->length))
		return least(best, try_pairs(reference, item + 1, event, offset + part->length));
	return least(best, COST_WRONG - like(wanted, seen_event->bytes + offset, rest) +
	                           try_pairs(reference, item + 1, event + 1, 0));
}

static void add_random_messages(struct text *text, bool udp, const char *const *words, size_t count)
{
	bool along = draw(2);

	for (size_t i = 0; i < count; i++) {
		text_printf(text, " %s \"%s\"\n", along ? "->" : "<-", words[draw(5)]);
		along = udp ? draw(2) : !along; /* two in a row would be one message of TCP */
	}
}

static void cheapest_of_all(void)
{
	static const char *const short_words[] = {"a", "b", "ab", "abc", "c"};
	static const char *const long_words[] = {"a", "ab", "abab", "abc", "cab"};

	for (int round = 0; round < 3000; round++) {
		bool udp = draw(2);
		struct text wanted = {0}, was = {0};
		struct reference reference = {.count = 0};

		text_add(&wanted, udp ? UDP : TCP);
		text_add(&was, udp ? UDP : TCP);
		add_random_messages(&wanted, true, short_words, draw(6));
		add_random_messages(&was, udp, long_words, draw(6));
		(void)align(text_string(&wanted), text_string(&was));
		for (; reference.count < expected.entries[0].flow.item_count; reference.count++)
			reference.items[reference.count] = &expected.entries[0].flow.items[reference.count];
		reference.flow = &seen.flows[0];
		CU_ASSERT_EQUAL(cost, try_pairs(&reference, 0, 0, 0));
		text_free(&wanted);
		text_free(&was);
		tidy();
	}
}

/* A block resolved in every way: each of them a list of items. */
static unsigned try_blocks(struct reference *reference, const struct item *items, size_t count);

static unsigned try_order(struct reference *reference, const struct item *block, unsigned taken,
                          const struct item *items, size_t count)
{
	unsigned best = UINT32_MAX;

	if (taken == (1u << block->item_count) - 1)
		return try_blocks(reference, items, count);
	for (size_t i = 0; i < block->item_count; i++)
		if (!(taken & 1u << i)) {
			reference->items[reference->count++] = &block->items[i];
			best = least(best, try_order(reference, block, taken | 1u << i, items, count));
			reference->count--;
		}
	return best;
}

static unsigned try_times(struct reference *reference, const struct item *block, size_t times,
                          const struct item *items, size_t count)
{
	size_t before = reference->count;
	unsigned cost_of_rest;

	for (size_t n = 0; n < times; n++)
		for (size_t i = 0; i < block->item_count; i++)
			reference->items[reference->count++] = &block->items[i];
	cost_of_rest = try_blocks(reference, items, count);
	reference->count = before;
	return cost_of_rest;
}

/* The blocks of this test hold messages only. */
static unsigned try_blocks(struct reference *reference, const struct item *items, size_t count)
{
	unsigned best = UINT32_MAX;

	if (!count)
		return try_pairs(reference, 0, 0, 0);
	if (items->kind == ITEM_ANY_ORDER)
		return try_order(reference, items, 0, items + 1, count - 1);
	if (items->kind == ITEM_MAYBE || items->kind == ITEM_REPEAT) {
		size_t most = items->kind == ITEM_MAYBE ? 1 : items->most == TRACE_FOREVER ? 5 : items->most;

		for (size_t n = items->kind == ITEM_MAYBE ? 0 : items->least; n <= most; n++)
			best = least(best, try_times(reference, items, n, items + 1, count - 1));
		return best;
	}
	reference->items[reference->count++] = items;
	best = try_blocks(reference, items + 1, count - 1);
	reference->count--;
	return best;
}

static void cheapest_of_all_blocks(void)
{
	static const char *const blocks[] = {"in any order", "maybe", "repeat 2", "repeat 1..2", "repeat 1..", "repeat 0.."};
	static const char *const words[] = {"a", "b", "ab", "ba", "c"};

	for (int round = 0; round < 1000; round++) {
		bool udp = draw(2);
		struct text wanted = {0}, was = {0};
		struct reference reference = {.count = 0};

		text_add(&wanted, udp ? UDP : TCP);
		text_add(&was, udp ? UDP : TCP);
		for (uint32_t parts = 1 + draw(2); parts; parts--) {
			add_random_messages(&wanted, true, words, draw(2));
			text_printf(&wanted, " %s\n", blocks[draw(6)]);
			for (uint32_t inside = 1 + draw(2); inside; inside--) {
				text_add(&wanted, " ");
				add_random_messages(&wanted, true, words, 1);
			}
		}
		add_random_messages(&was, udp, words, draw(5));
		(void)align(text_string(&wanted), text_string(&was));
		reference.flow = &seen.flows[0];
		CU_ASSERT_EQUAL(cost, try_blocks(&reference, expected.entries[0].flow.items,
		                                 expected.entries[0].flow.item_count));
		text_free(&wanted);
		text_free(&was);
		tidy();
	}
}

static const struct suite_test tests[] = {
	{"what is as it should be costs nothing", equal_talks},
	{"what did not come is missing, best at the end", missing_items},
	{"what nothing asks for is extra, an unlisted reset too", extra_events},
	{"other bytes are wrong, the less so the more they are alike", wrong_bytes},
	{"the right bytes from the wrong side are no match", wrong_direction},
	{"a reset is no fin, a fin no reset", another_end},
	{"in a flow that was opened from the other side directions are swapped", reversed_flows},
	{"a message of UDP is one datagram, all of it", datagrams_are_whole},
	{"a prefix takes what follows, any takes all until the other side speaks", prefix_and_any},
	{"N bytes are so many, whatever they are, kept or not", counted_bytes},
	{"a parameter stands for its value", parameters},
	{"a variable stands for its port, or without one for digits", variables},
	{"patterns say how many bytes they take", patterns_take},
	{"several messages of TCP in one event, and the rest of one", messages_in_one_event},
	{"steps tell which bytes of which event", places_in_an_event},
	{"what is missing has the time of what came before it", times_of_what_is_missing},
	{"segments cut and repeated anywhere make no difference", segments_cut_anywhere},
	{"an end that is not listed is free", unlisted_ends},
	{"a free end does not cut the other side's message", unlisted_end_within_a_message},
	{"nor is a hole closed by it", an_end_behind_a_hole},
	{"in any order", any_order},
	{"where both may speak at once the pieces of each are one message", crossing},
	{"maybe: all of it or none", maybe},
	{"repeat N..M", repeat_between},
	{"repeat N..", repeat_forever},
	{"blocks in blocks", blocks_in_blocks},
	{"a repeat of what may be nothing ends", empty_turns},
	{"after is at least, within at most", after_and_within},
	{"after within one event: too soon for sure, or not", after_within_one_event},
	{"the cost is the least of all ways to pair messages", cheapest_of_all},
	{"the cost is the least of all ways to resolve blocks", cheapest_of_all_blocks},
	{"a handshake is seen where it is asked for", handshakes},
	{"acknowledgements are cumulative, and free where they are not listed", acknowledgements},
	{"segments are matched one by one", segments},
	{"strict ends: what is not listed may not come", strict_ends},
	{"how long a message lasts, and times of ends and blocks", how_long_it_lasts},
	{"where only bytes are counted, messages are free", only_bytes_count},
};

SUITE_MAIN("align", tests)
