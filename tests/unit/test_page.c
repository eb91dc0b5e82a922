/* test_page.c - the class page: what it holds of a record, and that nothing of a record becomes markup. */
#include "diagnose.h"
#include "page_parts.h"
#include "suite.h"
#include "svg.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const nasty[] = {"</script><script>alert(1)</script>", "<!--<script>", "<img src=x onerror=alert(1)>",
                                    "&lt;b&gt;", "\"'`\\u003c\\", "\x1b[2J\xe2\x80\xae]]>"};

/* One wrong case a picture; the records here borrow their strings. */
static struct result_case make_case(enum result_status status, const char *text, const char *svg)
{
	char *string = (char *)text;

	return (struct result_case){.name = string, .title = string, .status = status, .max_points = 4, .diagnosis = string,
	                            .seen = string, .means = string, .next = string, .reason = string, .expected = string,
	                            .observed = string, .where = string, .source = string, .picture = string,
	                            .picture_ansi = string, .picture_svg = (char *)svg, .calls = string, .output = string,
	                            .repeat = string};
}

static struct result make_record(const char *text, struct result_case *cases, size_t count)
{
	char *string = (char *)text;

	return (struct result){.version = RESULT_VERSION, .course = string, .lesson = string, .student = string,
	                       .seed = string, .status = cases[0].status, .message = string, .compiler = string,
	                       .windsock = string, .kernel = string, .machine = string, .node = string,
	                       .compiler_version = string, .lesson_sha256 = string, .cases = cases, .case_count = count};
}

