/* libnftables.c - see libnftables.h. */
#include "libnftables.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static const struct {
	const char *name;
	size_t offset;
} functions[] = {
	{"nft_ctx_new", offsetof(struct libnftables, ctx_new)},
	{"nft_ctx_clear_include_paths", offsetof(struct libnftables, clear_include_paths)},
	{"nft_ctx_buffer_error", offsetof(struct libnftables, buffer_error)},
	{"nft_ctx_buffer_output", offsetof(struct libnftables, buffer_output)},
	{"nft_ctx_get_error_buffer", offsetof(struct libnftables, error_buffer)},
	{"nft_run_cmd_from_buffer", offsetof(struct libnftables, run_buffer)},
	{"nft_run_cmd_from_filename", offsetof(struct libnftables, run_file)},
	{"nft_ctx_free", offsetof(struct libnftables, ctx_free)},
};

static bool find_all(void *library, struct libnftables *loaded)
{
	for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
		void *function = dlsym(library, functions[i].name);

		if (!function)
			return false;
		/* A function's address in a void *: what dlsym(3) is about, and ISO C has no cast for. */
		memcpy((char *)loaded + functions[i].offset, &function, sizeof function);
	}
	return true;
}

const struct libnftables *libnftables_load(void)
{
	static struct libnftables loaded;
	void *library;

	if (loaded.ctx_free)
		return &loaded;
	library = dlopen("libnftables.so.1", RTLD_NOW | RTLD_LOCAL); /* for as long as the process lives */
	if (!library || !find_all(library, &loaded))
		loaded = (struct libnftables){0};
	return loaded.ctx_free ? &loaded : NULL;
}
