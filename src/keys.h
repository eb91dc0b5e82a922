/* keys.h - what a terminal sends when a key is pressed. */
#ifndef WINDSOCK_KEYS_H
#define WINDSOCK_KEYS_H

#include <stddef.h>

/* A letter is itself, small; what has no letter is one of these. */
enum key {
	KEY_OTHER = 256, /* nothing that means anything here */
	KEY_UP,
	KEY_DOWN,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_HOME,
	KEY_END,
	KEY_BACK,      /* Escape */
	KEY_INTERRUPT, /* Ctrl-C, Ctrl-\, Ctrl-D: whoever presses them wants to leave */
	KEY_SUSPEND,   /* Ctrl-Z */
	KEY_REDRAW     /* Ctrl-L */
};

/* The key that the LENGTH bytes (at least 1) begin with, and in *used how many of them are its own. An escape sequence
 * that has only begun is taken for what is there of it: terminals send a sequence at once (xterm's ctlseqs). */
int key_read(const char *bytes, size_t length, size_t *used);

#endif
