/* diagnose_facade.c - diagnoses about names that are told in words: "203.0.113.1:40001".
 *
 * Who is behind a router has a name inside and another one outside, and only who is
 * outside sees that one. */
#include "diagnose_parts.h"

#include <stdio.h>
#include <string.h>

struct name {
	struct address address;
	unsigned port; /* 0: there is none */
};

/* A name of the student's telling that is not the expected one, beside the one that is. */
struct telling {
	const struct pairing *pairing;
	const struct match_step *step;
	const char *host; /* who told it */
	int side;         /* of the flow, from which it was told */
	struct name told, wanted;
};

/* Just a name and nothing else, with a port or without. */
static bool read_name(const void *bytes, size_t length, struct name *name)
{
	char text[64];
	char *colon, rest;

	if (length == 0 || length >= sizeof text)
		return false;
	memcpy(text, bytes, length);
	text[length] = '\0';
	*name = (struct name){{0}, 0};
	colon = strchr(text, ':');
	if (colon) {
		*colon++ = '\0';
		if (sscanf(colon, "%5u%c", &name->port, &rest) != 1 || name->port == 0 || name->port > 65535)
			return false;
	}
	return address_parse(text, &name->address) && name->address.family == 4;
}

static bool same_name(const struct name *name, const struct flow *flow, int side)
{
	return name->port == flow->port[side] && address_equal(&name->address, &flow->address[side]);
}

static bool read_telling(const struct look *look, const struct pairing *pairing, const struct match_step *step,
                         struct telling *telling)
{
	struct bytes seen = seen_bytes(pairing, step);
	struct text wanted = {0};
	bool both;

	*telling = (struct telling){pairing, step, sender_of(pairing->entry, step->item->direction)->host,
	                            step->item->direction == DIRECTION_AGAINST, {{0}, 0}, {{0}, 0}};
	wanted_text(look, step->item, &wanted);
	both = read_name(seen.at, seen.length, &telling->told) &&
	       read_name(text_string(&wanted), wanted.length, &telling->wanted) && telling->wanted.port;
	text_free(&wanted);
	return both;
}

/* The right name, with something before, in or behind it: that is no question of names. */
static bool is_right_name(const struct telling *telling)
{
	return telling->told.port == telling->wanted.port && address_equal(&telling->told.address, &telling->wanted.address);
}

static bool find_telling(const struct look *look, struct telling *telling)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_WRONG, ITEM_MESSAGE);

		if (step && !(pairing->header & HEADER_REVERSED) && read_telling(look, pairing, step, telling) &&
		    !is_right_name(telling))
			return true;
	}
	return false;
}

static void say_told(const struct look *look, const struct telling *telling)
{
	struct bytes seen = seen_bytes(telling->pairing, telling->step);
	struct text wanted = {0};

	wanted_text(look, telling->step->item, &wanted);
	say_seen(look, "%s told the name %s; expected %s.", telling->host, quote(seen.at, seen.length),
	         quote(text_string(&wanted), wanted.length));
	text_free(&wanted);
}

bool find_own_name(const struct look *look)
{
	static const struct address any = {.family = 4};
	struct telling telling;

	if (!find_telling(look, &telling) || telling.side == 0 ||
	    telling.told.port != telling.pairing->flow->port[1] ||
	    !(address_equal(&telling.told.address, &any) || same_name(&telling.told, telling.pairing->flow, 1)))
		return false;
	say_told(look, &telling);
	say_means(look, "That is the name of %s itself: getsockname() tells a socket's own name. Whoever asked wants "
	          "to know theirs.",
	          telling.host);
	say_next(look, "Take the address and the port that recvfrom() has written to its fifth argument.");
	return true;
}

static bool is_inside(const struct address *address)
{
	uint32_t bits = address_to_ipv4(address);

	return bits >> 24 == 10 || bits >> 20 == (172u << 4 | 1) || bits >> 16 == (192u << 8 | 168) || bits >> 24 == 127 ||
	       bits == 0;
}

