/* diagnose_end.c - diagnoses about connections that nobody took, and about how they ended. */
#include "diagnose_parts.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* The close() or shutdown() by which SIDE ended PAIRING's connection; NULL: not known, or the program's end. */
static const struct call *call_that_ended(const struct look *look, const struct pairing *pairing, int side)
{
	const struct call *made = call_that_opened(look, pairing, side), *ended = NULL;

	while (made && (ended = call_on(look, made, ended, CALLS(CALL_CLOSE) | CALLS(CALL_SHUTDOWN))))
		if (ended->kind == CALL_CLOSE || ended->value != SHUT_RD) /* which the other side is not told of */
			return ended;
	return NULL;
}

/* The host whose program has SIDE of PAIRING, as the trace has it. */
static const char *host_on(const struct look *look, const struct pairing *pairing, int side)
{
	return sender_name(look, pairing->entry, side ? DIRECTION_AGAINST : DIRECTION_ALONG);
}

/* Whether the first thing that PAIRING lacks are words of its opener, who had said others, and then ended, while
 * the other side had nothing to say to that. */
static bool left_words_out(const struct look *look, const struct pairing *pairing)
{
	for (size_t i = 0; i < pairing->step_count; i++)
		if (pairing->steps[i].status == STEP_MISSING)
			return &pairing->steps[i] == student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE) &&
			       event_from(pairing->flow, 0, EVENT_MESSAGE) && event_from(pairing->flow, 0, EVENT_FIN) &&
			       !event_from(pairing->flow, 0, EVENT_RESET);
	return false;
}

/* Whether SIDE has said all that it was to, and the trace has words of the other side behind SIDE's end: who shut its
 * own direction, and listens still, is not to blame for what did not follow. */
static bool ended_when_due(const struct pairing *pairing, int side)
{
	enum direction mine = side ? DIRECTION_AGAINST : DIRECTION_ALONG;
	bool ended = false, due = false;

	for (size_t i = 0; i < pairing->step_count; i++) {
		const struct match_step *step = &pairing->steps[i];

		if (!step->item)
			continue;
		if (step->status == STEP_MISSING && step->item->kind == ITEM_MESSAGE && step->item->direction == mine)
			return false;
		ended |= step->item->kind == ITEM_FIN && step->item->direction == mine && step->status == STEP_MATCHED;
		due |= ended && step->item->kind == ITEM_MESSAGE && step->item->direction != mine;
	}
	return due && !event_from(pairing->flow, side, EVENT_RESET);
}

/* Whether the student said something on PAIRING that the trace does not have: that comes first. */
static bool says_extra(const struct look *look, const struct pairing *pairing)
{
	for (size_t i = 0; i < pairing->step_count; i++) {
		const struct match_step *step = &pairing->steps[i];

		if (step->status == STEP_EXTRA && pairing->flow->events[step->event].kind == EVENT_MESSAGE &&
		    student_sends(look, pairing, as_expected(pairing, pairing->flow->events[step->event].direction)))
			return true;
	}
	return false;
}

/* Whether all that PAIRING was to have is there, and something of the student's that it was not to have. */
static bool has_only_extras(const struct look *look, const struct pairing *pairing)
{
	for (size_t i = 0; i < pairing->step_count; i++)
		if (pairing->steps[i].status == STEP_MISSING || pairing->steps[i].status == STEP_WRONG)
			return false;
	return says_extra(look, pairing);
}

/* Whether HOST, which has SIDE of PAIRING, ended it too early. */
static bool ended_early(const struct look *look, const struct pairing *pairing, int side)
{
	/* Who left words out has a better reason to be told; so has who was called and owes an answer. Where nothing is
	 * missing, what came behind the end was one word too many. */
	if ((!side && left_words_out(look, pairing)) || has_only_extras(look, pairing))
		return false;
	if (side && (!event_from(pairing->flow, side, EVENT_FIN) ||
	             student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE)))
		return false;
	return is_student(look, host_on(look, pairing, side)) && early_end(look, pairing, side) &&
	       !ended_when_due(pairing, side);
}

