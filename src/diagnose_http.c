/* diagnose_http.c - diagnoses about HTTP written by hand: lines, an empty line, a length.
 *
 * They look only at flows whose trace is HTTP, and read what was really said there (RFC 9112), not how it
 * differs from the trace: a header that never ends is one whatever was expected. */
#include "diagnose_parts.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What one side said before the other one spoke, as HTTP. */
struct http {
	struct bytes all;
	struct bytes line;    /* the first, without its end */
	size_t header;        /* bytes of the header with its empty line; 0: it never ended */
	bool bare;            /* a line of the header ends in "\n" alone */
	bool counted;         /* there is a Content-Length */
	unsigned long length; /* that */
	size_t body;          /* bytes behind the header */
};

/* One side of one flow, as a diagnosis looks at it. */
struct side {
	const struct pairing *pairing;
	enum direction direction; /* of what it says */
	const char *host, *other;
	bool answers;             /* it was called, so it answers */
};

static const void *find_text(struct bytes in, const char *text)
{
	return in.length ? memmem(in.at, in.length, text, strlen(text)) : NULL;
}

static bool begins(struct bytes bytes, const char *text)
{
	return bytes.length >= strlen(text) && !memcmp(bytes.at, text, strlen(text));
}

static size_t header_length(struct bytes all)
{
	const uint8_t *crlf = find_text(all, "\r\n\r\n"), *lf = find_text(all, "\n\n");

	if (lf && (!crlf || lf < crlf))
		return (size_t)(lf - all.at) + 2;
	return crlf ? (size_t)(crlf - all.at) + 4 : 0;
}

static bool has_bare_newline(struct bytes header)
{
	for (size_t i = 0; i < header.length; i++)
		if (header.at[i] == '\n' && (!i || header.at[i - 1] != '\r'))
			return true;
	return false;
}

/* The line from AT on, without its end. */
static struct bytes line_at(struct bytes in, size_t at)
{
	const uint8_t *end = at < in.length ? memchr(in.at + at, '\n', in.length - at) : NULL;
	size_t stop = end ? (size_t)(end - in.at) : in.length;

	if (stop > at && in.at[stop - 1] == '\r')
		stop--;
	return (struct bytes){in.at + at, stop - at};
}

/* Where the line behind the one at AT begins. */
static size_t next_line(struct bytes in, size_t at)
{
	const uint8_t *end = at < in.length ? memchr(in.at + at, '\n', in.length - at) : NULL;

	return end ? (size_t)(end - in.at) + 1 : in.length;
}

static void read_length(struct http *http, struct bytes header)
{
	static const char name[] = "Content-Length:";

	for (size_t at = next_line(header, 0); at < header.length; at = next_line(header, at)) {
		struct bytes line = line_at(header, at);
		char digits[24] = "";

		if (line.length < sizeof name - 1 || strncasecmp((const char *)line.at, name, sizeof name - 1) != 0)
			continue;
		line.at += sizeof name - 1;
		line.length -= sizeof name - 1;
		memcpy(digits, line.at, line.length < sizeof digits ? line.length : sizeof digits - 1);
		http->counted = true;
		http->length = strtoul(digits, NULL, 10);
		return;
	}
}

static struct http read_http(struct bytes all)
{
	struct http http = {.all = all, .line = line_at(all, 0), .header = header_length(all)};
	struct bytes header = {all.at, http.header ? http.header : all.length};

	http.bare = has_bare_newline(header);
	http.body = all.length - header.length;
	read_length(&http, header);
	return http;
}

static bool is_whole(const struct http *http)
{
	return http->header && http->body >= http->length;
}

static bool is_answer(struct bytes bytes)
{
	return begins(bytes, "HTTP/");
}

/* "200 OK" of "HTTP/1.1 200 OK"; empty for a request. */
static struct bytes status_of(const struct http *http)
{
	const uint8_t *space = is_answer(http->line) ? memchr(http->line.at, ' ', http->line.length) : NULL;

	if (!space)
		return (struct bytes){NULL, 0};
	return (struct bytes){space + 1, http->line.length - (size_t)(space + 1 - http->line.at)};
}

static bool is_http(const struct look *look, const struct entry *entry)
{
	bool found = false;

	for (size_t i = 0; i < entry->flow.item_count && !found; i++) {
		struct text text = {0};

		wanted_text(look, &entry->flow.items[i], &text);
		found = find_text((struct bytes){(const uint8_t *)text_string(&text), text.length}, "HTTP/1.") != NULL;
		text_free(&text);
	}
	return found;
}

