/* test_trace.c - the trace language: what is read, what is refused and how it is said, and that printing is
 * the inverse of parsing. The examples of docs/trace-language.md are read too. */
#include "suite.h"

#include "../../src/trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- help ---- */

static int parse(struct trace *trace, const char *source, struct error *error)
{
	*error = (struct error){0};
	return trace_parse(trace, "t.trace", source, strlen(source), error);
}

/* Parses what must parse; a failure is shown. */
static bool parsed(struct trace *trace, const char *source)
{
	struct error error;

	if (!parse(trace, source, &error))
		return true;
	ASSERT_STRING(error_string(&error), source);
	return false;
}

/* SOURCE, parsed and printed, is EXPECTED. */
static void prints(const char *source, const char *expected)
{
	struct trace trace;
	struct text text = {0};

	if (!parsed(&trace, source))
		return;
	trace_print(&trace, &text);
	ASSERT_STRING(text_string(&text), expected);
	text_free(&text);
	trace_free(&trace);
}

struct refusal {
	const char *source;
	int line, column;
	const char *says; /* a part of the message */
};

static void refuses(const struct refusal *refusals, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct refusal *refusal = &refusals[i];
		struct trace trace;
		struct error error;
		char expected[1024], got[1024];

		if (!parse(&trace, refusal->source, &error)) {
			ASSERT_STRING("it was accepted", refusal->source);
			trace_free(&trace);
			continue;
		}
		(void)snprintf(expected, sizeof expected, "%d:%d: %s", refusal->line, refusal->column, refusal->says);
		(void)snprintf(got, sizeof got, "%d:%d: %s", error.line, error.column,
		               strstr(error.text, refusal->says) ? refusal->says : error.text);
		ASSERT_STRING(got, expected);
		ASSERT_STRING(error.file, "t.trace");
		CU_ASSERT(!trace.entries && !trace.entry_count && !trace.file);
	}
}

#define REFUSES(TABLE) refuses(TABLE, sizeof(TABLE) / sizeof((TABLE)[0]))

/* ---- what is read ---- */

static void reads_a_flow(void)
{
	struct trace trace;
	const struct entry *entry;
	const struct item *item;

	if (!parsed(&trace, "# one question\n\ntcp b:5555 => a:{port} repeat 2..7 after 80 ms\n"
	            "    -> \"hello {name}\\n\" within 2 s\n    <- fin after 5 us\n"))
		return;
	CU_ASSERT_EQUAL_FATAL(trace.entry_count, 1);
	entry = &trace.entries[0];
	CU_ASSERT(entry->kind == ENTRY_FLOW && entry->line == 3 && entry->column == 1 && entry->vantage == -1);
	CU_ASSERT(entry->flow.transport == TRANSPORT_TCP && entry->flow.outcome == OUTCOME_OPEN);
	CU_ASSERT(entry->flow.least == 2 && entry->flow.most == 7 && entry->flow.after_us == 80000);
	CU_ASSERT(entry->flow.opener.kind == PORT_NUMBER && entry->flow.opener.number == 5555);
	CU_ASSERT(entry->flow.target.kind == PORT_PARAMETER);
	ASSERT_STRING(entry->flow.opener.host, "b");
	ASSERT_STRING(entry->flow.target.name, "port");
	CU_ASSERT_EQUAL_FATAL(entry->flow.item_count, 2);
	item = &entry->flow.items[0];
	CU_ASSERT(item->kind == ITEM_MESSAGE && item->direction == DIRECTION_ALONG);
	CU_ASSERT(item->line == 4 && item->column == 5 && item->within_us == 2000000 && !item->after_us);
	CU_ASSERT_EQUAL_FATAL(item->pattern.part_count, 3);
	ASSERT_STRING(item->pattern.parts[0].bytes, "hello ");
	CU_ASSERT(item->pattern.parts[1].is_name && !item->pattern.parts[2].is_name);
	ASSERT_STRING(item->pattern.parts[1].bytes, "name");
	ASSERT_STRING(item->pattern.parts[2].bytes, "\n");
	CU_ASSERT(item[1].kind == ITEM_FIN && item[1].direction == DIRECTION_AGAINST && item[1].after_us == 5);
	trace_free(&trace);
}

static void reads_escapes(void)
{
	struct trace trace;
	const struct pattern *pattern;

	if (!parsed(&trace, "udp a:1 => b:2\n  -> \"\\n\\r\\t\\\\\\\"\\{}\\x00\\xfF#\xc3\xa9\" # a comment\n"))
		return;
	pattern = &trace.entries[0].flow.items[0].pattern;
	CU_ASSERT_EQUAL_FATAL(pattern->part_count, 1);
	CU_ASSERT_EQUAL(pattern->parts[0].length, 12);
	CU_ASSERT(!memcmp(pattern->parts[0].bytes, "\n\r\t\\\"{}\0\xff#\xc3\xa9", 13)); /* the NUL behind, too */
	trace_free(&trace);
}

static void reads_every_port(void)
{
	prints("tcp *:* => 10.0.0.1:*\nudp * => a:ephemeral\ntcp a-b_1:$p-1 => *:{x}\nudp a:65535 => b:1\n",
	       "tcp * => 10.0.0.1:*\nudp * => a:ephemeral\ntcp a-b_1:$p-1 => *:{x}\nudp a:65535 => b:1\n");
}

static void reads_ipv6(void)
{
	prints("tcp [2001:db8:0:0::1]:* => [::]:7777\nudp [::ffff:10.0.0.1]:$p => [FE80::1]:{x}\n"
	       "never tcp * => [1:2:3:4:5:6:7:8]:ephemeral\n",
	       "tcp [2001:db8::1]:* => [::]:7777\nudp [::ffff:10.0.0.1]:$p => [fe80::1]:{x}\n"
	       "never tcp * => [1:2:3:4:5:6:7:8]:ephemeral\n");
}

