/* build_cache.c - see build_cache.h. An entry: "MESSAGES PROGRAM DIGEST\n", two lengths and a SHA-256 of the entry's name
 * and of what follows, then the compiler's messages, then the program. */
#include "build_cache.h"

#include "cleanup.h"
#include "files.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define ENTRY_MOST (40u << 20)           /* bytes: a program has at most 32 MiB */
#define FOLDER_MOST ((uint64_t)1 << 30)  /* bytes: some 40000 programs */

const char *build_cache; /* nothing is kept */

/* A compiler or a header of another version is another file. */
static void add_file(struct sha256 *sha, const char *path)
{
	struct stat status;
	int64_t words[3] = {-1, -1, -1};

	if (!stat(path, &status)) {
		words[0] = (int64_t)status.st_size;
		words[1] = (int64_t)status.st_mtim.tv_sec;
		words[2] = (int64_t)status.st_mtim.tv_nsec;
	}
	sha256_add(sha, path, strlen(path) + 1);
	sha256_add(sha, words, sizeof words);
}

void build_cache_name(struct build_cache_key *key, const char *compiler, const char *const *flags, size_t count,
                      const char *name, const struct text *code)
{
	static const char *const headers[] = {"/usr/include/stdio.h", "/usr/include/linux/version.h"};
	unsigned char digest[SHA256_SIZE];
	struct sha256 sha;

	key->hex[0] = '\0';
	if (!build_cache || !compiler)
		return;
	sha256_begin(&sha);
	sha256_add(&sha, PACKAGE_VERSION, sizeof PACKAGE_VERSION);
	add_file(&sha, compiler);
	for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
		add_file(&sha, headers[i]);
	sha256_add(&sha, &count, sizeof count);
	for (size_t i = 0; i < count; i++)
		sha256_add(&sha, flags[i], strlen(flags[i]) + 1);
	sha256_add(&sha, name, strlen(name) + 1);
	sha256_add(&sha, text_string(code), code->length);
	sha256_end(&sha, digest);
	sha256_hex(digest, key->hex);
}

static void digest_entry(const struct build_cache_key *key, const void *bytes, size_t length, char hex[SHA256_HEX])
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 sha;

	sha256_begin(&sha);
	sha256_add(&sha, key->hex, sizeof key->hex);
	sha256_add(&sha, bytes, length);
	sha256_end(&sha, digest);
	sha256_hex(digest, hex);
}

/* Where what follows the first line begins, or 0: the entry is damaged. */
static size_t check_entry(const struct build_cache_key *key, const struct text *entry, size_t *messages, size_t *program)
{
	char said[SHA256_HEX], real[SHA256_HEX];
	size_t begin;

	if (sscanf(text_string(entry), "%9zu %9zu %64s", messages, program, said) != 3)
		return 0;
	begin = strcspn(text_string(entry), "\n") + 1;
	if (begin >= entry->length || *messages + *program != entry->length - begin)
		return 0;
	digest_entry(key, entry->data + begin, entry->length - begin, real);
	return strcmp(said, real) ? 0 : begin;
}

bool build_cache_take(const struct build_cache_key *key, struct text *messages, struct text *program)
{
	_cleanup_free_ char *path = *key->hex && build_cache ? file_path(build_cache, key->hex, "") : NULL;
	_cleanup_text_ struct text entry = {0};
	size_t begin, message_length, program_length;
	struct error ignored; /* what is not there is compiled */

	if (!path || !is_file(path) || file_read(path, ENTRY_MOST, &entry, &ignored))
		return false;
	begin = check_entry(key, &entry, &message_length, &program_length);
	if (!begin)
		return false;
	text_add_bytes(messages, entry.data + begin, message_length);
	text_add_bytes(program, entry.data + begin + message_length, program_length);
	return true;
}

void build_cache_keep(const struct build_cache_key *key, const struct text *messages, const struct text *program)
{
	_cleanup_free_ char *path = *key->hex && build_cache ? file_path(build_cache, key->hex, "") : NULL;
	_cleanup_text_ struct text body = {0}, entry = {0};
	char digest[SHA256_HEX];
	struct error ignored; /* then it is compiled again */

	if (!path)
		return;
	text_add_bytes(&body, text_string(messages), messages->length);
	text_add_bytes(&body, text_string(program), program->length);
	digest_entry(key, text_string(&body), body.length, digest);
	text_printf(&entry, "%zu %zu %s\n", messages->length, program->length, digest);
	text_add_bytes(&entry, text_string(&body), body.length);
	(void)file_write(path, entry.data, entry.length, &ignored);
}

void build_cache_sweep(const char *folder)
{
	DIR *entries = opendir(folder);
	struct error ignored; /* it is a cache */
	uint64_t bytes = 0;
	struct stat status;

	for (struct dirent *entry; entries && (entry = readdir(entries));)
		if (!fstatat(dirfd(entries), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) && S_ISREG(status.st_mode))
			bytes += (uint64_t)status.st_size;
	if (entries)
		(void)closedir(entries); /* only read from */
	if (bytes > FOLDER_MOST)
		(void)folder_empty(folder, &ignored);
}
