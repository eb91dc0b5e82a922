/* diagnose_address.c - diagnoses about the addresses that a host has, has not, or gets only later. */
#include "diagnose_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(const struct address *address)
{
	static char text[2][INET6_ADDRSTRLEN];
	static int turn;

	turn = !turn;
	if (!inet_ntop(address->family == 4 ? AF_INET : AF_INET6, address->bytes, text[turn], sizeof text[turn]))
		text[turn][0] = '\0';
	return text[turn];
}

/* Whether the case gives ADDRESS to HOST while the programs run. */
static bool comes_later(const struct look *look, const char *host, const struct address *address)
{
	const struct lesson_case *lesson_case = look->scene->lesson_case;

	for (size_t i = 0; i < lesson_case->step_count; i++) {
		const struct step *step = &lesson_case->steps[i];
		struct address given = address_ipv4(step->address);

		if (step->kind == STEP_ADDRESS && address_equal(&given, address) &&
		    !strcmp(look->scene->lesson->hosts[step->host].name, host))
			return true;
	}
	return false;
}

/* ---- a server that is there before its address ---- */

/* A bind() to an address that came later, which failed and was not made good. */
static const struct call *bound_too_early(const struct look *look)
{
	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		const struct evidence_program *program = &look->scene->evidence.programs[i];
		const struct call *call = call_that_failed(look, program);

		if (call && call->kind == CALL_BIND && call->error == EADDRNOTAVAIL &&
		    comes_later(look, call->host, &call->address))
			return call;
	}
	return NULL;
}

static const struct call *freebind_on(const struct look *look, const struct call *bound)
{
	const struct call *made = call_that_made(look, bound), *call = NULL;

	while (made && (call = call_on(look, made, call, CALLS(CALL_SETSOCKOPT))))
		if (!strcmp(call->option, "IP_FREEBIND") && call->value && call_succeeded(call))
			return call;
	return NULL;
}

bool find_address_not_there_yet(const struct look *look)
{
	const struct call *call = bound_too_early(look), *option;

	if (!call)
		return false;
	option = freebind_on(look, call);
	say_seen(look, "bind() on %s failed (EADDRNOTAVAIL): %s did not have the address %s yet.", call->host, call->host,
	         text_of(&call->address));
	if (option && option > call)
		say_means(look, "IP_FREEBIND was set behind bind(). It changes what bind() allows, so it comes too late there.");
	else
		say_means(look, "A socket gets only addresses that its host has, unless it was given the option IP_FREEBIND before "
		                "bind(): then it may wait for one.");
	say_next(look, "setsockopt() with IPPROTO_IP, IP_FREEBIND, then bind(); and look at what both return.");
	blame(look, call);
	return true;
}

bool find_spoke_too_early(const struct look *look)
{
	const struct call *call = NULL, *made, *bound;

	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		call = call_that_failed(look, &look->scene->evidence.programs[i]);
		if (!call || !((CALLS_SEND | CALLS(CALL_CONNECT)) & CALLS(call->kind)))
			continue;
		made = call_that_made(look, call);
		bound = made ? call_on(look, made, NULL, CALLS(CALL_BIND)) : NULL;
		if (!bound || !call_succeeded(bound) || !comes_later(look, bound->host, &bound->address))
			continue;
		say_seen(look, "%s() on %s failed: its socket has the address %s, which %s did not have yet.",
		         call_word(call->kind), call->host, text_of(&bound->address), call->host);
		say_means(look, "IP_FREEBIND lets you wait at an address before it is yours, not speak from it. No packet left.");
		say_next(look, "Speak only when you were spoken to: then the address has come.");
		blame(look, call);
		return true;
	}
	return false;
}

/* ---- asked at one address ---- */

/* The flow that answers PAIRING's question from another address of the same host; NULL: none. */
static const struct flow *answer_from_elsewhere(const struct look *look, const struct pairing *asked)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;

		if (flow && flow != asked->flow && flow->transport == TRANSPORT_UDP &&
		    address_equal(&flow->address[1], &asked->flow->address[0]) && flow->port[1] == asked->flow->port[0] &&
		    flow->port[0] == asked->flow->port[1] && !address_equal(&flow->address[0], &asked->flow->address[1]) &&
		    !strcmp(name_at(look, &flow->address[0]), name_at(look, &asked->flow->address[1])))
			return flow;
	}
	return NULL;
}

bool find_answer_from_other_address(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct flow *answer;
		const char *asker;

		if (!pairing->entry || !pairing->flow || pairing->flow->transport != TRANSPORT_UDP ||
		    !(answer = answer_from_elsewhere(look, pairing)))
			continue;
		asker = name_at(look, &pairing->flow->address[0]);
		say_seen(look, "%s asked %s and was answered by %s.", asker, text_of(&pairing->flow->address[1]),
		         text_of(&answer->address[0]));
		say_means(look, "A socket at INADDR_ANY takes what comes to any address of its host, but its answers bear the address "
		                "that leads to the receiver. To %s that is a stranger.", asker);
		say_next(look, "bind() to the address that the program is given.");
		blame(look, call_with_port(look, name_at(look, &answer->address[0]), CALLS(CALL_BIND), answer->port[0]));
		return true;
	}
	return false;
}

