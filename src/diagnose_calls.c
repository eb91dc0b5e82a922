/* diagnose_calls.c - diagnoses from a call that failed.
 *
 * Most of them only where the packets leave it open: nothing of the program was seen, or nobody could
 * reach it. Where no calls were taken down none of these fits, and a wider one does. */
#include "diagnose_parts.h"

#include <errno.h>
#include <string.h>

/* The program that was to act and of which nothing was seen; NULL: each was seen. */
static const struct evidence_program *mute(const struct look *look)
{
	const struct pairing *refused = refused_pairing(look), *first = look->first;

	if (refused)
		return scene_student(look->scene, refused->entry->flow.target.host);
	if (!first || !first->entry)
		return NULL;
	if (!first->flow && !is_student(look, first->entry->flow.opener.host))
		return scene_student(look->scene, first->entry->flow.target.host);
	if (!first->flow || !event_from(first->flow, 0, EVENT_MESSAGE))
		return scene_student(look->scene, first->entry->flow.opener.host);
	return NULL;
}

/* The program that was asked and did not answer; NULL: none. */
static const struct evidence_program *unanswering(const struct look *look)
{
	const struct pairing *first = look->first;

	if (!first || !first->entry || !first->flow || !event_from(first->flow, 0, EVENT_MESSAGE) ||
	    event_from(first->flow, 1, EVENT_MESSAGE))
		return NULL;
	return scene_student(look->scene, first->entry->flow.target.host);
}

/* "bind() on a failed (EADDRNOTAVAIL: Cannot assign requested address), and nothing of it was seen on the link." */
static void say_failed(const struct look *look, const struct call *call)
{
	say_seen(look, "%s() on %s failed (%s: %s), and %s.", call_word(call->kind), call->host,
	         strerrorname_np(call->error) ? strerrorname_np(call->error) : "an error",
	         strerrordesc_np(call->error) ? strerrordesc_np(call->error) : "unknown",
	         refused_pairing(look)                                ? "its kernel refused the other side"
	         : look->first && look->first->flow &&
	                   event_from(look->first->flow, 0, EVENT_MESSAGE) ? "the other side got no answer"
	         : look->first && look->first->flow                   ? "nothing that it said was seen"
	                                                              : "nothing of it was seen on the link");
	blame(look, call);
}

/* The mute program's failed call, if it is of one of these KINDS and failed so; then says it. */
static const struct call *failed(const struct look *look, unsigned kinds, int error)
{
	const struct call *call = call_that_failed(look, mute(look));

	if (!call || !(kinds & CALLS(call->kind)) || call->error != error)
		return NULL;
	say_failed(look, call);
	return call;
}

static bool seen_on_wire(const struct look *look, const char *host)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;

		if (flow && !strcmp(name_at(look, &flow->address[0]), host))
			return true;
	}
	return false;
}

static bool is_own(const struct look *look, const struct call *call)
{
	static const struct address any4 = {.family = 4}, any6 = {.family = 6};
	const struct address *address = &call->address;

	return (address->family == 4 && address->bytes[0] == 127) || address_equal(address, &any4) ||
	       address_equal(address, &any6) || !strcmp(name_at(look, address), call->host);
}

/* Only where each address that the program named is its own host's. */
bool find_called_itself(const struct look *look)
{
	const struct evidence_program *program = mute(look);
	const struct call *call = NULL, *called = NULL;

	if (!program || refused_pairing(look) || seen_on_wire(look, program->host))
		return false;
	while ((call = call_next(look, call, program, CALLS_NAME_OTHER))) {
		if (call->address.family && !is_own(look, call))
			return false;
		called = called || !call->address.family ? called : call;
	}
	if (!called)
		return false;
	blame(look, called);
	say_seen(look, "%s called itself: %s() got an address of its own, and no packet left it.", program->host,
	         call_word(called->kind));
	say_means(look, "127.0.0.1 is each host's own address, and so is 0.0.0.0 (an address that was never filled in) in "
	                "connect() and sendto().");
	say_next(look, "Put the address that the program is given into sin_addr, with inet_pton(), and look at what "
	               "inet_pton() returns (1 is good).");
	return true;
}

