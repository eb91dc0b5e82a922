/* firewall.c - see firewall.h.
 *
 * One chain a hook for all that a host lets in: what one base chain accepts another one
 * may still drop, so a NAT's guard stands behind the filters in the same chain. A packet
 * is looked at as it came in: where a NAT or a forward may have changed where it goes
 * to, connection tracking still knows (`ct original`). */
#include "firewall.h"

#include "nat.h"
#include "ruleset.h"
#include "walls.h"

#include <stdio.h>

static bool holds(const struct lab *lab, size_t host, size_t of_host, int of_case)
{
	return of_host == host && lesson_holds(of_case, lab->which);
}

static const struct nat *next_nat(const struct lab *lab, size_t host, size_t *at)
{
	while (*at < lab->lesson->nat_count) {
		const struct nat *nat = &lab->lesson->nats[(*at)++];

		if (holds(lab, host, nat->host, nat->of_case))
			return nat;
	}
	return NULL;
}

static const struct filter *next_filter(const struct lab *lab, size_t host, size_t *at)
{
	while (*at < lab->lesson->filter_count) {
		const struct filter *filter = &lab->lesson->filters[(*at)++];

		if (holds(lab, host, filter->host, filter->of_case))
			return filter;
	}
	return NULL;
}

static const struct forward *next_forward(const struct lab *lab, size_t host, size_t *at)
{
	while (*at < lab->lesson->forward_count) {
		const struct forward *forward = &lab->lesson->forwards[(*at)++];

		if (holds(lab, host, forward->host, forward->of_case))
			return forward;
	}
	return NULL;
}

static bool remembers(const struct lab *lab, size_t host)
{
	for (size_t i = 0; i < lab->lesson->memory_count; i++)
		if (holds(lab, host, lab->lesson->memories[i].host, lab->lesson->memories[i].of_case))
			return true;
	return false;
}

/* What of it all is there. */
struct host_rules {
	bool nat, filter, forward, memory;
};

static struct host_rules look(const struct lab *lab, size_t host)
{
	size_t nat = 0, filter = 0, forward = 0;

	return (struct host_rules){next_nat(lab, host, &nat) != NULL, next_filter(lab, host, &filter) != NULL,
	                           next_forward(lab, host, &forward) != NULL, remembers(lab, host)};
}

/* ---- filters ---- */

static const char *transport_name(enum filter_transport transport)
{
	return transport == FILTER_TCP ? "tcp" : "udp";
}

static void add_prefix(const char *what, uint32_t address, int prefix, struct text *out)
{
	if (prefix)
		text_printf(out, " %s %u.%u.%u.%u/%d", what, address >> 24, address >> 16 & 255, address >> 8 & 255,
		            address & 255, prefix);
}

static const char *action_words(enum filter_action action)
{
	switch (action) {
	case FILTER_ACCEPT: return "accept";
	case FILTER_DROP: return "drop";
	case FILTER_REFUSE_RESET: return "reject with tcp reset";
	case FILTER_REFUSE_UNREACHABLE: return "reject with icmp type admin-prohibited";
	}
	return "drop";
}

/* LED: a NAT or a forward may have changed the destination. */
static void add_filter(const struct lab *lab, const struct filter *filter, bool led, struct text *out)
{
	uint16_t port = lesson_number(&filter->port, lab->params);
	enum filter_transport transport = filter->action == FILTER_REFUSE_RESET ? FILTER_TCP : filter->transport;

	text_printf(out, "\t\tiifname \"%s\"", filter->interface);
	if (transport != FILTER_ANY)
		text_printf(out, " meta l4proto %s", transport_name(transport));
	add_prefix("ip saddr", filter->from, filter->from_prefix, out);
	add_prefix(led ? "ct original ip daddr" : "ip daddr", filter->to, filter->to_prefix, out);
	if (port)
		text_printf(out, " %s %u", led ? "ct original proto-dst" : "th dport", port);
	text_printf(out, " %s\n", action_words(filter->action));
}

/* Answers first; then the filters, in the lesson's order. */
static void add_filters(const struct lab *lab, size_t host, bool led, struct text *out)
{
	const struct filter *filter;
	const struct nat *nat;

	for (size_t at = 0; (nat = next_nat(lab, host, &at));)
		text_printf(out, "\t\tiifname \"%s\" ct state established,related accept\n", nat->interface);
	for (size_t at = 0; (filter = next_filter(lab, host, &at));)
		text_printf(out, "\t\tiifname \"%s\" ct state established,related accept\n", filter->interface);
	for (size_t at = 0; (filter = next_filter(lab, host, &at));)
		add_filter(lab, filter, led, out);
}

