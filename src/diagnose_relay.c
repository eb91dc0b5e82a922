/* diagnose_relay.c - diagnoses about two connections that a program of the student's joins, and about who can be
 * called at all.
 *
 * Two flows are joined when both call the same host of the student's (a relay), or one calls it and it opens the
 * other (a load balancer), in the same phase of the trace, and what is said to it on the one is what it says on the
 * other. */
#include "diagnose_parts.h"

#include <stdio.h>
#include <string.h>

/* Who is at the other end of X speaks, who is at the other end of Y is to hear it. */
struct joint {
	const struct pairing *x, *y;
	int x_side, y_side; /* the relay's: 0 opened the flow, 1 was called */
	const char *relay, *from, *to;
	struct text said, heard; /* on X; on Y; owned */
};

static size_t phase_of(const struct trace *trace, const struct entry *entry)
{
	size_t phase = 0;

	for (const struct entry *at = trace->entries; at < entry; at++)
		phase += at->kind == ENTRY_THEN && at->vantage == entry->vantage;
	return phase;
}

/* What a flow's side (0 = the opener) sends. */
static enum direction direction_from(int side)
{
	return side ? DIRECTION_AGAINST : DIRECTION_ALONG;
}

/* Whether some message that X's other end has for the relay is the same as one that the relay has on Y. */
static bool share_words(const struct look *look, const struct expected_flow *x, int x_side,
                        const struct expected_flow *y, int y_side)
{
	bool same = false;

	for (size_t i = 0; i < x->item_count && !same; i++)
		for (size_t j = 0; j < y->item_count && !same; j++) {
			struct text a = {0}, b = {0};

			if (x->items[i].direction != direction_from(!x_side) || y->items[j].direction != direction_from(y_side))
				continue;
			wanted_text(look, &x->items[i], &a);
			wanted_text(look, &y->items[j], &b);
			same = a.length && a.length == b.length && !memcmp(a.data, b.data, a.length);
			text_free(&a);
			text_free(&b);
		}
	return same;
}

static const struct endpoint *end_on_side(const struct pairing *pairing, int side)
{
	return side ? &pairing->entry->flow.target : &pairing->entry->flow.opener;
}

/* Both call the relay: seen where the case looks first, for elsewhere a router may have given them other names. Or
 * the one calls it and it opens the other, and then it is no matter where they are seen. */
static bool meets(const struct pairing *x, int x_side, const struct pairing *y, int y_side)
{
	return x_side != y_side || (x_side && !x->view && !y->view);
}

static bool is_joint(const struct look *look, const struct joint *of)
{
	const struct pairing *x = of->x, *y = of->y;
	const struct entry *a = x->entry, *b = y->entry;
	const char *relay;

	if (x == y || !a || !b || !x->flow || !y->flow || a->flow.transport != TRANSPORT_TCP ||
	    b->flow.transport != TRANSPORT_TCP || !meets(x, of->x_side, y, of->y_side))
		return false;
	relay = end_on_side(x, of->x_side)->host;
	return !((x->header | y->header) & HEADER_REVERSED) && is_student(look, relay) &&
	       !strcmp(relay, end_on_side(y, of->y_side)->host) &&
	       strcmp(end_on_side(x, !of->x_side)->host, end_on_side(y, !of->y_side)->host) != 0 && (x->cost || y->cost) &&
	       phase_of(look->scene->trace, a) == phase_of(look->scene->trace, b) &&
	       share_words(look, &a->flow, of->x_side, &b->flow, of->y_side);
}

static void collect(const struct flow *flow, enum direction direction, struct text *out)
{
	for (size_t i = 0; i < flow->event_count; i++)
		if (flow->events[i].kind == EVENT_MESSAGE && flow->events[i].direction == direction)
			text_add_bytes(out, flow->events[i].bytes, flow->events[i].kept);
}

static void joint_free(struct joint *joint)
{
	text_free(&joint->said);
	text_free(&joint->heard);
}

/* How the relay may stand in the two flows: called by both; called by who speaks; called by who is to hear. */
static const int sides[][2] = {{1, 1}, {1, 0}, {0, 1}};

