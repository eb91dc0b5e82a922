/* test_ladder.c - the picture of a run, to the character.
 *
 * Small scenes are written as two traces, expected and seen (seen.h); recorded runs
 * show that nothing is ever wider than the screen. */
#include "ladder.h"
#include "recorded.h"
#include "seen.h"
#include "suite.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct ladder_style ascii = {80, false, false}, unicode = {80, true, false}, coloured = {80, false, true},
                                 narrow = {60, false, false};

static struct seen seen;
static struct trace expected;
static struct scene scene;
static struct match match;
static struct text drawn;

static const char *another; /* address of a, or NULL */
static struct host hosts[] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
static const struct lesson lesson = {.hosts = hosts, .host_count = 3};

static void open_scene(const char *wanted, const char *was)
{
	struct match_input input = {&expected, &scene.hosts, &scene.evidence.params, scene.views, 0};
	struct error error;

	struct address address;

	seen_read(&seen, was);
	if (another && address_parse(another, &address))
		hosts_add(&seen.hosts, "a", &address);
	if (trace_parse(&expected, "expected", wanted, strlen(wanted), &error)) {
		fprintf(stderr, "%s\n", error_string(&error));
		abort();
	}
	scene = (struct scene){.lesson = &lesson, .trace = &expected, .hosts = seen.hosts, .views = seen.views,
	                       .view_count = seen.view_count};
	params_set(&scene.evidence.params, "port", PARAM_PORT, "7777");
	input.views = scene.views;
	input.view_count = scene.view_count;
	if (match_trace(&input, &match, &error))
		abort();
}

static void close_scene(void)
{
	params_free(&scene.evidence.params);
	match_free(&match);
	trace_free(&expected);
	seen_free(&seen);
	text_free(&drawn);
}

static void draw_view(const struct scene *of, const struct match *matched, size_t view,
                      const struct ladder_style *style, struct text *out)
{
	struct picture_options options = {view, of->evidence.call_count ? PICTURE_ALL_CALLS : PICTURE_NO_CALLS};
	struct picture picture;

	picture_make(of, matched, &options, &picture);
	ladder_draw(&picture, style, out);
	picture_free(&picture);
}

/* To be closed by the caller. */
static const char *draw(const char *wanted, const char *was, const struct ladder_style *style)
{
	open_scene(wanted, was);
	draw_view(&scene, &match, 0, style, &drawn);
	return text_string(&drawn);
}

static void check(const char *wanted, const char *was, const struct ladder_style *style, const char *picture)
{
	ASSERT_STRING(draw(wanted, was, style), picture);
	close_scene();
}

/* The one line of the picture that has PART; "" when there is none. */
static const char *line_with(const char *part)
{
	static char line[512];
	const char *at = strstr(text_string(&drawn), part), *begin = at;

	line[0] = '\0';
	if (!at)
		return line;
	while (begin > text_string(&drawn) && begin[-1] != '\n')
		begin--;
	snprintf(line, sizeof line, "%.*s", (int)strcspn(begin, "\n"), begin);
	return line;
}

static void a_talk(void)
{
	check("udp b:* => a:{port}\n"
	      " -> \"from B\"\n"
	      " <- \"thanks\"\n",
	      "udp b:40000 => a:7777\n"
	      " -> \"from B\"\n"
	      " <- \"thanks\" after 80 ms\n",
	      &ascii,
	      "      ms   a                                                                  b\n"
	      "      0.0  |<:7777---------------------- \"from B\" ----------------------:40000|\n"
	      "     80.0  |:7777----------------------- \"thanks\" ---------------------:40000>|\n");
}

static void a_talk_in_unicode(void)
{
	check("udp b:* => a:{port}\n"
	      " -> \"from B\"\n"
	      " <- \"thanks\"\n",
	      "udp b:40000 => a:7777\n"
	      " -> \"from B\"\n"
	      " <- \"thanks\" after 80 ms\n",
	      &unicode,
	      "      ms   a                                                                  b\n"
	      "      0.0  │◀:7777────────────────────── \"from B\" ──────────────────────:40000│\n"
	      "     80.0  │:7777─────────────────────── \"thanks\" ─────────────────────:40000▶│\n");
}

