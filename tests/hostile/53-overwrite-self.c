/* expect: exit 0; without read-only: exit 1 */
/* Its own program, for the next run: by a descriptor that is still there when it does not run any more. */
#include "attack.h"

static void attack(void)
{
	if (open("/proc/self/exe", O_RDONLY) >= 0)
		execl("/bin/sh", "sh", "-c", "for fd in /proc/self/fd/*; do case $(readlink $fd) in */53-*) "
		      "(true >> $fd) 2> /dev/null && exit 1; esac; done; exit 0", (char *)NULL);
	won = 2;
}
