/* keys.c - see keys.h. The sequences are those that xterm, VT220, the Linux console, tmux and screen send. */
#include "keys.h"

#include <string.h>

static const struct {
	const char *bytes; /* behind Escape */
	int key;
} sequences[] = {
	{"[A", KEY_UP},       {"OA", KEY_UP},         {"[B", KEY_DOWN}, {"OB", KEY_DOWN},
	{"[5~", KEY_PAGE_UP}, {"[6~", KEY_PAGE_DOWN}, {"[H", KEY_HOME}, {"OH", KEY_HOME},
	{"[1~", KEY_HOME},    {"[7~", KEY_HOME},      {"[F", KEY_END},  {"OF", KEY_END},
	{"[4~", KEY_END},     {"[8~", KEY_END},
};

static const struct {
	char byte;
	int key;
} controls[] = {
	{' ', KEY_PAGE_DOWN}, {'\x7f', KEY_PAGE_UP},   {'\b', KEY_PAGE_UP},    {'\r', KEY_BACK},       {'\n', KEY_BACK},
	{'\f', KEY_REDRAW},   {'\x03', KEY_INTERRUPT}, {'\x1c', KEY_INTERRUPT}, {'\x04', KEY_INTERRUPT}, {'\x1a', KEY_SUSPEND},
};

/* ESC [ parameters, intermediates, one final byte; ESC O and one byte; ESC and a byte (ECMA-48, 5.4). */
static size_t sequence_length(const char *bytes, size_t length)
{
	size_t at = 2;

	if (length < 2)
		return length;
	if (bytes[1] == 'O')
		return length < 3 ? length : 3;
	if (bytes[1] != '[')
		return 2;
	while (at < length && bytes[at] >= 0x20 && bytes[at] < 0x40)
		at++;
	return at < length ? at + 1 : length;
}

static int read_sequence(const char *bytes, size_t length, size_t *used)
{
	*used = sequence_length(bytes, length);
	if (*used == 1)
		return KEY_BACK;
	for (size_t i = 0; i < sizeof sequences / sizeof sequences[0]; i++)
		if (strlen(sequences[i].bytes) == *used - 1 && !memcmp(sequences[i].bytes, bytes + 1, *used - 1))
			return sequences[i].key;
	return KEY_OTHER;
}

int key_read(const char *bytes, size_t length, size_t *used)
{
	*used = 1;
	if (*bytes == '\x1b')
		return read_sequence(bytes, length, used);
	for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++)
		if (controls[i].byte == *bytes)
			return controls[i].key;
	if (*bytes >= 'A' && *bytes <= 'Z') /* Caps Lock */
		return *bytes - 'A' + 'a';
	return *bytes > ' ' ? *bytes : KEY_OTHER;
}
