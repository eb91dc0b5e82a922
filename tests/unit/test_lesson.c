/* test_lesson.c - the lesson language: what is read, what is refused and how it is said. The examples of
 * docs/lesson-format.md are read too. */
#include "suite.h"

#include "../../src/lesson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "lesson 01-x\ntitle \"T\"\nidea \"I\"\n"
#define NET "switch lan\nhost a\nhost b\nrouter r\nlink a.eth0 10.0.0.1/24 -- lan\nlink lan -- r.lan 10.0.0.2/24\n" \
            "link r.wan 10.1.0.1/30 -- b.eth0 10.1.0.2/30\n"
#define CAST "program server student server.c\nprogram cloud given cloud.c\nparam port 7777 port\n"
#define CASE "case one 4 points\n title \"C\"\n trace traces/one.trace\n watch a.eth0\n"
#define RUN " run a server {port}\n"

static int parse(struct lesson *lesson, const char *source, struct error *error)
{
	*error = (struct error){0};
	return lesson_parse(lesson, "l", source, strlen(source), error);
}

static bool parsed(struct lesson *lesson, const char *source)
{
	struct error error;

	if (!parse(lesson, source, &error))
		return true;
	ASSERT_STRING(error_string(&error), source);
	return false;
}

/* ---- what is read ---- */

static void reads_the_head(void)
{
	struct lesson lesson;

	if (!parsed(&lesson, "\n# x\nlesson 01-x_Y\ntitle \"A title, \xc3\xa9\"\nidea \"{An} idea\"\nbegin \"Here\"\n"
	            "skeleton fails nothing-bound\n" NET CAST CASE RUN))
		return;
	ASSERT_STRING(lesson.file, "l");
	ASSERT_STRING(lesson.name, "01-x_Y");
	ASSERT_STRING(lesson.title, "A title, \xc3\xa9");
	ASSERT_STRING(lesson.idea, "{An} idea");
	ASSERT_STRING(lesson.begin, "Here");
	ASSERT_STRING(lesson.skeleton_fails, "nothing-bound");
	lesson_free(&lesson);
	CU_ASSERT(!lesson.hosts && !lesson.host_count && !lesson.file);
}

static void check_network(const struct lesson *lesson)
{
	const struct link_end *peer = NULL, *end = lesson_interface(lesson, 3, "wan", &peer);

	CU_ASSERT_FATAL(end != NULL && peer != NULL);
	CU_ASSERT(end->address == 0x0a010001 && end->prefix == 30 && end->host == 3);
	ASSERT_STRING(peer->interface, "eth0");
	CU_ASSERT(peer->host == 2 && peer->address == 0x0a010002);
	end = lesson_interface(lesson, 1, "eth0", &peer);
	CU_ASSERT_FATAL(end != NULL);
	CU_ASSERT(peer->host == 0 && !peer->address && !peer->interface[0]);
	CU_ASSERT(!lesson_interface(lesson, 1, "eth1", NULL) && !lesson_interface(lesson, 2, "wan", NULL));
	CU_ASSERT(lesson_address(lesson, 0) == 0 && lesson_address(lesson, 3) == 0x0a000002);
	CU_ASSERT(lesson_owner(lesson, 0x0a000002) == 3 && lesson_owner(lesson, 0x0a010002) == 2);
	CU_ASSERT(lesson_owner(lesson, 0x0a000003) == -1 && lesson_owner(lesson, 0) == -1);
	CU_ASSERT(lesson_host(lesson, "r") == 3 && lesson_host(lesson, "x") == -1);
	CU_ASSERT(lesson->hosts[0].kind == HOST_SWITCH && lesson->hosts[1].kind == HOST_END);
	CU_ASSERT(lesson->hosts[3].kind == HOST_ROUTER && lesson->hosts[3].line == 7);
}

static void reads_the_network(void)
{
	struct lesson lesson;

	if (!parsed(&lesson, HEAD NET "route a default via 10.0.0.2\nroute b 10.0.0.0/16 via 10.1.0.1\n"
	            "nat r.wan mapping address-dependent filtering address-and-port-dependent\n" CAST CASE RUN))
		return;
	CU_ASSERT(lesson.host_count == 4 && lesson.link_count == 3 && lesson.route_count == 2 && lesson.nat_count == 1);
	check_network(&lesson);
	CU_ASSERT(lesson.cases[0].limit_ms == 5000);
	CU_ASSERT(lesson.routes[0].host == 1 && !lesson.routes[0].prefix && !lesson.routes[0].destination);
	CU_ASSERT(lesson.routes[0].via == 0x0a000002 && lesson.routes[0].line == 11);
	CU_ASSERT(lesson.routes[1].destination == 0x0a000000 && lesson.routes[1].prefix == 16);
	CU_ASSERT(lesson.nats[0].host == 3 && lesson.nats[0].mapping == NAT_ADDRESS_DEPENDENT);
	CU_ASSERT(lesson.nats[0].filtering == NAT_ADDRESS_AND_PORT_DEPENDENT);
	ASSERT_STRING(lesson.nats[0].interface, "wan");
	lesson_free(&lesson);
}

static void check_steps(const struct lesson_case *lesson_case)
{
	const struct step *steps = lesson_case->steps;

	CU_ASSERT_EQUAL_FATAL(lesson_case->step_count, 4);
	CU_ASSERT(steps[0].kind == STEP_RUN && steps[0].host == 1 && steps[0].program == 1 && steps[0].line == 19);
	CU_ASSERT_EQUAL_FATAL(steps[0].argument_count, 4);
	ASSERT_STRING(steps[0].arguments[0], "{port}");
	ASSERT_STRING(steps[0].arguments[1], "a b{a}");
	ASSERT_STRING(steps[0].arguments[2], "");
	ASSERT_STRING(steps[0].arguments[3], "-x=\\{y");
	CU_ASSERT(steps[1].kind == STEP_PLAY && steps[1].host == 2);
	CU_ASSERT(steps[2].kind == STEP_WAIT && steps[2].host == 2);
	CU_ASSERT(steps[3].kind == STEP_TYPE && steps[3].host == 1);
	ASSERT_STRING(steps[3].text, "{event}\\{\\\\\n\"\xff");
}