/* The call that the program sat in when the run was over, or turned in. */
static const struct call *call_waits_for(const struct look *look, const struct evidence_program *program)
{
	const struct call *waiting = call_waiting(look, program);

	return waiting ? waiting : call_next(look, NULL, program, CALLS_WAIT);
}

bool find_never_accepted(const struct look *look)
{
	const struct pairing *pairing;
	const struct sock_entry *listener;
	const struct call *polled, *accepted;
	const char *host;

	if (!missing_answer(look, &pairing) || pairing->flow->transport != TRANSPORT_TCP)
		return false;
	host = pairing->entry->flow.target.host;
	listener = find_socket(look, host, TRANSPORT_TCP, SOCK_LISTEN, pairing->flow->port[1]);
	/* Who waits there must be this one, and not somebody else who called later. */
	if (!listener || !listener->receive_queue || was_accepted(look, pairing))
		return false;
	say_seen(look, "The kernel of %s took the connection of %s, and it still waits in the queue of the listening "
	               "socket.", host, name_at(look, &pairing->flow->address[0]));
	polled = call_waits_for(look, scene_student(look->scene, host));
	accepted = call_with_port(look, host, CALLS(CALL_ACCEPT), 0);
	if (call_with_another(look, polled, NULL) && !polled->end_ns) {
		say_means(look, "The program sits in %s()%s%s, on another connection, and does not come back to accept().",
		          call_word(polled->kind), polled->line[0] ? " at " : "", polled->line);
		say_next(look, "Why does that call not return? Until it does, nobody else is served.");
		blame(look, polled);
		return true;
	}
	if (accepted && !(polled && !polled->end_ns && CALLS_WAIT & CALLS(polled->kind)))
		say_means(look, "accept() was called, and not once more: nobody has this connection.");
	else if (polled && !polled->end_ns && CALLS_WAIT & CALLS(polled->kind))
		say_means(look, "%s() can tell that a connection waits, and did not return: the listening socket is not among those "
		                "that it was to look at%s.", call_word(polled->kind),
		          polled->kind == CALL_SELECT ? " (the first argument is the highest of their numbers, plus 1)" : "");
	else if (polled)
		say_means(look, "%s() can tell that a connection waits; accept() is what takes it, and it was not called.",
		          call_word(polled->kind));
	else
		say_means(look, "accept() was not called, so nobody has the connection.");
	blame(look, polled);
	say_next(look, "Call accept() on the listening socket and talk over the socket that it returns.");
	return true;
}

/* It does not wait: poll() or its like tells again and again that somebody is ready. */
static bool tell_turning(const struct look *look, const struct evidence_program *program)
{
	const struct call *turning = call_turning(look, program);

	if (!turning)
		return false;
	say_means(look, "%s()%s%s returned at once, again and again: somebody is ready each time, and the program neither receives "
	                "nor accepts.", call_word(turning->kind), turning->line[0] ? " at " : "", turning->line);
	say_next(look, "Follow the loop behind %s(): does it come to every place that is in use, the first and the last, too?",
	         call_word(turning->kind));
	blame(look, turning);
	return true;
}

/* Why the program sits in CALL while bytes lie unread on an accepted socket; false: CALL tells nothing of that. */
static bool tell_waiting(const struct look *look, const struct call *call)
{
	if (call->kind == CALL_ACCEPT && call_with_port(look, call->host, CALLS_WAIT, 0)) {
		say_means(look, "The program waits in accept() for one more caller, and meanwhile nobody calls recv().");
		say_next(look, "Call accept() once each time that the listener is ready, and then wait for all of them again.");
	} else if (call->kind == CALL_POLL) {
		say_means(look, "poll() waits, and not for this socket: it is not in the list, or behind the count that poll() got, "
		                "or its `events` are not POLLIN.");
		say_next(look, "Put what accept() returns into the list, with events = POLLIN, and give poll() the number of places "
		               "that are in use.");
	} else if (call->kind == CALL_SELECT) {
		say_means(look, "select() waits, and not for this socket: it is not in the set, or not below the number that "
		                "select() got. (select() takes out of the set whoever is not ready.)");
		say_next(look, "Before each select() put every socket into the set, with FD_SET(); its first argument is the highest "
		               "of their numbers, plus 1.");
	} else if (call->kind == CALL_EPOLL_WAIT) {
		say_means(look, "epoll_wait() waits, and not for this socket: it was not added, or not with EPOLLIN.");
		say_next(look, "Give what accept() returns to epoll_ctl(), with EPOLL_CTL_ADD and events = EPOLLIN.");
	} else {
		return false;
	}
	return true;
}

