/* workspace.c - see workspace.h. */
#include "workspace.h"

#include "cleanup.h"
#include "files.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first line of .windsock/lesson in FOLDER, or NULL. Owned by the caller. */
static char *marked_lesson(const char *folder)
{
	_cleanup_text_ struct text path = {0}, name = {0};
	struct error ignored;

	text_printf(&path, "%s/.windsock/lesson", folder);
	if (file_read(text_string(&path), 256, &name, &ignored) || !name.length)
		return NULL;
	return mem_bytes(name.data, strcspn(name.data, "\n"));
}

char *workspace_lesson(const char *lesson, const char *folder, struct error *error)
{
	const char *where = folder ? folder : ".";
	_cleanup_free_ char *name = lesson ? mem_string(lesson) : marked_lesson(where);
	char path[PATH_MAX];
	const char *base;

	if (folder && !is_folder(folder)) {
		error_set(error, NULL, 0, 0, "--dir \"%s\": there is no such folder", folder);
		return NULL;
	}
	if (name)
		return course_resolve(name, error);
	if (!realpath(where, path)) {
		error_set(error, where, 0, 0, "cannot be found: %s", strerror(errno));
		return NULL;
	}
	base = path_name(path);
	name = course_resolve(base, error);
	if (name && !strcmp(name, base))
		return mem_string(name);
	error_set(error, NULL, 0, 0, "which lesson? Go to the folder that `windsock start` made, or name the lesson "
	          "(windsock check 01-udp-server). `windsock list` shows all");
	return NULL;
}

static char *real_path(const char *path)
{
	char real[PATH_MAX];

	return realpath(path, real) ? mem_string(real) : NULL;
}

static bool is_workspace_of(const char *folder, const char *lesson)
{
	_cleanup_free_ char *marked = marked_lesson(folder);

	return marked && !strcmp(marked, lesson);
}

char *workspace_folder(const struct course_lesson *lesson, const char *folder)
{
	_cleanup_free_ char *marked = marked_lesson("."), *here = real_path("."),
	                    *beside = file_path("..", lesson->lesson.name, "");

	if (folder)
		return real_path(folder);
	/* A folder without a mark, as a submission is, says by its name which lesson it is of. */
	if ((marked && !strcmp(marked, lesson->lesson.name)) || (!marked && here && !strcmp(path_name(here), lesson->lesson.name)))
		return real_path(".");
	if (is_workspace_of(lesson->lesson.name, lesson->lesson.name))
		return real_path(lesson->lesson.name);
	if (marked && is_workspace_of(beside, lesson->lesson.name))
		return real_path(beside);
	return mem_string(lesson->folder);
}

/* A link that came with the files would lead us to somebody else's folder. */
static int refuse_link(const char *path, struct error *error)
{
	struct stat status;

	if (lstat(path, &status) || !S_ISLNK(status.st_mode))
		return 0;
	return error_set(error, path, 0, 0, "is a symbolic link, and windsock keeps files of its own there: remove the link");
}

int workspace_open(struct workspace *workspace, const struct course_lesson *lesson, const char *folder,
                   const char *state, struct error *error)
{
	_cleanup_text_ struct text path = {0};

	*workspace = (struct workspace){0};
	workspace->folder = workspace_folder(lesson, folder);
	if (!workspace->folder)
		return error_set(error, folder, 0, 0, "cannot be found: %s", strerror(errno));
	if (!state && course_is_installed() && !strcmp(workspace->folder, lesson->folder))
		return error_set(error, NULL, 0, 0, "there is no folder of %s here: `windsock start %s` makes one. If you have one, "
		                 "go there, or name it by --dir", lesson->lesson.name, lesson->lesson.name);
	if (state)
		text_add(&path, state);
	else
		text_printf(&path, "%s/.windsock", workspace->folder);
	if (!state && refuse_link(text_string(&path), error))
		return -1;
	if (folder_make(text_string(&path), error)) {
		if (!state && access(workspace->folder, W_OK))
			return error_set(error, workspace->folder, 0, 0, "may not be written to: copy it to where you may write. check, "
			                 "show, hint and predict also take --state DIR, and keep there what they leave");
		return -1;
	}
	workspace->state = real_path(text_string(&path));
	return workspace->state ? 0 : error_set(error, text_string(&path), 0, 0, "cannot be found: %s", strerror(errno));
}

char *workspace_path(const struct workspace *workspace, const char *part, const char *name, struct error *error)
{
	struct text path = {0};
	bool refused;

	text_printf(&path, "%s/%s", workspace->state, part);
	refused = refuse_link(path.data, error);
	if (name) {
		text_printf(&path, "/%s", name);
		refused = refused || refuse_link(path.data, error);
	}
	if (!refused && !folder_make(path.data, error))
		return path.data;
	text_free(&path);
	return NULL;
}

void workspace_close(struct workspace *workspace)
{
	free(workspace->folder);
	free(workspace->state);
	*workspace = (struct workspace){0};
}
