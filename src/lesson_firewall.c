/* lesson_firewall.c - statements that say what is done to packets on their way: NATs, filters, forwards, how
 * long a flow is remembered, rates, the student's rules. In a case they hold for that case only. */
#include "lesson_parts.h"

#include <string.h>

#define FILTERS_MAX 200
#define FORWARDS_MAX 100
#define MEMORIES_MAX 100
#define RATES_MAX 100
#define MEMORY_LONGEST 3600
#define RATE_LEAST 8000
#define RATE_MOST 1000000000

/* Whether some case has both. */
static bool meet(int of_case, int other)
{
	return of_case == other || of_case == LESSON_EVERY_CASE || other == LESSON_EVERY_CASE;
}

static bool same_port(const struct lab_number *a, const struct lab_number *b)
{
	return a->number == b->number && !strcmp(a->param, b->param);
}

static int parse_transport(struct parser *parser, enum filter_transport *transport)
{
	static const char *const words[] = {"tcp", "udp", NULL};
	int word = lexer_choice(&parser->lexer, words, NULL);

	if (word < 0)
		return -1;
	*transport = word ? FILTER_UDP : FILTER_TCP;
	return 0;
}

/* ---- nat ---- */

static int parse_dependence(struct parser *parser, const char *of, enum nat_dependence *dependence)
{
	static const char *const words[] = {"endpoint-independent", "address-dependent",
	                                    "address-and-port-dependent", NULL};
	int word;

	if (lexer_expect(&parser->lexer, of))
		return -1;
	word = lexer_choice(&parser->lexer, words, NULL);
	if (word < 0)
		return -1;
	*dependence = (enum nat_dependence)word;
	return 0;
}

static int parse_ports(struct parser *parser, struct lab_number *ports)
{
	const struct token *token;

	if (!lexer_accept(&parser->lexer, "ports"))
		return 0;
	token = lexer_take(&parser->lexer);
	return parser_port(parser, token, token->text, token->length, ports);
}

int parse_nat(struct parser *parser)
{
	struct lesson *lesson = parser->lesson;
	struct nat nat = {.line = parser->lexer.line, .of_case = parser->of_case};
	int column = lexer_peek(&parser->lexer)->column;

	if (parser_known_interface(parser, &nat.host, nat.interface) ||
	    parser_router(parser, column, nat.host, "a NAT"))
		return -1;
	for (size_t i = 0; i < lesson->nat_count; i++)
		if (lesson->nats[i].host == nat.host && meet(lesson->nats[i].of_case, nat.of_case))
			return lexer_error(&parser->lexer, column, "%s has a NAT on line %d: one is enough",
			                   lesson->hosts[nat.host].name, lesson->nats[i].line);
	if (parse_dependence(parser, "mapping", &nat.mapping) ||
	    parse_dependence(parser, "filtering", &nat.filtering) || parse_ports(parser, &nat.ports))
		return -1;
	mem_room(lesson->nats, lesson->nat_count, parser->nat_capacity);
	lesson->nats[lesson->nat_count++] = nat;
	return 0;
}

/* ---- filter ---- */

/* What of a filter's line has been said. */
struct said {
	bool transport, from, to, with;
};

/* {tcp|udp} [PORT] */
static int parse_what(struct parser *parser, struct filter *filter)
{
	const struct token *token;

	if (parse_transport(parser, &filter->transport))
		return -1;
	token = lexer_peek(&parser->lexer);
	if (token->kind != TOKEN_WORD || !strchr("{0123456789", *token->text))
		return 0;
	lexer_take(&parser->lexer);
	return parser_port(parser, token, token->text, token->length, &filter->port);
}

/* SUBNET or ADDRESS */
static int parse_where(struct parser *parser, uint32_t *address, int *prefix)
{
	const struct token *token = lexer_peek(&parser->lexer);
	int column = token->column;

	*prefix = 32;
	if (token->kind != TOKEN_WORD || !strchr(token->text, '/')) {
		lexer_take(&parser->lexer);
		return parser_address(parser, token, token->text, token->length, address);
	}
	if (parser_subnet(parser, address, prefix))
		return -1;
	if (!*prefix)
		return lexer_error(&parser->lexer, column, "/0 is anywhere: leave this out");
	return parser_check_subnet(parser, column, *address, *prefix);
}

static int parse_refusal(struct parser *parser, struct filter *filter)
{
	static const char *const words[] = {"reset", "unreachable", NULL};
	int word, column = lexer_peek(&parser->lexer)->column;

	if (filter->action == FILTER_ACCEPT || filter->action == FILTER_DROP)
		return lexer_error(&parser->lexer, column, "only `refuse` says something: leave `with` out, or write "
		                   "`refuse`");
	word = lexer_choice(&parser->lexer, words, NULL);
	if (word < 0)
		return -1;
	filter->action = word ? FILTER_REFUSE_UNREACHABLE : FILTER_REFUSE_RESET;
	return 0;
}

