/* expect: exit 0; no control: each run has pipes of its own */
/* The grader's end of our output: made non-blocking, or tiny. */
#include "attack.h"

static void attack(void)
{
	(void)fcntl(1, F_SETFL, O_NONBLOCK);
	(void)fcntl(1, 1031 /* F_SETPIPE_SZ */, 4096);
	(void)fcntl(2, F_SETFL, O_NONBLOCK | O_ASYNC);
	puts("still heard");
}
