/* bare.c - the floor of the benchmark: the kernel's part of a two-host case, and nothing else.
 *
 * No lesson is parsed, nothing is sandboxed, diagnosed or reported. What windsock
 * takes longer than this is windsock's own; what this takes is the kernel's and
 * tcpdump's. It shares no code with the harness, so that it cannot inherit a slowness.
 *
 * Theory of operation
 *
 *   bare ----fork----> runner ---vfork---> tcpdump   in b, CAP_NET_RAW as its only capability
 *    |  wall time       |    ---vfork---> server    in a
 *    |  of the runner   |    ---vfork---> client    in b
 *    '---- waitpid -----'    ---clone---> holder    (--capture raw)
 *
 * The runner makes a user namespace in which it is uid 1000 (as uid 0 tcpdump
 * would try to become another user, which such a namespace refuses) and the two
 * network namespaces a and b. One batch of netlink messages in a creates the veth
 * pair in place, each end in its own namespace: moving a link costs 30 ms of
 * waiting for RCU. Interface numbers and MAC addresses are given and not asked
 * for, so nothing has to be read before the next message can be written; neighbours are
 * static, offloads and IPv6's own packets off.
 *
 * The barrier: an acknowledged "up" still leaves the qdisc of a veth at noop
 * until the kernel's link watch has run, and packets sent before are lost.
 * RTM_GETLINK waits for it (since about Linux 6.8); on older kernels the question
 * is repeated until operstate is UP.
 *
 * The capture is on b, the client's side: what the client sends is captured
 * within its own send(), and the answer before its recv() returns. So when
 * the client has been reaped everything has been captured, and it remains to
 * drain it: from tcpdump's pipe until a sentinel datagram (to port 9) shows,
 * or from the packet socket until it is empty. Order: capture ready, server
 * started, server's port seen by sock_diag, client started, client reaped,
 * capture drained and checked.
 *
 * Nothing is taken down on the path. tcpdump is killed and not waited for; the
 * kernel dismantles the namespaces behind the runner's exit. Closing a packet
 * socket waits 10 to 15 ms for RCU even in exit, so with --capture raw a holder
 * process shares the descriptor table and dies after the runner.
 *
 * Whoever is left dies with the runner (PR_SET_PDEATHSIG), and the runner by
 * alarm() should anything hang. Exit status: 0; 1 the three messages were not
 * seen as sent; 2 the case could not be run. */
#include <arpa/inet.h>
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libmnl/libmnl.h>
#include <linux/capability.h>
#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_packet.h>
#include <linux/inet_diag.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <linux/veth.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LOOPBACK 1
#define ETH0 2 /* the number of eth0 in both hosts */
#define SERVER_PORT 7777
#define CLIENT_PORT 6666
#define SENTINEL_PORT 9 /* discard, RFC 863 */
#define LIMIT_S 20      /* of one case; it takes some 20 ms */
#define POLL_NS 50000
#define ANSWER_SIZE 8192 /* netlink(7): what the kernel writes at most at once */

enum side { A, B };
enum capture { CAPTURE_TCPDUMP, CAPTURE_RAW, CAPTURE_NONE };

/* What is open of a host; everything here is close-on-exec and closed by exit. */
struct host {
	const char *address;
	uint8_t mac[ETH_ALEN];
	int namespace;
	int control; /* a UDP socket: ethtool, and the sentinel */
	struct mnl_socket *rtnl;
};

struct batch {
	char bytes[2048];
	size_t used;
	unsigned int count;
};

struct options {
	enum capture capture;
	long count;
	const char *server, *client;
};

/* The exchange, in order, as it must be captured. */
static const struct message {
	uint16_t source, target;
	const char *text;
} MESSAGES[] = {
	{CLIENT_PORT, SERVER_PORT, "from B"},
	{SERVER_PORT, CLIENT_PORT, "thanks"},
	{CLIENT_PORT, SERVER_PORT, "got something"},
};
#define MESSAGE_COUNT (sizeof MESSAGES / sizeof MESSAGES[0])

