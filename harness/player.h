/* player.h - the harness plays a host: it does what the trace says that host does.
 *
 * Sockets are made in the host's namespace and used from here; nothing blocks.
 * A player goes on as well as it can when the other side does not keep to the
 * trace: what it hears counts as what it waited for, so that the picture shows as
 * much of the talk as there is. The verdict is not its business. */
#ifndef WINDSOCK_PLAYER_H
#define WINDSOCK_PLAYER_H

#include "../src/hosts.h"
#include "../src/params.h"
#include "../src/script.h"
#include "lab.h"

#include <poll.h>

struct player;

/* All borrowed as long as the run lasts, whose process ends with it: nobody frees a player. */
struct player *player_new(const struct lab *lab, const struct trace *trace, const struct params *params,
                          const struct hosts *hosts);

/* HOST takes part from here on: it listens where it is called, and opens what it
 * opens. -1: *error, for example a port of the trace that is taken. */
int player_start(struct player *player, size_t host, struct error *error);

/* Adds what it waits for to POLLERS; *count grows. */
void player_poll(const struct player *player, struct pollfd **pollers, size_t *count, size_t *capacity);
/* Hears all that has come and, if it MAY_SPEAK, opens or says one thing that is due in
 * each talk, without waiting; calls only if it MAY_OPEN, too. Whether anything was done. A player should speak only while the
 * programs are at rest: an answer that is quicker than a program's next call
 * would hide that the program did not wait for it. */
bool player_step(struct player *player, bool may_speak, bool may_open);
/* What kept it from playing that is not the other side's doing: a machine out of memory or descriptors. "": nothing. */
const char *player_trouble(const struct player *player);
/* Milliseconds until it moves by itself (an `after` of the trace), or -1: never. */
int player_wait(const struct player *player);

#endif
