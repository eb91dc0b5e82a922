/* pace_reckon.c - see pace_reckon.h. */
#include "pace_reckon.h"

#include <stdlib.h>

static int ascending(const void *left, const void *right)
{
	int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;

	return a < b ? -1 : a > b;
}

unsigned pace_reckon(int64_t *taken, size_t count, int64_t reference_ns)
{
	int64_t times;

	if (!count)
		return 1;
	qsort(taken, count, sizeof *taken, ascending);
	times = taken[count / 2] / reference_ns;
	if (times < 1)
		return 1;
	return times > PACE_MOST ? PACE_MOST : (unsigned)times;
}
