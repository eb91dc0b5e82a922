/* trace_parse.c - the trace language into its abstract syntax: see trace.h, docs/trace-language.md.
 *
 * One function a construct, named after it; each takes its tokens and leaves the lexer on the next line.
 * What can never match (a fin of UDP, a message behind that side's fin) is an error here already: the
 * author is told at once, not the student at the end of a run. */
#include "trace_parse_parts.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES_MAX 10000 /* what a busy capture prints; and checks here are quadratic in it */
#define INTERFACE_LARGEST 16 /* IFNAMSIZ, NUL included */

/* ---- flows ---- */

static int parse_ends(struct parser *parser, struct expected_flow *flow)
{
	flow->least = flow->most = 1;
	if (trace_parse_endpoint(parser, &flow->opener) || lexer_expect(&parser->lexer, "=>"))
		return -1;
	return trace_parse_endpoint(parser, &flow->target);
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

enum modifier {
	MODIFIER_REFUSED, MODIFIER_UNANSWERED, MODIFIER_MAYBE, MODIFIER_REPEAT, MODIFIER_AFTER, MODIFIER_WITHIN,
	MODIFIER_HANDSHAKE, MODIFIER_SEGMENTS, MODIFIER_ACKS, MODIFIER_ENDS, MODIFIER_ALONG, MODIFIER_AGAINST
};

static int parse_view(struct parser *parser, struct expected_flow *flow, int column, unsigned view)
{
	struct lexer *lexer = &parser->lexer;

	if (flow->transport == TRANSPORT_UDP)
		return lexer_error(lexer, column, "UDP has no handshake, no segments, no acknowledgements and no ends: leave "
		                   "this word out");
	if (flow->views & view)
		return lexer_error(lexer, column, "said twice: leave one of the two out");
	flow->views |= view;
	return 0;
}

static int parse_total(struct parser *parser, struct expected_flow *flow, int column, enum direction direction)
{
	if (flow->bytes[direction].said)
		return lexer_error(&parser->lexer, column, "said twice: leave one of the two out");
	return trace_parse_amount(parser, &flow->bytes[direction]);
}

static int parse_modifier(struct parser *parser, struct expected_flow *flow, int column, enum modifier modifier)
{
	switch (modifier) {
	case MODIFIER_REFUSED: return parse_outcome(parser, flow, column, OUTCOME_REFUSED);
	case MODIFIER_UNANSWERED: return parse_outcome(parser, flow, column, OUTCOME_UNANSWERED);
	case MODIFIER_MAYBE: flow->least = 0; return 0;
	case MODIFIER_REPEAT: return trace_parse_bounds(parser, &flow->least, &flow->most);
	case MODIFIER_AFTER: return trace_parse_time(parser, column, &flow->after_us);
	case MODIFIER_WITHIN: return trace_parse_time(parser, column, &flow->within_us);
	case MODIFIER_HANDSHAKE: return parse_view(parser, flow, column, VIEW_HANDSHAKE);
	case MODIFIER_SEGMENTS: return parse_view(parser, flow, column, VIEW_SEGMENTS);
	case MODIFIER_ACKS: return parse_view(parser, flow, column, VIEW_ACKS);
	case MODIFIER_ENDS: return parse_view(parser, flow, column, VIEW_ENDS);
	case MODIFIER_ALONG: return parse_total(parser, flow, column, DIRECTION_ALONG);
	case MODIFIER_AGAINST: return parse_total(parser, flow, column, DIRECTION_AGAINST);
	}
	return -1;
}

static int check_modifiers(struct parser *parser, const struct expected_flow *flow, int column)
{
	struct lexer *lexer = &parser->lexer;

	if (flow->within_us && flow->within_us < flow->after_us)
		return lexer_error(lexer, column, "nothing is both so late and so early: `within` must be the longer time");
	if (flow->outcome != OUTCOME_OPEN && (flow->views || flow->bytes[0].said || flow->bytes[1].said))
		return lexer_error(lexer, column, "a connection that is refused or unanswered carries nothing: its first two "
		                   "packets are all there is to say");
	return 0;
}

static int parse_modifiers(struct parser *parser, struct expected_flow *flow)
{
	/* In the order of enum modifier. */
	static const char *const words[] = {"refused", "unanswered", "maybe", "repeat", "after", "within",
	                                    "handshake", "segments", "acks", "ends", "->", "<-", NULL};
	struct lexer *lexer = &parser->lexer;
	bool counted = false;

	while (lexer_peek(lexer)->kind != TOKEN_END) {
		int column = lexer_peek(lexer)->column;
		int word = lexer_choice(lexer, words, "refused, unanswered, maybe, repeat, after, within, handshake, "
		                        "segments, acks, ends, -> N bytes, <- N bytes or the end of the line");
		bool counts = word == MODIFIER_MAYBE || word == MODIFIER_REPEAT;

		if (word < 0)
			return -1;
		if (counts && counted)
			return lexer_error(lexer, column, "how often is said already: leave this out");
		counted = counted || counts;
		if (parse_modifier(parser, flow, column, (enum modifier)word) || check_modifiers(parser, flow, column))
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
	return trace_parse_items(parser, flow, &flow->items, &flow->item_count, indent, 0, ITEM_MESSAGE);
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

/* ---- then, where, at, up, down ---- */

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

/* up AMOUNT, down AMOUNT */
static int parse_traffic(struct parser *parser)
{
	struct lexer *lexer = &parser->lexer;
	struct entry *entry = add_entry(parser, ENTRY_UP);

	if (!strcmp(lexer_take(lexer)->text, "down"))
		entry->kind = ENTRY_DOWN;
	return trace_parse_amount(parser, &entry->amount) ? -1 : lexer_next_line(lexer);
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
	static const char *const words[] = {"tcp", "udp", "never", "then", "where", "at", "up", "down", NULL};
	static int (*const parse[])(struct parser *) = {parse_flow, parse_flow, parse_never, parse_then,
	                                                parse_where, parse_at, parse_traffic, parse_traffic};
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_peek(lexer);

	if (parser->trace->entry_count == ENTRIES_MAX)
		return lexer_error(lexer, token->column, "too many flows for one trace: at most %d", ENTRIES_MAX);
	for (size_t i = 0; words[i] && token->kind == TOKEN_WORD; i++)
		if (!strcmp(token->text, words[i]))
			return parse[i](parser);
	if (token->kind == TOKEN_WORD && (!strcmp(token->text, "->") || !strcmp(token->text, "<-")))
		return lexer_error(lexer, token->column, "a message belongs below a flow: indent it further than the flow");
	return lexer_expected(lexer, token, "tcp, udp, never, then, where, at, up or down", words);
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
