/* page_words.h - what a diagnosis is called in a count: "41 forgot htons()". */
#ifndef WINDSOCK_PAGE_WORDS_H
#define WINDSOCK_PAGE_WORDS_H

#include <stddef.h>

struct page_word {
	const char *id, *words;
};

extern const struct page_word page_words[];
extern const size_t page_word_count;

/* The words for ID, or NULL. */
const char *page_words_of(const char *id);

#endif
