/* submissions.c - see submissions.h. Each platform's layout is a function that says whose an entry is. */
#include "submissions.h"

#include "../src/fnv.h"
#include "../src/handed_in.h"
#include "archive.h"
#include "beneath.h"
#include "cleanup.h"
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>

#define METADATA "submission_metadata.yml"
#define METADATA_MOST (64u << 20)
#define MAP_MOST (4u << 20)

/* ---- what is known so far ---- */

struct finder {
	struct submissions *all;
	const char *scratch;
	const struct submissions_choice *choice;
	size_t unpacked; /* folders so far */
	int root_fd;
	char *root;      /* absolute; owned */
	char *results;   /* absolute, where it is there: nobody's; owned */
	struct handed_in_metadata metadata;
	size_t *slots;     /* a hash table of the students: index and 1, or 0; owned */
	size_t slot_count; /* a power of two, more than twice the students */
};

static char *print_clean(const char *format, va_list arguments)
{
	struct text clean = {0};
	char *words = NULL;

	if (vasprintf(&words, format, arguments) < 0)
		abort(); /* out of memory, as text.h */
	handed_in_clean(words, strlen(words), &clean);
	free(words);
	return clean.data;
}

static void __attribute__((format(printf, 2, 3))) remark(struct submissions *all, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	mem_room(all->remarks, all->remark_count, all->remark_capacity);
	all->remarks[all->remark_count++] = print_clean(format, arguments);
	va_end(arguments);
}

void submission_remark(struct submission *submission, const char *format, ...)
{
	va_list arguments;

	if (submission->remark_count == SUBMISSION_REMARKS_MOST) {
		submission->more_remarks++;
		return;
	}
	va_start(arguments, format);
	mem_room(submission->remarks, submission->remark_count, submission->remark_capacity);
	submission->remarks[submission->remark_count++] = print_clean(format, arguments);
	va_end(arguments);
}

/* Names that were made to collide cost their class time, and nobody else. */
static size_t hash(const char *name)
{
	uint64_t value = fnv1a(FNV1A_BASIS, name, strlen(name));

	return (size_t)(value ^ value >> 32);
}

/* Where the student of that name is, or would be. */
static size_t *find_slot(const struct finder *finder, const char *name)
{
	size_t at = hash(name) & (finder->slot_count - 1);

	while (finder->slots[at] && strcmp(finder->all->list[finder->slots[at] - 1].student, name) != 0)
		at = (at + 1) & (finder->slot_count - 1);
	return &finder->slots[at];
}

static void make_room(struct finder *finder)
{
	if (2 * (finder->all->count + 1) < finder->slot_count)
		return;
	free(finder->slots);
	finder->slot_count = finder->slot_count ? 4 * finder->slot_count : 1024;
	finder->slots = mem_alloc(finder->slot_count * sizeof *finder->slots);
	for (size_t i = 0; i < finder->all->count; i++)
		*find_slot(finder, finder->all->list[i].student) = i + 1;
}

/* The student of that name, new or not. What is behind it moves when another one is added. */
static struct submission *find_student(struct finder *finder, const char *name)
{
	_cleanup_text_ struct text clean = {0};
	struct submissions *all = finder->all;
	size_t *slot;

	handed_in_clean(name, strlen(name), &clean);
	make_room(finder);
	slot = find_slot(finder, text_string(&clean));
	if (!*slot) {
		mem_room(all->list, all->count, all->capacity);
		all->list[all->count++] = (struct submission){.student = mem_string(text_string(&clean))};
		*slot = all->count;
	}
	return &all->list[*slot - 1];
}

static void add_part(struct submission *submission, const char *root, const char *path, const char *name)
{
	mem_room(submission->parts, submission->part_count, submission->part_capacity);
	submission->parts[submission->part_count++] =
		(struct submission_part){mem_string(root), mem_string(path), name ? mem_string(name) : NULL};
}

/* ---- layouts ---- */

enum entry_kind { ENTRY_FILE, ENTRY_FOLDER, ENTRY_OTHER };

static enum entry_kind kind_of(int root, const char *name)
{
	_cleanup_close_ int fd = beneath_open(root, name, O_PATH | O_NOFOLLOW);
	struct stat status;

	if (fd < 0 || fstat(fd, &status))
		return ENTRY_OTHER;
	return S_ISREG(status.st_mode) ? ENTRY_FILE : S_ISDIR(status.st_mode) ? ENTRY_FOLDER : ENTRY_OTHER;
}

static int by_folder(const void *a, const void *b)
{
	return strcmp(((const struct handed_in_submitter *)a)->folder, ((const struct handed_in_submitter *)b)->folder);
}

