/* expect: exit 0; twice; no control: the second run finds what the first one wrote, or not */
/* A letter for the next run, in files. */
#include "attack.h"

static void attack(void)
{
	static const char *const places[] = {"letter", "/tmp/letter", "/dev/shm/letter", "/home/letter"};

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		TRY(access(places[i], F_OK) == 0);
		(void)open(places[i], O_WRONLY | O_CREAT, 0666);
	}
}