static void reads_a_case(void)
{
	struct lesson lesson;

	if (!parsed(&lesson, HEAD NET CAST "param event \"a\\\\b\\\" \\{\" text\n" CASE
	            " run a cloud {port} \"a b{a}\" \"\" -x=\\{y\n play b\n wait b\n"
	            " type a \"{event}\\{\\\\\\n\\\"\\xff\"\n watch r.wan\n limit 700 ms\n"
	            "case 2nd 1 point\n    title \"D\"\n    trace t\n    watch b.eth0\n    limit 2 s\n    run b server\n"))
		return;
	CU_ASSERT_EQUAL_FATAL(lesson.case_count, 2);
	CU_ASSERT(lesson.cases[0].points == 4 && lesson.cases[0].limit_ms == 700 && lesson.cases[0].line == 15);
	CU_ASSERT(lesson.cases[1].points == 1 && lesson.cases[1].limit_ms == 2000);
	ASSERT_STRING(lesson.cases[0].name, "one");
	ASSERT_STRING(lesson.cases[0].title, "C");
	ASSERT_STRING(lesson.cases[0].trace, "traces/one.trace");
	CU_ASSERT_EQUAL_FATAL(lesson.cases[0].watch_count, 2);
	CU_ASSERT(lesson.cases[0].watches[0].host == 1 && lesson.cases[0].watches[1].host == 3);
	ASSERT_STRING(lesson.cases[0].watches[1].interface, "wan");
	check_steps(&lesson.cases[0]);
	CU_ASSERT(lesson.programs[0].origin == PROGRAM_STUDENT && lesson.programs[1].origin == PROGRAM_GIVEN);
	ASSERT_STRING(lesson.programs[1].source, "cloud.c");
	CU_ASSERT(lesson_program(&lesson, "cloud") == 1 && lesson_program(&lesson, "hub") == -1);
	CU_ASSERT(lesson_case(&lesson, "2nd") == 1 && lesson_case(&lesson, "3rd") == -1);
	ASSERT_STRING(params_find(&lesson.params, "event")->value, "a\\b\" {");
	lesson_free(&lesson);
}

/* What is between the lesson's file and a program's argv. */
static void fills_in_what_is_typed(void)
{
	struct lesson lesson;
	struct params params;
	struct text text = {0};
	struct error error;

	if (!parsed(&lesson, HEAD NET CAST "param event \"\\{x\" text\n" CASE RUN " type a \"{a}\\{\\\\{port}\\\\\\{\\n\"\n"))
		return;
	lesson_params(&lesson, NULL, &params);
	CU_ASSERT_EQUAL(params_expand(&params, lesson.cases[0].steps[1].text, &text, &error), 0);
	ASSERT_STRING(text_string(&text), "10.0.0.1{\\7777\\{\n");
	text_free(&text);
	params_free(&params);
	lesson_free(&lesson);
}

static void gives_hosts_as_params(void)
{
	struct lesson lesson;
	struct params params;

	if (!parsed(&lesson, HEAD NET CAST "param every 100 fixed\n" CASE RUN))
		return;
	lesson_params(&lesson, NULL, &params);
	CU_ASSERT_EQUAL(params.count, 5);
	ASSERT_STRING(params_find(&params, "port")->value, "7777");
	ASSERT_STRING(params_find(&params, "a")->value, "10.0.0.1");
	ASSERT_STRING(params_find(&params, "r")->value, "10.0.0.2");
	CU_ASSERT(!params_find(&params, "lan") && params_find(&params, "a")->kind == PARAM_FIXED);
	params_free(&params);
	lesson_params(&lesson, "seed", &params);
	CU_ASSERT(strcmp(params_find(&params, "port")->value, "7777") != 0);
	ASSERT_STRING(params_find(&params, "every")->value, "100");
	ASSERT_STRING(params_find(&params, "b")->value, "10.1.0.2");
	params_free(&params);
	lesson_free(&lesson);
}

#define ALL HEAD NET CAST /* 13 lines */
#define WAY ALL "param hook 8081 port\nparam word \"x\" text\n" /* 15 lines */
#define NAT "nat r.wan mapping address-dependent filtering address-dependent"

static void check_filters(const struct lesson *lesson)
{
	const struct filter *filters = lesson->filters;

	CU_ASSERT_EQUAL_FATAL(lesson->filter_count, 5);
	CU_ASSERT(filters[0].host == 3 && filters[0].action == FILTER_ACCEPT && filters[0].transport == FILTER_TCP);
	ASSERT_STRING(filters[0].interface, "wan");
	ASSERT_STRING(filters[0].port.param, "hook");
	CU_ASSERT(!filters[0].port.number && filters[0].from == 0x0a010002 && filters[0].from_prefix == 32);
	CU_ASSERT(!filters[0].to_prefix && filters[0].of_case == LESSON_EVERY_CASE && filters[0].line == 17);
	CU_ASSERT(filters[1].action == FILTER_REFUSE_RESET && filters[1].port.number == 81 && !filters[1].port.param[0]);
	CU_ASSERT(filters[2].action == FILTER_REFUSE_UNREACHABLE && filters[2].transport == FILTER_UDP);
	CU_ASSERT(!filters[2].port.number && filters[2].to == 0x0a000000 && filters[2].to_prefix == 24);
	CU_ASSERT(filters[2].from == 0x0a010002 && filters[2].from_prefix == 32);
	CU_ASSERT(filters[3].action == FILTER_DROP && filters[3].transport == FILTER_ANY && filters[3].of_case == 0);
	CU_ASSERT(filters[4].action == FILTER_DROP && filters[4].of_case == 1 && filters[4].line == 30);
}

