/* format_parts.c - see format_parts.h. */
#include "format_parts.h"

#include "glyph.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

/* ---- text of students ---- */

/* Adds the character at STRING; returns its length. */
static size_t add_glyph(struct text *out, const char *string)
{
	struct glyph glyph = glyph_at(string);
	char bytes[5];

	if (*string == '\n' || *string == '\t') {
		text_add_bytes(out, string, 1);
	} else if (*string != '\r' || string[1] != '\n') {
		glyph_print(glyph.code, bytes);
		text_add(out, bytes);
	}
	return glyph.length;
}

void format_plain(struct text *out, const char *string)
{
	while (*string)
		string += add_glyph(out, string);
}

void format_line(struct text *out, const char *string)
{
	for (; *string; string += strspn(string, "\r\n\t")) {
		size_t length = strcspn(string, "\r\n\t");
		char *part = mem_bytes(string, length);

		format_plain(out, part);
		free(part);
		string += length;
		if (*string && string[strspn(string, "\r\n\t")])
			text_add(out, " ");
	}
}

/* Bytes of the colour that STRING begins with; 0: it begins with none. */
static size_t colour_length(const char *string)
{
	size_t length;

	if (string[0] != '\x1b' || string[1] != '[')
		return 0;
	length = 2 + strspn(string + 2, "0123456789;");
	return string[length] == 'm' && length < 24 ? length + 1 : 0;
}

void format_colours(struct text *out, const char *string)
{
	while (*string) {
		size_t length = colour_length(string);

		if (length)
			text_add_bytes(out, string, length);
		string += length ? length : add_glyph(out, string);
	}
}

/* The bytes of the first MOST UTF-16 units of TEXT. */
static size_t units_length(const struct text *text, size_t most)
{
	size_t at = 0, units = 0;

	while (at < text->length) {
		uint32_t code = 0;
		size_t step = utf8_at(text->data + at, text->length - at, &code);

		units += code > 0xffff ? 2 : 1;
		if (units > most)
			break;
		at += step ? step : 1;
	}
	return at;
}

void format_cut(struct text *text, size_t most, const char *remark)
{
	size_t kept;

	if (text->length <= most || units_length(text, most) == text->length)
		return;
	kept = strlen(remark) < most ? units_length(text, most - strlen(remark)) : 0;
	text->length = kept;
	text->data[kept] = '\0';
	if (strlen(remark) <= most)
		text_add(text, remark);
}

void format_base64(struct text *out, const void *bytes, size_t length)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < length; i += 3) { /* RFC 4648, section 4 */
		size_t left = length - i;
		unsigned three = (unsigned)byte[i] << 16 | (left > 1 ? (unsigned)byte[i + 1] << 8 : 0) |
		                 (left > 2 ? byte[i + 2] : 0);
		char four[] = {letters[three >> 18], letters[three >> 12 & 63], '=', '='};

		if (left > 1)
			four[2] = letters[three >> 6 & 63];
		if (left > 2)
			four[3] = letters[three & 63];
		text_add_bytes(out, four, sizeof four);
	}
}

/* ---- sentences ---- */

const char *format_either(const char *one, const char *other)
{
	return *one ? one : other;
}

bool format_is_undecided(const struct result *result)
{
	for (size_t i = 0; i < result->case_count; i++)
		if (result->cases[i].status == RESULT_INCONCLUSIVE)
			return true;
	return result->status == RESULT_INCONCLUSIVE;
}

bool format_is_judged(const struct result_case *one)
{
	return one->status != RESULT_SKIP && one->status != RESULT_INCONCLUSIVE;
}

void format_name(struct text *out, const struct result *result, const struct result_case *one, size_t records)
{
	if (records > 1) {
		format_line(out, result->lesson);
		text_add(out, " ");
	}
	format_line(out, one->name);
}

/* SENTENCE as a paragraph of its own. */
static void add_paragraph(struct text *out, const char *before, const char *sentence)
{
	if (!*sentence)
		return;
	text_add(out, out->length ? "\n" : "");
	text_add(out, before);
	format_plain(out, sentence);
}