static json_t *detail_of(const struct result *result)
{
	struct text text = {0};
	json_t *object;

	page_detail(result, &text);
	object = json_loads(text_string(&text), 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(object);
	text_free(&text);
	return object;
}

static json_t *member(json_t *detail, size_t which, const char *key)
{
	return json_object_get(json_array_get(json_object_get(detail, "cases"), which), key);
}

static void nothing_of_a_record_is_markup(void)
{
	for (size_t i = 0; i < sizeof nasty / sizeof *nasty; i++) {
		struct result_case one = make_case(RESULT_FAIL, nasty[i], nasty[i]);
		struct result result = make_record(nasty[i], &one, 1);
		struct text text = {0};

		page_head(&result, &text);
		page_detail(&result, &text);
		CU_ASSERT_EQUAL(text.data[strcspn(text.data, "<>&\x1b")], '\0');
		text_free(&text);
	}
}

static void names_come_back_as_they_were(void)
{
	struct result_case one = make_case(RESULT_FAIL, "a", "");
	struct result result = make_record(nasty[0], &one, 1);
	struct text text = {0};
	json_t *head;

	page_head(&result, &text);
	head = json_loads(text.data, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(head);
	ASSERT_STRING(json_string_value(json_array_get(head, 0)), nasty[0]);
	ASSERT_STRING(json_string_value(json_array_get(head, 2)), "fail");
	ASSERT_STRING(json_string_value(json_array_get(json_array_get(head, 6), 0)), "a");
	json_decref(head);
	text_free(&text);
}

static void the_style_of_ladders_is_held_once(void)
{
	struct text svg = {0};
	struct result_case cases[3];
	struct result result;
	json_t *detail, *parts;

	text_printf(&svg, "<svg width=\"1\">%s<text class=\"x\">a</text></svg>", svg_style());
	cases[0] = make_case(RESULT_PASS, "text", svg.data);
	cases[1] = make_case(RESULT_FAIL, "text", svg.data);
	cases[2] = make_case(RESULT_FAIL, "text", svg.data);
	result = make_record("r", cases, 3);
	detail = detail_of(&result);
	parts = member(detail, 1, "svg");
	ASSERT_STRING(json_string_value(json_array_get(parts, 0)), "<svg width=\"1\">");
	ASSERT_STRING(json_string_value(json_array_get(parts, 1)), "<text class=\"x\">a</text></svg>");
	ASSERT_STRING(json_string_value(member(detail, 2, "picture")), "text");
	CU_ASSERT_PTR_NULL(member(detail, 2, "svg")); /* the first wrong case only */
	CU_ASSERT_PTR_NULL(member(detail, 0, "svg")); /* what is right needs none */
	CU_ASSERT_PTR_NULL(member(detail, 0, "picture"));
	CU_ASSERT_PTR_NULL(member(detail, 0, "output"));
	json_decref(detail);
	text_free(&svg);
}

static void only_what_we_draw_is_a_ladder(void)
{
	static const char *const wrong[] = {
		"", "text", "<svg", "<svg ><script>alert(1)</script></svg>", "<svg ><use href=\"#a\"/></svg>",
		"<svg ><image href=\"http://x/\"/></svg>", "<svg ><foreignObject/></svg>", "<svg ><!DOCTYPE x></svg>",
		"<!DOCTYPE svg [<!ENTITY a \"aa\">]><svg />", "<svg ><?xml-stylesheet?></svg>", "<svg ><textPath/></svg>",
		"<svg ><gradient/></svg>", "<svg ><svg:script/></svg>", "<svg ><g", "<svg >< g></svg>", "<svg ><animate/></svg>"};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct result_case one = make_case(RESULT_FAIL, "x", wrong[i]);
		struct result result = make_record("r", &one, 1);
		json_t *detail = detail_of(&result);

		CU_ASSERT_PTR_NULL(member(detail, 0, "svg"));
		json_decref(detail);
	}
}

static void a_drawn_picture_is_a_ladder(void)
{
	struct picture picture = {0};
	struct text svg = {0};
	struct result_case one;
	struct result result;
	json_t *detail;

	svg_draw(&picture, "a <title>", "a & sentence", &svg);
	one = make_case(RESULT_FAIL, "x", svg.data);
	result = make_record("r", &one, 1);
	detail = detail_of(&result);
	CU_ASSERT_EQUAL(json_array_size(member(detail, 0, "svg")), 2);
	json_decref(detail);
	text_free(&svg);
}

static void long_texts_are_cut_between_characters(void)
{
	struct text text = {0};
	struct result_case one;
	struct result result;
	json_t *detail;

	for (int i = 0; i < 100000; i++)
		text_add(&text, "\xe2\x82\xac"); /* three bytes: the limit is in the middle of one */
	one = make_case(RESULT_FAIL, text.data, "");
	result = make_record("r", &one, 1);
	detail = detail_of(&result);
	CU_ASSERT(json_string_length(member(detail, 0, "output")) < 17000);
	CU_ASSERT(json_string_length(member(detail, 0, "picture")) < 66000);
	CU_ASSERT_PTR_NOT_NULL(strstr(json_string_value(member(detail, 0, "output")), "\xac\n... and more"));
	json_decref(detail);
	text_free(&text);
}

static void what_does_not_compile_is_counted_once(void)
{
	struct result_case cases[] = {make_case(RESULT_ERROR, "x", ""), make_case(RESULT_ERROR, "x", "")};
	struct result result = make_record("r", cases, 2);
	struct text text = {0};

	page_head(&result, &text);
	ASSERT_STRING(text.data, "[\"r\",\"r\",\"error\",0,0,0,[\"does-not-compile\"]]");
	text_free(&text);
}

/* A diagnosis without words is shown by its id, so a new one need not wait for them; words need their diagnosis. */
static void words_are_of_diagnoses_and_stand_once(void)
{
	for (size_t i = 0; i < page_word_count; i++) {
		size_t found = i < 2; /* the page's own two */

		for (size_t j = 0; j < diagnose_count(); j++)
			if (!strcmp(diagnose_id(j), page_words[i].id))
				found++;
		if (!found)
			fprintf(stderr, "# page_words.c: \"%s\" is no diagnosis\n", page_words[i].id);
		CU_ASSERT(found > 0);
		for (size_t j = 0; j < i; j++)
			CU_ASSERT_NOT_EQUAL(strcmp(page_words[i].id, page_words[j].id), 0);
	}
	for (size_t j = 0; j < diagnose_count(); j++) {
		size_t i = 0;

		while (i < page_word_count && strcmp(page_words[i].id, diagnose_id(j)) != 0)
			i++;
		if (i == page_word_count)
			printf("# page_words.c: no words for \"%s\" yet\n", diagnose_id(j));
	}
}

static void the_page_names_what_may_run(void)
{
	struct format_run run = {0};
	struct text text = {0};

	format_find("page")->begin(&run, &text);
	format_find("page")->end(&run, &text);
	CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "default-src 'none'; img-src data:; "));
	CU_ASSERT_PTR_NOT_NULL(strstr(text.data, "script-src 'sha256-"));
	CU_ASSERT_PTR_NULL(strstr(text.data, "unsafe"));
	CU_ASSERT_PTR_NULL(strstr(text.data, "@POLICY@"));
	CU_ASSERT_PTR_NULL(strstr(text.data, "@RECORDS@"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text.data, page_js));
	CU_ASSERT_PTR_NULL(strstr(page_js, "innerHTML ="));
	CU_ASSERT_PTR_NULL(strstr(page_js, "</script"));
	ASSERT_STRING(text.data + text.length - 8, "</html>\n");
	text_free(&text);
}

static const struct suite_test tests[] = {
	{"nothing of a record is markup", nothing_of_a_record_is_markup},
	{"names come back as they were", names_come_back_as_they_were},
	{"the style of ladders is held once, ladders only where they are needed", the_style_of_ladders_is_held_once},
	{"only what we draw is a ladder", only_what_we_draw_is_a_ladder},
	{"a picture that we drew is one", a_drawn_picture_is_a_ladder},
	{"long texts are cut, between characters", long_texts_are_cut_between_characters},
	{"what does not compile is counted once", what_does_not_compile_is_counted_once},
	{"words are of diagnoses, and stand once", words_are_of_diagnoses_and_stand_once},
	{"the page names what may run", the_page_names_what_may_run},
};

SUITE_MAIN("page", tests)
