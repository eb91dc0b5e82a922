/* lesson_parse.c - the lesson language into data: see lesson.h, docs/lesson-format.md.
 *
 * A statement a line, each with its function in a table. A name is declared above the line that uses it,
 * so that one reading suffices and the message can say what was meant. */
#include "lesson.h"
#include "lexer.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARAMS_MAX 64
#define LINKS_MAX 100
#define ROUTES_MAX 200
#define PROGRAMS_MAX 50
#define CASES_MAX 100
#define ARGUMENTS_MAX 32
#define STEPS_MAX 100
#define POINTS_MAX 1000
#define LIMIT_DEFAULT_MS 5000
#define LIMIT_LONGEST_MS 600000

struct parser {
	struct lexer lexer;
	struct lesson *lesson;
	size_t host_capacity, link_capacity, route_capacity, nat_capacity, program_capacity, case_capacity;
	size_t step_capacity, watch_capacity; /* of the current case */
	bool title_seen, idea_seen, begin_seen, skeleton_seen, limit_seen;
};

struct statement {
	const char *word;
	int (*parse)(struct parser *);
};

/* ---- words, names, strings ---- */

static struct lesson_case *current(struct parser *parser)
{
	return &parser->lesson->cases[parser->lesson->case_count - 1];
}

static int unexpected(struct parser *parser, const struct token *token, const char *what)
{
	return lexer_expected(&parser->lexer, token, what, NULL);
}

static int once(struct parser *parser, bool *seen)
{
	if (*seen)
		return lexer_error(&parser->lexer, lexer_peek(&parser->lexer)->column, "said twice: leave this line out");
	*seen = true;
	return 0;
}

/* A string of text for people: no holes, no control characters, at most SIZE - 1 bytes. */
static int parse_prose(struct parser *parser, const char *what, char *prose, size_t size)
{
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_take(lexer);
	size_t length = token->length;

	if (token->kind != TOKEN_STRING || !length)
		return unexpected(parser, token, what);
	if (memchr(token->text, '\\', length) || memchr(token->text, '\t', length))
		return lexer_error(lexer, token->column, "a tab or a backslash in a text for people: write it without");
	if (length >= size)
		return lexer_error(lexer, token->column, "this text has %zu bytes: at most %zu fit", length, size - 1);
	memcpy(prose, token->text, length + 1);
	return 0;
}

/* Letters, digits, - and _, beginning with a letter or a digit: 01-udp-server. */
static int parse_label(struct parser *parser, const char *what, char *label, size_t size)
{
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_take(lexer);
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	if (token->kind != TOKEN_WORD || strspn(token->text, good) != token->length || strchr("-_", *token->text))
		return unexpected(parser, token, what);
	if (token->length >= size)
		return lexer_error(lexer, token->column, "%s is too long: at most %zu bytes",
		                   lexer_show(lexer, token->text, token->length), size - 1);
	memcpy(label, token->text, token->length + 1);
	return 0;
}

static int parse_name(struct parser *parser, const char *what, char name[LESSON_NAME])
{
	const struct token *token = lexer_take(&parser->lexer);

	if (token->kind != TOKEN_WORD)
		return unexpected(parser, token, what);
	return lexer_name(&parser->lexer, token->column, what, token->text, token->length, name, LESSON_NAME);
}

static int taken(struct parser *parser, int column, const char *name, const char *by)
{
	return lexer_error(&parser->lexer, column, "\"%s\" is the name of a %s already: choose another", name, by);
}

static int room(struct parser *parser, size_t count, size_t most, const char *what)
{
	if (count < most)
		return 0;
	return lexer_error(&parser->lexer, lexer_peek(&parser->lexer)->column, "too many %s: at most %zu", what, most);
}

/* COUNT names, SIZE bytes apart, as a list that ends in NULL; free() it. */
static const char **list_names(const void *first, size_t count, size_t size)
{
	const char **list = mem_alloc((count + 1) * sizeof *list);

	for (size_t i = 0; i < count; i++)
		list[i] = (const char *)first + i * size;
	return list;
}

static int unknown(struct parser *parser, int column, const char *what, const char *name, size_t length,
                   const char **list)
{
	struct lexer *lexer = &parser->lexer;
	const char *word = lexer_show(lexer, name, length);
	char *copy = mem_bytes(name, length);

	(void)lexer_error(lexer, column, "no %s %s is declared above%s", what, word, lexer_guess(lexer, copy, list));
	free(copy);
	free(list);
	return -1;
}