static void check_the_rest(const struct lesson *lesson)
{
	CU_ASSERT(lesson->nat_count == 1 && lesson->nats[0].of_case == LESSON_EVERY_CASE);
	ASSERT_STRING(lesson->nats[0].ports.param, "hook");
	CU_ASSERT(lesson->forward_count == 1 && lesson->forwards[0].transport == FILTER_UDP);
	CU_ASSERT(lesson->forwards[0].port.number == 53 && lesson->forwards[0].to == 0x0a000001);
	ASSERT_STRING(lesson->forwards[0].to_port.param, "hook");
	CU_ASSERT_EQUAL_FATAL(lesson->memory_count, 2);
	CU_ASSERT(lesson->memories[0].transport == FILTER_TCP && lesson->memories[0].seconds == 2);
	CU_ASSERT(lesson->memories[1].transport == FILTER_UDP && lesson->memories[1].seconds == 3600);
	CU_ASSERT(lesson->memories[1].of_case == 1 && lesson->memories[1].host == 3);
	CU_ASSERT_EQUAL_FATAL(lesson->rate_count, 2);
	CU_ASSERT(lesson->rates[0].host == 2 && lesson->rates[0].bits == 8000 && lesson->rates[1].bits == 1000000000);
	CU_ASSERT_EQUAL_FATAL(lesson->rules_count, 1);
	CU_ASSERT(lesson->rules[0].host == 2 && lesson->rules[0].of_case == 1 && lesson->rules[0].line == 31);
	ASSERT_STRING(lesson->rules[0].source, "fw.nft");
}

static void reads_what_is_on_the_way(void)
{
	struct lesson lesson;

	if (!parsed(&lesson, WAY NAT " ports {hook}\n"
	            "filter r.wan accept tcp {hook} from {b}\nfilter r.wan refuse with reset tcp 81\n"
	            "filter r.wan refuse udp to 10.0.0.0/24 from 10.1.0.2 with unreachable\n"
	            "forward r.wan udp 53 to {a}:{hook}\nmemory r tcp 2 s\nrate b.eth0 8 kbit\n"
	            CASE " filter r.wan drop\n" RUN
	            "case two 1 point\n filter r.wan drop\n rules b student fw.nft\n title \"D\"\n trace t\n"
	            " watch a.eth0\n memory r udp 3600 s\n rate r.lan 1000 mbit\n run b server\n"))
		return;
	check_filters(&lesson);
	check_the_rest(&lesson);
	CU_ASSERT(lesson_holds(LESSON_EVERY_CASE, 0) && lesson_holds(1, 1) && !lesson_holds(1, 0) && !lesson_holds(0, 1));
	lesson_free(&lesson);
	CU_ASSERT(!lesson.filters && !lesson.rules && !lesson.rates);
}

static void looks_ports_up(void)
{
	const struct lab_number number = {.number = 81}, named = {.param = "hook"}, none = {0}, lost = {.param = "x"};
	struct params params = {0};

	params_set(&params, "hook", PARAM_PORT, "2345");
	CU_ASSERT(lesson_number(&number, &params) == 81 && lesson_number(&named, &params) == 2345);
	CU_ASSERT(!lesson_number(&none, &params) && !lesson_number(&lost, &params));
	params_free(&params);
}

#define TUNNELS "tunnel b.vpn0 10.8.0.1/24\ntunnel a.vpn0 10.8.0.2/24\ntunnel a.vpn1 10.9.0.2/31\n"

static void reads_tunnels(void)
{
	struct lesson lesson;
	struct params params;
	const struct link_end *end, *peer = &(struct link_end){0};

	if (!parsed(&lesson, ALL TUNNELS "route a 192.0.2.0/24 dev vpn1\n" CASE " watch a.vpn1\n run a server {vpn1}\n"))
		return;
	end = lesson_interface(&lesson, 1, "vpn1", &peer);
	CU_ASSERT_FATAL(end != NULL);
	CU_ASSERT(!peer && end->host == 1 && end->address == 0x0a090002 && end->prefix == 31);
	CU_ASSERT(lesson.tunnel_count == 3 && lesson.tunnels[2].line == 16 && lesson_tunnel(&lesson, "vpn1") == 2);
	CU_ASSERT(lesson_owner(&lesson, 0x0a080001) == 2 && lesson_owner(&lesson, 0x0a090002) == 1);
	CU_ASSERT(lesson_descriptor(&lesson, 0) == 3 && lesson_descriptor(&lesson, 1) == 3);
	CU_ASSERT(lesson_descriptor(&lesson, 2) == 4 && lesson_address(&lesson, 1) == 0x0a000001);
	ASSERT_STRING(lesson.routes[0].interface, "vpn1");
	CU_ASSERT(!lesson.routes[0].via && lesson.routes[0].destination == 0xc0000200);
	lesson_params(&lesson, "seed", &params);
	ASSERT_STRING(params_find(&params, "vpn0")->value, "3");
	ASSERT_STRING(params_find(&params, "vpn1")->value, "4");
	CU_ASSERT(params_find(&params, "vpn1")->kind == PARAM_FIXED);
	params_free(&params);
	lesson_free(&lesson);
}

static void reads_what_a_student_writes(void)
{
	struct lesson lesson;

	if (!parsed(&lesson, ALL "program curl system curl-7.88\n" CASE " predict my.trace\n" RUN
	            "case two 1 point\n accepts mine.trace\n title \"D\"\n trace t\n watch a.eth0\n run b curl\n"
	            " address a.eth0 10.0.0.99\n"
	            "case three 1 point\n rejects mine.trace\n title \"D\"\n trace t\n watch a.eth0\n"
	            " address a.eth0 10.0.0.99\n run b server\n"))
		return;
	CU_ASSERT(lesson.programs[2].origin == PROGRAM_SYSTEM);
	ASSERT_STRING(lesson.programs[2].source, "curl-7.88");
	CU_ASSERT(lesson.cases[0].student_trace_kind == STUDENT_TRACE_PREDICT);
	ASSERT_STRING(lesson.cases[0].student_trace, "my.trace");
	CU_ASSERT(lesson.cases[1].student_trace_kind == STUDENT_TRACE_ACCEPTS);
	CU_ASSERT(lesson.cases[2].student_trace_kind == STUDENT_TRACE_REJECTS);
	CU_ASSERT_EQUAL_FATAL(lesson.cases[1].step_count, 2);
	CU_ASSERT(lesson.cases[1].steps[1].kind == STEP_ADDRESS && lesson.cases[1].steps[1].host == 1);
	CU_ASSERT(lesson.cases[1].steps[1].address == 0x0a000063 && lesson.cases[1].steps[1].line == 27);
	ASSERT_STRING(lesson.cases[1].steps[1].interface, "eth0");
	CU_ASSERT(lesson_owner(&lesson, 0x0a000063) == 1);
	lesson_free(&lesson);
}

