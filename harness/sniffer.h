/* sniffer.h - a process that captures on one interface of one host.
 *
 * Theory of operation
 *
 * It runs in the host's namespace with CAP_NET_RAW as its only capability, and writes a
 * classic pcap to a pipe, packet by packet. It is ready when it says "listening on". It is
 * never stopped by a signal that it could handle (tcpdump loses whole bursts by SIGINT):
 * when the sentinel has come through its pipe, everything before it has; then it is asked
 * for its counts (SIGUSR1) and killed. Closing its ring waits some 20 ms for RCU: a process
 * of its own does that behind our back.
 *
 * There are two engines, and they speak the same words. tcpdump is the tool that the world
 * trusts. The packet socket is the kernel's own door to the packets, read by a process of
 * ours (packet_socket.h): nothing to execute, no ring to wait for. With both, the run holds
 * the one against the other, packet by packet. */
#ifndef WINDSOCK_SNIFFER_H
#define WINDSOCK_SNIFFER_H

#include "../src/capture.h"
#include "../src/flow.h"
#include "lab.h"

#include <sys/types.h>

enum sniffer_engine {
	SNIFFER_TCPDUMP,
	SNIFFER_PACKET_SOCKET,
	SNIFFER_BOTH /* of a run: tcpdump's capture counts, the packet socket's is compared with it */
};

/* The engine called NAME: "tcpdump", "packet-socket", "both". -1: there is none. */
int sniffer_engine(const char *name);
const char *sniffer_engine_name(enum sniffer_engine engine);

struct sniffer {
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
	int64_t stamp_ns; /* of the newest packet, by the clock of the day; 0 = none yet */
	int64_t read_us;  /* when that was read, by a clock that nobody sets */
	bool jumped;      /* the clock of the day was set between two packets */
	uint32_t round;   /* the number of the sentinels that are waited for: set by who sends them. Any other is a packet like
	                   * others: somebody with a tunnel may have written it */
	bool drained[2];  /* both have come: [0] to the host, [1] from it */
	long dropped;    /* by the kernel; -1 = not told */
	enum sniffer_engine engine;
	const char *name; /* the engine's, for messages */
};

/* What is captured, and how. All borrowed for the call. */
struct sniffer_order {
	const struct lab *lab;
	size_t host;
	const char *interface;
	enum sniffer_engine engine; /* one, not both */
	unsigned views;             /* what the case's trace asks of the reducer */
	size_t socket_most;         /* bytes that a packet socket may hold; 0 = as packet_socket.h says (tests say less) */
};

/* What ENGINE waits for, asked for beforehand (packet_socket.h). Returns a descriptor, to be closed when it is ready, or -1. */
int sniffer_hold_stamps(enum sniffer_engine engine);
/* Starts it. -1: *error; of the machine, where it is tcpdump, which is not installed or may not be executed. */
int sniffer_start(struct sniffer *sniffer, const struct sniffer_order *order, struct error *error);
/* Call when packets_fd or messages_fd is readable. -1: *error: it ended, or wrote nonsense. */
int sniffer_read(struct sniffer *sniffer, struct error *error);
void sniffer_ask(const struct sniffer *sniffer);  /* for its counts; sets dropped when they come */
void sniffer_kill(const struct sniffer *sniffer);
void sniffer_close(struct sniffer *sniffer); /* does not wait for the process */

/* From now on waits for the sentinels of round NUMBER. */
void sniffer_await(struct sniffer *sniffer, uint32_t number);
bool sniffer_is_drained(const struct sniffer *sniffer);

#endif