static int find_host(struct parser *parser, int column, const char *name, size_t length, size_t *host)
{
	struct lesson *lesson = parser->lesson;

	for (size_t i = 0; i < lesson->host_count; i++)
		if (strlen(lesson->hosts[i].name) == length && !memcmp(lesson->hosts[i].name, name, length)) {
			*host = i;
			return 0;
		}
	return unknown(parser, column, "host", name, length,
	               list_names(lesson->hosts, lesson->host_count, sizeof *lesson->hosts));
}

static int parse_host_name(struct parser *parser, size_t *host)
{
	const struct token *token = lexer_take(&parser->lexer);

	if (token->kind != TOKEN_WORD)
		return unexpected(parser, token, "a host");
	return find_host(parser, token->column, token->text, token->length, host);
}

/* HOST.INTERFACE */
static int parse_interface(struct parser *parser, size_t *host, char interface[LESSON_INTERFACE])
{
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_take(lexer);
	const char *dot = token->kind == TOKEN_WORD ? strchr(token->text, '.') : NULL;
	size_t length;

	if (!dot)
		return unexpected(parser, token, "HOST.INTERFACE, such as a.eth0");
	length = (size_t)(dot - token->text);
	if (find_host(parser, token->column, token->text, length, host))
		return -1;
	return lexer_name(lexer, token->column + (int)length + 1, "an interface", dot + 1, token->length - length - 1,
	                  interface, LESSON_INTERFACE);
}

/* HOST.INTERFACE of a link above that has an address there. */
static int parse_known_interface(struct parser *parser, size_t *host, char interface[LESSON_INTERFACE])
{
	int column = lexer_peek(&parser->lexer)->column;

	if (parse_interface(parser, host, interface))
		return -1;
	if (!lesson_interface(parser->lesson, *host, interface, NULL))
		return lexer_error(&parser->lexer, column, "%s has no interface \"%s\": a `link` above must make it",
		                   parser->lesson->hosts[*host].name, interface);
	return 0;
}

/* ---- the head: title, idea, begin, skeleton ---- */

static int parse_title(struct parser *parser)
{
	if (once(parser, &parser->title_seen))
		return -1;
	return parse_prose(parser, "a \"title\"", parser->lesson->title, sizeof parser->lesson->title);
}

static int parse_idea(struct parser *parser)
{
	if (once(parser, &parser->idea_seen))
		return -1;
	return parse_prose(parser, "an \"idea\"", parser->lesson->idea, sizeof parser->lesson->idea);
}

static int parse_begin(struct parser *parser)
{
	if (once(parser, &parser->begin_seen))
		return -1;
	return parse_prose(parser, "a \"sentence\" that says where to begin", parser->lesson->begin,
	                   sizeof parser->lesson->begin);
}

static int parse_skeleton(struct parser *parser)
{
	if (once(parser, &parser->skeleton_seen) || lexer_expect(&parser->lexer, "fails"))
		return -1;
	return parse_label(parser, "the id of a diagnosis, such as nothing-bound", parser->lesson->skeleton_fails,
	                   sizeof parser->lesson->skeleton_fails);
}

/* ---- the network ---- */

static int add_host(struct parser *parser, enum host_kind kind)
{
	struct lesson *lesson = parser->lesson;
	int column = lexer_peek(&parser->lexer)->column;
	struct host host = {.kind = kind, .line = parser->lexer.line};

	if (room(parser, lesson->host_count, LESSON_HOSTS_MAX, "hosts") ||
	    parse_name(parser, "the name of a host", host.name))
		return -1;
	if (lesson_host(lesson, host.name) >= 0)
		return taken(parser, column, host.name, "host");
	if (params_find(&lesson->params, host.name))
		return taken(parser, column, host.name, "parameter");
	mem_room(lesson->hosts, lesson->host_count, parser->host_capacity);
	lesson->hosts[lesson->host_count++] = host;
	return 0;
}

static int parse_host(struct parser *parser)
{
	return add_host(parser, HOST_END);
}

static int parse_router(struct parser *parser)
{
	return add_host(parser, HOST_ROUTER);
}

static int parse_switch(struct parser *parser)
{
	return add_host(parser, HOST_SWITCH);
}

static uint32_t mask_of(int prefix)
{
	return prefix ? UINT32_MAX << (32 - prefix) : 0;
}

static bool same_subnet(const struct link_end *a, const struct link_end *b)
{
	return a->prefix == b->prefix && !((a->address ^ b->address) & mask_of(a->prefix));
}

static const char *dotted(uint32_t address, char text[16])
{
	(void)snprintf(text, 16, "%u.%u.%u.%u", address >> 24 & 255, address >> 16 & 255, address >> 8 & 255,
	               address & 255); /* at most 15 bytes */
	return text;
}

