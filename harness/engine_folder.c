/* engine_folder.c - DIR/engine/N: what a run of chunks consists of, and how far it came. */
#include "engine.h"

#include "../src/sha256.h"
#include "cleanup.h"
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define NOTE_MOST 4096
#define CLOSELY_MOST 3 /* lessons whose networks are built to see whether a node can */

char *engine_path(const struct engine_run *run, const char *part)
{
	return file_path(run->folder, part, "");
}

/* ---- which one ---- */

static unsigned long latest_number(const char *out)
{
	_cleanup_free_ char *path = file_path(out, "engine", "");
	DIR *entries = opendir(path);
	unsigned long latest = 0;

	for (struct dirent *entry; entries && (entry = readdir(entries));) {
		char *end;
		unsigned long number = strtoul(entry->d_name, &end, 10);

		if (!*end && number > latest)
			latest = number;
	}
	if (entries)
		(void)closedir(entries); /* only read from */
	return latest;
}

/* Two folders of one user never have the same, and a folder always has its own. */
static void make_name(struct engine_run *run)
{
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct sha256 sha;
	struct text name = {0};

	sha256_begin(&sha);
	sha256_add(&sha, run->out, strlen(run->out));
	sha256_end(&sha, digest);
	sha256_hex(digest, hex);
	text_printf(&name, "windsock-%.8s-%lu", hex, run->number);
	run->name = name.data;
}

static void set_number(struct engine_run *run, unsigned long number)
{
	struct text folder = {0};

	free(run->folder);
	free(run->name);
	run->number = number;
	text_printf(&folder, "%s/engine/%lu", run->out, number);
	run->folder = folder.data;
	make_name(run);
}

static bool has_note(const struct engine_run *run, const char *note)
{
	_cleanup_free_ char *path = engine_path(run, note);

	return is_file(path);
}

/* "slurm 12": the engine's name, what it calls the job. */
static int read_job(struct engine_run *run, struct error *error)
{
	const char *note = has_note(run, "job") ? "job" : "submitting";
	_cleanup_free_ char *path = engine_path(run, note);
	_cleanup_text_ struct text text = {0};
	const char *name = run->settings->engine->name;

	if (file_read(path, NOTE_MOST, &text, error))
		return -1;
	text_add(&text, "");
	text.data[strcspn(text.data, "\n")] = '\0';
	if (strncmp(text.data, name, strlen(name)) != 0 || text.data[strlen(name)] != ' ')
		return error_set(error, path, 0, 0, "says \"%s\": chunks of this grade may still run there. Give the command for "
		                 "that engine, or, where you know that none does, remove this file", text.data);
	if (!strcmp(note, "job"))
		run->job = mem_string(text.data + strlen(name) + 1);
	return 1;
}

/* How many units and chunks its plan has: the last line has the last chunk. */
static int count_plan(struct engine_run *run, struct error *error)
{
	_cleanup_free_ char *path = engine_path(run, "plan");
	_cleanup_text_ struct text text = {0};

	if (file_read(path, 1u << 30, &text, error))
		return -1;
	run->units = run->chunks = 0;
	for (const char *line = text_string(&text); *line; line = strchr(line, '\n') + 1) {
		run->units++;
		run->chunks = strtoul(line, NULL, 10) + 1;
		if (!strchr(line, '\n'))
			break;
	}
	return 1;
}

int engine_open(struct engine_run *run, const struct engine_settings *settings, const char *out, struct error *error)
{
	unsigned long latest = latest_number(out);

	*run = (struct engine_run){.settings = settings, .out = mem_string(out)};
	set_number(run, latest ? latest : 1);
	if (!has_note(run, "job") && !has_note(run, "submitting"))
		return 0; /* nobody has seen it: its number is used again */
	if (has_note(run, "ended")) {
		set_number(run, latest + 1);
		return 0;
	}
	return read_job(run, error) < 0 ? -1 : count_plan(run, error);
}

void engine_close(struct engine_run *run)
{
	for (size_t i = 0; i < run->node_count; i++) {
		free(run->nodes[i].name);
		free(run->nodes[i].why_not);
	}
	free(run->nodes);
	free(run->out);
	free(run->folder);
	free(run->name);
	free(run->job);
	*run = (struct engine_run){0};
}

/* ---- what lies in it ---- */

/* The line NAME=VALUE, for what a shell of the node would set otherwise. */
static void add_variable(const char *name, struct text *out)
{
	const char *value = getenv(name);

	if (!value || !*value)
		return;
	text_printf(out, "%s=", name);
	argv_quote(value, out);
	text_printf(out, "\nexport %s\n", name);
}

