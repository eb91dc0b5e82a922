/* text.c - see text.h. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
	if (!memory) {
		fputs("windsock: out of memory\n", stderr);
		abort();
	}
	return memory;
}

void *mem_alloc(size_t size)
{
	return checked(calloc(1, size ? size : 1));
}

void *mem_grow(void *memory, size_t size)
{
	return checked(realloc(memory, size ? size : 1));
}

char *mem_string(const char *string)
{
	return mem_bytes(string, strlen(string));
}

void mem_set(char **slot, const char *string)
{
	free(*slot);
	*slot = mem_string(string);
}

char *mem_bytes(const void *bytes, size_t length)
{
	char *copy = checked(malloc(length + 1));

	if (length)
		memcpy(copy, bytes, length);
	copy[length] = '\0';
	return copy;
}

void text_free(struct text *text)
{
	free(text->data);
	*text = (struct text){0};
}

static void reserve(struct text *text, size_t more)
{
	size_t needed = text->length + more + 1;

	if (needed <= text->capacity)
		return;
	text->capacity = needed < 64 ? 64 : 2 * needed;
	text->data = mem_grow(text->data, text->capacity);
}

void text_add_bytes(struct text *text, const void *bytes, size_t length)
{
	reserve(text, length);
	if (length)
		memcpy(text->data + text->length, bytes, length);
	text->length += length;
	text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
	text_add_bytes(text, string, strlen(string));
}

void text_printf(struct text *text, const char *format, ...)
{
	va_list arguments, again;
	size_t room;
	int length;

	reserve(text, 32); /* enough for most: then it is printed once */
	room = text->capacity - text->length;
	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(text->data + text->length, room, format, arguments);
	va_end(arguments);
	if (length > 0 && (size_t)length >= room) {
		reserve(text, (size_t)length);
		(void)vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
	}
	va_end(again);
	if (length > 0)
		text->length += (size_t)length;
	else
		text->data[text->length] = '\0';
}

void text_add_number(struct text *text, uint64_t number)
{
	char digits[20]; /* 2^64 has as many */
	size_t first = sizeof digits;

	do {
		digits[--first] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	text_add_bytes(text, digits + first, sizeof digits - first);
}

const char *text_string(const struct text *text)
{
	return text->data ? text->data : "";
}

/* The letter of each byte's escape: 0 for what needs none, x for what has no letter. A table, because every
 * byte of a long capture is looked up. */
static const char escapes[256] = {
	[0x00 ... 0x08] = 'x', ['\t'] = 't', ['\n'] = 'n', [0x0b ... 0x0c] = 'x', ['\r'] = 'r', [0x0e ... 0x1f] = 'x',
	['"'] = '"', ['\\'] = '\\', ['{'] = '{', [0x7f ... 0xff] = 'x',
};

static size_t plain_length(const unsigned char *bytes, size_t length)
{
	size_t plain = 0;

	while (plain < length && !escapes[bytes[plain]])
		plain++;
	return plain;
}

void text_add_escaped(struct text *text, const void *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < length; i++) {
		size_t plain = plain_length(&byte[i], length - i);

		text_add_bytes(text, &byte[i], plain);
		i += plain;
		if (i < length) {
			char escape[4] = {'\\', escapes[byte[i]], digits[byte[i] >> 4], digits[byte[i] & 15]};

			text_add_bytes(text, escape, escape[1] == 'x' ? 4 : 2);
		}
	}
}

void text_add_quoted(struct text *text, const void *bytes, size_t length)
{
	reserve(text, length + 2); /* enough for most */
	text_add_bytes(text, "\"", 1);
	text_add_escaped(text, bytes, length);
	text_add_bytes(text, "\"", 1);
}