/* ADDRESS/PREFIX */
static int parse_subnet(struct parser *parser, uint32_t *address, int *prefix)
{
	const struct token *token = lexer_take(&parser->lexer);
	const char *slash = token->kind == TOKEN_WORD ? strchr(token->text, '/') : NULL;
	uint64_t bits;

	if (!slash || !lexer_is_address(token->text, (size_t)(slash - token->text), address) ||
	    !lexer_is_number(slash + 1, strlen(slash + 1), 32, &bits))
		return unexpected(parser, token, "ADDRESS/PREFIX, such as 10.0.0.1/24");
	*prefix = (int)bits;
	return 0;
}

/* Whether a host can have it: no multicast, no loopback, neither end of its subnet (RFC 3021: but for /31). */
static int check_address(struct parser *parser, int column, const struct link_end *end)
{
	uint32_t first = end->address >> 24, rest = end->address & ~mask_of(end->prefix);
	char text[16];

	if (end->prefix < 1 || end->prefix > 31)
		return lexer_error(&parser->lexer, column, "a link needs a prefix of 1 to 31 bits: /%d is not", end->prefix);
	if (!first || first == 127 || first >= 224 || (end->prefix < 31 && (!rest || rest == ~mask_of(end->prefix))))
		return lexer_error(&parser->lexer, column, "no host can have %s: it is not a unicast address of its "
		                   "subnet", dotted(end->address, text));
	if (lesson_owner(parser->lesson, end->address) >= 0)
		return lexer_error(&parser->lexer, column, "%s has the address %s already: choose another",
		                   parser->lesson->hosts[lesson_owner(parser->lesson, end->address)].name,
		                   dotted(end->address, text));
	return 0;
}

/* HOST.INTERFACE ADDRESS/PREFIX, or a switch. */
static int parse_link_end(struct parser *parser, struct link_end *end)
{
	struct lesson *lesson = parser->lesson;
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_peek(lexer);
	int column = token->column;

	if (token->kind == TOKEN_WORD && !strchr(token->text, '.')) {
		if (parse_host_name(parser, &end->host))
			return -1;
		if (lesson->hosts[end->host].kind == HOST_SWITCH)
			return 0;
		return lexer_error(lexer, column, "%s is no switch: write %s.INTERFACE ADDRESS/PREFIX",
		                   lesson->hosts[end->host].name, lesson->hosts[end->host].name);
	}
	if (parse_interface(parser, &end->host, end->interface))
		return -1;
	if (lesson->hosts[end->host].kind == HOST_SWITCH)
		return lexer_error(lexer, column, "a switch's ports have no names: write only \"%s\"",
		                   lesson->hosts[end->host].name);
	if (!strcmp(end->interface, "lo") || lesson_interface(lesson, end->host, end->interface, NULL))
		return lexer_error(lexer, column, "%s has an interface \"%s\" already: choose another",
		                   lesson->hosts[end->host].name, end->interface);
	column = lexer_peek(lexer)->column;
	if (parse_subnet(parser, &end->address, &end->prefix))
		return -1;
	return check_address(parser, column, end);
}

/* An end that has an address on the same switch, or NULL. */
static const struct link_end *neighbour(const struct lesson *lesson, size_t lan)
{
	for (size_t i = 0; i < lesson->link_count; i++)
		for (int end = 0; end < 2; end++)
			if (lesson->links[i].end[end].host == lan)
				return &lesson->links[i].end[!end];
	return NULL;
}

/* Both ends, or those of one switch, are neighbours: the same subnet. */
static int check_link(struct parser *parser, int column, const struct link *link)
{
	const struct link_end *one = &link->end[0], *other = &link->end[1];
	char text[2][16];

	if (!one->address && !other->address)
		return lexer_error(&parser->lexer, column, "a switch is linked to hosts and routers: one switch is enough "
		                   "for a subnet");
	if (one->host == other->host)
		return lexer_error(&parser->lexer, column, "a link joins two hosts: this one joins %s to itself",
		                   parser->lesson->hosts[one->host].name);
	if (one->address && one->address == other->address)
		return lexer_error(&parser->lexer, column, "both ends have the address %s: choose another",
		                   dotted(one->address, text[0]));
	if (!one->address)
		one = neighbour(parser->lesson, link->end[0].host);
	if (!other->address)
		other = neighbour(parser->lesson, link->end[1].host);
	if (one && other && !same_subnet(one, other))
		return lexer_error(&parser->lexer, column, "%s/%d and %s/%d are on one link and not in one subnet: make "
		                   "them neighbours", dotted(one->address, text[0]), one->prefix,
		                   dotted(other->address, text[1]), other->prefix);
	return 0;
}

