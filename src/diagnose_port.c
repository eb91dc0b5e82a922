/* diagnose_port.c - diagnoses about who owns which port. */
#include "diagnose_parts.h"

#include <errno.h>
#include <string.h>

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

static bool listens_instead(const struct look *look)
{
	const struct pairing *first = look->first;
	const char *host;

	if (!first || first->flow || first->entry->flow.transport != TRANSPORT_TCP)
		return false;
	host = first->entry->flow.opener.host;
	if (!is_student(look, host) || !find_socket(look, host, TRANSPORT_TCP, SOCK_LISTEN, 0))
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

bool find_wrong_way(const struct look *look)
{
	if (listens_instead(look))
		return true;
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];
		const char *opener, *target;

		if (!pairing->flow || (!pairing->never && !(pairing->header & HEADER_REVERSED)))
			continue;
		opener = name_at(look, &pairing->flow->address[0]);
		target = name_at(look, &pairing->flow->address[1]);
		if (!is_student(look, opener) || (!pairing->never && pairing->flow->transport == TRANSPORT_UDP))
			continue;
		say_seen(look, "%s opened a connection to %s: the wrong way round.", opener, target);
		say_means(look, "%s called connect(); in this lesson %s is the one that is called: bind(), listen(), "
		                "accept().", opener, opener);
		blame(look, call_with_port(look, opener, CALLS_NAME_OTHER, pairing->flow->port[1]));
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
	say_means(look, "%u is %u with its two bytes exchanged: the port was put into sin_port without htons().", port,
	          wanted);
	blame(look, call_with_port(look, host, CALLS(CALL_BIND) | CALLS_NAME_OTHER, port));
	say_next(look, "Write sin_port = htons(port): on the wire the high byte of a port comes first.");
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
		     swapped_by_call(look, expected->target.host, CALLS(CALL_BIND), called_port(look, pairing), "bound")))
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
		target = expected->target.host;
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
			const char *target = pairing->entry->flow.target.host;

			if (find_socket(look, target, other, SOCK_BOUND, called_port(look, pairing)) ||
			    find_socket(look, target, other, SOCK_LISTEN, called_port(look, pairing)))
				host = target;
		}
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
	return find_socket(look, pairing->entry->flow.target.host, pairing->flow->transport,
	                   pairing->flow->transport == TRANSPORT_TCP ? SOCK_LISTEN : SOCK_BOUND,
	                   called_port(look, pairing));
}

bool find_loopback_only(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look);
	const struct sock_entry *entry = pairing ? waiting_socket(look, pairing) : NULL;
	const char *host;

	if (!entry || !is_loopback(&entry->local))
		return false;
	host = pairing->entry->flow.target.host;
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
	host = pairing->entry->flow.target.host;
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
		    !is_student(look, pairing->entry->flow.target.host) || event_from(pairing->flow, 1, EVENT_MESSAGE))
			continue;
		host = pairing->entry->flow.target.host;
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
	host = pairing->entry->flow.target.host;
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

/* The student called somebody else than the one who waits for it. */
bool find_wrong_host(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];
		const char *host, *called;

		if (!pairing->entry || !pairing->flow || !(pairing->header & HEADER_TARGET_HOST) || pairing->view ||
		    pairing->header & HEADER_REVERSED)
			continue;
		host = pairing->entry->flow.opener.host;
		called = name_at(look, &pairing->flow->address[1]);
		if (!is_student_at(look, &pairing->flow->address[0]))
			continue;
		say_seen(look, "%s called %s; expected %s.", host, called, pairing->entry->flow.target.host);
		say_means(look, "The address in connect() or sendto() is another one than in the program's arguments.");
		blame(look, call_with_port(look, host, CALLS_NAME_OTHER, pairing->flow->port[1]));
		say_next(look, "Put the address that the program is given into sin_addr, with inet_pton(), and look at what "
		               "inet_pton() returns (1 is good).");
		return true;
	}
	return false;
}

bool find_not_listening(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look);
	const struct call *listened;
	const char *host;

	if (!pairing || pairing->flow->transport != TRANSPORT_TCP)
		return false;
	host = pairing->entry->flow.target.host;
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
	host = pairing->entry->flow.target.host;
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

