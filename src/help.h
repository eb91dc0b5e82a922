/* help.h - the pages of docs/, built in: a command's section, a page, a diagnosis, a word of the glossary.
 *
 * docs/ is the one truth: `make` turns its pages into src/help_files.c, and what is looked up here is looked up in
 * them. docs/commands.md has a section for each command; docs/diagnoses.md and docs/glossary.md have rows. */
#ifndef WINDSOCK_HELP_H
#define WINDSOCK_HELP_H

#include "markdown.h"

/* Adds what the pages say of NAME. false: nothing is called so. */
bool help_print(const char *name, const struct markdown_style *style, struct text *out);
/* Adds the names that NAME may stand for, separated by commas; nothing if there is none. */
void help_nearest(const char *name, struct text *out);

/* The names of pages, and the short names of their parts: a line each, NAME, a tab, its title. */
void help_topics(struct text *out);
/* The same of every diagnosis and what it means. */
void help_diagnoses(struct text *out);
/* What may stand behind COMMAND, a line each: the option or nothing, a tab, its value or the argument or nothing, a tab,
 * what it says. false: docs/commands.md has no such section. */
bool help_words(const char *command, struct text *out);

#endif