bool find_inside_name(const struct look *look)
{
	struct telling telling;

	if (!find_telling(look, &telling) || !is_inside(&telling.told.address) || is_inside(&telling.wanted.address))
		return false;
	say_told(look, &telling);
	say_means(look, address_to_ipv4(&telling.told.address)
	                        ? "That is a name inside the house, as getsockname() has it: the kernel of %s does not know what "
	                          "the router makes of it. Outside it leads nowhere."
	                        : "0.0.0.0 is no address but the word for `any of mine`, as getsockname() has it: the kernel of "
	                          "%s does not know what the router makes of it.", telling.host);
	say_next(look, "Tell the name that somebody outside has seen: the answer of whoever was asked for it.");
	return true;
}

bool find_name_turned(const struct look *look)
{
	struct telling telling;
	bool port, address;

	if (!find_telling(look, &telling) || !telling.told.port)
		return false;
	port = telling.told.port == swapped((uint16_t)telling.wanted.port) && telling.told.port != telling.wanted.port;
	address = address_to_ipv4(&telling.told.address) == __builtin_bswap32(address_to_ipv4(&telling.wanted.address)) &&
	          !address_equal(&telling.told.address, &telling.wanted.address);
	if (!port && !address)
		return false;
	say_told(look, &telling);
	if (port)
		say_means(look, "%u and %u have the same two bytes, the other way round: sin_port has the order of the wire.",
		          telling.told.port, telling.wanted.port);
	else
		say_means(look, "The address has the right four bytes, the other way round.");
	say_next(look, port ? "ntohs(name.sin_port) is the number to print."
	                    : "inet_ntop() wants sin_addr as recvfrom() has left it, without ntohl().");
	return true;
}

/* The host whose name, as seen where FLOW was seen, this is; NULL: nobody's. */
static const char *whose(const struct look *look, const struct telling *telling)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *other = pairing_at(look, i);

		if (other->flow && other != telling->pairing && other->view == telling->pairing->view &&
		    same_name(&telling->told, other->flow, 0))
			return name_at(look, &other->flow->address[0]);
	}
	return NULL;
}

bool find_name_of_another(const struct look *look)
{
	struct telling telling;
	const char *host;

	if (!find_telling(look, &telling) || telling.side == 0 || !(host = whose(look, &telling)))
		return false;
	say_told(look, &telling);
	say_means(look, "That is where another datagram came from (from %s port %u), not this one. A name was kept from one "
	                "question to the next.", host, telling.told.port);
	say_next(look, "Write the name anew for each question, from what this recvfrom() has written.");
	return true;
}

bool find_port_left_out(const struct look *look)
{
	struct telling telling;

	if (!find_telling(look, &telling) || telling.told.port ||
	    !address_equal(&telling.told.address, &telling.wanted.address))
		return false;
	say_told(look, &telling);
	say_means(look, "The address alone is no name: everybody behind that router has it. The port tells them "
	          "apart.");
	say_next(look, "Put a colon and the port behind it, ntohs(name.sin_port).");
	return true;
}

/* Whether a host of the student's spoke from this port, where it was seen itself. */
static bool is_port_inside(const struct look *look, unsigned port)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;

		if (flow && flow->port[0] == port && is_student_at(look, &flow->address[0]))
			return true;
	}
	return false;
}

/* Same address, other port, and it is the port inside. */
bool find_port_kept(const struct look *look)
{
	struct telling telling;

	if (!find_telling(look, &telling) || !telling.told.port || telling.side ||
	    telling.told.port == telling.wanted.port ||
	    !address_equal(&telling.told.address, &telling.wanted.address) ||
	    !is_port_inside(look, telling.told.port))
		return false;
	say_told(look, &telling);
	say_means(look, "%u is the port inside. A router may take another one outside, and this one does: two in one house may "
	                "have the same port.", telling.told.port);
	say_next(look, "Tell the name as it was told you, address and port.");
	return true;
}

