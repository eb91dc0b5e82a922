/* diagnose_punch.c - diagnoses about two peers behind NATs who look for a direct way to each other.
 *
 * A peer says hello to a server, the first whom the trace makes it speak to; everybody else that the trace has
 * at its interface is the other peer, under the address of that one's router. "punch" and "relay " are
 * the words of lesson 22. */
#include "diagnose_parts.h"

#include <string.h>

#define PUNCH "punch"
#define RELAY "relay "
#define RELAY_LETTERS 5 /* of RELAY, without the space */
#define PAUSE_NS INT64_C(200000000) /* who was quicker than that has not waited, even on a loaded machine */

/* What a peer did, as seen at its own interface. */
struct peer {
	const char *host, *server, *router;  /* router: the other peer's */
	uint16_t announced;                  /* the other peer's port, as the server told it; 0 = it did not */
	size_t punches, relays, to_router;   /* messages sent */
	bool tried_relay;                    /* said something to the server that begins like RELAY, and is not */
	const struct event *first_heard, *named, *relayed, *first_punch; /* or NULL */
	struct datagram heard;               /* the first that came from the other one's router; flow NULL: none */
	struct datagram heard_then;          /* the first of them behind NAMED */
	const struct event *text_sent;       /* to the router, but no punch */
	uint16_t text_port;                  /* to which of its ports */
	size_t texts_heard;                  /* from the router, but no punches */
	bool answered;                       /* sent something to where HEARD_THEN came from, behind it */
};

static bool begins(const struct event *event, const char *word)
{
	size_t length = strlen(word);

	return event->kept >= length && !memcmp(event->bytes, word, length);
}

/* Whether the trace has HOST punch, and whom it asks and punches. */
static bool find_parts(const struct look *look, struct peer *peer)
{
	const struct trace *trace = look->scene->trace;

	peer->server = peer->router = NULL;
	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];
		bool opens = !strcmp(entry->flow.opener.host, peer->host);
		const char *other = opens ? entry->flow.target.host : entry->flow.opener.host;

		if (entry->kind != ENTRY_FLOW || entry->flow.transport != TRANSPORT_UDP ||
		    (!opens && strcmp(entry->flow.target.host, peer->host) != 0))
			continue;
		if (!peer->server)
			peer->server = other;
		else if (strcmp(other, peer->server) != 0 && entry->flow.item_count &&
		         entry->flow.items[0].kind == ITEM_REPEAT)
			peer->router = other;
	}
	return peer->server && peer->router;
}

static void take_from_server(struct peer *peer, const struct datagram *at)
{
	const struct event *event = at->event;

	if (at->sent && begins(event, RELAY)) {
		peer->relays++;
		peer->relayed = event;
	} else if (at->sent) {
		peer->tried_relay |= event->kept >= RELAY_LETTERS && !memcmp(event->bytes, RELAY, RELAY_LETTERS);
	} else if (!peer->named) {
		const char *colon = memchr(event->bytes, ':', event->kept);

		peer->named = event;
		for (const char *digit = colon ? colon + 1 : NULL;
		     digit && digit < (const char *)event->bytes + event->kept; digit++)
			peer->announced = (uint16_t)(peer->announced * 10 + (*digit - '0'));
	}
}

static void take_sent(struct peer *peer, const struct datagram *at)
{
	peer->to_router++;
	if (says_just(at->event, PUNCH, strlen(PUNCH))) {
		peer->punches++;
		if (!peer->first_punch || at->event->time_ns < peer->first_punch->time_ns)
			peer->first_punch = at->event;
	} else if (!peer->text_sent) {
		peer->text_sent = at->event;
		peer->text_port = at->port;
	}
}

static void take_heard(struct peer *peer, const struct datagram *at)
{
	if (!peer->heard.flow || at->event->time_ns < peer->heard.event->time_ns)
		peer->heard = *at;
	peer->texts_heard += !says_just(at->event, PUNCH, strlen(PUNCH));
}

