/* diagnose_rules.c - diagnoses of a ruleset that the student wrote: who got through his firewall, and who did not.
 *
 * The rules themselves are not looked at. The same call is looked for on both sides of the firewall: a SYN that is seen
 * where it was sent and nowhere else was stopped. */
#include "diagnose_parts.h"

#include <string.h>

enum fault {
	FAULT_NONE,
	FAULT_OPEN,            /* everything passes */
	FAULT_ONLY_INPUT,      /* everything passes, but the firewall itself is silent */
	FAULT_TOO_WIDE,        /* something passes that ought not to */
	FAULT_STATELESS,       /* the same, from the port that answers come from */
	FAULT_REFUSED_SILENCE, /* refused where silence is due */
	FAULT_ANSWERS_STOPPED,
	FAULT_SOURCE_PORT,     /* only who calls from the port that he calls passes */
	FAULT_OTHER_WAY,
	FAULT_STOPPED,
	FAULT_SILENT_REFUSAL,  /* silence where a refusal is due */
	FAULT_REFUSED_BEYOND,  /* refused by who was called, and not by the firewall */
	FAULT_NOT_LED,
	FAULT_LED_AND_STOPPED,
	FAULT_LED_ELSEWHERE    /* to a port where nobody waits; or one that nobody was to lead on */
};

/* The ruleset of the case, or NULL: then none of this fits. */
static const struct rules *rules_of(const struct look *look)
{
	const struct lesson *lesson = look->scene->lesson;
	int which = lesson && look->scene->lesson_case ? lesson_case(lesson, look->scene->lesson_case->name) : -1;

	for (size_t i = 0; which >= 0 && i < lesson->rules_count; i++)
		if (lesson_holds(lesson->rules[i].of_case, (size_t)which))
			return &lesson->rules[i];
	return NULL;
}

static const char *wall_of(const struct look *look)
{
	return look->scene->lesson->hosts[rules_of(look)->host].name;
}

/* A call as its caller's own interface shows it, beside what is said of it there. */
static bool is_call(const struct look *look, const struct pairing *pairing)
{
	return pairing->entry && pairing->entry->kind == ENTRY_FLOW && pairing->flow &&
	       pairing->flow->transport == TRANSPORT_TCP && pairing->entry->flow.least &&
	       !strcmp(look->scene->views[pairing->view].host, pairing->entry->flow.opener.host);
}

static bool is_same_caller(const struct flow *a, const struct flow *b)
{
	return a->transport == b->transport && a->port[0] == b->port[0] && address_equal(&a->address[0], &b->address[0]);
}

/* The same call on another host's interface, so behind the firewall. NULL: it was not let through. */
static const struct flow *beyond(const struct look *look, const struct pairing *call)
{
	const struct view *views = look->scene->views;

	for (size_t view = 0; view < look->scene->view_count; view++)
		for (size_t i = 0; strcmp(views[view].host, views[call->view].host) != 0 && i < views[view].flow_count; i++)
			if (is_same_caller(views[view].flows[i], call->flow))
				return views[view].flows[i];
	return NULL;
}

/* Whether a call came out behind the firewall as another one than it was: some `dnat` had changed where it goes. */
static bool is_led_away(const struct pairing *call, const struct flow *behind)
{
	return behind->port[1] != call->flow->port[1] || !address_equal(&behind->address[1], &call->flow->address[1]);
}

/* The same call, come back to its caller's own wire with another destination. NULL: it did not. */
static const struct flow *turned_back(const struct look *look, const struct pairing *call)
{
	const struct view *view = &look->scene->views[call->view];

	for (size_t i = 0; i < view->flow_count; i++)
		if (view->flows[i] != call->flow && is_same_caller(view->flows[i], call->flow) &&
		    !address_equal(&view->flows[i]->address[1], &call->flow->address[1]))
			return view->flows[i];
	return NULL;
}

static bool is_unanswered(const struct flow *flow)
{
	return !flow->syn_answered && !flow->refused;
}

/* Whether the call is to the firewall's own address. */
static bool is_to_wall(const struct look *look, const struct pairing *call)
{
	return !strcmp(call->entry->flow.target.host, wall_of(look));
}

/* How the firewall itself, which the trace leaves free, took a call: NULL where nobody tried. */
static const struct flow *own_answer(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];

		if (pairing->entry && pairing->entry->kind == ENTRY_FLOW && pairing->flow && !pairing->entry->flow.least &&
		    is_to_wall(look, pairing))
			return pairing->flow;
	}
	return NULL;
}

