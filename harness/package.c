/* package.c - see package.h. */
#include "package.h"

#include "../src/fill.h"
#include "../src/student_trace.h"
#include "beneath.h"
#include "cleanup.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MOST (64u << 20) /* bytes */

static const struct package_platform platforms[] = {
	{"gradescope", "autograder.zip, to upload", "autograder.zip", "windsock.tar"},
	{"github-classroom", "a workflow for the assignment's template repository", NULL, "repository/.github/windsock.tar"},
	{"autolab", "autograde-Makefile and autograde.tar, to upload", NULL, "autograde.tar"},
	{"prairielearn", "a question for each lesson, and the image that grades", NULL, "image/windsock.tar"},
	{"exercism", "a test runner: its image and bin/run.sh", NULL, "windsock.tar"},
	{"check50", "a problem for each lesson, for machines that have windsock", NULL, NULL},
	{"ci", "GitHub Actions and GitLab: a job that fails when a case is wrong", NULL, "repository/.ci/windsock.tar"},
};

const struct package_platform *package_platform(size_t which)
{
	return which < sizeof platforms / sizeof platforms[0] ? &platforms[which] : NULL;
}

/* ---- windsock itself ---- */

static int add_copy(struct bundle *bundle, const char *from, const char *path, struct error *error)
{
	struct text bytes = {0};

	return file_read(from, FILE_MOST, &bytes, error) ? -1 : bundle_add(bundle, path, &bytes, error);
}

/* What it is installed from, or as it stands here. */
static int add_program(struct bundle *bundle, const char *source, struct error *error)
{
	_cleanup_free_ char *unpack = file_path(course_support_folder(), "unpack", "");
	size_t length = source ? strlen(source) : 0;

	if (source)
		return add_copy(bundle, source, length > 4 && !strcmp(source + length - 4, ".deb") ? "windsock/windsock.deb" :
		                "windsock/source.tar", error);
	return add_copy(bundle, "/proc/self/exe", "windsock/bin/windsock", error) ||
	       add_copy(bundle, unpack, "windsock/libexec/windsock/unpack", error) ? -1 : 0;
}

struct walk {
	struct bundle *bundle;
	const struct lesson *lesson;
	int root;
	struct error *error;
	bool failed;
};

/* What a student writes, and may have written here: no package holds it. A trace that he may leave out is read by
 * windsock as the lesson ships it. */
static bool is_students(const struct lesson *lesson, const char *path)
{
	for (size_t i = 0; i < lesson->program_count; i++)
		if (lesson->programs[i].origin == PROGRAM_STUDENT && !strcmp(lesson->programs[i].source, path))
			return true;
	for (size_t i = 0; i < lesson->rules_count; i++)
		if (!strcmp(lesson->rules[i].source, path))
			return true;
	for (size_t i = 0; i < lesson->case_count; i++)
		if (lesson->cases[i].student_trace_kind != STUDENT_TRACE_NONE && !strcmp(lesson->cases[i].student_trace, path))
			return student_trace_judged(&lesson->cases[i]);
	return false;
}

static bool take_lesson_file(void *context, const char *path)
{
	struct walk *walk = context;
	struct text bytes = {0};
	_cleanup_text_ struct text name = {0};

	if (is_students(walk->lesson, path))
		return true;
	text_printf(&name, "windsock/share/windsock/lessons/%s/%s", walk->lesson->name, path);
	walk->failed = beneath_read(walk->root, path, FILE_MOST, &bytes, walk->error) != 0;
	if (walk->failed || (bytes.length >= 4 && !memcmp(bytes.data, "\177ELF", 4))) /* compiled there, from whatever */
		text_free(&bytes);
	else
		walk->failed = bundle_add(walk->bundle, text_string(&name), &bytes, walk->error) != 0;
	return !walk->failed;
}

static void ignore(void *context, const char *path, const char *why)
{
	(void)context; /* what is no file and no folder is no part of a lesson */
	(void)path;
	(void)why;
}

