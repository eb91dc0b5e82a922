/* diagnose_stream.c - diagnoses about a stream: where a line ends, and where a direction ends. */
#include "diagnose_parts.h"

#include <errno.h>
#include <string.h>

/* ---- lines ---- */

/* What the student said on a connection, line by line, and what it should have said. */
struct lines {
	const struct pairing *pairing;
	const char *host, *other;
	enum direction direction; /* the student's */
	struct text seen, wanted; /* owned: the first line that differs, its newline included; or nothing */
	struct text before;       /* owned: what the other side had said until then */
	struct text rest;         /* owned: all that should have been said from there, without newlines */
	struct text pieces;       /* owned: the unfinished lines at the end of its pieces, a newline behind each */
};

static void lines_free(struct lines *lines)
{
	text_free(&lines->seen);
	text_free(&lines->wanted);
	text_free(&lines->before);
	text_free(&lines->rest);
	text_free(&lines->pieces);
}

/* The student's part of the trace. False: it is not made of lines. */
static bool wanted_lines(const struct look *look, const struct pairing *pairing, enum direction direction,
                         struct text *out)
{
	const struct expected_flow *flow = &pairing->entry->flow;

	for (size_t i = 0; i < flow->item_count; i++) {
		const struct item *item = &flow->items[i];
		size_t length = out->length;

		if (item->kind != ITEM_MESSAGE || item->direction != direction)
			continue;
		wanted_text(look, item, out);
		if (out->length == length || out->data[out->length - 1] != '\n')
			return false;
	}
	return out->length > 0;
}

/* How many bytes the first COUNT bytes of both have in common, up to and with the last newline. */
static size_t common_lines(const struct text *one, const struct text *two)
{
	size_t common = 0;

	for (size_t i = 0; i < one->length && i < two->length && one->data[i] == two->data[i]; i++)
		if (one->data[i] == '\n')
			common = i + 1;
	return common;
}

/* Leaves of TEXT the line that begins at OFFSET. */
static void keep_line(struct text *text, size_t offset)
{
	const char *end;
	struct text line = {0};

	if (offset < text->length) {
		end = memchr(text->data + offset, '\n', text->length - offset);
		text_add_bytes(&line, text->data + offset,
		               end ? (size_t)(end - text->data) + 1 - offset : text->length - offset);
	}
	text_free(text);
	*text = line;
}

static void add_piece(struct text *pieces, const struct event *event)
{
	size_t begin = event->kept;

	while (begin && event->bytes[begin - 1] != '\n')
		begin--;
	if (begin == event->kept)
		return;
	text_add_bytes(pieces, event->bytes + begin, event->kept - begin);
	text_add(pieces, "\n");
}

/* Takes the events until the student's bytes go beyond LIMIT (SIZE_MAX: all). */
static void hear_until(struct lines *lines, size_t limit)
{
	const struct flow *flow = lines->pairing->flow;
	size_t said = 0;

	for (size_t i = 0; i < flow->event_count && said <= limit; i++) {
		const struct event *event = &flow->events[i];

		if (event->kind != EVENT_MESSAGE)
			continue;
		if (event->direction == lines->direction) {
			said += event->length;
			if (limit == SIZE_MAX)
				text_add_bytes(&lines->seen, event->bytes, event->kept);
		} else if (limit != SIZE_MAX) {
			text_add_bytes(&lines->before, event->bytes, event->kept);
			add_piece(&lines->pieces, event);
		}
	}
}

static bool read_lines(const struct look *look, const struct pairing *pairing, struct lines *lines)
{
	size_t common;

	*lines = (struct lines){.pairing = pairing};
	if (!pairing->entry || !pairing->flow || pairing->view || pairing->header & HEADER_REVERSED ||
	    pairing->flow->transport != TRANSPORT_TCP || pairing->flow->incomplete)
		return false;
	lines->direction = student_sends(look, pairing, DIRECTION_ALONG) ? DIRECTION_ALONG : DIRECTION_AGAINST;
	lines->host = sender_name(look, pairing->entry, lines->direction);
	lines->other = sender_name(look, pairing->entry, lines->direction == DIRECTION_ALONG ? DIRECTION_AGAINST
	                                                                           : DIRECTION_ALONG);
	if (!student_sends(look, pairing, lines->direction) ||
	    !wanted_lines(look, pairing, lines->direction, &lines->wanted))
		return false;
	hear_until(lines, SIZE_MAX);
	common = common_lines(&lines->seen, &lines->wanted);
	hear_until(lines, common);
	for (size_t i = common; i < lines->wanted.length; i++)
		if (lines->wanted.data[i] != '\n')
			text_add_bytes(&lines->rest, &lines->wanted.data[i], 1);
	keep_line(&lines->seen, common);
	keep_line(&lines->wanted, common);
	return lines->wanted.length > 0;
}

