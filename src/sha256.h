/* sha256.h - SHA-256 (FIPS 180-4) and the keyed hash made of it (RFC 2104, HMAC).
 *
 * For fingerprints of what was handed in, and for seeds that a student cannot guess. A hundred lines of our own
 * rather than a library: what is hashed is small, and libcrypto would take longer to load than a check to begin. */
#ifndef WINDSOCK_SHA256_H
#define WINDSOCK_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_SIZE 32
#define SHA256_HEX (2 * SHA256_SIZE + 1)

struct sha256 {
	uint32_t state[8];
	uint64_t length; /* bytes so far */
	unsigned char block[64];
};

void sha256_begin(struct sha256 *sha);
void sha256_add(struct sha256 *sha, const void *bytes, size_t length);
void sha256_end(struct sha256 *sha, unsigned char digest[static SHA256_SIZE]);
void sha256_hmac(const void *key, size_t key_length, const void *bytes, size_t length,
                 unsigned char digest[static SHA256_SIZE]);

/* As hexadecimal digits, a NUL behind. */
void sha256_hex(const unsigned char digest[static SHA256_SIZE], char hex[static SHA256_HEX]);
void sha256_hex_of(const void *bytes, size_t length, char hex[static SHA256_HEX]);

#endif
