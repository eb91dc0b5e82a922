/* diagnose_port.c - diagnoses about who owns which port, and which one was used. */
#include "diagnose_parts.h"

#include <string.h>

static const char *transport_word(enum transport transport)
{
	return transport == TRANSPORT_TCP ? "TCP" : "UDP";
}

/* The name of the run's parameter that has this port as its value; NULL: none. */
static const char *parameter_of(const struct look *look, uint16_t port)
{
	const struct params *params = &look->scene->evidence.params;

	for (size_t i = 0; i < params->count; i++)
		if (params->params[i].kind == PARAM_PORT && params_port(params, params->params[i].name) == port)
			return params->params[i].name;
	return NULL;
}

/* The port at which the trace calls the target of a pairing. */
static uint16_t called_port(const struct look *look, const struct pairing *pairing)
{
	return demanded(look, &pairing->entry->flow.target);
}

/* Who should have called waits to be called. */
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
	say_means(look, "It called listen() and accept(); in this lesson %s is the one that opens the connection, with "
	                "connect().", host);
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
	say_next(look, "Write sin_port = htons(port): on the wire the high byte of a port comes first.");
	return true;
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
	return false;
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
		say_next(look, "Put the address that the program is given into sin_addr, with inet_pton(), and look at what "
		               "inet_pton() returns (1 is good).");
		return true;
	}
	return false;
}

bool find_not_listening(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look);
	const char *host;

	if (!pairing || pairing->flow->transport != TRANSPORT_TCP)
		return false;
	host = pairing->entry->flow.target.host;
	if (!find_socket(look, host, TRANSPORT_TCP, SOCK_BOUND, called_port(look, pairing)))
		return false;
	say_seen(look, "%s called %s at port %u and was refused, although %s has bound that port.",
	         name_at(look, &pairing->flow->address[0]), host, called_port(look, pairing), host);
	say_means(look, "A TCP socket that is bound but not listening takes no connection: listen() was not called on it, or "
	                "failed.");
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
		    event_from(pairing->flow, 1, EVENT_MESSAGE))
			continue;
		*before = served_before(look, pairing);
		if (*before)
			return pairing;
	}
	return NULL;
}

/* The listener is gone, and the program is not. */
bool find_listener_closed(const struct look *look)
{
	const struct pairing *before, *pairing = unserved(look, TRANSPORT_TCP, &before);
	const struct evidence_program *program;
	const char *host;

	if (!pairing || !pairing->flow->refused)
		return false;
	host = pairing->entry->flow.target.host;
	program = scene_student(look->scene, host);
	if (program->end != PROGRAM_RUNNING && !(program->output && strstr(program->output, "accept: Bad file descriptor")))
		return false;
	say_seen(look, "%s served %s; the next caller, %s, was refused: nobody listens at port %u any more.", host,
	         name_at(look, &before->flow->address[0]), name_at(look, &pairing->flow->address[0]),
	         pairing->flow->port[1]);
	say_means(look, "close() was called on the listening socket, not only on the connection.");
	say_next(look, "After a talk, close the socket that accept() returned, and no other.");
	return true;
}

