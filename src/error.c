/* error.c - see error.h. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

int error_set(struct error *error, const char *file, int line, int column, const char *format, ...)
{
	va_list arguments;

	snprintf(error->file, sizeof error->file, "%s", file ? file : "");
	error->line = line;
	error->column = column;
	error->machine = 0;
	va_start(arguments, format);
	vsnprintf(error->text, sizeof error->text, format, arguments);
	va_end(arguments);
	return -1;
}

const char *error_string(const struct error *error)
{
	static char string[sizeof error->file + sizeof error->text + 32];

	if (!error->file[0])
		snprintf(string, sizeof string, "%s", error->text);
	else if (!error->line)
		snprintf(string, sizeof string, "%s: %s", error->file, error->text);
	else if (!error->column)
		snprintf(string, sizeof string, "%s:%d: %s", error->file, error->line, error->text);
	else
		snprintf(string, sizeof string, "%s:%d:%d: %s", error->file, error->line, error->column, error->text);
	return string;
}
