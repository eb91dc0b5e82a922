/* expect: exit 0; without filter,privileges: exit 1 */
/* Out of the root by a second one. */
#include "attack.h"

static void attack(void)
{
	(void)mkdir("cell", 0700);
	TRY(chroot("cell") == 0);
}
