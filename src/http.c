/* http.c - see http.h. */
#include "http.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

const void *http_find_text(struct bytes in, const char *text)
{
	return in.length ? memmem(in.at, in.length, text, strlen(text)) : NULL;
}

bool http_begins(struct bytes bytes, const char *text)
{
	return bytes.length >= strlen(text) && !memcmp(bytes.at, text, strlen(text));
}

static size_t header_length(struct bytes all)
{
	const uint8_t *crlf = http_find_text(all, "\r\n\r\n"), *lf = http_find_text(all, "\n\n");

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

struct bytes http_line_at(struct bytes in, size_t at)
{
	const uint8_t *end = at < in.length ? memchr(in.at + at, '\n', in.length - at) : NULL;
	size_t stop = end ? (size_t)(end - in.at) : in.length;

	if (stop > at && in.at[stop - 1] == '\r')
		stop--;
	return (struct bytes){in.at + at, stop - at};
}

size_t http_next_line(struct bytes in, size_t at)
{
	const uint8_t *end = at < in.length ? memchr(in.at + at, '\n', in.length - at) : NULL;

	return end ? (size_t)(end - in.at) + 1 : in.length;
}

static void read_length(struct http *http, struct bytes header)
{
	static const char name[] = "Content-Length:";

	for (size_t at = http_next_line(header, 0); at < header.length; at = http_next_line(header, at)) {
		struct bytes line = http_line_at(header, at);
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

struct http http_read(struct bytes all)
{
	struct http http = {.all = all, .line = http_line_at(all, 0), .header = header_length(all)};
	struct bytes header = {all.at, http.header ? http.header : all.length};

	http.bare = has_bare_newline(header);
	http.body = all.length - header.length;
	read_length(&http, header);
	return http;
}

bool http_is_whole(const struct http *http)
{
	return http->header && http->body >= http->length;
}

bool http_is_answer(struct bytes bytes)
{
	return http_begins(bytes, "HTTP/");
}

struct bytes http_status_of(const struct http *http)
{
	const uint8_t *space = http_is_answer(http->line) ? memchr(http->line.at, ' ', http->line.length) : NULL;

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
		found = http_find_text((struct bytes){(const uint8_t *)text_string(&text), text.length}, "HTTP/1.") != NULL;
		text_free(&text);
	}
	return found;
}

bool http_side_at(const struct look *look, size_t n, struct side *side)
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
		*http = http_read((struct bytes){event->bytes, event->kept});
		return event->kept == event->length;
	}
	return false;
}

bool http_find_said(const struct look *look, http_test *test, struct side *side, struct http *http)
{
	for (size_t n = 0; http_side_at(look, n, side); n++)
		for (size_t at = 0; next_said(side, &at, http);)
			if (test(http, side))
				return true;
	return false;
}

const char *http_what(const struct side *side)
{
	return side->answers ? "answer" : "request";
}
