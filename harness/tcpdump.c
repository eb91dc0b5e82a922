/* tcpdump.c - see tcpdump.h for the theory of operation. */
#include "tcpdump.h"

#include "../src/sentinel.h"
#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const folders[] = {"/usr/bin", "/usr/sbin", "/sbin", "/bin", "/usr/local/bin", "/usr/local/sbin"};

/* tcpdump lives in sbin on some systems, which an ordinary user's PATH lacks.
 * WINDSOCK_TCPDUMP names another one (the tests put a broken one there). */
static const char *find_tcpdump(char *path, size_t size)
{
	const char *chosen = getenv("WINDSOCK_TCPDUMP");

	if (chosen) {
		snprintf(path, size, "%s", chosen);
		return access(path, X_OK) ? NULL : path;
	}
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		snprintf(path, size, "%s/tcpdump", folders[i]);
		if (!access(path, X_OK))
			return path;
	}
	return NULL;
}

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

static _Noreturn void become_tcpdump(const char *path, const char *interface, int packets, int messages)
{
	char name[32];
	char *arguments[] = {"tcpdump", "--immediate-mode", "-U", "-p",  "-n", "-s", "1600", "-B",
	                     "4096",    "-i",               name, "-w", "-",  NULL};
	static char *const environment[] = {"LANG=C", NULL};

	snprintf(name, sizeof name, "%s", interface);
	/* A session of its own: Ctrl-C is for windsock, which then takes tcpdump along. */
	if (setsid() < 0 || keep_net_raw() || prctl(PR_SET_PDEATHSIG, SIGKILL) || dup2(packets, 1) < 0 ||
	    dup2(messages, 2) < 0 || syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC))
		_exit(127);
	execve(path, arguments, environment);
	_exit(127);
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
	(void)fcntl(packets[0], F_SETPIPE_SZ, 1 << 20);
	(void)fcntl(packets[0], F_SETFL, O_NONBLOCK); /* cannot fail on a pipe of ours */
	(void)fcntl(messages[0], F_SETFL, O_NONBLOCK);
	return 0;
}

int tcpdump_start(struct tcpdump *tcpdump, const struct lab *lab, size_t host, const char *interface, unsigned views,
                  bool *missing, struct error *error)
{
	char path[512];
	int packets[2], messages[2];

	*tcpdump = (struct tcpdump){.pid = -1, .packets_fd = -1, .messages_fd = -1, .dropped = -1};
	*missing = !find_tcpdump(path, sizeof path);
	if (*missing)
		return error_set(error, NULL, 0, 0,
		                 "tcpdump is not installed, and without it nobody sees the packets: "
		                 "sudo apt-get install tcpdump");
	if (open_pipes(packets, messages) || lab_visit(lab, host))
		return error_set(error, NULL, 0, 0, "cannot start tcpdump: %s", strerror(errno));
	tcpdump->pid = fork();
	if (!tcpdump->pid)
		become_tcpdump(path, interface, packets[1], messages[1]);
	(void)close(packets[1]);
	(void)close(messages[1]);
	tcpdump->packets_fd = packets[0];
	tcpdump->messages_fd = messages[0];
	tcpdump->stream = capture_stream_new();
	tcpdump->reducer = reducer_new_for(views);
	if (lab_leave(lab) || tcpdump->pid < 0)
		return error_set(error, NULL, 0, 0, "cannot start tcpdump: %s", strerror(errno));
	return 0;
}

/* "... 12 packets received by filter\n0 packets dropped by kernel" */
static void read_counts(struct tcpdump *tcpdump)
{
	const char *text = text_string(&tcpdump->messages), *found = strstr(text, "dropped by kernel"), *at;

	if (!found)
		return;
	for (at = found; at > text && at[-1] != '\n' && at[-1] != ','; at--)
		;
	while (*at == ' ' || *at == '\t')
		at++;
	tcpdump->dropped = strtol(at, NULL, 10);
}

static int read_messages(struct tcpdump *tcpdump)
{
	char buffer[1024];
	ssize_t got = read(tcpdump->messages_fd, buffer, sizeof buffer);

	if (got > 0 && tcpdump->messages.length < 65536)
		text_add_bytes(&tcpdump->messages, buffer, (size_t)got);
	if (got == 0) {
		(void)close(tcpdump->messages_fd); /* it has ended */
		tcpdump->messages_fd = -1;
	}
	if (!tcpdump->ready && strstr(text_string(&tcpdump->messages), "listening on"))
		tcpdump->ready = true;
	read_counts(tcpdump);
	return (int)got;
}

static int reduce(struct tcpdump *tcpdump, struct error *error)
{
	struct packet packet;
	int got;

	while ((got = capture_stream_next(tcpdump->stream, &packet, error)) > 0) {
		uint32_t number;
		bool outward;

		if (sentinel_read(&packet, &number, &outward))
			tcpdump->sentinel[outward] = number;
		else
			reducer_packet(tcpdump->reducer, &packet, ++tcpdump->packets);
	}
	return got;
}

static int read_packets(struct tcpdump *tcpdump, struct error *error)
{
	char buffer[65536];
	ssize_t got;

	while ((got = read(tcpdump->packets_fd, buffer, sizeof buffer)) > 0) {
		tcpdump->bytes += (uint64_t)got;
		text_add_bytes(&tcpdump->kept, buffer, (size_t)got);
		capture_stream_feed(tcpdump->stream, buffer, (size_t)got);
		if (reduce(tcpdump, error) < 0)
			return -1;
	}
	if (got == 0) {
		(void)close(tcpdump->packets_fd); /* it has ended */
		tcpdump->packets_fd = -1;
	}
	return 0;
}

int tcpdump_read(struct tcpdump *tcpdump, struct error *error)
{
	while (tcpdump->messages_fd >= 0 && read_messages(tcpdump) > 0)
		;
	if (tcpdump->packets_fd >= 0 && read_packets(tcpdump, error))
		return -1;
	if (tcpdump->packets_fd < 0) {
		while (tcpdump->messages_fd >= 0 && read_messages(tcpdump) > 0)
			;
		return error_set(error, NULL, 0, 0, "tcpdump ended by itself. It said: %s",
		                 tcpdump->messages.length ? text_string(&tcpdump->messages) : "nothing");
	}
	return 0;
}

void tcpdump_ask(const struct tcpdump *tcpdump)
{
	if (tcpdump->pid > 0)
		(void)kill(tcpdump->pid, SIGUSR1); /* not reaped yet, so the pid is its own */
}

void tcpdump_kill(const struct tcpdump *tcpdump)
{
	if (tcpdump->pid > 0)
		(void)kill(tcpdump->pid, SIGKILL); /* not reaped yet, so the pid is its own */
}

void tcpdump_close(struct tcpdump *tcpdump)
{
	int *fds[] = {&tcpdump->packets_fd, &tcpdump->messages_fd};

	for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++) {
		if (*fds[i] >= 0)
			(void)close(*fds[i]);
		*fds[i] = -1;
	}
	capture_stream_free(tcpdump->stream);
	reducer_free(tcpdump->reducer);
	text_free(&tcpdump->messages);
	text_free(&tcpdump->kept);
	tcpdump->stream = NULL;
	tcpdump->reducer = NULL;
}
