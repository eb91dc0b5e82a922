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
#define LESSON_HOSTS_MAX 64

enum host_kind {
	HOST_END,    /* host a: runs programs */
	HOST_ROUTER, /* router home: forwards */
	HOST_SWITCH  /* switch lan: makes one wire of its links; has no addresses, its ports need no names */
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
	uint32_t destination, via; /* host byte order; via is 0 for `route c 192.0.2.0/24 dev vpn0` */
	int prefix;
	char interface[LESSON_INTERFACE]; /* of a tunnel, for `dev`; else empty */
	int line;
};

/* What follows, to `struct rules`, may stand in a case as well, and then holds for that case only:
 * of_case is the case's index, or LESSON_EVERY_CASE. */
#define LESSON_EVERY_CASE (-1)

/* A port of the lab: a number, or the name of a parameter, whose value the run knows. */
struct lab_number {
	uint16_t number;         /* 0: see param */
	char param[LESSON_NAME]; /* empty: see number */
};

/* RFC 4787's words for what a NAT does. */
enum nat_dependence { NAT_ENDPOINT_INDEPENDENT, NAT_ADDRESS_DEPENDENT, NAT_ADDRESS_AND_PORT_DEPENDENT };

/* nat home.wan mapping endpoint-independent filtering address-and-port-dependent
 * nat home.wan mapping address-dependent filtering address-dependent ports 40001 */
struct nat {
	size_t host;
	char interface[LESSON_INTERFACE]; /* the outside one; its address is the facade */
	enum nat_dependence mapping, filtering;
	struct lab_number ports; /* each new mapping takes the next, from here on; 0 and empty: the kernel's choice,
	                          * which is the inside port where the mapping allows that */
	int of_case;
	int line;
};

enum filter_action {
	FILTER_ACCEPT,
	FILTER_DROP,               /* without a word */
	FILTER_REFUSE_RESET,       /* refuse with reset: TCP only */
	FILTER_REFUSE_UNREACHABLE  /* refuse with unreachable: ICMP, administratively prohibited */
};

enum filter_transport { FILTER_ANY, FILTER_TCP, FILTER_UDP };

/* filter fw.wan accept tcp {port} from 198.51.100.10/32
 * filter fw.wan refuse tcp 81 with reset
 * filter fw.wan drop
 * What comes in there, for the host itself or through it; the first that fits decides, and what none
 * fits comes in. Answers to what went out come in before any of them is asked (connection tracking). */
struct filter {
	size_t host;
	char interface[LESSON_INTERFACE];
	enum filter_action action;
	enum filter_transport transport;
	struct lab_number port;          /* the destination's; 0 and empty: any */
	uint32_t from, to;               /* host byte order */
	int from_prefix, to_prefix;      /* 0: anywhere */
	int of_case;
	int line;
};

/* forward home.wan tcp {hook} to 192.168.1.10:{hook}: destination NAT of what comes in there */
struct forward {
	size_t host;
	char interface[LESSON_INTERFACE];
	enum filter_transport transport; /* FILTER_TCP, FILTER_UDP */
	struct lab_number port, to_port;
	uint32_t to; /* host byte order */
	int of_case;
	int line;
};

/* memory home tcp 2 s: how long connection tracking remembers a quiet flow there; whole seconds */
struct memory {
	size_t host;
	enum filter_transport transport; /* FILTER_TCP, FILTER_UDP */
	int seconds;                     /* 1..3600 */
	int of_case;
	int line;
};

/* rate home.wan 4 mbit: what goes out there, at most */
struct rate {
	size_t host;
	char interface[LESSON_INTERFACE];
	uint64_t bits; /* a second; 8 kbit .. 1000 mbit */
	int of_case;
	int line;
};

/* rules fw student fw.nft: a ruleset that the student writes, loaded on that host when the lab is built */
struct rules {
	size_t host;
	char source[64]; /* an .nft file in the lesson's folder; no slash */
	int of_case;
	int line;
};

/* tunnel c.vpn0 10.8.0.2/24: an interface whose other end is a descriptor, as /dev/net/tun has it. Programs run
 * on that host get it open: read() takes one IP packet that the host sends there, write() gives it one.
 * {vpn0} in the arguments of its programs is the descriptor's number: see lesson_descriptor(). */
struct tunnel {
	struct link_end end;
	int line;
};

