/* expect: time; no control: the clock is who waits */
/* All processors, for ever. */
#include "attack.h"

static void attack(void)
{
	(void)signal(SIGXCPU, SIG_IGN);
	for (int i = 0; i < 3; i++)
		(void)fork();
	for (;;)
		;
}
