/* sockets.c - see sockets.h.
 *
 * NETLINK_SOCK_DIAG, see sock_diag(7): IPv4 and IPv6, because a server on an IPv6
 * socket serves IPv4 too. Packets are never sent. */
#include "sockets.h"

#include "../src/text.h"
#include "netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* The kernel's states, include/net/tcp_states.h; the header for programs ends at TCP_CLOSING. */
enum {
	KERNEL_ESTABLISHED = 1, KERNEL_SYN_SENT, KERNEL_SYN_RECV, KERNEL_FIN_WAIT1, KERNEL_FIN_WAIT2,
	KERNEL_TIME_WAIT, KERNEL_CLOSE, KERNEL_CLOSE_WAIT, KERNEL_LAST_ACK, KERNEL_LISTEN, KERNEL_CLOSING,
	KERNEL_NEW_SYN_RECV,  /* how the mask names what is reported as SYN_RECV */
	KERNEL_BOUND_INACTIVE /* since 6.8; before, the bit asks for nothing */
};

#define STATE(number) (1u << (number))
#define STATES_ALL 0x3ffeu /* 1 to 13 */
/* Those that may wait for a retransmission. */
#define STATES_ALIVE (STATES_ALL & ~(STATE(KERNEL_LISTEN) | STATE(KERNEL_BOUND_INACTIVE) | \
                                     STATE(KERNEL_TIME_WAIT) | STATE(KERNEL_CLOSE)))

#define TIMER_RETRANSMIT 1 /* idiag_timer, see sock_diag(7) */
#define TIMER_PROBE 4

struct query {
	enum transport transport;
	uint32_t states;
	uint16_t port; /* local, host byte order; 0 = any */
};

/* Gets each socket. */
typedef void take(const struct inet_diag_msg *socket, bool ipv6_only, void *context);

#define SEQUENCE_TCP 1 /* of the dump of both families; other dumps have their family's number */

/* The older question, which has no family and so is answered with both in one walk over the kernel's tables. There is
 * none for UDP (inet_diag_dump_compat() in net/ipv4/inet_diag.c). */
static int ask_tcp(int diag, const struct query *query)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req request;
	} message = {
		.header = {.nlmsg_len = sizeof message, .nlmsg_type = TCPDIAG_GETSOCK,
		           .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = SEQUENCE_TCP},
		.request = {.idiag_states = query->states, .id = {.idiag_sport = htons(query->port)}},
	};

	return send(diag, &message, sizeof message, 0) == (ssize_t)sizeof message ? 0 : -1;
}

static int ask_udp(int diag, const struct query *query, int family)
{
	struct {
		struct nlmsghdr header;
		struct inet_diag_req_v2 request;
	} message = {
		.header = {.nlmsg_len = sizeof message, .nlmsg_type = SOCK_DIAG_BY_FAMILY,
		           .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP, .nlmsg_seq = (uint32_t)family},
		.request = {.sdiag_family = (uint8_t)family,
		            .sdiag_protocol = IPPROTO_UDP,
		            .idiag_states = query->states,
		            .id = {.idiag_sport = htons(query->port)}},
	};

	return send(diag, &message, sizeof message, 0) == (ssize_t)sizeof message ? 0 : -1;
}

/* Of an IPv6 socket: does it refuse IPv4? The kernel tells where it matters, LISTEN and CLOSE. */
static bool is_ipv6_only(const struct nlmsghdr *message)
{
	const struct nlattr *only = netlink_find(message, sizeof(struct inet_diag_msg), INET_DIAG_SKV6ONLY);

	return only && mnl_attr_get_u8(only);
}

/* 1: the dump goes on, 0: it is over, -1 with errno. */
static int digest(const struct nlmsghdr *message, uint32_t sequence, take *taker, void *context)
{
	if (message->nlmsg_seq != sequence)
		return 1; /* of a dump that was given up */
	if (message->nlmsg_type == NLMSG_DONE)
		return 0;
	if (message->nlmsg_type == NLMSG_ERROR) {
		errno = -((const struct nlmsgerr *)mnl_nlmsg_get_payload(message))->error;
		return -1;
	}
	if (mnl_nlmsg_get_payload_len(message) >= sizeof(struct inet_diag_msg))
		taker(mnl_nlmsg_get_payload(message), is_ipv6_only(message), context);
	return 1;
}

