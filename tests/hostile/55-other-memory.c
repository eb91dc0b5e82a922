/* expect: exit 0; without filter: exit 1 */
/* Memory by the number of its process. */
#include "attack.h"

static void attack(void)
{
	char word[4] = "old", other[4] = "new";
	struct {
		void *base;
		size_t length;
	} local = {word, 4}, remote = {other, 4};

	TRY(syscall(SYS_process_vm_readv, getpid(), &local, 1, &remote, 1, 0) == 4);
}
