/* engine.h - grading on several machines: what windsock grade --on NAME asks of a site's scheduler.
 *
 * Theory of operation
 *
 * The plan is cut into chunks. Each is worked off by `windsock grade ... --chunk K --of DIR/engine/N/plan` on some
 * machine that sees DIR and the submissions at the same paths. What such a run of chunks needs lies in DIR/engine/N:
 *
 *     plan         the units, each with the number of its chunk (plan.c)
 *     chunk.sh     grades one chunk; the only thing that an engine is given to run
 *     probe.sh     asks a node whether it can run labs
 *     submitting   it was about to be given to the engine
 *     job          the engine has taken it: the engine's name, and what it calls the job
 *     ended        the engine has no chunk of it any more
 *     log/         what chunks said; for people
 *
 * and DIR/engine/nodes/NODE has each node's answer. So who waits may leave, or be killed, at any moment: the same
 * command finds the run again, and waits on.
 *
 * An engine starts chunks, and starts them again elsewhere when a node is lost. Whether a submission was graded it is
 * never asked: only the records say that (store.h). It may therefore run a chunk twice, or never.
 *
 * Mustn't: let anything that a student made reach a shell. Commands are argument vectors, and the two scripts hold
 * only what the instructor said, quoted; the students' names stand in the plan, which windsock alone reads. */
#ifndef WINDSOCK_ENGINE_H
#define WINDSOCK_ENGINE_H

#include "argv.h"

#include <stdbool.h>

struct engine;

/* What the instructor chose: by options, else by the settings file. */
struct engine_settings {
	const struct engine *engine;
	char *partition, *account, *memory, *hosts, *ssh, *windsock, *before; /* NULL: not said; owned */
	unsigned long minutes, cpus, at_once, chunk; /* 0: not said */
	struct argv arguments;                       /* more words for the engine's command */
	bool dry;                                    /* commands are printed and not given */
};

struct engine_node {
	char *name;     /* owned */
	unsigned slots; /* chunks that it can run at a time; 0: the engine decides */
	char *why_not;  /* it cannot run labs; NULL: it can, or has not answered; owned */
	bool answered;
};

/* One submission of a plan to an engine. */
struct engine_run {
	const struct engine_settings *settings;
	char *out;    /* DIR; owned */
	char *folder; /* DIR/engine/N; owned */
	char *name;   /* "windsock-1a2b3c4d-N", which no other run has; owned */
	char *job;    /* what the engine calls it; NULL: it has not taken it; owned */
	unsigned long number;
	size_t units, chunks;
	struct engine_node *nodes; /* owned */
	size_t node_count, node_capacity;
};

enum engine_state {
	ENGINE_GONE,   /* no chunk runs or waits */
	ENGINE_WORKS,
	ENGINE_SILENT  /* it does not answer; what runs goes on */
};

struct engine {
	const char *name;
	bool asks_always; /* each time: it costs next to nothing, and hosts come and go */
	/* Its nodes, and how many chunks can run at a time, and be submitted at once; 0: not known. -1: *error. */
	int (*survey)(struct engine_run *run, size_t *slots, size_t *most, struct error *error);
	/* Has each node that was not asked yet answer into engine_answer_path(). -1: *error. */
	int (*ask_nodes)(struct engine_run *run, struct error *error);
	/* The command that asks one node, and the one that starts all chunks. */
	void (*probe_command)(const struct engine_run *run, const struct engine_node *node, struct argv *argv);
	void (*command)(const struct engine_run *run, struct argv *argv);
	/* Gives it to the engine; run->job is set. -1: *error. */
	int (*submit)(struct engine_run *run, struct error *error);
	/* Of a run that was about to be submitted: sets run->job where the engine has it. */
	enum engine_state (*find)(struct engine_run *run);
	/* WORDS: "3 chunks run, 2 wait". */
	enum engine_state (*state)(const struct engine_run *run, struct text *words);
	/* Takes back what has not ended. */
	void (*cancel)(const struct engine_run *run);
	/* How a person does that. */
	void (*cancel_words)(const struct engine_run *run, struct text *words);
};

extern const struct engine engine_slurm, engine_parallel;

/* ---- engine.c ---- */

const struct engine *engine_find(const char *name);
/* "slurm, parallel" */
void engine_names(struct text *out);

/* ---- engine_settings.c ---- */

/* Sets KEY ("partition"), unless it is set. -1: *error. */
int engine_set(struct engine_settings *settings, const char *key, const char *value, struct error *error);
/* Reads "KEY VALUE" lines; PATH NULL: ~/.config/windsock/engine, where there is one. -1: *error. */
int engine_read_settings(struct engine_settings *settings, const char *path, struct error *error);
void engine_settings_free(struct engine_settings *settings);

/* ---- engine_folder.c ---- */

/* The latest run in DIR that has not ended; 1: there is one, 0: there is none (RUN is a new one, without its folder).
 * -1: *error. */
int engine_open(struct engine_run *run, const struct engine_settings *settings, const char *out, struct error *error);
void engine_close(struct engine_run *run);
/* DIR/engine/N/PART. Owned. */
char *engine_path(const struct engine_run *run, const char *part);
/* Makes the folder and the scripts in it. GRADE: the words that every chunk's command shares, its program first; LESSONS:
 * the names of those that are graded. -1: *error. */
int engine_write(const struct engine_run *run, const struct argv *grade, const struct argv *lessons,
                 struct error *error);
/* Leaves a note: "submitting", "job", "ended". -1: *error. */
int engine_note(const struct engine_run *run, const char *note, const char *words, struct error *error);

/* ---- engine_nodes.c ---- */

struct engine_node *engine_add_node(struct engine_run *run, const char *name);
/* Where the node's answer is: "yes", or "no: REASON". Owned. */
char *engine_answer_path(const struct engine_run *run, const struct engine_node *node);
/* Takes the answers that are there. FRESH: only those that need not be asked for again (a yes of today), and removes
 * the others. */
void engine_read_answers(struct engine_run *run, bool fresh);
/* How many nodes have not answered. */
size_t engine_count_silent(const struct engine_run *run);

#endif
