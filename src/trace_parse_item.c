/* trace_parse_item.c - what stands below a flow: messages, ends and blocks of them. See trace_parse.c. */
#include "trace_parse_parts.h"

#include <stdlib.h>
#include <string.h>

#define UDP_LARGEST 65507 /* 65535 less the headers of IPv4 and UDP */
#define AMOUNT_LARGEST UINT64_C(1000000000000000) /* of a total, a sequence number */
#define BYTES_LARGEST 100000000 /* a host that is played makes them in memory */

/* ---- repeat, after, within ---- */

/* The bounds behind `repeat`: N, N..M or N.. */
int trace_parse_bounds(struct parser *parser, size_t *least, size_t *most)
{
	const struct token *token = lexer_take(&parser->lexer);
	const char *dots = token->kind == TOKEN_WORD ? strstr(token->text, "..") : NULL;
	size_t length = dots ? (size_t)(dots - token->text) : token->length;
	uint64_t low = 0, high = 0;
	bool good = token->kind == TOKEN_WORD && lexer_is_number(token->text, length, TRACE_REPEAT_MAX, &low);

	if (good && dots && dots[2])
		good = lexer_is_number(dots + 2, strlen(dots + 2), TRACE_REPEAT_MAX, &high);
	else
		high = low;
	if (!good)
		return lexer_expected(&parser->lexer, token, "how often: N, N..M or N.., at most 1000", NULL);
	*least = (size_t)low;
	*most = dots && !dots[2] ? TRACE_FOREVER : (size_t)high;
	if (*most < *least)
		return lexer_error(&parser->lexer, token->column, "%s runs backwards: write the smaller number first",
		                   lexer_show(&parser->lexer, token->text, token->length));
	if (!*most)
		return lexer_error(&parser->lexer, token->column, "0 times is never: write `never` and the flow, or "
		                   "leave it out");
	return 0;
}

int trace_parse_amount(struct parser *parser, struct amount *amount)
{
	static const char *const words[] = {"bytes", "byte", NULL};
	const struct token *token = lexer_take(&parser->lexer);
	const char *dots = token->kind == TOKEN_WORD ? strstr(token->text, "..") : NULL;
	size_t length = dots ? (size_t)(dots - token->text) : token->length;
	bool good = token->kind == TOKEN_WORD && lexer_is_number(token->text, length, AMOUNT_LARGEST, &amount->least);

	amount->said = true;
	amount->most = dots && !dots[2] ? TRACE_UNBOUNDED : amount->least;
	if (good && dots && dots[2])
		good = lexer_is_number(dots + 2, strlen(dots + 2), AMOUNT_LARGEST, &amount->most);
	if (!good)
		return lexer_expected(&parser->lexer, token, "how many bytes: N, N..M or N..", NULL);
	if (amount->most < amount->least)
		return lexer_error(&parser->lexer, token->column, "%s runs backwards: write the smaller number first",
		                   lexer_show(&parser->lexer, token->text, token->length));
	return lexer_choice(&parser->lexer, words, "bytes") < 0 ? -1 : 0;
}

int trace_parse_time(struct parser *parser, int column, int64_t *us)
{
	if (*us)
		return lexer_error(&parser->lexer, column, "said twice: leave one of the two out");
	return lexer_time(&parser->lexer, us);
}

/* Behind `in`: at least T, at most T. */
static int parse_lasting(struct parser *parser, const struct expected_flow *flow, int column, struct item *item)
{
	static const char *const words[] = {"least", "most", NULL};
	struct lexer *lexer = &parser->lexer;
	int word;

	if (flow->transport == TRANSPORT_UDP || flow->views & VIEW_SEGMENTS || item->kind != ITEM_MESSAGE)
		return lexer_error(lexer, column, "`in at least` and `in at most` are about the bytes of a stream, from the "
		                   "first to the last: this is one packet");
	if (lexer_expect(lexer, "at"))
		return -1;
	word = lexer_choice(lexer, words, NULL);
	if (word < 0 || trace_parse_time(parser, column, word ? &item->shorter_us : &item->longer_us))
		return -1;
	if (item->shorter_us && item->shorter_us < item->longer_us)
		return lexer_error(lexer, column, "nothing lasts both so long and so short: `at most` must be the longer "
		                   "time");
	return 0;
}