static void refuses_bad_ipv6(void)
{
	static const struct refusal refusals[] = {
		{"tcp [2001:db8::1]:0 => b:1\n", 1, 19, "expected a port"},
		{"tcp [2001:db8::1] => b:1\n", 1, 5, "expected [ADDRESS]:PORT"},
		{"tcp [2001:db8::1:80 => b:1\n", 1, 5, "expected [ADDRESS]:PORT"},
		{"tcp [2001:db8::g]:80 => b:1\n", 1, 6, "\"2001:db8::g\" is no IPv6 address"},
		{"tcp [10.0.0.1]:80 => b:1\n", 1, 6, "stand without brackets"},
		{"tcp [none]:80 => b:1\n", 1, 6, "is no IPv6 address"},
		{"tcp []:80 => b:1\n", 1, 6, "is no IPv6 address"},
		{"tcp [1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17:18:19:20:21]:80 => b:1\n", 1, 6, "is no IPv6 address"},
		{"tcp 2001:db8::1:80 => b:1\n", 1, 5, "[2001:db8::1]"},
	};

	REFUSES(refusals);
}

static void reads_a_reset_behind_a_fin(void)
{
	static const struct refusal refusals[] = {
		{"tcp a:* => b:1\n  -> fin\n  -> reset\n  -> reset\n", 4, 3, "this side has ended above"},
		{"tcp a:* => b:1\n  -> fin\n  -> fin\n", 3, 3, "this side has ended above"},
	};

	prints("tcp a:* => b:1\n  -> fin\n  <- any\n  -> reset\n",
	       "tcp a:* => b:1\n    -> fin\n    <- any\n    -> reset\n");
	REFUSES(refusals);
}

static void reads_every_modifier(void)
{
	prints("tcp a:* => b:1 refused\ntcp a:* => b:1 unanswered after 1000 us\ntcp a:* => b:1 after 2000 ms maybe\n"
	       "tcp a:* => b:1 repeat 1\ntcp a:* => b:1 repeat 0..\ntcp a:* => b:1 repeat 0..1\n"
	       "tcp a:* => b:1 repeat 3..3 refused\ntcp a:* => b:1 repeat 2..1000 after 3600 s\n",
	       "tcp a:* => b:1 refused\ntcp a:* => b:1 unanswered after 1 ms\ntcp a:* => b:1 maybe after 2 s\n"
	       "tcp a:* => b:1\ntcp a:* => b:1 repeat 0..\ntcp a:* => b:1 maybe\n"
	       "tcp a:* => b:1 refused repeat 3\ntcp a:* => b:1 repeat 2..1000 after 3600 s\n");
}

static void reads_every_item(void)
{
	prints("udp a:* => b:1\n -> any\n <- \"\"\n -> 0 bytes\n -> 1 byte\n -> \"GET \" ... after 1 ms within 1 s\n"
	       " <- unreachable\n"
	       "tcp a:* => b:1\n  in any order\n     -> fin\n     maybe\n      <- 1000 bytes\n"
	       "  repeat 0..1\n   repeat 2\n    <- reset\n",
	       "udp a:* => b:1\n    -> any\n    <- \"\"\n    -> 0 bytes\n    -> 1 byte\n"
	       "    -> \"GET \" ... after 1 ms within 1 s\n    <- unreachable\n"
	       "tcp a:* => b:1\n    in any order\n        -> fin\n        maybe\n            <- 1000 bytes\n"
	       "    repeat 0..1\n        repeat 2\n            <- reset\n");
}

static void reads_then_never_where_at(void)
{
	prints("udp a:$x => b:$y\nthen\nat a.eth0\n  udp a:* => b:1\n    -> any\n  then\n  never udp b:* => a:*\n"
	       "at a.eth0\n udp * => *\nat b.wan\n tcp * => *\nwhere $x != 5000\nwhere {p} < $y\nwhere $x = $y\n"
	       "where $x > 0\nnever tcp * => *\n",
	       "udp a:$x => b:$y\nthen\nat a.eth0\n    udp a:* => b:1\n        -> any\n    then\n"
	       "    never udp b:* => a:*\n    udp * => *\nat b.wan\n    tcp * => *\nwhere $x != 5000\n"
	       "where {p} < $y\nwhere $x = $y\nwhere $x > 0\nnever tcp * => *\n");
}

static void reads_every_line_end(void)
{
	prints("\xef\xbb\xbf" "tcp a:* => b:1\r\n  -> any \t # x\r\n\r\n \t \r\n\t# a comment\r\n  <- any",
	       "tcp a:* => b:1\n    -> any\n    <- any\n");
}

/* ---- what is refused ---- */

static void refuses_bad_files(void)
{
	static const struct refusal refusals[] = {
		{"", 0, 0, "the trace is empty: write a flow"},
		{"# nothing\n", 0, 0, "the trace is empty"},
		{"tcp a:* => b:1\n\t-> any\n", 2, 1, "a tab in the indentation: indent by spaces"},
		{"tcp a:* => b:1\n  \t-> any\n", 2, 3, "a tab"},
		{"tcp a:* => b:1\n  -> \"\x01\"\n", 2, 7, "a control character"},
		{"tcp a:* => b:1\r-> any\n", 1, 15, "a control character"},
		{"tcp a:* => b:1 # \xff\n", 1, 18, "this is not UTF-8"},
		{"tcp a:* => b:1 # \xed\xa0\x80\n", 1, 18, "this is not UTF-8"},
		{"tcp a:* => b:1 # \xc3", 1, 18, "this is not UTF-8"},
		{" tcp a:* => b:1\n", 1, 2, "line them up"},
		{"tcp a:* => b:1\n    -> any\n  <- any\n", 3, 3, "begins with 2 spaces"},
		{"tcp a:* => b:1\n    -> any\n      <- any\n", 3, 7, "begins with 6 spaces"},
	};

	REFUSES(refusals);
}

