/* expect: exit 0; without filter: exit 1 */
/* Doors to the kernel that exploits come by. */
#include "attack.h"

static void attack(void)
{
	TRY(syscall(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */) >= 0);
	TRY(syscall(SYS_bpf, 0, NULL, 0) == 0 || errno != EPERM);
	TRY(syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0) >= 0 || errno != EPERM);
	TRY(syscall(SYS_fanotify_init, 0, 0) >= 0 || errno != EPERM);
}
