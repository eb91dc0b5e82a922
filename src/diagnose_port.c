/* diagnose_port.c - diagnoses about who owns which port. */
#include "diagnose_parts.h"

#include <string.h>
#include <sys/socket.h>

static const char *transport_word(enum transport transport)
{
	return transport == TRANSPORT_TCP ? "TCP" : "UDP";
}

/* Who should have called waits to be called. */
/* Whether the trace has somebody call HOST, too. */
static bool is_to_be_called(const struct look *look, const char *host)
{
	const struct trace *trace = look->scene->trace;

	for (size_t i = 0; i < trace->entry_count; i++)
		if (trace->entries[i].kind == ENTRY_FLOW && !strcmp(trace->entries[i].flow.target.host, host))
			return true;
	return false;
}

/* Whether HOST has called somebody, by the packets or by the calls. */
static bool has_called(const struct look *look, const char *host)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = look->match->pairings[i].flow;

		if (flow && flow->transport == TRANSPORT_TCP && !strcmp(name_at(look, &flow->address[0]), host))
			return true;
	}
	return call_with_port(look, host, CALLS(CALL_CONNECT), 0) != NULL;
}

static bool listens_instead(const struct look *look)
{
	const struct pairing *first = look->first;
	const char *host;

	if (!first || first->flow || first->entry->flow.transport != TRANSPORT_TCP)
		return false;
	host = first->entry->flow.opener.host;
	if (!is_student(look, host) || !find_socket(look, host, TRANSPORT_TCP, SOCK_LISTEN, 0) || has_called(look, host))
		return false;
	say_seen(look, "%s called nobody: it listens, and waits to be called.", host);
	if (is_to_be_called(look, host))
		say_means(look, "To listen is right, but %s has to call as well: connect() was not called, or not before %s waited "
		                "in accept().", host, host);
	else
		say_means(look, "It called listen() and accept(); in this lesson %s is the one that opens the connection, with "
		                "connect().", host);
	blame(look, call_with_port(look, host, CALLS(CALL_LISTEN), 0));
	say_next(look, "Make a socket and connect() to the address and port that the program is given.");
	return true;
}

/* The reverse: who was to be called has called that very name, and listens nowhere. */
static bool connects_instead(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look);
	const struct call *call;
	const char *host;

	if (!pairing || pairing->flow->transport != TRANSPORT_TCP || !calls_complete(look))
		return false;
	host = target_of(look, pairing);
	call = call_with_port(look, host, CALLS(CALL_CONNECT), called_port(look, pairing));
	if (!call || !address_equal(&call->address, &pairing->flow->address[1]) ||
	    call_with_port(look, host, CALLS(CALL_BIND) | CALLS(CALL_LISTEN), 0))
		return false;
	say_seen(look, "%s called port %u of its own, and nobody waits there: %s was refused.", host,
	         called_port(look, pairing), name_at(look, &pairing->flow->address[0]));
	say_means(look, "connect() is for who calls. In this lesson %s is the one that is called.", host);
	say_next(look, "bind() to that address and port, then listen() and accept().");
	blame(look, call);
	return true;
}

/* Both called, as they should, and their calls have met; but the other one was to be first. */
static bool say_called_first(const struct look *look, const struct pairing *pairing)
{
	if (!pairing->flow || pairing->view || !(pairing->header & HEADER_REVERSED) || !pairing->flow->established ||
	    !pairing->entry || !either_may_call(&pairing->entry->flow))
		return false;
	say_seen(look, "%s called first. Here %s is the one that begins.", pairing->entry->flow.target.host,
	         pairing->entry->flow.opener.host);
	say_means(look, "Each side calls at its own sign. Either %s has not waited for its sign, or %s has not called at its own.",
	          pairing->entry->flow.target.host, pairing->entry->flow.opener.host);
	say_next(look, "bind() at once, wait for the sign, and call connect() then.");
	blame(look, call_to(look, pairing->flow));
	return true;
}

