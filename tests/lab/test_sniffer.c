/* test_sniffer.c - a capture loses nothing, or says what it lost.
 *
 * Bursts of datagrams from a to b, seen at b, and the sentinel at once behind them. Sender and capture share one
 * processor (labs_run()). In some tests the capture is stopped (SIGSTOP) for the whole burst: then what its sockets
 * hold decides, and no scheduler. WINDSOCK_BURSTS says how often (3 times unless said). */
#include "../../harness/sniffer.h"
#include "../../harness/clock.h"
#include "../../harness/drain.h"
#include "../unit/suite.h"
#include "labs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define BURST 1000
#define FULL 1472               /* bytes of UDP that fill an Ethernet frame */
#define STOCK (2 * 212992)      /* what a socket gets where net.core.rmem_max is as the kernel has it */
#define PORT 7777
#define PATIENCE_US 15000000    /* of a loaded machine */

enum { A, B };

static struct lab lab;
static struct sniffer sniffer;
static struct drain drain;
static uint32_t round_number;

static void open_lab(enum sniffer_engine engine, size_t socket_most)
{
	static struct labs_lesson scene;
	const struct sniffer_order order = {.lab = &lab, .host = B, .interface = "eth0", .engine = engine,
	                                    .socket_most = socket_most};
	struct error error;

	labs_pair(&scene);
	labs_build(&lab, &scene);
	if (sniffer_start(&sniffer, &order, &error) || drain_open(&drain, &lab, B, "eth0", &error))
		labs_fail("%s", error_string(&error));
}

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

	while (clock_us() < until) {
		struct pollfd pollers[] = {{.fd = sniffer.packets_fd, .events = POLLIN},
		                           {.fd = sniffer.messages_fd, .events = POLLIN}};

		if (sniffer_read(&sniffer, &error))
			labs_fail("%s", error_string(&error));
		if (answered())
			return;
		MUST(poll(pollers, 2, 1000) >= 0 || errno == EINTR);
	}
	labs_fail("nothing came; it said: %s", text_string(&sniffer.messages));
}

static void stop(void)
{
	int status;

	MUST(!kill(sniffer.pid, SIGSTOP));
	MUST(waitpid(sniffer.pid, &status, WUNTRACED) == sniffer.pid && WIFSTOPPED(status));
}

/* COUNT datagrams of SIZE bytes, numbered, and the sentinels. */
static void send_burst(int from, uint32_t count, size_t size)
{
	struct sockaddr_in to = labs_sockaddr(labs_address("10.0.0.2"), PORT);
	char bytes[FULL] = "";

	for (uint32_t i = 0; i < count; i++) {
		memcpy(bytes, &i, sizeof i);
		MUST(sendto(from, bytes, size, 0, (struct sockaddr *)&to, sizeof to) == (ssize_t)size);
	}
	sniffer_await(&sniffer, ++round_number);
	MUST(!drain_send(&drain, round_number));
}

static void count_lost(void)
{
	sniffer.dropped = -1;
	text_free(&sniffer.messages);
	sniffer_ask(&sniffer);
	await(has_counted);
}

/* Whether the datagrams in all that was captured are numbered 0, 1, ... COUNT - 1, so many times. */
static void check_order(uint32_t count, size_t times)
{
	struct capture_stream *stream = capture_stream_new();
	struct packet packet;
	struct error error;
	uint32_t expected = 0, number;
	size_t seen = 0;

	capture_stream_feed(stream, text_string(&sniffer.kept), sniffer.kept.length);
	while (capture_stream_next(stream, &packet, &error) > 0) {
		if (packet.kind != PACKET_UDP)
			continue;
		memcpy(&number, packet.payload, sizeof number);
		if (number != expected)
			labs_fail("datagram %u is where %u was expected, the %zuth; the kernel lost %ld", number, expected,
			          seen, sniffer.dropped);
		expected = (expected + 1) % count;
		seen++;
	}
	capture_stream_free(stream);
	if (seen != count * times)
		labs_fail("%zu of %zu datagrams were captured; the kernel lost %ld", seen, count * times, sniffer.dropped);
}