enum program_origin {
	PROGRAM_STUDENT, /* program server student server.c: the lesson ships the skeleton */
	PROGRAM_GIVEN,   /* program cloud given cloud.c: the lesson ships it whole */
	PROGRAM_SYSTEM   /* program curl system curl: a command of the machine; without it the case is skipped */
};

struct program {
	char name[LESSON_NAME];
	enum program_origin origin;
	char source[64]; /* a C file in the lesson's folder; no slash. PROGRAM_SYSTEM: a command in PATH */
	int line;
};

enum step_kind {
	STEP_RUN,  /* run a server {a} {port}: start a program on a host */
	STEP_PLAY, /* play b {a} {port}: the harness plays b from the trace; a program put in its place gets the arguments */
	STEP_WAIT, /* wait b: go on when the program last started on b has ended */
	STEP_ADDRESS, /* address a.eth0 10.0.0.99: once nobody can move any more the host gets this address as well */
	STEP_TYPE  /* type cloud "lamp on\n": once nobody can move any more, to its standard input */
};

struct step {
	enum step_kind kind;
	int line;
	size_t host;
	size_t program;    /* STEP_RUN: index into lesson.programs */
	char **arguments;  /* STEP_RUN, STEP_PLAY: templates ({port}; {a} is host a's first address); owned */
	size_t argument_count;
	char interface[LESSON_INTERFACE]; /* STEP_ADDRESS */
	uint32_t address;  /* STEP_ADDRESS: host byte order; with a prefix of 32 */
	char *text;        /* STEP_TYPE: template, escapes undone but for \{ and \\, which params_expand() undoes; owned */
};

/* watch a.eth0: capture there. The first is where unqualified flows are seen. */
struct watch {
	size_t host;
	char interface[LESSON_INTERFACE];
};

/* A trace that the student writes, matched against what the case shows. */
enum student_trace {
	STUDENT_TRACE_NONE,
	STUDENT_TRACE_PREDICT, /* predict hub.trace: what he expects to see; no points, beside the verdict */
	STUDENT_TRACE_ACCEPTS, /* accepts mine.trace: right when it matches (trace: only says who is called) */
	STUDENT_TRACE_REJECTS  /* rejects mine.trace: right when it does not */
};

struct lesson_case {
	char name[LESSON_NAME];
	char title[128];
	char trace[64]; /* file name inside the lesson's folder, e.g. traces/one-question.trace */
	enum student_trace student_trace_kind;
	char student_trace[64]; /* a .trace file in the lesson's folder, shipped as a skeleton; no slash */
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
	struct filter *filters;
	size_t filter_count;
	struct forward *forwards;
	size_t forward_count;
	struct memory *memories;
	size_t memory_count;
	struct rate *rates;
	size_t rate_count;
	struct rules *rules;
	size_t rules_count;
	struct tunnel *tunnels;
	size_t tunnel_count;
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
/* Whether INTERFACE of HOST is a tunnel. */
bool lesson_has_tunnel(const struct lesson *lesson, size_t host, const char *interface);
int lesson_program(const struct lesson *lesson, const char *name);
int lesson_case(const struct lesson *lesson, const char *name);
/* The first tunnel whose interface has that name, whichever host's. */
int lesson_tunnel(const struct lesson *lesson, const char *interface);
/* The host's first address in file order, host byte order, or 0. */
uint32_t lesson_address(const struct lesson *lesson, size_t host);
/* The index of the host that owns ADDRESS (by a link, a tunnel or an `address` step), or -1. */
int lesson_owner(const struct lesson *lesson, uint32_t address);
/* The link end of HOST's interface, or NULL; *peer (may be NULL) gets the other end, NULL for a tunnel's. */
const struct link_end *lesson_interface(const struct lesson *lesson, size_t host, const char *interface,
                                        const struct link_end **peer);
/* Whether something of_case holds for case number WHICH. */
bool lesson_holds(int of_case, size_t which);
/* The number in host byte order, 0 = none: a parameter's value is looked up in PARAMS. */
uint16_t lesson_number(const struct lab_number *number, const struct params *params);
/* The descriptor that programs on its host have tunnel number WHICH under: a host's tunnels have 3, 4, ... in
 * file order, right behind the standard three. Equally named tunnels of several hosts have the same number. */
int lesson_descriptor(const struct lesson *lesson, size_t which);
/* The case's parameters: the lesson's (drawn from SEED unless NULL), for each host with an address a fixed one of
 * its name, the dotted address, and for each tunnel a fixed one of its interface's name, the descriptor's number. */
void lesson_params(const struct lesson *lesson, const char *seed, struct params *params);

#endif
