/* diagnose_reply.c - diagnoses about which socket spoke, and to whom. */
#include "diagnose_parts.h"

#include <string.h>

/* A flow that nothing allows, opened by HOST. For want of a better one the matcher may have put it beside an
 * expected flow of the other direction. */
static const struct pairing *stray_from(const struct look *look, const char *host, enum transport transport)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (pairing->flow && (!pairing->entry || pairing->header & HEADER_REVERSED) &&
		    pairing->flow->transport == transport && !pairing->view &&
		    !strcmp(name_at(look, &pairing->flow->address[0]), host))
			return pairing;
	}
	return NULL;
}

/* A datagram of HOST's that nothing allows and that has the words of MISSING, or begins with them. */
static const struct pairing *stray_answer(const struct look *look, const char *host, const struct match_step *missing)
{
	const struct pairing *stray = stray_from(look, host, TRANSPORT_UDP);
	const struct event *said = stray ? event_from(stray->flow, 0, EVENT_MESSAGE) : NULL;
	struct text wanted = {0};
	bool same;

	if (!said)
		return NULL;
	wanted_text(look, missing->item, &wanted);
	same = said->kept >= wanted.length && !memcmp(said->bytes, text_string(&wanted), wanted.length);
	text_free(&wanted);
	return same ? stray : NULL;
}

/* The flow that carries the answer which *in lacks, over UDP; NULL: none. */
static const struct pairing *misplaced_answer(const struct look *look, const struct pairing **in)
{
	const struct match_step *missing = missing_answer(look, in);
	const struct pairing *stray;

	if (!missing || (*in)->flow->transport != TRANSPORT_UDP)
		return NULL;
	stray = stray_answer(look, (*in)->entry->flow.target.host, missing);
	return stray == *in ? NULL : stray; /* the same flow: the other side began it, nothing went astray */
}

static void say_misplaced(const struct look *look, const struct pairing *asked, const struct pairing *stray)
{
	say_seen(look, "%s was asked from %s port %u and answered to %s port %u.", asked->entry->flow.target.host,
	         name_at(look, &asked->flow->address[0]), asked->flow->port[0],
	         name_at(look, &stray->flow->address[1]), stray->flow->port[1]);
}

bool find_reply_from_other_socket(const struct look *look)
{
	const struct pairing *pairing, *stray = misplaced_answer(look, &pairing);

	if (!stray || stray->flow->port[0] == pairing->flow->port[1] ||
	    stray->flow->port[1] != pairing->flow->port[0] ||
	    !address_equal(&stray->flow->address[1], &pairing->flow->address[0]))
		return false;
	say_seen(look, "%s was asked at port %u and answered from port %u.",
	         pairing->entry->flow.target.host, pairing->flow->port[1],
	         stray->flow->port[0]);
	say_means(look, "The answer was sent with another socket than the one that is bound: the asker does not know "
	                "port %u.", stray->flow->port[0]);
	say_next(look, "Call sendto() on the same socket that recvfrom() was called on.");
	return true;
}

bool find_reply_to_first_client(const struct look *look)
{
	const struct pairing *pairing;
	const struct match_step *missing = missing_answer(look, &pairing);
	struct text wanted = {0};
	bool found = false;

	if (!missing)
		return false;
	wanted_text(look, missing->item, &wanted);
	for (size_t i = 0; i < look->match->pairing_count && !found; i++) {
		const struct pairing *other = pairing_at(look, i);

		for (size_t j = 0; other != pairing && other->entry && j < other->step_count && !found; j++)
			found = other->steps[j].status == STEP_EXTRA && other->flow->transport == TRANSPORT_UDP &&
			        other->flow->events[other->steps[j].event].direction == DIRECTION_AGAINST &&
			        other->flow->events[other->steps[j].event].time_ns > pairing->flow->opened_ns &&
			        says_just(&other->flow->events[other->steps[j].event], text_string(&wanted),
			                wanted.length);
		if (!found)
			continue;
		say_seen(look, "The answer to %s port %u was sent to %s port %u, who had asked before.",
		         name_at(look, &pairing->flow->address[0]), pairing->flow->port[0],
		         name_at(look, &other->flow->address[0]), other->flow->port[0]);
		say_means(look, "sendto() got another address than this question's: one that is remembered from an earlier "
		                "recvfrom(), or written into the program.");
		say_next(look, "Answer to the address that recvfrom() filled in for this very datagram.");
	}
	text_free(&wanted);
	return found;
}

