/* cgroup.h - a control group round each sandbox of a class, where windsock may make some.
 *
 * Control groups, version 2 (cgroups(7)), count what no other limit does: memory of the kernel (buffers of sockets and
 * pipes), shared memory without a file. windsock makes groups
 * - where root runs it: at the top, if memory and processes are counted there, as systemd has it;
 * - else in its own group, if that belongs to who runs it and holds nobody else, as `systemd-run --user --scope -p
 *   Delegate=yes windsock grade ...` makes it. A group with groups below may hold no process itself: windsock moves
 *   into one of them.
 * Anywhere else there are none, and everything is as without. A group is for more than what a run allows, so that the run
 * sees who wants too much, and says so (cast.c). */
#ifndef WINDSOCK_CGROUP_H
#define WINDSOCK_CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

/* Once, before anything is forked. False: no groups are to be had. */
bool cgroup_open(void);
/* Puts KEEPER, which waits and has started nothing yet, into a group of its own. Best effort. */
void cgroup_enter(pid_t keeper, bool compiles);
/* Whether the kernel has ended all of KEEPER's group for the memory that it wanted. Before cgroup_leave(). */
bool cgroup_was_full(pid_t keeper);
/* When every process of the group is gone. */
void cgroup_leave(pid_t keeper);

#endif
