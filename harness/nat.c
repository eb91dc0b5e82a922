/* nat.c - see nat.h.
 *
 * How the kinds come about (RFC 4787's words):
 *
 * mapping    endpoint-independent          masquerade keeps the port while it is free
 *            address-and-port-dependent    masquerade fully-random draws one a flow
 *            address-dependent             the first flow to an address draws, the
 *                                          next ones to it look it up in `outward`
 * filtering  address-and-port-dependent    connection tracking alone
 *            endpoint-independent          `inward` leads each mapped port back inside
 *            address-dependent             the same, for addresses in `heard`
 *
 * That is for UDP; TCP is masqueraded plainly. With `ports` both are treated alike, and
 * who draws takes the next port of a row; an endpoint-independent mapping draws once
 * and is looked up in `outward` then.
 *
 * The maps learn behind the translation (priority 110; it is at 100), where the
 * port that was really taken can be read off the packet. Grammar that nft 1.0.2
 * does not take is avoided: a chain's brace ends its line, `fwd` is a reserved word,
 * and ports come from maps only (`snat to W : numgen` stores them byte-swapped). */
#include "nat.h"

#include <stdio.h>

#define MEMORY_SECONDS 120 /* RFC 4787 REQ-5: not less than 2 minutes, unless the lesson says so */
#define ROW 256            /* ports that are taken one after the other; a lesson has some tens of flows */
#define PORT_MOST 65535

/* What the rules of one NAT are made from. */
struct translation {
	const struct lab *lab;
	const struct nat *nat;
	unsigned first;       /* the row's first port; 0: the kernel chooses */
	uint32_t facade;      /* the outside address */
	bool looks_up;        /* a mapping that was drawn is looked up by the next flows */
};

static const struct { const char *name; enum filter_transport transport; } transports[] = {
	{"udp", FILTER_UDP}, {"tcp", FILTER_TCP},
};

/* Plain TCP has neither maps nor learning. */
static size_t count_transports(const struct translation *of)
{
	return of->first ? 2 : 1;
}

static int seconds(const struct translation *of, enum filter_transport transport)
{
	const struct lesson *lesson = of->lab->lesson;
	int result = MEMORY_SECONDS;

	for (size_t i = 0; i < lesson->memory_count; i++) {
		const struct memory *memory = &lesson->memories[i];

		if (memory->host == of->nat->host && memory->transport == transport &&
		    lesson_holds(memory->of_case, of->lab->which))
			result = memory->seconds;
	}
	return result;
}

static bool is_by_address(const struct translation *of)
{
	return of->nat->mapping == NAT_ADDRESS_DEPENDENT;
}

static bool leads_back(const struct translation *of)
{
	return of->nat->filtering != NAT_ADDRESS_AND_PORT_DEPENDENT;
}

static void add_memory(const struct translation *of, size_t i, struct text *out)
{
	const char *name = transports[i].name;
	char flags[64];

	snprintf(flags, sizeof flags, "flags dynamic,timeout; timeout %ds;", seconds(of, transports[i].transport));
	if (of->looks_up)
		text_printf(out, "\tmap outward_%s { type ipv4_addr . inet_service%s : ipv4_addr . inet_service; %s }\n",
		            name, is_by_address(of) ? " . ipv4_addr" : "", flags);
	if (leads_back(of))
		text_printf(out, "\tmap inward_%s { type inet_service : ipv4_addr . inet_service; %s }\n", name, flags);
	if (of->nat->filtering == NAT_ADDRESS_DEPENDENT)
		text_printf(out, "\tset heard_%s { type inet_service . ipv4_addr; %s }\n", name, flags);
}

static void add_row(const struct translation *of, struct text *out)
{
	unsigned count = PORT_MOST - of->first + 1;

	if (count > ROW)
		count = ROW;
	text_printf(out, "\t\toifname \"%s\" meta l4proto { udp, tcp } snat ip to numgen inc mod %u map {",
	            of->nat->interface, count);
	for (unsigned i = 0; i < count; i++)
		text_printf(out, "%s %u : %u.%u.%u.%u . %u", i ? "," : "", i, of->facade >> 24, of->facade >> 16 & 255,
		            of->facade >> 8 & 255, of->facade & 255, of->first + i);
	text_add(out, " }\n");
}

