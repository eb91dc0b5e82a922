/* aside.c - see aside.h. */
#include "aside.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAID_MOST (1 << 20)

static _Noreturn void become_aside(pid_t parent, int output, int (*work)(void *), void *argument)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t none;
	int status;

	sigemptyset(&none);
	/* Who died before the death signal was set is not our parent any more. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
		_exit(127);
	if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0 ||
	    sigprocmask(SIG_SETMASK, &none, NULL) || signal(SIGPIPE, SIG_DFL) == SIG_ERR)
		_exit(127);
	status = work(argument);
	exit(fflush(stdout) ? 127 : status);
}

int aside_start(struct aside *aside, int (*work)(void *), void *argument)
{
	pid_t parent = getpid();
	int output[2];

	*aside = ASIDE_NONE;
	if (pipe2(output, O_CLOEXEC))
		return -1;
	(void)fcntl(output[0], F_SETFL, O_NONBLOCK); /* cannot fail on a pipe of ours */
	fflush(stdout);
	aside->pid = fork();
	if (!aside->pid)
		become_aside(parent, output[1], work, argument);
	(void)close(output[1]); /* nothing was written to it */
	aside->output_fd = output[0];
	if (aside->pid > 0)
		aside->pidfd = (int)syscall(SYS_pidfd_open, aside->pid, 0); /* close-on-exec by itself; Linux 5.3 */
	if (aside->pid > 0 && aside->pidfd >= 0)
		return 0;
	aside_close(aside);
	return -1;
}

static void take_words(struct aside *aside)
{
	char buffer[16384];
	ssize_t got;

	while (aside->output_fd >= 0 && (got = read(aside->output_fd, buffer, sizeof buffer)) != -1) {
		if (!got) {
			(void)close(aside->output_fd); /* only read from */
			aside->output_fd = -1;
		} else if (aside->said.length < SAID_MOST) {
			text_add_bytes(&aside->said, buffer, (size_t)got);
		}
	}
}

static bool has_ended(struct aside *aside, int options)
{
	pid_t pid;

	while ((pid = waitpid(aside->pid, &aside->status, options)) < 0 && errno == EINTR)
		;
	return pid != 0;
}

bool aside_read(struct aside *aside)
{
	bool ended;

	if (aside->pid < 0)
		return false;
	ended = has_ended(aside, WNOHANG);
	take_words(aside); /* after the look, so that nothing is missed; what it left running may keep the pipe open */
	if (ended)
		aside->pid = -1;
	return ended;
}

void aside_close(struct aside *aside)
{
	if (aside->pid > 0) {
		(void)kill(aside->pid, SIGKILL); /* not reaped yet, so the pid is its own */
		(void)has_ended(aside, 0);
	}
	if (aside->pidfd >= 0)
		(void)close(aside->pidfd);
	if (aside->output_fd >= 0)
		(void)close(aside->output_fd);
	text_free(&aside->said);
	*aside = ASIDE_NONE;
}
