/* fuzz_packet.c - any bytes as packets, decoded and reduced to flows.
 *
 * The first byte picks the link type (3 bits), the views (4), and whether flows are handed out when they
 * are over (1). Then packet by packet: one byte of milliseconds behind the packet before (from 250 on: of
 * seconds), two bytes (big endian) of captured length, of which the highest bit says that the wire had 100
 * bytes more, and the bytes. What holds for the flows of any packets is checked when they are handed out, or
 * at the end. */
#include "flow.h"

#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int linktypes[] = {
	DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_RAW, DLT_IPV4, DLT_IPV6, DLT_NULL, DLT_LOOP,
};

static volatile uint8_t touched;

/* What the first byte says, and what is counted on the way. */
struct reading {
	int linktype;
	unsigned views;
	size_t packets;   /* so far */
	size_t in_flows;  /* of them, those of the flows that were checked */
};

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

static void check_order(const struct flow *flow, unsigned views)
{
	const struct event *last = NULL; /* but for ICMP */

	for (size_t i = 0; i < flow->event_count; i++) {
		const struct event *event = &flow->events[i];

		must(i == 0 || event->packet >= event[-1].packet);
		must(event->packet >= flow->packet);
		if (event->kind == EVENT_UNREACHABLE || event->kind == EVENT_ACK)
			continue;
		if (flow->transport == TRANSPORT_TCP && !(views & VIEW_SEGMENTS) && last && last->kind == EVENT_MESSAGE &&
		    event->kind == EVENT_MESSAGE)
			must(last->direction != event->direction);
		last = event;
	}
}

static void check_sums(const struct flow *flow)
{
	uint64_t bytes[2] = {0};
	size_t ends[2][EVENT_ACK + 1] = {0};

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

static void check_flow(void *context, const struct flow *flow)
{
	struct reading *reading = context;

	for (size_t i = 0; i < flow->event_count; i++)
		check_event(&flow->events[i], reading->packets);
	check_order(flow, reading->views);
	check_sums(flow);
	reading->in_flows += flow->packets[0] + flow->packets[1];
}

static void check(const struct reducer *reducer, struct reading *reading, bool handed_out)
{
	size_t count;
	const struct flow *const *flows = reducer_flows(reducer, &count);

	must(!handed_out || !count);
	for (size_t i = 0; i < count; i++) {
		must(i == 0 || flows[i]->packet >= flows[i - 1]->packet);
		check_flow(reading, flows[i]);
	}
	for (int kind = PACKET_TCP; kind <= PACKET_MALFORMED; kind++)
		reading->in_flows += reducer_unclaimed(reducer, (enum packet_kind)kind);
	/* Every packet is somewhere; but what comes behind the handing out of its flow is told to nobody. */
	must(handed_out ? reading->in_flows <= reading->packets : reading->in_flows == reading->packets);
}

static void take(struct reducer *reducer, struct reading *reading, const uint8_t *data, size_t captured, size_t length,
                 int64_t time_ns)
{
	struct packet packet = {.time_ns = time_ns};
	uint8_t *bytes = malloc(captured ? captured : 1); /* exact, for the sanitizer */

	must(bytes != NULL);
	memcpy(bytes, data, captured);
	packet_decode(reading->linktype, bytes, captured, length, &packet);
	must(packet.time_ns == time_ns && packet.payload_captured <= packet.payload_length);
	reducer_packet(reducer, &packet, ++reading->packets);
	free(bytes);
}

static void read_packets(struct reducer *reducer, struct reading *reading, const uint8_t *data, size_t size)
{
	size_t at = 1;
	int64_t time_ns = 0;

	while (at + 3 <= size) {
		size_t field = (size_t)data[at + 1] << 8 | data[at + 2], captured = field & 0x7fff;

		time_ns += data[at] < 250 ? (int64_t)data[at] * 1000000 : (int64_t)data[at] * 1000000000;
		at += 3;
		if (captured > size - at)
			captured = size - at;
		take(reducer, reading, data + at, captured, captured + (field >> 15) * 100, time_ns);
		at += captured;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned first = size ? data[0] : 0, links = sizeof linktypes / sizeof linktypes[0];
	struct reading reading = {.linktype = linktypes[first % links], .views = first / links % 16};
	bool hands_out = first & 0x80;
	struct reducer *reducer = reducer_new_with(&(struct reducer_options){
		.bytes_kept = FLOW_BYTES_KEPT, .events_kept = SIZE_MAX, .views = reading.views,
		.take = hands_out ? check_flow : NULL, .context = &reading});

	read_packets(reducer, &reading, data, size);
	if (hands_out)
		reducer_finish(reducer);
	check(reducer, &reading, hands_out);
	reducer_free(reducer);
	return 0;
}
