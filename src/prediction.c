/* prediction.c - see prediction.h. */
#include "prediction.h"

#include "observe.h"
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is being said. */
struct saying {
	const struct prediction *prediction;
	const struct pairing *first;
	int line, column; /* of the arrow; line 0: there is none */
	int width;        /* of the arrow */
	struct text words;
};

static void say(struct saying *saying, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct saying *saying, const char *format, ...)
{
	char words[2048];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(words, sizeof words, format, arguments);
	va_end(arguments);
	text_printf(&saying->words, "%s\n", words);
}

static const char *name_of(const struct saying *saying, const struct address *address)
{
	static char printed[2][64];
	static int turn;
	const char *name = hosts_name(saying->prediction->hosts, address);

	turn = !turn;
	return name ? name : address_print(address, printed[turn], sizeof printed[turn]);
}

/* Who a line says acts: by its own words, "*" as "somebody". */
static const char *written(const struct endpoint *endpoint)
{
	return strcmp(endpoint->host, "*") ? endpoint->host : "somebody";
}

static const struct endpoint *sender_of(const struct pairing *pairing, enum direction direction)
{
	return direction == DIRECTION_ALONG ? &pairing->entry->flow.opener : &pairing->entry->flow.target;
}

/* ---- where the arrow points ---- */

/* Line NUMBER of the source; NULL: there is none. */
static const char *line_at(const char *source, int number, size_t *length)
{
	for (; number > 1; number--) {
		source = strchr(source, '\n');
		if (!source++)
			return NULL;
	}
	*length = strcspn(source, "\r\n");
	return source;
}

static void point_at(struct saying *saying, int line, const char *what)
{
	size_t length;
	const char *text = line_at(saying->prediction->source, line, &length);
	const char *found = text ? memmem(text, length, what, strlen(what)) : NULL;

	saying->line = line;
	saying->column = found ? (int)(found - text) : 0;
	saying->width = found ? (int)strlen(what) : 1;
	if (!found && text) {
		saying->column = (int)strspn(text, " \t");
		saying->width = (int)length > saying->column ? (int)length - saying->column : 1;
	}
}

static void point_at_item(struct saying *saying, const struct item *item)
{
	point_at(saying, item->line, item->item_count ? "\n" : item->direction == DIRECTION_ALONG ? "->" : "<-");
}

static void point_at_flow(struct saying *saying, const char *what)
{
	point_at(saying, saying->first->entry->line, what);
}

/* At one end of the flow, in front of the => or behind it. */
static void point_at_end(struct saying *saying, const char *what, bool target)
{
	size_t length;
	const char *text = line_at(saying->prediction->source, saying->first->entry->line, &length);
	const char *opens = text ? memmem(text, length, "=>", 2) : NULL;
	const char *from = !opens ? NULL : target ? opens + 2 : text + strspn(text, " \t") + 3; /* behind tcp or udp */
	const char *found = NULL;

	if (from)
		found = memmem(from, (size_t)((target ? text + length : opens) - from), what, strlen(what));
	point_at_flow(saying, "\n");
	if (!found)
		return;
	saying->column = (int)(found - text);
	saying->width = (int)strlen(what);
}

/* ---- the first line of a flow ---- */

static void say_reversed(struct saying *saying)
{
	const struct expected_flow *flow = &saying->first->entry->flow;
	bool tcp = flow->transport == TRANSPORT_TCP;

	point_at_flow(saying, "=>");
	say(saying, "By this line %s opens. It is the other side that does.", written(&flow->opener));
	say(saying, tcp ? "=> points from whoever calls (connect(), which sends the first packet) to whoever was "
	    "waiting (listen(), accept()), whichever of the two speaks first then." : "=> points from whoever sends the first datagram "
	    "to whoever was waiting in recvfrom().");
	say(saying, "When the names change places, look at each arrow below: -> goes along the opening, and so turns too.");
}

