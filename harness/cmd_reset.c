/* cmd_reset.c - windsock reset: the skeleton of a file again, and what the student wrote beside it.
 *
 * Nothing of his may be lost, whenever the machine stops: his file is moved, not copied and not written over, to a
 * name that nothing has, and that is on the disk before the skeleton takes its place. */
#include "cleanup.h"
#include "commands.h"
#include "die.h"
#include "files.h"
#include "workspace.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <string.h>
#include <sys/stat.h>

#define KEPT_MOST 1000 /* copies of one file */

struct reset {
	struct course_lesson lesson;
	struct workspace workspace;
	int folder_fd; /* of the workspace */
};

/* ---- which files ---- */

static void add_name(const char *name, const char **names, size_t *count)
{
	for (size_t i = 0; i < *count; i++)
		if (!strcmp(names[i], name))
			return;
	names[(*count)++] = name;
}

/* What the student writes in this lesson. Owned: the list; the names are the lesson's. */
static const char **files_of(const struct lesson *lesson, size_t *count)
{
	const char **names = mem_alloc((lesson->program_count + lesson->rules_count + lesson->case_count) * sizeof *names);

	*count = 0;
	for (size_t i = 0; i < lesson->program_count; i++)
		if (lesson->programs[i].origin == PROGRAM_STUDENT)
			add_name(lesson->programs[i].source, names, count);
	for (size_t i = 0; i < lesson->rules_count; i++)
		add_name(lesson->rules[i].source, names, count);
	for (size_t i = 0; i < lesson->case_count; i++)
		if (lesson->cases[i].student_trace_kind != STUDENT_TRACE_NONE)
			add_name(lesson->cases[i].student_trace, names, count);
	return names;
}

static void check_name(const struct lesson *lesson, const char *name)
{
	_cleanup_text_ struct text list = {0};
	_cleanup_free_ const char **names = NULL;
	size_t count;

	names = files_of(lesson, &count);
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(names[i], name))
			return;
		text_printf(&list, "%s%s", i ? ", " : "", names[i]);
	}
	die("%s has no file \"%s\" for you to write. It has: %s", lesson->name, name, text_string(&list));
}

/* ---- one file ---- */