/* ---- what is refused ---- */

struct refusal {
	const char *source;
	int line, column;
	const char *says; /* a part of the message */
};

static void refuses(const struct refusal *refusals, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct refusal *refusal = &refusals[i];
		struct lesson lesson;
		struct error error;
		char expected[1024], got[1024];

		if (!parse(&lesson, refusal->source, &error)) {
			ASSERT_STRING("it was accepted", refusal->source);
			lesson_free(&lesson);
			continue;
		}
		(void)snprintf(expected, sizeof expected, "%d:%d: %s", refusal->line, refusal->column, refusal->says);
		(void)snprintf(got, sizeof got, "%d:%d: %s", error.line, error.column,
		               strstr(error.text, refusal->says) ? refusal->says : error.text);
		ASSERT_STRING(got, expected);
		CU_ASSERT(!lesson.cases && !lesson.file && !lesson.params.count);
	}
}

#define REFUSES(TABLE) refuses(TABLE, sizeof(TABLE) / sizeof((TABLE)[0]))

static void refuses_bad_heads(void)
{
	static const struct refusal refusals[] = {
		{"", 0, 0, "begin with `lesson NAME`"},
		{"title \"x\"\n", 1, 1, "expected lesson"},
		{"lesson ../x\n", 1, 8, "the lesson's name"},
		{" lesson x\n", 1, 1, "the left margin"},
		{"lesson x\n title \"x\"\n", 2, 2, "line them up"},
		{"lesson x\ntitel \"x\"\n", 2, 1, "did you mean \"title\"?"},
		{"lesson x\ntitle x\n", 2, 7, "a \"title\""},
		{"lesson x\ntitle \"\"\n", 2, 7, "a \"title\""},
		{"lesson x\ntitle \"a\\n\"\n", 2, 7, "a backslash"},
		{"lesson x\ntitle \"a\"\ntitle \"b\"\n", 3, 7, "said twice"},
		{"lesson x\ntitle \"a\" b\n", 2, 11, "the end of the line"},
		{"lesson x\nskeleton passes x\n", 2, 10, "expected fails"},
		{"lesson x\nskeleton fails\n", 2, 15, "the id of a diagnosis"},
		{"lesson x\ntitle \"T\"\nidea \"I\"\n", 0, 0, "no `case NAME N points`"},
		{"lesson x\nidea \"I\"\n" NET CAST CASE RUN, 0, 0, "no `title"},
		{"lesson x\ntitle \"T\"\n" NET CAST CASE RUN, 0, 0, "no `idea"},
		{"lesson x\n\tidea \"\"\n", 2, 1, "a tab"},
	};
	struct lesson lesson;
	struct error error;

	REFUSES(refusals);
	CU_ASSERT(lesson_parse(&lesson, "l", "lesson x\n\0", 10, &error) == -1);
	CU_ASSERT(error.line == 2 && error.column == 1 && strstr(error.text, "NUL"));
}

