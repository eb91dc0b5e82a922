/* trace_parse.c - the trace language into its abstract syntax: see trace.h, docs/trace-language.md.
 *
 * One function a construct, named after it; each takes its tokens and leaves the lexer on the next line.
 * What can never match (a fin of UDP, a message behind that side's fin) is an error here already: the
 * author is told at once, not the student at the end of a run. */
#include "lexer.h"
#include "packet.h"
#include "trace.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define UDP_LARGEST 65507 /* 65535 less the headers of IPv4 and UDP */
#define BYTES_LARGEST 100000000 /* a host that is played makes them in memory */
#define ENTRIES_MAX 10000 /* what a busy capture prints; and checks here are quadratic in it */
#define INTERFACE_LARGEST 16 /* IFNAMSIZ, NUL included */

/* A variable that a `where` names: it must occur in some flow. */
struct use {
	char name[TRACE_NAME];
	int line, column;
};

struct parser {
	struct lexer lexer;
	struct trace *trace;
	size_t entry_capacity, vantage_capacity;
	int vantage; /* of the `at` that we are in, or -1 */
	struct use *uses;
	size_t use_count, use_capacity;
};

static int parse_items(struct parser *parser, const struct expected_flow *flow, struct item **items, size_t *count,
                       int parent, int depth, enum item_kind within);

/* ---- endpoints ---- */

static int parse_host(struct parser *parser, int column, const char *text, size_t length, char *host)
{
	struct lexer *lexer = &parser->lexer;
	uint32_t address;

	if (length == 1 && *text == '*')
		return (void)strcpy(host, "*"), 0;
	if (length && *text >= '0' && *text <= '9') {
		if (!lexer_is_address(text, length, &address))
			return lexer_error(lexer, column, "%s is no host: expected a name, an address such as 10.0.0.1 "
			                   "or [2001:db8::1], or *", lexer_show(lexer, text, length));
		memcpy(host, text, length); /* at most 15 bytes: no needless zeros */
		host[length] = '\0';
		return 0;
	}
	return lexer_name(lexer, column, "a host", text, length, host, TRACE_NAME);
}

/* [2001:db8::1]:PORT, as RFC 3986 (section 3.2.2) writes it. *host gets one spelling of the many, so that
 * equal addresses are equal. Returns where the port begins, or NULL. */
static const char *parse_ipv6(struct parser *parser, const struct token *token, char *host)
{
	struct lexer *lexer = &parser->lexer;
	const char *text = token->text + 1, *stop = strchr(text, ']');
	struct address address = {0};
	char copy[TRACE_HOST];

	if (!stop || stop[1] != ':') {
		(void)lexer_expected(lexer, token, "[ADDRESS]:PORT, such as [2001:db8::1]:7777", NULL);
		return NULL;
	}
	if ((size_t)(stop - text) < sizeof copy) {
		memcpy(copy, text, (size_t)(stop - text));
		copy[stop - text] = '\0';
		(void)address_parse(copy, &address); /* not one: its family stays 0 */
	}
	if (address.family != 6) {
		(void)lexer_error(lexer, token->column + 1, "%s is no IPv6 address: expected one such as 2001:db8::1; "
		                  "names and IPv4 addresses stand without brackets",
		                  lexer_show(lexer, text, (size_t)(stop - text)));
		return NULL;
	}
	(void)address_print(&address, host, TRACE_HOST);
	return stop + 2;
}

static int parse_port(struct parser *parser, int column, const char *text, struct endpoint *endpoint)
{
	static const char *const words[] = {"ephemeral", NULL};
	struct lexer *lexer = &parser->lexer;
	size_t length = strlen(text);
	uint64_t number;

	if (!strcmp(text, "*"))
		return endpoint->kind = PORT_ANY, 0;
	if (!strcmp(text, "ephemeral"))
		return endpoint->kind = PORT_EPHEMERAL, 0;
	if (*text == '$') {
		endpoint->kind = PORT_VARIABLE;
		return lexer_name(lexer, column + 1, "the name of a variable", text + 1, length - 1, endpoint->name,
		                  TRACE_NAME);
	}
	if (*text == '{' && text[length - 1] == '}') {
		endpoint->kind = PORT_PARAMETER;
		return lexer_name(lexer, column + 1, "the name of a parameter", text + 1, length - 2, endpoint->name,
		                  TRACE_NAME);
	}
	if (!lexer_is_number(text, length, 65535, &number) || !number)
		return lexer_error(lexer, column, "expected a port (1 to 65535, *, ephemeral, $name or {name}), found "
		                   "%s%s", lexer_show(lexer, text, length), lexer_guess(lexer, text, words));
	endpoint->kind = PORT_NUMBER;
	endpoint->number = (uint16_t)number;
	return 0;
}

