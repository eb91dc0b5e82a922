/* player_talk.c - hearing and speaking within one talk of a played host. See player_parts.h. */
#include "player_parts.h"

#include "../src/match.h"
#include "cleanup.h"
#include "clock.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

static bool hear_bytes(struct player *player, struct talk *talk)
{
	char buffer[16384];
	bool moved = false;
	ssize_t got = -1;

	while (!talk->peer_ended && talk->heard.length < HEARD_MAX &&
	       (got = recv(talk->fd, buffer, sizeof buffer, 0)) > 0) {
		text_add_bytes(&talk->heard, buffer, (size_t)got);
		moved = true;
	}
	if (talk->peer_ended || (got < 0 && (errno == EAGAIN || errno == EINTR)) || talk->heard.length >= HEARD_MAX)
		return moved;
	if (got < 0)
		player_take_error(player, talk->host, "recv", errno);
	talk->peer_ended = true; /* its end, or a reset */
	return true;
}

bool player_hear_datagrams(struct player *player, struct talk *talk)
{
	bool moved = false;
	char byte;

	while (talk->fd >= 0 && recv(talk->fd, &byte, 1, 0) >= 0) {
		talk->datagrams++;
		moved = true;
	}
	if (talk->fd >= 0)
		player_take_error(player, talk->host, "recv", errno);
	return moved;
}

/* The variables of the talk's own first line, so that a text may name its port. */
static size_t own_bindings(const struct talk *talk, struct binding bindings[2])
{
	const struct expected_flow *flow = &talk->script->entry->flow;
	uint16_t opener = talk->script->opens ? talk->own_port : ntohs(talk->peer.sin_port);
	uint16_t target = talk->script->opens ? ntohs(talk->peer.sin_port) : talk->own_port;
	size_t count = 0;

	if (flow->opener.kind == PORT_VARIABLE) {
		memcpy(bindings[count].name, flow->opener.name, sizeof bindings[count].name);
		bindings[count++].port = opener;
	}
	if (flow->target.kind == PORT_VARIABLE) {
		memcpy(bindings[count].name, flow->target.name, sizeof bindings[count].name);
		bindings[count++].port = target;
	}
	return count;
}

static void expand(const struct player *player, const struct talk *talk, const struct pattern *pattern,
                   struct text *out)
{
	struct binding bindings[2];
	size_t count = own_bindings(talk, bindings);

	if (pattern->kind == PATTERN_BYTES)
		for (uint64_t i = 0; i < pattern->count; i++)
			text_add(out, "x");
	else if (pattern->kind == PATTERN_ANY)
		text_add(out, "?");
	else
		match_expand(pattern, player->params, bindings, count, out);
}

static int speaking_fd(const struct player *player, const struct talk *talk)
{
	if (talk->fd >= 0)
		return talk->fd;
	for (size_t i = 0; i < player->listener_count; i++)
		if (player_is_called(player, talk, &player->listeners[i]))
			return player->listeners[i].fd;
	return -1;
}

static bool flush(struct player *player, struct talk *talk)
{
	bool moved = false;

	while (talk->unsent.length) {
		ssize_t sent = send(talk->fd, talk->unsent.data, talk->unsent.length, MSG_NOSIGNAL);

		if (sent < 0 && (errno == EAGAIN || errno == EINTR))
			return moved;
		if (sent < 0)
			player_take_error(player, talk->host, "send", errno);
		if (sent <= 0) { /* the other side is gone: what is left cannot be said */
			talk->unsent.length = 0;
			return true;
		}
		talk->unsent.length -= (size_t)sent;
		memmove(talk->unsent.data, talk->unsent.data + sent, talk->unsent.length);
		moved = true;
	}
	return moved;
}

static void speak(struct player *player, struct talk *talk, const struct item *item)
{
	_cleanup_text_ struct text text = {0};

	expand(player, talk, &item->pattern, &text);
	if (talk->script->entry->flow.transport == TRANSPORT_UDP) {
		/* A datagram that cannot be sent is one that the picture lacks. */
		if (sendto(speaking_fd(player, talk), text_string(&text), text.length, MSG_NOSIGNAL,
		           (struct sockaddr *)&talk->peer, sizeof talk->peer) < 0)
			player_take_error(player, talk->host, "sendto", errno);
		return;
	}
	text_add_bytes(&talk->unsent, text_string(&text), text.length);
	(void)flush(player, talk);
}