void format_message(struct text *out, const struct result *result, const struct result_case *one)
{
	switch (one->status) {
	case RESULT_PASS: break;
	case RESULT_FAIL:
		add_paragraph(out, "", one->seen);
		add_paragraph(out, "", one->means);
		add_paragraph(out, "", one->next);
		if (!out->length)
			text_add(out, "Not as the lesson asks.");
		break;
	case RESULT_ERROR:
		add_paragraph(out, "", format_either(format_either(one->reason, one->seen),
		                                     format_either(result->message, "Could not be judged.")));
		break;
	case RESULT_SKIP:
		add_paragraph(out, "Skipped: ", format_either(one->reason, "this machine cannot run it."));
		break;
	case RESULT_INCONCLUSIVE:
		add_paragraph(out, "Not judged, and that is not your program's fault: ",
		              format_either(one->reason, "the machine was disturbed."));
		break;
	}
}

/* BLOCK below a line that says what it is, each line of it after MARGIN. */
static void add_block(struct text *out, const char *title, const char *where, const char *margin, const char *block)
{
	struct text plain = {0};
	char *line, *rest;

	if (!*block)
		return;
	format_plain(&plain, block);
	text_add(out, out->length ? "\n" : "");
	text_add(out, title);
	if (*where) {
		text_add(out, " (");
		format_line(out, where);
		text_add(out, ")");
	}
	text_add(out, ":\n");
	for (rest = plain.data; (line = strsep(&rest, "\n")) != NULL;)
		if (*line || rest) {
			text_add(out, margin);
			text_add(out, line);
			text_add(out, "\n");
		}
	text_free(&plain);
}

void format_detail(struct text *out, const struct result_case *one, bool colours)
{
	add_block(out, "Expected", one->where, "    ", one->expected);
	add_block(out, "Seen", "", "    ", one->observed);
	if (*one->picture || *one->picture_ansi) {
		text_add(out, out->length ? "\n" : "");
		if (colours && *one->picture_ansi)
			format_colours(out, one->picture_ansi);
		else
			format_plain(out, one->picture);
		text_add(out, out->length && out->data[out->length - 1] != '\n' ? "\n" : "");
	}
	add_block(out, "The call", "", "    ", one->source);
	add_block(out, "The program printed", "", "  | ", one->output);
	add_block(out, "The same run again", "", "    ", one->repeat);
}

void format_whole(struct text *out, const struct result *result)
{
	if (result->status == RESULT_ERROR || result->status == RESULT_INCONCLUSIVE)
		add_paragraph(out, "", result->message);
	for (size_t i = 0; i < result->remark_count; i++)
		add_paragraph(out, "Remark: ", result->remarks[i]);
	for (size_t i = 0; i < result->file_count; i++)
		if (*result->files[i].remark) {
			add_paragraph(out, "Remark: ", format_either(result->files[i].name, "a file"));
			text_add(out, " ");
			format_line(out, result->files[i].remark);
		}
	add_block(out, "The compiler says", "", "    ", result->compiler);
}

/* ---- JSON ---- */

json_t *format_string(struct text *text)
{
	json_t *string = jsonout_checked(json_stringn(text_string(text), text->length));

	text_free(text);
	return string;
}

void format_dump(json_t *value, size_t flags, struct text *out)
{
	char *string = json_dumps(value, flags | JSON_REAL_PRECISION(15)); /* 0.412, not 0.41199999999999998 */

	if (!string)
		abort(); /* out of memory */
	text_add(out, string);
	free(string);
	json_decref(value);
}

void format_fit(format_build *build, const struct result *results, size_t count, size_t most, struct text *out)
{
	static const size_t lengths[] = {SIZE_MAX, 100000, 20000, 4000, 800, 160, 0};
	size_t before = out->length;

	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		out->length = before;
		format_dump(build(results, count, lengths[i]), JSON_COMPACT, out);
		if (out->length - before <= most)
			return;
	}
}
