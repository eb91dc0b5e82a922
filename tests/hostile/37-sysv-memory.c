/* expect: exit 0; without filter: exit 1 */
/* Memory behind a key, which stays when we go. */
#include "attack.h"

static void attack(void)
{
	TRY(syscall(SYS_shmget, 4711, 1 << 20, 01600) >= 0);
}
