/* call.c - see call.h. */
#include "call.h"

#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const char *const words[] = {"socket", "bind",   "listen",   "accept",  "connect", "send",  "sendto",
                                    "sendmsg", "write",  "recv",     "recvfrom", "recvmsg", "read",  "shutdown",
                                    "close",  "poll",   "select",   "epoll_wait", "setsockopt"};

static_assert(sizeof words / sizeof *words == CALL_SETSOCKOPT + 1, "a word for each call");

static const struct {
	int level, option;
	const char *name;
} options[] = {
	{SOL_SOCKET, SO_REUSEADDR, "SO_REUSEADDR"},
	{SOL_SOCKET, SO_REUSEPORT, "SO_REUSEPORT"},
	{SOL_SOCKET, SO_BROADCAST, "SO_BROADCAST"},
	{SOL_SOCKET, SO_KEEPALIVE, "SO_KEEPALIVE"},
	{SOL_SOCKET, SO_LINGER, "SO_LINGER"},
	{SOL_SOCKET, SO_RCVTIMEO, "SO_RCVTIMEO"},
	{SOL_SOCKET, SO_SNDTIMEO, "SO_SNDTIMEO"},
	{SOL_SOCKET, SO_RCVBUF, "SO_RCVBUF"},
	{SOL_SOCKET, SO_SNDBUF, "SO_SNDBUF"},
	{SOL_SOCKET, SO_BINDTODEVICE, "SO_BINDTODEVICE"},
	{IPPROTO_TCP, TCP_NODELAY, "TCP_NODELAY"},
	{IPPROTO_TCP, TCP_CORK, "TCP_CORK"},
	{IPPROTO_TCP, TCP_KEEPIDLE, "TCP_KEEPIDLE"},
	{IPPROTO_TCP, TCP_KEEPINTVL, "TCP_KEEPINTVL"},
	{IPPROTO_TCP, TCP_KEEPCNT, "TCP_KEEPCNT"},
	{IPPROTO_TCP, TCP_USER_TIMEOUT, "TCP_USER_TIMEOUT"},
	{IPPROTO_IP, IP_TTL, "IP_TTL"},
	{IPPROTO_IP, IP_TOS, "IP_TOS"},
	{IPPROTO_IP, IP_ADD_MEMBERSHIP, "IP_ADD_MEMBERSHIP"},
	{IPPROTO_IP, IP_DROP_MEMBERSHIP, "IP_DROP_MEMBERSHIP"},
	{IPPROTO_IP, IP_MULTICAST_IF, "IP_MULTICAST_IF"},
	{IPPROTO_IP, IP_MULTICAST_TTL, "IP_MULTICAST_TTL"},
	{IPPROTO_IP, IP_MULTICAST_LOOP, "IP_MULTICAST_LOOP"},
	{IPPROTO_IP, IP_RECVERR, "IP_RECVERR"},
	{IPPROTO_IP, IP_PKTINFO, "IP_PKTINFO"},
	{IPPROTO_IP, IP_FREEBIND, "IP_FREEBIND"},
	{IPPROTO_IPV6, IPV6_V6ONLY, "IPV6_V6ONLY"},
};

const char *call_word(enum call_kind kind)
{
	return words[kind];
}

bool call_is_sound(const struct call *call)
{
	return (unsigned)call->kind <= CALL_SETSOCKOPT && (unsigned)call->transport <= CALL_RAW &&
	       memchr(call->line, '\0', sizeof call->line) && memchr(call->option, '\0', sizeof call->option);
}

const char *call_option(int level, int option)
{
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
		if (options[i].level == level && options[i].option == option)
			return options[i].name;
	return NULL;
}

static void print_errno(int error, struct text *out)
{
	const char *name = strerrorname_np(error);

	if (name)
		text_add(out, name);
	else
		text_printf(out, "errno %d", error);
}

/* ---- as text ---- */

static const char *word_of_domain(int domain)
{
	return domain == AF_INET ? "AF_INET" : domain == AF_INET6 ? "AF_INET6" : NULL;
}

