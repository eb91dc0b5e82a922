/* expect: signal 31; without filter: exit 1; only x86_64 */
/* A call by its x32 number. */
#include "attack.h"

static void attack(void)
{
	TRY(syscall(0x40000000L | 39 /* getpid */) || true);
}
