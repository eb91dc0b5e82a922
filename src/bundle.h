/* bundle.h - files that travel together, as a tar or a zip: the same files make the same bytes, whenever and wherever.
 *
 * Only what a package needs: regular files, no compression, no times, no owners (POSIX.1-1988 ustar; the ZIP format of
 * PKWARE's APPNOTE, method 0). What comes from others is unpacked by another program (harness/unpack.c). */
#ifndef WINDSOCK_BUNDLE_H
#define WINDSOCK_BUNDLE_H

#include "error.h"
#include "text.h"

#include <stdbool.h>

#define BUNDLE_NAME_MAX 100 /* bytes of a path: what ustar's header holds without a prefix */

struct bundle_file {
	char *path;       /* relative, with slashes; owned */
	struct text bytes; /* owned */
	bool runs;        /* may be executed */
};

struct bundle {
	struct bundle_file *files; /* owned */
	size_t count, capacity;
};

/* Takes BYTES over: they are empty then. A file that begins as programs and scripts do may be executed. -1: *error, the
 * path is too long. */
int bundle_add(struct bundle *bundle, const char *path, struct text *bytes, struct error *error);
void bundle_tar(const struct bundle *bundle, struct text *out);
/* At most 4 GiB and 65535 files, which is the caller's to know. */
void bundle_zip(const struct bundle *bundle, struct text *out);
/* CRC-32 as in ISO 3309 and in zip. */
uint32_t bundle_crc(const void *bytes, size_t length);
void bundle_free(struct bundle *bundle);

#endif