static int parse_link(struct parser *parser)
{
	struct lesson *lesson = parser->lesson;
	struct link link = {.line = parser->lexer.line};
	int column = lexer_peek(&parser->lexer)->column;

	if (room(parser, lesson->link_count, LINKS_MAX, "links") || parse_link_end(parser, &link.end[0]) ||
	    lexer_expect(&parser->lexer, "--") || parse_link_end(parser, &link.end[1]) ||
	    check_link(parser, column, &link))
		return -1;
	mem_room(lesson->links, lesson->link_count, parser->link_capacity);
	lesson->links[lesson->link_count++] = link;
	return 0;
}

/* Whether the host reaches ADDRESS without a router. */
static bool is_on_link(const struct lesson *lesson, size_t host, uint32_t address)
{
	const struct link_end gateway = {.address = address};

	for (size_t i = 0; i < lesson->link_count; i++)
		for (int end = 0; end < 2; end++) {
			const struct link_end *own = &lesson->links[i].end[end];

			if (own->host == host && own->address && own->address != address &&
			    !((own->address ^ gateway.address) & mask_of(own->prefix)))
				return true;
		}
	return false;
}

static int parse_destination(struct parser *parser, struct route *route)
{
	int column = lexer_peek(&parser->lexer)->column;
	char text[16];

	if (lexer_accept(&parser->lexer, "default"))
		return 0;
	if (parse_subnet(parser, &route->destination, &route->prefix))
		return -1;
	if (route->destination & ~mask_of(route->prefix))
		return lexer_error(&parser->lexer, column, "this is a host in a subnet: the subnet is %s/%d",
		                   dotted(route->destination & mask_of(route->prefix), text), route->prefix);
	return 0;
}

static int check_route(struct parser *parser, int column, const struct route *route)
{
	const struct lesson *lesson = parser->lesson;

	if (!is_on_link(lesson, route->host, route->via))
		return lexer_error(&parser->lexer, column, "%s has no link with a neighbour of this address: a gateway "
		                   "must be one", lesson->hosts[route->host].name);
	for (size_t i = 0; i < lesson->route_count; i++)
		if (lesson->routes[i].host == route->host && lesson->routes[i].destination == route->destination &&
		    lesson->routes[i].prefix == route->prefix)
			return lexer_error(&parser->lexer, column, "%s has a route to there on line %d: keep one of them",
			                   lesson->hosts[route->host].name, lesson->routes[i].line);
	return 0;
}

static int parse_route(struct parser *parser)
{
	struct lesson *lesson = parser->lesson;
	struct lexer *lexer = &parser->lexer;
	struct route route = {.line = lexer->line};
	const struct token *token;

	if (room(parser, lesson->route_count, ROUTES_MAX, "routes") || parse_host_name(parser, &route.host) ||
	    parse_destination(parser, &route) || lexer_expect(lexer, "via"))
		return -1;
	token = lexer_take(lexer);
	if (token->kind != TOKEN_WORD || !lexer_is_address(token->text, token->length, &route.via))
		return unexpected(parser, token, "the gateway's address, such as 192.168.1.1");
	if (check_route(parser, token->column, &route))
		return -1;
	mem_room(lesson->routes, lesson->route_count, parser->route_capacity);
	lesson->routes[lesson->route_count++] = route;
	return 0;
}

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

static int parse_nat(struct parser *parser)
{
	struct lesson *lesson = parser->lesson;
	struct nat nat = {.line = parser->lexer.line};
	int column = lexer_peek(&parser->lexer)->column;

	if (parse_known_interface(parser, &nat.host, nat.interface))
		return -1;
	if (lesson->hosts[nat.host].kind != HOST_ROUTER)
		return lexer_error(&parser->lexer, column, "%s is no router: a NAT is a router's work",
		                   lesson->hosts[nat.host].name);
	for (size_t i = 0; i < lesson->nat_count; i++)
		if (lesson->nats[i].host == nat.host)
			return lexer_error(&parser->lexer, column, "%s has a NAT on line %d: one is enough",
			                   lesson->hosts[nat.host].name, lesson->nats[i].line);
	if (parse_dependence(parser, "mapping", &nat.mapping) || parse_dependence(parser, "filtering", &nat.filtering))
		return -1;
	mem_room(lesson->nats, lesson->nat_count, parser->nat_capacity);
	lesson->nats[lesson->nat_count++] = nat;
	return 0;
}

/* ---- programs and parameters ---- */

