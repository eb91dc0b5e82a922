/* expect: exit 0; without filter: exit 1 */
/* Types into the terminal of who reads the report; also with bits that the kernel does not look at. */
#include "attack.h"

static void attack(void)
{
	TRY(ioctl(0, TIOCSTI, "x") == 0 || errno != EPERM);
	TRY(syscall(SYS_ioctl, 0, TIOCSTI | 1L << 32, "x") == 0 || errno != EPERM);
}
