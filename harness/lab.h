/* lab.h - a lesson's network: a namespace a host, veth links, routes, NAT.
 *
 * Should: build everything by netlink in this process; hold namespaces by
 * descriptor only, so that the end of the process is the end of the lab.
 * Mustn't: move or delete a link (each waits for RCU, 20 to 30 ms), run `ip`,
 * leave a name anywhere, or know of programs, captures or traces. */
#ifndef WINDSOCK_LAB_H
#define WINDSOCK_LAB_H

#include "../src/error.h"
#include "../src/lesson.h"

struct lab {
	const struct lesson *lesson;    /* borrowed */
	size_t which;                   /* the case that it is built for: index into lesson.cases */
	const struct params *params;    /* of that case; borrowed */
	const char *folder;             /* where the student's rulesets are; borrowed */
	int *namespaces;                /* a descriptor a host, close-on-exec; owned */
	int *diag;                      /* a NETLINK_SOCK_DIAG socket a host; owned */
	int *tunnels;                   /* the descriptor of each of the lesson's tunnels; owned */
	int home;                       /* the namespace lab_leave() comes back to; owned */
	size_t host_count;
};

/* Makes the user namespace that owns all labs of this process: call once, before
 * any thread. The process's own uid becomes 1000 inside (tcpdump refuses to
 * capture as uid 0 there), with every capability over what it makes.
 * The same for root and for an ordinary user. -1: *error names the wall and its
 * remedy (AppArmor, max_user_namespaces, a container's seccomp). */
int lab_enter(struct error *error);

/* The uid (and gid) that programs on the lab's hosts get, as seen inside: the caller's own,
 * or, where the machine's root made the lab, one that is nobody outside. */
int lab_guest(void);

enum lab_result {
	LAB_BUILT,
	LAB_FAILED,      /* our fault, the author's or the machine's */
	LAB_UNSUPPORTED, /* this kernel lacks what the lesson asks for; *error names it and the remedy */
	LAB_RULES_WRONG  /* a ruleset of the student's is not one: *error says where */
};

/* What a lab is built from. All borrowed until lab_close(). */
struct lab_order {
	const struct lesson *lesson;
	size_t which;                /* the case: statements that hold for another one are left out */
	const struct params *params; /* of the case */
	const char *folder;          /* where the student's rulesets are; unused where the lesson has none */
};

/* Builds the lesson's lab for one case: hosts, links up and really carrying packets,
 * loopback up, static neighbours, routes, offloads and IPv6 off, sysctls, firewalls, NAT.
 * Leaves the calling thread in a network namespace of its own, empty.
 * Other than LAB_BUILT: *error; the caller is expected to end. */
enum lab_result lab_build(struct lab *lab, const struct lab_order *order, struct error *error);

/* Runs in HOST's namespace from here on; lab_leave() comes back. 0 or -1 (errno). */
int lab_visit(const struct lab *lab, size_t host);
int lab_leave(const struct lab *lab);

/* The descriptors that programs on HOST get as 3, 4, ...: its tunnels'. How many. Borrowed. */
#define LAB_DESCRIPTORS_MAX 8
size_t lab_descriptors(const struct lab *lab, size_t host, int descriptors[LAB_DESCRIPTORS_MAX]);

/* Does STEP, an `address` of the lesson's: its interface gets the address as well, with a prefix of 32, and
 * everybody on its wire knows who has it. -1: *error. */
int lab_add_address(struct lab *lab, const struct step *step, struct error *error);

/* *sending: whether a packet still waits in front of an interface that has a rate. 0, or -1 with *error. */
int lab_is_sending(struct lab *lab, bool *sending, struct error *error);

/* Closes the descriptors; the kernel takes the rest apart behind us. */
void lab_close(struct lab *lab);

#endif
