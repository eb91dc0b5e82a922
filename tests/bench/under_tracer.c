/* under_tracer.c - runs a program under windsock's tracer of calls, as a run does, without a lab:
 *
 *     under_tracer PROGRAM [ARGUMENT...]
 *
 * Prints how many calls were taken down. Part of bench_calls.py. */
#include "../../harness/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Says at its door that it waits, and waits for the word to go. */
static void become(char **argv, int ready_fd, int go_fd)
{
	char byte;

	if (write(ready_fd, "r", 1) != 1 || read(go_fd, &byte, 1) != 1 || calls_filter())
		_exit(2);
	execv(argv[0], argv);
	_exit(2);
}

/* The keeper: its only child is the program (calls.h). */
static int keep(char **argv, int ready_fd, int go_fd)
{
	pid_t program = fork();
	int status;

	if (!program)
		become(argv, ready_fd, go_fd);
	while (waitpid(program, &status, 0) < 0)
		if (errno != EINTR)
			return 2;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

int main(int argc, char **argv)
{
	int ready[2], go[2], status;
	struct calls_target target;
	struct calls *calls;
	size_t count;

	if (argc < 2 || pipe2(ready, O_CLOEXEC) || pipe2(go, O_CLOEXEC))
		return 2;
	target = (struct calls_target){.keeper = fork(), .ready_fd = ready[0]};
	if (!target.keeper)
		_exit(keep(argv + 1, ready[1], go[0]));
	calls = calls_start(&target, 1);
	if (!calls || !calls_hold(calls, 0))
		return fputs("under_tracer: the program cannot be held\n", stderr), 2;
	if (write(go[1], "g", 1) != 1 || waitpid(target.keeper, &status, 0) != target.keeper || calls_finish(calls))
		return 2;
	(void)calls_list(calls, &count);
	printf("%zu calls. %s\n", count, calls_note(calls));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}