/* Whether words of PAIRING's opener lie unread on the connection, which the program has accepted. */
static bool lies_unread(const struct look *look, const struct pairing *pairing)
{
	const char *host = pairing->entry->flow.target.host;
	const struct sock_entry *entry = end_of(look, host, pairing->flow, 1, SOCK_CONNECTED);

	if (!entry)
		entry = end_of(look, host, pairing->flow, 1, SOCK_CLOSE_WAIT);
	return entry && entry->receive_queue && event_from(pairing->flow, 0, EVENT_MESSAGE);
}

/* The connection whose words lie unread, where an answer is missing: there, or, if nothing was asked there so far, on
 * another one to the same host. */
static const struct pairing *unread_pairing(const struct look *look)
{
	const struct pairing *lacking;

	if (!missing_answer(look, &lacking) || lacking->flow->transport != TRANSPORT_TCP)
		return NULL;
	if (event_from(lacking->flow, 0, EVENT_MESSAGE))
		return lies_unread(look, lacking) ? lacking : NULL;
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		if (pairing->entry && pairing->flow && !pairing->view && pairing->flow->transport == TRANSPORT_TCP &&
		    !strcmp(pairing->entry->flow.target.host, lacking->entry->flow.target.host) && lies_unread(look, pairing))
			return pairing;
	}
	return NULL;
}

bool find_accepted_not_read(const struct look *look)
{
	const struct pairing *pairing = unread_pairing(look);
	const struct call *waiting, *made;
	const char *host;

	if (!pairing)
		return false;
	host = pairing->entry->flow.target.host;
	made = call_that_opened(look, pairing, 1);
	waiting = call_waiting(look, scene_student(look->scene, host));
	blame(look, waiting);
	say_seen(look, "%s has accepted the connection of %s; what %s said lies there unread.", host,
	         name_at(look, &pairing->flow->address[0]), name_at(look, &pairing->flow->address[0]));
	if (waiting && waiting->kind == CALL_ACCEPT && waiting->line[0] && made && made->line[0] &&
	    strcmp(made->line, waiting->line)) {
		say_means(look, "accept() at %s took this connection. The program then called accept() again, at %s, and waits there for "
		                "another caller.", made->line, waiting->line);
		say_next(look, "One accept() for each caller: then recv() and send() on what it returned.");
		return true;
	}
	if (waiting ? tell_waiting(look, waiting) : tell_turning(look, scene_student(look->scene, host)))
		return true;
	if (made && call_with_another(look, waiting, made)) {
		say_means(look, "The program sits in %s()%s%s, on another connection, and does not come to this one.",
		          call_word(waiting->kind), waiting->line[0] ? " at " : "", waiting->line);
		say_next(look, "Why does that call not return? Until it does, nobody else is served.");
		return true;
	}
	say_means(look, "No recv() has taken it from the socket that accept() returned. On the listening socket recv() "
	                "fails (ENOTCONN): that one only receives connections.");
	say_next(look, "Keep what accept() returns: recv() and send() want that number, and not the listener's.");
	return true;
}

/* The first end that the trace lists, in order; NULL: none. */
static const struct item *first_end(const struct expected_flow *flow)
{
	for (size_t i = 0; i < flow->item_count; i++)
		if (flow->items[i].kind == ITEM_FIN)
			return &flow->items[i];
	return NULL;
}