static void say_outcome(struct saying *saying)
{
	static const char *const by[] = {
		[OUTCOME_OPEN] = "somebody takes this call",
		[OUTCOME_REFUSED] = "this call is refused",
		[OUTCOME_UNANSWERED] = "nobody says anything to this call",
	};

	point_at_flow(saying, "\n");
	say(saying, "By this line %s. It goes otherwise.", by[saying->first->entry->flow.outcome]);
	say(saying, "`refused`: a kernel says at once that nobody listens there. `unanswered`: the call is thrown away on "
	            "its way, and whoever calls waits in vain. Without a word: somebody listens, and the connection "
	            "opens.");
}

static void say_host(struct saying *saying, bool target)
{
	const struct prediction *prediction = saying->prediction;
	const struct expected_flow *flow = &saying->first->entry->flow;
	const struct endpoint *end = target ? &flow->target : &flow->opener;

	point_at_end(saying, end->host, target);
	say(saying, "By this line %s is who %s. Seen at this place, it is another address.", written(end),
	    target ? "is called" : "opens");
	if (prediction->shown)
		say(saying, "It was %s.", name_of(saying, &saying->first->flow->address[target]));
	if (prediction->lesson->nat_count || prediction->lesson->tunnel_count)
		say(saying, "An address is what stands in the packet there: a router that translates (NAT) puts its own in place "
		            "of whoever is behind it, and a tunnel does something alike.");
}

static void say_port(struct saying *saying, bool target)
{
	const struct expected_flow *flow = &saying->first->entry->flow;
	struct text end = {0};

	trace_print_endpoint(target ? &flow->target : &flow->opener, &end);
	point_at_end(saying, text_string(&end), target);
	say(saying, "Not this port: %s has another one here.", written(target ? &flow->target : &flow->opener));
	if (saying->prediction->shown)
		say(saying, "It was %u.", saying->first->flow->port[target]);
	say(saying, "Whoever is called has the port that is given to the programs, {port} or another parameter; "
	            "whoever calls has any port, *, unless it binds one.");
	text_free(&end);
}

static bool say_header(struct saying *saying)
{
	const struct pairing *first = saying->first;
	unsigned header = first->header;

	if (header & HEADER_TRANSPORT) {
		point_at_flow(saying, first->entry->flow.transport == TRANSPORT_TCP ? "tcp" : "udp");
		say(saying, "It is %s that is spoken here.", first->entry->flow.transport == TRANSPORT_TCP ? "UDP" : "TCP");
	} else if (header & HEADER_REVERSED) {
		say_reversed(saying);
	} else if (header & (HEADER_OPENER_HOST | HEADER_TARGET_HOST)) {
		say_host(saying, !(header & HEADER_OPENER_HOST));
	} else if (header & (HEADER_OPENER_PORT | HEADER_TARGET_PORT)) {
		say_port(saying, !(header & HEADER_OPENER_PORT));
	} else if (header & HEADER_OUTCOME) {
		say_outcome(saying);
	} else if (header & (HEADER_TOO_SOON | HEADER_TOO_LATE)) {
		point_at_flow(saying, header & HEADER_TOO_SOON ? "after" : "within");
		say(saying, "It opens %s than this line says.", header & HEADER_TOO_SOON ? "sooner" : "later");
	} else if (header & HEADER_BYTES) {
		point_at_flow(saying, "bytes");
		say(saying, "Another number of bytes goes that way.");
	} else if (first->out_of_order) {
		point_at_flow(saying, "\n");
		say(saying, "This flow stands below a `then`, and it opens before all above is complete.");
	} else {
		return false;
	}
	return true;
}

/* ---- what is said in a flow ---- */

static bool says_these(const struct event *event, const struct text *words)
{
	return event->kind == EVENT_MESSAGE && event->length == words->length && event->kept == words->length &&
	       !memcmp(event->bytes, text_string(words), words->length);
}

