/* expect: signal 31; without filter: exit 1; only x86_64 */
/* A call by its 32-bit number, which means another one. */
#include "attack.h"

static void attack(void)
{
#ifdef __x86_64__
	int result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20 /* getpid */) : "memory");
	TRY(result > 0);
#endif
}