static int parse_endpoint(struct parser *parser, struct endpoint *endpoint)
{
	const struct token *token = lexer_take(&parser->lexer);
	const char *colon = token->kind == TOKEN_WORD ? strchr(token->text, ':') : NULL, *port;
	size_t host;

	*endpoint = (struct endpoint){.host = "*", .kind = PORT_ANY};
	if (token->kind == TOKEN_WORD && *token->text == '[') {
		port = parse_ipv6(parser, token, endpoint->host);
		return port ? parse_port(parser, token->column + (int)(port - token->text), port, endpoint) : -1;
	}
	if (token->kind == TOKEN_WORD && !strcmp(token->text, "*"))
		return 0;
	if (!colon)
		return lexer_expected(&parser->lexer, token, "HOST:PORT, such as b:7777, b:$p or *:7777", NULL);
	host = (size_t)(colon - token->text);
	if (parse_host(parser, token->column, token->text, host, endpoint->host))
		return -1;
	return parse_port(parser, token->column + (int)host + 1, colon + 1, endpoint);
}

/* ---- repeat, after, within ---- */

/* The bounds behind `repeat`: N, N..M or N.. */
static int parse_bounds(struct parser *parser, size_t *least, size_t *most)
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

static int parse_time(struct parser *parser, int column, int64_t *us)
{
	if (*us)
		return lexer_error(&parser->lexer, column, "said twice: leave one of the two out");
	return lexer_time(&parser->lexer, us);
}

