/* fragment.c - see fragment.h. */
#include "fragment.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

#define HEADER_ROOM 40   /* for the IP header in front of the payload */
#define PAYLOAD_MAX 65536
#define BLOCKS (PAYLOAD_MAX / 8)
#define LIFETIME_NS (30 * INT64_C(1000000000)) /* net.ipv4.ipfrag_time of Linux */
#define REPEAT_NS INT64_C(1000000)             /* one packet captured twice comes so soon again */

struct datagram {
	bool used, done;
	struct packet first;      /* the fragment that came first: addresses, id, protocol, time */
	int64_t last_ns;
	uint64_t age;             /* order of arrival, for pushing out */
	size_t count;             /* fragments so far */
	size_t total;             /* bytes; 0 = the last fragment is still missing */
	size_t extent;            /* end of the farthest fragment */
	size_t blocks_filled;
	size_t cut;               /* from here on the capture lacks bytes */
	uint8_t filled[BLOCKS / 8];
	uint8_t bytes[HEADER_ROOM + PAYLOAD_MAX];
};

struct fragments {
	struct datagram *datagrams[FRAGMENT_DATAGRAMS]; /* NULL until needed */
	uint64_t clock;
	size_t abandoned;
};

struct fragments *fragments_new(void)
{
	return mem_alloc(sizeof(struct fragments));
}

void fragments_free(struct fragments *fragments)
{
	for (size_t i = 0; i < FRAGMENT_DATAGRAMS; i++)
		free(fragments->datagrams[i]);
	free(fragments);
}

static bool is_same(const struct packet *a, const struct packet *b)
{
	return a->fragment_id == b->fragment_id && a->fragment_protocol == b->fragment_protocol &&
	       address_equal(&a->source, &b->source) && address_equal(&a->destination, &b->destination);
}

static void begin(struct fragments *fragments, struct datagram *datagram, const struct packet *fragment)
{
	if (datagram->used && !datagram->done)
		fragments->abandoned += datagram->count;
	memset(datagram->filled, 0, sizeof datagram->filled);
	datagram->used = true;
	datagram->done = false;
	datagram->first = *fragment;
	datagram->first.payload = NULL;
	datagram->age = ++fragments->clock;
	datagram->count = datagram->total = datagram->extent = datagram->blocks_filled = 0;
	datagram->cut = PAYLOAD_MAX;
}

/* An identification comes again after 65536 datagrams or fewer. */
static bool is_stale(const struct datagram *datagram, const struct packet *fragment)
{
	int64_t since = fragment->time_ns - datagram->last_ns;

	return since > (datagram->done ? REPEAT_NS : LIFETIME_NS);
}

static struct datagram *find(struct fragments *fragments, const struct packet *fragment)
{
	struct datagram **oldest = &fragments->datagrams[0];

	for (size_t i = 0; i < FRAGMENT_DATAGRAMS; i++) {
		struct datagram **slot = &fragments->datagrams[i];

		if (*slot && is_same(&(*slot)->first, fragment)) {
			if (is_stale(*slot, fragment))
				begin(fragments, *slot, fragment);
			return *slot;
		}
		if (*oldest && (!*slot || (*slot)->age < (*oldest)->age))
			oldest = slot;
	}
	if (!*oldest)
		*oldest = mem_alloc(sizeof **oldest);
	begin(fragments, *oldest, fragment);
	return *oldest;
}

static void fill_blocks(struct datagram *datagram, size_t offset, size_t length)
{
	for (size_t block = offset / 8; block * 8 < offset + length; block++) {
		uint8_t bit = (uint8_t)(1u << block % 8);

		datagram->blocks_filled += !(datagram->filled[block / 8] & bit);
		datagram->filled[block / 8] |= bit;
	}
}

static void fill(struct datagram *datagram, const struct packet *fragment)
{
	size_t offset = fragment->fragment_offset, end = offset + fragment->payload_length;

	if (fragment->payload_captured)
		memcpy(datagram->bytes + HEADER_ROOM + offset, fragment->payload, fragment->payload_captured);
	if (fragment->payload_captured < fragment->payload_length &&
	    datagram->cut > offset + fragment->payload_captured)
		datagram->cut = offset + fragment->payload_captured;
	fill_blocks(datagram, offset, fragment->payload_length);
	if (!fragment->fragment_more)
		datagram->total = end;
	if (datagram->extent < end)
		datagram->extent = end;
	datagram->last_ns = fragment->time_ns;
	datagram->count++;
}

/* Fragments that go beyond the last one contradict it: never complete. */
static bool is_complete(const struct datagram *datagram)
{
	return datagram->total && datagram->extent == datagram->total &&
	       datagram->blocks_filled == (datagram->total + 7) / 8;
}

static size_t write_ipv4(uint8_t *payload, const struct packet *first)
{
	uint8_t header[20] = {0x45};

	/* The total length stays 0, which stands for all there is. */
	header[4] = (uint8_t)(first->fragment_id >> 8);
	header[5] = (uint8_t)first->fragment_id;
	header[9] = first->fragment_protocol;
	memcpy(header + 12, first->source.bytes, 4);
	memcpy(header + 16, first->destination.bytes, 4);
	memcpy(payload - sizeof header, header, sizeof header);
	return sizeof header;
}

static size_t write_ipv6(uint8_t *payload, const struct packet *first)
{
	uint8_t header[40] = {0x60};

	header[6] = first->fragment_protocol;
	memcpy(header + 8, first->source.bytes, 16);
	memcpy(header + 24, first->destination.bytes, 16);
	memcpy(payload - sizeof header, header, sizeof header);
	return sizeof header;
}

static void decode_whole(struct datagram *datagram, const struct packet *last, struct packet *whole)
{
	uint8_t *payload = datagram->bytes + HEADER_ROOM;
	size_t captured = datagram->cut < datagram->total ? datagram->cut : datagram->total;
	size_t header = last->source.family == 4 ? write_ipv4(payload, last) : write_ipv6(payload, last);

	packet_decode_ip(payload - header, header + captured, header + datagram->total, whole);
	whole->time_ns = last->time_ns;
	whole->cooked = last->cooked;
}

size_t fragments_add(struct fragments *fragments, const struct packet *fragment, struct packet *whole)
{
	struct datagram *datagram = find(fragments, fragment);

	if (datagram->done) {
		fragments->abandoned++;
		return 0;
	}
	fill(datagram, fragment);
	if (!is_complete(datagram))
		return 0;
	datagram->done = true;
	decode_whole(datagram, fragment, whole);
	return datagram->count;
}

size_t fragments_left(const struct fragments *fragments)
{
	size_t left = fragments->abandoned;

	for (size_t i = 0; i < FRAGMENT_DATAGRAMS; i++)
		if (fragments->datagrams[i] && !fragments->datagrams[i]->done)
			left += fragments->datagrams[i]->count;
	return left;
}
