/* lab_parts.h - what lab.c, lab_links.c, lab_switch.c and lab_settings.c share while a lab is
 * being built. Private to them. */
#ifndef WINDSOCK_LAB_PARTS_H
#define WINDSOCK_LAB_PARTS_H

#include "lab.h"
#include "netlink.h"

#include <stdbool.h>

/* One end of a link as it will be: all of it is fixed before anything is made, so
 * that no answer of the kernel needs to be read. */
struct lab_port {
	const struct link_end *end;
	char name[LESSON_INTERFACE];
	int index; /* the interface's number in its namespace */
	uint8_t mac[6];
	bool ready; /* the kernel says that it carries packets */
};

#define LAB_TUNNEL_MTU 1400 /* bytes: leaves room for what carries it */

/* ports[2 * link + end], and behind them one a tunnel */
struct lab_plan {
	const struct lesson *lesson;
	struct lab *lab;
	struct lab_port *ports;
	size_t port_count; /* of links */
	size_t all_count;  /* with the tunnels' */
	bool *bridged;            /* one a host: a switch that is a bridge */
	size_t *domains;          /* a switch's broadcast domain, named after one of its switches */
	struct netlink *netlinks; /* rtnetlink, one a host */
	int *far_ends;            /* one a tunnel: the namespace of its other end; owned */
	size_t looking;           /* the host whose answers lab_links_answer() gets */
};

/* Fills ports and domains. -1: a name or an address that no interface can have, a ring of switches. */
int lab_links_plan(struct lab_plan *plan, struct error *error);
/* Add messages to HOST's batch: first what it creates, then what it sets, then a look at its ports. */
void lab_links_create(struct lab_plan *plan, size_t host);
void lab_links_bridge(struct lab_plan *plan, size_t host); /* what is created is ports of a bridge */
void lab_links_set(struct lab_plan *plan, size_t host);
void lab_links_look(struct lab_plan *plan, size_t host);
/* Adds to HOST's batch what an `address` step means to it: the address itself, or who has it. */
void lab_links_add_address(struct lab_plan *plan, size_t host, const struct step *step);
/* For netlink_send() of what lab_links_look() asked: CONTEXT is the plan. Fills port.ready. */
netlink_answer lab_links_answer;

/* When HOST's ports are there: makes the switch of rules. Leaves the thread in its namespace. -1: this kernel or this
 * switch wants a bridge. */
int lab_switch_connect(struct lab_plan *plan, size_t host);

/* Before the first host: what the namespaces made from the current one shall have. */
int lab_settings_prepare(struct error *error);
/* No word of its own from the namespace that the calling thread is in, the far end of a tunnel. */
int lab_settings_quiet(struct error *error);
/* The sysctls of HOST; the calling thread is in its namespace. */
int lab_settings_write(const struct lab_plan *plan, size_t host, struct error *error);
/* Offloads off: segments on the wire as a wire would have them, checksums that are true. */
int lab_settings_offloads(const struct lab_plan *plan, const struct lab_port *port, struct error *error);
/* The number of tunnel WHICH's other end. */
int lab_tunnel_peer(const struct lab_plan *plan, size_t which);
/* When the interfaces are there: opens the descriptors. Leaves the thread in home. -1: *error. */
int lab_tunnel_open(struct lab_plan *plan, struct error *error);

/* The rates of HOST. LAB_UNSUPPORTED: a kernel without tbf. */
enum lab_result lab_shaper_set(struct lab_plan *plan, size_t host, struct error *error);
/* Sets *waits when a packet waits in a queue of HOST. 0, or -1 with *error. */
int lab_shaper_look(struct lab_plan *plan, size_t host, bool *waits, struct error *error);

/* How long HOST's connection tracking remembers; the calling thread is in its namespace, and its ruleset
 * is loaded. */
enum lab_result lab_settings_memory(const struct lab *lab, size_t host, struct error *error);

#endif
