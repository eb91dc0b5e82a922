/* expect: exit 0 or processes; without limits,tripwire: exit 1 */
/* More processes than anybody needs. */
#include "attack.h"

static void attack(void)
{
	int count = 0;

	while (count < 200) {
		pid_t pid = fork();

		if (pid < 0)
			break;
		if (!pid)
			for (;;)
				(void)pause();
		count++;
	}
	TRY(count > 100);
}
