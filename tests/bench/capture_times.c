/* capture_times.c - how long a capture takes to be ready and to be complete, and what it loses:
 *
 *     capture_times tcpdump|packet-socket|small-sockets ROUNDS
 *
 * Two hosts, one link. Each round a capture is begun at b as a run begins it (harness/sniffer.h), a sends 1000 datagrams
 * without a pause, and the sentinels at once behind them. Prints a line a round, in microseconds: until it was ready;
 * from the last datagram until all was shown and it had told its counts; from its end until its process was gone; its
 * processor time; and how many of the datagrams are not in it. small-sockets is packet-socket where a socket gets 416
 * KiB, as machines have it whose net.core.rmem_max nobody has changed. Part of bench_capture.py. */
#include "../../harness/clock.h"
#include "../../harness/drain.h"
#include "../../harness/sniffer.h"
#include "../lab/labs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define BURST 1000
#define SIZE 1000 /* bytes of a datagram */
#define PORT 7777
#define SMALL (2 * 212992) /* the kernel's own net.core.rmem_max, which it doubles: socket(7) */
#define PATIENCE_US 60000000

enum { A, B };

static struct lab lab;
static struct sniffer sniffer;
static struct drain drain;

typedef bool question(void);

static bool is_ready(void)
{
	return sniffer.ready;
}

static bool is_drained(void)
{
	return sniffer_is_drained(&sniffer);
}

static bool has_counted(void)
{
	return sniffer.dropped >= 0;
}

static void await(question *answered)
{
	int64_t until = clock_us() + PATIENCE_US;
	struct error error;

	for (;;) {
		struct pollfd pollers[] = {{.fd = sniffer.packets_fd, .events = POLLIN},
		                           {.fd = sniffer.messages_fd, .events = POLLIN}};

		if (sniffer_read(&sniffer, &error))
			labs_fail("%s\n", error_string(&error));
		if (answered())
			return;
		if (clock_us() > until)
			labs_fail("nothing came within a minute; it said: %s\n", text_string(&sniffer.messages));
		MUST(poll(pollers, 2, 1000) >= 0 || errno == EINTR);
	}
}

static void begin(const struct sniffer_order *order)
{
	struct error error;

	if (sniffer_start(&sniffer, order, &error))
		labs_fail("%s\n", error_string(&error));
	await(is_ready);
}

static void send_burst(int from)
{
	struct sockaddr_in to = labs_sockaddr(labs_address("10.0.0.2"), PORT);
	char bytes[SIZE] = "";

	for (int i = 0; i < BURST; i++)
		MUST(sendto(from, bytes, sizeof bytes, 0, (struct sockaddr *)&to, sizeof to) == SIZE);
	sniffer_await(&sniffer, 1);
	MUST(!drain_send(&drain, 1));
}

/* Returns its processor time in microseconds. */
static long end(void)
{
	struct rusage used;

	sniffer_kill(&sniffer);
	MUST(wait4(sniffer.pid, NULL, 0, &used) == sniffer.pid);
	sniffer_close(&sniffer);
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000 + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

static void measure(const struct sniffer_order *order, int from)
{
	int64_t began = clock_us(), ready, sent, shown, gone;
	long used, lost;

	begin(order);
	ready = clock_us();
	send_burst(from);
	sent = clock_us();
	await(is_drained);
	sniffer_ask(&sniffer);
	await(has_counted);
	shown = clock_us();
	lost = BURST - (long)sniffer.packets;
	used = end();
	gone = clock_us();
	printf("%ld %ld %ld %ld %ld\n", (long)(ready - began), (long)(shown - sent), (long)(gone - shown), used, lost);
}

int main(int argc, char **argv)
{
	static struct labs_lesson scene;
	struct sniffer_order order = {.lab = &lab, .host = B, .interface = "eth0"};
	const char *name = argc == 3 ? argv[1] : "";
	bool small = !strcmp(name, "small-sockets");
	int engine = sniffer_engine(small ? "packet-socket" : name), from;
	struct error error;

	if (engine < 0 || engine == SNIFFER_BOTH) {
		fputs("usage: capture_times tcpdump|packet-socket|small-sockets ROUNDS\n", stderr);
		return 2;
	}
	order.engine = (enum sniffer_engine)engine;
	order.socket_most = small ? SMALL : 0;
	labs_pair(&scene);
	labs_build(&lab, &scene);
	if (drain_open(&drain, &lab, B, "eth0", &error))
		labs_fail("%s\n", error_string(&error));
	from = labs_socket(&lab, A, SOCK_DGRAM, 6666);
	(void)labs_socket(&lab, B, SOCK_DGRAM, PORT); /* open until the end: else b would say that nobody is there */
	for (long left = atol(argv[2]); left > 0; left--)
		measure(&order, from);
	return fflush(stdout) ? 2 : 0;
}
