/* expect: exit 0; without environment: exit 1 */
/* What the grader has in its environment. */
#include "attack.h"

static void attack(void)
{
	TRY(getenv("SECRET_TOKEN") != NULL);
}