/* What may stand behind an item that is no block: after T, within T. */
static int parse_item_times(struct parser *parser, struct item *item)
{
	static const char *const words[] = {"after", "within", NULL};
	struct lexer *lexer = &parser->lexer;

	while (lexer_peek(lexer)->kind != TOKEN_END) {
		int column = lexer_peek(lexer)->column;
		int word = lexer_choice(lexer, words, "after, within or the end of the line");

		if (word < 0 || parse_time(parser, column, word ? &item->within_us : &item->after_us))
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

static int parse_end(struct parser *parser, const struct expected_flow *flow, const struct token *token,
                     struct item *item)
{
	struct lexer *lexer = &parser->lexer;
	bool udp = flow->transport == TRANSPORT_UDP;

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
	static const char *const words[] = {"any", "fin", "reset", "unreachable", NULL};
	static const enum item_kind kinds[] = {ITEM_MESSAGE, ITEM_FIN, ITEM_RESET, ITEM_UNREACHABLE};
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_peek(lexer);
	int word;

	if (token->kind == TOKEN_STRING)
		return parse_text(parser, flow, &item->pattern);
	if (token->kind == TOKEN_WORD && *token->text >= '0' && *token->text <= '9')
		return parse_bytes(parser, flow, &item->pattern);
	word = lexer_choice(lexer, words, "a \"text\", any, 1000 bytes, fin, reset or unreachable");
	if (word < 0)
		return -1;
	item->kind = kinds[word];
	item->pattern.kind = item->kind == ITEM_MESSAGE ? PATTERN_ANY : PATTERN_TEXT;
	return parse_end(parser, flow, token, item);
}

static int parse_arrow(struct parser *parser, const struct expected_flow *flow, struct item *item)
{
	item->kind = ITEM_MESSAGE;
	if (parse_message(parser, flow, item) || parse_item_times(parser, item))
		return -1;
	return lexer_next_line(&parser->lexer);
}

/* The items of `in any order`, `maybe` and `repeat`, on the lines below. */
static int parse_item_block(struct parser *parser, const struct expected_flow *flow, struct item *item, int indent,
                            int depth)
{
	struct lexer *lexer = &parser->lexer;

	if (depth > TRACE_DEPTH)
		return lexer_error(lexer, item->column, "too many blocks inside each other: at most %d", TRACE_DEPTH);
	if (lexer_next_line(lexer))
		return -1;
	if (lexer->indent <= indent)
		return error_set(lexer->error, lexer->file, item->line, item->column, "this block is empty: write its "
		                 "items on the lines below it, indented further");
	return parse_items(parser, flow, &item->items, &item->item_count, indent, depth, item->kind);
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
		if (parse_bounds(parser, &item->least, &item->most))
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

static int parse_items(struct parser *parser, const struct expected_flow *flow, struct item **items, size_t *count,
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

/* ---- flows ---- */

static int parse_ends(struct parser *parser, struct expected_flow *flow)
{
	flow->least = flow->most = 1;
	if (parse_endpoint(parser, &flow->opener) || lexer_expect(&parser->lexer, "=>"))
		return -1;
	return parse_endpoint(parser, &flow->target);
}

static int parse_outcome(struct parser *parser, struct expected_flow *flow, int column, enum outcome outcome)
{
	struct lexer *lexer = &parser->lexer;

	if (flow->transport == TRANSPORT_UDP && outcome == OUTCOME_REFUSED)
		return lexer_error(lexer, column, "UDP has no handshake that could be refused: write `<- unreachable` "
		                   "below the datagram");
	if (flow->transport == TRANSPORT_UDP)
		return lexer_error(lexer, column, "UDP has no handshake that could stay unanswered: a flow without `<-` "
		                   "says it already; leave the word out");
	if (flow->outcome != OUTCOME_OPEN)
		return lexer_error(lexer, column, "a connection is refused or unanswered, once: leave this word out");
	flow->outcome = outcome;
	return 0;
}

static int parse_modifiers(struct parser *parser, struct expected_flow *flow)
{
	static const char *const words[] = {"refused", "unanswered", "after", "maybe", "repeat", NULL};
	struct lexer *lexer = &parser->lexer;
	bool counted = false;

	while (lexer_peek(lexer)->kind != TOKEN_END) {
		int column = lexer_peek(lexer)->column, failed = 0;
		int word = lexer_choice(lexer, words, "refused, unanswered, maybe, repeat, after or the end of the line");

		if (word < 0)
			return -1;
		if (word > 2 && counted)
			return lexer_error(lexer, column, "how often is said already: leave this out");
		counted = counted || word > 2;
		if (word == 2)
			failed = parse_time(parser, column, &flow->after_us);
		else if (word == 3)
			flow->least = 0;
		else if (word == 4)
			failed = parse_bounds(parser, &flow->least, &flow->most);
		else
			failed = parse_outcome(parser, flow, column, word ? OUTCOME_UNANSWERED : OUTCOME_REFUSED);
		if (failed)
			return -1;
	}
	return 0;
}

static struct entry *add_entry(struct parser *parser, enum entry_kind kind)
{
	struct trace *trace = parser->trace;

	mem_room(trace->entries, trace->entry_count, parser->entry_capacity);
	trace->entries[trace->entry_count] = (struct entry){
		.kind = kind,
		.line = parser->lexer.line,
		.column = lexer_peek(&parser->lexer)->column,
		.vantage = parser->vantage,
	};
	return &trace->entries[trace->entry_count++];
}

static int parse_flow(struct parser *parser)
{
	struct lexer *lexer = &parser->lexer;
	struct expected_flow *flow = &add_entry(parser, ENTRY_FLOW)->flow;
	int indent = lexer->indent;

	flow->transport = lexer_accept(lexer, "udp") ? TRANSPORT_UDP : TRANSPORT_TCP;
	if (flow->transport == TRANSPORT_TCP)
		(void)lexer_take(lexer); /* it is "tcp": parse_entry() saw it */
	if (parse_ends(parser, flow) || parse_modifiers(parser, flow) || lexer_next_line(lexer))
		return -1;
	if (flow->outcome != OUTCOME_OPEN && lexer->indent > indent)
		return lexer_error(lexer, lexer->indent + 1, "a connection that is refused or unanswered carries "
		                   "nothing: leave the items out");
	return parse_items(parser, flow, &flow->items, &flow->item_count, indent, 0, ITEM_MESSAGE);
}

static int parse_never(struct parser *parser)
{
	static const char *const transports[] = {"tcp", "udp", NULL};
	struct lexer *lexer = &parser->lexer;
	struct expected_flow *flow = &add_entry(parser, ENTRY_NEVER)->flow;
	int indent = lexer->indent, transport;

	(void)lexer_take(lexer); /* never */
	transport = lexer_choice(lexer, transports, NULL);
	if (transport < 0)
		return -1;
	flow->transport = transport ? TRANSPORT_UDP : TRANSPORT_TCP;
	if (parse_ends(parser, flow) || lexer_next_line(lexer))
		return -1;
	if (lexer->indent > indent)
		return lexer_error(lexer, lexer->indent + 1, "a flow that never happens carries nothing: leave the "
		                   "items out");
	return 0;
}

/* ---- then, where, at ---- */

/* Whether a flow stands between the end of the trace and the last `then`. */
static bool flow_since_then(const struct trace *trace)
{
	for (size_t i = trace->entry_count; i-- > 0;) {
		if (trace->entries[i].kind == ENTRY_FLOW)
			return true;
		if (trace->entries[i].kind == ENTRY_THEN)
			return false;
	}
	return false;
}

static int parse_then(struct parser *parser)
{
	struct lexer *lexer = &parser->lexer;

	if (!flow_since_then(parser->trace))
		return lexer_error(lexer, lexer_peek(lexer)->column, "`then` stands between flows: there is none "
		                   "above it to wait for");
	(void)add_entry(parser, ENTRY_THEN);
	(void)lexer_take(lexer); /* then */
	return lexer_next_line(lexer);
}

static int parse_operand(struct parser *parser, struct operand *operand)
{
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_take(lexer);
	bool word = token->kind == TOKEN_WORD;
	size_t length = token->length;
	uint64_t number;

	if (word && *token->text == '{' && token->text[length - 1] == '}') {
		operand->kind = OPERAND_PARAMETER;
		return lexer_name(lexer, token->column + 1, "the name of a parameter", token->text + 1, length - 2,
		                  operand->name, TRACE_NAME);
	}
	if (word && lexer_is_number(token->text, length, 65535, &number)) {
		*operand = (struct operand){.kind = OPERAND_NUMBER, .number = (uint32_t)number};
		return 0;
	}
	if (!word || *token->text != '$')
		return lexer_expected(lexer, token, "$name, {name} or a number up to 65535", NULL);
	operand->kind = OPERAND_VARIABLE;
	if (lexer_name(lexer, token->column + 1, "the name of a variable", token->text + 1, length - 1, operand->name,
	               TRACE_NAME))
		return -1;
	mem_room(parser->uses, parser->use_count, parser->use_capacity);
	parser->uses[parser->use_count] = (struct use){.line = lexer->line, .column = token->column};
	memcpy(parser->uses[parser->use_count++].name, operand->name, TRACE_NAME);
	return 0;
}

static int parse_where(struct parser *parser)
{
	static const char *const words[] = {"=", "!=", "<", ">", NULL};
	struct lexer *lexer = &parser->lexer;
	struct entry *entry = add_entry(parser, ENTRY_WHERE);
	int relation;

	if (parser->vantage >= 0)
		return lexer_error(lexer, entry->column, "`where` holds for the whole trace: write it at the left "
		                   "margin, not inside `at`");
	(void)lexer_take(lexer); /* where */
	if (parse_operand(parser, &entry->left))
		return -1;
	relation = lexer_choice(lexer, words, NULL);
	if (relation < 0 || parse_operand(parser, &entry->right))
		return -1;
	entry->relation = (enum relation)relation;
	if (entry->left.kind != OPERAND_VARIABLE && entry->right.kind != OPERAND_VARIABLE)
		return lexer_error(lexer, entry->column, "this `where` says nothing about the trace: compare a $name");
	return lexer_next_line(lexer);
}

static int find_vantage(struct parser *parser, const struct vantage *vantage)
{
	struct trace *trace = parser->trace;

	for (size_t i = 0; i < trace->vantage_count; i++)
		if (!strcmp(trace->vantages[i].host, vantage->host) &&
		    !strcmp(trace->vantages[i].interface, vantage->interface))
			return (int)i;
	mem_room(trace->vantages, trace->vantage_count, parser->vantage_capacity);
	trace->vantages[trace->vantage_count] = *vantage;
	return (int)trace->vantage_count++;
}

static int parse_vantage(struct parser *parser, struct vantage *vantage)
{
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_take(lexer);
	const char *dot = token->kind == TOKEN_WORD ? strchr(token->text, '.') : NULL;
	size_t host;

	*vantage = (struct vantage){0};
	if (!dot)
		return lexer_expected(lexer, token, "HOST.INTERFACE, such as home.wan", NULL);
	host = (size_t)(dot - token->text);
	if (lexer_name(lexer, token->column, "a host", token->text, host, vantage->host, TRACE_NAME))
		return -1;
	return lexer_name(lexer, token->column + (int)host + 1, "an interface", dot + 1, token->length - host - 1,
	                  vantage->interface, INTERFACE_LARGEST);
}

static int parse_entry(struct parser *parser);

static int parse_at(struct parser *parser)
{
	struct lexer *lexer = &parser->lexer;
	int line = lexer->line, column = lexer_take(lexer)->column;
	int parent = lexer->indent, indent = -1, more;
	struct vantage vantage;

	if (parser->vantage >= 0)
		return lexer_error(lexer, column, "an `at` inside an `at`: write both at the left margin");
	if (parse_vantage(parser, &vantage) || lexer_next_line(lexer))
		return -1;
	if (lexer->indent <= parent)
		return error_set(lexer->error, lexer->file, line, column, "this `at` is empty: write what is seen there "
		                 "on the lines below it, indented");
	parser->vantage = find_vantage(parser, &vantage);
	while ((more = lexer_block(lexer, parent, &indent)) > 0)
		if (parse_entry(parser))
			return -1;
	parser->vantage = -1;
	return more;
}

static int parse_entry(struct parser *parser)
{
	static const char *const words[] = {"tcp", "udp", "never", "then", "where", "at", NULL};
	static int (*const parse[])(struct parser *) = {parse_flow, parse_flow, parse_never,
	                                                parse_then, parse_where, parse_at};
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_peek(lexer);

	if (parser->trace->entry_count == ENTRIES_MAX)
		return lexer_error(lexer, token->column, "too many flows for one trace: at most %d", ENTRIES_MAX);
	for (size_t i = 0; words[i] && token->kind == TOKEN_WORD; i++)
		if (!strcmp(token->text, words[i]))
			return parse[i](parser);
	if (token->kind == TOKEN_WORD && (!strcmp(token->text, "->") || !strcmp(token->text, "<-")))
		return lexer_error(lexer, token->column, "a message belongs below a flow: indent it further than the flow");
	return lexer_expected(lexer, token, "tcp, udp, never, then, where or at", words);
}

/* ---- the whole ---- */

static bool names(const struct endpoint *endpoint, const char *variable)
{
	return endpoint->kind == PORT_VARIABLE && !strcmp(endpoint->name, variable);
}

static bool is_bound(const struct trace *trace, const char *variable)
{
	for (size_t i = 0; i < trace->entry_count; i++) {
		const struct entry *entry = &trace->entries[i];

		if (entry->kind == ENTRY_FLOW &&
		    (names(&entry->flow.opener, variable) || names(&entry->flow.target, variable)))
			return true;
	}
	return false;
}

static int check_whole(struct parser *parser)
{
	const struct trace *trace = parser->trace;
	struct lexer *lexer = &parser->lexer;

	for (size_t i = 0; i < parser->use_count; i++)
		if (!is_bound(trace, parser->uses[i].name))
			return error_set(lexer->error, lexer->file, parser->uses[i].line, parser->uses[i].column,
			                 "no flow has a port $%s: write HOST:$%s in the flow that it is about",
			                 parser->uses[i].name, parser->uses[i].name);
	for (size_t i = trace->entry_count; i-- > 0 && trace->entries[i].kind != ENTRY_FLOW;)
		if (trace->entries[i].kind == ENTRY_THEN)
			return error_set(lexer->error, lexer->file, trace->entries[i].line, trace->entries[i].column,
			                 "`then` stands between flows: there is none below it");
	if (!trace->entry_count)
		return error_set(lexer->error, lexer->file, 0, 0, "the trace is empty: write a flow, such as "
		                 "`tcp b:* => a:7777`, or `never tcp * => *` if nothing may happen");
	return 0;
}

static int parse_all(struct parser *parser)
{
	int indent = 0, more;

	while ((more = lexer_block(&parser->lexer, -1, &indent)) > 0)
		if (parse_entry(parser))
			return -1;
	return more ? more : check_whole(parser);
}

int trace_parse(struct trace *trace, const char *file, const char *source, size_t length, struct error *error)
{
	struct parser parser = {.trace = trace, .vantage = -1};
	int result;

	*trace = (struct trace){.file = mem_string(file)};
	result = lexer_open(&parser.lexer, file, source, length, error);
	if (!result)
		result = parse_all(&parser);
	lexer_close(&parser.lexer);
	free(parser.uses);
	if (result)
		trace_free(trace);
	return result;
}
