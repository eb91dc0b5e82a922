/* calls_parts.h - what the files of calls.h share. Private to them. */
#ifndef WINDSOCK_CALLS_PARTS_H
#define WINDSOCK_CALLS_PARTS_H

#include "calls.h"

#include <stdatomic.h>
#include <sys/ptrace.h>

#define TARGETS_MAX 32
#define STOPS_MAX 20000 /* beyond that nothing is taken down any more: the program talks without end */
#define CHAIN_MAX 4     /* return addresses that are looked up for one call */

/* What the tracer tells the run; shared memory. */
struct calls_log {
	int refused; /* errno of ptrace or seccomp: there are no calls */
	bool held[TARGETS_MAX];
	bool cut;
	bool complete; /* all programs are gone, and what they called is here: only lines may be missing */
	size_t left_out;                   /* stops at calls since then */
	/* While the programs run: */
	atomic_ulong stops;                /* so far, which slow the programs down; none of a busy loop, which they slow down too */
	atomic_uint stopped[TARGETS_MAX];  /* tasks of each target that a signal has stopped, and that we leave so */
	size_t count;
	struct call calls[CALLS_MAX];
};

/* Where a process's own code lies. */
struct code {
	bool known;
	uint64_t start, end; /* of its text */
	uint64_t bias;       /* address less that in the file */
	int image;           /* number in calls_lines.c, or -1: it has no line numbers */
};

/* Return addresses that lead to a call, the nearest first; 0 = no more. */
struct chain {
	uint16_t place[CHAIN_MAX]; /* number in the image's list, + 1 */
	int16_t image;
};

/* One thread that is held. */
struct task {
	pid_t tid, tgid;
	int inner_tid, inner_pid; /* as the program sees them */
	int target;
	bool stopped;             /* by a signal, until SIGCONT */
	struct code code;
	size_t open;              /* number of its call that has not returned, + 1; 0 = none */
	uint64_t arguments[6];    /* of that call */
	unsigned room;            /* for the other side's name, as it was when the call was made */
};

/* ---- calls_tracer.c ---- */

_Noreturn void calls_trace(struct calls_log *log, const struct calls_target *targets, size_t count, int word_fd);

/* ---- calls_decode.c ---- */

/* Whether the call that TASK is about to make is taken down, and as what. */
bool decode_entry(struct task *task, const struct __ptrace_syscall_info *info, struct call *call);
/* TASK's program is another from here on: its descriptors may be too. */
void decode_forget(const struct task *task);
void decode_exit(const struct task *task, int64_t result, struct call *call);
/* At most SIZE bytes of the task's memory; as many as are there. */
size_t task_read(pid_t tid, uint64_t address, void *bytes, size_t size);

/* ---- calls_lines.c ---- */

/* Learns where the code of TASK lies, once, so that its first call need not wait for it. */
void lines_learn(struct task *task);
/* Who called: from the stack of TASK. */
void lines_find(struct task *task, uint64_t instruction, uint64_t stack, struct chain *chain);
/* Fills in the lines of the log's calls; CHAINS are theirs. The process is good for nothing else behind it, and may be
 * ended by what it reads: then there are no lines. */
void lines_resolve(struct calls_log *log, const struct chain *chains);

#endif