bool find_wrong_port(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look), *first = look->first;
	const struct sock_entry *entry;

	if (pairing) {
		const char *host = pairing->entry->flow.target.host;
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
	    !is_student(look, first->entry->flow.opener.host))
		return false;
	say_seen(look, "%s sent to port %u of %s; expected port %u.", first->entry->flow.opener.host,
	         first->flow->port[1], name_at(look, &first->flow->address[1]), called_port(look, first));
	say_means(look, "The address in connect() or sendto() holds another port than the one that the program is given for "
	                "it.");
	blame(look, call_with_port(look, first->entry->flow.opener.host, CALLS_NAME_OTHER, first->flow->port[1]));
	say_next(look, "Send to the port that the program is given; write no number into it, and count the arguments.");
	return true;
}

/* Another flow at the same port of the same host that was answered. */
static const struct pairing *served_before(const struct look *look, const struct pairing *self)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];

		if (pairing != self && pairing->flow && pairing->entry &&
		    pairing->flow->transport == self->flow->transport &&
		    !strcmp(pairing->entry->flow.target.host, self->entry->flow.target.host) &&
		    pairing->flow->port[1] == self->flow->port[1] && event_from(pairing->flow, 1, EVENT_MESSAGE))
			return pairing;
	}
	return NULL;
}

/* A flow to a host of the student's that was refused or never answered, after another was. */
static const struct pairing *unserved(const struct look *look, enum transport transport, const struct pairing **before)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];

		if (!pairing->entry || !pairing->flow || pairing->flow->transport != transport ||
		    !is_student(look, pairing->entry->flow.target.host) ||
		    event_from(pairing->flow, 1, EVENT_MESSAGE) ||
		    (!pairing->flow->refused && !student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE)))
			continue;
		*before = served_before(look, pairing);
		if (*before)
			return pairing;
	}
	return NULL;
}

/* The close() of a socket that accept() was called on again; NULL: none. */
static const struct call *closed_listener(const struct look *look, const struct evidence_program *program)
{
	const struct call *call = NULL;

	while ((call = call_next(look, call, program, CALLS(CALL_ACCEPT))))
		if (call->error == EBADF)
			return call_that_closed(look, call);
	return NULL;
}

/* The listener is gone, and the program is not. */
bool find_listener_closed(const struct look *look)
{
	const struct pairing *before, *pairing = unserved(look, TRANSPORT_TCP, &before);
	const struct evidence_program *program;
	const struct call *closed;
	const char *host;

	if (!pairing || !pairing->flow->refused)
		return false;
	host = pairing->entry->flow.target.host;
	program = scene_student(look->scene, host);
	closed = closed_listener(look, program);
	if (program->end != PROGRAM_RUNNING && !closed)
		return false;
	blame(look, closed);
	say_seen(look, "%s served %s; the next caller, %s, was refused: nobody listens at port %u any more.", host,
	         name_at(look, &before->flow->address[0]), name_at(look, &pairing->flow->address[0]),
	         pairing->flow->port[1]);
	say_means(look, "close() was called on the listening socket, not only on the connection.");
	say_next(look, "After a talk, close the socket that accept() returned, and no other.");
	return true;
}

/* The kernel still took the call, and reset it when the program ended, which had accepted one and no other. */
static bool is_reset_by_the_end(const struct look *look, const struct pairing *pairing)
{
	const struct evidence_program *program = scene_student(look->scene, pairing->entry->flow.target.host);
	const struct call *call = NULL;
	size_t accepted = 0;

	if (!program || program->end == PROGRAM_RUNNING || !calls_complete(look))
		return false;
	while ((call = call_next(look, call, program, CALLS(CALL_ACCEPT))))
		accepted += call_succeeded(call);
	return accepted == 1;
}