static void refuses_bad_networks(void)
{
	static const struct refusal refusals[] = {
		{HEAD "host 1a\n", 4, 6, "the name of a host"},
		{HEAD "host a\nrouter a\n", 5, 8, "\"a\" is the name of a host already"},
		{HEAD "param a 1 fixed\nhost a\n", 5, 6, "the name of a parameter already"},
		{HEAD "host abcdefghijklmnopqrstuvwxyz012345\n", 4, 6, "at most 31 bytes"},
		{HEAD "switch s\nhost hub\nlink hbu.e 10.0.0.1/24 -- s\n", 6, 6, "no host \"hbu\" is declared above; did "
		 "you mean \"hub\"?"},
		{HEAD "switch s\nhost a\nlink a 10.0.0.1/24 -- s\n", 6, 6, "write a.INTERFACE"},
		{HEAD "switch s\nhost a\nlink a.e 10.0.0.1 -- s\n", 6, 10, "ADDRESS/PREFIX"},
		{HEAD "switch s\nhost a\nlink a.e 10.0.0.1/33 -- s\n", 6, 10, "ADDRESS/PREFIX"},
		{HEAD "switch s\nhost a\nlink a.e 10.0.0.1/32 -- s\n", 6, 10, "1 to 31 bits"},
		{HEAD "switch s\nhost a\nlink a.e 10.0.0.0/24 -- s\n", 6, 10, "no host can have 10.0.0.0"},
		{HEAD "switch s\nhost a\nlink a.e 10.0.0.255/24 -- s\n", 6, 10, "no host can have 10.0.0.255"},
		{HEAD "switch s\nhost a\nlink a.e 127.0.0.1/24 -- s\n", 6, 10, "no host can have"},
		{HEAD "switch s\nhost a\nlink a.e 224.0.0.1/24 -- s\n", 6, 10, "no host can have"},
		{HEAD "switch s\nhost a\nlink a.e234567890123456 10.0.0.1/24 -- s\n", 6, 8, "at most 15 bytes"},
		{HEAD "switch s\nhost a\nlink a.lo 10.0.0.1/24 -- s\n", 6, 6, "an interface \"lo\" already"},
		{HEAD "switch s\nhost a\nlink a.e 10.0.0.1/24 - s\n", 6, 22, "expected --"},
		{HEAD "switch s\nhost a\nlink s.e 10.0.0.1/24 -- s\n", 6, 6, "write only \"s\""},
		{HEAD "switch s\nswitch t\nlink s -- t\n", 6, 6, "one switch is enough"},
		{HEAD "host a\nlink a.e 10.0.0.1/24 -- a.f 10.0.0.2/24\n", 5, 6, "joins a to itself"},
		{HEAD "host a\nhost b\nlink a.e 10.0.0.1/24 -- b.e 10.0.0.1/24\n", 6, 6, "both ends have the address"},
		{HEAD "host a\nhost b\nlink a.e 10.0.0.1/24 -- b.e 10.0.1.1/24\n", 6, 6, "10.0.0.1/24 and 10.0.1.1/24 are"},
		{HEAD "host a\nhost b\nlink a.e 10.0.0.1/24 -- b.e 10.0.0.2/25\n", 6, 6, "not in one subnet"},
		{HEAD NET "host c\nlink c.e 10.0.1.3/24 -- lan\n", 12, 6, "not in one subnet"},
		{HEAD NET "host c\nlink lan -- c.e 10.0.0.3/16\n", 12, 6, "not in one subnet"},
		{HEAD NET "host c\nlink c.e 10.0.0.1/24 -- lan\n", 12, 10, "a has the address 10.0.0.1 already"},
		{HEAD NET "link a.eth0 10.2.0.1/24 -- lan\n", 11, 6, "an interface \"eth0\" already"},
		{HEAD NET "route lan default via 10.0.0.2\n", 11, 23, "no link with a neighbour"},
		{HEAD NET "route a default via 10.1.0.1\n", 11, 21, "no link with a neighbour"},
		{HEAD NET "route a default via 10.0.0.1\n", 11, 21, "no link with a neighbour"},
		{HEAD NET "route a default 10.0.0.2\n", 11, 17, "expected via"},
		{HEAD NET "route a 10.1.0.1/24 via 10.0.0.2\n", 11, 9, "the subnet is 10.1.0.0/24"},
		{HEAD NET "route a default via 10.0.0.2\nroute a 0.0.0.0/0 via 10.0.0.2\n", 12, 23, "on line 11"},
		{HEAD NET "route a default via r\n", 11, 21, "the gateway's address"},
		{HEAD NET "nat r.dmz mapping address-dependent filtering address-dependent\n", 11, 5, "no interface \"dmz\""},
		{HEAD NET "nat a.eth0 mapping address-dependent filtering address-dependent\n", 11, 5, "a is no router"},
		{HEAD NET "nat r.wan mapping symmetric filtering address-dependent\n", 11, 19, "endpoint-independent, "},
		{HEAD NET "nat r.wan filtering address-dependent\n", 11, 11, "expected mapping"},
		{HEAD NET "nat r.wan mapping address-dependent filtering address-dependent\nnat r.lan mapping x\n", 12, 5,
		 "r has a NAT on line 11"},
	};

	REFUSES(refusals);
}

static void refuses_bad_casts(void)
{
	static const struct refusal refusals[] = {
		{HEAD "program p studnt p.c\n", 4, 11, "did you mean \"student\"?"},
		{HEAD "program p student p.py\n", 4, 19, "a C file"},
		{HEAD "program p student d/p.c\n", 4, 19, "a C file"},
		{HEAD "program p student .c\n", 4, 19, "a C file"},
		{HEAD "program p student -p.c\n", 4, 19, "a C file"},
		{HEAD "program p student p.c\nprogram p given q.c\n", 5, 9, "the name of a program already"},
		{HEAD "host a\nparam a 1 fixed\n", 5, 7, "the name of a host already"},
		{HEAD "param p 1 fixed\nparam p 1 fixed\n", 5, 7, "the name of a parameter already"},
		{HEAD "param p\n", 4, 8, "default value"},
		{HEAD "param p 1\n", 4, 10, "expected port, text, fixed or length"},
		{HEAD "param p \"q r\" length\n", 4, 9, "names of parameters that stand above"},
		{HEAD "param p 0 port\n", 4, 9, "a port, 1 to 65535"},
		{HEAD "param p 65536 port\n", 4, 9, "a port, 1 to 65535"},
		{HEAD "param p \"\" text\n", 4, 9, "default value"},
		{HEAD "param p \"a\\x00b\" text\n", 4, 9, "none of them NUL"},
		{HEAD "param p \"a{b}\" text\n", 4, 9, "no {names} in it"},
		{HEAD "param p {b} text\n", 4, 9, "no {names} in it"},
		{HEAD "param p \"a\\q\" text\n", 4, 11, "no such escape"},
	};
	struct text many = {0};
	struct lesson lesson;
	struct error error;

	REFUSES(refusals);
	text_add(&many, HEAD);
	for (int i = 0; i < 65; i++)
		text_printf(&many, "param p%d 1 fixed\n", i);
	CU_ASSERT(parse(&lesson, text_string(&many), &error) == -1 && error.line == 68);
	CU_ASSERT(strstr(error.text, "at most 64") != NULL);
	text_free(&many);
	text_add(&many, HEAD);
	for (int i = 0; i <= LESSON_HOSTS_MAX; i++)
		text_printf(&many, "host h%d\n", i);
	CU_ASSERT(parse(&lesson, text_string(&many), &error) == -1 && error.line == 4 + LESSON_HOSTS_MAX);
	text_free(&many);
}

