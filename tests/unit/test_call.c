/* test_call.c - socket calls as text, as JSON and back, and which of them failed. */
#include "call.h"
#include "suite.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static struct call made(enum call_kind kind, int fd, int64_t result, int error)
{
	return (struct call){.host = "a", .process = 2, .thread = 2, .time_ns = 1, .end_ns = 2, .kind = kind, .fd = fd,
	                     .result = result, .error = error};
}

static struct call with_address(struct call call, uint32_t address, uint16_t port)
{
	call.address = address_ipv4(address);
	call.port = port;
	return call;
}

static void assert_text(struct call call, const char *expected)
{
	struct text text = {0};

	call_print(&call, &text);
	ASSERT_STRING(text_string(&text), expected);
	text_free(&text);
}

static void trusts_no_other(void)
{
	struct call call = made(CALL_SETSOCKOPT, 3, 0, 0), other;

	call.transport = CALL_RAW;
	CU_ASSERT(call_is_sound(&call));
	other = call;
	other.kind = (enum call_kind)(CALL_SETSOCKOPT + 1);
	CU_ASSERT(!call_is_sound(&other));
	other.kind = (enum call_kind)-1;
	CU_ASSERT(!call_is_sound(&other));
	other = call;
	other.transport = (enum call_transport)(CALL_RAW + 1);
	CU_ASSERT(!call_is_sound(&other));
	other = call;
	memset(other.line, 'x', sizeof other.line);
	CU_ASSERT(!call_is_sound(&other));
	other = call;
	memset(other.option, 'x', sizeof other.option);
	CU_ASSERT(!call_is_sound(&other));
}

static void prints(void)
{
	struct call call;

	call = made(CALL_SOCKET, -1, 3, 0);
	call.domain = AF_INET;
	call.type = SOCK_DGRAM;
	assert_text(call, "socket(AF_INET, SOCK_DGRAM) = 3");
	call.domain = 99;
	assert_text(call, "socket(99, SOCK_DGRAM) = 3");
	assert_text(with_address(made(CALL_BIND, 3, 0, 0), 0x0a000001, 7777), "bind(3, 10.0.0.1:7777) = 0");
	assert_text(with_address(made(CALL_BIND, 3, -1, EADDRINUSE), 0x0a000001, 7777),
	            "bind(3, 10.0.0.1:7777) = -1 EADDRINUSE");
	assert_text(with_address(made(CALL_RECVFROM, 3, 6, 0), 0x0a000002, 41877), "recvfrom(3) = 6 from 10.0.0.2:41877");
	assert_text(made(CALL_ACCEPT, 3, 4, 0), "accept(3) = 4");
	call = made(CALL_LISTEN, 3, -1, EADDRINUSE);
	call.length = 5;
	assert_text(call, "listen(3, 5) = -1 EADDRINUSE");
	call = with_address(made(CALL_SENDTO, -1, -1, EBADF), 0x0a000002, 5555);
	call.length = 1;
	assert_text(call, "sendto(-1, 1 byte, to 10.0.0.2:5555) = -1 EBADF");
	call = made(CALL_SHUTDOWN, 4, 0, 0);
	call.value = SHUT_WR;
	assert_text(call, "shutdown(4, SHUT_WR) = 0");
	call = made(CALL_POLL, -1, 0, 0);
	call.length = 2;
	call.value = 100;
	call.repeats = 9;
	assert_text(call, "poll(2 descriptors, 100 ms) = 0, 10 times");
	call = made(CALL_SETSOCKOPT, 3, 0, 0);
	snprintf(call.option, sizeof call.option, "%s", call_option(SOL_SOCKET, SO_REUSEADDR));
	call.value = 1;
	assert_text(call, "setsockopt(3, SO_REUSEADDR, 1) = 0");
	call = made(CALL_RECV, 3, 0, 0);
	call.end_ns = 0;
	assert_text(call, "recv(3) never returned");
	call = made(CALL_CONNECT, 3, 0, 0);
	call.address = (struct address){6, {[15] = 1}};
	call.port = 80;
	assert_text(call, "connect(3, [::1]:80) = 0");
	CU_ASSERT(call_option(SOL_SOCKET, 9999) == NULL);
}

