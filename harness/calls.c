/* calls.c - see calls.h for the theory of operation. The run's side of it. */
#include "calls_parts.h"

#include "files.h"
#include "queued.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STOP_NS   30000 /* what a stop takes from a program, at most: 5 to 15 us on an idle machine (make bench-calls) */
#define FINISH_MS 5000 /* for the tracer to end behind its programs: a loaded machine's worst */

struct calls {
	struct calls_log *log;
	pid_t tracer;
	int tracer_fd; /* a pidfd */
	int times_fd;  /* its schedstat, or -1 */
	int word_fd;   /* a byte, or its end, comes when the log says who is held; -1: it came */
	char note[256];
};

/* What the run holds open is not the tracer's: the end of a pipe would come late. */
static void close_others(const struct calls_target *targets, size_t count, int word_fd)
{
	int kept[TARGETS_MAX + 1];

	for (size_t i = 0; i < count; i++)
		kept[i] = targets[i].ready_fd;
	kept[count] = word_fd;
	if (descriptors_keep(3, kept, count + 1))
		_exit(1);
}

static _Noreturn void become_tracer(struct calls_log *log, const struct calls_target *targets, size_t count,
                                    int word_fd, pid_t run)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != run)
		_exit(1);
	close_others(targets, count, word_fd);
	calls_trace(log, targets, count, word_fd);
}

static struct calls_log *share_log(void)
{
	/* Pages that are never written take no memory. */
	void *memory = mmap(NULL, sizeof(struct calls_log), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static void open_tracer(struct calls *calls)
{
	calls->tracer_fd = (int)syscall(SYS_pidfd_open, calls->tracer, 0);
	calls->times_fd = queued_open(calls->tracer);
}

struct calls *calls_start(const struct calls_target *targets, size_t count)
{
	struct calls *calls = mem_alloc(sizeof *calls);
	pid_t self = getpid();
	int word[2];

	*calls = (struct calls){.log = share_log(), .tracer = -1, .tracer_fd = -1, .times_fd = -1, .word_fd = -1};
	if (count > TARGETS_MAX)
		count = TARGETS_MAX; /* the rest run without */
	if (!calls->log || pipe2(word, O_CLOEXEC)) {
		free(calls);
		return NULL;
	}
	calls->tracer = fork();
	if (!calls->tracer)
		become_tracer(calls->log, targets, count, word[1], self);
	(void)close(word[1]);
	calls->word_fd = word[0];
	if (calls->tracer > 0)
		open_tracer(calls);
	else
		calls->log->refused = errno;
	return calls;
}

int64_t calls_queued_us(const struct calls *calls)
{
	return calls ? queued_us(calls->times_fd) : 0;
}

bool calls_hold(struct calls *calls, size_t i)
{
	char byte;

	while (calls->word_fd >= 0) {
		ssize_t got = read(calls->word_fd, &byte, 1);

		if (got < 0 && errno == EINTR)
			continue;
		(void)close(calls->word_fd); /* only read from; its end without a word: nobody is held */
		calls->word_fd = -1;
	}
	return i < TARGETS_MAX && calls->log->held[i];
}

static void write_note(struct calls *calls)
{
	if (calls->log->refused)
		snprintf(calls->note, sizeof calls->note,
		         "the programs' socket calls are not shown: this machine refuses to trace them (%s; `windsock doctor` "
		         "says why). The verdict does not need them; --no-calls does without", strerror(calls->log->refused));
	else if (calls->log->cut)
		snprintf(calls->note, sizeof calls->note, "more socket calls were made than are written down: only the first "
		         "are here, and %zu more of sockets and files are not", calls->log->left_out);
}

int64_t calls_delay_us(const struct calls *calls)
{
	return calls ? (int64_t)(atomic_load_explicit(&calls->log->stops, memory_order_relaxed) * STOP_NS / 1000) : 0;
}

bool calls_stands(const struct calls *calls)
{
	siginfo_t seen = {0};

	return calls && calls->tracer > 0 &&
	       !waitid(P_PID, (id_t)calls->tracer, &seen, WSTOPPED | WNOHANG | WNOWAIT) && seen.si_pid;
}

unsigned calls_stopped(const struct calls *calls, size_t i)
{
	return calls && i < TARGETS_MAX ? atomic_load(&calls->log->stopped[i]) : 0;
}

int calls_finish(struct calls *calls)
{
	struct pollfd poller = {.fd = calls->tracer_fd, .events = POLLIN};
	int got;

	if (calls->tracer < 0)
		return write_note(calls), 0;
	do
		got = poll(&poller, 1, FINISH_MS);
	while (got < 0 && errno == EINTR);
	if (got <= 0)
		(void)kill(calls->tracer, SIGKILL); /* ours, and not yet reaped */
	while (waitpid(calls->tracer, NULL, 0) < 0)
		if (errno != EINTR)
			return -1;
	calls->tracer = -1;
	if (calls->log->count > CALLS_MAX)
		calls->log->count = CALLS_MAX;
	write_note(calls);
	return calls->log->complete ? 0 : -1;
}

const struct call *calls_list(const struct calls *calls, size_t *count)
{
	*count = calls->log->count;
	return calls->log->calls;
}

int calls_refused(const struct calls *calls)
{
	return calls->log->refused;
}

const char *calls_note(const struct calls *calls)
{
	return calls->note;
}
