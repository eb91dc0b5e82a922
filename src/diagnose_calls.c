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
		return scene_student(look->scene, target_of(look, refused));
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
	return scene_student(look->scene, target_of(look, first));
}

/* "bind() on a failed (EADDRNOTAVAIL: Cannot assign requested address), and WHAT." */
static void say_failed_so(const struct look *look, const struct call *call, const char *what)
{
	say_seen(look, "%s() on %s failed (%s: %s), and %s.", call_word(call->kind), call->host,
	         error_name(call->error), error_words(call->error), what);
	blame(look, call);
}

/* What came of it is read off the packets. */
static void say_failed(const struct look *look, const struct call *call)
{
	const struct pairing *first = look->first;

	say_failed_so(look, call,
	              refused_pairing(look)                                              ? "its kernel refused the other side"
	              : first && first->flow && event_from(first->flow, 0, EVENT_MESSAGE) ? "the other side got no answer"
	              : first && first->flow                                             ? "nothing that it said was seen"
	                                                                                 : "nothing of it was seen on the link");
}

/* The failed call of the program that was mute, or did not answer, if it is of one of these KINDS and failed so; then
 * says it. */
static const struct call *failed(const struct look *look, unsigned kinds, int error)
{
	const struct call *call = call_that_failed(look, mute(look));

	call = call ? call : call_that_failed(look, unanswering(look));
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

static bool is_loopback(const struct address *address)
{
	return address->family == 4 && address->bytes[0] == 127;
}

static bool is_own(const struct look *look, const struct call *call)
{
	static const struct address any4 = {.family = 4}, any6 = {.family = 6};
	const struct address *address = &call->address;

	return is_loopback(address) || address_equal(address, &any4) ||
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
	if (!strcmp(name_at(look, &called->address), called->host)) {
		say_means(look, "A socket is bound to an address of its own host; connect() and sendto() get the other side's. Here they "
		                "got %s's own.", program->host);
		say_next(look, "The program knows two addresses, or makes one: which is the other side's?");
		return true;
	}
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

/* Whether packets went to where CALL wanted to: who got an ICMP error back fails with the errors of a missing route. */
static bool reached_link(const struct look *look, const struct call *call)
{
	for (size_t i = 0; call && i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;

		if (flow && flow->port[1] == call->port && address_equal(&flow->address[1], &call->address))
			return true;
	}
	return false;
}

bool find_no_route(const struct look *look)
{
	unsigned kinds = CALLS(CALL_CONNECT) | CALLS_SEND;

	if (reached_link(look, call_that_failed(look, mute(look))))
		return false;
	if (!failed(look, kinds, ENETUNREACH) && !failed(look, kinds, EHOSTUNREACH))
		return false;
	say_means(look, "The kernel knows no way to the address that it was given: a typing error, bytes in the wrong "
	                "order, or a text that is no address.");
	say_next(look, "Print the address with inet_ntop() just before the call. Text becomes an address with "
	               "inet_pton(), which needs no htonl().");
	return true;
}

/* The same for a number that is no socket: that is never right, so also where the program was heard before, if it owes
 * a word now. */
static const struct call *blundered(const struct look *look, int error)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		const struct call *call = step ? call_that_failed(look, scene_student(look->scene, sender_of(pairing->entry,
		                                                  step->item->direction)->host)) : NULL;
		struct text wanted = {0}, what = {0};

		if (!call || call->error != error)
			continue;
		wanted_text(look, step->item, &wanted);
		text_printf(&what, "%s was never said", wanted.length ? quote(text_string(&wanted), wanted.length) : "a message");
		say_failed_so(look, call, text_string(&what));
		text_free(&wanted);
		text_free(&what);
		return call;
	}
	return NULL;
}

bool find_not_a_socket(const struct look *look)
{
	const struct call *call = failed(look, ~0u, ENOTSOCK);

	if (!call)
		call = blundered(look, ENOTSOCK);
	if (!call)
		return false;
	if (call->fd < 2) {
		say_means(look, "The number that the call got, %d, is no socket: 0 and 1 are what the program reads from and "
		                "prints to. A common reason: if (s = socket(...) < 0) puts the result of the comparison, 0 or 1, into s.", call->fd);
		say_next(look, "Print s behind socket() or accept(): a socket is 3 or more. Assignments in conditions need "
		               "brackets of their own.");
		return true;
	}
	say_means(look, "The number that the call got, %d, is an open file, but no socket: an index into a list, perhaps, or "
	                "another variable.", call->fd);
	say_next(look, "Give the call the very number that socket() or accept() returned: it is 3 or more.");
	return true;
}

static void say_bad_descriptor(const struct look *look, const struct call *call)
{
	const struct call *closed = call_that_closed(look, call);

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
}

