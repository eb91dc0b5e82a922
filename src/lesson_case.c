/* lesson_case.c - a case of a lesson: what is watched, what is expected, and the steps. What lesson_firewall.c
 * reads may stand in it too. */
#include "lesson_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASES_MAX 100
#define ARGUMENTS_MAX 32
#define STEPS_MAX 100
#define POINTS_MAX 1000
#define LIMIT_DEFAULT_MS 5000
#define LIMIT_LONGEST_MS 600000

static int parse_case_title(struct parser *parser)
{
	struct lesson_case *lesson_case = parser_case(parser);

	if (lesson_case->title[0])
		return lexer_error(&parser->lexer, lexer_peek(&parser->lexer)->column, "said twice: leave this line out");
	return parser_prose(parser, "a \"title\"", lesson_case->title, sizeof lesson_case->title);
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
	struct lesson_case *lesson_case = parser_case(parser);
	const struct token *token = lexer_take(lexer);

	if (lesson_case->trace[0])
		return lexer_error(lexer, token->column, "said twice: leave this line out");
	if (token->kind != TOKEN_WORD || !is_inside(token->text))
		return parser_unexpected(parser, token, "a file inside the lesson's folder, such as traces/one-question.trace");
	if (token->length >= sizeof lesson_case->trace)
		return lexer_error(lexer, token->column, "this file's name is too long: at most %zu bytes",
		                   sizeof lesson_case->trace - 1);
	memcpy(lesson_case->trace, token->text, token->length + 1);
	return 0;
}

static int student_trace(struct parser *parser, enum student_trace kind)
{
	struct lesson_case *lesson_case = parser_case(parser);

	if (lesson_case->student_trace_kind)
		return lexer_error(&parser->lexer, lexer_peek(&parser->lexer)->column, "a case has one trace of the student's, "
		                   "and this one has %s: leave this line out", lesson_case->student_trace);
	lesson_case->student_trace_kind = kind;
	return parser_file(parser, "a trace in the lesson's folder that the student writes, such as mine.trace", ".trace",
	                   lesson_case->student_trace, sizeof lesson_case->student_trace);
}

static int parse_predict(struct parser *parser)
{
	return student_trace(parser, STUDENT_TRACE_PREDICT);
}

static int parse_accepts(struct parser *parser)
{
	return student_trace(parser, STUDENT_TRACE_ACCEPTS);
}

static int parse_rejects(struct parser *parser)
{
	return student_trace(parser, STUDENT_TRACE_REJECTS);
}

static int parse_watch(struct parser *parser)
{
	struct lesson_case *lesson_case = parser_case(parser);
	int column = lexer_peek(&parser->lexer)->column;
	struct watch watch = {0};

	if (parser_known_interface(parser, &watch.host, watch.interface))
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

	if (parser_once(parser, &parser->limit_seen) || lexer_time(&parser->lexer, &us))
		return -1;
	if (us % 1000 || us / 1000 > LIMIT_LONGEST_MS)
		return lexer_error(&parser->lexer, column, "a run's limit is in ms or s, at most %d s",
		                   LIMIT_LONGEST_MS / 1000);
	parser_case(parser)->limit_ms = (int)(us / 1000);
	return 0;
}

/* {a} is a parameter, a host with an address, or a tunnel of the host that the step is about. */
static int check_hole(struct parser *parser, const struct token *token, const char *name)
{
	struct lesson *lesson = parser->lesson;
	const struct lesson_case *lesson_case = parser_case(parser);
	size_t at = lesson_case->steps[lesson_case->step_count - 1].host;
	int host = lesson_host(lesson, name);

	if (params_find(&lesson->params, name) || (host >= 0 && lesson_address(lesson, (size_t)host)) ||
	    lesson_has_tunnel(lesson, at, name))
		return 0;
	if (host >= 0)
		return lexer_error(&parser->lexer, token->column, "{%s} would be the address of %s, which has none", name,
		                   name);
	if (lesson_tunnel(lesson, name) >= 0)
		return lexer_error(&parser->lexer, token->column, "%s has no tunnel \"%s\": {%s} is for the programs of a "
		                   "host that has it", lesson->hosts[at].name, name, name);
	return parser_unknown(parser, token->column, "parameter or host", name, strlen(name), lesson->params.params,
	                      lesson->params.count, sizeof *lesson->params.params);
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
	struct lesson_case *lesson_case = parser_case(parser);
	struct step step = {.kind = kind, .line = parser->lexer.line};
	int column = lexer_peek(&parser->lexer)->column;

	if (parser_room(parser, lesson_case->step_count, STEPS_MAX, "steps in a case") || parser_host(parser, &step.host))
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
	if (!has_above(parser_case(parser), step, STEP_PLAY) &&
	    (step->kind == STEP_RUN || !has_above(parser_case(parser), step, STEP_RUN)))
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
		return parser_unexpected(parser, token, "a program");
	program = lesson_program(lesson, token->text);
	if (program < 0)
		return parser_unknown(parser, token->column, "program", token->text, token->length, lesson->programs,
		                      lesson->program_count, sizeof *lesson->programs);
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
	if (!has_above(parser_case(parser), step, STEP_RUN) && !has_above(parser_case(parser), step, STEP_PLAY))
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
	if (!has_above(parser_case(parser), step, STEP_RUN))
		return lexer_error(&parser->lexer, column, "no program runs on %s: write `run` above",
		                   parser->lesson->hosts[step->host].name);
	token = lexer_take(&parser->lexer);
	if (token->kind != TOKEN_STRING)
		return parser_unexpected(parser, token, "a \"text\" to type");
	step->text = parse_template(parser, token);
	return step->text ? 0 : -1;
}

