/* watch.c - see watch.h for the theory of operation. */
#include "watch_parts.h"

#include "../src/keys.h"
#include "cleanup.h"
#include "terminal.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define LOSSES_MOST 3 /* so many checkers may be lost one after the other, then none is kept ready */

static void leave(struct watcher *watcher)
{
	watcher->done = true;
}

/* ---- the check ---- */

static int width(const struct watcher *watcher)
{
	terminal_stand_for(watcher->screen.style.columns, watcher->screen.style.colour);
	return terminal_style(watcher->options->ascii).width; /* within what pictures can have */
}

static void make_ready(struct watcher *watcher)
{
	if (watcher->checker.aside.pid >= 0 || watcher->losses >= LOSSES_MOST)
		return;
	watcher->check = (struct check_options){.lesson = &watcher->place.course, .workspace = &watcher->place.workspace,
	                                      .seed = "", .no_calls = watcher->options->no_calls,
	                                      .capture = watcher->options->capture};
	(void)width(watcher);
	watcher->check.report.style = terminal_style(watcher->options->ascii);
	checker_close(&watcher->checker);
	(void)checker_start(&watcher->checker, &watcher->check); /* none is ready: then it is tried again when it is needed */
}

static void set_report(struct watcher *watcher, const char *text, int status)
{
	watcher->report.length = 0;
	text_add(&watcher->report, text);
	watcher->status = status;
}

/* The newest of what was saved is what counts: a check at work is ended. */
static void begin_check(struct watcher *watcher)
{
	if (watcher->checker.at_work)
		checker_close(&watcher->checker);
	watcher->losses = 0;
	make_ready(watcher);
	saves_take(&watcher->saves); /* before the sources are read: what is saved from here on is another save */
	if (watcher->checker.aside.pid < 0)
		set_report(watcher, "No process can be started: close some programs, then press r.\n", EXIT_BROKEN);
	else
		checker_go(&watcher->checker, watcher->told_width = width(watcher));
	aside_close(&watcher->retelling);
	watcher->view_key = 0;
}

static void note_time(struct watcher *watcher)
{
	time_t now = time(NULL);
	struct tm local;

	if (!localtime_r(&now, &local) || !strftime(watcher->clock, sizeof watcher->clock, "%H:%M:%S", &local))
		watcher->clock[0] = '\0'; /* a clock that no calendar knows */
}

/* Where the result does not fit, the first case that is wrong is what to look at, below those that are right. What
 * stands before the first case is told first. */
static void look_at_first(struct watcher *watcher)
{
	static const char *const marks[][2] = {{"ok  ", "no  "}, {"✓", "✗"}}; /* report.c */
	const char *const *mark = marks[watcher->screen.style.unicode];
	_cleanup_text_ struct text body = {0};
	struct frame frame = {.title = "", .state = ""};
	size_t wrong;

	watcher->top = 0;
	if (watcher->status != EXIT_WRONG)
		return;
	watch_body(watcher, &body);
	frame.body = text_string(&body);
	wrong = frame_find(&frame, &watcher->screen.style, mark[1]);
	if (wrong != SIZE_MAX && frame_find(&frame, &watcher->screen.style, mark[0]) < wrong)
		watcher->top = wrong;
}

static void prepare_next(struct watcher *watcher)
{
	if (!watcher->next_name || watcher->ahead.fd >= 0 || watcher->maker.pid >= 0)
		return;
	if (place_is_there(watcher->next_name, watcher->next_folder))
		watcher->next_ready = true;
	else
		view_make(watcher, watcher->next_name, watcher->next_folder);
}

static void watch_ahead(struct watcher *watcher)
{
	struct place next;
	struct error ignored; /* what is wrong there is told when he goes on to it */

	if (!watcher->next_ready || watcher->ahead.fd >= 0 ||
	    place_open(&next, watcher->next_name, watcher->next_folder, &ignored))
		return;
	(void)place_watch(&next, &watcher->ahead, &ignored);
	place_close(&next);
}

static void take_result(struct watcher *watcher)
{
	int status = watcher->checker.aside.status;

	note_time(watcher);
	watcher->facts = watcher->checker.facts;
	set_report(watcher, text_string(&watcher->checker.aside.said), WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_BROKEN);
	if (WIFSIGNALED(status))
		text_printf(&watcher->report, "The check was ended by a signal (%s), which is not your program's fault. "
		            "r checks again.\n", strsignal(WTERMSIG(status)));
	if (watcher->status == EXIT_RIGHT)
		prepare_next(watcher);
	watch_ahead(watcher);
	look_at_first(watcher);
}

