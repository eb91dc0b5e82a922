/* lab_links.c - links, addresses, neighbours and routes, as netlink messages.
 *
 * Interface numbers and MACs are chosen here beforehand. A veth is made in place,
 * its peer straight in the other namespace: a link that is moved afterwards costs
 * an RCU grace period (20 to 30 ms). */
#include "lab_parts.h"

#include "../src/text.h"

#include <arpa/inet.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define LOOPBACK_INDEX 1 /* in every namespace */
#define BRIDGE_INDEX 2   /* in a switch's */
/* Of the first port. No two ports of a lab share an index: where both ends of a veth have the same,
 * kernels take it for a hardware link and let its carrier event wait for up to a second. */
#define PORT_INDEX 3
#define BRIDGE_NAME "bridge"

/* linux/if.h has it, and cannot be included beside net/if.h. RFC 2863. */
#define OPERSTATE_UP 6

static const char *dotted(uint32_t address, char out[INET_ADDRSTRLEN])
{
	snprintf(out, INET_ADDRSTRLEN, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
	         address & 255);
	return out;
}

static const char *host_name(const struct lab_plan *plan, const struct lab_port *port)
{
	return plan->lesson->hosts[port->end->host].name;
}

static bool is_switch(const struct lab_plan *plan, size_t host)
{
	return plan->lesson->hosts[host].kind == HOST_SWITCH;
}

static struct lab_port *other_end(const struct lab_plan *plan, size_t port)
{
	return &plan->ports[port ^ 1];
}

static int line_of(const struct lab_plan *plan, size_t port)
{
	if (port >= plan->port_count)
		return plan->lesson->tunnels[port - plan->port_count].line;
	return plan->lesson->links[port / 2].line;
}

/* ---- the plan ---- */

/* Locally administered and the same each time: from the address, or for a port without one from its place. */
static void choose_mac(struct lab_port *port, size_t place)
{
	uint32_t tail = port->end->address ? port->end->address : (uint32_t)place;

	port->mac[0] = 0x02;
	port->mac[1] = port->end->address ? 0x00 : 0x01;
	for (int i = 0; i < 4; i++)
		port->mac[2 + i] = (uint8_t)(tail >> (24 - 8 * i));
}

