/* expect: exit 0; no control: there is no other namespace to be seen */
/* The namespaces of who started us. */
#include "attack.h"

static void attack(void)
{
	static const char *const names[] = {"net", "user", "mnt", "pid", "ipc", "uts"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char path[64];
		int fd;

		snprintf(path, sizeof path, "/proc/1/ns/%s", names[i]);
		fd = open(path, O_RDONLY);
		TRY(fd >= 0);
		TRY(fd >= 0 && setns(fd, 0) == 0);
	}
}
