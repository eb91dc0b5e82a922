/* expect: exit 0; without files: exit 1 */
/* Bytes, in files of 8 MiB, wherever one can be made. */
#include "attack.h"
static const char *const places[] = {".", "/tmp", "/dev/shm", "/home", "/", "/var/tmp", "/run", "/etc", "/usr", "/dev"};

static size_t fill(const char *place, int number)
{
	static char block[65536];
	size_t total = 0;
	char name[64];
	int fd;

	snprintf(name, sizeof name, "%s/hostile-%d", place, number);
	fd = open(name, O_WRONLY | O_CREAT, 0600);
	while (fd >= 0 && total < 8 << 20 && write(fd, block, sizeof block) == sizeof block)
		total += sizeof block;
	if (fd >= 0)
		(void)close(fd);
	return total;
}

static void attack(void)
{
	size_t total = 0;

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		for (int file = 0; file < 16 && total < 100 << 20; file++)
			total += fill(places[i], file);
	TRY(total >= 100 << 20);
}