/* Whether a link or a tunnel gives it. */
static bool has_from_start(const struct lesson *lesson, uint32_t address)
{
	for (size_t i = 0; i < lesson->link_count; i++)
		if (lesson->links[i].end[0].address == address || lesson->links[i].end[1].address == address)
			return true;
	for (size_t i = 0; i < lesson->tunnel_count; i++)
		if (lesson->tunnels[i].end.address == address)
			return true;
	return false;
}

/* Whether that step may give its address: nobody else has it, in no case. */
static int check_new_address(struct parser *parser, int column, const struct step *step)
{
	const struct lesson_case *lesson_case = parser_case(parser);
	const struct link_end *end = lesson_interface(parser->lesson, step->host, step->interface, NULL);
	bool inside = !((end->address ^ step->address) & parser_mask(end->prefix));
	int owner = lesson_owner(parser->lesson, step->address);
	char text[16];

	if (parser_unicast(parser, column, step->address, inside ? end->prefix : 32))
		return -1;
	for (size_t i = 0; i < lesson_case->step_count; i++)
		if (lesson_case->steps[i].kind == STEP_ADDRESS && lesson_case->steps[i].address == step->address)
			return lexer_error(&parser->lexer, column, "said on line %d: leave this line out",
			                   lesson_case->steps[i].line);
	if (owner < 0 || ((size_t)owner == step->host && !has_from_start(parser->lesson, step->address)))
		return 0;
	return lexer_error(&parser->lexer, column, "%s has the address %s already: choose another",
	                   parser->lesson->hosts[owner].name, parser_dotted(step->address, text));
}

/* address HOST.INTERFACE ADDRESS */
static int parse_new_address(struct parser *parser)
{
	struct lesson_case *lesson_case = parser_case(parser);
	struct step step = {.kind = STEP_ADDRESS, .line = parser->lexer.line};
	const struct token *token;

	if (parser_room(parser, lesson_case->step_count, STEPS_MAX, "steps in a case") ||
	    parser_known_interface(parser, &step.host, step.interface))
		return -1;
	token = lexer_take(&parser->lexer);
	if (parser_address(parser, token, token->text, token->length, &step.address) ||
	    check_new_address(parser, token->column, &step))
		return -1;
	mem_room(lesson_case->steps, lesson_case->step_count, parser->step_capacity);
	lesson_case->steps[lesson_case->step_count++] = step;
	return 0;
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

	if (parser_label(parser, "the name of a case, such as one-question", head->name, sizeof head->name))
		return -1;
	if (lesson_case(parser->lesson, head->name) >= 0)
		return parser_taken(parser, column, head->name, "case");
	if (lexer_number(&parser->lexer, "its points", 1, POINTS_MAX, &points) ||
	    lexer_choice(&parser->lexer, words, "points") < 0)
		return -1;
	head->points = (int)points;
	return lexer_next_line(&parser->lexer);
}

int parse_case(struct parser *parser)
{
	static const struct statement statements[] = {
		{"title", parse_case_title}, {"trace", parse_trace}, {"watch", parse_watch}, {"limit", parse_limit},
		{"run", parse_run}, {"play", parse_play}, {"wait", parse_wait}, {"type", parse_type},
		{"address", parse_new_address}, {"predict", parse_predict}, {"accepts", parse_accepts},
		{"rejects", parse_rejects}, {"nat", parse_nat}, {"filter", parse_filter}, {"forward", parse_forward},
		{"memory", parse_memory}, {"rate", parse_rate}, {"rules", parse_rules}, {NULL, NULL},
	};
	struct lesson *lesson = parser->lesson;
	struct lexer *lexer = &parser->lexer;
	struct lesson_case lesson_case = {.limit_ms = LIMIT_DEFAULT_MS, .line = lexer->line};
	int parent = lexer->indent, indent = -1, more;

	if (parser_room(parser, lesson->case_count, CASES_MAX, "cases") || parse_case_head(parser, &lesson_case))
		return -1;
	mem_room(lesson->cases, lesson->case_count, parser->case_capacity);
	parser->of_case = (int)lesson->case_count;
	lesson->cases[lesson->case_count++] = lesson_case;
	parser->step_capacity = parser->watch_capacity = 0;
	parser->limit_seen = false;
	while ((more = lexer_block(lexer, parent, &indent)) > 0)
		if (parser_statement(parser, statements, "title, trace, watch, limit, run, play, wait, type, address, "
		                     "predict, accepts, rejects, nat, filter, forward, memory, rate or rules"))
			return -1;
	parser->of_case = LESSON_EVERY_CASE;
	return more ? more : check_case(parser, parser_case(parser));
}
