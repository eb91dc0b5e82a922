/* capture_compare.h - whether two captures of the same wire hold the same packets. */
#ifndef WINDSOCK_CAPTURE_COMPARE_H
#define WINDSOCK_CAPTURE_COMPARE_H

#include "text.h"

#include <stdbool.h>

struct capture_difference {
	size_t packets[2]; /* how many each has */
	size_t only[2];    /* how many of them the other one has not */
};

/* Two classic pcaps of this machine's byte order, whole: the same packets as often, in any order (two
 * processors may show two packets in either) and at any time. *difference is set either way. -1: one is no such pcap. */
int capture_compare(const struct text *a, const struct text *b, struct capture_difference *difference);
bool capture_same(const struct capture_difference *difference);

#endif
