/* expect: memory; without tripwire: exit 1 */
/* Memory, in many processes that each stay below every limit. */
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
	int status;

	for (int i = 0; i < 20; i++)
		if (fork() == 0) {
			bool touched = touch(32 << 20);

			(void)sleep(1);
			_exit(touched);
		}
	for (int i = 0; i < 20; i++)
		TRY(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) && i == 19);
}
