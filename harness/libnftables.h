/* libnftables.h - libnftables, loaded when a host has rules.
 *
 * With the libraries that it brings along (libnftnl, xtables, GMP) it takes a third of the time in which a program
 * starts, and more with every fork; most lessons have no rules. */
#ifndef WINDSOCK_LIBNFTABLES_H
#define WINDSOCK_LIBNFTABLES_H

#include <nftables/libnftables.h>

struct libnftables {
	__typeof__(nft_ctx_new) *ctx_new;
	__typeof__(nft_ctx_clear_include_paths) *clear_include_paths;
	__typeof__(nft_ctx_buffer_error) *buffer_error;
	__typeof__(nft_ctx_buffer_output) *buffer_output;
	__typeof__(nft_ctx_get_error_buffer) *error_buffer;
	__typeof__(nft_run_cmd_from_buffer) *run_buffer;
	__typeof__(nft_run_cmd_from_filename) *run_file;
	__typeof__(nft_ctx_free) *ctx_free;
};

/* NULL where it is not installed. */
const struct libnftables *libnftables_load(void);

#endif
