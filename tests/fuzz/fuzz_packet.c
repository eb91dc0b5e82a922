/* fuzz_packet.c - any bytes as packets, decoded and reduced to flows.
 *
 * The first byte picks the link type. Then packet by packet: one byte of
 * milliseconds behind the packet before, two bytes (big endian) of captured
 * length, of which the highest bit says that the wire had 100 bytes more, and the
 * bytes. What holds for the flows of any packets is checked at the end. */
#include "flow.h"

#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int linktypes[] = {
	DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_RAW, DLT_IPV4, DLT_IPV6, DLT_NULL, DLT_LOOP,
};

static volatile uint8_t touched;

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_event(const struct event *event, size_t packets)
{
	must(event->direction == DIRECTION_ALONG || event->direction == DIRECTION_AGAINST);
	must(event->kept <= event->length && event->kept <= FLOW_BYTES_KEPT);
	must(event->bytes != NULL);
	must(event->time_ns <= event->end_ns);
	must(event->packet >= 1 && event->packet <= packets);
	must(event->kind == EVENT_MESSAGE || event->length == 0);
	for (size_t i = 0; i < event->kept; i++)
		touched ^= event->bytes[i];
}

static void check_order(const struct flow *flow)
{
	const struct event *last = NULL; /* but for ICMP */

	for (size_t i = 0; i < flow->event_count; i++) {
		const struct event *event = &flow->events[i];

		must(i == 0 || event->packet >= event[-1].packet);
		must(event->packet >= flow->packet);
		if (event->kind == EVENT_UNREACHABLE)
			continue;
		if (flow->transport == TRANSPORT_TCP && last && last->kind == EVENT_MESSAGE &&
		    event->kind == EVENT_MESSAGE)
			must(last->direction != event->direction);
		last = event;
	}
}

static void check_sums(const struct flow *flow)
{
	uint64_t bytes[2] = {0};
	size_t ends[2][EVENT_UNREACHABLE + 1] = {0};

	for (size_t i = 0; i < flow->event_count; i++) {
		bytes[flow->events[i].direction] += flow->events[i].length;
		ends[flow->events[i].direction][flow->events[i].kind]++;
	}
	for (int i = 0; i < 2; i++) {
		must(bytes[i] == flow->bytes[i]);
		must(ends[i][EVENT_FIN] <= 1 && ends[i][EVENT_RESET] <= 1);
		must(!flow->acked[i] || flow->bytes[i]);
	}
}

static void check(const struct reducer *reducer, size_t packets)
{
	size_t count, sum = 0;
	const struct flow *const *flows = reducer_flows(reducer, &count);

	for (size_t i = 0; i < count; i++) {
		must(i == 0 || flows[i]->packet >= flows[i - 1]->packet);
		for (size_t j = 0; j < flows[i]->event_count; j++)
			check_event(&flows[i]->events[j], packets);
		check_order(flows[i]);
		check_sums(flows[i]);
		sum += flows[i]->packets[0] + flows[i]->packets[1];
	}
	for (int kind = PACKET_TCP; kind <= PACKET_MALFORMED; kind++)
		sum += reducer_unclaimed(reducer, (enum packet_kind)kind);
	must(sum == packets); /* every packet is somewhere */
}

static void take(struct reducer *reducer, int linktype, const uint8_t *data, size_t captured, size_t length,
                 int64_t time_ns, size_t number)
{
	struct packet packet = {.time_ns = time_ns};
	uint8_t *bytes = malloc(captured ? captured : 1); /* exact, for the sanitizer */

	must(bytes != NULL);
	memcpy(bytes, data, captured);
	packet_decode(linktype, bytes, captured, length, &packet);
	must(packet.time_ns == time_ns && packet.payload_captured <= packet.payload_length);
	reducer_packet(reducer, &packet, number);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reducer *reducer = reducer_new();
	size_t packets = 0, at = 1;
	int64_t time_ns = 0;

	while (at + 3 <= size) {
		size_t field = (size_t)data[at + 1] << 8 | data[at + 2], captured = field & 0x7fff;

		time_ns += (int64_t)data[at] * 1000000;
		at += 3;
		if (captured > size - at)
			captured = size - at;
		take(reducer, linktypes[data[0] % (sizeof linktypes / sizeof linktypes[0])], data + at, captured,
		     captured + (field >> 15) * 100, time_ns, ++packets);
		at += captured;
	}
	check(reducer, packets);
	reducer_free(reducer);
	return 0;
}
