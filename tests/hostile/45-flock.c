/* expect: exit 0; without filter: exit 1 */
/* A lock on a file that every program of the machine sees: a bit, from run to run. */
#include "attack.h"

static void attack(void)
{
	TRY(flock(open("/usr/bin/env", O_RDONLY), LOCK_SH) == 0);
}
