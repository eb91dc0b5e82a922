/* grade_pool.c - works off a plan: one process a unit, so many at a time. */
#include "grade.h"

#include "build.h"
#include "check.h"
#include "cleanup.h"
#include "clock.h"
#include "die.h"
#include "files.h"
#include "pace.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define WORDS_MOST 4096       /* bytes that are kept of what a unit says */
#define TELL_US 15000000      /* between two lines of progress in a log */
#define TERMINAL_MS 1000      /* between two looks at the clock on a terminal */
#define LOG_MS 10000          /* and where nobody watches */
#define SPARE_US 120000000    /* what a unit may take beyond its runs' own limits: a loaded machine's worst */
#define PIDFD_OPEN 434        /* the same on every architecture; kernel 5.3 */

struct slot {
	pid_t pid;
	int ended_fd, words_fd;
	size_t unit;
	int attempts;
	struct pace_limit limit; /* behind it, it hangs, and is ended */
	struct text words;
};

struct pool {
	const struct grade *grade;
	const struct plan *plan;
	struct slot *slots;
	size_t slot_count, running, next, done;
	int64_t started_us, told_us;
	bool terminal, stopped;
	struct text trouble; /* why it stopped */
};

/* ---- what the lessons bring along, compiled once ---- */

static void build_given(const struct grade *grade, size_t which)
{
	const struct course_lesson *lesson = &grade->loaded[which];
	_cleanup_text_ struct text folder = {0};
	struct build *builds = mem_alloc((lesson->lesson.program_count + 1) * sizeof *builds);
	struct error error;

	text_printf(&folder, "%s/given/%s", grade->work, lesson->lesson.name);
	if (folder_make(text_string(&folder), &error))
		die_error(&error);
	for (size_t i = 0; i < lesson->lesson.program_count; i++) {
		const struct program *program = &lesson->lesson.programs[i];
		_cleanup_free_ char *source = file_path(lesson->folder, program->source, "");

		if (program->origin == PROGRAM_GIVEN &&
		    build_start(&builds[i], source, text_string(&folder), program->name, &error))
			die_error(&error);
	}
	for (size_t i = 0; i < lesson->lesson.program_count; i++) {
		if (lesson->lesson.programs[i].origin != PROGRAM_GIVEN)
			continue;
		if (build_finish(&builds[i], &error))
			die_error(&error);
		if (builds[i].failed)
			die("%s of %s does not compile: %s", lesson->lesson.programs[i].source, lesson->lesson.name,
			    text_string(&builds[i].messages));
		build_free(&builds[i]);
	}
	free(builds);
}

static void build_all_given(const struct pool *pool)
{
	for (size_t i = 0; i < pool->grade->chosen_count; i++)
		for (size_t j = 0; j < pool->plan->count; j++)
			if (pool->plan->units[j].lesson == pool->grade->chosen[i]) {
				build_given(pool->grade, pool->grade->chosen[i]);
				break;
			}
}

/* ---- progress ---- */

static void print_time(int64_t seconds, struct text *out)
{
	if (seconds < 90)
		text_printf(out, "%lld s", (long long)seconds);
	else
		text_printf(out, "%lld min", (long long)(seconds + 30) / 60);
}

static void print_progress(struct pool *pool)
{
	double seconds = (double)(clock_us() - pool->started_us) / 1e6;
	double rate = seconds > 0 ? (double)pool->done / seconds : 0;
	_cleanup_text_ struct text left = {0};

	if (pool->done && pool->done < pool->plan->count) {
		text_add(&left, ", ");
		print_time((int64_t)((double)(pool->plan->count - pool->done) / rate) + 1, &left);
		text_add(&left, " left");
	}
	fprintf(stderr, "%swindsock: %zu of %zu graded, %.1f a second%s%s", pool->terminal ? "\r\033[K" : "", pool->done,
	        pool->plan->count, rate, text_string(&left), pool->terminal && pool->done < pool->plan->count ? "" : "\n");
	fflush(stderr);
	pool->told_us = clock_us();
}