static void forget(struct talk *talk, size_t length)
{
	talk->heard.length -= length;
	if (length)
		memmove(talk->heard.data, talk->heard.data + length, talk->heard.length);
}

/* Whether what was waited for has come, or something else in its place. */
static bool has_heard(const struct player *player, struct talk *talk, const struct item *item)
{
	_cleanup_text_ struct text text = {0};
	size_t common;

	if (talk->script->entry->flow.transport == TRANSPORT_UDP) {
		if (!talk->datagrams)
			return false;
		talk->datagrams--;
		return true;
	}
	if (!talk->heard.length)
		return false;
	if (item->pattern.kind == PATTERN_ANY) {
		forget(talk, talk->heard.length);
		return true;
	}
	expand(player, talk, &item->pattern, &text);
	common = text.length < talk->heard.length ? text.length : talk->heard.length;
	if (item->pattern.kind != PATTERN_BYTES && memcmp(talk->heard.data, text_string(&text), common)) {
		forget(talk, talk->heard.length); /* something else: the talk goes on all the same */
		return true;
	}
	if (common < text.length)
		return false;
	forget(talk, item->pattern.kind == PATTERN_PREFIX ? talk->heard.length : text.length);
	return true;
}

static void reset(struct talk *talk)
{
	struct linger hard = {.l_onoff = 1, .l_linger = 0};

	(void)setsockopt(talk->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard); /* on failure: a FIN, which shows */
}

static bool is_due(const struct talk *talk, const struct script_action *action)
{
	return !action->item || clock_us() >= talk->since_us + action->item->after_us;
}

static bool is_speaking(enum script_action_kind kind)
{
	return kind == SCRIPT_SEND || kind == SCRIPT_END || kind == SCRIPT_RESET;
}

/* Does the talk's next action, if it can be done now. */
static bool act(struct player *player, struct talk *talk, bool may_speak)
{
	const struct script_action *action = &talk->script->actions[talk->action];
	bool done = false;

	if (is_speaking(action->kind) && !may_speak)
		return false;
	switch (action->kind) {
	case SCRIPT_SEND:
		done = is_due(talk, action);
		if (done)
			speak(player, talk, action->item);
		break;
	case SCRIPT_EXPECT:
		done = has_heard(player, talk, action->item);
		if (!done && talk->peer_ended) {
			player_finish(talk); /* it will never come */
			return true;
		}
		break;
	case SCRIPT_END:
		done = !talk->unsent.length && is_due(talk, action);
		if (done)
			(void)shutdown(talk->fd, SHUT_WR); /* fails only when the other side reset */
		break;
	case SCRIPT_EXPECT_END:
		done = talk->peer_ended;
		break;
	case SCRIPT_RESET:
		reset(talk);
		talk->action = talk->script->action_count;
		return true;
	}
	if (done) {
		talk->action++;
		talk->since_us = clock_us();
	}
	return done;
}

bool player_talk_on(struct player *player, struct talk *talk, bool may_speak)
{
	bool udp = talk->script->entry->flow.transport == TRANSPORT_UDP;
	bool moved = udp ? player_hear_datagrams(player, talk) : hear_bytes(player, talk);

	if (moved)
		talk->since_us = clock_us(); /* `after` counts from there */
	if (!udp)
		moved |= flush(player, talk);
	while (talk->state == TALK_TALKING && talk->action < talk->script->action_count) {
		bool speaking = is_speaking(talk->script->actions[talk->action].kind);

		if (!act(player, talk, may_speak))
			break;
		moved = true;
		may_speak = may_speak && !speaking; /* the next word when the programs are at rest again */
	}
	if (talk->state == TALK_TALKING && talk->action == talk->script->action_count && !talk->unsent.length) {
		player_finish(talk);
		moved = true;
	}
	return moved;
}

