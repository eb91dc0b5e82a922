/* test_match.c - expected traces against seen ones, both written as traces.
 *
 * A match is compared as a string, one word a pairing and one for the whole:
 *
 *   1=0:.. 4=-: -=1/N: !2
 *
 * line 1 was paired with the first flow seen and both its steps matched; line 4
 * never came; the second flow seen is nobody's, and a `never` forbids it; the
 * first divergence is pairing 2. Steps: . matched, x wrong, ? missing, + extra,
 * t untimely. Behind the slash: T transport, R reversed, o and t hosts of opener
 * and target, p and q their ports, O outcome, S too soon, L too late, B bytes, < out of order, N never.
 * At the end: `ok`, `where`, or `!PAIRING` or `!PAIRING.STEP`. */
#include "match.h"
#include "seen.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Of processor time, for one match; sanitizers are slow. */
#if defined(__SANITIZE_ADDRESS__) || defined(__has_feature)
#define MATCH_SECONDS 10
#else
#define MATCH_SECONDS 1
#endif

static struct seen seen;
static struct trace expected;
static struct params params;
static struct match match;

static void tidy(void)
{
	match_free(&match);
	seen_free(&seen);
	trace_free(&expected);
	params_free(&params);
}

static void add_flags(struct text *out, const struct pairing *pairing)
{
	static const char letters[] = "TRotpqOSLB";

	if (!pairing->header && !pairing->out_of_order && !pairing->never)
		return;
	text_add(out, "/");
	for (unsigned bit = 0; bit < 10; bit++)
		if (pairing->header & 1u << bit)
			text_add_bytes(out, &letters[bit], 1);
	if (pairing->out_of_order)
		text_add(out, "<");
	if (pairing->never)
		text_add(out, "N");
}

static void add_pairing(struct text *out, const struct pairing *pairing)
{
	if (pairing->entry)
		text_printf(out, "%d=", pairing->entry->line);
	else
		text_add(out, "-=");
	if (pairing->flow)
		text_printf(out, "%zu", (size_t)(pairing->flow - seen.flows));
	else
		text_add(out, "-");
	add_flags(out, pairing);
	text_add(out, ":");
	for (size_t i = 0; i < pairing->step_count; i++)
		text_add_bytes(out, &".x?+t"[pairing->steps[i].status], 1);
	text_add(out, " ");
}

static const char *describe(void)
{
	static char described[4096];
	struct text out = {0};

	for (size_t i = 0; i < match.pairing_count; i++)
		add_pairing(&out, &match.pairings[i]);
	if (match.complete)
		text_add(&out, "ok");
	else if (match.first == SIZE_MAX)
		text_add(&out, match.where ? "where" : "nothing?");
	else if (match.first_step == SIZE_MAX)
		text_printf(&out, "!%zu", match.first);
	else
		text_printf(&out, "!%zu.%zu", match.first, match.first_step);
	snprintf(described, sizeof described, "%s", text_string(&out));
	text_free(&out);
	return described;
}

static int try_match(const char *wanted, const char *was, struct error *error)
{
	struct match_input input = {&expected, &seen.hosts, &params, seen.views, 0};

	params_set(&params, "port", PARAM_PORT, "7777");
	params_set(&params, "mine", PARAM_PORT, "6666");
	params_set(&params, "answer", PARAM_TEXT, "thanks");
	seen_read(&seen, was);
	input.view_count = seen.view_count;
	if (trace_parse(&expected, "expected", wanted, strlen(wanted), error)) {
		fprintf(stderr, "%s\n", error_string(error));
		abort();
	}
	return match_trace(&input, &match, error);
}

/* To be tidied up by the caller. */
static const char *matched(const char *wanted, const char *was)
{
	struct error error;

	if (try_match(wanted, was, &error))
		return error_string(&error);
	return describe();
}

static void check(const char *wanted, const char *was, const char *described)
{
	ASSERT_STRING(matched(wanted, was), described);
	tidy();
}

/* ---- bytes and times ---- */

static void bytes_of_a_flow(void)
{
	static const char was[] = "tcp b:40000 => a:7777\n -> 2000 bytes\n <- \"ok\"\n -> 500 bytes\n";

	check("tcp b:* => a:7777 -> 2500 bytes <- 0..2 bytes\n", was, "1=0: ok");
	check("tcp b:* => a:7777 -> 2500.. bytes\n -> 2000 bytes\n <- any\n -> any\n", was, "1=0:... ok");
	check("tcp b:* => a:7777 -> 2501.. bytes\n", was, "1=0/B: !0");
	check("tcp b:* => a:7777 -> 0..2499 bytes\n", was, "1=0/B: !0");
	check("tcp b:* => a:7777 <- 3 bytes\n", was, "1=0/B: !0");
	check("udp b:* => a:7777 -> 4 bytes <- 3 bytes\n", "udp b:1 => a:7777\n -> \"ab\"\n <- \"abc\"\n -> \"ab\"\n",
	      "1=0: ok");
	/* Two flows alike but for what they carry. */
	check("tcp b:* => a:7777 -> 5 bytes\ntcp b:* => a:7777 -> 7 bytes\n",
	      "tcp b:1 => a:7777\n -> 7 bytes\ntcp b:2 => a:7777\n -> 5 bytes\n", "1=1: 2=0: ok");
	/* Opened from the other side, the bytes run the other way. */
	check("tcp b:* => a:7777 -> 9 bytes <- 5 bytes\n", "tcp a:7777 => b:1\n <- 9 bytes\n -> 5 bytes\n", "1=0/R: !0");
}