static void tell_progress(struct pool *pool)
{
	if (pool->terminal || pool->done == pool->plan->count || clock_us() - pool->told_us > TELL_US)
		print_progress(pool);
}

/* ---- units ---- */

static _Noreturn void become_unit(const struct pool *pool, const struct unit *unit, int words, pid_t parent)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent || nothing < 0 || dup2(nothing, 0) < 0 ||
	    dup2(words, 1) < 0 || dup2(words, 2) < 0)
		_exit(UNIT_TROUBLE);
	/* The lock is the grader's: who comes after a killed one need not wait for us to be gone. */
	(void)close(pool->grade->store.lock_fd);
	if (pool->grade->memory.lock_fd >= 0)
		(void)close(pool->grade->memory.lock_fd);
	for (size_t i = 0; i < pool->slot_count; i++) {
		if (pool->slots[i].words_fd >= 0)
			(void)close(pool->slots[i].words_fd); /* the others' */
		if (pool->slots[i].ended_fd >= 0)
			(void)close(pool->slots[i].ended_fd);
	}
	exit((int)grade_unit(pool->grade, unit));
}

/* Runs have limits of their own (run.c), so this is for what nobody thought of. */
static int64_t unit_limit_us(const struct grade *grade, const struct unit *unit)
{
	const struct lesson *lesson = &grade->loaded[unit->lesson].lesson;
	int64_t all = 0;

	for (size_t i = 0; i < lesson->case_count; i++)
		all += (int64_t)lesson->cases[i].limit_ms * 1000;
	return SPARE_US + 2 * all * (1 + grade->options->retries);
}

static void start_slot(struct pool *pool, struct slot *slot)
{
	pid_t parent = getpid();
	int words[2];

	if (pipe2(words, O_CLOEXEC | O_NONBLOCK))
		die("cannot start a process: %s", strerror(errno));
	fflush(stdout);
	slot->attempts++;
	slot->limit = pace_limit(unit_limit_us(pool->grade, &pool->plan->units[slot->unit]));
	slot->words.length = 0;
	slot->pid = fork();
	if (!slot->pid)
		become_unit(pool, &pool->plan->units[slot->unit], words[1], parent);
	(void)close(words[1]);
	if (slot->pid < 0)
		die("cannot start a process: %s", strerror(errno));
	slot->words_fd = words[0];
	slot->ended_fd = (int)syscall(PIDFD_OPEN, slot->pid, 0); /* close-on-exec by itself */
	if (slot->ended_fd < 0)
		die("cannot watch over a process: %s (pidfd_open, which takes a kernel from 5.3 on)", strerror(errno));
	pool->running++;
}

static void take_words(struct slot *slot)
{
	char buffer[1024];
	ssize_t got;

	while ((got = read(slot->words_fd, buffer, sizeof buffer)) > 0)
		if (slot->words.length < WORDS_MOST)
			text_add_bytes(&slot->words, buffer, (size_t)got);
}

static void stop(struct pool *pool, const char *why)
{
	pool->stopped = true;
	if (!pool->trouble.length)
		text_add(&pool->trouble, why);
}

/* The first line of what a unit said. */
static const char *first_words(struct slot *slot)
{
	const char *prefix = "windsock: ";
	const char *words;

	text_add(&slot->words, "");
	words = slot->words.data;
	slot->words.data[strcspn(words, "\n")] = '\0';
	if (!strncmp(words, prefix, strlen(prefix)))
		words += strlen(prefix);
	return *words ? words : "the process that graded it was ended";
}

static enum unit_status end_unit(struct slot *slot)
{
	int status;

	take_words(slot);
	while (waitpid(slot->pid, &status, 0) < 0)
		if (errno != EINTR)
			die("a process is lost: %s", strerror(errno));
	(void)close(slot->words_fd); /* only read from */
	(void)close(slot->ended_fd);
	slot->words_fd = slot->ended_fd = -1;
	slot->pid = 0;
	return WIFEXITED(status) && WEXITSTATUS(status) <= UNIT_FULL ? (enum unit_status)WEXITSTATUS(status) : UNIT_TROUBLE;
}

