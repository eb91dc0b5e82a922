/* expect: exit 0; no control: 01 has one */
/* Folders of the machine that nobody needs here. */
#include "attack.h"

static void attack(void)
{
	static const char *const paths[] = {"/root", "/etc/shadow", "/sys/kernel", "/run", "/var", "/boot", "/proc/sys",
	                                    "/proc/kallsyms", "/mnt", "/srv", "/etc/hostname"};

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		TRY(access(paths[i], F_OK) == 0);
}
