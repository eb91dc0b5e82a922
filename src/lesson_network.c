/* lesson_network.c - statements that lay the network: hosts, links, routes, tunnels. */
#include "lesson_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINKS_MAX 100
#define ROUTES_MAX 200
#define TUNNELS_MAX 32

static int add_host(struct parser *parser, enum host_kind kind)
{
	struct lesson *lesson = parser->lesson;
	int column = lexer_peek(&parser->lexer)->column;
	struct host host = {.kind = kind, .line = parser->lexer.line};

	if (parser_room(parser, lesson->host_count, LESSON_HOSTS_MAX, "hosts") ||
	    parser_name(parser, "the name of a host", host.name))
		return -1;
	if (lesson_host(lesson, host.name) >= 0)
		return parser_taken(parser, column, host.name, "host");
	if (params_find(&lesson->params, host.name))
		return parser_taken(parser, column, host.name, "parameter");
	if (lesson_tunnel(lesson, host.name) >= 0)
		return parser_taken(parser, column, host.name, "tunnel");
	mem_room(lesson->hosts, lesson->host_count, parser->host_capacity);
	lesson->hosts[lesson->host_count++] = host;
	return 0;
}

int parse_host(struct parser *parser)
{
	return add_host(parser, HOST_END);
}

int parse_router(struct parser *parser)
{
	return add_host(parser, HOST_ROUTER);
}

int parse_switch(struct parser *parser)
{
	return add_host(parser, HOST_SWITCH);
}

static bool same_subnet(const struct link_end *a, const struct link_end *b)
{
	return a->prefix == b->prefix && !((a->address ^ b->address) & parser_mask(a->prefix));
}

/* An address that a host can have and none has yet. */
static int check_address(struct parser *parser, int column, const struct link_end *end)
{
	int owner = lesson_owner(parser->lesson, end->address);
	char text[16];

	if (end->prefix < 1 || end->prefix > 31)
		return lexer_error(&parser->lexer, column, "an interface needs a prefix of 1 to 31 bits: /%d is not",
		                   end->prefix);
	if (parser_unicast(parser, column, end->address, end->prefix))
		return -1;
	if (owner >= 0)
		return lexer_error(&parser->lexer, column, "%s has the address %s already: choose another",
		                   parser->lesson->hosts[owner].name, parser_dotted(end->address, text));
	return 0;
}

/* HOST.INTERFACE ADDRESS/PREFIX: a new one. */
static int parse_end(struct parser *parser, struct link_end *end)
{
	struct lesson *lesson = parser->lesson;
	struct lexer *lexer = &parser->lexer;
	int column = lexer_peek(lexer)->column;

	if (parser_interface(parser, &end->host, end->interface))
		return -1;
	if (lesson->hosts[end->host].kind == HOST_SWITCH)
		return lexer_error(lexer, column, "a switch's ports have no names: write only \"%s\"",
		                   lesson->hosts[end->host].name);
	if (!strcmp(end->interface, "lo") || lesson_interface(lesson, end->host, end->interface, NULL))
		return lexer_error(lexer, column, "%s has an interface \"%s\" already: choose another",
		                   lesson->hosts[end->host].name, end->interface);
	column = lexer_peek(lexer)->column;
	if (parser_subnet(parser, &end->address, &end->prefix))
		return -1;
	return check_address(parser, column, end);
}

/* HOST.INTERFACE ADDRESS/PREFIX, or a switch. */
static int parse_link_end(struct parser *parser, struct link_end *end)
{
	struct lesson *lesson = parser->lesson;
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_peek(lexer);
	int column = token->column;

	if (token->kind == TOKEN_WORD && !strchr(token->text, '.')) {
		if (parser_host(parser, &end->host))
			return -1;
		if (lesson->hosts[end->host].kind == HOST_SWITCH)
			return 0;
		return lexer_error(lexer, column, "%s is no switch: write %s.INTERFACE ADDRESS/PREFIX",
		                   lesson->hosts[end->host].name, lesson->hosts[end->host].name);
	}
	return parse_end(parser, end);
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
		                   parser_dotted(one->address, text[0]));
	if (!one->address)
		one = neighbour(parser->lesson, link->end[0].host);
	if (!other->address)
		other = neighbour(parser->lesson, link->end[1].host);
	if (one && other && !same_subnet(one, other))
		return lexer_error(&parser->lexer, column, "%s/%d and %s/%d are on one link and not in one subnet: make "
		                   "them neighbours", parser_dotted(one->address, text[0]), one->prefix,
		                   parser_dotted(other->address, text[1]), other->prefix);
	return 0;
}

int parse_link(struct parser *parser)
{
	struct lesson *lesson = parser->lesson;
	struct link link = {.line = parser->lexer.line};
	int column = lexer_peek(&parser->lexer)->column;

	if (parser_room(parser, lesson->link_count, LINKS_MAX, "links") || parse_link_end(parser, &link.end[0]) ||
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
			    !((own->address ^ gateway.address) & parser_mask(own->prefix)))
				return true;
		}
	return false;
}