/* What may stand behind an item that is no block: after T, within T, in at least T, in at most T. */
static int parse_item_times(struct parser *parser, const struct expected_flow *flow, struct item *item)
{
	static const char *const words[] = {"after", "within", "in", NULL};
	struct lexer *lexer = &parser->lexer;

	while (lexer_peek(lexer)->kind != TOKEN_END) {
		int column = lexer_peek(lexer)->column;
		int word = lexer_choice(lexer, words, "after, within, in or the end of the line");

		if (word == 2 && parse_lasting(parser, flow, column, item))
			return -1;
		if (word == 2)
			continue;
		if (word < 0 || trace_parse_time(parser, column, word ? &item->within_us : &item->after_us))
			return -1;
		if (item->within_us && item->within_us < item->after_us)
			return lexer_error(lexer, column, "nothing is both so late and so early: `within` must be the "
			                   "longer time");
	}
	return 0;
}

/* ---- patterns ---- */

static int parse_parts(struct parser *parser, const struct token *token, struct pattern *pattern)
{
	struct text part = {0};
	size_t offset = 0, capacity = 0;
	int kind;

	while ((kind = lexer_part(&parser->lexer, token, &offset, &part)) > PART_END) {
		mem_room(pattern->parts, pattern->part_count, capacity);
		pattern->parts[pattern->part_count++] = (struct pattern_part){
			.is_name = kind == PART_NAME,
			.bytes = mem_bytes(text_string(&part), part.length),
			.length = part.length,
		};
	}
	text_free(&part);
	return kind;
}

static int parse_text(struct parser *parser, const struct expected_flow *flow, struct pattern *pattern)
{
	const struct token *token = lexer_take(&parser->lexer);

	if (parse_parts(parser, token, pattern))
		return -1;
	pattern->kind = lexer_accept(&parser->lexer, "...") ? PATTERN_PREFIX : PATTERN_TEXT;
	if (pattern->part_count)
		return 0;
	if (pattern->kind == PATTERN_PREFIX)
		return lexer_error(&parser->lexer, token->column, "\"\" ... is anything: write `any`");
	if (flow->transport == TRANSPORT_TCP)
		return lexer_error(&parser->lexer, token->column, "TCP has no empty message: sending no bytes sends "
		                   "nothing; leave the line out");
	return 0;
}

static int parse_bytes(struct parser *parser, const struct expected_flow *flow, struct pattern *pattern)
{
	static const char *const words[] = {"bytes", "byte", NULL};
	bool udp = flow->transport == TRANSPORT_UDP; /* which has empty datagrams */

	pattern->kind = PATTERN_BYTES;
	if (lexer_number(&parser->lexer, "a number of bytes", udp ? 0 : 1, udp ? UDP_LARGEST : BYTES_LARGEST,
	                 &pattern->count))
		return -1;
	return lexer_choice(&parser->lexer, words, "bytes") < 0 ? -1 : 0;
}

/* ---- items ---- */

/* `seq N` behind a segment or a fin. */
static int parse_seq(struct parser *parser, const struct expected_flow *flow, struct item *item)
{
	struct lexer *lexer = &parser->lexer;
	int column = lexer_peek(lexer)->column;

	if ((item->kind != ITEM_MESSAGE && item->kind != ITEM_FIN) || !lexer_accept(lexer, "seq"))
		return 0;
	if (flow->transport == TRANSPORT_UDP)
		return lexer_error(lexer, column, "UDP has no sequence numbers: leave `seq` out");
	if (!(flow->views & VIEW_SEGMENTS))
		return lexer_error(lexer, column, "sequence numbers are part of a stricter view: write `segments` on the "
		                   "flow's line");
	return lexer_number(lexer, "a sequence number; the first byte's is 1", 1, AMOUNT_LARGEST, &item->seq);
}