/* Looks through the connections for one whose LINES pass the test. True: say what was found, then free them. */
static bool find_lines(const struct look *look, bool (*test)(const struct look *look, const struct lines *lines),
                       struct lines *lines)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		if (pairing_at(look, i)->cost && read_lines(look, pairing_at(look, i), lines) && test(look, lines))
			return true;
		if (pairing_at(look, i)->cost)
			lines_free(lines);
	}
	return false;
}

static bool ends_line(const struct text *text)
{
	return text->length && text->data[text->length - 1] == '\n';
}

static bool ends_with_piece(const struct lines *lines, const char *piece, size_t length)
{
	return length && ends_line(&lines->seen) && lines->seen.length < lines->wanted.length &&
	       lines->seen.length > length &&
	       !memcmp(lines->seen.data + lines->seen.length - 1 - length, piece, length) &&
	       !memcmp(lines->seen.data, lines->wanted.data, lines->seen.length - 1);
}

/* "got ha\n" for "got half\n", when only "ha" had come; or it was sent then, and held back by the kernel until the
 * answer before it was acknowledged, together with the rest. */
static bool is_piece(const struct look *look, const struct lines *lines)
{
	const char *piece = text_string(&lines->pieces), *end;
	size_t length = lines->before.length, last = 0;

	(void)look;
	while (last < length && lines->before.data[length - 1 - last] != '\n')
		last++;
	if (ends_with_piece(lines, text_string(&lines->before) + length - last, last))
		return true;
	for (; (end = strchr(piece, '\n')) != NULL; piece = end + 1)
		if (ends_with_piece(lines, piece, (size_t)(end - piece)))
			return true;
	return false;
}

bool find_piece_as_line(const struct look *look)
{
	struct lines lines;

	if (!find_lines(look, is_piece, &lines))
		return false;
	say_seen(look, "%s answered %s when only a piece of the line had come; expected %s.", lines.host,
	         quote(lines.seen.data, lines.seen.length), quote(lines.wanted.data, lines.wanted.length));
	say_means(look, "What one recv() returned was taken for a whole line. TCP keeps the bytes and their order, and not "
	                "where one send() ended and the next began.");
	say_next(look, "Receive on until the newline is there: only it says that the line is complete.");
	lines_free(&lines);
	return true;
}

/* "onetwo" for "one\n" "two\n". */
static bool is_without_newlines(const struct look *look, const struct lines *lines)
{
	(void)look;
	return lines->seen.length > lines->wanted.length && lines->seen.length <= lines->rest.length &&
	       !memcmp(lines->seen.data, lines->rest.data, lines->seen.length);
}

bool find_newlines_missing(const struct look *look)
{
	struct lines lines;

	if (!find_lines(look, is_without_newlines, &lines))
		return false;
	say_seen(look, "%s sent %s, all in one; expected %s and then the next line.", lines.host,
	         quote(lines.seen.data, lines.seen.length), quote(lines.wanted.data, lines.wanted.length));
	say_means(look, "Between two calls of send() there is nothing on the wire: without a newline the texts run together.");
	say_next(look, "Send a newline behind each text.");
	lines_free(&lines);
	return true;
}

