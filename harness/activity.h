/* activity.h - can the processes of a sandbox still move by themselves?
 *
 * Theory of operation
 *
 * A run should end when nothing more can happen, and not a second later. What a
 * process waits for is in /proc/PID/task/TID/syscall: the call and its arguments.
 * A process in recvfrom() without a timeout moves only when something comes from
 * outside; one in nanosleep() or in poll() with a timeout moves by itself in the
 * end. A receive timeout set by SO_RCVTIMEO is not among the arguments: the
 * socket is borrowed with pidfd_getfd() (5.6) and asked. Where any of this is not
 * to be had the answer is ACTIVITY_RUNNING, and the wall clock decides: slower,
 * never wrong. Who waits uninterruptibly (state D) waits for the machine: for a page of a
 * program, say, from a slow disk. Two looks with the same count of context switches prove that
 * nobody moved between them: that is what activity_has_moved() asks.
 *
 * A run looks often, so files of /proc that were read stay open: to read one again takes a quarter of the time. An
 * open one belongs to the task for which it was opened, and fails when that is gone. */
#ifndef WINDSOCK_ACTIVITY_H
#define WINDSOCK_ACTIVITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum activity {
	ACTIVITY_PARKED, /* every thread waits, without a timeout, for something from outside */
	ACTIVITY_DOZING, /* every thread waits, some with a timeout */
	ACTIVITY_ASLEEP, /* every thread waits, some in nanosleep() or its like, from which nothing from outside wakes them */
	ACTIVITY_RUNNING /* some thread computes, or nobody can tell */
};

struct activity_look {
	enum activity activity;
	unsigned processes; /* threads, in all */
	unsigned traced;    /* of them, those in a stop of a tracer's */
	uint64_t memory;    /* bytes that they hold: pages of their own and shared ones, not of files */
	uint64_t computed_ns; /* processor time so far, of those that live; 0: the kernel does not tell (CONFIG_SCHED_INFO) */
	uint64_t waited_ns;  /* the most that one of them waited for a processor since it was looked at before, in all its turns */
	uint64_t starved_ns; /* the longest that one of them waited for a processor, since it was looked at before; 0: not long */
	bool stalled;       /* one of them waits for the machine: a disk, a lock of the kernel's */
	uint64_t switches;  /* context switches so far, of all of them: unchanged = nobody moved */
};

#define ACTIVITY_TASKS_KEPT 8 /* of a sandbox, with open files; of more the files are opened anew each time */

/* A thread that was looked at before. */
struct activity_task {
	int pid, tid;      /* 0: none */
	int fd[4];         /* of /proc/PID/task/TID, or -1 */
	bool knows_timers; /* the two below are known */
	bool has_timers;
	uint64_t switches; /* the thread's, when has_timers was found out */
	uint64_t waited_ns, turns; /* for a processor, so far; how often it had one; 0 turns: not known */
};

/* What looks at one sandbox; {0} has not looked yet. */
struct activity_watch {
	pid_t keeper;
	struct activity_task self; /* the keeper's */
	struct activity_task tasks[ACTIVITY_TASKS_KEPT];
	size_t next; /* the place of who is looked at for the first time */
};

/* The processes below the keeper (itself not counted). Stops counting at LIMIT processes. STOPPED of them are in a stop
 * of a tracer's because a signal has stopped them (calls.h): any more than that will go on at once. The memory
 * of who is running is not asked for: activity_count() does. */
void activity_look(struct activity_watch *watch, unsigned limit, unsigned stopped, struct activity_look *look);
void activity_count(struct activity_watch *watch, unsigned limit, struct activity_look *look);
/* Whether any of them has moved since LOOK, or moves now; as many are looked at as then. */
bool activity_has_moved(struct activity_watch *watch, unsigned limit, const struct activity_look *look);
void activity_close(struct activity_watch *watch);

#endif
