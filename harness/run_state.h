/* run_state.h - what run.c, run_clocks.c, cast.c and record.c share of one run. Private to them. */
#ifndef WINDSOCK_RUN_STATE_H
#define WINDSOCK_RUN_STATE_H

#include "../src/evidence.h"
#include "../src/hosts.h"
#include "activity.h"
#include "clock.h"
#include "calls.h"
#include "drain.h"
#include "player.h"
#include "run.h"
#include "sandbox.h"
#include "sniffer.h"

#define OUTPUT_MAX (1 << 20)     /* bytes that a program may print */
#define OUTPUT_KEPT (16 << 10)   /* of them in the record: the last ones */
#define PACKETS_MAX 5000         /* on one interface; a lesson has some tens or hundreds, a transfer of 2 MB some 3000 */
#define CAPTURE_MAX (32 << 20)   /* bytes on one interface */

/* A program of the cast that has been started. */
struct actor {
	const struct step *step;
	const struct run_program *program;
	struct sandbox sandbox;
	size_t target;    /* its number for calls.h */
	enum sandbox_end end;
	int value;
	struct text output;
	size_t output_bytes;
	size_t processes;
	uint64_t memory;  /* the most that a look has shown */
	struct activity_watch watch;
	struct activity_look look; /* the newest */
	bool stalled;     /* when it was last looked at */
	int64_t slept_us; /* when it was first found asleep after anything had happened, and its switches then */
	uint64_t slept_switches;
	int64_t waited_us; /* for a processor, as looks have shown since cast_take_waits() */
};

/* A moment of a run. */
struct run_mark {
	int64_t us;           /* by clock_us() */
	int64_t delay_us;     /* calls_delay_us() then */
	uint64_t computed_ns; /* run_computed_ns() then */
};

/* What goes by while programs run, and how much of it was not theirs (run_clocks.c). Marks move along while a program waits
 * for the machine. */
struct run_clocks {
	struct run_mark limit;    /* since when the case's limit runs */
	struct run_mark step;     /* since when next_step is the next one */
	struct run_mark moved;    /* when anything last happened */
	struct run_mark restless; /* when their processor time was first taken down after that, if it was */
	unsigned pace;            /* how slow this machine has shown itself so far; 0 = nobody asked (pace.h) */
	bool too_slow;            /* too slow for an end by the clock to say anything */
	int64_t turned_us;        /* when the last turn began */
	int64_t stood_us;         /* how long the run was stopped: that, or its taker of calls; 0 = never */
	int64_t starved_us;       /* the longest that a program has waited for a processor; 0 = never long */
	int64_t tracer_us;        /* calls_queued_us() at the turn before */
	int own_fd;               /* to ask how long this process has waited for a processor (queued.h) */
	int64_t own_us;           /* the answer at the turn before */
	int64_t late_us;          /* the longest that it, and who holds programs for it, waited between two turns */
	int64_t queued_us;        /* how long marks moved along for programs that waited for a processor */
	int64_t stalled_us;       /* the same for a disk or a lock of the kernel's */
	int64_t stall_us;         /* the longest stall at one go */
	int64_t stall_since_us;   /* when the one that goes on began; 0 = none does */
};

struct run {
	const struct run_request *request;
	struct hosts hosts;
	struct lab lab;
	struct sniffer *captures; /* one a watch of the case; behind them those that they are compared with */
	struct drain *drains;
	size_t capture_count; /* as many watches */
	size_t sniffer_count; /* as many processes: once or twice that */
	struct player *player;
	struct sandbox *sandboxes; /* one a step, made ready before the first step; unused where it runs nothing */
	struct calls *calls;       /* of the students' programs, or NULL */
	size_t *targets;           /* one a step: its number for calls.h, or SIZE_MAX */
	struct actor *actors; /* room for one a step */
	size_t actor_count;
	size_t next_step;
	int64_t started_us;  /* the first step */
	struct run_clocks clocks;
	int64_t counted_us;  /* when their processes and memory were last looked at */
	int64_t dozing_us;   /* since when every program has waited, some with a timeout; 0 = not */
	uint32_t round;      /* of sentinels; begins with a number that nobody knows */
	struct pollfd *pollers;
	size_t poller_count, poller_capacity;
	struct evidence_sockets *sockets; /* one a host that runs programs: every socket that a look has shown */
	enum run_end end;
	char trouble[768];
	struct error wall; /* of the machine's, where a program's sandbox met one */
};

