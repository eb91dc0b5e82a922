/* test_svg.c - a picture as SVG: well-formed whatever the run holds, and saying what the text says. */
#include "ladder.h"
#include "recorded.h"
#include "suite.h"
#include "svg.h"
#include "verdict.h"

#include <stdio.h>
#include <string.h>

static struct text out;

/* Not a parser: what a broken escape would leave. Tags are closed in order, and text has no bare & or <. */
static bool is_well_formed(const char *xml)
{
	const char *open[32];
	size_t lengths[32], depth = 0;

	while (*xml) {
		const char *end;
		size_t length;

		if (*xml == '&' && strncmp(xml, "&lt;", 4) && strncmp(xml, "&gt;", 4) && strncmp(xml, "&amp;", 5) &&
		    strncmp(xml, "&quot;", 6) && strncmp(xml, "&#39;", 5))
			return false;
		if ((unsigned char)*xml < 0x20 && *xml != '\n')
			return false;
		if (*xml++ != '<')
			continue;
		end = strchr(xml, '>');
		if (!end || memchr(xml, '<', (size_t)(end - xml)))
			return false;
		length = strcspn(xml, " >/");
		if (*xml == '/') {
			length = (size_t)(end - xml - 1);
			if (!depth-- || lengths[depth] != length || strncmp(open[depth], xml + 1, length))
				return false;
		} else if (end[-1] != '/') {
			if (depth == 32)
				return false;
			open[depth] = xml;
			lengths[depth++] = length;
		}
		xml = end + 1;
	}
	return !depth;
}

static void escapes(void)
{
	svg_escape("a<b>&\"'\x1b\x01\xff\xc3\xbc\xe2\x80\xae]]>\xed\xa0\x80", &out);
	ASSERT_STRING(text_string(&out), "a&lt;b&gt;&amp;&quot;&#39;???\xc3\xbc?]]&gt;?");
	text_free(&out);
}

static void hostile(void)
{
	static const char evil[] = "</text><script>alert(1)</script><a href=\"http://x\"> & ]]> \xe2\x80\xae \x1b[2J \xf0\x9f\x98\x80";
	struct picture picture = {.column_count = 2, .column = {"<a>", "b\"&"}};
	struct picture_row *row;

	picture.rows = mem_alloc(3 * sizeof *picture.rows);
	picture.row_count = 3;
	for (int i = 0; i < 3; i++) {
		row = &picture.rows[i];
		*row = (struct picture_row){.kind = (enum picture_kind)i, .to = i ? 0 : 1, .from_port = 1, .to_port = 65535,
		                            .mark = MARK_FIRST, .arrows = 3};
		snprintf(row->label, sizeof row->label, "%s", evil);
		snprintf(row->remark, sizeof row->remark, "<&>");
	}
	svg_draw(&picture, evil, evil, &out);
	CU_ASSERT(is_well_formed(text_string(&out)));
	CU_ASSERT_PTR_NULL(strstr(text_string(&out), "<script"));
	CU_ASSERT_PTR_NULL(strstr(text_string(&out), "<a "));
	text_free(&out);
	picture.row_count = picture.column_count = 0;
	svg_draw(&picture, "", "", &out);
	CU_ASSERT(is_well_formed(text_string(&out)));
	text_free(&out);
	picture_free(&picture);
}

/* Both writers say the same: every label and remark of the picture stands in the SVG. */
static void recorded_pictures(void)
{
	for (size_t i = 0; i < recorded_count; i++) {
		struct picture_options options = {PICTURE_EVERY_VIEW, PICTURE_ALL_CALLS};
		struct recording recording;
		struct verdict verdict;
		struct picture picture;
		struct error error;

		recorded_open(&recording, &recorded_runs[i]);
		CU_ASSERT_EQUAL_FATAL(verdict_make(&recording.scene, &verdict, &error), 0);
		picture_make(&recording.scene, &verdict.match, &options, &picture);
		svg_draw(&picture, recorded_runs[i].run, "", &out);
		CU_ASSERT(is_well_formed(text_string(&out)));
		for (size_t row = 0; row < picture.row_count; row++) {
			struct text label = {0};

			svg_escape(picture.rows[row].label, &label);
			CU_ASSERT_PTR_NOT_NULL(strstr(text_string(&out), text_string(&label)));
			text_free(&label);
		}
		text_free(&out);
		picture_free(&picture);
		verdict_free(&verdict);
		recorded_close(&recording);
	}
}

static const struct suite_test tests[] = {
	{"what XML gives a meaning is escaped, what it forbids left out", escapes},
	{"hostile text stays text", hostile},
	{"recorded runs: well-formed, and every label is there", recorded_pictures},
};

SUITE_MAIN("svg", tests)
