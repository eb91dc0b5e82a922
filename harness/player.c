/* player.c - see player.h. A talk is one flow that a played host has a part in;
 * it works off the actions of its script one after the other. */
#include "player.h"

#include "../src/match.h"
#include "cleanup.h"
#include "clock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

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
	int64_t since_us;          /* when the one before it was done */
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

struct player *player_new(const struct lab *lab, const struct trace *trace, const struct params *params,
                          const struct hosts *hosts)
{
	struct player *player = mem_alloc(sizeof *player);

	*player = (struct player){.lab = lab, .trace = trace, .params = params, .hosts = hosts};
	player->scripts = mem_alloc(lab->host_count * sizeof *player->scripts);
	return player;
}

void player_free(struct player *player)
{
	if (!player)
		return;
	for (size_t i = 0; i < player->talk_count; i++) {
		if (player->talks[i].fd >= 0)
			(void)close(player->talks[i].fd);
		text_free(&player->talks[i].heard);
		text_free(&player->talks[i].unsent);
	}
	for (size_t i = 0; i < player->listener_count; i++)
		(void)close(player->listeners[i].fd);
	for (size_t i = 0; i < player->lab->host_count; i++)
		script_free(&player->scripts[i]);
	free(player->scripts);
	free(player->talks);
	free(player->listeners);
	free(player);
}

const char *player_trouble(const struct player *player)
{
	return player->trouble;
}

/* HOST could not do WHAT because of errno ERROR. What a network or a peer answers is no trouble: the picture shows it. */
static void take_error(struct player *player, size_t host, const char *what, int error)
{
	static const int machines[] = {EIO, EMFILE, ENFILE, ENOBUFS, ENOMEM};

	for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++)
		if (error == machines[i] && !player->trouble[0])
			snprintf(player->trouble, sizeof player->trouble, "cannot play %s: %s: %s",
			         player->lab->lesson->hosts[host].name, what, strerror(error));
}

/* ---- sockets ---- */

static struct sockaddr_in endpoint_address(uint32_t address, uint16_t port)
{
	struct sockaddr_in socket_address = {.sin_family = AF_INET, .sin_port = htons(port)};

	socket_address.sin_addr.s_addr = htonl(address);
	return socket_address;
}

/* A socket in HOST's namespace, bound to PORT unless that is 0. -1: errno. */
static int open_socket(struct player *player, size_t host, enum transport transport, uint16_t port)
{
	struct sockaddr_in own = endpoint_address(INADDR_ANY, port);
	int fd, one = 1, error;

	if (lab_visit(player->lab, host)) {
		take_error(player, host, "no way into its namespace", EIO);
		return -1;
	}
	fd = socket(AF_INET, (transport == TRANSPORT_TCP ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	error = errno;
	if (lab_leave(player->lab))
		take_error(player, host, "no way out of its namespace", EIO);
	if (fd < 0) {
		take_error(player, host, "socket", error);
		errno = error;
		return -1;
	}
	if (!port)
		return fd;
	/* A port of the trace is used again by the next flow of the trace. */
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) ||
	    bind(fd, (struct sockaddr *)&own, sizeof own)) {
		error = errno;
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

static int add_listener(struct player *player, size_t host, enum transport transport, uint16_t port,
                        struct error *error)
{
	struct listener *listener;
	int fd;

	for (size_t i = 0; i < player->listener_count; i++) {
		listener = &player->listeners[i];
		if (listener->host == host && listener->transport == transport && listener->port == port)
			return 0;
	}
	fd = open_socket(player, host, transport, port);
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

static struct talk *add_talk(struct player *player, const struct script_talk *script, size_t host)
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
		if (!talk->opens && add_listener(player, host, flow->transport, port, error))
			return -1;
		add_talk(player, talk, host);
	}
	return 0;
}

/* ---- who calls ---- */

static bool phase_open(const struct player *player, size_t phase)
{
	for (size_t i = 0; i < player->talk_count; i++)
		if (player->talks[i].script->phase < phase && player->talks[i].state != TALK_DONE)
			return false;
	return true;
}

static bool is_called(const struct player *player, const struct talk *talk, const struct listener *listener)
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

			if (!is_called(player, talk, listener))
				continue;
			last = talk;
			if (talk->state == TALK_WAITING && phase_open(player, talk->script->phase) &&
			    (!strict || hosts_match(player->hosts, talk->script->entry->flow.opener.host, &address)))
				return talk;
		}
	return last ? add_talk(player, last->script, listener->host) : NULL;
}

static void begin(struct talk *talk, int fd, const struct sockaddr_in *peer, uint16_t port)
{
	talk->fd = fd;
	talk->peer = *peer;
	talk->own_port = port;
	talk->state = TALK_TALKING;
	talk->since_us = clock_us();
}