/* Behind `syn`: seq 0 [ack N]. */
static int parse_syn(struct parser *parser, const struct expected_flow *flow, int column, struct item *item)
{
	struct lexer *lexer = &parser->lexer;
	uint64_t zero;

	if (!(flow->views & VIEW_HANDSHAKE))
		return lexer_error(lexer, column, "a SYN is part of a stricter view: write `handshake` on the flow's line");
	if (lexer_expect(lexer, "seq") ||
	    lexer_number(lexer, "the sequence number of a SYN, from which the others count: 0", 0, 0, &zero))
		return -1;
	if (!lexer_accept(lexer, "ack"))
		return 0;
	return lexer_number(lexer, "an acknowledgement number; a SYN's is 1", 1, AMOUNT_LARGEST, &item->ack);
}

/* Behind `ack`: N. */
static int parse_ack(struct parser *parser, const struct expected_flow *flow, int column, struct item *item)
{
	struct lexer *lexer = &parser->lexer;
	int number = lexer_peek(lexer)->column;

	if (!(flow->views & (VIEW_HANDSHAKE | VIEW_ACKS)))
		return lexer_error(lexer, column, "acknowledgements are part of a stricter view: write `acks` on the flow's "
		                   "line");
	if (lexer_number(lexer, "an acknowledgement number; a SYN's is 1", 1, AMOUNT_LARGEST, &item->ack))
		return -1;
	if (item->ack > 1 && !(flow->views & VIEW_ACKS))
		return lexer_error(lexer, number, "`handshake` sees the acknowledgement of a SYN alone, `ack 1`: write `acks` "
		                   "on the flow's line too");
	return 0;
}

static int parse_end(struct parser *parser, const struct expected_flow *flow, const struct token *token,
                     struct item *item)
{
	struct lexer *lexer = &parser->lexer;
	bool udp = flow->transport == TRANSPORT_UDP;

	if (udp && item->kind >= ITEM_SYN)
		return lexer_error(lexer, token->column, "UDP has no handshake and no acknowledgements: leave this line out");
	if (item->kind == ITEM_SYN)
		return parse_syn(parser, flow, token->column, item);
	if (item->kind == ITEM_ACK)
		return parse_ack(parser, flow, token->column, item);
	if (udp && item->kind == ITEM_FIN)
		return lexer_error(lexer, token->column, "UDP has no fin: nothing on the wire tells that a side has "
		                   "finished; leave this line out");
	if (udp && item->kind == ITEM_RESET)
		return lexer_error(lexer, token->column, "UDP has no reset: when nobody is bound the kernel answers by "
		                   "ICMP, write `unreachable`");
	if (!udp && item->kind == ITEM_UNREACHABLE)
		return lexer_error(lexer, token->column, "`unreachable` is for UDP: write `refused` on the flow's "
		                   "line, or `reset` here");
	return 0;
}

/* What is behind an arrow. */
static int parse_message(struct parser *parser, const struct expected_flow *flow, struct item *item)
{
	static const char *const words[] = {"any", "fin", "reset", "unreachable", "syn", "ack", NULL};
	static const enum item_kind kinds[] = {ITEM_MESSAGE, ITEM_FIN, ITEM_RESET, ITEM_UNREACHABLE, ITEM_SYN, ITEM_ACK};
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_peek(lexer);
	int word;

	if (token->kind == TOKEN_STRING)
		return parse_text(parser, flow, &item->pattern);
	if (token->kind == TOKEN_WORD && *token->text >= '0' && *token->text <= '9')
		return parse_bytes(parser, flow, &item->pattern);
	word = lexer_choice(lexer, words, "a \"text\", any, 1000 bytes, fin, reset, unreachable, syn or ack");
	if (word < 0)
		return -1;
	item->kind = kinds[word];
	item->pattern.kind = item->kind == ITEM_MESSAGE ? PATTERN_ANY : PATTERN_TEXT;
	return parse_end(parser, flow, token, item);
}

static int parse_arrow(struct parser *parser, const struct expected_flow *flow, struct item *item)
{
	item->kind = ITEM_MESSAGE;
	if (parse_message(parser, flow, item) || parse_seq(parser, flow, item) || parse_item_times(parser, flow, item))
		return -1;
	return lexer_next_line(&parser->lexer);
}

