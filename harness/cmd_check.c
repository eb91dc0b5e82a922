/* cmd_check.c - windsock check: grades a lesson. */
#include "check.h"
#include "cleanup.h"
#include "commands.h"
#include "files.h"
#include "named.h"
#include "terminal.h"

#include <getopt.h>
#include <string.h>

struct options {
	const char *lesson, *folder, *state;
	bool ascii;
	struct check_options check;
};

/* PART=PROGRAM ARGUMENT...: the words are parted at blanks. */
static void add_with(struct check_options *check, const char *value)
{
	struct check_with *with = &check->with[check->with_count];
	char *copy = mem_string(value), *equals = strchr(copy, '='), *state = NULL;
	size_t count = 0;

	if (!equals || equals == copy || !equals[1])
		command_usage("check", "--with %s: write --with PART=PROGRAM, for example --with b=nc", value);
	if (check->with_count++ == CHECK_WITH_MAX)
		command_usage("check", "more than %d times --with", CHECK_WITH_MAX);
	*equals = '\0';
	with->part = copy;
	for (char *word = strtok_r(equals + 1, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
		if (count == sizeof with->command / sizeof with->command[0] - 1)
			command_usage("check", "--with %s: too many words", value);
		with->command[count++] = word;
	}
	if (!count)
		command_usage("check", "--with %s: there is no program behind the =", value);
	with->command[0] = file_find_program(with->command[0]);
	if (!with->command[0])
		die("--with %s: that program is not there, or may not be executed (chmod +x)", value);
}

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{"case", required_argument, NULL, 'c'},  {"with", required_argument, NULL, 'w'},
		{"seed", required_argument, NULL, 's'},  {"dir", required_argument, NULL, 'd'},
		{"state", required_argument, NULL, 'S'}, {"ascii", no_argument, NULL, 'a'},
		{"pictures", no_argument, NULL, 'p'},    {"output", no_argument, NULL, 'o'},
		{"verbose", no_argument, NULL, 'v'},     {"calls", no_argument, NULL, 'C'},
		{"no-calls", no_argument, NULL, 'N'},    {"capture", required_argument, NULL, 'e'},
		{NULL, 0, NULL, 0},
	};
	int option;

	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "vp", longs, NULL)) != -1)
		switch (option) {
		case 'c': options->check.only = optarg; break;
		case 'w': add_with(&options->check, optarg); break;
		case 's': options->check.seed = optarg; break;
		case 'd': options->folder = optarg; break;
		case 'S': options->state = optarg; break;
		case 'a': options->ascii = true; break;
		case 'p': options->check.report.pictures = true; break;
		case 'o': options->check.report.output = true; break;
		case 'v': note_verbose = true; break;
		case 'C': options->check.report.calls = true; break;
		case 'e': options->check.capture = named_engine("check", optarg); break;
		case 'N': options->check.no_calls = true; break;
		default: command_usage("check", "%s: not an option of check, or its value is missing", argv[optind - 1]);
		}
	if (optind + 1 < argc)
		command_usage("check", "one lesson at a time: \"%s\" is too much", argv[optind + 1]);
	options->lesson = argv[optind];
	if (strlen(options->check.seed) > 63)
		command_usage("check", "--seed: at most 63 characters");
}

int cmd_check(int argc, char **argv)
{
	struct options options = {.check = {.seed = ""}};
	struct course_lesson lesson;
	struct workspace workspace;
	struct check_summary summary;
	enum exit_status status;
	struct error error;
	_cleanup_free_ char *name = NULL;

	read_options(argc, argv, &options);
	name = workspace_lesson(options.lesson, options.folder, &error);
	if (!name || course_load(name, &lesson, &error) ||
	    workspace_open(&workspace, &lesson, options.folder, options.state, &error))
		die_error(&error);
	options.check.lesson = &lesson;
	options.check.workspace = &workspace;
	options.check.report.style = terminal_style(options.ascii);
	status = check_aloud(&options.check, NULL, &summary);
	for (size_t i = 0; i < options.check.with_count; i++) {
		free(options.check.with[i].command[0]);
		free(options.check.with[i].part);
	}
	workspace_close(&workspace);
	course_free(&lesson);
	return (int)status;
}
