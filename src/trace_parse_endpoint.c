/* trace_parse_endpoint.c - HOST:PORT at either end of a flow. See trace_parse.c. */
#include "trace_parse_parts.h"

#include "packet.h"

#include <string.h>

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

int trace_parse_endpoint(struct parser *parser, struct endpoint *endpoint)
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
