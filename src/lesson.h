/* lesson.h - a lesson: its hosts and links, who runs what, its cases.
 *
 * The file format is described in docs/lesson-format.md. This header is what
 * lesson_parse() makes of it: data only. Expected traces are files of their own
 * and are read by the caller (case.trace is the file's name). */
#ifndef WINDSOCK_LESSON_H
#define WINDSOCK_LESSON_H

#include "error.h"
#include "params.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LESSON_NAME 32
#define LESSON_INTERFACE 16 /* IFNAMSIZ */
#define LESSON_HOSTS_MAX 32

enum host_kind {
	HOST_END,    /* host a: runs programs */
	HOST_ROUTER, /* router home: forwards */
	HOST_SWITCH  /* switch lan: a bridge; has no addresses, its ports need no names */
};

struct host {
	char name[LESSON_NAME];
	enum host_kind kind;
	int line;
};

struct link_end {
	size_t host; /* index into lesson.hosts */
	char interface[LESSON_INTERFACE];
	uint32_t address; /* IPv4, host byte order; 0 = none (a switch's port) */
	int prefix;       /* 0..32 */
};

/* link a.eth0 10.0.0.1/24 -- b.eth0 10.0.0.2/24   or   link a.eth0 10.0.0.1/24 -- lan */
struct link {
	struct link_end end[2];
	int line;
};

/* route hub default via 192.168.1.1   or   route hub 10.1.0.0/16 via 192.168.1.1 */
struct route {
	size_t host;
	uint32_t destination, via; /* host byte order */
	int prefix;
	int line;
};

/* RFC 4787's words for what a NAT does. */
enum nat_dependence { NAT_ENDPOINT_INDEPENDENT, NAT_ADDRESS_DEPENDENT, NAT_ADDRESS_AND_PORT_DEPENDENT };

/* nat home.wan mapping endpoint-independent filtering address-and-port-dependent */
struct nat {
	size_t host;
	char interface[LESSON_INTERFACE]; /* the outside one; its address is the facade */
	enum nat_dependence mapping, filtering;
	int line;
};

enum program_origin {
	PROGRAM_STUDENT, /* program server student server.c: the lesson ships the skeleton */
	PROGRAM_GIVEN    /* program cloud given cloud.c: the lesson ships it whole */
};

struct program {
	char name[LESSON_NAME];
	enum program_origin origin;
	char source[64]; /* a C file in the lesson's folder; no slash */
	int line;
};

enum step_kind {
	STEP_RUN,  /* run a server {a} {port}: start a program on a host */
	STEP_PLAY, /* play b {a} {port}: the harness plays b from the trace; a program put in its place gets the arguments */
	STEP_WAIT, /* wait b: go on when the program last started on b has ended */
	STEP_TYPE  /* type cloud "lamp on\n": once nobody can move any more, to its standard input */
};

struct step {
	enum step_kind kind;
	int line;
	size_t host;
	size_t program;    /* STEP_RUN: index into lesson.programs */
	char **arguments;  /* STEP_RUN, STEP_PLAY: templates ({port}; {a} is host a's first address); owned */
	size_t argument_count;
	char *text;        /* STEP_TYPE: template, escapes undone but for \{ and \\, which params_expand() undoes; owned */
};

/* watch a.eth0: capture there. The first is where unqualified flows are seen. */
struct watch {
	size_t host;
	char interface[LESSON_INTERFACE];
};

struct lesson_case {
	char name[LESSON_NAME];
	char title[128];
	char trace[64]; /* file name inside the lesson's folder, e.g. traces/one-question.trace */
	int points;     /* 1..1000 */
	int limit_ms;   /* wall clock for the run; 5000 unless said */
	struct step *steps;
	size_t step_count;
	struct watch *watches;
	size_t watch_count;
	int line;
};

struct lesson {
	char *file;              /* as named to lesson_parse(); owned */
	char name[64];           /* 01-udp-server */
	char title[128];
	char idea[512];
	char begin[256];         /* where to begin, for the unedited skeleton */
	char skeleton_fails[48]; /* the diagnosis id that the skeleton gets */
	struct host *hosts;
	size_t host_count;
	struct link *links;
	size_t link_count;
	struct route *routes;
	size_t route_count;
	struct nat *nats;
	size_t nat_count;
	struct program *programs;
	size_t program_count;
	struct params params;
	struct lesson_case *cases;
	size_t case_count;
};

/* As trace_parse(). Checks what can be checked in one file: names are known and
 * unique, addresses fit their links, each case has a trace, a watch and a cast,
 * templates name known params or hosts. */
int lesson_parse(struct lesson *lesson, const char *file, const char *source, size_t length, struct error *error);
void lesson_free(struct lesson *lesson);

/* Index, or -1. */
int lesson_host(const struct lesson *lesson, const char *name);
int lesson_program(const struct lesson *lesson, const char *name);
int lesson_case(const struct lesson *lesson, const char *name);
/* The host's first address in file order, host byte order, or 0. */
uint32_t lesson_address(const struct lesson *lesson, size_t host);
/* The index of the host that owns ADDRESS, or -1. */
int lesson_owner(const struct lesson *lesson, uint32_t address);
/* The link end of HOST's interface, or NULL; *peer (may be NULL) gets the other end. */
const struct link_end *lesson_interface(const struct lesson *lesson, size_t host, const char *interface,
                                        const struct link_end **peer);
/* The case's parameters: the lesson's (drawn from SEED unless NULL), and for each
 * host with an address one fixed parameter of its name, the dotted address. */
void lesson_params(const struct lesson *lesson, const char *seed, struct params *params);

#endif
