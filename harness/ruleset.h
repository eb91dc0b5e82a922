/* ruleset.h - an nftables ruleset, loaded where the calling thread is.
 *
 * Should: load a text by libnftables, in this process, all of it or nothing.
 * Mustn't: know what the rules are for, or let a text name another file. */
#ifndef WINDSOCK_RULESET_H
#define WINDSOCK_RULESET_H

#include "../src/error.h"
#include "../src/text.h"

/* 0, or -1: *said gets what nft said, its first line first. */
int ruleset_load(const char *rules, struct text *said);

/* The same, and the first line of *said begins with the place: "FILE:3:5-9: Error: ...". */
int ruleset_load_placed(const struct text *rules, struct text *said);

/* The reason in what nft said: behind "Error: ", one line. Changes SAID. */
const char *ruleset_reason(struct text *said);

#endif