static void refuses_bad_cases(void)
{
	static const struct refusal refusals[] = {
		{ALL "case\n", 14, 5, "the name of a case"},
		{ALL "case x 0 points\n", 14, 8, "its points, 1 to 1000"},
		{ALL "case x 5\n", 14, 9, "expected points"},
		{ALL CASE RUN "case one 1 points\n", 19, 6, "the name of a case already"},
		{ALL "case x 1 points\n", 14, 0, "case x has no `title"},
		{ALL "case x 1 points\n title \"C\"\n", 14, 0, "case x has no `trace"},
		{ALL "case x 1 points\n title \"C\"\n trace t\n", 14, 0, "case x has no `watch"},
		{ALL CASE, 14, 0, "case one has no `run"},
		{ALL CASE " play b\n", 14, 0, "case one has no `run"},
		{ALL CASE " titel \"x\"\n", 18, 2, "did you mean \"title\"?"},
		{ALL CASE " title \"x\"\n", 18, 8, "said twice"},
		{ALL CASE " trace t\n", 18, 8, "said twice"},
		{ALL "case x 1 points\n trace /etc/passwd\n", 15, 8, "inside the lesson's folder"},
		{ALL "case x 1 points\n trace ../x\n", 15, 8, "inside the lesson's folder"},
		{ALL "case x 1 points\n trace a/../../x\n", 15, 8, "inside the lesson's folder"},
		{ALL "case x 1 points\n trace a//x\n", 15, 8, "inside the lesson's folder"},
		{ALL "case x 1 points\n trace a/\n", 15, 8, "inside the lesson's folder"},
		{ALL CASE " watch a.eth0\n", 18, 8, "watched already"},
		{ALL CASE " watch a.eth1\n", 18, 8, "a has no interface \"eth1\""},
		{ALL CASE " watch lan\n", 18, 8, "HOST.INTERFACE"},
		{ALL CASE " limit 5 us\n", 18, 8, "in ms or s"},
		{ALL CASE " limit 601 s\n", 18, 8, "at most 600 s"},
		{ALL CASE " limit 1 s\n limit 1 s\n", 19, 8, "said twice"},
		{ALL CASE " run lan server\n", 18, 6, "lan is a switch"},
		{ALL CASE " run c server\n", 18, 6, "no host \"c\" is declared above"},
		{ALL CASE " run a\n", 18, 7, "expected a program"},
		{ALL CASE " run a sever\n", 18, 8, "no program \"sever\" is declared above; did you mean \"server\"?"},
		{ALL CASE " run a server {prt}\n", 18, 15, "no parameter or host \"prt\" is declared above; did you mean "
		 "\"port\"?"},
		{ALL CASE " run a server {lan}\n", 18, 15, "the address of lan, which has none"},
		{ALL CASE " run a server \"{port\"\n", 18, 16, "never closed"},
		{ALL CASE " run a server \"\\x00\"\n", 18, 15, "a NUL byte"},
		{ALL CASE " run a server x\"y\"\n", 18, 16, "inside a word"},
		{ALL CASE " play a\n run a server\n", 19, 6, "a is busy already"},
		{ALL CASE RUN " play a\n", 19, 7, "a is busy already"},
		{ALL CASE " play a\n play a\n", 19, 7, "a is busy already"},
		{ALL CASE RUN " wait b\n", 19, 7, "nothing runs on b"},
		{ALL CASE RUN " type b \"x\"\n", 19, 7, "no program runs on b"},
		{ALL CASE RUN " type a x\n", 19, 9, "a \"text\" to type"},
		{ALL CASE RUN "  wait a\n", 19, 3, "line them up"},
		{ALL CASE RUN "wait a\n", 19, 1, "expected title, idea"},
	};
	struct text many = {0};
	struct lesson lesson;
	struct error error;

	REFUSES(refusals);
	text_add(&many, ALL CASE " run a server");
	for (int i = 0; i < 33; i++)
		text_add(&many, " x");
	CU_ASSERT(parse(&lesson, text_string(&many), &error) == -1 && error.line == 18);
	CU_ASSERT(strstr(error.text, "at most 32") != NULL);
	text_free(&many);
}

#define LESSON(LINE) WAY LINE "\n" /* LINE is the 16th */

