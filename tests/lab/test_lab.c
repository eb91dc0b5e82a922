/* test_lab.c - labs carry packets from their first moment, hide what a NAT hides,
 * and leave nothing behind. Each body runs in a child, in labs of its own. */
#include "../../harness/firewall.h"
#include "../unit/suite.h"
#include "labs.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct labs_lesson scene;

/* ---- links ---- */

static void exchange_once(void)
{
	struct lab lab;
	int a, b;

	labs_build(&lab, &scene);
	a = labs_socket(&lab, 0, SOCK_DGRAM, 5000);
	b = labs_socket(&lab, 1, SOCK_DGRAM, 7000);
	labs_send(a, labs_address("10.0.0.2"), 7000, "first");
	MUST(!strcmp(labs_receive(b, NULL), "first"));
}

static void first_datagram_arrives(void)
{
	labs_pair(&scene);
	for (int i = 0; i < 200; i++) {
		const char *why = labs_run(exchange_once);

		ASSERT_STRING(why, "");
		if (*why)
			break;
	}
}

static void listen_to_pair(void)
{
	struct lab lab;
	int a, b, tap;

	labs_build(&lab, &scene);
	tap = labs_tap(&lab, 1, "eth0");
	a = labs_socket(&lab, 0, SOCK_DGRAM, 5000);
	b = labs_socket(&lab, 1, SOCK_DGRAM, 7000);
	labs_send(a, labs_address("10.0.0.2"), 7000, "there");
	labs_receive(b, NULL);
	labs_send(b, labs_address("10.0.0.1"), 5000, "back");
	labs_receive(a, NULL);
	MUST(labs_count_frames(tap) == 2);
}

static void pair_is_quiet(void)
{
	labs_pair(&scene);
	ASSERT_STRING(labs_run(listen_to_pair), "");
}

/* Who is on the wire hears it once, and who said it does not hear it again. */
static void broadcast(const struct lab *lab, int from)
{
	int one = 1, taps[3];

	for (size_t i = 0; i < 3; i++)
		taps[i] = labs_tap(lab, i, "eth0");
	MUST(!setsockopt(from, SOL_SOCKET, SO_BROADCAST, &one, sizeof one));
	labs_send(from, labs_address("10.0.0.255"), 7000, "to all");
	for (size_t i = 0; i < 3; i++)
		MUST(labs_readable(taps[i]) && labs_count_frames(taps[i]) == 1);
}

static void exchange_in_star(void)
{
	struct lab lab;
	int ends[3], tap;

	labs_build(&lab, &scene);
	tap = labs_tap(&lab, 2, "eth0");
	for (size_t i = 0; i < 3; i++)
		ends[i] = labs_socket(&lab, i, SOCK_DGRAM, 7000);
	labs_send(ends[0], labs_address("10.0.0.2"), 7000, "a to b");
	MUST(!strcmp(labs_receive(ends[1], NULL), "a to b"));
	labs_send(ends[1], labs_address("10.0.0.1"), 7000, "b to a");
	MUST(!strcmp(labs_receive(ends[0], NULL), "b to a"));
	MUST(labs_count_frames(tap) == 0); /* c is a bystander */
	labs_send(ends[0], labs_address("10.0.0.3"), 7000, "a to c");
	MUST(!strcmp(labs_receive(ends[2], NULL), "a to c"));
	labs_send(ends[2], labs_address("10.0.0.2"), 7000, "c to b");
	MUST(!strcmp(labs_receive(ends[1], NULL), "c to b"));
	MUST(labs_count_frames(tap) == 2);
	broadcast(&lab, ends[0]);
}

static bool is_bridged(const struct lab *lab, size_t host)
{
	bool bridged;

	MUST(!lab_visit(lab, host));
	bridged = if_nametoindex("bridge") != 0;
	MUST(!lab_leave(lab));
	return bridged;
}

static void look_at_switch(void)
{
	struct lab lab;

	labs_build(&lab, &scene);
	MUST(!is_bridged(&lab, 3));
}

static void star_exchanges(void)
{
	labs_star(&scene);
	for (int i = 0; i < 20; i++)
		ASSERT_STRING(labs_run(exchange_in_star), "");
}