static const char *word_of_type(int type)
{
	switch (type) {
	case SOCK_STREAM: return "SOCK_STREAM";
	case SOCK_DGRAM: return "SOCK_DGRAM";
	case SOCK_RAW: return "SOCK_RAW";
	}
	return NULL;
}

static void print_word(const char *word, int64_t number, struct text *out)
{
	if (word)
		text_add(out, word);
	else
		text_printf(out, "%lld", (long long)number);
}

static void print_address(const struct call *call, struct text *out)
{
	char address[64];

	if (!call->address.family)
		return;
	(void)address_print(&call->address, address, sizeof address);
	text_printf(out, call->address.family == 6 ? "[%s]:%u" : "%s:%u", address, call->port);
}

static void print_timeout(const struct call *call, struct text *out)
{
	text_printf(out, "%lld descriptor%s, ", (long long)call->length, call->length == 1 ? "" : "s");
	if (call->value < 0)
		text_add(out, "no timeout");
	else
		text_printf(out, "%lld ms", (long long)call->value);
}

static void print_arguments(const struct call *call, struct text *out)
{
	static const char *const hows[] = {"SHUT_RD", "SHUT_WR", "SHUT_RDWR"};

	if (call->fd >= 0 || (call->kind != CALL_SOCKET && call->kind != CALL_POLL && call->kind != CALL_SELECT))
		text_printf(out, "%d", call->fd);
	switch (call->kind) {
	case CALL_SOCKET:
		print_word(word_of_domain(call->domain), call->domain, out);
		text_add(out, ", ");
		print_word(word_of_type(call->type), call->type, out);
		break;
	case CALL_BIND:
	case CALL_CONNECT:
		text_add(out, call->address.family ? ", " : "");
		print_address(call, out);
		break;
	case CALL_LISTEN:
		text_printf(out, ", %lld", (long long)call->length);
		break;
	case CALL_SEND:
	case CALL_SENDTO:
	case CALL_SENDMSG:
	case CALL_WRITE:
		text_printf(out, ", %lld byte%s", (long long)call->length, call->length == 1 ? "" : "s");
		text_add(out, call->address.family ? ", to " : "");
		print_address(call, out);
		break;
	case CALL_SHUTDOWN:
		text_add(out, ", ");
		print_word(call->value >= 0 && call->value < 3 ? hows[call->value] : NULL, call->value, out);
		break;
	case CALL_POLL:
	case CALL_SELECT:
		print_timeout(call, out);
		break;
	case CALL_EPOLL_WAIT:
		text_add(out, ", ");
		print_timeout(call, out);
		break;
	case CALL_SETSOCKOPT:
		text_printf(out, ", %s, %lld", call->option, (long long)call->value);
		break;
	case CALL_ACCEPT:
	case CALL_RECV:
	case CALL_RECVFROM:
	case CALL_RECVMSG:
	case CALL_READ:
	case CALL_CLOSE:
		break;
	}
}

static bool is_told_from(enum call_kind kind)
{
	return kind == CALL_ACCEPT || kind == CALL_RECVFROM || kind == CALL_RECVMSG;
}

static void print_result(const struct call *call, struct text *out)
{
	if (!call->end_ns) {
		text_add(out, " never returned");
		return;
	}
	text_printf(out, " = %lld", (long long)call->result);
	if (call->error) {
		text_add(out, " ");
		print_errno(call->error, out);
	} else if (is_told_from(call->kind) && call->address.family) {
		text_add(out, " from ");
		print_address(call, out);
	}
}

void call_print(const struct call *call, struct text *out)
{
	text_printf(out, "%s(", words[call->kind]);
	print_arguments(call, out);
	text_add(out, ")");
	print_result(call, out);
	if (call->repeats)
		text_printf(out, ", %u times", call->repeats + 1);
}

void call_print_line(const struct call *call, struct text *out)
{
	if (call->line[0])
		text_printf(out, "%s: ", call->line);
	call_print(call, out);
}

/* ---- what explains ---- */

static bool is_passing(int error)
{
	return error == EINTR || error == EAGAIN || error == EINPROGRESS || error == EALREADY;
}

const struct call *call_failed(const struct call *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (calls[i].end_ns && calls[i].error && !is_passing(calls[i].error))
			return &calls[i];
	return NULL;
}
