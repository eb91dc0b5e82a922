/* test_firewall.c - filters, forwards and memories do what the lesson says, alone and beside a NAT; an
 * address comes later. Each body runs in a child, in labs of its own. */
#include "../unit/suite.h"
#include "labs.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct labs_lesson scene;

/* c 198.51.100.10 -- fw (wan 198.51.100.1, dmz 10.0.1.1) -- s 10.0.1.2 */
enum { C, FW, S };

static void build_scene(void)
{
	labs_begin(&scene);
	labs_host(&scene, "c", HOST_END);
	labs_host(&scene, "fw", HOST_ROUTER);
	labs_host(&scene, "s", HOST_END);
	labs_link(&scene, C, "eth0", "198.51.100.10/24", FW, "wan", "198.51.100.1/24");
	labs_link(&scene, FW, "dmz", "10.0.1.1/24", S, "eth0", "10.0.1.2/24");
	labs_route(&scene, C, "198.51.100.1");
	labs_route(&scene, S, "10.0.1.1");
}

static int listen_at(const struct lab *lab, size_t host, uint16_t port)
{
	int listener = labs_socket(lab, host, SOCK_STREAM, port);

	MUST(!listen(listener, 4));
	return listener;
}

/* 0, or the errno with which connect() fails; EINPROGRESS: it has not failed within 300 ms. */
static int call(const struct lab *lab, size_t host, const char *address, uint16_t port)
{
	struct sockaddr_in to = labs_sockaddr(labs_address(address), port);
	int descriptor = labs_socket(lab, host, SOCK_STREAM | SOCK_NONBLOCK, 0), why = 0;
	struct pollfd poller = {.fd = descriptor, .events = POLLOUT};
	socklen_t size = sizeof why;

	if (connect(descriptor, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS)
		return errno;
	if (poll(&poller, 1, 300) != 1)
		return EINPROGRESS;
	MUST(!getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &why, &size));
	close(descriptor);
	return why;
}

/* The errno that the next call on a connected datagram socket gets; 0: none within 200 ms. */
static int ask_udp(const struct lab *lab, size_t host, const char *address, uint16_t port)
{
	struct sockaddr_in to = labs_sockaddr(labs_address(address), port);
	int descriptor = labs_socket(lab, host, SOCK_DGRAM, 0), why = 0;
	struct pollfd poller = {.fd = descriptor, .events = POLLIN};
	char byte;

	MUST(!connect(descriptor, (struct sockaddr *)&to, sizeof to) && send(descriptor, "q", 1, 0) == 1);
	if (poll(&poller, 1, 200) == 1 && recv(descriptor, &byte, 1, 0) < 0)
		why = errno;
	close(descriptor);
	return why;
}

static void filter_through(void)
{
	struct lab lab;

	labs_build(&lab, &scene);
	(void)listen_at(&lab, S, 80);
	(void)listen_at(&lab, S, 81);
	(void)listen_at(&lab, S, 83);
	(void)listen_at(&lab, C, 90);
	MUST(call(&lab, C, "10.0.1.2", 80) == 0);
	MUST(call(&lab, C, "10.0.1.2", 81) == ECONNREFUSED);
	MUST(call(&lab, C, "10.0.1.2", 83) == EINPROGRESS); /* dropped */
	for (int i = 0; i < 12; i++) /* no limit on how many unreachables are sent */
		MUST(ask_udp(&lab, C, "10.0.1.2", 53) == EHOSTUNREACH);
	MUST(ask_udp(&lab, C, "10.0.1.2", 54) == 0);
	MUST(ask_udp(&lab, C, "10.0.1.2", 55) == ECONNREFUSED); /* comes in, and nobody is there */
	MUST(call(&lab, S, "198.51.100.10", 90) == 0); /* outwards, and its answers */
	MUST(ask_udp(&lab, S, "198.51.100.10", 54) == ECONNREFUSED);
}

