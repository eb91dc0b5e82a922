/* diagnose_words.c - diagnoses about the bytes of a message: what was sent instead of it, or with it. */
#include "diagnose_parts.h"

#include <string.h>

/* A message of the student's that is not the one expected, beside the one that is. */
struct words {
	const struct pairing *pairing;
	const struct match_step *step;
	const char *host;   /* who sent it */
	struct bytes seen;
	struct bytes extra; /* of seen: what stands behind the expected text; length 0: nothing */
	struct text wanted; /* owned */
};

/* The first message of the student's that is not the one expected. */
static const struct match_step *wrong_message(const struct look *look, const struct pairing **in)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct match_step *step = student_step(look, pairing_at(look, i), STEP_WRONG, ITEM_MESSAGE);

		*in = pairing_at(look, i);
		if (step && !((*in)->header & HEADER_REVERSED))
			return step;
	}
	return NULL;
}

/* What the student sent and what was expected there. False: there is no such step. The text is to be freed. */
static bool compare_message(const struct look *look, struct words *words)
{
	*words = (struct words){0};
	words->step = wrong_message(look, &words->pairing);
	if (!words->step)
		return false;
	words->host = sender_name(look, words->pairing->entry, words->step->item->direction);
	words->seen = seen_bytes(words->pairing, words->step);
	wanted_text(look, words->step->item, &words->wanted);
	return words->wanted.length > 0;
}

static bool begins_as_wanted(const struct words *words)
{
	return words->seen.length > words->wanted.length &&
	       !memcmp(words->seen.at, text_string(&words->wanted), words->wanted.length);
}

/* The rest of a message behind what was expected, as a step of its own. */
static bool find_rest(const struct look *look, struct words *words)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		for (size_t j = 1; pairing->entry && j < pairing->step_count; j++) {
			const struct match_step *step = &pairing->steps[j], *before = step - 1;

			if (step->status != STEP_EXTRA || !step->offset || before->status != STEP_MATCHED ||
			    before->event != step->event || !student_sends(look, pairing, before->item->direction))
				continue;
			text_free(&words->wanted);
			wanted_text(look, before->item, &words->wanted);
			words->pairing = pairing;
			words->step = before;
			words->host = sender_name(look, pairing->entry, before->item->direction);
			words->extra = seen_bytes(pairing, step);
			words->seen = seen_bytes(pairing, before);
			words->seen.length += words->extra.length;
			return words->wanted.length > 0;
		}
	}
	return false;
}

/* A message that has the expected text and more behind it. The text is to be freed. */
static bool find_excess(const struct look *look, struct words *words)
{
	if (compare_message(look, words) && begins_as_wanted(words)) {
		words->extra = (struct bytes){words->seen.at + words->wanted.length,
		                              words->seen.length - words->wanted.length};
		return true;
	}
	return find_rest(look, words);
}

/* How many bytes its sender had said when the expected text was out. */
static int64_t end_of_text(const struct words *words)
{
	size_t sum = words->step->offset + words->wanted.length;

	for (size_t i = 0; i < words->step->event; i++) {
		const struct event *event = &words->pairing->flow->events[i];

		if (event->kind == EVENT_MESSAGE && event->direction == words->step->item->direction)
			sum += event->length;
	}
	return (int64_t)sum;
}

/* Whether one of the sender's calls ended where the expected text does: then what follows is another call's. */
static bool sent_just(const struct look *look, const struct words *words)
{
	int side = words->step->item->direction == DIRECTION_AGAINST;
	const struct call *made = call_that_opened(look, words->pairing, side), *call = NULL;
	int64_t sum = 0, end = end_of_text(words);

	while (made && sum < end && (call = call_on(look, made, call, CALLS_SEND)))
		sum += call->result > 0 ? call->result : 0;
	return sum == end;
}

/* On a TCP connection what stood behind one text runs into the next one of the same side: the first of the two, where
 * bytes that are no text lie between them. */
