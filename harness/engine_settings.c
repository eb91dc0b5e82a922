/* engine_settings.c - what a site wants to be asked for: options, and a small file with the same words. */
#include "engine.h"

#include "cleanup.h"
#include "files.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#define FILE_MOST (64u << 10)

enum kind { KIND_WORD, KIND_NUMBER };

/* In the file and, with -- before them, as options; "argument" and "before" only in the file. */
static const struct {
	const char *key;
	enum kind kind;
	size_t offset;
	unsigned long most;
} keys[] = {
	{"account", KIND_WORD, offsetof(struct engine_settings, account), 0},
	{"at-once", KIND_NUMBER, offsetof(struct engine_settings, at_once), 100000},
	{"before", KIND_WORD, offsetof(struct engine_settings, before), 0},
	{"chunk-size", KIND_NUMBER, offsetof(struct engine_settings, chunk), 1000000},
	{"cpus", KIND_NUMBER, offsetof(struct engine_settings, cpus), 256},
	{"hosts", KIND_WORD, offsetof(struct engine_settings, hosts), 0},
	{"memory", KIND_WORD, offsetof(struct engine_settings, memory), 0},
	{"partition", KIND_WORD, offsetof(struct engine_settings, partition), 0},
	{"ssh", KIND_WORD, offsetof(struct engine_settings, ssh), 0},
	{"time", KIND_NUMBER, offsetof(struct engine_settings, minutes), 100000},
	{"windsock", KIND_WORD, offsetof(struct engine_settings, windsock), 0},
};

#define KEY_COUNT (sizeof keys / sizeof keys[0])

static int set_number(unsigned long *slot, const char *key, const char *value, unsigned long most, struct error *error)
{
	unsigned long number;
	char *end;

	errno = 0;
	number = strtoul(value, &end, 10);
	if (*value < '0' || *value > '9' || *end || errno || !number || number > most)
		return error_set(error, NULL, 0, 0, "%s %s: a number from 1 to %lu", key, value, most);
	if (!*slot)
		*slot = number;
	return 0;
}

static void add_names(struct text *out)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		text_printf(out, "%s, ", keys[i].key);
	text_add(out, "on, argument");
}

static int set_engine(struct engine_settings *settings, const char *name, struct error *error)
{
	_cleanup_text_ struct text names = {0};
	const struct engine *engine = engine_find(name);

	engine_names(&names);
	if (!engine)
		return error_set(error, NULL, 0, 0, "on %s: there is no such engine; there are %s", name, text_string(&names));
	if (!settings->engine)
		settings->engine = engine;
	return 0;
}

int engine_set(struct engine_settings *settings, const char *key, const char *value, struct error *error)
{
	_cleanup_text_ struct text names = {0};
	char *slot;

	if (!strcmp(key, "on"))
		return set_engine(settings, value, error);
	if (!strcmp(key, "argument")) {
		argv_add(&settings->arguments, value);
		return 0;
	}
	for (size_t i = 0; i < KEY_COUNT; i++) {
		if (strcmp(keys[i].key, key) != 0)
			continue;
		slot = (char *)settings + keys[i].offset;
		if (keys[i].kind == KIND_NUMBER)
			return set_number((unsigned long *)(void *)slot, key, value, keys[i].most, error);
		if (!*(char **)(void *)slot)
			*(char **)(void *)slot = mem_string(value);
		return 0;
	}
	add_names(&names);
	return error_set(error, NULL, 0, 0, "\"%s\" is no setting; there are %s", key, text_string(&names));
}

/* "KEY VALUE", the value to the end of the line. */
static int take_line(struct engine_settings *settings, const char *path, int number, char *line, struct error *error)
{
	char *value = line + strcspn(line, " \t");
	struct error fault;

	if (*value)
		*value++ = '\0';
	value += strspn(value, " \t");
	value[strcspn(value, "\r")] = '\0';
	if (!*value)
		return error_set(error, path, number, 0, "\"%s\" has no value: write a setting and its value, such as "
		                 "\"partition class\"", line);
	return engine_set(settings, line, value, &fault) ? error_set(error, path, number, 0, "%s", fault.text) : 0;
}

static int take_file(struct engine_settings *settings, const char *path, struct error *error)
{
	_cleanup_text_ struct text text = {0};
	char *state = NULL, *line;

	if (file_read(path, FILE_MOST, &text, error))
		return -1;
	text_add(&text, "");
	line = text.data;
	for (int number = 1; line; number++, line = state) {
		size_t length = strcspn(line, "\n");

		state = line[length] ? line + length + 1 : NULL;
		line[length] = '\0';
		line += strspn(line, " \t");
		if (*line && *line != '#' && *line != '\r' && take_line(settings, path, number, line, error))
			return -1;
	}
	return 0;
}

static char *usual_path(void)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && *config)
		return file_path(config, "windsock/engine", "");
	return home && *home ? file_path(home, ".config/windsock/engine", "") : NULL;
}

int engine_read_settings(struct engine_settings *settings, const char *path, struct error *error)
{
	_cleanup_free_ char *usual = path ? NULL : usual_path();

	if (path)
		return take_file(settings, path, error);
	return usual && is_file(usual) ? take_file(settings, usual, error) : 0;
}

void engine_settings_free(struct engine_settings *settings)
{
	for (size_t i = 0; i < KEY_COUNT; i++)
		if (keys[i].kind == KIND_WORD)
			free(*(char **)(void *)((char *)settings + keys[i].offset));
	argv_free(&settings->arguments);
	*settings = (struct engine_settings){0};
}