static void add_translation(const struct translation *of, struct text *out)
{
	text_add(out, "\tchain translate {\n\t\ttype nat hook postrouting priority 100; policy accept;\n");
	for (size_t i = 0; of->looks_up && i < count_transports(of); i++)
		text_printf(out, "\t\toifname \"%s\" meta l4proto %s snat ip to ip saddr . %s sport%s map @outward_%s\n",
		            of->nat->interface, transports[i].name, transports[i].name,
		            is_by_address(of) ? " . ip daddr" : "", transports[i].name);
	if (of->first)
		add_row(of, out);
	else if (of->nat->mapping != NAT_ENDPOINT_INDEPENDENT)
		text_printf(out, "\t\toifname \"%s\" meta l4proto udp masquerade fully-random\n", of->nat->interface);
	text_printf(out, "\t\toifname \"%s\" masquerade\n\t}\n", of->nat->interface);
}

static void learn(const struct translation *of, const char *name, struct text *out)
{
	char match[96];

	snprintf(match, sizeof match, "oifname \"%s\" meta l4proto %s ct direction original", of->nat->interface, name);
	if (of->looks_up)
		text_printf(out, "\t\t%s update @outward_%s { ct original ip saddr . ct original proto-src%s : "
		                 "ip saddr . %s sport }\n", match, name, is_by_address(of) ? " . ip daddr" : "", name);
	if (leads_back(of))
		text_printf(out, "\t\t%s update @inward_%s { %s sport : ct original ip saddr . ct original proto-src }\n",
		            match, name, name);
	if (of->nat->filtering == NAT_ADDRESS_DEPENDENT)
		text_printf(out, "\t\t%s update @heard_%s { %s sport . ip daddr }\n", match, name, name);
}

static void add_learning(const struct translation *of, struct text *out)
{
	if (!of->looks_up && !leads_back(of))
		return;
	text_add(out, "\tchain learn {\n\t\ttype filter hook postrouting priority 110; policy accept;\n");
	for (size_t i = 0; i < count_transports(of); i++)
		learn(of, transports[i].name, out);
	text_add(out, "\t}\n");
}

static void add_return(const struct translation *of, struct text *out)
{
	if (!leads_back(of))
		return;
	text_add(out, "\tchain back {\n\t\ttype nat hook prerouting priority -100; policy accept;\n");
	for (size_t i = 0; i < count_transports(of); i++) {
		const char *name = transports[i].name;

		text_printf(out, "\t\tiifname \"%s\" meta l4proto %s ", of->nat->interface, name);
		if (of->nat->filtering == NAT_ADDRESS_DEPENDENT)
			text_printf(out, "%s dport . ip saddr @heard_%s ", name, name);
		text_printf(out, "dnat ip to %s dport map @inward_%s\n", name, name);
	}
	text_add(out, "\t}\n");
}

void nat_ruleset(const struct lab *lab, const struct nat *nat, struct text *out)
{
	const struct link_end *end = lesson_interface(lab->lesson, nat->host, nat->interface, NULL);
	struct translation of = {.lab = lab, .nat = nat, .first = lesson_number(&nat->ports, lab->params),
	                         .facade = end ? end->address : 0};

	of.looks_up = is_by_address(&of) || (of.first && nat->mapping == NAT_ENDPOINT_INDEPENDENT);
	/* A table a NAT: a router may have two. */
	text_printf(out, "table ip nat%td {\n", nat - lab->lesson->nats);
	for (size_t i = 0; i < count_transports(&of); i++)
		add_memory(&of, i, out);
	add_translation(&of, out);
	add_learning(&of, out);
	add_return(&of, out);
	text_add(out, "}\n");
}