bool find_wrong_way(const struct look *look)
{
	if (listens_instead(look) || connects_instead(look))
		return true;
	for (size_t i = 0; i < look->match->pairing_count; i++)
		if (say_called_first(look, pairing_at(look, i)))
			return true;
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];
		const char *opener, *target;

		if (!pairing->flow || (!pairing->never && !(pairing->header & HEADER_REVERSED)) ||
		    (pairing->entry && either_may_call(&pairing->entry->flow)))
			continue;
		opener = name_at(look, &pairing->flow->address[0]);
		target = name_at(look, &pairing->flow->address[1]);
		if (!is_student(look, opener) || (!pairing->never && pairing->flow->transport == TRANSPORT_UDP))
			continue;
		say_seen(look, "%s opened a connection to %s: the wrong way round.", opener, target);
		say_means(look, "%s called connect(); in this lesson %s is the one that is called: bind(), listen(), "
		                "accept().", opener, opener);
		blame(look, call_to(look, pairing->flow));
		say_next(look, "What %s has to say goes over the connection that the other side has opened: "
		               "send it on the socket that accept() returned.", opener);
		return true;
	}
	return false;
}

/* A port on the wire or in the socket table that is an expected one with its bytes exchanged. */
static bool say_swapped(const struct look *look, const char *host, uint16_t port, uint16_t wanted, const char *what)
{
	if (!wanted || port != swapped(wanted) || port == wanted)
		return false;
	say_seen(look, "%s %s port %u; expected %u.", host, what, port, wanted);
	say_means(look, "%u is %u with its two bytes exchanged: the port was put into sin_port without htons(), or htons() was "
	                "called twice.", port, wanted);
	blame(look, call_with_port(look, host, CALLS(CALL_BIND) | CALLS_NAME_OTHER, port));
	say_next(look, "Write sin_port = htons(port), once: on the wire the high byte of a port comes first.");
	return true;
}

/* The same by the calls, where neither wire nor table shows it: bind() failed, or the program has ended. */
static bool swapped_by_call(const struct look *look, const char *host, unsigned kinds, uint16_t wanted, const char *what)
{
	return is_student(look, host) && wanted && call_with_port(look, host, kinds, swapped(wanted)) &&
	       !call_with_port(look, host, kinds, wanted) && say_swapped(look, host, swapped(wanted), wanted, what);
}

static bool find_swapped_call(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];
		const struct expected_flow *expected = pairing->entry ? &pairing->entry->flow : NULL;

		if (expected && !pairing->view && pairing->cost &&
		    (swapped_by_call(look, expected->opener.host, CALLS_NAME_OTHER, called_port(look, pairing), "called") ||
		     swapped_by_call(look, expected->opener.host, CALLS(CALL_BIND), demanded(look, &expected->opener),
		                     "bound") ||
		     swapped_by_call(look, target_of(look, pairing), CALLS(CALL_BIND), called_port(look, pairing), "bound")))
			return true;
	}
	return false;
}

bool find_byte_order(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];
		const struct expected_flow *expected;
		const char *opener, *target;
		const struct sock_entry *entry;
		size_t count;

		if (!pairing->entry || pairing->header & HEADER_REVERSED)
			continue;
		expected = &pairing->entry->flow;
		opener = expected->opener.host;
		target = target_of(look, pairing);
		if (pairing->flow && is_student(look, opener) &&
		    (say_swapped(look, opener, pairing->flow->port[1], called_port(look, pairing), "sent to") ||
		     say_swapped(look, opener, pairing->flow->port[0], demanded(look, &expected->opener),
		                 "sent from")))
			return true;
		if (!is_student(look, target))
			continue;
		entry = scene_sockets(look->scene, target, &count);
		for (; count--; entry++)
			if ((entry->state == SOCK_BOUND || entry->state == SOCK_LISTEN) &&
			    say_swapped(look, target, entry->local_port, called_port(look, pairing), "waits at"))
				return true;
	}
	return find_swapped_call(look);
}

/* Whether the trace has HOST speak over the other transport, too. */
static bool speaks_both(const struct look *look, const char *host, enum transport wanted)
{
	const struct trace *trace = look->scene->trace;

	for (size_t i = 0; i < trace->entry_count; i++)
		if (trace->entries[i].kind == ENTRY_FLOW && trace->entries[i].flow.transport != wanted &&
		    (!strcmp(trace->entries[i].flow.opener.host, host) || !strcmp(trace->entries[i].flow.target.host, host)))
			return true;
	return false;
}

/* Whether all sockets of HOST's program are of the other transport, and none of WANTED's. */
static bool has_other_sockets_only(const struct look *look, const char *host, enum transport wanted)
{
	const struct evidence_program *program = scene_student(look->scene, host);
	int type = wanted == TRANSPORT_TCP ? SOCK_DGRAM : SOCK_STREAM, kind = 0xf; /* the rest of it are flags */
	const struct call *call = NULL;
	size_t count = 0;

	while ((call = call_next(look, call, program, CALLS(CALL_SOCKET))))
		if (call_succeeded(call)) {
			if ((call->domain != AF_INET && call->domain != AF_INET6) || (call->type & kind) != type)
				return false;
			count++;
		}
	return count && calls_complete(look) && !speaks_both(look, host, wanted);
}

