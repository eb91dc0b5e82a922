/* diagnose_source.c - diagnoses about the port that a client calls from. */
#include "diagnose_parts.h"

#include <errno.h>
#include <string.h>

/* The name of the run's parameter that has this port as its value; NULL: none. */
static const char *parameter_of(const struct look *look, uint16_t port)
{
	const struct params *params = &look->scene->evidence.params;

	for (size_t i = 0; i < params->count; i++)
		if (params->params[i].kind == PARAM_PORT && params_port(params, params->params[i].name) == port)
			return params->params[i].name;
	return NULL;
}

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
	const struct call *failed;
	uint16_t wanted;

	if (!first || first->flow || !first->entry)
		return false;
	host = first->entry->flow.opener.host;
	wanted = demanded(look, &first->entry->flow.opener);
	program = scene_student(look->scene, host);
	failed = call_that_failed(look, program);
	if (!wanted || !failed || failed->kind != CALL_CONNECT || failed->error != EADDRNOTAVAIL)
		return false;
	entry = find_socket(look, host, first->entry->flow.transport, SOCK_TIME_WAIT, wanted);
	if (!entry || entry->remote_port == called_port(look, first))
		return false;
	say_seen(look, "%s called port %u once from port %u; the next call, to port %u, never left it.", host,
	         entry->remote_port, wanted, called_port(look, first));
	say_means(look, "connect() failed (EADDRNOTAVAIL): it was to call port %u again from the same "
	                "port, and that pair of addresses is in TIME_WAIT for a minute.", entry->remote_port);
	say_next(look, "Call the port that the program is given: it is another one each time.");
	blame(look, failed);
	return true;
}

/* SO_REUSEADDR as one run set it for the socket that it bound. */
struct reuse {
	const struct call *bound, *set; /* its bind(), its setsockopt() or NULL */
};

static struct reuse find_reuse(const struct look *look, const struct evidence_program *program, uint16_t port)
{
	struct reuse reuse = {0};
	const struct call *made, *call = NULL;

	while ((call = call_next(look, call, program, CALLS(CALL_BIND))) && call->port != port)
		;
	reuse.bound = call;
	made = call ? call_that_made(look, call) : NULL;
	for (call = NULL; made && (call = call_on(look, made, call, CALLS(CALL_SETSOCKOPT))); )
		if (!strcmp(call->option, "SO_REUSEADDR") && call->value && call_succeeded(call))
			break;
	reuse.set = call;
	return reuse;
}

/* The first run on HOST that bound PORT without SO_REUSEADDR, or set it too late; says so. */
static bool say_run_without(const struct look *look, const char *host, uint16_t port)
{
	static const char *const turns[] = {"first", "second", "third"};
	size_t turn = 0;

	for (size_t i = 0; i < look->scene->evidence.program_count && turn < 3; i++) {
		const struct evidence_program *program = &look->scene->evidence.programs[i];
		struct reuse reuse;

		if (!program->student || strcmp(program->host, host))
			continue;
		reuse = find_reuse(look, program, port);
		turn++;
		if (!reuse.bound || (reuse.set && reuse.set < reuse.bound) || !calls_complete(look))
			continue;
		say_means(look, "Port %u is in TIME_WAIT, because %s closed first. Both sockets, the first one too, need "
		                "SO_REUSEADDR before bind(); in the %s run it %s.", port, host, turns[turn - 1],
		          reuse.set ? "was set after bind()" : "was not set");
		blame(look, reuse.set ? reuse.set : reuse.bound);
		return true;
	}
	return false;
}

