/* cmd_grade.c - windsock grade: a whole class. */
#include "cleanup.h"
#include "commands.h"
#include "die.h"
#include "engine.h"
#include "files.h"
#include "grade.h"
#include "named.h"

#include <errno.h>
#include <getopt.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define JOBS_MOST 256
#define RETRIES 3

struct options {
	struct grade_options grade;
	enum mode { MODE_GRADE, MODE_PLAN, MODE_CHUNK, MODE_RECONCILE } mode;
	unsigned long number; /* MODE_PLAN: units a chunk; MODE_CHUNK: which */
	struct engine_settings engine;
	const char *settings; /* --settings, or NULL */
	char *plan;           /* DIR/plan, where grade.chunk is that; owned */
	bool elsewhere;       /* an option was given that says how other machines are asked */
};

/* The processors that we may use, which may be fewer than there are. */
static size_t processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof set, &set) ? 1 : (size_t)CPU_COUNT(&set);
}

static unsigned long number(const char *option, const char *word, unsigned long least, unsigned long most)
{
	char *end;
	unsigned long value;

	errno = 0;
	value = strtoul(word, &end, 10);
	if (*word < '0' || *word > '9' || *end || errno || value < least || value > most)
		command_usage("grade", "%s %s: a number from %lu to %lu", option, word, least, most);
	return value;
}

static enum result_explain explain_level(const char *word)
{
	int level = result_explain_level(word);

	if (level < 0)
		command_usage("grade", "--explain %s: one of none, where, what, why", word);
	return (enum result_explain)level;
}

static void set_mode(struct options *options, enum mode mode, unsigned long value)
{
	if (options->mode != MODE_GRADE)
		command_usage("grade", "--plan, --chunk and --reconcile are three commands: give one of them");
	options->mode = mode;
	options->number = value;
}

/* Options that are settings of an engine, by the name that both have. */
static const struct option engine_options[] = {
	{"on", required_argument, NULL, 0},        {"hosts", required_argument, NULL, 0},
	{"partition", required_argument, NULL, 0}, {"account", required_argument, NULL, 0},
	{"time", required_argument, NULL, 0},      {"memory", required_argument, NULL, 0},
	{"cpus", required_argument, NULL, 0},      {"at-once", required_argument, NULL, 0},
	{"chunk-size", required_argument, NULL, 0},
};

#define ENGINE_OPTIONS (sizeof engine_options / sizeof engine_options[0])

static void set_engine(struct options *options, const char *key, const char *value)
{
	struct error error;

	options->elsewhere = true;
	if (engine_set(&options->engine, key, value, &error))
		command_usage("grade", "--%s", error.text);
}

/* Without --on this machine grades, whatever the settings file says of another. */
static void check_modes(struct options *options)
{
	struct error error;

	if (options->engine.engine && options->mode != MODE_GRADE)
		command_usage("grade", "--on makes the plan and its chunks itself: leave --plan, --chunk and --reconcile away");
	if (options->elsewhere && !options->engine.engine)
		command_usage("grade", "where? --on slurm or --on parallel is missing, which the other options are for");
	if (options->grade.chunk && options->mode != MODE_CHUNK)
		command_usage("grade", "--of names the plan that --chunk is of");
	if (options->engine.engine && engine_read_settings(&options->engine, options->settings, &error))
		die_error(&error);
	options->grade.shared = options->mode == MODE_CHUNK || options->engine.engine;
}

/* DIR/plan, unless --of names another. */
static void name_plan(struct options *options)
{
	if (options->mode != MODE_CHUNK)
		return;
	options->grade.which = options->number;
	if (!options->grade.chunk)
		options->grade.chunk = options->plan = file_path(options->grade.out, "plan", "");
}

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option own[] = {
		{"lessons", required_argument, NULL, 'l'}, {"out", required_argument, NULL, 'o'},
		{"jobs", required_argument, NULL, 'j'},    {"course", required_argument, NULL, 'c'},
		{"key", required_argument, NULL, 'k'},     {"map", required_argument, NULL, 'm'},
		{"explain", required_argument, NULL, 'e'}, {"retries", required_argument, NULL, 'r'},
		{"plan", required_argument, NULL, 'P'},    {"chunk", required_argument, NULL, 'C'},
		{"reconcile", no_argument, NULL, 'R'},     {"verbose", no_argument, NULL, 'v'},
		{"capture", required_argument, NULL, 't'},
		{"of", required_argument, NULL, 'O'},      {"node", required_argument, NULL, 'N'},
		{"settings", required_argument, NULL, 's'}, {"dry-run", no_argument, NULL, 'd'},
	};
	struct option longs[sizeof own / sizeof own[0] + ENGINE_OPTIONS + 1] = {0};
	struct grade_options *grade = &options->grade;
	int option, which = 0;

	memcpy(longs, engine_options, sizeof engine_options);
	memcpy(longs + ENGINE_OPTIONS, own, sizeof own);
	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "j:o:v", longs, &which)) != -1)
		switch (option) {
		case 0: set_engine(options, longs[which].name, optarg); break;
		case 'l': grade->lessons = optarg; break;
		case 'o': grade->out = optarg; break;
		case 'j': grade->jobs = number("--jobs", optarg, 1, JOBS_MOST); break;
		case 'c': grade->course = optarg; break;
		case 'k': grade->key_file = optarg; break;
		case 'm': grade->map = optarg; break;
		case 'e': grade->level = explain_level(optarg); grade->explain = true; break;
		case 'r': grade->retries = (int)number("--retries", optarg, 0, 100); break;
		case 't': grade->capture = named_engine("grade", optarg); break;
		case 'P': set_mode(options, MODE_PLAN, number("--plan", optarg, 1, 1000000)); break;
		case 'C': set_mode(options, MODE_CHUNK, number("--chunk", optarg, 0, 1000000)); break;
		case 'R': set_mode(options, MODE_RECONCILE, 0); break;
		case 'O': grade->chunk = optarg; break;
		case 'N': grade->node = optarg; break;
		case 's': options->settings = optarg; options->elsewhere = true; break;
		case 'd': options->engine.dry = options->elsewhere = true; break;
		case 'v': note_verbose = true; break;
		default: command_usage("grade", "%s: not an option of grade, or its value is missing", argv[optind - 1]);
		}
	if (!argv[optind])
		command_usage("grade", "whose? Name the folder with the submissions");
	if (argv[optind + 1])
		command_usage("grade", "one folder of submissions at a time: \"%s\" is too much", argv[optind + 1]);
	grade->submissions = argv[optind];
	if (!grade->out)
		command_usage("grade", "--out is missing: the folder for the results");
	if (!grade->lessons)
		command_usage("grade", "--lessons is missing: --lessons all, or --lessons 01,06");
	check_modes(options);
	name_plan(options);
}