static size_t bursts(void)
{
	const char *said = getenv("WINDSOCK_BURSTS");

	return said ? strtoul(said, NULL, 10) : 3;
}

/* Bursts of which nothing may be lost. STOPPED: nobody reads until all is sent. */
static void burst(enum sniffer_engine engine, size_t socket_most, size_t size, bool stopped)
{
	int from, to;

	open_lab(engine, socket_most);
	from = labs_socket(&lab, A, SOCK_DGRAM, 6666);
	to = labs_socket(&lab, B, SOCK_DGRAM, PORT); /* else b says that nobody is there */
	await(is_ready);
	for (size_t i = 0; i < bursts(); i++) {
		if (stopped)
			stop();
		send_burst(from, BURST, size);
		if (stopped)
			MUST(!kill(sniffer.pid, SIGCONT));
		await(is_drained);
	}
	count_lost();
	check_order(BURST, bursts());
	MUST(sniffer.dropped == 0);
	(void)to; /* both end with the body */
	sniffer_kill(&sniffer);
	sniffer_close(&sniffer);
}

static void capture_small(void)
{
	burst(SNIFFER_PACKET_SOCKET, 0, 18, false);
}

static void capture_full(void)
{
	burst(SNIFFER_PACKET_SOCKET, 0, FULL, false);
}

static void capture_stock(void)
{
	burst(SNIFFER_PACKET_SOCKET, STOCK, FULL, false);
}

static void hold_full(void)
{
	burst(SNIFFER_PACKET_SOCKET, 0, FULL, true);
}

static void hold_stock(void)
{
	burst(SNIFFER_PACKET_SOCKET, STOCK, FULL, true);
}

static void capture_tcpdump(void)
{
	burst(SNIFFER_TCPDUMP, 0, FULL, false);
}

/* Nobody takes what is captured: it waits in the capture, and the sockets are empty for the next burst. */
static void fill_the_pipe(void)
{
	const size_t times = 8; /* 12 MB: the pipe holds one */
	int from, to;

	open_lab(SNIFFER_PACKET_SOCKET, 0);
	from = labs_socket(&lab, A, SOCK_DGRAM, 6666);
	to = labs_socket(&lab, B, SOCK_DGRAM, PORT);
	await(is_ready);
	for (size_t i = 0; i < times; i++) {
		struct pollfd said = {.fd = sniffer.messages_fd, .events = POLLIN};
		char counts[256];

		send_burst(from, BURST, FULL);
		sniffer_ask(&sniffer); /* it answers when it has emptied its sockets */
		MUST(poll(&said, 1, PATIENCE_US / 1000) == 1 && read(sniffer.messages_fd, counts, sizeof counts) > 0);
	}
	await(is_drained);
	count_lost();
	check_order(BURST, times);
	MUST(sniffer.dropped == 0);
	(void)to;
	sniffer_kill(&sniffer);
	sniffer_close(&sniffer);
}

/* The sentinels may be among the lost. */
static bool is_accounted(void)
{
	return sniffer.packets + (size_t)sniffer.dropped >= BURST;
}

/* 16 sockets of 64 KiB have no room for a burst: what they lost and what came are all of it. */
static void lose_some(void)
{
	int from, to;

	open_lab(SNIFFER_PACKET_SOCKET, 64 * 1024);
	from = labs_socket(&lab, A, SOCK_DGRAM, 6666);
	to = labs_socket(&lab, B, SOCK_DGRAM, PORT);
	await(is_ready);
	stop();
	send_burst(from, BURST, FULL);
	MUST(!kill(sniffer.pid, SIGCONT));
	count_lost();
	MUST(sniffer.dropped > 0);
	await(is_accounted);
	if (sniffer.packets + (size_t)sniffer.dropped > BURST + 2)
		labs_fail("%zu datagrams were captured and %ld lost, of %d", sniffer.packets, sniffer.dropped, BURST);
	(void)to;
	sniffer_kill(&sniffer);
	sniffer_close(&sniffer);
}

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail for this clock */
	return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* Every stamp of what was captured lies between FROM_NS and TO_NS; a classic pcap's are of microseconds. */