static void wrong_and_missing(void)
{
	check("tcp b:* => a:{port}\n"
	      " -> \"from B\"\n"
	      " <- \"thanks\"\n"
	      " -> fin\n",
	      "tcp b:40000 => a:7777\n"
	      " -> \"from B\"\n"
	      " <- \"thank\"\n"
	      " <- reset\n",
	      &ascii,
	      "      ms   a                                                                  b\n"
	      "      0.0  |<:7777------------------------ open ------------------------:40000|\n"
	      "      1.0  |<:7777---------------------- \"from B\" ----------------------:40000|\n"
	      " X    2.0  |:7777--------------- \"thank\", not as expected -------------:40000>|\n"
	      " ?         |:7777.................. \"thanks\", expected ................:40000>|\n"
	      " !    3.0  |:7777---------------------- reset (RST) -------------------:40000>|\n"
	      " ?         |<:7777................. end (FIN), missing .................:40000|\n");
}

static void wrong_and_missing_in_unicode(void)
{
	check("tcp b:* => a:{port}\n"
	      " -> \"from B\"\n"
	      " <- \"thanks\"\n"
	      " -> fin\n",
	      "tcp b:40000 => a:7777\n"
	      " -> \"from B\"\n"
	      " <- \"thank\"\n"
	      " <- reset\n",
	      &unicode,
	      "      ms   a                                                                  b\n"
	      "      0.0  │◀:7777──────────────────────── open ────────────────────────:40000│\n"
	      "      1.0  │◀:7777────────────────────── \"from B\" ──────────────────────:40000│\n"
	      " ✗    2.0  │:7777─────────────── \"thank\", not as expected ─────────────:40000▶│\n"
	      " ?         │:7777┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ \"thanks\", expected ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄:40000▶│\n"
	      " !    3.0  │:7777────────────────────── reset (RST) ───────────────────:40000▶│\n"
	      " ?         │◀:7777┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄ end (FIN), missing ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄:40000│\n");
}

static void colours(void)
{
	check("tcp b:* => a:{port}\n"
	      " -> \"from B\"\n"
	      " <- \"thanks\"\n"
	      " -> fin\n",
	      "tcp b:40000 => a:7777\n"
	      " -> \"from B\"\n"
	      " <- \"thank\"\n",
	      &coloured,
	      "      ms   a                                                                  b\n"
	      "      0.0  |<:7777------------------------ open ------------------------:40000|\n"
	      "      1.0  |<:7777---------------------- \"from B\" ----------------------:40000|\n"
	      "\033[31m X    2.0  |:7777--------------- \"thank\", not as expected -------------:40000>|\033[0m\n"
	      "\033[33m ?         |:7777.................. \"thanks\", expected ................:40000>|\033[0m\n"
	      "\033[33m ?         |<:7777................. end (FIN), missing .................:40000|\033[0m\n");
}

static void refused(void)
{
	check("tcp b:* => a:{port}\n"
	      " -> \"from B\"\n"
	      " <- \"thanks\"\n",
	      "tcp b:40000 => a:7777 refused\n",
	      &ascii,
	      "      ms   a                                                                  b\n"
	      "      0.0  |<:7777--------------------- call (SYN) ---------------------:40000|\n"
	      " X    0.0  |:7777------------ refused (RST), not as expected ----------:40000>|\n"
	      " ?         |<:7777................... open, expected .........................|\n");
}

/* By an ICMP error of c, who stands on the way: the target has sent no reset, so none is drawn. */
static void refused_on_the_way(void)
{
	struct flow *flow;

	open_scene("tcp b:* => a:{port} refused\n", "tcp b:40000 => a:7777 refused\n");
	flow = &seen.flows[0];
	flow->events[flow->event_count++] = (struct event){.kind = EVENT_UNREACHABLE, .direction = DIRECTION_AGAINST,
	                                                   .time_ns = flow->opened_ns, .end_ns = flow->opened_ns,
	                                                   .icmp_source = address_ipv4(0x0a000003)};
	draw_view(&scene, &match, 0, &ascii, &drawn);
	CU_ASSERT_PTR_NULL(strstr(text_string(&drawn), "RST"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&drawn), "call (SYN)"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&drawn), "unreachable (ICMP)"));
	flow->event_count--; /* the scene frees what it has read */
	close_scene();
}