bool find_one_client_only(const struct look *look)
{
	const struct pairing *before, *pairing = unserved(look, TRANSPORT_TCP, &before);
	const char *host;
	bool gone, reset;

	if (!pairing || event_from(pairing->flow, 1, EVENT_FIN))
		return false;
	reset = !pairing->flow->refused && event_from(pairing->flow, 1, EVENT_RESET);
	gone = pairing->flow->refused || reset;
	if (reset && !is_reset_by_the_end(look, pairing))
		return false;
	host = pairing->entry->flow.target.host;
	say_seen(look, "%s served %s; the next caller, %s, was %s.", host, name_at(look, &before->flow->address[0]),
	         name_at(look, &pairing->flow->address[0]),
	         pairing->flow->refused ? "refused"
	         : reset                ? "connected by the kernel, and reset when the program ended"
	                                : "connected by the kernel and never answered");
	say_means(look, gone ? "The listening socket is gone: the program ended, or closed it, after one connection."
	                     : "The program does not go back to accept() after its first connection.");
	say_next(look, "Put accept(), the talk and close() of the connection into a loop; keep the listening socket.");
	return true;
}

bool find_one_answer_only(const struct look *look)
{
	const struct pairing *before, *pairing = unserved(look, TRANSPORT_UDP, &before);
	const struct evidence_program *program;

	if (find_same_answer_missing(look))
		return true;
	if (!pairing)
		return false;
	program = scene_student(look->scene, pairing->entry->flow.target.host);
	if (!event_from(pairing->flow, 1, EVENT_UNREACHABLE) && program->end == PROGRAM_RUNNING &&
	    before->flow->event_count > 2)
		return false;
	say_seen(look, "%s answered %s; the next question, from %s port %u, got no answer.",
	         pairing->entry->flow.target.host, name_at(look, &before->flow->address[0]),
	         name_at(look, &pairing->flow->address[0]), pairing->flow->port[0]);
	say_means(look, program->end == PROGRAM_RUNNING ? "The program does not go back to recvfrom() for the next one."
	                                                : "The program ended after its first answer.");
	say_next(look, "A server serves whoever comes, again and again. Put recvfrom() and sendto() into a loop; where a "
	               "loop calls your function, return what makes it go on.");
	return true;
}

/* The other side did not even begin: it waits until the port is owned. */
static bool never_ready(const struct look *look)
{
	const struct pairing *first = look->first;
	const struct expected_flow *expected = first && first->entry ? &first->entry->flow : NULL;
	const char *host;

	if (!expected || first->flow || is_student(look, expected->opener.host) ||
	    !is_student(look, expected->target.host))
		return false;
	host = expected->target.host;
	if (find_socket(look, host, expected->transport, SOCK_BOUND, called_port(look, first)) ||
	    find_socket(look, host, expected->transport, SOCK_LISTEN, called_port(look, first)))
		return false;
	say_seen(look, "Nobody on %s owned port %u when the run was over, and %s had nobody to speak to.", host,
	         called_port(look, first), expected->opener.host);
	say_means(look, "A port is owned by a socket for which bind() has succeeded; %s.",
	          calls_complete(look) && !call_with_port(look, host, CALLS(CALL_BIND), 0)
	                  ? "the program did not call it" : "the program did not come so far");
	say_next(look, "What does the program do before bind()? Call it before anything that takes time.");
	return true;
}

/* A datagram that was refused at an address which the trace gives as a number; NULL: none. */
static const struct pairing *refused_at_number(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (pairing->entry && pairing->flow && !(pairing->header & HEADER_REVERSED) &&
		    pairing->flow->transport == TRANSPORT_UDP && !is_student(look, pairing->entry->flow.target.host) &&
		    is_student_at(look, &pairing->flow->address[1]) && event_from(pairing->flow, 1, EVENT_UNREACHABLE))
			return pairing;
	}
	return NULL;
}