/* "two\n" for "got two\n", when "one\ntwo\n" had come in one piece. */
static bool is_several(const struct look *look, const struct lines *lines)
{
	const char *at = text_string(&lines->before), *end = at + lines->before.length;
	size_t length = ends_line(&lines->seen) ? lines->seen.length - 1 : lines->seen.length;

	(void)look;
	while (length && (at = memchr(at, '\n', (size_t)(end - at))) != NULL && ++at < end)
		if ((size_t)(end - at) >= length && !memcmp(at, lines->seen.data, length) &&
		    ((size_t)(end - at) == length || at[length] == '\n'))
			return lines->wanted.length != lines->seen.length ||
			       memcmp(lines->wanted.data, lines->seen.data, lines->seen.length) != 0;
	return false;
}

bool find_several_lines_as_one(const struct look *look)
{
	struct lines lines;

	if (!find_lines(look, is_several, &lines))
		return false;
	say_seen(look, "%s came in one piece with the line before it, and %s answered both as one.",
	         quote(lines.seen.data, ends_line(&lines.seen) ? lines.seen.length - 1 : lines.seen.length), lines.host);
	say_means(look, "One recv() had brought more than one line, and all of it was taken for a single one.");
	say_next(look, "Cut what has come at its first newline: that is one line. Keep what stands behind it, it is the "
	               "beginning of the next.");
	lines_free(&lines);
	return true;
}

/* "got lf\n" for "got half\n", when "ha" had come behind an earlier newline. */
static bool is_without_rest(const struct look *look, const struct lines *lines)
{
	const char *piece = text_string(&lines->pieces), *end;

	(void)look;
	for (; (end = strchr(piece, '\n')) != NULL; piece = end + 1) {
		size_t length = (size_t)(end - piece);

		for (size_t at = 0; lines->seen.length + length == lines->wanted.length && at <= lines->seen.length; at++)
			if (!memcmp(lines->wanted.data, lines->seen.data, at) &&
			    !memcmp(lines->wanted.data + at, piece, length) &&
			    !memcmp(lines->wanted.data + at + length, lines->seen.data + at, lines->seen.length - at))
				return true;
	}
	return false;
}

/* Whether the program has read all that came, and waits for more. */
static bool is_waiting(const struct look *look, const struct lines *lines)
{
	const struct evidence_program *program = scene_student(look->scene, lines->host);
	const struct sock_entry *entry = end_of(look, lines->host, lines->pairing->flow,
	                                        lines->direction == DIRECTION_AGAINST, SOCK_CONNECTED);

	return !lines->seen.length && entry && !entry->receive_queue && program && program->end == PROGRAM_RUNNING;
}

/* Two lines came in one piece, the first one was answered, nothing followed. */
static bool is_first_only(const struct look *look, const struct lines *lines)
{
	const struct flow *flow = lines->pairing->flow;
	const struct event *said = flow->event_count ? &flow->events[flow->event_count - 1] : NULL;

	if (flow->event_count < 2 || said->kind != EVENT_MESSAGE || said->direction != lines->direction ||
	    said[-1].kind != EVENT_MESSAGE || said[-1].direction == lines->direction || !is_waiting(look, lines))
		return false;
	return said[-1].kept && memchr(said[-1].bytes, '\n', said[-1].kept - 1) &&
	       said[-1].bytes[said[-1].kept - 1] == '\n';
}

static bool find_lines_thrown_away(const struct look *look)
{
	struct lines lines;

	if (!find_lines(look, is_first_only, &lines))
		return false;
	say_seen(look, "%s answered the first of several lines that came in one piece, and then waits for more.", lines.host);
	say_means(look, "The other lines had come with it, behind its newline, and were thrown away with the buffer.");
	say_next(look, "Keep what stands behind the newline for the next call, or receive one byte at a time and stop at the "
	               "newline: then the kernel keeps it.");
	lines_free(&lines);
	return true;
}

bool find_rest_thrown_away(const struct look *look)
{
	struct lines lines;

	if (find_lines_thrown_away(look))
		return true;
	if (!find_lines(look, is_without_rest, &lines))
		return false;
	say_seen(look, "%s sent %s; expected %s.", lines.host, quote(lines.seen.data, lines.seen.length),
	         quote(lines.wanted.data, lines.wanted.length));
	say_means(look, "The beginning of this line had come in one piece with the line before, behind its newline, and was "
	                "thrown away with the buffer.");
	say_next(look, "Keep what stands behind the newline for the next call, or receive one byte at a time and stop at the "
	               "newline: then the kernel keeps it.");
	lines_free(&lines);
	return true;
}

