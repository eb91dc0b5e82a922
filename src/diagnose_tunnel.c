/* diagnose_tunnel.c - diagnoses about a program that carries packets in datagrams: a tunnel's end.
 *
 * What goes through the tunnel is seen at its interface, what carries it at the others. A packet says itself how long
 * it is (RFC 791), so each datagram can be held against the packet in it. */
#include "diagnose_parts.h"

#include <string.h>

#define IPV4_HEADER 20 /* bytes, without options */
#define IN_FRONT 16    /* so many bytes before a packet are recognised */

/* A datagram that a tunnel's end sent or got. */
struct load {
	const char *from, *to; /* hosts */
	uint16_t from_port, to_port;
	const uint8_t *bytes;
	size_t length;
	const char *wanted_from, *wanted_to; /* what is looked for, where a test asks for it */
	uint16_t wanted_port;
	uint32_t wanted_source;
};

typedef bool load_test(const struct look *look, const struct load *load);

static const struct tunnel *tunnel_of(const struct look *look, const struct view *view)
{
	return scene_tunnel(look->scene, view);
}

/* The view into HOST's tunnel, if it is watched. */
static const struct view *inside_of(const struct look *look, const char *host)
{
	for (size_t i = 0; i < look->scene->view_count; i++)
		if (!strcmp(look->scene->views[i].host, host) && tunnel_of(look, &look->scene->views[i]))
			return &look->scene->views[i];
	return NULL;
}

static bool has_tunnel(const struct look *look, const char *host)
{
	const struct lesson *lesson = look->scene->lesson;

	for (size_t i = 0; is_student(look, host) && i < lesson->tunnel_count; i++)
		if (!strcmp(lesson->hosts[lesson->tunnels[i].end.host].name, host))
			return true;
	return false;
}

/* Whether the program on HOST has a UDP socket at this port. A router sends in others' names, too. */
static bool owns_port(const struct look *look, const char *host, uint16_t port)
{
	size_t count;
	const struct sock_entry *entry = scene_sockets(look->scene, host, &count);

	for (; count--; entry++)
		if (entry->transport == TRANSPORT_UDP && entry->local_port == port)
			return true;
	return false;
}

static bool is_router(const struct look *look, const char *host)
{
	int which = lesson_host(look->scene->lesson, host);

	return which >= 0 && look->scene->lesson->hosts[which].kind == HOST_ROUTER;
}

/* Whether TEST fits a datagram of FLOW's. */
static bool any_in_flow(const struct look *look, const struct flow *flow, load_test *test, const struct load *wanted)
{
	for (size_t i = 0; i < flow->event_count; i++) {
		const struct event *event = &flow->events[i];
		int side = event->direction == DIRECTION_AGAINST;
		struct load load = *wanted;

		if (event->kind != EVENT_MESSAGE || event->kept != event->length)
			continue;
		load.from = name_at(look, &flow->address[side]);
		load.to = name_at(look, &flow->address[!side]);
		load.from_port = flow->port[side];
		load.to_port = flow->port[!side];
		load.bytes = event->bytes;
		load.length = event->kept;
		if (test(look, &load))
			return true;
	}
	return false;
}

/* Whether TEST fits a datagram that was seen outside of the tunnels. WANTED (NULL: nothing) is handed on to it. */
static bool any_load(const struct look *look, load_test *test, const struct load *wanted)
{
	static const struct load nothing;

	for (size_t i = 0; look->scene->lesson->tunnel_count && i < look->scene->view_count; i++) {
		const struct view *view = &look->scene->views[i];

		for (size_t j = 0; !tunnel_of(look, view) && j < view->flow_count; j++)
			if (view->flows[j]->transport == TRANSPORT_UDP && any_in_flow(look, view->flows[j], test, wanted ? wanted : &nothing))
				return true;
	}
	return false;
}

/* Whether it is the tunnel's program that has sent LOAD. */
static bool is_own(const struct look *look, const struct load *load)
{
	return has_tunnel(look, load->from) &&
	       (!is_router(look, load->from) || owns_port(look, load->from, load->from_port));
}

/* How long the packet at BYTES says that it is; 0: there is none. */
static size_t packet_length(const uint8_t *bytes, size_t length)
{
	return length >= IPV4_HEADER && bytes[0] == 0x45 ? (size_t)bytes[2] << 8 | bytes[3] : 0;
}

