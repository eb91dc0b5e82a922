/* player_parts.h - what the three files of the player share, and nobody else includes.
 *
 * player.c begins the talks and moves them on; player_callers.c has their sockets,
 * who calls and what is opened; player_talk.c hears and speaks within a talk. */
#ifndef WINDSOCK_PLAYER_PARTS_H
#define WINDSOCK_PLAYER_PARTS_H

#include "player.h"

#include <netinet/in.h>

#define HEARD_MAX (1 << 20) /* bytes kept that nobody waited for */

enum talk_state {
	TALK_WAITING,    /* for its phase, or for who calls */
	TALK_CONNECTING,
	TALK_TALKING,
	TALK_DONE
};

struct talk {
	const struct script_talk *script;
	size_t host;
	enum talk_state state;
	int fd;                    /* -1: none (yet); a called UDP talk speaks through its listener */
	struct sockaddr_in peer;
	uint16_t own_port;
	size_t action;             /* the next one */
	int64_t since_us;          /* when the one before it was done, or the peer was heard last */
	struct text heard;         /* TCP: bytes not yet waited for */
	size_t datagrams;          /* UDP: the same */
	struct text unsent;
	bool peer_ended;
};

struct listener {
	size_t host;
	enum transport transport;
	uint16_t port;
	int fd;
};

struct player {
	const struct lab *lab;
	const struct trace *trace;
	const struct params *params;
	const struct hosts *hosts;
	struct script *scripts; /* one a host; empty until it starts */
	struct talk *talks;
	size_t talk_count, talk_capacity;
	struct listener *listeners;
	size_t listener_count, listener_capacity;
	char trouble[160]; /* the first that was the machine's; "": none */
};

/* HOST could not do WHAT because of errno ERROR. What a network or a peer answers is no trouble: the picture shows it. */
void player_take_error(struct player *player, size_t host, const char *what, int error);
struct talk *player_add_talk(struct player *player, const struct script_talk *script, size_t host);
/* Whether all talks of the phases before PHASE are over. */
bool player_phase_open(const struct player *player, size_t phase);
void player_begin(struct talk *talk, int fd, const struct sockaddr_in *peer, uint16_t port);
void player_finish(struct talk *talk);

/* ---- player_callers.c ---- */

int player_listen(struct player *player, size_t host, enum transport transport, uint16_t port, struct error *error);
/* Whether LISTENER is where the talk's other side calls. */
bool player_is_called(const struct player *player, const struct talk *talk, const struct listener *listener);
/* Each of these: whether anything moved. */
bool player_hear_callers(struct player *player);
void player_open_talk(struct player *player, struct talk *talk);
bool player_finish_connect(struct talk *talk);

/* ---- player_talk.c ---- */

bool player_hear_datagrams(struct player *player, struct talk *talk);
bool player_talk_on(struct player *player, struct talk *talk, bool may_speak);

#endif
