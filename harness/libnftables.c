/* libnftables.c - see libnftables.h. */
#include "libnftables.h"

#include "../src/library.h"

static const struct library_function functions[] = {
	{"nft_ctx_new", offsetof(struct libnftables, ctx_new)},
	{"nft_ctx_clear_include_paths", offsetof(struct libnftables, clear_include_paths)},
	{"nft_ctx_buffer_error", offsetof(struct libnftables, buffer_error)},
	{"nft_ctx_buffer_output", offsetof(struct libnftables, buffer_output)},
	{"nft_ctx_get_error_buffer", offsetof(struct libnftables, error_buffer)},
	{"nft_run_cmd_from_buffer", offsetof(struct libnftables, run_buffer)},
	{"nft_run_cmd_from_filename", offsetof(struct libnftables, run_file)},
	{"nft_ctx_free", offsetof(struct libnftables, ctx_free)},
};

const struct libnftables *libnftables_load(void)
{
	static struct libnftables loaded;

	if (!loaded.ctx_free &&
	    !library_load("libnftables.so.1", functions, sizeof functions / sizeof functions[0], &loaded))
		loaded = (struct libnftables){0};
	return loaded.ctx_free ? &loaded : NULL;
}
