/* diagnose_nat.c - diagnoses about who asks through a NAT, what it learns, and what it tells the clerk.
 *
 * They look at what a host of the student's said and heard in datagrams, at its own interface: there alone it
 * has its own address. Where no case has a NAT they never fit. */
#include "diagnose_parts.h"

#include <string.h>

#define CLERK "clerk" /* who is told what a program found out: docs/diagnoses.md */

bool has_nat(const struct look *look)
{
	return look->scene->lesson->nat_count && !look->scene->lesson->tunnel_count;
}

bool next_datagram(const struct look *look, const char *host, struct datagram *at)
{
	for (; at->pairing < look->match->pairing_count; at->pairing++, at->next = 0) {
		const struct flow *flow = pairing_at(look, at->pairing)->flow;

		if (!flow || flow->transport != TRANSPORT_UDP)
			continue;
		for (int side = 0; side < 2; side++)
			if (!strcmp(name_at(look, &flow->address[side]), host) && at->next < flow->event_count) {
				at->flow = flow;
				at->event = &flow->events[at->next++];
				at->side = side;
				at->sent = (at->event->direction == DIRECTION_AGAINST) == side;
				at->other = name_at(look, &flow->address[!side]);
				at->port = flow->port[!side];
				return true;
			}
	}
	return false;
}

/* ENTRY's endpoint that is HOST, and the other one; false: it has no part in it, or it is no flow of datagrams. */
static bool has_part(const struct entry *entry, const char *host, const struct endpoint **mine,
                     const struct endpoint **other)
{
	bool opens = !strcmp(entry->flow.opener.host, host);

	*mine = opens ? &entry->flow.opener : &entry->flow.target;
	*other = opens ? &entry->flow.target : &entry->flow.opener;
	return entry->kind == ENTRY_FLOW && entry->flow.transport == TRANSPORT_UDP && !strcmp((*mine)->host, host) &&
	       strcmp((*other)->host, host) != 0;
}

/* The first of the student's hosts for which TEST finds something. */
bool any_student(const struct look *look, bool (*test)(const struct look *, const char *))
{
	const struct lesson *lesson = look->scene->lesson;

	for (size_t i = 0; has_nat(look) && i < lesson->host_count; i++)
		if (is_student(look, lesson->hosts[i].name) && test(look, lesson->hosts[i].name))
			return true;
	return false;
}

/* ---- one socket for all ---- */

/* Whether the trace wants HOST to speak with WITH, at PORT, from the same port as with somebody else. */
static bool shares_port(const struct look *look, const char *host, const char *with, uint16_t port)
{
	const struct trace *trace = look->scene->trace;

	for (size_t i = 0; i < trace->entry_count; i++)
		for (size_t j = 0; j < trace->entry_count; j++) {
			const struct endpoint *mine[2], *other[2];

			if (i != j && has_part(&trace->entries[i], host, &mine[0], &other[0]) &&
			    has_part(&trace->entries[j], host, &mine[1], &other[1]) && !strcmp(other[0]->host, with) &&
			    (other[0]->kind == PORT_VARIABLE || demanded(look, other[0]) == port) &&
			    mine[0]->kind == PORT_VARIABLE && mine[1]->kind == PORT_VARIABLE &&
			    !strcmp(mine[0]->name, mine[1]->name))
				return true;
		}
	return false;
}

static bool has_several_sockets(const struct look *look, const char *host)
{
	struct datagram at = {0}, first = {0};

	while (next_datagram(look, host, &at)) {
		if (!at.sent || at.event->kind != EVENT_MESSAGE || !shares_port(look, host, at.other, at.port))
			continue;
		if (!first.flow) {
			first = at;
		} else if (at.flow->port[at.side] != first.flow->port[first.side]) {
			say_seen(look, "%s spoke to %s port %u from port %u, and to %s port %u from port %u: those are two sockets.",
			         host, name_at(look, &first.flow->address[!first.side]), first.port,
			         first.flow->port[first.side], at.other, at.port, at.flow->port[at.side]);
			say_means(look, "A NAT maps sockets, not programs: each of the two has another name outside, and what is "
			                "known about the one says nothing about the other.");
			say_next(look, "Make one socket, and use it for everybody to whom you speak.");
			blame(look, call_to(look, at.flow));
			return true;
		}
	}
	return false;
}