static void unanswered(void)
{
	check("tcp b:* => a:{port}\n"
	      " -> \"from B\"\n"
	      " <- \"thanks\"\n",
	      "tcp b:40000 => a:7777 unanswered\n",
	      &ascii,
	      "      ms   a                                                                  b\n"
	      " X    0.0  |x:7777----------- SYN, no answer, not as expected ----------:40000|\n"
	      " ?         |<:7777................... open, expected .........................|\n");
}

static void unreachable(void)
{
	check("udp b:* => a:{port}\n"
	      " -> \"q\"\n"
	      " <- \"a\"\n",
	      "udp b:7 => a:7777\n"
	      " -> \"q\"\n"
	      " <- unreachable\n",
	      &ascii,
	      "      ms   a                                                                  b\n"
	      "      0.0  |<:7777------------------------- \"q\" ----------------------------:7|\n"
	      " X    1.0  |---------------- unreachable (ICMP), not expected --------------->|\n"
	      " ?         |:7777..................... \"a\", missing .......................:7>|\n");
}

static void wrong_way(void)
{
	check("tcp b:* => a:{port}\n"
	      " -> \"from B\"\n",
	      "tcp a:40000 => b:7777\n"
	      " <- \"from B\"\n",
	      &ascii,
	      "      ms   a                                                                  b\n"
	      " X    0.0  |:40000---------------- open, not as expected ---------------:7777>|\n"
	      " ?         |<:7777................... open, expected .........................|\n"
	      "      1.0  |<:40000--------------------- \"from B\" -----------------------:7777|\n");
}

static void wrong_way_datagrams(void)
{
	check("udp b:* => a:{port}\n"
	      " -> \"q\"\n"
	      " <- \"a\"\n",
	      "udp a:7777 => b:5\n"
	      " -> \"a\"\n",
	      &ascii,
	      "      ms   a                                                                  b\n"
	      " ?         |<:7777.................... \"q\", missing ........................:5|\n"
	      " X    0.0  |:7777----------------- \"a\", not as expected -------------------:5>|\n");
}

static void never_came(void)
{
	check("udp b:1 => a:{port}\n"
	      " -> \"q\"\n"
	      " <- \"a\"\n"
	      "udp c:* => a:{port}\n"
	      " repeat 2\n"
	      "  in any order\n"
	      "   -> \"q\"\n"
	      "   <- \"a\"\n"
	      "tcp c:* => b:80\n",
	      "",
	      &ascii,
	      "      ms   a                                b                                 c\n"
	      " X         |<:7777... \"q\", missing .......:1|                                 |\n"
	      " ?         |<:7777.................... \"q\", missing ..........................|\n"
	      " ?         |                                |<:80..... open, missing .........|\n");
}

static void three_hosts(void)
{
	check("udp b:1 => a:{port}\n"
	      " -> \"q\"\n"
	      "udp c:2 => b:{port}\n"
	      " -> \"q\"\n"
	      " <- \"a\"\n",
	      "udp b:1 => a:7777\n"
	      " -> \"q\"\n"
	      "udp c:2 => b:7777\n"
	      " -> \"q\"\n"
	      " <- \"a\"\n"
	      "udp 9.9.9.9:53 => a:1\n"
	      " -> \"?\"\n",
	      &ascii,
	      "      ms   a                     b                     c                 9.9.9.9\n"
	      "      0.0  |<:7777-- \"q\" ------:1|                     |                      |\n"
	      "      2.0  |                     |<:7777-- \"q\" ------:2|                      |\n"
	      "      3.0  |                     |:7777--- \"a\" -----:2>|                      |\n"
	      " X    5.0  |<:1--------------------- \"?\", not expected --------------------:53|\n");
}