/* Whether the other side said what ITEM has. */
static bool is_turned(const struct pairing *first, const struct match *match, const struct item *item,
                      const struct params *params)
{
	struct text words = {0};
	bool turned = false;

	if (item->kind != ITEM_MESSAGE)
		return false;
	match_expand(&item->pattern, params, match->bindings, match->binding_count, &words);
	for (size_t i = 0; i < first->flow->event_count; i++) {
		const struct event *event = &first->flow->events[i];

		if (event->direction == item->direction)
			continue;
		if (item->pattern.kind == PATTERN_TEXT)
			turned |= says_these(event, &words);
		else if (item->pattern.kind == PATTERN_BYTES)
			turned |= event->kind == EVENT_MESSAGE && event->length == item->pattern.count;
	}
	text_free(&words);
	return turned;
}

static void say_seen(struct saying *saying, const struct match_step *step)
{
	const struct event *event;
	struct text quoted = {0};

	if (!saying->prediction->shown || step->event == MATCH_NO_EVENT)
		return;
	event = &saying->first->flow->events[step->event];
	if (event->kind == EVENT_MESSAGE && event->kept >= step->offset + step->length && step->length <= 60) {
		text_add_quoted(&quoted, event->bytes + step->offset, step->length);
		say(saying, "There %s said %s.", name_of(saying, &saying->first->flow->address[event->direction]),
		    text_string(&quoted));
	}
	text_free(&quoted);
}

static const char *deed(const struct item *item)
{
	switch (item->kind) {
	case ITEM_FIN: return "says that it has no more to say (fin)";
	case ITEM_RESET: return "breaks the connection off (reset)";
	case ITEM_UNREACHABLE: return "is told that nobody is there (unreachable)";
	case ITEM_MESSAGE:
	case ITEM_SYN:
	case ITEM_ACK:
	case ITEM_ANY_ORDER:
	case ITEM_MAYBE:
	case ITEM_REPEAT: break;
	}
	return "says this";
}

static void say_missing(struct saying *saying, const struct match_step *step, bool turned)
{
	const struct item *item = step->item;
	const char *who = written(sender_of(saying->first, item->direction));

	point_at_item(saying, item);
	if (turned) {
		say(saying, "By this line %s says this. It is said, but by the other side: turn the arrow around.", who);
		say(saying, "-> is from the name in front of the => to the one behind it, <- the way back.");
		return;
	}
	say(saying, "By this line %s %s. At this place that does not happen.", who, deed(item));
	if (item->kind == ITEM_FIN)
		say(saying, "Each side ends for itself: shutdown() or close(), or the end of its program. Who is first, and who "
		            "still speaks after the other one's end?");
	else
		say(saying, "Who waits for whom here?");
}

/* Where a message came that no line has, and the next line has one the other way, which never came: that line. */
static const struct match_step *find_turned(const struct saying *saying, const struct match_step *extra,
                                            const struct params *params)
{
	const struct pairing *first = saying->first;
	const struct event *event = &first->flow->events[extra->event];

	for (const struct match_step *step = extra + 1; step < first->steps + first->step_count; step++) {
		if (!step->item || step->status == STEP_MATCHED)
			continue;
		if (event->kind != EVENT_MESSAGE || step->item->kind != ITEM_MESSAGE || step->item->direction == event->direction)
			return NULL;
		return step->item->pattern.kind == PATTERN_ANY ||
		       is_turned(first, saying->prediction->match, step->item, params) ? step : NULL;
	}
	return NULL;
}

/* More was seen than the flow has. */
static void say_extra(struct saying *saying, const struct match_step *step)
{
	const struct pairing *first = saying->first;
	const struct event *event = &first->flow->events[step->event];
	const struct item *before = NULL;
	const char *who = name_of(saying, &first->flow->address[event->direction]);

	for (const struct match_step *other = first->steps; other < step; other++)
		before = other->item ? other->item : before;
	if (before)
		point_at_item(saying, before);
	else
		point_at_flow(saying, "\n");
	switch (event->kind) {
	case EVENT_MESSAGE:
		say(saying, before && before->kind == ITEM_MESSAGE && before->direction == event->direction ?
		    "Behind this line %s speaks once more, and your picture has no line for it." :
		    "Behind this line %s says something that your picture has no line for.", who);
		say_seen(saying, step);
		break;
	case EVENT_FIN:
		say(saying, "Behind this line %s says that it has no more to say (fin), earlier than your picture has it.", who);
		break;
	case EVENT_RESET:
		say(saying, "Behind this line %s breaks the connection off (reset), which your picture does not have.", who);
		break;
	case EVENT_UNREACHABLE:
		say(saying, "Behind this line comes word that nobody is there (unreachable), which your picture does not have.");
		break;
	case EVENT_SYN:
	case EVENT_ACK:
		say(saying, "Behind this line something happens that your picture has no line for.");
		break;
	}
}

