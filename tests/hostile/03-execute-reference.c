/* expect: exit 0; without root: exit 1 */
/* The reference program, to answer in our place. */
#include "attack.h"

static void attack(void)
{
	int status;

	if (fork() == 0) {
		execl(in_folder("reference"), "reference", (char *)NULL);
		_exit(127);
	}
	TRY(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
