/* lab.c - see lab.h.
 *
 * Theory of operation. The calling thread makes one namespace after the other by
 * unshare(), keeps each by a descriptor, and leaves in it a rtnetlink and a
 * sock_diag socket; a socket stays in the namespace that it was opened in, so all
 * the rest is done from anywhere. Then, in three rounds of one batch a host: what
 * is created, what is set, and a look whether it is so.
 *
 * The last round is the barrier. After "up" is acknowledged a veth may still have
 * its noop queue (linkwatch has not run) and eats the first packets. Since about
 * 6.8 RTM_GETLINK does that work before it answers; on older kernels the answer
 * says DOWN, and we wait for the notification. */
#include "lab.h"

#include "../src/text.h"
#include "clock.h"
#include "firewall.h"
#include "lab_parts.h"
#include "rules.h"
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BARRIER_MS 2000 /* a link that is not up by then never will be */

/* ---- namespaces ---- */

static int open_namespace(void)
{
	return open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
}

static int refuse_open(const char *host, int why, struct error *error)
{
	char what[64];

	snprintf(what, sizeof what, "open the namespace of %s", host);
	return wall_met(DOOR_NAMESPACE, what, why, error);
}

/* A namespace for HOST, the thread in it, its sockets open and its sysctls written. */
static int make_host(struct lab_plan *plan, size_t host, struct error *error)
{
	const char *name = plan->lesson->hosts[host].name;

	/* From home each time: a child takes the size of its socket tables from where it is made. */
	if (lab_leave(plan->lab) || unshare(CLONE_NEWNET))
		return wall_met(DOOR_NAMESPACE, "make a network namespace for each host", errno, error);
	plan->lab->namespaces[host] = open_namespace();
	plan->lab->diag[host] = netlink_socket(NETLINK_SOCK_DIAG, 0);
	plan->netlinks[host].socket = netlink_socket(NETLINK_ROUTE, 0);
	if (plan->lab->namespaces[host] < 0 || plan->lab->diag[host] < 0 || plan->netlinks[host].socket < 0)
		return refuse_open(name, errno, error);
	return lab_settings_write(plan, host, error);
}

/* The other end of a tunnel has a namespace to itself, for the student gets a packet socket there: it reaches whatever
 * interface it can name. */
static int make_far_end(struct lab_plan *plan, size_t tunnel, struct error *error)
{
	if (lab_leave(plan->lab) || unshare(CLONE_NEWNET))
		return wall_met(DOOR_NAMESPACE, "make a network namespace for each tunnel", errno, error);
	plan->far_ends[tunnel] = open_namespace();
	if (plan->far_ends[tunnel] < 0)
		return refuse_open("a tunnel", errno, error);
	return lab_settings_quiet(error);
}

/* ---- the barrier ---- */

static int look(struct lab_plan *plan, size_t host, struct error *error)
{
	plan->looking = host;
	lab_links_look(plan, host);
	return netlink_send(&plan->netlinks[host], lab_links_answer, plan, plan->lesson->file, error);
}

static const struct lab_port *find_unready(const struct lab_plan *plan, size_t host)
{
	for (size_t place = 0; place < plan->all_count; place++)
		if (plan->ports[place].end->host == host && !plan->ports[place].ready)
			return &plan->ports[place];
	return NULL;
}

/* Empties the socket; what it said does not matter, only that something has changed. */
static void drain(int notices)
{
	char buffer[8192];

	while (recv(notices, buffer, sizeof buffer, MSG_DONTWAIT) >= 0)
		continue;
}

/* NOTICES was subscribed before the look, so that a change between the two is not missed. */
static int await(struct lab_plan *plan, size_t host, int notices, struct error *error)
{
	int64_t deadline = clock_us() / 1000 + BARRIER_MS;
	const struct lab_port *port;

	for (;;) {
		struct pollfd ready = {.fd = notices, .events = POLLIN};
		int64_t left = deadline - clock_us() / 1000;

		drain(notices);
		if (look(plan, host, error))
			return -1;
		port = find_unready(plan, host);
		if (!port)
			return 0;
		if (left <= 0)
			return error_set(error, NULL, 0, 0, "%s.%s is still not up after %d ms",
			                 plan->lesson->hosts[host].name, port->name, BARRIER_MS);
		if (poll(&ready, 1, (int)left) < 0 && errno != EINTR)
			return error_set(error, NULL, 0, 0, "cannot wait for %s.%s: %s",
			                 plan->lesson->hosts[host].name, port->name, strerror(errno));
	}
}

static int stand_at_barrier(struct lab_plan *plan, size_t host, struct error *error)
{
	int notices, result;

	if (look(plan, host, error))
		return -1;
	if (!find_unready(plan, host))
		return 0;
	if (lab_visit(plan->lab, host) || (notices = netlink_socket(NETLINK_ROUTE, RTMGRP_LINK)) < 0)
		return error_set(error, NULL, 0, 0, "cannot watch the links of %s: %s",
		                 plan->lesson->hosts[host].name, strerror(errno));
	result = await(plan, host, notices, error);
	(void)close(notices); /* only read from */
	return result;
}

