/* firewall.h - what a host lets in, leads on and translates, as one nftables ruleset.
 *
 * Every interface with a NAT gets a guard that drops what nobody inside has asked for. It
 * is not decoration: an unsolicited datagram that the router itself answers leaves a
 * conntrack entry that makes the NAT change the port of a later flow. */
#ifndef WINDSOCK_FIREWALL_H
#define WINDSOCK_FIREWALL_H

#include "../src/text.h"
#include "lab.h"

/* Appends what the lesson's nat, filter, forward and memory make of HOST in the lab's case; nothing
 * where none of them is about it. Pure. */
void firewall_ruleset(const struct lab *lab, size_t host, struct text *out);

/* Loads it; the calling thread is in HOST's namespace. LAB_UNSUPPORTED: *error. */
enum lab_result firewall_load(const struct lab *lab, size_t host, struct error *error);

#endif