/* A lab that has waited for long, or was lost at the last moment, is no reason to bother anybody: once more, in a new
 * one, and only what that says is told. */
static bool try_again(struct watcher *watcher)
{
	bool broken = !WIFEXITED(watcher->checker.aside.status) || WEXITSTATUS(watcher->checker.aside.status) == EXIT_BROKEN ||
	              WEXITSTATUS(watcher->checker.aside.status) == CHECKER_LOST;

	watcher->again = broken && !watcher->again;
	if (!watcher->again)
		return false;
	checker_close(&watcher->checker);
	begin_check(watcher);
	return true;
}

static void end_check(struct watcher *watcher)
{
	if (watcher->checker.at_work) {
		if (try_again(watcher))
			return;
		take_result(watcher);
	} else {
		watcher->losses++; /* as it waited; whatever is wrong is told when it is at work */
	}
	checker_close(&watcher->checker);
}

/* ---- lessons ---- */

static void forget_place(struct watcher *watcher)
{
	checker_close(&watcher->checker);
	aside_close(&watcher->maker);
	aside_close(&watcher->retelling);
	saves_close(&watcher->saves);
	saves_close(&watcher->ahead);
	free(watcher->next_name);
	free(watcher->next_folder);
	place_close(&watcher->place);
	watcher->next_name = watcher->next_folder = NULL;
	watcher->next_ready = false;
}

/* Takes PLACE over. -1: *error. */
static int enter(struct watcher *watcher, struct place *place, struct error *error)
{
	struct saves saves;

	if (place_watch(place, &saves, error))
		return -1;
	forget_place(watcher);
	watcher->place = *place;
	watcher->saves = saves;
	watcher->next_name = place_neighbour(place, 1);
	watcher->next_folder = watcher->next_name ? place_beside(place, watcher->next_name) : NULL;
	watcher->status = -1;
	watcher->facts = (struct check_summary){0};
	watcher->again = false;
	watcher->top = 0;
	begin_check(watcher);
	return 0;
}

static void show_words(struct watcher *watcher, char key, const char *words)
{
	watcher->view_key = key;
	watcher->other.length = 0;
	text_printf(&watcher->other, "%s\n", words);
	watcher->top = 0;
}

static void enter_beside(struct watcher *watcher, const char *name)
{
	_cleanup_free_ char *folder = place_beside(&watcher->place, name);
	struct place place;
	struct error error;

	if (place_open(&place, name, folder, &error)) {
		show_words(watcher, 'n', error_string(&error));
	} else if (enter(watcher, &place, &error)) {
		show_words(watcher, 'n', error_string(&error));
		place_close(&place);
	}
}

static void go_to(struct watcher *watcher, int distance)
{
	char *name = place_neighbour(&watcher->place, distance);
	_cleanup_free_ char *folder = name ? place_beside(&watcher->place, name) : NULL;

	if (!name) {
		show_words(watcher, 'n', distance > 0 ? "This is the last lesson." : "This is the first lesson.");
		return;
	}
	free(watcher->wanted);
	watcher->wanted = NULL;
	if (place_is_there(name, folder)) {
		enter_beside(watcher, name);
		free(name);
		return;
	}
	watcher->wanted = name;
	view_make(watcher, name, folder);
}

/* `windsock start` has ended. */
static void end_making(struct watcher *watcher)
{
	_cleanup_free_ char *wanted = watcher->wanted;
	bool made = WIFEXITED(watcher->maker.status) && WEXITSTATUS(watcher->maker.status) == EXIT_RIGHT;

	watcher->wanted = NULL;
	if (wanted && !made)
		show_words(watcher, 'n', text_string(&watcher->maker.said));
	watcher->next_ready |= made && !wanted;
	aside_close(&watcher->maker);
	if (wanted && made)
		enter_beside(watcher, wanted);
	else
		watch_ahead(watcher);
}

/* ---- another width ---- */

static void end_retelling(struct watcher *watcher)
{
	watch_replace_cases(watcher, text_string(&watcher->retelling.said));
	aside_close(&watcher->retelling);
	look_at_first(watcher);
}