/* A C file in the lesson's folder. */
static int parse_source(struct parser *parser, char *source, size_t size)
{
	const struct token *token = lexer_take(&parser->lexer);
	const char *ending = token->kind == TOKEN_WORD ? strrchr(token->text, '.') : NULL;

	if (!ending || strcmp(ending, ".c") != 0 || strchr(token->text, '/') || strchr(".-", *token->text))
		return unexpected(parser, token, "a C file in the lesson's folder, such as server.c");
	if (token->length >= size)
		return lexer_error(&parser->lexer, token->column, "this file's name is too long: at most %zu bytes",
		                   size - 1);
	memcpy(source, token->text, token->length + 1);
	return 0;
}

static int parse_program(struct parser *parser)
{
	static const char *const origins[] = {"student", "given", NULL};
	struct lesson *lesson = parser->lesson;
	struct program program = {.line = parser->lexer.line};
	int column = lexer_peek(&parser->lexer)->column, origin;

	if (room(parser, lesson->program_count, PROGRAMS_MAX, "programs") ||
	    parse_name(parser, "the name of a program", program.name))
		return -1;
	if (lesson_program(lesson, program.name) >= 0)
		return taken(parser, column, program.name, "program");
	origin = lexer_choice(&parser->lexer, origins, NULL);
	if (origin < 0 || parse_source(parser, program.source, sizeof program.source))
		return -1;
	program.origin = origin ? PROGRAM_GIVEN : PROGRAM_STUDENT;
	mem_room(lesson->programs, lesson->program_count, parser->program_capacity);
	lesson->programs[lesson->program_count++] = program;
	return 0;
}

/* A parameter's value: a word or a string, escapes undone, no holes. */
static int parse_value(struct parser *parser, char *value, size_t size)
{
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_take(lexer);
	struct text part = {0};
	size_t offset = 0;
	int kind, result = 0;

	if (token->kind == TOKEN_END || !token->length)
		return unexpected(parser, token, "the parameter's default value");
	kind = lexer_part(lexer, token, &offset, &part);
	if (kind < 0)
		result = -1;
	else if (kind == PART_NAME || offset < token->length)
		result = lexer_error(lexer, token->column, "a default value has no {names} in it: write \\{ for a plain "
		                     "brace");
	else if (part.length >= size || memchr(part.data, '\0', part.length))
		result = lexer_error(lexer, token->column, "a default value has at most %zu bytes, none of them NUL",
		                     size - 1);
	else
		memcpy(value, part.data, part.length + 1);
	text_free(&part);
	return result;
}

static int check_value(struct parser *parser, const struct token *token, const struct param *param)
{
	uint64_t port;

	if (param->kind != PARAM_PORT || (lexer_is_number(param->value, strlen(param->value), 65535, &port) && port))
		return 0;
	return unexpected(parser, token, "a port, 1 to 65535");
}

static int parse_param(struct parser *parser)
{
	static const char *const kinds[] = {"port", "text", "fixed", NULL};
	struct lexer *lexer = &parser->lexer;
	struct params *params = &parser->lesson->params;
	struct param param = {0};
	int column = lexer_peek(lexer)->column, kind;
	const struct token *value;

	if (room(parser, params->count, PARAMS_MAX, "parameters") ||
	    parse_name(parser, "the name of a parameter", param.name))
		return -1;
	if (params_find(params, param.name))
		return taken(parser, column, param.name, "parameter");
	if (lesson_host(parser->lesson, param.name) >= 0)
		return taken(parser, column, param.name, "host");
	value = lexer_peek(lexer);
	if (parse_value(parser, param.value, sizeof param.value))
		return -1;
	kind = lexer_choice(lexer, kinds, NULL);
	param.kind = (enum param_kind)kind;
	if (kind < 0 || check_value(parser, value, &param))
		return -1;
	params_set(params, param.name, param.kind, param.value);
	return 0;
}

/* ---- cases ---- */

static int parse_case_title(struct parser *parser)
{
	struct lesson_case *lesson_case = current(parser);

	if (lesson_case->title[0])
		return lexer_error(&parser->lexer, lexer_peek(&parser->lexer)->column, "said twice: leave this line out");
	return parse_prose(parser, "a \"title\"", lesson_case->title, sizeof lesson_case->title);
}

/* Whether it stays inside the lesson's folder: every part has a name, none is `.` or `..`. */
static bool is_inside(const char *path)
{
	for (;;) {
		size_t length = strcspn(path, "/");

		if (!length || *path == '.' || *path == '-')
			return false;
		if (!path[length])
			return true;
		path += length + 1;
	}
}

