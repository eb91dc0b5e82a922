/* die.c - see die.h. */
#include "die.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

bool note_verbose;

static void say(const char *format, va_list arguments)
{
	fflush(stdout);
	fputs("windsock: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

void die(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
	exit(EXIT_BROKEN);
}

void die_error(const struct error *error)
{
	die("%s", error_string(error));
}

void note(const char *format, ...)
{
	va_list arguments;

	if (!note_verbose)
		return;
	va_start(arguments, format);
	say(format, arguments);
	va_end(arguments);
}
