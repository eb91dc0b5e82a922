/* fragment.h - puts IP fragments together.
 *
 * Private to the reducer. Bounded: so many datagrams at once, 64 KiB each; a new
 * one pushes out the oldest. */
#ifndef WINDSOCK_FRAGMENT_H
#define WINDSOCK_FRAGMENT_H

#include "packet.h"

#define FRAGMENT_DATAGRAMS 16

struct fragments;

struct fragments *fragments_new(void);
void fragments_free(struct fragments *fragments);
/* Takes a packet of kind PACKET_FRAGMENT. Returns how many fragments made up the
 * datagram that it completes, decoded in *whole (its payload valid until the
 * next call), or 0 when none is complete. */
size_t fragments_add(struct fragments *fragments, const struct packet *fragment, struct packet *whole);
/* Fragments that never became part of a whole datagram, so far. */
size_t fragments_left(const struct fragments *fragments);

#endif