static void filters_decide(void)
{
	build_scene();
	labs_filter(&scene, FW, "wan", FILTER_ACCEPT, FILTER_TCP, 80)->from = labs_address("198.51.100.10");
	scene.filters[0].from_prefix = 32;
	labs_filter(&scene, FW, "wan", FILTER_REFUSE_RESET, FILTER_TCP, 81);
	labs_filter(&scene, FW, "wan", FILTER_REFUSE_UNREACHABLE, FILTER_UDP, 53);
	labs_filter(&scene, FW, "wan", FILTER_ACCEPT, FILTER_UDP, 55)->to = labs_address("10.0.1.0");
	scene.filters[3].to_prefix = 24;
	labs_filter(&scene, FW, "wan", FILTER_DROP, FILTER_ANY, 0);
	ASSERT_STRING(labs_run(filter_through), "");
}

static void filter_itself(void)
{
	struct lab lab;

	labs_build(&lab, &scene);
	(void)listen_at(&lab, S, 80);
	MUST(call(&lab, C, "10.0.1.2", 80) == EINPROGRESS);
	MUST(call(&lab, C, "10.0.1.2", 81) == ECONNREFUSED);
	MUST(ask_udp(&lab, C, "10.0.1.2", 53) == EHOSTUNREACH);
}

/* The filter of an end host, and not that of another case. */
static void filters_hold_for_their_case(void)
{
	build_scene();
	scene.which = 1;
	labs_filter(&scene, S, "eth0", FILTER_REFUSE_RESET, FILTER_TCP, 80)->of_case = 0;
	labs_filter(&scene, S, "eth0", FILTER_DROP, FILTER_TCP, 80)->of_case = 1;
	labs_filter(&scene, S, "eth0", FILTER_REFUSE_UNREACHABLE, FILTER_UDP, 0);
	ASSERT_STRING(labs_run(filter_itself), "");
}

static void cross_syns(void)
{
	struct sockaddr_in c = labs_sockaddr(labs_address("198.51.100.10"), 7777);
	struct sockaddr_in s = labs_sockaddr(labs_address("10.0.1.2"), 7777);
	struct lab lab;
	int ends[2];

	labs_build(&lab, &scene);
	ends[0] = labs_socket(&lab, C, SOCK_STREAM | SOCK_NONBLOCK, 7777);
	ends[1] = labs_socket(&lab, S, SOCK_STREAM | SOCK_NONBLOCK, 7777);
	MUST(connect(ends[0], (struct sockaddr *)&s, sizeof s) == -1 && errno == EINPROGRESS);
	MUST(connect(ends[1], (struct sockaddr *)&c, sizeof c) == -1 && errno == EINPROGRESS);
	for (int i = 0; i < 2; i++)
		MUST(poll(&(struct pollfd){.fd = ends[i], .events = POLLOUT}, 1, 3000) == 1);
	MUST(send(ends[0], "hi", 2, 0) == 2 && !strcmp(labs_receive(ends[1], NULL), "hi"));
}

/* An early SYN is dropped, not refused: nobody listens, and still they meet. */
static void simultaneous_open(void)
{
	build_scene();
	labs_filter(&scene, C, "eth0", FILTER_DROP, FILTER_ANY, 0);
	labs_filter(&scene, S, "eth0", FILTER_DROP, FILTER_ANY, 0);
	ASSERT_STRING(labs_run(cross_syns), "");
}

/* ---- forwards ---- */

static void push_in(void)
{
	struct sockaddr_in facade = labs_sockaddr(labs_address("203.0.113.1"), 8000), peer;
	socklen_t size = sizeof peer;
	struct lab lab;
	int hub, cloud, accepted, udp;

	labs_build(&lab, &scene);
	hub = listen_at(&lab, LABS_HUB, 9000);
	cloud = labs_socket(&lab, LABS_CLOUD, SOCK_STREAM, 4444);
	MUST(!connect(cloud, (struct sockaddr *)&facade, sizeof facade));
	MUST((accepted = accept(hub, (struct sockaddr *)&peer, &size)) >= 0);
	MUST(ntohl(peer.sin_addr.s_addr) == labs_address("198.51.100.1") && ntohs(peer.sin_port) == 4444);
	MUST(send(accepted, "back", 4, 0) == 4 && !strcmp(labs_receive(cloud, NULL), "back"));
	udp = labs_socket(&lab, LABS_HUB, SOCK_DGRAM, 9001);
	cloud = labs_socket(&lab, LABS_CLOUD, SOCK_DGRAM, 4444);
	labs_send(cloud, labs_address("203.0.113.1"), 8001, "in");
	MUST(!strcmp(labs_receive(udp, &peer), "in"));
	labs_send(udp, ntohl(peer.sin_addr.s_addr), ntohs(peer.sin_port), "out");
	MUST(!strcmp(labs_receive(cloud, &peer), "out"));
	MUST(ntohl(peer.sin_addr.s_addr) == labs_address("203.0.113.1") && ntohs(peer.sin_port) == 8001);
}