static int collect(int diag, uint32_t sequence, take *taker, void *context)
{
	_Alignas(struct nlmsghdr) char buffer[32768];
	int more = 1;

	while (more > 0) {
		ssize_t length = recv(diag, buffer, sizeof buffer, 0);
		int left = (int)length;

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return -1;
		for (const struct nlmsghdr *message = (const void *)buffer; more > 0 && mnl_nlmsg_ok(message, left);
		     message = mnl_nlmsg_next(message, &left))
			more = digest(message, sequence, taker, context);
	}
	return more;
}

static int dump_udp(int diag, const struct query *query, take *taker, void *context)
{
	static const int families[] = {AF_INET, AF_INET6};

	for (size_t i = 0; i < sizeof families / sizeof families[0]; i++) {
		if (!ask_udp(diag, query, families[i]) && !collect(diag, (uint32_t)families[i], taker, context))
			continue;
		if (families[i] == AF_INET6 && errno == ENOENT)
			continue; /* a kernel without IPv6 has no such sockets */
		return -1;
	}
	return 0;
}

static int dump_tcp(int diag, const struct query *query, take *taker, void *context)
{
	return ask_tcp(diag, query) || collect(diag, SEQUENCE_TCP, taker, context) ? -1 : 0;
}

static int dump(int diag, const struct query *query, take *taker, void *context, struct error *error)
{
	bool tcp = query->transport == TRANSPORT_TCP;

	if (!(tcp ? dump_tcp : dump_udp)(diag, query, taker, context))
		return 0;
	return error_set(error, NULL, 0, 0, "cannot read the table of %s sockets: %s%s", tcp ? "TCP" : "UDP",
	                 strerror(errno), errno == ENOENT ? "; this kernel lacks sock_diag (modules inet_diag, tcp_diag, "
	                 "udp_diag)" : "");
}

/* ---- the whole table ---- */

static const enum sock_state tcp_states[] = {
	[KERNEL_ESTABLISHED] = SOCK_CONNECTED, [KERNEL_SYN_SENT] = SOCK_OPENING,
	[KERNEL_SYN_RECV] = SOCK_OPENING,      [KERNEL_FIN_WAIT1] = SOCK_CLOSING,
	[KERNEL_FIN_WAIT2] = SOCK_CLOSING,     [KERNEL_TIME_WAIT] = SOCK_TIME_WAIT,
	[KERNEL_CLOSE] = SOCK_BOUND,           [KERNEL_CLOSE_WAIT] = SOCK_CLOSE_WAIT,
	[KERNEL_LAST_ACK] = SOCK_CLOSING,      [KERNEL_LISTEN] = SOCK_LISTEN,
	[KERNEL_CLOSING] = SOCK_CLOSING,       [KERNEL_NEW_SYN_RECV] = SOCK_OPENING,
	[KERNEL_BOUND_INACTIVE] = SOCK_BOUND,
};

/* IPv4 in the form of ::ffff:10.0.0.1 is IPv4. An unspecified address of an IPv6
 * socket stays one of IPv6: that is how the table tells `::` from 0.0.0.0. */
static struct address address_of(const struct inet_diag_msg *socket, const __be32 words[4])
{
	struct address address = {.family = socket->idiag_family == AF_INET ? 4 : 6};
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	memcpy(address.bytes, words, address.family == 4 ? 4 : 16);
	if (address.family == 6 && !memcmp(address.bytes, mapped, sizeof mapped)) {
		address = (struct address){.family = 4};
		memcpy(address.bytes, words + 3, 4);
	}
	return address;
}

/* A SYN or a FIN has a number of its own in the stream, and the kernel counts it
 * among the bytes while it is unacknowledged or unread. */
static uint32_t bytes_queued(uint32_t counted, unsigned state, uint32_t states)
{
	return counted && (states & STATE(state)) ? counted - 1 : counted;
}

static void fill_tcp(struct sock_entry *entry, const struct inet_diag_msg *socket)
{
	unsigned state = socket->idiag_state;

	entry->state = tcp_states[state];
	entry->receive_queue = bytes_queued(socket->idiag_rqueue, state, STATE(KERNEL_CLOSE_WAIT) |
	                                    STATE(KERNEL_LAST_ACK) | STATE(KERNEL_CLOSING));
	entry->send_queue = bytes_queued(socket->idiag_wqueue, state, STATE(KERNEL_SYN_SENT) |
	                                 STATE(KERNEL_FIN_WAIT1) | STATE(KERNEL_LAST_ACK) | STATE(KERNEL_CLOSING));
	entry->timer = socket->idiag_timer == TIMER_RETRANSMIT || socket->idiag_timer == TIMER_PROBE;
	/* Without an inode is also what waits for accept(); that has not been closed, an orphan has. */
	entry->orphan = !socket->idiag_inode && (entry->state == SOCK_CLOSING || entry->state == SOCK_TIME_WAIT);
}

