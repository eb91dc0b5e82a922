/* expect: exit 0; without limits: exit 1 */
/* Limits, raised again. */
#include "attack.h"

static void attack(void)
{
	struct rlimit more = {300, 300};

	TRY(setrlimit(RLIMIT_NOFILE, &more) == 0);
	TRY(setrlimit(RLIMIT_NPROC, &more) == 0);
}