/* What the capture has shown so far. */
struct seen {
	size_t messages; /* of MESSAGES, in order */
	size_t strange;  /* UDP datagrams that are none of them */
	bool sentinel;
};

static const char *const CAPTURES[] = {"tcpdump", "raw", "none"};
static_assert(sizeof CAPTURES / sizeof CAPTURES[0] == CAPTURE_NONE + 1, "a name for every capture");

static struct host hosts[] = {
	[A] = {.address = "10.0.0.1", .mac = {2, 0, 0, 0, 0, 1}},
	[B] = {.address = "10.0.0.2", .mac = {2, 0, 0, 0, 0, 2}},
};

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *format, ...)
{
	int error = errno;
	va_list arguments;

	fputs("bare: ", stderr);
	va_start(arguments, format);
	(void)vfprintf(stderr, format, arguments); /* nowhere else to say it */
	va_end(arguments);
	fprintf(stderr, error ? ": %s\n" : "\n", strerror(error));
	_exit(2);
}

static void check(long result, const char *what)
{
	if (result < 0)
		die("%s", what);
}

static void pause_briefly(void)
{
	struct timespec pause = {.tv_nsec = POLL_NS};

	(void)nanosleep(&pause, NULL); /* cut short is as good: the caller looks again */
}

/* ---- namespaces ---- */

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		die("cannot write \"%s\" to %s", text, path);
	(void)close(fd); /* proc files have nothing left to write */
}

static void enter_user_namespace(void)
{
	char map[32];
	uid_t uid = getuid();
	gid_t gid = getgid();

	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		die("no user namespace (look at `sysctl user.max_user_namespaces "
		    "kernel.unprivileged_userns_clone kernel.apparmor_restrict_unprivileged_userns`)");
	write_file("/proc/self/setgroups", "deny");
	(void)snprintf(map, sizeof map, "1000 %u 1", uid);
	write_file("/proc/self/uid_map", map);
	(void)snprintf(map, sizeof map, "1000 %u 1", gid);
	write_file("/proc/self/gid_map", map);
}

/* The namespace that we are in becomes HOST's. */
static void adopt_namespace(struct host *host)
{
	host->namespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	check(host->namespace, "/proc/self/ns/net");
	host->control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	check(host->control, "socket");
	host->rtnl = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!host->rtnl || mnl_socket_bind(host->rtnl, 0, MNL_SOCKET_AUTOPID) < 0)
		die("rtnetlink");
}

static void visit(enum side side)
{
	check(setns(hosts[side].namespace, CLONE_NEWNET), "setns");
}

/* ---- the link ---- */

static struct nlmsghdr *batch_message(struct batch *batch, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(batch->bytes + batch->used);

	message->nlmsg_type = type;
	message->nlmsg_flags = NLM_F_REQUEST | flags;
	message->nlmsg_seq = ++batch->count;
	return message;
}

static void batch_close(struct batch *batch, const struct nlmsghdr *message)
{
	batch->used += message->nlmsg_len; /* libmnl keeps it a multiple of four */
}

static struct ifinfomsg *put_ifinfo(struct nlmsghdr *message, int index)
{
	struct ifinfomsg *info = mnl_nlmsg_put_extra_header(message, sizeof *info);

	info->ifi_index = index;
	return info;
}

static void put_eth0(struct nlmsghdr *message, const struct host *host)
{
	mnl_attr_put_strz(message, IFLA_IFNAME, "eth0");
	mnl_attr_put(message, IFLA_ADDRESS, ETH_ALEN, host->mac);
}

/* eth0 in a and its other end, eth0 in b, made where they stay. */
static void add_veth(struct batch *batch)
{
	struct nlmsghdr *message = batch_message(batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK);
	struct nlattr *info, *data, *peer;

	(void)put_ifinfo(message, ETH0);
	put_eth0(message, &hosts[A]);
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(message, VETH_INFO_PEER);
	(void)put_ifinfo(message, ETH0);
	put_eth0(message, &hosts[B]);
	mnl_attr_put_u32(message, IFLA_NET_NS_FD, (uint32_t)hosts[B].namespace);
	mnl_attr_nest_end(message, peer);
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, info);
	batch_close(batch, message);
}