static void say_step(struct saying *saying, const struct match_step *step, const struct params *params)
{
	const struct match_step *instead = step->item ? NULL : find_turned(saying, step, params);
	bool turned;

	if (instead) {
		say_missing(saying, instead, true);
		return;
	}
	if (!step->item) {
		say_extra(saying, step);
		return;
	}
	turned = is_turned(saying->first, saying->prediction->match, step->item, params);
	if (turned || step->status == STEP_MISSING) {
		say_missing(saying, step, turned);
		return;
	}
	point_at_item(saying, step->item);
	if (step->status == STEP_UNTIMELY) {
		say(saying, "This comes, but not in the time that this line says.");
		return;
	}
	say(saying, "By this line %s says this; it says something else.",
	    written(sender_of(saying->first, step->item->direction)));
	say_seen(saying, step);
}

/* ---- flows as a whole ---- */

/* A flow that no line allows, or that some `never` forbids. */
static void say_unexpected(struct saying *saying)
{
	struct trace seen = {0};
	struct text line = {0};

	if (saying->first->never) {
		point_at(saying, saying->first->never->line, "never");
		say(saying, "By this line that never happens, and it does.");
	} else {
		say(saying, "One more flow is to be seen, and no line of your picture has it.");
	}
	if (saying->prediction->shown) {
		observe_flow(saying->first->flow, saying->prediction->hosts, &seen);
		trace_print_flow(&seen.entries[0].flow, &line);
		say(saying, "It was: %s", text_string(&line));
	}
	text_free(&line);
	trace_free(&seen);
}

static void say_absent(struct saying *saying)
{
	point_at_flow(saying, "\n");
	say(saying, "Nothing like this flow is to be seen.");
	say(saying, "Who opens, to which port, at which place?");
}

static void say_where(struct saying *saying)
{
	const struct entry *where = saying->prediction->match->where;

	point_at(saying, where->line, where->kind == ENTRY_UP ? "up" : where->kind == ENTRY_DOWN ? "down" : "where");
	if (where->kind == ENTRY_WHERE) {
		say(saying, "These two ports are not so.");
		return;
	}
	say(saying, "Another number of bytes goes that way.");
	say(saying, "`up` is what goes out of that interface and `down` what comes in to it, whoever opened and whoever asked.");
}

/* ---- all together ---- */

static void choose_words(struct saying *saying, const struct params *params)
{
	const struct match *match = saying->prediction->match;
	const struct pairing *first = saying->first;

	if (!first && match->where)
		say_where(saying);
	else if (!first)
		say(saying, "It is not so.");
	else if (!first->entry)
		say_unexpected(saying);
	else if (!first->flow)
		say_absent(saying);
	else if (!say_header(saying) && match->first_step != SIZE_MAX)
		say_step(saying, &first->steps[match->first_step], params);
	if (!saying->words.length) {
		point_at_flow(saying, "\n");
		say(saying, "It is not so.");
	}
}

static void add_quote(const struct saying *saying, struct text *out)
{
	size_t length = 0;
	const char *line = saying->line ? line_at(saying->prediction->source, saying->line, &length) : NULL;

	if (!line)
		return;
	text_printf(out, "    %4d | ", saying->line);
	for (size_t i = 0; i < length; i++) /* a comment may hold what would rewrite the screen */
		text_printf(out, "%c", (unsigned char)line[i] < ' ' && line[i] != '\t' ? '?' : line[i]);
	text_add(out, "\n         | ");
	for (int i = 0; i < saying->column; i++)
		text_add(out, line[i] == '\t' ? "\t" : " ");
	for (int i = 0; i < saying->width; i++)
		text_add(out, "^");
	text_add(out, "\n");
}