/* The host that was to be on the wire in PAIRING, and has not come so far; NULL: none of the student's. */
static const char *absent_host(const struct look *look, const struct pairing *pairing)
{
	const char *host = pairing->flow ? target_of(look, pairing) : pairing->entry->flow.opener.host;

	return (pairing == refused_pairing(look) || (pairing == look->first && !pairing->flow)) && is_student(look, host)
	               ? host : NULL;
}

bool find_wrong_transport(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];
		const char *host = NULL;
		enum transport wanted;

		if (!pairing->entry)
			continue;
		wanted = pairing->entry->flow.transport;
		if (pairing->flow && pairing->header & HEADER_TRANSPORT && is_student(look, pairing->entry->flow.opener.host))
			host = pairing->entry->flow.opener.host;
		else if (pairing == refused_pairing(look)) {
			enum transport other = wanted == TRANSPORT_TCP ? TRANSPORT_UDP : TRANSPORT_TCP;
			const char *target = target_of(look, pairing);

			if (find_socket(look, target, other, SOCK_BOUND, called_port(look, pairing)) ||
			    find_socket(look, target, other, SOCK_LISTEN, called_port(look, pairing)))
				host = target;
		}
		if (!host && (host = absent_host(look, pairing)) && !has_other_sockets_only(look, host, wanted))
			host = NULL;
		if (!host)
			continue;
		say_seen(look, "%s uses %s; this lesson speaks %s.", host,
		         transport_word(wanted == TRANSPORT_TCP ? TRANSPORT_UDP : TRANSPORT_TCP), transport_word(wanted));
		say_means(look, "The second argument of socket() chooses: SOCK_DGRAM is UDP, SOCK_STREAM is TCP. "
		                "The same port number of the two are two different ports.");
		blame(look, call_with_port(look, host, CALLS(CALL_SOCKET), 0));
		say_next(look, "Look at the second argument of socket(): this lesson needs %s.",
		         wanted == TRANSPORT_TCP ? "SOCK_STREAM" : "SOCK_DGRAM");
		return true;
	}
	return false;
}

static bool is_loopback(const struct address *address)
{
	return address->family == 4 && address->bytes[0] == 127;
}

/* The socket that waits at the refused pairing's port, whatever its address. */
static const struct sock_entry *waiting_socket(const struct look *look, const struct pairing *pairing)
{
	return find_socket(look, target_of(look, pairing), pairing->flow->transport,
	                   pairing->flow->transport == TRANSPORT_TCP ? SOCK_LISTEN : SOCK_BOUND,
	                   called_port(look, pairing));
}

bool find_loopback_only(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look);
	const struct sock_entry *entry = pairing ? waiting_socket(look, pairing) : NULL;
	const char *host;

	/* Where the trace demands one address of several, INADDR_ANY is no remedy: that is bound-another-address. */
	if (!entry || !is_loopback(&entry->local) ||
	    lesson_host(look->scene->lesson, pairing->entry->flow.target.host) < 0)
		return false;
	host = target_of(look, pairing);
	say_seen(look, "%s waits at 127.0.0.1:%u, and its kernel refused %s.", host, entry->local_port,
	         name_at(look, &pairing->flow->address[0]));
	say_means(look, "127.0.0.1 (INADDR_LOOPBACK) is each host's own: bind() to it and nobody else can reach you.");
	blame(look, call_with_port(look, host, CALLS(CALL_BIND), entry->local_port));
	say_next(look, "Bind to the address that your program is given, or to INADDR_ANY: all addresses of this host.");
	return true;
}

bool find_wrong_family(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look);
	const struct sock_entry *entry = pairing ? waiting_socket(look, pairing) : NULL;
	const char *host;

	if (!entry || entry->local.family != 6 || pairing->flow->address[1].family != 4)
		return false;
	host = target_of(look, pairing);
	say_seen(look, "%s waits at port %u for IPv6 only, and was called over IPv4.", host, entry->local_port);
	say_means(look, "The socket is of AF_INET6 and bound to an address of IPv6 alone, or has IPV6_V6ONLY set: to "
	                "callers with IPv4 it is not there.");
	blame(look, call_with_port(look, host, CALLS(CALL_BIND), entry->local_port));
	say_next(look, "Make the socket with AF_INET, or switch IPV6_V6ONLY off (setsockopt) before you bind to in6addr_any.");
	return true;
}