/* A check at work draws for the width that was when it began: then this is called again. */
static void fit_report(struct watcher *watcher)
{
	int now = width(watcher);

	if (watcher->checker.at_work || !watcher->facts.total || now == watcher->told_width)
		return;
	watcher->told_width = now;
	view_retell(watcher);
	if (watcher->view_key == 's') /* its pictures, too */
		view_start(watcher, 's');
}

/* ---- keys ---- */

static void end_view(struct watcher *watcher)
{
	watcher->other.length = 0;
	text_add(&watcher->other, watcher->view.said.length ? text_string(&watcher->view.said) :
	         "There is nothing to show yet.\n");
	watcher->top = 0;
	aside_close(&watcher->view);
}

static void back(struct watcher *watcher)
{
	aside_close(&watcher->view);
	watcher->view_key = 0;
	look_at_first(watcher);
}

static size_t page(const struct watcher *watcher, const struct frame *frame)
{
	size_t room = frame_room(frame, &watcher->screen.style);

	return room > 2 ? room - 1 : 1;
}

static void scroll(struct watcher *watcher, int key, const struct frame *frame)
{
	size_t step = key == KEY_UP || key == KEY_DOWN ? 1 : page(watcher, frame);

	switch (key) {
	case KEY_UP:
	case KEY_PAGE_UP: watcher->top = watcher->top > step ? watcher->top - step : 0; break;
	case KEY_DOWN:
	case KEY_PAGE_DOWN: watcher->top += step; break;
	case KEY_HOME: watcher->top = 0; break;
	case KEY_END: watcher->top = SIZE_MAX / 2; break;
	}
}

static void press(struct watcher *watcher, int key, const struct frame *frame)
{
	switch (key) {
	case 'q':
	case KEY_INTERRUPT: leave(watcher); break;
	case 'r': begin_check(watcher); break;
	case 'n': go_to(watcher, 1); break;
	case 'p': go_to(watcher, -1); break;
	case 'h':
	case 'l':
	case 's':
	case 't': view_start(watcher, (char)key); break;
	case KEY_BACK: back(watcher); break;
	case KEY_SUSPEND: screen_suspend(&watcher->screen); break;
	default: scroll(watcher, key, frame);
	}
}

/* ---- the screen ---- */

static const struct frame_key keys_of_result[] = {
	{"h", "hint"}, {"n", "next"}, {"p", "previous"}, {"l", "list"}, {"s", "calls"},
	{"t", "trace"}, {"r", "run"}, {"q", "quit"},
};
static const struct frame_key keys_of_view[] = {
	{"Enter", "back"}, {"h", "hint"}, {"n", "next"}, {"p", "previous"}, {"l", "list"}, {"s", "calls"},
	{"t", "trace"}, {"r", "run"}, {"q", "quit"},
};

/* Borrows TITLE and BODY. */
static struct frame compose(const struct watcher *watcher, struct text *title, struct text *body)
{
	watch_title(watcher, title);
	watch_body(watcher, body);
	return (struct frame){
		.title = text_string(title), .state = watch_state(watcher), .body = text_string(body), .top = watcher->top,
		.keys = watcher->view_key ? keys_of_view : keys_of_result,
		.key_count = watcher->view_key ? sizeof keys_of_view / sizeof keys_of_view[0] :
		             sizeof keys_of_result / sizeof keys_of_result[0],
	};
}

static void draw(struct watcher *watcher)
{
	_cleanup_text_ struct text title = {0}, body = {0};
	struct frame frame = compose(watcher, &title, &body);

	screen_show(&watcher->screen, &frame);
	watcher->top = frame.top;
}

static void take_keys(struct watcher *watcher)
{
	int keys[64];
	bool ended;
	size_t count = screen_keys(&watcher->screen, keys, sizeof keys / sizeof keys[0], &ended);

	for (size_t i = 0; i < count && !watcher->done; i++) {
		_cleanup_text_ struct text title = {0}, body = {0};
		struct frame frame = compose(watcher, &title, &body);

		press(watcher, keys[i], &frame);
	}
	if (ended)
		leave(watcher);
}

/* ---- waiting ---- */

enum source {
	KEYS, SIGNALS, GUARD, SAVES, AHEAD, CHECK, CHECK_END, VIEW, VIEW_END, MAKER, MAKER_END, RETELLING, RETELLING_END,
	SOURCE_COUNT
};

