/* bundle_zip.c - see bundle.h: files as a zip. */
#include "bundle.h"

#include <stdlib.h>
#include <string.h>

#define LOCAL 0x04034b50u   /* before each file */
#define CENTRAL 0x02014b50u /* a line of the directory at the end */
#define END 0x06054b50u
#define NEEDED 20          /* 2.0: folders in names */
#define UNIX 0x0300u        /* who made it: so the mode is in the upper half of the attributes */
#define FIRST_DAY 0x21u     /* 1 January 1980 */
#define UTF8 0x800u         /* names are */

uint32_t bundle_crc(const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;
	uint32_t crc = 0xffffffffu;

	for (size_t i = 0; i < length; i++) {
		crc ^= byte[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

/* Little-endian, so many bytes of it. */
static void add_number(struct text *out, uint64_t number, int size)
{
	for (int i = 0; i < size; i++) {
		char byte = (char)(number >> 8 * i & 0xff);

		text_add_bytes(out, &byte, 1);
	}
}

/* What the local header and the directory both say. */
static void add_description(const struct bundle_file *file, uint32_t crc, struct text *out)
{
	add_number(out, NEEDED, 2);
	add_number(out, UTF8, 2);
	add_number(out, 0, 2); /* as it is, not compressed */
	add_number(out, 0, 2); /* midnight */
	add_number(out, FIRST_DAY, 2);
	add_number(out, crc, 4);
	add_number(out, file->bytes.length, 4);
	add_number(out, file->bytes.length, 4);
	add_number(out, strlen(file->path), 2);
	add_number(out, 0, 2); /* nothing extra */
}

static void add_file(const struct bundle_file *file, uint32_t crc, struct text *out)
{
	add_number(out, LOCAL, 4);
	add_description(file, crc, out);
	text_add(out, file->path);
	text_add_bytes(out, text_string(&file->bytes), file->bytes.length);
}

static void add_entry(const struct bundle_file *file, uint32_t crc, uint64_t offset, struct text *out)
{
	add_number(out, CENTRAL, 4);
	add_number(out, UNIX | NEEDED, 2);
	add_description(file, crc, out);
	add_number(out, 0, 6); /* no comment, the first disk, no text */
	add_number(out, (file->runs ? 0100755u : 0100644u) << 16, 4);
	add_number(out, offset, 4);
	text_add(out, file->path);
}

void bundle_zip(const struct bundle *bundle, struct text *out)
{
	struct text directory = {0};
	size_t begin = out->length;

	for (size_t i = 0; i < bundle->count; i++) {
		const struct bundle_file *file = &bundle->files[i];
		uint32_t crc = bundle_crc(text_string(&file->bytes), file->bytes.length);

		add_entry(file, crc, out->length - begin, &directory);
		add_file(file, crc, out);
	}
	add_number(&directory, END, 4);
	add_number(&directory, 0, 4); /* one disk */
	add_number(&directory, bundle->count, 2);
	add_number(&directory, bundle->count, 2);
	add_number(&directory, directory.length - 12, 4);
	add_number(&directory, out->length - begin, 4);
	add_number(&directory, 0, 2); /* no comment */
	text_add_bytes(out, text_string(&directory), directory.length);
	text_free(&directory);
}