/* No link-local address, so no ICMPv6 of the kernel's own in the capture. It
 * must be said before the link goes up, and cannot be said in the same message. */
static void silence_ipv6(struct batch *batch)
{
	struct nlmsghdr *message = batch_message(batch, RTM_NEWLINK, NLM_F_ACK);
	struct nlattr *spec, *inet6;

	(void)put_ifinfo(message, ETH0);
	spec = mnl_attr_nest_start(message, IFLA_AF_SPEC);
	inet6 = mnl_attr_nest_start(message, AF_INET6);
	mnl_attr_put_u8(message, IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
	mnl_attr_nest_end(message, inet6);
	mnl_attr_nest_end(message, spec);
	batch_close(batch, message);
}

static void add_address(struct batch *batch, const struct host *host)
{
	struct nlmsghdr *message = batch_message(batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_ACK);
	struct ifaddrmsg *info = mnl_nlmsg_put_extra_header(message, sizeof *info);

	info->ifa_family = AF_INET;
	info->ifa_prefixlen = 24;
	info->ifa_index = ETH0;
	mnl_attr_put_u32(message, IFA_LOCAL, inet_addr(host->address));
	mnl_attr_put_u32(message, IFA_ADDRESS, inet_addr(host->address));
	batch_close(batch, message);
}

static void add_neighbour(struct batch *batch, const struct host *other)
{
	struct nlmsghdr *message = batch_message(batch, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_ACK);
	struct ndmsg *info = mnl_nlmsg_put_extra_header(message, sizeof *info);

	info->ndm_family = AF_INET;
	info->ndm_ifindex = ETH0;
	info->ndm_state = NUD_PERMANENT;
	mnl_attr_put_u32(message, NDA_DST, inet_addr(other->address));
	mnl_attr_put(message, NDA_LLADDR, ETH_ALEN, other->mac);
	batch_close(batch, message);
}

static void set_up(struct batch *batch, int index)
{
	struct nlmsghdr *message = batch_message(batch, RTM_NEWLINK, NLM_F_ACK);
	struct ifinfomsg *info = put_ifinfo(message, index);

	info->ifi_flags = info->ifi_change = IFF_UP;
	batch_close(batch, message);
}

static void describe_host(struct batch *batch, enum side side)
{
	silence_ipv6(batch);
	add_address(batch, &hosts[side]);
	set_up(batch, LOOPBACK);
	set_up(batch, ETH0);
	add_neighbour(batch, &hosts[!side]);
}

static void take_answer(const struct nlmsghdr *message, const struct host *host)
{
	const struct nlmsgerr *answer = mnl_nlmsg_get_payload(message);

	if (message->nlmsg_type == NLMSG_ERROR && answer->error) {
		errno = -answer->error;
		die("host %s: netlink message %u of the batch was refused", host->address,
		    message->nlmsg_seq);
	}
}

/* Every message asked for an acknowledgement: one answer each. */
static void send_batch(const struct host *host, const struct batch *batch)
{
	char answers[ANSWER_SIZE];
	const struct nlmsghdr *message;
	unsigned int answered = 0;

	check(mnl_socket_sendto(host->rtnl, batch->bytes, batch->used), "netlink batch");
	while (answered < batch->count) {
		ssize_t got = mnl_socket_recvfrom(host->rtnl, answers, sizeof answers);
		int left = (int)got;

		check(got, "netlink answer");
		message = (void *)answers;
		while (mnl_nlmsg_ok(message, left)) {
			take_answer(message, host);
			message = mnl_nlmsg_next(message, &left);
			answered++;
		}
	}
}

static int find_operstate(const struct nlattr *attribute, void *state)
{
	if (mnl_attr_get_type(attribute) == IFLA_OPERSTATE)
		*(uint8_t *)state = mnl_attr_get_u8(attribute);
	return MNL_CB_OK;
}

/* The barrier: see the theory of operation. */
static void await_up(const struct host *host)
{
	for (uint8_t state = IF_OPER_UNKNOWN; state != IF_OPER_UP;) {
		char answer[ANSWER_SIZE];
		struct batch batch = {.used = 0};
		struct nlmsghdr *message = batch_message(&batch, RTM_GETLINK, 0);

		(void)put_ifinfo(message, ETH0);
		check(mnl_socket_sendto(host->rtnl, message, message->nlmsg_len), "RTM_GETLINK");
		check(mnl_socket_recvfrom(host->rtnl, answer, sizeof answer), "RTM_GETLINK");
		message = (void *)answer;
		if (message->nlmsg_type != RTM_NEWLINK)
			die("host %s has lost its eth0", host->address);
		/* Its result is that of find_operstate(), always the same. */
		(void)mnl_attr_parse(message, sizeof(struct ifinfomsg), find_operstate, &state);
		if (state != IF_OPER_UP)
			pause_briefly();
	}
}

/* Else captures would show segments larger than the MTU, and checksums not yet made. */
static void stop_offloads(const struct host *host)
{
	static const uint32_t commands[] = {ETHTOOL_STXCSUM, ETHTOOL_STSO, ETHTOOL_SGSO};

	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
		struct ethtool_value value = {.cmd = commands[i], .data = 0};
		struct ifreq request = {.ifr_name = "eth0", .ifr_data = (void *)&value};

		check(ioctl(host->control, SIOCETHTOOL, &request), "ethtool: offloads of eth0");
	}
}

