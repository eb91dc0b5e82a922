/* lesson_program.c - statements that name who runs and with what: programs and parameters. */
#include "lesson_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAMS_MAX 50
#define PARAMS_MAX 64

/* A command that is looked for in PATH. */
static int parse_command(struct parser *parser, char *command, size_t size)
{
	static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+";
	const struct token *token = lexer_take(&parser->lexer);

	if (token->kind != TOKEN_WORD || strspn(token->text, good) != token->length || strchr(".-", *token->text))
		return parser_unexpected(parser, token, "the name of a command without a path, such as curl");
	if (token->length >= size)
		return lexer_error(&parser->lexer, token->column, "this command's name is too long: at most %zu bytes",
		                   size - 1);
	memcpy(command, token->text, token->length + 1);
	return 0;
}

int parse_program(struct parser *parser)
{
	static const char *const origins[] = {"student", "given", "system", NULL}; /* as enum program_origin */
	struct lesson *lesson = parser->lesson;
	struct program program = {.line = parser->lexer.line};
	int column = lexer_peek(&parser->lexer)->column, origin;

	if (parser_room(parser, lesson->program_count, PROGRAMS_MAX, "programs") ||
	    parser_name(parser, "the name of a program", program.name))
		return -1;
	if (lesson_program(lesson, program.name) >= 0)
		return parser_taken(parser, column, program.name, "program");
	origin = lexer_choice(&parser->lexer, origins, NULL);
	if (origin < 0)
		return -1;
	program.origin = (enum program_origin)origin;
	if (program.origin == PROGRAM_SYSTEM ? parse_command(parser, program.source, sizeof program.source) :
	    parser_file(parser, "a C file in the lesson's folder, such as server.c", ".c", program.source,
	                sizeof program.source))
		return -1;
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
		return parser_unexpected(parser, token, "the parameter's default value");
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
	return parser_unexpected(parser, token, "a port, 1 to 65535");
}

int parse_param(struct parser *parser)
{
	static const char *const kinds[] = {"port", "text", "fixed", "length", NULL};
	struct lexer *lexer = &parser->lexer;
	struct params *params = &parser->lesson->params;
	struct param param = {0};
	int column = lexer_peek(lexer)->column, kind;
	const struct token *value;

	if (parser_room(parser, params->count, PARAMS_MAX, "parameters") ||
	    parser_name(parser, "the name of a parameter", param.name))
		return -1;
	if (params_find(params, param.name))
		return parser_taken(parser, column, param.name, "parameter");
	if (lesson_host(parser->lesson, param.name) >= 0)
		return parser_taken(parser, column, param.name, "host");
	if (lesson_tunnel(parser->lesson, param.name) >= 0)
		return parser_taken(parser, column, param.name, "tunnel");
	value = lexer_peek(lexer);
	if (parse_value(parser, param.value, sizeof param.value))
		return -1;
	kind = lexer_choice(lexer, kinds, NULL);
	param.kind = (enum param_kind)kind;
	if (kind < 0 || check_value(parser, value, &param))
		return -1;
	if (param.kind != PARAM_LENGTH)
		params_set(params, param.name, param.kind, param.value);
	else if (params_set_length(params, param.name, param.value))
		return parser_unexpected(parser, value, "names of parameters that stand above, such as \"first second\"");
	return 0;
}
