/* expect: exit 0; without filter: exit 1 */
/* A letter for the next run, in the keyring of the user. */
#include "attack.h"

static void attack(void)
{
	TRY(syscall(SYS_add_key, "user", "hostile", "letter", 6, -3 /* of the process */) >= 0);
}