/* A newline and more behind it came last, nothing followed, and the program waits. */
static bool is_waiting_behind(const struct look *look, const struct lines *lines)
{
	return lines->pieces.length && !ends_line(&lines->before) &&
	       memchr(lines->before.data, '\n', lines->before.length) && is_waiting(look, lines);
}

/* Whether SIDE gave recv() room for one byte, each time. */
static bool receives_bytewise(const struct look *look, const struct pairing *pairing, int side)
{
	const struct call *made = call_that_opened(look, pairing, side), *call = NULL;
	size_t count = 0;

	for (; made && (call = call_on(look, made, call, CALLS_RECEIVE)); count++)
		if (call->length != 1)
			return false;
	return count > 0;
}

bool find_waits_behind_newline(const struct look *look)
{
	struct lines lines;

	if (!find_lines(look, is_waiting_behind, &lines))
		return false;
	say_seen(look, "A whole line of %s has come, with the beginning of the next behind it, and %s says nothing.",
	         lines.other, lines.host);
	if (receives_bytewise(look, lines.pairing, lines.direction == DIRECTION_AGAINST)) {
		say_means(look, "It receives byte by byte, and went on behind the newline: that was not seen as the end of a line, or "
		                "nothing was sent there.");
		say_next(look, "Compare each byte with '\\n' (10). When it comes the line is whole: send the answer, and only then go on.");
	} else {
		say_means(look, "It waits until a newline is the last byte that came, or until a buffer is full. %s waits for the "
		                "answer to its line, so no more will come.", lines.other);
		say_next(look, "Look for a newline anywhere in what has come, not only at its end: up to there it is a line.");
	}
	blame(look, call_waiting(look, scene_student(look->scene, lines.host)));
	lines_free(&lines);
	return true;
}

/* ---- the end of one direction ---- */

/* The end of the student's that the trace has before a message of the other side; NULL: none. */
static const struct item *half_close(const struct look *look, const struct pairing *pairing)
{
	const struct item *end = NULL;

	if (!pairing->entry || !pairing->flow || pairing->view || pairing->header & HEADER_REVERSED)
		return NULL;
	for (size_t i = 0; i < pairing->entry->flow.item_count; i++) {
		const struct item *item = &pairing->entry->flow.items[i];

		if (end && item->kind == ITEM_MESSAGE && item->direction != end->direction)
			return end;
		if (item->kind == ITEM_FIN && student_sends(look, pairing, item->direction))
			end = item;
	}
	return NULL;
}

/* The first connection that the student was to close half, and that did not go well; *end is that item. */
static const struct pairing *half_closed(const struct look *look, const struct item **end)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		*end = half_close(look, pairing_at(look, i));
		if (*end && pairing_at(look, i)->cost)
			return pairing_at(look, i);
	}
	return NULL;
}

/* A shutdown() of HOST's that succeeded, in this direction; NULL: none was seen. */
static const struct call *shutdown_of(const struct look *look, const char *host, bool reading)
{
	const struct evidence *evidence = &look->scene->evidence;

	for (size_t i = 0; i < evidence->call_count; i++) {
		const struct call *call = &evidence->calls[i];

		if (call->kind == CALL_SHUTDOWN && !call->result && !strcmp(call->host, host) && (call->value != 1) == reading)
			return call;
	}
	return NULL;
}

bool find_never_said_done(const struct look *look)
{
	const struct item *end;
	const struct pairing *pairing = half_closed(look, &end);
	const char *host, *other;

	if (!pairing || event_from(pairing->flow, end->direction == DIRECTION_AGAINST, EVENT_FIN) ||
	    event_from(pairing->flow, end->direction == DIRECTION_AGAINST, EVENT_RESET) ||
	    !event_from(pairing->flow, end->direction == DIRECTION_AGAINST, EVENT_MESSAGE))
		return false;
	host = sender_name(look, pairing->entry, end->direction);
	other = sender_name(look, pairing->entry, direction_back(end->direction));
	if (!end_of(look, host, pairing->flow, end->direction == DIRECTION_AGAINST, SOCK_CONNECTED))
		return false;
	say_seen(look, "%s has not ended its direction: %s waits for that before it answers, and %s waits for the answer.",
	         host, other, host);
	say_means(look, "No byte says that no more will come. shutdown() is missing, or recv() was called before it; close() "
	                "on one of two descriptors of the connection (dup, fork) ends nothing.");
	say_next(look, "Send everything, then call shutdown(s, SHUT_WR), and only then wait in recv().");
	blame(look, call_waiting(look, scene_student(look->scene, host)));
	return true;
}

