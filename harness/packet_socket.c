/* packet_socket.c - see packet_socket.h for the theory of operation. */
#include "packet_socket.h"

#include "../src/merge.h"
#include "../src/text.h"
#include "clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/errqueue.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/net_tstamp.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SOCKETS_MOST MERGE_SOURCES_MAX
#define SNAPSHOT 1600             /* bytes kept of a packet; a link's MTU is 1500 */
#define AT_ONCE 64                /* packets of one call */
#define CALLS_MOST 128            /* then the others have their turn; more packets than any socket holds */
#define UNTAKEN_MOST (64 << 20)   /* bytes that wait for who reads them: twice what a run takes at most */
#define LINKTYPE_ETHERNET 1       /* draft-ietf-opsawg-pcaplinktype */
#define LINKTYPE_RAW 101          /* IP from its first byte on: a tunnel */
#define LOOPBACK_NUMBER 1         /* of every network namespace: net/core/net_namespace.c */
#define STAMPS_US 2000000         /* a loaded machine's worst, to begin with its stamps */

/* draft-ietf-opsawg-pcap, sections 4 and 5 */
struct file_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t reserved[2], snapshot, linktype;
};

struct packet_header {
	uint32_t seconds, microseconds, captured, length;
};

struct capture {
	const char *interface;
	int number;          /* the interface's */
	int sockets[SOCKETS_MOST];
	size_t count;
	int questions;       /* a signalfd */
	struct merge merge;  /* of several sockets */
	struct text untaken; /* for standard output, from TAKEN on */
	size_t taken;
	unsigned long received, dropped;
};

static _Noreturn void give_up(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	_exit(1);
}

/* ---- the sockets ---- */

/* Returns how many bytes it holds, or -1. */
static int open_socket(struct capture *capture, size_t most)
{
	struct sockaddr_ll name = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL),
	                           .sll_ifindex = capture->number};
	int asked = (int)most / 2, on = 1, got, fd; /* the kernel gives twice what is asked for: socket(7) */
	socklen_t size = sizeof got;

	/* Protocol 0: nothing comes before it is bound, and binding it does not wait for RCU. */
	fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	if (!setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &asked, sizeof asked) &&
	    !getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &got, &size) &&
	    !setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) &&
	    !bind(fd, (struct sockaddr *)&name, sizeof name)) {
		capture->sockets[capture->count++] = fd;
		return got;
	}
	(void)close(fd); /* nothing was read from it */
	return -1;
}

/* A group is known by a number of the namespace: that of the interface, so that two captures have two. */
static int join(const struct capture *capture, int fd)
{
	unsigned group = ((unsigned)capture->number & 0xffff) | PACKET_FANOUT_ROLLOVER << 16;

	return setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &group, sizeof group);
}

/* What came before all of them were together came more than once; nobody has said yet that we listen. */
static void forget_early(const struct capture *capture)
{
	char byte;

	for (size_t i = 0; i < capture->count; i++)
		while (recv(capture->sockets[i], &byte, 1, MSG_DONTWAIT) >= 0)
			;
}

/* More sockets than the first are for room: where they are refused (descriptors), what is lost for it is counted. */
static void open_sockets(struct capture *capture, size_t most)
{
	int room, more;

	capture->number = (int)if_nametoindex(capture->interface);
	room = capture->number ? open_socket(capture, most) : -1;
	if (room < 0)
		give_up(capture->interface, strerror(errno));
	if (room >= PACKET_SOCKET_ROOM || join(capture, capture->sockets[0]))
		return;
	while (room < PACKET_SOCKET_ROOM && capture->count < SOCKETS_MOST && (more = open_socket(capture, most)) > 0) {
		if (join(capture, capture->sockets[capture->count - 1])) {
			(void)close(capture->sockets[--capture->count]); /* nothing was read from it */
			break;
		}
		room += more;
	}
	forget_early(capture);
}

/* ---- stamps ---- */

/* A frame that a host sends to itself, of a protocol that nobody else listens for. 1: it came with a stamp; 0: without;
 * -1: it did not come. */