static bool find_carried(const struct look *look, struct words *words)
{
	const struct match_step *step = words->step;
	struct bytes seen = words->seen;
	const uint8_t *text;

	if (!step || words->pairing->flow->transport != TRANSPORT_TCP || words->wanted.length < 2)
		return false;
	text = seen.length ? memmem(seen.at, seen.length, text_string(&words->wanted), words->wanted.length) : NULL;
	if (!text || text == seen.at || !memchr(seen.at, 0, (size_t)(text - seen.at)))
		return false;
	do
		if (step == words->pairing->steps)
			return false;
	while ((--step)->status != STEP_MATCHED || step->item->kind != ITEM_MESSAGE);
	if (step->item->direction != words->step->item->direction)
		return false;
	words->step = step;
	words->extra = (struct bytes){seen.at, (size_t)(text - seen.at)};
	text_free(&words->wanted);
	wanted_text(look, step->item, &words->wanted);
	return words->wanted.length && !sent_just(look, words);
}

/* The last message that the other side had said before STEP; length 0: none. */
static struct bytes heard_before(const struct words *words)
{
	const struct flow *flow = words->pairing->flow;

	for (size_t i = words->step->event; i-- > 0;)
		if (flow->events[i].kind == EVENT_MESSAGE && flow->events[i].direction != words->step->item->direction)
			return (struct bytes){flow->events[i].bytes, flow->events[i].kept};
	return (struct bytes){NULL, 0};
}

static bool is_all(struct bytes bytes, uint8_t value)
{
	for (size_t i = 0; i < bytes.length; i++)
		if (bytes.at[i] != value)
			return false;
	return true;
}

static bool same_bytes(struct bytes bytes, const void *data, size_t length)
{
	return bytes.length == length && length && !memcmp(bytes.at, data, length);
}

static void say_sent(const struct look *look, const struct words *words)
{
	say_seen(look, "%s sent %s; expected %s.", words->host, quote(words->seen.at, words->seen.length),
	         quote(text_string(&words->wanted), words->wanted.length));
}

static void say_excess(const struct look *look, const struct words *words)
{
	const char *wanted = quote(text_string(&words->wanted), words->wanted.length);
	size_t length = words->extra.length;

	if (length > 1 && is_all(words->extra, 0))
		say_seen(look, "%s sent %s and then %zu bytes more, all of them 0.", words->host, wanted, length);
	else
		say_seen(look, "%s sent %s and then %zu byte%s more: %s.", words->host, wanted, length,
		         length == 1 ? "" : "s", quote(words->extra.at, length));
}

/* ---- with something behind it ---- */

bool find_newline_added(const struct look *look)
{
	struct words words;
	bool found = find_excess(look, &words) &&
	             (same_bytes(words.extra, "\n", 1) || same_bytes(words.extra, "\r\n", 2));

	if (found) {
		say_excess(look, &words);
		say_means(look, "A newline is a byte like any other: it goes on the wire when it is in the message.");
		say_next(look, words.wanted.data[words.wanted.length - 1] == '\n'
		                       ? "This message ends in one newline: send one, and nothing behind it."
		                       : "Send the text as it is: put no newline behind it here, and count none in the length.");
	}
	text_free(&words.wanted);
	return found;
}

/* Whether the same words are said once more in a packet of their own, without being due. */
static bool says_copy(const struct look *look, const struct pairing *pairing, struct words *words)
{
	const struct match_step *copy = NULL;
	size_t extras = 0;

	for (size_t i = 1; pairing->entry && pairing->flow && i < pairing->step_count; i++)
		if (pairing->steps[i].status == STEP_EXTRA &&
		    pairing->flow->events[pairing->steps[i].event].kind == EVENT_MESSAGE) {
			copy = &pairing->steps[i];
			extras++;
		}
	if (extras != 1 || student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE))
		return false;
	for (const struct match_step *step = copy; step-- > pairing->steps;) {
		struct bytes seen = seen_bytes(pairing, copy);

		/* Whoever says it again after the other side has spoken answers once too often. */
		if (step->event != MATCH_NO_EVENT && pairing->flow->events[step->event].kind == EVENT_MESSAGE &&
		    pairing->flow->events[step->event].direction != pairing->flow->events[copy->event].direction)
			return false;

		if (step->status != STEP_MATCHED || step->item->kind != ITEM_MESSAGE ||
		    !student_sends(look, pairing, step->item->direction))
			continue;
		words->host = sender_name(look, pairing->entry, step->item->direction);
		words->seen = seen_bytes(pairing, step);
		if (same_bytes(seen, words->seen.at, words->seen.length))
			return true;
	}
	return false;
}

