/* rules_check.h - a ruleset that a student wrote for nft, before libnftables gets to see it.
 *
 * It is loaded in a network namespace of the lab, where it can only do what the host's firewall can. But
 * libnftables reads it in our own process: it would open files (`include`), wait for ever (`monitor`), take
 * away the lab's own rules (`flush`), and grow one small text into gigabytes. This finds those; whether the
 * rest is a ruleset is nft's to say. */
#ifndef WINDSOCK_RULES_CHECK_H
#define WINDSOCK_RULES_CHECK_H

#include "error.h"

#include <stddef.h>

#define RULES_MAX (64 * 1024) /* bytes */

/* -1: *error with line, column and remedy. FILE is only a name for messages. */
int rules_check(const char *file, const char *source, size_t length, struct error *error);

#endif