/* The first joint that TEST fits: to be freed when true. */
static bool find_joint(const struct look *look, bool (*test)(const struct look *, const struct joint *),
                       struct joint *joint)
{
	size_t count = look->match->pairing_count;

	for (size_t i = 0; i < count * count * 3; i++) {
		const struct pairing *x = pairing_at(look, i / 3 / count), *y = pairing_at(look, i / 3 % count);

		*joint = (struct joint){.x = x, .y = y, .x_side = sides[i % 3][0], .y_side = sides[i % 3][1]};
		if (!is_joint(look, joint))
			continue;
		joint->relay = end_on_side(x, joint->x_side)->host;
		joint->from = end_on_side(x, !joint->x_side)->host;
		joint->to = end_on_side(y, !joint->y_side)->host;
		collect(x->flow, direction_from(!joint->x_side), &joint->said);
		collect(y->flow, direction_from(joint->y_side), &joint->heard);
		if (test(look, joint))
			return true;
		joint_free(joint);
	}
	return false;
}

static bool is_running(const struct look *look, const char *host)
{
	const struct evidence_program *program = scene_student(look->scene, host);

	return program && program->end == PROGRAM_RUNNING;
}

/* What Y heard is not what X said, from the first byte on, and it is text. */
static bool speaks_itself(const struct look *look, const struct joint *joint)
{
	(void)look;
	return joint->heard.length && joint->said.length && joint->heard.data[0] != joint->said.data[0] &&
	       joint->heard.data[0] >= ' ';
}

bool find_own_words(const struct look *look)
{
	struct joint joint;

	if (!find_joint(look, speaks_itself, &joint))
		return false;
	say_seen(look, "%s heard %s; what %s had said is %s.", joint.to, quote(joint.heard.data, joint.heard.length),
	         joint.from, quote(joint.said.data, joint.said.length));
	say_means(look, "%s and %s believe that they speak with each other. Words of %s's own between theirs "
	                "are taken for the other one's.", joint.from, joint.to, joint.relay);
	say_next(look, "Send what recv() has brought from the one to the other, and nothing else.");
	joint_free(&joint);
	return true;
}

static bool says_back(const struct look *look, const struct joint *joint)
{
	struct text back = {0};
	bool same;

	(void)look;
	collect(joint->x->flow, direction_from(joint->x_side), &back);
	same = joint->said.length && back.length >= joint->said.length && !joint->heard.length &&
	       !memcmp(back.data, joint->said.data, joint->said.length);
	text_free(&back);
	return same;
}

bool find_passed_back(const struct look *look)
{
	struct joint joint;

	if (!find_joint(look, says_back, &joint))
		return false;
	say_seen(look, "%s said %s and got it back; %s never heard it.", joint.from,
	         quote(joint.said.data, joint.said.length), joint.to);
	say_means(look, "send() was called on the socket that recv() had been called on. A connection has two ends, and "
	                "%s is at the other end of this one.", joint.from);
	say_next(look, "recv() on the one socket, send() on the other one.");
	joint_free(&joint);
	return true;
}

/* The relay ended towards X, in any way, before Y had. */
static bool ends_both(const struct look *look, const struct joint *joint)
{
	const struct event *mine = event_from(joint->x->flow, joint->x_side, EVENT_FIN);
	const struct event *other = event_from(joint->y->flow, !joint->y_side, EVENT_FIN);
	const struct event *gone = event_from(joint->y->flow, !joint->y_side, EVENT_RESET);

	(void)look;
	if (!mine)
		mine = event_from(joint->x->flow, joint->x_side, EVENT_RESET);
	if (!other || (gone && gone->time_ns < other->time_ns))
		other = gone;
	return mine && (!other || mine->time_ns < other->time_ns);
}

