/* expect: exit 0; no control: the pid namespace is what the sandbox is made of */
/* A grandchild in a session of its own, which outlives its parents. */
#include "attack.h"

static void attack(void)
{
	if (fork() == 0 && setsid() > 0 && fork() == 0)
		for (;;)
			(void)pause();
}
