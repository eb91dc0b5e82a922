/* expect: exit 0; without keeper,landlock: exit 1 */
/* What it was started with, and what it has open. */
#include "attack.h"

static void attack(void)
{
	int fd = open("/proc/1/environ", O_RDONLY);
	char byte;

	TRY(fd >= 0 && read(fd, &byte, 1) > 0);
	TRY(opendir("/proc/1/fd") != NULL);
}
