/* expect: output; no control: who reads stops reading */
/* Output without end. */
#include "attack.h"

static void attack(void)
{
	static char block[4096];

	memset(block, 'x', sizeof block);
	while (write(1, block, sizeof block) > 0)
		;
}
