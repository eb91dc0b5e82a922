/* test_views.c - how a difference in a stricter view, a time or an amount is said. */
#include "seen.h"
#include "suite.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct seen seen;

/* The verdict on WAS, by the trace WANTED, says SAYS of what was seen. */
static void check(const char *wanted, const char *was, const char *says)
{
	static struct host hosts[] = {{.name = "a"}, {.name = "b"}};
	const struct lesson lesson = {.hosts = hosts, .host_count = 2};
	const struct lesson_case judged = {.name = "one", .title = "One", .points = 4};
	struct verdict verdict;
	struct trace expected;
	struct scene scene;
	struct error error;

	seen_read(&seen, was);
	if (trace_parse(&expected, "one.trace", wanted, strlen(wanted), &error)) {
		fprintf(stderr, "%s\n", error_string(&error));
		abort();
	}
	scene = (struct scene){.lesson = &lesson, .lesson_case = &judged, .trace = &expected, .hosts = seen.hosts,
	                       .views = seen.views, .view_count = seen.view_count};
	scene.evidence.end = RUN_SETTLED;
	if (verdict_make(&scene, &verdict, &error))
		abort();
	CU_ASSERT_EQUAL(verdict.result, VERDICT_WRONG);
	ASSERT_STRING(text_string(&verdict.finding.seen), says);
	CU_ASSERT(verdict.finding.means.length && verdict.finding.next.length);
	verdict_free(&verdict);
	trace_free(&expected);
	seen_free(&seen);
}

#define FLOW "tcp b:1000 => a:7777 "

static void handshakes(void)
{
	check(FLOW "handshake\n -> syn seq 0\n <- syn seq 0 ack 1\n",
	      FLOW "handshake\n -> syn seq 0\n <- syn seq 0\n",
	      "a sent a SYN, and line 3 asks for something else.");
	check(FLOW "handshake\n -> syn seq 0\n <- syn seq 0 ack 1\n", FLOW "handshake\n -> syn seq 0\n",
	      "The SYN of a that line 3 asks for was not seen where it is due.");
}

static void acknowledgements(void)
{
	check(FLOW "acks\n -> \"hello\"\n <- ack 6\n", FLOW "acks\n -> \"hello\"\n <- ack 4\n",
	      "a had not acknowledged up to 6 where line 3 asks for it; in the end it had acknowledged up to 4.");
}

static void ends(void)
{
	check(FLOW "ends\n -> \"hello\"\n", FLOW "\n -> \"hello\"\n -> fin\n",
	      "b ended its side (FIN), which line 1 does not allow here.");
}

static void paces(void)
{
	check(FLOW "\n -> 9 bytes in at least 300 ms\n", FLOW "\n -> 9 bytes in at least 20 ms\n",
	      "What b sent took 20.0 ms from the first byte to the last, and line 2 asks for at least 300.0 ms.");
	check(FLOW "\n -> 9 bytes in at most 10 ms\n", FLOW "\n -> 9 bytes in at least 20 ms\n",
	      "What b sent took 20.0 ms from the first byte to the last, and line 2 asks for at most 10.0 ms.");
}

static void amounts(void)
{
	check(FLOW "-> 5.. bytes\n", FLOW "\n -> \"abc\"\n <- \"de\"\n",
	      "b sent 3 bytes to a (line 1 asks for 5.. bytes), and 2 bytes came back (any number).");
	check("up 5 bytes\n" FLOW "\n", "up 6 bytes\n" FLOW "\n",
	      "6 bytes went out of a.eth0, and line 1 of one.trace asks for 5 bytes.");
	check(FLOW "\nat b.wan\n down 0..9 bytes\n", FLOW "\nat b.wan\n down 10 bytes\n",
	      "10 bytes went in to b.wan, and line 3 of one.trace asks for 0..9 bytes.");
}

static void openings(void)
{
	check("tcp * => a:7777\nthen\ntcp * => a:7777 within 50 ms\n",
	      "tcp b:1 => a:7777\ntcp b:2 => a:7777 after 60 ms\n",
	      "b opened this flow later than line 3 allows (`within`).");
}

static const struct suite_test tests[] = {
	{"a SYN that is another, or missing", handshakes},
	{"an acknowledgement that never came so far", acknowledgements},
	{"an end that may not come", ends},
	{"a message that came too fast or too slowly", paces},
	{"too many or too few bytes", amounts},
	{"a flow that opened too late", openings},
};

SUITE_MAIN("views", tests)
