/* diagnose_views.c - the plain divergence of what a trace asks for beyond messages: handshakes, segments,
 * acknowledgements, ends, bytes, how long something took. See find_divergence(). */
#include "diagnose_parts.h"

#include <inttypes.h>
#include <string.h>

static int line_of(const struct match_step *step, const struct entry *entry)
{
	return step->item ? step->item->line : entry->line;
}

static void add_event(const struct event *event, struct text *out)
{
	switch (event->kind) {
	case EVENT_MESSAGE:
		text_printf(out, "a segment of %zu byte%s", event->length, event->length == 1 ? "" : "s");
		if (event->seq)
			text_printf(out, " with seq %" PRIu64, event->seq);
		break;
	case EVENT_FIN: text_add(out, "its end (FIN)"); break;
	case EVENT_RESET: text_add(out, "a reset (RST)"); break;
	case EVENT_UNREACHABLE: text_add(out, "an ICMP error"); break;
	case EVENT_SYN:
		text_add(out, "a SYN");
		if (event->ack)
			text_printf(out, " with ack %" PRIu64, event->ack);
		break;
	case EVENT_ACK: text_printf(out, "ack %" PRIu64, event->ack); break;
	}
}

/* How far that side did acknowledge in the end. */
static uint64_t furthest(const struct flow *flow, enum direction direction)
{
	uint64_t most = 0;

	for (size_t i = 0; i < flow->event_count; i++) {
		const struct event *event = &flow->events[i];

		if ((event->kind == EVENT_ACK || event->kind == EVENT_SYN) && event->direction == direction &&
		    event->ack > most)
			most = event->ack;
	}
	return most;
}

static bool say_missing(const struct look *look, const struct match_step *step)
{
	const struct item *item = step->item;
	const char *host = sender_of(look->first->entry, item->direction)->host;

	if (item->kind == ITEM_SYN) {
		say_seen(look, "The SYN of %s that line %d asks for was not seen where it is due.", host, item->line);
		say_means(look, "The kernel sends it: connect() from the side that opens, the answer to it from one that "
		                "listens.");
	} else if (item->kind == ITEM_ACK) {
		say_seen(look, "%s had not acknowledged up to %" PRIu64 " where line %d asks for it; in the end it had "
		               "acknowledged up to %" PRIu64 ".", host, item->ack, item->line,
		         furthest(look->first->flow, item->direction));
		say_means(look, "An acknowledgement of N says: I have all before byte N. The kernel sends it once the bytes have "
		                "come, whether the program has read them or not.");
	} else {
		return false;
	}
	return true;
}

static bool say_untimely(const struct look *look, const struct match_step *step)
{
	const struct item *item = step->item;
	const struct event *event = &look->first->flow->events[step->event];
	const char *host = sender_of(look->first->entry, item->direction)->host;
	int64_t lasted = event->end_ns - event->time_ns;

	if (item->longer_us && lasted < item->longer_us * 1000)
		say_seen(look, "What %s sent took %.1f ms from the first byte to the last, and line %d asks for at least "
		               "%.1f ms.", host, (double)lasted / 1e6, item->line, (double)item->longer_us / 1e3);
	else if (item->shorter_us && lasted > item->shorter_us * 1000)
		say_seen(look, "What %s sent took %.1f ms from the first byte to the last, and line %d asks for at most "
		               "%.1f ms.", host, (double)lasted / 1e6, item->line, (double)item->shorter_us / 1e3);
	else
		return false;
	say_means(look, "The bytes are right, their pace is not.");
	return true;
}

