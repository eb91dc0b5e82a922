/* expect: exit 0; without filter,privileges: exit 1 */
/* Other namespaces, each alone. */
#include "attack.h"

static void attack(void)
{
	static const int kinds[] = {CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWPID, CLONE_NEWCGROUP};

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		TRY(unshare(kinds[i]) == 0);
}