bool find_several_sockets(const struct look *look)
{
	return any_student(look, has_several_sockets);
}

/* ---- a socket that the program itself has closed to others ---- */

static bool is_connected_filter(const struct look *look, const char *host)
{
	struct datagram at = {0}, refused = {0};
	const struct call *connected = NULL;

	while (next_datagram(look, host, &at))
		if (at.event->kind == EVENT_UNREACHABLE && at.sent &&
		    (!refused.flow || at.event->time_ns < refused.event->time_ns))
			refused = at;
	for (size_t i = 0; refused.flow && i < look->scene->evidence.call_count; i++) {
		const struct call *call = &look->scene->evidence.calls[i];

		if (call->kind == CALL_CONNECT && call->transport == CALL_UDP && !strcmp(call->host, host) &&
		    call->port != refused.port)
			connected = call;
	}
	if (!connected)
		return false;
	say_seen(look, "A datagram of %s port %u came as far as %s, past the router, and %s's own kernel refused it.",
	         name_at(look, &refused.flow->address[!refused.side]), refused.port, host, host);
	say_means(look, "After connect() a UDP socket takes datagrams from that one address and port only: a filter of your "
	                "own, behind that of the router.");
	say_next(look, "Leave connect() out; sendto() names who is to get each datagram, recvfrom() tells who sent it.");
	blame(look, connected);
	return true;
}

bool find_connected_filters(const struct look *look)
{
	return any_student(look, is_connected_filter);
}

/* ---- what the clerk was told ---- */

static bool is_letter(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
}

/* The next letter or digit of BYTES from *AT on, in lower case; 0: none. */
static int next_letter(const uint8_t *bytes, size_t length, size_t *at)
{
	while (*at < length && !is_letter(bytes[*at]))
		++*at;
	return *at == length ? 0 : bytes[(*at)++] | 0x20;
}

/* Whether EVENT says these words, written otherwise: with a space for a hyphen, a capital, a newline or a 0 behind them.
 * Then it is right in what it says, and the bytes are what is to be told. */
static bool says_otherwise(const struct event *event, const struct text *words)
{
	size_t at = 0, other = 0;
	int letter;

	if (!words->length || says_just(event, words->data, words->length))
		return false;
	do {
		letter = next_letter(event->bytes, event->kept, &at);
		if (letter != next_letter((const uint8_t *)words->data, words->length, &other))
			return false;
	} while (letter);
	return true;
}

/* What HOST told the clerk. */
static bool find_told(const struct look *look, const char *host, struct datagram *told)
{
	*told = (struct datagram){0};
	while (next_datagram(look, host, told))
		if (told->sent && told->event->kind == EVENT_MESSAGE && !strcmp(told->other, CLERK))
			return true;
	return false;
}

/* The word that the clerk waits for; false: he waits for none. */
static bool find_wanted(const struct look *look, struct text *word)
{
	const struct trace *trace = look->scene->trace;

	for (size_t i = 0; i < trace->entry_count && !word->length; i++)
		if (trace->entries[i].kind == ENTRY_FLOW && !strcmp(trace->entries[i].flow.target.host, CLERK) &&
		    trace->entries[i].flow.item_count)
			wanted_text(look, &trace->entries[i].flow.items[0], word);
	return word->length != 0;
}