static void refuses_nul_and_size(void)
{
	char *large = malloc(1024 * 1024 + 2);
	struct trace trace;
	struct error error;

	CU_ASSERT_FATAL(large != NULL);
	memset(large, '#', 1024 * 1024 + 1);
	memcpy(large, "never tcp * => *\n", 17);
	CU_ASSERT(trace_parse(&trace, "t", large, 1024 * 1024 + 1, &error) == -1);
	CU_ASSERT(strstr(error.text, "1048577 bytes") != NULL);
	CU_ASSERT(trace_parse(&trace, "t", large, 1024 * 1024, &error) == 0);
	trace_free(&trace);
	large[20] = '\0';
	CU_ASSERT(trace_parse(&trace, "t", large, 1000, &error) == -1);
	CU_ASSERT(error.line == 2 && error.column == 4);
	CU_ASSERT(strstr(error.text, "NUL") != NULL);
	free(large);
}

static void refuses_bad_flows(void)
{
	static const struct refusal refusals[] = {
		{"tpc a:* => b:1\n", 1, 1, "found \"tpc\"; did you mean \"tcp\"?"},
		{"ta b.e\n tcp a:* => b:1\n", 1, 1, "did you mean \"at\"?"},
		{"flow a:* => b:1\n", 1, 1, "found \"flow\""},
		{"nevr tcp a:* => b:1\n", 1, 1, "did you mean \"never\"?"},
		{"\"tcp\" a:* => b:1\n", 1, 1, "found the string \"tcp\""},
		{"-> any\n", 1, 1, "a message belongs below a flow"},
		{"tcp a:* -> b:1\n", 1, 9, "expected =>, found \"->\""},
		{"tcp a:*\n", 1, 8, "expected =>, but the line ends here"},
		{"tcp a => b:1\n", 1, 5, "expected HOST:PORT"},
		{"tcp 10.0.0.256:* => b:1\n", 1, 5, "\"10.0.0.256\" is no host"},
		{"tcp 10.0.0.01:* => b:1\n", 1, 5, "is no host"},
		{"tcp :1 => b:1\n", 1, 5, "expected a host"},
		{"tcp a:0 => b:1\n", 1, 7, "expected a port (1 to 65535"},
		{"tcp a:65536 => b:1\n", 1, 7, "found \"65536\""},
		{"tcp a: => b:1\n", 1, 7, "expected a port"},
		{"tcp a:ephemral => b:1\n", 1, 7, "did you mean \"ephemeral\"?"},
		{"tcp a:$ => b:1\n", 1, 8, "the name of a variable"},
		{"tcp a:{1} => b:1\n", 1, 8, "the name of a parameter"},
		{"tcp a:{ => b:1\n", 1, 7, "expected a port"},
		{"tcp a23456789012345678901234567890123:1 => b:1\n", 1, 5, "is too long for a host: at most 31 bytes"},
		{"tcp a:* => b:1 refusd\n", 1, 16, "did you mean \"refused\"?"},
		{"tcp a:* => b:1 refused unanswered\n", 1, 24, "leave this word out"},
		{"tcp a:* => b:1 repeat\n", 1, 22, "how often"},
		{"tcp a:* => b:1 repeat 2.\n", 1, 23, "how often"},
		{"tcp a:* => b:1 repeat 0\n", 1, 23, "0 times is never"},
		{"tcp a:* => b:1 repeat 5..3\n", 1, 23, "\"5..3\" runs backwards"},
		{"tcp a:* => b:1 repeat 1001\n", 1, 23, "at most 1000"},
		{"tcp a:* => b:1 repeat 1..1001\n", 1, 23, "at most 1000"},
		{"tcp a:* => b:1 maybe repeat 2\n", 1, 22, "how often is said already"},
		{"tcp a:* => b:1 after 80ms\n", 1, 22, "a time such as 80 ms"},
		{"tcp a:* => b:1 after 80 min\n", 1, 25, "a unit, us, ms or s, found \"min\""},
		{"tcp a:* => b:1 after 0 s\n", 1, 22, "1 to"},
		{"tcp a:* => b:1 after 3601 s\n", 1, 22, "longer than an hour"},
		{"tcp a:* => b:1 after 1 s after 2 s\n", 1, 26, "said twice"},
		{"udp a:* => b:1 refused\n", 1, 16, "write `<- unreachable`"},
		{"udp a:* => b:1 unanswered\n", 1, 16, "leave the word out"},
		{"tcp a:* => b:1 refused\n  -> any\n", 2, 3, "leave the items out"},
	};

	REFUSES(refusals);
}

