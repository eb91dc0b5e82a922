/* text.h - memory and growing text.
 *
 * Out of memory is the one error that ends the process here: it says so on
 * stderr and aborts, because no caller could do anything better. */
#ifndef WINDSOCK_TEXT_H
#define WINDSOCK_TEXT_H

#include <stddef.h>
#include <stdint.h>

void *mem_alloc(size_t size);               /* zeroed; free() it */
void *mem_grow(void *memory, size_t size);  /* realloc that cannot fail */
char *mem_string(const char *string);       /* strdup that cannot fail */
void mem_set(char **slot, const char *string); /* what *slot, which is owned, held before is freed */
char *mem_bytes(const void *bytes, size_t length); /* a copy, with a NUL behind */

/* Grows ARRAY (COUNT used elements, room for CAPACITY) so that one more fits. */
#define mem_room(array, count, capacity)                                              \
	do {                                                                          \
		if ((count) == (capacity)) {                                          \
			(capacity) = (capacity) ? 2 * (capacity) : 8;                 \
			(array) = mem_grow((array), (capacity) * sizeof *(array));    \
		}                                                                     \
	} while (0)

/* A string that grows. {0} is an empty one; data is NULL until the first byte
 * and always ends in NUL after it. Owned: text_free(). */
struct text {
	char *data;
	size_t length;
	size_t capacity;
};

void text_free(struct text *text);
void text_add(struct text *text, const char *string);
void text_add_bytes(struct text *text, const void *bytes, size_t length);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3), nonnull));
void text_add_number(struct text *text, uint64_t number); /* in decimal; what is said of every flow is not printf()'s */
const char *text_string(const struct text *text); /* "" when empty; never NULL */

/* Adds bytes as a quoted string of the trace language: "from B\n", with \n \r
 * \t \\ \" and \xNN for what is not printable ASCII. */
void text_add_quoted(struct text *text, const void *bytes, size_t length);
/* The same without the quotation marks. */
void text_add_escaped(struct text *text, const void *bytes, size_t length);

#endif
