/* expect: exit 0; without filter: exit 1 */
/* The same by fcntl(), in both its kinds. */
#include "attack.h"

static void attack(void)
{
	struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
	int fd = open("/usr/bin/env", O_RDONLY);

	TRY(fcntl(fd, F_SETLK, &lock) == 0);
	lock.l_pid = 0;
	TRY(fcntl(fd, 37 /* F_OFD_SETLK */, &lock) == 0);
}
