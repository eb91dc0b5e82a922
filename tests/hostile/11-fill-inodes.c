/* expect: exit 0; without files: exit 1 */
/* Files without a byte: their number has a limit too. */
#include "attack.h"
static const char *const places[] = {".", "/tmp", "/dev/shm", "/home", "/", "/var/tmp", "/run", "/etc", "/usr", "/dev"};

static void attack(void)
{
	int count = 0;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		for (int file = 0; file < 2000; file++) {
			char name[64];

			snprintf(name, sizeof name, "%s/hostile-%d", places[i], file);
			count += mkdir(name, 0700) == 0;
		}
	TRY(count > 1000);
}