/* Any kernel may lack what the rules need, but not that of a test machine. */
static void star_is_of_rules(void)
{
	labs_star(&scene);
	if (getenv("WINDSOCK_MUST_RUN"))
		ASSERT_STRING(labs_run(look_at_switch), "");
}

/* From here on this process has system calls only as CODE allows them. */
static void forbid(struct sock_filter *code, size_t count)
{
	struct sock_fprog program = {.len = (unsigned short)count, .filter = code};

	MUST(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
}

/* What a kernel without nftables says. */
static void forbid_rules(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NETLINK_NETFILTER, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPROTONOSUPPORT),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	forbid(code, sizeof code / sizeof code[0]);
}

static void exchange_over_bridge(void)
{
	forbid_rules();
	exchange_in_star();
}

static void look_at_bridge(void)
{
	struct lab lab;

	forbid_rules();
	labs_build(&lab, &scene);
	MUST(is_bridged(&lab, 3));
}

static void star_without_rules(void)
{
	labs_star(&scene);
	ASSERT_STRING(labs_run(look_at_bridge), "");
	for (int i = 0; i < 5; i++)
		ASSERT_STRING(labs_run(exchange_over_bridge), "");
}

static void exchange_over_two(void)
{
	struct lab lab;
	int a, b;

	labs_build(&lab, &scene);
	a = labs_socket(&lab, 0, SOCK_DGRAM, 7000);
	b = labs_socket(&lab, 1, SOCK_DGRAM, 7000);
	labs_send(a, labs_address("10.0.0.2"), 7000, "over two");
	MUST(!strcmp(labs_receive(b, NULL), "over two"));
	MUST(is_bridged(&lab, 2) && is_bridged(&lab, 3)); /* who is behind the other one is to be learnt */
}

static void two_switches(void)
{
	labs_begin(&scene);
	labs_host(&scene, "a", HOST_END);
	labs_host(&scene, "b", HOST_END);
	labs_host(&scene, "upstairs", HOST_SWITCH);
	labs_host(&scene, "downstairs", HOST_SWITCH);
	labs_link(&scene, 0, "eth0", "10.0.0.1/24", 2, "", "");
	labs_link(&scene, 2, "", "", 3, "", "");
	labs_link(&scene, 3, "", "", 1, "eth0", "10.0.0.2/24");
	ASSERT_STRING(labs_run(exchange_over_two), "");
}

/* ---- NAT ---- */

static void talk_tcp(void)
{
	struct sockaddr_in cloud = labs_sockaddr(labs_address("198.51.100.1"), 8080), peer;
	socklen_t size = sizeof peer;
	struct lab lab;
	int listener, hub, accepted;

	labs_build(&lab, &scene);
	listener = labs_socket(&lab, LABS_CLOUD, SOCK_STREAM, 8080);
	MUST(!listen(listener, 1));
	hub = labs_socket(&lab, LABS_HUB, SOCK_STREAM, 5555);
	MUST(!connect(hub, (struct sockaddr *)&cloud, sizeof cloud));
	MUST((accepted = accept(listener, (struct sockaddr *)&peer, &size)) >= 0);
	MUST(ntohl(peer.sin_addr.s_addr) == labs_address("203.0.113.1"));
	MUST(send(hub, "up", 2, 0) == 2);
	MUST(!strcmp(labs_receive(accepted, NULL), "up"));
	MUST(send(accepted, "down", 4, 0) == 4);
	MUST(!strcmp(labs_receive(hub, NULL), "down"));
}

static void tcp_through_nat(void)
{
	labs_home(&scene, NAT_ENDPOINT_INDEPENDENT, NAT_ADDRESS_AND_PORT_DEPENDENT);
	ASSERT_STRING(labs_run(talk_tcp), "");
}

struct probe {
	struct lab lab;
	int hub, cloud1, cloud2, other1; /* hub:6666; cloud and other at 7001 and 7002 */
	int cloud3, other3, other4;      /* at 7003 and 7004, which have sent nothing inwards */
	uint32_t mapped;                         /* the facade */
	uint16_t port;                           /* the mapped port of hub:6666 -> cloud:7001 */
	uint16_t later[3];                       /* those to cloud:7003, other:7003 and other:7004 */
};

