/* pace.c - see pace.h. The piece of work is what the start of a program is made of: memory that is mapped and touched.
 * Emulators are slowest at that (qemu's TCG: 13 to 70 times; at other calls five times). */
#include "pace.h"

#include "clock.h"

#include <stdint.h>
#include <sys/mman.h>
#include <time.h>

#define PAGES 8
#define PAGE 4096
#define PIECES 5
#define REFERENCE_NS 30000 /* a virtual machine of 2.6 GHz with nested page tables; others are quicker */

/* Processor time of this thread; 0 where nobody counts it. */
static int64_t computed_ns(void)
{
	struct timespec now;

	return clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) ? 0 : (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* No memory: as if it had taken no time, for then something else is the matter. */
static int64_t time_piece(void)
{
	int64_t began = computed_ns();
	volatile char *pages = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (pages == MAP_FAILED)
		return 0;
	for (int i = 0; i < PAGES; i++)
		pages[i * PAGE] = 1;
	(void)munmap((void *)(uintptr_t)pages, PAGES * PAGE); /* our own */
	return computed_ns() - began;
}

unsigned pace_measure(void)
{
	int64_t taken[PIECES];

	for (int i = 0; i < PIECES; i++)
		taken[i] = time_piece();
	return pace_reckon(taken, PIECES, REFERENCE_NS);
}

unsigned pace_known(void)
{
	static unsigned pace;

	if (!pace)
		pace = pace_measure();
	return pace;
}

struct pace_limit pace_limit(int64_t limit_us)
{
	return (struct pace_limit){.until_us = clock_us() + limit_us, .limit_us = limit_us};
}

int64_t pace_left(struct pace_limit *limit)
{
	int64_t left = limit->until_us - clock_us();

	if (left > 0 || limit->asked)
		return left;
	limit->asked = true;
	limit->until_us += limit->limit_us * (pace_measure() - 1);
	return limit->until_us - clock_us();
}