static int parse_trace(struct parser *parser)
{
	struct lexer *lexer = &parser->lexer;
	struct lesson_case *lesson_case = current(parser);
	const struct token *token = lexer_take(lexer);

	if (lesson_case->trace[0])
		return lexer_error(lexer, token->column, "said twice: leave this line out");
	if (token->kind != TOKEN_WORD || !is_inside(token->text))
		return unexpected(parser, token, "a file inside the lesson's folder, such as traces/one-question.trace");
	if (token->length >= sizeof lesson_case->trace)
		return lexer_error(lexer, token->column, "this file's name is too long: at most %zu bytes",
		                   sizeof lesson_case->trace - 1);
	memcpy(lesson_case->trace, token->text, token->length + 1);
	return 0;
}

static int parse_watch(struct parser *parser)
{
	struct lesson_case *lesson_case = current(parser);
	int column = lexer_peek(&parser->lexer)->column;
	struct watch watch = {0};

	if (parse_known_interface(parser, &watch.host, watch.interface))
		return -1;
	for (size_t i = 0; i < lesson_case->watch_count; i++)
		if (lesson_case->watches[i].host == watch.host &&
		    !strcmp(lesson_case->watches[i].interface, watch.interface))
			return lexer_error(&parser->lexer, column, "watched already: leave this line out");
	mem_room(lesson_case->watches, lesson_case->watch_count, parser->watch_capacity);
	lesson_case->watches[lesson_case->watch_count++] = watch;
	return 0;
}

static int parse_limit(struct parser *parser)
{
	int column = lexer_peek(&parser->lexer)->column;
	int64_t us;

	if (once(parser, &parser->limit_seen) || lexer_time(&parser->lexer, &us))
		return -1;
	if (us % 1000 || us / 1000 > LIMIT_LONGEST_MS)
		return lexer_error(&parser->lexer, column, "a run's limit is in ms or s, at most %d s",
		                   LIMIT_LONGEST_MS / 1000);
	current(parser)->limit_ms = (int)(us / 1000);
	return 0;
}

/* {a} is a parameter, or a host with an address. */
static int check_hole(struct parser *parser, const struct token *token, const char *name)
{
	struct lesson *lesson = parser->lesson;
	int host = lesson_host(lesson, name);

	if (params_find(&lesson->params, name) || (host >= 0 && lesson_address(lesson, (size_t)host)))
		return 0;
	if (host >= 0)
		return lexer_error(&parser->lexer, token->column, "{%s} would be the address of %s, which has none", name,
		                   name);
	return unknown(parser, token->column, "parameter or host", name, strlen(name),
	               list_names(lesson->params.params, lesson->params.count, sizeof *lesson->params.params));
}

/* Escapes anew what params_expand() would take for its own. */
static void add_escaped(struct text *template, const struct text *part)
{
	for (size_t i = 0; i < part->length; i++) {
		if (part->data[i] == '{' || part->data[i] == '\\')
			text_add(template, "\\");
		text_add_bytes(template, &part->data[i], 1);
	}
}

static int add_part(struct parser *parser, const struct token *token, int kind, const struct text *part,
                    struct text *template)
{
	if (kind == PART_BYTES && memchr(part->data, '\0', part->length))
		return lexer_error(&parser->lexer, token->column, "a NUL byte cannot be passed to a program here: leave it "
		                   "out");
	if (kind == PART_BYTES)
		return add_escaped(template, part), 0;
	if (check_hole(parser, token, part->data))
		return -1;
	text_printf(template, "{%s}", part->data);
	return 0;
}

/* A word or a string as a template for params_expand(). Returns it, or NULL. */
static char *parse_template(struct parser *parser, const struct token *token)
{
	struct text part = {0}, template = {0};
	size_t offset = 0;
	int kind;

	while ((kind = lexer_part(&parser->lexer, token, &offset, &part)) > PART_END)
		if (add_part(parser, token, kind, &part, &template)) {
			kind = -1;
			break;
		}
	text_free(&part);
	if (kind == PART_END)
		text_add(&template, ""); /* so that data is a string even when nothing is in it */
	else
		text_free(&template);
	return template.data;
}

static int add_step(struct parser *parser, enum step_kind kind, struct step **added)
{
	struct lesson_case *lesson_case = current(parser);
	struct step step = {.kind = kind, .line = parser->lexer.line};
	int column = lexer_peek(&parser->lexer)->column;

	if (room(parser, lesson_case->step_count, STEPS_MAX, "steps in a case") || parse_host_name(parser, &step.host))
		return -1;
	if (parser->lesson->hosts[step.host].kind == HOST_SWITCH)
		return lexer_error(&parser->lexer, column, "%s is a switch: it runs nothing",
		                   parser->lesson->hosts[step.host].name);
	mem_room(lesson_case->steps, lesson_case->step_count, parser->step_capacity);
	lesson_case->steps[lesson_case->step_count] = step;
	*added = &lesson_case->steps[lesson_case->step_count++];
	return 0;
}