static int check_name(const struct lab_plan *plan, size_t place, struct error *error)
{
	const struct lab_port *port = &plan->ports[place];

	if (port->name[0] && strcmp(port->name, ".") && strcmp(port->name, "..") && strcmp(port->name, "lo") &&
	    !port->name[strspn(port->name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")])
		return 0;
	return error_set(error, plan->lesson->file, line_of(plan, place), 0,
	                 "\"%s\" of %s cannot be an interface's name; take up to 15 letters, digits and . _ -, "
	                 "such as eth0", port->name, host_name(plan, port));
}

static int check_address(const struct lab_plan *plan, size_t place, struct error *error)
{
	const struct lab_port *port = &plan->ports[place];
	uint32_t first = port->end->address >> 24;
	char address[INET_ADDRSTRLEN];

	if (!port->end->address)
		return 0;
	dotted(port->end->address, address);
	if (port->end->prefix < 1 || port->end->prefix > 32)
		return error_set(error, plan->lesson->file, line_of(plan, place), 0,
		                 "%s/%d of %s.%s: a prefix is 1 to 32 bits long", address, port->end->prefix,
		                 host_name(plan, port), port->name);
	if (first == 0 || first == 127 || first >= 224)
		return error_set(error, plan->lesson->file, line_of(plan, place), 0,
		                 "%s of %s.%s is not an address that an interface can have; take one of "
		                 "10.0.0.0/8, 192.168.0.0/16 or 203.0.113.0/24", address,
		                 host_name(plan, port), port->name);
	return 0;
}

static int plan_port(struct lab_plan *plan, size_t place, int *switch_ports, struct error *error)
{
	struct lab_port *port = &plan->ports[place];

	port->end = place < plan->port_count ? &plan->lesson->links[place / 2].end[place % 2]
	                                     : &plan->lesson->tunnels[place - plan->port_count].end;
	port->index = PORT_INDEX + (int)place;
	if (is_switch(plan, port->end->host) && !port->end->interface[0])
		snprintf(port->name, sizeof port->name, "port%d", ++switch_ports[port->end->host]);
	else
		snprintf(port->name, sizeof port->name, "%s", port->end->interface);
	choose_mac(port, place);
	if (check_name(plan, place, error))
		return -1;
	return check_address(plan, place, error);
}

static size_t domain_of(const struct lab_plan *plan, size_t host)
{
	while (plan->domains[host] != host)
		host = plan->domains[host];
	return host;
}

/* Two switches on one wire are one broadcast domain. Twice so is a ring, where a frame runs for ever. */
static int join(struct lab_plan *plan, size_t link, struct error *error)
{
	const struct link *of = &plan->lesson->links[link];
	size_t a = domain_of(plan, of->end[0].host), b = domain_of(plan, of->end[1].host);

	if (!is_switch(plan, of->end[0].host) || !is_switch(plan, of->end[1].host))
		return 0;
	if (a == b)
		return error_set(error, plan->lesson->file, of->line, 0,
		                 "the link %s -- %s closes a ring of switches; take one link of the ring away",
		                 plan->lesson->hosts[of->end[0].host].name,
		                 plan->lesson->hosts[of->end[1].host].name);
	plan->domains[a] = b;
	return 0;
}

int lab_links_plan(struct lab_plan *plan, struct error *error)
{
	int switch_ports[LESSON_HOSTS_MAX] = {0};

	if (plan->lesson->host_count > LESSON_HOSTS_MAX)
		return error_set(error, plan->lesson->file, 0, 0, "%zu hosts; a lab takes %d at most",
		                 plan->lesson->host_count, LESSON_HOSTS_MAX);
	for (size_t host = 0; host < plan->lesson->host_count; host++)
		plan->domains[host] = host;
	for (size_t place = 0; place < plan->all_count; place++)
		if (plan_port(plan, place, switch_ports, error))
			return -1;
	for (size_t link = 0; link < plan->lesson->link_count; link++)
		if (join(plan, link, error))
			return -1;
	return 0;
}

int lab_tunnel_peer(const struct lab_plan *plan, size_t which)
{
	return PORT_INDEX + (int)(plan->all_count + which);
}

/* ---- messages ---- */

static struct ifinfomsg *put_interface(struct nlmsghdr *message, int index, unsigned flags, unsigned change)
{
	struct ifinfomsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);

	header->ifi_family = AF_UNSPEC;
	header->ifi_index = index;
	header->ifi_flags = flags;
	header->ifi_change = change;
	return header;
}

static void put_identity(struct nlmsghdr *message, const struct lab_port *port)
{
	mnl_attr_put_strz(message, IFLA_IFNAME, port->name);
	mnl_attr_put(message, IFLA_ADDRESS, sizeof port->mac, port->mac);
	/* One queue: newer kernels would make one a processor, for nobody. */
	mnl_attr_put_u32(message, IFLA_NUM_TX_QUEUES, 1);
	mnl_attr_put_u32(message, IFLA_NUM_RX_QUEUES, 1);
}

static void put_peer(struct nlmsghdr *message, const struct lab_port *peer, int namespace)
{
	struct nlattr *nest = mnl_attr_nest_start(message, VETH_INFO_PEER);
	struct ifinfomsg *header = mnl_nlmsg_get_payload_tail(message);

	/* No IFF_UP here: the peer would be opened before the pair is tied (ENOTCONN). */
	*header = (struct ifinfomsg){.ifi_family = AF_UNSPEC, .ifi_index = peer->index};
	message->nlmsg_len += NETLINK_ALIGN((uint32_t)sizeof *header);
	put_identity(message, peer);
	mnl_attr_put_u32(message, IFLA_NET_NS_FD, (uint32_t)namespace);
	mnl_attr_nest_end(message, nest);
}

static void create_veth(struct lab_plan *plan, size_t place)
{
	const struct lab_port *port = &plan->ports[place], *peer = other_end(plan, place);
	struct nlmsghdr *message = netlink_add(&plan->netlinks[port->end->host], RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
	                                       line_of(plan, place), "cannot make the link %s.%s -- %s.%s",
	                                       host_name(plan, port), port->name, host_name(plan, peer),
	                                       peer->name);
	struct nlattr *info, *data;

	put_interface(message, port->index, 0, 0);
	put_identity(message, port);
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	put_peer(message, peer, plan->lab->namespaces[peer->end->host]);
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, info);
}

/* tunnel.c brings up the other end. */
static void create_tunnel(struct lab_plan *plan, size_t which)
{
	size_t place = plan->port_count + which;
	const struct lab_port *port = &plan->ports[place];
	struct nlmsghdr *message = netlink_add(&plan->netlinks[port->end->host], RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
	                                       line_of(plan, place), "cannot make the tunnel %s.%s",
	                                       host_name(plan, port), port->name);
	struct lab_port peer = {.index = lab_tunnel_peer(plan, which), .mac = {0x02, 0x03, 0, 0, 0, (uint8_t)which}};
	struct nlattr *info, *data;

	snprintf(peer.name, sizeof peer.name, "tunnel%u", (unsigned)which % 1000);
	put_interface(message, port->index, IFF_UP | IFF_NOARP, IFF_UP | IFF_NOARP);
	put_identity(message, port);
	mnl_attr_put_u32(message, IFLA_MTU, LAB_TUNNEL_MTU);
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	put_peer(message, &peer, plan->far_ends[which]);
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, info);
}

