/* utf8.c - see utf8.h. */
#include "utf8.h"

/* Bytes of the character that this byte begins; 0: none begins so. */
static size_t length_of(unsigned char byte)
{
	if (byte < 0x80)
		return 1;
	if (byte < 0xc2 || byte > 0xf4)
		return 0;
	return byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

size_t utf8_at(const char *bytes, size_t left, uint32_t *code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)bytes;
	size_t length = length_of(*byte);

	if (!length || length > left)
		return 0;
	*code = length > 1 ? *byte & (0xffu >> (length + 1)) : *byte;
	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (byte[i] & 0x3f);
	}
	if (*code < least[length] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return length;
}

bool utf8_is_valid(const char *bytes, size_t length)
{
	uint32_t code;

	for (size_t at = 0, step; at < length; at += step) {
		step = utf8_at(bytes + at, length - at, &code);
		if (!step)
			return false;
	}
	return true;
}

void utf8_add(struct text *text, const char *bytes, size_t length)
{
	uint32_t code;

	for (size_t at = 0; at < length;) {
		size_t step = utf8_at(bytes + at, length - at, &code);

		if (step)
			text_add_bytes(text, bytes + at, step);
		else
			text_add(text, "\xef\xbf\xbd");
		at += step ? step : 1;
	}
}

size_t utf8_cut(const char *bytes, size_t length)
{
	size_t cut = length;

	for (int back = 0; back < 3 && cut && ((unsigned char)bytes[cut - 1] & 0xc0) == 0x80; back++)
		cut--;
	if (cut && length_of((unsigned char)bytes[cut - 1]) > length - cut + 1)
		return cut - 1;
	return length;
}