static void bytes_at_an_interface(void)
{
	static const char was[] = "up 1000 bytes\ndown 200 bytes\ntcp b:1 => a:7777\n"
	                          "at b.eth0\n up 5 bytes\n tcp b:1 => a:7777\n";

	check("up 1000 bytes\ndown 100..300 bytes\ntcp b:* => a:7777\n", was, "3=0: ok");
	check("up 1001.. bytes\ntcp b:* => a:7777\n", was, "2=0: where");
	check("down 0..199 bytes\ntcp b:* => a:7777\n", was, "2=0: where");
	check("tcp b:* => a:7777\nat b.eth0\n up 5 bytes\n down 0 bytes\n", was, "1=0: ok");
	check("tcp b:* => a:7777\nat b.eth0\n up 6 bytes\n", was, "1=0: where");
	/* What was never counted is not judged. */
	check("up 5 bytes\ntcp b:* => a:7777\n", "tcp b:1 => a:7777\n", "2=0: ok");
}

static void flows_within_a_time(void)
{
	check("tcp b:* => a:7777\nthen\ntcp b:* => a:7777 within 100 ms\n",
	      "tcp b:1 => a:7777\ntcp b:2 => a:7777 after 100 ms\n", "1=0: 3=1: ok");
	check("tcp b:* => a:7777\nthen\ntcp b:* => a:7777 within 99 ms\n",
	      "tcp b:1 => a:7777\ntcp b:2 => a:7777 after 100 ms\n", "1=0: 3=1/L: !1");
	check("tcp b:* => a:7777 repeat 3 after 50 ms within 60 ms\n",
	      "tcp b:1 => a:7777\ntcp b:2 => a:7777 after 55 ms\ntcp b:3 => a:7777 after 61 ms\n",
	      "1=0: 1=1: 1=2/L: !2");
}

/* Each flow is looked at as its own line says, whatever the others ask for. */
static void views_of_several_flows(void)
{
	check("tcp b:* => a:7777 handshake segments ends\n -> syn seq 0\n <- syn seq 0 ack 1\n -> 3 bytes seq 1\n"
	      "udp b:* => a:7777\n -> any\ntcp c:* => a:7777\n -> \"hello\"\n",
	      "tcp c:1 => a:7777 handshake segments\n -> syn seq 0\n <- syn seq 0 ack 1\n -> \"hel\" seq 1\n"
	      " -> \"lo\" seq 4\n -> fin seq 6\ntcp b:1 => a:7777 handshake segments\n -> syn seq 0\n"
	      " <- syn seq 0 ack 1\n -> \"abc\" seq 1\nudp b:1 => a:7777\n -> \"x\"\n",
	      "1=1:... 5=2:. 7=0:. ok");
}

/* ---- one flow ---- */

static void as_expected(void)
{
	check("udp b:{mine} => a:{port}\n -> \"hi\"\n <- \"{answer}\"\n",
	      "udp b:6666 => a:7777\n -> \"hi\"\n <- \"thanks\"\n", "1=0:.. ok");
	check("tcp b:* => a:7777\n -> \"hi\"\n", "tcp b:1 => a:7777\n -> \"hi\"\n -> fin\n", "1=0:. ok");
	check("tcp * => a:7777\n", "tcp 192.168.1.1:1 => a:7777\n", "1=0: ok");
	check("tcp 10.0.0.2:1 => 10.0.0.1:7777\n", "tcp b:1 => a:7777\n", "1=0: ok");
}

static void the_first_line(void)
{
	check("udp b:{mine} => a:{port}\n", "tcp b:6666 => a:7777\n", "1=0/T: !0");
	check("tcp b:{mine} => a:{port}\n", "tcp a:7777 => b:6666\n", "1=0/R: !0");
	check("tcp b:{mine} => a:{port}\n", "tcp a:1 => b:6666\n", "1=0/Rq: !0");
	check("tcp b:{mine} => a:{port}\n", "tcp c:6666 => a:7777\n", "1=0/o: !0");
	check("tcp b:{mine} => a:{port}\n", "tcp b:6666 => c:7777\n", "1=0/t: !0");
	check("tcp b:{mine} => a:{port}\n", "tcp b:1 => a:7777\n", "1=0/p: !0");
	check("tcp b:{mine} => a:{port}\n", "tcp b:6666 => a:24862\n", "1=0/q: !0");
}

static void outcomes(void)
{
	check("tcp b:* => a:7777 refused\n", "tcp b:1 => a:7777 refused\n", "1=0: ok");
	check("tcp b:* => a:7777 unanswered\n", "tcp b:1 => a:7777 unanswered\n", "1=0: ok");
	check("tcp b:* => a:7777\n", "tcp b:1 => a:7777 refused\n", "1=0/O: !0");
	check("tcp b:* => a:7777 refused\n", "tcp b:1 => a:7777\n", "1=0/O: !0");
	check("tcp b:* => a:7777 refused\n", "tcp b:1 => a:7777 unanswered\n", "1=0/O: !0");
	check("tcp b:* => a:7777 unanswered\n", "tcp b:1 => a:7777 refused\n", "1=0/O: !0");
}

static void ephemeral_ports(void)
{
	check("udp b:ephemeral => a:7777\n", "udp b:32768 => a:7777\n", "1=0: ok");
	check("udp b:ephemeral => a:7777\n", "udp b:60999 => a:7777\n", "1=0: ok");
	check("udp b:ephemeral => a:7777\n", "udp b:32767 => a:7777\n", "1=0/p: !0");
	check("udp b:ephemeral => a:7777\n", "udp b:61000 => a:7777\n", "1=0/p: !0");
}