static void build_lab(void)
{
	struct batch in_a = {.used = 0}, in_b = {.used = 0};

	enter_user_namespace();
	adopt_namespace(&hosts[A]);
	check(unshare(CLONE_NEWNET), "unshare(CLONE_NEWNET)");
	adopt_namespace(&hosts[B]);
	add_veth(&in_a);
	describe_host(&in_a, A);
	describe_host(&in_b, B);
	send_batch(&hosts[A], &in_a);
	send_batch(&hosts[B], &in_b);
	for (enum side side = A; side <= B; side++) {
		stop_offloads(&hosts[side]);
		await_up(&hosts[side]);
	}
}

/* ---- programs ---- */

/* Runs ARGUMENTS in the namespace that we are in, with OUT and ERR in the place
 * of stdout and stderr unless -1. */
static pid_t start(const char *const *arguments, int out, int err)
{
	pid_t runner = getpid();
	pid_t pid = vfork(); /* a third of fork()'s time; the child only makes system calls */

	check(pid, "vfork");
	if (pid == 0) {
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != runner)
			_exit(127);
		if ((out >= 0 && dup2(out, STDOUT_FILENO) < 0) || (err >= 0 && dup2(err, STDERR_FILENO) < 0))
			_exit(127);
		(void)execvp(arguments[0], (char *const *)arguments);
		_exit(127);
	}
	return pid;
}

static void await_success(pid_t pid, const char *program)
{
	int status;

	check(waitpid(pid, &status, 0), "waitpid");
	errno = 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		die("%s failed (wait status 0x%x; 127 in its upper half: it could not be run)", program,
		    (unsigned int)status);
}

/* Whether somebody has bound ADDRESS:PORT, by an exact look-up: 4 us. UDP's reads
 * the key as a packet that comes in, so the local end is the destination. */
static bool is_bound(int diag, const char *address, uint16_t port)
{
	char bytes[512];
	struct nlmsghdr *message = mnl_nlmsg_put_header(bytes);
	struct inet_diag_req_v2 *request = mnl_nlmsg_put_extra_header(message, sizeof *request);
	const struct nlmsgerr *answer = mnl_nlmsg_get_payload(message);

	message->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	message->nlmsg_flags = NLM_F_REQUEST;
	request->sdiag_family = AF_INET;
	request->sdiag_protocol = IPPROTO_UDP;
	request->idiag_states = ~0U;
	request->id.idiag_dst[0] = inet_addr(address);
	request->id.idiag_dport = htons(port);
	request->id.idiag_cookie[0] = request->id.idiag_cookie[1] = INET_DIAG_NOCOOKIE;
	check(send(diag, bytes, message->nlmsg_len, 0), "sock_diag");
	check(recv(diag, bytes, sizeof bytes, 0), "sock_diag");
	if (message->nlmsg_type == SOCK_DIAG_BY_FAMILY)
		return true;
	errno = -answer->error;
	if (errno != ENOENT)
		die("sock_diag (is the module udp_diag there?)");
	return false;
}