bool find_said_twice(const struct look *look)
{
	struct words words;
	bool found = find_excess(look, &words) && same_bytes(words.extra, text_string(&words.wanted), words.wanted.length);

	if (found)
		words.seen.length = words.wanted.length;
	for (size_t i = 0; i < look->match->pairing_count && !found; i++)
		found = says_copy(look, pairing_at(look, i), &words);
	if (found) {
		say_seen(look, "%s said %s twice; expected once.", words.host, quote(words.seen.at, words.seen.length));
		say_means(look, "Two calls of send() or sendto() sent it, or one call in a loop that turned once too often.");
		say_next(look, "Find the two calls. A message that was sent need not be sent again.");
	}
	text_free(&words.wanted);
	return found;
}

/* Whether the other side is to speak between the two items of one side. */
static bool has_turn_between(const struct item *one, const struct item *later)
{
	while (++one < later)
		if (one->kind == ITEM_MESSAGE && one->direction != later->direction)
			return true;
	return false;
}

bool find_messages_merged(const struct look *look)
{
	struct words words;
	bool found = false;

	if (find_excess(look, &words))
		for (const struct match_step *step = words.pairing->steps;
		     step < words.pairing->steps + words.pairing->step_count && !found; step++) {
			struct text later = {0};

			if (step->status != STEP_MISSING || step->item->direction != words.step->item->direction ||
			    !has_turn_between(words.step->item, step->item))
				continue;
			wanted_text(look, step->item, &later);
			found = same_bytes(words.extra, text_string(&later), later.length);
			text_free(&later);
		}
	if (found) {
		say_seen(look, "%s sent %s and %s in one message.", words.host,
		         quote(text_string(&words.wanted), words.wanted.length),
		         quote(words.extra.at, words.extra.length));
		say_means(look, "They were put together before send() or sendto(); the other side has its turn between them.");
		say_next(look, "Send the first one alone, wait for the answer, then send the second one.");
	}
	text_free(&words.wanted);
	return found;
}

/* Right bytes, but as many as had been received. */
bool find_length_of_question(const struct look *look)
{
	struct words words;
	struct bytes heard = {NULL, 0};
	bool found = find_excess(look, &words);

	if (found && words.extra.length == 1 && !words.extra.at[0])
		found = false; /* a NUL: that has a simpler reason */
	else if (!found && words.step)
		found = words.seen.length && words.seen.length < words.wanted.length &&
		        !memcmp(words.seen.at, text_string(&words.wanted), words.seen.length);
	if (found) {
		heard = heard_before(&words);
		found = heard.length == words.seen.length;
	}
	if (found) {
		say_seen(look, "%s sent %zu bytes; expected %s, which are %zu.", words.host, words.seen.length,
		         quote(text_string(&words.wanted), words.wanted.length), words.wanted.length);
		say_means(look, "%zu is the length of what it had received, %s: that number was given to send() or "
		                "sendto() too.", heard.length, quote(heard.at, heard.length));
		say_next(look, "Each message has its own length. Which one belongs to the text that you send?");
	}
	text_free(&words.wanted);
	return found;
}

bool find_sizeof_pointer(const struct look *look)
{
	struct words words;
	bool found = find_excess(look, &words);

	if (found)
		found = words.seen.length == sizeof(void *) && !(words.extra.length == 1 && !words.extra.at[0]) &&
		        !same_bytes(words.extra, "\n", 1);
	else if (words.step)
		found = words.seen.length == sizeof(void *) && words.seen.length < words.wanted.length &&
		        !memcmp(words.seen.at, text_string(&words.wanted), words.seen.length);
	if (found) {
		say_seen(look, "%s sent %zu bytes; expected %s, which are %zu.", words.host, words.seen.length,
		         quote(text_string(&words.wanted), words.wanted.length), words.wanted.length);
		say_means(look, "8 is what sizeof gives for a pointer (char *), however long the text is that it points to.");
		say_next(look, "Let strlen() count the bytes of a text.");
	}
	text_free(&words.wanted);
	return found;
}

