/* shaper.c - links that are slower than a veth: a token bucket (tbf) in front of an interface.
 *
 * The choice of the bucket: bytes of BURST_MS, so that a timer that comes late costs
 * nothing, but not less than three full frames; 200 kB at 4 Mbit/s then take 2 to 3 % less
 * than the link's rate says, and their headers 5 % more. The queue holds QUEUE_MS: a lesson's
 * transfer fits in, so that nothing is lost and sent again, and the sentinel behind it
 * still comes within the run's patience. */
#include "lab_parts.h"
#include "walls.h"

#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/gen_stats.h>
#include <string.h>

#define BURST_MS 4
#define QUEUE_MS 2000
#define FRAME 1514 /* bytes: Ethernet's header and 1500 */

static bool is_of(const struct lab *lab, size_t host, const struct rate *rate)
{
	return rate->host == host && lesson_holds(rate->of_case, lab->which);
}

static uint32_t bytes_of(uint64_t bits, unsigned milliseconds, uint32_t least)
{
	uint64_t bytes = bits * milliseconds / 8000;

	return bytes < least ? least : (uint32_t)bytes;
}

static int index_of(const struct lab_plan *plan, size_t host, const char *interface)
{
	for (size_t place = 0; place < plan->all_count; place++)
		if (plan->ports[place].end->host == host && !strcmp(plan->ports[place].name, interface))
			return plan->ports[place].index;
	return 0;
}

static void put_header(struct nlmsghdr *message, int index)
{
	struct tcmsg *header = mnl_nlmsg_put_extra_header(message, sizeof *header);

	header->tcm_family = AF_UNSPEC;
	header->tcm_ifindex = index;
	header->tcm_parent = TC_H_ROOT;
}

static void put_bucket(struct nlmsghdr *message, const struct rate *rate)
{
	struct tc_tbf_qopt bucket = {0};
	struct nlattr *nest;

	bucket.rate.rate = (uint32_t)(rate->bits / 8);
	bucket.rate.linklayer = TC_LINKLAYER_ETHERNET; /* or the kernel looks for a table of the sizes */
	bucket.limit = bytes_of(rate->bits, QUEUE_MS, 32 * FRAME);
	mnl_attr_put_strz(message, TCA_KIND, "tbf");
	nest = mnl_attr_nest_start(message, TCA_OPTIONS);
	mnl_attr_put(message, TCA_TBF_PARMS, sizeof bucket, &bucket);
	mnl_attr_put_u32(message, TCA_TBF_BURST, bytes_of(rate->bits, BURST_MS, 3 * FRAME)); /* since 3.14 */
	mnl_attr_nest_end(message, nest);
}

static enum lab_result shape(struct lab_plan *plan, const struct rate *rate, struct error *error)
{
	const char *host = plan->lesson->hosts[rate->host].name;
	struct netlink *netlink = &plan->netlinks[rate->host];
	struct nlmsghdr *message = netlink_add(netlink, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, rate->line,
	                                       "cannot slow %s.%s down", host, rate->interface);
	struct error refusal;

	put_header(message, index_of(plan, rate->host, rate->interface));
	put_bucket(message, rate);
	if (!netlink_send(netlink, NULL, NULL, plan->lesson->file, error))
		return LAB_BUILT;
	refusal = *error;
	wall_say(WALL_NO_RATE, refusal.text, NULL, error);
	return LAB_UNSUPPORTED;
}

enum lab_result lab_shaper_set(struct lab_plan *plan, size_t host, struct error *error)
{
	enum lab_result result = LAB_BUILT;

	for (size_t i = 0; i < plan->lesson->rate_count && result == LAB_BUILT; i++)
		if (is_of(plan->lab, host, &plan->lesson->rates[i]))
			result = shape(plan, &plan->lesson->rates[i], error);
	return result;
}

/* ---- what is under way ---- */

static void add_backlog(const struct nlmsghdr *message, size_t index, void *context)
{
	const struct nlattr *queue = netlink_nested(netlink_find(message, sizeof(struct tcmsg), TCA_STATS2),
	                                           TCA_STATS_QUEUE);
	struct gnet_stats_queue counts;
	bool *waits = context;

	(void)index; /* one question, one answer */
	if (!queue || mnl_attr_get_payload_len(queue) < sizeof counts)
		return;
	memcpy(&counts, mnl_attr_get_payload(queue), sizeof counts);
	*waits |= counts.qlen > 0;
}

int lab_shaper_look(struct lab_plan *plan, size_t host, bool *waits, struct error *error)
{
	struct netlink *netlink = &plan->netlinks[host];

	for (size_t i = 0; i < plan->lesson->rate_count; i++) {
		const struct rate *rate = &plan->lesson->rates[i];

		if (!is_of(plan->lab, host, rate))
			continue;
		/* Kernels tell the asker only because of NLM_F_ECHO. */
		put_header(netlink_add(netlink, RTM_GETQDISC, NLM_F_ECHO, rate->line, "cannot look at the queue of %s.%s",
		                       plan->lesson->hosts[host].name, rate->interface),
		           index_of(plan, host, rate->interface));
	}
	return netlink_send(netlink, add_backlog, waits, plan->lesson->file, error);
}