bool find_one_client_only(const struct look *look)
{
	const struct pairing *before, *pairing = unserved(look, TRANSPORT_TCP, &before);
	const char *host;

	if (!pairing || event_from(pairing->flow, 1, EVENT_FIN) ||
	    (!pairing->flow->refused && event_from(pairing->flow, 1, EVENT_RESET)))
		return false;
	host = pairing->entry->flow.target.host;
	say_seen(look, "%s served %s; the next caller, %s, was %s.", host, name_at(look, &before->flow->address[0]),
	         name_at(look, &pairing->flow->address[0]),
	         pairing->flow->refused ? "refused" : "connected by the kernel and never answered");
	say_means(look, pairing->flow->refused
	                        ? "The listening socket is gone: the program ended, or closed it, after one connection."
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
	say_next(look, "Put recvfrom() and sendto() into a loop: a server serves whoever comes, again and again.");
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
	say_means(look, "A port is owned by a socket for which bind() has succeeded; the program did not come so far.");
	say_next(look, "What does the program do before bind()? Call it before anything that takes time.");
	return true;
}

bool find_nothing_bound(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look);
	const struct evidence_program *program;
	const char *host, *call;
	bool udp;

	if (!pairing)
		return never_ready(look);
	host = pairing->entry->flow.target.host;
	udp = pairing->flow->transport == TRANSPORT_UDP;
	program = scene_student(look->scene, host);
	call = udp ? "recvfrom()" : "listen()";
	say_seen(look, "Nobody on %s owns port %u: the %s of %s arrived, and the kernel of %s refused it.", host,
	         called_port(look, pairing), udp ? "datagram" : "call", name_at(look, &pairing->flow->address[0]), host);
	if (program->end == PROGRAM_RUNNING) {
		say_means(look, "A port is owned by a socket for which bind() has succeeded; without that, %s waits in vain.",
		          call);
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

/* ---- the port that a client sends from ---- */

/* A pairing whose opener is the student's and should have had another source port. */
static const struct pairing *wrong_source(const struct look *look, uint16_t *wanted)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = &look->match->pairings[i];

		if (!pairing->entry || !pairing->flow || !(pairing->header & HEADER_OPENER_PORT) ||
		    pairing->header & HEADER_REVERSED || !is_student(look, pairing->entry->flow.opener.host))
			continue;
		*wanted = demanded(look, &pairing->entry->flow.opener);
		return pairing;
	}
	return NULL;
}

/* bind() allowed it, connect() did not: the other side's port was the same as before, too. */
bool find_same_pair_again(const struct look *look)
{
	const struct pairing *first = look->first;
	const struct evidence_program *program;
	const struct sock_entry *entry;
	const char *host;
	uint16_t wanted;

	if (!first || first->flow || !first->entry)
		return false;
	host = first->entry->flow.opener.host;
	wanted = demanded(look, &first->entry->flow.opener);
	program = scene_student(look->scene, host);
	if (!wanted || !program || !program->output || !strstr(program->output, "Cannot assign requested address"))
		return false;
	entry = find_socket(look, host, first->entry->flow.transport, SOCK_TIME_WAIT, wanted);
	if (!entry || entry->remote_port == called_port(look, first))
		return false;
	say_seen(look, "%s called port %u once from port %u; the next call, to port %u, never left it.", host,
	         entry->remote_port, wanted, called_port(look, first));
	say_means(look, "connect() failed (\"Cannot assign requested address\"): it was to call port %u again from the same "
	                "port, and that pair of addresses is in TIME_WAIT for a minute.", entry->remote_port);
	say_next(look, "Call the port that the program is given: it is another one each time.");
	return true;
}

bool find_address_in_use(const struct look *look)
{
	const struct pairing *first = look->first;
	const struct expected_flow *expected;
	uint16_t wanted;

	if (!first || first->flow || !first->entry)
		return false;
	expected = &first->entry->flow;
	wanted = demanded(look, &expected->opener);
	if (!wanted || !is_student(look, expected->opener.host) ||
	    !find_socket(look, expected->opener.host, expected->transport, SOCK_TIME_WAIT, wanted))
		return false;
	if (find_same_pair_again(look))
		return false;
	say_seen(look, "%s called once from port %u and not a second time: no packet left it.", expected->opener.host,
	         wanted);
	say_means(look, "Port %u is in TIME_WAIT, because %s closed first: bind() fails with \"Address already in use\" "
	                "unless both sockets, the first one too, had SO_REUSEADDR set before bind().", wanted,
	          expected->opener.host);
	say_next(look, "Set SO_REUSEADDR with setsockopt() on every socket that binds %u, before it does.", wanted);
	return true;
}