static bool take_gradescope(struct finder *finder, const char *name, enum entry_kind kind)
{
	const struct handed_in_submitter key = {.folder = (char *)(uintptr_t)name}, *submitter;

	if (!finder->metadata.count)
		return false;
	finder->all->layout = "Gradescope's export";
	submitter = bsearch(&key, finder->metadata.submitters, finder->metadata.count, sizeof key, by_folder);
	if (kind == ENTRY_FOLDER && submitter) {
		add_part(find_student(finder, submitter->student), finder->root, name, NULL);
		return true;
	}
	if (strcmp(name, METADATA) != 0)
		remark(finder->all, "%s is not in %s: nobody's", name, METADATA);
	return true;
}

static bool take_canvas(struct finder *finder, const char *name, enum entry_kind kind)
{
	_cleanup_text_ struct text student = {0}, file = {0};
	struct submission *submission;
	bool late;

	if (kind != ENTRY_FILE || !handed_in_canvas(name, &student, &file, &late))
		return false;
	finder->all->layout = "Canvas's download";
	submission = find_student(finder, text_string(&student));
	if (late)
		submission_remark(submission, "%s was handed in late", text_string(&file));
	add_part(submission, finder->root, name, text_string(&file));
	return true;
}

static bool take_moodle(struct finder *finder, const char *name, enum entry_kind kind)
{
	_cleanup_text_ struct text student = {0};

	if (kind == ENTRY_OTHER || !handed_in_moodle(name, &student))
		return false;
	finder->all->layout = "Moodle's download";
	add_part(find_student(finder, text_string(&student)), finder->root, name, NULL);
	return true;
}

static bool take_folder(struct finder *finder, const char *name, enum entry_kind kind)
{
	_cleanup_free_ char *stem = NULL;
	size_t length = kind == ENTRY_FOLDER ? strlen(name) : kind == ENTRY_FILE ? handed_in_archive(name) : 0;

	if (!length)
		return false;
	stem = mem_bytes(name, length);
	if (!finder->all->layout)
		finder->all->layout = "a folder a student";
	add_part(find_student(finder, stem), finder->root, name, NULL);
	return true;
}

typedef bool layout(struct finder *finder, const char *name, enum entry_kind kind);

/* In this order: the most particular first. */
static layout *const layouts[] = {take_gradescope, take_canvas, take_moodle, take_folder};

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "__MACOSX") != 0;
}

/* Whether the results are kept in NAME, or below it: those who handed in do not. */
static bool has_results(const struct finder *finder, const char *name)
{
	_cleanup_free_ char *path = file_path(finder->root, name, "");
	size_t length = strlen(path);

	return finder->results && !strncmp(finder->results, path, length) && strchr("/", finder->results[length]);
}

static int take_entries(struct finder *finder, struct error *error)
{
	struct dirent **entries;
	int count = scandir(finder->root, &entries, is_shown, beneath_by_name);

	if (count < 0)
		return error_set(error, finder->root, 0, 0, "cannot be read: %s", strerror(errno));
	for (int i = 0; i < count; i++) {
		const char *name = entries[i]->d_name;
		enum entry_kind kind = kind_of(finder->root_fd, name);
		bool taken = has_results(finder, name);

		if (taken)
			remark(finder->all, "%s belongs to nobody: the results are kept there", name);
		for (size_t j = 0; !taken && j < sizeof layouts / sizeof layouts[0]; j++)
			taken = layouts[j](finder, name, kind);
		if (!taken)
			remark(finder->all, "%s belongs to nobody: %s", name, kind == ENTRY_OTHER ?
			       "it is a link or a device" : "it stands beside the students' folders");
		free(entries[i]);
	}
	free(entries);
	return 0;
}

static int read_metadata(struct finder *finder, struct error *error)
{
	_cleanup_text_ struct text source = {0};

	if (kind_of(finder->root_fd, METADATA) != ENTRY_FILE)
		return 0;
	if (beneath_read(finder->root_fd, METADATA, METADATA_MOST, &source, error))
		return -1;
	if (handed_in_metadata(&finder->metadata, METADATA, text_string(&source), error))
		return -1;
	if (finder->metadata.count)
		qsort(finder->metadata.submitters, finder->metadata.count, sizeof *finder->metadata.submitters, by_folder);
	return 0;
}

/* ---- a map ---- */

