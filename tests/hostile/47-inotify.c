/* expect: exit 0; without filter: exit 1 */
/* Who on this machine opens what, and when. */
#include "attack.h"

static void attack(void)
{
	TRY(inotify_add_watch(inotify_init(), "/usr/bin", IN_OPEN) >= 0);
}
