/* fnv.h - FNV-1a, 64 bits: to notice a change, or to spread names; not to withstand an attack.
 *
 * The IETF's draft-eastlake-fnv has it, and the values that tests compare. */
#ifndef WINDSOCK_FNV_H
#define WINDSOCK_FNV_H

#include <stddef.h>
#include <stdint.h>

#define FNV1A_BASIS UINT64_C(0xcbf29ce484222325) /* of no bytes */

/* VALUE is that of the bytes before, or the basis. */
static inline uint64_t fnv1a(uint64_t value, const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < length; i++)
		value = (value ^ byte[i]) * UINT64_C(0x100000001b3);
	return value;
}

#endif
