/* test_tie.c - calls beside packets: which call sent, read, opened, closed what. */
#include "seen.h"
#include "suite.h"
#include "tie.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MS INT64_C(1000000)
#define MOST 16

static struct seen seen;
static struct scene scene;
static struct call calls[MOST];
static struct tie ties[MOST];

/* A call on host a at AT ms (the flow's first packet comes at 1 ms), which returned RESULT 0.1 ms later. */
static struct call *add(double at, enum call_kind kind, int fd, int64_t result)
{
	struct call *call = &calls[scene.evidence.call_count++];

	*call = (struct call){.host = "a", .process = 2, .thread = 2, .kind = kind, .fd = fd, .result = result,
	                      .time_ns = (int64_t)(at * MS), .end_ns = (int64_t)(at * MS) + MS / 10};
	return call;
}

static struct call *with(struct call *call, enum call_transport transport, const char *address, uint16_t port)
{
	call->transport = transport;
	call->port = port;
	if (!address_parse(address, &call->address))
		abort();
	return call;
}

static void waits(struct call *call)
{
	call->end_ns = 0;
	call->result = 0;
}

static void open_scene(const char *was)
{
	seen_read(&seen, was);
	scene = (struct scene){.hosts = seen.hosts, .views = seen.views, .view_count = seen.view_count};
	scene.evidence.calls = calls;
}

static void tie(size_t view)
{
	tie_calls(&scene, view, ties);
}

static void check(size_t call, size_t flow, size_t event, bool causes)
{
	CU_ASSERT_PTR_EQUAL(ties[call].flow, seen.views[0].flows[flow]);
	CU_ASSERT_EQUAL(ties[call].event, event);
	CU_ASSERT_EQUAL(ties[call].causes, causes);
}

static void check_free(size_t call)
{
	CU_ASSERT_PTR_NULL(ties[call].flow);
}

static void a_server(void)
{
	open_scene("tcp b:40000 => a:7777\n -> \"from B\"\n <- \"thanks\"\n -> fin\n <- fin\n");
	(void)add(0.1, CALL_SOCKET, -1, 3);
	(void)with(add(0.2, CALL_BIND, 3, 0), CALL_TCP, "10.0.0.1", 7777);
	(void)add(0.3, CALL_LISTEN, 3, 0);
	with(add(0.4, CALL_ACCEPT, 3, 4), CALL_TCP, "10.0.0.2", 40000)->end_ns = 1 * MS;
	add(1.2, CALL_RECV, 4, 6)->end_ns = 2 * MS;
	(void)add(2.9, CALL_SEND, 4, 6);
	add(3, CALL_RECV, 4, 0)->end_ns = 4 * MS;
	(void)add(4.9, CALL_CLOSE, 4, 0);
	waits(add(5, CALL_ACCEPT, 3, 0));
	tie(0);
	check_free(0);
	check_free(1);
	check_free(2);
	check(3, 0, TIE_OPENING, false);
	check(4, 0, 0, false);
	check(5, 0, 1, true);
	check(6, 0, 2, false);
	check(7, 0, 3, true);
	check_free(8);
	seen_free(&seen);
}

static void a_client(void)
{
	open_scene("tcp a:40000 => b:7777\n <- \"1\"\n -> \"2\"\n -> reset\n");
	(void)add(0.1, CALL_SOCKET, -1, 3);
	(void)with(add(0.9, CALL_CONNECT, 3, 0), CALL_TCP, "10.0.0.2", 7777);
	waits(add(5, CALL_RECV, 3, 0));
	tie(0);
	check(1, 0, TIE_OPENING, true);
	check(2, 0, TIE_NO_EVENT, false);
	seen_free(&seen);
	/* A connect() to somebody else, or long before or after the packet, is not it. */
	open_scene("tcp a:40000 => b:7777\n");
	(void)with(add(0.1, CALL_CONNECT, 3, 0), CALL_TCP, "10.0.0.3", 7777);
	(void)with(add(0.1, CALL_CONNECT, 4, 0), CALL_TCP, "10.0.0.2", 7778);
	(void)with(add(50, CALL_CONNECT, 5, 0), CALL_TCP, "10.0.0.2", 7777);
	(void)with(add(1, CALL_CONNECT, 5, 0), CALL_UDP, "10.0.0.2", 7777);
	tie(0);
	for (size_t i = 0; i < 4; i++)
		check_free(i);
	seen_free(&seen);
}

/* Two calls, one message: each by its bytes, whatever the clock says. */
static void bytes_are_counted(void)
{
	open_scene("tcp a:40000 => b:7777\n -> \"one two\"\n <- \"12345\"\n -> \"three\"\n");
	(void)with(add(0.9, CALL_CONNECT, 3, 0), CALL_TCP, "10.0.0.2", 7777);
	(void)add(1, CALL_WRITE, 3, 4);
	(void)add(1.1, CALL_SEND, 3, 3);
	(void)add(1.2, CALL_SEND, 3, 5); /* it left only later */
	(void)add(9, CALL_READ, 3, 2);
	(void)add(9.1, CALL_READ, 3, 3);
	(void)add(9.2, CALL_SEND, 3, 1); /* nobody saw it */
	add(9.3, CALL_RECV, 3, -1)->error = EAGAIN;
	tie(0);
	check(1, 0, 0, true);
	CU_ASSERT_EQUAL(ties[1].offset, 0);
	check(2, 0, 0, true);
	CU_ASSERT_EQUAL(ties[2].offset, 4);
	check(3, 0, 2, true);
	check(4, 0, 1, false);
	CU_ASSERT_EQUAL(ties[4].offset, 1);
	check(5, 0, 1, false);
	CU_ASSERT_EQUAL(ties[5].offset, 4);
	check(6, 0, TIE_NO_EVENT, true);
	check(7, 0, TIE_NO_EVENT, false);
	seen_free(&seen);
}

