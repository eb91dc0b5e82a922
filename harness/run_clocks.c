/* run_clocks.c - how long a run waits, and which of the time that went by was nobody's: while programs wait for a
 * disk or for a processor its clocks stand still, and what came of a machine that stood still is nobody's fault. */
#include "run_state.h"

#include "pace.h"
#include "queued.h"

#include <unistd.h>

#define DELAY_MOST_US 8000000 /* what calls.h may add to a patience, and to the limit */
#define STARVED_US 1000000 /* beyond thrice a patience, nobody waits longer than this for his turn */
#define STARVED_LONG_US 60000 /* a program that has waited so long for a processor was late through no fault of its own */
#define STALLED_MOST_US 30000000 /* so long a run waits for programs that wait for a disk, and for a processor */
#define STOOD_US 2000000  /* between two turns, which are some milliseconds apart: then we were stopped, or got no processor */

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

uint64_t run_computed_ns(const struct run *run)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < run->actor_count; i++)
		sum += run->actors[i].look.computed_ns;
	return sum;
}

struct run_mark run_mark(const struct run *run)
{
	return (struct run_mark){clock_us(), calls_delay_us(run->calls), run_computed_ns(run)};
}

void run_start_clocks(struct run *run)
{
	struct run_clocks *clocks = &run->clocks;

	clocks->limit = clocks->step = clocks->moved = run_mark(run);
	clocks->own_fd = queued_open(getpid());
	clocks->own_us = queued_us(clocks->own_fd);
	run->started_us = clocks->turned_us = clocks->limit.us;
}

/* ---- patience ---- */

void run_ask_pace(struct run *run)
{
	unsigned pace = pace_measure();

	if (pace > run->clocks.pace)
		run->clocks.pace = pace;
}

int64_t run_elapsed_us(const struct run *run, const struct run_mark *since)
{
	return clock_us() - since->us - least(calls_delay_us(run->calls) - since->delay_us, DELAY_MOST_US);
}

bool run_is_late(struct run *run, const struct run_mark *since, int64_t patience_us)
{
	int64_t elapsed = run_elapsed_us(run, since);

	if (elapsed <= patience_us * (run->clocks.pace ? run->clocks.pace : 1))
		return false;
	run_ask_pace(run);
	return elapsed > patience_us * run->clocks.pace;
}

bool run_had_time(const struct run *run, int64_t elapsed_us, const struct run_mark *since, int64_t patience_us,
                  int64_t computed_us)
{
	uint64_t now_ns = run_computed_ns(run);

	return now_ns >= since->computed_ns + 1000 * (uint64_t)computed_us * run->clocks.pace || !now_ns ||
	       elapsed_us > (3 * patience_us + STARVED_US) * run->clocks.pace;
}

bool run_is_restless(struct run *run, int64_t patience_us, int64_t computed_us)
{
	struct run_clocks *clocks = &run->clocks;

	if (run_elapsed_us(run, &clocks->moved) <= patience_us)
		return false;
	if (calls_stands(run->calls)) {
		clocks->stood_us = clock_us() - clocks->moved.us;
		return false;
	}
	if (clocks->restless.us < clocks->moved.us) {
		clocks->restless = run_mark(run);
		run_ask_pace(run);
	}
	return run_had_time(run, clock_us() - clocks->restless.us, &clocks->restless, patience_us, computed_us);
}

bool run_is_over_limit(struct run *run)
{
	if (!run_is_late(run, &run->clocks.limit, (int64_t)run->request->lesson_case->limit_ms * 1000))
		return false;
	/* Then that tells nothing: the machine may have had no time for what is missing. */
	run->clocks.too_slow = run->clocks.pace == PACE_MOST;
	return true;
}

/* ---- time that is nobody's ---- */

/* All that patience is counted from moves along; nothing of it to a time that is still to come. */
static void move_clocks(struct run_clocks *clocks, int64_t by_us)
{
	struct run_mark *marks[] = {&clocks->limit, &clocks->step, &clocks->moved, &clocks->restless};
	int64_t now = clock_us();

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
		marks[i]->us = least(marks[i]->us + by_us, now);
}

/* While a program waits for a disk (it is being read into memory, from a network perhaps), no time of its own goes by. Not
 * for ever. */