bool find_bound_another_address(const struct look *look)
{
	static const struct address any = {.family = 4};

	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;
		const struct call *bound;
		const char *host;

		if (!flow || !(flow->transport == TRANSPORT_UDP ? event_from(flow, 1, EVENT_UNREACHABLE) != NULL : flow->refused))
			continue;
		host = name_at(look, &flow->address[1]);
		bound = call_with_port(look, host, CALLS(CALL_BIND), flow->port[1]);
		if (!bound || !call_succeeded(bound) || bound->address.family != flow->address[1].family ||
		    address_equal(&bound->address, &flow->address[1]) || address_equal(&bound->address, &any))
			continue;
		say_seen(look, "%s was asked at %s, where nobody waits: its socket is at %s.", host, text_of(&flow->address[1]),
		         text_of(&bound->address));
		say_means(look, "A socket hears what is sent to its own address, and nothing that goes to another one of the same "
		                "host.");
		say_next(look, "bind() to the address that the program is given.");
		blame(look, bound);
		return true;
	}
	return false;
}

/* ---- a program that says which addresses are its host's ---- */

struct claim {
	const char *host;
	struct address address;
	bool said, wanted;          /* mine; `said` only where STATUS is STEP_WRONG */
	const struct call *bound;   /* its bind() with that address; NULL: none, or not known */
};

/* "10.0.0.99 foreign" */
static bool read_claim(const char *bytes, size_t length, struct address *address, bool *mine)
{
	char copy[64], text[48], word[16], end;
	struct in_addr parsed;

	if (!length || length >= sizeof copy)
		return false;
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	if (sscanf(copy, "%47s %15s%c", text, word, &end) != 2 || inet_pton(AF_INET, text, &parsed) != 1)
		return false;
	*address = address_ipv4(ntohl(parsed.s_addr));
	*mine = !strcmp(word, "mine");
	return *mine || !strcmp(word, "foreign");
}

static const struct call *bind_with(const struct look *look, const char *host, const struct address *address)
{
	const struct evidence_program *program = scene_student(look->scene, host);

	for (const struct call *call = NULL; (call = call_next(look, call, program, CALLS(CALL_BIND))); )
		if (address_equal(&call->address, address))
			return call;
	return NULL;
}

/* The first claim that is wrong, or missing. */
static bool find_claim(const struct look *look, enum step_status status, struct claim *claim)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, status, ITEM_MESSAGE);
		struct text wanted = {0};
		struct address same;
		struct bytes seen;
		bool fits;

		if (!step || !pairing->flow)
			continue;
		seen = seen_bytes(pairing, step);
		wanted_text(look, step->item, &wanted);
		fits = read_claim(text_string(&wanted), wanted.length, &claim->address, &claim->wanted);
		text_free(&wanted);
		if (!fits || (status == STEP_WRONG && (!read_claim((const char *)seen.at, seen.length, &same, &claim->said) ||
		                                       !address_equal(&same, &claim->address))))
			continue;
		claim->host = sender_of(pairing->entry, step->item->direction)->host;
		claim->bound = bind_with(look, claim->host, &claim->address);
		return true;
	}
	return false;
}

/* Whether a flow of the trace has HOST say whose ADDRESS is. */
static bool wants_claim(const struct look *look, const char *host, const struct address *address)
{
	const struct trace *trace = look->scene->trace;

	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct expected_flow *flow = &trace->entries[i].flow;

		if (trace->entries[i].kind != ENTRY_FLOW || strcmp(flow->opener.host, host) != 0)
			continue;
		for (size_t j = 0; j < flow->item_count; j++) {
			struct text wanted = {0};
			struct address about;
			bool mine, fits;

			wanted_text(look, &flow->items[j], &wanted);
			fits = read_claim(text_string(&wanted), wanted.length, &about, &mine) && address_equal(&about, address);
			text_free(&wanted);
			if (fits)
				return true;
		}
	}
	return false;
}

bool find_refusal_of_bind_fatal(const struct look *look)
{
	const struct evidence_program *program;

	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		const struct call *call;

		program = &look->scene->evidence.programs[i];
		call = program->end == PROGRAM_EXITED && program->value ? call_next(look, NULL, program, CALLS(CALL_BIND)) : NULL;
		while (call && !(call->error == EADDRNOTAVAIL && wants_claim(look, program->host, &call->address) &&
		                 !call_next(look, call, program, ~CALLS(CALL_CLOSE))))
			call = call_next(look, call, program, CALLS(CALL_BIND));
		if (!call)
			continue;
		say_seen(look, "bind() on %s failed (EADDRNOTAVAIL), and the program ended before it had said so.", program->host);
		say_means(look, "Here that is the answer that was looked for: %s is none of %s's addresses.",
		          text_of(&call->address), program->host);
		say_next(look, "Where bind() returns -1 look at errno: EADDRNOTAVAIL is \"foreign\", and the program goes on.");
		blame(look, call);
		return true;
	}
	return false;
}