/* The N-th side, of all flows, that is the student's and went wrong as HTTP. False: there are no more. */
static bool side_at(const struct look *look, size_t n, struct side *side)
{
	for (size_t i = 0; i < look->match->pairing_count; i++)
		for (int against = 0; against < 2; against++) {
			const struct pairing *pairing = pairing_at(look, i);
			enum direction direction = against ? DIRECTION_AGAINST : DIRECTION_ALONG;
			enum direction back = against ? DIRECTION_ALONG : DIRECTION_AGAINST;

			if (!pairing->entry || !pairing->flow || pairing->view || !pairing->cost ||
			    pairing->header & HEADER_REVERSED || pairing->flow->transport != TRANSPORT_TCP ||
			    !is_http(look, pairing->entry) || !student_sends(look, pairing, direction) || n--)
				continue;
			*side = (struct side){pairing, direction, sender_of(pairing->entry, direction)->host,
			                      sender_of(pairing->entry, back)->host, against};
			return true;
		}
	return false;
}

/* The side's next message from event *AT on, which moves behind it. False: none, or one that was not kept whole. */
static bool next_said(const struct side *side, size_t *at, struct http *http)
{
	while (*at < side->pairing->flow->event_count) {
		const struct event *event = &side->pairing->flow->events[(*at)++];

		if (event->kind != EVENT_MESSAGE || event->direction != side->direction)
			continue;
		*http = read_http((struct bytes){event->bytes, event->kept});
		return event->kept == event->length;
	}
	return false;
}

typedef bool http_test(const struct http *http, const struct side *side);

/* The first message of the student's that TEST fits. */
static bool find_said(const struct look *look, http_test *test, struct side *side, struct http *http)
{
	for (size_t n = 0; side_at(look, n, side); n++)
		for (size_t at = 0; next_said(side, &at, http);)
			if (test(http, side))
				return true;
	return false;
}

static const char *what(const struct side *side)
{
	return side->answers ? "answer" : "request";
}

/* ---- the form of a message ---- */

static bool lacks_first_line(const struct http *http, const struct side *side)
{
	return side->answers ? !is_answer(http->all) : !find_text(http->line, " HTTP/1.");
}

bool find_first_line_missing(const struct look *look)
{
	struct side side;
	struct http http;

	if (!find_said(look, lacks_first_line, &side, &http))
		return false;
	if (side.answers) {
		say_seen(look, "%s's answer begins with %s; an answer of HTTP begins with a line such as "
		               "\"HTTP/1.1 200 OK\".", side.host, quote(http.line.at, http.line.length));
		say_means(look, "Without that line the client cannot tell whether it got what it asked for, and takes what "
		                "comes first for the header.");
		say_next(look, "Send the status line, the header's other lines, an empty line, and only then the body.");
	} else {
		say_seen(look, "%s's request begins with %s; a request of HTTP begins with a line such as "
		               "\"GET /lamps/17 HTTP/1.1\".", side.host, quote(http.line.at, http.line.length));
		say_means(look, "The first line has three words: the method, the path, the version of HTTP. The server reads "
		                "from the version which rules hold for all that follows.");
		say_next(look, "Write all three words into the first line, with one space between them.");
	}
	return true;
}

static bool has_bare(const struct http *http, const struct side *side)
{
	(void)side;
	return http->bare;
}

bool find_bare_newline(const struct look *look)
{
	struct side side;
	struct http http;

	if (!find_said(look, has_bare, &side, &http))
		return false;
	say_seen(look, "The header of %s's %s has a line that ends in \"\\n\" alone: %s.", side.host, what(&side),
	         quote(http.all.at, http.all.length));
	say_means(look, "In HTTP a line of the header ends in two bytes, \"\\r\\n\", and so the empty line is \"\\r\\n\" "
	                "too: the other side waits for \"\\r\\n\\r\\n\".");
	say_next(look, "Write \\r\\n wherever a line of the header ends. In the body no byte is special.");
	return true;
}

static bool never_ended(const struct http *http, const struct side *side)
{
	(void)side;
	return !http->header;
}

bool find_header_not_ended(const struct look *look)
{
	struct side side;
	struct http http;

	if (!find_said(look, never_ended, &side, &http))
		return false;
	say_seen(look, "The header of %s's %s never ends: there is no empty line in it.", side.host, what(&side));
	say_means(look, "%s cannot know that no line follows, and waits for more. The header ends with an empty line: "
	                "behind the last line's own \"\\r\\n\" one more \"\\r\\n\".", side.other);
	say_next(look, "Let the header end in \"\\r\\n\\r\\n\", also when no body follows.");
	return true;
}

static bool lacks_length(const struct http *http, const struct side *side)
{
	(void)side;
	return http->header && http->body && !http->counted;
}