/* Whether a step of this kind stands above STEP for the same host. */
static bool has_above(const struct lesson_case *lesson_case, const struct step *step, enum step_kind kind)
{
	for (const struct step *above = lesson_case->steps; above < step; above++)
		if (above->host == step->host && above->kind == kind)
			return true;
	return false;
}

/* A host is played, once, or runs programs: who would answer else? */
static int check_busy(struct parser *parser, int column, const struct step *step)
{
	if (!has_above(current(parser), step, STEP_PLAY) &&
	    (step->kind == STEP_RUN || !has_above(current(parser), step, STEP_RUN)))
		return 0;
	return lexer_error(&parser->lexer, column, "%s is busy already: a host is played, once, or runs programs",
	                   parser->lesson->hosts[step->host].name);
}

static int parse_arguments(struct parser *parser, struct step *step)
{
	struct lexer *lexer = &parser->lexer;

	step->arguments = mem_alloc(ARGUMENTS_MAX * sizeof *step->arguments);
	while (lexer_peek(lexer)->kind != TOKEN_END) {
		const struct token *token = lexer_take(lexer);
		char *template;

		if (step->argument_count == ARGUMENTS_MAX)
			return lexer_error(lexer, token->column, "too many arguments: at most %d", ARGUMENTS_MAX);
		template = parse_template(parser, token);
		if (!template)
			return -1;
		step->arguments[step->argument_count++] = template;
	}
	return 0;
}

static int parse_run(struct parser *parser)
{
	struct lesson *lesson = parser->lesson;
	int column = lexer_peek(&parser->lexer)->column, program;
	const struct token *token;
	struct step *step;

	if (add_step(parser, STEP_RUN, &step) || check_busy(parser, column, step))
		return -1;
	token = lexer_take(&parser->lexer);
	if (token->kind != TOKEN_WORD)
		return unexpected(parser, token, "a program");
	program = lesson_program(lesson, token->text);
	if (program < 0)
		return unknown(parser, token->column, "program", token->text, token->length,
		               list_names(lesson->programs, lesson->program_count, sizeof *lesson->programs));
	step->program = (size_t)program;
	return parse_arguments(parser, step);
}

static int parse_play(struct parser *parser)
{
	int column = lexer_peek(&parser->lexer)->column;
	struct step *step;

	if (add_step(parser, STEP_PLAY, &step) || check_busy(parser, column, step))
		return -1;
	return parse_arguments(parser, step);
}

static int parse_wait(struct parser *parser)
{
	int column = lexer_peek(&parser->lexer)->column;
	struct step *step;

	if (add_step(parser, STEP_WAIT, &step))
		return -1;
	if (!has_above(current(parser), step, STEP_RUN) && !has_above(current(parser), step, STEP_PLAY))
		return lexer_error(&parser->lexer, column, "nothing runs on %s: write `run` or `play` above",
		                   parser->lesson->hosts[step->host].name);
	return 0;
}

static int parse_type(struct parser *parser)
{
	int column = lexer_peek(&parser->lexer)->column;
	const struct token *token;
	struct step *step;

	if (add_step(parser, STEP_TYPE, &step))
		return -1;
	if (!has_above(current(parser), step, STEP_RUN))
		return lexer_error(&parser->lexer, column, "no program runs on %s: write `run` above",
		                   parser->lesson->hosts[step->host].name);
	token = lexer_take(&parser->lexer);
	if (token->kind != TOKEN_STRING)
		return unexpected(parser, token, "a \"text\" to type");
	step->text = parse_template(parser, token);
	return step->text ? 0 : -1;
}

static int parse_statement(struct parser *parser, const struct statement *statements, const char *what)
{
	const char *words[20] = {NULL};
	int word;

	for (size_t i = 0; statements[i].word; i++)
		words[i] = statements[i].word;
	word = lexer_choice(&parser->lexer, words, what);
	if (word < 0 || statements[word].parse(parser))
		return -1;
	return lexer_next_line(&parser->lexer);
}

static int check_case(struct parser *parser, const struct lesson_case *lesson_case)
{
	const char *missing = NULL;
	bool runs = false;

	for (size_t i = 0; i < lesson_case->step_count; i++)
		runs = runs || lesson_case->steps[i].kind == STEP_RUN;
	if (!runs)
		missing = "`run HOST PROGRAM ...`: somebody must do something";
	if (!lesson_case->watch_count)
		missing = "`watch HOST.INTERFACE`: where to capture";
	if (!lesson_case->trace[0])
		missing = "`trace FILE`: what is expected";
	if (!lesson_case->title[0])
		missing = "`title \"...\"`";
	if (!missing)
		return 0;
	return error_set(parser->lexer.error, parser->lexer.file, lesson_case->line, 0, "case %s has no %s",
	                 lesson_case->name, missing);
}

