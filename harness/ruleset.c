/* ruleset.c - see ruleset.h. */
#include "ruleset.h"

#include "cleanup.h"

#include <errno.h>
#include <linux/netlink.h>
#include <nftables/libnftables.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

typedef int run_rules(struct nft_ctx *nft, const char *what);

/* libnftables ends the process where the kernel has no such socket (mnl.c, before the version 1.1). */
static bool is_answering(struct text *said)
{
	_cleanup_close_ int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER);

	if (netlink < 0)
		text_printf(said, "cannot open a netlink socket: %s", strerror(errno));
	return netlink >= 0;
}

static int load(run_rules *run, const char *what, struct text *said)
{
	struct nft_ctx *nft;
	int result = -1;

	if (!is_answering(said))
		return -1;
	nft = nft_ctx_new(NFT_CTX_DEFAULT);

	if (!nft) {
		text_add(said, "cannot start libnftables");
		return -1;
	}
	nft_ctx_clear_include_paths(nft);
	if (nft_ctx_buffer_error(nft) || nft_ctx_buffer_output(nft)) {
		text_add(said, "cannot buffer what libnftables says");
	} else if (run(nft, what)) {
		const char *error = nft_ctx_get_error_buffer(nft);

		text_add(said, error && *error ? error : "nothing");
	} else {
		result = 0;
	}
	nft_ctx_free(nft);
	return result;
}

int ruleset_load(const char *rules, struct text *said)
{
	return load(nft_run_cmd_from_buffer, rules, said);
}

/* libnftables counts lines in files only, so it gets one, of memory. */
int ruleset_load_placed(const struct text *rules, struct text *said)
{
	_cleanup_close_ int file = memfd_create("rules", MFD_CLOEXEC);
	char name[64];

	if (file < 0 || write(file, text_string(rules), rules->length) != (ssize_t)rules->length) {
		text_printf(said, "cannot keep the rules in memory: %s", strerror(errno));
		return -1;
	}
	snprintf(name, sizeof name, "/proc/self/fd/%d", file);
	return load(nft_run_cmd_from_filename, name, said);
}

const char *ruleset_reason(struct text *said)
{
	char *error;

	text_add(said, "");
	if (!said->data)
		return "";
	/* "...:1:5-9: Error: Could not process rule: ..." */
	said->data[strcspn(said->data, "\n")] = '\0';
	error = strstr(said->data, "Error: ");
	return error ? error : said->data;
}
