/* debugline.h - from addresses in a program file to lines of its source.
 *
 * Reads the line table that a compiler writes for -g (.debug_line of DWARF 2 to 5, section 6.2 of
 * the standard) of a 64-bit little-endian ELF file. The bytes are the student's: nothing of them is
 * trusted. What is compressed, split or missing gives no line. */
#ifndef WINDSOCK_DEBUGLINE_H
#define WINDSOCK_DEBUGLINE_H

#include <stddef.h>
#include <stdint.h>

struct debugline {
	uint64_t address; /* as the file has it: without the bias of a PIE */
	char line[64];    /* "server.c:41", or "" */
};

/* Fills in the lines of COUNT places from the program FILE of SIZE bytes. */
void debugline_find(const void *file, size_t size, struct debugline *places, size_t count);

#endif