static bool is_printable(struct bytes bytes)
{
	for (size_t i = 0; i < bytes.length; i++)
		if ((bytes.at[i] < 0x20 && bytes.at[i] != '\n' && bytes.at[i] != '\r') || bytes.at[i] >= 0x7f)
			return false;
	return true;
}

/* Words that are missing at their place, and come behind others that were due later: the missing step. */
static const struct match_step *said_late(const struct look *look, const struct pairing *pairing, struct text *wanted)
{
	const struct match_step *missing = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE), *step;
	const struct match_step *end = pairing->steps + pairing->step_count;

	if (!missing || !pairing->flow || pairing->header & HEADER_REVERSED)
		return NULL;
	wanted_text(look, missing->item, wanted);
	for (step = missing + 1; step < end && wanted->length > 1; step++) {
		struct bytes seen = seen_bytes(pairing, step);

		if (step->status == STEP_EXTRA && step[-1].status == STEP_MATCHED && step[-1].item->kind == ITEM_MESSAGE &&
		    step[-1].item->direction == missing->item->direction &&
		    pairing->flow->events[step->event].direction == missing->item->direction && seen.length &&
		    memmem(seen.at, seen.length, wanted->data, wanted->length))
			return missing;
	}
	return NULL;
}

bool find_said_late(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		struct text wanted = {0};
		const struct match_step *late = said_late(look, pairing, &wanted);

		if (late) {
			say_seen(look, "%s said %s behind what was due after it.", sender_of(pairing->entry, late->item->direction)->host,
			         quote(wanted.data, wanted.length));
			say_means(look, "The words are there, in another order.");
			say_next(look, "Look at the order of your calls, and at which argument of the program is which.");
		}
		text_free(&wanted);
		if (late)
			return true;
	}
	return false;
}

bool find_said_too_much(const struct look *look)
{
	struct words words;
	bool found = find_excess(look, &words) && is_printable(words.extra);

	if (found) {
		say_excess(look, &words);
		say_means(look, "More text was put behind the message%s.",
		          words.pairing->flow->transport == TRANSPORT_TCP
		                  ? ", or another send() followed: on a TCP connection both run together"
		                  : " before it was sent");
		say_next(look, "Send what the lesson asks for here, and nothing behind it.");
	}
	text_free(&words.wanted);
	return found;
}

bool find_message_too_long(const struct look *look)
{
	struct words words;
	bool found = find_excess(look, &words) || find_carried(look, &words);

	if (found) {
		bool has_nul = memchr(words.extra.at, 0, words.extra.length);

		say_excess(look, &words);
		if (words.extra.length == 1 && !words.extra.at[0])
			say_means(look, "The length counts the NUL that ends a C string; on the wire a message has no such end.");
		else if (has_nul)
			say_means(look, "The length given to send() or sendto() is not that of the message: a whole buffer "
			                "(sizeof) goes out, with whatever is in it.");
		else
			say_means(look, "The length given to send() or sendto() is not that of the message: a whole buffer (sizeof), "
			                "or what strlen() finds where no 0 byte stands behind the text. recv() and recvfrom() put "
			                "none there.");
		say_next(look, "Send strlen(message) bytes, or as many as you received%s.",
		         has_nul ? "" : "; where recv() has filled a buffer write the 0 behind it first: text[n] = '\\0'");
	}
	text_free(&words.wanted);
	return found;
}

/* ---- with something missing ---- */

bool find_newline_missing(const struct look *look)
{
	struct words words;
	bool found = compare_message(look, &words) && words.seen.length + 1 == words.wanted.length &&
	             words.wanted.data[words.seen.length] == '\n' &&
	             !memcmp(words.seen.at, words.wanted.data, words.seen.length);

	if (found) {
		say_sent(look, &words);
		say_means(look, "The newline at the end is missing: the other side waits for the end of the line.");
		say_next(look, "Send the newline too: it is what tells where the message ends.");
	}
	text_free(&words.wanted);
	return found;
}

