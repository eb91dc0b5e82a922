/* cmd_match.c - windsock match: any capture against a trace.
 *
 * A scene without a lesson: the hosts are those of the trace, in its order, and
 * their addresses and the parameters come from the command line. */
#include "cleanup.h"
#include "commands.h"
#include "die.h"
#include "files.h"
#include "lexer.h"
#include "named.h"
#include "observe.h"
#include "report.h"
#include "terminal.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>

#define PICTURE_ROWS 30 /* what the ladder shows of more than one flow */

/* A capture, and where it was made. */
struct watched {
	const char *file;
	char host[TRACE_NAME], interface[LESSON_INTERFACE];
};

struct options {
	const char *trace;
	struct watched *watched; /* owned */
	size_t watched_count, watched_capacity;
	struct hosts hosts;
	struct params params;
	bool ascii;
};

/* ---- the command line ---- */

static struct watched *add_watched(struct options *options, const char *file)
{
	mem_room(options->watched, options->watched_count, options->watched_capacity);
	options->watched[options->watched_count] = (struct watched){.file = file};
	return &options->watched[options->watched_count++];
}

static void read_at(struct options *options, char *argument)
{
	const char *file = named_value("match", argument, "HOST.INTERFACE=FILE");
	char *dot = strchr(argument, '.');
	struct watched *watched = add_watched(options, file);

	if (!dot || dot == argument || !dot[1])
		command_usage("match", "\"%s\" should be HOST.INTERFACE, such as home.wan", argument);
	*dot = '\0';
	if (strlen(argument) >= sizeof watched->host || strlen(dot + 1) >= sizeof watched->interface)
		command_usage("match", "%s.%s is too long for a host and its interface", argument, dot + 1);
	memcpy(watched->host, argument, strlen(argument) + 1);
	memcpy(watched->interface, dot + 1, strlen(dot + 1) + 1);
}

static void read_param(struct options *options, char *argument)
{
	const char *value = named_value("match", argument, "NAME=VALUE");

	if (!lexer_is_name(argument, strlen(argument)) || strlen(argument) >= sizeof((struct param *)NULL)->name ||
	    strlen(value) >= sizeof((struct param *)NULL)->value)
		command_usage("match", "a parameter cannot be %s=%s: its name is a letter, then letters, digits, - and _, "
		              "at most 31; its value has at most 127 bytes", argument, value);
	params_set(&options->params, argument, PARAM_FIXED, value);
}

/* The capture named first is where the flows outside of any `at` are seen. */
static void put_first(struct options *options, const char *file)
{
	struct watched last = {.file = file};

	(void)add_watched(options, file); /* makes room */
	memmove(options->watched + 1, options->watched, (options->watched_count - 1) * sizeof last);
	options->watched[0] = last;
}

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{"host", required_argument, NULL, 'h'},  {"at", required_argument, NULL, '@'},
		{"param", required_argument, NULL, 'p'}, {"ascii", no_argument, NULL, 'a'},
		{NULL, 0, NULL, 0},
	};
	int option;

	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (option) {
		case 'h': named_host("match", optarg, &options->hosts); break;
		case '@': read_at(options, optarg); break;
		case 'p': read_param(options, optarg); break;
		case 'a': options->ascii = true; break;
		default: command_usage("match", "%s: not an option of match, or its value is "
		                       "missing", argv[optind - 1]);
		}
	options->trace = argv[optind];
	if (!options->trace)
		command_usage("match", "which trace, and which capture?");
	if (argv[optind + 1])
		put_first(options, argv[optind + 1]);
	if (!options->watched_count)
		command_usage("match", "which capture should %s be compared with?", options->trace);
	if (argv[optind + 1] && argv[optind + 2])
		command_usage("match", "one trace and one capture: \"%s\" is too much", argv[optind + 2]);
}

/* ---- the scene ---- */

static void read_trace(const char *file, struct trace *trace)
{
	_cleanup_text_ struct text source = {0};
	struct error error;

	if (file_read(file, LEXER_FILE_MAX, &source, &error) ||
	    trace_parse(trace, file, text_string(&source), source.length, &error))
		die_error(&error);
}

static bool is_named(const struct hosts *hosts, const char *name)
{
	struct address address;

	if (!strcmp(name, "*") || address_parse(name, &address))
		return true;
	for (size_t i = 0; i < hosts->count; i++)
		if (!strcmp(hosts->entries[i].name, name))
			return true;
	return false;
}