/* How often HOST said these words (no length: any), or (unless EXACTLY) almost these, to OTHER at PORT. */
static size_t count_said(const struct look *look, const char *host, const char *other, uint16_t port,
                         const struct text *words, bool exactly)
{
	struct datagram at = {0};
	size_t count = 0;

	while (next_datagram(look, host, &at))
		count += at.sent && at.event->kind == EVENT_MESSAGE && at.port == port && !strcmp(at.other, other) &&
		         (!words->length || says_just(at.event, words->data, words->length) ||
		          (!exactly && says_otherwise(at.event, words)));
	return count;
}

/* The first message that HOST was to send to a port that the trace names, and never sent; unless EXACTLY, nor one that is
 * almost the same. */
static bool find_unasked(const struct look *look, const char *host, const struct endpoint **whom, struct text *words,
                         bool exactly)
{
	const struct trace *trace = look->scene->trace;

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct expected_flow *flow = &trace->entries[i].flow;
		const struct endpoint *mine;

		if (!has_part(&trace->entries[i], host, &mine, whom) || !strcmp((*whom)->host, CLERK) || !flow->least ||
		    (*whom)->kind == PORT_VARIABLE || !demanded(look, *whom))
			continue;
		for (size_t j = 0; j < flow->item_count; j++) {
			const struct item *item = &flow->items[j];

			if (item->kind != ITEM_MESSAGE || sender_of(&trace->entries[i], item->direction) != mine)
				continue;
			wanted_text(look, item, words);
			if (!count_said(look, host, (*whom)->host, demanded(look, *whom), words, exactly))
				return true;
			text_free(words);
		}
	}
	return false;
}

/* Who got the same words of HOST's more than once. */
static bool find_twice(const struct look *look, const char *host, struct datagram *at)
{
	*at = (struct datagram){0};
	while (next_datagram(look, host, at)) {
		struct text words = {0};
		size_t count;

		if (!at->sent || at->event->kind != EVENT_MESSAGE || !strcmp(at->other, CLERK))
			continue;
		text_add_bytes(&words, at->event->bytes, at->event->kept);
		count = count_said(look, host, at->other, at->port, &words, true);
		text_free(&words);
		if (count > 1)
			return true;
	}
	return false;
}

static bool says_unasked(const struct look *look, const char *host, bool again)
{
	const struct endpoint *whom;
	struct text words = {0};
	struct datagram told, twice;

	if (!find_told(look, host, &told) || !find_unasked(look, host, &whom, &words, false))
		return false;
	if (find_twice(look, host, &twice) != again) {
		text_free(&words);
		return false;
	}
	if (again)
		say_seen(look, "%s asked %s port %u the same question more than once, and never asked %s port %u%s%s.", host,
		         twice.other, twice.port, whom->host, demanded(look, whom), words.length ? " " : "",
		         words.length ? quote(words.data, words.length) : "");
	else
		say_seen(look, "%s told the clerk %s, and never asked %s port %u%s%s.", host,
		         quote(told.event->bytes, told.event->kept), whom->host, demanded(look, whom), words.length ? " " : "",
		         words.length ? quote(words.data, words.length) : "");
	text_free(&words);
	return true;
}

static bool asks_again(const struct look *look, const char *host)
{
	if (!says_unasked(look, host, true))
		return false;
	say_means(look, "Whom you have asked before answers you as before, whatever the NAT is like: it is the way that is "
	                "open already. Only another question tells more.");
	say_next(look, "Ask each of those that README.md names, once; look at the address and port that sendto() gets.");
	return true;
}

bool find_asked_again(const struct look *look)
{
	return any_student(look, asks_again);
}

static bool leaves_unasked(const struct look *look, const char *host)
{
	if (!says_unasked(look, host, false))
		return false;
	say_means(look, "Each question tells two kinds of NAT apart. Without this one there are two that look alike, and the "
	                "word is a guess.");
	say_next(look, "Ask that too before you decide. Which two kinds differ in its answer alone?");
	return true;
}

