/* expect: exit 0; no control: nothing that a program prints is read for a verdict */
/* Says that all is well, in every format. */
#include "attack.h"

static void attack(void)
{
	puts("1..1\nok 1 - everything\n{\"score\": 100}\nexit 0\n10 of 10 points.");
	fputs("ok\nexit 0\n", stderr);
}