/* What became of the first datagram that came when the other one's name was known. */
static void look_behind_name(const struct look *look, struct peer *peer)
{
	struct datagram at = {0};

	while (peer->named && next_datagram(look, peer->host, &at))
		if (!at.sent && at.event->kind == EVENT_MESSAGE && !strcmp(at.other, peer->router) &&
		    at.event->time_ns > peer->named->time_ns &&
		    (!peer->heard_then.flow || at.event->time_ns < peer->heard_then.event->time_ns))
			peer->heard_then = at;
	for (at = (struct datagram){0}; peer->heard_then.flow && next_datagram(look, peer->host, &at);)
		peer->answered |= at.sent && at.event->kind == EVENT_MESSAGE && at.port == peer->heard_then.port &&
		                  !strcmp(at.other, peer->router) && at.event->time_ns > peer->heard_then.event->time_ns;
}

static bool look_at_peer(const struct look *look, const char *host, struct peer *peer)
{
	struct datagram at = {0};

	*peer = (struct peer){.host = host};
	if (!find_parts(look, peer))
		return false;
	while (next_datagram(look, host, &at)) {
		if (at.event->kind != EVENT_MESSAGE)
			continue;
		if (!at.sent && (!peer->first_heard || at.event->time_ns < peer->first_heard->time_ns))
			peer->first_heard = at.event;
		if (!strcmp(at.other, peer->server))
			take_from_server(peer, &at);
		else if (!strcmp(at.other, peer->router) && at.sent)
			take_sent(peer, &at);
		else if (!strcmp(at.other, peer->router))
			take_heard(peer, &at);
	}
	look_behind_name(look, peer);
	return true;
}

static bool is_running(const struct look *look, const char *host)
{
	const struct evidence_program *program = scene_student(look->scene, host);

	return program && program->end == PROGRAM_RUNNING;
}

/* ---- who never said anything ---- */

static bool says_nothing(const struct look *look, const char *host)
{
	struct peer peer = {.host = host};
	struct datagram at = {0};

	if (!find_parts(look, &peer))
		return false;
	while (next_datagram(look, host, &at))
		if (at.sent && at.event->kind == EVENT_MESSAGE)
			return false;
	say_seen(look, "Nothing of %s was seen on the link.", host);
	say_means(look, "sendto() was not called, or failed, or sent to this very host (127.0.0.1). %s cannot know of a peer "
	                "that has not called it.", peer.server);
	say_next(look, "Say \"hello\" to %s, with the address and port that the program is given; look at what sendto() "
	               "returns (perror tells why it failed).", peer.server);
	blame(look, call_waiting(look, scene_student(look->scene, host)));
	return true;
}

bool find_silent_peer(const struct look *look)
{
	return any_student(look, says_nothing);
}

/* ---- who punched somewhere else ---- */

/* The first "punch" that the wire has from HOST to anybody but the other one. */
static bool punch_astray(const struct look *look, const struct peer *peer, struct datagram *astray)
{
	struct datagram at = {0};

	*astray = at;
	while (next_datagram(look, peer->host, &at))
		if (at.sent && says_just(at.event, PUNCH, strlen(PUNCH)) && strcmp(at.other, peer->router) != 0 &&
		    (!astray->flow || at.event->time_ns < astray->event->time_ns))
			*astray = at;
	return astray->flow != NULL;
}

/* The first call behind the name that sends neither to who told it nor to the other one: what is sent to 0.0.0.0, or to
 * an address of its own, no link has. NULL: none, or not known. */
static const struct call *sent_astray(const struct look *look, const struct peer *peer)
{
	const struct evidence_program *program = scene_student(look->scene, peer->host);
	const struct call *call = NULL;

	while ((call = call_next(look, call, program, CALLS(CALL_SENDTO) | CALLS(CALL_SENDMSG))))
		if (call->address.family && call->time_ns > peer->named->time_ns &&
		    strcmp(name_at(look, &call->address), peer->server) != 0 &&
		    strcmp(name_at(look, &call->address), peer->router) != 0)
			return call;
	return NULL;
}