static void refuses_bad_firewalls(void)
{
	static const struct refusal refusals[] = {
		{LESSON(NAT " port 40001"), 16, 65, "the end of the line"},
		{LESSON(NAT " ports"), 16, 70, "a port, 1 to 65535, or a {parameter}"},
		{LESSON(NAT " ports 0"), 16, 71, "a port, 1 to 65535, or a {parameter}"},
		{LESSON(NAT " ports {hok}"), 16, 71, "no parameter \"hok\" is declared above; did you mean \"hook\"?"},
		{LESSON(NAT " ports {word}"), 16, 71, "{word} is not of kind port"},
		{WAY CASE " " NAT "\n " NAT "\n", 21, 6, "r has a NAT on line 20"},
		{WAY NAT "\n" CASE " " NAT "\n", 21, 6, "r has a NAT on line 16"},
		{WAY CASE " " NAT "\n" RUN NAT "\n", 22, 5, "r has a NAT on line 20"},
		{LESSON("filter r.dmz drop"), 16, 8, "r has no interface \"dmz\""},
		{LESSON("filter lan drop"), 16, 8, "HOST.INTERFACE"},
		{LESSON("filter r.wan allow"), 16, 14, "expected accept, drop or refuse"},
		{LESSON("filter r.wan refuse tcp"), 16, 8, "Add `with reset` or `with unreachable`"},
		{LESSON("filter r.wan refuse with reset"), 16, 8, "only TCP can be reset"},
		{LESSON("filter r.wan refuse udp 81 with reset"), 16, 8, "only TCP can be reset"},
		{LESSON("filter r.wan refuse with rest"), 16, 26, "did you mean \"reset\"?"},
		{LESSON("filter r.wan drop with reset"), 16, 24, "only `refuse` says something"},
		{LESSON("filter r.wan accept icmp"), 16, 21, "expected tcp, udp, from, to, with or the end"},
		{LESSON("filter r.wan accept tcp 65536"), 16, 25, "a port, 1 to 65535"},
		{LESSON("filter r.wan accept tcp {prt}"), 16, 25, "did you mean \"port\"?"},
		{LESSON("filter r.wan accept tcp udp"), 16, 25, "said twice"},
		{LESSON("filter r.wan accept from {a} from {b}"), 16, 35, "said twice"},
		{LESSON("filter r.wan accept from 10.0.0.1/24"), 16, 26, "the subnet is 10.0.0.0/24"},
		{LESSON("filter r.wan accept from 0.0.0.0/0"), 16, 26, "/0 is anywhere"},
		{LESSON("filter r.wan accept from a"), 16, 26, "an address, such as 192.168.1.10 or {host}"},
		{LESSON("filter r.wan accept to {x}"), 16, 24, "no host \"x\" is declared above"},
		{LESSON("filter r.wan accept to {lan}"), 16, 24, "the address of lan, which has none"},
		{LESSON("filter r.wan accept to"), 16, 23, "an address"},
		{LESSON("filter r.wan drop\nfilter r.wan accept tcp"), 17, 8, "line 16 fits everything"},
		{WAY "filter r.wan drop\n" CASE " filter r.wan accept tcp\n", 21, 9, "line 16 fits everything"},
		{LESSON("forward b.eth0 tcp 80 to {a}:80"), 16, 9, "b is no router"},
		{LESSON("forward r.wan icmp 80 to {a}:80"), 16, 15, "expected tcp or udp"},
		{LESSON("forward r.wan tcp to {a}:80"), 16, 19, "a port, 1 to 65535"},
		{LESSON("forward r.wan tcp 80 {a}:80"), 16, 22, "expected to"},
		{LESSON("forward r.wan tcp 80 to {a}"), 16, 25, "ADDRESS:PORT"},
		{LESSON("forward r.wan tcp 80 to {a}:"), 16, 25, "a port, 1 to 65535"},
		{LESSON("forward r.wan tcp 80 to 224.0.0.1:80"), 16, 25, "no host can have 224.0.0.1"},
		{LESSON("forward r.wan tcp 80 to {a}:80\nforward r.wan tcp 80 to {b}:80"), 17, 9, "forwarded on line 16"},
		{LESSON("memory lan tcp 2 s"), 16, 8, "lan is a switch"},
		{LESSON("memory r 2 s"), 16, 10, "expected tcp or udp"},
		{LESSON("memory r tcp 1500 ms"), 16, 14, "counts whole seconds"},
		{LESSON("memory r tcp 3601 s"), 16, 14, "3600 s"},
		{LESSON("memory r tcp 1 s\nmemory r tcp 2 s"), 17, 8, "r has its memory on line 16"},
		{LESSON("rate r 1 mbit"), 16, 6, "HOST.INTERFACE"},
		{LESSON("rate r.wan 1 Mbit"), 16, 14, "expected kbit or mbit"},
		{LESSON("rate r.wan 7 kbit"), 16, 12, "8 kbit to 1000 mbit"},
		{LESSON("rate r.wan 1001 mbit"), 16, 12, "8 kbit to 1000 mbit"},
		{LESSON("rate r.wan 8 kbit\nrate r.wan 9 kbit"), 17, 6, "r.wan has its rate on line 16"},
		{LESSON("rules lan student fw.nft"), 16, 7, "lan is a switch"},
		{LESSON("rules r given fw.nft"), 16, 9, "expected student"},
		{LESSON("rules r student d/fw.nft"), 16, 17, "a file of rules"},
		{LESSON("rules r student fw.c"), 16, 17, "a file of rules"},
		{LESSON("rules r student a.nft\nrules r student b.nft"), 17, 7, "r has its rules on line 16"},
	};
	struct text many = {0};
	struct lesson lesson;
	struct error error;

	REFUSES(refusals);
	text_add(&many, WAY);
	for (int i = 0; i < 201; i++)
		text_add(&many, "filter r.wan accept tcp 80\n");
	CU_ASSERT(parse(&lesson, text_string(&many), &error) == -1 && error.line == 216);
	CU_ASSERT(strstr(error.text, "at most 200") != NULL);
	text_free(&many);
}

static void refuses_bad_tunnels(void)
{
	static const struct refusal refusals[] = {
		{LESSON("tunnel a 10.8.0.1/24"), 16, 8, "HOST.INTERFACE"},
		{LESSON("tunnel lan.vpn0 10.8.0.1/24"), 16, 8, "a switch's ports"},
		{LESSON("tunnel a.eth0 10.8.0.1/24"), 16, 8, "an interface \"eth0\" already"},
		{LESSON("tunnel a.vpn0 10.8.0.1"), 16, 15, "ADDRESS/PREFIX"},
		{LESSON("tunnel a.vpn0 10.8.0.1/32"), 16, 15, "1 to 31 bits"},
		{LESSON("tunnel a.vpn0 10.0.0.1/24"), 16, 15, "a has the address 10.0.0.1 already"},
		{LESSON("tunnel a.b 10.8.0.1/24"), 16, 8, "\"b\" is the name of a host already"},
		{LESSON("tunnel a.hook 10.8.0.1/24"), 16, 8, "\"hook\" is the name of a parameter already"},
		{WAY TUNNELS "tunnel b.vpn2 10.7.0.1/24\ntunnel b.vpn1 10.7.1.1/24\n", 20, 8, "{vpn1} is descriptor 4 for a "
		 "by line 18, and would be 5 here"},
		{WAY TUNNELS "param vpn0 1 fixed\n", 19, 7, "the name of a tunnel already"},
		{WAY TUNNELS "host vpn0\n", 19, 6, "the name of a tunnel already"},
		{WAY TUNNELS "link a.vpn0 10.7.0.1/24 -- lan\n", 19, 6, "an interface \"vpn0\" already"},
		{WAY TUNNELS "link a.eth1 10.8.0.1/24 -- lan\n", 19, 13, "b has the address 10.8.0.1 already"},
		{WAY TUNNELS "route a default dev eth0\n", 19, 21, "a has no tunnel \"eth0\""},
		{WAY TUNNELS "route b default dev vpn1\n", 19, 21, "b has no tunnel \"vpn1\""},
		{WAY TUNNELS "route a default dev\n", 19, 20, "a tunnel's interface"},
		{WAY TUNNELS "route a default over vpn0\n", 19, 17, "expected via or dev"},
		{WAY TUNNELS "route a default dev vpn0\nroute a default via 10.0.0.2\n", 20, 21, "a route to there on line 19"},
		{WAY TUNNELS CASE " run b server {vpn1}\n", 23, 15, "b has no tunnel \"vpn1\""},
	};
	struct text many = {0};
	struct lesson lesson;
	struct error error;

	REFUSES(refusals);
	text_add(&many, WAY);
	for (int i = 0; i < 33; i++)
		text_printf(&many, "tunnel a.v%d 10.8.%d.1/24\n", i, i);
	CU_ASSERT(parse(&lesson, text_string(&many), &error) == -1 && error.line == 48);
	CU_ASSERT(strstr(error.text, "at most 32") != NULL);
	text_free(&many);
}

