/* fill.c - see fill.h. */
#include "fill.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#define EACH "@EACH "
#define END "@END@"

static void add_json(struct text *out, const char *value)
{
	for (; *value; value++)
		if (*value == '"' || *value == '\\')
			text_printf(out, "\\%c", *value);
		else if ((unsigned char)*value < ' ')
			text_printf(out, "\\u%04x", (unsigned)*value);
		else
			text_add_bytes(out, value, 1);
}

static void add_html(struct text *out, const char *value)
{
	for (; *value; value++)
		if (strchr("<>&\"", *value))
			text_printf(out, "&#%d;", *value);
		else
			text_add_bytes(out, value, 1);
}

static void add_value(struct text *out, const char *value, enum fill_style style)
{
	switch (style) {
	case FILL_PLAIN: text_add(out, value); break;
	case FILL_JSON: add_json(out, value); break;
	case FILL_HTML: add_html(out, value); break;
	}
}

static const char *find(const struct fill_value *values, const char *name, size_t length)
{
	for (; values && values->name; values++)
		if (strlen(values->name) == length && !memcmp(values->name, name, length))
			return values->value;
	return NULL;
}

/* The forms' lines between FORM and END, which is exclusive; ROW's names come before VALUES'. */
static void fill_part(const char *form, const char *end, enum fill_style style, const struct fill_value *row,
                      const struct fill_value *values, struct text *out)
{
	while (form < end) {
		size_t length = 0;
		const char *value = NULL;

		if (*form == '@')
			while (form + 1 + length < end && (isupper((unsigned char)form[1 + length]) || form[1 + length] == '_'))
				length++;
		if (length && form + 1 + length < end && form[1 + length] == '@') {
			value = find(row, form + 1, length);
			value = value ? value : find(values, form + 1, length);
		}
		if (value)
			add_value(out, value, style);
		else
			text_add_bytes(out, form, 1);
		form += value ? length + 2 : 1;
	}
}

static const struct fill_list *find_list(const struct fill_list *lists, const char *name)
{
	for (; lists && lists->name; lists++) {
		size_t length = strlen(lists->name);

		if (!strncmp(lists->name, name, length) && name[length] == '@')
			return lists;
	}
	return NULL;
}

/* The beginning of the next line. */
static const char *skip_line(const char *text)
{
	text += strcspn(text, "\n");
	return *text ? text + 1 : text;
}

void fill(const char *form, enum fill_style style, const struct fill_value *values, const struct fill_list *lists,
          struct text *out)
{
	const char *each;

	while ((each = strstr(form, EACH)) != NULL) {
		const struct fill_list *list = find_list(lists, each + strlen(EACH));
		const char *begin = skip_line(each), *end = strstr(begin, END);

		if (!list || !end)
			break;
		fill_part(form, each, style, NULL, values, out);
		for (size_t i = 0; i < list->count; i++)
			fill_part(begin, end, style, list->rows[i], values, out);
		form = skip_line(end);
	}
	fill_part(form, form + strlen(form), style, NULL, values, out);
}
