/* watch_words.c - watch: what is said around the commands' own words. */
#include "watch_parts.h"

#include "cleanup.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS_FOR_TIME 60 /* a narrower screen has the points alone */

static const char *const praises[] = {
	"Well done.", "That is right, all of it.", "Good work.", "It works, and the packets prove it.",
	"Right, from the first packet to the last.",
};

static const char *choose_praise(const struct watcher *watcher)
{
	unsigned long number = strtoul(watcher->place.course.lesson.name, NULL, 10);

	return praises[number % (sizeof praises / sizeof praises[0])];
}

/* The last part of a path is enough where both stand in the same folder. */
static const char *short_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void say_next(const struct watcher *watcher, struct text *body)
{
	if (!watcher->next_name) {
		text_add(body, "That was the last lesson. p goes back to the one before, l lists them all.\n\n");
	} else if (!watcher->next_ready) {
		text_printf(body, "n goes on to %s.\n\n", watcher->next_name);
	} else {
		text_printf(body, "n goes on to %s. Its folder %s is ready, beside this one: you can also open its README.md "
		            "now, and the first save there goes on.\n\n", watcher->next_name, short_name(watcher->next_folder));
	}
}

static void say_result(const struct watcher *watcher, struct text *body)
{
	if (watcher->status < 0) {
		text_printf(body, "The first check of %s begins.\n", watcher->place.course.lesson.name);
		return;
	}
	if (watcher->status == EXIT_RIGHT) {
		text_printf(body, "%s What you know now: %s\n", choose_praise(watcher), watcher->place.course.lesson.idea);
		say_next(watcher, body);
	}
	text_add(body, text_string(&watcher->report));
	if (watcher->status != EXIT_RIGHT)
		text_printf(body, "\nSave a change to check again. The files are in %s\n", watcher->place.workspace.folder);
}

void watch_body(const struct watcher *watcher, struct text *body)
{
	if (watcher->view_key)
		text_add(body, watcher->other.length ? text_string(&watcher->other) : "...\n");
	else
		say_result(watcher, body);
	text_add(body, "");
}

/* Whether a case's heading (report.c) stands at LINE. */
static bool is_heading(const struct watcher *watcher, const char *line)
{
	const struct lesson *lesson = &watcher->place.course.lesson;
	size_t length = strcspn(line, "\n");

	for (size_t i = 0; i < lesson->case_count; i++) {
		_cleanup_text_ struct text name = {0};
		const char *found;

		text_printf(&name, "  (%s, ", lesson->cases[i].name);
		found = strstr(line, text_string(&name));
		if (found && (size_t)(found - line) < length)
			return true;
	}
	return false;
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return line + (*line == '\n');
}

void watch_replace_cases(struct watcher *watcher, const char *cases)
{
	const char *name = watcher->place.course.lesson.name, *report = text_string(&watcher->report);
	const char *from = report, *to;
	struct text all = {0};

	while (*from && !is_heading(watcher, from))
		from = next_line(from);
	for (to = from; *to && (strncmp(to, name, strlen(name)) != 0 || to[strlen(name)] != ':'); to = next_line(to))
		;
	if (!*to || !*cases)
		return;
	text_add_bytes(&all, report, (size_t)(from - report));
	text_add(&all, cases);
	text_add(&all, to);
	text_free(&watcher->report);
	watcher->report = all;
}

void watch_title(const struct watcher *watcher, struct text *title)
{
	text_printf(title, "%s: %s", watcher->place.course.lesson.name, watcher->place.course.lesson.title);
}

const char *watch_state(const struct watcher *watcher)
{
	static char state[64];

	if (watcher->checker.at_work)
		return "checking what you saved ...";
	if (watcher->status < 0)
		return "";
	if (watcher->facts.total)
		snprintf(state, sizeof state, "%d of %d points", watcher->facts.points, watcher->facts.total);
	else
		snprintf(state, sizeof state, "not run");
	if (watcher->screen.style.columns >= COLUMNS_FOR_TIME)
		snprintf(state + strlen(state), sizeof state - strlen(state), ", %s", watcher->clock);
	return state;
}
