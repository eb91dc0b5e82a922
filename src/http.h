/* http.h - HTTP written by hand, as it was really said on a flow (RFC 9112), for the diagnoses about it. */
#ifndef WINDSOCK_HTTP_H
#define WINDSOCK_HTTP_H

#include "diagnose_parts.h"

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

/* Where TEXT stands in it, or NULL. */
const void *http_find_text(struct bytes in, const char *text);
bool http_begins(struct bytes bytes, const char *text);
/* The line from AT on, without its end; and where the next one begins. */
struct bytes http_line_at(struct bytes in, size_t at);
size_t http_next_line(struct bytes in, size_t at);
struct http http_read(struct bytes all);
/* The header has ended, and as many bytes of the body came as it announces. */
bool http_is_whole(const struct http *http);
bool http_is_answer(struct bytes bytes);
/* "200 OK" of "HTTP/1.1 200 OK"; empty for a request. */
struct bytes http_status_of(const struct http *http);
/* The N-th side, of all flows, that is the student's and went wrong as HTTP. False: there are no more. */
bool http_side_at(const struct look *look, size_t n, struct side *side);
/* "answer" or "request". */
const char *http_what(const struct side *side);

/* The first message of the student's that TEST fits. */
typedef bool http_test(const struct http *http, const struct side *side);
bool http_find_said(const struct look *look, http_test *test, struct side *side, struct http *http);

#endif