static void who_closed(void)
{
	/* shutdown() ends it; the close() behind it says nothing more. */
	open_scene("tcp a:40000 => b:7777\n -> fin\n <- fin\n");
	(void)with(add(0.9, CALL_CONNECT, 3, 0), CALL_TCP, "10.0.0.2", 7777);
	add(1, CALL_SHUTDOWN, 3, 0)->value = 0; /* SHUT_RD */
	add(1.9, CALL_SHUTDOWN, 3, 0)->value = 1;
	(void)add(8, CALL_CLOSE, 3, 0);
	tie(0);
	check_free(1);
	check(2, 0, 0, true);
	check(3, 0, TIE_NO_EVENT, true);
	seen_free(&seen);
	/* After fork() the last of two close() makes the end. */
	open_scene("tcp a:40000 => b:7777\n -> \"q\"\n -> fin after 50 ms\n");
	(void)with(add(0.9, CALL_CONNECT, 3, 0), CALL_TCP, "10.0.0.2", 7777);
	(void)add(1.5, CALL_CLOSE, 3, 0);
	add(51, CALL_CLOSE, 3, 0)->process = 3;
	tie(0);
	check(1, 0, TIE_NO_EVENT, true);
	check(2, 0, 1, true);
	seen_free(&seen);
}

/* The parent's next connection has the child's number. */
static void children(void)
{
	open_scene("tcp b:1 => a:7777\n -> \"q\"\n <- \"one\"\ntcp c:2 => a:7777\n <- \"two\"\n");
	with(add(0.4, CALL_ACCEPT, 3, 4), CALL_TCP, "10.0.0.2", 1)->end_ns = 1 * MS;
	add(1.1, CALL_RECV, 4, 1)->process = 3;
	(void)add(1.2, CALL_CLOSE, 4, 0);
	with(add(1.3, CALL_ACCEPT, 3, 4), CALL_TCP, "10.0.0.3", 2)->end_ns = 4 * MS;
	add(4.1, CALL_SEND, 4, 3)->process = 3;
	add(4.2, CALL_SEND, 4, 3)->process = 4;
	tie(0);
	check(0, 0, TIE_OPENING, false);
	check(1, 0, 0, false);
	check(3, 1, TIE_OPENING, false);
	check(4, 0, 1, true);
	check(5, 1, 0, true);
	seen_free(&seen);
}

static void datagrams(void)
{
	open_scene("udp b:5 => a:7777\n -> \"one\"\n <- \"thanks\"\nudp c:6 => a:7777\n -> \"three\"\n <- \"thanks\"\n");
	(void)with(add(0.2, CALL_BIND, 3, 0), CALL_UDP, "10.0.0.1", 7777);
	with(add(0.3, CALL_RECVFROM, 3, 3), CALL_UDP, "10.0.0.2", 5)->end_ns = 2 * MS;
	(void)with(add(2.5, CALL_SENDTO, 3, 6), CALL_UDP, "10.0.0.2", 5);
	with(add(2.8, CALL_RECVFROM, 3, 5), CALL_UDP, "10.0.0.3", 6)->end_ns = 5 * MS;
	(void)with(add(5.5, CALL_SENDTO, 3, 6), CALL_UDP, "10.0.0.3", 6);
	(void)with(add(5.6, CALL_SENDTO, 3, 7), CALL_UDP, "10.0.0.3", 6);
	with(add(6, CALL_SENDTO, 3, -1), CALL_UDP, "10.0.0.3", 6)->error = EPERM;
	waits(add(7, CALL_RECVFROM, 3, 0));
	tie(0);
	check(1, 0, 0, false);
	check(2, 0, 1, true);
	check(3, 1, 0, false);
	check(4, 1, 1, true);
	check_free(5); /* of that length none was seen */
	check_free(6);
	check_free(7);
	seen_free(&seen);
}

static void an_error_comes_back(void)
{
	open_scene("udp a:5 => b:7777\n -> \"q\"\n <- unreachable\n");
	(void)with(add(0.1, CALL_CONNECT, 3, 0), CALL_UDP, "10.0.0.2", 7777);
	(void)add(1.9, CALL_SEND, 3, 1);
	add(2.5, CALL_RECV, 3, -1)->error = ECONNREFUSED;
	tie(0);
	check_free(0);
	check(1, 0, 0, true);
	check(2, 0, 1, false);
	seen_free(&seen);
}

/* What another vantage point saw is another tie. */
static void views(void)
{
	open_scene("tcp a:40000 => b:7777\n -> \"q\"\nat c.eth0\n tcp a:40000 => b:7777\n  -> \"q\"\n");
	(void)with(add(0.9, CALL_CONNECT, 3, 0), CALL_TCP, "10.0.0.2", 7777);
	calls[0].end_ns = 90 * MS;
	(void)add(1.9, CALL_SEND, 3, 1);
	tie(1);
	CU_ASSERT_PTR_EQUAL(ties[0].flow, seen.views[1].flows[0]);
	CU_ASSERT_PTR_EQUAL(ties[1].flow, seen.views[1].flows[0]);
	seen_free(&seen);
}

static const struct suite_test tests[] = {
	{"a TCP server's calls", a_server},
	{"a TCP client's calls", a_client},
	{"bytes of a stream are counted", bytes_are_counted},
	{"who closed", who_closed},
	{"children and their descriptors", children},
	{"datagrams", datagrams},
	{"an ICMP error is a call's error", an_error_comes_back},
	{"each view has its own ties", views},
};

SUITE_MAIN("tie", tests)