/* Waits for FD too, the next time that the run waits; nothing for -1. */
void run_poll(struct run *run, int fd);

/* ---- run_clocks.c ---- */

#define RUN_COMPUTED_US 10000 /* whoever had so much of a processor did not only wait for it */
#define RUN_IDLE_COMPUTED_US 500000 /* as much as that, and nothing has come of it: nobody is waited for any more */

/* The first step comes now. */
void run_start_clocks(struct run *run);
/* To be called before each turn: what went by since the last one is taken from nobody's patience where a program waited for
 * a disk or a processor. */
void run_note_turn(struct run *run);
struct run_mark run_mark(const struct run *run);

/* Measures how slow this machine is. */
void run_ask_pace(struct run *run);
/* Processor time of the programs so far, of those that live; 0: the kernel does not tell. */
uint64_t run_computed_ns(const struct run *run);
/* How long ago SINCE was, less what the taking down of calls took of it: a program's pace is its own fault only
 * without us. Not for ever, because a program may call in a loop without end. */
int64_t run_elapsed_us(const struct run *run, const struct run_mark *since);
/* Whether that is longer than PATIENCE_US, also for a machine as slow as this one. */
bool run_is_late(struct run *run, const struct run_mark *since, int64_t patience_us);
/* Whether the case's limit is over. */
bool run_is_over_limit(struct run *run);
/* Whether programs that have not come so far for ELAPSED_US could have: had they a processor for COMPUTED_US since SINCE?
 * Nobody is waited for longer than thrice PATIENCE_US and a second. After run_ask_pace() or run_is_late(). */
bool run_had_time(const struct run *run, int64_t elapsed_us, const struct run_mark *since, int64_t patience_us,
                  int64_t computed_us);
/* Whether nothing has come of the programs for PATIENCE_US although they computed, for COMPUTED_US of a processor's time
 * since: one that only waits for a processor, on a machine that has too much to do, is not restless. */
bool run_is_restless(struct run *run, int64_t patience_us, int64_t computed_us);

/* Gives the run its trouble when it ended by a clock, or by programs that waited for one, and the machine may have been why.
 * A trace that came about all the same is right. */
void run_judge_clocks(struct run *run);

/* ---- cast.c ---- */

/* How far the programs are from moving, taken together. */
enum cast_state {
	CAST_MOVING,
	CAST_DOZING, /* every program waits or has ended; some would go on by themselves */
	CAST_SETTLED /* nothing will move any more unless it gets something */
};

/* Makes a sandbox ready for every step that runs a program. -1: *error. */
int cast_prepare(struct run *run, struct error *error);
/* Waits for the end of any sandbox that is ready, the next time that the run waits. */
void cast_poll_ready(struct run *run);
/* Whether none has ended. -1: *error says why it did. */
int cast_look_after(struct run *run, struct error *error);
/* Takes in what programs printed and how they ended. Whether there was anything. */
bool cast_read(struct run *run);
enum cast_state cast_look(struct run *run, struct error *error);
/* Does the next step if it can be done in this STATE. 1 done, 0 not yet, -1 *error. */
int cast_step(struct run *run, enum cast_state state, struct error *error);
/* Whether the step that is next can never be done. */
bool cast_is_stuck(const struct run *run, enum cast_state state);
/* Whether a program, when it was last looked at, slept and had not been awake since anything had happened: it does not know
 * of that yet. Not for ever. */
bool cast_is_deaf(struct run *run);
/* A limit that a program has broken, as the end of the run. False: none. */
bool cast_excess(struct run *run, enum run_end *end);
/* Whether a program, when it was last looked at, waited for the machine (activity.h). */
bool cast_is_stalled(const struct run *run);
/* How long the program that waited longest waited for a processor, as looks have shown since this was asked before. */
int64_t cast_take_waits(struct run *run);
void cast_poll(struct run *run);
void cast_end(struct run *run);

/* ---- record.c ---- */

/* Adds the socket tables of the hosts as they are now. 0, or -1 with *error. */
int record_look(struct run *run, struct error *error);
/* Ends the programs and makes the record of the run, as run.json shall hold it. 0, or -1 with *error. */
int record_take(struct run *run, struct text *record, struct error *error);
/* Writes it and the captures into the evidence folder. To be called when no program is left that
 * could lay hands on them. 0, or -1 with *error. */
int record_write(const struct run *run, const struct text *record, struct error *error);

#endif
