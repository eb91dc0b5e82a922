/* grade.c - see grade.h: a class, opened. */
#include "grade.h"

#include "../src/handed_in.h"
#include "beneath.h"
#include "build_cache.h"
#include "cgroup.h"
#include "cleanup.h"
#include "die.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#define KEY_LEAST 16 /* bytes */
#define KEY_MOST 4096
#define SEED_DIGITS 16

/* ---- lessons ---- */

struct digest {
	struct sha256 sha;
	int root;
};

static bool add_to_digest(void *context, const char *path)
{
	struct digest *digest = context;
	_cleanup_text_ struct text bytes = {0};
	struct error error;

	if (beneath_read(digest->root, path, 16u << 20, &bytes, &error))
		die_error(&error);
	sha256_add(&digest->sha, path, strlen(path) + 1);
	sha256_add(&digest->sha, &bytes.length, sizeof bytes.length);
	sha256_add(&digest->sha, bytes.data, bytes.length);
	return true;
}

static void ignore(void *context, const char *path, const char *why)
{
	(void)context; /* a lesson's folder is ours, and what is odd in it grades nobody */
	(void)path;
	(void)why;
}

static char *take_fingerprint(const char *folder)
{
	_cleanup_close_ int root = beneath_root(folder);
	struct digest digest = {.root = root};
	unsigned char bytes[SHA256_SIZE];
	char hex[SHA256_HEX];
	struct error error;

	sha256_begin(&digest.sha);
	(void)beneath_trouble(); /* of what was read before */
	if (root < 0 || beneath_walk(root, ".", add_to_digest, ignore, &digest, &error) || beneath_trouble())
		die("%s: cannot be read", folder);
	sha256_end(&digest.sha, bytes);
	sha256_hex(bytes, hex);
	return mem_string(hex);
}

static void load_lesson(struct grade *grade, const char *name)
{
	struct error error;
	size_t i = 0;

	while (strcmp(grade->lessons.names[i], name) != 0) /* course_resolve() has said that it is there */
		i++;
	if (grade->lessons.chosen[i])
		return;
	if (course_load(name, &grade->loaded[i], &error))
		die_error(&error);
	grade->lessons.chosen[i] = &grade->loaded[i].lesson;
	grade->fingerprints[i] = take_fingerprint(grade->loaded[i].folder);
}

/* "all", or "01,06-tcp-server". */
static void load_lessons(struct grade *grade)
{
	struct handed_lessons *lessons = &grade->lessons;
	_cleanup_free_ char *list = mem_string(grade->options->lessons);
	char *state = NULL;
	struct error error;

	if (course_list(&lessons->names, &lessons->count, &error))
		die_error(&error);
	lessons->chosen = mem_alloc((lessons->count + 1) * sizeof *lessons->chosen);
	grade->loaded = mem_alloc((lessons->count + 1) * sizeof *grade->loaded);
	grade->fingerprints = mem_alloc((lessons->count + 1) * sizeof *grade->fingerprints);
	grade->chosen = mem_alloc((lessons->count + 1) * sizeof *grade->chosen);
	for (size_t i = 0; !strcmp(list, "all") && i < lessons->count; i++)
		load_lesson(grade, lessons->names[i]);
	for (char *word = strcmp(list, "all") ? strtok_r(list, ", ", &state) : NULL; word;
	     word = strtok_r(NULL, ", ", &state)) {
		_cleanup_free_ char *name = course_resolve(word, &error);

		if (!name)
			die_error(&error);
		load_lesson(grade, name);
	}
	for (size_t i = 0; i < lessons->count; i++)
		if (lessons->chosen[i])
			grade->chosen[grade->chosen_count++] = i;
	if (!grade->chosen_count)
		die("--lessons %s: names no lesson. `windsock list` shows all", grade->options->lessons);
}

/* ---- seeds ---- */

/* Whole or not at all: a half one would be in the way of every grade that follows. */
static void make_key(const char *path)
{
	unsigned char bytes[SHA256_SIZE];
	_cleanup_text_ struct text key = {0};
	char hex[SHA256_HEX];
	struct stat status;
	mode_t mask;
	int written;

	if (!lstat(path, &status) && !S_ISREG(status.st_mode)) /* a FIFO would wait for ever */
		die("%s: is not a file. It is the key that seeds are drawn with; take away what stands there", path);
	if (is_file(path))
		return;
	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		die("no random numbers for a key: %s", strerror(errno));
	sha256_hex(bytes, hex);
	text_printf(&key, "%s\n", hex);
	mask = umask(077);
	written = store_write_once(path, &key);
	(void)umask(mask); /* cannot fail */
	if (written < 0)
		die("%s cannot be written: %s", path, strerror(errno));
}