/* The port from which TO hears the hub. */
static uint16_t mapping_to(const struct probe *probe, int to, const char *address, uint16_t port)
{
	struct sockaddr_in from;

	labs_send(probe->hub, labs_address(address), port, "out");
	MUST(!strcmp(labs_receive(to, &from), "out"));
	MUST(ntohl(from.sin_addr.s_addr) == probe->mapped);
	return ntohs(from.sin_port);
}

/* Whether what FROM sends to the mapping comes in: it is there before what cloud1 sends behind
 * it, which always comes. */
static bool passes(const struct probe *probe, int from)
{
	bool passed = false;

	labs_send(from, probe->mapped, probe->port, "probe");
	labs_send(probe->cloud1, probe->mapped, probe->port, "mark");
	while (!strcmp(labs_receive(probe->hub, NULL), "probe"))
		passed = true;
	return passed;
}

static enum nat_dependence measure_filtering(const struct probe *probe)
{
	bool port = passes(probe, probe->cloud2), address = passes(probe, probe->other1);

	MUST(port || !address);
	return address ? NAT_ENDPOINT_INDEPENDENT : port ? NAT_ADDRESS_DEPENDENT : NAT_ADDRESS_AND_PORT_DEPENDENT;
}

/* To ports that have sent nothing: what answers an inbound flow leaves by that flow's mapping. After
 * the filtering, because this opens holes. */
static enum nat_dependence measure_mapping(struct probe *probe)
{
	uint16_t cloud3 = mapping_to(probe, probe->cloud3, "198.51.100.1", 7003);
	uint16_t other3 = mapping_to(probe, probe->other3, "198.51.100.130", 7003);
	uint16_t other4 = mapping_to(probe, probe->other4, "198.51.100.130", 7004);

	probe->later[0] = cloud3;
	probe->later[1] = other3;
	probe->later[2] = other4;
	if (probe->port == cloud3 && cloud3 == other3 && other3 == other4)
		return NAT_ENDPOINT_INDEPENDENT;
	if (probe->port == cloud3 && other3 == other4)
		return NAT_ADDRESS_DEPENDENT;
	return NAT_ADDRESS_AND_PORT_DEPENDENT;
}

static void open_probe(struct probe *probe)
{
	labs_build(&probe->lab, &scene);
	probe->mapped = labs_address("203.0.113.1");
	probe->hub = labs_socket(&probe->lab, LABS_HUB, SOCK_DGRAM, 6666);
	probe->cloud1 = labs_socket(&probe->lab, LABS_CLOUD, SOCK_DGRAM, 7001);
	probe->cloud2 = labs_socket(&probe->lab, LABS_CLOUD, SOCK_DGRAM, 7002);
	probe->other1 = labs_socket(&probe->lab, LABS_OTHER, SOCK_DGRAM, 7001);
	probe->cloud3 = labs_socket(&probe->lab, LABS_CLOUD, SOCK_DGRAM, 7003);
	probe->other3 = labs_socket(&probe->lab, LABS_OTHER, SOCK_DGRAM, 7003);
	probe->other4 = labs_socket(&probe->lab, LABS_OTHER, SOCK_DGRAM, 7004);
}

/* Which of the row's ports, from 0 on, each flow of measure_mapping() takes, in its order. */
static const int rows[3][3] = {{0, 0, 0}, {0, 1, 1}, {1, 2, 3}};

static void expect_row(const struct probe *probe, enum nat_dependence mapping, uint16_t first)
{
	MUST(probe->port == first);
	for (int i = 0; i < 3; i++)
		if (probe->later[i] != first + rows[mapping][i])
			labs_fail("mapping %d: later flow %d has port %u", mapping, i, probe->later[i]);
}

static void measure_nat(void)
{
	const struct nat *nat = &scene.nats[0];
	enum nat_dependence mapping, filtering;
	struct probe probe;

	open_probe(&probe);
	labs_send(probe.cloud1, probe.mapped, 6666, "early"); /* before anybody inside has spoken */
	labs_send(probe.cloud1, probe.mapped, 40001, "early");
	probe.port = mapping_to(&probe, probe.cloud1, "198.51.100.1", 7001);
	labs_send(probe.cloud1, probe.mapped, probe.port, "answer");
	MUST(!strcmp(labs_receive(probe.hub, NULL), "answer"));
	filtering = measure_filtering(&probe);
	mapping = measure_mapping(&probe);
	if (mapping != nat->mapping || filtering != nat->filtering)
		labs_fail("mapping %d is measured as %d, filtering %d as %d", nat->mapping, mapping,
		          nat->filtering, filtering);
	if (nat->ports.number)
		expect_row(&probe, mapping, nat->ports.number);
}

