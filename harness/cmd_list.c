/* cmd_list.c - windsock list: the lessons, and how far you are. */
#include "cleanup.h"
#include "commands.h"
#include "die.h"
#include "progress.h"

int cmd_list(int argc, char **argv)
{
	_cleanup_text_ struct text out = {0};
	struct error error;

	if (argc > 1)
		command_usage("list", "\"%s\" is too much", argv[1]);
	if (progress_overview(&out, &error))
		die_error(&error);
	fputs(text_string(&out), stdout);
	return EXIT_RIGHT;
}