static int try_stamp(int fd, const struct sockaddr_ll *name)
{
	_Alignas(struct cmsghdr) char told[CMSG_SPACE(sizeof(struct scm_timestamping))];
	char frame[ETH_ZLEN] = {[12] = (char)(ETH_P_LOOPBACK >> 8), [13] = (char)(ETH_P_LOOPBACK & 0xff)};
	struct iovec buffer = {frame, sizeof frame};
	struct msghdr message = {.msg_iov = &buffer, .msg_iovlen = 1, .msg_control = told, .msg_controllen = sizeof told};
	struct pollfd poller = {.fd = fd, .events = POLLIN};

	if (sendto(fd, frame, sizeof frame, 0, (const struct sockaddr *)name, sizeof *name) < 0 || poll(&poller, 1, 1000) != 1 ||
	    recvmsg(fd, &message, MSG_DONTWAIT) < 0)
		return -1;
	return CMSG_FIRSTHDR(&message) ? 1 : 0;
}

/* Nobody can wait for the first, so it is tried. SO_TIMESTAMPING tells without from with; SO_TIMESTAMPNS does not. A host
 * without a loopback goes on without. The socket stays open: to close it would be to wait for RCU. */
static void await_stamps(void)
{
	const struct timespec pause = {.tv_nsec = 100000};
	const int stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
	struct sockaddr_ll name = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_LOOPBACK),
	                           .sll_ifindex = LOOPBACK_NUMBER};
	int64_t until = clock_us() + STAMPS_US;
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd >= 0 && !setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps) &&
	    !bind(fd, (struct sockaddr *)&name, sizeof name))
		while (!try_stamp(fd, &name) && clock_us() < until)
			(void)nanosleep(&pause, NULL);
}

int packet_socket_hold_stamps(void)
{
	const int on = 1;
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on); /* else they come later */
	return fd;
}

/* What is open stays open. */
static void give_up_rights(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct none[2] = {{0}};

	if (syscall(SYS_capset, &header, none))
		give_up("capset", strerror(errno));
}

static int listen_for_questions(void)
{
	sigset_t question;
	int fd;

	sigemptyset(&question); /* cannot fail with a signal that there is */
	sigaddset(&question, SIGUSR1);
	fd = sigprocmask(SIG_BLOCK, &question, NULL) ? -1 : signalfd(-1, &question, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0)
		give_up("signalfd", strerror(errno));
	return fd;
}

/* ---- reading ---- */

/* One call's packets: what each is read into, and what the kernel says of it. */
struct slots {
	uint8_t bytes[AT_ONCE][SNAPSHOT];
	_Alignas(struct cmsghdr) char told[AT_ONCE][CMSG_SPACE(sizeof(struct timespec))];
	struct iovec buffers[AT_ONCE];
	struct mmsghdr messages[AT_ONCE];
};

static void clear_slots(struct slots *slots)
{
	for (size_t i = 0; i < AT_ONCE; i++) {
		slots->buffers[i] = (struct iovec){slots->bytes[i], SNAPSHOT};
		slots->messages[i].msg_hdr = (struct msghdr){.msg_iov = &slots->buffers[i], .msg_iovlen = 1,
		                                             .msg_control = slots->told[i],
		                                             .msg_controllen = sizeof slots->told[i]};
	}
}

/* When the kernel had it; should it not say so, now. */
static struct timespec read_time(struct msghdr *message)
{
	struct cmsghdr *told = CMSG_FIRSTHDR(message);
	struct timespec time;

	if (told && told->cmsg_level == SOL_SOCKET && told->cmsg_type == SCM_TIMESTAMPNS)
		memcpy(&time, CMSG_DATA(told), sizeof time);
	else if (clock_gettime(CLOCK_REALTIME, &time))
		give_up("clock_gettime", strerror(errno));
	return time;
}

static void take_packet(struct capture *capture, size_t source, struct mmsghdr *message)
{
	const void *bytes = message->msg_hdr.msg_iov->iov_base;
	struct timespec time = read_time(&message->msg_hdr);
	uint32_t length = message->msg_len, kept = length < SNAPSHOT ? length : SNAPSHOT; /* MSG_TRUNC: all of it */
	struct packet_header header = {(uint32_t)time.tv_sec, (uint32_t)(time.tv_nsec / 1000), kept, length};

	if (capture->count > 1) {
		merge_add(&capture->merge, source, time.tv_sec * INT64_C(1000000000) + time.tv_nsec, &header, sizeof header,
		          bytes, kept);
		return;
	}
	text_add_bytes(&capture->untaken, &header, sizeof header);
	text_add_bytes(&capture->untaken, bytes, kept);
}

static void empty_socket(struct capture *capture, size_t source)
{
	static struct slots slots;
	int got = AT_ONCE;

	for (int calls = 0; got == AT_ONCE && calls < CALLS_MOST; calls++) {
		clear_slots(&slots);
		got = recvmmsg(capture->sockets[source], slots.messages, AT_ONCE, MSG_DONTWAIT | MSG_TRUNC, NULL);
		if (got < 0 && errno != EAGAIN && errno != EINTR)
			give_up(capture->interface, strerror(errno));
		for (int i = 0; i < got; i++)
			take_packet(capture, source, &slots.messages[i]);
	}
}

