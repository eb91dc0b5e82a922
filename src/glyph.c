/* glyph.c - see glyph.h. The widths are those of Unicode's East Asian Width (W and F)
 * and of its marks (Mn, Me, Cf), in ranges: wcwidth(3) would ask the locale. */
#include "glyph.h"

#include <stdbool.h>
#include <stdio.h>

struct range {
	uint32_t first, last;
};

static const struct range wide[] = {
	{0x1100, 0x115f}, {0x231a, 0x231b}, {0x2329, 0x232a}, {0x23e9, 0x23ec}, {0x25fd, 0x25fe}, {0x2614, 0x2615},
	{0x2648, 0x2653}, {0x26a1, 0x26a1}, {0x26bd, 0x26be}, {0x2705, 0x2705}, {0x270a, 0x270b}, {0x2728, 0x2728},
	{0x274c, 0x274c}, {0x2753, 0x2757}, {0x2795, 0x2797}, {0x2b1b, 0x2b1c}, {0x2b50, 0x2b55}, {0x2e80, 0x303e},
	{0x3041, 0xa4cf}, {0xa960, 0xa97f}, {0xac00, 0xd7a3}, {0xf900, 0xfaff}, {0xfe30, 0xfe6f}, {0xff00, 0xff60},
	{0xffe0, 0xffe6}, {0x16fe0, 0x1b2ff}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f19a},
	{0x1f1e6, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb}, {0x1f90c, 0x1faff}, {0x20000, 0x3fffd},
};

static const struct range marks[] = {
	{0x0300, 0x036f}, {0x0483, 0x0489}, {0x0591, 0x05bd}, {0x0610, 0x061a}, {0x064b, 0x065f}, {0x06d6, 0x06dc},
	{0x0900, 0x0902}, {0x093c, 0x093c}, {0x0941, 0x0948}, {0x0e31, 0x0e31}, {0x0e34, 0x0e3a}, {0x0e47, 0x0e4e},
	{0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200d}, {0x20d0, 0x20ff}, {0x302a, 0x302d}, {0x3099, 0x309a},
	{0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef},
};

/* C0 and C1 controls, surrogates, what turns the direction of a text (it can make a line say something else),
 * what is no character. */
static const struct range hidden[] = {
	{0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad}, {0x061c, 0x061c}, {0x200e, 0x200f}, {0x2028, 0x202e},
	{0x2060, 0x206f}, {0xd800, 0xdfff}, {0xfdd0, 0xfdef}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb}, {0xfffe, 0xffff},
	{0xe0000, 0xe00ff},
};

static bool is_in(uint32_t code, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (ranges[i].first <= code && code <= ranges[i].last)
			return true;
	return false;
}

#define IS_IN(code, ranges) is_in(code, ranges, sizeof(ranges) / sizeof(ranges)[0])

/* Bytes of the character that this byte begins; 0: none begins so. */
static size_t length_of(unsigned char byte)
{
	return byte < 0x80 ? 1 : byte >= 0xc2 && byte < 0xe0 ? 2 : (byte & 0xf0) == 0xe0 ? 3 : byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
}

struct glyph glyph_at(const char *text)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)text;
	size_t length = length_of(*byte);
	uint32_t code = length > 1 ? *byte & (0xffu >> (length + 1)) : *byte;

	for (size_t i = 1; i < length; i++) {
		if ((byte[i] & 0xc0) != 0x80)
			return (struct glyph){'?', 1, 1};
		code = code << 6 | (byte[i] & 0x3f);
	}
	if (!length || code < least[length] || code > 0x10ffff)
		return (struct glyph){'?', 1, 1};
	if (IS_IN(code, hidden))
		return (struct glyph){'?', length, 1};
	return (struct glyph){code, length, IS_IN(code, marks) ? 0 : IS_IN(code, wide) ? 2 : 1};
}

int glyph_width(const char *text)
{
	int width = 0;

	while (*text) {
		struct glyph glyph = glyph_at(text);

		width += glyph.cells;
		text += glyph.length;
	}
	return width;
}

void glyph_print(uint32_t code, char out[5])
{
	if (code < 0x80)
		snprintf(out, 5, "%c", (char)code);
	else if (code < 0x800)
		snprintf(out, 5, "%c%c", (char)(0xc0 | code >> 6), (char)(0x80 | (code & 0x3f)));
	else if (code < 0x10000)
		snprintf(out, 5, "%c%c%c", (char)(0xe0 | code >> 12), (char)(0x80 | (code >> 6 & 0x3f)),
		         (char)(0x80 | (code & 0x3f)));
	else
		snprintf(out, 5, "%c%c%c%c", (char)(0xf0 | code >> 18), (char)(0x80 | (code >> 12 & 0x3f)),
		         (char)(0x80 | (code >> 6 & 0x3f)), (char)(0x80 | (code & 0x3f)));
}