static void add_forwards(void)
{
	labs_forward(&scene, LABS_HOME, "wan", FILTER_TCP, 8000, "192.168.1.10", 9000);
	labs_forward(&scene, LABS_HOME, "wan", FILTER_UDP, 8001, "192.168.1.10", 9001);
}

static void forwards_lead_in(void)
{
	for (int filtering = NAT_ENDPOINT_INDEPENDENT; filtering <= NAT_ADDRESS_AND_PORT_DEPENDENT; filtering++) {
		labs_home(&scene, NAT_ENDPOINT_INDEPENDENT, (enum nat_dependence)filtering);
		add_forwards();
		ASSERT_STRING(labs_run(push_in), "");
	}
	labs_home(&scene, NAT_ENDPOINT_INDEPENDENT, NAT_ENDPOINT_INDEPENDENT);
	scene.lesson.nat_count = 0;
	add_forwards();
	ASSERT_STRING(labs_run(push_in), "");
}

/* The facade at the isp leads to home, and home leads to the hub. */
static void forwards_in_a_chain(void)
{
	labs_home(&scene, NAT_ENDPOINT_INDEPENDENT, NAT_ADDRESS_AND_PORT_DEPENDENT);
	add_forwards();
	labs_forward(&scene, LABS_ISP, "cloud", FILTER_TCP, 8000, "203.0.113.1", 8010);
	labs_forward(&scene, LABS_ISP, "cloud", FILTER_UDP, 8001, "203.0.113.1", 8011);
	scene.forwards[0].port.number = 8010;
	scene.forwards[1].port.number = 8011;
	ASSERT_STRING(labs_run(push_in), "");
}

static void knock_at_filtered_nat(void)
{
	struct lab lab;

	labs_build(&lab, &scene);
	(void)listen_at(&lab, LABS_HUB, 9000);
	(void)listen_at(&lab, LABS_HUB, 9005);
	MUST(call(&lab, LABS_CLOUD, "203.0.113.1", 8000) == 0);              /* by the forward */
	MUST(call(&lab, LABS_CLOUD, "203.0.113.1", 8005) == ECONNREFUSED);   /* the filter stands before it */
	MUST(call(&lab, LABS_CLOUD, "203.0.113.1", 23) == ECONNREFUSED);     /* accepted, and nobody is there */
	MUST(call(&lab, LABS_CLOUD, "203.0.113.1", 24) == EINPROGRESS);      /* the NAT's guard */
}

/* A filter names the port as it came in, before a forward has changed it. */
static void filters_stand_before_a_nat(void)
{
	labs_home(&scene, NAT_ENDPOINT_INDEPENDENT, NAT_ADDRESS_AND_PORT_DEPENDENT);
	labs_forward(&scene, LABS_HOME, "wan", FILTER_TCP, 8000, "192.168.1.10", 9000);
	labs_forward(&scene, LABS_HOME, "wan", FILTER_TCP, 8005, "192.168.1.10", 9005);
	labs_filter(&scene, LABS_HOME, "wan", FILTER_REFUSE_RESET, FILTER_TCP, 8005)->to = labs_address("203.0.113.1");
	scene.filters[0].to_prefix = 32;
	labs_filter(&scene, LABS_HOME, "wan", FILTER_ACCEPT, FILTER_TCP, 23);
	ASSERT_STRING(labs_run(knock_at_filtered_nat), "");
}