bool find_empty_message(const struct look *look)
{
	struct words words;
	bool found = compare_message(look, &words) && !words.seen.length &&
	             words.pairing->flow->transport == TRANSPORT_UDP;

	if (found) {
		say_seen(look, "%s sent a message of 0 bytes; expected %s.", words.host,
		         quote(text_string(&words.wanted), words.wanted.length));
		say_means(look, "A datagram may be empty: sendto() got the length 0.");
		say_next(look, "Print the length that you give to sendto(), and the text, just before the call.");
	}
	text_free(&words.wanted);
	return found;
}

/* Whether CALL follows a recv() that had returned 0: who passes on what comes has nothing then. */
static bool follows_end(const struct look *look, const struct call *call)
{
	const struct evidence_program *program = &look->scene->evidence.programs[call->program];
	const struct call *received = NULL;

	for (const struct call *at = NULL; (at = call_next(look, at, program, CALLS_RECEIVE)) && at < call; )
		received = at;
	return received && call_succeeded(received) && !received->result;
}

/* The last of the calls that sent something on SIDE's socket, if its length was 0; NULL: it was not, or not known. */
static const struct call *sent_nothing(const struct look *look, const struct pairing *pairing, int side)
{
	const struct call *made = call_that_opened(look, pairing, side), *call = NULL, *last = NULL;

	while (made && (call = call_on(look, made, call, CALLS_SEND)))
		last = call;
	last = last && last->kind != CALL_SENDMSG && call_succeeded(last) && !last->length ? last : NULL;
	return last && !follows_end(look, last) ? last : NULL;
}

/* On a TCP connection a message of 0 bytes is none: only the calls know of it. */
bool find_sent_nothing(const struct look *look)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct match_step *step = student_step(look, pairing, STEP_MISSING, ITEM_MESSAGE);
		const struct call *call = NULL;
		struct text wanted = {0};

		if (step && pairing->flow && pairing->flow->transport == TRANSPORT_TCP)
			call = sent_nothing(look, pairing, step->item->direction == DIRECTION_AGAINST);
		if (!call)
			continue;
		wanted_text(look, step->item, &wanted);
		say_seen(look, "%s() on %s got the length 0; expected %s.", call_word(call->kind), call->host,
		         wanted.length ? quote(text_string(&wanted), wanted.length) : "a message");
		say_means(look, "On a TCP connection 0 bytes are nothing at all: no packet leaves, and the other side does not notice.");
		say_next(look, "Print the length just before the call. It is the third argument; what stands behind it in send() are "
		               "the flags.");
		text_free(&wanted);
		blame(look, call);
		return true;
	}
	return false;
}

/* Whether events of FLOW from FIRST on, all of one direction, make up TEXT together. */
static size_t pieces(const struct flow *flow, size_t first, const struct text *text)
{
	size_t at = 0, count = 0;

	for (size_t i = first; i < flow->event_count && at < text->length; i++, count++) {
		const struct event *event = &flow->events[i];

		if (event->kind != EVENT_MESSAGE || event->direction != flow->events[first].direction ||
		    event->kept != event->length || event->length > text->length - at ||
		    memcmp(event->bytes, text->data + at, event->length))
			return 0;
		at += event->length;
	}
	return at == text->length ? count : 0;
}

bool find_message_split(const struct look *look)
{
	struct words words;
	size_t count = 0;

	if (compare_message(look, &words) && words.pairing->flow->transport == TRANSPORT_UDP)
		for (size_t i = 0; i < words.pairing->flow->event_count && count < 2; i++)
			if (words.pairing->flow->events[i].direction == words.step->item->direction)
				count = pieces(words.pairing->flow, i, &words.wanted);
	if (count >= 2) {
		say_seen(look, "%s sent %s in %zu datagrams; expected one.", words.host,
		         quote(text_string(&words.wanted), words.wanted.length), count);
		say_means(look, "Every call of sendto() or send() on a UDP socket makes a datagram of its own; nobody puts "
		                "them together again.");
		say_next(look, "Send the whole message with one call.");
	}
	text_free(&words.wanted);
	return count >= 2;
}