static void the_wrong_way(void)
{
	/* The cloud calls the hub's port instead of answering on the hub's connection. */
	check("tcp b:* => a:7777\n -> \"lamp\"\n <- \"on\"\n",
	      "tcp a:40000 => b:1\n -> \"on\"\n <- \"lamp\"\n", "1=0/Rq:+.? !0");
	check("tcp b:* => a:7777\n <- \"on\"\n -> \"ok\"\n", "tcp a:7777 => b:1\n -> \"on\"\n <- \"ok\"\n", "1=0/R:.. !0");
}

static void never_came(void)
{
	check("udp b:* => a:7777\n -> \"hi\"\n <- \"ho\"\n", "", "1=-: !0");
	check("udp b:* => a:7777\n -> \"hi\"\nudp c:* => a:7777\n -> \"hi\"\n", "udp c:1 => a:7777\n -> \"hi\"\n",
	      "1=-: 3=0:. !0");
}

static void nobody_asked_for_it(void)
{
	check("udp b:* => a:7777\n -> \"hi\"\n", "udp b:1 => a:7777\n -> \"hi\"\nudp b:2 => a:7777\n -> \"hi\"\n",
	      "1=0:. -=1: !1");
	check("udp b:* => a:7777\n -> \"hi\"\n", "udp 9.9.9.9:53 => a:1\n -> \"?\"\nudp b:1 => a:7777\n -> \"hi\"\n",
	      "1=1:. -=0: !1");
}

/* ---- several flows ---- */

static void flows_in_any_order(void)
{
	check("udp b:* => a:7777\n -> \"b\"\nudp c:* => a:7777\n -> \"c\"\n",
	      "udp c:1 => a:7777\n -> \"c\"\nudp b:1 => a:7777\n -> \"b\"\n", "1=1:. 3=0:. ok");
	/* Alike but for what is said. */
	check("udp b:* => a:7777\n -> \"1\"\nudp b:* => a:7777\n -> \"2\"\n",
	      "udp b:1 => a:7777\n -> \"2\"\nudp b:2 => a:7777\n -> \"1\"\n", "1=1:. 3=0:. ok");
}

static void variables_across_flows(void)
{
	static const char wanted[] = "udp b:$p => a:7777\n -> \"1\"\nudp b:$p => c:7777\n -> \"2\"\n";

	check(wanted, "udp b:5 => a:7777\n -> \"1\"\nudp b:5 => c:7777\n -> \"2\"\n", "1=0:. 3=1:. ok");
	check(wanted, "udp b:5 => a:7777\n -> \"1\"\nudp b:6 => c:7777\n -> \"2\"\n", "1=0:. 3=1/p:. !1");
	/* Only one of two ways to pair keeps $p the same. */
	check("udp b:$p => a:7777\n -> \"1\"\nudp c:* => a:$p\n -> \"2\"\n",
	      "udp b:5 => a:7777\n -> \"1\"\nudp c:1 => a:5\n -> \"2\"\n", "1=0:. 3=1:. ok");
	check("udp b:* => a:$p\n -> \"x\"\nudp b:* => a:*\n -> \"x\"\nudp c:* => a:$p\n -> \"y\"\n",
	      "udp b:1 => a:8\n -> \"x\"\nudp b:2 => a:9\n -> \"x\"\nudp c:3 => a:9\n -> \"y\"\n",
	      "1=1:. 3=0:. 5=2:. ok");
	CU_ASSERT_EQUAL(params.count, 0);
}

static void variables_in_texts(void)
{
	static const char wanted[] = "udp b:$p => a:7777\n -> \"who\"\n <- \"you are {p}\"\n";

	check(wanted, "udp b:42 => a:7777\n -> \"who\"\n <- \"you are 42\"\n", "1=0:.. ok");
	check(wanted, "udp b:42 => a:7777\n -> \"who\"\n <- \"you are 43\"\n", "1=0:.x !0.1");
	/* Told in one flow, known from another. */
	check("udp c:* => a:7777\n <- \"b is {p}\"\nudp b:$p => a:7777\n",
	      "udp c:1 => a:7777\n <- \"b is 7\"\nudp b:7 => a:7777\n", "1=0:. 3=1: ok");
	check("udp c:* => a:7777\n <- \"b is {p}\"\nudp b:$p => a:7777\n",
	      "udp c:1 => a:7777\n <- \"b is 8\"\nudp b:7 => a:7777\n", "1=0:x 3=1: !0.0");
}

/* Only one of many ways to pair uses every flow and keeps the relations. */
static void the_one_way_that_uses_all(void)
{
	check("udp b:$x => a:7 maybe\nudp b:* => a:7\nudp b:$q => a:7 maybe\nudp b:* => a:7\n"
	      "where $x = 9\nwhere $q = 1\n",
	      "udp b:1 => a:7\nudp b:2 => a:7\nudp b:3 => a:7\n", "2=1: 3=0: 4=2: ok");
}

static void bindings_are_told(void)
{
	(void)matched("udp b:$p => a:$q\n", "udp b:5 => a:9\n");
	CU_ASSERT_EQUAL_FATAL(match.binding_count, 2);
	ASSERT_STRING(match.bindings[0].name, "p");
	CU_ASSERT_EQUAL(match.bindings[0].port, 5);
	ASSERT_STRING(match.bindings[1].name, "q");
	CU_ASSERT_EQUAL(match.bindings[1].port, 9);
	tidy();
	/* Reversed, the variable is still the port of its own host. */
	(void)matched("tcp b:$p => a:7777\n", "tcp a:7777 => b:5\n");
	CU_ASSERT_EQUAL_FATAL(match.binding_count, 1);
	CU_ASSERT_EQUAL(match.bindings[0].port, 5);
	tidy();
}

