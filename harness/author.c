/* author.c - see author.h. */
#include "author.h"

#include "cleanup.h"
#include "files.h"
#include "scratch.h"
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#define FILE_MOST (1 << 20) /* bytes */

/* ---- which lessons ---- */

static bool is_lesson(const char *folder)
{
	_cleanup_free_ char *path = file_path(folder, "lesson", "");

	return is_file(path);
}

/* A proof lies in tests/lessons beside the folder of the lessons, whatever that is called. */
static char *find_proof(const char *folder, const char *name, const char *proofs)
{
	_cleanup_text_ struct text path = {0};
	char real[PATH_MAX];

	if (proofs)
		return file_path(proofs, name, "");
	text_printf(&path, "%s/../..", folder);
	if (!realpath(text_string(&path), real))
		real[0] = '\0'; /* then there is no proof, which lint says */
	path.length = 0;
	text_printf(&path, "%s/tests/lessons/%s", strcmp(real, "/") ? real : "", name);
	return mem_string(text_string(&path));
}

/* As seen from where we are. */
static char *show(const char *path)
{
	char here[PATH_MAX];
	size_t length = getcwd(here, sizeof here) ? strlen(here) : 0;

	if (length && !strncmp(path, here, length) && path[length] == '/')
		path += length + 1;
	return mem_string(path);
}

static int add(struct author_lessons *lessons, const char *folder, const char *proofs, struct error *error)
{
	char real[PATH_MAX];
	struct author_lesson *lesson;

	if (!realpath(folder, real))
		return error_set(error, folder, 0, 0, "cannot be found: %s", strerror(errno));
	mem_room(lessons->list, lessons->count, lessons->capacity);
	lesson = &lessons->list[lessons->count++];
	*lesson = (struct author_lesson){.name = mem_string(path_name(real)), .folder = mem_string(real)};
	lesson->proof = find_proof(real, lesson->name, proofs);
	lesson->shown = show(real);
	lesson->shown_proof = show(lesson->proof);
	return 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* How many lessons lie in FOLDER, or -1. */
static int add_all(struct author_lessons *lessons, const char *folder, const char *proofs, struct error *error)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_shown, by_name), found = 0;

	for (int i = 0; i < count; i++) {
		_cleanup_free_ char *path = file_path(folder, entries[i]->d_name, "");

		free(entries[i]);
		if (found < 0 || !is_lesson(path))
			continue;
		found = add(lessons, path, proofs, error) ? -1 : found + 1;
	}
	if (count >= 0)
		free(entries);
	return found;
}

static int add_named(struct author_lessons *lessons, const char *word, const char *proofs, struct error *error)
{
	_cleanup_free_ char *name = strchr(word, '/') ? NULL : course_resolve(word, error), *folder = NULL;
	const char *course = name ? course_folder(error) : NULL;

	if (strchr(word, '/'))
		return error_set(error, word, 0, 0, "is not there. Name the folder of a lesson, or one with lessons in it");
	if (!course)
		return -1;
	folder = file_path(course, name, "");
	return add(lessons, folder, proofs, error);
}

int author_find(struct author_lessons *lessons, const char *word, const char *proofs, struct error *error)
{
	_cleanup_free_ char *folder = mem_string(word), *below = NULL;
	size_t length = strlen(folder);
	int found;

	while (length > 1 && folder[length - 1] == '/') /* as the shell completes it */
		folder[--length] = '\0';
	below = file_path(folder, "lessons", "");
	if (is_lesson(folder))
		return add(lessons, folder, proofs, error);
	found = add_all(lessons, folder, proofs, error);
	if (!found)
		found = add_all(lessons, below, proofs, error);
	if (found)
		return found < 0 ? -1 : 0;
	if (is_folder(folder))
		return error_set(error, folder, 0, 0, "holds no lesson. A lesson is a folder with a file called lesson in it; "
		                 "`windsock new NAME` makes one");
	return add_named(lessons, folder, proofs, error);
}

void author_lessons_free(struct author_lessons *lessons)
{
	for (size_t i = 0; i < lessons->count; i++) {
		free(lessons->list[i].name);
		free(lessons->list[i].folder);
		free(lessons->list[i].shown);
		free(lessons->list[i].shown_proof);
		free(lessons->list[i].proof);
	}
	free(lessons->list);
	*lessons = (struct author_lessons){0};
}