static void note_stall(struct run *run)
{
	struct run_clocks *clocks = &run->clocks;
	int64_t now = clock_us();

	if (!cast_is_stalled(run)) {
		clocks->stall_since_us = 0;
		return;
	}
	if (!clocks->stall_since_us)
		clocks->stall_since_us = clocks->turned_us;
	if (now - clocks->stall_since_us > clocks->stall_us)
		clocks->stall_us = now - clocks->stall_since_us;
	if (clocks->stalled_us > STALLED_MOST_US)
		return;
	clocks->stalled_us += now - clocks->turned_us;
	move_clocks(clocks, now - clocks->turned_us);
}

/* Who has computed for as long as nobody is waited for was not kept from it, but is a loop that others wait for, too. */
static bool has_computed_long(const struct run *run)
{
	return run_computed_ns(run) / 1000 >= RUN_IDLE_COMPUTED_US;
}

/* TOLD_US: how long a process of ours has waited for a processor; 0 where it is no more. How much of it came after *BEFORE_US. */
static int64_t take_wait(int64_t told_us, int64_t *before_us)
{
	int64_t waited_us = told_us > *before_us ? told_us - *before_us : 0;

	*before_us += waited_us;
	return waited_us;
}

/* Nor while it waits for a processor, or the tracer that holds it does. */
static void note_queue(struct run *run, int64_t tracer_us)
{
	struct run_clocks *clocks = &run->clocks;
	int64_t waited_us = cast_take_waits(run) + tracer_us;

	if (clocks->queued_us > STALLED_MOST_US || has_computed_long(run))
		return;
	clocks->queued_us += waited_us;
	move_clocks(clocks, waited_us);
}

/* Nor can a program know that it was held, or answered, late because we got no processor. */
static void note_own_wait(struct run_clocks *clocks, int64_t tracer_us)
{
	int64_t waited_us = take_wait(queued_us(clocks->own_fd), &clocks->own_us) + tracer_us;

	if (waited_us > clocks->late_us)
		clocks->late_us = waited_us;
}

/* A machine that sleeps, Ctrl-Z, a processor that others have: limits were over, players late, and whose fault what
 * came of that is nobody can tell. */
static void note_standstill(struct run_clocks *clocks, int64_t now)
{
	if (now - clocks->turned_us > STOOD_US && now - clocks->turned_us > clocks->stood_us)
		clocks->stood_us = now - clocks->turned_us;
}

void run_note_turn(struct run *run)
{
	int64_t tracer_us = take_wait(calls_queued_us(run->calls), &run->clocks.tracer_us), now;

	note_stall(run);
	note_queue(run, tracer_us);
	note_own_wait(&run->clocks, tracer_us);
	now = clock_us();
	note_standstill(&run->clocks, now);
	run->clocks.turned_us = now;
}

/* ---- in the end ---- */

/* Whether others had the processors while a program's time was running out. */
static bool was_starved(const struct run *run)
{
	return run->clocks.starved_us > STARVED_LONG_US && !has_computed_long(run);
}

/* The same of a disk. Beyond what a run waits for, no matter who computed. */
static bool was_stalled(const struct run *run)
{
	return run->clocks.stalled_us > STALLED_MOST_US || (run->clocks.stall_us > STARVED_LONG_US && !has_computed_long(run));
}

void run_judge_clocks(struct run *run)
{
	const struct run_clocks *clocks = &run->clocks;

	if ((run->end != RUN_SETTLED && run->end != RUN_LIMIT) || run->trouble[0])
		return;
	for (size_t i = 0; i < run->sniffer_count; i++)
		if (run->captures[i].jumped)
			snprintf(run->trouble, sizeof run->trouble, "the clock of this machine was set while the programs ran");
	if (clocks->stood_us)
		snprintf(run->trouble, sizeof run->trouble, "windsock was stopped, or got no processor, for %.1f s while the "
		         "programs ran", (double)clocks->stood_us / 1e6);
	else if (was_starved(run))
		snprintf(run->trouble, sizeof run->trouble, "a program waited for a processor for %.1f s: this machine has too "
		         "much else to do", (double)clocks->starved_us / 1e6);
	else if (was_stalled(run))
		snprintf(run->trouble, sizeof run->trouble, "a program waited for this machine's disk, or for its kernel, for "
		         "%.1f s", (double)clocks->stalled_us / 1e6);
	else if (clocks->too_slow)
		snprintf(run->trouble, sizeof run->trouble, "this machine is at least %d times slower than those that windsock's "
		         "limits of time are made for, and %d times that time was over", PACE_MOST, PACE_MOST);
}
