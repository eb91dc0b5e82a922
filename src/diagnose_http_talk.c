/* diagnose_http_talk.c - diagnoses about a talk in HTTP: when something was said, what was answered, and whether the
 * connection was kept. */
#include "http.h"

#include <string.h>

/* ---- when it was said ---- */

/* Puts all that the other side had said since the side spoke last, up to event END, into *HEARD. */
static void heard_before(const struct side *side, size_t end, struct text *heard)
{
	size_t first = end;

	while (first && side->pairing->flow->events[first - 1].direction != side->direction)
		first--;
	for (; first < end; first++)
		if (side->pairing->flow->events[first].kind == EVENT_MESSAGE)
			text_add_bytes(heard, side->pairing->flow->events[first].bytes,
			               side->pairing->flow->events[first].kept);
}

/* The first message of the side, or its end, that came before what it answers was whole; EVENTS: none. */
static size_t too_soon(const struct side *side, size_t *heard, struct http *part, struct text *text)
{
	const struct flow *flow = side->pairing->flow;

	for (size_t i = 0; i < flow->event_count; i++) {
		const struct event *event = &flow->events[i];

		/* Who answers may leave whenever it likes: that is another question. */
		if (event->direction != side->direction || (side->answers && event->kind != EVENT_MESSAGE))
			continue;
		text_free(text);
		heard_before(side, i, text);
		*part = http_read((struct bytes){(const uint8_t *)text_string(text), text->length});
		*heard = text->length;
		if (!side->answers && !http_is_answer(part->all))
			continue; /* what came is no HTTP: it has another reason */
		if ((text->length && !http_is_whole(part)) || (!text->length && !i && side->answers))
			return i;
	}
	return flow->event_count;
}

static void say_too_soon(const struct look *look, const struct side *side, const struct http *part,
                         const struct event *event)
{
	say_seen(look, "%s %s when it had received only %s of the %s.", side->host,
	         event->kind == EVENT_MESSAGE ? "spoke on" : "left", quote(part->all.at, part->all.length),
	         side->answers ? "request" : "answer");
	if (part->header)
		say_means(look, "These are %zu of the %lu bytes of the body: a connection hands out bytes as they "
		                "come, and one recv() need not bring all of them.", part->body, part->length);
	else
		say_means(look, "The header is not over yet: a connection hands out bytes as they come, and one recv() need not "
		                "bring all of them.");
	say_next(look, "Receive in a loop: first until the empty line is there, then until Content-Length bytes are.");
}

bool find_piece_for_whole(const struct look *look)
{
	struct side side;
	bool found = false;

	for (size_t n = 0; http_side_at(look, n, &side) && !found; n++) {
		struct text text = {0};
		struct http part = {0};
		size_t heard = 0, at = too_soon(&side, &heard, &part, &text);

		found = at < side.pairing->flow->event_count && heard;
		if (found)
			say_too_soon(look, &side, &part, &side.pairing->flow->events[at]);
		text_free(&text);
	}
	return found;
}

bool find_answered_unread(const struct look *look)
{
	struct side side;

	for (size_t n = 0; http_side_at(look, n, &side); n++) {
		const struct flow *flow = side.pairing->flow;

		if (!side.answers || !flow->event_count || flow->events[0].kind != EVENT_MESSAGE ||
		    flow->events[0].direction != side.direction)
			continue;
		say_seen(look, "%s answered before it had received a request.", side.host);
		say_means(look, "send() came before recv(). A client may not even notice; but the server cannot know what was "
		                "asked, and if it closes with the request unread, the kernel resets the connection.");
		say_next(look, "After accept(): receive the request until its empty line, and then answer.");
		return true;
	}
	return false;
}

/* How many whole messages FLOW has in DIRECTION, one behind the other; 0: not known. */
static size_t count_messages(const struct flow *flow, enum direction direction)
{
	struct text text = {0};
	struct bytes rest;
	size_t count = 0;

	for (size_t i = 0; i < flow->event_count; i++)
		if (flow->events[i].kind == EVENT_MESSAGE && flow->events[i].direction == direction)
			text_add_bytes(&text, flow->events[i].bytes, flow->events[i].kept);
	rest = (struct bytes){(const uint8_t *)text_string(&text), text.length};
	while (rest.length) {
		struct http http = http_read(rest);
		size_t length = http.header + http.length;

		/* An answer begins with its version: zeros behind the last one, up to the next, are none. */
		if (!http.header || length > rest.length || (direction == DIRECTION_AGAINST && !http_is_answer(rest)))
			break;
		rest.at += length;
		rest.length -= length;
		count++;
	}
	text_free(&text);
	return count;
}