int author_load(const struct author_lesson *lesson, bool drafts, struct course_lesson *course, struct error *error)
{
	_cleanup_free_ char *folder = path_folder(lesson->folder);

	if (setenv("WINDSOCK_LESSONS", *folder ? folder : "/", 1)) /* for all that asks for the course from now on */
		return error_set(error, NULL, 0, 0, "%s", strerror(errno));
	return drafts ? course_load_drafts(lesson->name, course, error) : course_load(lesson->name, course, error);
}

/* ---- their files ---- */

static bool is_written(const char *name)
{
	static const char *const endings[] = {".md", ".c", ".h", ".nft", ".trace"};
	size_t length = strlen(name);

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
		if (length > strlen(endings[i]) && !strcmp(name + length - strlen(endings[i]), endings[i]))
			return true;
	return !strcmp(name, "lesson");
}

/* Those in FOLDER/PART, called PART/NAME. A folder that is not there has none. */
static int read_part(const char *folder, const char *part, struct lint_files *files, struct error *error)
{
	_cleanup_free_ char *path = file_path(folder, part, "");
	struct dirent **entries;
	int count = scandir(path, &entries, is_shown, by_name), status = 0;

	for (int i = 0; i < count; i++) {
		_cleanup_free_ char *file = file_path(path, entries[i]->d_name, "");
		_cleanup_text_ struct text text = {0}, name = {0};

		text_printf(&name, "%s%s%s", part, *part ? "/" : "", entries[i]->d_name);
		free(entries[i]);
		if (status || !is_written(text_string(&name)) || !is_file(file))
			continue;
		status = file_read(file, FILE_MOST, &text, error);
		if (!status)
			lint_add_file(files, text_string(&name), &text);
	}
	if (count >= 0)
		free(entries);
	return status;
}

int author_read(const struct author_lesson *lesson, struct lint *lint, struct error *error)
{
	static const char *const proof[] = {"solution", "right", "wrong"};
	int status = read_part(lesson->folder, "", &lint->shipped, error);

	status = status ? status : read_part(lesson->folder, "traces", &lint->shipped, error);
	for (size_t i = 0; i < sizeof proof / sizeof proof[0] && !status; i++)
		status = read_part(lesson->proof, proof[i], &lint->proof, error);
	return status;
}

/* ---- where programs are tried ---- */

static struct scratch work_scratch = {.lock_fd = -1}; /* to be removed when the process ends */
static pid_t work_owner;

static void remove_work(void)
{
	if (getpid() == work_owner) /* not in a child that ends */
		scratch_close(&work_scratch);
}

int author_work_open(struct author_work *work, struct error *error)
{
	if (scratch_open(&work_scratch, NULL, error))
		return -1;
	work_owner = getpid();
	if (atexit(remove_work))
		return error_set(error, NULL, 0, 0, "atexit: %s", strerror(errno));
	work->folder = file_path(work_scratch.folder, "files", "");
	work->state = file_path(work_scratch.folder, "state", "");
	return folder_make(work->folder, error) || folder_make(work->state, error) ? -1 : 0;
}

void author_work_close(struct author_work *work)
{
	remove_work();
	free(work->folder);
	free(work->state);
	*work = (struct author_work){0};
}

int author_stage(const struct author_work *work, const char *name, const struct text *text, struct error *error)
{
	_cleanup_free_ char *path = file_path(work->folder, name, "");

	return file_write(path, text_string(text), text->length, error);
}

int author_stage_skeleton(const struct author_work *work, const struct lint *lint, struct error *error)
{
	if (folder_empty(work->folder, error))
		return -1;
	for (size_t i = 0; i < lint->shipped.count; i++)
		if (!strchr(lint->shipped.files[i].name, '/') &&
		    author_stage(work, lint->shipped.files[i].name, &lint->shipped.files[i].text, error))
			return -1;
	return 0;
}

int author_stage_solution(const struct author_work *work, const struct lint *lint, struct error *error)
{
	static const char solution[] = "solution/";

	if (author_stage_skeleton(work, lint, error))
		return -1;
	for (size_t i = 0; i < lint->proof.count; i++)
		if (!strncmp(lint->proof.files[i].name, solution, strlen(solution)) &&
		    author_stage(work, lint->proof.files[i].name + strlen(solution), &lint->proof.files[i].text, error))
			return -1;
	return 0;
}
