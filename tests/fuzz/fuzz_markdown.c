/* fuzz_markdown.c - any bytes as a page of docs/ or a lesson's README: it is printed, at every width, and what is looked
 * up in it lies within it. */
#include "../../src/markdown.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(struct markdown_part part, int width, bool colour)
{
	struct text out = {0};

	markdown_print(part, &(struct markdown_style){width, colour}, &out);
	if (strlen(text_string(&out)) > 400 * (part.length + 1)) /* a word's indentation is the most that a byte can become */
		abort();
	text_free(&out);
}

static void look_up(const char *page)
{
	struct markdown_part rest = {page, strlen(page)}, line, title, cells[4], section;

	while ((line = markdown_line(&rest)).text) {
		struct text plain = {0};
		size_t count = markdown_cells(line, cells, 4);

		for (size_t i = 0; i < count; i++)
			if (cells[i].text < line.text || cells[i].text + cells[i].length > line.text + line.length)
				abort();
		markdown_plain(line, &plain);
		for (size_t i = 0; i < plain.length; i++)
			if (plain.data[i] >= 1 && plain.data[i] <= 4)
				abort();
		text_free(&plain);
		if (!markdown_heading(line, &title) || memchr(title.text, '`', title.length))
			continue;
		text_add_bytes(&plain, title.text, title.length);
		section = markdown_section(page, text_string(&plain));
		if (section.text && (section.text < page || section.text + section.length > page + strlen(page)))
			abort();
		text_free(&plain);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *page = mem_bytes(data, size);
	struct markdown_part part = {page, strlen(page)};

	print(part, 40, false);
	print(part, 100, true);
	look_up(page);
	free(page);
	return 0;
}