bool find_not_asked(const struct look *look)
{
	return any_student(look, leaves_unasked);
}

/* ---- a door that the test itself opened ---- */

/* Whether FLOW is what ENTRY wants, but for who spoke first, which was the house; and the other side's word came too. */
static bool is_opened_before(const struct look *look, const struct entry *entry, const struct flow *flow)
{
	const struct endpoint *opener = &entry->flow.opener;
	struct text words = {0};
	bool came = false;

	if (entry->kind != ENTRY_FLOW || !entry->flow.item_count || flow->transport != TRANSPORT_UDP ||
	    opener->kind == PORT_VARIABLE || is_student(look, opener->host) || flow->port[1] != demanded(look, opener) ||
	    strcmp(name_at(look, &flow->address[1]), opener->host) != 0 ||
	    strcmp(name_at(look, &flow->address[0]), entry->flow.target.host) != 0)
		return false;
	wanted_text(look, &entry->flow.items[0], &words);
	for (size_t i = 0; words.length && i < flow->event_count; i++)
		came |= flow->events[i].direction == DIRECTION_AGAINST && says_just(&flow->events[i], words.data, words.length);
	text_free(&words);
	return came;
}

bool find_opened_the_door(const struct look *look)
{
	const struct trace *trace = look->scene->trace;

	for (size_t i = 0; has_nat(look) && i < trace->entry_count; i++)
		for (size_t j = 0; j < look->match->pairing_count; j++) {
			const struct flow *flow = pairing_at(look, j)->flow;
			const char *inside = trace->entries[i].flow.target.host, *other = trace->entries[i].flow.opener.host;

			if (!flow || !is_opened_before(look, &trace->entries[i], flow))
				continue;
			say_seen(look, "%s had written to %s port %u before %s was to try whether it gets in.", inside, other,
			         flow->port[1], other);
			say_means(look, "What you send opens the door for the answer. Then %s gets in through every NAT, and the test "
			                "tells nothing.", other);
			say_next(look, "First the tests of who gets in; ask %s by yourself only when they are over.", other);
			return true;
		}
	return false;
}

/* ---- the conclusion ---- */

/* Datagrams that came to HOST, from others than the clerk. */
static size_t count_heard(const struct look *look, const char *host)
{
	struct datagram at = {0};
	size_t count = 0;

	while (next_datagram(look, host, &at))
		count += !at.sent && at.event->kind == EVENT_MESSAGE;
	return count;
}

static size_t count_received(const struct look *look, const char *host)
{
	const struct evidence *evidence = &look->scene->evidence;
	size_t count = 0;

	for (size_t i = 0; i < evidence->call_count; i++) {
		const struct call *call = &evidence->calls[i];

		if (CALLS_RECEIVE & CALLS(call->kind) && call->transport == CALL_UDP && !strcmp(call->host, host) &&
		    call_succeeded(call))
			count += 1 + call->repeats;
	}
	return count;
}

/* Whether something came to HOST after it had told the clerk. */
static bool hears_later(const struct look *look, const char *host, int64_t time_ns)
{
	struct datagram at = {0};

	while (next_datagram(look, host, &at))
		if (!at.sent && at.event->kind == EVENT_MESSAGE && at.event->time_ns > time_ns)
			return true;
	return false;
}

static bool leaves_unread(const struct look *look, const char *host)
{
	size_t heard = count_heard(look, host), received = count_received(look, host);
	struct datagram told;
	bool unread;

	if (!find_told(look, host, &told))
		return false;
	unread = calls_complete(look) && received < heard;
	if (!unread && !hears_later(look, host, told.event->time_ns))
		return false;
	if (unread)
		say_seen(look, "%zu datagrams came to %s in all; it had received %zu of them when it told the clerk %s.", heard,
		         host, received, quote(told.event->bytes, told.event->kept));
	else
		say_seen(look, "%s told the clerk %s, and only then the last answers came.", host,
		         quote(told.event->bytes, told.event->kept));
	say_means(look, "What had come was taken for the answer to another question, or nothing was waited for.");
	say_next(look, "After each question receive until its own answer is there: recvfrom() tells the address and port of "
	               "whoever sent each datagram.");
	return true;
}

