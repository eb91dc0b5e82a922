/* queued.h - how long a process of ours has waited for a processor. */
#ifndef WINDSOCK_QUEUED_H
#define WINDSOCK_QUEUED_H

#include <stdint.h>
#include <sys/types.h>

/* A descriptor to ask by; -1: nobody tells. It is close-on-exec, and the caller's. */
int queued_open(pid_t pid);
/* Microseconds, of its first thread, since it was born. 0 where nobody tells, or it is no more. */
int64_t queued_us(int fd);

#endif
