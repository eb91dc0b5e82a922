/* evidence.h - what a run left behind, as data: everything but the packets.
 *
 * A run writes it as run.json beside its captures; the verdict is made from that
 * folder alone, so that `windsock show` says later what `check` said. */
#ifndef WINDSOCK_EVIDENCE_H
#define WINDSOCK_EVIDENCE_H

#include "call.h"
#include "error.h"
#include "params.h"
#include "sha256.h"
#include "sockstate.h"

#define EVIDENCE_VERSION 1
#define EVIDENCE_DAMAGED \
	"is not as the run left it: it was changed or damaged since, so nothing can be said of that run; run `windsock check` " \
	"again"

enum program_end { PROGRAM_RUNNING, PROGRAM_EXITED, PROGRAM_SIGNALLED, PROGRAM_NOT_STARTED };

/* How the run came to its end. */
enum run_end {
	RUN_COMPLETE,  /* the trace was complete, the wire quiet */
	RUN_SETTLED,   /* no program could move any more, the wire quiet */
	RUN_LIMIT,     /* the wall clock */
	RUN_FLOOD,     /* more packets than any lesson needs */
	RUN_OUTPUT,    /* a program printed without end */
	RUN_PROCESSES, /* a program started processes without end */
	RUN_MEMORY     /* a program took memory without end */
};

struct evidence_program {
	char host[32], name[32];
	bool student;
	char **arguments; /* owned; [0] as given, not an absolute path */
	size_t argument_count;
	enum program_end end;
	int value;        /* exit status, signal, or errno */
	char *output;     /* the end of what it printed, both streams, at most 16 KiB; owned */
	size_t output_bytes; /* in all */
	size_t processes; /* most at once */
};

struct evidence_capture {
	char host[32], interface[16];
	char file[64];   /* in the evidence folder */
	long dropped;    /* packets dropped by the kernel; -1: tcpdump did not tell */
	bool drained;    /* the sentinel came through: nothing is missing at the end */
	char sha256[SHA256_HEX]; /* of the file as it was written; "" = not known */
};

struct evidence_sockets {
	char host[32];
	struct sock_entry *entries; /* owned */
	size_t count;
};

struct evidence {
	char lesson[64], case_name[32];
	char seed[64];   /* "" = the lesson's defaults */
	struct params params;
	struct evidence_program *programs;
	size_t program_count;
	struct evidence_capture *captures;
	size_t capture_count;
	struct evidence_sockets *sockets;
	size_t socket_count;
	struct call *calls;   /* of the student's programs, by time; owned */
	size_t call_count;
	bool calls_known;     /* all of them: what is not among the calls was not called */
	char calls_note[256]; /* why there are none, or not all of them; "" = nothing to say */
	enum run_end end;
	double milliseconds; /* from the first program's start to the end */
	double late_milliseconds; /* the longest that windsock waited for a processor at one go, and programs with it; 0 = never */
	char trouble[768];   /* not "": why the run says nothing about the student (our fault, the machine's) */
};

/* As JSON, with a seal (seal.h): its last member says what all before it was. */
void evidence_print(const struct evidence *evidence, struct text *out);
/* -1: *error (FILE is a name for messages), *evidence empty. One without a seal is read, one that has been changed is
 * not. */
int evidence_parse(struct evidence *evidence, const char *file, const char *source, size_t length,
                   struct error *error);
void evidence_free(struct evidence *evidence);

const char *run_end_word(enum run_end end);

#endif