/* ---- memory ---- */

static void rest(int milliseconds)
{
	struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000L};

	(void)nanosleep(&pause, NULL); /* this test is about time */
}

static void forget_udp(void)
{
	struct sockaddr_in from;
	struct lab lab;
	int hub, cloud, tap;

	labs_build(&lab, &scene);
	hub = labs_socket(&lab, LABS_HUB, SOCK_DGRAM, 6666);
	cloud = labs_socket(&lab, LABS_CLOUD, SOCK_DGRAM, 7001);
	labs_send(hub, labs_address("198.51.100.1"), 7001, "register");
	MUST(!strcmp(labs_receive(cloud, &from), "register"));
	rest(400);
	labs_send(cloud, ntohl(from.sin_addr.s_addr), ntohs(from.sin_port), "soon");
	MUST(!strcmp(labs_receive(hub, NULL), "soon"));
	tap = labs_tap(&lab, LABS_HUB, "eth0");
	rest(1600);
	labs_send(cloud, ntohl(from.sin_addr.s_addr), ntohs(from.sin_port), "late");
	rest(20);
	MUST(labs_count_frames(tap) == 0);
}

static void forget_tcp(void)
{
	struct sockaddr_in to = labs_sockaddr(labs_address("198.51.100.1"), 8080);
	struct lab lab;
	int listener, hub, accepted, tap;

	labs_build(&lab, &scene);
	listener = listen_at(&lab, LABS_CLOUD, 8080);
	hub = labs_socket(&lab, LABS_HUB, SOCK_STREAM, 5555);
	MUST(!connect(hub, (struct sockaddr *)&to, sizeof to) && (accepted = accept(listener, NULL, NULL)) >= 0);
	rest(400);
	MUST(send(accepted, "soon", 4, 0) == 4 && !strcmp(labs_receive(hub, NULL), "soon"));
	tap = labs_tap(&lab, LABS_HUB, "eth0");
	rest(1600);
	MUST(send(accepted, "late", 4, 0) == 4);
	rest(20);
	MUST(labs_count_frames(tap) == 0);
}

static void memories_end(void)
{
	for (int filtering = NAT_ENDPOINT_INDEPENDENT; filtering <= NAT_ADDRESS_AND_PORT_DEPENDENT; filtering += 2) {
		labs_home(&scene, NAT_ENDPOINT_INDEPENDENT, (enum nat_dependence)filtering);
		labs_memory(&scene, LABS_HOME, FILTER_UDP, 1);
		ASSERT_STRING(labs_run(forget_udp), "");
	}
	labs_home(&scene, NAT_ENDPOINT_INDEPENDENT, NAT_ADDRESS_AND_PORT_DEPENDENT);
	labs_memory(&scene, LABS_HOME, FILTER_TCP, 1);
	ASSERT_STRING(labs_run(forget_tcp), "");
}

static void read_memory(void)
{
	char text[16];
	struct lab lab;
	FILE *file;

	labs_build(&lab, &scene);
	MUST(!lab_visit(&lab, FW));
	MUST((file = fopen("/proc/sys/net/netfilter/nf_conntrack_udp_timeout_stream", "re")));
	MUST(!lab_leave(&lab) && fgets(text, sizeof text, file) && !strcmp(text, "7\n"));
	MUST(!fclose(file));
}

static void memories_need_no_nat(void)
{
	build_scene();
	labs_memory(&scene, FW, FILTER_UDP, 7);
	ASSERT_STRING(labs_run(read_memory), "");
}

/* ---- rates ---- */

/* The bucket, by its own measures (shaper.c). The time of a transfer would be that of the machine as well, which may stand
 * still: so it is reckoned from the stamps of the frames. While nothing leaves, the bucket fills, and is full after
 * FULL_NS; what is longer than that is not the bucket's, and after less it makes up for it. */
#define BITS 4000000
#define FRAME 1514
#define HEADERS 66 /* of a segment: Ethernet, IPv4, TCP with stamps */
#define BUCKET (3 * FRAME)
#define NS_OF(bytes) ((int64_t)(bytes) * 8 * 1000000000 / BITS)
#define FULL_NS NS_OF(BUCKET)

