/* ruleset.c - see ruleset.h. */
#include "ruleset.h"

#include <nftables/libnftables.h>
#include <string.h>

int ruleset_load(const char *rules, struct text *said)
{
	struct nft_ctx *nft = nft_ctx_new(NFT_CTX_DEFAULT);
	int result = -1;

	if (!nft) {
		text_add(said, "cannot start libnftables");
		return -1;
	}
	nft_ctx_clear_include_paths(nft);
	if (nft_ctx_buffer_error(nft) || nft_ctx_buffer_output(nft)) {
		text_add(said, "cannot buffer what libnftables says");
	} else if (nft_run_cmd_from_buffer(nft, rules)) {
		const char *error = nft_ctx_get_error_buffer(nft);

		text_add(said, error && *error ? error : "nothing");
	} else {
		result = 0;
	}
	nft_ctx_free(nft);
	return result;
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