/* The last recv() on SIDE's socket; NULL: none, or not known. */
static const struct call *last_recv(const struct look *look, const struct pairing *pairing, int side)
{
	const struct call *made = call_that_opened(look, pairing, side), *call = NULL, *last = NULL;

	while (made && (call = call_on(look, made, call, CALLS_RECEIVE)))
		last = call;
	return last;
}

/* Where RECEIVED (NULL: none) returned 0 since its own program had shut the socket for reading: says so. */
static bool say_shut_reading(const struct look *look, const struct call *received)
{
	const struct call *made = received && call_succeeded(received) && !received->result ? call_that_made(look, received) : NULL;
	const struct call *shut = NULL;

	while (made && (shut = call_on(look, made, shut, CALLS(CALL_SHUTDOWN))) && shut < received)
		if (call_succeeded(shut) && shut->value != SHUT_WR) {
			say_means(look, "recv() returned 0 because of shutdown() at %s, with %s: after that it does so at once, whether "
			                "the other side has ended or not.", shut->line[0] ? shut->line : "an earlier line",
			          shut->value == SHUT_RD ? "SHUT_RD" : "SHUT_RDWR, which ends both directions");
			say_next(look, "Leave that shutdown() out: recv() then returns 0 when the other side has nothing more to say.");
			blame(look, shut);
			return true;
		}
	return false;
}

/* A side of the student's that ended before the other one, which should have been first. */
static bool ended_first(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct item *end = pairing->entry ? first_end(&pairing->entry->flow) : NULL;
		const struct event *mine, *other;
		enum direction back;

		if (!end || !pairing->flow || !pairing->cost || pairing->header & HEADER_REVERSED ||
		    student_sends(look, pairing, end->direction) ||
		    student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE))
			continue;
		back = direction_back(end->direction);
		mine = event_from(pairing->flow, back == DIRECTION_AGAINST, EVENT_FIN);
		other = event_from(pairing->flow, back != DIRECTION_AGAINST, EVENT_FIN);
		if (!mine || !other || mine > other || !student_sends(look, pairing, back))
			continue;
		blame(look, call_that_ended(look, pairing, back == DIRECTION_AGAINST));
		say_seen(look, "%s ended the connection before %s had.", sender_name(look, pairing->entry, back),
		         sender_name(look, pairing->entry, end->direction));
		if (say_shut_reading(look, last_recv(look, pairing, back == DIRECTION_AGAINST)))
			return true;
		say_means(look, "close(), shutdown() or the end of the program came before the other side's end, which recv() tells by "
		                "returning 0. Whoever ends first must be sure that the other side has nothing more to say.");
		say_next(look, "Wait for the other side's end first: recv() until it returns 0, then close().");
		return true;
	}
	return false;
}

/* Whether the opener is expected to say the first thing. */
static bool speaks_first(const struct pairing *pairing)
{
	const struct expected_flow *expected = &pairing->entry->flow;

	return expected->item_count && expected->items[0].kind == ITEM_MESSAGE &&
	       expected->items[0].direction == DIRECTION_ALONG;
}

/* connect() on a socket that was connected already: its -1 was taken for no connection. */
static bool say_connected_again(const struct look *look, const struct pairing *pairing)
{
	const struct call *made = call_that_opened(look, pairing, 0), *call = NULL;

	while (made && (call = call_on(look, made, call, CALLS(CALL_CONNECT))))
		if (call->error == EISCONN) {
			say_means(look, "connect() was called once more on the socket that was connected already, and failed (EISCONN): that -1 "
			                "does not mean that there is no connection.");
			say_next(look, "Call connect() once for each socket; then send().");
			blame(look, call);
			return true;
		}
	return false;
}

/* The first recv() on another socket than the one that MADE made, behind it; NULL: none. */
static const struct call *received_astray(const struct look *look, const struct call *made)
{
	const struct evidence_program *program = &look->scene->evidence.programs[made->program];

	for (const struct call *call = made; (call = call_next(look, call, program, CALLS_RECEIVE)); )
		if (call->process == made->process && call->line[0] && call_that_made(look, call))
			return call;
	return NULL;
}

