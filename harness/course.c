/* course.c - see course.h. */
#include "course.h"

#include "../src/hosts.h"
#include "../src/lexer.h"
#include "../src/match.h"
#include "cleanup.h"
#include "files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#define FILE_MAX (1 << 20) /* bytes of a lesson or trace file */

/* The folder of the program itself; "" when /proc does not tell. */
static const char *program_folder(void)
{
	static char path[PATH_MAX];
	ssize_t length;
	char *slash;

	if (path[0])
		return path;
	length = readlink("/proc/self/exe", path, sizeof path - 1);
	path[length > 0 ? length : 0] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	return path;
}

/* In the build tree; installed, also when moved as a whole; where it was told to be. */
static const struct {
	bool beside; /* the paths follow the program's own folder */
	const char *lessons, *support;
} places[] = {
	{true, "", ""},
	{true, "/../share/windsock", "/../libexec/windsock"},
	{false, WINDSOCK_DATADIR, WINDSOCK_LIBEXECDIR},
};

const char *course_folder(struct error *error)
{
	static char folder[PATH_MAX + 64];
	const char *chosen = getenv("WINDSOCK_LESSONS");

	if (chosen) {
		if (is_folder(chosen) && realpath(chosen, folder))
			return folder;
		error_set(error, chosen, 0, 0, "WINDSOCK_LESSONS names this, which is not a folder");
		return NULL;
	}
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		snprintf(folder, sizeof folder, "%s%s/lessons", places[i].beside ? program_folder() : "",
		         places[i].lessons);
		if (is_folder(folder))
			return folder;
	}
	error_set(error, folder, 0, 0, "the lessons are not there. Install windsock again (make install), or set "
	          "WINDSOCK_LESSONS to their folder");
	return NULL;
}

const char *course_support_folder(void)
{
	static char folder[PATH_MAX + 64];

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		_cleanup_text_ struct text unpack = {0};

		snprintf(folder, sizeof folder, "%s%s", places[i].beside ? program_folder() : "", places[i].support);
		text_printf(&unpack, "%s/unpack", folder);
		if (is_file(text_string(&unpack)))
			break;
	}
	return folder;
}