static void add_host(struct lesson *lesson, const char *name)
{
	if (!strcmp(name, "*") || lesson_host(lesson, name) >= 0 || strlen(name) >= LESSON_NAME)
		return;
	lesson->hosts = mem_grow(lesson->hosts, (lesson->host_count + 1) * sizeof *lesson->hosts);
	lesson->hosts[lesson->host_count] = (struct host){0};
	memcpy(lesson->hosts[lesson->host_count++].name, name, strlen(name) + 1);
}

/* The trace's hosts are all the lesson that the picture needs. An address cannot be missing: a host
 * without one would match nothing. */
static void list_hosts(const struct options *options, const struct trace *trace, struct lesson *lesson)
{
	_cleanup_text_ struct text unknown = {0}, remedy = {0};

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct expected_flow *flow = &trace->entries[i].flow;
		const char *names[] = {flow->opener.host, flow->target.host};

		for (size_t side = 0; side < 2 && trace->entries[i].kind <= ENTRY_NEVER; side++) {
			if (!is_named(&options->hosts, names[side]) && lesson_host(lesson, names[side]) < 0) {
				text_printf(&unknown, "%s%s", unknown.length ? ", " : "", names[side]);
				text_printf(&remedy, " --host %s=ADDRESS", names[side]);
			}
			add_host(lesson, names[side]);
		}
	}
	if (unknown.length)
		die("%s: whose addresses are these? %s. Say it with%s", options->trace, text_string(&unknown),
		    text_string(&remedy));
}

/* {a} in a string is a's first address, as in a lesson. */
static void name_hosts(const struct options *options, struct scene *scene)
{
	for (size_t i = 0; i < options->hosts.count; i++) {
		const struct host_address *host = &options->hosts.entries[i];
		char address[64];

		hosts_add(&scene->hosts, host->name, &host->address);
		if (!params_find(&scene->evidence.params, host->name))
			params_set(&scene->evidence.params, host->name, PARAM_FIXED,
			           address_print(&host->address, address, sizeof address));
	}
}

/* Without a lesson it is the command line that says what a name stands for. */
static void check_params(const struct trace *trace, const struct params *params)
{
	struct match_unknown unknown;

	if (!match_unknown_name(trace, params, &unknown))
		return;
	die("%s:%d:%d: {%s}: %s? Say it with --param %s=VALUE%s", trace->file, unknown.line, unknown.column, unknown.name,
	    unknown.is_port ? "which port is that" : "what does that stand for", unknown.name,
	    unknown.is_port ? "" : ", or write \\{ for a plain brace");
}

/* A capture that is cut off, as a tcpdump that was killed leaves it, is good for what it has. */
static void read_capture(struct scene *scene, size_t i, const char *file)
{
	struct error error;

	if (!scene_read(scene, i, named_capture(file), file, &error))
		return;
	if (!scene->views[i].flow_count)
		die_error(&error);
	fprintf(stderr, "windsock: %s\n", error_string(&error));
}

/* Out or in is a question about a host's interface: a capture alone does not know whose it is. */
static void check_counted(const struct options *options, const struct trace *trace)
{
	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];

		if ((entry->kind == ENTRY_UP || entry->kind == ENTRY_DOWN) && entry->vantage < 0 &&
		    !options->watched[0].host[0])
			die("%s:%d: out of which interface, and in to which? Write it below `at HOST.INTERFACE`, and name the "
			    "capture with --at HOST.INTERFACE=%s", options->trace, entry->line, options->watched[0].file);
	}
}

static void read_scene(struct options *options, const struct trace *trace, struct lesson *lesson, struct scene *scene)
{
	struct evidence evidence = {.capture_count = options->watched_count};

	check_counted(options, trace);
	list_hosts(options, trace, lesson);
	evidence.params = options->params;
	options->params = (struct params){0};
	evidence.captures = mem_alloc(options->watched_count * sizeof *evidence.captures);
	for (size_t i = 0; i < options->watched_count; i++) {
		memcpy(evidence.captures[i].host, options->watched[i].host, sizeof options->watched[i].host);
		memcpy(evidence.captures[i].interface, options->watched[i].interface, LESSON_INTERFACE);
	}
	scene_open(scene, lesson, NULL, trace, &evidence);
	name_hosts(options, scene);
	check_params(trace, &scene->evidence.params);
	for (size_t i = 0; i < options->watched_count; i++)
		read_capture(scene, i, options->watched[i].file);
}

/* ---- the report ---- */

static size_t count_rows(const struct match *match)
{
	size_t rows = 0;

	for (size_t i = 0; i < match->pairing_count; i++)
		rows += 1 + (match->pairings[i].flow ? match->pairings[i].flow->event_count : 0);
	return rows;
}