/* ---- the whole ---- */

static int send_all(struct lab_plan *plan, struct error *error)
{
	for (size_t host = 0; host < plan->lesson->host_count; host++) {
		struct netlink *netlink = &plan->netlinks[host];
		struct error refusal;

		if (!netlink_send(netlink, NULL, NULL, plan->lesson->file, error))
			continue;
		refusal = *error;
		/* A kind of link that the kernel does not know. */
		return netlink->refused == EOPNOTSUPP ? wall_say(WALL_NO_VETH, refusal.text, NULL, error) : -1;
	}
	return 0;
}

/* By rules, where this kernel has them; else by its bridge. */
static int make_switches(struct lab_plan *plan, struct error *error)
{
	for (size_t host = 0; host < plan->lesson->host_count; host++)
		if (plan->lesson->hosts[host].kind == HOST_SWITCH && lab_switch_connect(plan, host))
			lab_links_bridge(plan, host);
	if (lab_leave(plan->lab))
		return error_set(error, NULL, 0, 0, "cannot come back from a switch: %s", strerror(errno));
	return 0;
}

static int wire(struct lab_plan *plan, struct error *error)
{
	for (size_t host = 0; host < plan->lesson->host_count; host++)
		lab_links_create(plan, host);
	if (send_all(plan, error) || make_switches(plan, error))
		return -1;
	for (size_t host = 0; host < plan->lesson->host_count; host++)
		lab_links_set(plan, host);
	if (send_all(plan, error))
		return -1;
	if (lab_tunnel_open(plan, error))
		return -1;
	for (size_t place = 0; place < plan->all_count; place++)
		if (lab_settings_offloads(plan, &plan->ports[place], error))
			return -1;
	for (size_t host = 0; host < plan->lesson->host_count; host++)
		if (stand_at_barrier(plan, host, error))
			return -1;
	return 0;
}

/* What is loaded on a host when its links are there. */
static enum lab_result equip(struct lab_plan *plan, size_t host, struct error *error)
{
	const struct lab *lab = plan->lab;
	enum lab_result result;

	if (lab_visit(lab, host)) {
		error_set(error, NULL, 0, 0, "cannot go to %s: %s", lab->lesson->hosts[host].name, strerror(errno));
		return LAB_FAILED;
	}
	/* The student's first: what he flushes is not the lab's. */
	result = rules_load(lab, host, error);
	if (result == LAB_BUILT)
		result = firewall_load(lab, host, error);
	/* Connection tracking has its settings only once a ruleset asks for it. */
	if (result == LAB_BUILT)
		result = lab_settings_memory(lab, host, error);
	return result == LAB_BUILT ? lab_shaper_set(plan, host, error) : result;
}

static int build_network(struct lab_plan *plan, struct error *error)
{
	if (lab_links_plan(plan, error) || lab_settings_prepare(error))
		return -1;
	for (size_t host = 0; host < plan->lesson->host_count; host++)
		if (make_host(plan, host, error))
			return -1;
	for (size_t i = 0; i < plan->lesson->tunnel_count; i++)
		if (make_far_end(plan, i, error))
			return -1;
	return wire(plan, error);
}

static enum lab_result build(struct lab_plan *plan, struct error *error)
{
	enum lab_result result = !build_network(plan, error) ? LAB_BUILT : error->machine ? LAB_UNSUPPORTED : LAB_FAILED;

	for (size_t host = 0; host < plan->lesson->host_count && result == LAB_BUILT; host++)
		result = equip(plan, host, error);
	if (result == LAB_BUILT && lab_leave(plan->lab)) {
		error_set(error, NULL, 0, 0, "cannot come back from the lab: %s", strerror(errno));
		result = LAB_FAILED;
	}
	return result;
}

static void start_plan(struct lab_plan *plan, struct lab *lab)
{
	size_t host_count = lab->lesson->host_count;

	*plan = (struct lab_plan){.lesson = lab->lesson, .lab = lab, .port_count = 2 * lab->lesson->link_count};
	plan->all_count = plan->port_count + lab->lesson->tunnel_count;
	plan->ports = mem_alloc(plan->all_count * sizeof *plan->ports);
	plan->domains = mem_alloc(host_count * sizeof *plan->domains);
	plan->bridged = mem_alloc(host_count * sizeof *plan->bridged);
	plan->netlinks = mem_alloc(host_count * sizeof *plan->netlinks);
	plan->far_ends = mem_alloc(lab->lesson->tunnel_count * sizeof *plan->far_ends);
	for (size_t i = 0; i < lab->lesson->tunnel_count; i++)
		plan->far_ends[i] = -1;
	for (size_t host = 0; host < host_count; host++)
		plan->netlinks[host].socket = -1;
}