static void read_key(struct grade *grade)
{
	const char *chosen = grade->options->key_file;
	_cleanup_free_ char *own = store_path(&grade->store, "key");
	struct error error;

	if (!chosen)
		make_key(own);
	if (file_read(chosen ? chosen : own, KEY_MOST, &grade->key, &error))
		die_error(&error);
	while (grade->key.length && strchr("\r\n", grade->key.data[grade->key.length - 1]))
		grade->key.length--;
	if (grade->key.length < KEY_LEAST)
		die("%s: a key has at least %d bytes, or seeds can be guessed; for example the output of "
		    "`head -c 24 /dev/urandom | base64`", chosen ? chosen : own, KEY_LEAST);
}

char *grade_seed(const struct grade *grade, const char *student, const char *lesson)
{
	const char *const parts[] = {grade->options->course, student, lesson};
	_cleanup_text_ struct text words = {0};
	unsigned char digest[SHA256_SIZE];
	char hex[SHA256_HEX];

	for (size_t i = 0; i < 3; i++) /* each with its NUL: "ab" and "c" are not "a" and "bc" */
		text_add_bytes(&words, parts[i], strlen(parts[i]) + 1);
	sha256_hmac(grade->key.data, grade->key.length, words.data, words.length, digest);
	sha256_hex(digest, hex);
	return mem_bytes(hex, SEED_DIGITS);
}

/* ---- what repeats it ---- */

/* The first line of `cc --version`, or "". */
static char *ask_compiler(void)
{
	const char *chosen = getenv("CC") && *getenv("CC") ? getenv("CC") : "cc";
	char line[256] = "";
	int fds[2];
	ssize_t got = 0;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC))
		return mem_string("");
	pid = fork();
	if (!pid) {
		if (dup2(fds[1], 1) >= 0)
			execlp(chosen, chosen, "--version", (char *)NULL);
		_exit(127);
	}
	(void)close(fds[1]);
	if (pid > 0) {
		got = read(fds[0], line, sizeof line - 1);
		(void)waitpid(pid, NULL, 0); /* what it did not say is not known */
	}
	(void)close(fds[0]);
	line[got > 0 ? got : 0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return mem_string(line);
}

static void look_around(struct grade *grade)
{
	struct text kernel = {0}, machine = {0}, work = {0};
	struct utsname name;

	if (uname(&name))
		die("the system does not tell its name (uname): %s", strerror(errno));
	text_printf(&kernel, "%s %s", name.sysname, name.release);
	text_printf(&machine, "%s, %ld processors", name.machine, sysconf(_SC_NPROCESSORS_ONLN));
	if (grade->scratch.folder)
		text_add(&work, grade->scratch.folder);
	else
		text_printf(&work, "%s/work/%s-%ld", grade->store.folder, name.nodename, (long)getpid());
	grade->kernel = kernel.data;
	grade->machine = machine.data;
	grade->work = work.data;
	grade->node = mem_string(grade->options->node ? grade->options->node : name.nodename);
	grade->compiler = ask_compiler();
}

/* ---- the whole ---- */

static bool is_in_chunk(const void *context, const char *student)
{
	return chunk_has_student(context, student);
}

static bool is_lesson(const struct grade *grade, const char *name)
{
	for (size_t i = 0; i < grade->lessons.count; i++)
		if (!strcmp(grade->lessons.names[i], name))
			return true;
	return false;
}

/* A folder of lessons is one student's, and would be a class of students who are called after lessons. */
static void check_students(const struct grade *grade)
{
	const struct submissions *all = &grade->submissions;

	for (size_t i = 0; i < all->count; i++)
		if (!is_lesson(grade, all->list[i].student))
			return;
	die("%s: what lies in it is called after lessons (%s), not after students. If it is one student's, name the folder "
	    "that it lies in; else say by --map who is who", grade->options->submissions, all->list[0].student);
}

static void find_submissions(struct grade *grade)
{
	const struct submissions_choice choice = {is_in_chunk, grade->chunk};
	_cleanup_text_ struct text scratch = {0};
	struct error error;

	text_printf(&scratch, "%s/unpacked", grade->work);
	if (folder_make(text_string(&scratch), &error) ||
	    submissions_find(&grade->submissions, grade->options->submissions, grade->options->map, grade->store.folder,
	                     text_string(&scratch), grade->chunk ? &choice : NULL, &error))
		die_error(&error);
	check_students(grade);
}

/* Only one who is alone may take away what lies about in DIR/work. */
static void sweep(const struct grade *grade)
{
	_cleanup_free_ char *work = store_path(&grade->store, "work");
	struct error error;

	store_sweep(&grade->store);
	if (folder_remove(work, &error))
		die_error(&error);
}

/* DIR/built; not of a chunk, which shares nothing with others but records. */
static void keep_programs(struct grade *grade)
{
	struct error ignored; /* then nothing is kept */

	grade->built = store_path(&grade->store, "built");
	if (folder_make(grade->built, &ignored))
		return;
	build_cache_sweep(grade->built);
	build_cache = grade->built;
}

