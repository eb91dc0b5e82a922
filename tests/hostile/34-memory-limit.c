/* expect: exit 0; without limits: exit 1 */
/* Addresses, of which nothing is used. */
#include "attack.h"

static void attack(void)
{
	TRY(mmap(NULL, (size_t)3 << 30, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) != MAP_FAILED);
}
