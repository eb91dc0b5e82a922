/* call.h - one socket call of a student's program, as the kernel saw it.
 *
 * The harness writes calls down beside the packets (harness/calls.h). They explain;
 * whether a program is right is decided by the packets alone. */
#ifndef WINDSOCK_CALL_H
#define WINDSOCK_CALL_H

#include "packet.h"
#include "text.h"
#include "trace.h"

#include <jansson.h>

#define CALLS_MAX 10000 /* of one run; a lesson has some tens */

#define CALL_FIRST_PROCESS 2 /* the program itself, in its pid namespace: 1 is windsock's keeper */

enum call_kind {
	CALL_SOCKET,
	CALL_BIND,
	CALL_LISTEN,
	CALL_ACCEPT,
	CALL_CONNECT,
	CALL_SEND,
	CALL_SENDTO,
	CALL_SENDMSG,
	CALL_WRITE,
	CALL_RECV,
	CALL_RECVFROM,
	CALL_RECVMSG,
	CALL_READ,
	CALL_SHUTDOWN,
	CALL_CLOSE,
	CALL_POLL,
	CALL_SELECT,
	CALL_EPOLL_WAIT,
	CALL_SETSOCKOPT
};

enum call_transport { CALL_UNKNOWN, CALL_TCP, CALL_UDP, CALL_RAW };

struct call {
	char host[32];
	unsigned program;        /* index into the evidence's programs */
	int process, thread;     /* ids as the program sees them */
	int64_t time_ns, end_ns; /* CLOCK_REALTIME, as in the captures; end 0 = it never returned */
	enum call_kind kind;
	int fd;                  /* -1: the call has none (socket, poll, select) */
	enum call_transport transport;
	int domain, type;        /* CALL_SOCKET */
	struct address address;  /* given to bind, connect, sendto; given by accept, recvfrom; family 0 = none */
	uint16_t port;           /* host byte order */
	int64_t length;          /* bytes to send, room to receive, descriptors to poll; listen: the backlog */
	int64_t value;           /* setsockopt: the value; shutdown: how; poll: milliseconds, -1 = no end */
	char option[24];         /* setsockopt: "SO_REUSEADDR" */
	int64_t result;          /* what it returned, -1 with error */
	int error;               /* errno, or 0 */
	unsigned repeats;        /* so many more, one behind the other, with the same outcome: a busy loop */
	char line[64];           /* "server.c:41", or "" */
};

const char *call_word(enum call_kind kind);
/* Whether its kind and transport are known ones, and its line and option end: of one from where a student's program may
 * have had a hand in. */
bool call_is_sound(const struct call *call);
/* The name of a socket option, or NULL. */
const char *call_option(int level, int option);

/* As C-like text: bind(3, 10.0.0.1:7777) = -1 EADDRINUSE */
void call_print(const struct call *call, struct text *out);
/* The same with its source line before it: server.c:41: bind(... */
void call_print_line(const struct call *call, struct text *out);

/* The first call that failed for good, as opposed to "not yet" (EAGAIN, EINPROGRESS) and
 * "again" (EINTR); NULL: none. */
const struct call *call_failed(const struct call *calls, size_t count);

json_t *call_json(const struct call *call);
/* NULL, or the key that is not as it should be. */
const char *call_parse(const json_t *object, struct call *call);

#endif
