/* expect: memory; without tripwire: exit 1 */
/* Memory, in one process. */
#include "attack.h"

static char *touch(size_t size)
{
	char *memory = malloc(size);

	for (size_t i = 0; memory && i < size; i += 4096)
		memory[i] = 1;
	return memory;
}

static void attack(void)
{
	for (int i = 0; i < 20; i++)
		TRY(touch(32 << 20) && i == 19);
	(void)sleep(1);
}
