/* test_sha256.c - the vectors of FIPS 180-4's examples and of RFC 4231. */
#include "suite.h"

#include "../../src/sha256.h"
#include "../../src/text.h"

#include <stdlib.h>
#include <string.h>

static void hashes(void)
{
	static const char *const pairs[][2] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};
	char hex[SHA256_HEX];

	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		sha256_hex_of(pairs[i][0], strlen(pairs[i][0]), hex);
		ASSERT_STRING(hex, pairs[i][1]);
	}
}

static void hashes_a_million(void)
{
	unsigned char digest[SHA256_SIZE];
	char *bytes = mem_alloc(1000000), hex[SHA256_HEX];
	struct sha256 sha;

	memset(bytes, 'a', 1000000);
	sha256_begin(&sha);
	for (size_t i = 0, size = 1; i < 1000000; i += size, size = size % 131 + 1) { /* in pieces of every length */
		if (size > 1000000 - i)
			size = 1000000 - i;
		sha256_add(&sha, bytes + i, size);
	}
	sha256_end(&sha, digest);
	sha256_hex(digest, hex);
	ASSERT_STRING(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	free(bytes);
}

static void hashes_with_a_key(void)
{
	unsigned char digest[SHA256_SIZE], key[131];
	char hex[SHA256_HEX];
	const char *const words = "Test Using Larger Than Block-Size Key - Hash Key First";

	memset(key, 0x0b, 20);
	sha256_hmac(key, 20, "Hi There", 8, digest);
	sha256_hex(digest, hex);
	ASSERT_STRING(hex, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	sha256_hmac("Jefe", 4, "what do ya want for nothing?", 28, digest);
	sha256_hex(digest, hex);
	ASSERT_STRING(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof key);
	sha256_hmac(key, sizeof key, words, strlen(words), digest);
	sha256_hex(digest, hex);
	ASSERT_STRING(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static const struct suite_test tests[] = {
	{"SHA-256 as in FIPS 180-4", hashes},
	{"a million bytes in pieces", hashes_a_million},
	{"HMAC as in RFC 4231", hashes_with_a_key},
};

SUITE_MAIN("sha256", tests)
