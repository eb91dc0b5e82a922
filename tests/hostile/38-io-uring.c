/* expect: exit 0; no control: many kernels have it switched off */
/* System calls past the filter. */
#include "attack.h"

static void attack(void)
{
	char parameters[256] = {0};

	TRY(syscall(425 /* io_uring_setup */, 4, parameters) >= 0 || errno != ENOSYS);
}