static void refuses_bad_items(void)
{
	static const struct refusal refusals[] = {
		{"tcp a:* => b:1\n  => any\n", 2, 3, "expected ->, <-, in any order, maybe or repeat"},
		{"tcp a:* => b:1\n  ->\n", 2, 5, "but the line ends here"},
		{"tcp a:* => b:1\n  -> hello\n", 2, 6, "found \"hello\""},
		{"tcp a:* => b:1\n  -> finn\n", 2, 6, "did you mean \"fin\"?"},
		{"tcp a:* => b:1\n  -> \"x\n", 2, 6, "this string has no end"},
		{"tcp a:* => b:1\n  -> \"x\\\"\n", 2, 6, "this string has no end"},
		{"tcp a:* => b:1\n  -> \"x\"...\n", 2, 9, "sticks to the string"},
		{"tcp a:* => b:1\n  ->\"x\"\n", 2, 5, "inside a word"},
		{"tcp a:* => b:1\n  -> \"ab\\q\"\n", 2, 9, "no such escape"},
		{"tcp a:* => b:1\n  -> \"\\x4\"\n", 2, 7, "no such escape"},
		{"tcp a:* => b:1\n  -> \"a{b\"\n", 2, 8, "this brace is never closed"},
		{"tcp a:* => b:1\n  -> \"a{}\"\n", 2, 9, "a name in braces"},
		{"tcp a:* => b:1\n  -> \"\"\n", 2, 6, "TCP has no empty message"},
		{"udp a:* => b:1\n  -> \"\" ...\n", 2, 6, "write `any`"},
		{"tcp a:* => b:1\n  -> 0 bytes\n", 2, 6, "a number of bytes, 1 to"},
		{"udp a:* => b:1\n  -> 65508 bytes\n", 2, 6, "0 to 65507"},
		{"tcp a:* => b:1\n  -> 10 octets\n", 2, 9, "expected bytes, found \"octets\""},
		{"tcp a:* => b:1\n  -> any any\n", 2, 10, "expected after, within, in or the end"},
		{"tcp a:* => b:1\n  -> any in at least 2 s in at most 1 s\n", 2, 26, "`at most` must be the longer"},
		{"tcp a:* => b:1\n  -> any in 2 s\n", 2, 13, "expected at"},
		{"tcp a:* => b:1\n  -> fin in at least 2 s\n", 2, 10, "this is one packet"},
		{"udp a:* => b:1\n  -> any in at least 2 s\n", 2, 10, "this is one packet"},
		{"tcp a:* => b:1 segments\n  -> any in at least 2 s\n", 2, 10, "this is one packet"},
		{"tcp a:* => b:1\n  repeat 2 after 1 s\n    -> any\n", 2, 12, "write it behind the block's first item"},
		{"tcp a:* => b:1\n  -> any after 2 s within 1 s\n", 2, 20, "`within` must be the longer time"},
		{"udp a:* => b:1\n  -> fin\n", 2, 6, "UDP has no fin"},
		{"udp a:* => b:1\n  <- reset\n", 2, 6, "UDP has no reset"},
		{"tcp a:* => b:1\n  <- unreachable\n", 2, 6, "write `refused`"},
		{"tcp a:* => b:1\n  in order\n", 2, 6, "expected any, found \"order\""},
		{"tcp a:* => b:1\n  maybe\n  -> any\n", 2, 3, "this block is empty"},
		{"tcp a:* => b:1\n  in any order\n", 2, 3, "this block is empty"},
		{"tcp a:* => b:1\n  repeat 2 times\n    -> any\n", 2, 12, "expected the end of the line"},
		{"tcp a:* => b:1\n  -> any\n    <- any\n", 3, 5, "line them up"},
		{"tcp a:* => b:1\n  -> fin\n  <- any\n  -> any\n", 4, 3, "this side has ended above"},
		{"tcp a:* => b:1\n  <- reset\n  <- fin\n", 3, 3, "this side has ended above"},
		{"tcp a:* => b:1\n in any order\n  -> any\n  -> any\n  -> any\n  -> any\n  -> any\n  -> any\n  -> any\n",
		 9, 3, "at most 6"},
		{"tcp a:* => b:1\n maybe\n  maybe\n   maybe\n    maybe\n     maybe\n      maybe\n       maybe\n"
		 "        maybe\n         maybe\n          -> any\n", 10, 10, "too many blocks inside each other: at most 8"},
	};

	REFUSES(refusals);
}

static void refuses_bad_views(void)
{
	static const struct refusal refusals[] = {
		{"tcp a:* => b:1\n  -> syn seq 0\n", 2, 6, "write `handshake` on the flow's line"},
		{"tcp a:* => b:1\n  -> ack 1\n", 2, 6, "write `acks` on the flow's line"},
		{"tcp a:* => b:1 handshake\n  -> ack 2\n", 2, 10, "write `acks` on the flow's line too"},
		{"tcp a:* => b:1 handshake\n  -> syn\n", 2, 9, "expected seq"},
		{"tcp a:* => b:1 handshake\n  -> syn seq 1\n", 2, 14, "from which the others count: 0"},
		{"tcp a:* => b:1 handshake\n  -> syn seq 0 ack 0\n", 2, 20, "an acknowledgement number"},
		{"tcp a:* => b:1 acks\n  -> ack\n", 2, 9, "an acknowledgement number"},
		{"tcp a:* => b:1 acks\n  -> any seq 1\n", 2, 10, "write `segments` on the flow's line"},
		{"tcp a:* => b:1 segments\n  -> any seq 0\n", 2, 14, "the first byte's is 1"},
		{"tcp a:* => b:1 segments\n  -> reset seq 1\n", 2, 12, "found \"seq\""},
		{"udp a:* => b:1\n  -> any seq 1\n", 2, 10, "UDP has no sequence numbers"},
		{"udp a:* => b:1\n  -> ack 1\n", 2, 6, "UDP has no handshake"},
		{"udp a:* => b:1 acks\n", 1, 16, "leave this word out"},
		{"tcp a:* => b:1 acks acks\n", 1, 21, "said twice"},
		{"tcp a:* => b:1 segment\n", 1, 16, "did you mean \"segments\"?"},
		{"tcp a:* => b:1 refused handshake\n", 1, 24, "carries nothing"},
		{"tcp a:* => b:1 ends unanswered\n", 1, 21, "carries nothing"},
		{"tcp a:* => b:1 -> 5 bytes refused\n", 1, 27, "carries nothing"},
		{"tcp a:* => b:1 -> 5 bytes -> 6 bytes\n", 1, 27, "said twice"},
		{"tcp a:* => b:1 -> bytes\n", 1, 19, "how many bytes"},
		{"tcp a:* => b:1 -> 5..4 bytes\n", 1, 19, "\"5..4\" runs backwards"},
		{"tcp a:* => b:1 <- 5.. octets\n", 1, 23, "expected bytes"},
		{"tcp a:* => b:1 after 2 s within 1 s\n", 1, 26, "`within` must be the longer time"},
		{"up\n", 1, 3, "how many bytes"},
		{"at a.e\n  down 5 bytes now\n", 2, 16, "expected the end of the line"},
		{"up 5 bytes\nthen\n", 2, 1, "there is none above it"},
	};

	REFUSES(refusals);
}

static void reads_stricter_views(void)
{
	prints("tcp a:* => b:1 ends  acks segments handshake <- 0..1 bytes -> 20.. byte within 2 s\n -> syn seq 0\n"
	       " <- syn seq 0 ack 1\n -> ack 1\n -> \"x\" seq 1 within 1 s\n <- ack 2\n <- fin seq 1\n"
	       "tcp a:* => b:1\n -> any in at most 2 s in at least 300 ms after 1 us\nup 1..1 bytes\n"
	       "at a.e\n down 5.. bytes\n",
	       "tcp a:* => b:1 within 2 s handshake segments acks ends -> 20.. bytes <- 0..1 byte\n    -> syn seq 0\n"
	       "    <- syn seq 0 ack 1\n    -> ack 1\n    -> \"x\" seq 1 within 1 s\n    <- ack 2\n    <- fin seq 1\n"
	       "tcp a:* => b:1\n    -> any after 1 us in at least 300 ms in at most 2 s\nup 1 byte\n"
	       "at a.e\n    down 5.. bytes\n");
}