/* The same for one that was called and said nothing: it was on its way to call somebody else, perhaps. */
static const struct call *failed_on_the_way(const struct look *look, unsigned kinds, int error)
{
	const struct pairing *first = look->first;
	const struct call *call;

	if (!first || !first->entry || !first->flow || event_from(first->flow, 1, EVENT_MESSAGE))
		return NULL;
	call = call_that_failed(look, scene_student(look->scene, first->entry->flow.target.host));
	if (!call || !(kinds & CALLS(call->kind)) || call->error != error)
		return NULL;
	say_failed(look, call);
	return call;
}

bool find_not_my_address(const struct look *look)
{
	const struct call *call = failed(look, CALLS(CALL_BIND), EADDRNOTAVAIL);

	if (!call)
		call = failed_on_the_way(look, CALLS(CALL_BIND), EADDRNOTAVAIL);
	if (!call)
		return false;
	say_means(look, "bind() gives a socket one of this host's own addresses; %s is none of %s's.",
	          call->address.family ? name_at(look, &call->address) : "the one that it got", call->host);
	say_next(look, "Bind to an address of your own host, or to INADDR_ANY; connect() and sendto() get the other "
	               "side's.");
	return true;
}

bool find_no_route(const struct look *look)
{
	unsigned kinds = CALLS(CALL_CONNECT) | CALLS_SEND;

	if (!failed(look, kinds, ENETUNREACH) && !failed(look, kinds, EHOSTUNREACH))
		return false;
	say_means(look, "The kernel knows no way to the address that it was given: a typing error, bytes in the wrong "
	                "order, or a text that is no address.");
	say_next(look, "Print the address with inet_ntop() just before the call. Text becomes an address with "
	               "inet_pton(), which needs no htonl().");
	return true;
}

bool find_not_a_socket(const struct look *look)
{
	const struct call *call = failed(look, ~0u, ENOTSOCK);

	if (!call)
		return false;
	say_means(look, "The number that the call got, %d, is an open file, but no socket. A common reason: "
	                "if (s = socket(...) < 0) puts the result of the comparison, 0, into s.", call->fd);
	say_next(look, "Print s behind socket(): a socket is 3 or more. Assignments in conditions need brackets of "
	               "their own.");
	return true;
}

bool find_bad_descriptor(const struct look *look)
{
	const struct call *call = failed(look, ~0u, EBADF), *closed;

	if (!call)
		return false;
	closed = call_that_closed(look, call);
	if (closed && closed->line[0])
		say_means(look, "The number that the call got, %d, belongs to nothing open any more: close() at %s gave it back.",
		          call->fd, closed->line);
	else if (call->fd < 0)
		say_means(look, "The call got %d instead of a descriptor: the call that should have made one had failed.",
		          call->fd);
	else
		say_means(look, "The number that the call got, %d, belongs to nothing open: it was closed before, or never "
		                "made.", call->fd);
	say_next(look, "Follow the number from socket() or accept() to the call that failed: which close() comes between?");
	return true;
}

/* A TCP connect() to an address without a family undoes a connection, and is content (connect(2)). */
static const struct call *without_family(const struct look *look)
{
	const struct call *call = NULL;

	while ((call = call_next(look, call, mute(look), CALLS(CALL_CONNECT))))
		if (call_succeeded(call) && !call->address.family && !seen_on_wire(look, call->host))
			return call;
	return NULL;
}

bool find_no_family(const struct look *look)
{
	const struct call *call = without_family(look);

	if (call) {
		say_seen(look, "connect() on %s got an address without a family, and no packet left it.", call->host);
		blame(look, call);
	} else if (!failed(look, CALLS(CALL_BIND) | CALLS_NAME_OTHER, EAFNOSUPPORT)) {
		return false;
	}
	say_means(look, "The address structure does not say what kind of address it holds: sin_family is not set, or not "
	                "AF_INET.");
	say_next(look, "Set all three fields: sin_family, sin_port, sin_addr.");
	return true;
}