/* A send() that failed for good on the descriptor of END, after it. */
static const struct call *sent_after(const struct look *look, const struct call *end)
{
	const struct evidence *evidence = &look->scene->evidence;

	for (size_t i = 0; i < evidence->call_count; i++) {
		const struct call *call = &evidence->calls[i];

		if (call->program == end->program && call->process == end->process && call->fd == end->fd &&
		    call->time_ns > end->time_ns && call->result < 0 && call->error == EPIPE &&
		    (call->kind == CALL_SEND || call->kind == CALL_SENDTO || call->kind == CALL_SENDMSG ||
		     call->kind == CALL_WRITE))
			return call;
	}
	return NULL;
}

/* Who was to say something on a connection, and shut that direction before it did; NULL: nobody. */
static const char *shut_before_word(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		const struct evidence_program *program;
		const struct call *call;

		if (!step || !pairing->flow || pairing->view || pairing->flow->transport != TRANSPORT_TCP)
			continue;
		program = program_behind(look, pairing, step->item->direction);
		call = program ? shutdown_of(look, program->host, false) : NULL;
		if (call && sent_after(look, call))
			return program->host;
	}
	return NULL;
}

bool find_shut_too_early(const struct look *look)
{
	const struct item *end;
	const struct pairing *pairing = half_closed(look, &end);
	const struct evidence_program *program =
		pairing ? program_behind(look, pairing, end->direction) : NULL;
	const struct call *call = program ? shutdown_of(look, program->host, false) : NULL;
	const char *host = call && sent_after(look, call) ? program->host : shut_before_word(look);

	if (!host)
		return false;
	blame(look, shutdown_of(look, host, false));
	say_seen(look, "%s ended its direction and tried to send more after that.", host);
	say_means(look, "shutdown(s, SHUT_WR) is the last word: every send() on that socket after it fails with EPIPE, and "
	                "without MSG_NOSIGNAL the program is ended by SIGPIPE.");
	say_next(look, "Call shutdown() once, after the last send().");
	return true;
}

/* The student's FIN came, then something of the other side's, and that met a reset. */
static bool met_closed_door(const struct pairing *pairing, const struct item *end)
{
	int side = end->direction == DIRECTION_AGAINST;
	const struct event *fin = event_from(pairing->flow, side, EVENT_FIN);
	const struct event *reset = event_from(pairing->flow, side, EVENT_RESET);

	return fin && reset && fin < reset && event_from(pairing->flow, !side, EVENT_MESSAGE);
}

bool find_shut_reading(const struct look *look)
{
	const struct item *end;
	const struct pairing *pairing = half_closed(look, &end);
	const struct evidence_program *program;
	const struct call *call;
	const char *host;

	if (!pairing || !met_closed_door(pairing, end))
		return false;
	program = program_behind(look, pairing, end->direction);
	call = program ? shutdown_of(look, program->host, true) : NULL;
	if (!call)
		return false;
	host = program->host;
	blame(look, call);
	say_seen(look, "%s would not read any more when the answer came: its kernel answered with a reset.", host);
	say_means(look, "It called shutdown(s, %s. After that recv() returns 0 at once, whether the other side has ended "
	                "or not.", call->value ? "SHUT_RDWR), which ends both directions" : "SHUT_RD), which ends the "
	                "direction that comes in");
	say_next(look, "To say that you are done, and still listen: shutdown(s, SHUT_WR).");
	return true;
}