bool course_is_installed(void)
{
	struct error ignored;
	const char *folder = getenv("WINDSOCK_LESSONS") ? NULL : course_folder(&ignored);
	_cleanup_text_ struct text tree = {0};

	text_printf(&tree, "%s/lessons", program_folder());
	return folder && strcmp(folder, text_string(&tree)) != 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_lesson(const char *folder, const char *name)
{
	_cleanup_text_ struct text path = {0};

	text_printf(&path, "%s/%s/lesson", folder, name);
	return name[0] != '.' && is_file(text_string(&path));
}

int course_list(char ***names, size_t *count, struct error *error)
{
	const char *path = course_folder(error);
	DIR *folder = path ? opendir(path) : NULL;
	size_t capacity = 0;

	*names = NULL;
	*count = 0;
	if (!path)
		return -1;
	if (!folder)
		return error_set(error, path, 0, 0, "cannot be read: %s", strerror(errno));
	for (struct dirent *entry; (entry = readdir(folder));)
		if (is_lesson(path, entry->d_name)) {
			mem_room(*names, *count, capacity);
			(*names)[(*count)++] = mem_string(entry->d_name);
		}
	(void)closedir(folder); /* only read from */
	if (*count)
		qsort(*names, *count, sizeof **names, by_name);
	return 0;
}

static bool is_meant(const char *full, const char *name)
{
	const char *rest = full + strspn(full, "0123456789");
	char *end;
	long number = strtol(name, &end, 10);

	if (!strcmp(full, name) || (*rest == '-' && !strcmp(rest + 1, name)))
		return true;
	return end != name && !*end && number > 0 && strtol(full, NULL, 10) == number;
}

/* How far the first letters may lead: "udp" is in two names. */
static bool is_part(const char *full, const char *name)
{
	return strlen(name) > 1 && strcasestr(full, name);
}

/* Names the one that was meant, where it is close; those that NAME is a part of; else all. */
static void refuse(const char *name, char **names, size_t count, struct error *error)
{
	_cleanup_free_ const char **words = mem_alloc((2 * count + 1) * sizeof *words);
	_cleanup_text_ struct text list = {0};
	struct lexer lexer = {0}; /* for the room of its guess */
	const char *guess;
	size_t some = 0;

	for (size_t i = 0; i < count; i++) {
		words[2 * i] = names[i];
		words[2 * i + 1] = names[i] + strspn(names[i], "0123456789-");
		some += is_part(names[i], name);
	}
	words[2 * count] = NULL;
	guess = lexer_guess(&lexer, name, words);
	for (size_t i = 0; i < count; i++)
		if (!some || is_part(names[i], name))
			text_printf(&list, "%s%s", list.length ? ", " : "", names[i]);
	if (*guess)
		error_set(error, NULL, 0, 0, "there is no lesson \"%s\"%s `windsock list` shows all", name, guess);
	else
		error_set(error, NULL, 0, 0, "there is no lesson \"%s\". %s: %s", name, some ? "These have that in their names" : "There are",
		          count ? text_string(&list) : "none");
}

char *course_resolve(const char *name, struct error *error)
{
	char **names, *found = NULL, *copy = mem_string(name);
	size_t count, length = strlen(copy);

	while (length > 1 && copy[length - 1] == '/') /* a folder's name, completed by the shell */
		copy[--length] = '\0';
	if (!course_list(&names, &count, error)) {
		for (size_t i = 0; i < count && !found; i++)
			if (is_meant(names[i], copy))
				found = mem_string(names[i]);
		if (!found)
			refuse(copy, names, count, error);
		for (size_t i = 0; i < count; i++)
			free(names[i]);
		free(names);
	}
	free(copy);
	return found;
}

/* A trace that never comes true: whoever plays has no part in it, each program that is run is given the time to be ready
 * (it waits to be called at a port that it will not have), and the run ends when nothing moves any more. */
static int make_draft(struct course_lesson *lesson, size_t i, struct error *error)
{
	const struct lesson_case *lesson_case = &lesson->lesson.cases[i];
	_cleanup_text_ struct text source = {0};

	text_add(&source, "tcp *:1 => *:1\n");
	for (size_t step = 0; step < lesson_case->step_count; step++)
		if (lesson_case->steps[step].kind == STEP_RUN)
			text_printf(&source, "tcp *:1 => %s:1\n", lesson->lesson.hosts[lesson_case->steps[step].host].name);
	return trace_parse(&lesson->traces[i], lesson_case->trace, text_string(&source), source.length, error);
}

static int trace_is_not_there(const struct course_lesson *lesson, const struct lesson_case *lesson_case,
                              struct error *error)
{
	_cleanup_free_ char *file = file_path(lesson->folder, "lesson", "");

	return error_set(error, file, lesson_case->line, 0, "the case %s names %s, which is not there: write it (`windsock "
	                 "record` makes a first one), or mend the name", lesson_case->name, lesson_case->trace);
}

static int load_trace(struct course_lesson *lesson, size_t i, bool drafts, struct error *error)
{
	const struct lesson_case *lesson_case = &lesson->lesson.cases[i];
	_cleanup_text_ struct text path = {0}, source = {0};
	struct params params = {0};
	int wrong;

	text_printf(&path, "%s/%s", lesson->folder, lesson_case->trace);
	if (drafts && !is_file(text_string(&path)))
		return make_draft(lesson, i, error);
	if (!is_file(text_string(&path)))
		return trace_is_not_there(lesson, lesson_case, error);
	if (file_read(text_string(&path), FILE_MAX, &source, error))
		return -1;
	if (trace_parse(&lesson->traces[i], lesson_case->trace, text_string(&source), source.length, error) ||
	    hosts_check_trace(&lesson->lesson, &lesson->traces[i], error))
		return -1;
	lesson_params(&lesson->lesson, NULL, &params);
	wrong = match_check_names(&lesson->traces[i], &params, error);
	params_free(&params);
	return wrong;
}

static int load(const char *name, bool drafts, struct course_lesson *lesson, struct error *error)
{
	const char *folder = course_folder(error);
	_cleanup_text_ struct text path = {0}, source = {0};

	*lesson = (struct course_lesson){0};
	if (!folder)
		return -1;
	text_printf(&path, "%s/%s/lesson", folder, name);
	if (file_read(text_string(&path), FILE_MAX, &source, error) ||
	    lesson_parse(&lesson->lesson, text_string(&path), text_string(&source), source.length, error))
		return -1;
	path.length -= strlen("/lesson");
	lesson->folder = mem_bytes(path.data, path.length);
	lesson->traces = mem_alloc(lesson->lesson.case_count * sizeof *lesson->traces);
	for (size_t i = 0; i < lesson->lesson.case_count; i++)
		if (load_trace(lesson, i, drafts, error)) {
			course_free(lesson);
			return -1;
		}
	return 0;
}

int course_load(const char *name, struct course_lesson *lesson, struct error *error)
{
	return load(name, false, lesson, error);
}

int course_load_drafts(const char *name, struct course_lesson *lesson, struct error *error)
{
	return load(name, true, lesson, error);
}

void course_free(struct course_lesson *lesson)
{
	for (size_t i = 0; lesson->traces && i < lesson->lesson.case_count; i++)
		trace_free(&lesson->traces[i]);
	free(lesson->traces);
	free(lesson->folder);
	lesson_free(&lesson->lesson);
	*lesson = (struct course_lesson){0};
}
