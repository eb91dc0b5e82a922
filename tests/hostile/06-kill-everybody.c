/* expect: exit 0; no control: the pid namespace is what the sandbox is made of */
/* Every process that can be named. */
#include "attack.h"

static void attack(void)
{
	for (int i = 0; i < 3; i++)
		(void)kill(-1, i ? SIGKILL : SIGSTOP);
	(void)kill(getppid(), SIGKILL);
	(void)kill(1, SIGKILL);
	TRY(kill(grader, SIGKILL) == 0 && grader > 64);
}