static void finds_the_failed(void)
{
	struct call calls[] = {made(CALL_SOCKET, -1, 3, 0), made(CALL_RECV, 3, -1, EAGAIN), made(CALL_RECV, 3, -1, EINTR),
	                       made(CALL_CONNECT, 3, -1, EINPROGRESS), made(CALL_BIND, 3, -1, EACCES),
	                       made(CALL_LISTEN, 3, -1, EADDRINUSE)};
	struct text text = {0};

	CU_ASSERT(call_failed(NULL, 0) == NULL);
	CU_ASSERT(call_failed(calls, 4) == NULL);
	CU_ASSERT(call_failed(calls, 6) == &calls[4]);
	calls[4].end_ns = 0; /* it never came back: nobody knows */
	CU_ASSERT(call_failed(calls, 6) == &calls[5]);
	snprintf(calls[5].line, sizeof calls[5].line, "server.c:41");
	call_print_line(&calls[5], &text);
	ASSERT_STRING(text_string(&text), "server.c:41: listen(3, 0) = -1 EADDRINUSE");
	text_free(&text);
}

static void comes_back(void)
{
	for (int kind = CALL_SOCKET; kind <= CALL_SETSOCKOPT; kind++) {
		struct call call = with_address(made((enum call_kind)kind, kind - 1, -1, EBADF), 0x7f000001, 65535), back;
		json_t *json;

		call.transport = (enum call_transport)(kind % 4);
		call.program = 7;
		call.domain = AF_INET6;
		call.type = SOCK_RAW;
		call.length = INT64_MAX;
		call.value = -1;
		call.repeats = 4;
		snprintf(call.option, sizeof call.option, "SO_LINGER");
		snprintf(call.line, sizeof call.line, "server.c:%d", kind);
		json = call_json(&call);
		CU_ASSERT(call_parse(json, &back) == NULL);
		CU_ASSERT(!memcmp(&call.address, &back.address, sizeof call.address) && call.kind == back.kind);
		CU_ASSERT(call.fd == back.fd && call.transport == back.transport && call.program == back.program);
		CU_ASSERT(call.domain == back.domain && call.type == back.type && call.port == back.port);
		CU_ASSERT(call.length == back.length && call.value == back.value && call.repeats == back.repeats);
		CU_ASSERT(call.result == back.result && call.error == back.error && call.time_ns == back.time_ns);
		CU_ASSERT(call.process == back.process && call.thread == back.thread && call.end_ns == back.end_ns);
		ASSERT_STRING(back.host, call.host);
		ASSERT_STRING(back.option, call.option);
		ASSERT_STRING(back.line, call.line);
		json_decref(json);
	}
}

static void assert_refused(const char *key, json_t *value)
{
	struct call call = made(CALL_BIND, 3, 0, 0), back;
	json_t *json = call_json(&call);

	CU_ASSERT(!json_object_set_new(json, key, value));
	ASSERT_STRING(call_parse(json, &back), key);
	json_decref(json);
}

static void refuses(void)
{
	struct call back;
	json_t *list = json_array();

	ASSERT_STRING(call_parse(list, &back), "calls");
	json_decref(list);
	assert_refused("call", json_string("teapot"));
	assert_refused("call", json_integer(1));
	assert_refused("errno", json_string("ENOTHING"));
	assert_refused("transport", json_string("sctp"));
	assert_refused("address", json_string("10.0.0"));
	assert_refused("port", json_integer(65536));
	assert_refused("program", json_integer(-1));
	assert_refused("fd", json_string("3"));
	assert_refused("line", json_string("a name that is longer than any that windsock itself would ever have written here.c:1"));
}

static void screens(void)
{
	struct call call = made(CALL_BIND, 3, 0, 0), back;
	json_t *json = call_json(&call);

	CU_ASSERT(!json_object_set_new(json, "line", json_string("\x1b[2Jserver.c:1")));
	CU_ASSERT(call_parse(json, &back) == NULL);
	ASSERT_STRING(back.line, "?[2Jserver.c:1");
	json_decref(json);
}

static const struct suite_test tests[] = {
	{"a call is printed as in C", prints},
	{"a call that no tracer writes is not sound", trusts_no_other},
	{"the first call that failed for good is found", finds_the_failed},
	{"every call comes back from JSON", comes_back},
	{"what is no call is refused, by its key", refuses},
	{"a name cannot rewrite the screen", screens},
};

SUITE_MAIN("call", tests)
