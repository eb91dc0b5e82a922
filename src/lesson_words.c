/* lesson_words.c - the words that all statements of the lesson language share: see lesson_parts.h. */
#include "lesson_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct lesson_case *parser_case(struct parser *parser)
{
	return &parser->lesson->cases[parser->lesson->case_count - 1];
}

int parser_unexpected(struct parser *parser, const struct token *token, const char *what)
{
	return lexer_expected(&parser->lexer, token, what, NULL);
}

int parser_once(struct parser *parser, bool *seen)
{
	if (*seen)
		return lexer_error(&parser->lexer, lexer_peek(&parser->lexer)->column, "said twice: leave this line out");
	*seen = true;
	return 0;
}

int parser_prose(struct parser *parser, const char *what, char *prose, size_t size)
{
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_take(lexer);
	size_t length = token->length;

	if (token->kind != TOKEN_STRING || !length)
		return parser_unexpected(parser, token, what);
	if (memchr(token->text, '\\', length) || memchr(token->text, '\t', length))
		return lexer_error(lexer, token->column, "a tab or a backslash in a text for people: write it without");
	if (length >= size)
		return lexer_error(lexer, token->column, "this text has %zu bytes: at most %zu fit", length, size - 1);
	memcpy(prose, token->text, length + 1);
	return 0;
}

int parser_label(struct parser *parser, const char *what, char *label, size_t size)
{
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_take(lexer);
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	if (token->kind != TOKEN_WORD || strspn(token->text, good) != token->length || strchr("-_", *token->text))
		return parser_unexpected(parser, token, what);
	if (token->length >= size)
		return lexer_error(lexer, token->column, "%s is too long: at most %zu bytes",
		                   lexer_show(lexer, token->text, token->length), size - 1);
	memcpy(label, token->text, token->length + 1);
	return 0;
}

int parser_name(struct parser *parser, const char *what, char name[LESSON_NAME])
{
	const struct token *token = lexer_take(&parser->lexer);

	if (token->kind != TOKEN_WORD)
		return parser_unexpected(parser, token, what);
	return lexer_name(&parser->lexer, token->column, what, token->text, token->length, name, LESSON_NAME);
}

int parser_taken(struct parser *parser, int column, const char *name, const char *by)
{
	return lexer_error(&parser->lexer, column, "\"%s\" is the name of a %s already: choose another", name, by);
}

int parser_room(struct parser *parser, size_t count, size_t most, const char *what)
{
	if (count < most)
		return 0;
	return lexer_error(&parser->lexer, lexer_peek(&parser->lexer)->column, "too many %s: at most %zu", what, most);
}

int parser_unknown(struct parser *parser, int column, const char *what, const char *name, size_t length,
                   const void *first, size_t count, size_t size)
{
	struct lexer *lexer = &parser->lexer;
	const char *word = lexer_show(lexer, name, length);
	const char **list = mem_alloc((count + 1) * sizeof *list); /* ends in NULL */
	char *copy = mem_bytes(name, length);

	for (size_t i = 0; i < count; i++)
		list[i] = (const char *)first + i * size;
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
	return parser_unknown(parser, column, "host", name, length, lesson->hosts, lesson->host_count,
	                      sizeof *lesson->hosts);
}

int parser_host(struct parser *parser, size_t *host)
{
	const struct token *token = lexer_take(&parser->lexer);

	if (token->kind != TOKEN_WORD)
		return parser_unexpected(parser, token, "a host");
	return find_host(parser, token->column, token->text, token->length, host);
}

int parser_machine(struct parser *parser, size_t *host)
{
	int column = lexer_peek(&parser->lexer)->column;

	if (parser_host(parser, host))
		return -1;
	if (parser->lesson->hosts[*host].kind == HOST_SWITCH)
		return lexer_error(&parser->lexer, column, "%s is a switch: name a host or a router",
		                   parser->lesson->hosts[*host].name);
	return 0;
}

int parser_interface(struct parser *parser, size_t *host, char interface[LESSON_INTERFACE])
{
	struct lexer *lexer = &parser->lexer;
	const struct token *token = lexer_take(lexer);
	const char *dot = token->kind == TOKEN_WORD ? strchr(token->text, '.') : NULL;
	size_t length;

	if (!dot)
		return parser_unexpected(parser, token, "HOST.INTERFACE, such as a.eth0");
	length = (size_t)(dot - token->text);
	if (find_host(parser, token->column, token->text, length, host))
		return -1;
	return lexer_name(lexer, token->column + (int)length + 1, "an interface", dot + 1, token->length - length - 1,
	                  interface, LESSON_INTERFACE);
}

int parser_known_interface(struct parser *parser, size_t *host, char interface[LESSON_INTERFACE])
{
	int column = lexer_peek(&parser->lexer)->column;

	if (parser_interface(parser, host, interface))
		return -1;
	if (!lesson_interface(parser->lesson, *host, interface, NULL))
		return lexer_error(&parser->lexer, column, "%s has no interface \"%s\": a `link` or `tunnel` "
		                   "above must make it",
		                   parser->lesson->hosts[*host].name, interface);
	return 0;
}

int parser_router(struct parser *parser, int column, size_t host, const char *whose)
{
	if (parser->lesson->hosts[host].kind == HOST_ROUTER)
		return 0;
	return lexer_error(&parser->lexer, column, "%s is no router: %s is a router's work",
	                   parser->lesson->hosts[host].name, whose);
}