bool find_refusal_of_bind_ignored(const struct look *look)
{
	struct claim claim = {0};

	if (!find_claim(look, STEP_WRONG, &claim) || !claim.said || !claim.bound || claim.bound->error != EADDRNOTAVAIL)
		return false;
	say_seen(look, "%s says that %s is its own. bind() had refused it (EADDRNOTAVAIL).", claim.host,
	         text_of(&claim.address));
	say_means(look, "The socket did not get that address, and the program did not look at what bind() returned, or took it "
	                "the wrong way round.");
	say_next(look, "bind() returns 0 for an address of this host, and -1 with EADDRNOTAVAIL for any other one.");
	blame(look, claim.bound);
	return true;
}

bool find_freebind_hides(const struct look *look)
{
	struct claim claim = {0};
	const struct call *option;

	if (!find_claim(look, STEP_WRONG, &claim) || !claim.said || !claim.bound || !call_succeeded(claim.bound))
		return false;
	option = freebind_on(look, claim.bound);
	if (!option)
		return false;
	say_seen(look, "%s says that %s is its own. It is not.", claim.host, text_of(&claim.address));
	say_means(look, "The socket had IP_FREEBIND: with it bind() takes any address, and says nothing about whose it is.");
	say_next(look, "Ask without the option. It is for the server, which knows that its address will come.");
	blame(look, option);
	return true;
}

/* No call has named the address that the claim is about. */
static bool tell_unasked(const struct look *look, const struct claim *claim)
{
	const struct call *bound = call_with_port(look, claim->host, CALLS(CALL_BIND), 0);

	if (!calls_complete(look))
		return false;
	say_seen(look, "%s says that %s is %s. It is not, and bind() was never asked about it.", claim->host,
	         text_of(&claim->address), claim->said ? "its own" : "foreign");
	if (bound && bound->address.family)
		say_means(look, "bind() got another address, %s. What it says of that one says nothing of others.",
		          text_of(&bound->address));
	else
		say_means(look, "Which addresses a host has only its kernel knows. Whoever writes them down, or guesses, is wrong on "
		                "the next host.");
	say_next(look, "Put the address that the function is given into sin_addr, with inet_pton(), and bind() a socket to it.");
	blame(look, bound);
	return true;
}

bool find_asked_without_bind(const struct look *look)
{
	struct claim claim = {0};
	const struct evidence_program *program;
	const struct call *call = NULL;

	if (!find_claim(look, STEP_WRONG, &claim) || claim.bound)
		return false;
	program = scene_student(look->scene, claim.host);
	while ((call = call_next(look, call, program, CALLS(CALL_CONNECT))) && !address_equal(&call->address, &claim.address))
		;
	if (!call)
		return tell_unasked(look, &claim);
	say_seen(look, "%s says that %s is %s. It asked with connect().", claim.host, text_of(&claim.address),
	         claim.said ? "its own" : "foreign");
	say_means(look, "connect() is about the other side's address: for UDP it only notes it down, and succeeds wherever a "
	                "way leads.");
	say_next(look, "Try to give the address to a socket of your own: that is bind().");
	blame(look, call);
	return true;
}

/* "foreign", though bind() had said yes. */
bool find_consent_of_bind_turned(const struct look *look)
{
	struct claim claim = {0};

	if (!find_claim(look, STEP_WRONG, &claim) || claim.said || !claim.bound || !call_succeeded(claim.bound))
		return false;
	say_seen(look, "%s says that %s is foreign. bind() had given that address to a socket.", claim.host,
	         text_of(&claim.address));
	say_means(look, "bind() returned 0: that is the kernel's yes. Behind it the program made a no of it.");
	say_next(look, "bind() returns 0 for an address of this host, and -1 with EADDRNOTAVAIL for any other one. Follow the "
	               "result from bind() to the word.");
	blame(look, claim.bound);
	return true;
}

bool find_bound_twice(const struct look *look)
{
	struct claim claim = {0};
	const struct call *made, *first;

	/* It said "foreign", or stopped there without a word. */
	if ((!find_claim(look, STEP_WRONG, &claim) || claim.said) && !find_claim(look, STEP_MISSING, &claim))
		return false;
	if (!claim.bound || claim.bound->error != EINVAL)
		return false;
	made = call_that_made(look, claim.bound);
	first = made ? call_on(look, made, NULL, CALLS(CALL_BIND)) : NULL;
	if (!first || first == claim.bound)
		return false;
	say_seen(look, "bind() on %s to %s failed (EINVAL): that does not say whose address it is.", claim.host,
	         text_of(&claim.address));
	say_means(look, "This socket had got a name before, %s. A socket is bound once in its life.", text_of(&first->address));
	say_next(look, "A new socket for each question; close() it behind.");
	blame(look, claim.bound);
	return true;
}