/* ---- a right name, and not from the socket that has it ---- */

/* A name that the opener of FLOW heard there. */
static bool heard_name(const struct flow *flow, struct name *name)
{
	for (size_t i = 0; i < flow->event_count; i++)
		if (flow->events[i].kind == EVENT_MESSAGE && flow->events[i].direction == DIRECTION_AGAINST &&
		    read_name(flow->events[i].bytes, flow->events[i].kept, name) && name->port)
			return true;
	return false;
}

static bool tells_name(const struct flow *flow, const struct name *name)
{
	struct name told;

	for (size_t i = 0; i < flow->event_count; i++)
		if (flow->events[i].kind == EVENT_MESSAGE && flow->events[i].direction == DIRECTION_ALONG &&
		    read_name(flow->events[i].bytes, flow->events[i].kept, &told) && told.port == name->port &&
		    address_equal(&told.address, &name->address))
			return true;
	return false;
}

/* The flow of the same host in which NAME was told, from another port than ASKED's. */
static const struct flow *told_elsewhere(const struct look *look, const struct pairing *asked, const struct name *name)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;

		if (flow && flow != asked->flow && pairing_at(look, i)->view == asked->view &&
		    flow->transport == TRANSPORT_UDP && address_equal(&flow->address[0], &asked->flow->address[0]) &&
		    flow->port[0] != asked->flow->port[0] && tells_name(flow, name))
			return flow;
	}
	return NULL;
}

bool find_name_of_another_socket(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *asked = pairing_at(look, i);
		const struct flow *told;
		struct name name;

		if (!asked->flow || asked->flow->transport != TRANSPORT_UDP ||
		    !is_student_at(look, &asked->flow->address[0]) || !heard_name(asked->flow, &name) ||
		    !(told = told_elsewhere(look, asked, &name)))
			continue;
		say_seen(look, "%s asked for its name from port %u, and told it from port %u: that is another socket.",
		         name_at(look, &told->address[0]), asked->flow->port[0], told->port[0]);
		say_means(look, "A name outside belongs to a socket, not to a host or a house: the router gives the second one "
		                "another port.");
		say_next(look, "Use one socket for both.");
		return true;
	}
	return false;
}

/* The flow of TRACE in which HOST is told a name by who is asked for it, and which was not seen. */
static const struct pairing *never_asked(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (!pairing->entry || pairing->flow || pairing->view || pairing->entry->kind != ENTRY_FLOW ||
		    !is_student(look, pairing->entry->flow.opener.host))
			continue;
		for (size_t j = 0; j < pairing->entry->flow.item_count; j++) {
			const struct item *item = &pairing->entry->flow.items[j];
			struct text wanted = {0};
			struct name name;
			bool named;

			wanted_text(look, item, &wanted);
			named = item->direction == DIRECTION_AGAINST &&
			        read_name(text_string(&wanted), wanted.length, &name) && name.port;
			text_free(&wanted);
			if (named)
				return pairing;
		}
	}
	return NULL;
}

bool find_name_not_asked(const struct look *look)
{
	const struct pairing *asked = never_asked(look);
	const struct endpoint *opener = asked ? &asked->entry->flow.opener : NULL;

	for (size_t i = 0; asked && i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;
		const struct event *said = flow ? event_from(flow, 0, EVENT_MESSAGE) : NULL;
		struct name name;

		if (!said || strcmp(name_at(look, &flow->address[0]), opener->host) != 0 ||
		    !read_name(said->bytes, said->kept, &name))
			continue;
		say_seen(look, "%s told the name %s, and had not asked %s for it.", opener->host, quote(said->bytes, said->kept),
		         asked->entry->flow.target.host);
		say_means(look, "It is written into the program, or guessed. In another house, or after the router has forgotten, "
		                "the name is another one.");
		say_next(look, "Ask first, each time, and tell what the answer says.");
		return true;
	}
	return false;
}