/* More answers than there were requests: one of them is taken for the answer to the next. */
bool find_answered_twice(const struct look *look)
{
	struct side side;

	for (size_t n = 0; http_side_at(look, n, &side); n++) {
		const struct flow *flow = side.pairing->flow;
		size_t answers = side.answers ? count_messages(flow, DIRECTION_AGAINST) : 0;
		size_t requests = count_messages(flow, DIRECTION_ALONG);

		if (!requests || answers <= requests)
			continue;
		say_seen(look, "%s gave %zu answers to %zu request%s.", side.host, answers, requests, requests == 1 ? "" : "s");
		say_means(look, "On a connection that stays open answers are told apart by their order alone: one too many is taken for "
		                "the answer to the next request, and so on with all that follow.");
		say_next(look, "One answer for each request: which branch of the program sends two?");
		return true;
	}
	return false;
}

/* ---- what was answered ---- */

bool find_status_ignored(const struct look *look)
{
	struct side side;

	for (size_t n = 0; http_side_at(look, n, &side); n++)
		for (size_t i = 0; i < side.pairing->step_count && !side.answers; i++) {
			const struct match_step *step = &side.pairing->steps[i];
			const struct event *before;
			struct http http;

			if (step->status != STEP_EXTRA || !step->event || step->offset ||
			    side.pairing->flow->events[step->event].kind != EVENT_MESSAGE ||
			    side.pairing->flow->events[step->event].direction != side.direction)
				continue;
			before = step[0].event ? &side.pairing->flow->events[step->event - 1] : NULL;
			if (!before || before->direction == side.direction || before->kind != EVENT_MESSAGE)
				continue;
			http = http_read((struct bytes){before->bytes, before->kept});
			if (!http_begins(http_status_of(&http), "4") && !http_begins(http_status_of(&http), "5"))
				continue;
			say_seen(look, "%s answered %s, and %s went on as if it had got what it asked for.", side.other,
			         quote(http_status_of(&http).at, http_status_of(&http).length), side.host);
			say_means(look, "The number in the first line says how it went: 2xx is success, 4xx and 5xx are not, and "
			                "the body of such an answer is a note about the failure.");
			say_next(look, "Read the number out of the first line, and go on only when it is 200.");
			return true;
		}
	return false;
}

/* What the student said and what was expected there, both as HTTP. The text is to be freed. */
static bool compare(const struct look *look, struct side *side, struct http *seen, struct http *wanted,
                    struct text *text)
{
	for (size_t n = 0; http_side_at(look, n, side); n++) {
		const struct match_step *step = student_step(look, side->pairing, STEP_WRONG, ITEM_MESSAGE);

		if (!step || step->item->direction != side->direction)
			continue;
		wanted_text(look, step->item, text);
		*seen = http_read(seen_bytes(side->pairing, step));
		*wanted = http_read((struct bytes){(const uint8_t *)text_string(text), text->length});
		return seen->header && wanted->header;
	}
	return false;
}

static bool same(struct bytes a, struct bytes b)
{
	return a.length == b.length && (!a.length || !memcmp(a.at, b.at, a.length));
}

/* The three digits with which a status begins. */
static bool same_number(struct bytes a, struct bytes b)
{
	return a.length >= 3 && b.length >= 3 && !memcmp(a.at, b.at, 3);
}

bool find_wrong_status(const struct look *look)
{
	struct side side;
	struct http seen = {0}, wanted = {0};
	struct text text = {0};
	bool found = compare(look, &side, &seen, &wanted, &text) && side.answers && http_status_of(&wanted).length &&
	             !same(http_status_of(&seen), http_status_of(&wanted));

	if (found) {
		say_seen(look, "%s answered %s; here %s is due.", side.host, quote(http_status_of(&seen).at, http_status_of(&seen).length),
		         quote(http_status_of(&wanted).at, http_status_of(&wanted).length));
		say_means(look, http_begins(http_status_of(&wanted), "204")
		                        ? "204 says: I have it, and there is nothing to tell; so no body follows, and no "
		                          "Content-Length. Whoever calls a hook looks at that number."
		                        : "The first line tells the client how its request went: \"200 OK\" when there is something at that "
		                "path, \"404 Not Found\" when there is nothing, or nothing any more.");
		say_next(look, "Which method and which path had this request? Follow it through your program's branches.");
		if (same_number(http_status_of(&seen), http_status_of(&wanted))) {
			say_means(look, "The number is the right one. The words that belong to it are missing behind it, or are others.");
			say_next(look, "Write the first line as this lesson has it: the version, a space, the number, a space, the words.");
		}
	}
	text_free(&text);
	return found;
}