static void check_stamps(int64_t from_ns, int64_t to_ns)
{
	struct capture_stream *stream = capture_stream_new();
	struct packet packet;
	struct error error;
	size_t seen = 0;

	capture_stream_feed(stream, text_string(&sniffer.kept), sniffer.kept.length);
	for (; capture_stream_next(stream, &packet, &error) > 0; seen++)
		if (packet.time_ns < from_ns - 1000 || packet.time_ns > to_ns)
			labs_fail("a packet is stamped %lld us after it was sent", (long long)(packet.time_ns - from_ns) / 1000);
	capture_stream_free(stream);
	MUST(seen);
}

/* The very first packet of a capture, read long after it came: the kernel may not have begun with its stamps. It begins in
 * a thread of its own, which has to wait for us where we may ask for that (root). */
static void stamp_first(void)
{
	const struct sched_param first = {.sched_priority = 1};
	const struct timespec while_it_lies = {.tv_nsec = 20000000}, until_stamps_end = {.tv_nsec = 50000000};
	int from, to;

	(void)sched_setscheduler(0, SCHED_FIFO, &first);
	open_lab(SNIFFER_PACKET_SOCKET, 0);
	from = labs_socket(&lab, A, SOCK_DGRAM, 6666);
	to = labs_socket(&lab, B, SOCK_DGRAM, PORT);
	for (int i = 0; i < 8; i++) {
		const struct sniffer_order order = {.lab = &lab, .host = B, .interface = "eth0",
		                                    .engine = SNIFFER_PACKET_SOCKET};
		int64_t from_ns, to_ns;
		struct error error;

		sniffer_kill(&sniffer);
		MUST(waitpid(sniffer.pid, NULL, 0) == sniffer.pid && !nanosleep(&until_stamps_end, NULL));
		sniffer_close(&sniffer);
		if (sniffer_start(&sniffer, &order, &error))
			labs_fail("%s", error_string(&error));
		await(is_ready);
		stop();
		from_ns = now_ns();
		send_burst(from, 1, FULL);
		to_ns = now_ns();
		MUST(!nanosleep(&while_it_lies, NULL) && !kill(sniffer.pid, SIGCONT));
		await(is_drained);
		check_stamps(from_ns, to_ns);
	}
	(void)to;
	sniffer_kill(&sniffer);
	sniffer_close(&sniffer);
}

/* The descriptor of a tunnel is a packet socket, and a student's: it names no interface but its own and the loopback. */
static void check_far_end(int tunnel)
{
	int count = 0;

	for (int index = 1; index < 1000; index++) {
		struct ifreq request = {.ifr_ifindex = index};

		count += !ioctl(tunnel, SIOCGIFNAME, &request);
	}
	MUST(count == 2);
}

/* Whatever the address at a tunnel: who else is in its subnet is neither everybody nor, before Linux 5.14, the first. */
static void drain_tunnels(void)
{
	static const struct link_end ends[] = {
		{A, "vpn0", 0x0a080001, 24}, {A, "vpn1", 0x0a0900fe, 24}, {B, "vpn0", 0x0a0a0001, 30},
		{B, "vpn1", 0x0a0b0000, 31},
	};
	static struct labs_lesson scene;
	struct error error;

	labs_pair(&scene);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		scene.tunnels[scene.lesson.tunnel_count++] = (struct tunnel){.end = ends[i], .line = (int)i + 1};
	labs_build(&lab, &scene);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		if (drain_open(&drain, &lab, ends[i].host, ends[i].interface, &error))
			labs_fail("%s", error_string(&error));
		MUST(!drain_send(&drain, 1));
		drain_close(&drain);
		check_far_end(lab.tunnels[i]);
	}
}