static void sixty_columns(void)
{
	check("udp b:* => a:{port}\n"
	      " -> \"from B\"\n"
	      " <- \"thanks\"\n"
	      "udp c:* => a:{port}\n"
	      " -> \"from C\"\n"
	      " <- \"thanks\"\n",
	      "udp b:40000 => a:7777\n"
	      " -> \"from B\"\n"
	      " <- \"thanks and good bye\"\n"
	      "udp c:40000 => a:7777\n"
	      " -> \"from C\"\n",
	      &narrow,
	      "      ms   a                      b                       c\n"
	      "      0.0  |<:7777 \"from B\" :40000|                       |\n"
	      " X    1.0  |:7777 \"thank...:40000>|                       |\n"
	      "           | (not as expected)    |                       |\n"
	      " ?         |:7777 \"thanks\" :40000>|                       |\n"
	      "           | (expected)           |                       |\n"
	      "      3.0  |<:7777------------ \"from C\" ------------:40000|\n"
	      " ?         |:7777......... \"thanks\", missing ......:40000>|\n");
}

static void long_texts(void)
{
	check("udp b:* => a:{port}\n"
	      " -> any\n"
	      " <- any\n",
	      "udp b:40000 => a:7777\n"
	      " -> \"0123456789012345678901234567890123456789012345678901234567890123456789\"\n"
	      " <- 201 bytes\n",
	      &ascii,
	      "      ms   a                                                                  b\n"
	      "      0.0  |<:7777 \"0123456789012345678901234567890123456789012345678...:40000|\n"
	      "      1.0  |:7777----------------------- 201 bytes --------------------:40000>|\n");
}

static void bytes(void)
{
	check("udp b:* => a:{port}\n"
	      " -> any\n",
	      "udp b:40000 => a:7777\n"
	      " -> \"\\x00\\xff\\n\\\"\\\\\\x1b\"\n",
	      &ascii,
	      "      ms   a                                                                  b\n"
	      "      0.0  |<:7777---------------- \"\\x00\\xff\\n\\\"\\\\\\x1b\" ----------------:40000|\n");
}

/* The first wrong one is drawn, however many come before it. */
static void many_rows(void)
{
	(void)draw("tcp b:* => a:1 repeat 3..\n -> \"q\"\n",
	           "tcp b:1000 => a:1 repeat 20\n -> \"q\"\ntcp b:2000 => a:1\n -> \"x\"\n"
	           "tcp b:3000 => a:1 repeat 20\n -> \"q\"\n",
	           &ascii);
	ASSERT_STRING(line_with("not shown"), "           ... 17 arrows not shown");
	ASSERT_STRING(line_with(" X "), " X   41.0  |<:1------------------- \"x\", not as expected -----------------:2000|");
	close_scene();
	(void)draw("tcp b:* => a:1 repeat 3..\n", "tcp b:1000 => a:1 repeat 40\n", &ascii);
	ASSERT_STRING(line_with("not shown"), "           ... 8 arrows not shown");
	CU_ASSERT_NOT_EQUAL(line_with(":1039")[0], '\0'); /* the end is shown */
	close_scene();
	/* At the end nothing stands behind it. */
	(void)draw("tcp b:* => a:1 repeat 3..\n", "tcp b:1000 => a:1 repeat 40\nudp c:1 => a:1\n -> \"?\"\n", &ascii);
	ASSERT_STRING(line_with("not shown"), "           ... 9 arrows not shown");
	CU_ASSERT_NOT_EQUAL(line_with(" X ")[0], '\0');
	close_scene();
}

static void nothing_seen(void)
{
	check("tcp b:* => a:1 maybe\n", "", &ascii, "");
}

/* What another view saw is not in the picture of this one. */
static void one_view_of_two(void)
{
	(void)draw("udp b:1 => a:1\n", "udp b:1 => a:1\n -> \"here\"\nat c.eth0\n udp c:1 => a:1\n  -> \"there\"\n", &ascii);
	ASSERT_STRING(line_with("there"), "");
	CU_ASSERT_NOT_EQUAL(line_with("here")[0], '\0');
	close_scene();
}

/* ---- calls ---- */

static struct call calls[8];

static struct call *add_call(const char *host, int ms, enum call_kind kind, int fd, int64_t result)
{
	struct call *call = &calls[scene.evidence.call_count++];

