/* expect: time; no control: the clock is who waits */
/* Every signal ignored, and no end. */
#include "attack.h"

static void attack(void)
{
	for (int number = 1; number < 65; number++)
		(void)signal(number, SIG_IGN);
	for (;;)
		(void)pause();
}
