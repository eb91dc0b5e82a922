/* nat.h - the NAT of a router, as an nftables ruleset.
 *
 * Every kind comes with a filter that drops what nobody inside has asked for. It
 * is not decoration: an unsolicited datagram that the router itself answers leaves
 * a conntrack entry that makes the NAT change the port of a later flow. */
#ifndef WINDSOCK_NAT_H
#define WINDSOCK_NAT_H

#include "../src/error.h"
#include "../src/lesson.h"
#include "../src/text.h"

/* Appends the ruleset of NAT, one of LESSON's. Pure. */
void nat_ruleset(const struct lesson *lesson, const struct nat *nat, struct text *out);

/* Loads it in the namespace that the calling thread is in. -1: *error. */
int nat_load(const struct lesson *lesson, const struct nat *nat, struct error *error);

#endif
