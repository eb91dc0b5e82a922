/* progress_overview.c - the lessons, and how far the student is in each: what `windsock list` prints. */
#include "progress.h"

#include "cleanup.h"
#include "files.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>

/* What is known of one lesson. */
struct standing {
	char *name;         /* owned */
	char *folder;       /* of the workspace, as one gets there from here; owned; NULL: none was found */
	bool begun, passed;
	int points, of;     /* of the last check of all cases; of = 0: there was none */
};

struct overview {
	struct standing *standings;
	size_t count;
	struct text complaints;
};

/* Whether A tells more of the lesson than B: a student may have begun it in two folders. */
static bool is_further(const struct standing *a, const struct standing *b)
{
	if (a->passed != b->passed)
		return a->passed;
	return !b->folder || (a->of && (!b->of || a->points > b->points));
}

static void read_standing(const struct progress *progress, struct standing *standing)
{
	const struct progress_line *points = progress_find(progress, PROGRESS_POINTS, NULL);

	standing->passed = progress_find(progress, PROGRESS_PASSED, NULL) != NULL;
	standing->begun = progress_find(progress, PROGRESS_CHECKS, NULL) != NULL;
	if (points) {
		standing->points = points->number;
		standing->of = points->of;
	}
}

static struct standing *find_lesson(struct overview *overview, const char *name)
{
	for (size_t i = 0; i < overview->count; i++)
		if (!strcmp(overview->standings[i].name, name))
			return &overview->standings[i];
	return NULL;
}

/* Which lesson FOLDER is a workspace of: what `windsock start` wrote, or else its notes. */
static bool read_lesson(const char *folder, const struct progress *progress, struct text *name)
{
	_cleanup_free_ char *path = file_path(folder, ".windsock/lesson", "");
	const struct progress_line *noted = progress_find(progress, PROGRESS_LESSON, NULL);
	struct error ignored; /* it is no workspace */

	if (!file_read(path, 256, name, &ignored) && name->length)
		name->data[strcspn(name->data, "\n")] = '\0';
	else if (noted)
		text_add(name, noted->name);
	return name->length > 0;
}

/* FOLDER may be a workspace or any other folder. */
static void look_at(struct overview *overview, const char *folder)
{
	_cleanup_free_ char *state = file_path(folder, ".windsock", "");
	_cleanup_text_ struct text name = {0};
	struct workspace workspace = {.state = state};
	struct standing found = {0}, *standing;
	struct progress progress;
	struct error error;

	if (!is_folder(state))
		return;
	if (progress_load(&workspace, &progress, &overview->complaints, &error)) {
		text_printf(&overview->complaints, "%s/%s\n", state, error_string(&error));
		progress = (struct progress){0};
	}
	read_standing(&progress, &found);
	found.folder = mem_string(folder);
	standing = read_lesson(folder, &progress, &name) ? find_lesson(overview, text_string(&name)) : NULL;
	progress_free(&progress);
	if (!standing || !is_further(&found, standing)) {
		free(found.folder);
		return;
	}
	free(standing->folder);
	found.name = standing->name;
	*standing = found;
}

static void look_below(struct overview *overview, const char *folder)
{
	struct dirent **entries = NULL;
	int count = scandir(folder, &entries, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		_cleanup_text_ struct text path = {0};

		text_printf(&path, "%s%s%s", strcmp(folder, ".") ? folder : "", strcmp(folder, ".") ? "/" : "", entries[i]->d_name);
		if (entries[i]->d_name[0] != '.')
			look_at(overview, text_string(&path));
		free(entries[i]);
	}
	free(entries);
}

static void find_standings(struct overview *overview)
{
	if (is_folder(".windsock"))
		look_below(overview, ".."); /* this one among them */
	else
		look_below(overview, ".");
}

/* ---- what is said ---- */

static void add_standing(const struct standing *standing, const struct standing *next, struct text *out)
{
	if (standing->of)
		text_printf(out, "%3d of %-3d", standing->points, standing->of);
	else if (standing->begun || standing->folder || standing == next)
		text_add(out, "          ");
	if (standing->passed)
		text_add(out, "  done");
	else if (standing == next)
		text_add(out, "  next");
	else if (standing->begun)
		text_add(out, "  begun");
	else if (standing->folder)
		text_add(out, "  started");
}

/* Where to go on: the first lesson that was begun and is not done; else the first that is not done. NULL: none. */
static const struct standing *find_next(const struct overview *overview)
{
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < overview->count; i++)
			if (!overview->standings[i].passed && (overview->standings[i].folder || pass))
				return &overview->standings[i];
	return NULL;
}

static bool is_any(const struct overview *overview)
{
	for (size_t i = 0; i < overview->count; i++)
		if (overview->standings[i].folder)
			return true;
	return false;
}

static bool is_here(const char *folder)
{
	char there[PATH_MAX], here[PATH_MAX];

	return realpath(folder, there) && realpath(".", here) && !strcmp(there, here);
}

static void add_advice(const struct overview *overview, const struct standing *next, struct text *out)
{
	size_t done = 0;

	for (size_t i = 0; i < overview->count; i++)
		done += overview->standings[i].passed;
	if (!is_any(overview)) {
		text_add(out, "\nwindsock start LESSON makes a folder to work in; make check in it tells how you do.\n");
		return;
	}
	text_printf(out, "\n%zu of %zu lessons done. ", done, overview->count);
	if (!next)
		text_add(out, "That is all there is.\n");
	else if (next->folder && is_here(next->folder))
		text_printf(out, "Go on here, in %s: make check.\n", next->name);
	else if (next->folder)
		text_printf(out, "Go on in %s: cd %s, then make check.\n", next->name, next->folder);
	else
		text_printf(out, "Next: windsock start %s\n", next->name);
}

static int add_lesson(const struct standing *standing, const struct standing *next, struct text *out,
                      struct error *error)
{
	_cleanup_text_ struct text line = {0};
	struct course_lesson lesson;

	if (course_load(standing->name, &lesson, error))
		return -1;
	text_printf(&line, "  %-21s %-36s ", standing->name, lesson.lesson.title); /* 80 columns with what follows */
	add_standing(standing, next, &line);
	while (line.length && line.data[line.length - 1] == ' ')
		line.data[--line.length] = '\0';
	text_printf(out, "%s\n", text_string(&line));
	course_free(&lesson);
	return 0;
}

static void free_overview(struct overview *overview)
{
	for (size_t i = 0; i < overview->count; i++) {
		free(overview->standings[i].name);
		free(overview->standings[i].folder);
	}
	free(overview->standings);
	text_free(&overview->complaints);
}

int progress_overview(struct text *out, struct error *error)
{
	struct overview overview = {0};
	const struct standing *next;
	char **names;
	int result = 0;

	if (course_list(&names, &overview.count, error))
		return -1;
	overview.standings = mem_alloc(overview.count * sizeof *overview.standings);
	for (size_t i = 0; i < overview.count; i++)
		overview.standings[i].name = names[i];
	free(names);
	find_standings(&overview);
	next = is_any(&overview) ? find_next(&overview) : NULL;
	for (size_t i = 0; i < overview.count && !result; i++)
		result = add_lesson(&overview.standings[i], next, out, error);
	if (!result) {
		add_advice(&overview, next, out);
		if (overview.complaints.length)
			text_printf(out, "\n%s", text_string(&overview.complaints));
	}
	free_overview(&overview);
	return result;
}