static bool accept_caller(struct player *player, const struct listener *listener)
{
	struct sockaddr_in peer = {0};
	socklen_t size = sizeof peer;
	struct talk *talk;
	int fd = accept4(listener->fd, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return false;
	talk = find_talk(player, listener, &peer);
	if (talk)
		begin(talk, fd, &peer, listener->port);
	else
		(void)close(fd); /* nobody's: there is always a talk where there is a listener */
	return true;
}

static struct talk *known_peer(struct player *player, const struct listener *listener, const struct sockaddr_in *peer)
{
	for (size_t i = 0; i < player->talk_count; i++) {
		struct talk *talk = &player->talks[i];

		if (is_called(player, talk, listener) && talk->state != TALK_WAITING &&
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
			begin(talk, -1, &peer, listener->port);
	}
	if (talk)
		talk->datagrams++;
	return true;
}

static bool hear_callers(struct player *player)
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

static void finish(struct talk *talk)
{
	if (talk->fd >= 0 && talk->script->entry->flow.transport == TRANSPORT_TCP) {
		(void)close(talk->fd); /* a UDP socket stays: a late datagram must not be refused */
		talk->fd = -1;
	}
	talk->state = TALK_DONE;
}

/* The address of NAME, a host's name or an address as the trace may write it; 0: neither. */
static uint32_t address_of(const struct player *player, const char *name)
{
	int host = lesson_host(player->lab->lesson, name);
	struct in_addr address;

	if (host >= 0)
		return lesson_address(player->lab->lesson, (size_t)host);
	return inet_pton(AF_INET, name, &address) == 1 ? ntohl(address.s_addr) : 0;
}

static void open_talk(struct player *player, struct talk *talk)
{
	const struct expected_flow *flow = &talk->script->entry->flow;
	uint16_t port = match_port(&flow->target, player->params, NULL, 0);
	struct sockaddr_in peer = endpoint_address(address_of(player, flow->target.host), port);
	int fd = open_socket(player, talk->host, flow->transport, match_port(&flow->opener, player->params, NULL, 0));

	if (fd < 0 || !port || !peer.sin_addr.s_addr) {
		if (fd >= 0)
			(void)close(fd);
		talk->state = TALK_DONE; /* nothing to open: the picture will show that it never came */
		return;
	}
	begin(talk, fd, &peer, 0);
	if (flow->transport == TRANSPORT_TCP && connect(fd, (struct sockaddr *)&peer, sizeof peer)) {
		talk->state = TALK_CONNECTING;
		if (errno != EINPROGRESS) {
			take_error(player, talk->host, "connect", errno);
			finish(talk);
		}
	}
}

static bool finish_connect(struct talk *talk)
{
	struct pollfd poller = {.fd = talk->fd, .events = POLLOUT};
	int error = 0;
	socklen_t size = sizeof error;

	if (poll(&poller, 1, 0) <= 0)
		return false;
	if (getsockopt(talk->fd, SOL_SOCKET, SO_ERROR, &error, &size) || error) {
		finish(talk);
		return true;
	}
	talk->state = TALK_TALKING;
	talk->own_port = own_port(talk->fd);
	talk->since_us = clock_us();
	return true;
}

/* ---- hearing and speaking ---- */

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
		take_error(player, talk->host, "recv", errno);
	talk->peer_ended = true; /* its end, or a reset */
	return true;
}

static bool hear_datagrams(struct player *player, struct talk *talk)
{
	bool moved = false;
	char byte;

	while (talk->fd >= 0 && recv(talk->fd, &byte, 1, 0) >= 0) {
		talk->datagrams++;
		moved = true;
	}
	if (talk->fd >= 0)
		take_error(player, talk->host, "recv", errno);
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
		if (is_called(player, talk, &player->listeners[i]))
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
			take_error(player, talk->host, "send", errno);
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
			take_error(player, talk->host, "sendto", errno);
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
			finish(talk); /* it will never come */
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

static bool talk_on(struct player *player, struct talk *talk, bool may_speak)
{
	bool udp = talk->script->entry->flow.transport == TRANSPORT_UDP;
	bool moved = udp ? hear_datagrams(player, talk) : hear_bytes(player, talk);

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
		finish(talk);
		moved = true;
	}
	return moved;
}

bool player_step(struct player *player, bool may_speak)
{
	bool moved = hear_callers(player);

	for (size_t i = 0; i < player->talk_count; i++) {
		struct talk *talk = &player->talks[i];
		bool was_talking = talk->state == TALK_TALKING;

		if (may_speak && talk->state == TALK_WAITING && talk->script->opens &&
		    phase_open(player, talk->script->phase)) {
			open_talk(player, talk);
			moved = true;
		}
		if (talk->state == TALK_CONNECTING)
			moved |= finish_connect(talk);
		if (talk->state == TALK_TALKING)
			moved |= talk_on(player, talk, may_speak && was_talking);
		else if (talk->state == TALK_DONE && talk->fd >= 0)
			moved |= hear_datagrams(player, talk);
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
