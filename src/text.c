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

const char *text_string(const struct text *text)
{
	return text->data ? text->data : "";
}

/* The letter of an escape, 0 for what needs none, x for what has no letter. */
static char escape_of(unsigned char byte)
{
	switch (byte) {
	case '\n': return 'n';
	case '\r': return 'r';
	case '\t': return 't';
	case '\\': return '\\';
	case '"': return '"';
	case '{': return '{';
	default: return byte >= 0x20 && byte < 0x7f ? 0 : 'x';
	}
}

void text_add_quoted(struct text *text, const void *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *byte = bytes;

	reserve(text, length + 2); /* enough for most */
	text_add_bytes(text, "\"", 1);
	for (size_t i = 0, plain = 0; i < length; i += plain) {
		char escape[4] = {'\\', escape_of(byte[i]), digits[byte[i] >> 4], digits[byte[i] & 15]};

		for (plain = 0; i + plain < length && !escape_of(byte[i + plain]); plain++)
			;
		if (plain) {
			text_add_bytes(text, &byte[i], plain);
			continue;
		}
		text_add_bytes(text, escape, escape[1] == 'x' ? 4 : 2);
		plain = 1;
	}
	text_add_bytes(text, "\"", 1);
}