static bool punches_elsewhere(const struct look *look, const char *host)
{
	static const struct address nobody = {.family = 4};
	struct datagram astray;
	const struct call *call;
	struct peer peer;

	if (!look_at_peer(look, host, &peer) || !peer.named || peer.to_router)
		return false;
	call = sent_astray(look, &peer);
	if (punch_astray(look, &peer, &astray)) {
		say_seen(look, "%s was told %s, and sent its \"punch\" to %s, port %u.", host,
		         quote(peer.named->bytes, peer.named->kept), name_at(look, &astray.flow->address[!astray.side]), astray.port);
		call = call_to(look, astray.flow);
	} else if (call)
		say_seen(look, "%s was told %s, and called %s() with %s, port %u.", host,
		         quote(peer.named->bytes, peer.named->kept), call_word(call->kind), name_at(look, &call->address), call->port);
	else
		return false;
	say_means(look, !astray.flow && address_equal(&call->address, &nobody)
	                        ? "0.0.0.0 is nobody's address: sin_addr was never set, or not with what was told."
	                        : "That is not where the other one is. The address in sendto() is another one than the one in the "
	                          "words that came.");
	say_next(look, "Put the address that you were told into sin_addr, with inet_pton(), and its port into sin_port, with "
	               "htons(); that is where each \"punch\" goes.");
	blame(look, call);
	return true;
}

bool find_punched_elsewhere(const struct look *look)
{
	return any_student(look, punches_elsewhere);
}

/* ---- who never punched ---- */

static bool never_sent(const struct look *look, const char *host, bool waited)
{
	struct peer peer;

	return look_at_peer(look, host, &peer) && peer.named && !peer.to_router &&
	       waited == (!peer.relayed || peer.relayed->time_ns - peer.named->time_ns > PAUSE_NS) &&
	       (peer.relayed || is_running(look, host));
}

static bool waits_for_punch(const struct look *look, const char *host)
{
	struct peer peer;

	if (!never_sent(look, host, true) || !look_at_peer(look, host, &peer))
		return false;
	say_seen(look, "%s was told where the other one is, and %s.", host,
	         calls_complete(look) ? "sent nothing there: it waited" : "nothing of it went there");
	say_means(look, "The other one's datagrams die at your router until you have sent one: only what goes out opens the "
	                "door. If each waits for the other, both doors stay shut.");
	say_next(look, "Send the first \"punch\" as soon as you know the name, then wait, then send the next.");
	return true;
}

bool find_waited_for_punch(const struct look *look)
{
	return any_student(look, waits_for_punch);
}

static bool relays_at_once(const struct look *look, const char *host)
{
	if (!never_sent(look, host, false))
		return false;
	say_seen(look, "%s asked the relay for help at once, without one \"punch\" to the other one.", host);
	say_means(look, "The relay always works, and pays for every byte twice. It is for those for whom there is no direct "
	                "way, and that only trying shows.");
	say_next(look, "Punch first, TRIES times; relay() only when nothing was heard.");
	return true;
}

bool find_never_punched(const struct look *look)
{
	return any_student(look, relays_at_once);
}

/* ---- who did not listen to the right one ---- */

static bool takes_strangers_word(const struct look *look, const char *host)
{
	struct peer peer;

	if (!look_at_peer(look, host, &peer) || !peer.heard.flow || peer.first_heard != peer.heard.event || peer.to_router)
		return false;
	say_seen(look, "The first that %s heard was %s, and it came from %s port %u, not from %s.", host,
	         quote(peer.first_heard->bytes, peer.first_heard->kept), peer.router, peer.heard.port, peer.server);
	say_means(look, "A UDP socket takes what anybody sends, if the router lets it in. The other one was told earlier, "
	                "and was quicker than the answer that you wait for.");
	say_next(look, "Receive until recvfrom() says that it is %s who speaks; what others say before that may be left "
	               "out: they will say it again.", peer.server);
	return true;
}

