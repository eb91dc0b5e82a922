/* page_record.c - a record as the class page holds it.
 *
 * Two parts: the head is read for every record when the page is opened, so it is some hundred bytes; the detail is read
 * when somebody looks at this record. What is right needs no picture, no calls and no output. Of what is wrong the first
 * case has its ladder as SVG, which takes 3 to 8 KB; the others have it as text, which takes one. */
#include "page_parts.h"

#include "svg.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 16384   /* bytes of one text; windsock's own are shorter */
#define PICTURE_MOST 65536
#define SVG_MOST 262144

void page_json(json_t *value, struct text *out)
{
	struct text plain = {0};
	const char *at;

	format_dump(value, JSON_COMPACT, &plain);
	for (at = text_string(&plain); *at; at++) /* these three stand in strings only */
		if (*at == '<' || *at == '>' || *at == '&')
			text_printf(out, "\\u%04x", (unsigned)*at);
		else
			text_add_bytes(out, at, 1);
	text_free(&plain);
}

/* STRING, or as much of it as fits, without what could turn a page around. */
static json_t *cut(const char *string, size_t most)
{
	struct text text = {0};

	format_plain(&text, string);
	if (text.length > most) {
		text.length = utf8_cut(text.data, most);
		text.data[text.length] = '\0';
		text_add(&text, "\n... and more: the record has it");
	}
	return format_string(&text);
}

static void put(json_t *object, const char *key, const char *string)
{
	if (*string)
		jsonout_put(object, key, cut(string, TEXT_MOST));
}

/* ---- the ladder ---- */

/* The name behind a '<' is one that svg_draw() writes. */
static bool is_drawn(const char *tag)
{
	static const char *const names[] = {"svg", "title", "desc", "style", "rect", "text", "g", "path", "circle"};
	size_t length;

	tag += *tag == '/';
	length = strspn(tag, "abcdefghijklmnopqrstuvwxyz");
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == length && !strncmp(tag, names[i], length) && strchr(" />", tag[length]) && tag[length])
			return true;
	return false;
}

/* An image runs no script and loads nothing; but only what svg_draw() draws is sure to be small in a browser, too (<use>
 * in <use> in <use> is not), and a record may have been written by anybody. */
static bool is_ladder(const char *svg)
{
	if (strncmp(svg, "<svg ", 5) != 0 || strlen(svg) > SVG_MOST)
		return false;
	for (const char *at = svg; (at = strchr(at, '<')) != NULL; at++)
		if (!is_drawn(at + 1))
			return false;
	return true;
}

/* The style is in the page once: two strings, what stands before it and what behind. */
static void put_svg(json_t *object, const char *svg)
{
	const char *style = svg_style(), *at = strstr(svg, style);
	json_t *parts;

	if (!is_ladder(svg))
		return;
	parts = json_array();
	if (at) {
		jsonout_append(parts, json_stringn(svg, (size_t)(at - svg)));
		svg = at + strlen(style);
	}
	jsonout_append(parts, json_string(svg));
	jsonout_put(object, "svg", parts);
}

/* ---- cases ---- */

static json_t *begin_case(const struct result_case *one)
{
	json_t *object = json_object();

	put(object, "name", one->name);
	put(object, "title", one->title);
	jsonout_put(object, "status", json_string(result_status_name(one->status)));
	jsonout_put(object, "points", json_integer(one->points));
	jsonout_put(object, "most", json_integer(one->max_points));
	return object;
}

static void put_finding(json_t *object, const struct result_case *one)
{
	put(object, "diagnosis", one->diagnosis);
	put(object, "seen", one->seen);
	put(object, "means", one->means);
	put(object, "next", one->next);
	put(object, "reason", one->reason);
	put(object, "expected", one->expected);
	put(object, "observed", one->observed);
	put(object, "where", one->where);
	put(object, "source", one->source);
}

static void put_run(json_t *object, const struct result_case *one)
{
	if (one->attempts > 1)
		jsonout_put(object, "attempts", json_integer(one->attempts));
	if (*one->picture)
		jsonout_put(object, "picture", cut(one->picture, PICTURE_MOST));
	put(object, "calls", one->calls);
	put(object, "output", one->output);
	put(object, "repeat", one->repeat);
}

static json_t *list_cases(const struct result *result)
{
	json_t *list = json_array();
	bool drawn = false;

	for (size_t i = 0; i < result->case_count; i++) {
		const struct result_case *one = &result->cases[i];
		json_t *object = begin_case(one);

		if (one->status != RESULT_PASS) {
			put_finding(object, one);
			put_run(object, one);
		}
		if (one->status == RESULT_FAIL && !drawn) {
			put_svg(object, one->picture_svg);
			drawn = true;
		}
		jsonout_append(list, object);
	}
	return list;
}

/* ---- the two parts ---- */

static void add_once(json_t *list, const char *id)
{
	struct text text = {0};

	format_line(&text, id);
	for (size_t i = 0; i < json_array_size(list); i++)
		if (!strcmp(json_string_value(json_array_get(list, i)), text_string(&text))) {
			text_free(&text);
			return;
		}
	jsonout_append(list, format_string(&text));
}

/* What went wrong; each once, however many cases have it. As class_table.c counts. */
static json_t *list_diagnoses(const struct result *result)
{
	json_t *list = json_array();

	if (result->status == RESULT_ERROR) {
		add_once(list, *result->compiler ? "does-not-compile" : "not-gradable");
		return list;
	}
	for (size_t i = 0; i < result->case_count; i++)
		if (result->cases[i].status == RESULT_FAIL && *result->cases[i].diagnosis)
			add_once(list, result->cases[i].diagnosis);
	return list;
}

/* Student and lesson as they are: two names that only look alike are two. The page shows them without controls. */
void page_head(const struct result *result, struct text *out)
{
	json_t *list = json_array();

	jsonout_append(list, json_string(result->student));
	jsonout_append(list, json_string(result->lesson));
	jsonout_append(list, json_string(result_status_name(result->status)));
	jsonout_append(list, json_integer(result->points));
	jsonout_append(list, json_integer(result->max_points));
	jsonout_append(list, json_integer(result->started));
	jsonout_append(list, list_diagnoses(result));
	page_json(list, out);
}

static json_t *list_remarks(const struct result *result)
{
	json_t *list = json_array();

	for (size_t i = 0; i < result->remark_count; i++)
		jsonout_append(list, cut(result->remarks[i], TEXT_MOST));
	for (size_t i = 0; i < result->file_count; i++) {
		struct text text = {0};

		if (!*result->files[i].remark)
			continue;
		text_printf(&text, "%s %s", format_either(result->files[i].name, "a file"), result->files[i].remark);
		jsonout_append(list, cut(text.data, TEXT_MOST));
		text_free(&text);
	}
	return list;
}

void page_detail(const struct result *result, struct text *out)
{
	json_t *object = json_object();

	put(object, "message", result->message);
	put(object, "compiler", result->compiler);
	put(object, "seed", result->seed);
	put(object, "windsock", result->windsock);
	put(object, "kernel", result->kernel);
	put(object, "node", result->node);
	jsonout_put(object, "remarks", list_remarks(result));
	jsonout_put(object, "cases", list_cases(result));
	page_json(object, out);
}
