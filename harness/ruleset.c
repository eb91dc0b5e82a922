/* ruleset.c - see ruleset.h. */
#include "ruleset.h"

#include "cleanup.h"
#include "libnftables.h"

#include <errno.h>
#include <linux/netlink.h>
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

static int load_by(const struct libnftables *library, run_rules *run, const char *what, struct text *said)
{
	struct nft_ctx *nft = library->ctx_new(NFT_CTX_DEFAULT);
	int result = -1;

	if (!nft) {
		text_add(said, "cannot start libnftables");
		return -1;
	}
	library->clear_include_paths(nft);
	if (library->buffer_error(nft) || library->buffer_output(nft)) {
		text_add(said, "cannot buffer what libnftables says");
	} else if (run(nft, what)) {
		const char *error = library->error_buffer(nft);

		text_add(said, error && *error ? error : "nothing");
	} else {
		result = 0;
	}
	library->ctx_free(nft);
	return result;
}

/* WHAT is the name of a file, or the rules themselves. */
static int load(const char *what, bool is_file, struct text *said)
{
	const struct libnftables *library;

	if (!is_answering(said))
		return -1;
	library = libnftables_load();
	if (!library) {
		text_add(said, "libnftables is not installed: sudo apt-get install libnftables1");
		return -1;
	}
	return load_by(library, is_file ? library->run_file : library->run_buffer, what, said);
}

int ruleset_load(const char *rules, struct text *said)
{
	return load(rules, false, said);
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
	return load(name, true, said);
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
