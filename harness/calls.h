/* calls.h - the socket calls of the student's programs, taken down from outside.
 *
 * Theory of operation
 *
 * One process of ours (the tracer) holds every process of the student's programs by ptrace.
 * It takes hold of them at the door (sandbox.h), before they are let go; then
 * each installs a seccomp filter that stops it at socket calls, and nowhere else, and
 * becomes the program. At such a stop the tracer reads the arguments, lets the call be
 * done, and reads the result. It follows forks, threads and exec.
 *
 * The tracer waits in waitpid() and nobody else does. It writes into memory that it shares
 * with the run, so that no program ever waits for the run to read. The run looks
 * at that memory when the tracer has ended, which it does with the last of its programs.
 *
 * A tracer that dies takes the programs along (PTRACE_O_EXITKILL): a call that the filter
 * stops and nobody looks at would fail with ENOSYS, which the student would be blamed for. The
 * run is inconclusive then. Where ptrace is refused the programs run without the filter.
 *
 * Source lines: the first return addresses on the stack that lie in the program's own code, each
 * behind a call instruction, are looked up in the program's line table when all is over
 * (src/debugline.h), by somebody without privileges. To unwind by the book would take a library like
 * libdw at every stop, and addr2line instead of our own table took 5 ms of a run of 30; a stale return
 * address deeper in the stack could be taken for the caller only where a function of the C library
 * leaves a hole in its frame.
 *
 * Should: never change what a program sees, but for time and for ptrace itself.
 * Mustn't: judge, or fail a run. */
#ifndef WINDSOCK_CALLS_H
#define WINDSOCK_CALLS_H

#include "../src/call.h"

#include <sys/types.h>

struct calls;

/* One program, waiting at its door. */
struct calls_target {
	pid_t keeper;
	int ready_fd; /* readable when the program waits */
};

/* Starts the tracer; it takes hold of the programs while the caller goes on. NULL: errno. */
struct calls *calls_start(const struct calls_target *targets, size_t count);
/* Whether target number I is held; waits until that is known. */
bool calls_hold(struct calls *calls, size_t i);
/* By how much the programs have been slowed down so far, about. 0 of NULL. */
int64_t calls_delay_us(const struct calls *calls);
/* How long the tracer has waited for a processor so far, and with it whoever it holds. 0 of NULL, or where nobody tells. */
int64_t calls_queued_us(const struct calls *calls);
/* Whether the tracer itself is stopped (SIGSTOP), and with it whoever it holds. */
bool calls_stands(const struct calls *calls);
/* Tasks of target I that a signal has stopped: /proc shows them like those that the tracer looks at. 0 of NULL. */
unsigned calls_stopped(const struct calls *calls, size_t i);
/* Waits for the tracer's end; the programs have ended or are about to. -1: it was lost. */
int calls_finish(struct calls *calls);
/* What was taken down, by time of the call; call.program is the target's number. After calls_finish(). */
const struct call *calls_list(const struct calls *calls, size_t *count);
/* Why the programs may not be traced (errno), or 0. After calls_finish(). */
int calls_refused(const struct calls *calls);
/* What should be said about the list: that it is cut, or why there is none. "" = nothing. */
const char *calls_note(const struct calls *calls);

/* In a program's process, at the door, when it is held: from here on socket calls stop. -1: errno. */
int calls_filter(void);

#endif
