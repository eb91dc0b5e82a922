/* test_script.c - the trace turned round: what a played host does.
 *
 * A script is compared as a string, one line a talk: `opens` or `called`, the phase,
 * the line of its flow, and its actions: s send, w wait for a message, E our end,
 * W wait for the other's end, R reset; behind each the line of its item, or nothing
 * for what the trace does not list. */
#include "script.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *script_of(const char *host, const char *source)
{
	static char described[1024];
	struct text out = {0};
	struct trace trace;
	struct script script;
	struct error error;

	if (trace_parse(&trace, "expected", source, strlen(source), &error)) {
		fprintf(stderr, "%s\n", error_string(&error));
		abort();
	}
	script_read(&trace, host, &script);
	for (size_t i = 0; i < script.talk_count; i++) {
		const struct script_talk *talk = &script.talks[i];

		text_printf(&out, "%s %zu %d:", talk->opens ? "opens" : "called", talk->phase, talk->entry->line);
		for (size_t j = 0; j < talk->action_count; j++) {
			text_printf(&out, " %c", "swEWR"[talk->actions[j].kind]);
			if (talk->actions[j].item)
				text_printf(&out, "%d", talk->actions[j].item->line);
		}
		text_add(&out, "\n");
	}
	snprintf(described, sizeof described, "%s", text_string(&out));
	script_free(&script);
	CU_ASSERT_PTR_NULL(script.talks);
	text_free(&out);
	trace_free(&trace);
	return described;
}

static void both_sides(void)
{
	static const char trace[] = "udp b:* => a:7777\n -> \"hi\"\n <- \"ho\"\n";

	ASSERT_STRING(script_of("b", trace), "opens 0 1: s2 w3\n");
	ASSERT_STRING(script_of("a", trace), "called 0 1: w2 s3\n");
	ASSERT_STRING(script_of("c", trace), "");
}

static void ends_as_listed(void)
{
	static const char trace[] = "tcp b:* => a:7777\n -> \"hi\"\n -> fin\n <- \"ho\"\n <- fin\n";

	ASSERT_STRING(script_of("b", trace), "opens 0 1: s2 E3 w4 W5\n");
	ASSERT_STRING(script_of("a", trace), "called 0 1: w2 W3 s4 E5\n");
}

static void ends_where_the_trace_is_silent(void)
{
	static const char silent[] = "tcp b:* => a:7777\n -> \"hi\"\n";
	static const char opener_only[] = "tcp b:* => a:7777\n -> \"hi\"\n -> fin\n";
	static const char target_only[] = "tcp b:* => a:7777\n -> \"hi\"\n <- fin\n";

	/* The opener ends first, the other waits for it. */
	ASSERT_STRING(script_of("b", silent), "opens 0 1: s2 E W\n");
	ASSERT_STRING(script_of("a", silent), "called 0 1: w2 W E\n");
	ASSERT_STRING(script_of("b", opener_only), "opens 0 1: s2 E3 W\n");
	ASSERT_STRING(script_of("a", opener_only), "called 0 1: w2 W3 E\n");
	ASSERT_STRING(script_of("b", target_only), "opens 0 1: s2 W3 E\n");
	ASSERT_STRING(script_of("a", target_only), "called 0 1: w2 E3 W\n");
}

static void resets(void)
{
	static const char trace[] = "tcp b:* => a:7777\n -> \"hi\"\n <- reset\n";

	/* After a reset of our own there is nothing to wait for. */
	ASSERT_STRING(script_of("a", trace), "called 0 1: w2 R3\n");
	ASSERT_STRING(script_of("b", trace), "opens 0 1: s2 W3 E\n");
}

static void datagrams_have_no_end(void)
{
	ASSERT_STRING(script_of("b", "udp b:* => a:7777\n -> \"hi\"\n <- unreachable\n"), "opens 0 1: s2\n");
}

static void any_order_own_part_first(void)
{
	static const char trace[] = "tcp b:* => a:7777\n in any order\n  -> \"1\"\n  <- \"2\"\n  -> \"3\"\n  <- fin\n";

	ASSERT_STRING(script_of("b", trace), "opens 0 1: s3 s5 w4 W6 E\n");
	ASSERT_STRING(script_of("a", trace), "called 0 1: s4 E6 w3 w5 W\n");
}

/* Two hosts that both waited would wait for ever, also where a block begins. */
static void any_order_with_blocks(void)
{
	static const char trace[] = "tcp b:* => a:7777\n in any order\n  -> \"1\"\n"
				    "  repeat 2\n   <- \"2\"\n   -> \"3\"\n";

	ASSERT_STRING(script_of("a", trace), "called 0 1: s5 w6 s5 w6 w3 W E\n");
	ASSERT_STRING(script_of("b", trace), "opens 0 1: s3 w5 s6 w5 s6 E W\n");
}

static void repeated_items(void)
{
	static const char trace[] = "udp b:* => a:7777\n repeat 2..\n  -> \"q\"\n  <- \"a\"\n repeat 0..3\n  -> \"x\"\n";

	ASSERT_STRING(script_of("b", trace), "opens 0 1: s3 w4 s3 w4\n");
	ASSERT_STRING(script_of("a", trace), "called 0 1: w3 s4 w3 s4\n");
}