static void create_bridge(struct lab_plan *plan, size_t host)
{
	const struct host *of = &plan->lesson->hosts[host];
	struct nlmsghdr *message = netlink_add(&plan->netlinks[host], RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
	                                       of->line, "cannot make the switch %s (a bridge)", of->name);
	const uint8_t mac[6] = {0x02, 0x02, 0, 0, 0, (uint8_t)host};
	struct nlattr *info, *data;

	put_interface(message, BRIDGE_INDEX, IFF_UP, IFF_UP);
	mnl_attr_put_strz(message, IFLA_IFNAME, BRIDGE_NAME);
	mnl_attr_put(message, IFLA_ADDRESS, sizeof mac, mac);
	info = mnl_attr_nest_start(message, IFLA_LINKINFO);
	mnl_attr_put_strz(message, IFLA_INFO_KIND, "bridge");
	data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
	mnl_attr_put_u32(message, IFLA_BR_STP_STATE, 0);
	mnl_attr_put_u8(message, IFLA_BR_MCAST_SNOOPING, 0); /* no queries, no reports */
	mnl_attr_nest_end(message, data);
	mnl_attr_nest_end(message, info);
}

static void join_bridge(struct lab_plan *plan, size_t place)
{
	const struct lab_port *port = &plan->ports[place];
	struct nlmsghdr *message = netlink_add(&plan->netlinks[port->end->host], RTM_NEWLINK, 0, line_of(plan, place),
	                                       "cannot plug %s into the switch %s", port->name, host_name(plan, port));

	put_interface(message, port->index, 0, 0);
	mnl_attr_put_u32(message, IFLA_MASTER, BRIDGE_INDEX);
}

void lab_links_bridge(struct lab_plan *plan, size_t host)
{
	plan->bridged[host] = true;
	create_bridge(plan, host);
	for (size_t place = 0; place < plan->port_count; place++)
		if (plan->ports[place].end->host == host)
			join_bridge(plan, place);
}

