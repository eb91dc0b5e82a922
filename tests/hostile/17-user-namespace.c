/* expect: exit 0; without filter,user: exit 1 */
/* A user namespace of our own, with every capability in it. */
#include "attack.h"

static void attack(void)
{
	TRY(unshare(CLONE_NEWUSER) == 0);
}