/* Calls that ought to get no answer: how many, and how many of them got through. */
static size_t count_forbidden(const struct look *look, size_t *through)
{
	size_t count = 0;

	*through = 0;
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *call = &look->match->pairings[i];
		const struct flow *behind;

		if (!is_call(look, call) || call->entry->flow.outcome != OUTCOME_UNANSWERED)
			continue;
		count++;
		behind = beyond(look, call);
		*through += behind && !is_led_away(call, behind);
	}
	return count;
}

/* Whether a call from any other port by the same host to the same one was stopped, as it should be. */
static bool is_stopped_otherwise(const struct look *look, const struct pairing *call)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *other = &look->match->pairings[i];

		if (other != call && is_call(look, other) && other->entry->flow.outcome == OUTCOME_UNANSWERED &&
		    other->entry->flow.opener.kind == PORT_ANY && is_unanswered(other->flow) && !beyond(look, other) &&
		    address_equal(&other->flow->address[1], &call->flow->address[1]))
			return true;
	}
	return false;
}

static enum fault fault_of_passing(const struct look *look, const struct pairing *call)
{
	const struct flow *own = own_answer(look);
	size_t through, forbidden = count_forbidden(look, &through);

	if (own && through == forbidden)
		return is_unanswered(own) ? FAULT_ONLY_INPUT : FAULT_OPEN;
	if (call->entry->flow.opener.kind != PORT_ANY && is_stopped_otherwise(look, call))
		return FAULT_STATELESS;
	return FAULT_TOO_WIDE;
}

/* Whether another call to the same port got through, from a port with that very number. */
static bool is_by_source_port(const struct look *look, const struct pairing *call)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *other = &look->match->pairings[i];

		if (other != call && is_call(look, other) && other->entry->flow.outcome == OUTCOME_OPEN &&
		    other->flow->port[0] == other->flow->port[1] && other->flow->port[1] == call->flow->port[1] &&
		    beyond(look, other))
			return true;
	}
	return false;
}

/* A call that came the other way and got through, though it ought not to. */
static bool is_open_backwards(const struct look *look, const struct pairing *call)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *other = &look->match->pairings[i];

		if (is_call(look, other) && other->entry->flow.outcome == OUTCOME_UNANSWERED && beyond(look, other) &&
		    address_equal(&other->flow->address[0], &call->flow->address[1]) &&
		    address_equal(&other->flow->address[1], &call->flow->address[0]))
			return true;
	}
	return false;
}

static enum fault fault_of_stopping(const struct look *look, const struct pairing *call)
{
	const struct flow *behind = beyond(look, call);

	if (is_to_wall(look, call))
		return behind && !behind->syn_answered ? FAULT_LED_ELSEWHERE : behind ? FAULT_ANSWERS_STOPPED :
		       call->flow->refused ? FAULT_NOT_LED : FAULT_LED_AND_STOPPED;
	if (behind)
		return behind->syn_answered ? FAULT_ANSWERS_STOPPED : FAULT_NONE;
	if (turned_back(look, call))
		return FAULT_LED_ELSEWHERE;
	if (is_by_source_port(look, call))
		return FAULT_SOURCE_PORT;
	return is_open_backwards(look, call) ? FAULT_OTHER_WAY : FAULT_STOPPED;
}

static enum fault fault_of(const struct look *look, const struct pairing *call)
{
	const struct flow *behind = beyond(look, call);

	if (behind && is_led_away(call, behind) && !is_to_wall(look, call))
		return FAULT_LED_ELSEWHERE;
	switch (call->entry->flow.outcome) {
	case OUTCOME_OPEN:
		return call->flow->established ? FAULT_NONE : fault_of_stopping(look, call);
	case OUTCOME_UNANSWERED:
		if (behind)
			return fault_of_passing(look, call);
		return is_unanswered(call->flow) ? FAULT_NONE : FAULT_REFUSED_SILENCE;
	case OUTCOME_REFUSED:
		if (behind)
			return FAULT_REFUSED_BEYOND;
		return is_unanswered(call->flow) ? FAULT_SILENT_REFUSAL : FAULT_NONE;
	}
	return FAULT_NONE;
}

/* The first call of the trace that did not fare as it should, if this is its fault. NULL: no. */
static const struct pairing *call_with(const struct look *look, enum fault fault)
{
	if (!rules_of(look))
		return NULL;
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *call = &look->match->pairings[i];
		enum fault found = is_call(look, call) ? fault_of(look, call) : FAULT_NONE;

		if (found != FAULT_NONE)
			return found == fault ? call : NULL;
	}
	return NULL;
}

