/* fuzz_handed_in.c - any bytes as a platform's metadata, as names, as a source that is mended. A file's name made of
 * them stays in its folder; what is cleaned is UTF-8. */
#include "../../src/handed_in.h"
#include "../../src/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_names(const char *name)
{
	struct text one = {0}, other = {0}, file = {0};
	bool late;

	(void)handed_in_canvas(name, &one, &other, &late);
	(void)handed_in_moodle(name, &one);
	(void)handed_in_is_lesson(name, "01-udp-server");
	if (handed_in_rank(name, "server.c") == 0 && strcmp(name, "server.c") != 0)
		abort();
	if (handed_in_archive(name) > strlen(name))
		abort();
	handed_in_file_name(name, &file);
	if (!file.length || file.length > 180 || strchr(file.data, '/') || file.data[0] == '.')
		abort();
	text_free(&one);
	text_free(&other);
	text_free(&file);
}

static void read_bytes(const struct text *bytes)
{
	struct text clean = {0}, mended = {0}, remark = {0};

	handed_in_clean(bytes->data, bytes->length, &clean);
	if (!utf8_is_valid(clean.data, clean.length) || strchr(clean.data, '\x1b'))
		abort();
	handed_in_mend(bytes, &mended, &remark);
	if (mended.length && memchr(mended.data, '\r', mended.length))
		abort();
	text_free(&clean);
	text_free(&mended);
	text_free(&remark);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct text bytes = {0};
	struct handed_in_metadata metadata;
	struct error error = {0};

	text_add(&bytes, "");
	text_add_bytes(&bytes, data, size);
	if (handed_in_metadata(&metadata, "fuzz", bytes.data, &error)) {
		if (!error.text[0] || metadata.count)
			abort();
	}
	handed_in_metadata_free(&metadata);
	read_names(bytes.data);
	read_bytes(&bytes);
	text_free(&bytes);
	return 0;
}