static void await_server(pid_t server, const char *program)
{
	int diag = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

	check(diag, "sock_diag");
	check(prctl(PR_SET_TIMERSLACK, 1UL), "PR_SET_TIMERSLACK"); /* else 50 us are 100 */
	while (!is_bound(diag, hosts[A].address, SERVER_PORT)) {
		if (waitpid(server, NULL, WNOHANG) == server) {
			errno = 0;
			die("%s ended before it had bound port %d", program, SERVER_PORT);
		}
		pause_briefly();
	}
}

static pid_t start_server(const char *program)
{
	char port[8];
	const char *const arguments[] = {program,          hosts[A].address, port, MESSAGES[1].text,
	                                 MESSAGES[2].text, NULL};
	pid_t server;

	(void)snprintf(port, sizeof port, "%d", SERVER_PORT);
	visit(A);
	server = start(arguments, -1, -1);
	await_server(server, program);
	return server;
}

static void run_client(const char *program)
{
	char port[8], my_port[8];
	const char *const arguments[] = {program,          hosts[A].address, port, my_port, MESSAGES[0].text,
	                                 MESSAGES[2].text, NULL};

	(void)snprintf(port, sizeof port, "%d", SERVER_PORT);
	(void)snprintf(my_port, sizeof my_port, "%d", CLIENT_PORT);
	visit(B);
	await_success(start(arguments, -1, -1), program);
}

/* ---- capture ---- */

static uint16_t read16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static bool is_message(const struct message *message, const uint8_t *udp, size_t length)
{
	return read16(udp) == message->source && read16(udp + 2) == message->target &&
	       length - 8 == strlen(message->text) && memcmp(udp + 8, message->text, length - 8) == 0;
}

/* One Ethernet frame of the capture. */
static void see_frame(struct seen *seen, const uint8_t *frame, size_t length)
{
	const uint8_t *ip = frame + ETH_HLEN, *udp;
	size_t header, total;

	if (length < ETH_HLEN + 20 || read16(frame + 12) != ETH_P_IP || ip[9] != IPPROTO_UDP)
		return;
	header = 4 * (size_t)(ip[0] & 15);
	total = read16(ip + 2);
	if (total < header + 8 || length < ETH_HLEN + total)
		return;
	udp = ip + header;
	if (read16(udp + 2) == SENTINEL_PORT)
		seen->sentinel = true;
	else if (seen->messages < MESSAGE_COUNT && is_message(&MESSAGES[seen->messages], udp, total - header))
		seen->messages++;
	else
		seen->strange++;
}

/* tcpdump needs CAP_NET_RAW, and as an ambient capability it survives exec by an
 * ordinary user: capabilities(7). Taken back at once: no other program gets it. */
static void set_ambient(bool on)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (!on) {
		check(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0UL, 0UL, 0UL),
		      "PR_CAP_AMBIENT_CLEAR_ALL");
		return;
	}
	check(syscall(SYS_capget, &header, data), "capget");
	data[0].inheritable |= 1U << CAP_NET_RAW;
	check(syscall(SYS_capset, &header, data), "capset");
	check(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, (unsigned long)CAP_NET_RAW, 0UL, 0UL),
	      "PR_CAP_AMBIENT_RAISE");
}

/* tcpdump says "listening on eth0" on stderr when its ring is in place. */
static void await_listening(int err)
{
	char said[1024] = "";
	size_t used = 0;

	while (!strstr(said, "listening on")) {
		ssize_t got = read(err, said + used, sizeof said - 1 - used);

		errno = got < 0 ? errno : 0;
		if (got <= 0)
			die("tcpdump did not start (is it installed?); it said: %s", said);
		used += (size_t)got;
		said[used] = '\0';
	}
}

