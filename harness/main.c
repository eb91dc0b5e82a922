/* main.c - the program windsock: the table of its commands, which drives both
 * dispatch and usage. */
#include "../src/lexer.h"
#include "commands.h"
#include "die.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct command commands[] = {
	{"list", "", "the lessons, and how far you are", cmd_list},
	{"start", "LESSON [DIR]", "make a folder to work in", cmd_start},
	{"check", "[LESSON] [--case CASE] [--with PART=PROGRAM] [--seed WORD] [--calls] [--output]",
	 "build, run, capture, compare, explain", cmd_check},
	{"show", "[CASE] [--calls] [--output] | --flows | --trace | --svg",
	 "the last run again: pictures, flows, a trace, SVG", cmd_show},
	{"watch", "[LESSON] [--dir DIR]", "check again at every save of a file; single keys for the rest", cmd_watch},
	{"hint", "[LESSON] [--again | --all]",
	 "one hint, about what the last check said if there is one", cmd_hint},
	{"predict", "[LESSON] [--case CASE]",
	 "your picture of a run, judged apart from your program", cmd_predict},
	{"reset", "[LESSON] [FILE]...",
	 "the skeleton again; what you wrote is kept beside it", cmd_reset},
	{"trace", "FILE [--host NAME=ADDRESS]... [--packets] [--handshake] [--segments] [--acks] [--ends] | --summary",
	 "any capture as a trace", cmd_trace},
	{"match", "TRACE FILE [--host NAME=ADDRESS]... [--param NAME=VALUE]... [--at HOST.INTERFACE=FILE]...",
	 "any capture against a trace", cmd_match},
	{"grade", "SUBMISSIONS --lessons all|L1,L2 --out DIR [--jobs N] [--course NAME] [--key FILE] [--map FILE] [--explain none|where|what|why] [--on slurm|parallel]",
	 "a whole class: every submission checked, one table", cmd_grade},
	{"package", "PLATFORM [LESSON]... [--output DIR] [--course NAME] [--source FILE]",
	 "what is uploaded so that a platform grades with windsock", cmd_package},
	{"report", "--format FORMAT [-o FILE] RECORD...", "graded submissions as what a platform reads", cmd_report},
	{"new", "NAME [DIR] [--udp | --tcp] [--title TITLE]", "a lesson of your own that works at once", cmd_new},
	{"record", "[LESSON] [--case CASE] [--with PROGRAM=FILE]... [--dir DIR] [--runs N] [--write] [--proofs FOLDER]",
	 "a first expected trace for each case", cmd_record},
	{"lint", "[LESSON|FOLDER]... [--rounds N] [--sample N] [--only FILE] [--text] [--proofs FOLDER] [--engines] [--tap]",
	 "whether lessons keep what lessons promise", cmd_lint},
	{"demo", "", "a right program and a wrong one, on a real lab", cmd_demo},
	{"doctor", "[LESSON]", "what this machine can run, and what to do about what it cannot", cmd_doctor},
	{"help", "[COMMAND | TOPIC | ID | WORD | LESSON] | topics", "this list; or what a command, an id, a word or a lesson is", cmd_help},
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

const struct command *command_number(size_t i)
{
	return i < sizeof commands / sizeof commands[0] ? &commands[i] : NULL;
}

void command_usage(const char *name, const char *format, ...)
{
	const struct command *command = command_find(name);
	va_list arguments;

	va_start(arguments, format);
	fprintf(stderr, "windsock %s: ", name);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\nusage: windsock %s%s%s\n", name, command && *command->arguments ? " " : "",
	        command ? command->arguments : "");
	exit(EXIT_BROKEN);
}

/* `windsock check --help`, or -h: the same as `windsock help check`. Behind a -- it is an argument like any other. */
static bool asks_for_help(int argc, char **argv)
{
	for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return true;
	return false;
}

/* A shell that closed 0, 1 or 2 must not make us take a socket for standard output.
 * What stands in for it fails: a report that went nowhere is not success. */
static void open_standard(void)
{
	int fd;

	while ((fd = open("/dev/null", fcntl(0, F_GETFD) < 0 ? O_WRONLY : O_RDONLY)) >= 0 && fd <= 2)
		;
	if (fd > 2)
		(void)close(fd); /* nothing was read from it */
}

/* Who started us may ignore and block what he likes, and leaves it to us: ends of processes would not be told
 * (waitpid(2)), a question to a capture would not come. Not SIGPIPE: who ignores it wants it told. */
static void begin_signals(void)
{
	sigset_t none;

	/* What a limit of files' sizes (ulimit -f) forbids to write is told, as a full disk is; not an end without a word.
	 * Programs in a sandbox begin afresh. None of these can fail with a signal that there is. */
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Output that could not be written is not success: a full disk, a closed pipe. */
static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout)) {
		perror("windsock: cannot write to standard output");
		return EXIT_BROKEN;
	}
	return status;
}

static void refuse_command(const char *name)
{
	const char *names[sizeof commands / sizeof commands[0] + 1] = {NULL};
	struct lexer lexer = {0}; /* for the room of its guess */

	for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
		names[i] = commands[i].name;
	fprintf(stderr, "windsock: there is no command \"%.64s\"%s `windsock help` lists them.\n", name,
	        *lexer_guess(&lexer, name, names) ? lexer_guess(&lexer, name, names) : ".");
}

int main(int argc, char **argv)
{
	const struct command *command;

	begin_signals();
	open_standard();
	if (argc < 2) {
		command_overview();
		(void)finish(EXIT_BROKEN); /* it is EXIT_BROKEN anyway */
		return EXIT_BROKEN;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		command_overview();
		return finish(EXIT_RIGHT);
	}
	if (!strcmp(argv[1], "--version")) {
		puts("windsock " PACKAGE_VERSION);
		return finish(EXIT_RIGHT);
	}
	command = command_find(argv[1]);
	if (!command) {
		refuse_command(argv[1]);
		return EXIT_BROKEN;
	}
	if (asks_for_help(argc, argv))
		return finish(command_help(argv[1]));
	return finish(command->run(argc - 1, argv + 1));
}
