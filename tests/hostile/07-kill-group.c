/* expect: signal 15; without session,landlock: damage; only as user: root's programs are somebody else */
/* The process group, which may be the grader's: kill(0) crosses a pid namespace. */
#include "attack.h"

static void attack(void)
{
	(void)kill(0, SIGTERM);
}