bool find_length_missing(const struct look *look)
{
	struct side side;
	struct http http;

	if (!find_said(look, lacks_length, &side, &http))
		return false;
	say_seen(look, "%s's %s has a body of %zu byte%s, and no line in its header says so.", side.host, what(&side),
	         http.body, http.body == 1 ? "" : "s");
	if (begins(status_of(&http), "204")) {
		say_means(look, "An answer 204 never has a body (\"No Content\"): the client takes these bytes for the beginning of "
		                "the next answer. (sizeof counts the NUL that ends a C string: one byte too many.)");
		say_next(look, "Send nothing behind the empty line of a 204.");
		return true;
	}
	say_means(look, side.answers ? "On a connection that stays open the client cannot tell where this body ends and the "
	                               "next answer begins."
	                             : "Without Content-Length a request has no body: the server takes these bytes for the "
	                               "beginning of the next request.");
	say_next(look, "Put a line \"Content-Length: %zu\\r\\n\" into the header, with the number counted by the program.",
	         http.body);
	return true;
}

static bool lacks_body(const struct http *http, const struct side *side)
{
	(void)side;
	return http->header && http->length && !http->body;
}

static bool has_body(const struct http *http, const struct side *side)
{
	(void)side;
	return http->header && http->body;
}

bool find_body_missing(const struct look *look)
{
	struct side side;
	struct http http;

	if (find_said(look, has_body, &side, &http) || !find_said(look, lacks_body, &side, &http))
		return false;
	say_seen(look, "%s's %s announces a body of %lu bytes, and none follows.", side.host, what(&side), http.length);
	say_means(look, "%s has read the header and waits for %lu bytes. Either the body was not sent, or there is none and "
	                "the number should be 0.", side.other, http.length);
	say_next(look, "Send the body behind the empty line, and let Content-Length be the number of just its bytes.");
	return true;
}

static bool announces_too_much(const struct http *http, const struct side *side)
{
	(void)side;
	return http->header && http->body < http->length;
}

bool find_length_too_large(const struct look *look)
{
	struct side side;
	struct http http;

	if (!find_said(look, announces_too_much, &side, &http))
		return false;
	say_seen(look, "%s's %s announces %lu bytes (Content-Length) and has %zu.", side.host, what(&side), http.length,
	         http.body);
	say_means(look, "%s waits for %lu more, which never come. %s", side.other, http.length - http.body,
	          http.length == sizeof(void *)
	                  ? "8 is also what sizeof gives for a pointer (char *), however long the text is."
	                  : "Only the bytes behind the empty line count: not the header, not the rest of a buffer, and not "
	                    "the NUL that ends a C string.");
	say_next(look, "Count the very bytes that you send as the body.");
	return true;
}

static bool announces_too_little(const struct http *http, const struct side *side)
{
	struct bytes rest = {http->all.at + http->header + http->length, 0};

	if (!http->header || !http->counted || http->body <= http->length)
		return false;
	rest.length = http->body - http->length;
	return side->answers ? !is_answer(rest) : !find_text(line_at(rest, 0), " HTTP/1.");
}