bool find_message_cut(const struct look *look)
{
	struct words words;
	bool found = compare_message(look, &words) && words.seen.length && words.seen.length < words.wanted.length &&
	             !memcmp(words.seen.at, words.wanted.data, words.seen.length);

	if (found) {
		say_seen(look, "%s sent only %s; expected %s.", words.host, quote(words.seen.at, words.seen.length),
		         quote(words.wanted.data, words.wanted.length));
		say_means(look, "The message stops after %zu of %zu bytes: the length given to send() or sendto() is too "
		                "small, or the buffer that the text was copied into is.", words.seen.length,
		          words.wanted.length);
		say_next(look, "Where does the number %zu come from? Send as many bytes as the text has.", words.seen.length);
	}
	text_free(&words.wanted);
	return found;
}

/* ---- something else ---- */

bool find_carriage_return(const struct look *look)
{
	struct words words;
	size_t length;
	bool found = compare_message(look, &words) && words.seen.length == words.wanted.length + 1;

	length = words.wanted.length;
	found = found && words.wanted.data[length - 1] == '\n' && !memcmp(words.seen.at + length - 1, "\r\n", 2) &&
	        !memcmp(words.seen.at, words.wanted.data, length - 1);
	if (found) {
		say_sent(look, &words);
		say_means(look, "The line ends in two bytes, \"\\r\\n\", as in HTTP and on Windows; here it ends in one, \"\\n\".");
		say_next(look, "End the line in \"\\n\" alone: whoever reads it takes the \\r for a part of the text.");
	}
	text_free(&words.wanted);
	return found;
}

bool find_echoed(const struct look *look)
{
	struct words words;
	struct bytes heard = {NULL, 0};
	bool found = compare_message(look, &words);

	if (found)
		heard = heard_before(&words);
	/* A reader of lines leaves the newline away. */
	found = found && (same_bytes(words.seen, heard.at, heard.length) ||
	                  (heard.length && heard.at[heard.length - 1] == '\n' &&
	                   same_bytes(words.seen, heard.at, heard.length - 1)));
	if (found) {
		say_sent(look, &words);
		say_means(look, "It sent back what it had just received: the bytes come from the buffer of recv() or "
		                "recvfrom().");
		say_next(look, "Send the text that the program is given for this, and its length.");
	}
	text_free(&words.wanted);
	return found;
}

/* The words that the same host owes to somebody else, in another talk: where to. */
static const struct pairing *owed_elsewhere(const struct look *look, const struct words *words)
{
	for (size_t i = 0; i < look->match->pairing_count; i++) {
		const struct pairing *pairing = pairing_at(look, i);
		const struct expected_flow *flow = pairing->entry ? &pairing->entry->flow : NULL;
		const struct item *item = flow && flow->item_count ? &flow->items[0] : NULL;
		struct text owed = {0};
		bool same;

		if (!item || pairing->flow || item->kind != ITEM_MESSAGE || item->direction != DIRECTION_ALONG ||
		    strcmp(flow->opener.host, words->host) != 0)
			continue;
		wanted_text(look, item, &owed);
		same = same_bytes(words->seen, text_string(&owed), owed.length);
		text_free(&owed);
		if (same)
			return pairing;
	}
	return NULL;
}

static bool find_sent_elsewhere(const struct look *look)
{
	struct words words;
	const struct pairing *owed = compare_message(look, &words) ? owed_elsewhere(look, &words) : NULL;

	if (owed) {
		say_sent(look, &words);
		say_means(look, "%s is for %s, port %u: send() got another socket than the one for that, or sendto() another address.",
		          quote(words.seen.at, words.seen.length), owed->entry->flow.target.host, called_port(look, owed));
		say_next(look, "Which socket was made for whom? Follow both from socket() to send().");
	}
	text_free(&words.wanted);
	return owed != NULL;
}