static void then_is_an_order(void)
{
	static const char wanted[] = "tcp b:* => a:1\n -> \"1\"\nthen\ntcp b:* => a:2\n -> \"2\"\n";

	check(wanted, "tcp b:1 => a:1\n -> \"1\"\ntcp b:2 => a:2\n -> \"2\"\n", "1=0:. 4=1:. ok");
	check(wanted, "tcp b:2 => a:2\n -> \"2\"\ntcp b:1 => a:1\n -> \"1\"\n", "1=1:. 4=0/<:. !1");
	/* Begun earlier is not enough: all that is said in it comes before. */
	check(wanted, "tcp b:1 => a:1\n -> \"1\" after 50 ms\ntcp b:2 => a:2 after 20 ms\n -> \"2\"\n",
	      "1=0:. 4=1/<:. !1");
	/* Alike, so that only the order says which is which. */
	check("tcp b:* => a:1 repeat 2\n -> \"1\"\nthen\ntcp b:* => a:1\n -> \"1\"\n", "tcp b:1 => a:1 repeat 3\n -> \"1\"\n",
	      "1=0:. 1=1:. 4=2:. ok");
}

static void repeated_flows(void)
{
	static const char wanted[] = "tcp b:* => a:1 repeat 2..3\n -> \"q\"\n";

	check(wanted, "tcp b:1 => a:1 repeat 2\n -> \"q\"\n", "1=0:. 1=1:. ok");
	check(wanted, "tcp b:1 => a:1 repeat 3\n -> \"q\"\n", "1=0:. 1=1:. 1=2:. ok");
	check(wanted, "tcp b:1 => a:1\n -> \"q\"\n", "1=0:. 1=-: !1");
	check(wanted, "tcp b:1 => a:1 repeat 4\n -> \"q\"\n", "1=0:. 1=1:. 1=2:. -=3: !3");
	check("tcp b:* => a:1 repeat 2..\n", "tcp b:1 => a:1 repeat 7\n", "1=0: 1=1: 1=2: 1=3: 1=4: 1=5: 1=6: ok");
	check("tcp b:* => a:1 maybe\n", "", "ok");
	check("tcp b:* => a:1 maybe\n", "tcp b:1 => a:1\n", "1=0: ok");
	check("tcp b:* => a:1 maybe\n", "tcp b:1 => a:1 repeat 2\n", "1=0: -=1: !1");
}

/* Three polls and the event: the third is not the one that waits for more. */
static void repeat_before_another(void)
{
	static const char wanted[] = "tcp b:* => a:1 repeat 2..\n -> \"q\"\n <- \"no\"\n"
	                             "then\ntcp b:* => a:1\n -> \"q\"\n <- \"yes\"\n";

	check(wanted, "tcp b:1 => a:1 repeat 3\n -> \"q\"\n <- \"no\"\ntcp b:9 => a:1\n -> \"q\"\n <- \"yes\"\n",
	      "1=0:.. 1=1:.. 1=2:.. 5=3:.. ok");
	check(wanted, "tcp b:1 => a:1\n -> \"q\"\n <- \"no\"\ntcp b:9 => a:1\n -> \"q\"\n <- \"yes\"\n",
	      "1=0:.. 1=-: 5=1:.. !1");
	check(wanted, "tcp b:1 => a:1 repeat 3\n -> \"q\"\n <- \"no\"\n", "1=0:.. 1=1:.. 5=2:.x !2.1");
}

static void pauses_between_flows(void)
{
	static const char wanted[] = "tcp b:* => a:1 repeat 2.. after 50 ms\n";

	check(wanted, "tcp b:1 => a:1\ntcp b:2 => a:1 after 50 ms\ntcp b:3 => a:1 after 51 ms\n", "1=0: 1=1: 1=2: ok");
	check(wanted, "tcp b:1 => a:1\ntcp b:2 => a:1 after 50 ms\ntcp b:3 => a:1 after 49 ms\n",
	      "1=0: 1=1: 1=2/S: !2");
	/* Of the first there is no flow before it. */
	check("tcp b:* => a:1 after 1 s\n", "tcp b:1 => a:1\n", "1=0: ok");
}

/* ---- never and where ---- */

static void never(void)
{
	static const char wanted[] = "tcp b:* => a:1\nnever tcp * => b:*\n";

	check(wanted, "tcp b:1 => a:1\n", "1=0: ok");
	check(wanted, "tcp b:1 => a:1\ntcp a:5 => b:6\n", "1=0: -=1/N: !1");
	ASSERT_STRING(matched(wanted, "tcp b:1 => a:1\ntcp a:5 => b:6\n"), "1=0: -=1/N: !1");
	CU_ASSERT_EQUAL(match.pairings[1].never->line, 2);
	tidy();
	check(wanted, "tcp b:1 => a:1\nudp a:5 => b:6\n", "1=0: -=1: !1");
	/* The only flow there is opens the wrong way: paired, and named by the `never`. */
	check(wanted, "tcp a:1 => b:5\n", "1=0/RN: !0");
}

