/* tunnel.c - an interface whose other end is a descriptor, without /dev/net/tun.
 *
 * /dev/net/tun is not everywhere (containers) or not for everybody (0600), so it is a veth whose
 * peer has a namespace to itself (lab.c) with a packet socket on it. Neither end asks by ARP: what the host sends
 * leaves with the interface's own address as destination, so the peer's stack ignores it
 * and the socket reads it, from the IP header on; what is written to the socket arrives with a
 * destination of zeros, and a rule at the interface's ingress says that it is for the host (firewall.c). */
#include "lab_parts.h"
#include "walls.h"

#include "../src/sentinel.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The harness's own last packet goes through the interface as well; whoever reads must not get it. What
 * stands at these offsets, behind an IP header without options, is in src/sentinel.c. */
static int hide_sentinels(int descriptor)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMP, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 28),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x77696e64 /* "wind" */, 0, 2),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 32),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x736f /* "so" */, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = {.len = sizeof code / sizeof code[0], .filter = code};
	int one = 1;

	if (setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program))
		return -1;
	return setsockopt(descriptor, SOL_SOCKET, SO_LOCK_FILTER, &one, sizeof one);
}

/* In the peer's namespace. */
static int open_end(int index)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = index};
	int descriptor = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0); /* deaf until it is bound */

	if (descriptor < 0)
		return -1;
	if (hide_sentinels(descriptor) || bind(descriptor, (struct sockaddr *)&address, sizeof address)) {
		int why = errno;
		(void)close(descriptor); /* what came before is what failed */
		errno = why;
		return -1;
	}
	return descriptor;
}

static void raise_peer(struct netlink *there, const struct tunnel *tunnel, int index)
{
	struct nlmsghdr *message = netlink_add(there, RTM_NEWLINK, 0, tunnel->line, "cannot bring up the tunnel %s",
	                                       tunnel->end.interface);
	struct ifinfomsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);

	header->ifi_family = AF_UNSPEC;
	header->ifi_index = index;
	/* The one that comes up last carries at once; the other one is waited for at the barrier. */
	header->ifi_flags = header->ifi_change = IFF_UP | IFF_NOARP;
	mnl_attr_put_u32(message, IFLA_MTU, LAB_TUNNEL_MTU);
}

static int refuse(const char *interface, int why, struct error *error)
{
	char what[64];

	snprintf(what, sizeof what, "cannot make the tunnel %s", interface);
	return why == EAFNOSUPPORT ? wall_say(WALL_NO_PACKET_SOCKET, what, NULL, error) :
	                             wall_met(DOOR_NAMESPACE, what + strlen("cannot "), why, error);
}

/* In the peer's namespace. */
static int open_there(struct lab_plan *plan, size_t which, struct netlink *there, struct error *error)
{
	const struct tunnel *tunnel = &plan->lesson->tunnels[which];
	int index = lab_tunnel_peer(plan, which);

	there->socket = netlink_socket(NETLINK_ROUTE, 0);
	if (there->socket < 0)
		return error_set(error, NULL, 0, 0, "cannot open the tunnels: %s", strerror(errno));
	raise_peer(there, tunnel, index);
	if (netlink_send(there, NULL, NULL, plan->lesson->file, error))
		return -1;
	plan->lab->tunnels[which] = open_end(index);
	return plan->lab->tunnels[which] < 0 ? refuse(tunnel->end.interface, errno, error) : 0;
}

int lab_tunnel_open(struct lab_plan *plan, struct error *error)
{
	int result = 0;

	for (size_t i = 0; !result && i < plan->lesson->tunnel_count; i++) {
		struct netlink there = {.socket = -1};

		if (setns(plan->far_ends[i], CLONE_NEWNET))
			result = error_set(error, NULL, 0, 0, "cannot go to a tunnel: %s", strerror(errno));
		else
			result = open_there(plan, i, &there, error);
		netlink_close(&there);
	}
	if (lab_leave(plan->lab) && !result)
		result = error_set(error, NULL, 0, 0, "cannot come back from a tunnel: %s", strerror(errno));
	return result;
}

size_t lab_descriptors(const struct lab *lab, size_t host, int descriptors[LAB_DESCRIPTORS_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < lab->lesson->tunnel_count && count < LAB_DESCRIPTORS_MAX; i++)
		if (lab->lesson->tunnels[i].end.host == host)
			descriptors[count++] = lab->tunnels[i];
	return count;
}
