/* watch_place.c - watch: which lesson is worked at, and where. */
#include "watch_parts.h"

#include "cleanup.h"
#include "files.h"
#include "progress.h"

#include <getopt.h>
#include <limits.h>
#include <string.h>

int place_open(struct place *place, const char *name, const char *folder, struct error *error)
{
	*place = (struct place){0};
	if (course_load(name, &place->course, error))
		return -1;
	if (!workspace_open(&place->workspace, &place->course, folder, NULL, error))
		return 0;
	place_close(place);
	return -1;
}

void place_close(struct place *place)
{
	workspace_close(&place->workspace);
	course_free(&place->course);
}

/* ---- its files ---- */

struct names {
	const char **name;
	size_t count;
};

/* A trace or ruleset may serve several cases. */
static void add_name(struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (!strcmp(names->name[i], name))
			return;
	names->name[names->count++] = name;
}

int place_watch(const struct place *place, struct saves *saves, struct error *error)
{
	const struct lesson *lesson = &place->course.lesson;
	size_t most = lesson->program_count + lesson->rules_count + lesson->case_count;
	struct names names = {mem_alloc((most + 1) * sizeof *names.name), 0};
	int result;

	for (size_t i = 0; i < lesson->program_count; i++)
		if (lesson->programs[i].origin == PROGRAM_STUDENT)
			add_name(&names, lesson->programs[i].source);
	for (size_t i = 0; i < lesson->rules_count; i++)
		add_name(&names, lesson->rules[i].source);
	for (size_t i = 0; i < lesson->case_count; i++)
		if (lesson->cases[i].student_trace_kind != STUDENT_TRACE_NONE)
			add_name(&names, lesson->cases[i].student_trace);
	result = saves_open(saves, place->workspace.folder, names.name, names.count, error);
	free(names.name);
	return result;
}

/* ---- its neighbours ---- */

char *place_neighbour(const struct place *place, int distance)
{
	char **names, *found = NULL;
	size_t count, here = 0;
	struct error ignored; /* the course was there when this lesson was loaded */

	if (course_list(&names, &count, &ignored))
		return NULL;
	while (here < count && strcmp(names[here], place->course.lesson.name) != 0)
		here++;
	for (size_t i = 0; i < count; i++) {
		if (here < count && (long)i == (long)here + distance)
			found = names[i];
		else
			free(names[i]);
	}
	free(names);
	return found;
}

/* In the course's own folder the lessons stand beside each other as well. */
char *place_beside(const struct place *place, const char *name)
{
	const char *folder = place->workspace.folder, *slash = strrchr(folder, '/');
	struct text path = {0};

	text_add_bytes(&path, folder, slash ? (size_t)(slash - folder) : 0);
	text_printf(&path, "/%s", name);
	return path.data;
}

bool place_is_there(const char *name, const char *folder)
{
	_cleanup_text_ struct text path = {0}, text = {0};
	struct error ignored;

	text_printf(&path, "%s/lesson", folder);
	if (is_file(text_string(&path)) && !strcmp(name, path_name(folder)))
		return true; /* the lesson's own folder */
	path.length = 0;
	text_printf(&path, "%s/.windsock/lesson", folder);
	return !file_read(text_string(&path), 256, &text, &ignored) && !strncmp(text_string(&text), name, strlen(name)) &&
	       strspn(text_string(&text) + strlen(name), "\r\n") == strlen(text_string(&text)) - strlen(name);
}

/* ---- the first one ---- */

static bool is_done(const char *folder)
{
	_cleanup_text_ struct text state = {0}, ignored = {0};
	struct workspace workspace = {0};
	struct progress progress;
	struct error error;
	bool done;

	text_printf(&state, "%s/.windsock", folder);
	workspace.state = state.data; /* all that is asked for */
	if (progress_load(&workspace, &progress, &ignored, &error))
		return false;
	done = progress_find(&progress, PROGRESS_PASSED, NULL) != NULL;
	progress_free(&progress);
	return done;
}

/* Below the current folder: the first that is not done, or the last of all. */
static char *find_below(void)
{
	char **names, *found = NULL;
	size_t count;
	bool open = false;
	struct error ignored;

	if (course_list(&names, &count, &ignored))
		return NULL;
	for (size_t i = 0; i < count; i++) {
		_cleanup_text_ struct text folder = {0};

		text_printf(&folder, "./%s/.windsock/lesson", names[i]);
		if (!open && is_file(text_string(&folder))) {
			free(found);
			found = mem_string(names[i]);
			open = !is_done(names[i]);
		}
		free(names[i]);
	}
	free(names);
	return found;
}

static char *find_name(const struct watch_options *options, struct error *error)
{
	char *name = workspace_lesson(options->lesson, options->folder, error);

	if (name || options->lesson || options->folder)
		return name;
	name = find_below();
	if (!name)
		error_set(error, NULL, 0, 0, "there is no lesson's folder here. `windsock watch 1` makes one for the first lesson "
		          "and begins; `windsock list` shows all lessons");
	return name;
}

/* Whether the lesson would be worked at where it is installed, and nobody has gone there to do so. */
static bool is_homeless(const char *name)
{
	_cleanup_free_ char *folder = NULL;
	struct course_lesson course;
	char here[PATH_MAX];
	struct error ignored; /* who opens the place tells it */
	bool homeless;

	if (course_load(name, &course, &ignored))
		return false;
	folder = workspace_folder(&course, NULL);
	homeless = folder && !strcmp(folder, course.folder) && (!realpath(".", here) || strcmp(here, folder) != 0);
	course_free(&course);
	return homeless;
}

static void make_home(const char *name)
{
	char command[] = "start", *copy = mem_string(name);
	char *arguments[] = {command, copy, NULL};

	optind = 1;
	(void)cmd_start(2, arguments); /* what goes wrong ends the process, with a message */
	free(copy);
}

int place_begin(struct place *place, const struct watch_options *options, struct error *error)
{
	_cleanup_free_ char *name = find_name(options, error);

	if (!name)
		return -1;
	if (!options->folder && is_homeless(name))
		make_home(name);
	return place_open(place, name, options->folder, error);
}
