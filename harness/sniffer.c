/* sniffer.c - see sniffer.h for the theory of operation. */
#include "sniffer.h"

#include "../src/sentinel.h"
#include "cleanup.h"
#include "clock.h"
#include "packet_socket.h"
#include "tcpdump.h"
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PIPE_SIZE (1 << 20)
#define READ_MOST (2 * PIPE_SIZE) /* at one go */
/* No packet waits so long to be read; a flow may be quiet for twice that (flow.h). */
#define JUMP_NS (30 * INT64_C(1000000000))

/* CAP_NET_RAW, and that alone, through exec. */
static int keep_net_raw(void)
{
	struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct data[2] = {{0}};

	data[0].permitted = data[0].effective = data[0].inheritable = 1U << CAP_NET_RAW;
	if (syscall(SYS_capset, &header, data))
		return -1;
	return prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0);
}

/* In the child. A session of its own: Ctrl-C is for windsock, which then takes it along. */
static _Noreturn void become(const struct sniffer_order *order, int packets, int messages)
{
	if (setsid() < 0 || keep_net_raw() || prctl(PR_SET_PDEATHSIG, SIGKILL) || dup2(packets, 1) < 0 ||
	    dup2(messages, 2) < 0 || syscall(SYS_close_range, 3, ~0U, 0))
		_exit(127);
	if (order->engine == SNIFFER_TCPDUMP)
		tcpdump_become(order->interface);
	packet_socket_become(order->interface, order->socket_most ? order->socket_most : PACKET_SOCKET_ROOM);
}

static int open_pipes(int packets[2], int messages[2])
{
	if (pipe2(packets, O_CLOEXEC))
		return -1;
	if (pipe2(messages, O_CLOEXEC)) {
		(void)close(packets[0]);
		(void)close(packets[1]);
		return -1;
	}
	/* A big pipe: a burst must not wait for us. Refused beyond the user's limit: then smaller. */
	(void)fcntl(packets[0], F_SETPIPE_SZ, PIPE_SIZE);
	(void)fcntl(packets[0], F_SETFL, O_NONBLOCK); /* cannot fail on a pipe of ours */
	(void)fcntl(messages[0], F_SETFL, O_NONBLOCK);
	return 0;
}

static const char *const names[] = {[SNIFFER_TCPDUMP] = "tcpdump", [SNIFFER_PACKET_SOCKET] = "packet-socket",
                                    [SNIFFER_BOTH] = "both"};

const char *sniffer_engine_name(enum sniffer_engine engine)
{
	return names[engine];
}

int sniffer_engine(const char *name)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (!strcmp(names[i], name))
			return (int)i;
	return -1;
}

int sniffer_hold_stamps(enum sniffer_engine engine)
{
	return engine == SNIFFER_TCPDUMP ? -1 : packet_socket_hold_stamps();
}

int sniffer_start(struct sniffer *sniffer, const struct sniffer_order *order, struct error *error)
{
	int packets[2], messages[2];

	*sniffer = (struct sniffer){.pid = -1, .packets_fd = -1, .messages_fd = -1, .dropped = -1,
	                            .engine = order->engine};
	sniffer->name = order->engine == SNIFFER_TCPDUMP ? "tcpdump" : "the capture by packet socket";
	if (order->engine == SNIFFER_TCPDUMP && !tcpdump_is_there())
		return tcpdump_refuse(NULL, error);
	if (open_pipes(packets, messages) || lab_visit(order->lab, order->host))
		return error_set(error, NULL, 0, 0, "cannot start %s: %s", sniffer->name, strerror(errno));
	sniffer->pid = fork();
	if (!sniffer->pid)
		become(order, packets[1], messages[1]);
	(void)close(packets[1]);
	(void)close(messages[1]);
	sniffer->packets_fd = packets[0];
	sniffer->messages_fd = messages[0];
	sniffer->stream = capture_stream_new();
	sniffer->reducer = reducer_new_for(order->views);
	if (lab_leave(order->lab) || sniffer->pid < 0)
		return error_set(error, NULL, 0, 0, "cannot start %s: %s", sniffer->name, strerror(errno));
	return 0;
}

/* "... 12 packets received by filter\n0 packets dropped by kernel" */
static void read_counts(struct sniffer *sniffer)
{
	const char *text = text_string(&sniffer->messages), *found = strstr(text, "dropped by kernel"), *at;

	if (!found)
		return;
	for (at = found; at > text && at[-1] != '\n' && at[-1] != ','; at--)
		;
	while (*at == ' ' || *at == '\t')
		at++;
	sniffer->dropped = strtol(at, NULL, 10);
}

static int read_messages(struct sniffer *sniffer)
{
	char buffer[1024];
	ssize_t got = read(sniffer->messages_fd, buffer, sizeof buffer);

	if (got > 0 && sniffer->messages.length < 65536)
		text_add_bytes(&sniffer->messages, buffer, (size_t)got);
	if (got == 0) {
		(void)close(sniffer->messages_fd); /* it has ended */
		sniffer->messages_fd = -1;
	}
	if (!sniffer->ready && strstr(text_string(&sniffer->messages), "listening on"))
		sniffer->ready = true;
	read_counts(sniffer);
	return (int)got;
}

