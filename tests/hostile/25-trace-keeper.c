/* expect: exit 0; without filter,keeper,landlock: exit 1 */
/* The first process of the sandbox, which knows how we end. */
#include "attack.h"

static void attack(void)
{
	TRY(ptrace(PTRACE_SEIZE, 1, NULL, NULL) == 0);
	TRY(open("/proc/1/mem", O_RDWR) >= 0);
}