static void try_kinds(uint16_t ports)
{
	for (int mapping = NAT_ENDPOINT_INDEPENDENT; mapping <= NAT_ADDRESS_AND_PORT_DEPENDENT; mapping++)
		for (int filtering = NAT_ENDPOINT_INDEPENDENT; filtering <= NAT_ADDRESS_AND_PORT_DEPENDENT;
		     filtering++) {
			labs_home_and_other(&scene, (enum nat_dependence)mapping, (enum nat_dependence)filtering);
			scene.nats[0].ports.number = ports;
			ASSERT_STRING(labs_run(measure_nat), "");
		}
}

static void nat_kinds(void)
{
	try_kinds(0);
}

static void nat_kinds_with_ports(void)
{
	try_kinds(40001);
}

/* The port that the server sees of a connection from the hub's PORT. */
static uint16_t call_tcp(const struct lab *lab, int listener, uint16_t port, const char *address)
{
	struct sockaddr_in to = labs_sockaddr(labs_address(address), 8080), peer;
	socklen_t size = sizeof peer;
	int hub, accepted, one = 1;

	MUST(!lab_visit(lab, LABS_HUB));
	MUST((hub = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) >= 0);
	MUST(!setsockopt(hub, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one));
	MUST(!bind(hub, (struct sockaddr *)&(struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port)},
	           sizeof to));
	MUST(!lab_leave(lab) && !connect(hub, (struct sockaddr *)&to, sizeof to));
	MUST((accepted = accept(listener, (struct sockaddr *)&peer, &size)) >= 0);
	MUST(send(accepted, "down", 4, 0) == 4 && !strcmp(labs_receive(hub, NULL), "down"));
	return ntohs(peer.sin_port);
}

static void map_tcp(void)
{
	enum nat_dependence mapping = scene.nats[0].mapping;
	uint16_t first, second, third;
	struct lab lab;
	int cloud, other;

	labs_build(&lab, &scene);
	cloud = labs_socket(&lab, LABS_CLOUD, SOCK_STREAM, 8080);
	other = labs_socket(&lab, LABS_OTHER, SOCK_STREAM, 8080);
	MUST(!listen(cloud, 4) && !listen(other, 4));
	first = call_tcp(&lab, cloud, 5555, "198.51.100.1");
	second = call_tcp(&lab, other, 5555, "198.51.100.130");
	third = call_tcp(&lab, cloud, 5556, "198.51.100.1");
	MUST(first == 40001);
	MUST(second == (mapping == NAT_ENDPOINT_INDEPENDENT ? 40001 : 40002));
	MUST(third == (mapping == NAT_ENDPOINT_INDEPENDENT ? 40002 : 40003));
}

static void tcp_takes_ports(void)
{
	for (int mapping = NAT_ENDPOINT_INDEPENDENT; mapping <= NAT_ADDRESS_AND_PORT_DEPENDENT; mapping++) {
		labs_home_and_other(&scene, (enum nat_dependence)mapping, NAT_ADDRESS_AND_PORT_DEPENDENT);
		scene.nats[0].ports.number = 40001;
		ASSERT_STRING(labs_run(map_tcp), "");
	}
}

/* Two inside with one port: each keeps a mapping of its own, and each gets its own answer. */
static void share_a_port(void)
{
	struct sockaddr_in first, second;
	struct lab lab;
	int one, two, cloud;

	labs_build(&lab, &scene);
	one = labs_socket(&lab, LABS_HUB, SOCK_DGRAM, 6666);
	two = labs_socket(&lab, LABS_OTHER, SOCK_DGRAM, 6666);
	cloud = labs_socket(&lab, LABS_CLOUD, SOCK_DGRAM, 7001);
	labs_send(one, labs_address("198.51.100.1"), 7001, "one");
	MUST(!strcmp(labs_receive(cloud, &first), "one"));
	labs_send(two, labs_address("198.51.100.1"), 7001, "two");
	MUST(!strcmp(labs_receive(cloud, &second), "two"));
	MUST(first.sin_port != second.sin_port);
	labs_send(cloud, ntohl(first.sin_addr.s_addr), ntohs(first.sin_port), "to one");
	labs_send(cloud, ntohl(second.sin_addr.s_addr), ntohs(second.sin_port), "to two");
	MUST(!strcmp(labs_receive(one, NULL), "to one"));
	MUST(!strcmp(labs_receive(two, NULL), "to two"));
}