#define TEST(function, body) static void function(void) { ASSERT_STRING(labs_run(body), ""); }

/* Packets that come faster than anybody reads: /dev/zero never blocks, and a record of zeros is an empty packet. */
static void endless(void)
{
	static const uint32_t header[] = {0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1}; /* pcap-savefile(5) */
	struct sniffer flooded = {.pid = -1, .packets_fd = open("/dev/zero", O_RDONLY | O_CLOEXEC), .messages_fd = -1,
	                          .stream = capture_stream_new(), .reducer = reducer_new_for(0)};
	struct error error;

	capture_stream_feed(flooded.stream, header, sizeof header);
	CU_ASSERT_EQUAL(sniffer_read(&flooded, &error), 0);
	CU_ASSERT_NOT_EQUAL(flooded.packets, 0);
	sniffer_close(&flooded);
}

/* Whether the clock is said to have been set when a packet comes that is READ_S seconds behind the one before, by the clock
 * that nobody sets, and STAMP_S by its stamp. */
static bool jumps(int64_t read_s, int64_t stamp_s)
{
	const uint32_t record[] = {0xa1b2c3d4, 0x00040002, 0, 0, 65535, 1, (uint32_t)(1000 + stamp_s), 0, 0, 14};
	int pipe_fds[2];
	struct sniffer quiet = {.pid = -1, .messages_fd = -1, .stream = capture_stream_new(), .reducer = reducer_new_for(0),
	                        .stamp_ns = 1000 * INT64_C(1000000000), .read_us = clock_us() - read_s * 1000000};
	struct error error;

	CU_ASSERT_EQUAL_FATAL(pipe2(pipe_fds, O_CLOEXEC | O_NONBLOCK), 0);
	quiet.packets_fd = pipe_fds[0];
	CU_ASSERT_EQUAL(write(pipe_fds[1], record, sizeof record), (ssize_t)sizeof record);
	CU_ASSERT_EQUAL(sniffer_read(&quiet, &error), 0);
	CU_ASSERT_EQUAL(quiet.packets, 1);
	sniffer_close(&quiet);
	close(pipe_fds[1]);
	return quiet.jumped;
}

static void clock_set(void)
{
	CU_ASSERT(jumps(0, 3600) && jumps(0, -3600) && jumps(70, 0));
	CU_ASSERT(!jumps(0, 0) && !jumps(5, 4) && !jumps(70, 70) && !jumps(600, 598));
}

TEST(small, capture_small)
TEST(full, capture_full)
TEST(stock, capture_stock)
TEST(stopped, hold_full)
TEST(stopped_stock, hold_stock)
TEST(tcpdump, capture_tcpdump)
TEST(untaken, fill_the_pipe)
TEST(lost, lose_some)
TEST(stamps, stamp_first)
TEST(tunnels, drain_tunnels)

static const struct suite_test tests[] = {
	{"1000 small datagrams and an immediate end: none is lost", small},
	{"1000 full ones: none is lost", full},
	{"nor where the machine gives a socket 416 KiB", stock},
	{"a capture that is stopped for the burst loses none", stopped},
	{"nor where the machine gives a socket 416 KiB, and several share the packets in order", stopped_stock},
	{"tcpdump loses none", tcpdump},
	{"what nobody takes waits, and none is lost", untaken},
	{"what has no room is counted", lost},
	{"a packet has the time at which it came, from the first on", stamps},
	{"the packet that ends a capture goes through every tunnel, and each has its far end to itself", tunnels},
	{"a clock that is set is told from a wire that is quiet for long", clock_set},
	{"a flood without end is read a part at a time", endless},
};

int main(void)
{
	int gate = labs_gate();

	return gate ? gate : suite_run("sniffer", tests, sizeof tests / sizeof tests[0]);
}