/* The words of another turn: a later message of the same talk. */
bool find_wrong_order(const struct look *look)
{
	struct words words;
	bool found = false;

	if (find_sent_elsewhere(look))
		return true;
	if (compare_message(look, &words))
		for (size_t i = 0; i < words.pairing->step_count && !found; i++) {
			const struct item *item = words.pairing->steps[i].item;
			struct text other = {0};

			if (!item || item == words.step->item || item->kind != ITEM_MESSAGE ||
			    item->direction != words.step->item->direction)
				continue;
			wanted_text(look, item, &other);
			found = same_bytes(words.seen, text_string(&other), other.length) &&
			        strcmp(text_string(&other), text_string(&words.wanted)) != 0;
			text_free(&other);
		}
	if (found) {
		say_sent(look, &words);
		say_means(look, "%s has its turn too, but not here.", quote(words.seen.at, words.seen.length));
		say_next(look, "Look at the order of your calls, and at which argument of the program is which.");
	}
	text_free(&words.wanted);
	return found;
}

/* Whether PROGRAM got VALUE; one whose arguments are not known may have got any. */
static bool is_argument(const struct evidence_program *program, const char *value)
{
	for (size_t i = 1; program && i < program->argument_count; i++)
		if (!strcmp(program->arguments[i], value))
			return true;
	return !program || program->argument_count < 2;
}

/* What was seen, without the newline that is expected behind it. */
static struct bytes without_newline(const struct words *words)
{
	struct bytes seen = words->seen;

	if (seen.length > 1 && words->wanted.length && words->wanted.data[words->wanted.length - 1] == '\n' &&
	    seen.at[seen.length - 1] == '\n')
		seen.length--;
	return seen;
}

/* The value of another of the run's parameters: argv[2] where argv[3] is meant. */
bool find_other_argument(const struct look *look)
{
	const struct params *params = &look->scene->evidence.params;
	struct words words;
	const char *name = NULL;

	if (compare_message(look, &words))
		for (size_t i = 0; i < params->count && !name; i++)
			if (same_bytes(without_newline(&words), params->params[i].value, strlen(params->params[i].value)) &&
			    !strstr(text_string(&words.wanted), params->params[i].value) && /* else it is a part of what is due */
			    is_argument(scene_student(look->scene, words.host), params->params[i].value))
				name = params->params[i].name;
	if (name) {
		say_sent(look, &words);
		say_means(look, "That is another argument of the program (the lesson calls it %s).", name);
		say_next(look, "Count the arguments: argv[0] is the program's name, argv[1] the first argument.");
	}
	text_free(&words.wanted);
	return name != NULL;
}

/* The default of the lesson where the run had drawn another value. */
bool find_hard_coded(const struct look *look)
{
	struct words words;
	struct text usual = {0};
	bool found = look->scene->evidence.seed[0] && compare_message(look, &words);

	if (!look->scene->evidence.seed[0])
		return false;
	if (found) {
		match_expand(&words.step->item->pattern, &look->scene->lesson->params, NULL, 0, &usual);
		found = same_bytes(words.seen, text_string(&usual), usual.length);
	}
	if (found) {
		say_seen(look, "%s sent %s; in this run it was given %s.", words.host,
		         quote(words.seen.at, words.seen.length),
		         quote(text_string(&words.wanted), words.wanted.length));
		say_means(look, "The text of the lesson is written into the program.");
		say_next(look, "Send what the program is given as an argument.");
	}
	text_free(&usual);
	text_free(&words.wanted);
	return found;
}

/* How many bytes one character of UTF-8 has at BYTES; 0: that is none, or a control character. */
static size_t character(struct bytes bytes)
{
	uint8_t first = bytes.at[0];
	size_t length = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;

	if ((first < 0x20 && !strchr("\t\n\r", first)) || !first || first == 0x7f || length > bytes.length)
		return 0;
	for (size_t i = 1; i < length; i++)
		if (bytes.at[i] >> 6 != 2)
			return 0;
	return length;
}

static bool is_text(struct bytes bytes)
{
	while (bytes.length) {
		size_t length = character(bytes);

		if (!length)
			return false;
		bytes.at += length;
		bytes.length -= length;
	}
	return true;
}

bool find_not_text(const struct look *look)
{
	struct words words;
	bool found = compare_message(look, &words) && words.seen.length && !is_text(words.seen);

	if (found) {
		say_sent(look, &words);
		say_means(look, "These bytes are no text: send() or sendto() was pointed at something else, such as a "
		                "pointer itself (&text), a whole struct, a number that is not written in digits, or a "
		                "buffer that nobody has filled.");
		say_next(look, "The second argument says where the first byte of the text is: for char *text or "
		               "char text[100] that is text.");
	}
	text_free(&words.wanted);
	return found;
}