bool find_bad_descriptor(const struct look *look)
{
	const struct call *call = failed(look, ~0u, EBADF);

	if (!call)
		call = blundered(look, EBADF);
	if (!call)
		return false;
	say_bad_descriptor(look, call);
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

/* A send() on a listening socket: never right, so also where the program was heard before. */
static const struct call *sent_on_listener(const struct look *look)
{
	for (size_t i = 0; i < look->scene->evidence.program_count; i++) {
		const struct call *call = call_that_failed(look, &look->scene->evidence.programs[i]), *made;

		if (call && CALLS_SEND & CALLS(call->kind) && (made = call_that_made(look, call)) && call_listens(look, made)) {
			say_failed(look, call);
			return call;
		}
	}
	return NULL;
}

bool find_not_connected(const struct look *look)
{
	const struct call *call = failed(look, ~0u, ENOTCONN), *made;
	bool listens;

	call = call ? call : failed(look, ~0u, EDESTADDRREQ);
	call = call ? call : failed(look, CALLS_SEND, EPIPE);
	call = call ? call : sent_on_listener(look);
	if (!call)
		return false;
	made = call_that_made(look, call);
	if (call->transport == CALL_UDP) {
		say_means(look, "%s() says nothing of where to. On a UDP socket it works behind connect(), which ties the socket to one "
		                "address; sendto() takes the address with each datagram.", call_word(call->kind));
		say_next(look, "To answer: recvfrom(), which fills in the address of who asked, then sendto() with that address.");
		return true;
	}
	listens = made && call_listens(look, made);
	if (listens && !call_on(look, made, NULL, CALLS(CALL_ACCEPT))) {
		blame(look, NULL); /* never-accepted says more */
		return false;
	}
	if (listens) {
		say_means(look, "Descriptor %d is the listening socket. It has no other side: each talk is on the socket that accept() "
		                "returned for it.", call->fd);
		say_next(look, "Give %s() what accept() returned.", call_word(call->kind));
		return true;
	}
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
		         call_word(call->kind), call->host, error_name(call->error), error_words(call->error),
		         call_word(next->kind));
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

#define WRONG_OPTION                                                                                              \
	"Either its last argument is not the size of the value, or the option does not belong to the level, which is the " \
	"second argument: options SO_... belong to SOL_SOCKET, IP_... to IPPROTO_IP, TCP_... to IPPROTO_TCP.",         \
	"Hold the level against the option, and the size against the type of the value that it points to."

/* What a beginner's call has most likely got, by what it failed with. */
static const struct reason {
	unsigned kinds;
	int error;
	const char *means, *next;
	const char *next_udp; /* where the trace is of UDP; NULL: the same */
} reasons[] = {
	{CALLS(CALL_SENDTO), EINVAL, NO_WHOLE_ADDRESS, NULL},
	{CALLS(CALL_SENDTO), EAFNOSUPPORT, NO_WHOLE_ADDRESS, NULL},
	{CALLS(CALL_CONNECT), EINVAL,
	 "Either its last argument is not the size of the struct (sizeof of a pointer is another number), or the socket "
	 "is bound to 127.0.0.1, from where no other host can be reached.",
	 "Give connect() sizeof of the struct itself, and bind() INADDR_ANY or an address that others know.", NULL},
	{CALLS(CALL_CONNECT), ECONNREFUSED,
	 "Nobody listens at that address and port. 0.0.0.0 is an address that was never filled in: it means this very host.",
	 "Print address and port just before connect(): are they those that the program is given?", NULL},
	{CALLS(CALL_BIND), EINVAL,
	 "Either its last argument is not the size of the struct (sizeof of a pointer is another number), or the socket "
	 "has a name already: bind() works once for each socket.",
	 "Give bind() sizeof of the struct itself, and bind each socket once.", NULL},
	{CALLS(CALL_BIND), EADDRINUSE, "The port has an owner already: another socket of this program, or another program on this "
	 "host.", "One socket, one bind(). Which other one has got that port before?", NULL},
	{CALLS(CALL_SETSOCKOPT), EFAULT, "The fourth argument is not the value, but the address where the value is.",
	 "Put the value into an int, and give setsockopt() the address of that int, and its size.", NULL},
	{CALLS(CALL_ACCEPT), EINVAL, "The socket does not listen: listen() was not called on it, or failed.",
	 "Call listen() between bind() and accept(), on the same socket, and look at what it returns.", NULL},
	{CALLS(CALL_LISTEN), EOPNOTSUPP, "Only a socket of TCP can listen. This one was made with SOCK_DGRAM, for UDP.",
	 "Make it with socket(AF_INET, SOCK_STREAM, 0).",
	 "Leave listen() out: with UDP there are no connections to wait for. recvfrom() is all that it takes."},
	{CALLS(CALL_ACCEPT), EOPNOTSUPP, "Only a socket of TCP has connections to take. This one was made with SOCK_DGRAM, for UDP.",
	 "Make it with socket(AF_INET, SOCK_STREAM, 0), and listen() before accept().",
	 "Leave accept() out: with UDP there are no connections. recvfrom() brings each datagram, and who sent it."},
	{CALLS(CALL_RECVFROM), EFAULT,
	 "It was to write where the program has no memory: the buffer is not there, or smaller than the length says, or one of "
	 "the two pointers for the sender's name leads nowhere.",
	 "Print the pointers and the length just before the call. The last two are the struct and its size, or NULL twice.",
	 NULL},
	{CALLS(CALL_ACCEPT), EFAULT,
	 "It was to write the other side's name where its pointers lead. It wants both of them, one to the struct and one to "
	 "its size, or NULL twice.", "Give it the two pointers; or NULL, NULL where the name does not matter.", NULL},
	{CALLS(CALL_SETSOCKOPT), EDOM, "tv_usec is a million or more: it counts what is left over from whole seconds, in millionths.",
	 "Divide: tv_sec gets the whole seconds, tv_usec the rest, times what makes millionths of it.", NULL},
	{CALLS(CALL_SETSOCKOPT), EINVAL, WRONG_OPTION, NULL},
	{CALLS(CALL_SETSOCKOPT), ENOPROTOOPT, WRONG_OPTION, NULL},
	{~0u, EBADF, "The number that it got belongs to nothing open: the socket was closed before, or never made.",
	 "Follow the number from socket() or accept() to this call: which close() comes between?", NULL},
	/* What other hosts said, or did not say: nothing is wrong with the call itself. */
	{~0u, ECONNREFUSED, "The call itself is right. Nobody had the port that this socket had spoken to; the host there said so, and "
	 "the next call on the socket is told.",
	 "Which address and port was it? If nobody has to be there, or not yet, look at errno and go on.", NULL},
	{~0u, ECONNRESET, "The call itself is right. The other side ended the connection with a reset (RST), and the next call on it is "
	 "told.", "That connection is over: close() it. Then look at what is still due on the others, or from the next one.", NULL},
	{~0u, EPIPE, "The socket has no connection to send on: the other side had reset it, this program had called shutdown() "
	 "on it, or there never was one.", "Look at what the calls before it on this socket returned: since when is there none?", NULL},
	{~0u, ETIMEDOUT, "The call itself is right. Nobody answered for so long that the kernel gave up.",
	 "Which address and port was it? Print both before the call that names them.", NULL},
	{~0u, EHOSTUNREACH, "The call itself is right. A host on the way said that it does not get there.",
	 "Which address and port was it? If nobody has to be there, look at errno and go on.", NULL},
	{~0u, EFAULT, "It was to read or write where the program has no memory: the length is larger than what is there, "
	 "or a pointer leads nowhere.", "Print the pointer and the length just before the call.", NULL},
};

static const struct reason *reason_of(const struct call *call)
{
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (reasons[i].kinds & CALLS(call->kind) && reasons[i].error == call->error)
			return &reasons[i];
	return NULL;
}

/* bind() on a socket that has a name: the earlier call that gave it one; NULL: none. */
static const struct call *named_before(const struct look *look, const struct call *failed)
{
	unsigned kinds = CALLS(CALL_BIND) | CALLS(CALL_LISTEN) | CALLS_NAME_OTHER;
	const struct call *made = failed->kind == CALL_BIND && failed->error == EINVAL ? call_that_made(look, failed) : NULL;
	const struct call *named = NULL;

	while (made && (named = call_on(look, made, named, kinds)) && named < failed)
		if (call_succeeded(named))
			return named;
	return NULL;
}

/* accept() on what accept() returned; NULL: it is not that. */
static const struct call *accepted_before(const struct look *look, const struct call *failed)
{
	const struct call *made = failed->kind == CALL_ACCEPT && failed->error == EINVAL ? call_that_made(look, failed) : NULL;

	return made && made->kind == CALL_ACCEPT ? made : NULL;
}

static const char *place_of(const struct call *call)
{
	return call->line[0] ? call->line : "an earlier line";
}

/* Whether the program had got something by recvfrom() before. */
static bool has_received(const struct look *look, const struct call *failed)
{
	const struct call *call = NULL;

	while ((call = call_next(look, call, &look->scene->evidence.programs[failed->program], CALLS(CALL_RECVFROM))) &&
	       call < failed)
		if (call_succeeded(call))
			return true;
	return false;
}

/* A call that was to reach another host from a socket that is bound to 127.0.0.1: the bind(); NULL: it is not that. */
static const struct call *bound_to_loopback(const struct look *look, const struct call *failed)
{
	bool names = CALLS_NAME_OTHER & CALLS(failed->kind) && failed->error == EINVAL && failed->address.family;
	const struct call *made = names && !is_loopback(&failed->address) ? call_that_made(look, failed) : NULL, *bound = NULL;

	while (made && (bound = call_on(look, made, bound, CALLS(CALL_BIND))) && bound < failed)
		if (call_succeeded(bound))
			return is_loopback(&bound->address) ? bound : NULL;
	return NULL;
}

/* What the calls before it tell of FAILED. */
static bool say_by_history(const struct look *look, const struct call *failed)
{
	const struct call *named = named_before(look, failed), *accepted = accepted_before(look, failed);
	const struct call *loopback = bound_to_loopback(look, failed);

	if (named) {
		say_means(look, "The socket had a name already: %s() at %s gave it one%s, and a socket is named once.",
		          call_word(named->kind), place_of(named), named->kind == CALL_BIND ? "" : ", of the kernel's choosing");
		say_next(look, "Call bind() once, before %s.", named->kind == CALL_BIND ? "anything else" : "that");
	} else if (accepted) {
		say_means(look, "Descriptor %d is a connection, which accept() at %s returned. Connections come in at the listening "
		                "socket only.", failed->fd, place_of(accepted));
		say_next(look, "Give accept() the socket that listen() got, each time.");
	} else if (failed->kind == CALL_SENDTO && failed->error == EINVAL && failed->address.family && !failed->port) {
		say_means(look, "The port in the address is 0: sin_port was not set, or from a text that atoi() makes 0 of.");
		say_next(look, "Set sin_port = htons(port), with the port that is to get it.");
	} else if (loopback) {
		say_means(look, "The socket is bound to 127.0.0.1, by bind() at %s. From there no other host can be reached.",
		          place_of(loopback));
		say_next(look, "Give bind() INADDR_ANY, or an address of this host that others know.");
	} else if (failed->kind == CALL_SENDTO && failed->error == EINVAL && failed->address.family) {
		say_means(look, "The address and the port in it are there. Most likely the last argument is not the size of the "
		                "struct.");
		say_next(look, "Give sendto() sizeof of the struct itself; after recvfrom() the size that it has filled in.");
	} else if (failed->kind == CALL_SENDTO && (failed->error == EINVAL || failed->error == EAFNOSUPPORT) &&
	           !failed->address.family && !has_received(look, failed)) {
		say_means(look, "It got no whole address: sin_family is not set, or the last argument is not the size of the struct "
		                "(sizeof of a pointer is another number).");
		say_next(look, "Set all three fields: sin_family, sin_port, sin_addr; and give sendto() sizeof of the struct itself.");
	} else if (failed->error == EBADF) {
		say_bad_descriptor(look, failed);
	} else {
		return false;
	}
	return true;
}

static bool tells_of_udp(const struct look *look)
{
	return look->first && look->first->entry && look->first->entry->flow.transport == TRANSPORT_UDP;
}

static void say_reason(const struct look *look, const struct call *call)
{
	const struct reason *reason = reason_of(call);

	if (say_by_history(look, call))
		return;
	say_means(look, "%s", reason ? reason->means
	                             : "It got something that it cannot use, or came at a time when it cannot be done.");
	if (reason)
		say_next(look, "%s", reason->next_udp && tells_of_udp(look) ? reason->next_udp : reason->next);
	else
		say_next(look, "The manual page of %s() lists its errors. What does it say of this one?",
		         call_word(call->kind));
}

static bool tell_failure(const struct look *look, const struct evidence_program *program)
{
	const struct call *call = call_that_failed(look, program);

	if (!call)
		return false;
	say_failed(look, call);
	say_reason(look, call);
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

/* Whether nothing came right any more behind FAILED. */
static bool was_the_end(const struct look *look, const struct call *failed)
{
	const struct evidence_program *program = &look->scene->evidence.programs[failed->program];

	for (const struct call *call = failed; (call = call_next(look, call, program, ~CALLS(CALL_CLOSE))); )
		if (!call->error)
			return false;
	return true;
}

/* A message that is missing, of a program in which nothing came right once a call had failed. */
bool find_failed_midway(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		const struct evidence_program *program;
		struct text wanted = {0};
		const struct call *call;

		if (!step)
			continue;
		program = scene_student(look->scene, sender_of(pairing->entry, step->item->direction)->host);
		call = call_that_failed(look, program);
		if (!call || !was_the_end(look, call))
			continue;
		wanted_text(look, step->item, &wanted);
		say_seen(look, "%s never said %s: %s() failed (%s: %s).", call->host,
		         wanted.length ? quote(text_string(&wanted), wanted.length) : "what was due", call_word(call->kind),
		         error_name(call->error), error_words(call->error));
		text_free(&wanted);
		say_reason(look, call);
		blame(look, call);
		return true;
	}
	return false;
}