static void end_slot(struct pool *pool, struct slot *slot)
{
	const struct unit *unit = &pool->plan->units[slot->unit];
	enum unit_status status = end_unit(slot);

	pool->running--;
	if (status != UNIT_DONE && status != UNIT_FULL) {
		if (slot->attempts <= pool->grade->options->retries && !pool->stopped) {
			start_slot(pool, slot);
			return;
		}
		status = grade_give_up(pool->grade, unit, first_words(slot));
	}
	if (status != UNIT_DONE) {
		stop(pool, status == UNIT_FULL ? strerror(ENOSPC) : first_words(slot));
		return;
	}
	pool->done++;
	tell_progress(pool);
}

static void fill_slots(struct pool *pool)
{
	for (size_t i = 0; i < pool->slot_count && pool->next < pool->plan->count && !pool->stopped; i++)
		if (!pool->slots[i].pid) {
			pool->slots[i].unit = pool->next++;
			pool->slots[i].attempts = 0;
			start_slot(pool, &pool->slots[i]);
		}
}

static void end_hanging(struct pool *pool)
{
	for (size_t i = 0; i < pool->slot_count; i++)
		if (pool->slots[i].pid && pace_left(&pool->slots[i].limit) < 0)
			(void)kill(pool->slots[i].pid, SIGKILL); /* ours and not yet waited for: the number is its own */
}

static void await_slots(struct pool *pool)
{
	struct pollfd *fds = mem_alloc(2 * pool->slot_count * sizeof *fds);

	for (size_t i = 0; i < pool->slot_count; i++) {
		fds[2 * i] = (struct pollfd){.fd = pool->slots[i].words_fd, .events = POLLIN};
		fds[2 * i + 1] = (struct pollfd){.fd = pool->slots[i].ended_fd, .events = POLLIN};
	}
	if (poll(fds, 2 * pool->slot_count, pool->terminal ? TERMINAL_MS : LOG_MS) == 0)
		tell_progress(pool);
	end_hanging(pool);
	for (size_t i = 0; i < pool->slot_count; i++) {
		struct slot *slot = &pool->slots[i];

		if (fds[2 * i].revents & POLLIN)
			take_words(slot);
		else if (fds[2 * i].revents && !fds[2 * i + 1].revents) {
			/* It shut its standard output and works on. */
			(void)close(slot->words_fd);
			slot->words_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		}
		if (fds[2 * i + 1].revents)
			end_slot(pool, slot);
	}
	free(fds);
}

static void open_slots(struct pool *pool)
{
	pool->slots = mem_alloc(pool->slot_count * sizeof *pool->slots);
	for (size_t i = 0; i < pool->slot_count; i++)
		pool->slots[i].words_fd = pool->slots[i].ended_fd = -1;
}

int grade_run(const struct grade *grade, const struct plan *plan, struct error *error)
{
	struct pool pool = {
		.grade = grade, .plan = plan, .slot_count = grade->options->jobs, .terminal = isatty(2) == 1,
		.started_us = clock_us(), .told_us = clock_us(),
	};
	int result = 0;

	if (!plan->count)
		return 0;
	(void)pace_known(); /* every sandbox asks for it, and has it from here */
	build_all_given(&pool);
	open_slots(&pool);
	fill_slots(&pool);
	while (pool.running) {
		await_slots(&pool);
		fill_slots(&pool);
	}
	if (pool.stopped) {
		if (pool.terminal)
			fputc('\n', stderr);
		result = error_set(error, grade->store.folder, 0, 0, "grading stopped: %s. What was graded before (%zu of %zu) "
		                   "is kept; mend that and give the same command again", text_string(&pool.trouble), pool.done,
		                   plan->count);
	}
	for (size_t i = 0; i < pool.slot_count; i++)
		text_free(&pool.slots[i].words);
	free(pool.slots);
	text_free(&pool.trouble);
	return result;
}