/* "ada<TAB>path", or "ada path": the path may have spaces. Paths count from the submissions' folder. */
static int take_map_line(struct finder *finder, const char *map, int number, char *line, struct error *error)
{
	char *path = line + strcspn(line, strchr(line, '\t') ? "\t" : " "), real[PATH_MAX], *base;
	_cleanup_text_ struct text full = {0};

	if (*path)
		*path++ = '\0';
	path += strspn(path, " \t");
	if (!*path || !*line)
		return error_set(error, map, number, 0, "\"%s\" is no student and path: write them with a tab between", line);
	text_printf(&full, "%s%s%s", *path == '/' ? "" : finder->root, *path == '/' ? "" : "/", path);
	if (!realpath(text_string(&full), real))
		return error_set(error, map, number, 0, "%s: %s", path, strerror(errno));
	if (is_folder(real)) {
		add_part(find_student(finder, line), real, ".", NULL);
		return 0;
	}
	base = strrchr(real, '/');
	*base++ = '\0';
	add_part(find_student(finder, line), *real ? real : "/", base, NULL);
	return 0;
}

static int take_map(struct finder *finder, const char *map, struct error *error)
{
	_cleanup_text_ struct text source = {0};
	char *state = NULL, *line;
	int number = 0;

	if (file_read(map, MAP_MOST, &source, error))
		return -1;
	finder->all->layout = "a map";
	text_add(&source, "");
	for (line = source.data; line && *line; line = state) {
		size_t length = strcspn(line, "\n");

		state = line[length] ? line + length + 1 : NULL;
		line[length] = '\0';
		if (length && line[length - 1] == '\r')
			line[length - 1] = '\0';
		number++;
		if (*line && *line != '#' && take_map_line(finder, map, number, line, error))
			return -1;
	}
	return 0;
}

/* ---- archives ---- */

/* A new folder below the scratch one. Owned; NULL: *error. */
static char *make_scratch(struct finder *finder, struct error *error)
{
	struct text path = {0};

	text_printf(&path, "%s/%zu", finder->scratch, ++finder->unpacked);
	if (!folder_make(text_string(&path), error))
		return path.data;
	text_free(&path);
	return NULL;
}

static bool note_archive(void *context, const char *path)
{
	struct submission *found = context;

	if (handed_in_archive(path))
		add_part(found, "", path, NULL);
	return true;
}

static void note_nothing(void *context, const char *path, const char *why)
{
	(void)context; /* who reads the files says it */
	(void)path;
	(void)why;
}

static int unpack_part(struct finder *finder, struct submission *submission, int root, const char *path,
                       struct archive_room *room, struct error *error)
{
	_cleanup_close_ int fd = beneath_open(root, path, O_RDONLY);
	_cleanup_free_ char *folder = NULL;
	_cleanup_text_ struct text remarks = {0};
	const char *base = path_name(path);
	struct error trouble;
	char *state = NULL;
	int unpacked = 0;

	if (!room->entries) {
		submission_remark(submission, "%s is not opened: more files than a submission needs", base);
		submission->incomplete = true;
		return 0;
	}
	folder = make_scratch(finder, error);
	if (!folder)
		return -1;
	if (fd < 0)
		submission_remark(submission, "%s: %s", base, strerror(errno));
	else
		unpacked = archive_unpack(fd, base, folder, room, &remarks, &trouble);
	if (unpacked < -1) { /* not the student's fault, and the next one would fare no better */
		*error = trouble;
		return -1;
	}
	if (unpacked)
		submission_remark(submission, "%s", error_string(&trouble));
	submission->incomplete |= fd < 0 || unpacked || remarks.length;
	text_add(&remarks, "");
	for (char *line = strtok_r(remarks.data, "\n", &state); line; line = strtok_r(NULL, "\n", &state))
		submission_remark(submission, "left out of %s: %s", base, line);
	add_part(submission, folder, ".", NULL);
	return 0;
}

/* Every archive of a student's becomes a folder beside what he handed in; those inside it stay closed. */
static int unpack_student(struct finder *finder, struct submission *submission, struct error *error)
{
	struct archive_room room = ARCHIVE_STUDENT_ROOM;
	size_t parts = submission->part_count;
	int result = 0;

	for (size_t i = 0; !result && i < parts; i++) {
		_cleanup_close_ int root = beneath_root(submission->parts[i].root);
		struct submission archives = {0};
		struct error ignored;

		(void)beneath_walk(root, submission->parts[i].path, note_archive, note_nothing, &archives, &ignored);
		for (size_t j = 0; j < archives.part_count; j++) {
			if (!result)
				result = unpack_part(finder, submission, root, archives.parts[j].path, &room, error);
			free(archives.parts[j].root);
			free(archives.parts[j].path);
		}
		free(archives.parts);
	}
	return result;
}

/* ---- the whole ---- */

static int is_source(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return length > 2 && !strcmp(entry->d_name + length - 2, ".c");
}

/* A student's own folder, and not one of students. */
static bool has_sources(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_source, beneath_by_name);

	for (int i = 0; i < count; i++)
		free(entries[i]);
	if (count >= 0)
		free(entries);
	return count > 0;
}