/* `never` forbids what nothing else in the trace asks for. */
static void never_but_for_what_is_asked_for(void)
{
	check("tcp a:* => b:1\nnever tcp * => b:*\n", "tcp a:5 => b:1\n", "1=0: ok");
	check("tcp a:* => b:1\n -> \"q\"\nnever tcp * => b:*\n", "tcp a:5 => b:1\n -> \"q\"\ntcp a:6 => b:1\n -> \"q\"\n",
	      "1=0:. -=1/N: !1");
}

static void where(void)
{
	static const char two[] = "udp b:$p => a:7\nudp c:$q => a:7\n";
	static const char was[] = "udp b:5 => a:7\nudp c:6 => a:7\n";
	static const struct {
		const char *relation, *described;
	} cases[] = {
		{"where $p != $q\n", "1=0: 2=1: ok"},   {"where $p = $q\n", "1=0: 2=1: where"},
		{"where $p < $q\n", "1=0: 2=1: ok"},    {"where $p > $q\n", "1=0: 2=1: where"},
		{"where $p = 5\n", "1=0: 2=1: ok"},     {"where 5 != $p\n", "1=0: 2=1: where"},
		{"where $p < {port}\n", "1=0: 2=1: ok"}, {"where {port} < $p\n", "1=0: 2=1: where"},
		{"where $q > 5\n", "1=0: 2=1: ok"},     {"where $q < 6\n", "1=0: 2=1: where"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct text wanted = {0};

		text_printf(&wanted, "%s%s", two, cases[i].relation);
		check(text_string(&wanted), was, cases[i].described);
		text_free(&wanted);
	}
}

static void where_of_what_was_not_seen(void)
{
	check("udp b:$p => a:7 maybe\nwhere $p = 1\n", "", "ok");
	ASSERT_STRING(matched("udp b:$p => a:7\nwhere $p = 1\n", "udp b:2 => a:7\n"), "1=0: where");
	CU_ASSERT_EQUAL(match.where->line, 2);
	tidy();
}

/* ---- views ---- */

static const char two_views[] = "udp b:5000 => a:7777\n -> \"hi\"\n"
				"at d.wan\n udp d:$m => a:7777\n  -> \"hi\"\n  <- \"to {m}\"\nwhere $m != 5000\n";

static void several_views(void)
{
	check(two_views, "udp b:5000 => a:7777\n -> \"hi\"\nat d.wan\n udp d:6000 => a:7777\n  -> \"hi\"\n  <- \"to 6000\"\n",
	      "1=0:. 4=1:.. ok");
	check(two_views, "udp b:5000 => a:7777\n -> \"hi\"\nat d.wan\n udp d:5000 => a:7777\n  -> \"hi\"\n  <- \"to 5000\"\n",
	      "1=0:. 4=1:.. where");
	check(two_views, "udp b:5000 => a:7777\n -> \"hi\"\nat d.wan\n udp d:6000 => a:7777\n  -> \"hi\"\n  <- \"to 5000\"\n",
	      "1=0:. 4=1:.x !1.1");
	/* A flow is paired with what is expected at its own view only. */
	check(two_views, "udp b:5000 => a:7777\n -> \"hi\"\nudp d:6000 => a:7777\n -> \"hi\"\n <- \"to 6000\"\n"
	      "at d.wan\n udp c:1 => a:1\n", "1=0:. 4=2/oq:?? -=1: !2");
}

static void views_that_are_not_judged(void)
{
	check("udp b:* => a:7777\n", "udp b:1 => a:7777\nat c.eth0\n udp c:1 => a:9\n  -> \"x\"\n", "1=0: ok");
	check("udp b:* => a:7777\nat c.eth0\n udp c:* => a:8\n", "udp b:1 => a:7777\nat c.eth0\n udp c:1 => a:8\n udp c:2 => a:9\n",
	      "1=0: 3=1: -=2: !2");
	/* What is forbidden there is forbidden although the rest is free. */
	check("udp b:* => a:7777\nat c.eth0\n never udp * => a:9\n",
	      "udp b:1 => a:7777\nat c.eth0\n udp c:1 => a:8\n udp c:2 => a:9\n", "1=0: -=2/N: !1");
}

static void nobody_watches(void)
{
	struct error error;

	CU_ASSERT_EQUAL(try_match("udp b:* => a:7777\nat d.wan\n udp d:* => a:7777\n", "udp b:1 => a:7777\n", &error), -1);
	CU_ASSERT_EQUAL(error.line, 3);
	ASSERT_STRING(error.file, "expected");
	ASSERT_STRING(error.text, "nobody watches d.wan: add `watch d.wan` to the case");
	tidy();
	CU_ASSERT_EQUAL(try_match("never tcp * => a:*\nat d.wan\n never udp d:* => a:7777\n", "", &error), -1);
	CU_ASSERT_EQUAL(error.line, 3);
	tidy();
}

static void unknown_names(void)
{
	static const struct {
		const char *trace, *name;
		int line;
	} cases[] = {
		{"udp b:{prot} => a:7777\n", "{prot}", 1},
		{"udp b:* => a:7777\n -> \"1\"\nnever udp * => a:{prot}\n", "{prot}", 3},
		{"udp b:* => a:{answer}\n", "{answer}", 1}, /* which is no port */
		{"udp b:$p => a:7777\nwhere $p = {prot}\n", "{prot}", 2},
		{"udp b:* => a:7777\n -> \"hi {who}\"\n", "{who}", 2},
		{"udp b:* => a:7777\n repeat 2..\n  maybe\n   -> \"hi\"\n   -> \"hi {who}\" ...\n", "{who}", 5},
		{"at a.eth0\n udp b:* => a:7777\n  in any order\n   <- \"{who}\"\n   -> \"x\"\n", "{who}", 4},
	};
	struct error error;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		CU_ASSERT_EQUAL(try_match(cases[i].trace, "udp b:1 => a:7777\n", &error), -1);
		CU_ASSERT_EQUAL(error.line, cases[i].line);
		CU_ASSERT_PTR_NOT_NULL(strstr(error.text, cases[i].name));
		CU_ASSERT_EQUAL(match.pairing_count, 0);
		tidy();
	}
	/* A parameter in a text may be anything, and a $variable is known there by its port. */
	check("udp b:$p => a:7777\n -> \"{answer} {p}\"\n", "udp b:1 => a:7777\n -> \"thanks 1\"\n", "1=0:. ok");
}