static void nat_shared_port(void)
{
	for (int filtering = NAT_ENDPOINT_INDEPENDENT; filtering <= NAT_ADDRESS_AND_PORT_DEPENDENT; filtering++) {
		labs_home(&scene, NAT_ENDPOINT_INDEPENDENT, (enum nat_dependence)filtering);
		labs_host(&scene, "lamp", HOST_END);
		labs_link(&scene, LABS_OTHER, "eth0", "192.168.2.10/24", LABS_HOME, "lan2", "192.168.2.1/24");
		labs_route(&scene, LABS_OTHER, "192.168.2.1");
		ASSERT_STRING(labs_run(share_a_port), "");
	}
}

static void knock(void)
{
	struct sockaddr_in facade = labs_sockaddr(labs_address("203.0.113.1"), 80);
	struct lab lab;
	int knocking, udp, hub, tap;

	labs_build(&lab, &scene);
	tap = labs_tap(&lab, LABS_HUB, "eth0");
	knocking = labs_socket(&lab, LABS_CLOUD, SOCK_STREAM | SOCK_NONBLOCK, 4000);
	udp = labs_socket(&lab, LABS_CLOUD, SOCK_DGRAM, 7001);
	hub = labs_socket(&lab, LABS_HUB, SOCK_DGRAM, 6666);
	MUST(connect(knocking, (struct sockaddr *)&facade, sizeof facade) == -1 && errno == EINPROGRESS);
	labs_send(udp, labs_address("203.0.113.1"), 6666, "unsolicited");
	MUST(labs_count_frames(tap) == 0);
	/* What is sent later comes later: behind this exchange an answer to the knock would be here. */
	labs_send(hub, labs_address("198.51.100.1"), 7001, "out");
	MUST(!strcmp(labs_receive(udp, NULL), "out"));
	MUST(labs_count_frames(tap) == 1);
	MUST(poll(&(struct pollfd){.fd = knocking, .events = POLLOUT}, 1, 0) == 0);
}

static void unsolicited_is_dropped(void)
{
	for (int filtering = NAT_ENDPOINT_INDEPENDENT; filtering <= NAT_ADDRESS_AND_PORT_DEPENDENT; filtering++) {
		labs_home(&scene, NAT_ENDPOINT_INDEPENDENT, (enum nat_dependence)filtering);
		ASSERT_STRING(labs_run(knock), "");
	}
}

static void ruleset_is_text(void)
{
	struct text rules = {0};
	struct lab lab = {.lesson = &scene.lesson};

	labs_home(&scene, NAT_ADDRESS_DEPENDENT, NAT_ADDRESS_DEPENDENT);
	firewall_ruleset(&lab, LABS_HOME, &rules);
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&rules), "table ip nat0 {\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&rules), "hook input priority 0; policy accept;\n"
	                              "\t\tiifname \"wan\" ct state established,related accept\n"
	                              "\t\tiifname \"wan\" drop\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&rules), "ct state invalid drop\n"));
	text_free(&rules);
}

/* ---- settings ---- */

static void expect_setting(const struct lab *lab, size_t host, const char *path, const char *value)
{
	char full[128], text[64];
	FILE *file;

	snprintf(full, sizeof full, "/proc/sys/net/%s", path);
	MUST(!lab_visit(lab, host));
	file = fopen(full, "re");
	MUST(!lab_leave(lab));
	if (!file && errno == ENOENT)
		return; /* this kernel does not have it */
	MUST(file && fgets(text, sizeof text, file));
	text[strcspn(text, "\n")] = '\0';
	if (strcmp(text, value))
		labs_fail("%s of host %zu is %s, not %s", path, host, text, value);
	MUST(!fclose(file));
}

