/* expect: exit 0; without filter: exit 1 */
/* A file past its path; of a tmpfs, which has handles on every kernel. */
#include "attack.h"

static void attack(void)
{
	struct {
		unsigned bytes;
		int type;
		unsigned char handle[128];
	} handle = {.bytes = 128};
	int mount;

	TRY(syscall(SYS_name_to_handle_at, AT_FDCWD, ".", &handle, &mount, 0) == 0);
}
