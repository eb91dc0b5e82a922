/* reaper.c - runs a command and proves that nothing of it stays.
 *
 *     reaper [-s SIGNAL [-g] [-m MILLISECONDS | -f FILE]] SECONDS COMMAND...
 *
 * Every process that the command leaves behind, however it was left, becomes a child of
 * this one (PR_SET_CHILD_SUBREAPER): when there are no children any more, nothing is left.
 * Sends SIGNAL (a number) to the command, with -g to its process group as Ctrl-C does,
 * after so many milliseconds or as soon as FILE is there. Prints how the command ended.
 * Exit status: 0 nothing left within SECONDS, 1 something left (named), 2 used wrongly. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static _Noreturn void use(const char *why)
{
	fprintf(stderr, "reaper: %s\n", why);
	exit(2);
}

static pid_t start(char **command)
{
	pid_t pid;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		use(strerror(errno));
	pid = fork();
	if (!pid) {
		if (!setpgid(0, 0))
			execvp(command[0], command);
		_exit(127);
	}
	if (pid < 0)
		use(strerror(errno));
	return pid;
}

static void print_end(int status)
{
	if (WIFSIGNALED(status))
		printf("signal %d\n", WTERMSIG(status));
	else
		printf("exit %d\n", WEXITSTATUS(status));
	fflush(stdout);
}

static void print_left(void)
{
	char command[64];

	snprintf(command, sizeof command, "ps -o pid,stat,wchan:20,args --ppid %ld", (long)getpid());
	puts("left:");
	fflush(stdout);
	if (system(command))
		puts("(and ps cannot tell what)");
}

/* Whatever is still there must not be there for ever: ours alone, by their ids. */
static void kill_left(void)
{
	for (int i = 0; i < 100; i++) {
		FILE *children = fopen("/proc/thread-self/children", "re");
		long pid;

		if (!children)
			return;
		while (fscanf(children, "%ld", &pid) == 1)
			(void)kill((pid_t)pid, SIGKILL); /* a child that is not reaped yet: the pid is its own */
		(void)fclose(children); /* only read from */
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		(void)nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL); /* orphans come to us only now */
	}
}

int main(int argc, char **argv)
{
	int option, number = 0, status;
	bool group = false, ended = false;
	long after_ms = -1;
	const char *file = NULL;
	int64_t began, until;
	pid_t pid, got;

	while ((option = getopt(argc, argv, "+s:gm:f:")) != -1)
		switch (option) {
		case 's': number = atoi(optarg); break;
		case 'g': group = true; break;
		case 'm': after_ms = atol(optarg); break;
		case 'f': file = optarg; break;
		default: use("-s SIGNAL, -g, -m MILLISECONDS, -f FILE");
		}
	if (argc - optind < 2)
		use("SECONDS COMMAND...");
	began = now_ms();
	until = began + 1000 * atol(argv[optind]);
	pid = start(&argv[optind + 1]);
	while (now_ms() < until) {
		if (number && !ended && (after_ms >= 0 ? now_ms() - began >= after_ms : file && !access(file, F_OK))) {
			(void)setpgid(pid, pid); /* whoever of us two is first */
			(void)kill(group ? -pid : pid, number); /* not reaped yet, so the pid is its own */
			number = 0;
		}
		got = waitpid(-1, &status, WNOHANG);
		if (got == pid) {
			print_end(status);
			ended = true;
		}
		if (got < 0 && errno == ECHILD)
			return 0;
		if (!got)
			(void)nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL); /* shorter is as good */
	}
	print_left();
	kill_left();
	return 1;
}