static void refuses_bad_entries(void)
{
	static const struct refusal refusals[] = {
		{"then\ntcp a:* => b:1\n", 1, 1, "there is none above it"},
		{"tcp a:* => b:1\nthen\n", 2, 1, "there is none below it"},
		{"tcp a:* => b:1\nthen\nthen\ntcp a:* => b:1\n", 3, 1, "there is none above it"},
		{"tcp a:* => b:1\nthen\nnever tcp * => *\n", 2, 1, "there is none below it"},
		{"tcp a:* => b:1\nthen now\n", 2, 6, "expected the end of the line"},
		{"never a:* => b:1\n", 1, 7, "expected tcp or udp, found \"a:*\""},
		{"never tcp a:* => b:1 maybe\n", 1, 22, "expected the end of the line"},
		{"never tcp a:* => b:1\n  -> any\n", 2, 3, "carries nothing"},
		{"tcp a:$p => b:1\nwhere $p == 1\n", 2, 10, "expected =, !=, < or >, found \"==\""},
		{"tcp a:$p => b:1\nwhere p = 1\n", 2, 7, "expected $name, {name} or a number"},
		{"tcp a:$p => b:1\nwhere $p = 65536\n", 2, 12, "a number up to 65535"},
		{"tcp a:$p => b:1\nwhere {p} = 5\n", 2, 1, "compare a $name"},
		{"tcp a:$p => b:1\nwhere 5 < $q\n", 2, 11, "no flow has a port $q"},
		{"at a\n  tcp a:* => b:1\n", 1, 4, "expected HOST.INTERFACE"},
		{"at a.\n  tcp a:* => b:1\n", 1, 6, "an interface"},
		{"at a.e234567890123456\n  tcp a:* => b:1\n", 1, 6, "at most 15 bytes"},
		{"at a.eth0\ntcp a:* => b:1\n", 1, 1, "this `at` is empty"},
		{"at a.eth0\n  at b.eth0\n    tcp a:* => b:1\n", 2, 3, "an `at` inside an `at`"},
		{"at a.eth0\n  tcp a:$p => b:1\n  where $p = 1\n", 3, 3, "not inside `at`"},
	};

	REFUSES(refusals);
}

/* ---- printing is the inverse of parsing ---- */

static uint64_t state; /* of xorshift64: small, good enough, the same everywhere */

static size_t below(size_t limit)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (size_t)(state >> 11) % limit;
}

static void make_name(char name[TRACE_NAME])
{
	static const char letters[] = "abcxyzABCXYZ0189-_";
	size_t length = below(8) ? 1 + below(5) : TRACE_NAME - 1;

	name[0] = letters[below(12)];
	for (size_t i = 1; i < length; i++)
		name[i] = letters[below(sizeof letters - 1)];
	name[length] = '\0';
}

static void make_endpoint(struct endpoint *endpoint)
{
	*endpoint = (struct endpoint){.kind = (enum port_kind)below(5)};
	if (!below(4))
		memcpy(endpoint->host, "*", 2);
	else if (!below(4))
		(void)snprintf(endpoint->host, sizeof endpoint->host, "%zu.%zu.%zu.%zu", below(256), below(256),
		               below(256), below(256));
	else
		make_name(endpoint->host);
	if (endpoint->kind == PORT_NUMBER)
		endpoint->number = (uint16_t)(1 + below(65535));
	if (endpoint->kind == PORT_VARIABLE || endpoint->kind == PORT_PARAMETER)
		make_name(endpoint->name);
}

static void make_parts(struct pattern *pattern)
{
	bool name = below(2);

	pattern->part_count = 1 + below(4);
	pattern->parts = mem_alloc(pattern->part_count * sizeof *pattern->parts);
	for (size_t i = 0; i < pattern->part_count; i++, name = below(2) || !name) {
		struct pattern_part *part = &pattern->parts[i];
		char bytes[TRACE_NAME];

		part->is_name = name;
		part->length = 1 + below(12);
		if (name)
			make_name(bytes);
		else
			for (size_t j = 0; j < part->length; j++)
				bytes[j] = (char)below(256);
		if (name)
			part->length = strlen(bytes);
		part->bytes = mem_bytes(bytes, part->length);
	}
}

static void make_pattern(enum transport transport, struct pattern *pattern)
{
	pattern->kind = (enum pattern_kind)below(4);
	if (pattern->kind == PATTERN_TEXT || pattern->kind == PATTERN_PREFIX)
		make_parts(pattern);
	if (pattern->kind == PATTERN_BYTES)
		pattern->count = transport == TRANSPORT_UDP ? below(65508) : 1 + below(below(2) ? 3 : 100000000);
}

static int64_t make_time(void)
{
	static const int64_t units[] = {1, 1000, 1000000};

	return below(3) ? 0 : (int64_t)(1 + below(3600)) * units[below(3)];
}

static void make_bounds(size_t *least, size_t *most)
{
	*least = below(3) ? below(4) : below(TRACE_REPEAT_MAX + 1);
	*most = below(3) ? *least + below(TRACE_REPEAT_MAX + 1 - *least) : TRACE_FOREVER;
	if (!*most)
		*most = 1;
}

static void make_amount(struct amount *amount)
{
	amount->said = true;
	amount->least = below(below(2) ? 3 : 1000000000);
	amount->most = below(3) ? amount->least + below(3) * below(1000000) : TRACE_UNBOUNDED;
}

static size_t make_items(const struct expected_flow *flow, struct item **items, size_t most, int depth, bool in_order);

static bool has_view_of(const struct expected_flow *flow, enum item_kind kind)
{
	if (kind == ITEM_SYN)
		return flow->views & VIEW_HANDSHAKE;
	return kind != ITEM_ACK || flow->views & (VIEW_HANDSHAKE | VIEW_ACKS);
}