/* ---- the first divergence ---- */

static void the_earliest_is_first(void)
{
	check("udp b:* => a:1\n -> \"1\"\nudp c:* => a:2\n -> \"2\"\n",
	      "udp c:1 => a:2\n -> \"x\"\nudp b:1 => a:1\n -> \"y\"\n", "1=1:x 3=0:x !1.0");
	check("udp b:* => a:1\n -> \"1\"\n <- \"2\"\nudp c:* => a:2\n -> \"2\"\n",
	      "udp b:1 => a:1\n -> \"1\"\n <- \"y\" after 50 ms\nudp c:1 => a:2 after 10 ms\n -> \"x\"\n", "1=0:.x 4=1:x !1.0");
	/* What was seen and is wrong is told before what never came. */
	check("udp b:* => a:1\n -> \"1\"\nudp c:* => a:2\n -> \"2\"\n", "udp c:1 => a:2\n -> \"x\"\n", "1=-: 3=0:x !1.0");
}

static void the_first_view_is_first(void)
{
	check(two_views, "at d.wan\n udp d:6000 => a:7777\n  -> \"x\"\n  <- \"to 6000\"\nudp b:5000 => a:7777\n -> \"x\"\n",
	      "1=1:x 4=0:x. !0.0");
	/* But where it only lacks something, another shows what it is. */
	check(two_views, "at d.wan\n udp d:6000 => a:7777\n  -> \"x\"\n  <- \"to 6000\"\n", "1=-: 4=0:x. !1.0");
}

/* ---- much at once ---- */

static void everything_wrong_at_once(void)
{
	static const char wanted[] = "tcp b:{mine} => a:{port}\n -> \"one\"\n <- \"ok\"\n"
				     "then\ntcp b:{mine} => a:{port}\n -> \"two\"\n <- \"ok\"\n"
				     "udp c:* => a:53\n -> \"q\"\n";

	/* Another port, the other direction, and a flow more than there should be. */
	check(wanted,
	      "tcp b:1 => a:7777\n -> \"one\"\n <- \"ok\"\n"
	      "tcp a:9 => b:6666\n <- \"two\"\n -> \"ok\"\n"
	      "udp c:1 => a:54\n -> \"q\"\n"
	      "udp e:1 => a:99\n -> \"?\"\n",
	      "1=0/p:.. 5=1/Rq:.. 8=2/q:. -=3: !0");
}

static const char *polls(struct text *text, size_t count, const char *last)
{
	text_printf(text, "tcp b:1000 => a:1 repeat %zu\n -> \"q\"\n <- \"no\"\n%s", count, last);
	return text_string(text);
}

static double seconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* LAST comes behind 300 polls. */
static bool is_complete_in_time(const char *wanted, const char *last)
{
	struct text text = {0};
	double started = seconds();
	bool complete;

	(void)matched(wanted, polls(&text, 300, last));
	complete = match.complete;
	CU_ASSERT_EQUAL(complete, match.first == SIZE_MAX);
	tidy();
	text_free(&text);
	CU_ASSERT(seconds() - started < MATCH_SECONDS);
	return complete;
}

static void hundreds_of_flows(void)
{
	static const char wanted[] = "tcp b:* => a:1 repeat 3..\n -> \"q\"\n <- \"no\"\n";
	static const char bounded[] = "tcp b:* => a:1 repeat 3..5\n -> \"q\"\n <- \"no\"\n";
	static const char paused[] = "tcp b:* => a:1 repeat 3.. after 50 ms\n -> \"q\"\n <- \"no\"\n";
	static const char two[] = "tcp b:* => a:1 repeat 3..\n -> \"q\"\n <- \"no\"\n"
				  "then\ntcp b:* => a:1\n -> \"q\"\n <- any\n";
	static const char variable[] = "tcp b:$p => a:1 repeat 3..\n -> \"q\"\n <- \"no\"\n";

	CU_ASSERT_TRUE(is_complete_in_time(wanted, ""));
	CU_ASSERT_FALSE(is_complete_in_time(wanted, "tcp b:9 => a:1\n -> \"q\"\n <- \"yes\"\n"));
	CU_ASSERT_FALSE(is_complete_in_time(wanted, "tcp b:9 => a:2\n"));
	CU_ASSERT_FALSE(is_complete_in_time(bounded, ""));
	CU_ASSERT_FALSE(is_complete_in_time(paused, ""));
	CU_ASSERT_TRUE(is_complete_in_time(two, ""));
	CU_ASSERT_TRUE(is_complete_in_time(two, "tcp b:9 => a:1\n -> \"q\"\n <- \"yes\"\n"));
	CU_ASSERT_FALSE(is_complete_in_time(two, "tcp b:9 => a:1\n <- \"q\"\n"));
	CU_ASSERT_FALSE(is_complete_in_time(variable, ""));
}