bool find_took_strangers_word(const struct look *look)
{
	return any_student(look, takes_strangers_word);
}

static bool answers_announced(const struct look *look, const char *host)
{
	struct peer peer;

	if (!look_at_peer(look, host, &peer) || !peer.heard_then.flow || peer.answered ||
	    peer.heard_then.port == peer.announced || !peer.to_router)
		return false;
	if (peer.text_sent)
		say_seen(look, "%s heard %s from %s port %u, and answered to port %u.", host,
		         quote(peer.heard_then.event->bytes, peer.heard_then.event->kept), peer.router, peer.heard_then.port, peer.text_port);
	else
		say_seen(look, "%s heard %s from %s port %u, and never answered to that port.", host,
		         quote(peer.heard_then.event->bytes, peer.heard_then.event->kept), peer.router, peer.heard_then.port);
	say_means(look, "%u is the port that %s was seen with by %s. A symmetric router has another one for you, and you have "
	                "just heard which: there the door is open.", peer.announced, peer.router, peer.server);
	say_next(look, "Answer to the address and port that recvfrom() gave you, whatever was announced.");
	return true;
}

bool find_answered_announced(const struct look *look)
{
	return any_student(look, answers_announced);
}

/* ---- who gave up too early, or never ---- */

static bool punches_once(const struct look *look, const char *host)
{
	struct peer peer;
	bool rushed;

	if (!look_at_peer(look, host, &peer) || !peer.punches || peer.heard_then.flow)
		return false;
	rushed = peer.punches > 1 && peer.relayed && peer.relayed->time_ns - peer.first_punch->time_ns < PAUSE_NS;
	if (rushed)
		say_seen(look, "%s sent %zu \"punch\" within %lld ms, all at once, and gave up.", host, peer.punches,
		         (long long)((peer.relayed->time_ns - peer.first_punch->time_ns) / 1000000));
	else if (peer.punches == 1 && peer.relayed)
		say_seen(look, "%s sent one \"punch\" and, %lld ms later, gave up.", host,
		         (long long)((peer.relayed->time_ns - peer.first_punch->time_ns) / 1000000));
	else if (peer.punches == 1 && is_running(look, host))
		say_seen(look, "%s sent one \"punch\" and waits since then for an answer.", host);
	else
		return false;
	blame(look, call_waiting(look, scene_student(look->scene, host)));
	say_means(look, "Where the other one's door is still shut, a datagram dies without a word. One that comes a moment "
	                "later gets in.");
	say_next(look, "Send it again after each EVERY milliseconds in which nothing came, TRIES times in all: poll() counts "
	               "its time in milliseconds.");
	return true;
}

bool find_punched_once(const struct look *look)
{
	return any_student(look, punches_once);
}

/* Whether the trace has HOST use the relay. */
static bool is_to_relay(const struct look *look, const struct peer *peer)
{
	const struct trace *trace = look->scene->trace;

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct expected_flow *flow = &trace->entries[i].flow;

		for (size_t j = 0; trace->entries[i].kind == ENTRY_FLOW && !strcmp(flow->opener.host, peer->host) &&
		                   !strcmp(flow->target.host, peer->server) && j < flow->item_count; j++) {
			struct text words = {0};
			bool relays;

			wanted_text(look, &flow->items[j], &words);
			relays = words.length > strlen(RELAY) && !memcmp(words.data, RELAY, strlen(RELAY));
			text_free(&words);
			if (relays)
				return true;
		}
	}
	return false;
}