/* One of a filter's clauses; they stand in any order. */
static int parse_clause(struct parser *parser, struct filter *filter, struct said *said)
{
	static const char *const words[] = {"tcp", "udp", "from", "to", "with", NULL};
	const struct token *token = lexer_peek(&parser->lexer);

	if (token->kind == TOKEN_WORD && (!strcmp(token->text, "tcp") || !strcmp(token->text, "udp")))
		return parser_once(parser, &said->transport) || parse_what(parser, filter) ? -1 : 0;
	switch (lexer_choice(&parser->lexer, words, "tcp, udp, from, to, with or the end of the line")) {
	case 2:
		return parser_once(parser, &said->from) ||
		       parse_where(parser, &filter->from, &filter->from_prefix) ? -1 : 0;
	case 3:
		return parser_once(parser, &said->to) || parse_where(parser, &filter->to, &filter->to_prefix) ? -1 : 0;
	case 4:
		return parser_once(parser, &said->with) || parse_refusal(parser, filter) ? -1 : 0;
	default:
		return -1;
	}
}

/* Whether nothing that comes in at BELOW's interface gets past FILTER. */
static bool takes_all(const struct filter *filter, const struct filter *below)
{
	return filter->host == below->host && !strcmp(filter->interface, below->interface) &&
	       filter->transport == FILTER_ANY && !filter->from_prefix && !filter->to_prefix &&
	       (filter->of_case == LESSON_EVERY_CASE || filter->of_case == below->of_case);
}

static int check_filter(struct parser *parser, int column, const struct filter *filter, const struct said *said)
{
	const struct lesson *lesson = parser->lesson;

	if (filter->action >= FILTER_REFUSE_RESET && !said->with)
		return lexer_error(&parser->lexer, column, "how is it refused? Add `with reset` or `with unreachable`");
	if (filter->action == FILTER_REFUSE_RESET && filter->transport != FILTER_TCP)
		return lexer_error(&parser->lexer, column, "only TCP can be reset: add `tcp`, or write `with unreachable`");
	for (size_t i = 0; i < lesson->filter_count; i++)
		if (takes_all(&lesson->filters[i], filter))
			return lexer_error(&parser->lexer, column, "this filter is never asked, because line %d fits everything: "
			                   "put this line above it", lesson->filters[i].line);
	return 0;
}

int parse_filter(struct parser *parser)
{
	static const char *const actions[] = {"accept", "drop", "refuse", NULL}; /* as enum filter_action */
	struct lesson *lesson = parser->lesson;
	struct filter filter = {.line = parser->lexer.line, .of_case = parser->of_case};
	int column = lexer_peek(&parser->lexer)->column, action;
	struct said said = {0};

	if (parser_room(parser, lesson->filter_count, FILTERS_MAX, "filters") ||
	    parser_known_interface(parser, &filter.host, filter.interface))
		return -1;
	action = lexer_choice(&parser->lexer, actions, NULL);
	if (action < 0)
		return -1;
	filter.action = (enum filter_action)action;
	while (lexer_peek(&parser->lexer)->kind != TOKEN_END)
		if (parse_clause(parser, &filter, &said))
			return -1;
	if (check_filter(parser, column, &filter, &said))
		return -1;
	mem_room(lesson->filters, lesson->filter_count, parser->filter_capacity);
	lesson->filters[lesson->filter_count++] = filter;
	return 0;
}

/* ---- forward ---- */

/* ADDRESS:PORT */
static int parse_target(struct parser *parser, struct forward *forward)
{
	const struct token *token = lexer_take(&parser->lexer);
	const char *colon = token->kind == TOKEN_WORD ? strrchr(token->text, ':') : NULL;
	size_t length;

	if (!colon)
		return parser_unexpected(parser, token, "ADDRESS:PORT, such as 192.168.1.10:{port}");
	length = (size_t)(colon - token->text);
	if (parser_address(parser, token, token->text, length, &forward->to) ||
	    parser_unicast(parser, token->column, forward->to, 32))
		return -1;
	return parser_port(parser, token, colon + 1, token->length - length - 1, &forward->to_port);
}

static int check_forward(struct parser *parser, int column, const struct forward *forward)
{
	const struct lesson *lesson = parser->lesson;

	for (size_t i = 0; i < lesson->forward_count; i++) {
		const struct forward *above = &lesson->forwards[i];

		if (above->host == forward->host && !strcmp(above->interface, forward->interface) &&
		    above->transport == forward->transport && same_port(&above->port, &forward->port) &&
		    meet(above->of_case, forward->of_case))
			return lexer_error(&parser->lexer, column, "this port is forwarded on line %d: keep one of them",
			                   above->line);
	}
	return 0;
}

