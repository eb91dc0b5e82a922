/* cmd_start.c - windsock start: a folder to work in. */
#include "cleanup.h"
#include "commands.h"
#include "die.h"
#include "files.h"
#include "workspace.h"

#include <limits.h>
#include <string.h>

static void copy_file(const char *from_folder, const char *to_folder, const char *name)
{
	_cleanup_text_ struct text from = {0}, to = {0}, bytes = {0};
	struct error error;

	text_printf(&from, "%s/%s", from_folder, name);
	text_printf(&to, "%s/%s", to_folder, name);
	if (is_file(text_string(&to)))
		die("%s is there already, and it may hold your work: start in another folder "
		    "(windsock start LESSON DIR), or move it away", text_string(&to));
	if (file_read(text_string(&from), 1 << 20, &bytes, &error) ||
	    file_write(text_string(&to), text_string(&bytes), bytes.length, &error))
		die_error(&error);
}

/* Whether one of the names before number I is the same. */
static bool is_listed(const char *const *names, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (!strcmp(names[j], names[i]))
			return true;
	return false;
}

/* All that the student works on or reads; a trace or ruleset may serve several cases. */
static void copy_sources(const struct course_lesson *course, const char *folder)
{
	const struct lesson *lesson = &course->lesson;
	size_t count = 0, most = lesson->program_count + lesson->rules_count + lesson->case_count;
	_cleanup_free_ const char **names = mem_alloc(most * sizeof *names);

	for (size_t i = 0; i < lesson->program_count; i++)
		if (lesson->programs[i].origin != PROGRAM_SYSTEM)
			names[count++] = lesson->programs[i].source;
	for (size_t i = 0; i < lesson->rules_count; i++)
		names[count++] = lesson->rules[i].source;
	for (size_t i = 0; i < lesson->case_count; i++)
		if (lesson->cases[i].student_trace_kind != STUDENT_TRACE_NONE)
			names[count++] = lesson->cases[i].student_trace;
	for (size_t i = 0; i < count; i++)
		if (!is_listed(names, i))
			copy_file(course->folder, folder, names[i]);
}

/* What `make check` runs there: this windsock by its full path, if there is one, on the course that LESSONS is. */
static void write_makefile(const char *folder, const char *lessons)
{
	_cleanup_text_ struct text path = {0}, bytes = {0};
	char program[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
	struct error error;

	program[length > 0 ? length : 0] = '\0';
	text_printf(&bytes,
	            "# make check builds your programs, runs them on a small network and explains what it saw.\n"
	            "WINDSOCK = %s\n", length > 0 ? program : "windsock");
	if (getenv("WINDSOCK_LESSONS"))
		text_printf(&bytes, "export WINDSOCK_LESSONS = %s\n", lessons);
	text_add(&bytes, "\ncheck:\n\t@$(WINDSOCK) check --dir .\n\nshow:\n\t@$(WINDSOCK) show --dir .\n\n"
	         "watch:\n\t@$(WINDSOCK) watch --dir .\n\n.PHONY: check show watch\n");
	text_printf(&path, "%s/Makefile", folder);
	if (is_file(text_string(&path)))
		die("%s is there already: start in an empty folder", text_string(&path));
	if (file_write(text_string(&path), bytes.data, bytes.length, &error))
		die_error(&error);
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

int cmd_start(int argc, char **argv)
{
	struct course_lesson lesson;
	struct error error;
	const char *folder;
	_cleanup_free_ char *name = NULL;

	if (argc < 2 || argc > 3 || argv[1][0] == '-')
		command_usage("start", argc < 2 ? "which lesson? `windsock list` shows all" : "one lesson, and one folder");
	name = course_resolve(argv[1], &error);
	if (!name || course_load(name, &lesson, &error))
		die_error(&error);
	folder = argc == 3 ? argv[2] : name;
	if (folder_make(folder, &error))
		die_error(&error);
	copy_sources(&lesson, folder);
	copy_file(lesson.folder, folder, "README.md");
	copy_file(lesson.folder, folder, "hints.md");
	write_makefile(folder, course_folder(&error)); /* which has just been there */
	mark(folder, name);
	printf("%s: %s\n\n%s/ is ready. Read README.md in it, then:\n\n    cd %s\n    make check\n\n%s\n", name,
	       lesson.lesson.title, folder, folder, lesson.lesson.begin);
	course_free(&lesson);
	return EXIT_RIGHT;
}