/* No address, not even the loopback's. */
static void expect_no_ipv6(const struct lab *lab, size_t host)
{
	char line[128];
	FILE *file;

	MUST(!lab_visit(lab, host));
	file = fopen("/proc/thread-self/net/if_inet6", "re");
	MUST(!lab_leave(lab));
	if (!file && errno == ENOENT)
		return; /* this kernel does not have it */
	MUST(file);
	if (fgets(line, sizeof line, file))
		labs_fail("host %zu has an IPv6 address: %s", host, line);
	MUST(!fclose(file));
}

static void read_settings(void)
{
	struct lab lab;
	int listener;

	labs_build(&lab, &scene);
	expect_no_ipv6(&lab, LABS_HUB);
	expect_no_ipv6(&lab, LABS_HOME);
	expect_setting(&lab, LABS_HUB, "ipv6/conf/eth0/disable_ipv6", "1");
	expect_setting(&lab, LABS_HUB, "ipv4/conf/eth0/forwarding", "0");
	expect_setting(&lab, LABS_HOME, "ipv4/ip_forward", "1");
	expect_setting(&lab, LABS_HOME, "ipv4/conf/wan/rp_filter", "0");
	expect_setting(&lab, LABS_HOME, "ipv4/conf/wan/send_redirects", "0");
	expect_setting(&lab, LABS_HUB, "ipv4/tcp_congestion_control", "reno");
	expect_setting(&lab, LABS_HUB, "ipv4/tcp_syn_linear_timeouts", "0");
	expect_setting(&lab, LABS_HUB, "ipv4/tcp_wmem", "4096\t16384\t4194304");
	listener = labs_socket(&lab, LABS_CLOUD, SOCK_STREAM, 80); /* no privilege is needed */
	MUST(!listen(listener, 1));
}

static void settings_are_written(void)
{
	labs_home(&scene, NAT_ENDPOINT_INDEPENDENT, NAT_ADDRESS_AND_PORT_DEPENDENT);
	ASSERT_STRING(labs_run(read_settings), "");
}

static bool is_offloaded(const struct lab *lab, size_t host, const char *interface, uint32_t question)
{
	struct ethtool_value value = {.cmd = question};
	struct ifreq request = {.ifr_data = (char *)&value};
	int descriptor = labs_socket(lab, host, SOCK_DGRAM, 0);

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", interface);
	MUST(!ioctl(descriptor, SIOCETHTOOL, &request));
	MUST(!close(descriptor));
	return value.data;
}

static void look_at_segments(void)
{
	static char bulk[40000];
	struct sockaddr_in to = labs_sockaddr(labs_address("10.0.0.2"), 7000);
	unsigned char frame[65536];
	struct lab lab;
	ssize_t length;
	int a, b, tap;

	labs_build(&lab, &scene);
	for (size_t host = 0; host < 2; host++) {
		MUST(!is_offloaded(&lab, host, "eth0", ETHTOOL_GTXCSUM));
		MUST(!is_offloaded(&lab, host, "eth0", ETHTOOL_GTSO));
		MUST(!is_offloaded(&lab, host, "eth0", ETHTOOL_GGSO));
		MUST(!is_offloaded(&lab, host, "eth0", ETHTOOL_GGRO));
	}
	tap = labs_tap(&lab, 0, "eth0");
	b = labs_socket(&lab, 1, SOCK_STREAM, 7000);
	MUST(!listen(b, 1));
	a = labs_socket(&lab, 0, SOCK_STREAM | SOCK_NONBLOCK, 5000);
	(void)connect(a, (struct sockaddr *)&to, sizeof to); /* in progress; accept() says how it ended */
	MUST(labs_readable(b));
	MUST(send(a, bulk, sizeof bulk, 0) > 8000);
	while ((length = recv(tap, frame, sizeof frame, MSG_DONTWAIT)) > 0)
		MUST(length <= 1514);
}

static void wire_has_wire_sizes(void)
{
	labs_pair(&scene);
	ASSERT_STRING(labs_run(look_at_segments), "");
}

/* ---- what is left ---- */

