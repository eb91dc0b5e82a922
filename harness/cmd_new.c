/* cmd_new.c - windsock new: a lesson of one's own, complete, to be changed into what it shall be.
 *
 * Two folders, as in windsock's own sources: lessons/NAME/ for the students, tests/lessons/NAME/ for its proof. */
#include "cleanup.h"
#include "commands.h"
#include "die.h"
#include "files.h"
#include "new_files.h"

#include <ctype.h>
#include <getopt.h>
#include <string.h>

#define NAME_MOST 63 /* bytes: lesson.h */
#define TITLE_MOST 127

struct options {
	const char *name, *folder, *kind, *title;
};

static void read_options(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{"udp", no_argument, NULL, 'u'},
		{"tcp", no_argument, NULL, 't'},
		{"title", required_argument, NULL, 'T'},
		{NULL, 0, NULL, 0},
	};
	int option;

	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1)
		switch (option) {
		case 'u': options->kind = "udp/"; break;
		case 't': options->kind = "tcp/"; break;
		case 'T': options->title = optarg; break;
		default: command_usage("new", "%s: not an option of new, or its value is missing", argv[optind - 1]);
		}
	if (optind == argc)
		command_usage("new", "what shall it be called? A name such as 28-greet");
	options->name = argv[optind++];
	options->folder = optind < argc ? argv[optind++] : ".";
	if (optind < argc)
		command_usage("new", "one lesson, and one folder: \"%s\" is too much", argv[optind]);
}

/* As docs/lesson-format.md has it for a LABEL. */
static void check_name(const char *name)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	if (!*name || strspn(name, good) != strlen(name) || strchr("-_", *name))
		command_usage("new", "\"%s\": a lesson's name is letters, digits, - and _, and begins with a letter or a digit. "
		              "The folder it goes into is a word of its own: windsock new 28-greet DIR", name);
	if (strlen(name) > NAME_MOST)
		command_usage("new", "\"%s\" is too long: at most %d bytes", name, NAME_MOST);
}

static void check_title(const char *title)
{
	if (!*title || strpbrk(title, "\"\\\t\n") || strlen(title) > TITLE_MOST)
		command_usage("new", "--title: one line of at most %d bytes, without quotation marks and backslashes", TITLE_MOST);
}

/* "28-my-lesson" -> "My lesson". */
static void title_from(const char *name, struct text *title)
{
	const char *rest = name + strspn(name, "0123456789");

	rest += *rest == '-' || *rest == '_';
	text_add(title, *rest ? rest : name);
	for (char *c = title->data; *c; c++)
		if (*c == '-' || *c == '_')
			*c = ' ';
	title->data[0] = (char)toupper((unsigned char)title->data[0]);
}

/* ---- the files ---- */

static void fill(const char *text, const struct options *options, struct text *out)
{
	static const char name[] = "@NAME@", title[] = "@TITLE@";

	for (const char *at; (at = strchr(text, '@')); ) {
		text_add_bytes(out, text, (size_t)(at - text));
		if (!strncmp(at, name, strlen(name))) {
			text_add(out, options->name);
			text = at + strlen(name);
		} else if (!strncmp(at, title, strlen(title))) {
			text_add(out, options->title);
			text = at + strlen(title);
		} else {
			text_add(out, "@");
			text = at + 1;
		}
	}
	text_add(out, text);
}

/* What a file is called in the lesson of that kind, or NULL: it is none of its. */
static const char *part_of(const struct new_file *file, const char *kind)
{
	if (!strncmp(file->name, "any/", strlen("any/")))
		return file->name + strlen("any/");
	return strncmp(file->name, kind, strlen(kind)) ? NULL : file->name + strlen(kind);
}

static bool is_proof(const char *part)
{
	static const char *const folders[] = {"solution/", "right/", "wrong/"};

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
		if (!strncmp(part, folders[i], strlen(folders[i])))
			return true;
	return false;
}

static void write_file(const struct options *options, const char *part, const char *text)
{
	_cleanup_text_ struct text path = {0}, filled = {0};
	struct error error;

	text_printf(&path, "%s/%slessons/%s/%s", options->folder, is_proof(part) ? "tests/" : "", options->name, part);
	fill(text, options, &filled);
	if (path_make_folder(text_string(&path), &error) || file_write(text_string(&path), text_string(&filled), filled.length, &error))
		die_error(&error);
}

/* Nothing is written over. */
static void refuse_old(const struct options *options)
{
	static const char *const parts[] = {"", "tests/"};

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		_cleanup_text_ struct text path = {0};

		text_printf(&path, "%s/%slessons/%s", options->folder, parts[i], options->name);
		if (is_folder(text_string(&path)) || is_file(text_string(&path)))
			die("%s is there already: choose another name, or move it away", text_string(&path));
	}
}

static void print_end(const struct options *options)
{
	bool here = !strcmp(options->folder, ".");
	const char *folder = here ? "" : options->folder, *slash = here ? "" : "/";

	printf("The lesson %s is made:\n\n"
	       "    %s%slessons/%s/        what students get\n"
	       "    %s%stests/lessons/%s/  its proof, which is yours alone\n\n"
	       "It works as it is: a small server that greets. See it proved, then change it into yours:\n\n"
	       "    windsock lint %s%slessons/%s\n\n"
	       "`windsock help add-a-lesson` leads through it.\n", options->name, folder, slash, options->name, folder, slash,
	       options->name, folder, slash, options->name);
}

int cmd_new(int argc, char **argv)
{
	struct options options = {.kind = "udp/"};
	_cleanup_text_ struct text title = {0};

	read_options(argc, argv, &options);
	check_name(options.name);
	title_from(options.name, &title);
	if (!options.title)
		options.title = text_string(&title);
	check_title(options.title);
	refuse_old(&options);
	for (size_t i = 0; i < new_file_count; i++) {
		const char *part = part_of(&new_files[i], options.kind);

		if (part)
			write_file(&options, part, new_files[i].text);
	}
	print_end(&options);
	return EXIT_RIGHT;
}