/* Archives of a class often hold one folder that holds it all. */
static void enter_only_folder(struct finder *finder)
{
	struct dirent **entries;
	int count = scandir(finder->root, &entries, is_shown, beneath_by_name);
	_cleanup_free_ char *below = count == 1 ? file_path(finder->root, entries[0]->d_name, "") : NULL;

	for (int i = 0; i < count; i++)
		free(entries[i]);
	if (count >= 0)
		free(entries);
	if (!below || !is_folder(below) || has_sources(below))
		return;
	free(finder->root);
	finder->root = mem_string(below);
}

static int open_class_archive(struct finder *finder, const char *path, struct error *error)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct archive_room room = ARCHIVE_CLASS_ROOM;
	_cleanup_text_ struct text remarks = {0};
	char *state = NULL;

	if (fd < 0)
		return error_set(error, path, 0, 0, "cannot be read: %s", strerror(errno));
	finder->root = make_scratch(finder, error);
	if (!finder->root || archive_unpack(fd, path, finder->root, &room, &remarks, error))
		return -1;
	text_add(&remarks, "");
	for (char *line = strtok_r(remarks.data, "\n", &state); line; line = strtok_r(NULL, "\n", &state))
		remark(finder->all, "left out of %s: %s", path, line);
	enter_only_folder(finder);
	return 0;
}

static int open_root(struct finder *finder, const char *path, struct error *error)
{
	char real[PATH_MAX];

	if (!realpath(path, real))
		return error_set(error, path, 0, 0, "cannot be found: %s", strerror(errno));
	if (is_file(real) && handed_in_archive(real)) {
		if (open_class_archive(finder, real, error))
			return -1;
	} else if (is_folder(real)) {
		finder->root = mem_string(real);
	} else {
		return error_set(error, path, 0, 0, "is neither a folder nor a zip or tar of one");
	}
	finder->root_fd = open(finder->root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return finder->root_fd >= 0 ? 0 : error_set(error, finder->root, 0, 0, "%s", strerror(errno));
}

static int by_student(const void *a, const void *b)
{
	return strcmp(((const struct submission *)a)->student, ((const struct submission *)b)->student);
}

static bool is_chosen(const struct finder *finder, const struct submission *submission)
{
	return !finder->choice || finder->choice->has(finder->choice->context, submission->student);
}

static int find_all(struct finder *finder, const char *path, const char *map, struct error *error)
{
	struct submissions *all = finder->all;

	if (open_root(finder, path, error))
		return -1;
	if (map ? take_map(finder, map, error) : read_metadata(finder, error) || take_entries(finder, error))
		return -1;
	if (!all->count)
		return error_set(error, path, 0, 0, "holds no student's folder. Put each student's files into a folder of "
		                 "their own, or say by --map who is who");
	for (size_t i = 0; i < all->count; i++)
		if (is_chosen(finder, &all->list[i]) && unpack_student(finder, &all->list[i], error))
			return -1;
	qsort(all->list, all->count, sizeof *all->list, by_student);
	return 0;
}

int submissions_find(struct submissions *submissions, const char *path, const char *map, const char *results,
                     const char *scratch, const struct submissions_choice *choice, struct error *error)
{
	struct finder finder = {.all = submissions, .scratch = scratch, .choice = choice, .root_fd = -1};
	int result, trouble;

	finder.results = realpath(results, NULL); /* NULL: not there, so in nobody's way */
	*submissions = (struct submissions){0};
	(void)beneath_trouble(); /* of what was read before */
	result = find_all(&finder, path, map, error);
	trouble = beneath_trouble();
	if (!result && trouble)
		result = error_set(error, path, 0, 0, "cannot be read whole: %s", strerror(trouble));
	if (finder.root_fd >= 0)
		(void)close(finder.root_fd); /* O_PATH */
	free(finder.root);
	free(finder.results);
	free(finder.slots);
	handed_in_metadata_free(&finder.metadata);
	if (result)
		submissions_free(submissions);
	return result;
}

static void free_strings(char **strings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(strings[i]);
	free(strings);
}

void submissions_free(struct submissions *submissions)
{
	for (size_t i = 0; i < submissions->count; i++) {
		struct submission *one = &submissions->list[i];

		for (size_t j = 0; j < one->part_count; j++) {
			free(one->parts[j].root);
			free(one->parts[j].path);
			free(one->parts[j].name);
		}
		free(one->parts);
		free_strings(one->remarks, one->remark_count);
		free(one->student);
	}
	free(submissions->list);
	free_strings(submissions->remarks, submissions->remark_count);
	*submissions = (struct submissions){0};
}