/* The first line of the headers that differs; false: all are alike, but for lengths: those are the bodies' business. */
static bool differing_line(const struct http *seen, const struct http *wanted, struct bytes *mine, struct bytes *due)
{
	size_t a = 0, b = 0;

	while (a < seen->header || b < wanted->header) {
		*mine = http_line_at((struct bytes){seen->all.at, seen->header}, a);
		*due = http_line_at((struct bytes){wanted->all.at, wanted->header}, b);
		if (!same(*mine, *due) && !(http_begins(*mine, "Content-Length:") && http_begins(*due, "Content-Length:")))
			return true;
		a = http_next_line((struct bytes){seen->all.at, seen->header}, a);
		b = http_next_line((struct bytes){wanted->all.at, wanted->header}, b);
	}
	return false;
}

bool find_wrong_header(const struct look *look)
{
	struct side side;
	struct http seen = {0}, wanted = {0};
	struct text text = {0};
	struct bytes mine, due;
	bool found = compare(look, &side, &seen, &wanted, &text) && differing_line(&seen, &wanted, &mine, &due);

	if (found) {
		say_seen(look, "The header of %s's %s has %s where this lesson asks for %s.", side.host, http_what(&side),
		         mine.length ? quote(mine.at, mine.length) : "its empty line",
		         due.length ? quote(due.at, due.length) : "the empty line");
		say_means(look, "A line is missing, or there is one too many, or a word is another one: perhaps a path or a port "
		                "that is written into the program instead of taken from its arguments.");
		say_next(look, "Compare the header with the expected one line by line; capitals and spaces count here.");
	}
	text_free(&text);
	return found;
}

bool find_wrong_body(const struct look *look)
{
	struct side side;
	struct http seen = {0}, wanted = {0};
	struct text text = {0};
	struct bytes mine, due;
	bool found = compare(look, &side, &seen, &wanted, &text) && !differing_line(&seen, &wanted, &mine, &due) &&
	             !find_hard_coded(look);

	if (found) {
		mine = (struct bytes){seen.all.at + seen.header, seen.body};
		due = (struct bytes){wanted.all.at + wanted.header, wanted.body};
		found = !same(mine, due);
	}
	if (found) {
		say_seen(look, "The body of %s's %s is %s; here %s is due.", side.host, http_what(&side),
		         mine.length ? quote(mine.at, mine.length) : "empty", due.length ? quote(due.at, due.length) : "none");
		say_means(look, !due.length ? "The message that is due has a header, and nothing behind it."
		                : side.answers ? "It is well-formed, but it is not what is at that path now: an earlier text, or one "
		                               "that was posted and not kept as it came."
		                             : "It is well-formed, but it is another text than the one that is due: only a part of it, "
		                               "perhaps, or another argument's.");
		say_next(look, "Print the text where it comes from and where it is sent: where do the two part?");
	}
	text_free(&text);
	return found;
}

/* ---- the connection ---- */

/* Whether the program waits for something else than bytes: for a caller, or in no call of a socket at all. */
static bool is_elsewhere(const struct look *look, const struct evidence_program *program)
{
	return calls_complete(look) && program && !call_waiting_in(look, program, CALLS_RECEIVE | CALLS_WAIT);
}

/* The other side's last message is whole; the side has read it and waits, with the connection open. */
static bool waits_though_whole(const struct look *look, const struct side *side, struct http *http)
{
	const struct flow *flow = side->pairing->flow;
	const struct evidence_program *program = scene_student(look->scene, side->host);
	const struct sock_entry *entry = end_of(look, side->host, flow, side->answers, SOCK_CONNECTED);
	size_t said = flow->messages[side->direction == DIRECTION_ALONG ? 0 : 1];
	struct text text = {0};
	bool whole;

	if ((side->answers ? said != 0 : said < 1) || is_elsewhere(look, program) || !entry || entry->receive_queue || !program ||
	    program->end != PROGRAM_RUNNING)
		return false;
	heard_before(side, flow->event_count, &text);
	*http = http_read((struct bytes){(const uint8_t *)text_string(&text), text.length});
	whole = text.length && http_is_whole(http);
	text_free(&text);
	return whole;
}

