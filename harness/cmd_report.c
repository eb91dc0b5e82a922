/* cmd_report.c - windsock report: the records of graded submissions as what a platform reads. */
#include "cleanup.h"
#include "commands.h"
#include "die.h"
#include "files.h"

#include "../src/formats.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

#define RECORD_MAX (64u << 20) /* its texts are cut far below: this is no record */

struct options {
	const struct format *format;
	const char *output; /* NULL: standard output */
	char **records;
	size_t record_count;
};

static const struct format *find_format(const char *name)
{
	const struct format *format = format_find(name);
	_cleanup_text_ struct text names = {0};

	for (size_t i = 0; !format && format_number(i); i++)
		text_printf(&names, "%s%s", i ? ", " : "", format_number(i)->name);
	if (!format)
		command_usage("report", "there is no format \"%.64s\"; there are %s", name, text_string(&names));
	return format;
}

static void print_formats(void)
{
	for (size_t i = 0; format_number(i); i++)
		printf("%-17s %s%s\n", format_number(i)->name, format_number(i)->summary,
		       format_number(i)->write ? "" : "; any number of students");
}

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{"format", required_argument, NULL, 'f'}, {"output", required_argument, NULL, 'o'}, {NULL, 0, NULL, 0}};
	int option;

	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "o:", longs, NULL)) != -1)
		switch (option) {
		case 'f': options->format = find_format(optarg); break;
		case 'o': options->output = optarg; break;
		default: command_usage("report", "%s: not an option of report, or its value is missing", argv[optind - 1]);
		}
	options->records = argv + optind;
	options->record_count = (size_t)(argc - optind);
	if (options->record_count && !options->format)
		command_usage("report", "which format? `windsock report` without arguments lists them");
	if (options->format && !options->record_count)
		command_usage("report", "which records? `windsock grade` writes them: OUT/results/LESSON/STUDENT.json");
}

static int load(const char *path, struct result *result, struct error *error)
{
	_cleanup_text_ struct text source = {0};

	if (file_read(path, RECORD_MAX, &source, error) ||
	    result_parse(result, path, text_string(&source), source.length, error))
		return -1;
	format_prepare(result);
	return 0;
}

static int flush(FILE *file, struct text *text, struct error *error)
{
	bool written = fwrite(text_string(text), 1, text->length, file) == text->length;

	text_free(text);
	return written ? 0 : error_set(error, NULL, 0, 0, "the report cannot be written: %s", strerror(errno));
}

/* Record by record: a class of any size takes the memory of its biggest record. */
static int write_list(const struct options *options, FILE *file, struct error *error)
{
	struct format_run run = {0};
	_cleanup_text_ struct text piece = {0};
	int status = 0;

	options->format->begin(&run, &piece);
	for (size_t i = 0; !status && i < options->record_count; i++) {
		struct result result = {0};

		status = load(options->records[i], &result, error);
		if (!status) {
			options->format->add(&run, &result, &piece);
			status = flush(file, &piece, error);
		}
		result_free(&result);
	}
	options->format->end(&run, &piece);
	return status ? status : flush(file, &piece, error);
}

static int load_student(const struct options *options, struct result *results, struct error *error)
{
	for (size_t i = 0; i < options->record_count; i++) {
		if (load(options->records[i], &results[i], error))
			return -1;
		if (strcmp(results[i].student, results[0].student) != 0)
			return error_set(error, options->records[i], 0, 0,
			                 "is about \"%.64s\", and %.128s about \"%.64s\": a document for %s is about one "
			                 "student; csv, junit, tap, jsonl and page take a class", results[i].student,
			                 options->records[0], results[0].student, options->format->name);
	}
	return 0;
}

static int write_document(const struct options *options, FILE *file, struct error *error)
{
	struct result *results = mem_alloc(options->record_count * sizeof *results);
	_cleanup_text_ struct text document = {0};
	int status = load_student(options, results, error);

	if (!status)
		status = options->format->write(results, options->record_count, &document, error);
	if (!status)
		status = flush(file, &document, error);
	for (size_t i = 0; i < options->record_count; i++)
		result_free(&results[i]);
	free(results);
	return status;
}

static int write_report(const struct options *options, FILE *file, struct error *error)
{
	return options->format->write ? write_document(options, file, error) : write_list(options, file, error);
}

/* By a temporary file, so that a platform never reads half of one; but a device or a pipe is written to. */
static void write_file(const struct options *options)
{
	bool direct = !access(options->output, F_OK) && !is_file(options->output);
	_cleanup_text_ struct text path = {0};
	struct error error;
	FILE *file;
	int status;

	text_add(&path, options->output);
	if (!direct)
		text_printf(&path, ".%ld.new", (long)getpid());
	file = fopen(text_string(&path), "we");
	if (!file)
		die("%s: cannot be written: %s", options->output, strerror(errno));
	status = write_report(options, file, &error);
	if (fclose(file) && !status)
		status = error_set(&error, options->output, 0, 0, "cannot be written: %s", strerror(errno));
	if (!status && !direct && rename(text_string(&path), options->output))
		status = error_set(&error, options->output, 0, 0, "cannot be written: %s", strerror(errno));
	if (status && !direct)
		(void)unlink(text_string(&path)); /* the first error is the one to tell */
	if (status)
		die_error(&error);
}

static void write_out(const struct options *options)
{
	struct error error;

	if (write_report(options, stdout, &error))
		die_error(&error);
}

int cmd_report(int argc, char **argv)
{
	struct options options = {0};

	read_options(argc, argv, &options);
	if (!options.format)
		print_formats();
	else if (options.output && strcmp(options.output, "-") != 0)
		write_file(&options);
	else
		write_out(&options);
	return EXIT_RIGHT;
}