static bool is_packet(const uint8_t *bytes, size_t length)
{
	return length && packet_length(bytes, length) == length;
}

static uint32_t packet_source(const uint8_t *bytes)
{
	return (uint32_t)bytes[12] << 24 | (uint32_t)bytes[13] << 16 | (uint32_t)bytes[14] << 8 | bytes[15];
}

/* ---- the datagram and the packet in it ---- */

/* Bytes that stand before a whole packet. */
static size_t in_front(const struct load *load)
{
	for (size_t k = 1; k <= IN_FRONT && k < load->length; k++)
		if (is_packet(load->bytes + k, load->length - k))
			return k;
	return 0;
}

static bool is_padded(const struct look *look, const struct load *load)
{
	size_t says = packet_length(load->bytes, load->length), front = in_front(load);

	if (!is_own(look, load))
		return false;
	if (front)
		say_seen(look, "%s sent a datagram of %zu bytes; the packet in it has %zu, and %zu stand before it.", load->from,
		         load->length, load->length - front, front);
	else if (says && says < load->length)
		say_seen(look, "%s sent a datagram of %zu bytes; the packet in it says itself that it has %zu.", load->from,
		         load->length, says);
	else
		return false;
	say_means(look, "One read() from the tunnel is one packet, and one datagram carries it as it is: no length before it "
	                "(a datagram has one), no rest of the buffer behind it.");
	say_next(look, "Send as many bytes as read() has returned, from the first one on.");
	return true;
}

bool find_packet_padded(const struct look *look)
{
	return any_load(look, is_padded, NULL);
}

static bool is_cut(const struct look *look, const struct load *load)
{
	size_t says = packet_length(load->bytes, load->length);

	if (!is_own(look, load) || is_packet(load->bytes, load->length) || (says && says < load->length))
		return false;
	if (says)
		say_seen(look, "%s sent a datagram of %zu bytes; the packet in it says itself that it has %zu.", load->from,
		         load->length, says);
	else
		say_seen(look, "%s sent a datagram of %zu byte%s that holds no packet: one has at least 20, and begins with "
		               "0x45.", load->from, load->length, load->length == 1 ? "" : "s");
	say_means(look, "A part of the packet was left behind: its beginning (nothing stands before it in the tunnel), or its "
	                "end (a buffer that is too small; strlen(), which stops at the first byte that is 0).");
	say_next(look, "Make room for 2000 bytes, and send as many as read() has returned, from the first one on.");
	return true;
}

/* A datagram that came for the tunnel, and for which there was no room: what is written is no whole packet then. */
static bool is_cut_on_arrival(const struct look *look, const struct load *load)
{
	const struct call *call = NULL;

	if (!has_tunnel(look, load->to) || !owns_port(look, load->to, load->to_port) ||
	    !is_packet(load->bytes, load->length))
		return false;
	while ((call = call_next(look, call, scene_student(look->scene, load->to), CALLS_RECEIVE)))
		if (call->transport == CALL_UDP && call->result > 0 && call->result == call->length &&
		    (size_t)call->length < load->length)
			break;
	if (!call)
		return false;
	say_seen(look, "A packet of %zu bytes came to %s in a datagram, and %s() had room for %lld.", load->length, load->to,
	         call_word(call->kind), (long long)call->length);
	say_means(look, "The rest of a datagram that does not fit is lost. What was written to the tunnel then is a part of a "
	                "packet, and the kernel throws it away.");
	say_next(look, "Make room for 2000 bytes, at both ends and in both directions.");
	blame(look, call);
	return true;
}

bool find_packet_cut(const struct look *look)
{
	return any_load(look, is_cut, NULL) || any_load(look, is_cut_on_arrival, NULL);
}

/* ---- to whom ---- */

/* LOAD has gone to a port of a host that had sent from another one. */
static bool goes_elsewhere(const struct look *look, const struct load *load)
{
	if (!is_own(look, load) || !is_packet(load->bytes, load->length) || strcmp(load->from, load->wanted_from) ||
	    strcmp(load->to, load->wanted_to) || load->to_port == load->wanted_port)
		return false;
	say_seen(look, "%s got its datagrams from %s port %u, and sent to %s port %u.", load->from, load->to,
	         load->wanted_port, load->to, load->to_port);
	say_means(look, "The port that the other end has bound need not be the one that is seen here: a router on the way may "
	                "have changed it, and it lets in only what comes back to that one.");
	say_next(look, "Send to the name that recvfrom() filled in with the last datagram, address and port, as it is.");
	return true;
}