static int count_descriptors(bool check)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = 0;

	MUST(directory);
	for (struct dirent *entry; (entry = readdir(directory));) {
		int descriptor = atoi(entry->d_name);

		if (entry->d_name[0] == '.' || descriptor <= 2 || descriptor == dirfd(directory))
			continue;
		count++;
		if (check && !(fcntl(descriptor, F_GETFD) & FD_CLOEXEC))
			labs_fail("descriptor %d would survive an exec", descriptor);
	}
	closedir(directory);
	return count;
}

static void watch_descriptors(void)
{
	struct lab lab;
	struct error error;
	int before;

	MUST(!lab_enter(&error));
	for (int descriptor = 3; descriptor < 1024; descriptor++)
		(void)fcntl(descriptor, F_SETFD, FD_CLOEXEC); /* those of this test itself */
	before = count_descriptors(true);
	MUST(labs_order(&lab, &scene, &error) == LAB_BUILT);
	MUST(count_descriptors(true) == before + 2 * 4 + 1);
	lab_close(&lab);
	MUST(count_descriptors(true) == before);
	scene.lesson.links[0].end[0].prefix = 77;
	MUST(labs_order(&lab, &scene, &error) == LAB_FAILED);
	MUST(count_descriptors(true) == before); /* a refused lab is closed */
}

static void descriptors_are_closed(void)
{
	labs_home(&scene, NAT_ENDPOINT_INDEPENDENT, NAT_ADDRESS_AND_PORT_DEPENDENT);
	ASSERT_STRING(labs_run(watch_descriptors), "");
}

static void look_home(void)
{
	struct if_nameindex *names;
	struct lab lab;
	struct stat home, host;

	labs_build(&lab, &scene);
	MUST((names = if_nameindex()));
	MUST(!strcmp(names[0].if_name, "lo") && !names[1].if_name);
	if_freenameindex(names);
	MUST(!stat("/proc/self/ns/net", &home));
	MUST(!lab_visit(&lab, 1) && !stat("/proc/self/ns/net", &host) && host.st_ino != home.st_ino);
	MUST(!lab_leave(&lab) && !stat("/proc/self/ns/net", &host) && host.st_ino == home.st_ino);
	MUST(getuid() == 1000 && getgid() == 1000);
}

static void home_is_empty(void)
{
	labs_star(&scene);
	ASSERT_STRING(labs_run(look_home), "");
}

/* The names of all interfaces here and of all named namespaces. */
static void list_traces(char *out, size_t size)
{
	struct if_nameindex *names = if_nameindex();
	DIR *directory = opendir("/run/netns");
	size_t length = 0;

	for (size_t i = 0; names && names[i].if_name; i++)
		length += (size_t)snprintf(out + length, size - length, "%s ", names[i].if_name);
	if_freenameindex(names);
	for (struct dirent *entry; directory && (entry = readdir(directory));)
		length += (size_t)snprintf(out + length, size - length, "%s ", entry->d_name);
	if (directory)
		closedir(directory);
}