/* A flood is no reason to think for hours: 1500 flows that nobody asked for. */
static void a_flood(void)
{
	double started = seconds();

	(void)matched("tcp b:* => a:1 repeat 3..\n -> \"q\"\n",
	              "udp b:1000 => a:1 repeat 1000\n -> \"?\"\nudp b:3000 => a:2 repeat 500\n -> \"?\"\n");
	CU_ASSERT_FALSE(match.complete);
	CU_ASSERT(match.pairing_count >= 1500);
	tidy();
	CU_ASSERT(seconds() - started < MATCH_SECONDS);
}

/* COUNT flows, each with a text of its own; the flow LACKS is left out. Ports begin at 1000. */
static const char *differing(struct text *text, int count, int lacks, bool backwards)
{
	for (int i = 0; i < count; i++) {
		int number = backwards ? count - 1 - i : i;

		if (number != lacks)
			text_printf(text, "udp b:%d => a:1\n -> \"message %d\"\n", 1000 + number, number);
	}
	return text_string(text);
}

/* Flows that all differ are found by what they begin with: not each is compared with each. */
static void two_thousand_flows(void)
{
	struct text wanted = {0}, whole = {0}, lacking = {0};
	double started = seconds();

	(void)differing(&wanted, 1900, -1, false);
	(void)matched(text_string(&wanted), differing(&whole, 1900, -1, true));
	CU_ASSERT_TRUE(match.complete);
	CU_ASSERT_EQUAL(match.pairing_count, 1900);
	tidy();
	(void)matched(text_string(&wanted), differing(&lacking, 1900, 1234, true));
	CU_ASSERT_FALSE(match.complete);
	CU_ASSERT_EQUAL(match.pairing_count, 1900);
	CU_ASSERT_EQUAL(match.first, 1234);
	CU_ASSERT_PTR_NULL(match.pairings[1234].flow);
	tidy();
	(void)matched(text_string(&lacking), text_string(&whole));
	CU_ASSERT_EQUAL(match.pairing_count, 1900);
	CU_ASSERT_EQUAL(match.first, 1899);
	CU_ASSERT_PTR_NULL(match.pairings[1899].entry);
	tidy();
	CU_ASSERT(seconds() - started < 2 * MATCH_SECONDS);
	text_free(&wanted);
	text_free(&whole);
	text_free(&lacking);
}

/* Where each item may be left out, most ways through the trace cost the same: the first that leads to the end will do. */
static void thousands_of_maybes(void)
{
	struct text wanted = {0}, whole = {0};
	double started = seconds();

	text_add(&wanted, "udp b:* => a:1\n");
	text_add(&whole, "udp b:1000 => a:1\n");
	for (int i = 0; i < 2500; i++) {
		text_printf(&wanted, " maybe\n  -> \"message %d\"\n", i);
		text_printf(&whole, " -> \"message %d\"\n", i);
	}
	(void)matched(text_string(&wanted), text_string(&whole));
	CU_ASSERT_TRUE(match.complete);
	CU_ASSERT_EQUAL(match.pairings[0].step_count, 2500);
	tidy();
	CU_ASSERT(seconds() - started < MATCH_SECONDS);
	text_free(&wanted);
	text_free(&whole);
}

/* One wrong message early in a long stream leaves very many ways, all of them dear: the search ends, and where the
 * stream first differs is still told. */
static void a_long_stream(void)
{
	struct text wanted = {0}, stream = {0};
	const struct pairing *pairing;
	size_t step = 0;

	text_add(&wanted, "tcp b:* => a:1\n");
	text_add(&stream, "tcp b:1000 => a:1\n");
	for (int i = 0; i < 1500; i++) {
		text_printf(&wanted, " -> \"message %d\\n\"\n", i);
		text_printf(&stream, " -> \"message %d\\n\"\n", i == 700 ? 7 : i);
	}
	(void)matched(text_string(&wanted), text_string(&stream));
	CU_ASSERT_EQUAL(match.first, 0);
	pairing = &match.pairings[0];
	while (step < pairing->step_count && pairing->steps[step].status == STEP_MATCHED)
		step++;
	CU_ASSERT_EQUAL(step, 700);
	tidy();
	text_free(&wanted);
	text_free(&stream);
}

/* Long traces of flows that are all alike are paired in order, without a search. */
static void a_long_trace(void)
{
	double started = seconds();

	(void)matched("tcp b:* => a:1 repeat 1000\n -> \"q\"\n", "tcp b:1000 => a:1 repeat 1000\n -> \"q\"\n");
	CU_ASSERT_TRUE(match.complete);
	tidy();
	(void)matched("tcp b:* => a:1 repeat 1000\n -> \"q\"\n", "tcp b:1000 => a:1 repeat 999\n -> \"q\"\n");
	CU_ASSERT_FALSE(match.complete);
	CU_ASSERT_EQUAL(match.pairing_count, 1000);
	CU_ASSERT_EQUAL(match.first, 999);
	tidy();
	CU_ASSERT(seconds() - started < 2 * MATCH_SECONDS);
}

/* ---- names ---- */