/* Immediate mode with the default snapshot length has room for 32 packets, hence
 * -s and -B. *STREAM gets the pipe. */
static pid_t start_tcpdump(int *stream)
{
	static const char *const arguments[] = {"tcpdump", "--immediate-mode", "-U", "-s", "1600", "-B",
	                                        "4096", "-n", "-i", "eth0", "-w", "-", NULL};
	int out[2], err[2];
	pid_t pid;

	check(pipe2(out, O_CLOEXEC), "pipe2");
	check(pipe2(err, O_CLOEXEC), "pipe2");
	visit(B);
	set_ambient(true);
	pid = start(arguments, out[1], err[1]);
	set_ambient(false);
	(void)close(out[1]); /* ours only kept the end of the stream from being seen */
	(void)close(err[1]);
	await_listening(err[0]);
	*stream = out[0];
	return pid;
}

/* The records that are complete in BYTES; returns how many bytes they were. pcap
 * in our own byte order: a header of 24 bytes, then records behind 16. */
static size_t see_records(struct seen *seen, const uint8_t *bytes, size_t length)
{
	size_t at = 0;

	for (;;) {
		uint32_t captured;

		if (length - at < 16)
			return at;
		memcpy(&captured, bytes + at + 8, sizeof captured);
		if (length - at - 16 < captured)
			return at;
		see_frame(seen, bytes + at + 16, captured);
		at += 16 + captured;
	}
}

static void drain_tcpdump(int stream, struct seen *seen)
{
	struct sockaddr_in nowhere = {.sin_family = AF_INET, .sin_port = htons(SENTINEL_PORT)};
	uint8_t bytes[65536];
	size_t used = 0, at = 24;

	nowhere.sin_addr.s_addr = inet_addr(hosts[A].address);
	check(sendto(hosts[B].control, "", 0, 0, (struct sockaddr *)&nowhere, sizeof nowhere), "sentinel");
	while (!seen->sentinel) {
		ssize_t got = read(stream, bytes + used, sizeof bytes - used);

		errno = got < 0 ? errno : 0;
		if (got <= 0)
			die("tcpdump's output ended (or is longer than three packets) before the sentinel");
		used += (size_t)got;
		if (used >= at)
			at += see_records(seen, bytes + at, used - at);
	}
}

static int open_packet_socket(void)
{
	struct sockaddr_ll name = {.sll_family = AF_PACKET, .sll_ifindex = ETH0};
	int packets;

	name.sll_protocol = htons(ETH_P_ALL);
	visit(B);
	packets = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* protocol 0: nothing until bound to eth0 */
	check(packets, "packet socket");
	check(bind(packets, (struct sockaddr *)&name, sizeof name), "packet socket: bind to eth0");
	return packets;
}

static void drain_packet_socket(int packets, struct seen *seen)
{
	uint8_t frame[2048];
	ssize_t got;

	while ((got = recv(packets, frame, sizeof frame, MSG_DONTWAIT)) >= 0)
		see_frame(seen, frame, (size_t)got);
	if (errno != EAGAIN)
		die("packet socket");
}

static int hold(void *runner)
{
	/* The signal is not sent for a parent that was gone before the call: prctl(2). */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != *(const pid_t *)runner)
		return 0;
	for (;;)
		(void)pause(); /* only ends by SIGKILL */
}

/* Keeps the descriptor table open behind the runner's exit: see the theory. */
static void start_holder(void)
{
	static _Alignas(16) char stack[16384];
	static pid_t runner;

	runner = getpid();
	check(clone(hold, stack + sizeof stack, CLONE_VM | CLONE_FILES | SIGCHLD, &runner), "clone");
}

/* ---- the case ---- */

static int judge(const struct seen *seen)
{
	if (seen->messages == MESSAGE_COUNT && !seen->strange)
		return 0;
	fprintf(stderr, "bare: the capture shows %zu of the %zu messages, and %zu strange ones\n",
	        seen->messages, MESSAGE_COUNT, seen->strange);
	return 1;
}

