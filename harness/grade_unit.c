/* grade_unit.c - one student's submission of one lesson: staged, checked, published. */
#include "grade.h"

#include "../src/handed_in.h"
#include "beneath.h"
#include "check.h"
#include "cleanup.h"
#include "clock.h"
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

/* ---- the files, under the lesson's own names ---- */

/* DIR/handed-in/STUDENT/LESSON, from DIR on. */
static void add_staged(const struct grade *grade, const struct unit *unit, struct text *out)
{
	text_add(out, "handed-in/");
	handed_in_file_name(grade->submissions.list[unit->student].student, out);
	text_printf(out, "/%s", grade->lessons.names[unit->lesson]);
}

/* A prediction that was not handed in is as the lesson ships it: then nothing is said of it. */
static int write_source(const struct grade *grade, const struct unit *unit, const char *folder,
                        const struct handed_source *source, struct error *error)
{
	_cleanup_free_ char *path = file_path(folder, source->wanted, "");
	_cleanup_free_ char *skeleton = file_path(grade->loaded[unit->lesson].folder, source->wanted, "");
	_cleanup_text_ struct text bytes = {0};

	if (source->there)
		return file_write(path, source->bytes.data, source->bytes.length, error);
	if (file_read(skeleton, 1u << 20, &bytes, error))
		return -1;
	return file_write(path, text_string(&bytes), bytes.length, error);
}

static int write_sources(const struct grade *grade, const struct unit *unit, const char *folder,
                         const struct handed *handed, struct error *error)
{
	if (folder_make(folder, error))
		return -1;
	for (size_t i = 0; i < handed->count; i++)
		if (write_source(grade, unit, folder, &handed->sources[i], error))
			return -1;
	return 0;
}

static bool is_asked_for(const struct handed *handed, const char *name)
{
	for (size_t i = 0; i < handed->count; i++)
		if (!strcmp(handed->sources[i].wanted, name))
			return true;
	return false;
}

/* What an earlier version of the lesson asked for. */
static void remove_others(const char *folder, const struct handed *handed)
{
	DIR *entries = opendir(folder);

	for (struct dirent *entry; entries && (entry = readdir(entries));)
		if (!is_asked_for(handed, entry->d_name))
			(void)unlinkat(dirfd(entries), entry->d_name, 0); /* . and .. are none; what stays is in nobody's way */
	if (entries)
		(void)closedir(entries); /* only read from */
}

/* For a person who repeats a run. Another machine may be at the same: each file is whole at every moment, and nothing
 * is graded from here. -1: *error. */
static int keep_handed_in(const struct grade *grade, const struct unit *unit, const struct handed *handed,
                          struct error *error)
{
	_cleanup_text_ struct text part = {0};
	_cleanup_free_ char *folder = NULL;

	add_staged(grade, unit, &part);
	folder = store_path(&grade->store, text_string(&part));
	if (write_sources(grade, unit, folder, handed, error))
		return -1;
	remove_others(folder, handed);
	return 0;
}

/* ---- the record ---- */

/* Without a run: every case as one that cannot be judged, so that the points they are worth are known. */
static void fill_cases(const struct lesson *lesson, enum result_status status, const char *reason, struct result *result)
{
	result->case_count = lesson->case_count;
	result->cases = mem_alloc(lesson->case_count * sizeof *result->cases);
	for (size_t i = 0; i < lesson->case_count; i++) {
		result->cases[i].name = mem_string(lesson->cases[i].name);
		result->cases[i].title = mem_string(lesson->cases[i].title);
		result->cases[i].max_points = lesson->cases[i].points;
		result->cases[i].status = status;
		result->cases[i].reason = mem_string(reason);
	}
}

/* What students do so often that the compiler's words are not enough. */
static const struct {
	const char *sign, *remedy;
} habits[] = {
	{"redefinition of ‘main’", "It has main() twice: two programs are two files."},
	{"conflicting types for ‘main’", "It has main() twice: two programs are two files."},
	{"redefinition of 'main'", "It has main() twice: two programs are two files."},
	{"conflicting types for 'main'", "It has main() twice: two programs are two files."},
	{"multiple definition of `main'", "It has main() twice: two programs are two files."},
	{"undefined reference to `main'", "It has no main(): was the right file handed in?"},
};

static void name_habit(struct result *result)
{
	for (size_t i = 0; i < sizeof habits / sizeof habits[0]; i++)
		if (result->status == RESULT_ERROR && result->compiler && strstr(result->compiler, habits[i].sign)) {
			struct text message = {0};

			text_printf(&message, "%s %s", habits[i].remedy, result->message ? result->message : "");
			free(result->message);
			result->message = message.data;
			return;
		}
}

/* To be given where the files lie, on whichever machine: no folder of this one stands in it. */
static void add_repeats(struct result *result)
{
	for (size_t i = 0; i < result->case_count; i++) {
		struct text command = {0};

		text_printf(&command, "windsock check %s --case %s --seed %s --dir .", result->lesson, result->cases[i].name,
		            result->seed);
		free(result->cases[i].repeat);
		result->cases[i].repeat = command.data;
	}
}

/* ---- one unit ---- */

static enum unit_status tell(const struct error *error, bool full)
{
	fprintf(stderr, "windsock: %s\n", error_string(error));
	return full ? UNIT_FULL : UNIT_TROUBLE;
}