static void print_class(const struct grade *grade, const struct plan *plan)
{
	fprintf(stderr, "windsock: %zu student%s (%s), %zu lesson%s; %zu to grade, %zu done before.\n",
	        grade->submissions.count, grade->submissions.count == 1 ? "" : "s", grade->submissions.layout,
	        grade->chosen_count, grade->chosen_count == 1 ? "" : "s", plan->count, plan->done);
	for (size_t i = 0; i < grade->submissions.remark_count && i < 20; i++)
		fprintf(stderr, "windsock: %s\n", grade->submissions.remarks[i]);
	if (grade->submissions.remark_count > 20)
		fprintf(stderr, "windsock: and %zu more like these\n", grade->submissions.remark_count - 20);
}

/* What is left to be said below the table. */
static enum exit_status print_rest(const struct grade *grade, const struct grade_count *count)
{
	printf("\n%zu graded: %zu passed, %zu failed", count->graded, count->passed, count->failed);
	if (count->refused)
		printf(", %zu could not be graded (do not compile, or a file is missing)", count->refused);
	printf(".\n");
	if (count->inconclusive)
		printf("%zu could not be judged (? in the table), which is nobody's fail. Give the same command again; if it "
		       "stays so, their records say why.\n", count->inconclusive);
	if (count->skipped)
		printf("%zu could not be run on this machine (skip in the table): their records say what it lacks.\n",
		       count->skipped);
	if (count->missing)
		printf("%zu are still missing.\n", count->missing);
	printf("\nFor a browser: %s/class.html. Gradebook: %s/results.csv. Records: %s/results.\n", grade->options->out,
	       grade->options->out, grade->options->out);
	if (count->disputed) /* on standard error: what one machine prints is to be printed by several, too */
		fprintf(stderr, "windsock: %zu %s graded twice, on two machines, with different verdicts. The first one counts; "
		        "look at the second one in %s/disputes.\n", count->disputed, count->disputed == 1 ? "was" : "were",
		        grade->options->out);
	return count->inconclusive || count->skipped || count->missing ? EXIT_BROKEN : EXIT_RIGHT;
}

static enum exit_status write_plan(const struct grade *grade, const struct plan *plan, unsigned long size)
{
	_cleanup_free_ char *path = store_path(&grade->store, "plan");
	struct error error;
	long chunks = plan_write(grade, plan, path, size, &error);

	if (chunks < 0)
		die_error(&error);
	printf("%zu to grade in %ld chunk%s: %s/plan\n", plan->count, chunks, chunks == 1 ? "" : "s", grade->options->out);
	return EXIT_RIGHT;
}

static enum exit_status finish(const struct grade *grade)
{
	struct grade_count count;
	struct error error;

	if (grade_end(grade, &count, &error))
		die_error(&error);
	return print_rest(grade, &count);
}

/* What was left, or only asked for, is not a whole class. */
static enum exit_status work_elsewhere(struct grade *grade, struct plan *plan, const struct engine_settings *settings)
{
	struct error error;
	int worked = grade_on(grade, plan, settings, &error);

	if (worked < 0)
		die_error(&error);
	return worked ? finish(grade) : settings->dry ? EXIT_RIGHT : EXIT_BROKEN;
}

static enum exit_status work(struct grade *grade, struct plan *plan, const struct options *options)
{
	struct error error;

	if (options->mode == MODE_PLAN)
		return write_plan(grade, plan, options->number);
	if (options->mode == MODE_RECONCILE)
		return finish(grade);
	print_class(grade, plan);
	if (options->engine.engine)
		return work_elsewhere(grade, plan, &options->engine);
	if (grade_run(grade, plan, &error))
		die_error(&error);
	return options->mode == MODE_CHUNK ? EXIT_RIGHT : finish(grade);
}

int cmd_grade(int argc, char **argv)
{
	struct options options = {.grade = {.course = "course", .retries = RETRIES, .capture = SNIFFER_PACKET_SOCKET,
	                                    .jobs = processors(), .level = EXPLAIN_WHY}};
	struct grade grade;
	struct plan plan = {0};
	enum exit_status status;

	read_options(argc, argv, &options);
	grade_open(&grade, &options.grade);
	if (options.mode != MODE_RECONCILE) /* which looks at every record itself */
		plan_make(&grade, &plan);
	status = work(&grade, &plan, &options);
	plan_free(&plan);
	grade_close(&grade);
	engine_settings_free(&options.engine);
	free(options.plan);
	return (int)status;
}