bool find_reply_to_server_port(const struct look *look)
{
	const struct pairing *pairing, *stray = misplaced_answer(look, &pairing);

	if (!stray || stray->flow->port[1] != pairing->flow->port[1])
		return false;
	say_misplaced(look, pairing, stray);
	say_means(look, "%u is the port of %s itself. Every host has its own ports: the one that asked is %u.",
	          stray->flow->port[1], pairing->entry->flow.target.host, pairing->flow->port[0]);
	say_next(look, "Send to the address that recvfrom() filled in, and leave its sin_port as it is.");
	return true;
}

bool find_reply_to_fixed_port(const struct look *look)
{
	const struct pairing *pairing, *stray = misplaced_answer(look, &pairing);

	if (!stray)
		return false;
	say_misplaced(look, pairing, stray);
	if (stray->flow->port[1] == swapped(pairing->flow->port[0]))
		say_means(look, "%u is %u with its two bytes exchanged: htons() or ntohs() turned a port that was right.",
		          stray->flow->port[1], pairing->flow->port[0]);
	else
		say_means(look, "The answer went to an address that is written into the program or was never filled in, "
		                "not to the one that asked.");
	say_next(look, "Send to the address that recvfrom() filled in: it is the source of the question.");
	return true;
}

/* The flow in which a caller of the student's went on with the words that PAIRING lacks; NULL: none. */
static const struct pairing *went_on_in(const struct look *look, const struct pairing *pairing)
{
	const struct match_step *missing;
	const struct pairing *stray;
	struct text wanted = {0};
	bool found;

	if (!pairing->entry || !pairing->flow || !is_student(look, pairing->entry->flow.opener.host) || pairing->view)
		return NULL;
	missing = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
	stray = stray_from(look, pairing->entry->flow.opener.host, pairing->flow->transport);
	if (!missing || !stray)
		return NULL;
	wanted_text(look, missing->item, &wanted);
	found = stray->flow->event_count && says_just(&stray->flow->events[0], text_string(&wanted), wanted.length);
	text_free(&wanted);
	return found ? stray : NULL;
}

/* The same port, so the same socket: it is the other side's that differs. */
bool find_went_on_elsewhere(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i), *stray = went_on_in(look, pairing);
		const char *host, *other, *there;

		if (!stray || stray->flow->port[0] != pairing->flow->port[0] || stray->flow->port[1] == pairing->flow->port[1])
			continue;
		host = pairing->entry->flow.opener.host;
		other = name_at(look, &pairing->flow->address[1]);
		there = name_at(look, &stray->flow->address[1]);
		say_seen(look, "%s said the first thing to port %u of %s and the next to port %u of %s.", host,
		         pairing->flow->port[1], other, stray->flow->port[1], there);
		if (stray->flow->port[1] == stray->flow->port[0])
			say_means(look, "%u is the port of %s itself. Every host has its own ports: %s waits at %u.", stray->flow->port[1],
			          host, other, pairing->flow->port[1]);
		else
			say_means(look, "The address in sendto() or connect() holds another port than before.");
		say_next(look, "Send the whole talk to the address and port that the first message went to.");
		blame(look, call_to(look, stray->flow));
		return true;
	}
	return false;
}

bool find_new_socket_each_time(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i), *stray = went_on_in(look, pairing);

		if (!stray || stray->flow->port[0] == pairing->flow->port[0])
			continue;
		say_seen(look, "%s said the first thing from port %u and the next from port %u.",
		         pairing->entry->flow.opener.host, pairing->flow->port[0], stray->flow->port[0]);
		say_means(look, "A new socket() was made in the middle of the talk: to the other side that is a stranger.");
		say_next(look, "Make the socket once and use it for the whole talk.");
		return true;
	}
	return false;
}
