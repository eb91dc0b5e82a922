/* cmd_start.c - windsock start: a folder to work in. */
#include "argv.h"
#include "cleanup.h"
#include "commands.h"
#include "die.h"
#include "files.h"
#include "workspace.h"

#include <getopt.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

/* What is to be written, and nothing of it before all of it may be. */
struct new_file {
	char *path;        /* owned */
	struct text bytes; /* owned */
};

struct new_files {
	struct new_file *files; /* owned */
	size_t count, capacity;
};

/* An empty one for who fills it, or NULL: it is among them. */
static struct new_file *add_file(struct new_files *files, const char *folder, const char *name)
{
	_cleanup_free_ char *path = file_path(folder, name, "");

	for (size_t i = 0; i < files->count; i++)
		if (!strcmp(files->files[i].path, path))
			return NULL;
	mem_room(files->files, files->count, files->capacity);
	files->files[files->count] = (struct new_file){.path = mem_string(path)};
	return &files->files[files->count++];
}

static void add_copy(struct new_files *files, const struct course_lesson *course, const char *folder, const char *name)
{
	_cleanup_free_ char *from = file_path(course->folder, name, "");
	struct new_file *file = add_file(files, folder, name);
	struct error error;

	if (file && file_read(from, 1 << 20, &file->bytes, &error))
		die_error(&error);
}

/* All that the student works on or reads; a trace or ruleset may serve several cases. */
static void add_copies(struct new_files *files, const struct course_lesson *course, const char *folder)
{
	const struct lesson *lesson = &course->lesson;

	for (size_t i = 0; i < lesson->program_count; i++)
		if (lesson->programs[i].origin != PROGRAM_SYSTEM)
			add_copy(files, course, folder, lesson->programs[i].source);
	for (size_t i = 0; i < lesson->rules_count; i++)
		add_copy(files, course, folder, lesson->rules[i].source);
	for (size_t i = 0; i < lesson->case_count; i++)
		if (lesson->cases[i].student_trace_kind != STUDENT_TRACE_NONE)
			add_copy(files, course, folder, lesson->cases[i].student_trace);
	add_copy(files, course, folder, "README.md");
	add_copy(files, course, folder, "hints.md");
}

/* Whether FILE, which is there, was written by a start that was ended before it came to its mark, its last file: word for
 * word the same. Then nothing of anybody's is lost. */
static bool was_begun(const char *folder, const struct new_file *file)
{
	_cleanup_free_ char *marked = file_path(folder, ".windsock/lesson", "");
	_cleanup_text_ struct text there = {0};
	struct error ignored;

	return !is_file(marked) && !file_read(file->path, 1 << 20, &there, &ignored) && there.length == file->bytes.length &&
	       !memcmp(text_string(&there), text_string(&file->bytes), there.length);
}

static void write_files(struct new_files *files, const char *folder)
{
	struct stat ignored;
	struct error error;

	for (size_t i = 0; i < files->count; i++)
		if (!lstat(files->files[i].path, &ignored) && !was_begun(folder, &files->files[i]))
			die("%s is there already, and it may hold your work: start in another folder "
			    "(windsock start LESSON DIR), or move it away", files->files[i].path);
	for (size_t i = 0; i < files->count; i++) {
		struct new_file *file = &files->files[i];

		if (file_write(file->path, text_string(&file->bytes), file->bytes.length, &error))
			die_error(&error);
		free(file->path);
		text_free(&file->bytes);
	}
	free(files->files);
}

/* As a word of a shell in a Makefile, or as a value there. */
static void add_for_make(struct text *out, const char *value, bool word)
{
	_cleanup_text_ struct text quoted = {0};

	if (word)
		argv_quote(value, &quoted);
	else
		text_add(&quoted, value);
	for (const char *at = text_string(&quoted); *at; at++) {
		text_add(out, *at == '$' ? "$" : *at == '#' ? "\\" : "");
		text_add_bytes(out, at, 1);
	}
}

/* What `make check` runs there: this windsock by its full path, if there is one, on the course that LESSONS is. */
static void add_makefile(struct new_files *files, const char *folder, const char *lessons)
{
	struct text *out = &add_file(files, folder, "Makefile")->bytes; /* no lesson has one for its students */
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);

	program[length > 0 ? length : 0] = '\0';
	text_add(out, "# make check builds your programs, runs them on a small network and explains what it saw.\nWINDSOCK = ");
	add_for_make(out, length > 0 ? program : "windsock", true);
	if (getenv("WINDSOCK_LESSONS")) {
		text_add(out, "\nexport WINDSOCK_LESSONS = ");
		add_for_make(out, lessons, false);
	}
	text_add(out, "\n\ncheck:\n\t@$(WINDSOCK) check --dir .\n\nshow:\n\t@$(WINDSOCK) show --dir .\n\n"
	         "watch:\n\t@$(WINDSOCK) watch --dir .\n\n.PHONY: check show watch\n");
}

static void mark(const char *folder, const char *name)
{
	_cleanup_text_ struct text path = {0}, line = {0};
	struct error error;

	text_printf(&path, "%s/.windsock", folder);
	text_printf(&line, "%s\n", name);
	if (folder_make(text_string(&path), &error))
		die_error(&error);
	text_add(&path, "/lesson");
	if (file_write(text_string(&path), line.data, line.length, &error))
		die_error(&error);
}

/* Beside the lesson where one is, as `windsock watch` goes on and `windsock list` looks for it; else here. Owned. */
static char *choose_folder(const char *name)
{
	return is_file(".windsock/lesson") ? file_path("..", name, "") : mem_string(name);
}

static void print_begin(const char *name, const struct lesson *lesson, const char *folder)
{
	_cleanup_text_ struct text word = {0};

	argv_quote(folder, &word);
	printf("%s: %s\n\n%s%s is ready. Read README.md in it, then:\n\n", name, lesson->title, folder,
	       folder[strlen(folder) - 1] == '/' ? "" : "/");
	if (strcmp(folder, ".") != 0)
		printf("    cd %s%s\n", *folder == '-' ? "./" : "", text_string(&word));
	printf("    make check\n\n%s\n", lesson->begin);
}

/* Leaves the words behind the options, of which there are none but --, in *argv. */
static int read_words(int argc, char ***argv)
{
	static const struct option longs[] = {{NULL, 0, NULL, 0}};

	opterr = 0; /* we say it better */
	if (getopt_long(argc, *argv, "", longs, NULL) != -1)
		command_usage("start", "%s: start has no options", (*argv)[optind - 1]);
	*argv += optind;
	return argc - optind;
}

int cmd_start(int argc, char **argv)
{
	int count = read_words(argc, &argv);
	_cleanup_free_ char *name = NULL, *folder = NULL;
	struct course_lesson lesson;
	struct new_files files = {0};
	struct error error;

	if (count < 1 || count > 2)
		command_usage("start", count ? "one lesson, and one folder" : "which lesson? `windsock list` shows all");
	if (count == 2 && !*argv[1])
		command_usage("start", "the folder's name is empty");
	name = course_resolve(argv[0], &error);
	if (!name || course_load(name, &lesson, &error))
		die_error(&error);
	folder = count == 2 ? mem_string(argv[1]) : choose_folder(name);
	if (folder_make(folder, &error))
		die_error(&error);
	add_copies(&files, &lesson, folder);
	add_makefile(&files, folder, course_folder(&error)); /* which has just been there */
	write_files(&files, folder);
	mark(folder, name);
	print_begin(name, &lesson.lesson, folder);
	course_free(&lesson);
	return EXIT_RIGHT;
}