/* A UDP server that has taken its first client for the only one. */
bool find_connected_to_first_client(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];
		const struct sock_entry *entry;
		const char *host;

		if (!pairing->entry || !pairing->flow || pairing->flow->transport != TRANSPORT_UDP ||
		    !is_student(look, target_of(look, pairing)) ||
		    (event_from(pairing->flow, 1, EVENT_MESSAGE) && !event_from(pairing->flow, 1, EVENT_UNREACHABLE)))
			continue;
		host = target_of(look, pairing);
		entry = find_socket(look, host, TRANSPORT_UDP, SOCK_CONNECTED, called_port(look, pairing));
		if (!entry || (entry->remote_port == pairing->flow->port[0] &&
		               address_equal(&entry->remote, &pairing->flow->address[0])))
			continue;
		say_seen(look, "The socket of %s at port %u is connected to %s port %u; %s port %u asked too and got no answer.",
		         host, entry->local_port, name_at(look, &entry->remote), entry->remote_port,
		         name_at(look, &pairing->flow->address[0]), pairing->flow->port[0]);
		say_means(look, "After connect() on a UDP socket the kernel takes datagrams from that one address only, and "
		                "send() goes nowhere else.");
		blame(look, call_with_port(look, host, CALLS(CALL_CONNECT), 0));
		say_next(look, "Answer with sendto() to whoever asked, without connect().");
		return true;
	}
	return false;
}

bool find_bound_any_port(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look);
	const struct sock_entry *entry;
	const char *host;

	if (!pairing || pairing->flow->transport != TRANSPORT_UDP)
		return false;
	host = target_of(look, pairing);
	entry = find_socket(look, host, TRANSPORT_UDP, SOCK_BOUND, 0);
	if (!entry || entry->local_port < MATCH_EPHEMERAL_FIRST || entry->local_port > MATCH_EPHEMERAL_LAST)
		return false;
	say_seen(look, "%s waits at port %u, a port of the kernel's own choosing; it was called at %u.", host,
	         entry->local_port, called_port(look, pairing));
	say_means(look, "bind() got port 0 (a sin_port that was never set, or a text that atoi() makes 0 of), or a "
	                "sendto() came before any bind().");
	blame(look, call_with_port(look, host, CALLS(CALL_BIND) | CALLS(CALL_SENDTO), 0));
	say_next(look, "Print the port that you put into sin_port, and bind before anything else.");
	return true;
}

/* The same by the calls: an address that nobody on the link has, so that no packet was seen. */
static bool called_nobody(const struct look *look)
{
	const struct pairing *first = look->first;
	const struct call *call = NULL;
	const char *host;

	if (!first || !first->entry || first->flow)
		return false;
	host = first->entry->flow.opener.host;
	while ((call = call_next(look, call, scene_student(look->scene, host), CALLS_NAME_OTHER)))
		if (call_succeeded(call) && call->address.family == 4 && !is_loopback(&call->address) &&
		    !address_equal(&call->address, &(struct address){.family = 4}) &&
		    lesson_host(look->scene->lesson, name_at(look, &call->address)) < 0)
			break;
	if (!call)
		return false;
	say_seen(look, "%s called %s, an address that nobody on the link has; expected %s.", host,
	         name_at(look, &call->address), first->entry->flow.target.host);
	say_means(look, "The address in connect() or sendto() is another one than in the program's arguments.");
	say_next(look, "Put the address that the program is given into sin_addr, with inet_pton(), and look at what "
	               "inet_pton() returns (1 is good).");
	blame(look, call);
	return true;
}

/* The student called somebody else than the one who waits for it. */
bool find_wrong_host(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];
		const char *host, *called;

		if (!pairing->entry || !pairing->flow || !(pairing->header & HEADER_TARGET_HOST) || pairing->view ||
		    pairing->header & HEADER_REVERSED)
			continue;
		host = sender_name(look, pairing->entry, DIRECTION_ALONG);
		called = name_at(look, &pairing->flow->address[1]);
		if (!student_sends(look, pairing, DIRECTION_ALONG))
			continue;
		say_seen(look, "%s called %s; expected %s.", host, called, pairing->entry->flow.target.host);
		say_means(look, "The address in connect() or sendto() is another one than in the program's arguments.");
		blame(look, call_to(look, pairing->flow));
		say_next(look, "Put the address that the program is given into sin_addr, with inet_pton(), and look at what "
		               "inet_pton() returns (1 is good).");
		return true;
	}
	return called_nobody(look);
}