int parser_file(struct parser *parser, const char *what, const char *ending, char *file, size_t size)
{
	const struct token *token = lexer_take(&parser->lexer);
	const char *dot = token->kind == TOKEN_WORD ? strrchr(token->text, '.') : NULL;

	if (!dot || strcmp(dot, ending) != 0 || strchr(token->text, '/') || strchr(".-", *token->text))
		return parser_unexpected(parser, token, what);
	if (token->length >= size)
		return lexer_error(&parser->lexer, token->column, "this file's name is too long: at most %zu bytes",
		                   size - 1);
	memcpy(file, token->text, token->length + 1);
	return 0;
}

uint32_t parser_mask(int prefix)
{
	return prefix ? UINT32_MAX << (32 - prefix) : 0;
}

const char *parser_dotted(uint32_t address, char text[16])
{
	(void)snprintf(text, 16, "%u.%u.%u.%u", address >> 24 & 255, address >> 16 & 255, address >> 8 & 255,
	               address & 255); /* at most 15 bytes */
	return text;
}

int parser_subnet(struct parser *parser, uint32_t *address, int *prefix)
{
	const struct token *token = lexer_take(&parser->lexer);
	const char *slash = token->kind == TOKEN_WORD ? strchr(token->text, '/') : NULL;
	uint64_t bits;

	if (!slash || !lexer_is_address(token->text, (size_t)(slash - token->text), address) ||
	    !lexer_is_number(slash + 1, strlen(slash + 1), 32, &bits))
		return parser_unexpected(parser, token, "ADDRESS/PREFIX, such as 10.0.0.1/24");
	*prefix = (int)bits;
	return 0;
}

int parser_check_subnet(struct parser *parser, int column, uint32_t address, int prefix)
{
	char text[16];

	if (!(address & ~parser_mask(prefix)))
		return 0;
	return lexer_error(&parser->lexer, column, "this is a host in a subnet: the subnet is %s/%d",
	                   parser_dotted(address & parser_mask(prefix), text), prefix);
}

int parser_unicast(struct parser *parser, int column, uint32_t address, int prefix)
{
	uint32_t first = address >> 24, rest = address & ~parser_mask(prefix);
	char text[16];

	if (first && first != 127 && first < 224 && (prefix >= 31 || (rest && rest != ~parser_mask(prefix))))
		return 0;
	return lexer_error(&parser->lexer, column, "no host can have %s: it is not a unicast address of its subnet",
	                   parser_dotted(address, text));
}

/* The NAME of a {NAME} that is the whole text, or NULL; free() it. */
static char *hole(const char *text, size_t length)
{
	if (length < 3 || text[0] != '{' || text[length - 1] != '}')
		return NULL;
	return mem_bytes(text + 1, length - 2);
}

static int host_address(struct parser *parser, const struct token *token, const char *name, uint32_t *address)
{
	size_t host;

	if (find_host(parser, token->column, name, strlen(name), &host))
		return -1;
	*address = lesson_address(parser->lesson, host);
	if (!*address)
		return lexer_error(&parser->lexer, token->column, "{%s} would be the address of %s, which has none", name,
		                   name);
	return 0;
}

int parser_address(struct parser *parser, const struct token *token, const char *text, size_t length,
                   uint32_t *address)
{
	char *name = token->kind == TOKEN_WORD ? hole(text, length) : NULL;
	int result = 0;

	if (name)
		result = host_address(parser, token, name, address);
	else if (token->kind != TOKEN_WORD || !lexer_is_address(text, length, address) || !*address)
		result = parser_unexpected(parser, token, "an address, such as 192.168.1.10 or {host}");
	free(name);
	return result;
}

static int port_param(struct parser *parser, const struct token *token, const char *name, struct lab_number *port)
{
	const struct params *params = &parser->lesson->params;
	const struct param *param = params_find(params, name);

	if (!param)
		return parser_unknown(parser, token->column, "parameter", name, strlen(name), params->params, params->count,
		                      sizeof *params->params);
	if (param->kind != PARAM_PORT)
		return lexer_error(&parser->lexer, token->column, "{%s} is not of kind port: only such a parameter can stand "
		                   "for a port", name);
	(void)snprintf(port->param, sizeof port->param, "%s", name); /* as long as a parameter's name */
	return 0;
}

int parser_port(struct parser *parser, const struct token *token, const char *text, size_t length,
                struct lab_number *port)
{
	char *name = token->kind == TOKEN_WORD ? hole(text, length) : NULL;
	uint64_t number = 0;
	int result = 0;

	if (name)
		result = port_param(parser, token, name, port);
	else if (token->kind != TOKEN_WORD || !lexer_is_number(text, length, 65535, &number) || !number)
		result = parser_unexpected(parser, token, "a port, 1 to 65535, or a {parameter} of kind port");
	port->number = (uint16_t)number;
	free(name);
	return result;
}

int parser_statement(struct parser *parser, const struct statement *statements, const char *what)
{
	const char *words[24] = {NULL};
	int word;

	for (size_t i = 0; statements[i].word; i++)
		words[i] = statements[i].word;
	word = lexer_choice(&parser->lexer, words, what);
	if (word < 0 || statements[word].parse(parser))
		return -1;
	return lexer_next_line(&parser->lexer);
}