static void make_numbers(const struct expected_flow *flow, struct item *item)
{
	unsigned acks = flow->views & VIEW_ACKS;

	if (item->kind == ITEM_ACK)
		item->ack = acks ? 1 + below(1000000000) : 1;
	if (item->kind == ITEM_SYN && below(2))
		item->ack = 1 + below(3);
	if ((item->kind == ITEM_MESSAGE || item->kind == ITEM_FIN) && flow->views & VIEW_SEGMENTS && below(2))
		item->seq = 1 + below(1000000000);
}

static void make_item(const struct expected_flow *flow, struct item *item, int depth, bool ended[2])
{
	int64_t times[4] = {make_time(), make_time(), make_time(), make_time()};
	enum transport transport = flow->transport;

	*item = (struct item){.direction = (enum direction)below(2)};
	item->kind = (enum item_kind)(below(4) ? ITEM_MESSAGE : below(9));
	if (!has_view_of(flow, item->kind))
		item->kind = ITEM_MESSAGE;
	if (item->kind >= ITEM_ANY_ORDER && depth == TRACE_DEPTH)
		item->kind = ITEM_MESSAGE;
	if (transport == TRANSPORT_UDP && (item->kind == ITEM_FIN || item->kind == ITEM_RESET))
		item->kind = ITEM_UNREACHABLE;
	if (transport == TRANSPORT_TCP && item->kind == ITEM_UNREACHABLE)
		item->kind = ITEM_RESET;
	if (ended[item->direction] && item->kind <= ITEM_RESET)
		item->kind = depth < TRACE_DEPTH ? ITEM_MAYBE : ITEM_ANY_ORDER;
	ended[item->direction] |= item->kind == ITEM_FIN || item->kind == ITEM_RESET;
	if (item->kind == ITEM_REPEAT)
		make_bounds(&item->least, &item->most);
	if (item->kind >= ITEM_ANY_ORDER) {
		item->direction = DIRECTION_ALONG;
		item->item_count = make_items(flow, &item->items, item->kind == ITEM_ANY_ORDER ? 6 : 3, depth + 1,
		                              item->kind != ITEM_ANY_ORDER);
		return;
	}
	make_numbers(flow, item);
	item->after_us = times[0];
	item->within_us = times[1] && times[1] < times[0] ? times[0] : times[1];
	if (item->kind == ITEM_MESSAGE)
		make_pattern(transport, &item->pattern);
	if (item->kind == ITEM_MESSAGE && transport == TRANSPORT_TCP && !(flow->views & VIEW_SEGMENTS)) {
		item->longer_us = times[2];
		item->shorter_us = times[3] && times[3] < times[2] ? times[2] : times[3];
	}
}

static size_t make_items(const struct expected_flow *flow, struct item **items, size_t most, int depth, bool in_order)
{
	size_t count = 1 + below(most);
	bool ended[2] = {false, false};

	*items = mem_alloc(count * sizeof **items);
	for (size_t i = 0; i < count; i++) {
		if (!in_order)
			ended[0] = ended[1] = false;
		if (depth == TRACE_DEPTH && (ended[0] || ended[1]))
			return i; /* no block fits any more behind an end */
		make_item(flow, &(*items)[i], depth, ended);
	}
	return count;
}

static void make_flow(struct expected_flow *flow, bool never)
{
	flow->transport = (enum transport)below(2);
	make_endpoint(&flow->opener);
	make_endpoint(&flow->target);
	flow->least = flow->most = 1;
	if (never)
		return;
	if (!below(3))
		make_bounds(&flow->least, &flow->most);
	flow->after_us = make_time();
	flow->within_us = make_time();
	if (flow->within_us && flow->within_us < flow->after_us)
		flow->within_us = flow->after_us;
	if (flow->transport == TRANSPORT_TCP)
		flow->outcome = (enum outcome)(below(3) ? 0 : below(3));
	for (int direction = 0; flow->outcome == OUTCOME_OPEN && direction < 2; direction++)
		if (!below(4))
			make_amount(&flow->bytes[direction]);
	if (flow->transport == TRANSPORT_TCP && flow->outcome == OUTCOME_OPEN && below(2))
		flow->views = (unsigned)below(16);
	if (flow->outcome == OUTCOME_OPEN && below(5))
		flow->item_count = make_items(flow, &flow->items, 4, 0, true);
}

/* A variable that some flow has, or NULL. */
static const char *some_variable(const struct trace *trace)
{
	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct expected_flow *flow = &trace->entries[i].flow;

		if (trace->entries[i].kind == ENTRY_FLOW && flow->opener.kind == PORT_VARIABLE)
			return flow->opener.name;
		if (trace->entries[i].kind == ENTRY_FLOW && flow->target.kind == PORT_VARIABLE)
			return flow->target.name;
	}
	return NULL;
}

static void make_where(struct entry *entry, const char *variable)
{
	struct operand *operands[2] = {&entry->left, &entry->right};
	size_t which = below(2);

	entry->vantage = -1;
	entry->relation = (enum relation)below(4);
	operands[which]->kind = OPERAND_VARIABLE;
	memcpy(operands[which]->name, variable, strlen(variable) + 1);
	if (below(2)) {
		operands[!which]->kind = OPERAND_PARAMETER;
		make_name(operands[!which]->name);
	} else {
		operands[!which]->number = (uint32_t)below(65536);
	}
}

/* Stays, leaves, or goes to a vantage point, which may be a new one. */
static int make_vantage(struct trace *trace, int vantage)
{
	struct vantage *added = &trace->vantages[trace->vantage_count];

	if (below(2))
		return vantage;
	if (below(2))
		return -1;
	if (trace->vantage_count && below(2))
		return (int)below(trace->vantage_count);
	(void)snprintf(added->host, sizeof added->host, "home%zu", trace->vantage_count);
	make_name(added->interface);
	added->interface[15] = '\0';
	return (int)trace->vantage_count++;
}