static int patience(const struct watcher *watcher)
{
	int here = saves_patience(&watcher->saves), ahead = saves_patience(&watcher->ahead);

	return here < 0 ? ahead : here;
}

static void await(const struct watcher *watcher, struct pollfd sources[SOURCE_COUNT])
{
	const int fds[SOURCE_COUNT] = {
		[KEYS] = STDIN_FILENO, [SIGNALS] = watcher->screen.signal_fd, [GUARD] = watcher->screen.guard_read,
		[SAVES] = watcher->saves.fd, [AHEAD] = watcher->ahead.fd,
		[CHECK] = watcher->checker.aside.output_fd, [CHECK_END] = watcher->checker.aside.pidfd,
		[VIEW] = watcher->view.output_fd, [VIEW_END] = watcher->view.pidfd,
		[MAKER] = watcher->maker.output_fd, [MAKER_END] = watcher->maker.pidfd,
		[RETELLING] = watcher->retelling.output_fd, [RETELLING_END] = watcher->retelling.pidfd,
	};

	for (int i = 0; i < SOURCE_COUNT; i++)
		sources[i] = (struct pollfd){.fd = fds[i], .events = POLLIN};
	if (poll(sources, SOURCE_COUNT, patience(watcher)) < 0)
		for (int i = 0; i < SOURCE_COUNT; i++)
			sources[i].revents = 0; /* interrupted: looks again */
}

static void look_at_saves(struct watcher *watcher)
{
	if (saves_look(&watcher->saves)) {
		watcher->again = false;
		begin_check(watcher);
	} else if (saves_look(&watcher->ahead)) {
		enter_beside(watcher, watcher->next_name);
	}
	if (watcher->saves.gone) {
		text_printf(&watcher->last_words, "windsock: the folder %s was removed or renamed. Go to where it is now and start "
		            "`windsock watch` again.\n", watcher->place.workspace.folder);
		leave(watcher);
	}
}

static void look_at_processes(struct watcher *watcher)
{
	if (checker_read(&watcher->checker))
		end_check(watcher);
	if (aside_read(&watcher->view))
		end_view(watcher);
	if (aside_read(&watcher->maker))
		end_making(watcher);
	if (aside_read(&watcher->retelling))
		end_retelling(watcher);
}

static void turn(struct watcher *watcher)
{
	struct pollfd sources[SOURCE_COUNT];

	await(watcher, sources);
	if (sources[GUARD].revents || sources[KEYS].revents & (POLLHUP | POLLERR | POLLNVAL))
		leave(watcher);
	if (sources[SIGNALS].revents && screen_signal(&watcher->screen) == SCREEN_END)
		leave(watcher);
	look_at_processes(watcher);
	if (sources[KEYS].revents && !watcher->done)
		take_keys(watcher);
	if (!watcher->done)
		look_at_saves(watcher);
	if (watcher->done)
		return;
	fit_report(watcher);
	draw(watcher);
	make_ready(watcher); /* while he reads */
}

static void say_goodbye(struct watcher *watcher)
{
	if (watcher->facts.total)
		printf("%s: %d of %d points. `windsock watch` goes on here.\n", watcher->place.course.lesson.name,
		       watcher->facts.points, watcher->facts.total);
	fputs(text_string(&watcher->last_words), stderr);
}

int watch_run(const struct watch_options *options)
{
	struct watcher watcher = {.options = options, .saves = SAVES_NONE, .ahead = SAVES_NONE, .checker = CHECKER_NONE,
	                      .maker = ASIDE_NONE, .view = ASIDE_NONE, .retelling = ASIDE_NONE, .status = -1};
	enum exit_status status;
	struct place place;
	struct error error;

	if (place_begin(&place, options, &error))
		die_error(&error);
	screen_guard(&watcher.screen, options->ascii);
	if (enter(&watcher, &place, &error))
		die_error(&error);
	if (screen_take(&watcher.screen))
		die("cannot take the terminal: %s", strerror(errno));
	draw(&watcher);
	while (!watcher.done)
		turn(&watcher);
	screen_close(&watcher.screen);
	status = watcher.last_words.length ? EXIT_BROKEN : EXIT_RIGHT;
	say_goodbye(&watcher);
	forget_place(&watcher);
	aside_close(&watcher.view);
	aside_close(&watcher.retelling);
	text_free(&watcher.report);
	text_free(&watcher.other);
	text_free(&watcher.last_words);
	free(watcher.wanted);
	return (int)status;
}