static const char *caller(const struct look *look, const struct pairing *call)
{
	return name_at(look, &call->flow->address[0]);
}

static const char *called(const struct look *look, const struct pairing *call)
{
	return name_at(look, &call->flow->address[1]);
}

/* ---- what passes and ought not to ---- */

bool find_rules_open(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_OPEN);

	if (!call)
		return false;
	say_seen(look, "%s got through to %s, port %u, and to all else that it tried.", caller(look, call),
	         called(look, call), call->flow->port[1]);
	say_means(look, "`policy accept` lets pass what none of the chain's rules is about; a chain at another hook, or of another "
	                "family than IPv4 (`ip` or `inet`), never sees these packets; and `ct state new accept` opens to everybody.");
	say_next(look, "Write `policy drop;` into the chain at the hook `forward`, then accept what is asked for.");
	return true;
}

bool find_rules_only_input(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_ONLY_INPUT);

	if (!call)
		return false;
	say_seen(look, "%s itself is silent, but %s got through it, to %s, port %u.", wall_of(look), caller(look, call),
	         called(look, call), call->flow->port[1]);
	say_means(look, "At the hook `input` is what is addressed to the firewall itself. What goes through it never comes there: "
	                "it comes to the hook `forward`.");
	say_next(look, "Write these rules into a chain at the hook `forward`.");
	return true;
}

bool find_rules_stateless(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_STATELESS);

	if (!call)
		return false;
	say_seen(look, "%s got through to %s from its port %u; from another port it did not.", caller(look, call),
	         called(look, call), call->flow->port[0]);
	say_means(look, "A rule takes all that comes from this port for answers. But whoever calls may bind any port: "
	                "only connection tracking knows what is an answer.");
	say_next(look, "Leave that rule out: `ct state established,related accept` is for all answers.");
	return true;
}

bool find_rules_too_wide(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_TOO_WIDE);

	if (!call)
		return false;
	say_seen(look, "%s got through to %s, port %u, and that is not asked for.", caller(look, call), called(look, call),
	         call->flow->port[1]);
	say_means(look, "Some rule accepts this call: one that says too little of the interface, the host or the port.");
	say_next(look, "Find the rule that fits it, and narrow it down: iifname, oifname, ip daddr, tcp dport.");
	return true;
}

bool find_rules_refused_silence(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_REFUSED_SILENCE);

	if (!call)
		return false;
	say_seen(look, "%s refused the call of %s to %s, port %u.", wall_of(look), caller(look, call), called(look, call),
	         call->flow->port[1]);
	say_means(look, "A refusal tells the caller that somebody is there. Here there should be silence.");
	say_next(look, "Let `policy drop` deal with all that nobody asked for, and reject the one port alone.");
	return true;
}

/* ---- what ought to pass ---- */

bool find_rules_answers_stopped(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_ANSWERS_STOPPED);

	if (!call)
		return false;
	say_seen(look, "The call of %s to %s, port %u, got through and was answered; the answer did not come back through %s.",
	         caller(look, call), called(look, call), call->flow->port[1], wall_of(look));
	say_means(look, "An answer is a packet of its own: it comes in where the call went out, and goes to the port of the "
	                "caller. No rule of yours accepts that.");
	say_next(look, "Begin the chain with `ct state established,related accept`: it is about all that belongs to an open "
	               "connection, in both directions.");
	return true;
}

bool find_rules_source_port(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_SOURCE_PORT);

	if (!call)
		return false;
	say_seen(look, "%s got through to %s, port %u, from port %u, and did not from port %u.", caller(look, call),
	         called(look, call), call->flow->port[1], call->flow->port[1], call->flow->port[0]);
	say_means(look, "`sport` is the port of whoever sends, and a caller may have any. The port that is called is "
	          "`dport`.");
	say_next(look, "Write `dport` in that rule.");
	return true;
}

bool find_rules_other_way(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_OTHER_WAY);

	if (!call)
		return false;
	say_seen(look, "%s did not get through to %s, port %u; but %s got through to %s.", caller(look, call),
	         called(look, call), call->flow->port[1], called(look, call), caller(look, call));
	say_means(look, "`iifname` is the interface at which a packet comes in, `oifname` the one by which it leaves. "
	                "Whoever calls is behind the first.");
	say_next(look, "Exchange the two in the rule for this call.");
	return true;
}

