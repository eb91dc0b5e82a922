/* tie.c - see tie.h. The calls are gone through in their order, with a table of the
 * descriptors that the programs hold: what each is bound to and connected to. */
#include "tie.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLACK_NS 2000000 /* a call is stopped, noted, let go: the packet may carry the earlier time */

/* A socket, as its calls show it. */
struct held {
	const struct call *call; /* the last that said something of it: whose it is */
	int fd;
	uint16_t port;           /* bound to it; 0 = not, or by the kernel */
	struct address peer;     /* connect(); family 0 = none */
	uint16_t peer_port;
	const struct flow *flow; /* the TCP connection that it is, or NULL */
	int side;                /* of the flow: 0 the opener's */
};

/* What was sent and read on a flow, by side; which call made its end. */
struct progress {
	const struct flow *flow;
	size_t sent[2], read[2];
	size_t closer[2];            /* 1 + the call that closed, 0 = none yet */
	bool opened[2];              /* connect() or accept() has been found */
	bool *caused, *received;     /* of each event, UDP: its call has been found; owned */
};

struct tying {
	const struct scene *scene;
	const struct view *view;
	struct tie *ties;
	struct held *held;
	size_t held_count, held_capacity;
	struct progress *progress; /* one a flow of the view */
};

/* ---- descriptors ---- */

static bool is_same_program(const struct call *a, const struct call *b)
{
	return a->program == b->program && !strcmp(a->host, b->host);
}

/* The process's own descriptor, or, after fork(), what it has inherited. */
static struct held *find_held(struct tying *tying, const struct call *call)
{
	struct held *inherited = NULL;

	for (size_t i = tying->held_count; i-- > 0;) {
		struct held *held = &tying->held[i];

		if (held->fd != call->fd || !is_same_program(held->call, call))
			continue;
		if (held->call->process == call->process)
			return held;
		if (!inherited)
			inherited = held;
	}
	return inherited;
}

/* A descriptor's number is used again: the newest counts. */
static struct held *add_held(struct tying *tying, const struct call *call, int fd)
{
	mem_room(tying->held, tying->held_count, tying->held_capacity);
	tying->held[tying->held_count] = (struct held){.call = call, .fd = fd};
	return &tying->held[tying->held_count++];
}

/* A child has its own from its first call on: its parent may use the number for another socket then.
 * What nobody has made before our eyes was inherited from outside, or made by dup(). */
static struct held *held_of(struct tying *tying, const struct call *call)
{
	struct held *held = find_held(tying, call);
	struct held copy = held ? *held : (struct held){.fd = call->fd};

	if (held && held->call->process == call->process)
		return held;
	copy.call = call;
	held = add_held(tying, call, call->fd);
	*held = copy;
	return held;
}

/* ---- flows ---- */

static bool is_at(const struct tying *tying, const struct flow *flow, int side, const char *host)
{
	const char *name = hosts_name(&tying->scene->hosts, &flow->address[side]);

	return name && !strcmp(name, host);
}

static struct progress *progress_of(const struct tying *tying, const struct flow *flow)
{
	for (size_t i = 0; flow && i < tying->view->flow_count; i++)
		if (tying->progress[i].flow == flow)
			return &tying->progress[i];
	return NULL;
}

static int64_t end_of(const struct call *call)
{
	return call->end_ns ? call->end_ns : INT64_MAX - SLACK_NS;
}

static void set_tie(struct tying *tying, const struct call *call, const struct flow *flow, size_t event, size_t offset,
                    bool causes)
{
	tying->ties[call - tying->scene->evidence.calls] = (struct tie){flow, event, offset, causes};
}

static bool is_from(const struct event *event, int side)
{
	return event->kind != EVENT_UNREACHABLE && (event->direction == DIRECTION_AGAINST) == (side == 1);
}

/* The event that holds byte AT of what SIDE sent; TIE_NO_EVENT: beyond what was seen. */
static size_t event_of_byte(const struct flow *flow, int side, size_t at, size_t *offset)
{
	for (size_t i = 0; i < flow->event_count; i++) {
		const struct event *event = &flow->events[i];

		if (event->kind != EVENT_MESSAGE || !is_from(event, side))
			continue;
		*offset = at;
		if (at < event->length)
			return i;
		at -= event->length;
	}
	return TIE_NO_EVENT;
}

static size_t end_event(const struct flow *flow, int side)
{
	for (size_t i = 0; i < flow->event_count; i++)
		if ((flow->events[i].kind == EVENT_FIN || flow->events[i].kind == EVENT_RESET) &&
		    is_from(&flow->events[i], side))
			return i;
	return TIE_NO_EVENT;
}

/* ---- TCP ---- */

