/* capture_compare.c - see capture_compare.h. */
#include "capture_compare.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* draft-ietf-opsawg-pcap, section 4 and 5 */
#define FILE_HEADER 24
#define PACKET_HEADER 16
#define MAGIC 0xa1b2c3d4U

struct record {
	uint32_t length[2]; /* captured, on the wire */
	const char *bytes;
};

struct records {
	struct record *list;
	size_t count, capacity;
};

static uint32_t word_at(const char *bytes)
{
	uint32_t word;

	memcpy(&word, bytes, sizeof word);
	return word;
}

static int compare_records(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	for (int i = 0; i < 2; i++)
		if (x->length[i] != y->length[i])
			return x->length[i] < y->length[i] ? -1 : 1;
	return memcmp(x->bytes, y->bytes, x->length[0]);
}

/* All packets of CAPTURE, in an order of their own. */
static int read_records(const struct text *capture, struct records *records)
{
	const char *bytes = text_string(capture);
	size_t at = FILE_HEADER, left;

	if (capture->length < FILE_HEADER || word_at(bytes) != MAGIC)
		return -1;
	while ((left = capture->length - at) > 0) {
		struct record record;

		if (left < PACKET_HEADER)
			return -1;
		record = (struct record){{word_at(bytes + at + 8), word_at(bytes + at + 12)}, bytes + at + PACKET_HEADER};
		if (record.length[0] > left - PACKET_HEADER)
			return -1;
		mem_room(records->list, records->count, records->capacity);
		records->list[records->count++] = record;
		at += PACKET_HEADER + record.length[0];
	}
	if (records->count)
		qsort(records->list, records->count, sizeof *records->list, compare_records);
	return 0;
}

/* Both are sorted: a merge. */
static void count_difference(const struct records both[2], struct capture_difference *difference)
{
	size_t at[2] = {0, 0};

	while (at[0] < both[0].count && at[1] < both[1].count) {
		int order = compare_records(&both[0].list[at[0]], &both[1].list[at[1]]);

		difference->only[0] += order < 0;
		difference->only[1] += order > 0;
		at[0] += order <= 0;
		at[1] += order >= 0;
	}
	for (int i = 0; i < 2; i++) {
		difference->only[i] += both[i].count - at[i];
		difference->packets[i] = both[i].count;
	}
}

int capture_compare(const struct text *a, const struct text *b, struct capture_difference *difference)
{
	struct records both[2] = {{0}, {0}};
	int result = read_records(a, &both[0]) || read_records(b, &both[1]) ? -1 : 0;

	*difference = (struct capture_difference){{0}, {0}};
	if (!result)
		count_difference(both, difference);
	free(both[0].list);
	free(both[1].list);
	return result;
}

bool capture_same(const struct capture_difference *difference)
{
	return !difference->only[0] && !difference->only[1];
}