/* LOAD has come to the program: is its sender answered at another port? */
static bool is_answered_elsewhere(const struct look *look, const struct load *load)
{
	const struct load wanted = {.wanted_from = load->to, .wanted_to = load->from, .wanted_port = load->from_port};

	return has_tunnel(look, load->to) && owns_port(look, load->to, load->to_port) &&
	       is_packet(load->bytes, load->length) && any_load(look, goes_elsewhere, &wanted);
}

bool find_peer_port_changed(const struct look *look)
{
	return any_load(look, is_answered_elsewhere, NULL);
}

/* ---- from one side of the program to the other ---- */

/* Whether VIEW saw a packet that this address had sent. */
static bool came_from(const struct view *view, uint32_t source)
{
	for (size_t i = 0; i < view->flow_count; i++)
		for (int side = 0; side < 2; side++)
			if (address_to_ipv4(&view->flows[i]->address[side]) == source && view->flows[i]->packets[side])
				return true;
	return false;
}

static bool is_not_written(const struct look *look, const struct load *load)
{
	const struct view *inside = has_tunnel(look, load->to) ? inside_of(look, load->to) : NULL;
	const struct sock_entry *socket;

	if (!inside || !owns_port(look, load->to, load->to_port) || !is_packet(load->bytes, load->length) ||
	    came_from(inside, packet_source(load->bytes)))
		return false;
	socket = find_socket(look, load->to, TRANSPORT_UDP, SOCK_BOUND, load->to_port);
	say_seen(look, "A datagram with a packet reached %s, and nothing came out of %s.%s.", load->to, load->to,
	         inside->interface);
	if (socket && socket->receive_queue)
		say_means(look, "It lies unread in the socket: the program does not call recvfrom(), or waits somewhere else.");
	else
		say_means(look, "The program has taken it, and did not write() it to the tunnel, or not as it was.");
	say_next(look, "A tunnel has two directions: what recvfrom() brings goes to write(), what read() brings to sendto(). "
	               "Wait for both with poll().");
	return true;
}

bool find_tunnel_not_written(const struct look *look)
{
	return any_load(look, is_not_written, NULL);
}

/* Whether a packet of SOURCE's that is seen in TUNNEL has gone in here, and has not come out. */
static bool goes_in(const struct look *look, const struct tunnel *tunnel, uint32_t source)
{
	uint32_t differs = source ^ tunnel->end.address;

	if (!is_router(look, look->scene->lesson->hosts[tunnel->end.host].name))
		return !differs;
	return source && (!differs || differs >> (32 - tunnel->end.prefix));
}

static bool carries(const struct look *look, const struct load *load)
{
	(void)look;
	return !strcmp(load->from, load->wanted_from) && is_packet(load->bytes, load->length) &&
	       packet_source(load->bytes) == load->wanted_source;
}

/* Its sendto() failed, or went to its own host: says so. */
static bool say_sent_in_vain(const struct look *look, const char *host)
{
	const struct evidence_program *program = scene_student(look->scene, host);
	const struct call *call = NULL;

	while ((call = call_next(look, call, program, CALLS_SEND)))
		if (call->transport == CALL_UDP && (call->error || !strcmp(name_at(look, &call->address), host)))
			break;
	if (!call)
		return false;
	if (call->error)
		say_means(look, "%s() failed (%s): the address, or its size, is not one to which it can send.", call_word(call->kind),
		          error_name(call->error));
	else
		say_means(look, "%s() went to %s's own address, and not to the other end of the tunnel.", call_word(call->kind), host);
	say_next(look, "Give sendto() the name of the other end, and sizeof of the struct itself.");
	blame(look, call);
	return true;
}

