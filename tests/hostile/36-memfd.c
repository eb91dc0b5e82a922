/* expect: exit 0; without filter: exit 1 */
/* Memory behind a descriptor, which nobody counts. */
#include "attack.h"

static void attack(void)
{
	TRY(memfd_create("hostile", 0) >= 0);
}