int parse_forward(struct parser *parser)
{
	struct lesson *lesson = parser->lesson;
	struct forward forward = {.line = parser->lexer.line, .of_case = parser->of_case};
	int column = lexer_peek(&parser->lexer)->column;
	const struct token *token;

	if (parser_room(parser, lesson->forward_count, FORWARDS_MAX, "forwards") ||
	    parser_known_interface(parser, &forward.host, forward.interface) ||
	    parser_router(parser, column, forward.host, "to forward a port") ||
	    parse_transport(parser, &forward.transport))
		return -1;
	token = lexer_take(&parser->lexer);
	if (parser_port(parser, token, token->text, token->length, &forward.port) ||
	    lexer_expect(&parser->lexer, "to") || parse_target(parser, &forward) ||
	    check_forward(parser, column, &forward))
		return -1;
	mem_room(lesson->forwards, lesson->forward_count, parser->forward_capacity);
	lesson->forwards[lesson->forward_count++] = forward;
	return 0;
}

/* ---- memory, rate, rules ---- */

static int parse_seconds(struct parser *parser, int *seconds)
{
	int column = lexer_peek(&parser->lexer)->column;
	int64_t us;

	if (lexer_time(&parser->lexer, &us))
		return -1;
	if (us % 1000000) /* lexer_time() sees to the most, an hour */
		return lexer_error(&parser->lexer, column, "connection tracking counts whole seconds: write 1 s to %d s",
		                   MEMORY_LONGEST);
	*seconds = (int)(us / 1000000);
	return 0;
}

int parse_memory(struct parser *parser)
{
	struct lesson *lesson = parser->lesson;
	struct memory memory = {.line = parser->lexer.line, .of_case = parser->of_case};
	int column = lexer_peek(&parser->lexer)->column;

	if (parser_room(parser, lesson->memory_count, MEMORIES_MAX, "memories") ||
	    parser_machine(parser, &memory.host) || parse_transport(parser, &memory.transport) ||
	    parse_seconds(parser, &memory.seconds))
		return -1;
	for (size_t i = 0; i < lesson->memory_count; i++)
		if (lesson->memories[i].host == memory.host && lesson->memories[i].transport == memory.transport &&
		    meet(lesson->memories[i].of_case, memory.of_case))
			return lexer_error(&parser->lexer, column, "%s has its memory on line %d: keep one of them",
			                   lesson->hosts[memory.host].name, lesson->memories[i].line);
	mem_room(lesson->memories, lesson->memory_count, parser->memory_capacity);
	lesson->memories[lesson->memory_count++] = memory;
	return 0;
}

static int parse_bits(struct parser *parser, uint64_t *bits)
{
	static const char *const units[] = {"kbit", "mbit", NULL};
	int column = lexer_peek(&parser->lexer)->column, unit;
	uint64_t number;

	if (lexer_number(&parser->lexer, "bits a second: a number", 1, RATE_MOST / 1000, &number))
		return -1;
	unit = lexer_choice(&parser->lexer, units, NULL);
	if (unit < 0)
		return -1;
	*bits = number * (unit ? 1000000 : 1000);
	if (*bits < RATE_LEAST || *bits > RATE_MOST)
		return lexer_error(&parser->lexer, column, "a rate is 8 kbit to 1000 mbit a second");
	return 0;
}

int parse_rate(struct parser *parser)
{
	struct lesson *lesson = parser->lesson;
	struct rate rate = {.line = parser->lexer.line, .of_case = parser->of_case};
	int column = lexer_peek(&parser->lexer)->column;

	if (parser_room(parser, lesson->rate_count, RATES_MAX, "rates") ||
	    parser_known_interface(parser, &rate.host, rate.interface) || parse_bits(parser, &rate.bits))
		return -1;
	for (size_t i = 0; i < lesson->rate_count; i++)
		if (lesson->rates[i].host == rate.host && !strcmp(lesson->rates[i].interface, rate.interface) &&
		    meet(lesson->rates[i].of_case, rate.of_case))
			return lexer_error(&parser->lexer, column, "%s.%s has its rate on line %d: keep one of them",
			                   lesson->hosts[rate.host].name, rate.interface, lesson->rates[i].line);
	mem_room(lesson->rates, lesson->rate_count, parser->rate_capacity);
	lesson->rates[lesson->rate_count++] = rate;
	return 0;
}

int parse_rules(struct parser *parser)
{
	struct lesson *lesson = parser->lesson;
	struct rules rules = {.line = parser->lexer.line, .of_case = parser->of_case};
	int column = lexer_peek(&parser->lexer)->column;

	if (parser_machine(parser, &rules.host) || lexer_expect(&parser->lexer, "student") ||
	    parser_file(parser, "a file of rules in the lesson's folder, such as fw.nft", ".nft", rules.source,
	                sizeof rules.source))
		return -1;
	for (size_t i = 0; i < lesson->rules_count; i++)
		if (lesson->rules[i].host == rules.host && meet(lesson->rules[i].of_case, rules.of_case))
			return lexer_error(&parser->lexer, column, "%s has its rules on line %d: one file is enough",
			                   lesson->hosts[rules.host].name, lesson->rules[i].line);
	mem_room(lesson->rules, lesson->rules_count, parser->rules_capacity);
	lesson->rules[lesson->rules_count++] = rules;
	return 0;
}
