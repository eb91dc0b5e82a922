/* diagnose_http.c - diagnoses about HTTP written by hand: lines, an empty line, a length.
 *
 * They look only at flows whose trace is HTTP, and read what was really said there (RFC 9112), not how it
 * differs from the trace: a header that never ends is one whatever was expected. */
#include "http.h"

#include <string.h>

/* ---- the form of a message ---- */

static bool lacks_first_line(const struct http *http, const struct side *side)
{
	return side->answers ? !http_is_answer(http->all) : !http_find_text(http->line, " HTTP/1.");
}

bool find_first_line_missing(const struct look *look)
{
	struct side side;
	struct http http;

	if (!http_find_said(look, lacks_first_line, &side, &http))
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

	if (!http_find_said(look, has_bare, &side, &http))
		return false;
	say_seen(look, "The header of %s's %s has a line that ends in \"\\n\" alone: %s.", side.host, http_what(&side),
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

	if (!http_find_said(look, never_ended, &side, &http))
		return false;
	say_seen(look, "The header of %s's %s never ends: there is no empty line in it.", side.host, http_what(&side));
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

/* Whether the message was over, as the trace has it, where these bytes follow: then they are no body at all. */
static bool is_behind_the_end(const struct look *look, const struct side *side, const struct http *http)
{
	bool found = false;

	for (size_t i = 0; i < side->pairing->step_count && !found; i++) {
		const struct match_step *step = &side->pairing->steps[i];
		struct text wanted = {0};

		if (step->status != STEP_MATCHED || step->item->kind != ITEM_MESSAGE ||
		    step->item->direction != side->direction)
			continue;
		wanted_text(look, step->item, &wanted);
		found = wanted.length == http->header && !memcmp(wanted.data, http->all.at, wanted.length);
		text_free(&wanted);
	}
	return found;
}

/* A line of the header that says a length under another name; length 0: none. */
static struct bytes misnamed_length(const struct http *http)
{
	struct bytes header = {http->all.at, http->header}, line;

	for (size_t at = http_next_line(header, 0); at < header.length; at = http_next_line(header, at)) {
		line = http_line_at(header, at);
		if (http_find_text(line, "ength") || http_find_text(line, "ENGTH") || http_find_text(line, "enght"))
			return line;
	}
	return (struct bytes){NULL, 0};
}

bool find_length_missing(const struct look *look)
{
	struct side side;
	struct http http;
	struct bytes line;

	if (!http_find_said(look, lacks_length, &side, &http))
		return false;
	if (is_behind_the_end(look, &side, &http) && !http_begins(http_status_of(&http), "204"))
		return false;
	line = misnamed_length(&http);
	if (line.length) {
		say_seen(look, "%s's %s has a body of %zu byte%s, and its header has the line %s, which is no Content-Length.",
		         side.host, http_what(&side), http.body, http.body == 1 ? "" : "s", quote(line.at, line.length));
		say_means(look, "%s looks for a line that begins with \"Content-Length:\", and passes over all that it does not know.",
		          side.other);
		say_next(look, "Write Content-Length, with the hyphen, the colon right behind it, and then the number.");
		return true;
	}
	say_seen(look, "%s's %s has a body of %zu byte%s, and no line in its header says so.", side.host, http_what(&side),
	         http.body, http.body == 1 ? "" : "s");
	if (http_begins(http_status_of(&http), "204")) {
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

	if (http_find_said(look, has_body, &side, &http) || !http_find_said(look, lacks_body, &side, &http))
		return false;
	say_seen(look, "%s's %s announces a body of %lu bytes, and none follows.", side.host, http_what(&side), http.length);
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

	if (!http_find_said(look, announces_too_much, &side, &http))
		return false;
	say_seen(look, "%s's %s announces %lu bytes (Content-Length) and has %zu.", side.host, http_what(&side), http.length,
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
	return side->answers ? !http_is_answer(rest) : !http_find_text(http_line_at(rest, 0), " HTTP/1.");
}

bool find_length_too_small(const struct look *look)
{
	struct side side;
	struct http http;

	if (!http_find_said(look, announces_too_little, &side, &http))
		return false;
	say_seen(look, "%s's %s announces %lu bytes (Content-Length) and has %zu.", side.host, http_what(&side), http.length,
	         http.body);
	say_means(look, "%s takes %lu bytes for the body. The rest, %s, it takes for the beginning of the next %s.",
	          side.other, http.length, quote(http.all.at + http.header + http.length, http.body - http.length),
	          http_what(&side));
	say_next(look, "Count the very bytes that you send as the body, and send no more than that.");
	return true;
}
