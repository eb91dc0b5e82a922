/* cmd_watch.c - windsock watch: checks again at every save. */
#include "commands.h"
#include "die.h"
#include "named.h"
#include "screen.h"
#include "watch.h"

#include <getopt.h>

static void read_options(int argc, char **argv, struct watch_options *options)
{
	static const struct option longs[] = {
		{"dir", required_argument, NULL, 'd'},
		{"ascii", no_argument, NULL, 'a'},
		{"no-calls", no_argument, NULL, 'N'},
		{"capture", required_argument, NULL, 'e'},
		{NULL, 0, NULL, 0},
	};
	int option;

	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (option) {
		case 'd': options->folder = optarg; break;
		case 'a': options->ascii = true; break;
		case 'N': options->no_calls = true; break;
		case 'e': options->capture = named_engine("watch", optarg); break;
		default: command_usage("watch", "%s: not an option of watch, or its value is missing", argv[optind - 1]);
		}
	if (optind + 1 < argc)
		command_usage("watch", "one lesson at a time: \"%s\" is too much", argv[optind + 1]);
	options->lesson = argv[optind];
}

int cmd_watch(int argc, char **argv)
{
	struct watch_options options = {.capture = SNIFFER_PACKET_SOCKET};
	struct error error;

	read_options(argc, argv, &options);
	if (screen_possible(&error))
		die_error(&error);
	return watch_run(&options);
}
