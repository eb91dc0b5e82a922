/* expect: exit 0; without root,read-only: exit 1 */
/* The results of everybody. */
#include "attack.h"

static void attack(void)
{
	int fd = open(in_folder("results.json"), O_WRONLY | O_TRUNC);

	TRY(fd >= 0 && write(fd, "100", 3) == 3);
	TRY(unlink(in_folder("results.json")) == 0);
}
