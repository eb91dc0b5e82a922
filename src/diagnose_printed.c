/* diagnose_printed.c - diagnoses from what a program printed: perror() names the call that failed.
 *
 * Only where the packets leave it open: nothing of the program was seen, or nobody could
 * reach it. What it printed explains; it never decides. */
#include "diagnose_parts.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define ERRNO_LAST 133 /* Linux: ERFKILL 132, EHWPOISON 133 */

/* The program that was to act and of which nothing was seen; NULL: each was seen. */
static const struct evidence_program *mute(const struct look *look)
{
	const struct pairing *refused = refused_pairing(look), *first = look->first;

	if (refused)
		return scene_student(look->scene, refused->entry->flow.target.host);
	if (!first || !first->entry)
		return NULL;
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

/* The line of the program's output that AT stands in. */
static struct bytes line_at(const struct evidence_program *program, const char *at)
{
	const char *begin = at;

	while (begin > program->output && begin[-1] != '\n')
		begin--;
	return (struct bytes){(const uint8_t *)begin, strcspn(begin, "\n")};
}

/* Whether PROGRAM printed the text of errno NUMBER; then says so. */
static bool quotes(const struct look *look, const struct evidence_program *program, int number)
{
	const char *at = program && program->output ? strstr(program->output, strerror(number)) : NULL;
	struct bytes line;

	if (!at)
		return false;
	line = line_at(program, at);
	say_seen(look, "%s printed %s, and %s.", program->host, quote(line.at, line.length),
	         refused_pairing(look) ? "its kernel refused the other side"
	         : look->first->flow   ? "nothing that it said was seen"
	                               : "nothing of it was seen on the link");
	return true;
}

/* Whether the mute program did. */
static const struct evidence_program *complains(const struct look *look, int number)
{
	const struct evidence_program *program = mute(look);

	return quotes(look, program, number) ? program : NULL;
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

bool find_called_itself(const struct look *look)
{
	const struct evidence_program *program = complains(look, ECONNREFUSED);

	if (!program || refused_pairing(look) || seen_on_wire(look, program->host))
		return false;
	say_means(look, "It was refused, and yet no packet left %s: it had called itself. 127.0.0.1 is each host's own "
	                "address, and so is 0.0.0.0 (an address that was never filled in) in connect().", program->host);
	say_next(look, "Put the address that the program is given into sin_addr, with inet_pton(), and look at what "
	               "inet_pton() returns (1 is good).");
	return true;
}

bool find_not_my_address(const struct look *look)
{
	const struct evidence_program *program = complains(look, EADDRNOTAVAIL);

	if (!program || strstr(program->output, "connect: "))
		return false;
	say_means(look, "bind() gives a socket one of this host's own addresses; the one it got belongs to another host.");
	say_next(look, "Bind to an address of your own host, or to INADDR_ANY; connect() and sendto() get the other "
	               "side's.");
	return true;
}

bool find_no_route(const struct look *look)
{
	if (!complains(look, ENETUNREACH) && !complains(look, EHOSTUNREACH))
		return false;
	say_means(look, "The kernel knows no way to the address that it was given: a typing error, bytes in the wrong "
	                "order, or a text that is no address.");
	say_next(look, "Print the address with inet_ntop() just before the call. Text becomes an address with "
	               "inet_pton(), which needs no htonl().");
	return true;
}

bool find_not_a_socket(const struct look *look)
{
	if (!complains(look, ENOTSOCK))
		return false;
	say_means(look, "The number that the call got is an open file, but no socket. A common reason: "
	                "if (s = socket(...) < 0) puts the result of the comparison, 0, into s.");
	say_next(look, "Print s behind socket(): a socket is 3 or more. Assignments in conditions need brackets of "
	               "their own.");
	return true;
}

bool find_bad_descriptor(const struct look *look)
{
	if (!complains(look, EBADF))
		return false;
	say_means(look, "The number that the call got belongs to nothing open: it was closed before, or never made.");
	say_next(look, "Follow the number from socket() or accept() to the call that failed: which close() comes between?");
	return true;
}

bool find_no_family(const struct look *look)
{
	if (!complains(look, EAFNOSUPPORT))
		return false;
	say_means(look, "The address structure does not say what kind of address it holds: sin_family is not set, or not "
	                "AF_INET.");
	say_next(look, "Set all three fields: sin_family, sin_port, sin_addr.");
	return true;
}

bool find_not_permitted(const struct look *look)
{
	if (!complains(look, EACCES) && !complains(look, EPERM))
		return false;
	say_means(look, "The kernel did not allow it: ports below 1024 are for the administrator, and a broadcast address "
	                "needs SO_BROADCAST.");
	say_next(look, "Use the port and the address that the program is given.");
	return true;
}

bool find_not_connected(const struct look *look)
{
	if (!complains(look, ENOTCONN) && !complains(look, EDESTADDRREQ))
		return false;
	say_means(look, "send() and recv() need a socket that has another side: one that was connect()ed, or one that "
	                "accept() returned.");
	say_next(look, "Which socket did the call get, and what was done with it before?");
	return true;
}

static bool prints_usage(const struct evidence_program *program)
{
	for (const char *at = program->output; at && *at; at++)
		if (!strncasecmp(at, "usage", 5))
			return true;
	return false;
}

bool find_arguments_miscounted(const struct look *look)
{
	const struct evidence_program *program = mute(look);

	if (!program || program->end != PROGRAM_EXITED || !program->value || !prints_usage(program))
		return false;
	say_seen(look, "%s printed how it wants to be called and ended with exit status %d; it had got %zu argument%s.",
	         program->host, program->value, program->argument_count ? program->argument_count - 1 : 0,
	         program->argument_count == 2 ? "" : "s");
	say_means(look, "The program did not take its arguments. argc counts the program's own name too.");
	say_next(look, "Compare what you ask of argc with how the README says that the program is called.");
	return true;
}

/* The errno of the last error that PROGRAM printed, 0 = none. */
static int last_error(const struct evidence_program *program)
{
	const char *last = NULL;
	int number = 0;

	for (int i = 1; program && program->output && i <= ERRNO_LAST; i++) {
		const char *at = strstr(program->output, strerror(i));

		if (at > last) {
			last = at;
			number = i;
		}
	}
	return number;
}

static bool say_failed(const struct look *look, const struct evidence_program *program)
{
	int number = last_error(program);

	if (!number || !quotes(look, program, number))
		return false;
	say_means(look, "That is what perror() says when a call has failed: the name that it was given, and why.");
	say_next(look, "The manual page of that call lists its errors. What has the call got that it cannot use?");
	return true;
}

bool find_call_failed(const struct look *look)
{
	return say_failed(look, mute(look));
}

bool find_answer_failed(const struct look *look)
{
	return say_failed(look, unanswering(look));
}