bool find_length_not_used(const struct look *look)
{
	struct side side;
	struct http http;

	for (size_t n = 0; http_side_at(look, n, &side); n++) {
		if (!waits_though_whole(look, &side, &http))
			continue;
		say_seen(look, "%s has received the whole %s, a header and %lu bytes of body, and goes on waiting.", side.host,
		         side.answers ? "request" : "answer", http.length);
		say_means(look, "Either send() is missing, or it waits for something that does not come: the end of the connection, which stays open for the "
		                "next request, or a full buffer, or bytes behind the last one.");
		say_next(look, "Stop at the empty line, then receive exactly Content-Length bytes (none when there is no such "
		               "line), and then act.");
		return true;
	}
	return false;
}

/* The last request was read, and is whole; others were answered before. */
static bool is_unanswered(const struct look *look, const struct side *side, struct text *text, struct http *http)
{
	const struct flow *flow = side->pairing->flow;
	const struct evidence_program *program = scene_student(look->scene, side->host);
	const struct sock_entry *entry = end_of(look, side->host, flow, side->answers, SOCK_CONNECTED);

	if (!side->answers || !flow->messages[1] || !entry || entry->receive_queue || !program ||
	    program->end != PROGRAM_RUNNING || event_from(flow, 0, EVENT_FIN) ||
	    student_step(look, side->pairing, STEP_WRONG, ITEM_MESSAGE))
		return false;
	text_free(text);
	heard_before(side, flow->event_count, text);
	*http = http_read((struct bytes){(const uint8_t *)text_string(text), text->length});
	return text->length && http_is_whole(http);
}

bool find_request_unanswered(const struct look *look)
{
	struct side side;
	struct http http = {0};
	struct text text = {0};
	bool found = false;

	for (size_t n = 0; !found && http_side_at(look, n, &side); n++)
		found = is_unanswered(look, &side, &text, &http);
	if (found) {
		say_seen(look, "%s has answered before on this connection, and says nothing to %s.", side.host,
		         quote(http.line.at, http.line.length));
		say_means(look, "The request is whole, and was received. Either no branch of the program answers this method, or "
		                "it waits for a body longer than Content-Length says (none when there is no such line).");
		say_next(look, "Every request gets an answer: follow this one through your program's branches.");
	}
	text_free(&text);
	return found;
}

/* Whether OTHER was opened by the same host behind FLOW's end, with nothing to match it. */
static bool called_again(const struct look *look, const struct side *side)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *other = pairing_at(look, i);

		if (other != side->pairing && other->flow && !other->entry && !other->view &&
		    other->flow->opened_ns > side->pairing->flow->opened_ns &&
		    address_equal(&other->flow->address[0], &side->pairing->flow->address[0]))
			return true;
	}
	return false;
}

/* Whether the trace lets the side end first. */
static bool may_end_first(const struct side *side)
{
	const struct expected_flow *flow = &side->pairing->entry->flow;

	for (size_t i = 0; i < flow->item_count; i++) {
		if (flow->items[i].kind == ITEM_FIN)
			return flow->items[i].direction == side->direction;
		if (flow->items[i].kind == ITEM_ANY_ORDER)
			return true;
	}
	return false;
}

/* The side's end, if it came after a message of its own and before the other side's end. */
static bool ended_between(const struct side *side)
{
	const struct flow *flow = side->pairing->flow;
	const struct event *mine = event_from(flow, side->answers, EVENT_FIN);
	const struct event *theirs = event_from(flow, !side->answers, EVENT_FIN);

	if (!mine)
		mine = event_from(flow, side->answers, EVENT_RESET);
	return mine && (!theirs || mine < theirs) && flow->messages[side->answers];
}

bool find_connection_not_kept(const struct look *look)
{
	struct side side;

	for (size_t n = 0; http_side_at(look, n, &side); n++) {
		bool again = !side.answers && called_again(look, &side);

		if (!ended_between(&side) || (side.answers ? may_end_first(&side) : !again))
			continue;
		if (side.answers) {
			say_seen(look, "%s closed the connection behind its answer, before %s had.", side.host, side.other);
			say_means(look, "In HTTP/1.1 a connection stays open for the next request. Content-Length tells where the "
			                "answer ends: closing is not needed for that, and a request that is under way meets a reset.");
			say_next(look, "After the answer wait for the next request on the same connection; close when recv() returns "
			               "0.");
		} else {
			say_seen(look, "%s closed the connection behind the answer and opened another one for its next request.",
			         side.host);
			say_means(look, "In HTTP/1.1 a connection stays open for the next request; each new one costs three packets "
			                "and a round trip before a word is said.");
			say_next(look, "Call connect() once, send all requests on that socket, and close() after the last answer.");
		}
		return true;
	}
	return false;
}
