/* player_callers.c - the sockets of a played host: where it is called, who calls, and what it opens. See player_parts.h. */
#include "player_parts.h"

#include "../src/match.h"
#include "clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- sockets ---- */

static struct sockaddr_in endpoint_address(uint32_t address, uint16_t port)
{
	struct sockaddr_in socket_address = {.sin_family = AF_INET, .sin_port = htons(port)};

	socket_address.sin_addr.s_addr = htonl(address);
	return socket_address;
}

/* A socket in HOST's namespace, bound to PORT unless that is 0. -1: errno. */
int player_open_socket(struct player *player, size_t host, enum transport transport, uint16_t port)
{
	struct sockaddr_in own = endpoint_address(INADDR_ANY, port);
	int fd, one = 1, error;

	if (lab_visit(player->lab, host)) {
		player_take_error(player, host, "no way into its namespace", EIO);
		return -1;
	}
	fd = socket(AF_INET, (transport == TRANSPORT_TCP ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	error = errno;
	if (lab_leave(player->lab))
		player_take_error(player, host, "no way out of its namespace", EIO);
	if (fd < 0) {
		player_take_error(player, host, "socket", error);
		errno = error;
		return -1;
	}
	if (!port)
		return fd;
	/* A port of the trace is used again by the next flow of the trace. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
	    bind(fd, (struct sockaddr *)&own, sizeof own)) {
		error = errno;
		player_take_error(player, host, "bind", error);
		(void)close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

static uint16_t own_port(int fd)
{
	struct sockaddr_in own = {0};
	socklen_t size = sizeof own;

	return getsockname(fd, (struct sockaddr *)&own, &size) ? 0 : ntohs(own.sin_port);
}

int player_listen(struct player *player, size_t host, enum transport transport, uint16_t port,
                        struct error *error)
{
	struct listener *listener;
	int fd;

	for (size_t i = 0; i < player->listener_count; i++) {
		listener = &player->listeners[i];
		if (listener->host == host && listener->transport == transport && listener->port == port)
			return 0;
	}
	fd = player_open_socket(player, host, transport, port);
	if (fd < 0 || (transport == TRANSPORT_TCP && listen(fd, 64))) {
		error_set(error, NULL, 0, 0, "cannot play %s on port %u: %s", player->lab->lesson->hosts[host].name, port,
		          strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	mem_room(player->listeners, player->listener_count, player->listener_capacity);
	player->listeners[player->listener_count++] = (struct listener){host, transport, port, fd};
	return 0;
}

/* ---- who calls ---- */

bool player_is_called(const struct player *player, const struct talk *talk, const struct listener *listener)
{
	const struct expected_flow *flow = &talk->script->entry->flow;

	return !talk->script->opens && talk->host == listener->host && flow->transport == listener->transport &&
	       match_port(&flow->target, player->params, NULL, 0) == listener->port;
}

/* The talk for a new caller: one that expects this host, else any, else the last one again. */
static struct talk *find_talk(struct player *player, const struct listener *listener, const struct sockaddr_in *peer)
{
	struct address address = address_ipv4(ntohl(peer->sin_addr.s_addr));
	const struct talk *last = NULL;

	for (int strict = 1; strict >= 0; strict--)
		for (size_t i = 0; i < player->talk_count; i++) {
			struct talk *talk = &player->talks[i];

			if (!player_is_called(player, talk, listener))
				continue;
			last = talk;
			if (talk->state == TALK_WAITING && player_phase_open(player, talk->script->phase) &&
			    (!strict || hosts_match(player->hosts, talk->script->entry->flow.opener.host, &address)))
				return talk;
		}
	return last ? player_add_talk(player, last->script, listener->host) : NULL;
}

static bool accept_caller(struct player *player, const struct listener *listener)
{
	struct sockaddr_in peer = {0};
	socklen_t size = sizeof peer;
	struct talk *talk;
	int fd = accept4(listener->fd, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0) {
		player_take_error(player, listener->host, "accept", errno);
		return false;
	}
	talk = find_talk(player, listener, &peer);
	if (talk)
		player_begin(talk, fd, &peer, listener->port);
	else
		(void)close(fd); /* nobody's: there is always a talk where there is a listener */
	return true;
}

static struct talk *known_peer(struct player *player, const struct listener *listener, const struct sockaddr_in *peer)
{
	for (size_t i = 0; i < player->talk_count; i++) {
		struct talk *talk = &player->talks[i];

		if (player_is_called(player, talk, listener) && talk->state != TALK_WAITING &&
		    talk->peer.sin_addr.s_addr == peer->sin_addr.s_addr && talk->peer.sin_port == peer->sin_port)
			return talk;
	}
	return NULL;
}

static bool receive_datagram(struct player *player, const struct listener *listener)
{
	struct sockaddr_in peer = {0};
	socklen_t size = sizeof peer;
	struct talk *talk;
	char byte;

	if (recvfrom(listener->fd, &byte, 1, 0, (struct sockaddr *)&peer, &size) < 0)
		return false;
	talk = known_peer(player, listener, &peer);
	if (!talk) {
		talk = find_talk(player, listener, &peer);
		if (talk)
			player_begin(talk, -1, &peer, listener->port);
	}
	if (talk)
		talk->datagrams++;
	return true;
}

bool player_hear_callers(struct player *player)
{
	bool moved = false;

	for (size_t i = 0; i < player->listener_count; i++) {
		const struct listener listener = player->listeners[i];

		while (listener.transport == TRANSPORT_TCP ? accept_caller(player, &listener)
		                                           : receive_datagram(player, &listener))
			moved = true;
	}
	return moved;
}

/* ---- opening ---- */

/* The address of NAME, a host's name or an address as the trace may write it; 0: neither. */
static uint32_t address_of(const struct player *player, const char *name)
{
	int host = lesson_host(player->lab->lesson, name);
	struct in_addr address;

	if (host >= 0)
		return lesson_address(player->lab->lesson, (size_t)host);
	return inet_pton(AF_INET, name, &address) == 1 ? ntohl(address.s_addr) : 0;
}

void player_open_talk(struct player *player, struct talk *talk)
{
	const struct expected_flow *flow = &talk->script->entry->flow;
	uint16_t port = match_port(&flow->target, player->params, NULL, 0);
	struct sockaddr_in peer = endpoint_address(address_of(player, flow->target.host), port);
	int fd = player_open_socket(player, talk->host, flow->transport, match_port(&flow->opener, player->params, NULL, 0));

	if (fd < 0 || !port || !peer.sin_addr.s_addr) {
		if (fd >= 0)
			(void)close(fd);
		talk->state = TALK_DONE; /* nothing to open: the picture will show that it never came */
		return;
	}
	player_begin(talk, fd, &peer, 0);
	if (flow->transport == TRANSPORT_TCP && connect(fd, (struct sockaddr *)&peer, sizeof peer)) {
		talk->state = TALK_CONNECTING;
		if (errno != EINPROGRESS) {
			player_take_error(player, talk->host, "connect", errno);
			player_finish(talk);
		}
	}
}

bool player_finish_connect(struct talk *talk)
{
	struct pollfd poller = {.fd = talk->fd, .events = POLLOUT};
	int error = 0;
	socklen_t size = sizeof error;

	if (poll(&poller, 1, 0) <= 0)
		return false;
	if (getsockopt(talk->fd, SOL_SOCKET, SO_ERROR, &error, &size) || error) {
		player_finish(talk);
		return true;
	}
	talk->state = TALK_TALKING;
	talk->own_port = own_port(talk->fd);
	talk->since_us = clock_us();
	return true;
}