static void add_paragraphs(const char *words, int width, struct text *out)
{
	while (*words) {
		size_t length = strcspn(words, "\n");
		char *paragraph = mem_bytes(words, length);

		report_wrap(out, paragraph, 4, width);
		free(paragraph);
		words += length + 1; /* say() has ended each */
	}
}

void prediction_explain(const struct prediction *prediction, const struct params *params, int width, struct text *out)
{
	const struct match *match = prediction->match;
	struct saying saying = {.prediction = prediction};

	saying.first = match->first == SIZE_MAX ? NULL : &match->pairings[match->first];
	choose_words(&saying, params);
	add_quote(&saying, out);
	add_paragraphs(text_string(&saying.words), width, out);
	text_free(&saying.words);
}

/* ---- the words of the language ---- */

#define WORD_COLUMN 24 /* where a meaning begins: no word that is shown is longer than 18 */

static const struct {
	const char *word;  /* in the file */
	const char *shown; /* what is printed */
	const char *means;
} words[] = {
	{"=>", "a => b", "a opens: with TCP it calls b, with UDP it speaks first"},
	{"->", "-> \"hello\"", "a message along the opening, from the name in front of the => to the one behind it"},
	{"<-", "<- \"hello\"", "a message the other way"},
	{":*", "a:*", "any port of a"},
	{"{", "{port}", "a value that is given to the programs, as are the texts in {braces}"},
	{"any", "-> any", "whatever is said there"},
	{"bytes", "-> 9 bytes", "so many bytes, whatever they are; 0..20000 is a range"},
	{"fin", "-> fin", "that side has no more to say"},
	{"refused", "refused", "a kernel says at once that nobody listens there"},
	{"unanswered", "unanswered", "nobody says anything to the call"},
	{"unreachable", "<- unreachable", "a kernel says that no socket has that UDP port"},
	{"then", "then", "what stands below opens when all above is complete"},
	{"repeat", "repeat 3..6", "what is indented below happens so often"},
	{"\nat ", "at home.wan", "what is indented below is seen at that interface; the lines above at the case's first"},
	{"up", "up 9 bytes", "so much goes out of that interface, headers too, all flows together"},
	{"down", "down 9 bytes", "so much comes in to it"},
	{"in at", "in at most 1 s", "how long the message takes, from its first packet to its last"},
	{"never", "never tcp * => a:*", "that is not to be seen"},
};

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-';
}

/* The lines of a trace without its comments. */
static void take_lines(const char *source, struct text *lines)
{
	while (*source) {
		size_t length = strcspn(source, "\n");

		if (source[strspn(source, " \t")] != '#')
			text_add_bytes(lines, source, length);
		text_add(lines, "\n");
		source += length + (source[length] == '\n');
	}
}

/* Whether LINES have the word, as a word. */
static bool has_word(const char *source, const char *word)
{
	size_t length = strlen(word);
	bool letters = is_letter(word[0]) && word[0] != '-';

	for (const char *at = strstr(source, word); at; at = strstr(at + 1, word))
		if (!letters || ((at == source || !is_letter(at[-1])) && !is_letter(at[length])))
			return true;
	return false;
}

/* The word in its column, what it means beside it, at WIDTH columns. */
static void add_word(const char *shown, const char *means, int width, struct text *out)
{
	struct text lines = {0};

	report_wrap(&lines, means, WORD_COLUMN, width);
	memcpy(lines.data + 4, shown, strlen(shown)); /* into the spaces at its beginning */
	text_add(out, text_string(&lines));
	text_free(&lines);
}

void prediction_words(const char *source, int width, struct text *out)
{
	struct text lines = {0};

	take_lines(source, &lines);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
		struct text quoted = {0}; /* a comment that speaks of it */

		text_printf(&quoted, "`%s`", words[i].word);
		if (has_word(text_string(&lines), words[i].word) || strstr(source, text_string(&quoted)))
			add_word(words[i].shown, words[i].means, width, out);
		text_free(&quoted);
	}
	text_free(&lines);
}
