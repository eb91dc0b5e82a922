/* expect: exit 0; without read-only: exit 1 */
/* Files that every program reads. */
#include "attack.h"

static void attack(void)
{
	TRY(open("/etc/ld.so.preload", O_WRONLY | O_CREAT, 0644) >= 0);
	TRY(open("/etc/passwd", O_WRONLY) >= 0);
	TRY(open("/usr/bin/env", O_WRONLY) >= 0);
	TRY(mkdir("/hostile", 0755) == 0);
}