void lab_links_create(struct lab_plan *plan, size_t host)
{
	for (size_t place = 0; place < plan->port_count; place += 2)
		if (plan->ports[place].end->host == host)
			create_veth(plan, place);
	for (size_t i = 0; i < plan->lesson->tunnel_count; i++)
		if (plan->lesson->tunnels[i].end.host == host)
			create_tunnel(plan, i);
}

static void raise_loopback(struct lab_plan *plan, size_t host)
{
	struct nlmsghdr *message = netlink_add(&plan->netlinks[host], RTM_NEWLINK, 0, 0,
	                                       "cannot bring up the loopback of %s", plan->lesson->hosts[host].name);

	put_interface(message, LOOPBACK_INDEX, IFF_UP, IFF_UP);
}

/* An IPv4 lab has no ::1. It cannot be forbidden beforehand at a fair price: /proc/sys/net/ipv6/conf/all/disable_ipv6
 * does not wait for the lock of all links but tries again and again while another lab has it (restart_syscall() in
 * net/ipv6/addrconf.c). What is asked here waits. A kernel without IPv6 has none to take away. */
static void take_ipv6_loopback(struct lab_plan *plan, size_t host)
{
	struct nlmsghdr *message = netlink_add(&plan->netlinks[host], RTM_DELADDR, 0, 0,
	                                       "cannot take ::1 from %s", plan->lesson->hosts[host].name);
	struct ifaddrmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);

	header->ifa_family = AF_INET6;
	header->ifa_prefixlen = 128;
	header->ifa_index = LOOPBACK_INDEX;
	mnl_attr_put(message, IFA_LOCAL, sizeof in6addr_loopback, &in6addr_loopback);
	netlink_excuse(&plan->netlinks[host]);
}

static void add_look(struct lab_plan *plan, size_t place)
{
	const struct lab_port *port = &plan->ports[place];
	struct nlmsghdr *message = netlink_add(&plan->netlinks[port->end->host], RTM_GETLINK, 0, line_of(plan, place),
	                                       "cannot look at %s.%s", host_name(plan, port), port->name);

	put_interface(message, port->index, 0, 0);
	mnl_attr_put_u32(message, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
}

/* A link begins with the news that it has no carrier. Up, but without the other end, it would be put to rest for that
 * (dev_deactivate() in net/sched/sch_generic.c), and all of the machine's networks wait for RCU meanwhile. While it is down
 * the news is nothing, and since about 6.8 a look brings it; so the look comes first. */
static void raise_port(struct lab_plan *plan, size_t place)
{
	const struct lab_port *port = &plan->ports[place];

	add_look(plan, place);
	put_interface(netlink_add(&plan->netlinks[port->end->host], RTM_NEWLINK, 0, line_of(plan, place),
	                          "cannot bring up %s.%s", host_name(plan, port), port->name),
	              port->index, IFF_UP, IFF_UP);
}

static void set_address(struct lab_plan *plan, size_t place, uint32_t address, int prefix, int line)
{
	const struct lab_port *port = &plan->ports[place];
	char text[INET_ADDRSTRLEN];
	struct nlmsghdr *message = netlink_add(&plan->netlinks[port->end->host], RTM_NEWADDR,
	                                       NLM_F_CREATE | NLM_F_EXCL, line, "cannot give %s/%d to %s.%s",
	                                       dotted(address, text), prefix, host_name(plan, port), port->name);
	struct ifaddrmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);

	header->ifa_family = AF_INET;
	header->ifa_prefixlen = (uint8_t)prefix;
	header->ifa_index = (uint32_t)port->index;
	mnl_attr_put_u32(message, IFA_LOCAL, htonl(address));
	mnl_attr_put_u32(message, IFA_ADDRESS, htonl(address));
}