/* What a grade leaves would be in the way of the next one, and the other way round. */
static void check_out(const struct grade_options *options)
{
	struct stat submissions, out;

	if (!stat(options->submissions, &submissions) && !stat(options->out, &out) && submissions.st_dev == out.st_dev &&
	    submissions.st_ino == out.st_ino)
		die("--out %s: is the folder with the submissions. Name another one for the results", options->out);
}

void grade_open(struct grade *grade, const struct grade_options *options)
{
	struct error error;

	*grade = (struct grade){.options = options, .store.lock_fd = -1, .scratch.lock_fd = -1,
	                        .memory.lock_fd = -1};
	(void)cgroup_open(); /* without, the other limits stand */
	load_lessons(grade);
	check_out(options);
	if (store_open(&grade->store, options->out, !options->shared, &error))
		die_error(&error);
	if (!options->shared)
		sweep(grade);
	read_key(grade);
	if (options->chunk) {
		grade->chunk = mem_alloc(sizeof *grade->chunk);
		if (chunk_read(grade->chunk, options->chunk, options->which, &error) || scratch_open(&grade->scratch, NULL, &error))
			die_error(&error);
	}
	if (scratch_memory() && scratch_open(&grade->memory, scratch_memory(), &error))
		die_error(&error);
	if (!options->chunk)
		keep_programs(grade);
	look_around(grade);
	find_submissions(grade);
}

void grade_close(struct grade *grade)
{
	struct error ignored;

	(void)folder_remove(grade->work, &ignored); /* the next grade sweeps */
	if (grade->memory.folder)
		scratch_close(&grade->memory);
	if (grade->chunk) {
		chunk_free(grade->chunk);
		free(grade->chunk);
		scratch_close(&grade->scratch);
	}
	for (size_t i = 0; i < grade->lessons.count; i++) {
		if (grade->lessons.chosen[i])
			course_free(&grade->loaded[i]);
		free(grade->lessons.names[i]);
		free(grade->fingerprints[i]);
	}
	free(grade->lessons.names);
	free(grade->lessons.chosen);
	free(grade->loaded);
	free(grade->fingerprints);
	free(grade->chosen);
	free(grade->work);
	build_cache = NULL;
	free(grade->built);
	free(grade->compiler);
	free(grade->kernel);
	free(grade->machine);
	free(grade->node);
	text_free(&grade->key);
	submissions_free(&grade->submissions);
	store_close(&grade->store);
}

static void add_remarks(struct result *result, char *const *remarks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		result->remarks[result->remark_count++] = mem_string(remarks[i]);
}

static void __attribute__((format(printf, 2, 3))) add_remark(struct result *result, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&result->remarks[result->remark_count++], format, arguments) < 0)
		abort(); /* out of memory, as text.h */
	va_end(arguments);
}

static void begin_files(const struct handed *handed, struct result *result)
{
	result->files = mem_alloc((handed->count + 1) * sizeof *result->files);
	result->file_count = handed->count;
	for (size_t i = 0; i < handed->count; i++)
		result->files[i] = (struct result_file){mem_string(handed->sources[i].wanted),
		                                        mem_string(handed->sources[i].sha256),
		                                        mem_string(text_string(&handed->sources[i].remark))};
}

void grade_begin_record(const struct grade *grade, const struct unit *unit, const struct handed_tree *tree,
                        const struct handed *handed, struct result *result)
{
	const struct submission *submission = &grade->submissions.list[unit->student];
	const char *lesson = grade->lessons.names[unit->lesson];

	*result = (struct result){
		.version = RESULT_VERSION, .course = mem_string(grade->options->course), .lesson = mem_string(lesson),
		.student = mem_string(submission->student), .seed = grade_seed(grade, submission->student, lesson),
		.windsock = mem_string(PACKAGE_VERSION), .lesson_sha256 = mem_string(grade->fingerprints[unit->lesson]),
		.compiler_version = mem_string(grade->compiler), .kernel = mem_string(grade->kernel),
		.machine = mem_string(grade->machine), .node = mem_string(grade->node), .started = (int64_t)time(NULL),
	};
	begin_files(handed, result);
	result->remarks = mem_alloc((submission->remark_count + tree->remarks.remark_count + 2) * sizeof *result->remarks);
	add_remarks(result, submission->remarks, submission->remark_count);
	add_remarks(result, tree->remarks.remarks, tree->remarks.remark_count);
	if (submission->more_remarks + tree->remarks.more_remarks)
		add_remark(result, "and %zu remarks more, of which none is kept",
		           submission->more_remarks + tree->remarks.more_remarks);
	if (handed->left_out.length)
		add_remark(result, "left out, for the lesson does not ask for it: %s", text_string(&handed->left_out));
}