static void make_trace(struct trace *trace)
{
	size_t count = 1 + below(7);
	bool flow_seen = false;
	int vantage = -1;

	*trace = (struct trace){.file = mem_string("made")};
	trace->entries = mem_alloc(count * sizeof *trace->entries);
	trace->vantages = mem_alloc(count * sizeof *trace->vantages);
	for (size_t i = 0; i < count; i++) {
		struct entry *entry = &trace->entries[i];
		const char *variable = some_variable(trace);

		entry->kind = i + 1 == count || below(3) ? ENTRY_FLOW : (enum entry_kind)below(6);
		if ((entry->kind == ENTRY_THEN && !flow_seen) || (entry->kind == ENTRY_WHERE && !variable))
			entry->kind = ENTRY_NEVER;
		if (entry->kind == ENTRY_WHERE) {
			make_where(entry, variable);
			vantage = -1;
		} else {
			vantage = entry->vantage = make_vantage(trace, vantage);
		}
		if (entry->kind == ENTRY_FLOW || entry->kind == ENTRY_NEVER)
			make_flow(&entry->flow, entry->kind == ENTRY_NEVER);
		if (entry->kind == ENTRY_UP || entry->kind == ENTRY_DOWN)
			make_amount(&entry->amount);
		flow_seen = entry->kind == ENTRY_FLOW || (flow_seen && entry->kind != ENTRY_THEN);
		trace->entry_count++;
	}
}

static void prints_what_it_parses(void)
{
	for (uint64_t seed = 1; seed <= 6000; seed++) {
		struct trace made, read;
		struct text first = {0}, second = {0};
		bool good;

		state = seed * UINT64_C(0x9e3779b97f4a7c15);
		make_trace(&made);
		trace_print(&made, &first);
		good = parsed(&read, text_string(&first));
		if (good) {
			trace_print(&read, &second);
			if (!trace_equal(&made, &read))
				ASSERT_STRING("not equal", text_string(&first));
			if (strcmp(text_string(&first), text_string(&second)) != 0)
				ASSERT_STRING(text_string(&second), text_string(&first));
			trace_free(&read);
		}
		text_free(&first);
		text_free(&second);
		trace_free(&made);
		if (!good)
			break; /* one is enough to look at */
	}
}

/* Every pair differs, and a trace equals itself elsewhere. */
static void tells_traces_apart(void)
{
	static const char *const sources[] = {
		"tcp a:1 => b:2\n", "udp a:1 => b:2\n", "tcp c:1 => b:2\n", "tcp a:3 => b:2\n", "tcp a:1 => b:3\n",
		"tcp a:* => b:2\n", "tcp a:$p => b:2\n", "tcp a:$q => b:2\n", "tcp a:{p} => b:2\n",
		"tcp a:ephemeral => b:2\n", "tcp a:1 => b:2 refused\n", "tcp a:1 => b:2 unanswered\n",
		"tcp a:1 => b:2 maybe\n", "tcp a:1 => b:2 repeat 1..2\n", "tcp a:1 => b:2 repeat 1..\n",
		"tcp a:1 => b:2 after 1 s\n", "never tcp a:1 => b:2\n", "at a.e\n tcp a:1 => b:2\n",
		"at a.f\n tcp a:1 => b:2\n", "at b.e\n tcp a:1 => b:2\n", "tcp a:1 => b:2\n -> any\n",
		"tcp a:1 => b:2\n <- any\n", "tcp a:1 => b:2\n -> any\n -> any\n", "tcp a:1 => b:2\n -> fin\n",
		"tcp a:1 => b:2\n -> reset\n", "tcp a:1 => b:2\n -> any after 1 s\n", "tcp a:1 => b:2\n -> any within 1 s\n",
		"tcp a:1 => b:2\n -> 5 bytes\n", "tcp a:1 => b:2\n -> 6 bytes\n", "tcp a:1 => b:2\n -> \"x\"\n",
		"tcp a:1 => b:2\n -> \"y\"\n", "tcp a:1 => b:2\n -> \"{x}\"\n", "tcp a:1 => b:2\n -> \"x\" ...\n",
		"tcp a:1 => b:2\n -> \"x\\x00\"\n", "tcp a:1 => b:2\n -> \"x\\x00y\"\n", "tcp a:1 => b:2\n -> \"x{x}\"\n",
		"tcp a:1 => b:2\n maybe\n  -> any\n", "tcp a:1 => b:2\n in any order\n  -> any\n",
		"tcp a:1 => b:2\n repeat 1\n  -> any\n", "tcp a:1 => b:2\n repeat 2\n  -> any\n",
		"tcp a:1 => b:2\n maybe\n  <- any\n", "tcp a:1 => b:2\nthen\ntcp a:1 => b:2\n",
		"tcp a:$p => b:2\nwhere $p = 1\n", "tcp a:$p => b:2\nwhere $p != 1\n", "tcp a:$p => b:2\nwhere $p = 2\n",
		"tcp a:1 => b:2 within 1 s\n", "tcp a:1 => b:2 handshake\n", "tcp a:1 => b:2 segments\n",
		"tcp a:1 => b:2 acks\n", "tcp a:1 => b:2 ends\n", "tcp a:1 => b:2 segments ends\n",
		"tcp a:1 => b:2 -> 0 bytes\n", "tcp a:1 => b:2 -> 0.. bytes\n", "tcp a:1 => b:2 -> 0..9 bytes\n",
		"tcp a:1 => b:2 <- 0 bytes\n", "tcp a:1 => b:2 handshake\n -> syn seq 0\n",
		"tcp a:1 => b:2 handshake\n -> syn seq 0 ack 1\n", "tcp a:1 => b:2 handshake\n -> ack 1\n",
		"tcp a:1 => b:2 segments\n -> any\n", "tcp a:1 => b:2 segments\n -> any seq 1\n",
		"tcp a:1 => b:2 segments\n -> any seq 2\n", "tcp a:1 => b:2\n -> any in at least 1 s\n",
		"tcp a:1 => b:2\n -> any in at most 1 s\n", "up 1 byte\n", "down 1 byte\n", "up 2 bytes\n",
		"up 1.. bytes\n", "at a.e\n up 1 byte\n",
		"tcp a:$p => b:2\nwhere 1 = $p\n", "tcp a:$p => b:2\nwhere $p = {p}\n", "tcp a:$p => b:2\nwhere $p = {q}\n",
	};
	enum { COUNT = sizeof sources / sizeof *sources };
	struct trace traces[COUNT], again;

	for (size_t i = 0; i < COUNT; i++)
		CU_ASSERT_FATAL(parsed(&traces[i], sources[i]));
	for (size_t i = 0; i < COUNT; i++)
		for (size_t j = 0; j < COUNT; j++)
			if (trace_equal(&traces[i], &traces[j]) != (i == j))
				ASSERT_STRING(sources[i], sources[j]);
	if (parsed(&again, "# elsewhere\n\n     # and indented\n\ntcp   a:1   =>   b:2\n")) {
		CU_ASSERT(trace_equal(&again, &traces[0]));
		trace_free(&again);
	}
	for (size_t i = 0; i < COUNT; i++)
		trace_free(&traces[i]);
}

