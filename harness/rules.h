/* rules.h - the rulesets that the student writes, loaded on the lab's hosts.
 *
 * Should: tell an error of his from a kernel that has no nftables. Mustn't: load what
 * rules_check() refuses. */
#ifndef WINDSOCK_RULES_H
#define WINDSOCK_RULES_H

#include "lab.h"

/* Loads what the lesson says for HOST in the lab's case; the calling thread is in its namespace.
 * LAB_RULES_WRONG: *error has the file, the line and nft's reason. */
enum lab_result rules_load(const struct lab *lab, size_t host, struct error *error);

#endif
