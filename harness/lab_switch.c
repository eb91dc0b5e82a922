/* lab_switch.c - a switch of packet rules: what comes in at one port goes out at the port of whom it is for.
 *
 * Why rules and not the kernel's bridge: that is taken down with the lock of all links held, and waits meanwhile until all
 * processors have done what they had put off (rcu_barrier() in br_multicast_dev_del(), net/bridge/br_multicast.c): one
 * bridge at a time on the whole machine, 10 to 30 ms each, while nobody else can make a network. Rules wait for nothing.
 *
 * They are nftables' of the family netdev, hook ingress: a chain a port. `fwd` and `dup` (since 4.5) put a frame as it is
 * in front of another interface. The lab knows beforehand who is where, so nothing is to be learnt: what is for
 * somebody's MAC goes there; the rest (broadcasts) goes to every other port, as at a bridge. No frame comes
 * as far as the switch's own IP. They are written as netlink messages, because libnftables takes a hundred times as long. */
#include "lab_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

/* More rules than ports: their number grows with the square. And a message holds a rule with so many ways out. */
#define RULES_PORTS_MAX 16
#define TABLE "switch"

/* Numbers of nftables are in network byte order. */
static void put_number(struct nlmsghdr *message, int type, uint32_t number)
{
	mnl_attr_put_u32(message, (uint16_t)type, htonl(number));
}

static void put_value(struct nlmsghdr *message, int type, const void *value, size_t size)
{
	struct nlattr *nest = mnl_attr_nest_start(message, (uint16_t)type);

	mnl_attr_put(message, NFTA_DATA_VALUE, size, value);
	mnl_attr_nest_end(message, nest);
}

static struct nlmsghdr *add(struct netlink *netlink, const struct host *of, int type, int flags)
{
	struct nlmsghdr *message = netlink_add(netlink, NFNL_SUBSYS_NFTABLES << 8 | type, flags, of->line,
	                                       "cannot make the switch %s of rules", of->name);
	struct nfgenmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);

	header->nfgen_family = NFPROTO_NETDEV;
	header->version = NFNETLINK_V0;
	return message;
}

static void add_table(struct netlink *netlink, const struct host *of)
{
	mnl_attr_put_strz(add(netlink, of, NFT_MSG_NEWTABLE, NLM_F_CREATE), NFTA_TABLE_NAME, TABLE);
}