static bool is_same_wire(const struct lab_plan *plan, size_t one, size_t two)
{
	const struct lab_port *ends[2] = {&plan->ports[one], &plan->ports[two]};
	size_t domains[2];

	if (one / 2 == two / 2)
		return true;
	for (int i = 0; i < 2; i++) {
		size_t place = i ? two : one;
		size_t host = is_switch(plan, ends[i]->end->host) ? ends[i]->end->host
		                                                  : other_end(plan, place)->end->host;

		if (!is_switch(plan, host))
			return false;
		domains[i] = domain_of(plan, host);
	}
	return domains[0] == domains[1];
}

/* Nobody asks by ARP who has an address: no noise, and no first packet that waits or is lost. */
static void set_neighbour(struct lab_plan *plan, size_t place, const struct lab_port *other, uint32_t address)
{
	const struct lab_port *port = &plan->ports[place];
	char text[INET_ADDRSTRLEN];
	struct nlmsghdr *message = netlink_add(&plan->netlinks[port->end->host], RTM_NEWNEIGH,
	                                       NLM_F_CREATE | NLM_F_REPLACE, line_of(plan, place),
	                                       "cannot tell %s.%s who has %s", host_name(plan, port),
	                                       port->name, dotted(address, text));
	struct ndmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);

	header->ndm_family = AF_INET;
	header->ndm_ifindex = port->index;
	header->ndm_state = NUD_PERMANENT;
	mnl_attr_put_u32(message, NDA_DST, htonl(address));
	mnl_attr_put(message, NDA_LLADDR, sizeof other->mac, other->mac);
}

/* A switch that has learnt nothing yet floods the first frame to every port, and a capture at a
 * bystander's would see it: tell it beforehand who is where. */
static void set_forwarding(struct lab_plan *plan, size_t place)
{
	const struct lab_port *port = &plan->ports[place], *peer = other_end(plan, place);
	struct nlmsghdr *message = netlink_add(&plan->netlinks[port->end->host], RTM_NEWNEIGH,
	                                       NLM_F_CREATE | NLM_F_REPLACE, line_of(plan, place),
	                                       "cannot tell switch %s where %s.%s is", host_name(plan, port),
	                                       host_name(plan, peer), peer->name);
	struct ndmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);

	header->ndm_family = AF_BRIDGE;
	header->ndm_ifindex = port->index;
	header->ndm_state = NUD_NOARP;
	header->ndm_flags = NTF_MASTER;
	mnl_attr_put(message, NDA_LLADDR, sizeof peer->mac, peer->mac);
}

static void set_port(struct lab_plan *plan, size_t place)
{
	const struct lab_port *port = &plan->ports[place];

	raise_port(plan, place);
	if (plan->bridged[port->end->host] && !is_switch(plan, other_end(plan, place)->end->host))
		set_forwarding(plan, place);
	if (!port->end->address)
		return;
	set_address(plan, place, port->end->address, port->end->prefix, line_of(plan, place));
	for (size_t other = 0; other < plan->port_count; other++)
		if (other != place && plan->ports[other].end->address && is_same_wire(plan, place, other))
			set_neighbour(plan, place, &plan->ports[other], plan->ports[other].end->address);
}

static bool is_of_step(const struct lab_port *port, const struct step *step)
{
	return port->end->host == step->host && !strcmp(port->name, step->interface);
}

void lab_links_add_address(struct lab_plan *plan, size_t host, const struct step *step)
{
	size_t owner = 0;

	while (owner < plan->port_count && !is_of_step(&plan->ports[owner], step))
		owner++;
	for (size_t place = 0; place < plan->port_count && owner < plan->port_count; place++)
		if (plan->ports[place].end->host == host && place == owner)
			set_address(plan, place, step->address, 32, step->line);
		else if (plan->ports[place].end->host == host && plan->ports[place].end->address &&
		         is_same_wire(plan, place, owner))
			set_neighbour(plan, place, &plan->ports[owner], step->address);
}