struct wire {
	int tap;
	int64_t last_ns, busy_ns; /* of the last frame; from the first to the last, without what is not the bucket's */
	size_t bytes;             /* as the bucket counts them */
};

static int open_wire(struct wire *wire, const struct lab *lab, const char *interface)
{
	int one = 1;

	*wire = (struct wire){.tap = labs_tap(lab, FW, interface)};
	return setsockopt(wire->tap, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
}

static int64_t stamp_of(struct msghdr *message)
{
	struct cmsghdr *control = CMSG_FIRSTHDR(message);
	struct timespec stamp;

	MUST(control && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPNS);
	memcpy(&stamp, CMSG_DATA(control), sizeof stamp);
	return (int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec;
}

static void add_frame(struct wire *wire, size_t length, int64_t now_ns)
{
	int64_t gap_ns = now_ns - wire->last_ns;

	if (wire->bytes && gap_ns > 0)
		wire->busy_ns += gap_ns < FULL_NS ? gap_ns : FULL_NS;
	wire->last_ns = now_ns;
	/* Several segments may still be one, and are counted with the headers that they will have. */
	wire->bytes += length + (length - 1) / FRAME * HEADERS;
}

/* What has left the router until now. */
static void read_wire(struct wire *wire)
{
	char control[CMSG_SPACE(sizeof(struct timespec))], frame[64];
	struct iovec part = {frame, sizeof frame};
	struct sockaddr_ll way;
	struct msghdr message;
	ssize_t length;

	for (;;) {
		message = (struct msghdr){.msg_name = &way, .msg_namelen = sizeof way, .msg_iov = &part, .msg_iovlen = 1,
		                          .msg_control = control, .msg_controllen = sizeof control};
		length = recvmsg(wire->tap, &message, MSG_DONTWAIT | MSG_TRUNC);
		if (length <= 0)
			return;
		if (way.sll_pkttype == PACKET_OUTGOING)
			add_frame(wire, (size_t)length, stamp_of(&message));
	}
}

/* BYTES from host FROM to host TO, over WIRE. */
static void transfer(const struct lab *lab, struct wire *wire, size_t from, size_t to, const char *address, size_t bytes)
{
	static char block[1 << 16];
	struct sockaddr_in target = labs_sockaddr(labs_address(address), 8080);
	int listener = listen_at(lab, to, 8080), sender = labs_socket(lab, from, SOCK_STREAM, 0), receiver;
	size_t sent = 0, got = 0;

	MUST(!connect(sender, (struct sockaddr *)&target, sizeof target) && (receiver = accept(listener, NULL, NULL)) >= 0);
	while (got < bytes) {
		size_t more = bytes - sent < sizeof block ? bytes - sent : sizeof block;
		ssize_t done = send(sender, block, more, MSG_DONTWAIT);

		sent += done > 0 ? (size_t)done : 0;
		MUST(poll(&(struct pollfd){.fd = receiver, .events = POLLIN}, 1, 5000) == 1);
		while ((done = recv(receiver, block, sizeof block, MSG_DONTWAIT)) > 0)
			got += (size_t)done;
		read_wire(wire);
	}
	close(sender);
	close(receiver);
	close(listener);
}

/* 5 %; and a processor that is slow takes its time for both ways. */
static void compare_times(const struct wire *up, const struct wire *down)
{
	int64_t wanted_ns = NS_OF(up->bytes - BUCKET);

	if (up->bytes < 200000 || down->bytes < 200000)
		labs_fail("%zu and %zu bytes were seen of 200 kB", up->bytes, down->bytes);
	if (up->busy_ns < wanted_ns / 100 * 95 || up->busy_ns > wanted_ns / 100 * 105 + down->busy_ns ||
	    down->busy_ns > wanted_ns / 2)
		labs_fail("%zu bytes take %lld us up at 4 Mbit/s, %lld by arithmetic; %lld down without a rate", up->bytes,
		          (long long)up->busy_ns / 1000, (long long)wanted_ns / 1000, (long long)down->busy_ns / 1000);
}

static void take_time(void)
{
	char datagram[1001] = "";
	struct wire up, down;
	struct lab lab;
	bool sending;
	struct error error;
	int udp;

	labs_build(&lab, &scene);
	MUST(!open_wire(&up, &lab, "wan"));
	transfer(&lab, &up, S, C, "198.51.100.10", 200000);
	MUST(!open_wire(&down, &lab, "dmz"));
	transfer(&lab, &down, C, S, "10.0.1.2", 200000);
	compare_times(&up, &down);
	rest(50); /* the connection's end */
	MUST(!lab_is_sending(&lab, &sending, &error) && !sending);
	udp = labs_socket(&lab, S, SOCK_DGRAM, 5000);
	memset(datagram, 'x', sizeof datagram - 1);
	for (int i = 0; i < 40; i++)
		labs_send(udp, labs_address("198.51.100.10"), 9, datagram); /* 80 ms of them */
	if (lab_is_sending(&lab, &sending, &error))
		labs_fail("%s", error_string(&error));
	MUST(sending);
}

static void rates_slow_down(void)
{
	build_scene();
	labs_rate(&scene, FW, "wan", BITS);
	labs_rate(&scene, FW, "dmz", 8000)->of_case = 3;
	ASSERT_STRING(labs_run(take_time), "");
}

/* ---- an address that comes later ---- */

static void take_address(void)
{
	struct step step = {.kind = STEP_ADDRESS, .line = 9, .host = 0, .interface = "eth0"};
	struct sockaddr_in own;
	struct error error;
	struct lab lab;
	int a, b, tap;

	step.address = labs_address("10.0.0.99");
	labs_build(&lab, &scene);
	tap = labs_tap(&lab, 1, "eth0");
	b = labs_socket(&lab, 1, SOCK_DGRAM, 7000);
	if (lab_add_address(&lab, &step, &error))
		labs_fail("%s", error_string(&error));
	own = labs_sockaddr(step.address, 5000);
	MUST(!lab_visit(&lab, 0) && (a = socket(AF_INET, SOCK_DGRAM, 0)) >= 0);
	MUST(!bind(a, (struct sockaddr *)&own, sizeof own) && !lab_leave(&lab));
	labs_send(b, step.address, 5000, "to the new one");
	MUST(!strcmp(labs_receive(a, NULL), "to the new one"));
	labs_send(a, labs_address("10.0.0.2"), 7000, "from it");
	MUST(!strcmp(labs_receive(b, &own), "from it") && ntohl(own.sin_addr.s_addr) == step.address);
	MUST(labs_count_frames(tap) == 2); /* and no question by ARP */
	MUST(lab_add_address(&lab, &step, &error) && strstr(error.text, "cannot give 10.0.0.99/32 to a.eth0"));
}

static void addresses_are_added(void)
{
	labs_pair(&scene);
	ASSERT_STRING(labs_run(take_address), "");
	labs_star(&scene);
	ASSERT_STRING(labs_run(take_address), "");
}

static const struct suite_test tests[] = {
	{"the first filter that fits decides; answers come in", filters_decide},
	{"a filter holds for its case only, on an end host too", filters_hold_for_their_case},
	{"two whose hosts drop what is unasked meet by simultaneous open", simultaneous_open},
	{"a forward leads in and its answers out, with and without a NAT", forwards_lead_in},
	{"two forwards in a chain lead in", forwards_in_a_chain},
	{"filters stand before a NAT's guard and see the port that was called", filters_stand_before_a_nat},
	{"what a router remembers it forgets after the lesson's seconds", memories_end},
	{"a router without NAT remembers as long as it is told", memories_need_no_nat},
	{"200 kB at 4 Mbit/s take what arithmetic says, one way", rates_slow_down},
	{"an address that comes later is known on its wire", addresses_are_added},
};

int main(void)
{
	int gate = labs_gate();

	return gate ? gate : suite_run("firewall", tests, sizeof tests / sizeof tests[0]);
}
