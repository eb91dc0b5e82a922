/* cmd_help.c - windsock help: the commands, or what docs/ says of a name. */
#include "../src/glyph.h"
#include "../src/help.h"
#include "cleanup.h"
#include "commands.h"
#include "course.h"
#include "die.h"
#include "files.h"
#include "terminal.h"

#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>

#define NAMES_MOST 12

/* Who needs which. A command that is in none of them stands at the end. */
static const struct {
	const char *title, *names[NAMES_MOST];
} groups[] = {
	{"To learn", {"list", "start", "check", "watch", "show", "hint", "predict", "reset", "demo", "doctor"}},
	{"To look at packets", {"trace", "match"}},
	{"To grade a class", {"grade", "report", "package", "container", "containers"}},
	{"To write lessons", {"new", "record", "lint"}},
	{"To know more", {"help"}},
};

static void print_command(const struct command *command)
{
	printf("  windsock %-9s %s\n", command->name, command->summary);
}

static bool is_in(const char *const *names, const char *name)
{
	for (size_t i = 0; i < NAMES_MOST && names[i]; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static void print_group(const char *title, const char *const *names)
{
	for (size_t i = 0; i < NAMES_MOST && names[i]; i++) {
		const struct command *command = command_find(names[i]);

		if (!command)
			continue;
		if (title)
			printf("\n%s\n", title);
		title = NULL;
		print_command(command);
	}
}

static bool is_grouped(const char *name)
{
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
		if (is_in(groups[i].names, name))
			return true;
	return false;
}

static void print_rest(void)
{
	const struct command *command;
	bool titled = false;

	for (size_t i = 0; (command = command_number(i)); i++) {
		if (is_grouped(command->name))
			continue;
		if (!titled)
			puts("\nMore");
		titled = true;
		print_command(command);
	}
}

void command_overview(void)
{
	puts("windsock: a course in socket programming, graded on the wire.");
	for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++)
		print_group(groups[i].title, groups[i].names);
	print_rest();
	puts("\n`windsock help COMMAND` tells its options; `windsock help ID` explains the id in brackets below a\n"
	     "wrong picture, `windsock help WORD` a word of the trade; `windsock help 06` is the README of a\n"
	     "lesson; `windsock help topics` lists all pages.\n"
	     "New here? windsock demo, then windsock start 01-udp-server, and windsock help student-guide.\n"
	     "\nExit status: 0 right, 1 wrong, 2 not the program's fault, 77 this machine cannot run it.");
}

static void print_topics(void)
{
	_cleanup_text_ struct text topics = {0};
	char *state = NULL;

	help_topics(&topics);
	for (char *line = strtok_r(topics.data, "\n", &state); line; line = strtok_r(NULL, "\n", &state)) {
		size_t length = strcspn(line, "\t");

		printf("  %-18.*s %s\n", (int)length, line, line + length + 1);
	}
	puts("\nand each command (`windsock help`), each diagnosis (`windsock help diagnoses`) and each word of the glossary\n"
	     "(`windsock help glossary`).");
}

/* For shells that complete a command line: one thing a line, its parts separated by tabs. */
static int print_words(const char *name)
{
	_cleanup_text_ struct text words = {0};
	const struct command *command;

	if (!name) {
		for (size_t i = 0; (command = command_number(i)); i++)
			text_printf(&words, "%s\t%s\n", command->name, command->summary);
	} else if (!strcmp(name, "topics")) {
		help_topics(&words);
		help_diagnoses(&words);
	} else if (!help_words(name, &words) && !command_find(name)) {
		die("there is no command \"%s\"", name);
	}
	fputs(text_string(&words), stdout);
	return EXIT_RIGHT;
}

static void refuse(const char *name)
{
	_cleanup_text_ struct text nearest = {0};

	help_nearest(name, &nearest);
	if (nearest.length)
		die("nothing is called \"%.64s\"; near it: %s. `windsock help topics` lists all pages", name,
		    text_string(&nearest));
	die("nothing is called \"%.64s\". `windsock help` lists the commands, `windsock help topics` all pages", name);
}

/* What pages hold beside ASCII, as pictures have it where the locale is not UTF-8. */
static const struct {
	uint32_t code;
	char plain;
} plains[] = {
	{0x2500, '-'}, {0x2504, '.'}, {0x2502, '|'}, {0x251c, '+'}, {0x253c, '+'}, {0x25b6, '>'}, {0x25c0, '<'},
	{0x2717, 'X'}, {0x2713, 'v'}, {0x2573, 'x'}, {0x2014, '-'}, {0x2013, '-'}, {0x00b7, '-'}, {0x2026, '.'},
};

static char plain_of(uint32_t code)
{
	for (size_t i = 0; i < sizeof plains / sizeof plains[0]; i++)
		if (plains[i].code == code)
			return plains[i].plain;
	return '?';
}

static void make_plain(struct text *page)
{
	struct text plain = {0};

	for (const char *at = text_string(page); *at;) {
		struct glyph glyph = glyph_at(at);
		char byte = glyph.length > 1 ? plain_of(glyph.code) : *at;

		text_add_bytes(&plain, &byte, 1);
		at += glyph.length;
	}
	text_free(page);
	*page = plain;
}

/* ---- what is longer than the screen ---- */

static bool is_long(const struct text *page)
{
	struct winsize size;
	size_t lines = 0;

	for (const char *at = text_string(page); (at = strchr(at, '\n')); at++)
		lines++;
	return isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && lines >= size.ws_row;
}

/* PAGER, as man(1) takes it, else less, else none. */
static FILE *open_pager(void)
{
	const char *chosen = getenv("PAGER");
	_cleanup_free_ char *less = file_find_program("less");

	if (chosen ? !*chosen : !less)
		return NULL;
	(void)setenv("LESS", "FRX", 0); /* colours as they are; without it the page is only less pretty */
	return popen(chosen ? chosen : "less", "we");
}

static void print_page(const struct text *page)
{
	FILE *pager = is_long(page) ? open_pager() : NULL;

	if (!pager) {
		fputs(text_string(page), stdout);
		return;
	}
	(void)signal(SIGPIPE, SIG_IGN); /* who has read enough leaves the pager, and that is no failure */
	fputs(text_string(page), pager);
	(void)pclose(pager); /* likewise */
}

/* ---- one name ---- */

/* A lesson's README. */
static bool print_lesson(const char *name, const struct markdown_style *style, struct text *page)
{
	struct error ignored;
	_cleanup_free_ char *lesson = course_resolve(name, &ignored), *path = NULL;
	_cleanup_text_ struct text folder = {0}, source = {0};
	const char *lessons = lesson ? course_folder(&ignored) : NULL;

	if (!lessons)
		return false;
	text_printf(&folder, "%s/%s", lessons, lesson);
	path = file_path(text_string(&folder), "README.md", "");
	if (file_read(path, 1 << 20, &source, &ignored))
		return false;
	markdown_print((struct markdown_part){text_string(&source), source.length}, style, page);
	return true;
}

int command_help(const char *name)
{
	_cleanup_text_ struct text page = {0};
	const struct command *command = command_find(name);
	struct ladder_style terminal = terminal_style(false);
	struct markdown_style style = {terminal.width < 100 ? terminal.width : 100, terminal.colour};
	bool found = help_print(name, &style, &page) || (!command && print_lesson(name, &style, &page));

	if (!terminal.unicode)
		make_plain(&page);
	if (found)
		print_page(&page);
	else if (command)
		printf("windsock %s %s\n\n%s\n", name, command->arguments, command->summary);
	else
		refuse(name);
	return EXIT_RIGHT;
}

int cmd_help(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--words"))
		return print_words(argc > 2 ? argv[2] : NULL);
	if (argc > 2)
		command_usage("help", "one thing at a time: \"%s\" is too much", argv[2]);
	if (argc > 1 && argv[1][0] == '-')
		command_usage("help", "%s: not an option of help", argv[1]);
	if (argc < 2)
		command_overview();
	else if (!strcmp(argv[1], "topics"))
		print_topics();
	else
		return command_help(argv[1]);
	return EXIT_RIGHT;
}
