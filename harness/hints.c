/* hints.c - see hints.h. */
#include "hints.h"

#include "../src/report.h"
#include "cleanup.h"
#include "files.h"
#include "progress.h"
#include "terminal.h"

#include <string.h>

/* A student who asks, and all that is known then. */
struct asked {
	const struct course_lesson *lesson;
	struct hints hints;
	struct progress progress;
};

int hints_load(const struct course_lesson *lesson, struct hints *hints, struct error *error)
{
	_cleanup_free_ char *path = file_path(lesson->folder, "hints.md", "");
	_cleanup_text_ struct text source = {0};

	*hints = (struct hints){0};
	if (file_read(path, HINTS_MAX, &source, error))
		return -1;
	return hints_parse(hints, path, text_string(&source), source.length, error);
}

static bool was_given(const struct asked *asked, const struct hint *hint)
{
	return progress_find(&asked->progress, PROGRESS_HINT, hint->label) != NULL;
}

/* ---- which one ---- */

/* The first that was not given and is about what the last check said of some case, in the cases' order. */
static const struct hint *find_about(const struct asked *asked, const struct lesson_case **lesson_case)
{
	for (size_t i = 0; i < asked->lesson->lesson.case_count; i++) {
		const struct progress_line *line;

		*lesson_case = &asked->lesson->lesson.cases[i];
		line = progress_find(&asked->progress, PROGRESS_CASE, (*lesson_case)->name);
		for (size_t j = 0; line && line->id[0] && j < asked->hints.count; j++)
			if (hint_is_about(&asked->hints.hints[j], line->id) && !was_given(asked, &asked->hints.hints[j]))
				return &asked->hints.hints[j];
	}
	*lesson_case = NULL;
	return NULL;
}

static const struct hint *find_step(const struct asked *asked)
{
	for (size_t i = 0; i < asked->hints.count; i++)
		if (asked->hints.hints[i].number && !was_given(asked, &asked->hints.hints[i]))
			return &asked->hints.hints[i];
	return NULL;
}

static const struct hint *find_last(const struct asked *asked)
{
	for (size_t i = asked->progress.count; i > 0; i--)
		for (size_t j = 0; j < asked->hints.count; j++)
			if (asked->progress.lines[i - 1].kind == PROGRESS_HINT &&
			    !strcmp(asked->progress.lines[i - 1].name, asked->hints.hints[j].label))
				return &asked->hints.hints[j];
	return NULL;
}

/* Whether the last check of all cases was right. */
static bool is_solved(const struct progress *progress)
{
	const struct progress_line *points = progress_find(progress, PROGRESS_POINTS, NULL);

	return points && points->of && points->number == points->of;
}

/* ---- how it is said ---- */

/* As wide as the terminal; the hints themselves are lines as their author broke them. */
static void say(struct text *out, const char *words)
{
	report_wrap(out, words, 0, terminal_style(false).width);
}

static void add_indented(const char *lines, struct text *out)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n");

		if (length)
			text_add(out, "    ");
		text_add_bytes(out, lines, length);
		text_add(out, "\n");
		lines += length + (lines[length] == '\n');
	}
}

static void add_ids(const char *lesson, const struct hint *hint, struct text *out)
{
	text_printf(out, "%s, about ", lesson);
	for (size_t i = 0; i < hint->id_count; i++)
		text_printf(out, "%s[%s]", i ? " or " : "", hint->ids[i]);
	text_add(out, ":\n\n");
}

static void add_hint(const struct asked *asked, const struct hint *hint, const struct lesson_case *about,
                     struct text *out)
{
	const char *name = asked->lesson->lesson.name;

	if (about)
		text_printf(out, "%s, about [%s] in the case %s:\n\n", name,
		            progress_find(&asked->progress, PROGRESS_CASE, about->name)->id, about->name);
	else if (hint->number)
		text_printf(out, "%s, hint %d of %d:\n\n", name, hint->number, hints_steps(&asked->hints));
	else
		add_ids(name, hint, out);
	add_indented(hint->text, out);
}

static int tell_next(const struct asked *asked, const struct workspace *workspace, struct text *out,
                     struct error *error)
{
	_cleanup_text_ struct text ignored = {0}; /* it was told when it was read */
	struct progress facts = {0};
	struct progress_line fact = {.kind = PROGRESS_HINT};
	const struct lesson_case *about;
	const struct hint *hint = find_about(asked, &about);
	int result;

	if (!hint && is_solved(&asked->progress)) {
		say(out, "The last check was right: there is nothing left to hint at. `windsock hint --all` prints all hints.");
		return 0;
	}
	hint = hint ? hint : find_step(asked);
	if (!hint) {
		say(out, "You have had all hints that fit. `windsock hint --all` prints them once more, with those about other "
		         "mistakes. `windsock show` draws what your program did: which is the first arrow that you did not expect?");
		return 0;
	}
	if (progress_find(&asked->progress, PROGRESS_STOPPED, NULL))
		text_add(out, "The last check could run nothing: first mend what it has told.\n\n");
	add_hint(asked, hint, about, out);
	text_add(out, "\n");
	say(out, "Try it, then check again. `windsock hint` gives the next, `--again` this one.");
	snprintf(fact.name, sizeof fact.name, "%s", hint->label);
	progress_put(&facts, &fact);
	result = progress_record(workspace, asked->lesson->lesson.name, &facts, &ignored, error);
	progress_free(&facts);
	return result;
}

static void tell_again(const struct asked *asked, struct text *out)
{
	const struct hint *hint = find_last(asked);

	if (hint)
		add_hint(asked, hint, NULL, out);
	else
		text_add(out, "You have had no hint yet. `windsock hint` gives the first one.\n");
}

static void tell_all(const struct asked *asked, struct text *out)
{
	for (size_t i = 0; i < asked->hints.count; i++) {
		if (i)
			text_add(out, "\n");
		add_hint(asked, &asked->hints.hints[i], NULL, out);
	}
}

int hints_tell(const struct course_lesson *lesson, const struct workspace *workspace, enum hints_wish wish,
               struct text *out, struct error *error)
{
	struct asked asked = {.lesson = lesson};
	int result = 0;

	if (hints_load(lesson, &asked.hints, error))
		return -1;
	if (progress_load(workspace, &asked.progress, out, error)) {
		hints_free(&asked.hints);
		return -1;
	}
	switch (wish) {
	case HINTS_NEXT:
		result = tell_next(&asked, workspace, out, error);
		break;
	case HINTS_AGAIN:
		tell_again(&asked, out);
		break;
	case HINTS_ALL:
		tell_all(&asked, out);
		break;
	}
	progress_free(&asked.progress);
	hints_free(&asked.hints);
	return result;
}