/* ---- writing ---- */

static void write_untaken(struct capture *capture)
{
	if (capture->taken > UNTAKEN_MOST) {
		capture->untaken.length -= capture->taken;
		memmove(capture->untaken.data, capture->untaken.data + capture->taken, capture->untaken.length);
		capture->taken = 0;
	}
	while (capture->taken < capture->untaken.length) {
		ssize_t put = write(STDOUT_FILENO, capture->untaken.data + capture->taken,
		                    capture->untaken.length - capture->taken);

		if (put < 0 && errno != EINTR && errno != EAGAIN)
			give_up("capture", strerror(errno));
		if (put < 0 && errno == EAGAIN)
			return;
		capture->taken += put > 0 ? (size_t)put : 0;
	}
	capture->taken = capture->untaken.length = 0;
}

static void write_file_header(struct capture *capture)
{
	struct file_header header = {0xa1b2c3d4, 2, 4, {0}, SNAPSHOT, LINKTYPE_ETHERNET};
	struct sockaddr_ll name = {0};
	socklen_t size = sizeof name;

	if (getsockname(capture->sockets[0], (struct sockaddr *)&name, &size))
		give_up(capture->interface, strerror(errno));
	if (name.sll_hatype == ARPHRD_NONE)
		header.linktype = LINKTYPE_RAW;
	else if (name.sll_hatype != ARPHRD_ETHER)
		give_up(capture->interface, "is neither an Ethernet nor a tunnel");
	text_add_bytes(&capture->untaken, &header, sizeof header);
	write_untaken(capture);
}

/* ---- the loop ---- */

static void answer_question(struct capture *capture)
{
	struct signalfd_siginfo asked;

	if (read(capture->questions, &asked, sizeof asked) != (ssize_t)sizeof asked)
		return;
	for (size_t i = 0; i < capture->count; i++) {
		struct tpacket_stats counts; /* since it was asked last */
		socklen_t size = sizeof counts;

		if (getsockopt(capture->sockets[i], SOL_PACKET, PACKET_STATISTICS, &counts, &size))
			give_up(capture->interface, strerror(errno));
		capture->received += counts.tp_packets;
		capture->dropped += counts.tp_drops;
	}
	fprintf(stderr, "%lu packets received by filter, %lu packets dropped by kernel\n", capture->received,
	        capture->dropped);
}

/* Waits until there is something to do, or only looks where packets wait for a round without others. */
static size_t wait_for_work(const struct capture *capture, struct pollfd *pollers)
{
	bool full = capture->untaken.length - capture->taken > UNTAKEN_MOST;
	size_t count = 0;

	pollers[count++] = (struct pollfd){.fd = capture->questions, .events = POLLIN};
	pollers[count++] = (struct pollfd){.fd = capture->untaken.length ? STDOUT_FILENO : -1, .events = POLLOUT};
	for (size_t i = 0; i < capture->count; i++)
		pollers[count++] = (struct pollfd){.fd = full ? -1 : capture->sockets[i], .events = POLLIN};
	if (poll(pollers, count, capture->merge.count ? 0 : -1) < 0 && errno != EINTR)
		give_up("poll", strerror(errno));
	return count;
}

static void work(struct capture *capture)
{
	struct pollfd pollers[2 + SOCKETS_MOST];
	bool waited = capture->untaken.length > 0, came = false;
	size_t count = wait_for_work(capture, pollers);

	for (size_t i = 2; i < count; i++) {
		if (!pollers[i].revents)
			continue;
		empty_socket(capture, i - 2);
		came = true;
	}
	if (capture->count > 1)
		merge_round(&capture->merge, !came, &capture->untaken);
	if (!waited || pollers[1].revents)
		write_untaken(capture);
	if (pollers[0].revents)
		answer_question(capture);
}

_Noreturn void packet_socket_become(const char *interface, size_t most)
{
	struct capture capture = {.interface = interface};

	(void)prctl(PR_SET_NAME, "packet-socket"); /* for ps; cannot fail */
	await_stamps();
	open_sockets(&capture, most);
	give_up_rights();
	capture.questions = listen_for_questions();
	if (fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK))
		give_up("capture", strerror(errno));
	write_file_header(&capture);
	fprintf(stderr, "listening on %s\n", interface);
	for (;;)
		work(&capture);
}
