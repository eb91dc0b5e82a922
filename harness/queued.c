/* queued.c - see queued.h. */
#include "queued.h"

#include "../src/schedstat.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int queued_open(pid_t pid)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/schedstat", (int)pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int64_t queued_us(int fd)
{
	char line[128];
	ssize_t got = fd >= 0 ? pread(fd, line, sizeof line - 1, 0) : -1;
	struct schedstat times = {0};

	line[got > 0 ? got : 0] = '\0';
	(void)schedstat_parse(line, &times); /* nobody tells: 0 */
	return (int64_t)(times.waited_ns / 1000);
}