bool find_ended_both(const struct look *look)
{
	struct joint joint;

	if (!find_joint(look, ends_both, &joint))
		return false;
	say_seen(look, "%s ended the connection with %s before %s had said that it is done.", joint.relay, joint.from,
	         joint.to);
	if (is_running(look, joint.relay))
		say_means(look, "An end is an end of one direction: whoever says fin may still listen. close() on "
		                "both sockets takes the other direction away too.");
	else
		say_means(look, "The program has ended, and with it both connections. An end, or an error, of one talk is no "
		                "reason for a relay to end.");
	say_next(look, "When recv() returns 0 on one socket, call shutdown(other, SHUT_WR) and go on with the other "
	               "direction; close() both when both have ended.");
	joint_free(&joint);
	return true;
}

static bool keeps_words(const struct look *look, const struct joint *joint)
{
	const struct sock_entry *listener = find_socket(look, joint->relay, TRANSPORT_TCP, SOCK_LISTEN, 0);

	return joint->said.length > joint->heard.length && is_running(look, joint->relay) &&
	       !(listener && listener->receive_queue);
}

/* Whether bytes of X's lie unread at the relay. */
static bool is_unread(const struct look *look, const struct joint *joint)
{
	const struct sock_entry *open = end_of(look, joint->relay, joint->x->flow, joint->x_side, SOCK_CONNECTED);
	const struct sock_entry *half = end_of(look, joint->relay, joint->x->flow, joint->x_side, SOCK_CLOSE_WAIT);

	/* An end that waits is counted as a byte. */
	return (open && open->receive_queue) || (half && half->receive_queue > 1);
}

bool find_not_passed_on(const struct look *look)
{
	const struct call *waiting;
	struct joint joint;
	size_t missing;

	if (!find_joint(look, keeps_words, &joint))
		return false;
	missing = joint.said.length - joint.heard.length;
	say_seen(look, "%s said %s, and %zu byte%s of it never reached %s.", joint.from,
	         quote(joint.said.data, joint.said.length), missing, missing == 1 ? "" : "s", joint.to);
	waiting = call_waiting(look, scene_student(look->scene, joint.relay));
	if (is_unread(look, &joint) && waiting && CALLS_WAIT & CALLS(waiting->kind)) {
		say_means(look, "%s has not read it: it waits in %s(), which would have returned if it had been asked about this socket, "
		                "and for what comes in there.", joint.relay, call_word(waiting->kind));
		say_next(look, "Look at what %s() gets: the descriptors of both connections, each with POLLIN.",
		         call_word(waiting->kind));
		blame(look, waiting);
	} else if (is_unread(look, &joint)) {
		say_means(look, "%s has not read it: it waits in recv() for the other one (or has stopped reading from this one). "
		                "Nobody knows who of the two speaks next.", joint.relay);
		say_next(look, "Wait for both at once with poll(), and recv() only where it says that there is something.");
	} else {
		say_means(look, "%s has received it, and keeps it: it waits for more (a newline, an end, a full buffer) before it "
		                "sends, or a send() is missing.", joint.relay);
		say_next(look, "Pass on at once what one recv() has brought; a relay need not know where a message ends.");
	}
	joint_free(&joint);
	return true;
}

static const struct event *end_from(const struct flow *flow, int side)
{
	const struct event *fin = event_from(flow, side, EVENT_FIN);

	return fin ? fin : event_from(flow, side, EVENT_RESET);
}

static bool keeps_end(const struct look *look, const struct joint *joint)
{
	/* Who is gone himself waits for nothing. */
	return end_from(joint->x->flow, !joint->x_side) && !end_from(joint->y->flow, joint->y_side) &&
	       !event_from(joint->y->flow, !joint->y_side, EVENT_RESET) &&
	       joint->said.length == joint->heard.length && is_running(look, joint->relay);
}

bool find_end_not_passed_on(const struct look *look)
{
	struct joint joint;

	if (!find_joint(look, keeps_end, &joint))
		return false;
	say_seen(look, "%s %s, and %s was never told.", joint.from,
	         event_from(joint.x->flow, !joint.x_side, EVENT_RESET) ? "is gone (it sent a reset)" : "said fin: it is done", joint.to);
	say_means(look, "%s goes on waiting for words that cannot come. The end is a part of what a caller says, and is to be "
	                "passed on like his bytes.", joint.to);
	say_next(look, "Wait for both with poll(), so that no end is missed. When recv() returns 0 on the one socket, call "
	               "shutdown(other, SHUT_WR); when it returns -1, close() both.");
	joint_free(&joint);
	return true;
}

