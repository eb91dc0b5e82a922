/* expect: exit 0; without filter: exit 1 */
/* Addresses that can be foreseen, memory that can be executed. */
#include "attack.h"

static void attack(void)
{
	TRY(syscall(SYS_personality, 0x0040000 /* ADDR_NO_RANDOMIZE */) >= 0);
}
