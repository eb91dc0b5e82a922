/* expect: exit 0; without root: exit 1 */
/* The solution, by its path. */
#include "attack.h"

static void attack(void)
{
	TRY(open(in_folder("solution.c"), O_RDONLY) >= 0);
	TRY(access("/proc/1/root/root", F_OK) == 0);
}