bool find_answers_unread(const struct look *look)
{
	return any_student(look, leaves_unread);
}

/* What came to HOST from each, in a few words. */
static void list_heard(const struct look *look, const char *host, struct text *list)
{
	struct datagram at = {0};

	while (next_datagram(look, host, &at))
		if (!at.sent && at.event->kind == EVENT_MESSAGE && list->length < 400)
			text_printf(list, "%s%s port %u said %s", list->length ? ", " : "", at.other, at.port,
			            quote(at.event->bytes, at.event->kept));
}

static bool concludes_wrongly(const struct look *look, const char *host)
{
	struct text wanted = {0}, list = {0}, unasked = {0};
	const struct endpoint *whom;
	struct datagram told;
	bool wrong = find_told(look, host, &told) && find_wanted(look, &wanted) &&
	             !says_just(told.event, wanted.data, wanted.length) && !says_otherwise(told.event, &wanted) &&
	             !find_unasked(look, host, &whom, &unasked, true);

	list_heard(look, host, &list);
	if (wrong && list.length) {
		say_seen(look, "%s told the clerk %s; what it had heard makes %s.", host,
		         quote(told.event->bytes, told.event->kept), quote(wanted.data, wanted.length));
		say_means(look, "These came to %s: %s. The questions were right; the conclusion is not.", host,
		          text_string(&list));
		say_next(look, "Find the word by hand from these, then follow what the program compares: whole texts, each "
		               "with its '\\0' behind it, by strcmp(); and senders by address and port.");
	}
	text_free(&wanted);
	text_free(&unasked);
	wrong = wrong && list.length;
	text_free(&list);
	return wrong;
}

bool find_wrong_conclusion(const struct look *look)
{
	return any_student(look, concludes_wrongly);
}

/* ---- a port that was guessed ---- */

static bool is_private(const struct address *address)
{
	const uint8_t *bytes = address->bytes;

	return address->family == 4 && (bytes[0] == 10 || (bytes[0] == 172 && bytes[1] >> 4 == 1) ||
	                                (bytes[0] == 192 && bytes[1] == 168));
}

/* Whether each address of HOST is one that everybody can call. */
static bool is_public(const struct look *look, const char *host)
{
	const struct hosts *hosts = &look->scene->hosts;
	bool any = false;

	for (size_t i = 0; i < hosts->count; i++) {
		if (strcmp(hosts->entries[i].name, host) != 0)
			continue;
		if (is_private(&hosts->entries[i].address))
			return false;
		any = true;
	}
	return any;
}

/* A call from outside to an address that is only known behind the NAT (RFC 1918). A tunnel may lead there. */
bool find_nat_mapping_assumed(const struct look *look)
{
	const struct evidence *evidence = &look->scene->evidence;

	if (!look->scene->lesson->nat_count || look->scene->lesson->tunnel_count)
		return false;
	for (size_t i = 0; i < evidence->call_count; i++) {
		const struct call *call = &evidence->calls[i];

		if (!(CALLS_NAME_OTHER & CALLS(call->kind)) || !is_private(&call->address) || !is_public(look, call->host) ||
		    !strcmp(name_at(look, &call->address), call->host))
			continue;
		say_seen(look, "%s called %s, an address that exists only behind the router.", call->host,
		         name_at(look, &call->address));
		say_means(look, "Private addresses are not known outside. What a NAT lets in is the answer to what went out: "
		                "over the mapping that %s made itself when it called.", name_at(look, &call->address));
		say_next(look, "Answer to the address and port that the packet came from, over the socket that it came to.");
		blame(look, call);
		return true;
	}
	return false;
}