static int tunnel_index(const struct lab_plan *plan, const struct route *route)
{
	for (size_t place = plan->port_count; place < plan->all_count; place++)
		if (plan->ports[place].end->host == route->host && !strcmp(plan->ports[place].name, route->interface))
			return plan->ports[place].index;
	return 0; /* which the kernel refuses */
}

static void set_route(struct lab_plan *plan, const struct route *route)
{
	char destination[INET_ADDRSTRLEN], via[INET_ADDRSTRLEN];
	struct nlmsghdr *message = netlink_add(&plan->netlinks[route->host], RTM_NEWROUTE,
	                                       NLM_F_CREATE | NLM_F_EXCL, route->line,
	                                       "cannot route %s to %s/%d via %s",
	                                       plan->lesson->hosts[route->host].name,
	                                       dotted(route->destination, destination), route->prefix,
	                                       route->via ? dotted(route->via, via) : route->interface);
	struct rtmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);

	header->rtm_family = AF_INET;
	header->rtm_dst_len = (uint8_t)route->prefix;
	header->rtm_table = RT_TABLE_MAIN;
	header->rtm_protocol = RTPROT_STATIC;
	header->rtm_scope = route->via ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	header->rtm_type = RTN_UNICAST;
	if (route->prefix)
		mnl_attr_put_u32(message, RTA_DST, htonl(route->destination));
	if (route->via)
		mnl_attr_put_u32(message, RTA_GATEWAY, htonl(route->via));
	else
		mnl_attr_put_u32(message, RTA_OIF, (uint32_t)tunnel_index(plan, route));
}

void lab_links_set(struct lab_plan *plan, size_t host)
{
	if (!is_switch(plan, host)) {
		raise_loopback(plan, host);
		take_ipv6_loopback(plan, host);
	}
	for (size_t place = 0; place < plan->port_count; place++)
		if (plan->ports[place].end->host == host)
			set_port(plan, place);
	for (size_t place = plan->port_count; place < plan->all_count; place++)
		if (plan->ports[place].end->host == host)
			set_address(plan, place, plan->ports[place].end->address, plan->ports[place].end->prefix,
			            line_of(plan, place));
	for (size_t i = 0; i < plan->lesson->route_count; i++)
		if (plan->lesson->routes[i].host == host)
			set_route(plan, &plan->lesson->routes[i]);
}

/* ---- are they ready? ---- */

void lab_links_look(struct lab_plan *plan, size_t host)
{
	for (size_t place = 0; place < plan->all_count; place++)
		if (plan->ports[place].end->host == host && !plan->ports[place].ready)
			add_look(plan, place);
}

/* A port of a bridge is up before the bridge forwards from it. */
static bool is_forwarding(const struct nlattr *info)
{
	const struct nlattr *state = netlink_nested(netlink_nested(info, IFLA_INFO_SLAVE_DATA),
	                                           IFLA_BRPORT_STATE);

	return state && mnl_attr_get_u8(state) == BR_STATE_FORWARDING;
}

void lab_links_answer(const struct nlmsghdr *message, size_t index, void *context)
{
	struct lab_plan *plan = context;
	const struct ifinfomsg *header = mnl_nlmsg_get_payload(message);
	const struct nlattr *state, *info;
	bool up;

	(void)index; /* the interface's number and the lab's host say more */
	if (message->nlmsg_type != RTM_NEWLINK)
		return;
	state = netlink_find(message, sizeof *header, IFLA_OPERSTATE);
	info = netlink_find(message, sizeof *header, IFLA_LINKINFO);
	up = state && mnl_attr_get_u8(state) == OPERSTATE_UP;
	for (size_t place = 0; place < plan->all_count; place++) {
		struct lab_port *port = &plan->ports[place];

		if (port->end->host == plan->looking && port->index == header->ifi_index)
			port->ready = up && (!plan->bridged[port->end->host] || is_forwarding(info));
	}
}