/* What recv() had said last to SIDE, which took it for the end. False: not known. */
static bool say_last_recv(const struct look *look, const struct pairing *pairing, int side)
{
	const struct call *made = call_that_opened(look, pairing, side), *last = last_recv(look, pairing, side);
	const struct call *ended = call_that_ended(look, pairing, side), *astray = NULL;

	if (!made || !calls_complete(look) || call_has_copies(look, made) || (last && !last->line[0]))
		return false;
	if (!last && (astray = received_astray(look, made))) {
		say_means(look, "%s() at %s got descriptor %d; this connection has %lld, and nobody called recv() on that.",
		          call_word(astray->kind), astray->line, astray->fd, (long long)made->result);
		say_next(look, "Give recv() the socket of this connection, and stay there until what you wait for has come.");
	} else if (!last)
		say_means(look, "It has not called recv() at all. Whoever speaks to somebody who is gone is answered with a reset.");
	else if (last->result > 0)
		say_means(look, "%s() at %s had returned %lld byte%s, and was not called again. That it returns 0 is the only sign that "
		                "no more will come.", call_word(last->kind), last->line, (long long)last->result,
		          last->result == 1 ? "" : "s");
	else if (say_shut_reading(look, last))
		return true;
	else if (!say_impatient(look, last))
		return false;
	if (last || astray)
		blame(look, last ? last : astray);
	else if (ended && ended->kind == CALL_SHUTDOWN)
		blame(look, NULL); /* it was right: what is to blame is what did not follow */
	return true;
}

/* Where it was shutdown() that ended it, and what is to be said of that; false: close(), or the program's end. */
static bool tell_shutdown(const struct look *look, const struct pairing *pairing, int side, const char *host)
{
	const struct call *made = call_that_opened(look, pairing, side);
	const struct call *ended = call_that_ended(look, pairing, side);

	if (!ended || ended->kind != CALL_SHUTDOWN)
		return false;
	if (ended->value != SHUT_WR) {
		say_seen(look, "%s would not read any more before the other side had said everything.", host);
		say_means(look, "shutdown() with SHUT_RD or SHUT_RDWR ends the direction that comes in: recv() returns 0 from then "
		                "on, and what comes may be answered with a reset.");
		say_next(look, "To say that you are done, and still listen: shutdown(s, SHUT_WR).");
		return true;
	}
	if (!event_from(pairing->flow, side, EVENT_RESET)) {
		say_seen(look, "%s said that it is done (FIN) before the other side had said everything.", host);
		say_means(look, "shutdown(s, SHUT_WR) ends your direction. It still listens; but here it came too early.");
		say_next(look, "End the connection when recv() has brought what you wait for.");
		return true;
	}
	/* It said that it is done, which is well, and then left all the same. */
	blame(look, call_on(look, made, ended, CALLS(CALL_CLOSE)));
	return false;
}

bool find_hung_up_early(const struct look *look)
{
	if (ended_first(look))
		return true;
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const char *host;

		int side;

		if (!pairing->entry || !pairing->flow || pairing->view || !pairing->cost)
			continue;
		side = ended_early(look, pairing, 0) ? 0 : 1;
		if (!ended_early(look, pairing, side))
			continue;
		host = host_on(look, pairing, side);
		blame(look, call_that_ended(look, pairing, side));
		if (!side && speaks_first(pairing) && !event_from(pairing->flow, 0, EVENT_MESSAGE)) {
			say_seen(look, "%s opened the connection, said nothing, and closed it.", host);
			if (say_connected_again(look, pairing))
				return true;
			say_means(look, "close() or the end of the program came before send(), or send() failed.");
			say_next(look, "First send(), and look at what it returns; then stay in recv() until what you wait for "
			               "has come.");
			return true;
		}
		if (tell_shutdown(look, pairing, side, host))
			return true;
		say_seen(look, "%s closed the connection before the other side had said everything.", host);
		say_next(look, "Stay in recv() until what you wait for has come.");
		if (!say_last_recv(look, pairing, side))
			say_means(look, "close() (or the end of the program) came too early: whoever speaks into a closed "
			                "connection is answered with a reset.");
		return true;
	}
	return false;
}

