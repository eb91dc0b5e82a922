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
 * never wrong. Two looks with the same count of context switches prove that
 * nobody moved between them. */
#ifndef WINDSOCK_ACTIVITY_H
#define WINDSOCK_ACTIVITY_H

#include <stdint.h>
#include <sys/types.h>

enum activity {
	ACTIVITY_PARKED, /* every thread waits, without a timeout, for something from outside */
	ACTIVITY_DOZING, /* every thread waits, some with a timeout */
	ACTIVITY_RUNNING /* some thread computes, or nobody can tell */
};

struct activity_look {
	enum activity activity;
	unsigned processes; /* threads, in all */
	unsigned traced;    /* of them, those in a stop of a tracer's */
	uint64_t memory;    /* bytes that they hold: pages of their own and shared ones, not of files */
	uint64_t computed_ns; /* processor time so far, of those that live; 0: the kernel does not tell (CONFIG_SCHED_INFO) */
	uint64_t switches;  /* context switches so far, of all of them: unchanged = nobody moved */
};

/* The processes below KEEPER (itself not counted). Stops counting at LIMIT processes. STOPPED of them are in a stop
 * of a tracer's because a signal has stopped them (calls.h): any more than that will go on at once. */
void activity_look(pid_t keeper, unsigned limit, unsigned stopped, struct activity_look *look);

#endif