static void maybe_is_not_played(void)
{
	static const char item[] = "udp b:* => a:7777\n -> \"q\"\n maybe\n  -> \"x\"\n <- \"a\"\n";
	static const char flow[] = "udp b:* => a:7777 maybe\n -> \"q\"\n";

	ASSERT_STRING(script_of("b", item), "opens 0 1: s2 w5\n");
	ASSERT_STRING(script_of("b", flow), "");
	/* But awaited. */
	ASSERT_STRING(script_of("a", flow), "called 0 1: w2\n");
}

static void repeated_flows(void)
{
	static const char trace[] = "udp b:* => a:7777 repeat 2..5\n -> \"q\"\n";

	ASSERT_STRING(script_of("b", trace), "opens 0 1: s2\nopens 0 1: s2\n");
	ASSERT_STRING(script_of("a", trace), "called 0 1: w2\ncalled 0 1: w2\n");
	ASSERT_STRING(script_of("b", "udp b:* => a:7777 repeat 0..2\n -> \"q\"\n"), "");
}

static void phases(void)
{
	static const char trace[] = "udp b:* => a:1\n -> \"1\"\nthen\nudp c:* => a:1\n -> \"2\"\n"
				    "udp b:* => c:1\n -> \"3\"\nthen\nudp b:* => a:2\n -> \"4\"\n";

	ASSERT_STRING(script_of("b", trace), "opens 0 1: s2\nopens 1 6: s7\nopens 2 9: s10\n");
	ASSERT_STRING(script_of("c", trace), "opens 1 4: s5\ncalled 1 6: w7\n");
}

static void other_vantage_points(void)
{
	static const char trace[] = "udp b:* => a:1\n -> \"1\"\nat d.wan\n udp d:* => a:1\n  -> \"1\"\n then\n"
				    " udp d:* => a:2\nnever tcp * => b:*\nudp b:$p => a:3\nwhere $p != 4\n";

	ASSERT_STRING(script_of("a", trace), "called 0 1: w2\ncalled 0 9:\n");
	ASSERT_STRING(script_of("c", trace), "");
	ASSERT_STRING(script_of("b", trace), "opens 0 1: s2\nopens 0 9:\n");
}

/* Behind a NAT a host is named only at an interface of its own. */
static void own_interface(void)
{
	static const char trace[] = "udp d:* => a:1\n -> \"1\"\nthen\nudp d:* => a:1\n -> \"2\"\nat c.eth0\n"
				    " udp c:* => a:1\n  -> \"1\"\n then\n udp c:* => a:1\n  -> \"2\"\n";

	ASSERT_STRING(script_of("c", trace), "opens 0 7: s8\nopens 1 10: s11\n");
	ASSERT_STRING(script_of("a", trace), "called 0 1: w2\ncalled 1 4: w5\n");
}

static void refused_and_unanswered(void)
{
	/* The target is not there. Should somebody answer all the same, the opener ends in good order. */
	ASSERT_STRING(script_of("a", "tcp b:* => a:1 refused\n"), "");
	ASSERT_STRING(script_of("b", "tcp b:* => a:1 refused\n"), "opens 0 1: E W\n");
	ASSERT_STRING(script_of("a", "tcp b:* => a:1 unanswered\n"), "");
	ASSERT_STRING(script_of("b", "tcp b:* => a:1 unanswered\n"), "opens 0 1: E W\n");
	ASSERT_STRING(script_of("a", "udp b:* => a:1\n -> \"q\"\n <- unreachable\n"), "");
	ASSERT_STRING(script_of("b", "udp b:* => a:1\n -> \"q\"\n <- unreachable\n"), "opens 0 1: s2\n");
	/* One that has answered was there. */
	ASSERT_STRING(script_of("a", "udp b:* => a:1\n -> \"q\"\n <- \"a\"\n -> \"q\"\n <- unreachable\n"),
	              "called 0 1: w2 s3 w4\n");
	ASSERT_STRING(script_of("a", "udp b:* => a:1\n -> \"q\"\n <- \"a\"\n -> unreachable\n"), "called 0 1: w2 s3\n");
}

static const struct suite_test tests[] = {
	{"a host with an interface in the trace plays what is seen there", own_interface},
	{"the opener sends what the called one waits for", both_sides},
	{"ends stand where the trace lists them", ends_as_listed},
	{"ends that the trace does not list: the opener first", ends_where_the_trace_is_silent},
	{"resets", resets},
	{"datagrams have no end, and an ICMP error is the kernel's part", datagrams_have_no_end},
	{"in any order: the own part first", any_order_own_part_first},
	{"in any order: a block belongs to who begins it", any_order_with_blocks},
	{"repeat: as often as it must", repeated_items},
	{"maybe: not at all, but awaited", maybe_is_not_played},
	{"a repeated flow is as many talks", repeated_flows},
	{"phases count the `then` above", phases},
	{"other vantage points are not played", other_vantage_points},
	{"nobody plays what refuses or does not answer", refused_and_unanswered},
};

SUITE_MAIN("script", tests)
