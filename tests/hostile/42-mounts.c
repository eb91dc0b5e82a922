/* expect: exit 0; without filter,privileges: exit 1 */
/* What was hidden behind the mounts, and new ones. */
#include "attack.h"

static void attack(void)
{
	TRY(mount("tmpfs", "/home/tmp", "tmpfs", 0, NULL) == 0);
	TRY(mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND, NULL) == 0);
	TRY(umount2("/usr", MNT_DETACH) == 0);
	TRY(syscall(SYS_open_tree, AT_FDCWD, "/", 1) >= 0);
}