static void nothing_is_left(void)
{
	char before[4096] = "", after[4096] = "";

	labs_home(&scene, NAT_ADDRESS_DEPENDENT, NAT_ADDRESS_DEPENDENT);
	list_traces(before, sizeof before);
	ASSERT_STRING(labs_run(talk_tcp), "");
	list_traces(after, sizeof after);
	ASSERT_STRING(after, before);
	CU_ASSERT(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

/* ---- refusals ---- */

static void build_badly(void)
{
	struct lab lab;
	struct error error;

	if (lab_enter(&error))
		labs_fail("%s", error_string(&error));
	if (labs_order(&lab, &scene, &error) == LAB_BUILT)
		labs_fail("built");
	labs_fail("%s", error_string(&error));
}

static void expect_refusal(const char *words, const char *more)
{
	const char *said = labs_run(build_badly);

	if (!strstr(said, words) || !strstr(said, more))
		suite_string(said, words, __FILE__, __LINE__);
	else
		CU_PASS("refused in the right words");
}

static void refuses_interfaces(void)
{
	labs_pair(&scene);
	strcpy(scene.links[0].end[1].interface, "eth/0");
	expect_refusal("test.lesson:100: ", "\"eth/0\" of b ");
	labs_pair(&scene);
	strcpy(scene.links[0].end[1].interface, "");
	expect_refusal("test.lesson:100: ", "\"\" of b ");
	labs_home(&scene, NAT_ENDPOINT_INDEPENDENT, NAT_ENDPOINT_INDEPENDENT);
	strcpy(scene.links[1].end[0].interface, "lan"); /* twice on home */
	expect_refusal("test.lesson:101: ", "home.lan -- isp.home");
}

static void refuses_addresses(void)
{
	labs_pair(&scene);
	scene.links[0].end[0].prefix = 33;
	expect_refusal("test.lesson:100: ", "10.0.0.1/33 of a.eth0");
	labs_pair(&scene);
	scene.links[0].end[1].address = labs_address("224.0.0.1");
	expect_refusal("test.lesson:100: ", "224.0.0.1 of b.eth0");
}

static void refuses_routes(void)
{
	labs_home(&scene, NAT_ENDPOINT_INDEPENDENT, NAT_ENDPOINT_INDEPENDENT);
	scene.routes[0].via = labs_address("10.9.9.9");
	expect_refusal("test.lesson:200: ", "route hub to 0.0.0.0/0 via 10.9.9.9");
}

static void refuses_rings(void)
{
	labs_star(&scene);
	labs_host(&scene, "other", HOST_SWITCH);
	labs_link(&scene, 3, "", "", 4, "", "");
	labs_link(&scene, 4, "", "", 3, "", "");
	expect_refusal("test.lesson:104: ", "other -- lan closes a ring");
}

/* ---- walls ---- */

static void forbid_unshare(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_unshare, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	forbid(code, sizeof code / sizeof code[0]);
	build_badly();
}

static void forbid_namespaces(void)
{
	struct error error;
	int file;

	MUST(!lab_enter(&error)); /* to be master of a user namespace, and of its limits */
	MUST((file = open("/proc/sys/user/max_user_namespaces", O_WRONLY | O_CLOEXEC)) >= 0);
	MUST(write(file, "0", 1) == 1);
	build_badly();
}

/* What AppArmor does: the namespace is there and the capabilities in it are not. */
static void forbid_netlink(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_sendto, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};

	forbid(code, sizeof code / sizeof code[0]);
	build_badly();
}

static void walls_are_named(void)
{
	const char *said = labs_run(forbid_unshare);

	CU_ASSERT_PTR_NOT_NULL(strstr(said, "cannot make a user namespace: Operation not permitted"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "seccomp=unconfined"));
	said = labs_run(forbid_namespaces);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "No space left on device"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "user.max_user_namespaces is 0"));
	said = labs_run(forbid_netlink);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "cannot change a link in the new namespace"));
}

static const struct suite_test tests[] = {
	{"the first datagram arrives, 200 labs of 200", first_datagram_arrives},
	{"a direct link carries what is sent and no noise", pair_is_quiet},
	{"three hosts on a switch exchange, and bystanders see nothing", star_exchanges},
	{"a switch is made of rules, which nobody waits for at its end", star_is_of_rules},
	{"without nftables a switch is a bridge, and the exchange is the same", star_without_rules},
	{"two switches in a row are one wire", two_switches},
	{"TCP passes a NAT and comes from the router's address", tcp_through_nat},
	{"each NAT kind measures as its name", nat_kinds},
	{"each kind with a row of ports takes them in order", nat_kinds_with_ports},
	{"TCP takes the row's ports too", tcp_takes_ports},
	{"two inside with the same port get their own answers", nat_shared_port},
	{"an unsolicited SYN to the NAT is dropped in silence", unsolicited_is_dropped},
	{"the ruleset of a NAT guards its outside", ruleset_is_text},
	{"the settings are those of the lab, not of the machine", settings_are_written},
	{"segments on the wire have a wire's sizes", wire_has_wire_sizes},
	{"descriptors are close-on-exec, and closed at the end", descriptors_are_closed},
	{"the thread is left in an empty namespace as uid 1000", home_is_empty},
	{"nothing is left behind", nothing_is_left},
	{"a bad interface is named", refuses_interfaces},
	{"a bad address is named", refuses_addresses},
	{"a bad route is named", refuses_routes},
	{"a ring of switches is refused", refuses_rings},
	{"each wall of lab_enter() is named with its remedy", walls_are_named},
};

int main(void)
{
	int gate = labs_gate();

	return gate ? gate : suite_run("lab", tests, sizeof tests / sizeof tests[0]);
}
