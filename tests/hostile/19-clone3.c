/* expect: exit 0; without filter,user: exit 1 */
/* The same by clone3(), whose flags no filter can see. */
#include "attack.h"

static void attack(void)
{
	struct {
		uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls;
	} arguments = {.flags = CLONE_NEWUSER, .exit_signal = SIGCHLD};
	long pid = syscall(SYS_clone3, &arguments, sizeof arguments);

	if (!pid)
		_exit(0);
	TRY(pid > 0);
}
