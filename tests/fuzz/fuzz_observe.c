/* fuzz_observe.c - any packets (as fuzz_packet.c takes them) as flows, said as a
 * trace: it parses as the trace that was meant, and matches the flows. A reducer
 * that hands flows out has as many. */
#include "../../src/match.h"
#include "../../src/observe.h"

#include <pcap/dlt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As in fuzz_packet.c, whose corpus is good here too. */
static const int linktypes[] = {
	DLT_EN10MB, DLT_LINUX_SLL, DLT_LINUX_SLL2, DLT_RAW, DLT_IPV4, DLT_IPV6, DLT_NULL, DLT_LOOP,
};

static void must(bool holds, const struct text *printed)
{
	if (holds)
		return;
	fputs(text_string(printed), stderr);
	abort();
}

static void read_packets(struct reducer *reducer, const uint8_t *data, size_t size)
{
	size_t number = 0, at = 1;
	int64_t time_ns = 0;

	while (at + 3 <= size) {
		size_t field = (size_t)data[at + 1] << 8 | data[at + 2], captured = field & 0x7fff;
		struct packet packet;

		time_ns += data[at] < 250 ? (int64_t)data[at] * 1000000 : (int64_t)data[at] * 1000000000;
		at += 3;
		if (captured > size - at)
			captured = size - at;
		packet_decode(linktypes[data[0] % (sizeof linktypes / sizeof linktypes[0])], data + at, captured,
		              captured + (field >> 15) * 100, &packet);
		packet.time_ns = time_ns;
		reducer_packet(reducer, &packet, ++number);
		at += captured;
	}
}

static void check_back(const struct flow *const *flows, size_t count, const struct hosts *hosts, unsigned views)
{
	struct observe_options options = {hosts, true, 0, views};
	struct params params = {0};
	struct view view = {.host = "", .interface = "", .flows = flows, .flow_count = count};
	struct trace meant = {0}, read;
	struct text printed = {0};
	struct match match;
	struct error error;

	for (size_t i = 0; i < count; i++) {
		observe_flow_in(flows[i], hosts, views, &meant);
		observe_summary(flows[i], hosts, &printed);
	}
	text_free(&printed);
	for (size_t i = 0; i < count; i++)
		observe_print(flows[i], &options, &printed);
	must(!trace_parse(&read, "printed", text_string(&printed), printed.length, &error), &printed);
	must(trace_equal(&read, &meant), &printed);
	must(!match_trace(&(struct match_input){&read, hosts, &params, &view, 1}, &match, &error), &printed);
	must(match.complete, &printed);
	match_free(&match);
	trace_free(&read);
	trace_free(&meant);
	text_free(&printed);
}

static void count_flow(void *context, const struct flow *flow)
{
	(void)flow; /* only how many */
	++*(size_t *)context;
}

/* In a stricter view, which the first byte chooses too. */
static void check_views(const uint8_t *data, size_t size, const struct hosts *hosts)
{
	unsigned views = size ? data[0] / (sizeof linktypes / sizeof linktypes[0]) % 16 : 0;
	struct reducer *reducer = reducer_new_for(views);
	const struct flow *const *flows;
	size_t count;

	read_packets(reducer, data, size);
	flows = reducer_flows(reducer, &count);
	if (count && views)
		check_back(flows, count, hosts, views);
	reducer_free(reducer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t handed_out = 0, count;
	struct reducer *reducer = reducer_new();
	struct reducer *stream = reducer_new_with(&(struct reducer_options){
		.bytes_kept = 7, .events_kept = 3, .take = count_flow, .context = &handed_out, .views = size ? data[0] & 15 : 0});
	struct hosts hosts = {0};
	const struct flow *const *flows;

	read_packets(reducer, data, size);
	read_packets(stream, data, size);
	reducer_finish(stream);
	flows = reducer_flows(reducer, &count);
	must(handed_out == count, &(struct text){0});
	if (count)
		check_back(flows, count, &hosts, 0);
	check_views(data, size, &hosts);
	reducer_free(stream);
	reducer_free(reducer);
	return 0;
}