/* A connection that a host of the student's reset while it had received bytes, and the socket of it. */
static const struct pairing *reset_by_student(const struct look *look, const struct call **made, int *side)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		for (*side = 0; *side < 2 && pairing->entry && pairing->flow && !pairing->view; (*side)++)
			if (is_student(look, speaker(look, name_at(look, &pairing->flow->address[*side]))) &&
			    event_from(pairing->flow, *side, EVENT_RESET) &&
			    event_from(pairing->flow, !*side, EVENT_MESSAGE) &&
			    (*made = call_that_opened(look, pairing, *side)))
				return pairing;
	}
	return NULL;
}

/* How many bytes the calls took from the socket that MADE made, before ENDED. */
static int64_t bytes_read(const struct look *look, const struct call *made, const struct call *ended)
{
	int64_t sum = 0;

	for (const struct call *call = NULL; (call = call_on(look, made, call, CALLS_RECEIVE)) && call < ended; )
		sum += call->result > 0 ? call->result : 0;
	return sum;
}

static size_t bytes_said(const struct flow *flow, int side)
{
	size_t sum = 0;

	for (size_t i = 0; i < flow->event_count; i++)
		if (flow->events[i].kind == EVENT_MESSAGE && (flow->events[i].direction == DIRECTION_AGAINST) == side)
			sum += flow->events[i].length;
	return sum;
}

/* close() while bytes lay unread: the kernel tells the other side by a reset (RFC 2525, 2.17). */
bool find_closed_unread(const struct look *look)
{
	const struct call *made, *ended;
	const struct pairing *pairing;
	const char *host, *other;
	int side;

	pairing = reset_by_student(look, &made, &side);
	ended = pairing ? call_on(look, made, NULL, CALLS(CALL_CLOSE)) : NULL;
	if (!ended || !calls_complete(look) || call_has_copies(look, made) || call_on(look, made, NULL, CALLS_RECEIVE))
		return false;
	host = speaker(look, name_at(look, &pairing->flow->address[side]));
	other = name_at(look, &pairing->flow->address[!side]);
	say_seen(look, "%s closed the connection without having read what %s had said, and the kernel reset it (RST).", host,
	         other);
	say_means(look, "close() with unread bytes is no quiet end: the other side is told by a reset that they are lost, "
	                "and what was sent may be lost with them.");
	say_next(look, "Call recv() before you close(), until it returns 0.");
	blame(look, ended);
	return true;
}

bool find_short_read(const struct look *look)
{
	const struct call *made, *ended;
	const struct pairing *pairing;
	size_t said;
	int64_t got;
	int side;

	pairing = reset_by_student(look, &made, &side);
	ended = pairing ? call_on(look, made, NULL, CALLS(CALL_CLOSE)) : NULL;
	if (!ended || !calls_complete(look) || call_has_copies(look, made))
		return false;
	said = bytes_said(pairing->flow, !side);
	got = bytes_read(look, made, ended);
	if (got <= 0 || (uint64_t)got >= said)
		return false;
	say_seen(look, "%s read %lld of the %zu bytes that %s had said, and closed.",
	         speaker(look, name_at(look, &pairing->flow->address[side])), (long long)got, said,
	         name_at(look, &pairing->flow->address[!side]));
	say_means(look, "recv() returns what is there, at most as much as it has room for: one call is not one message. The "
	                "rest lay unread, so that close() became a reset (RST).");
	say_next(look, "Call recv() in a loop until the message is whole; before close(), until it returns 0.");
	blame(look, call_on(look, made, NULL, CALLS_RECEIVE));
	return true;
}