static int parse_case_head(struct parser *parser, struct lesson_case *head)
{
	static const char *const words[] = {"points", "point", NULL};
	int column = lexer_peek(&parser->lexer)->column;
	uint64_t points;

	if (parse_label(parser, "the name of a case, such as one-question", head->name, sizeof head->name))
		return -1;
	if (lesson_case(parser->lesson, head->name) >= 0)
		return taken(parser, column, head->name, "case");
	if (lexer_number(&parser->lexer, "its points", 1, POINTS_MAX, &points) ||
	    lexer_choice(&parser->lexer, words, "points") < 0)
		return -1;
	head->points = (int)points;
	return lexer_next_line(&parser->lexer);
}

static int parse_case(struct parser *parser)
{
	static const struct statement statements[] = {
		{"title", parse_case_title}, {"trace", parse_trace}, {"watch", parse_watch}, {"limit", parse_limit},
		{"run", parse_run}, {"play", parse_play}, {"wait", parse_wait}, {"type", parse_type}, {NULL, NULL},
	};
	struct lesson *lesson = parser->lesson;
	struct lexer *lexer = &parser->lexer;
	struct lesson_case lesson_case = {.limit_ms = LIMIT_DEFAULT_MS, .line = lexer->line};
	int parent = lexer->indent, indent = -1, more;

	if (room(parser, lesson->case_count, CASES_MAX, "cases") || parse_case_head(parser, &lesson_case))
		return -1;
	mem_room(lesson->cases, lesson->case_count, parser->case_capacity);
	lesson->cases[lesson->case_count++] = lesson_case;
	parser->step_capacity = parser->watch_capacity = 0;
	parser->limit_seen = false;
	while ((more = lexer_block(lexer, parent, &indent)) > 0)
		if (parse_statement(parser, statements, "title, trace, watch, limit, run, play, wait or type"))
			return -1;
	return more ? more : check_case(parser, current(parser));
}

/* ---- the whole ---- */

static int check_whole(struct parser *parser)
{
	const struct lesson *lesson = parser->lesson;
	const char *missing = NULL;

	if (!lesson->case_count)
		missing = "`case NAME N points`";
	if (!lesson->idea[0])
		missing = "`idea \"...\"`";
	if (!lesson->title[0])
		missing = "`title \"...\"`";
	if (!missing)
		return 0;
	return error_set(parser->lexer.error, parser->lexer.file, 0, 0, "the lesson has no %s: add that line", missing);
}

/* lesson NAME, the first line. */
static int parse_head(struct parser *parser)
{
	struct lexer *lexer = &parser->lexer;

	if (lexer->done)
		return error_set(lexer->error, lexer->file, 0, 0, "the file is empty: begin with `lesson NAME`");
	if (lexer->indent)
		return lexer_error(lexer, 1, "this line begins with spaces and belongs to nothing: write it at the left "
		                   "margin");
	if (lexer_expect(lexer, "lesson") || parse_label(parser, "the lesson's name, such as 01-udp-server",
	                                                 parser->lesson->name, sizeof parser->lesson->name))
		return -1;
	return lexer_next_line(lexer);
}

static int parse_all(struct parser *parser)
{
	static const struct statement statements[] = {
		{"title", parse_title}, {"idea", parse_idea}, {"begin", parse_begin}, {"skeleton", parse_skeleton},
		{"host", parse_host}, {"router", parse_router}, {"switch", parse_switch}, {"link", parse_link},
		{"route", parse_route}, {"nat", parse_nat}, {"program", parse_program}, {"param", parse_param},
		{NULL, NULL},
	};
	struct lexer *lexer = &parser->lexer;
	int indent = 0, more;

	if (parse_head(parser))
		return -1;
	while ((more = lexer_block(lexer, -1, &indent)) > 0) {
		if (lexer_accept(lexer, "case")) {
			if (parse_case(parser))
				return -1;
		} else if (parse_statement(parser, statements, "title, idea, begin, skeleton, host, router, switch, "
		                           "link, route, nat, program, param or case")) {
			return -1;
		}
	}
	return more ? more : check_whole(parser);
}

int lesson_parse(struct lesson *lesson, const char *file, const char *source, size_t length, struct error *error)
{
	struct parser parser = {.lesson = lesson};
	int result;

	*lesson = (struct lesson){.file = mem_string(file)};
	result = lexer_open(&parser.lexer, file, source, length, error);
	if (!result)
		result = parse_all(&parser);
	lexer_close(&parser.lexer);
	if (result)
		lesson_free(lesson);
	return result;
}
