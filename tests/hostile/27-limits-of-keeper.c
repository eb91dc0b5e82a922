/* expect: exit 0; without filter: exit 1 */
/* The limits of the first process: it could open nothing any more. */
#include "attack.h"

static void attack(void)
{
	struct rlimit none = {0, 0};

	TRY(prlimit(1, RLIMIT_NOFILE, &none, NULL) == 0);
}