	scene.evidence.calls = calls;
	*call = (struct call){.process = 2, .thread = 2, .kind = kind, .fd = fd, .result = result,
	                      .time_ns = ms * INT64_C(1000000), .end_ns = ms * INT64_C(1000000) + 1000};
	snprintf(call->host, sizeof call->host, "%s", host);
	snprintf(call->line, sizeof call->line, "%s.c:%d", host, 10 + ms);
	return call;
}

static struct call *with(struct call *call, const char *address, uint16_t port)
{
	(void)address_parse(address, &call->address);
	call->port = port;
	return call;
}

/* Each at its arrow, whatever the clock says: a's recv() returned behind its own answer's time. */
/* Which of a's addresses it was is what this is about; in a narrow picture the text is more. */
static void several_addresses(void)
{
	static const char wanted[] = "udp b:1 => 10.0.0.99:{port}\n"
	                             "    -> \"from B\"\n"
	                             "    <- \"thanks\"\n",
	                  was[] = "udp b:1 => 10.0.0.99:7777\n"
	                          "    -> \"from B\"\n"
	                          "udp a:7777 => b:1\n"
	                          "    -> \"thanks\"\n";

	another = "10.0.0.99";
	check(wanted, was, &ascii,
	      "      ms   a                                                                  b\n"
	      "      0.0  |<10.0.0.99:7777------------- \"from B\" --------------------------:1|\n"
	      " X         |10.0.0.99:7777.......... \"thanks\", missing ....................:1>|\n"
	      " !    2.0  |10.0.0.1:7777--------------- \"thanks\" -------------------------:1>|\n");
	check(wanted, was, &(struct ladder_style){40, false, false},
	      "      ms   a                          b\n"
	      "      0.0  |<:7777-- \"from B\" ------:1|\n"
	      " X         |:7777... \"thanks\" .....:1>|\n"
	      "           | (missing)                |\n"
	      " !    2.0  |:7777--- \"thanks\" -----:1>|\n");
	check("udp b:1 => a:{port}\n    -> \"from B\"\n", "udp b:1 => a:7777\n    -> \"from B\"\n", &ascii,
	      "      ms   a                                                                  b\n"
	      "      0.0  |<:7777---------------------- \"from B\" --------------------------:1|\n");
	another = NULL;
}

static void calls_in_place(void)
{
	open_scene("tcp b:* => a:{port}\n -> \"q\"\n <- \"answer\"\n",
	           "tcp b:40000 => a:7777\n -> \"q\"\n <- \"answer\"\n");
	with(add_call("b", 1, CALL_CONNECT, 3, 0), "10.0.0.1", 7777)->end_ns = 2100000;
	with(add_call("a", 0, CALL_ACCEPT, 3, 4), "10.0.0.2", 40000)->end_ns = 2200000;
	add_call("b", 3, CALL_SEND, 3, 1)->length = 1;
	add_call("a", 3, CALL_RECV, 4, 1)->end_ns = 4300000;
	add_call("a", 4, CALL_SEND, 4, 6)->length = 6;
	add_call("a", 5, CALL_RECV, 4, 0)->end_ns = 0;
	draw_view(&scene, &match, 0, &ascii, &drawn);
	ASSERT_STRING(text_string(&drawn),
	              "      ms   a                                                                  b\n"
	              "     -1.0  |                             b.c:11 connect(3, 10.0.0.1:7777) = 0 +\n"
	              "      0.0  |<:7777------------------------ open ------------------------:40000|\n"
	              "      0.2  + a.c:10 accept(3) = 4 from 10.0.0.2:40000                         |\n"
	              "      1.0  |                                       b.c:13 send(3, 1 byte) = 1 +\n"
	              "      1.0  |<:7777------------------------- \"q\" ------------------------:40000|\n"
	              "      2.3  + a.c:13 recv(4) = 1                                               |\n"
	              "      2.0  + a.c:14 send(4, 6 bytes) = 6                                      |\n"
	              "      2.0  |:7777----------------------- \"answer\" ---------------------:40000>|\n"
	              "           + a.c:15 recv(4) never returned                                    |\n");
	close_scene();
}

