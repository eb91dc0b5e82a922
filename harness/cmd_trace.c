/* cmd_trace.c - windsock trace: any capture as a trace.
 *
 * The capture is read once, as a stream: what is kept is the flows that are not
 * over, and the lines of those that are over but opened behind one that is not,
 * up to HELD_MOST bytes. */
#include "capture.h"
#include "cleanup.h"
#include "commands.h"
#include "die.h"
#include "named.h"
#include "observe.h"
#include "sentinel.h"

#include <getopt.h>

#define HELD_MOST (2 * 1024 * 1024) /* bytes for lines that wait for their turn */
#define EVENTS_MOST 10000           /* of a flow */
#define FLOWS_MOST 10000            /* of a trace that can be read: docs/trace-language.md */

struct options {
	const char *file;
	struct hosts hosts;
	bool packets, summary;
	unsigned views;
};

/* The lines of a flow that is over. */
struct held {
	size_t packet; /* that opened it */
	struct text lines;
};

struct output {
	const struct options *options;
	struct observe_options observe;
	struct reducer *reducer;
	struct held *held; /* a heap, the one that opened first on top; owned */
	size_t held_count, held_capacity, held_bytes;
	struct text lines; /* of the flow that is at hand; owned */
	size_t flows, last_packet;
	bool out_of_order; /* said so */
};

/* ---- the command line ---- */

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{"host", required_argument, NULL, 'h'},
		{"packets", no_argument, NULL, 'p'},
		{"summary", no_argument, NULL, 's'},
		{"handshake", no_argument, NULL, 'n'},
		{"segments", no_argument, NULL, 'm'},
		{"acks", no_argument, NULL, 'a'},
		{"ends", no_argument, NULL, 'e'},
		{NULL, 0, NULL, 0},
	};
	int option;

	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (option) {
		case 'h': named_host("trace", optarg, &options->hosts); break;
		case 'p': options->packets = true; break;
		case 's': options->summary = true; break;
		case 'n': options->views |= VIEW_HANDSHAKE; break;
		case 'm': options->views |= VIEW_SEGMENTS; break;
		case 'a': options->views |= VIEW_ACKS; break;
		case 'e': options->views |= VIEW_ENDS; break;
		default: command_usage("trace", "%s: not an option of trace, or its value is "
		                       "missing", argv[optind - 1]);
		}
	options->file = argv[optind];
	if (!options->file)
		command_usage("trace", "which capture? Name a file, or - for standard input");
	if (argv[optind + 1])
		command_usage("trace", "one capture at a time: \"%s\" is too much", argv[optind + 1]);
}

/* ---- flows in order of opening ---- */

static void swap_held(struct held *a, struct held *b)
{
	struct held other = *a;

	*a = *b;
	*b = other;
}

static void push_held(struct output *output, const struct held *held)
{
	size_t at;

	mem_room(output->held, output->held_count, output->held_capacity);
	at = output->held_count++;
	output->held[at] = *held;
	output->held_bytes += sizeof *held + held->lines.capacity;
	for (; at && output->held[(at - 1) / 2].packet > output->held[at].packet; at = (at - 1) / 2)
		swap_held(&output->held[(at - 1) / 2], &output->held[at]);
}

static struct held pop_held(struct output *output)
{
	struct held top = output->held[0];
	size_t at = 0, least = 0;

	output->held_bytes -= sizeof top + top.lines.capacity;
	output->held[0] = output->held[--output->held_count];
	do {
		at = least;
		for (size_t child = 2 * at + 1; child <= 2 * at + 2; child++)
			if (child < output->held_count && output->held[child].packet < output->held[least].packet)
				least = child;
		swap_held(&output->held[at], &output->held[least]);
	} while (least != at);
	return top;
}

static void print_lines(struct output *output, size_t packet, const struct text *lines)
{
	if (packet < output->last_packet && !output->out_of_order) {
		puts("# from here on flows stand as they ended, not as they opened: there are too many");
		output->out_of_order = true;
	}
	output->last_packet = packet;
	(void)fwrite(text_string(lines), 1, lines->length, stdout); /* main.c looks whether stdout took it */
}