static void tie_connect(struct tying *tying, const struct call *call)
{
	struct held *held = held_of(tying, call);

	held->peer = call->address;
	held->peer_port = call->port;
	for (size_t i = 0; i < tying->view->flow_count; i++) {
		const struct flow *flow = tying->view->flows[i];

		if (flow->transport != TRANSPORT_TCP || call->transport == CALL_UDP || tying->progress[i].opened[0] || flow->port[1] != call->port ||
		    !address_equal(&flow->address[1], &call->address) || !is_at(tying, flow, 0, call->host) ||
		    (held->port && held->port != flow->port[0]) || flow->opened_ns + SLACK_NS < call->time_ns ||
		    flow->opened_ns > end_of(call) + SLACK_NS)
			continue;
		tying->progress[i].opened[0] = true;
		held->flow = flow;
		held->side = 0;
		set_tie(tying, call, flow, TIE_OPENING, 0, true);
		return;
	}
}

static void tie_accept(struct tying *tying, const struct call *call)
{
	const struct held *listener = find_held(tying, call);
	uint16_t port = listener ? listener->port : 0;
	struct held *held;

	if (!call->end_ns || call->result < 0)
		return;
	held = add_held(tying, call, (int)call->result);
	for (size_t i = tying->view->flow_count; i-- > 0;) {
		const struct flow *flow = tying->view->flows[i];

		if (flow->transport != TRANSPORT_TCP || tying->progress[i].opened[1] || flow->refused ||
		    (port && flow->port[1] != port) || !is_at(tying, flow, 1, call->host) ||
		    flow->opened_ns > end_of(call) + SLACK_NS)
			continue;
		if (call->address.family &&
		    (flow->port[0] != call->port || !address_equal(&flow->address[0], &call->address)))
			continue;
		tying->progress[i].opened[1] = true;
		held->flow = flow;
		held->side = 1;
		set_tie(tying, call, flow, TIE_OPENING, 0, false);
		return;
	}
}

static void tie_stream_send(struct tying *tying, const struct call *call, const struct held *held)
{
	struct progress *progress = progress_of(tying, held->flow);
	size_t offset = 0, event = TIE_NO_EVENT;

	if (call->end_ns && call->result > 0) {
		event = event_of_byte(held->flow, held->side, progress->sent[held->side], &offset);
		progress->sent[held->side] += (size_t)call->result;
	}
	set_tie(tying, call, held->flow, event, event == TIE_NO_EVENT ? 0 : offset, true);
}

static void tie_stream_read(struct tying *tying, const struct call *call, const struct held *held)
{
	struct progress *progress = progress_of(tying, held->flow);
	size_t offset = 0, event = TIE_NO_EVENT;

	if (call->end_ns && call->result > 0) {
		progress->read[held->side] += (size_t)call->result;
		event = event_of_byte(held->flow, !held->side, progress->read[held->side] - 1, &offset);
	} else if (call->end_ns && (call->result == 0 || call->error == ECONNRESET)) {
		event = end_event(held->flow, !held->side);
	}
	set_tie(tying, call, held->flow, event, event == TIE_NO_EVENT ? 0 : offset, false);
}

/* Of several (a child's and its parent's) the last before the packet made the end. */
static void tie_end(struct tying *tying, const struct call *call, const struct held *held)
{
	struct progress *progress = progress_of(tying, held->flow);
	size_t event = end_event(held->flow, held->side);
	size_t *closer = &progress->closer[held->side];
	bool causes = event != TIE_NO_EVENT && call->time_ns <= held->flow->events[event].time_ns + SLACK_NS &&
	              !(call->end_ns && call->result < 0);

	if (causes && *closer)
		tying->ties[*closer - 1].event = TIE_NO_EVENT;
	if (causes)
		*closer = 1 + (size_t)(call - tying->scene->evidence.calls);
	set_tie(tying, call, held->flow, causes ? event : TIE_NO_EVENT, 0, true);
}

/* ---- UDP ---- */

/* Whether the datagram between these ends is the call's; SIDE sent it. */
static bool is_its_datagram(const struct tying *tying, const struct call *call, const struct held *held,
                            const struct flow *flow, int side, bool sends)
{
	int mine = sends ? side : !side;
	const struct address *peer = call->address.family ? &call->address : held->peer.family ? &held->peer : NULL;
	uint16_t port = call->address.family ? call->port : held->peer_port;

	return is_at(tying, flow, mine, call->host) && (!held->port || held->port == flow->port[mine]) &&
	       (!peer || (flow->port[!mine] == port && address_equal(&flow->address[!mine], peer)));
}

static bool fits(const struct call *call, const struct event *event, bool sends)
{
	if (call->error == ECONNREFUSED)
		return event->kind == EVENT_UNREACHABLE;
	if (event->kind != EVENT_MESSAGE || call->result < 0)
		return false;
	/* A datagram that is longer than the room for it is cut. */
	if (sends ? event->length != (size_t)call->result : event->length < (size_t)call->result)
		return false;
	return sends ? event->time_ns + SLACK_NS >= call->time_ns : event->time_ns <= end_of(call) + SLACK_NS;
}

