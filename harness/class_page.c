/* class_page.c - see class_page.h. */
#include "class_page.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fail(const struct class_page *page, struct error *error)
{
	return error_set(error, page->path, 0, 0, "cannot be written: %s", strerror(errno));
}

static int write_out(const struct class_page *page, struct text *piece, struct error *error)
{
	bool written = fwrite(text_string(piece), 1, piece->length, page->file) == piece->length;

	text_free(piece);
	return written ? 0 : fail(page, error);
}

int class_page_open(struct class_page *page, const char *path, struct error *error)
{
	struct text temporary = {0}, piece = {0};

	text_printf(&temporary, "%s.%ld.new", path, (long)getpid());
	*page = (struct class_page){.path = mem_string(path), .temporary = temporary.data};
	page->file = fopen(page->temporary, "we");
	if (!page->file)
		return fail(page, error);
	format_find("page")->begin(&page->run, &piece);
	return write_out(page, &piece, error);
}

int class_page_add(struct class_page *page, const struct result *result, struct error *error)
{
	struct text piece = {0};

	format_find("page")->add(&page->run, result, &piece);
	return write_out(page, &piece, error);
}

int class_page_close(struct class_page *page, struct error *error)
{
	struct text piece = {0};
	FILE *file = page->file;

	format_find("page")->end(&page->run, &piece);
	if (write_out(page, &piece, error))
		return -1;
	page->file = NULL;
	if (fclose(file) || rename(page->temporary, page->path)) {
		int number = errno;

		(void)unlink(page->temporary); /* the first error is the one to tell */
		errno = number;
		return fail(page, error);
	}
	return 0;
}

void class_page_drop(struct class_page *page)
{
	if (page->file) {
		(void)fclose(page->file); /* what was written is not wanted */
		(void)unlink(page->temporary);
	}
	free(page->path);
	free(page->temporary);
	*page = (struct class_page){0};
}