/* Stamps are by the clock of the day, which somebody may set (NTP, a person). They are compared with one that nobody sets,
 * for a run on a slow machine may be quiet for a minute. */
static void note_stamp(struct sniffer *sniffer, int64_t stamp_ns)
{
	int64_t now_us = clock_us();
	int64_t set = stamp_ns - sniffer->stamp_ns - 1000 * (now_us - sniffer->read_us);

	sniffer->jumped |= sniffer->stamp_ns && (set > JUMP_NS || set < -JUMP_NS);
	sniffer->stamp_ns = stamp_ns;
	sniffer->read_us = now_us;
}

static int reduce(struct sniffer *sniffer, struct error *error)
{
	struct packet packet;
	int got;

	while ((got = capture_stream_next(sniffer->stream, &packet, error)) > 0) {
		uint32_t number;
		bool outward;

		note_stamp(sniffer, packet.time_ns);
		if (sentinel_read(&packet, &number, &outward) && number == sniffer->round)
			sniffer->drained[outward] = true;
		else
			reducer_packet(sniffer->reducer, &packet, ++sniffer->packets);
	}
	return got;
}

/* All that the pipe held when we came, and not all that comes meanwhile: a flood may be written as fast as we read. */
static int read_packets(struct sniffer *sniffer, struct error *error)
{
	char buffer[65536];
	uint64_t most = sniffer->bytes + READ_MOST;
	ssize_t got = -1;

	while (sniffer->bytes < most && (got = read(sniffer->packets_fd, buffer, sizeof buffer)) > 0) {
		sniffer->bytes += (uint64_t)got;
		text_add_bytes(&sniffer->kept, buffer, (size_t)got);
		capture_stream_feed(sniffer->stream, buffer, (size_t)got);
		if (reduce(sniffer, error) < 0)
			return -1;
	}
	if (got == 0) {
		(void)close(sniffer->packets_fd); /* it has ended */
		sniffer->packets_fd = -1;
	}
	return 0;
}

/* Of an own accord; or because the machine does not let it capture, or run at all. */
static int explain_end(const struct sniffer *sniffer, struct error *error)
{
	const char *said = sniffer->messages.length ? text_string(&sniffer->messages) : "nothing";
	char what[320];

	snprintf(what, sizeof what, "%s ended by itself. It said: %.240s", sniffer->name, said);
	if (what[strlen(what) - 1] == '\n')
		what[strlen(what) - 1] = '\0';
	if (!sniffer->ready && strstr(said, "not supported by protocol"))
		return wall_say(WALL_NO_PACKET_SOCKET, what, NULL, error);
	if (!sniffer->ready && (strstr(said, "ermission") || strstr(said, "not permitted")))
		return sniffer->engine == SNIFFER_TCPDUMP ? tcpdump_refuse(what, error)
		                                          : wall_met(DOOR_NAMESPACE, "open a packet socket", EPERM, error);
	return error_set(error, NULL, 0, 0, "%s", what);
}

int sniffer_read(struct sniffer *sniffer, struct error *error)
{
	while (sniffer->messages_fd >= 0 && read_messages(sniffer) > 0)
		;
	if (sniffer->packets_fd >= 0 && read_packets(sniffer, error))
		return -1;
	if (sniffer->packets_fd < 0) {
		while (sniffer->messages_fd >= 0 && read_messages(sniffer) > 0)
			;
		return explain_end(sniffer, error);
	}
	return 0;
}

void sniffer_await(struct sniffer *sniffer, uint32_t number)
{
	sniffer->round = number;
	sniffer->drained[0] = sniffer->drained[1] = false;
}

bool sniffer_is_drained(const struct sniffer *sniffer)
{
	return sniffer->drained[0] && sniffer->drained[1];
}

void sniffer_ask(const struct sniffer *sniffer)
{
	if (sniffer->pid > 0)
		(void)kill(sniffer->pid, SIGUSR1); /* not reaped yet, so the pid is its own */
}

void sniffer_kill(const struct sniffer *sniffer)
{
	if (sniffer->pid > 0)
		(void)kill(sniffer->pid, SIGKILL); /* not reaped yet, so the pid is its own */
}

void sniffer_close(struct sniffer *sniffer)
{
	int *fds[] = {&sniffer->packets_fd, &sniffer->messages_fd};

	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
		if (*fds[i] >= 0)
			(void)close(*fds[i]);
		*fds[i] = -1;
	}
	capture_stream_free(sniffer->stream);
	reducer_free(sniffer->reducer);
	text_free(&sniffer->messages);
	text_free(&sniffer->kept);
	sniffer->stream = NULL;
	sniffer->reducer = NULL;
}
