/* bundle.c - see bundle.h: the files, and as a tar. */
#include "bundle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 512 /* bytes: what a tar is made of */

/* "#!" of a script, the magic bytes of an ELF program. */
static bool is_program(const struct text *bytes)
{
	return bytes->length >= 4 && (!memcmp(bytes->data, "#!", 2) || !memcmp(bytes->data, "\177ELF", 4));
}

int bundle_add(struct bundle *bundle, const char *path, struct text *bytes, struct error *error)
{
	if (strlen(path) >= BUNDLE_NAME_MAX) {
		text_free(bytes);
		return error_set(error, path, 0, 0, "is too long a name for a package: at most %d bytes", BUNDLE_NAME_MAX - 1);
	}
	mem_room(bundle->files, bundle->count, bundle->capacity);
	bundle->files[bundle->count++] = (struct bundle_file){mem_string(path), *bytes, is_program(bytes)};
	*bytes = (struct text){0};
	return 0;
}

void bundle_free(struct bundle *bundle)
{
	for (size_t i = 0; i < bundle->count; i++) {
		free(bundle->files[i].path);
		text_free(&bundle->files[i].bytes);
	}
	free(bundle->files);
	*bundle = (struct bundle){0};
}

/* ---- as a tar ---- */

/* POSIX.1-1988, ustar; numbers are octal digits with a NUL behind. */
struct header {
	char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], type, link[100], magic[6], version[2];
	char owner[32], group[32], major[8], minor[8], prefix[155], rest[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a tar's header is one block");

static void add_zeros(struct text *out, size_t count)
{
	static const char zeros[BLOCK];

	for (; count; count -= count < BLOCK ? count : BLOCK)
		text_add_bytes(out, zeros, count < BLOCK ? count : BLOCK);
}

/* The sum of the header's bytes, its own field as spaces. */
static void add_sum(struct header *header)
{
	const unsigned char *bytes = (const unsigned char *)header;
	unsigned sum = 0;

	memset(header->sum, ' ', sizeof header->sum);
	for (size_t i = 0; i < sizeof *header; i++)
		sum += bytes[i];
	snprintf(header->sum, sizeof header->sum, "%06o", sum & 0777777);
}

static void add_header(const struct bundle_file *file, struct text *out)
{
	struct header header = {.type = '0', .magic = "ustar", .version = {'0', '0'}, .owner = "root", .group = "root"};

	snprintf(header.name, sizeof header.name, "%s", file->path);
	snprintf(header.mode, sizeof header.mode, "%07o", file->runs ? 0755u : 0644u);
	snprintf(header.uid, sizeof header.uid, "%07o", 0u);
	snprintf(header.gid, sizeof header.gid, "%07o", 0u);
	snprintf(header.size, sizeof header.size, "%011llo", (unsigned long long)file->bytes.length & 077777777777);
	snprintf(header.mtime, sizeof header.mtime, "%011o", 0u);
	add_sum(&header);
	text_add_bytes(out, &header, sizeof header);
}

void bundle_tar(const struct bundle *bundle, struct text *out)
{
	for (size_t i = 0; i < bundle->count; i++) {
		const struct bundle_file *file = &bundle->files[i];

		add_header(file, out);
		text_add_bytes(out, text_string(&file->bytes), file->bytes.length);
		add_zeros(out, (BLOCK - file->bytes.length % BLOCK) % BLOCK);
	}
	add_zeros(out, 2 * BLOCK);
}
