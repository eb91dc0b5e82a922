/* expect: exit 0; without filter,user: exit 1 */
/* The same by clone(). */
#include "attack.h"

static void attack(void)
{
	long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);

	if (!pid)
		_exit(0);
	TRY(pid > 0);
}