static enum unit_status publish(const struct grade *grade, const struct unit *unit, struct result *result)
{
	const char *lesson = grade->lessons.names[unit->lesson];
	struct error error;
	bool full = false;

	result_sum(result);
	result_tidy(result);
	if (unit->stale && store_retire(&grade->store, lesson, result->student, unit->stale, &error))
		return tell(&error, false);
	return store_publish(&grade->store, result, &full, &error) ? tell(&error, full) : UNIT_DONE;
}

/* It makes runs inconclusive: no record says so, for it is no property of the submission. 0, or which of the two. */
static int says_full(const struct result *result)
{
	static const int full[] = {ENOSPC, EDQUOT};

	for (size_t i = 0; i < result->case_count; i++)
		for (size_t j = 0; j < sizeof full / sizeof full[0]; j++)
			if (result->cases[i].reason && strstr(result->cases[i].reason, strerror(full[j])))
				return full[j];
	return 0;
}

/* By the code of `windsock check`. */
static void check(const struct grade *grade, const struct unit *unit, char *folder, char *state, struct result *result)
{
	_cleanup_text_ struct text given = {0};
	struct workspace workspace = {folder, state};
	struct check_options options = {
		.lesson = &grade->loaded[unit->lesson], .workspace = &workspace, .seed = result->seed,
		.retries = grade->options->retries, .capture = grade->options->capture,
	};
	int64_t began = clock_us();

	text_printf(&given, "%s/given/%s", grade->work, grade->lessons.names[unit->lesson]);
	options.given_folder = text_string(&given);
	check_record(&options, result);
	result->duration_us = clock_us() - began;
	name_habit(result);
}

static enum unit_status judge(const struct grade *grade, const struct unit *unit, const struct handed *handed,
                              struct result *result)
{
	_cleanup_text_ struct text folder = {0}, state = {0};
	int trouble = beneath_trouble(), full;
	struct error error;

	if (trouble) {
		error_set(&error, NULL, 0, 0, "what was handed in cannot be read: %s", strerror(trouble));
		return tell(&error, false);
	}
	if (handed->message.length) {
		result->status = RESULT_ERROR;
		mem_set(&result->message, text_string(&handed->message));
		fill_cases(&grade->loaded[unit->lesson].lesson, RESULT_ERROR, "", result);
		return UNIT_DONE;
	}
	text_printf(&state, "%s/unit-%ld", grade->memory.folder ? grade->memory.folder : grade->work, (long)getpid());
	text_printf(&folder, "%s.files", text_string(&state));
	if (keep_handed_in(grade, unit, handed, &error) ||
	    write_sources(grade, unit, text_string(&folder), handed, &error) ||
	    folder_make(text_string(&state), &error))
		return tell(&error, disk_is_full(errno));
	check(grade, unit, folder.data, state.data, result);
	if (folder_remove(text_string(&folder), &error) || folder_remove(text_string(&state), &error))
		return tell(&error, false);
	full = says_full(result);
	if (full) {
		error_set(&error, grade->store.folder, 0, 0, "%s", strerror(full));
		return tell(&error, true);
	}
	return UNIT_DONE;
}

typedef enum unit_status fill_record(const struct grade *grade, const struct unit *unit, const struct handed *handed,
                                     struct result *result);

static enum unit_status make_record(const struct grade *grade, const struct unit *unit, fill_record *fill)
{
	struct handed_tree tree;
	struct handed handed;
	struct result result;
	enum unit_status status;

	handed_tree_read(&tree, &grade->submissions.list[unit->student], &grade->lessons);
	handed_choose(&tree, &grade->lessons, unit->lesson, &handed);
	grade_begin_record(grade, unit, &tree, &handed, &result);
	status = fill(grade, unit, &handed, &result);
	add_repeats(&result);
	if (status == UNIT_DONE)
		status = publish(grade, unit, &result);
	result_free(&result);
	handed_free(&handed);
	handed_tree_free(&tree);
	return status;
}

/* Another attempt at the same chunk, on a machine that was given up for dead, may have been quicker. */
static bool is_there(const struct grade *grade, const struct unit *unit)
{
	ino_t number = store_number(&grade->store, grade->lessons.names[unit->lesson],
	                            grade->submissions.list[unit->student].student);

	return number && number != unit->stale;
}

enum unit_status grade_unit(const struct grade *grade, const struct unit *unit)
{
	if (is_there(grade, unit))
		return UNIT_DONE;
	(void)beneath_trouble(); /* of who has forked us */
	return make_record(grade, unit, judge);
}

static const char *why_not; /* grade_give_up()'s to give_up() */

static enum unit_status give_up(const struct grade *grade, const struct unit *unit, const struct handed *handed,
                                struct result *result)
{
	_cleanup_text_ struct text clean = {0};

	(void)handed;
	handed_in_clean(why_not, strlen(why_not), &clean);
	fill_cases(&grade->loaded[unit->lesson].lesson, RESULT_INCONCLUSIVE, text_string(&clean), result);
	return UNIT_DONE;
}

enum unit_status grade_give_up(const struct grade *grade, const struct unit *unit, const char *why)
{
	why_not = why;
	return make_record(grade, unit, give_up);
}