bool find_rules_stopped(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_STOPPED);

	if (!call)
		return false;
	say_seen(look, "The call of %s to %s, port %u, came to %s and not to %s: %s.", caller(look, call), called(look, call),
	         call->flow->port[1], wall_of(look), called(look, call),
	         call->flow->refused ? "it was refused before" : "nobody answered it");
	say_means(look, "No rule accepts it, or an earlier one drops or rejects it: the rules are asked from the top, and of a rule "
	                "each word must fit. Or a rule with `dnat` is about this call, too, and leads it elsewhere.");
	say_next(look, "Hold each word of your rules against this call: iifname, oifname, ip daddr, tcp or udp, dport.");
	return true;
}

/* ---- refused, and by whom ---- */

bool find_rules_silent_refusal(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_SILENT_REFUSAL);

	if (!call)
		return false;
	say_seen(look, "%s called %s, port %u, and got no answer.", caller(look, call), called(look, call),
	         call->flow->port[1]);
	say_means(look, "To drop is to be silent: the caller sends its SYN again and again, and waits. Whoever "
	          "rejects says so at once.");
	say_next(look, "Write `reject` for that port, in the chain at the hook `forward`, above whatever drops it.");
	return true;
}

bool find_rules_refused_beyond(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_REFUSED_BEYOND);

	if (!call)
		return false;
	say_seen(look, "It was not %s that refused port %u: the call got through to %s.", wall_of(look), call->flow->port[1],
	         called(look, call));
	say_means(look, "Today nobody listens there, so the kernel of %s refused. Tomorrow somebody may, and is open to all.",
	          called(look, call));
	say_next(look, "Write `reject` for that port, and accept less in the other rules.");
	return true;
}

/* ---- led on ---- */

bool find_rules_not_led(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_NOT_LED);

	if (!call)
		return false;
	say_seen(look, "%s refused the call of %s to its own port %u.", wall_of(look), caller(look, call),
	         call->flow->port[1]);
	say_means(look, "The call stayed at the firewall, where nobody listens: no rule led it on. (Or one did, and a `reject` "
	                "at the hook `forward` came before the rule that accepts it.)");
	say_next(look, "Write a rule with `dnat to ADDRESS:PORT` for this port, in a chain with `type nat hook prerouting`.");
	return true;
}

bool find_rules_led_and_stopped(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_LED_AND_STOPPED);

	if (!call)
		return false;
	say_seen(look, "The call of %s to %s, port %u, came there and went no further.", caller(look, call),
	         called(look, call), call->flow->port[1]);
	say_means(look, "`dnat` changes only where it goes. It still has to pass the chain at the hook `forward`, which sees it with "
	                "its new address and port.");
	say_next(look, "Accept it there: what goes to the new address, at the new port. (Is there a `dnat` for it at all, and are both "
	               "the same in the two rules?)");
	return true;
}

bool find_rules_led_elsewhere(const struct look *look)
{
	const struct pairing *call = call_with(look, FAULT_LED_ELSEWHERE);
	const struct flow *behind = call ? beyond(look, call) : NULL;
	const struct flow *back = call && !behind ? turned_back(look, call) : NULL;

	if (back) {
		say_seen(look, "The call of %s to %s, port %u, was led to %s, port %u.", caller(look, call), called(look, call),
		         call->flow->port[1], name_at(look, &back->address[1]), back->port[1]);
		say_means(look, "A rule with `dnat` takes every call that its words fit, also one that goes to somebody else.");
		say_next(look, "Look at the iifname of that rule, or write one: at which interface does a call to the door come in?");
		return true;
	}
	if (!behind)
		return false;
	say_seen(look, "The call of %s to %s, port %u, was led to %s, port %u%s.", caller(look, call), called(look, call),
	         call->flow->port[1], name_at(look, &behind->address[1]), behind->port[1],
	         behind->syn_answered ? "" : ", where nobody took it");
	if (!is_to_wall(look, call)) {
		say_means(look, "A rule with `dnat` is about this call, too: it says too little of the calls that it is to lead on.");
		say_next(look, "Let that rule name them: the interface at which they come in, and the port that they call (tcp dport).");
		return true;
	}
	say_means(look, "`dnat to` an address alone keeps the port that was called.");
	say_next(look, "Write the address and the port of the one who waits: `dnat to ADDRESS:PORT`.");
	return true;
}