static void end_program(pid_t pid)
{
	check(kill(pid, SIGKILL), "kill");
	check(waitpid(pid, NULL, 0), "waitpid");
}

/* In the runner. Returns its exit status. */
static int run_case(const struct options *options)
{
	struct seen seen = {.messages = options->capture == CAPTURE_NONE ? MESSAGE_COUNT : 0};
	pid_t tcpdump = -1, server;
	int packets = -1;

	(void)alarm(LIMIT_S);
	build_lab();
	if (options->capture == CAPTURE_TCPDUMP)
		tcpdump = start_tcpdump(&packets);
	else if (options->capture == CAPTURE_RAW)
		packets = open_packet_socket();
	server = start_server(options->server);
	run_client(options->client);
	if (options->capture == CAPTURE_TCPDUMP) {
		drain_tcpdump(packets, &seen);
		check(kill(tcpdump, SIGKILL), "kill tcpdump"); /* and not waited for: 20 ms */
	} else if (options->capture == CAPTURE_RAW) {
		start_holder();
		drain_packet_socket(packets, &seen);
	}
	end_program(server);
	return judge(&seen);
}

static int64_t now_us(void)
{
	struct timespec now;

	check(clock_gettime(CLOCK_MONOTONIC, &now), "clock_gettime");
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* One case in a process of its own. Returns its exit status; *US gets the wall time. */
static int time_case(const struct options *options, int64_t *us)
{
	int64_t begin = now_us();
	pid_t bare = getpid(), runner = fork();
	int status;

	check(runner, "fork");
	if (runner == 0) {
		check(prctl(PR_SET_PDEATHSIG, SIGKILL), "PR_SET_PDEATHSIG");
		_exit(getppid() == bare ? run_case(options) : 2);
	}
	check(waitpid(runner, &status, 0), "waitpid");
	*us = now_us() - begin;
	errno = 0;
	if (!WIFEXITED(status))
		die("the case was ended by signal %d%s", WTERMSIG(status),
		    WTERMSIG(status) == SIGALRM ? ": it hung" : "");
	return WEXITSTATUS(status);
}

/* ---- the command line ---- */

static void usage(void)
{
	fputs("usage: bare --server PROGRAM --client PROGRAM [--capture tcpdump|raw|none] [--count N]\n"
	      "Runs N cases of two hosts, prints the wall time of each in microseconds.\n",
	      stderr);
	exit(2);
}

static enum capture read_capture(const char *word)
{
	for (enum capture capture = CAPTURE_TCPDUMP; capture <= CAPTURE_NONE; capture++)
		if (strcmp(word, CAPTURES[capture]) == 0)
			return capture;
	fprintf(stderr, "bare: --capture \"%s\": it is tcpdump, raw or none\n", word);
	usage();
	return CAPTURE_NONE;
}

static void read_options(struct options *options, int argc, char **argv)
{
	static const struct option long_options[] = {{"server", required_argument, NULL, 's'},
	                                             {"client", required_argument, NULL, 'c'},
	                                             {"capture", required_argument, NULL, 'C'},
	                                             {"count", required_argument, NULL, 'n'},
	                                             {NULL, 0, NULL, 0}};
	int option;

	while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (option) {
		case 's': options->server = optarg; break;
		case 'c': options->client = optarg; break;
		case 'C': options->capture = read_capture(optarg); break;
		case 'n': options->count = atol(optarg); break;
		default: usage();
		}
	}
	if (!options->server || !options->client || options->count < 1 || optind < argc)
		usage();
}

int main(int argc, char **argv)
{
	struct options options = {.capture = CAPTURE_TCPDUMP, .count = 1};
	int worst = 0;

	read_options(&options, argc, argv);
	for (long i = 0; i < options.count; i++) {
		int64_t us;
		int status = time_case(&options, &us);

		worst = status > worst ? status : worst;
		printf("%lld\n", (long long)us);
	}
	return worst;
}
