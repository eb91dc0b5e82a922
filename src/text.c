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
	int length;

	va_start(arguments, format);
	va_copy(again, arguments);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length > 0) {
		reserve(text, (size_t)length);
		vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
		text->length += (size_t)length;
	}
	va_end(again);
}

const char *text_string(const struct text *text)
{
	return text->data ? text->data : "";
}

void text_add_quoted(struct text *text, const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;

	text_add(text, "\"");
	for (size_t i = 0; i < length; i++) {
		switch (byte[i]) {
		case '\n': text_add(text, "\\n"); break;
		case '\r': text_add(text, "\\r"); break;
		case '\t': text_add(text, "\\t"); break;
		case '\\': text_add(text, "\\\\"); break;
		case '"': text_add(text, "\\\""); break;
		case '{': text_add(text, "\\{"); break;
		default:
			if (byte[i] >= 0x20 && byte[i] < 0x7f)
				text_add_bytes(text, &byte[i], 1);
			else
				text_printf(text, "\\x%02x", byte[i]);
		}
	}
	text_add(text, "\"");
}
