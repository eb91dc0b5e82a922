/* expect: exit 0; without limits: exit 1 */
/* A core file, or a helper that the machine starts for one. */
#include "attack.h"

static void attack(void)
{
	struct rlimit core;

	TRY(getrlimit(RLIMIT_CORE, &core) || core.rlim_max > 1);
}
