/* merge.c - see merge.h. */
#include "merge.h"

#include <stdlib.h>
#include <string.h>

void merge_add(struct merge *merge, size_t source, int64_t time_ns, const void *head, size_t head_size,
               const void *bytes, size_t size)
{
	struct merge_piece piece = {.time_ns = time_ns, .at = merge->held.length, .size = head_size + size};

	if (merge->newest_ns[source] > piece.time_ns)
		piece.time_ns = merge->newest_ns[source];
	merge->newest_ns[source] = piece.time_ns;
	text_add_bytes(&merge->held, head, head_size);
	text_add_bytes(&merge->held, bytes, size);
	mem_room(merge->pieces, merge->count, merge->capacity);
	merge->pieces[merge->count++] = piece;
}

static int compare_pieces(const void *a, const void *b)
{
	const struct merge_piece *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at; /* as they were read */
}

/* The newest time of the earlier rounds' pieces: nothing that is still to come is older. */
static int64_t find_limit(const struct merge *merge)
{
	int64_t limit = INT64_MIN;

	for (size_t i = 0; i < merge->settled; i++)
		if (merge->pieces[i].time_ns > limit)
			limit = merge->pieces[i].time_ns;
	return limit;
}

static void forget_all(struct merge *merge)
{
	merge->held.length = 0;
	merge->count = merge->settled = 0;
	memset(merge->newest_ns, 0, sizeof merge->newest_ns);
}

void merge_round(struct merge *merge, bool quiet, struct text *out)
{
	int64_t limit = quiet ? INT64_MAX : find_limit(merge);
	size_t done = 0;

	if (merge->count)
		qsort(merge->pieces, merge->count, sizeof *merge->pieces, compare_pieces);
	while (done < merge->count && merge->pieces[done].time_ns <= limit) {
		text_add_bytes(out, merge->held.data + merge->pieces[done].at, merge->pieces[done].size);
		done++;
	}
	merge->count -= done;
	merge->settled = merge->count;
	if (merge->count)
		memmove(merge->pieces, merge->pieces + done, merge->count * sizeof *merge->pieces);
	else
		forget_all(merge);
}

void merge_free(struct merge *merge)
{
	free(merge->pieces);
	text_free(&merge->held);
	*merge = (struct merge){0};
}
