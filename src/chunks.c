/* chunks.c - see chunks.h. */
#include "chunks.h"

#define WANTED_S 180.0 /* what is lost with a machine is at most this, and twice what a chunk costs beside it is 1 % */
#define LEAST_S 20.0   /* below it the engine costs more than another machine saves */

static size_t divide_up(size_t number, size_t by)
{
	return number / by + (number % by != 0);
}

static size_t in_seconds(double wanted, double each)
{
	double count = wanted / (each > 0 ? each : 1);

	return count < 1 ? 1 : count > 1e6 ? 1000000 : (size_t)count;
}

size_t chunks_size(const struct chunks_question *question)
{
	size_t size = in_seconds(WANTED_S, question->seconds), least = in_seconds(LEAST_S, question->seconds);
	size_t even = question->slots ? divide_up(question->units, question->slots) : size;

	if (even < least)
		even = least;
	if (even < size)
		size = even;
	if (question->most && divide_up(question->units, question->most) > size)
		size = divide_up(question->units, question->most);
	return size ? size : 1;
}