static void end_plan(struct lab_plan *plan)
{
	for (size_t host = 0; host < plan->lesson->host_count; host++)
		netlink_close(&plan->netlinks[host]);
	for (size_t i = 0; i < plan->lesson->tunnel_count; i++)
		if (plan->far_ends[i] >= 0)
			(void)close(plan->far_ends[i]); /* the tunnel's socket keeps it */
	free(plan->far_ends);
	free(plan->netlinks);
	free(plan->domains);
	free(plan->bridged);
	free(plan->ports);
}

static void prepare(struct lab *lab, const struct lab_order *order, struct lab_plan *plan)
{
	const struct lesson *lesson = order->lesson;

	*lab = (struct lab){.lesson = lesson, .which = order->which, .params = order->params, .folder = order->folder,
	                    .home = -1, .host_count = lesson->host_count};
	lab->namespaces = mem_alloc(lesson->host_count * sizeof *lab->namespaces);
	lab->diag = mem_alloc(lesson->host_count * sizeof *lab->diag);
	for (size_t host = 0; host < lesson->host_count; host++)
		lab->namespaces[host] = lab->diag[host] = -1;
	lab->tunnels = mem_alloc(lesson->tunnel_count * sizeof *lab->tunnels);
	for (size_t i = 0; i < lesson->tunnel_count; i++)
		lab->tunnels[i] = -1;
	start_plan(plan, lab);
}

enum lab_result lab_build(struct lab *lab, const struct lab_order *order, struct error *error)
{
	struct lab_plan plan;
	enum lab_result result = LAB_FAILED;

	prepare(lab, order, &plan);
	lab->home = open_namespace();
	if (lab->home < 0 && wall_met(DOOR_NAMESPACE, "open /proc/thread-self/ns/net", errno, error))
		result = error->machine ? LAB_UNSUPPORTED : LAB_FAILED;
	else
		result = build(&plan, error);
	end_plan(&plan);
	if (result != LAB_BUILT) {
		(void)lab_leave(lab); /* the caller is about to end */
		lab_close(lab);
	}
	return result;
}

/* ---- later ---- */

/* A socket in HOST's namespace for this once: a run has few such moments. */
static int open_later(struct lab_plan *plan, size_t host, struct error *error)
{
	if (plan->netlinks[host].socket >= 0)
		return 0;
	if (lab_visit(plan->lab, host) || (plan->netlinks[host].socket = netlink_socket(NETLINK_ROUTE, 0)) < 0)
		return error_set(error, NULL, 0, 0, "cannot go to %s: %s", plan->lesson->hosts[host].name, strerror(errno));
	return 0;
}

/* The same plan as that of lab_build(): it depends on the lesson alone. */
static int plan_again(struct lab_plan *plan, struct lab *lab, struct error *error)
{
	start_plan(plan, lab);
	return lab_links_plan(plan, error);
}

static int end_later(struct lab_plan *plan, int result, struct error *error)
{
	if (lab_leave(plan->lab) && !result)
		result = error_set(error, NULL, 0, 0, "cannot come back from the lab: %s", strerror(errno));
	end_plan(plan);
	return result;
}

int lab_add_address(struct lab *lab, const struct step *step, struct error *error)
{
	struct lab_plan plan;
	int result = plan_again(&plan, lab, error);

	for (size_t host = 0; host < lab->host_count && !result; host++) {
		lab_links_add_address(&plan, host, step);
		if (plan.netlinks[host].count)
			result = open_later(&plan, host, error) ||
			         netlink_send(&plan.netlinks[host], NULL, NULL, lab->lesson->file, error) ? -1 : 0;
	}
	return end_later(&plan, result, error);
}

int lab_is_sending(struct lab *lab, bool *sending, struct error *error)
{
	struct lab_plan plan;
	int result;

	*sending = false;
	if (!lab->lesson->rate_count)
		return 0;
	result = plan_again(&plan, lab, error);
	for (size_t i = 0; i < lab->lesson->rate_count && !result; i++) {
		size_t host = lab->lesson->rates[i].host;

		result = open_later(&plan, host, error) || lab_shaper_look(&plan, host, sending, error) ? -1 : 0;
	}
	return end_later(&plan, result, error);
}

int lab_visit(const struct lab *lab, size_t host)
{
	return setns(lab->namespaces[host], CLONE_NEWNET);
}

int lab_leave(const struct lab *lab)
{
	return setns(lab->home, CLONE_NEWNET);
}

static void shut(int descriptor)
{
	if (descriptor >= 0)
		(void)close(descriptor); /* nothing to write back */
}

void lab_close(struct lab *lab)
{
	for (size_t host = 0; host < lab->host_count; host++) {
		shut(lab->namespaces[host]);
		shut(lab->diag[host]);
	}
	for (size_t i = 0; lab->tunnels && i < lab->lesson->tunnel_count; i++)
		shut(lab->tunnels[i]);
	shut(lab->home);
	free(lab->tunnels);
	free(lab->namespaces);
	free(lab->diag);
	*lab = (struct lab){.home = -1};
}