static bool say_step(const struct look *look, const struct match_step *step)
{
	const struct entry *entry = look->first->entry;
	const struct event *event;
	struct text text = {0};

	if (step->status == STEP_MISSING)
		return say_missing(look, step);
	if (step->status == STEP_UNTIMELY)
		return say_untimely(look, step);
	event = &look->first->flow->events[step->event];
	add_event(event, &text);
	if (event->kind == EVENT_FIN && step->status == STEP_EXTRA) {
		say_seen(look, "%s ended its side (FIN), which line %d does not allow here.",
		         name_at(look, &look->first->flow->address[event->direction == DIRECTION_AGAINST]), entry->line);
		say_means(look, "A FIN is close(), shutdown() or the end of the program. `ends` on that line says that only "
		                "the listed ones may come.");
	} else if (entry->flow.views) {
		say_seen(look, "%s sent %s, and line %d asks for something else.",
		         name_at(look, &look->first->flow->address[event->direction == DIRECTION_AGAINST]),
		         text_string(&text), line_of(step, entry));
		say_means(look, "This trace looks at packets more closely than at messages: what differs is their order, their "
		                "length or their numbers.");
	}
	text_free(&text);
	return entry->flow.views;
}

static void add_wanted(const struct amount *amount, struct text *out)
{
	if (amount->said)
		trace_print_amount(amount, out);
	else
		text_add(out, "any number");
}

static bool say_bytes(const struct look *look)
{
	const struct pairing *first = look->first;
	const struct expected_flow *flow = &first->entry->flow;
	bool reversed = first->header & HEADER_REVERSED;
	struct text along = {0}, against = {0};

	add_wanted(&flow->bytes[0], &along);
	add_wanted(&flow->bytes[1], &against);
	say_seen(look, "%s sent %" PRIu64 " bytes to %s (line %d asks for %s), and %" PRIu64 " bytes came back (%s).",
	         name_at(look, &first->flow->address[reversed]), first->flow->bytes[reversed],
	         name_at(look, &first->flow->address[!reversed]), first->entry->line, text_string(&along),
	         first->flow->bytes[!reversed], text_string(&against));
	say_means(look, "These are the bytes that the programs sent, each counted once.");
	text_free(&along);
	text_free(&against);
	return true;
}

static bool say_traffic(const struct look *look)
{
	const struct entry *entry = look->match->where;
	const struct scene *scene = look->scene;
	const struct vantage *at = entry->vantage < 0 ? NULL : &scene->trace->vantages[entry->vantage];
	bool down = entry->kind == ENTRY_DOWN;
	struct text wanted = {0};
	size_t view = 0;

	for (size_t i = 0; at && i < scene->view_count; i++)
		if (!strcmp(scene->views[i].host, at->host) && !strcmp(scene->views[i].interface, at->interface))
			view = i;
	trace_print_amount(&entry->amount, &wanted);
	say_seen(look, "%" PRIu64 " bytes went %s %s.%s, and line %d of %s asks for %s.", scene->views[view].bytes[down],
	         down ? "in to" : "out of", scene->views[view].host, scene->views[view].interface, entry->line,
	         scene->trace->file, text_string(&wanted));
	say_means(look, "These are whole IP packets, headers, acknowledgements and repetitions too, whoever opened the "
	                "flow that they belong to.");
	text_free(&wanted);
	return true;
}

static const char amounts[] = "Add up what your programs send: what is too much, too little or sent twice?";

/* What was seen, what it means, and what to look at next. */
static bool say_difference(const struct look *look, const char **next)
{
	const struct pairing *first = look->first;
	const struct entry *where = look->match->where;

	if (!first)
		return where && (where->kind == ENTRY_UP || where->kind == ENTRY_DOWN) && say_traffic(look);
	*next = "Look at the marked arrow and at the expected line below: what differs in time, order or number?";
	if (!first->entry || !first->flow)
		return false;
	if (first->header & HEADER_TOO_LATE) {
		say_seen(look, "%s opened this flow later than line %d allows (`within`).",
		         name_at(look, &first->flow->address[0]), first->entry->line);
		say_means(look, "The time counts from the opening of the flow before it.");
		return true;
	}
	if (first->header & HEADER_BYTES) {
		*next = amounts;
		return say_bytes(look);
	}
	return look->match->first_step != SIZE_MAX && say_step(look, &first->steps[look->match->first_step]);
}

bool say_view(const struct look *look)
{
	const char *next = amounts;

	if (!say_difference(look, &next))
		return false;
	say_next(look, "%s", next);
	return true;
}