static int parse_destination(struct parser *parser, struct route *route)
{
	int column = lexer_peek(&parser->lexer)->column;

	if (lexer_accept(&parser->lexer, "default"))
		return 0;
	if (parser_subnet(parser, &route->destination, &route->prefix))
		return -1;
	return parser_check_subnet(parser, column, route->destination, route->prefix);
}

static int parse_via(struct parser *parser, struct route *route)
{
	const struct token *token = lexer_take(&parser->lexer);

	if (token->kind != TOKEN_WORD || !lexer_is_address(token->text, token->length, &route->via))
		return parser_unexpected(parser, token, "the gateway's address, such as 192.168.1.1");
	if (!is_on_link(parser->lesson, route->host, route->via))
		return lexer_error(&parser->lexer, token->column, "%s has no link with a neighbour of this address: a gateway "
		                   "must be one", parser->lesson->hosts[route->host].name);
	return 0;
}

/* Only a tunnel: on an Ethernet the kernel would ask its neighbours for every address of the subnet. */
static int parse_dev(struct parser *parser, struct route *route)
{
	const struct token *token = lexer_peek(&parser->lexer);
	int column = token->column;

	if (token->kind != TOKEN_WORD)
		return parser_unexpected(parser, token, "a tunnel's interface, such as vpn0");
	lexer_take(&parser->lexer);
	if (lexer_name(&parser->lexer, column, "a tunnel's interface", token->text, token->length, route->interface,
	               LESSON_INTERFACE))
		return -1;
	if (!lesson_has_tunnel(parser->lesson, route->host, route->interface))
		return lexer_error(&parser->lexer, column, "%s has no tunnel \"%s\": a `tunnel` above must make it (over a "
		                   "link, write `via` and the gateway's address)",
		                   parser->lesson->hosts[route->host].name, route->interface);
	return 0;
}

static int check_route(struct parser *parser, int column, const struct route *route)
{
	const struct lesson *lesson = parser->lesson;

	for (size_t i = 0; i < lesson->route_count; i++)
		if (lesson->routes[i].host == route->host && lesson->routes[i].destination == route->destination &&
		    lesson->routes[i].prefix == route->prefix)
			return lexer_error(&parser->lexer, column, "%s has a route to there on line %d: keep one of them",
			                   lesson->hosts[route->host].name, lesson->routes[i].line);
	return 0;
}

int parse_route(struct parser *parser)
{
	static const char *const ways[] = {"via", "dev", NULL};
	struct lesson *lesson = parser->lesson;
	struct lexer *lexer = &parser->lexer;
	struct route route = {.line = lexer->line};
	int way, column;

	if (parser_room(parser, lesson->route_count, ROUTES_MAX, "routes") || parser_host(parser, &route.host) ||
	    parse_destination(parser, &route))
		return -1;
	way = lexer_choice(lexer, ways, NULL);
	column = lexer_peek(lexer)->column;
	if (way < 0 || (way ? parse_dev(parser, &route) : parse_via(parser, &route)) ||
	    check_route(parser, column, &route))
		return -1;
	mem_room(lesson->routes, lesson->route_count, parser->route_capacity);
	lesson->routes[lesson->route_count++] = route;
	return 0;
}

/* {vpn0} is one descriptor, whichever host's program asks. */
static int check_descriptor(struct parser *parser, int column, const struct tunnel *tunnel)
{
	const struct lesson *lesson = parser->lesson;
	size_t last = lesson->tunnel_count - 1; /* TUNNEL itself */

	for (size_t i = 0; i < last; i++)
		if (!strcmp(lesson->tunnels[i].end.interface, tunnel->end.interface) &&
		    lesson_descriptor(lesson, i) != lesson_descriptor(lesson, last))
			return lexer_error(&parser->lexer, column, "{%s} is descriptor %d for %s by line %d, and would be %d "
			                   "here: choose another name", tunnel->end.interface, lesson_descriptor(lesson, i),
			                   lesson->hosts[lesson->tunnels[i].end.host].name, lesson->tunnels[i].line,
			                   lesson_descriptor(lesson, last));
	return 0;
}

int parse_tunnel(struct parser *parser)
{
	struct lesson *lesson = parser->lesson;
	struct tunnel tunnel = {.line = parser->lexer.line};
	int column = lexer_peek(&parser->lexer)->column;

	if (parser_room(parser, lesson->tunnel_count, TUNNELS_MAX, "tunnels") || parse_end(parser, &tunnel.end))
		return -1;
	if (lesson_host(lesson, tunnel.end.interface) >= 0)
		return parser_taken(parser, column, tunnel.end.interface, "host");
	if (params_find(&lesson->params, tunnel.end.interface))
		return parser_taken(parser, column, tunnel.end.interface, "parameter");
	mem_room(lesson->tunnels, lesson->tunnel_count, parser->tunnel_capacity);
	lesson->tunnels[lesson->tunnel_count++] = tunnel;
	return check_descriptor(parser, column, &tunnel);
}
