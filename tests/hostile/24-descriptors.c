/* expect: exit 0; without descriptors: exit 1 */
/* What the grader has left open. */
#include "attack.h"

static void attack(void)
{
	for (int fd = 3; fd < 1024; fd++)
		TRY(fcntl(fd, F_GETFD) >= 0);
}