/* A long name of a source, of any characters, is cut to the screen; controls are not shown. */
static void hostile_names(void)
{
	static const char *const names[] = {"\x1b[2Jx.c:1", "\xe6\xbc\xa2\xe5\xad\x97.c:7", "e\xcc\x81.c:1", "\xff\xfe.c:2",
	                                    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.c:1"};
	struct ladder_style sixty = {60, true, false};

	open_scene("udp b:* => a:{port}\n", "udp b:40000 => a:7777\n -> \"q\"\n");
	for (size_t i = 0; i < 5; i++)
		snprintf(add_call(i & 1 ? "b" : "a", 1, CALL_LISTEN, (int)i, 0)->line, sizeof calls[0].line, "%s", names[i]);
	draw_view(&scene, &match, 0, &sixty, &drawn);
	CU_ASSERT_PTR_NULL(strchr(text_string(&drawn), '\033'));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&drawn), "\xe6\xbc\xa2\xe5\xad\x97.c:7 listen(1, 0) = 0 \xe2\x94\xa4\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&drawn), "e\xcc\x81.c:1 listen("));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&drawn), "??.c:2 listen("));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&drawn), "...\n"));
	text_free(&drawn);
	draw_view(&scene, &match, 0, &narrow, &drawn);
	for (const char *at = text_string(&drawn); *at; at++)
		CU_ASSERT((unsigned char)*at < 0x80);
	close_scene();
}

/* ---- several vantage points ---- */

static struct nat nats[] = {{.host = 1}};
static const struct lesson with_nat = {.hosts = hosts, .host_count = 3, .nats = nats, .nat_count = 1};

/* b translates for a. One datagram, seen on both sides, is one arrow with both ports; what b did not let
 * in ends there. */
static void through_a_nat(void)
{
	struct picture_options options = {PICTURE_EVERY_VIEW, PICTURE_NO_CALLS};
	struct picture picture;

	open_scene("udp a:5000 => c:{port}\n -> \"hello\"\n <- \"you\"\n"
	           "at b.wan\n udp b:$mapped => c:{port}\n  -> \"hello\"\n  <- \"you\"\n",
	           "udp a:5000 => c:7777\n -> \"hello\"\n <- \"you\" after 80 ms\nat b.wan\n"
	           " udp b:40001 => c:7777 after 1 us\n  -> \"hello\"\n  <- \"you\" after 79 ms\n udp c:99 => b:40001\n  -> \"me\"\n");
	scene.lesson = &with_nat;
	picture_make(&scene, &match, &options, &picture);
	ladder_draw(&picture, &ascii, &drawn);
	picture_free(&picture);
	ASSERT_STRING(text_string(&drawn),
	              "      ms   a                                b                                 c\n"
	              "      0.0  |:5000------- \"hello\" -----------+:40001---------------------:7777>|\n"
	              "     79.0  |<:5000------- \"you\" ------------+:40001----------------------:7777|\n"
	              " X   81.0  |                                |<:40001 \"me\", not expected ---:99|\n");
	close_scene();
}

static struct host five_hosts[] = {{.name = "a"}, {.name = "b"}, {.name = "c"}, {.name = "d"}, {.name = "e"}};
static const struct lesson with_five = {.hosts = five_hosts, .host_count = 5};

static void five(void)
{
	open_scene("udp a:1 => e:53\n -> \"question\"\n <- \"answer\"\nudp b:70 => c:7777\n -> \"hi\"\ntcp d:40000 => c:80 maybe\n",
	           "udp a:1 => e:53\n -> \"question\"\n <- \"answer\"\nudp b:70 => c:7777\n -> \"hi\"\ntcp d:40000 => c:80\n");
	scene.lesson = &with_five;
	draw_view(&scene, &match, 0, &ascii, &drawn);
	ASSERT_STRING(text_string(&drawn), "      ms   a               b                c                d                e\n"
 "      0.0  |:1------------------------- \"question\" -----------------------:53>|\n"
 "      1.0  |<:1------------------------- \"answer\" -------------------------:53|\n"
 "      3.0  |               |:70- \"hi\" :7777>|                |                |\n"
 "      4.0  |               |                |<:80 open :40000|                |\n");
	close_scene();
}

/* ---- every recorded run ---- */

/* Columns of the line at *AT, which moves behind it: escapes have none, a character of UTF-8 has one. */
static int columns(const char **at)
{
	int count = 0;

	for (; **at && **at != '\n'; ++*at)
		if (**at == '\033')
			*at += strcspn(*at, "m");
		else
			count += ((unsigned char)**at & 0xc0) != 0x80;
	*at += **at == '\n';
	return count;
}

static int widest(const char *text)
{
	int most = 0;

	while (*text) {
		int width = columns(&text);

		most = width > most ? width : most;
	}
	return most;
}

static void draw_recorded(const struct recording *recording, const struct verdict *verdict, size_t run)
{
	static const int widths[] = {60, 80, 81, 97, 120, 143, 160, 200, 500};

	for (size_t i = 0; i < 4 * sizeof widths / sizeof widths[0]; i++) {
		struct ladder_style style = {widths[i / 4], i & 1, i & 2};

		for (size_t view = 0; view < recording->scene.view_count; view++) {
			struct text text = {0};

			draw_view(&recording->scene, &verdict->match, view, &style, &text);
			if (!style.unicode)
				for (const char *at = text_string(&text); *at; at++)
					CU_ASSERT_FATAL((unsigned char)*at < 0x80);
			if (widest(text_string(&text)) > style.width)
				printf("# %s at %d\n", recorded_runs[run].run, style.width);
			CU_ASSERT(widest(text_string(&text)) <= style.width);
			CU_ASSERT(text.length > 0 && text.data[text.length - 1] == '\n');
			text_free(&text);
		}
	}
}

/* How many lines have MARK in the second column. */
static size_t count_marks(const char *text, char mark)
{
	size_t count = 0;

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		count += text[0] == ' ' && text[1] == mark;
	return count;
}

static void recorded_pictures(void)
{
	for (size_t i = 0; i < recorded_count; i++) {
		struct recording recording;
		struct verdict verdict;
		struct error error;
		struct text text = {0};

		recorded_open(&recording, &recorded_runs[i]);
		CU_ASSERT_EQUAL_FATAL(verdict_make(&recording.scene, &verdict, &error), 0);
		draw_recorded(&recording, &verdict, i);
		for (size_t view = 0; view < recording.scene.view_count; view++)
			draw_view(&recording.scene, &verdict.match, view, &ascii, &text);
		CU_ASSERT_EQUAL(count_marks(text_string(&text), 'X'), recorded_runs[i].id ? 1 : 0);
		if (!recorded_runs[i].id)
			CU_ASSERT_EQUAL(count_marks(text_string(&text), '!') + count_marks(text_string(&text), '?'), 0);
		text_free(&text);
		verdict_free(&verdict);
		recorded_close(&recording);
	}
}

static const struct suite_test tests[] = {
	{"a talk: who, when, from which port to which", a_talk},
	{"the same in Unicode", a_talk_in_unicode},
	{"the first wrong arrow is marked, others too; what is missing is dotted", wrong_and_missing},
	{"the same in Unicode", wrong_and_missing_in_unicode},
	{"colours say what marks say", colours},
	{"a refused call", refused},
	{"a call refused on the way", refused_on_the_way},
	{"an unanswered call ends in the air", unanswered},
	{"an ICMP error has no ports", unreachable},
	{"a call the wrong way is marked at its opening", wrong_way},
	{"a mark goes to a datagram that came, not to one that is missing", wrong_way_datagrams},
	{"flows that never came, and what begins a block", never_came},
	{"three hosts, and a stranger", three_hosts},
	{"60 columns for three hosts: texts are cut where they must be", sixty_columns},
	{"a long text is cut, a very long one counted", long_texts},
	{"bytes that are no text are quoted", bytes},
	{"the first wrong arrow is shown, however many there are", many_rows},
	{"nothing seen is said in words", nothing_seen},
	{"a picture shows one vantage point", one_view_of_two},
	{"a host at several addresses has them at its arrows", several_addresses},
	{"calls stand at their arrows", calls_in_place},
	{"names of sources may hold anything", hostile_names},
	{"a datagram on both sides of a NAT is one arrow with both ports", through_a_nat},
	{"five hosts", five},
	{"no picture of a recorded run is wider than the screen; one arrow is the first wrong one", recorded_pictures},
};

SUITE_MAIN("ladder", tests)