static int add_lesson(struct bundle *bundle, const struct course_lesson *lesson, struct error *error)
{
	_cleanup_close_ int root = open(lesson->folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct walk walk = {bundle, &lesson->lesson, root, error, false};

	if (root < 0)
		return error_set(error, lesson->folder, 0, 0, "%s", strerror(errno));
	return beneath_walk(root, ".", take_lesson_file, ignore, &walk, error) || walk.failed ? -1 : 0;
}

/* ---- the forms ---- */

static enum fill_style style_of(const char *path)
{
	static const struct {
		const char *ending;
		enum fill_style style;
	} endings[] = {{".json", FILL_JSON}, {".py", FILL_JSON}, {".yaml", FILL_JSON}, {".html", FILL_HTML}};
	const char *ending = strrchr(path, '.');

	for (size_t i = 0; ending && i < sizeof endings / sizeof endings[0]; i++)
		if (!strcmp(ending, endings[i].ending))
			return endings[i].style;
	return FILL_PLAIN;
}

/* The form's path below its platform, with the lesson's name in it. */
static void name_file(const char *path, const char *lesson, struct text *out)
{
	const char *place = strstr(path, "LESSON/");

	if (place)
		text_printf(out, "%.*s%s%s", (int)(place - path), path, lesson, place + strlen("LESSON"));
	else
		text_add(out, path);
}

static int add_form(const struct package_request *request, const struct package_form *form, const char *path,
                    const struct course_lesson *lessons, size_t count, struct bundle *bundle, struct error *error)
{
	struct package_values *values = package_values(request, lessons, count);
	_cleanup_text_ struct text name = {0};
	struct text bytes = {0};

	name_file(path, lessons[0].lesson.name, &name);
	fill(form->form, style_of(path), package_words(values), package_lists(values), &bytes);
	package_values_free(values);
	return bundle_add(bundle, text_string(&name), &bytes, error);
}

/* The forms in FOLDER of harness/package; they are below UNDER in the bundle. */
static int add_forms(const struct package_request *request, const char *folder, const char *under,
                     struct bundle *bundle, struct error *error)
{
	size_t length = strlen(folder);

	for (const struct package_form *form = package_forms; form->path; form++) {
		bool each = strstr(form->path, "/LESSON/") != NULL;
		_cleanup_text_ struct text path = {0};

		if (strncmp(form->path, folder, length) != 0 || form->path[length] != '/')
			continue;
		text_printf(&path, "%s%s", under, form->path + length + 1);
		for (size_t i = 0; i < (each ? request->lesson_count : 1); i++)
			if (add_form(request, form, text_string(&path), request->lessons + i, each ? 1 : request->lesson_count,
			             bundle, error))
				return -1;
	}
	return 0;
}

/* ---- the whole ---- */

static int add_windsock(const struct package_request *request, struct bundle *bundle, struct error *error)
{
	struct bundle inside = {0};
	struct text tar = {0};
	int result = add_forms(request, "common", "windsock/", &inside, error) || add_program(&inside, request->source, error);

	for (size_t i = 0; !result && i < request->lesson_count; i++)
		result = add_lesson(&inside, &request->lessons[i], error);
	if (!result)
		bundle_tar(&inside, &tar);
	bundle_free(&inside);
	return result ? -1 : bundle_add(bundle, request->platform->tar, &tar, error);
}

static int put_file(const char *folder, const char *name, const void *bytes, size_t length, bool runs, struct text *made,
                    struct error *error)
{
	_cleanup_free_ char *path = file_path(folder, name, "");

	if (path_make_folder(path, error) || file_write(path, bytes, length, error))
		return -1;
	if (chmod(path, runs ? 0755 : 0644))
		return error_set(error, path, 0, 0, "cannot be made %s: %s", runs ? "a program" : "readable", strerror(errno));
	text_printf(made, "%s\n", path);
	return 0;
}

/* Beside the zip, or all of it. */
static int put_files(const struct package_request *request, const struct bundle *bundle, struct text *made,
                     struct error *error)
{
	for (size_t i = 0; i < bundle->count; i++) {
		const struct bundle_file *file = &bundle->files[i];

		if ((!request->platform->zip || !strcmp(file->path, "README.md")) &&
		    put_file(request->folder, file->path, text_string(&file->bytes), file->bytes.length, file->runs, made, error))
			return -1;
	}
	return 0;
}

/* All but the README, which is for who uploads it. */
static int put_zip(const struct package_request *request, struct bundle *bundle, struct text *made, struct error *error)
{
	_cleanup_text_ struct text zip = {0};
	size_t kept = 0;

	for (size_t i = 0; i < bundle->count; i++) {
		struct bundle_file file = bundle->files[i];

		if (strcmp(file.path, "README.md") != 0) { /* to the front: the others stay behind, to be freed */
			bundle->files[i] = bundle->files[kept];
			bundle->files[kept++] = file;
		}
	}
	bundle_zip(&(struct bundle){.files = bundle->files, .count = kept}, &zip);
	return put_file(request->folder, request->platform->zip, text_string(&zip), zip.length, false, made, error);
}

int package_make(const struct package_request *request, struct text *made, struct error *error)
{
	struct bundle bundle = {0};
	int result = add_forms(request, request->platform->name, "", &bundle, error) ||
	             (request->platform->tar && add_windsock(request, &bundle, error)) ||
	             put_files(request, &bundle, made, error) ||
	             (request->platform->zip && put_zip(request, &bundle, made, error)) ? -1 : 0;

	bundle_free(&bundle);
	return result;
}