bool find_reset_not_fin(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct event *reset;
		const char *host;

		for (int side = 0; side < 2; side++) {
			if (!pairing->entry || !pairing->flow || pairing->view)
				continue;
			host = host_on(look, pairing, side);
			reset = event_from(pairing->flow, side, EVENT_RESET);
			if (!reset || !is_student(look, host) || event_from(pairing->flow, side, EVENT_FIN))
				continue;
			blame(look, call_that_ended(look, pairing, side));
			say_seen(look, "%s ended the connection with a reset (RST) instead of an end (FIN).", host);
			say_means(look, "It closed (or ended) while bytes of the other side were unread, or with SO_LINGER 0: the "
			                "kernel then resets, and what was sent may be lost with it.");
			say_next(look, "Read what the other side has sent before you close: recv() until it returns 0.");
			return true;
		}
	}
	return false;
}

bool find_closed_without_answer(const struct look *look)
{
	const struct pairing *pairing;

	if (!missing_answer(look, &pairing) || pairing->flow->transport != TRANSPORT_TCP ||
	    !event_from(pairing->flow, 1, EVENT_FIN))
		return false;
	blame(look, call_that_ended(look, pairing, 1));
	if (!event_from(pairing->flow, 0, EVENT_MESSAGE)) {
		say_seen(look, "%s ended the connection, and had said nothing.", pairing->entry->flow.target.host);
		say_means(look, "close() or the end of the program came before send(), or send() failed.");
		say_next(look, "First send(), and look at what it returns; then stay in recv() until what you wait for has come.");
		return true;
	}
	say_seen(look, "%s closed the connection without having answered.", pairing->entry->flow.target.host);
	if (!say_impatient(look, last_recv(look, pairing, 1)))
		say_means(look, "close() or the end of the program came, and no send() had sent anything before.");
	say_next(look, "Between recv() and close(): send() the answer on the same connection.");
	return true;
}

/* The recv() that returned 0 on SIDE's socket of PAIRING; NULL: none did, or not known. */
static const struct call *end_told(const struct look *look, const struct pairing *pairing, int side)
{
	const struct call *made = call_that_opened(look, pairing, side), *call = NULL;

	while (made && (call = call_on(look, made, call, CALLS_RECEIVE)))
		if (call_succeeded(call) && !call->result && call->length)
			return call;
	return NULL;
}

/* accept() made a descriptor, the program went on to accept() the next, and nobody closed the first. */
bool find_descriptor_leaked(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count && calls_complete(look); i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_FIN);
		const struct call *made, *next;
		const char *host;

		if (!step || pairing->view || step->item->direction != DIRECTION_AGAINST || says_extra(look, pairing) ||
		    student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE) || lacks_late_message(look, pairing))
			continue;
		host = pairing->entry->flow.target.host;
		made = call_that_opened(look, pairing, 1);
		if (!made || call_has_copies(look, made) ||
		    call_on(look, made, NULL, CALLS(CALL_CLOSE) | CALLS(CALL_SHUTDOWN)) || end_told(look, pairing, 1))
			continue;
		next = call_next(look, made, scene_student(look->scene, host), CALLS(CALL_ACCEPT));
		if (!next || next->process != made->process)
			continue;
		say_seen(look, "accept() gave %s descriptor %lld for the connection of %s; it went on to the next accept(), and "
		               "%lld was never closed.", host, (long long)made->result,
		         name_at(look, &pairing->flow->address[0]), (long long)made->result);
		say_means(look, "Each accept() makes a new descriptor, and only close() gives it back and tells the other side "
		                "that nothing more comes. A server that keeps them runs out of them.");
		say_next(look, "close() what accept() returned when its talk is over, before you go back to accept().");
		blame(look, made);
		return true;
	}
	return false;
}

/* The other side's end was received (the queue is empty: of an end that waits there the kernel
 * counts one byte), and the socket is still open. */