/* Whether the trace joins two callers of HOST before PHASE. */
static bool joins_before(const struct look *look, const char *host, size_t phase)
{
	const struct trace *trace = look->scene->trace;

	for (size_t i = 0; i < trace->entry_count; i++)
		for (size_t j = 0; j < trace->entry_count; j++) {
			const struct entry *x = &trace->entries[i], *y = &trace->entries[j];

			if (i != j && x->kind == ENTRY_FLOW && y->kind == ENTRY_FLOW && x->vantage < 0 && y->vantage < 0 &&
			    !strcmp(x->flow.target.host, host) && !strcmp(y->flow.target.host, host) &&
			    phase_of(trace, x) < phase && phase_of(trace, y) < phase && share_words(look, &x->flow, 1, &y->flow, 1))
				return true;
		}
	return false;
}

/* The relay ended when one of its callers was gone, or with the first talk. */
bool find_ended_with_one(const struct look *look)
{
	const struct pairing *refused = refused_pairing(look);
	const char *host = refused ? refused->entry->flow.target.host : NULL;

	if (!host || is_running(look, host) || refused->view ||
	    !joins_before(look, host, phase_of(look->scene->trace, refused->entry)))
		return false;
	say_seen(look, "%s joined two, and ended when their talk was over; %s, who called next, was refused.", host,
	         refused->entry->flow.opener.host);
	say_means(look, "A relay outlives its callers. That one of them is gone (recv() returns -1, ECONNRESET; a send() into "
	                "the connection is answered with SIGPIPE unless MSG_NOSIGNAL is given) is the end of that talk alone.");
	say_next(look, "close() both connections then, and go back to accept().");
	return true;
}

/* ---- who can be called ---- */

static bool is_private(uint32_t address)
{
	return address >> 24 == 10 || address >> 20 == (172u << 4 | 1) || address >> 16 == (192u << 8 | 168);
}

/* Whether HOST has an end in the same subnet as ADDRESS. */
static bool is_neighbour(const struct lesson *lesson, size_t host, uint32_t address)
{
	for (size_t i = 0; i < lesson->link_count; i++)
		for (int end = 0; end < 2; end++) {
			const struct link_end *at = &lesson->links[i].end[end];

			if (at->host == host && at->address && at->prefix && !((at->address ^ address) >> (32 - at->prefix)))
				return true;
		}
	return false;
}

/* The caller, if a flow goes to a private address of another network than his own; NULL: none. */
static const char *calls_into_house(const struct look *look, const struct pairing *pairing, uint32_t *address)
{
	const struct lesson *lesson = look->scene->lesson;
	const char *caller;
	int host;

	if (!pairing->flow || pairing->flow->established)
		return NULL;
	*address = address_to_ipv4(&pairing->flow->address[1]);
	caller = name_at(look, &pairing->flow->address[0]);
	host = lesson_host(lesson, caller);
	/* Seen elsewhere, a router may have put that address there (destination NAT). */
	if (strcmp(look->scene->views[pairing->view].host, caller) != 0 || !is_private(*address) || host < 0 || lesson_owner(lesson, *address) < 0 ||
	    is_neighbour(lesson, (size_t)host, *address))
		return NULL;
	return caller;
}

static bool holds(const struct bytes bytes, const char *text)
{
	return bytes.length && memmem(bytes.at, bytes.length, text, strlen(text)) != NULL;
}

/* Whether HOST is inside a house: a router gives what it says another address on the way out. */
static bool is_inside(const struct look *look, const char *host)
{
	for (size_t i = 0; i < look->scene->lesson->host_count; i++)
		if (leaves_by(look, host, look->scene->lesson->hosts[i].name))
			return true;
	return false;
}

