/* cmd_list.c - windsock list: the lessons, and how far you are. */
#include "cleanup.h"
#include "commands.h"
#include "die.h"
#include "files.h"
#include "workspace.h"

#include <string.h>

/* The student's folder of the lesson: below this one, beside it, or this one. */
static bool find_result(const char *name, int *points, int *total)
{

	for (int i = 0; i < 2; i++) {
		_cleanup_text_ struct text path = {0};

		text_printf(&path, i ? "../%s" : "%s", name);
		if (workspace_result(text_string(&path), points, total))
			return true;
	}
	return false;
}

static void print_lesson(const char *name)
{
	struct course_lesson lesson;
	struct error error;
	int points, total;

	if (course_load(name, &lesson, &error))
		die_error(&error);
	printf("  %-20s  %-48s", name, lesson.lesson.title);
	if (find_result(name, &points, &total))
		printf("  %d of %d", points, total);
	putchar('\n');
	course_free(&lesson);
}

int cmd_list(int argc, char **argv)
{
	char **names;
	size_t count;
	struct error error;

	if (argc > 1)
		command_usage("list", "\"%s\" is too much", argv[1]);
	if (course_list(&names, &count, &error))
		die_error(&error);
	for (size_t i = 0; i < count; i++) {
		print_lesson(names[i]);
		free(names[i]);
	}
	free(names);
	puts("\nwindsock start LESSON makes a folder to work in; make check in it tells how you do.");
	return EXIT_RIGHT;
}
