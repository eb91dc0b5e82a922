/* cmd_package.c - windsock package: what is uploaded so that a platform grades with windsock. */
#include "cleanup.h"
#include "commands.h"
#include "die.h"
#include "files.h"
#include "package.h"

#include <getopt.h>
#include <string.h>

struct options {
	struct package_request request;
	char **names;
	size_t name_count;
};

static const struct package_platform *find_platform(const char *name)
{
	_cleanup_text_ struct text names = {0};

	for (size_t i = 0; package_platform(i); i++) {
		if (!strcmp(package_platform(i)->name, name))
			return package_platform(i);
		text_printf(&names, "%s%s", i ? ", " : "", package_platform(i)->name);
	}
	command_usage("package", "there is no platform \"%.64s\"; there are %s", name, text_string(&names));
}

static void print_platforms(void)
{
	for (size_t i = 0; package_platform(i); i++)
		printf("%-17s %s\n", package_platform(i)->name, package_platform(i)->summary);
	puts("\n`windsock package PLATFORM LESSON...` makes the files; docs/platforms/PLATFORM.md says more.");
}

static const char *plain_word(const char *option, const char *word)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

	if (!*word || strspn(word, good) != strlen(word) || *word == '-')
		command_usage("package", "%s \"%s\": letters, digits, . _ and - only, for it stands in scripts", option, word);
	return word;
}

static const char *source_file(const char *path)
{
	if (!is_file(path))
		command_usage("package", "--source %s: there is no such file. It is windsock's source archive (make dist) or "
		              "its Debian package", path);
	return path;
}

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {{"output", required_argument, NULL, 'o'},
	                                      {"course", required_argument, NULL, 'c'},
	                                      {"source", required_argument, NULL, 's'},
	                                      {NULL, 0, NULL, 0}};
	int option;

	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "o:", longs, NULL)) != -1)
		switch (option) {
		case 'o': options->request.folder = optarg; break;
		case 'c': options->request.course = plain_word("--course", optarg); break;
		case 's': options->request.source = source_file(optarg); break;
		default: command_usage("package", "%s: not an option of package, or its value is missing", argv[optind - 1]);
		}
	if (argv[optind])
		options->request.platform = find_platform(argv[optind++]);
	options->names = argv + optind;
	options->name_count = (size_t)(argc - optind);
}

/* Those that were named, once each, in the course's order; all of them, where none was. */
static struct course_lesson *load_lessons(struct options *options)
{
	char **all;
	size_t count;
	bool *chosen;
	struct course_lesson *lessons;
	struct error error;

	if (course_list(&all, &count, &error))
		die_error(&error);
	chosen = mem_alloc((count + 1) * sizeof *chosen);
	lessons = mem_alloc((count + 1) * sizeof *lessons);
	for (size_t i = 0; i < options->name_count; i++) {
		_cleanup_free_ char *name = course_resolve(options->names[i], &error);

		if (!name)
			die_error(&error);
		for (size_t j = 0; j < count; j++)
			chosen[j] |= !strcmp(all[j], name);
	}
	for (size_t i = 0; i < count; i++) {
		if ((chosen[i] || !options->name_count) &&
		    course_load(all[i], &lessons[options->request.lesson_count++], &error))
			die_error(&error);
		free(all[i]);
	}
	free(all);
	free(chosen);
	return lessons;
}

static void make(struct options *options)
{
	struct course_lesson *lessons = load_lessons(options);
	struct package_request *request = &options->request;
	_cleanup_text_ struct text made = {0}, folder = {0};
	struct error error;

	text_printf(&folder, "windsock-%s", request->platform->name);
	if (!request->folder)
		request->folder = text_string(&folder);
	request->lessons = lessons;
	if (package_make(request, &made, &error))
		die_error(&error);
	printf("%s\nNext: %s/README.md says where they go.\n", text_string(&made), request->folder);
	for (size_t i = 0; i < request->lesson_count; i++)
		course_free(&lessons[i]);
	free(lessons);
}

int cmd_package(int argc, char **argv)
{
	struct options options = {.request = {.course = "course"}};

	read_options(argc, argv, &options);
	if (options.request.platform)
		make(&options);
	else
		print_platforms();
	return EXIT_RIGHT;
}