/* Where it was not close() that gave the socket back. False: it was, or that is not known. */
static bool say_end_of_program(const struct look *look, const struct pairing *pairing, const struct item *end)
{
	int side = end->direction == DIRECTION_AGAINST;
	const struct evidence_program *program = scene_student(look->scene, sender_name(look, pairing->entry, end->direction));
	const struct call *made = call_that_opened(look, pairing, side);
	const struct call *closed = made ? call_on(look, made, NULL, CALLS(CALL_CLOSE)) : NULL, *failed;

	blame(look, closed);
	if (closed || !made || !calls_complete(look) || !program || program->end != PROGRAM_EXITED)
		return false;
	failed = call_next(look, NULL, program, CALLS(CALL_SHUTDOWN));
	if (failed && failed->error && failed->line[0]) {
		say_means(look, "shutdown() at %s failed (%s), and the program ended (exit status %d). Its first argument is the "
		                "socket, its second the direction.", failed->line,
		          error_name(failed->error), program->value);
		blame(look, failed);
	} else {
		say_means(look, "It was the end of the program (exit status %d) that said so: it gives up both directions, and nobody is "
		                "there to hear the answer.", program->value);
	}
	return true;
}

bool find_close_not_shutdown(const struct look *look)
{
	const struct item *end;
	const struct pairing *pairing = half_closed(look, &end);
	const char *host;

	if (!pairing || !met_closed_door(pairing, end))
		return false;
	host = host_behind(look, pairing, end->direction);
	/* Where calls were not taken down it may have been either. */
	if (!look->scene->evidence.call_count || shutdown_of(look, host, false) || shutdown_of(look, host, true))
		return false;
	say_seen(look, "%s said that it is done, and its kernel answered what came then with a reset.", host);
	say_next(look, "Call shutdown(s, SHUT_WR) there: it only says that you are done. close() comes when recv() has "
	               "returned 0.");
	if (say_end_of_program(look, pairing, end))
		return true;
	say_means(look, "close() (or the end of the program) ends your direction and gives the socket back, too: nobody is "
	                "there to hear the answer.");
	return true;
}

/* It shut its direction, as it should, and then did not stay for the answer. */
bool find_left_behind_shutdown(const struct look *look)
{
	const struct item *end;
	const struct pairing *pairing = half_closed(look, &end);
	const struct evidence_program *program;

	if (!pairing || !met_closed_door(pairing, end))
		return false;
	program = program_behind(look, pairing, end->direction);
	if (!program || !shutdown_of(look, program->host, false) || shutdown_of(look, program->host, true))
		return false;
	say_seen(look, "%s said that it is done, and did not stay for the answer: its kernel answered that with a reset.",
	         program->host);
	say_means(look, "shutdown(s, SHUT_WR) was right. But close(), or the end of the program, came before recv() had returned "
	                "0, and then nobody is there to hear the answer.");
	say_next(look, "Behind shutdown() stay in recv() until it returns 0.");
	return true;
}

bool find_reset_by_linger(const struct look *look)
{
	const struct evidence *evidence = &look->scene->evidence;
	const struct call *call = NULL;

	for (size_t i = 0; i < evidence->call_count && !call; i++)
		if (evidence->calls[i].kind == CALL_SETSOCKOPT && !evidence->calls[i].result &&
		    !strcmp(evidence->calls[i].option, "SO_LINGER"))
			call = &evidence->calls[i];
	for (size_t i = 0; call && i < look->match->pairing_count; i++) {
		const struct flow *flow = pairing_at(look, i)->flow;

		for (int side = 0; flow && flow->transport == TRANSPORT_TCP && side < 2; side++) {
			if (strcmp(name_at(look, &flow->address[side]), call->host) != 0 ||
			    !event_from(flow, side, EVENT_RESET) || event_from(flow, side, EVENT_FIN))
				continue;
			say_seen(look, "%s ended the connection with a reset (RST) instead of an end (FIN).", call->host);
			say_means(look, "It set SO_LINGER. With a linger time of 0 close() throws away what was not delivered yet, "
			                "in both directions, and tells the other side so.");
			say_next(look, "Leave SO_LINGER alone: without it, close() returns at once as well, and the kernel "
			               "delivers what you sent.");
			blame(look, call);
			return true;
		}
	}
	return false;
}