static bool is_time(const struct token *token)
{
	return token->kind == TOKEN_WORD && (!strcmp(token->text, "after") || !strcmp(token->text, "within"));
}

/* The items of `in any order`, `maybe` and `repeat`, on the lines below. */
static int parse_item_block(struct parser *parser, const struct expected_flow *flow, struct item *item, int indent,
                            int depth)
{
	struct lexer *lexer = &parser->lexer;

	if (depth > TRACE_DEPTH)
		return lexer_error(lexer, item->column, "too many blocks inside each other: at most %d", TRACE_DEPTH);
	if (is_time(lexer_peek(lexer)))
		return lexer_error(lexer, lexer_peek(lexer)->column, "a time is about one item: write it behind the block's "
		                   "first item");
	if (lexer_next_line(lexer))
		return -1;
	if (lexer->indent <= indent)
		return error_set(lexer->error, lexer->file, item->line, item->column, "this block is empty: write its "
		                 "items on the lines below it, indented further");
	return trace_parse_items(parser, flow, &item->items, &item->item_count, indent, depth, item->kind);
}

static int parse_item(struct parser *parser, const struct expected_flow *flow, struct item *item, int depth)
{
	static const char *const words[] = {"->", "<-", "in", "maybe", "repeat", NULL};
	struct lexer *lexer = &parser->lexer;
	int indent = lexer->indent;

	*item = (struct item){.line = lexer->line, .column = lexer_peek(lexer)->column};
	switch (lexer_choice(lexer, words, "->, <-, in any order, maybe or repeat")) {
	case 0:
		item->direction = DIRECTION_ALONG;
		return parse_arrow(parser, flow, item);
	case 1:
		item->direction = DIRECTION_AGAINST;
		return parse_arrow(parser, flow, item);
	case 2:
		item->kind = ITEM_ANY_ORDER;
		if (lexer_expect(lexer, "any") || lexer_expect(lexer, "order"))
			return -1;
		break;
	case 3:
		item->kind = ITEM_MAYBE;
		break;
	case 4:
		item->kind = ITEM_REPEAT;
		if (trace_parse_bounds(parser, &item->least, &item->most))
			return -1;
		break;
	default:
		return -1;
	}
	return parse_item_block(parser, flow, item, indent, depth + 1);
}

/* Behind its fin or its reset a side sends nothing any more; but the fin of a close() may be followed by a
 * reset, the kernel's answer to what still comes (RFC 9293, section 3.6.1). */
static int check_sequel(struct parser *parser, const struct item *items, size_t count)
{
	enum item_kind ended[2] = {ITEM_MESSAGE, ITEM_MESSAGE};

	for (size_t i = 0; i < count; i++) {
		const struct item *item = &items[i];

		if (item->kind > ITEM_RESET)
			continue;
		if (ended[item->direction] == ITEM_RESET || (ended[item->direction] == ITEM_FIN && item->kind != ITEM_RESET))
			return error_set(parser->lexer.error, parser->lexer.file, item->line, item->column,
			                 "this side has ended above (fin or reset) and sends no more: put the end "
			                 "behind what it sends");
		ended[item->direction] = item->kind;
	}
	return 0;
}

int trace_parse_items(struct parser *parser, const struct expected_flow *flow, struct item **items, size_t *count,
                       int parent, int depth, enum item_kind within)
{
	struct lexer *lexer = &parser->lexer;
	size_t capacity = 0;
	int indent = -1, more;

	while ((more = lexer_block(lexer, parent, &indent)) > 0) {
		if (within == ITEM_ANY_ORDER && *count == TRACE_ANY_ORDER_MAX)
			return lexer_error(lexer, lexer->indent + 1, "too many items in any order: at most %d",
			                   TRACE_ANY_ORDER_MAX);
		mem_room(*items, *count, capacity);
		if (parse_item(parser, flow, &(*items)[(*count)++], depth))
			return -1;
	}
	if (more < 0 || within == ITEM_ANY_ORDER)
		return more;
	return check_sequel(parser, *items, *count);
}
