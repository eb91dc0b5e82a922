/* nat.c - see nat.h.
 *
 * How the kinds come about (RFC 4787's words, UDP; TCP is masqueraded plainly):
 *
 * mapping    endpoint-independent          masquerade keeps the port while it is free
 *            address-and-port-dependent    masquerade fully-random draws one a flow
 *            address-dependent             the first flow to an address draws, the
 *                                          next ones to it look it up in `outward`
 * filtering  address-and-port-dependent    connection tracking alone
 *            endpoint-independent          `inward` leads each mapped port back inside
 *            address-dependent             the same, for addresses in `heard`
 *
 * The maps learn behind the translation (priority 110; it is at 100), where the
 * port that was really taken can be read off the packet. Grammar that nft 1.0.2
 * does not take is avoided: a chain's brace ends its line, `fwd` is a reserved word,
 * and ports come from maps only (`snat to W : numgen` stores them byte-swapped). */
#include "nat.h"

#include <errno.h>
#include <nftables/libnftables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY "flags dynamic,timeout; timeout 120s; " /* RFC 4787 REQ-5: not less than 2 minutes */

static void add_filter(const struct nat *nat, struct text *out)
{
	text_printf(out,
	            "\tchain guard {\n"
	            "\t\ttype filter hook input priority 0; policy accept;\n"
	            "\t\tiifname \"%s\" ct state established,related accept\n"
	            "\t\tiifname \"%s\" drop\n"
	            "\t}\n",
	            nat->interface, nat->interface);
	text_printf(out,
	            "\tchain through {\n"
	            "\t\ttype filter hook forward priority 0; policy accept;\n"
	            "\t\tiifname \"%s\" ct status dnat accept\n"
	            "\t\tct state invalid drop\n"
	            "\t\tiifname \"%s\" ct state established,related accept\n"
	            "\t\tiifname \"%s\" drop\n"
	            "\t}\n",
	            nat->interface, nat->interface, nat->interface);
}

static void add_memory(const struct nat *nat, struct text *out)
{
	if (nat->mapping == NAT_ADDRESS_DEPENDENT)
		text_add(out, "\tmap outward { type ipv4_addr . inet_service . ipv4_addr : ipv4_addr . inet_service; "
		              MEMORY "}\n");
	if (nat->filtering != NAT_ADDRESS_AND_PORT_DEPENDENT)
		text_add(out, "\tmap inward { type inet_service : ipv4_addr . inet_service; " MEMORY "}\n");
	if (nat->filtering == NAT_ADDRESS_DEPENDENT)
		text_add(out, "\tset heard { type inet_service . ipv4_addr; " MEMORY "}\n");
}

static void add_translation(const struct nat *nat, struct text *out)
{
	text_add(out, "\tchain translate {\n\t\ttype nat hook postrouting priority 100; policy accept;\n");
	if (nat->mapping == NAT_ADDRESS_DEPENDENT)
		text_printf(out, "\t\toifname \"%s\" meta l4proto udp snat ip to ip saddr . udp sport . ip daddr "
		                 "map @outward\n", nat->interface);
	if (nat->mapping != NAT_ENDPOINT_INDEPENDENT)
		text_printf(out, "\t\toifname \"%s\" meta l4proto udp masquerade fully-random\n", nat->interface);
	text_printf(out, "\t\toifname \"%s\" masquerade\n\t}\n", nat->interface);
}

static void add_learning(const struct nat *nat, struct text *out)
{
	char match[96];

	if (nat->mapping != NAT_ADDRESS_DEPENDENT && nat->filtering == NAT_ADDRESS_AND_PORT_DEPENDENT)
		return;
	snprintf(match, sizeof match, "oifname \"%s\" meta l4proto udp ct direction original", nat->interface);
	text_add(out, "\tchain learn {\n\t\ttype filter hook postrouting priority 110; policy accept;\n");
	if (nat->mapping == NAT_ADDRESS_DEPENDENT)
		text_printf(out, "\t\t%s update @outward { ct original ip saddr . ct original proto-src . ip daddr : "
		                 "ip saddr . udp sport }\n", match);
	if (nat->filtering != NAT_ADDRESS_AND_PORT_DEPENDENT)
		text_printf(out, "\t\t%s update @inward { udp sport : ct original ip saddr . ct original proto-src }\n",
		            match);
	if (nat->filtering == NAT_ADDRESS_DEPENDENT)
		text_printf(out, "\t\t%s update @heard { udp sport . ip daddr }\n", match);
	text_add(out, "\t}\n");
}

static void add_return(const struct nat *nat, struct text *out)
{
	if (nat->filtering == NAT_ADDRESS_AND_PORT_DEPENDENT)
		return;
	text_printf(out,
	            "\tchain back {\n"
	            "\t\ttype nat hook prerouting priority -100; policy accept;\n"
	            "\t\tiifname \"%s\" meta l4proto udp %sdnat ip to udp dport map @inward\n"
	            "\t}\n",
	            nat->interface,
	            nat->filtering == NAT_ADDRESS_DEPENDENT ? "udp dport . ip saddr @heard " : "");
}

void nat_ruleset(const struct lesson *lesson, const struct nat *nat, struct text *out)
{
	/* A table a NAT: a router may have two. */
	text_printf(out, "table ip nat%td {\n", nat - lesson->nats);
	add_memory(nat, out);
	add_filter(nat, out);
	add_translation(nat, out);
	add_learning(nat, out);
	add_return(nat, out);
	text_add(out, "}\n");
}

/* The first line of what nft said: "...:1:5-9: Error: Could not process rule: ..." */
static const char *first_line(char *words)
{
	char *error = strstr(words, "Error: ");

	words[strcspn(words, "\n")] = '\0';
	return error && *error ? error : words;
}

static int refuse(const struct lesson *lesson, const struct nat *nat, const char *said, struct error *error)
{
	char *words = mem_string(said ? said : "");
	int result = error_set(error, lesson->file, nat->line, 0,
	                       "cannot make the NAT of %s.%s: nft says \"%s\"; if the rest of the lab works, this "
	                       "kernel lacks nftables NAT (modules nf_tables, nft_chain_nat, nft_masq, nf_nat)",
	                       lesson->hosts[nat->host].name, nat->interface, first_line(words));

	free(words);
	return result;
}

int nat_load(const struct lesson *lesson, const struct nat *nat, struct error *error)
{
	struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);
	struct text rules = {0};
	int result = 0;

	if (!nft)
		return error_set(error, NULL, 0, 0, "cannot start libnftables: %s", strerror(errno));
	nat_ruleset(lesson, nat, &rules);
	if (nft_ctx_buffer_error(nft) || nft_ctx_buffer_output(nft))
		result = error_set(error, NULL, 0, 0, "cannot buffer what libnftables says");
	else if (nft_run_cmd_from_buffer(nft, text_string(&rules)))
		result = refuse(lesson, nat, nft_ctx_get_error_buffer(nft), error);
	text_free(&rules);
	nft_ctx_free(nft);
	return result;
}