static void begin_script(const struct engine_run *run, const char *what, struct text *out)
{
	text_printf(out, "#!/bin/sh\n# %s Made by windsock grade --on %s.\n", what, run->settings->engine->name);
	add_variable("WINDSOCK_LESSONS", out);
	add_variable("WINDSOCK_TCPDUMP", out);
	add_variable("CC", out);
	if (run->settings->before)
		text_printf(out, "%s\n", run->settings->before);
}

static int write_script(const struct engine_run *run, const char *name, const struct text *text, struct error *error)
{
	_cleanup_free_ char *path = engine_path(run, name);

	if (file_write(path, text->data, text->length, error))
		return -1;
	return chmod(path, 0755) ? error_set(error, path, 0, 0, "cannot be made a program: %s", strerror(errno)) : 0;
}

/* What tells whether a machine can run labs: for a few lessons each of their networks, else what lessons need. */
static void add_doctor(const char *windsock, const struct argv *lessons, struct text *out)
{
	size_t count = lessons->count <= CLOSELY_MOST ? lessons->count : 1;

	for (size_t i = 0; i < count; i++) {
		text_add(out, i ? " && " : "{ ");
		argv_quote(windsock, out);
		text_printf(out, " doctor %s", lessons->count <= CLOSELY_MOST ? lessons->words[i] : "");
	}
	text_add(out, "; } >\"$scratch/said\" 2>&1 </dev/null\nstatus=$?\n");
}

/* The first line that says what is wrong, else the last one. */
static int write_probe(const struct engine_run *run, const char *windsock, const struct argv *lessons,
                       struct error *error)
{
	_cleanup_text_ struct text script = {0};

	begin_script(run, "Asks this node whether it can run labs; the answer becomes the file $1.", &script);
	text_add(&script, "scratch=$(mktemp -d \"${TMPDIR:-/tmp}/windsock-probe.XXXXXX\") || exit 2\n"
	         "trap 'rm -rf \"$scratch\"' EXIT\n"
	         "XDG_CACHE_HOME=$scratch\n"
	         "export XDG_CACHE_HOME\n");
	add_doctor(windsock, lessons, &script);
	text_add(&script, "if [ $status -eq 0 ]; then\n"
	         "\tanswer=yes\n"
	         "else\n"
	         "\tanswer=\"no: $({ grep -m 1 -e '^windsock: ' -e '^no ' \"$scratch/said\" || tail -n 1 \"$scratch/said\"; } |\n"
	         "\t\ttr -s ' ' | cut -c 1-300)\"\n"
	         "fi\n"
	         "if [ -n \"$1\" ]; then\n"
	         "\tprintf '%s\\n' \"$answer\" >\"$1.new\" && mv \"$1.new\" \"$1\"\n"
	         "else\n"
	         "\t[ $status -eq 0 ] || printf 'windsock: this node cannot run labs: %s\\n' \"$answer\"\n"
	         "\texit $status\n"
	         "fi\n");
	return write_script(run, "probe.sh", &script, error);
}

static int write_chunk(const struct engine_run *run, const struct argv *grade, struct error *error)
{
	_cleanup_free_ char *plan = engine_path(run, "plan"), *log = engine_path(run, "log"),
	                    *probe = engine_path(run, "probe.sh");
	_cleanup_text_ struct text script = {0};

	begin_script(run, "Grades one chunk: number $1, or the array task's.", &script);
	text_add(&script, "chunk=${1:-$SLURM_ARRAY_TASK_ID}\n"
	         "node=${SLURMD_NODENAME:-${PARALLEL_SSHHOST:-$(uname -n)}}\n"
	         "if [ -n \"$1\" ]; then exec >>");
	argv_quote(log, &script);
	text_add(&script, "/\"$chunk\" 2>&1; fi\nprintf 'chunk %s on %s, %s\\n' \"$chunk\" \"$node\" \"$(date)\"\nsh ");
	argv_quote(probe, &script);
	text_add(&script, " || exit 77\nexec ");
	argv_print(grade, &script);
	text_add(&script, " --chunk \"$chunk\" --of ");
	argv_quote(plan, &script);
	text_add(&script, " --node \"$node\"\n");
	return write_script(run, "chunk.sh", &script, error);
}

int engine_write(const struct engine_run *run, const struct argv *grade, const struct argv *lessons,
                 struct error *error)
{
	_cleanup_free_ char *log = engine_path(run, "log"), *nodes = file_path(run->out, "engine/nodes", "");

	if (folder_make(log, error) || folder_make(nodes, error) || write_probe(run, grade->words[0], lessons, error))
		return -1;
	return write_chunk(run, grade, error);
}

int engine_note(const struct engine_run *run, const char *note, const char *words, struct error *error)
{
	_cleanup_free_ char *path = engine_path(run, note);
	_cleanup_text_ struct text text = {0};

	text_printf(&text, "%s %s\n", run->settings->engine->name, words);
	return file_write(path, text.data, text.length, error);
}
