/* watch_parts.h - what the parts of watch share. Include only from watch*.c. */
#ifndef WINDSOCK_WATCH_PARTS_H
#define WINDSOCK_WATCH_PARTS_H

#include "checker.h"
#include "commands.h"
#include "saves.h"
#include "screen.h"
#include "watch.h"

/* A lesson and where the student works at it. */
struct place {
	struct course_lesson course;
	struct workspace workspace;
};

struct watcher {
	const struct watch_options *options;
	struct screen screen;
	bool done;
	struct text last_words;  /* printed when the screen is given back */

	struct place place;
	struct saves saves;      /* of the lesson's files */
	char *next_name, *next_folder; /* the lesson after it, and where it is or will be; NULL: there is none */
	bool next_ready;         /* its folder is there */
	struct saves ahead;      /* of its files, once this lesson is done */

	struct check_options check;
	struct checker checker;
	int losses;              /* checkers that ended as they waited, one after the other */
	bool again;              /* this check is the second one after one that could not be judged */
	struct text report;      /* what the last check said */
	struct check_summary facts; /* of it */
	int status;              /* of it; -1: there is none yet */
	char clock[16];          /* when */

	struct aside maker;      /* makes the folder of another lesson */
	char *wanted;            /* the lesson to go to when that is done, or NULL */
	struct aside view;       /* a command at work */
	char view_key;           /* of what is shown, or will be, in place of the result; 0: nothing */
	struct text other;       /* what it said */
	size_t top;              /* the first line shown */
	struct aside retelling;  /* draws the cases of the last check anew, for another width */
	int told_width;          /* columns for which the report was drawn */
};

/* watch_place.c: which lesson, and where. */

/* -1: *error. Owned: place_close(). */
int place_open(struct place *place, const char *name, const char *folder, struct error *error);
void place_close(struct place *place);
int place_watch(const struct place *place, struct saves *saves, struct error *error);
/* The lesson so many after this one (or, negative, before it). NULL: there is none. Owned by the caller. */
char *place_neighbour(const struct place *place, int distance);
/* Where NAME is worked at, or will be, beside this one. Owned by the caller. */
char *place_beside(const struct place *place, const char *name);
/* Whether FOLDER has been made for the lesson NAME. */
bool place_is_there(const char *name, const char *folder);
/* Where to begin: the lesson that is named, that of the current folder, or the first of those below it that is not
 * done. A lesson without a folder gets one here, as `windsock start` makes it. -1: *error. */
int place_begin(struct place *place, const struct watch_options *options, struct error *error);

/* watch_words.c: what is said. */

/* What is shown below the heading. */
void watch_body(const struct watcher *watcher, struct text *body);
/* CASES take the place of the report's. */
void watch_replace_cases(struct watcher *watcher, const char *cases);
void watch_title(const struct watcher *watcher, struct text *title);
const char *watch_state(const struct watcher *watcher);

/* watch_views.c: commands whose words are shown. */

/* Starts the command behind KEY (h, l, s or t). */
void view_start(struct watcher *watcher, char key);
/* Draws the cases of the last check for the screen as it is now, from their evidence. */
void view_retell(struct watcher *watcher);
/* `windsock start` NAME in FOLDER. */
void view_make(struct watcher *watcher, const char *name, const char *folder);

#endif