bool find_not_permitted(const struct look *look)
{
	const struct call *call = failed(look, ~0u, EACCES);

	call = call ? call : failed(look, ~0u, EPERM);
	if (!call)
		return false;
	if (call->kind == CALL_BIND)
		say_means(look, "Ports below 1024 are for the administrator; bind() got port %u.", call->port);
	else if (CALLS_NAME_OTHER & CALLS(call->kind))
		say_means(look, "That address is a broadcast address, which reaches everybody on the link: a socket may only "
		                "send there with SO_BROADCAST.");
	else
		say_means(look, "The kernel did not allow it to this program.");
	say_next(look, "Use the port and the address that the program is given.");
	return true;
}

bool find_not_connected(const struct look *look)
{
	if (!failed(look, ~0u, ENOTCONN) && !failed(look, ~0u, EDESTADDRREQ) && !failed(look, CALLS_SEND, EPIPE))
		return false;
	say_means(look, "send() and recv() need a socket that has another side: one that was connect()ed, or one that "
	                "accept() returned.");
	say_next(look, "Which socket did the call get, and what was done with it before?");
	return true;
}

/* recv() on the listening socket, of any of the student's programs. */
bool find_recv_on_listener(const struct look *look)
{
	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		const struct call *call = call_that_failed(look, &look->scene->evidence.programs[i]), *made;

		if (!call || !(CALLS_RECEIVE & CALLS(call->kind)) || call->error != ENOTCONN)
			continue;
		made = call_that_made(look, call);
		if (!made || !call_listens(look, made) || !call_on(look, made, NULL, CALLS(CALL_ACCEPT)))
			continue;
		say_seen(look, "%s() on %s was called on descriptor %d, the listening socket, and failed (ENOTCONN).",
		         call_word(call->kind), call->host, call->fd);
		say_means(look, "A listening socket only receives connections. The bytes of each are on the socket that accept() "
		                "returns for it.");
		say_next(look, "Keep what accept() returns: recv() and send() want that number, and not the listener's.");
		blame(look, call);
		return true;
	}
	return false;
}

#define EXIT_USAGE 2 /* what the skeletons' main() returns when the arguments are wrong, and many a program */

/* It ended before its first socket call, and not as one does that has come to nothing. */
bool find_arguments_miscounted(const struct look *look)
{
	const struct evidence_program *program = mute(look);

	if (!program || program->end != PROGRAM_EXITED || program->value != EXIT_USAGE || !calls_complete(look) ||
	    call_next(look, NULL, program, ~0u))
		return false;
	say_seen(look, "%s ended with exit status %d before its first socket call; it had got %zu argument%s.",
	         program->host, program->value, program->argument_count ? program->argument_count - 1 : 0,
	         program->argument_count == 2 ? "" : "s");
	say_means(look, "What comes before socket() looks at the arguments: their count, or one of them, was not what the "
	                "program asks for. argc counts the program's own name too.");
	say_next(look, "Compare what you ask of argc with how the README says that the program is called.");
	return true;
}

bool find_port_taken(const struct look *look)
{
	const struct call *call = failed(look, CALLS(CALL_BIND), EADDRINUSE);

	if (!call)
		return false;
	say_means(look, "Port %u has an owner already: another socket of this program, or another program on %s.",
	          call->port, call->host);
	say_next(look, "One socket, one bind(). Which other one has got port %u before?", call->port);
	return true;
}

/* ---- any other ---- */

/* The call with which the program went on, on the same descriptor, as if FAILED had not. */
static const struct call *went_on(const struct look *look, const struct call *failed)
{
	const struct evidence_program *program = &look->scene->evidence.programs[failed->program];
	unsigned steps = CALLS(CALL_BIND) | CALLS(CALL_LISTEN) | CALLS(CALL_ACCEPT) | CALLS(CALL_CONNECT) | CALLS_SEND |
	                 CALLS_RECEIVE;
	const struct call *next = call_next(look, failed, program, ~0u);

	while (next && next->process != failed->process)
		next = call_next(look, next, program, ~0u);
	return next && steps & CALLS(next->kind) && next->kind != failed->kind && next->fd == failed->fd ? next : NULL;
}