/* Prints what no flow that may still come has to stand before, and what there is no room for. */
static void print_held(struct output *output, size_t oldest)
{
	while (output->held_count && (output->held[0].packet < oldest || output->held_bytes > HELD_MOST)) {
		struct held held = pop_held(output);

		print_lines(output, held.packet, &held.lines);
		text_free(&held.lines);
	}
}

/* The lines may wait for long: in no more room than they need. */
static void hold(struct output *output, size_t packet)
{
	struct held held = {.packet = packet};

	held.lines.length = output->lines.length;
	held.lines.capacity = output->lines.length + 1;
	held.lines.data = mem_bytes(text_string(&output->lines), held.lines.length);
	push_held(output, &held);
}

static void take_flow(void *context, const struct flow *flow)
{
	struct output *output = context;
	size_t oldest = reducer_oldest(output->reducer);

	output->flows++;
	output->lines.length = 0;
	if (output->options->summary)
		observe_summary(flow, &output->options->hosts, &output->lines);
	else
		observe_print(flow, &output->observe, &output->lines);
	if (flow->packet < oldest && !(output->held_count && output->held[0].packet < flow->packet))
		print_lines(output, flow->packet, &output->lines);
	else
		hold(output, flow->packet);
	print_held(output, oldest);
}

/* ---- the capture ---- */

/* Returns packets that are part of no trace: our own. -1 in *got: the capture is damaged behind what was read. */
static size_t read_packets(struct capture *capture, struct output *output, int *got, struct error *error)
{
	struct packet packet;
	size_t number = 0, sentinels = 0;

	while ((*got = capture_next(capture, &packet, error)) > 0) {
		uint32_t round;
		bool outward;

		if (!number++)
			output->observe.start_ns = packet.time_ns;
		if (sentinel_read(&packet, &round, &outward))
			sentinels++;
		else
			reducer_packet(output->reducer, &packet, number);
	}
	reducer_finish(output->reducer);
	print_held(output, SIZE_MAX);
	return sentinels;
}

static void print_remarks(const struct output *output, const struct capture *capture, size_t sentinels)
{
	_cleanup_text_ struct text remarks = {0};

	observe_unclaimed(output->reducer, &remarks);
	if (sentinels)
		text_printf(&remarks, "# %zu packets by which windsock saw that the wire was quiet\n", sentinels);
	if (!output->flows)
		text_printf(&remarks, "# no flow in %zu packets; a trace without one is empty and cannot be read back\n",
		            capture_count(capture));
	if (output->flows > FLOWS_MOST && !output->options->summary)
		text_printf(&remarks, "# %zu flows, more than a trace may have (%d)\n", output->flows, FLOWS_MOST);
	fputs(text_string(&remarks), stdout);
}

static void print_capture(const struct options *options)
{
	struct output output = {.options = options, .observe = {&options->hosts, options->packets, 0, options->views}};
	const struct reducer_options keep = {
		.bytes_kept = options->summary ? 0 : OBSERVE_QUOTED,
		.events_kept = options->summary ? 0 : EVENTS_MOST,
		.take = take_flow,
		.context = &output,
		.views = options->summary ? 0 : options->views,
	};
	struct error error;
	struct capture *capture = capture_open(named_capture(options->file), options->file, &error);
	size_t sentinels;
	int got;

	if (!capture)
		die_error(&error);
	output.reducer = reducer_new_with(&keep);
	sentinels = read_packets(capture, &output, &got, &error);
	print_remarks(&output, capture, sentinels);
	if (got < 0 && !capture_count(capture))
		die_error(&error);
	if (got < 0)
		printf("# %s\n", error_string(&error));
	free(output.held);
	text_free(&output.lines);
	reducer_free(output.reducer);
	capture_close(capture);
}

int cmd_trace(int argc, char **argv)
{
	struct options options = {0};

	read_options(argc, argv, &options);
	print_capture(&options);
	hosts_free(&options.hosts);
	return EXIT_RIGHT;
}
