/* expect: exit 0; without limits: exit 1 */
/* Descriptors, more than anybody needs. */
#include "attack.h"

static void attack(void)
{
	int count = 0;

	while (count < 400 && open("/dev/null", O_RDONLY) >= 0)
		count++;
	TRY(count > 300);
}