static void names_and_addresses(void)
{
	struct hosts hosts = {0};
	struct address a = address_ipv4(0x0a000001), other = address_ipv4(0x0a000002), six;

	CU_ASSERT_TRUE(address_parse("fd00::1", &six));
	hosts_add(&hosts, "a", &a);
	hosts_add(&hosts, "a", &six);
	ASSERT_STRING(hosts_name(&hosts, &a), "a");
	ASSERT_STRING(hosts_name(&hosts, &six), "a");
	CU_ASSERT_PTR_NULL(hosts_name(&hosts, &other));
	CU_ASSERT_TRUE(hosts_match(&hosts, "a", &six));
	CU_ASSERT_TRUE(hosts_match(&hosts, "*", &other));
	CU_ASSERT_TRUE(hosts_match(&hosts, "10.0.0.2", &other));
	CU_ASSERT_FALSE(hosts_match(&hosts, "a", &other));
	CU_ASSERT_FALSE(hosts_match(&hosts, "10.0.0.2", &a));
	CU_ASSERT_FALSE(hosts_match(&hosts, "b", &a));
	hosts_free(&hosts);
	CU_ASSERT_EQUAL(hosts.count, 0);
}

static void hosts_of_a_lesson(void)
{
	struct host host[] = {{.name = "a"}, {.name = "lan", .kind = HOST_SWITCH}};
	struct link links[] = {{.end = {{.host = 0, .address = 0x0a000001, .prefix = 24}, {.host = 1}}}};
	const struct lesson lesson = {.hosts = host, .host_count = 2, .links = links, .link_count = 1};
	struct address a = address_ipv4(0x0a000001), none = address_ipv4(0);
	struct hosts hosts = {0};

	hosts_of_lesson(&hosts, &lesson);
	CU_ASSERT_EQUAL(hosts.count, 1);
	ASSERT_STRING(hosts_name(&hosts, &a), "a");
	CU_ASSERT_PTR_NULL(hosts_name(&hosts, &none)); /* a switch's port has none */
	hosts_free(&hosts);
}

static void ports_and_texts(void)
{
	struct binding binding = {"p", 5};
	struct text text = {0};
	const struct expected_flow *flow;
	struct error error;

	CU_ASSERT_EQUAL(try_match("udp b:$p => a:{port}\n -> \"{answer} from {p}, {q}!\"\nudp b:* => a:9 maybe\n"
	                          "udp b:ephemeral => a:$q maybe\n",
	                          "", &error), 0);
	flow = &expected.entries[0].flow;
	CU_ASSERT_EQUAL(match_port(&flow->opener, &params, &binding, 1), 5);
	CU_ASSERT_EQUAL(match_port(&flow->opener, &params, NULL, 0), 0);
	CU_ASSERT_EQUAL(match_port(&flow->target, &params, NULL, 0), 7777);
	CU_ASSERT_EQUAL(match_port(&expected.entries[1].flow.opener, &params, NULL, 0), 0);
	CU_ASSERT_EQUAL(match_port(&expected.entries[1].flow.target, &params, NULL, 0), 9);
	CU_ASSERT_EQUAL(match_port(&expected.entries[2].flow.opener, &params, NULL, 0), 0);
	match_expand(&flow->items[0].pattern, &params, &binding, 1, &text);
	ASSERT_STRING(text_string(&text), "thanks from 5, {q}!");
	text_free(&text);
	tidy();
}

static const struct suite_test tests[] = {
	{"what is as expected is complete", as_expected},
	{"the first line: transport, direction, hosts, ports", the_first_line},
	{"open, refused and unanswered are three things", outcomes},
	{"ephemeral is 32768 to 60999", ephemeral_ports},
	{"a flow opened from the other side is recognised, with what is said in it", the_wrong_way},
	{"a flow that never came is missing", never_came},
	{"a flow that nothing allows is told behind the others", nobody_asked_for_it},
	{"flows are independent of each other", flows_in_any_order},
	{"a variable holds across flows", variables_across_flows},
	{"a variable in a text is its port", variables_in_texts},
	{"of many ways to pair the one that is exact is found", the_one_way_that_uses_all},
	{"the values of variables are told", bindings_are_told},
	{"then: opened when all above is complete", then_is_an_order},
	{"repeat and maybe: neither fewer nor more", repeated_flows},
	{"a repeated flow leaves the next one its own", repeat_before_another},
	{"after on a flow's line is a pause", pauses_between_flows},
	{"never names the flow that it forbids", never},
	{"never does not forbid what the trace asks for", never_but_for_what_is_asked_for},
	{"where compares ports", where},
	{"where says nothing of what was not seen", where_of_what_was_not_seen},
	{"several views, and a variable across them", several_views},
	{"a view that the trace does not speak of is free", views_that_are_not_judged},
	{"a vantage point that nobody watches is an error", nobody_watches},
	{"a {name} that nobody knows is an error", unknown_names},
	{"the earliest divergence comes first", the_earliest_is_first},
	{"a divergence at the first view comes first", the_first_view_is_first},
	{"ports, directions and numbers of flows wrong at once", everything_wrong_at_once},
	{"300 flows are matched in less than a second", hundreds_of_flows},
	{"so is a flood of 1500", a_flood},
	{"so is a trace of 1000 flows that are alike", a_long_trace},
	{"two thousand flows that differ are paired by what they begin with", two_thousand_flows},
	{"thousands of items that may be left out are found at once", thousands_of_maybes},
	{"in a long stream the first wrong message is found", a_long_stream},
	{"names and addresses of hosts", names_and_addresses},
	{"the hosts of a lesson", hosts_of_a_lesson},
	{"the port of an endpoint, the bytes of a pattern", ports_and_texts},
	{"the bytes of a flow, each way", bytes_of_a_flow},
	{"the bytes at an interface, out and in", bytes_at_an_interface},
	{"a flow opens within a time of the one before", flows_within_a_time},
	{"each flow has its own view", views_of_several_flows},
};

SUITE_MAIN("match", tests)
