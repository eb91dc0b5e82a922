/* commands.h - the commands of windsock, one file each (cmd_NAME.c). */
#ifndef WINDSOCK_COMMANDS_H
#define WINDSOCK_COMMANDS_H

#include <stddef.h>

/* As main(): argv[0] is the command's name. Returns the exit status (die.h). */
typedef int command_main(int argc, char **argv);

command_main cmd_check, cmd_demo, cmd_grade, cmd_help, cmd_hint, cmd_lint, cmd_list, cmd_match, cmd_new,
             cmd_package, cmd_predict, cmd_record, cmd_report, cmd_reset, cmd_show, cmd_start, cmd_trace, cmd_watch;
command_main cmd_doctor;

struct command {
	const char *name;
	const char *arguments; /* for the usage */
	const char *summary;   /* one line */
	command_main *run;
};

/* The entry of the table in main.c. */
const struct command *command_find(const char *name);
const struct command *command_number(size_t i); /* NULL behind the last */
/* cmd_help.c: all of them, a line each; what docs/ says of one name, or of the names that are like it (then no return). */
void command_overview(void);
int command_help(const char *name);
/* Says what is wrong with the command line and how it should be; exit 2. */
_Noreturn void command_usage(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