static bool say_gone(const struct look *look, const char *host)
{
	const struct evidence_program *program = scene_student(look->scene, host);

	if (!program || program->end != PROGRAM_EXITED)
		return false;
	say_means(look, "The program on %s had ended by then (exit status %d): it carries as long as it runs.", host,
	          program->value);
	say_next(look, "Wait with poll() again after each packet and each datagram, for ever.");
	blame(look, call_last(look, program));
	return true;
}

/* Datagrams have come, and it has never sent one: says what became of who sent them. */
static bool say_knows_nobody(const struct look *look, const char *host)
{
	const struct evidence_program *program = scene_student(look->scene, host);
	const struct call *came = NULL, *blind = call_without_room(look, program);

	while ((came = call_next(look, came, program, CALLS_RECEIVE)))
		if (came->transport == CALL_UDP && came->result > 0)
			break;
	if (!came || !calls_complete(look) || program->end != PROGRAM_RUNNING ||
	    call_next(look, came, program, CALLS_NAME_OTHER))
		return false;
	if (blind)
		say_means(look, "%s() has brought datagrams, but left out who had sent them: its last argument said that there is no "
		                "room for an address. So nobody is known to send to.", call_word(blind->kind));
	else if (came->kind == CALL_RECVFROM || came->kind == CALL_RECVMSG)
		say_means(look, "%s() has told who sends, and sendto() was never called: the name was not kept, or not where it is "
		                "looked for.", call_word(came->kind));
	else
		say_means(look, "Datagrams have come, and the program did not ask who had sent them: without the last two arguments of "
		                "recvfrom() nobody is known to send to.");
	say_next(look, "Keep the sender: recvfrom() fills in the struct that its fifth argument points to, when the sixth says "
	               "how large that is. Then send to it what read() brings.");
	blame(look, blind ? blind : came);
	return true;
}

static bool left_inside(const struct look *look, const struct view *view, const struct tunnel *tunnel,
                        const struct flow *flow)
{
	for (int side = 0; side < 2; side++) {
		uint32_t source = address_to_ipv4(&flow->address[side]);
		const struct load wanted = {.wanted_from = view->host, .wanted_source = source};

		if (!flow->packets[side] || !goes_in(look, tunnel, source) || any_load(look, carries, &wanted))
			continue;
		say_seen(look, "A packet went into %s.%s, and %s sent no datagram that carries it.", view->host, view->interface,
		         view->host);
		if (say_gone(look, view->host) || say_sent_in_vain(look, view->host) || say_knows_nobody(look, view->host))
			return true;
		say_means(look, "The program did not read() it, or it did and sendto() failed or was not called: because nobody "
		                "is known yet, or was kept, to send it to.");
		say_next(look, "A tunnel has two directions: what read() brings goes to sendto(), to whom recvfrom() got the last "
		               "datagram from. Wait for both with poll().");
		return true;
	}
	return false;
}

bool find_tunnel_not_read(const struct look *look)
{
	for (size_t i = 0; i < look->scene->view_count; i++) {
		const struct view *view = &look->scene->views[i];
		const struct tunnel *tunnel = tunnel_of(look, view);

		for (size_t j = 0; tunnel && is_student(look, view->host) && j < view->flow_count; j++)
			if (left_inside(look, view, tunnel, view->flows[j]))
				return true;
	}
	return false;
}

/* A datagram inside the tunnel that carries a packet: the tunnel's own. */
bool find_tunnel_in_itself(const struct look *look)
{
	for (size_t i = 0; i < look->scene->view_count; i++) {
		const struct view *view = &look->scene->views[i];

		for (size_t j = 0; tunnel_of(look, view) && j < view->flow_count; j++) {
			const struct flow *flow = view->flows[j];
			const struct event *event = flow->event_count ? &flow->events[0] : NULL;

			if (!event || flow->transport != TRANSPORT_UDP || event->kind != EVENT_MESSAGE ||
			    !is_packet(event->bytes, event->kept))
				continue;
			say_seen(look, "The tunnel of %s carries its own datagrams: one to %s went into %s.", view->host,
			         name_at(look, &flow->address[1]), view->interface);
			say_means(look, "An address that is reached through the tunnel cannot be where the tunnel's datagrams go: each "
			                "comes out of it again, and is sent once more, 28 bytes longer each time.");
			say_next(look, "Send to the address that recvfrom() got the datagram from, not to one that stands in the packet.");
			return true;
		}
	}
	return false;
}