/* bind() after the first packet: it fails since the socket has a name already, which is a diagnosis of its own. */
static bool is_too_late(const struct look *look, const struct call *failed)
{
	const struct call *made = failed->kind == CALL_BIND ? call_that_made(look, failed) : NULL;
	const struct call *used = made ? call_on(look, made, NULL, CALLS_NAME_OTHER) : NULL;

	return used && used < failed;
}

bool find_error_ignored(const struct look *look)
{
	unsigned kinds = CALLS(CALL_BIND) | CALLS(CALL_LISTEN) | CALLS(CALL_CONNECT);

	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		const struct evidence_program *program = &look->scene->evidence.programs[i];
		const struct call *call = call_that_failed(look, program), *next;

		next = call && kinds & CALLS(call->kind) && !is_too_late(look, call) ? went_on(look, call) : NULL;
		if (!next)
			continue;
		say_seen(look, "%s() on %s failed (%s: %s), and the program went on with %s() as if it had not.",
		         call_word(call->kind), call->host,
		         strerrorname_np(call->error) ? strerrorname_np(call->error) : "an error",
		         strerrordesc_np(call->error) ? strerrordesc_np(call->error) : "unknown", call_word(next->kind));
		say_means(look, "A call that fails returns -1 and leaves everything as it was; what comes after it rests on "
		                "nothing.");
		say_next(look, "Look at what %s() returns: below 0 stop, with perror(). Then see what it had got.",
		         call_word(call->kind));
		blame(look, call);
		return true;
	}
	return false;
}

#define NO_WHOLE_ADDRESS                                                                                        \
	"It got no whole address. recvfrom() fills one in only as far as its last argument says that there is room, " \
	"and looks at that before it fills in anything.",                                                            \
	"Set that size to sizeof of the struct before each recvfrom(); then give sendto() the struct and this size."

/* What a beginner's call has most likely got, by what it failed with. */
static const struct reason {
	unsigned kinds;
	int error;
	const char *means, *next;
} reasons[] = {
	{CALLS(CALL_SENDTO), EINVAL, NO_WHOLE_ADDRESS},
	{CALLS(CALL_SENDTO), EAFNOSUPPORT, NO_WHOLE_ADDRESS},
	{CALLS(CALL_BIND), EINVAL,
	 "Either its last argument is not the size of the struct (sizeof of a pointer is another number), or the socket "
	 "has a name already: bind() works once for each socket.",
	 "Give bind() sizeof of the struct itself, and bind each socket once."},
	{CALLS(CALL_ACCEPT), EINVAL, "The socket does not listen: listen() was not called on it, or failed.",
	 "Call listen() between bind() and accept(), on the same socket, and look at what it returns."},
	{CALLS(CALL_LISTEN), EOPNOTSUPP, "Only a socket of TCP can listen. This one was made with SOCK_DGRAM, for UDP.",
	 "Make it with socket(AF_INET, SOCK_STREAM, 0)."},
	{~0u, EBADF, "The number that it got belongs to nothing open: the socket was closed before, or never made.",
	 "Follow the number from socket() or accept() to this call: which close() comes between?"},
	{~0u, EFAULT, "It was to read or write where the program has no memory: the length is larger than what is there, "
	 "or a pointer leads nowhere.", "Print the pointer and the length just before the call."},
};

static const struct reason *reason_of(const struct call *call)
{
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (reasons[i].kinds & CALLS(call->kind) && reasons[i].error == call->error)
			return &reasons[i];
	return NULL;
}

static bool tell_failure(const struct look *look, const struct evidence_program *program)
{
	const struct call *call = call_that_failed(look, program);
	const struct reason *reason;

	if (!call)
		return false;
	say_failed(look, call);
	reason = reason_of(call);
	say_means(look, "%s", reason ? reason->means : "It got something that it cannot use.");
	if (reason)
		say_next(look, "%s", reason->next);
	else
		say_next(look, "The manual page of %s() lists its errors. What has the call got that it cannot use?",
		         call_word(call->kind));
	return true;
}

bool find_call_failed(const struct look *look)
{
	return tell_failure(look, mute(look));
}

bool find_answer_failed(const struct look *look)
{
	return tell_failure(look, unanswering(look));
}