static void fill_udp(struct sock_entry *entry, const struct inet_diag_msg *socket)
{
	entry->state = socket->idiag_state == KERNEL_ESTABLISHED ? SOCK_CONNECTED : SOCK_BOUND;
	entry->receive_queue = socket->idiag_rqueue;
	entry->send_queue = socket->idiag_wqueue;
}

struct gathering {
	enum transport transport;
	struct sock_entry *entries;
	size_t count, capacity;
};

static void gather(const struct inet_diag_msg *socket, bool ipv6_only, void *context)
{
	struct gathering *gathering = context;
	struct sock_entry entry = {
		.transport = gathering->transport,
		.local = address_of(socket, socket->id.idiag_src),
		.remote = address_of(socket, socket->id.idiag_dst),
		.local_port = ntohs(socket->id.idiag_sport),
		.remote_port = ntohs(socket->id.idiag_dport),
	};

	(void)ipv6_only; /* the table says which address, not who may come */
	if (socket->idiag_state >= sizeof tcp_states / sizeof tcp_states[0])
		return; /* a state that this program is older than */
	if (gathering->transport == TRANSPORT_TCP)
		fill_tcp(&entry, socket);
	else
		fill_udp(&entry, socket);
	mem_room(gathering->entries, gathering->count, gathering->capacity);
	gathering->entries[gathering->count++] = entry;
}

#define ORDER(one, two) if ((one) != (two)) return (one) < (two) ? -1 : 1

/* The kernel's order is that of its hash; ours is the same each time. */
static int compare(const void *first, const void *second)
{
	const struct sock_entry *a = first, *b = second;
	int difference;

	ORDER(a->transport, b->transport);
	ORDER(a->local_port, b->local_port);
	ORDER(a->state, b->state);
	ORDER(a->remote_port, b->remote_port);
	difference = memcmp(&a->local, &b->local, sizeof a->local);
	return difference ? difference : memcmp(&a->remote, &b->remote, sizeof a->remote);
}

int sockets_read(int diag, bool bound, struct sock_entry **table, size_t *count, struct error *error)
{
	struct gathering gathering = {0};

	*table = NULL;
	*count = 0;
	for (int transport = TRANSPORT_TCP; transport <= TRANSPORT_UDP; transport++) {
		struct query query = {.transport = (enum transport)transport, .states = STATES_ALL};

		if (!bound)
			query.states &= ~STATE(KERNEL_BOUND_INACTIVE);
		gathering.transport = query.transport;
		if (dump(diag, &query, gather, &gathering, error)) {
			free(gathering.entries);
			return -1;
		}
	}
	if (gathering.count)
		qsort(gathering.entries, gathering.count, sizeof *gathering.entries, compare);
	*table = gathering.entries;
	*count = gathering.count;
	return 0;
}

/* ---- two questions ---- */

static void note_owner(const struct inet_diag_msg *socket, bool ipv6_only, void *context)
{
	if (!ipv6_only || socket->idiag_family == AF_INET)
		*(int *)context = 1;
}

int sockets_ready(int diag, enum transport transport, uint16_t port, struct error *error)
{
	uint32_t bound = transport == TRANSPORT_TCP ? STATE(KERNEL_LISTEN)
	                                            : STATE(KERNEL_CLOSE) | STATE(KERNEL_ESTABLISHED);
	struct query query = {.transport = transport, .states = bound, .port = port};
	int owned = 0;

	return dump(diag, &query, note_owner, &owned, error) ? -1 : owned;
}

static void note_timer(const struct inet_diag_msg *socket, bool ipv6_only, void *context)
{
	(void)ipv6_only; /* a timer is a timer */
	if (socket->idiag_timer == TIMER_RETRANSMIT || socket->idiag_timer == TIMER_PROBE)
		*(int *)context = 1;
}

int sockets_pending(int diag, struct error *error)
{
	struct query query = {.transport = TRANSPORT_TCP, .states = STATES_ALIVE};
	int pending = 0;

	return dump(diag, &query, note_timer, &pending, error) ? -1 : pending;
}