bool find_address_in_use(const struct look *look)
{
	const struct pairing *first = look->first;
	const struct expected_flow *expected;
	const struct call *failed;
	uint16_t wanted;

	if (!first || first->flow || !first->entry)
		return false;
	expected = &first->entry->flow;
	wanted = demanded(look, &expected->opener);
	if (!wanted || !is_student(look, expected->opener.host) ||
	    !find_socket(look, expected->opener.host, expected->transport, SOCK_TIME_WAIT, wanted))
		return false;
	failed = call_that_failed(look, scene_student(look->scene, expected->opener.host));
	if (failed && (failed->kind != CALL_BIND || failed->error != EADDRINUSE))
		return false;
	say_seen(look, "%s called once from port %u and not a second time: no packet left it.", expected->opener.host,
	         wanted);
	if (!say_run_without(look, expected->opener.host, wanted)) {
		say_means(look, "Port %u is in TIME_WAIT, because %s closed first: bind() fails (EADDRINUSE) unless both "
		                "sockets, the first one too, had SO_REUSEADDR set before bind().", wanted,
		          expected->opener.host);
		blame(look, failed);
	}
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

static const struct call *call_with_error(const struct look *look, const char *host, int error)
{
	const struct call *call = call_that_failed(look, scene_student(look->scene, host));

	return call && call->error == error ? call : NULL;
}

bool find_address_in_use_ignored(const struct look *look)
{
	uint16_t wanted;
	const struct pairing *pairing = wrong_source_beside(look, SOCK_TIME_WAIT, &wanted);

	if (!pairing)
		return false;
	blame(look, call_with_error(look, pairing->entry->flow.opener.host, EADDRINUSE));
	say_seen(look, "The second call of %s came from port %u instead of %u.", pairing->entry->flow.opener.host,
	         pairing->flow->port[0], wanted);
	say_means(look, "bind() failed, because %u was in TIME_WAIT from the first call, and the program went on: %s.", wanted,
	          call_with_port(look, pairing->entry->flow.opener.host, CALLS(CALL_BIND), pairing->flow->port[0])
	                  ? "it bound another port" : "connect() then took a port of the kernel's choosing");
	say_next(look, "Look at what bind() returns, and set SO_REUSEADDR before it, in every run.");
	return true;
}

/* The call that spoke on another socket than the one which owns WANTED; NULL: not known. */
static const struct call *spoke_elsewhere(const struct look *look, const struct pairing *pairing, uint16_t wanted)
{
	const struct call *bound, *spoke, *made;

	bound = call_with_port(look, pairing->entry->flow.opener.host, CALLS(CALL_BIND), wanted);
	spoke = call_to(look, pairing->flow);
	if (!bound || !spoke || !call_succeeded(bound) || bound->program != spoke->program)
		return NULL;
	made = call_that_made(look, spoke);
	return made && call_that_made(look, bound) && made != call_that_made(look, bound) ? spoke : NULL;
}

/* Who waits on one socket, while another one has the port: what is said lies there. */
bool find_waits_on_another_socket(const struct look *look)
{
	const struct pairing *pairing;
	const struct call *bound, *owner, *waiting, *made;
	const char *host;

	if (!missing_answer(look, &pairing) || pairing->flow->transport != TRANSPORT_UDP)
		return false;
	host = pairing->entry->flow.target.host;
	bound = call_with_port(look, host, CALLS(CALL_BIND), pairing->flow->port[1]);
	waiting = call_waiting(look, scene_student(look->scene, host));
	owner = bound && call_succeeded(bound) ? call_that_made(look, bound) : NULL;
	made = waiting && CALLS_RECEIVE & CALLS(waiting->kind) ? call_that_made(look, waiting) : NULL;
	if (!owner || !made || owner == made || owner->process != made->process || call_on(look, owner, bound, CALLS_RECEIVE))
		return false;
	say_seen(look, "%s waits in %s() on descriptor %d; port %u belongs to descriptor %lld, where the words of %s lie unread.",
	         host, call_word(waiting->kind), waiting->fd, pairing->flow->port[1], (long long)owner->result,
	         name_at(look, &pairing->flow->address[0]));
	say_means(look, "bind() names one socket; %s() was called with a different one.", call_word(waiting->kind));
	say_next(look, "Use one socket for both: the one that you bind is the one that you receive and send with.");
	blame(look, waiting);
	return true;
}

/* The close() by which the socket that was bound to PORT was given back before SPOKE; NULL: none, or not known. */
static const struct call *closed_before(const struct look *look, const struct call *spoke, uint16_t port)
{
	const struct call *bound = call_with_port(look, spoke->host, CALLS(CALL_BIND), port), *made = call_that_made(look, bound);
	const struct call *closed = call_has_copies(look, made) ? NULL : call_on(look, made, bound, CALLS(CALL_CLOSE));

	return closed && closed < spoke && closed->process == made->process ? closed : NULL;
}

bool find_bound_another_socket(const struct look *look)
{
	uint16_t wanted;
	const struct pairing *pairing = wrong_source(look, &wanted);
	const struct call *spoke = pairing && wanted ? spoke_elsewhere(look, pairing, wanted) : NULL;
	const struct call *closed = spoke ? closed_before(look, spoke, wanted) : NULL;

	if (!spoke)
		pairing = wrong_source_beside(look, SOCK_BOUND, &wanted);
	if (!pairing)
		return false;
	if (closed)
		say_seen(look, "%s spoke from port %u; another socket of it had owned port %u, and close() gave that back.",
		         pairing->entry->flow.opener.host, pairing->flow->port[0], wanted);
	else
		say_seen(look, "%s spoke from port %u, while another socket of it owns port %u and says nothing.",
		         pairing->entry->flow.opener.host, pairing->flow->port[0], wanted);
	say_means(look, "bind() names one socket; sendto() or connect() was called with a different one.");
	say_next(look, "Use one socket for both: the one that you bind is the one that you send with.");
	blame(look, spoke);
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
	blame(look, call_with_port(look, host, CALLS(CALL_BIND), port));
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
	blame(look, call_with_port(look, pairing->entry->flow.opener.host, CALLS(CALL_BIND), pairing->flow->port[0]));
	say_means(look, "A port number is written into the program, or comes from somewhere else than its argument.");
	say_next(look, "Bind to the port that the program is given; if that is 0, do not bind at all (or bind to 0).");
	return true;
}

/* Why the kernel chose the port, as far as the calls tell. */
static void say_unbound(const struct look *look, const struct pairing *pairing, uint16_t wanted, const char *call)
{
	const char *host = pairing->entry->flow.opener.host;
	const struct call *bound = call_with_port(look, host, CALLS(CALL_BIND), wanted);
	const struct call *spoke = call_to(look, pairing->flow);

	blame(look, bound ? bound : spoke);
	if (bound && spoke && spoke < bound)
		say_means(look, "bind() came after the first %s, when the kernel had given the socket a port already.", call);
	else if (bound && bound->error)
		say_means(look, "bind() failed, and the kernel chose the source port.");
	else if (calls_complete(look) && !call_with_port(look, host, CALLS(CALL_BIND), 0))
		say_means(look, "It left its source port to the kernel: bind() was not called.");
	else
		say_means(look, "It left its source port to the kernel: no bind() of this socket with port %u before the first %s, or "
		                "one that failed.", wanted, call);
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
	say_unbound(look, pairing, wanted, udp ? "sendto()" : "connect()");
	say_next(look, "Call bind() with port %u before %s, and look at what it returns.", wanted,
	         udp ? "sendto()" : "connect()");
	return true;
}