/* A private address of a host of the student's, written into a message that was to have another one. */
static bool tells_private(const struct look *look, const struct pairing *pairing)
{
	const struct match_step *step = student_step(look, pairing, STEP_WRONG, ITEM_MESSAGE);
	const struct lesson *lesson = look->scene->lesson;
	struct text wanted = {0};
	bool found = false;

	if (!step || pairing->view)
		return false;
	wanted_text(look, step->item, &wanted);
	for (size_t i = 0; i < lesson->host_count && !found; i++) {
		uint32_t address = lesson_address(lesson, i);
		char dotted[16];

		(void)snprintf(dotted, sizeof dotted, "%u.%u.%u.%u", address >> 24, address >> 16 & 255, address >> 8 & 255,
		               address & 255);
		found = is_student(look, lesson->hosts[i].name) && is_private(address) && is_inside(look, lesson->hosts[i].name) &&
		        holds(seen_bytes(pairing, step), dotted) && !strstr(text_string(&wanted), dotted);
		if (!found)
			continue;
		say_seen(look, "%s told %s the address %s.", sender_of(pairing->entry, step->item->direction)->host,
		         sender_of(pairing->entry, direction_back(step->item->direction))->host, dotted);
		say_means(look, "That address is known inside the house only. Outside nobody knows a way to it: there are millions "
		                "of houses with the same addresses inside.");
		say_next(look, "Tell the address that is known outside, the router's, which the program is given.");
	}
	text_free(&wanted);
	return found;
}

bool find_private_address(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++)
		if (tells_private(look, pairing_at(look, i)))
			return true;
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		uint32_t address;
		const char *caller = calls_into_house(look, pairing_at(look, i), &address);
		const struct lesson *lesson = look->scene->lesson;

		if (!caller)
			continue;
		say_seen(look, "%s called %u.%u.%u.%u, and did not get there.", caller, address >> 24, address >> 16 & 255,
		         address >> 8 & 255, address & 255);
		say_means(look, "That is %s's address inside its own house. Outside nobody knows a way to it: there are millions "
		                "of houses with the same addresses inside.", lesson->hosts[lesson_owner(lesson, address)].name);
		say_next(look, "Whoever is outside can call only addresses that are known outside: the one of a host "
		               "there, or that of the house's router.");
		return true;
	}
	return false;
}

/* A host of the student's that should call, listens, and nothing of it is seen. */
bool find_listens_at_home(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (!pairing->entry || pairing->flow || pairing->entry->kind != ENTRY_FLOW ||
		    look->scene->lesson->forward_count ||
		    !is_student(look, pairing->entry->flow.opener.host) ||
		    !find_socket(look, pairing->entry->flow.opener.host, TRANSPORT_TCP, SOCK_LISTEN, 0))
			continue;
		say_seen(look, "%s listens, and nobody calls it; it was to call %s.", pairing->entry->flow.opener.host,
		         pairing->entry->flow.target.host);
		say_means(look, "Its router has no door: what somebody outside opens is dropped there. Only connections that %s "
		                "itself opens come back in.", pairing->entry->flow.opener.host);
		say_next(look, "socket() and connect() in %s, no listen(): news comes in over the connection that went out.",
		         pairing->entry->flow.opener.host);
		return true;
	}
	return false;
}

/* Somebody is to call a host of the student's, which listens nowhere and waits on a connection that it opened. */
bool find_waits_on_own_call(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const char *host, *caller;

		if (!pairing->entry || pairing->entry->kind != ENTRY_FLOW || pairing->flow || pairing->view ||
		    pairing->entry->flow.transport != TRANSPORT_TCP)
			continue;
		host = pairing->entry->flow.target.host;
		caller = pairing->entry->flow.opener.host;
		if (!is_running(look, host) || find_socket(look, host, TRANSPORT_TCP, SOCK_LISTEN, 0) ||
		    !find_socket(look, host, TRANSPORT_TCP, SOCK_CONNECTED, 0))
			continue;
		say_seen(look, "%s listens nowhere, and keeps the connection open that it opened itself.", host);
		say_means(look, "It waits there for words that come another way: in this lesson %s opens a connection of its own to "
		                "%s, for each event.", caller, host);
		say_next(look, "bind(), listen() and accept() in %s; and close() the first connection when it is answered.", host);
		return true;
	}
	return false;
}
