/* schedstat.c - see schedstat.h. */
#include "schedstat.h"

#include <inttypes.h>
#include <stdio.h>

bool schedstat_parse(const char *line, struct schedstat *times)
{
	struct schedstat found;

	if (sscanf(line, "%" SCNu64 " %" SCNu64 " %" SCNu64, &found.computed_ns, &found.waited_ns, &found.turns) != 3)
		return false;
	*times = found;
	return true;
}
