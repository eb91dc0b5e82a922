/* sandbox.h - one program, held so that nothing of it gets out and nothing of it stays.
 *
 * Theory of operation
 *
 * The first process of the sandbox is ours: the keeper. It is born into namespaces of its own (user, mount, pid, ipc,
 * uts, cgroup; for the compiler an empty network too, for a program the network of its host). The user namespace lies
 * below the lab's, so that there is no capability over the host's network in it.
 *
 * The keeper takes hold of the few folders that the program shall see (sandbox_root.c) while it is still who started
 * windsock, becomes the guest, and builds a root of them: read-only, with one place to write that is bounded in bytes
 * and files. It starts the program's process, reaps, and tells how the program ended through a pipe that only it
 * holds. The program's process has the keeper's memory until exec, and all else of its own. It bounds itself
 * (sandbox_limits.c), gives up every capability, puts on Landlock and the filter of system calls (sandbox_filter.c), and
 * waits at the door for the word to go; there a tracer can take hold of it (calls.h). All that is done while tcpdump
 * starts.
 *
 * When the program ends, or the keeper is killed, or windsock dies (the keeper's death signal), the kernel ends every
 * process of that pid namespace; with the last of them go its mounts and what was written there.
 *
 * Should: limit memory, processes, files, CPU time; no_new_privs; no inherited descriptor but 0, 1, 2 and, from 3 on,
 * those of the host's tunnels; a session of its own, so that kill(0) stays inside.
 * Mustn't: parse what the program prints, wait for it, or open by its path what the program may have made.
 * What each layer stops, and what none does: docs/isolation.md. */
#ifndef WINDSOCK_SANDBOX_H
#define WINDSOCK_SANDBOX_H

#include "../src/text.h"
#include "lab.h"

#include <sys/types.h>

#define SANDBOX_PROCESSES_MAX 64 /* threads count; the run ends a program that has more */
#define SANDBOX_MEMORY_MAX ((uint64_t)512 << 20) /* bytes, of all its processes; the run ends a program that has more */
#define SANDBOX_FILES_MAX ((uint64_t)32 << 20) /* bytes, of all that it writes */

struct sandbox_command {
	char *const *arguments;  /* [0] the program, a path; NULL behind the last */
	size_t own_words;        /* so many of the first arguments were chosen outside the lesson: what they name is
	                          * shown to the program, read-only. 0: [0] is a program that we have compiled */
	const char *folder;      /* what they name is looked for from here; NULL = where windsock was started */
	bool has_input;          /* standard input is a pipe that the harness writes; else /dev/null */
	/* For a compiler. */
	bool compiles;              /* bounds for a compiler; an empty network instead of a host's */
	const char *source_name;    /* a file that it finds in its working folder, or NULL */
	const struct text *source;  /* NULL: sandbox_feed() gives it */
	const char *result_name;    /* a file that it leaves there, to be had after exit status 0, or NULL */
};

struct sandbox {
	pid_t keeper;      /* as this process sees it */
	int keeper_fd;     /* a pidfd: readable when every process of the sandbox is gone */
	int status_fd;     /* readable when the program has ended; see sandbox_status() */
	int ready_fd;      /* a byte comes when the program waits at the door */
	int go_fd;         /* a byte makes the program start */
	int input_fd;      /* write end of its standard input, or -1; non-blocking */
	int source_fd;     /* sandbox_feed() writes there, or -1 */
	int output_fd[2];  /* its standard output and standard error; non-blocking */
	int result_fd;     /* the bytes of the result come here, or -1; non-blocking */
	char trouble[64];  /* SANDBOX_BROKEN: what could not be done */
	int64_t computed_us; /* after sandbox_reap(): the processor time of all its processes */
};

#define SANDBOX_NONE ((struct sandbox){-1, -1, -1, -1, -1, -1, -1, {-1, -1}, -1, "", 0})

enum sandbox_end {
	SANDBOX_RUNNING,
	SANDBOX_EXITED,      /* value: its exit status */
	SANDBOX_SIGNALLED,   /* value: the signal */
	SANDBOX_NOT_STARTED, /* value: errno of exec */
	SANDBOX_FULL,        /* the kernel ended all of it: it wanted more memory than its control group may have */
	SANDBOX_BROKEN       /* value: errno; ours or the machine's fault, see trouble */
};

/* Makes it ready on HOST; the program need not be there yet. LAB is NULL for a compiler. -1: *error. The caller ends
 * it with sandbox_kill(), sandbox_reap() and sandbox_close(). */
int sandbox_prepare(struct sandbox *sandbox, const struct lab *lab, size_t host,
                    const struct sandbox_command *command, struct error *error);
/* The source of a compiler that was made ready without. -1: errno; a signal of a broken pipe is the caller's to ignore. */
int sandbox_feed(struct sandbox *sandbox, const struct text *source);
/* Lets the program start; a tracer HOLDS it (calls.h), or none does. -1: errno. */
int sandbox_go(struct sandbox *sandbox, bool holds);
/* Waits until it has: until its process is not ours any more, or has ended. 1; 0 = not within LIMIT_MS; -1: errno. */
int sandbox_await_start(const struct sandbox *sandbox, int limit_ms);
/* How it stands, without waiting. */
enum sandbox_end sandbox_status(struct sandbox *sandbox, int *value);
/* Of one that is broken by errno WHY: which wall of the machine's that is. WHOSE: "server". -1. */
int sandbox_wall(const struct sandbox *sandbox, const char *whose, int why, struct error *error);
void sandbox_kill(const struct sandbox *sandbox); /* all of it, at once */
void sandbox_reap(struct sandbox *sandbox);       /* waits until every process of it is gone */
void sandbox_close(struct sandbox *sandbox);

#endif
