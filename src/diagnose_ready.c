/* diagnose_ready.c - diagnoses about a port at which nobody is yet, or ever. */
#include "diagnose_parts.h"

#include <errno.h>
#include <string.h>

/* The other side did not even begin: it waits until the port is owned. */
static bool never_ready(const struct look *look)
{
	const struct pairing *first = look->first;
	const struct expected_flow *expected = first && first->entry ? &first->entry->flow : NULL;
	const char *host;

	/* A $name is whatever port its owner has, bound or not. */
	if (!expected || first->flow || is_student(look, expected->opener.host) || expected->target.kind == PORT_VARIABLE ||
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

/* The call by which PROGRAM had got the port of PAIRING, and waits there; NULL: it had not, or that is not known. */
static const struct call *had_port(const struct look *look, const struct pairing *pairing, const char *host)
{
	const struct call *bound = call_with_port(look, host, CALLS(CALL_BIND), called_port(look, pairing)), *made;
	const struct call *listened;

	if (!bound || !call_succeeded(bound) || pairing->flow->transport == TRANSPORT_UDP)
		return bound && call_succeeded(bound) ? bound : NULL;
	made = call_that_made(look, bound);
	listened = made ? call_on(look, made, NULL, CALLS(CALL_LISTEN)) : NULL;
	return listened && call_succeeded(listened) ? listened : NULL;
}

/* All was right as far as it went, and then the program ended: a skeleton that is half done, most likely. */
static bool tell_gone(const struct look *look, const struct pairing *pairing, const struct call *had)
{
	const struct evidence_program *program = scene_student(look->scene, had->host);
	bool udp = pairing->flow->transport == TRANSPORT_UDP;
	const char *at = had->line[0] ? had->line : "its place";

	say_seen(look, "%s had port %u, and gave it up: the %s of %s came when the program had ended (%s %d).", had->host,
	         called_port(look, pairing), udp ? "datagram" : "call", name_at(look, &pairing->flow->address[0]),
	         program->end == PROGRAM_SIGNALLED ? "signal" : "exit status", program->value);
	if (!say_impatient(look, call_last(look, program)))
		say_means(look, "%s() at %s was right. When a program ends, its sockets go with it, and its ports with them.",
		          call_word(had->kind), at);
	say_next(look, "What comes behind %s? Wait in %s there, and let main() go on as long as somebody may come.", at,
	         udp ? "recvfrom()" : "accept()");
	return true;
}

static bool tell_nothing_bound(const struct look *look, const struct pairing *pairing, const char *host)
{
	bool udp = pairing->flow->transport == TRANSPORT_UDP;
	const struct evidence_program *program = scene_student(look->scene, host);
	const char *call = udp ? "recvfrom()" : "listen()";
	const struct call *had = had_port(look, pairing, host);

	if (had && program->end != PROGRAM_RUNNING)
		return tell_gone(look, pairing, had);
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

/* Who is called had answered there, and then the program ended: it left too early (diagnose_program.c). */
static bool has_spoken(const struct look *look, const struct pairing *pairing)
{
	const struct event *said = event_from(pairing->flow, 1, EVENT_MESSAGE);
	const struct event *refused = event_from(pairing->flow, 1, EVENT_UNREACHABLE);

	return said && refused && said < refused &&
	       scene_student(look->scene, target_of(look, pairing))->end != PROGRAM_RUNNING;
}

bool find_nothing_bound(const struct look *look)
{
	const struct pairing *pairing = refused_pairing(look);

	if (spoke_before_bound(look))
		return true;
	if (pairing && has_spoken(look, pairing))
		return false;
	return pairing ? tell_nothing_bound(look, pairing, target_of(look, pairing)) : never_ready(look);
}

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
		say_means(look, "A port takes connections from listen() on. Whoever calls earlier is refused at once: "
		                "the kernel does not keep the call for later.");
		say_next(look, is_student(look, host)
		                       ? "Call bind() and listen() first, before anything that takes time."
		                       : "When connect() fails with ECONNREFUSED: close, wait a moment, and try again.");
		blame(look, listened ? listened : call_with_port(look, name_at(look, &pairing->flow->address[0]),
		                                                 CALLS(CALL_CONNECT), pairing->flow->port[1]));
		return true;
	}
	return false;
}