bool find_end_ignored(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_FIN);
		const struct evidence_program *program;
		const struct sock_entry *entry;
		const struct call *told;
		const char *host;
		int side;

		if (!step || student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE) ||
		    lacks_late_message(look, pairing) || says_extra(look, pairing))
			continue;
		side = step->item->direction == DIRECTION_AGAINST;
		host = sender_name(look, pairing->entry, step->item->direction);
		program = scene_student(look->scene, host);
		entry = end_of(look, host, pairing->flow, side, SOCK_CLOSE_WAIT);
		if (!entry || entry->receive_queue || !program || program->end != PROGRAM_RUNNING)
			continue;
		told = end_told(look, pairing, side);
		say_seen(look, "%s has ended the connection%s, and %s's side is still open.",
		         sender_name(look, pairing->entry, side ? DIRECTION_ALONG : DIRECTION_AGAINST),
		         told ? ", recv() told so by returning 0" : "", host);
		blame(look, told);
		say_means(look, "0 from recv() is no error and no message: it says that nothing more will come. close() did not follow, or "
		                "not everywhere: after fork() parent and child each have the connection, and both must close it.");
		say_next(look, "Leave the loop when recv() returns 0, and close() that connection.");
		return true;
	}
	return false;
}

/* Whether HOST's program has its SIDE of FLOW, and has not closed it: one that leads packets on, in its host's name, has
 * none. */
static bool holds(const struct look *look, const char *host, const struct flow *flow, int side)
{
	const struct sock_entry *entry = end_of(look, host, flow, side, SOCK_CONNECTED), *own;
	size_t count;

	entry = entry ? entry : end_of(look, host, flow, side, SOCK_CLOSE_WAIT);
	own = scene_sockets(look->scene, host, &count);
	return entry && (!is_student(look, host) || (entry >= own && entry < own + count));
}

/* PROGRAM's last socket call, where it runs and is in none: it sleeps, or computes. NULL: not so, or not known. */
static const struct call *last_before_pause(const struct look *look, const struct evidence_program *program)
{
	const struct call *last = program && program->end == PROGRAM_RUNNING && calls_complete(look) &&
	                          !call_waiting(look, program) ? call_last(look, program) : NULL;

	return last && last->line[0] ? last : NULL;
}

/* Why SIDE of PAIRING, which HOST has, is open. */
static void say_why_open(const struct look *look, const struct pairing *pairing, int side, const char *host)
{
	const struct evidence_program *program = scene_student(look->scene, host);
	const struct call *waiting = call_waiting(look, program), *last = last_before_pause(look, program);

	if (waiting && CALLS_RECEIVE & CALLS(waiting->kind) && waiting->line[0]) {
		say_means(look, "It waits in %s() at %s for more, or for the end of the other side. That one has no more to say, and "
		                "waits for the end of this side.", call_word(waiting->kind), waiting->line);
		blame(look, waiting);
	} else if (last) {
		say_means(look, "Its last socket call was %s() at %s. Since then it was in none: it sleeps (sleep() counts in whole "
		                "seconds), or computes, or waits for a key, and has not come to close().", call_word(last->kind), last->line);
		blame(look, last);
	} else if (call_that_ended(look, pairing, side)) {
		say_means(look, "close() was called, and somebody else still has the connection: after fork() parent and child each have "
		                "it, and both must close it.");
	} else {
		say_means(look, "close() was not called on it: the other side cannot know that nothing more comes, and the "
		                "descriptor is lost to the program.");
	}
}

bool find_never_closed(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_FIN);
		const char *host;
		int side;

		if (!step || student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE) ||
		    lacks_late_message(look, pairing) || says_extra(look, pairing))
			continue;
		side = step->item->direction == DIRECTION_AGAINST;
		host = sender_name(look, pairing->entry, step->item->direction);
		if (event_from(pairing->flow, side, EVENT_FIN) || event_from(pairing->flow, side, EVENT_RESET) ||
		    !holds(look, host, pairing->flow, side))
			continue;
		if (pairing->flow->spoken)
			say_seen(look, "All was said, and %s did not close the connection.", host);
		else
			say_seen(look, "%s has a connection with %s, and did not close it.", host,
			         sender_name(look, pairing->entry, direction_back(step->item->direction)));
		say_why_open(look, pairing, side, host);
		say_next(look, "Call close() on the connection when the talk is over; when the other side ends first, recv() "
		               "tells you by returning 0.");
		return true;
	}
	return false;
}