static void add_guards(const struct lab *lab, size_t host, struct text *out)
{
	const struct nat *nat;

	for (size_t at = 0; (nat = next_nat(lab, host, &at));)
		text_printf(out, "\t\tiifname \"%s\" drop\n", nat->interface);
}

/* What a forward or a full-cone NAT leads in has been asked for. */
static void add_led(const struct lab *lab, size_t host, struct text *out)
{
	const struct nat *nat;

	for (size_t at = 0; (nat = next_nat(lab, host, &at));)
		text_printf(out, "\t\tiifname \"%s\" ct status dnat accept\n", nat->interface);
}

static void add_arriving(const struct lab *lab, size_t host, bool led, struct text *out)
{
	text_add(out, "\tchain arriving {\n\t\ttype filter hook input priority 0; policy accept;\n");
	add_filters(lab, host, led, out);
	add_guards(lab, host, out);
	text_add(out, "\t}\n");
}

static void add_passing(const struct lab *lab, size_t host, const struct host_rules *rules, bool led, struct text *out)
{
	text_add(out, "\tchain passing {\n\t\ttype filter hook forward priority 0; policy accept;\n");
	/* Or the end of a connection that was forgotten would leave untranslated. This also makes the
	 * kernel track connections where there is nothing but a memory. */
	if (rules->nat || rules->forward || rules->memory)
		text_add(out, "\t\tct state invalid drop\n");
	add_filters(lab, host, led, out);
	add_led(lab, host, out);
	add_guards(lab, host, out);
	text_add(out, "\t}\n");
}

/* ---- forwards ---- */

static void add_forwards(const struct lab *lab, size_t host, struct text *out)
{
	const struct forward *forward;

	/* Before a NAT's own way back inside (priority -100): who leads first leads. */
	text_add(out, "\tchain leading {\n\t\ttype nat hook prerouting priority -110; policy accept;\n");
	for (size_t at = 0; (forward = next_forward(lab, host, &at));)
		text_printf(out, "\t\tiifname \"%s\" %s dport %u dnat to %u.%u.%u.%u:%u\n", forward->interface,
		            transport_name(forward->transport), lesson_number(&forward->port, lab->params),
		            forward->to >> 24, forward->to >> 16 & 255, forward->to >> 8 & 255, forward->to & 255,
		            lesson_number(&forward->to_port, lab->params));
	text_add(out, "\t}\n");
}

/* What is written to a tunnel's descriptor is for the host, whatever its frame says: see tunnel.c. */
static void add_tunnels(const struct lab *lab, size_t host, struct text *out)
{
	for (size_t i = 0; i < lab->lesson->tunnel_count; i++)
		if (lab->lesson->tunnels[i].end.host == host)
			text_printf(out, "table netdev windsock {\n\tchain tunnel%zu {\n\t\ttype filter hook ingress device \"%s\" "
			                 "priority 0; policy accept;\n\t\tmeta pkttype set host\n\t}\n}\n", i,
			            lab->lesson->tunnels[i].end.interface);
}

void firewall_ruleset(const struct lab *lab, size_t host, struct text *out)
{
	struct host_rules rules = look(lab, host);
	bool led = rules.nat || rules.forward;
	const struct nat *nat;

	add_tunnels(lab, host, out);
	if (!rules.nat && !rules.filter && !rules.forward && !rules.memory)
		return;
	text_add(out, "table ip windsock {\n");
	add_arriving(lab, host, led, out);
	add_passing(lab, host, &rules, led, out);
	if (rules.forward)
		add_forwards(lab, host, out);
	text_add(out, "}\n");
	for (size_t at = 0; (nat = next_nat(lab, host, &at));)
		nat_ruleset(lab, nat, out);
}

enum lab_result firewall_load(const struct lab *lab, size_t host, struct error *error)
{
	struct text rules = {0}, said = {0};
	enum lab_result result = LAB_BUILT;

	firewall_ruleset(lab, host, &rules);
	if (rules.length && ruleset_load(text_string(&rules), &said)) {
		wall_rules(lab->lesson->hosts[host].name, ruleset_reason(&said), error);
		result = LAB_UNSUPPORTED;
	}
	text_free(&rules);
	text_free(&said);
	return result;
}
