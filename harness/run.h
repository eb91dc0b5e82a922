/* run.h - one case, from an empty process to a folder of evidence.
 *
 * Theory of operation
 *
 * A run has a process to itself, forked by check.c: its namespaces are its own,
 * and its end is the end of the lab. It builds the lab and starts the captures while the
 * programs are still being compiled, waits for the word to go, then works off the
 * case's steps: start a program, play a host, wait for a program, type a line.
 * Before a step it waits until the programs started so far own the ports at which
 * the trace will call them (read from the kernel's socket table), or have ended,
 * or cannot move any more.
 *
 * The run is over when no program can move any more, or when the trace is
 * complete and every program waits, or by the wall clock. Then a sentinel packet
 * is sent both ways over every watched link: when each capture has shown it, all
 * before it is in the capture, and if nothing else was, the wire is quiet.
 *
 * Should: leave run.json and one capture a watched interface in the folder.
 * Mustn't: judge (verdict.c does, from the folder), or wait for time where there is
 * an event to wait for. */
#ifndef WINDSOCK_RUN_H
#define WINDSOCK_RUN_H

#include "../src/lesson.h"
#include "../src/trace.h"
#include "sniffer.h"

struct run_program {
	char **command;  /* what to execute, NULL behind the last; [0] a path */
	const char *name; /* for the record: "server" */
	bool student;
	size_t own_words; /* so many words of it were chosen outside the lesson; 0: we have compiled it (sandbox.h) */
};

struct run_request {
	const struct lesson *lesson;
	const struct lesson_case *lesson_case;
	const struct trace *trace;
	const struct params *params;
	const char *seed;                   /* "" = the lesson's defaults */
	const struct run_program *programs; /* one a step; unused where the step runs none */
	const char *evidence_folder;        /* exists, empty */
	const char *working_folder;         /* what their words name is looked for from here */
	enum sniffer_engine capture;
	bool calls;                         /* the student's socket calls are taken down */
	int go_fd;                          /* a byte comes when the programs are there, and another one when
	                                     * every program of every case is dead; end of file: give up */
	int done_fd;                        /* gets a byte when those of this case are */
};

#define RUN_CAPTURES_DIFFER "the two captures differ" /* how that trouble begins, with SNIFFER_BOTH */

enum run_result {
	RUN_RECORDED,    /* the evidence is in the folder */
	RUN_GIVEN_UP,    /* no word to go came */
	RUN_UNSUPPORTED, /* this machine lacks something that the case needs: *error */
	RUN_RULES_WRONG, /* a ruleset that the student wrote is not one: *error says where */
	RUN_FAILED       /* our fault or the machine's: *error */
};

/* To be called once, in a process of its own, which should then _exit(). */
enum run_result run_case(const struct run_request *request, struct error *error);

#endif