bool find_not_listening(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look);
	const struct call *listened;
	const char *host;

	if (!pairing || pairing->flow->transport != TRANSPORT_TCP)
		return false;
	host = target_of(look, pairing);
	if (!find_socket(look, host, TRANSPORT_TCP, SOCK_BOUND, called_port(look, pairing)))
		return false;
	say_seen(look, "%s called %s at port %u and was refused, although %s has bound that port.",
	         name_at(look, &pairing->flow->address[0]), host, called_port(look, pairing), host);
	listened = call_with_port(look, host, CALLS(CALL_LISTEN), 0);
	blame(look, listened ? listened : call_with_port(look, host, CALLS(CALL_BIND), called_port(look, pairing)));
	say_means(look, "A TCP socket that is bound but not listening takes no connection: listen() was not called on it%s",
	          !listened && calls_complete(look) ? "." : ", or failed.");
	say_next(look, "Call listen() between bind() and accept(), and look at what it returns.");
	return true;
}

bool find_listen_without_bind(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look);
	const struct sock_entry *entry;
	const char *host;

	if (!pairing || pairing->flow->transport != TRANSPORT_TCP)
		return false;
	host = target_of(look, pairing);
	entry = find_socket(look, host, TRANSPORT_TCP, SOCK_LISTEN, 0);
	if (!entry || entry->local_port < MATCH_EPHEMERAL_FIRST || entry->local_port > MATCH_EPHEMERAL_LAST ||
	    entry->local_port == called_port(look, pairing))
		return false;
	say_seen(look, "%s listens at port %u, a port of the kernel's own choosing; it was called at %u.", host,
	         entry->local_port, called_port(look, pairing));
	say_means(look, "listen() on a socket without a name gives it some free port, which nobody can know: bind() is "
	                "missing, failed, or got port 0.");
	blame(look, call_with_port(look, host, CALLS(CALL_LISTEN), 0));
	say_next(look, "Call bind() with port %u before listen(), and look at what it returns.",
	         called_port(look, pairing));
	return true;
}

/* PAIRING's flow went to another port than the one that waits. */
static void say_sent_to(const struct look *look, const struct pairing *pairing)
{
	say_seen(look, "%s sent to port %u of %s; expected port %u.", sender_name(look, pairing->entry, DIRECTION_ALONG),
	         pairing->flow->port[1], name_at(look, &pairing->flow->address[1]), called_port(look, pairing));
	say_means(look, "The address in connect() or sendto() holds another port than the one that the program is given for "
	                "it.");
	blame(look, call_to(look, pairing->flow));
	say_next(look, "Send to the port that the program is given; write no number into it, and count the arguments.");
}

bool find_wrong_port(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look), *first = look->first;
	const struct sock_entry *entry;

	if (pairing) {
		const char *host = target_of(look, pairing);
		bool tcp = pairing->flow->transport == TRANSPORT_TCP;

		entry = find_socket(look, host, pairing->flow->transport, tcp ? SOCK_LISTEN : SOCK_BOUND, 0);
		if (!entry || entry->local_port == called_port(look, pairing) ||
		    entry->local_port >= MATCH_EPHEMERAL_FIRST)
			return false;
		say_seen(look, "%s waits at port %u; it was called at %u.", host, entry->local_port,
		         called_port(look, pairing));
		say_means(look, "bind() got another port than the one that the program is given for it.");
		blame(look, call_with_port(look, host, CALLS(CALL_BIND), entry->local_port));
		say_next(look, "Bind to the port that the program is given; write no number into it, and count the arguments.");
		return true;
	}
	if (!first || !first->entry || !first->flow || !(first->header & HEADER_TARGET_PORT) ||
	    !student_sends(look, first, DIRECTION_ALONG))
		return false;
	say_sent_to(look, first);
	return true;
}

/* The same of a later one, such as one of two talks of the same socket. */
bool find_another_port_too(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (!pairing->entry || !pairing->flow || pairing->flow->transport != TRANSPORT_UDP ||
		    !(pairing->header & HEADER_TARGET_PORT) || pairing->header & HEADER_REVERSED ||
		    !event_from(pairing->flow, 0, EVENT_MESSAGE) || !called_port(look, pairing) ||
		    called_port(look, pairing) == pairing->flow->port[1] ||
		    !student_sends(look, pairing, DIRECTION_ALONG))
			continue;
		say_sent_to(look, pairing);
		return true;
	}
	return false;
}