/* Text with a few bytes changed is parsed or refused, and a refusal always has a sentence. */
static void survives_damage(void)
{
	static const char spare[] = " \n\t\"{}\\$*#.:=-><0123456789abtT\r\0\xff";

	for (uint64_t seed = 1; seed <= 3000; seed++) {
		struct trace made, read;
		struct text text = {0};
		struct error error = {0};

		state = seed * UINT64_C(0x9e3779b97f4a7c15);
		make_trace(&made);
		trace_print(&made, &text);
		for (size_t i = 1 + below(5); i--;)
			text.data[below(text.length)] = spare[below(sizeof spare)];
		if (!trace_parse(&read, "damaged", text.data, text.length, &error))
			trace_free(&read);
		else
			CU_ASSERT(error.text[0] && error.line >= 0 && !read.entries);
		text_free(&text);
		trace_free(&made);
	}
}

/* ---- parts ---- */

static void prints_parts_alone(void)
{
	struct trace trace;
	struct text text = {0};
	const struct expected_flow *flow;

	if (!parsed(&trace, "tcp a:$p => *:7 repeat 2..\n maybe\n  -> \"a{b}\" ... within 2 ms\n"))
		return;
	flow = &trace.entries[0].flow;
	trace_print_flow(flow, &text);
	text_add(&text, "|");
	trace_print_item(flow->items, &text);
	text_add(&text, "|");
	trace_print_item(flow->items->items, &text);
	text_add(&text, "|");
	trace_print_pattern(&flow->items->items->pattern, &text);
	text_add(&text, "|");
	trace_print_endpoint(&flow->target, &text);
	ASSERT_STRING(text_string(&text),
	              "tcp a:$p => *:7 repeat 2..|maybe|-> \"a{b}\" ... within 2 ms|\"a{b}\" ...|*:7");
	text_free(&text);
	trace_free(&trace);
}

/* ---- the documentation ---- */

static void check_block(const char *path, int line, const char *block)
{
	struct trace trace;
	struct error error;

	if (!trace_parse(&trace, path, block, strlen(block), &error)) {
		trace_free(&trace);
		return;
	}
	error.line += line;
	ASSERT_STRING(error_string(&error), "a trace that parses");
}

static void reads_the_documentation(void)
{
	const char *docs = getenv("WINDSOCK_DOCS"), *srcdir = getenv("srcdir");
	struct text path = {0}, block = {0};
	int line = 0, start = 0, blocks = 0;
	char buffer[1024];
	FILE *file;

	if (docs)
		text_printf(&path, "%s/trace-language.md", docs);
	else
		text_printf(&path, "%s/docs/trace-language.md", srcdir ? srcdir : ".");
	file = fopen(text_string(&path), "re");
	if (!file)
		ASSERT_STRING(text_string(&path), "a file that opens: set WINDSOCK_DOCS to the folder docs");
	while (file && fgets(buffer, sizeof buffer, file)) {
		line++;
		if (!start && !strcmp(buffer, "```trace\n")) {
			start = line;
		} else if (start && !strncmp(buffer, "```", 3)) {
			check_block(text_string(&path), start, text_string(&block));
			text_free(&block);
			start = 0;
			blocks++;
		} else if (start) {
			text_add(&block, buffer);
		}
	}
	CU_ASSERT(!start);
	CU_ASSERT(blocks >= 5);
	if (file)
		(void)fclose(file); /* only read */
	text_free(&block);
	text_free(&path);
}

static const struct suite_test tests[] = {
	{"a flow and its items are read, with lines and columns", reads_a_flow},
	{"escapes become bytes, NUL too", reads_escapes},
	{"every port is read and printed", reads_every_port},
	{"IPv6 endpoints are read, in one spelling", reads_ipv6},
	{"bad IPv6 endpoints are refused", refuses_bad_ipv6},
	{"a reset may follow a fin, and nothing else", reads_a_reset_behind_a_fin},
	{"every modifier of a flow is read and printed", reads_every_modifier},
	{"every item is read and printed", reads_every_item},
	{"then, never, where and at are read and printed", reads_then_never_where_at},
	{"CRLF, a byte order mark and a missing last newline do not matter", reads_every_line_end},
	{"a file that is no such text is refused", refuses_bad_files},
	{"NUL bytes and more than 1 MiB are refused", refuses_nul_and_size},
	{"a bad flow is refused at its word", refuses_bad_flows},
	{"a bad item is refused at its word", refuses_bad_items},
	{"stricter views and amounts are read and printed", reads_stricter_views},
	{"a stricter view that was not asked for, and a bad amount, are refused", refuses_bad_views},
	{"a bad then, never, where or at is refused at its word", refuses_bad_entries},
	{"what is printed parses into an equal trace", prints_what_it_parses},
	{"traces that differ in anything are not equal", tells_traces_apart},
	{"damaged text is parsed or refused", survives_damage},
	{"flows, items, patterns and endpoints print alone", prints_parts_alone},
	{"every example of docs/trace-language.md is a trace", reads_the_documentation},
};

SUITE_MAIN("trace", tests)