/* Whether the file is there, with *mine what it says. Dies of what a skeleton should not take the place of. */
static bool read_mine(const struct reset *reset, const char *name, struct text *mine)
{
	_cleanup_close_ int fd = openat(reset->folder_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	struct error error;
	struct stat status;

	if (fd < 0 && errno == ENOENT)
		return false;
	if (fd < 0 && errno == ELOOP) /* O_NOFOLLOW */
		die("%s is a symbolic link, so it is left alone: remove the link, and reset again", name);
	if (fd < 0)
		die("%s cannot be read, so it is left alone: %s", name, strerror(errno));
	if (fstat(fd, &status) || !S_ISREG(status.st_mode))
		die("%s is not a file, so it is left alone: move it away, and reset again", name);
	if (fsync(fd))
		die("%s cannot be brought to the disk, so it is left alone: %s", name, strerror(errno));
	if (file_read_open(fd, name, 1 << 20, mine, &error))
		text_free(mine); /* longer than any skeleton: another text, which is all that is asked */
	text_add(mine, "");
	return true;
}

/* Moves it to KEPT unless there is something of that name; 0, or an errno. */
static int move_to(const struct reset *reset, const char *name, const char *kept)
{
	if (!renameat2(reset->folder_fd, name, reset->folder_fd, kept, RENAME_NOREPLACE))
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return errno;
	/* A file system without RENAME_NOREPLACE: a second name, then one less. */
	if (linkat(reset->folder_fd, name, reset->folder_fd, kept, 0) || unlinkat(reset->folder_fd, name, 0))
		return errno;
	return 0;
}

static void keep_mine(const struct reset *reset, const char *name, struct text *kept)
{
	int trouble = EEXIST;

	for (int i = 1; trouble == EEXIST && i <= KEPT_MOST; i++) {
		text_free(kept);
		text_printf(kept, "%s.kept-%d", name, i);
		trouble = move_to(reset, name, text_string(kept));
	}
	if (trouble)
		die("%s cannot be kept under another name, so it is left alone: %s", name, strerror(trouble));
	if (fsync(reset->folder_fd))
		die("%s is now %s, and no skeleton was written: the folder cannot be brought to the disk: %s", name,
		    text_string(kept), strerror(errno));
}

/* As a new file: one that somebody made in the meantime stays. */
static void write_skeleton(const struct reset *reset, const char *name, const struct text *skeleton,
                           const struct text *kept)
{
	_cleanup_close_ int fd = openat(reset->folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);

	if (fd < 0 || write(fd, skeleton->data, skeleton->length) != (ssize_t)skeleton->length || fsync(fd))
		die("the skeleton of %s cannot be written: %s%s%s", name, strerror(errno),
		    kept->length ? ". What you wrote is kept in " : "", text_string(kept));
}

static void reset_file(const struct reset *reset, const char *name)
{
	_cleanup_free_ char *path = file_path(reset->lesson.folder, name, "");
	_cleanup_text_ struct text skeleton = {0}, mine = {0}, kept = {0};
	struct error error;

	if (file_read(path, 1 << 20, &skeleton, &error))
		die_error(&error);
	if (read_mine(reset, name, &mine)) {
		if (mine.length == skeleton.length && !memcmp(mine.data, text_string(&skeleton), mine.length)) {
			printf("%s is as it came.\n", name);
			return;
		}
		keep_mine(reset, name, &kept);
	}
	write_skeleton(reset, name, &skeleton, &kept);
	if (kept.length)
		printf("%s is the skeleton again. What you wrote is kept in %s.\n", name, text_string(&kept));
	else
		printf("%s is the skeleton; it was not there.\n", name);
}

/* ---- the command ---- */

/* LESSON may be left out in its workspace, so the first word is a file's name unless it is a lesson's. */
static char *find_lesson(int *argc, char ***argv, const char *folder)
{
	_cleanup_free_ char *here = NULL;
	char *name = NULL;
	struct error error;

	if (*argc && !strchr(**argv, '.'))
		name = workspace_lesson(**argv, folder, &error);
	else
		here = workspace_lesson(NULL, folder, &error);
	if (!name && !here)
		die_error(&error);
	if (!name)
		return mem_string(here);
	++*argv;
	--*argc;
	return name;
}

static void open_workspace(struct reset *reset, const char *name, const char *folder)
{
	struct error error;

	if (course_load(name, &reset->lesson, &error) ||
	    workspace_open(&reset->workspace, &reset->lesson, folder, NULL, &error))
		die_error(&error);
	if (!strcmp(reset->workspace.folder, reset->lesson.folder))
		die("there is no workspace of %s here, and the lesson's own files are the skeletons. Go to the folder that "
		    "`windsock start` made", name);
	reset->folder_fd = open(reset->workspace.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (reset->folder_fd < 0)
		die("%s cannot be opened: %s", reset->workspace.folder, strerror(errno));
}

static const char *read_options(int argc, char **argv)
{
	static const struct option longs[] = {{"dir", required_argument, NULL, 'd'}, {NULL, 0, NULL, 0}};
	const char *folder = NULL;
	int option;

	opterr = 0; /* we say it better */
	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		if (option != 'd')
			command_usage("reset", "%s: not an option of reset, or its value is missing", argv[optind - 1]);
		folder = optarg;
	}
	return folder;
}

int cmd_reset(int argc, char **argv)
{
	struct reset reset = {.folder_fd = -1};
	const char *folder = read_options(argc, argv);
	_cleanup_free_ const char **names = NULL;
	_cleanup_free_ char *name = NULL;
	size_t count;

	argc -= optind;
	argv += optind;
	name = find_lesson(&argc, &argv, folder);
	open_workspace(&reset, name, folder);
	names = files_of(&reset.lesson.lesson, &count);
	for (int i = 0; i < argc; i++)
		check_name(&reset.lesson.lesson, argv[i]);
	for (size_t i = 0; !argc && i < count; i++)
		reset_file(&reset, names[i]);
	for (int i = 0; i < argc; i++)
		reset_file(&reset, argv[i]);
	(void)close(reset.folder_fd); /* only synced through */
	workspace_close(&reset.workspace);
	course_free(&reset.lesson);
	return EXIT_RIGHT;
}
