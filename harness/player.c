/* player.c - see player.h. A talk is one flow that a played host has a part in;
 * it works off the actions of its script one after the other. */
#include "player_parts.h"

#include "../src/match.h"
#include "clock.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct player *player_new(const struct lab *lab, const struct trace *trace, const struct params *params,
                          const struct hosts *hosts)
{
	struct player *player = mem_alloc(sizeof *player);

	*player = (struct player){.lab = lab, .trace = trace, .params = params, .hosts = hosts};
	player->scripts = mem_alloc(lab->host_count * sizeof *player->scripts);
	return player;
}

const char *player_trouble(const struct player *player)
{
	return player->trouble;
}

void player_take_error(struct player *player, size_t host, const char *what, int error)
{
	static const int machines[] = {EIO, EMFILE, ENFILE, ENOBUFS, ENOMEM};

	for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
		if (error == machines[i] && !player->trouble[0])
			snprintf(player->trouble, sizeof player->trouble, "cannot play %s: %s: %s",
			         player->lab->lesson->hosts[host].name, what, strerror(error));
}

struct talk *player_add_talk(struct player *player, const struct script_talk *script, size_t host)
{
	struct talk *talk;

	mem_room(player->talks, player->talk_count, player->talk_capacity);
	talk = &player->talks[player->talk_count++];
	*talk = (struct talk){.script = script, .host = host, .fd = -1};
	return talk;
}

int player_start(struct player *player, size_t host, struct error *error)
{
	struct script *script = &player->scripts[host];
	const char *name = player->lab->lesson->hosts[host].name;

	script_read(player->trace, name, script);
	for (size_t i = 0; i < script->talk_count; i++) {
		const struct script_talk *talk = &script->talks[i];
		const struct expected_flow *flow = &talk->entry->flow;
		uint16_t port = match_port(&flow->target, player->params, NULL, 0);

		if (!talk->opens && !port)
			return error_set(error, player->trace->file, talk->entry->line, talk->entry->column,
			                 "%s cannot be played here: the port that it is called at must be a "
			                 "number or a parameter", name);
		if (!talk->opens && player_listen(player, host, flow->transport, port, error))
			return -1;
		player_add_talk(player, talk, host);
	}
	return 0;
}

bool player_phase_open(const struct player *player, size_t phase)
{
	for (size_t i = 0; i < player->talk_count; i++)
		if (player->talks[i].script->phase < phase && player->talks[i].state != TALK_DONE)
			return false;
	return true;
}

void player_begin(struct talk *talk, int fd, const struct sockaddr_in *peer, uint16_t port)
{
	talk->fd = fd;
	talk->peer = *peer;
	talk->own_port = port;
	talk->state = TALK_TALKING;
	talk->since_us = clock_us();
}

void player_finish(struct talk *talk)
{
	if (talk->fd >= 0 && talk->script->entry->flow.transport == TRANSPORT_TCP) {
		(void)close(talk->fd); /* a UDP socket stays: a late datagram must not be refused */
		talk->fd = -1;
	}
	talk->state = TALK_DONE;
}

bool player_step(struct player *player, bool may_speak, bool may_open)
{
	bool moved = player_hear_callers(player);

	for (size_t i = 0; i < player->talk_count; i++) {
		struct talk *talk = &player->talks[i];
		bool was_talking = talk->state == TALK_TALKING;

		if (may_speak && may_open && talk->state == TALK_WAITING && talk->script->opens &&
		    player_phase_open(player, talk->script->phase)) {
			player_open_talk(player, talk);
			moved = true;
		}
		if (talk->state == TALK_CONNECTING)
			moved |= player_finish_connect(talk);
		if (talk->state == TALK_TALKING)
			moved |= player_talk_on(player, talk, may_speak && was_talking);
		else if (talk->state == TALK_DONE && talk->fd >= 0)
			moved |= player_hear_datagrams(player, talk);
	}
	return moved;
}

static void add_poller(struct pollfd **pollers, size_t *count, size_t *capacity, int fd, short events)
{
	mem_room(*pollers, *count, *capacity);
	(*pollers)[(*count)++] = (struct pollfd){.fd = fd, .events = events};
}

void player_poll(const struct player *player, struct pollfd **pollers, size_t *count, size_t *capacity)
{
	for (size_t i = 0; i < player->listener_count; i++)
		add_poller(pollers, count, capacity, player->listeners[i].fd, POLLIN);
	for (size_t i = 0; i < player->talk_count; i++) {
		const struct talk *talk = &player->talks[i];
		bool deaf = talk->peer_ended || talk->heard.length >= HEARD_MAX;
		int events = (deaf ? 0 : POLLIN) |
		             (talk->state == TALK_CONNECTING || talk->unsent.length ? POLLOUT : 0);

		/* Without anything to wait for, a half-closed socket would still report POLLHUP. */
		if (talk->fd >= 0 && events)
			add_poller(pollers, count, capacity, talk->fd, (short)events);
	}
}

int player_wait(const struct player *player)
{
	int64_t now = clock_us(), wait = -1;

	for (size_t i = 0; i < player->talk_count; i++) {
		const struct talk *talk = &player->talks[i];
		const struct script_action *action = &talk->script->actions[talk->action];
		int64_t due;

		if (talk->state != TALK_TALKING || talk->action >= talk->script->action_count || !action->item ||
		    (action->kind != SCRIPT_SEND && action->kind != SCRIPT_END))
			continue;
		due = talk->since_us + action->item->after_us - now;
		if (due >= 0 && (wait < 0 || due < wait))
			wait = due;
	}
	return wait < 0 ? -1 : (int)(wait / 1000 + 1);
}
