/* sha256.c - see sha256.h. The names are those of FIPS 180-4, section 6.2. */
#include "sha256.h"

#include <string.h>

static const uint32_t constants[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t word, int by)
{
	return word >> by | word << (32 - by);
}

static void schedule(const unsigned char *block, uint32_t w[static 64])
{
	for (size_t t = 0; t < 16; t++)
		w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
		       (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
	for (size_t t = 16; t < 64; t++) {
		uint32_t s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3;
		uint32_t s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10;

		w[t] = s1 + w[t - 7] + s0 + w[t - 16];
	}
}

static void compress(struct sha256 *sha, const unsigned char *block)
{
	uint32_t w[64], v[8]; /* v: the working variables a to h */

	schedule(block, w);
	memcpy(v, sha->state, sizeof v);
	for (size_t t = 0; t < 64; t++) {
		uint32_t sum1 = rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25);
		uint32_t sum0 = rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22);
		uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
		uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
		uint32_t t1 = v[7] + sum1 + choice + constants[t] + w[t];

		memmove(&v[1], &v[0], 7 * sizeof v[0]);
		v[4] += t1;
		v[0] = t1 + sum0 + majority;
	}
	for (size_t i = 0; i < 8; i++)
		sha->state[i] += v[i];
}

void sha256_begin(struct sha256 *sha)
{
	*sha = (struct sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
	                                 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_add(struct sha256 *sha, const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;

	while (length) {
		size_t used = sha->length % sizeof sha->block, room = sizeof sha->block - used;
		size_t taken = length < room ? length : room;

		memcpy(sha->block + used, byte, taken);
		sha->length += taken;
		byte += taken;
		length -= taken;
		if (taken == room)
			compress(sha, sha->block);
	}
}

void sha256_end(struct sha256 *sha, unsigned char digest[static SHA256_SIZE])
{
	static const unsigned char padding[64] = {0x80};
	uint64_t bits = 8 * sha->length;
	unsigned char length[8];

	for (size_t i = 0; i < sizeof length; i++)
		length[i] = (unsigned char)(bits >> (56 - 8 * i));
	sha256_add(sha, padding, 1 + (119 - sha->length % 64) % 64);
	sha256_add(sha, length, sizeof length);
	for (size_t i = 0; i < SHA256_SIZE; i++)
		digest[i] = (unsigned char)(sha->state[i / 4] >> (24 - 8 * (i % 4)));
}

void sha256_hmac(const void *key, size_t key_length, const void *bytes, size_t length,
                 unsigned char digest[static SHA256_SIZE])
{
	unsigned char pad[64] = {0};
	struct sha256 sha;

	sha256_begin(&sha);
	if (key_length > sizeof pad) {
		sha256_add(&sha, key, key_length);
		sha256_end(&sha, pad);
		sha256_begin(&sha);
	} else if (key_length) {
		memcpy(pad, key, key_length);
	}
	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= 0x36;
	sha256_add(&sha, pad, sizeof pad);
	sha256_add(&sha, bytes, length);
	sha256_end(&sha, digest);
	for (size_t i = 0; i < sizeof pad; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	sha256_begin(&sha);
	sha256_add(&sha, pad, sizeof pad);
	sha256_add(&sha, digest, SHA256_SIZE);
	sha256_end(&sha, digest);
}

void sha256_hex(const unsigned char digest[static SHA256_SIZE], char hex[static SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < SHA256_SIZE; i++) {
		hex[2 * i] = digits[digest[i] >> 4];
		hex[2 * i + 1] = digits[digest[i] & 15];
	}
	hex[2 * SHA256_SIZE] = '\0';
}

void sha256_hex_of(const void *bytes, size_t length, char hex[static SHA256_HEX])
{
	unsigned char digest[SHA256_SIZE];
	struct sha256 sha;

	sha256_begin(&sha);
	sha256_add(&sha, bytes, length);
	sha256_end(&sha, digest);
	sha256_hex(digest, hex);
}
