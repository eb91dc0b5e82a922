/* check_tell.c - what is told before there is a verdict: printed, or taken down in the record. */
#include "check_parts.h"

#include "cleanup.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define COMPILER_MOST (16 << 10) /* bytes: result.h */

static void add_string(char **string, const char *more)
{
	struct text text = {0};

	text_printf(&text, "%s%s%s", *string ? *string : "", *string && **string ? "\n" : "", more);
	free(*string);
	*string = text.data;
}

void check_tell(const struct check *check, const char *format, ...)
{
	char *words = NULL;
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&words, format, arguments) < 0)
		die("out of memory");
	va_end(arguments);
	if (!check->record) {
		fputs(words, stdout);
	} else {
		words[strlen(words) - (*words && words[strlen(words) - 1] == '\n')] = '\0';
		check->record->status = RESULT_ERROR;
		add_string(&check->record->message, words);
	}
	free(words);
}

void check_end_skipped(const char *why)
{
	fprintf(stderr, "windsock: this machine cannot run the lesson: %s\n`windsock doctor` tries in turn what a lesson "
	        "needs, and says what works here.\n", why);
	exit(EXIT_SKIPPED);
}

/* Without the folder, which is the grader's own and no help to the student. */
static void strip_folder(const char *text, const char *folder, struct text *out)
{
	size_t length = strlen(folder);

	for (const char *found; (found = strstr(text, folder)); text = found + length + (found[length] == '/'))
		text_add_bytes(out, text, (size_t)(found - text));
	text_add(out, text);
}

void check_tell_compiler(const struct check *check, const char *text)
{
	_cleanup_text_ struct text stripped = {0};

	if (!check->record) {
		printf("%s\n", text);
		return;
	}
	strip_folder(text, check->options->workspace->folder, &stripped);
	if (stripped.length > COMPILER_MOST)
		stripped.data[COMPILER_MOST] = '\0';
	add_string(&check->record->compiler, text_string(&stripped));
}