static void add_chain(struct netlink *netlink, const struct host *of, const struct lab_port *port)
{
	struct nlmsghdr *message = add(netlink, of, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	struct nlattr *hook;

	mnl_attr_put_strz(message, NFTA_CHAIN_TABLE, TABLE);
	mnl_attr_put_strz(message, NFTA_CHAIN_NAME, port->name);
	hook = mnl_attr_nest_start(message, NFTA_CHAIN_HOOK);
	put_number(message, NFTA_HOOK_HOOKNUM, NF_NETDEV_INGRESS);
	put_number(message, NFTA_HOOK_PRIORITY, 0);
	mnl_attr_put_strz(message, NFTA_HOOK_DEV, port->name);
	mnl_attr_nest_end(message, hook);
	mnl_attr_put_strz(message, NFTA_CHAIN_TYPE, "filter");
}

/* ---- the words of a rule ---- */

struct word {
	struct nlattr *element, *data;
};

static struct word begin_word(struct nlmsghdr *message, const char *name)
{
	struct word word = {.element = mnl_attr_nest_start(message, NFTA_LIST_ELEM)};

	mnl_attr_put_strz(message, NFTA_EXPR_NAME, name);
	word.data = mnl_attr_nest_start(message, NFTA_EXPR_DATA);
	return word;
}

static void end_word(struct nlmsghdr *message, struct word word)
{
	mnl_attr_nest_end(message, word.data);
	mnl_attr_nest_end(message, word.element);
}

/* ether daddr MAC */
static void put_destination(struct nlmsghdr *message, const uint8_t mac[6])
{
	struct word word = begin_word(message, "payload");

	put_number(message, NFTA_PAYLOAD_DREG, NFT_REG_1);
	put_number(message, NFTA_PAYLOAD_BASE, NFT_PAYLOAD_LL_HEADER);
	put_number(message, NFTA_PAYLOAD_OFFSET, 0);
	put_number(message, NFTA_PAYLOAD_LEN, 6);
	end_word(message, word);
	word = begin_word(message, "cmp");
	put_number(message, NFTA_CMP_SREG, NFT_REG_1);
	put_number(message, NFTA_CMP_OP, NFT_CMP_EQ);
	put_value(message, NFTA_CMP_DATA, mac, 6);
	end_word(message, word);
}

/* fwd to PORT, which is the end of the frame; or dup to PORT */
static void put_way_out(struct nlmsghdr *message, const struct lab_port *port, bool last)
{
	uint32_t index = (uint32_t)port->index; /* this one in the machine's byte order */
	struct word word = begin_word(message, "immediate");

	put_number(message, NFTA_IMMEDIATE_DREG, NFT_REG_1);
	put_value(message, NFTA_IMMEDIATE_DATA, &index, sizeof index);
	end_word(message, word);
	word = begin_word(message, last ? "fwd" : "dup");
	put_number(message, last ? NFTA_FWD_SREG_DEV : NFTA_DUP_SREG_DEV, NFT_REG_1);
	end_word(message, word);
}

/* ---- the rules ---- */

/* The next port of HOST from FROM on, other than EXCEPT; port_count: there is none. */
static size_t next_port(const struct lab_plan *plan, size_t host, size_t from, size_t except)
{
	while (from < plan->port_count && (plan->ports[from].end->host != host || from == except))
		from++;
	return from;
}

/* What comes in at PLACE: for whom is behind port TO, or, where that is port_count, for all. */
static void add_rule(struct netlink *netlink, const struct lab_plan *plan, size_t place, size_t to)
{
	size_t host = plan->ports[place].end->host;
	struct nlmsghdr *message = add(netlink, &plan->lesson->hosts[host], NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	struct nlattr *words;

	mnl_attr_put_strz(message, NFTA_RULE_TABLE, TABLE);
	mnl_attr_put_strz(message, NFTA_RULE_CHAIN, plan->ports[place].name);
	words = mnl_attr_nest_start(message, NFTA_RULE_EXPRESSIONS);
	if (to < plan->port_count) {
		put_destination(message, plan->ports[to ^ 1].mac);
		put_way_out(message, &plan->ports[to], true);
	} else {
		for (size_t port = next_port(plan, host, 0, place), next; port < plan->port_count; port = next) {
			next = next_port(plan, host, port + 1, place);
			put_way_out(message, &plan->ports[port], next == plan->port_count);
		}
	}
	mnl_attr_nest_end(message, words);
}

static void add_port(struct netlink *netlink, const struct lab_plan *plan, size_t place)
{
	size_t host = plan->ports[place].end->host, other = next_port(plan, host, 0, place);

	add_chain(netlink, &plan->lesson->hosts[host], &plan->ports[place]);
	for (; other < plan->port_count; other = next_port(plan, host, other + 1, place))
		add_rule(netlink, plan, place, other);
	add_rule(netlink, plan, place, plan->port_count);
}

/* A switch behind a switch: who is behind that port would have to be found out. */
static bool is_too_much(const struct lab_plan *plan, size_t host)
{
	size_t count = 0;

	for (size_t place = next_port(plan, host, 0, SIZE_MAX); place < plan->port_count;
	     place = next_port(plan, host, place + 1, SIZE_MAX)) {
		count++;
		if (plan->lesson->hosts[plan->ports[place ^ 1].end->host].kind == HOST_SWITCH)
			return true;
	}
	return count > RULES_PORTS_MAX;
}

int lab_switch_connect(struct lab_plan *plan, size_t host)
{
	struct netlink netlink = {.socket = -1};
	struct error refusal;
	int result = -1;

	if (is_too_much(plan, host))
		return -1;
	add_table(&netlink, &plan->lesson->hosts[host]);
	for (size_t place = next_port(plan, host, 0, SIZE_MAX); place < plan->port_count;
	     place = next_port(plan, host, place + 1, SIZE_MAX))
		add_port(&netlink, plan, place);
	if (!lab_visit(plan->lab, host) && (netlink.socket = netlink_socket(NETLINK_NETFILTER, 0)) >= 0)
		result = netlink_send_whole(&netlink, NFNL_SUBSYS_NFTABLES, &refusal);
	netlink_close(&netlink);
	return result;
}
