/* sandbox.h - one program in one host's namespace, held so that nothing of it stays.
 *
 * Theory of operation
 *
 * The program gets a user namespace of its own below the lab's, so that it has
 * no capability over the host it runs on, and pid, ipc and uts namespaces. The
 * first process of the pid namespace is ours (the keeper): it starts the
 * program, reaps, and tells how the program ended through a pipe that only it
 * holds. All that is made ready before it is needed, while tcpdump starts; the
 * program then waits at the door for the word to go; there a tracer can take hold of it (calls.h). When the program ends, or the keeper is killed, or windsock dies (the
 * keeper's death signal), the kernel ends every process of that pid namespace.
 *
 * Should: limit memory, processes, files, CPU time; no_new_privs; no inherited
 * descriptor but 0, 1, 2 and, from 3 on, those of the host's tunnels; a session of its own, so that kill(0) stays inside.
 * Mustn't: parse what the program prints, or wait for it. */
#ifndef WINDSOCK_SANDBOX_H
#define WINDSOCK_SANDBOX_H

#include "lab.h"

#include <sys/types.h>

#define SANDBOX_PROCESSES_MAX 64 /* threads count; the run ends a program that has more */

struct sandbox_command {
	char *const *arguments;  /* [0] the program, a path; NULL behind the last */
	const char *folder;      /* working folder */
	bool has_input;          /* standard input is a pipe that the harness writes; else /dev/null */
};

struct sandbox {
	pid_t keeper;      /* as this process sees it */
	int keeper_fd;     /* a pidfd: readable when every process of the sandbox is gone */
	int status_fd;     /* readable when the program has ended; see sandbox_status() */
	int ready_fd;      /* a byte comes when the program waits at the door */
	int go_fd;         /* a byte makes the program start */
	int input_fd;      /* write end of its standard input, or -1 */
	int output_fd[2];  /* its standard output and standard error; non-blocking */
};

enum sandbox_end {
	SANDBOX_RUNNING,
	SANDBOX_EXITED,     /* value: its exit status */
	SANDBOX_SIGNALLED,  /* value: the signal */
	SANDBOX_NOT_STARTED /* value: errno of exec */
};

/* Makes it ready on HOST; the program need not be there yet. -1: *error. The caller ends it with
 * sandbox_kill(), sandbox_reap() and sandbox_close(). */
int sandbox_prepare(struct sandbox *sandbox, const struct lab *lab, size_t host,
                    const struct sandbox_command *command, struct error *error);
/* Lets the program start; a tracer HOLDS it (calls.h), or none does. -1: errno. */
int sandbox_go(struct sandbox *sandbox, bool holds);
/* How it stands, without waiting. */
enum sandbox_end sandbox_status(struct sandbox *sandbox, int *value);
void sandbox_kill(const struct sandbox *sandbox); /* all of it, at once */
void sandbox_reap(struct sandbox *sandbox);       /* waits until every process of it is gone */
void sandbox_close(struct sandbox *sandbox);

#endif
