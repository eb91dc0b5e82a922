/* nat.h - the NAT of a router, as an nftables ruleset.
 *
 * Should: translate as the lesson says, the same each time where it names ports.
 * Mustn't: filter what nobody inside has asked for; firewall.c does that for every
 * interface with a NAT. */
#ifndef WINDSOCK_NAT_H
#define WINDSOCK_NAT_H

#include "../src/text.h"
#include "lab.h"

/* Appends the ruleset of NAT, one of the lab's lesson. Pure. */
void nat_ruleset(const struct lab *lab, const struct nat *nat, struct text *out);

#endif
