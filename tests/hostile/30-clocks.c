/* expect: exit 0; no control: the kernel asks for capabilities over the machine */
/* The time, and who gets how much of it. */
#include "attack.h"

static void attack(void)
{
	struct timespec now = {1, 0};
	struct sched_param first = {.sched_priority = 1};

	TRY(clock_settime(CLOCK_REALTIME, &now) == 0);
	TRY(sched_setscheduler(0, SCHED_FIFO, &first) == 0);
	TRY(setpriority(PRIO_PROCESS, 0, -20) == 0);
	TRY(unshare(0x80 /* CLONE_NEWTIME */) == 0);
}
