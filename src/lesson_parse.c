/* lesson_parse.c - the lesson language into data: see lesson.h, docs/lesson-format.md. Here are the head and the
 * whole; what stands between is in lesson_network.c, lesson_firewall.c, lesson_program.c and lesson_case.c.
 *
 * A statement a line, each with its function in a table. A name is declared above the line that uses it,
 * so that one reading suffices and the message can say what was meant. */
#include "lesson_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int parse_title(struct parser *parser)
{
	if (parser_once(parser, &parser->title_seen))
		return -1;
	return parser_prose(parser, "a \"title\"", parser->lesson->title, sizeof parser->lesson->title);
}

static int parse_idea(struct parser *parser)
{
	if (parser_once(parser, &parser->idea_seen))
		return -1;
	return parser_prose(parser, "an \"idea\"", parser->lesson->idea, sizeof parser->lesson->idea);
}

static int parse_begin(struct parser *parser)
{
	if (parser_once(parser, &parser->begin_seen))
		return -1;
	return parser_prose(parser, "a \"sentence\" that says where to begin", parser->lesson->begin,
	                   sizeof parser->lesson->begin);
}

static int parse_skeleton(struct parser *parser)
{
	if (parser_once(parser, &parser->skeleton_seen) || lexer_expect(&parser->lexer, "fails"))
		return -1;
	return parser_label(parser, "the id of a diagnosis, such as nothing-bound", parser->lesson->skeleton_fails,
	                   sizeof parser->lesson->skeleton_fails);
}

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
	if (lexer_expect(lexer, "lesson") || parser_label(parser, "the lesson's name, such as 01-udp-server",
	                                                 parser->lesson->name, sizeof parser->lesson->name))
		return -1;
	return lexer_next_line(lexer);
}

static int parse_all(struct parser *parser)
{
	static const struct statement statements[] = {
		{"title", parse_title}, {"idea", parse_idea}, {"begin", parse_begin}, {"skeleton", parse_skeleton},
		{"host", parse_host}, {"router", parse_router}, {"switch", parse_switch}, {"link", parse_link},
		{"route", parse_route}, {"tunnel", parse_tunnel}, {"nat", parse_nat}, {"filter", parse_filter},
		{"forward", parse_forward}, {"memory", parse_memory}, {"rate", parse_rate}, {"rules", parse_rules},
		{"program", parse_program}, {"param", parse_param},
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
		} else if (parser_statement(parser, statements, "title, idea, begin, skeleton, host, router, switch, "
		                           "link, route, tunnel, nat, filter, forward, memory, rate, rules, program, param "
		                           "or case")) {
			return -1;
		}
	}
	return more ? more : check_whole(parser);
}

int lesson_parse(struct lesson *lesson, const char *file, const char *source, size_t length, struct error *error)
{
	struct parser parser = {.lesson = lesson, .of_case = LESSON_EVERY_CASE};
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
