/* tcpdump.h - one tcpdump on one interface of one host.
 *
 * Theory of operation
 *
 * tcpdump runs in the host's namespace with CAP_NET_RAW as its only (ambient)
 * capability: as uid 0 it would try to become another user and fail, which is why
 * lab_enter() maps a non-zero uid. It writes the capture to a pipe, packet by
 * packet (--immediate-mode -U), with buffers that hold bursts (-s 1600 -B 4096:
 * the default snapshot length leaves 32 slots). It is ready when it says
 * "listening on". It is never stopped by a signal that it could handle: SIGINT
 * loses whole bursts. When the sentinel has come through its pipe, everything
 * before it has; then it is asked for its counts (SIGUSR1) and killed. */
#ifndef WINDSOCK_TCPDUMP_H
#define WINDSOCK_TCPDUMP_H

#include "../src/capture.h"
#include "../src/flow.h"
#include "lab.h"

#include <sys/types.h>

struct tcpdump {
	pid_t pid;
	int packets_fd;  /* its standard output, non-blocking; -1 when it has ended */
	int messages_fd; /* its standard error, non-blocking; -1 when it has ended */
	struct text kept; /* the capture as it came: in memory, out of the programs' reach */
	struct text messages;
	bool ready;      /* "listening on" was seen */
	struct capture_stream *stream;
	struct reducer *reducer;
	size_t packets;  /* without sentinels */
	uint64_t bytes;
	uint32_t sentinel[2]; /* the newest seen: [0] to the host, [1] from it */
	long dropped;    /* by the kernel; -1 = not told */
};

/* Starts it. VIEWS: what the case's trace asks of the reducer. -1: *error; *missing is set when tcpdump is not installed. */
int tcpdump_start(struct tcpdump *tcpdump, const struct lab *lab, size_t host, const char *interface, unsigned views,
                  bool *missing, struct error *error);
/* Call when packets_fd or messages_fd is readable. -1: *error: it ended, or wrote nonsense. */
int tcpdump_read(struct tcpdump *tcpdump, struct error *error);
void tcpdump_ask(const struct tcpdump *tcpdump);  /* for its counts; sets dropped when they come */
void tcpdump_kill(const struct tcpdump *tcpdump);
void tcpdump_close(struct tcpdump *tcpdump); /* does not wait for the process */

#endif