/* Of a long capture only the flow that first differs: its line must be in the picture. */
static void add_picture(const struct scene *scene, const struct match *match, const struct options *options,
                        struct text *out)
{
	struct ladder_style style = terminal_style(options->ascii);
	struct match part = *match;
	struct picture picture;
	size_t view = match->first == SIZE_MAX ? 0 : match->pairings[match->first].view;

	if (match->first != SIZE_MAX && count_rows(match) > PICTURE_ROWS) {
		part.pairings = &match->pairings[match->first];
		part.pairing_count = 1;
		part.first = 0;
		text_printf(out, "    the flow that differs first, of %zu:\n", match->pairing_count);
	}
	if (scene->views[view].flow_count) {
		picture_make(scene, &part, &(struct picture_options){view, PICTURE_NO_CALLS}, &picture);
		ladder_draw(&picture, &style, out);
		picture_free(&picture);
	} else {
		text_printf(out, "      (no flow in %s)\n", options->watched[view].file);
	}
	text_add(out, "\n");
}

static void add_unexpected(const struct scene *scene, const struct pairing *pairing, struct text *out)
{
	struct trace seen = {0};

	observe_flow(pairing->flow, &scene->hosts, &seen);
	text_add(out, pairing->never ? "    seen:  " : "    seen, and not in the trace:  ");
	trace_print_flow(&seen.entries[0].flow, out);
	text_add(out, "\n");
	trace_free(&seen);
}

/* What was counted, where the trace asks for another number of bytes. */
static void add_counted(const struct scene *scene, const struct match *match, struct text *out)
{
	const struct pairing *first = match->first == SIZE_MAX ? NULL : &match->pairings[match->first];
	const struct entry *entry = match->where;
	const struct vantage *at = entry && entry->vantage >= 0 ? &scene->trace->vantages[entry->vantage] : NULL;

	if (first && first->header & HEADER_BYTES)
		text_printf(out, "    seen:  -> %" PRIu64 " bytes <- %" PRIu64 " bytes\n", first->flow->bytes[0],
		            first->flow->bytes[1]);
	if (first || !entry || (entry->kind != ENTRY_UP && entry->kind != ENTRY_DOWN))
		return;
	for (size_t i = 0; i < scene->view_count; i++)
		if (at ? !strcmp(scene->views[i].host, at->host) && !strcmp(scene->views[i].interface, at->interface) : !i)
			text_printf(out, "    seen:  up %" PRIu64 " bytes, down %" PRIu64 " bytes\n", scene->views[i].bytes[0],
			            scene->views[i].bytes[1]);
}

static void add_incomplete(const struct scene *scene, struct text *out)
{
	size_t incomplete = 0;

	for (size_t view = 0; view < scene->view_count; view++)
		for (size_t i = 0; i < scene->views[view].flow_count; i++)
			incomplete += scene->views[view].flows[i]->incomplete;
	if (incomplete)
		text_printf(out, "    The capture lacks %zu bytes that were on the wire.\n", incomplete);
}

static void add_verdict(const struct scene *scene, const struct match *match, const struct options *options,
                        struct text *out)
{
	size_t right = 0;

	for (size_t i = 0; i < match->pairing_count; i++)
		right += !match->pairings[i].cost && !match->pairings[i].never;
	if (match->complete) {
		text_printf(out, "complete: %zu flow%s, all that %s says and nothing else\n", right, right == 1 ? "" : "s",
		            options->trace);
		return;
	}
	if (match->first != SIZE_MAX && !match->pairings[match->first].entry)
		add_unexpected(scene, &match->pairings[match->first], out);
	report_expected(scene, match, out);
	add_counted(scene, match, out);
	add_incomplete(scene, out);
	text_printf(out, "different: %zu of %zu flows are as %s says\n", right, match->pairing_count, options->trace);
}

int cmd_match(int argc, char **argv)
{
	_cleanup_text_ struct text report = {0};
	struct options options = {0};
	struct lesson lesson = {0};
	struct trace trace;
	struct scene scene;
	struct match match;
	struct error error;
	bool complete;

	read_options(argc, argv, &options);
	read_trace(options.trace, &trace);
	read_scene(&options, &trace, &lesson, &scene);
	if (match_trace(&(struct match_input){&trace, &scene.hosts, &scene.evidence.params, scene.views,
	                                      scene.view_count}, &match, &error))
		die_error(&error);
	complete = match.complete;
	add_picture(&scene, &match, &options, &report);
	add_verdict(&scene, &match, &options, &report);
	fputs(text_string(&report), stdout);
	match_free(&match);
	scene_close(&scene);
	trace_free(&trace);
	lesson_free(&lesson);
	hosts_free(&options.hosts);
	free(options.watched);
	return complete ? EXIT_RIGHT : EXIT_WRONG;
}