static void refuses_bad_words_of_a_case(void)
{
	static const struct refusal refusals[] = {
		{HEAD "program curl system /bin/curl\n", 4, 21, "the name of a command without a path"},
		{HEAD "program curl system -x\n", 4, 21, "the name of a command"},
		{HEAD "program curl system .\n", 4, 21, "the name of a command"},
		{HEAD "program curl system\n", 4, 20, "the name of a command"},
		{ALL CASE " predict mine.txt\n", 18, 10, "a trace in the lesson's folder"},
		{ALL CASE " accepts traces/mine.trace\n", 18, 10, "a trace in the lesson's folder"},
		{ALL CASE " predict a.trace\n predict a.trace\n", 19, 10, "this one has a.trace"},
		{ALL CASE " accepts a.trace\n predict b.trace\n", 19, 10, "a case has one trace of the student's"},
		{ALL "rejects a.trace\n", 14, 1, "expected title, idea"},
		{ALL CASE " tunnel a.vpn0 10.8.0.1/24\n", 18, 2, "expected title, trace"},
		{ALL CASE " address a 10.0.0.99\n", 18, 10, "HOST.INTERFACE"},
		{ALL CASE " address a.eth1 10.0.0.99\n", 18, 10, "a has no interface \"eth1\""},
		{ALL CASE " address a.eth0 10.0.0.99/24\n", 18, 17, "an address, such as"},
		{ALL CASE " address a.eth0 10.0.0.255\n", 18, 17, "no host can have 10.0.0.255"},
		{ALL CASE " address a.eth0 10.0.0.1\n", 18, 17, "a has the address 10.0.0.1 already"},
		{ALL CASE " address a.eth0 {r}\n", 18, 17, "r has the address 10.0.0.2 already"},
		{ALL CASE " address a.eth0 10.0.0.9\n address r.lan 10.0.0.9\n", 19, 16, "said on line 18"},
		{ALL CASE RUN " address a.eth0 10.0.0.9\n" "case two 1 point\n address r.lan 10.0.0.9\n", 21, 16,
		 "a has the address 10.0.0.9 already"},
		{ALL CASE RUN " address a.eth0 10.0.0.9\n" "host c\nlink c.eth0 10.0.0.9/24 -- lan\n", 21, 13,
		 "a has the address 10.0.0.9 already"},
	};

	REFUSES(refusals);
}

/* ---- the documentation ---- */

static void check_block(const char *path, int line, const char *block)
{
	struct lesson lesson;
	struct error error;

	if (!lesson_parse(&lesson, path, block, strlen(block), &error)) {
		lesson_free(&lesson);
		return;
	}
	error.line += line;
	ASSERT_STRING(error_string(&error), "a lesson that parses");
}

static void reads_the_documentation(void)
{
	const char *docs = getenv("WINDSOCK_DOCS"), *srcdir = getenv("srcdir");
	struct text path = {0}, block = {0};
	int line = 0, start = 0, blocks = 0;
	char buffer[1024];
	FILE *file;

	if (docs)
		text_printf(&path, "%s/lesson-format.md", docs);
	else
		text_printf(&path, "%s/docs/lesson-format.md", srcdir ? srcdir : ".");
	file = fopen(text_string(&path), "re");
	if (!file)
		ASSERT_STRING(text_string(&path), "a file that opens: set WINDSOCK_DOCS to the folder docs");
	while (file && fgets(buffer, sizeof buffer, file)) {
		line++;
		if (!start && !strcmp(buffer, "```lesson\n")) {
			start = line;
		} else if (start && !strncmp(buffer, "```", 3)) {
			/* A fragment does not begin with `lesson`, but for a comment. */
			if (strstr(text_string(&block), "lesson ") == text_string(&block) ||
			    strstr(text_string(&block), "\nlesson ")) {
				check_block(text_string(&path), start, text_string(&block));
				blocks++;
			}
			text_free(&block);
			start = 0;
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
	{"the head is read", reads_the_head},
	{"hosts, links, routes and NATs are read and found", reads_the_network},
	{"cases, their steps and templates are read", reads_a_case},
	{"a template keeps its braces until it is filled in", fills_in_what_is_typed},
	{"a host with an address is a parameter", gives_hosts_as_params},
	{"filters, forwards, memories, rates and rules are read, with the case they hold for", reads_what_is_on_the_way},
	{"a port of the lab is a number or a parameter's value", looks_ports_up},
	{"tunnels are read and found, and are parameters", reads_tunnels},
	{"commands, the student's traces and added addresses are read", reads_what_a_student_writes},
	{"a bad head is refused at its word", refuses_bad_heads},
	{"a network that cannot be is refused at its word", refuses_bad_networks},
	{"a bad program or parameter is refused at its word", refuses_bad_casts},
	{"a bad case is refused at its word", refuses_bad_cases},
	{"a bad NAT, filter, forward, memory, rate or ruleset is refused at its word", refuses_bad_firewalls},
	{"a bad tunnel is refused at its word", refuses_bad_tunnels},
	{"a bad command, student's trace or added address is refused at its word", refuses_bad_words_of_a_case},
	{"every example of docs/lesson-format.md is a lesson", reads_the_documentation},
};

SUITE_MAIN("lesson", tests)