static bool tell_nothing_bound(const struct look *look, const struct pairing *pairing, const char *host)
{
	bool udp = pairing->flow->transport == TRANSPORT_UDP;
	const struct evidence_program *program = scene_student(look->scene, host);
	const char *call = udp ? "recvfrom()" : "listen()";

	say_seen(look, "Nobody on %s owns port %u: the %s of %s arrived, and the kernel of %s refused it.", host,
	         called_port(look, pairing), udp ? "datagram" : "call", name_at(look, &pairing->flow->address[0]), host);
	if (program->end == PROGRAM_RUNNING) {
		say_means(look, "A port is owned by a socket for which bind() has succeeded%s; without that, %s waits in vain.",
		          calls_complete(look) && !call_with_port(look, host, CALLS(CALL_BIND), 0)
		                  ? ", and bind() was not called" : "", call);
		say_next(look, "Call bind() with port %u before the first %s, and look at what it returns.",
		         called_port(look, pairing), call);
	} else {
		say_means(look, "The program has ended (%s %d), and its sockets with it; a port is owned by a socket that is "
		                "bound and open.", program->end == PROGRAM_SIGNALLED ? "signal" : "exit status",
		          program->value);
		say_next(look, "Call bind() with port %u before the first %s, look at what both return, and stay.",
		         called_port(look, pairing), call);
	}
	return true;
}

/* Between two programs of the student's: the one spoke, and only then the other one got the port. */
static bool spoke_before_bound(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;
		const struct call *bound;
		const char *host;

		if (!flow || flow->transport != TRANSPORT_UDP || !event_from(flow, 1, EVENT_UNREACHABLE) ||
		    !is_student_at(look, &flow->address[0]) || !is_student_at(look, &flow->address[1]))
			continue;
		host = name_at(look, &flow->address[1]);
		bound = call_with_port(look, host, CALLS(CALL_BIND), flow->port[1]);
		if (!bound || !call_succeeded(bound) || bound->time_ns < flow->opened_ns)
			continue;
		say_seen(look, "%s spoke before anybody on %s owned port %u: the kernel of %s refused it, and it is lost.",
		         name_at(look, &flow->address[0]), host, flow->port[1], host);
		say_means(look, "bind() on %s came a moment later. Of two programs nobody knows which is ready first.", host);
		say_next(look, "Bind at once, and speak only at the sign to begin, if there is one: then both are ready.");
		blame(look, bound);
		return true;
	}
	return false;
}

bool find_nothing_bound(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look);

	if (spoke_before_bound(look))
		return true;
	if (pairing)
		return tell_nothing_bound(look, pairing, pairing->entry->flow.target.host);
	pairing = refused_at_number(look);
	if (pairing)
		return tell_nothing_bound(look, pairing, name_at(look, &pairing->flow->address[1]));
	return never_ready(look);
}

/* ---- too early, and through a NAT ---- */

/* Whether a socket of HOST listens for just what FLOW called. */
static bool listens_at(const struct look *look, const char *host, const struct flow *flow)
{
	static const struct address any = {.family = 4};
	const struct sock_entry *entry = find_socket(look, host, TRANSPORT_TCP, SOCK_LISTEN, flow->port[1]);

	return entry && (address_equal(&entry->local, &any) || address_equal(&entry->local, &flow->address[1]));
}

/* Refused, and yet somebody listens there in the end. */
bool find_called_too_early(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct call *listened;
		const char *host;

		if (!pairing->entry || !pairing->flow || !pairing->flow->refused || pairing->view ||
		    pairing->flow->transport != TRANSPORT_TCP || pairing->entry->flow.outcome != OUTCOME_OPEN ||
		    pairing->header & (HEADER_REVERSED | HEADER_TARGET_HOST | HEADER_TARGET_PORT))
			continue;
		host = pairing->entry->flow.target.host;
		listened = call_with_port(look, host, CALLS(CALL_LISTEN), 0);
		if (!listens_at(look, host, pairing->flow) || (listened && listened->time_ns < pairing->flow->opened_ns))
			continue;
		say_seen(look, "%s called %s at port %u and was refused; %s listened there only later.",
		         name_at(look, &pairing->flow->address[0]), host, pairing->flow->port[1], host);
		say_means(look, "A port takes connections from listen() on. Who calls earlier is refused at once: the kernel "
		                "does not keep the call for later.");
		say_next(look, is_student(look, host)
		                       ? "Call bind() and listen() first, before anything that takes time."
		                       : "When connect() fails with ECONNREFUSED: close, wait a moment, and try again.");
		blame(look, listened ? listened : call_with_port(look, name_at(look, &pairing->flow->address[0]),
		                                                 CALLS(CALL_CONNECT), pairing->flow->port[1]));
		return true;
	}
	return false;
}

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