/* Where the two texts differ by one piece that is missing, or too much: where that is. */
static bool say_difference(const struct look *look, const struct words *words)
{
	struct bytes seen = words->seen, wanted = {(const uint8_t *)words->wanted.data, words->wanted.length};
	bool missing = seen.length < wanted.length;
	struct bytes less = missing ? seen : wanted, more = missing ? wanted : seen;
	size_t front = 0, back = 0, piece = more.length - less.length;

	while (front < less.length && less.at[front] == more.at[front])
		front++;
	while (back < less.length - front && less.at[less.length - 1 - back] == more.at[more.length - 1 - back])
		back++;
	if (!piece || !less.length || front + back < less.length)
		return false;
	say_means(look, "All of it is right but for %s, which is %s %s%s.", quote(more.at + front, piece),
	          missing ? "missing" : "too much", front ? "behind " : "at the beginning",
	          front ? quote(more.at, front) : "");
	return true;
}

/* How many programs the case was to start on HOST; *program gets the last one that it did. */
static size_t programs_due(const struct look *look, const char *host, const struct evidence_program **program,
                           size_t *started)
{
	const struct lesson_case *lesson_case = look->scene->lesson_case;
	const struct evidence *evidence = &look->scene->evidence;
	size_t due = 0;

	for (size_t i = 0; i < lesson_case->step_count; i++)
		due += lesson_case->steps[i].kind == STEP_RUN &&
		       !strcmp(look->scene->lesson->hosts[lesson_case->steps[i].host].name, host);
	*started = 0;
	for (size_t i = 0; i < evidence->program_count; i++)
		if (!strcmp(evidence->programs[i].host, host)) {
			*program = &evidence->programs[i];
			++*started;
		}
	return due;
}

/* Whether the words were said, and were right, in an earlier flow of the same sender. */
static bool were_right_before(const struct look *look, const struct words *words)
{
	for (size_t i = 0; i < look->match->pairing_count && pairing_at(look, i) != words->pairing; i++) {
		const struct pairing *pairing = pairing_at(look, i);

		for (size_t j = 0; pairing->entry && pairing->flow && j < pairing->step_count; j++) {
			const struct match_step *step = &pairing->steps[j];
			struct bytes seen = seen_bytes(pairing, step);

			if (step->status == STEP_MATCHED && step->item->kind == ITEM_MESSAGE && seen.length == words->seen.length &&
			    !memcmp(seen.at, words->seen.at, seen.length) &&
			    !strcmp(sender_name(look, pairing->entry, step->item->direction), words->host))
				return true;
		}
	}
	return false;
}

/* Words that were right before are said once more by a program that runs on, and the case was to start another one after
 * it: maybe it is that one's turn. */
bool find_went_on(const struct look *look)
{
	const struct evidence_program *program = NULL;
	struct words words;
	size_t started;
	bool found = compare_message(look, &words) && look->scene->lesson_case && were_right_before(look, &words) &&
	             programs_due(look, words.host, &program, &started) > started && program && program->student &&
	             program->end == PROGRAM_RUNNING;

	if (found) {
		say_seen(look, "%s says %s once more, where %s is due, and runs on. The next program on %s waits for its end, and was "
		               "never started.", words.host, quote(words.seen.at, words.seen.length),
		         quote(text_string(&words.wanted), words.wanted.length), words.host);
		say_means(look, "If the other words are for the next one to say, this one should have ended: what came was not taken for "
		                "the end of its work, and a loop turns on.");
		say_next(look, "Which answer ends the loop? Leave it there, and let the program end.");
	}
	text_free(&words.wanted);
	return found;
}

bool find_wrong_text(const struct look *look)
{
	struct words words;
	bool found = compare_message(look, &words);

	if (found) {
		say_sent(look, &words);
		if (!say_difference(look, &words))
			say_means(look, "send() or sendto() was given other bytes than the lesson asks for here.");
		say_next(look, "Compare the two texts byte by byte, and look at where the program takes its own from.");
	}
	text_free(&words.wanted);
	return found;
}