static bool has_no_fallback(const struct look *look, const char *host)
{
	struct peer peer;

	if (!look_at_peer(look, host, &peer) || peer.relayed || peer.tried_relay || peer.heard.flow || peer.punches < 2 ||
	    !is_to_relay(look, &peer))
		return false;
	say_seen(look, "%s punched %zu times, heard nothing, and %s.", host, peer.punches,
	         is_running(look, host) ? "went on" : "ended without having said its text");
	say_means(look, "Between a symmetric router and one that filters by port there is no way: each \"punch\" comes from, or "
	                "goes to, a port that the other side does not wait for.");
	say_next(look, "When TRIES are used up, let punch() return -1, and say it with the help of %s: \"relay \" and your "
	               "text.", peer.server);
	return true;
}

bool find_no_fallback(const struct look *look)
{
	return any_student(look, has_no_fallback);
}

/* ---- who has the way and does not use it ---- */

/* Whether HOST's kernel refused what came from the other one, as nobody owned the port any more. */
static bool refuses_router(const struct look *look, const struct peer *peer)
{
	struct datagram at = {0};

	while (next_datagram(look, peer->host, &at))
		if (at.sent && at.event->kind == EVENT_UNREACHABLE && !strcmp(at.other, peer->router))
			return true;
	return false;
}

/* Whether what HOST's kernel refused was a punch that the other one need not have sent: he had said his text before. */
static bool refuses_late_punch(const struct look *look, const struct peer *peer)
{
	const struct event *last = NULL;
	struct datagram at = {0};

	if (peer->texts_heard != 1)
		return false;
	while (next_datagram(look, peer->host, &at))
		if (!at.sent && at.event->kind == EVENT_MESSAGE && !strcmp(at.other, peer->router) &&
		    (!last || at.event->time_ns > last->time_ns))
			last = at.event;
	return last && says_just(last, PUNCH, strlen(PUNCH));
}

static bool hears_late_punch(const struct look *look, const char *host)
{
	struct peer peer;

	if (!look_at_peer(look, host, &peer) || is_running(look, host) || !peer.text_sent || !refuses_router(look, &peer) ||
	    !refuses_late_punch(look, &peer))
		return false;
	say_seen(look, "%s had the other one's text and was done; one more \"punch\" of him came then, and its kernel refused it.",
	         host);
	say_means(look, "Who has heard the other one, and said his text, need punch no more: the way is open.");
	say_next(look, "As soon as something has come: no more \"punch\". Send your text to where it came from, once, and wait.");
	return true;
}

bool find_late_punch(const struct look *look)
{
	return any_student(look, hears_late_punch);
}

static bool leaves_too_soon(const struct look *look, const char *host)
{
	struct peer peer;

	if (!look_at_peer(look, host, &peer) || !peer.text_sent || is_running(look, host) || peer.texts_heard > 1 ||
	    !peer.punches || !refuses_router(look, &peer))
		return false;
	say_seen(look, "%s said %s and was gone when the other one's words came: the kernel of %s refused them.", host,
	         quote(peer.text_sent->bytes, peer.text_sent->kept), host);
	say_means(look, "The program had ended, or closed its socket, and nobody owned the port any more.");
	say_next(look, "Stay after your own text until his is here as well.");
	return true;
}

bool find_gone_too_soon(const struct look *look)
{
	return any_student(look, leaves_too_soon);
}

static bool keeps_text(const struct look *look, const char *host)
{
	struct peer peer;

	if (!look_at_peer(look, host, &peer) || !peer.heard_then.flow || peer.text_sent || peer.relayed || is_to_relay(look, &peer))
		return false;
	say_seen(look, "%s heard %s from the other one, and never said its own text to him.", host,
	         quote(peer.heard_then.event->bytes, peer.heard_then.event->kept));
	say_means(look, "That you hear him shows that his way to you is open; whether yours to him is, he learns from your "
	                "text alone. The first that comes may be a \"punch\" or already his text.");
	say_next(look, "Whatever comes first: send your text to its sender, once. Stay until his text is here as well.");
	return true;
}

bool find_text_not_said(const struct look *look)
{
	return any_student(look, keeps_text);
}