bool find_length_too_small(const struct look *look)
{
	struct side side;
	struct http http;

	if (!find_said(look, announces_too_little, &side, &http))
		return false;
	say_seen(look, "%s's %s announces %lu bytes (Content-Length) and has %zu.", side.host, what(&side), http.length,
	         http.body);
	say_means(look, "%s takes %lu bytes for the body. The rest, %s, it takes for the beginning of the next %s.",
	          side.other, http.length, quote(http.all.at + http.header + http.length, http.body - http.length),
	          what(&side));
	say_next(look, "Count the very bytes that you send as the body, and send no more than that.");
	return true;
}

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
		*part = read_http((struct bytes){(const uint8_t *)text_string(text), text->length});
		*heard = text->length;
		if ((text->length && !is_whole(part)) || (!text->length && !i && side->answers))
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

	for (size_t n = 0; side_at(look, n, &side) && !found; n++) {
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

	for (size_t n = 0; side_at(look, n, &side); n++) {
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

/* ---- what was answered ---- */

bool find_status_ignored(const struct look *look)
{
	struct side side;

	for (size_t n = 0; side_at(look, n, &side); n++)
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
			http = read_http((struct bytes){before->bytes, before->kept});
			if (!begins(status_of(&http), "4") && !begins(status_of(&http), "5"))
				continue;
			say_seen(look, "%s answered %s, and %s went on as if it had got what it asked for.", side.other,
			         quote(status_of(&http).at, status_of(&http).length), side.host);
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
	for (size_t n = 0; side_at(look, n, side); n++) {
		const struct match_step *step = student_step(look, side->pairing, STEP_WRONG, ITEM_MESSAGE);

		if (!step || step->item->direction != side->direction)
			continue;
		wanted_text(look, step->item, text);
		*seen = read_http(seen_bytes(side->pairing, step));
		*wanted = read_http((struct bytes){(const uint8_t *)text_string(text), text->length});
		return seen->header && wanted->header;
	}
	return false;
}

static bool same(struct bytes a, struct bytes b)
{
	return a.length == b.length && (!a.length || !memcmp(a.at, b.at, a.length));
}

bool find_wrong_status(const struct look *look)
{
	struct side side;
	struct http seen = {0}, wanted = {0};
	struct text text = {0};
	bool found = compare(look, &side, &seen, &wanted, &text) && side.answers && status_of(&wanted).length &&
	             !same(status_of(&seen), status_of(&wanted));

	if (found) {
		say_seen(look, "%s answered %s; here %s is due.", side.host, quote(status_of(&seen).at, status_of(&seen).length),
		         quote(status_of(&wanted).at, status_of(&wanted).length));
		say_means(look, begins(status_of(&wanted), "204")
		                        ? "204 says: I have it, and there is nothing to tell; so no body follows, and no "
		                          "Content-Length. Whoever calls a hook looks at that number."
		                        : "The first line tells the client how its request went: \"200 OK\" when there is something at that "
		                "path, \"404 Not Found\" when there is nothing, or nothing any more.");
		say_next(look, "Which method and which path had this request? Follow it through your program's branches.");
	}
	text_free(&text);
	return found;
}

/* The first line of the headers that differs; false: all are alike, but for lengths: those are the bodies' business. */
static bool differing_line(const struct http *seen, const struct http *wanted, struct bytes *mine, struct bytes *due)
{
	size_t a = 0, b = 0;

	while (a < seen->header || b < wanted->header) {
		*mine = line_at((struct bytes){seen->all.at, seen->header}, a);
		*due = line_at((struct bytes){wanted->all.at, wanted->header}, b);
		if (!same(*mine, *due) && !(begins(*mine, "Content-Length:") && begins(*due, "Content-Length:")))
			return true;
		a = next_line((struct bytes){seen->all.at, seen->header}, a);
		b = next_line((struct bytes){wanted->all.at, wanted->header}, b);
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
		say_seen(look, "The header of %s's %s has %s where this lesson asks for %s.", side.host, what(&side),
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
		found = !same(mine, due) && seen.body && wanted.body;
	}
	if (found) {
		say_seen(look, "The body of %s's %s is %s; here %s is due.", side.host, what(&side),
		         quote(mine.at, mine.length), quote(due.at, due.length));
		say_means(look, side.answers ? "It is well-formed, but it is not what is at that path now: an earlier text, or one "
		                               "that was posted and not kept as it came."
		                             : "It is well-formed, but it is another text than the one that is due: only a part of it, "
		                               "perhaps, or another argument's.");
		say_next(look, "Print the text where it comes from and where it is sent: where do the two part?");
	}
	text_free(&text);
	return found;
}

/* ---- the connection ---- */

/* The other side's only message so far is whole; the side has read it and waits, with the connection open. */
static bool waits_though_whole(const struct look *look, const struct side *side, struct http *http)
{
	const struct flow *flow = side->pairing->flow;
	const struct evidence_program *program = scene_student(look->scene, side->host);
	const struct sock_entry *entry = end_of(look, side->host, flow, side->answers, SOCK_CONNECTED);
	size_t said = flow->messages[side->direction == DIRECTION_ALONG ? 0 : 1];
	struct text text = {0};
	bool whole;

	if (said != (side->answers ? 0 : 1) || !entry || entry->receive_queue || !program ||
	    program->end != PROGRAM_RUNNING)
		return false;
	heard_before(side, flow->event_count, &text);
	*http = read_http((struct bytes){(const uint8_t *)text_string(&text), text.length});
	whole = text.length && is_whole(http);
	text_free(&text);
	return whole;
}

bool find_length_not_used(const struct look *look)
{
	struct side side;
	struct http http;

	for (size_t n = 0; side_at(look, n, &side); n++) {
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
	*http = read_http((struct bytes){(const uint8_t *)text_string(text), text->length});
	return text->length && is_whole(http);
}

bool find_request_unanswered(const struct look *look)
{
	struct side side;
	struct http http = {0};
	struct text text = {0};
	bool found = false;

	for (size_t n = 0; !found && side_at(look, n, &side); n++)
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

	for (size_t n = 0; side_at(look, n, &side); n++) {
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