/* Of all datagrams that may be the call's the earliest, which no call has had yet. */
static void tie_datagram(struct tying *tying, const struct call *call, const struct held *held, bool sends)
{
	const struct event *best = NULL;
	struct progress *progress = NULL;

	if (!call->end_ns)
		return;
	for (size_t i = 0; i < tying->view->flow_count; i++) {
		const struct flow *flow = tying->view->flows[i];

		for (size_t j = 0; flow->transport == TRANSPORT_UDP && j < flow->event_count; j++) {
			const struct event *event = &flow->events[j];
			int side = event->direction == DIRECTION_AGAINST;
			const bool *taken = sends ? tying->progress[i].caused : tying->progress[i].received;

			if (taken[j] || !fits(call, event, sends) ||
			    !is_its_datagram(tying, call, held, flow, side, event->kind == EVENT_UNREACHABLE ? false : sends) ||
			    (best && best->time_ns <= event->time_ns))
				continue;
			best = event;
			progress = &tying->progress[i];
		}
	}
	if (!best)
		return;
	(sends ? progress->caused : progress->received)[best - progress->flow->events] = true;
	set_tie(tying, call, progress->flow, (size_t)(best - progress->flow->events), 0,
	        sends && best->kind == EVENT_MESSAGE);
}

/* ---- all of them ---- */

static void tie_talk(struct tying *tying, const struct call *call, bool sends)
{
	const struct held *held = held_of(tying, call);

	if (held->flow && sends)
		tie_stream_send(tying, call, held);
	else if (held->flow)
		tie_stream_read(tying, call, held);
	else if (call->transport != CALL_TCP)
		tie_datagram(tying, call, held, sends);
}

static void tie_call(struct tying *tying, const struct call *call)
{
	struct held *held;

	switch (call->kind) {
	case CALL_SOCKET:
		if (call->end_ns && call->result >= 0)
			(void)add_held(tying, call, (int)call->result);
		break;
	case CALL_BIND:
		held = held_of(tying, call);
		if (!call->error)
			held->port = call->port;
		break;
	case CALL_CONNECT: tie_connect(tying, call); break;
	case CALL_ACCEPT: tie_accept(tying, call); break;
	case CALL_SEND:
	case CALL_SENDTO:
	case CALL_SENDMSG:
	case CALL_WRITE: tie_talk(tying, call, true); break;
	case CALL_RECV:
	case CALL_RECVFROM:
	case CALL_RECVMSG:
	case CALL_READ: tie_talk(tying, call, false); break;
	case CALL_SHUTDOWN:
	case CALL_CLOSE:
		held = held_of(tying, call);
		if (held->flow && !(call->kind == CALL_SHUTDOWN && call->value == 0)) /* SHUT_RD says nothing on the wire */
			tie_end(tying, call, held);
		break;
	case CALL_LISTEN:
	case CALL_POLL:
	case CALL_SELECT:
	case CALL_EPOLL_WAIT:
	case CALL_SETSOCKOPT: break;
	}
}

static void start_progress(struct tying *tying)
{
	tying->progress = mem_alloc((tying->view->flow_count + 1) * sizeof *tying->progress);
	for (size_t i = 0; i < tying->view->flow_count; i++) {
		const struct flow *flow = tying->view->flows[i];

		tying->progress[i].flow = flow;
		tying->progress[i].caused = mem_alloc(flow->event_count + 1);
		tying->progress[i].received = mem_alloc(flow->event_count + 1);
	}
}

/* What gives a call its effect: sends on entering, those that wait when they return. */
static int64_t effect_of(const struct call *call)
{
	return tie_waits(call->kind) ? end_of(call) : call->time_ns;
}

static int by_effect(const void *left, const void *right)
{
	const struct call *a = *(const struct call *const *)left, *b = *(const struct call *const *)right;

	if (effect_of(a) != effect_of(b))
		return effect_of(a) < effect_of(b) ? -1 : 1;
	return a < b ? -1 : a > b;
}

bool tie_waits(enum call_kind kind)
{
	return kind == CALL_SOCKET || kind == CALL_ACCEPT || kind == CALL_RECV || kind == CALL_RECVFROM ||
	       kind == CALL_RECVMSG || kind == CALL_READ;
}

void tie_calls(const struct scene *scene, size_t view, struct tie *ties)
{
	struct tying tying = {.scene = scene, .view = &scene->views[view], .ties = ties};
	size_t count = scene->evidence.call_count;
	const struct call **calls = mem_alloc((count + 1) * sizeof *calls);

	start_progress(&tying);
	for (size_t i = 0; i < count; i++) {
		ties[i] = (struct tie){.event = TIE_NO_EVENT};
		calls[i] = &scene->evidence.calls[i];
	}
	qsort(calls, count, sizeof *calls, by_effect);
	for (size_t i = 0; i < count; i++)
		tie_call(&tying, calls[i]);
	free(calls);
	for (size_t i = 0; i < tying.view->flow_count; i++) {
		free(tying.progress[i].caused);
		free(tying.progress[i].received);
	}
	free(tying.progress);
	free(tying.held);
}