/* The same, where a socket of the opener's in this state has the port that was wanted. */
static const struct pairing *wrong_source_beside(const struct look *look, enum sock_state state, uint16_t *wanted)
{
	const struct pairing *pairing = wrong_source(look, wanted);

	if (!pairing || !*wanted ||
	    !find_socket(look, pairing->entry->flow.opener.host, pairing->flow->transport, state, *wanted))
		return NULL;
	return pairing;
}

bool find_address_in_use_ignored(const struct look *look)
{
	uint16_t wanted;
	const struct pairing *pairing = wrong_source_beside(look, SOCK_TIME_WAIT, &wanted);

	if (!pairing)
		return false;
	say_seen(look, "The second call of %s came from port %u instead of %u.", pairing->entry->flow.opener.host, pairing->flow->port[0], wanted);
	say_means(look, "bind() failed, because %u was in TIME_WAIT from the first call, and the program went on: "
	                "connect() then took a port of the kernel's choosing.", wanted);
	say_next(look, "Look at what bind() returns, and set SO_REUSEADDR before it, in every run.");
	return true;
}

bool find_bound_another_socket(const struct look *look)
{
	uint16_t wanted;
	const struct pairing *pairing = wrong_source_beside(look, SOCK_BOUND, &wanted);

	if (!pairing)
		return false;
	say_seen(look, "%s spoke from port %u, while another socket of it owns port %u and says nothing.",
	         pairing->entry->flow.opener.host,
	         pairing->flow->port[0], wanted);
	say_means(look, "bind() names one socket; sendto() or connect() was called with a different one.");
	say_next(look, "Use one socket for both: the one that you bind is the one that you send with.");
	return true;
}

/* A port of the run's, and not this one: argv[2] where argv[3] is meant. */
bool find_other_port_argument(const struct look *look)
{
	uint16_t wanted, port = 0;
	const struct pairing *pairing = wrong_source(look, &wanted);
	const char *host = NULL;

	if (pairing && wanted) {
		port = pairing->flow->port[0];
		host = pairing->entry->flow.opener.host;
	}
	if (!host || !parameter_of(look, port) || !parameter_of(look, wanted))
		return false;
	say_seen(look, "%s spoke from port %u; it was asked for port %u.", host, port, wanted);
	say_means(look, "%u is another argument of the program (the lesson calls it %s).", port, parameter_of(look, port));
	say_next(look, "Count the arguments: argv[0] is the program's name, argv[1] the first argument.");
	return true;
}

bool find_hard_coded_port(const struct look *look)
{
	uint16_t wanted;
	const struct pairing *pairing = wrong_source(look, &wanted);

	if (!pairing || pairing->entry->flow.opener.kind == PORT_VARIABLE || pairing->flow->port[0] >= MATCH_EPHEMERAL_FIRST)
		return false;
	if (wanted)
		say_seen(look, "%s spoke from port %u; it was asked for port %u.", pairing->entry->flow.opener.host,
		         pairing->flow->port[0], wanted);
	else
		say_seen(look, "%s spoke from port %u; it was asked to let the kernel choose.",
		         pairing->entry->flow.opener.host, pairing->flow->port[0]);
	say_means(look, "A port number is written into the program, or comes from somewhere else than its argument.");
	say_next(look, "Bind to the port that the program is given; if that is 0, do not bind at all (or bind to 0).");
	return true;
}

bool find_source_not_bound(const struct look *look)
{
	uint16_t wanted;
	const struct pairing *pairing = wrong_source(look, &wanted);
	bool udp;

	if (!pairing || !wanted)
		return false;
	udp = pairing->flow->transport == TRANSPORT_UDP;
	say_seen(look, "%s spoke from port %u; expected %u.", pairing->entry->flow.opener.host, pairing->flow->port[0],
	         wanted);
	say_means(look, "It left its source port to the kernel: no bind() before the first %s, or one that failed.",
	          udp ? "sendto()" : "connect()");
	say_next(look, "Call bind() with port %u before %s, and look at what it returns.", wanted,
	         udp ? "sendto()" : "connect()");
	return true;
}
