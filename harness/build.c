/* build.c - see build.h. What a program was made from (compiler, flags, every byte
 * of the source) is kept beside it; the same again is not compiled again. */
#include "build.h"

#include "../src/fnv.h"
#include "cleanup.h"
#include "files.h"
#include "pace.h"
#include "sandbox_parts.h"
#include "student_file.h"
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#define SOURCE_MAX (1 << 20)
#define MESSAGES_MAX (64 << 10)
#define PROGRAM_MOST (64 << 20) /* bytes; a compiler may make half of that */
#define FEW_PROCESSES 1024 /* what distributions allow is 7,000 and more */
#define TOO_MUCH_US 5000000 /* of processor time: half of what is its limit */
#define COMPILE_US 60000000 /* by the clock, times the machine's pace; processor time ends sooner (sandbox_limits.c) */

/* No link-time optimisation plugin: it writes files of its own. -pipe: neither does cc1. */
static const char *const flags[] = {"-std=c11", "-D_GNU_SOURCE", "-g",      "-O0",   "-Wall",
                                    "-Wextra",  "-pthread",      "-pipe", "-fno-lto", "-fno-use-linker-plugin",
                                    "-fmax-errors=20"};

#define RESULT "windsock-program"
#define COMPILER_NEEDS ((rlim_t)256 << 20) /* bytes of address space, for a program as a lesson's */

static const char *compiler(void)
{
	const char *chosen = getenv("CC");

	return chosen && *chosen ? chosen : "cc";
}

static int take_fingerprint(struct build *build, struct error *error)
{
	const char *slash = strrchr(build->source, '/');
	_cleanup_free_ char *folder = slash ? mem_bytes(build->source, (size_t)(slash - build->source)) : mem_string(".");
	uint64_t value = FNV1A_BASIS;

	/* No link is followed: it would be read with the rights of who grades. */
	if (student_file_read(folder, slash ? slash + 1 : build->source, SOURCE_MAX, &build->code, error))
		return -1;
	value = fnv1a(value, compiler(), strlen(compiler()) + 1);
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		value = fnv1a(value, flags[i], strlen(flags[i]) + 1);
	value = fnv1a(value, build->code.data, build->code.length);
	text_printf(&build->fingerprint, "%016llx %s\n", (unsigned long long)value, build->source);
	return 0;
}

/* What the key of a program says: what it was made from, what was made, and which file that is (FILE: its status).
 * Nobody chooses the number of a file and when it was last changed: who hands in a program of his own with the sources
 * cannot give it a key. */
static void say_key(const struct build *build, const struct text *program, const struct stat *file, struct text *key)
{
	text_printf(key, "%s%016llx %zu bytes, file %ju of %jd.%09ld\n", text_string(&build->fingerprint),
	            (unsigned long long)fnv1a(FNV1A_BASIS, program->data, program->length), program->length,
	            (uintmax_t)file->st_ino, (intmax_t)file->st_ctim.tv_sec, file->st_ctim.tv_nsec);
}

/* A program that a full disk or a power cut has shortened is none, nor is one that we did not put there. */
static bool is_fresh(const struct build *build)
{
	_cleanup_text_ struct text key = {0}, program = {0}, wanted = {0};
	struct error ignored;
	struct stat status;

	if (stat(build->program, &status) || (status.st_mode & 0555) != 0555) /* as install() leaves it */
		return false;
	if (!is_file(build->program) || !is_file(build->key) || file_read(build->key, 4096, &key, &ignored) ||
	    file_read(build->program, PROGRAM_MOST, &program, &ignored))
		return false;
	say_key(build, &program, &status, &wanted);
	return !strcmp(text_string(&key), text_string(&wanted));
}

static const char *name_of(const struct build *build)
{
	return path_name(build->source);
}

/* LATER: the source is not read yet. */
static int prepare_compiler(struct build *build, bool later, struct error *error)
{
	_cleanup_free_ char *path = file_find_program(compiler());
	const char *arguments[sizeof flags / sizeof flags[0] + 5];
	struct sandbox_command command = {.arguments = (char *const *)arguments, .own_words = 1, .compiles = true,
	                                  .source_name = name_of(build), .source = later ? NULL : &build->code,
	                                  .result_name = RESULT};
	size_t count = 0;

	if (!path)
		return wall_say(WALL_COMPILER_MISSING, NULL, compiler(), error);
	arguments[count++] = path;
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		arguments[count++] = flags[i];
	arguments[count++] = "-o";
	arguments[count++] = RESULT;
	arguments[count++] = name_of(build); /* the lesson's, which never begins with - or @ */
	arguments[count] = NULL;
	if (sandbox_prepare(&build->sandbox, NULL, 0, &command, error))
		return -1;
	return 0;
}

static void discard_sandbox(struct build *build)
{
	sandbox_kill(&build->sandbox);
	sandbox_reap(&build->sandbox);
	sandbox_close(&build->sandbox);
	build->sandbox = SANDBOX_NONE;
	build->ready = false;
}

/* A sandbox that was lost as it waited is no loss: another one is made. */
static void feed(struct build *build)
{
	if (sandbox_feed(&build->sandbox, &build->code))
		discard_sandbox(build);
}

static int start_compiler(struct build *build, struct error *error)
{
	if (build->ready)
		feed(build);
	if (!build->ready && prepare_compiler(build, false, error))
		return -1;
	if (sandbox_go(&build->sandbox, false) && errno != EPIPE) /* it is gone, and says why itself */
		return error_set(error, NULL, 0, 0, "cannot start the compiler: %s", strerror(errno));
	return 0;
}

/* What is compiled there could not be run. */
static bool is_noexec(const char *folder)
{
	struct statvfs status;

	return !statvfs(folder, &status) && (status.f_flag & ST_NOEXEC);
}

/* The student knows his folder, not what is ours in it. */
static int refuse_folder(const char *folder, struct error *error)
{
	const char *ours = strstr(folder, "/.windsock");
	_cleanup_free_ char *his = mem_bytes(folder, ours ? (size_t)(ours - folder) : strlen(folder));

	return wall_say(WALL_NOEXEC, NULL, his, error);
}

static void name_build(struct build *build, const char *source, const char *folder, const char *name)
{
	*build = (struct build){.source = mem_string(source), .program = file_path(folder, name, ""),
	                        .key = file_path(folder, name, ".key"), .sandbox = SANDBOX_NONE};
	(void)filter_make(); /* for every process that is forked from here, once; where it fails it is tried again, and said */
}

void build_prepare(struct build *build, const char *source, const char *folder, const char *name)
{
	struct error ignored;

	name_build(build, source, folder, name);
	build->ready = !prepare_compiler(build, true, &ignored);
}

static bool take_kept(struct build *build)
{
	_cleanup_free_ char *path = build_cache ? file_find_program(compiler()) : NULL;

	build_cache_name(&build->cache_key, path, flags, sizeof flags / sizeof flags[0], name_of(build), &build->code);
	if (!build_cache_take(&build->cache_key, &build->messages, &build->result))
		return false;
	if (build->ready)
		discard_sandbox(build);
	return true;
}

int build_start(struct build *build, const char *source, const char *folder, const char *name, struct error *error)
{
	if (!build->ready)
		name_build(build, source, folder, name);
	if (take_fingerprint(build, error))
		return -1;
	/* Root's programs run as nobody, who must find them whatever the umask. */
	if (!geteuid() && chmod(folder, 0755))
		return error_set(error, folder, 0, 0, "cannot be opened to all: %s", strerror(errno));
	if (is_noexec(folder))
		return refuse_folder(folder, error);
	build->fresh = is_fresh(build);
	if (build->fresh) {
		if (build->ready)
			discard_sandbox(build);
		return 0;
	}
	/* Who looks for the program while it is being compiled shall not find the old one. */
	if (remove(build->program) && errno != ENOENT) /* a folder too, if it is empty */
		return error_set(error, build->program, 0, 0, "cannot be replaced: %s", strerror(errno));
	build->kept = take_kept(build);
	return build->kept ? 0 : start_compiler(build, error);
}

/* What is there to be read. */
static void read_pipe(struct build *build, int *fd, struct text *text, size_t most)
{
	char buffer[16384];
	ssize_t got;

	while (*fd >= 0 && (got = read(*fd, buffer, sizeof buffer)) != -1) {
		if (!got) {
			(void)close(*fd);
			*fd = -1;
			return;
		}
		if (sandbox_has(LAYER_OUTPUT) && text->length > most) {
			build->stopped = BUILD_SAID_TOO_MUCH; /* of the result it is the keeper that sees to that */
			return;
		}
		text_add_bytes(text, buffer, (size_t)got);
	}
}

/* Until it has ended, or is ended. */
static enum sandbox_end await_compiler(struct build *build, int *value)
{
	struct sandbox *sandbox = &build->sandbox;
	struct pace_limit limit = pace_limit(COMPILE_US);
	enum sandbox_end end = SANDBOX_RUNNING;

	while (!build->stopped && end == SANDBOX_RUNNING) {
		struct pollfd pollers[] = {{.fd = sandbox->output_fd[0], .events = POLLIN},
		                           {.fd = sandbox->output_fd[1], .events = POLLIN},
		                           {.fd = sandbox->result_fd, .events = POLLIN},
		                           {.fd = sandbox->status_fd, .events = POLLIN}};
		int64_t left = pace_left(&limit);

		if (left <= 0)
			build->stopped = BUILD_TOOK_TOO_LONG;
		else
			(void)poll(pollers, 4, (int)(left / 1000) + 1); /* interrupted: looks again */
		end = sandbox_status(sandbox, value);
		if (end == SANDBOX_FULL)
			build->stopped = BUILD_FILLED_MEMORY;
		for (int i = 0; i < 2; i++)
			read_pipe(build, &sandbox->output_fd[i], &build->messages, MESSAGES_MAX);
		read_pipe(build, &sandbox->result_fd, &build->result, SIZE_MAX);
	}
	sandbox_kill(sandbox);
	sandbox_reap(sandbox);
	return end;
}

/* Not before the other programs' processes are there: one that has it open for writing would keep it from being
 * executed. For whoever runs it (root's programs run as nobody) it is open to all, whatever the umask. The key
 * comes last: a kill in between makes the next build compile again. */
static int install(struct build *build, struct error *error)
{
	_cleanup_text_ struct text key = {0};
	struct stat status;

	if (file_write(build->program, build->result.data, build->result.length, error))
		return -1;
	if (chmod(build->program, 0755) || stat(build->program, &status))
		return error_set(error, build->program, 0, 0, "cannot be put in place: %s", strerror(errno));
	/* With warnings it is compiled again next time, so that they are shown again. */
	if (build->messages.length)
		return 0;
	say_key(build, &build->result, &status, &key);
	return file_write(build->key, key.data, key.length, error);
}

#define LOW_LIMIT "it stops at any program here, so a limit of this machine is too low (ulimit -a shows them)"

/* What a compiler says when the machine is at fault and not the source. */
static const struct trouble {
	const char *sign, *words;
	enum wall wall;
} troubles[] = {
	{"fork: Resource temporarily unavailable", NULL, WALL_PROCESSES},
	{"fatal error: cannot execute", "the compiler cannot start its parts", WALL_UNKNOWN},
	{"collect2: fatal error:", "the linker cannot be started", WALL_UNKNOWN},
	{"annot create temporary file", "the compiler has no place for its files", WALL_UNKNOWN},
	{"fatal error: stdio.h: No such file", NULL, WALL_HEADERS_MISSING},
	{"cannot find Scrt1.o", NULL, WALL_HEADERS_MISSING},
	/* A limit that is lower than those of sandbox_limits.c, which stands. */
	{"signal terminated program", LOW_LIMIT, WALL_UNKNOWN},
	{"limit exceeded", LOW_LIMIT, WALL_UNKNOWN},
	{"ile too large", LOW_LIMIT, WALL_UNKNOWN},
	{"unable to execute command", LOW_LIMIT, WALL_UNKNOWN}, /* clang */
};

/* Whether a source that nobody can object to compiles. What the compiler prints may be the student's own words
 * (#error, #pragma message, the assembler's .print): only this tells whose fault it is. */
static bool machine_compiles(void)
{
	struct build probe = {.source = mem_string("probe.c"), .sandbox = SANDBOX_NONE};
	enum sandbox_end end;
	struct error ignored; /* the student's own build has its words */
	bool compiles;
	int value = 0;

	text_add(&probe.code, "#include <stdio.h>\nint main(void) { return puts(\"\") < 0; }\n");
	compiles = !start_compiler(&probe, &ignored);
	if (compiles) {
		end = await_compiler(&probe, &value);
		compiles = !probe.stopped && end == SANDBOX_EXITED && !value;
	}
	build_free(&probe);
	return compiles;
}

static int blame(const struct trouble *trouble, const struct build *build, struct error *error)
{
	if (trouble->wall == WALL_PROCESSES)
		return wall_met(DOOR_NAMESPACE, "start the parts of the compiler", EAGAIN, error);
	if (trouble->wall)
		return wall_say(trouble->wall, NULL, NULL, error);
	return error_set(error, build->program, 0, 0, "cannot be made, which is not your fault: %s. The compiler said: %.300s",
	                 trouble->words, text_string(&build->messages));
}

/* The one that the compiler's words look like; NULL: none. */
static const struct trouble *said_trouble(const struct build *build)
{
	for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++)
		if (strstr(text_string(&build->messages), troubles[i].sign))
			return &troubles[i];
	return NULL;
}

/* Where few processes may be started at all (ulimit -u) the next moment may have room for one: that a probe compiles
 * then tells nothing of the moment before. */
static bool is_crowded(const struct build *build)
{
	struct rlimit limit;

	return strstr(text_string(&build->messages), "Resource temporarily unavailable") && !getrlimit(RLIMIT_NPROC, &limit) &&
	       limit.rlim_cur < FEW_PROCESSES;
}

static int find_trouble(const struct build *build, struct error *error)
{
	const struct trouble *trouble = said_trouble(build);

	return trouble && (is_crowded(build) || !machine_compiles()) ? blame(trouble, build, error) : 0;
}

/* A machine may be out of processes for a moment, and well again when it is asked whose fault that was: what looks
 * like its trouble counts when it is said twice. */
static int compile_again(struct build *build, enum sandbox_end *end, int *value, struct error *error)
{
	sandbox_close(&build->sandbox);
	build->sandbox = SANDBOX_NONE;
	build->ready = false;
	text_free(&build->messages);
	text_free(&build->result);
	*value = 0;
	if (start_compiler(build, error))
		return -1;
	*end = await_compiler(build, value);
	return 0;
}

/* Whether a line that is not about a line of the source has SIGN: a student's #error may say anything. */
static bool is_said(const struct build *build, const char *sign)
{
	const char *name = name_of(build);
	size_t length = strlen(name);

	for (const char *at = text_string(&build->messages); (at = strstr(at, sign)) != NULL; at += strlen(sign)) {
		const char *line = at;

		while (line > build->messages.data && line[-1] != '\n')
			line--;
		if (*line != ' ' && !(!strncmp(line, name, length) && line[length] == ':'))
			return true;
	}
	return false;
}

/* Ended from outside: the machine was short of memory, or somebody did it. A source that asks for too much takes
 * processor time up to the limit, or memory, which is refused and not punished. */
static bool was_killed(const struct build *build, enum sandbox_end end, int value)
{
	if (build->stopped || build->sandbox.computed_us >= TOO_MUCH_US)
		return false;
	if (end == SANDBOX_SIGNALLED)
		return value == SIGKILL || value == SIGTERM || value == SIGINT || value == SIGHUP;
	return is_said(build, "Killed signal terminated program") || is_said(build, "ld terminated with signal 9");
}

/* A lower limit than the compiler's own, which would look like a source that asks for too much. */
static int find_narrow(const char *said, struct error *error)
{
	struct rlimit limit;
	char mebibytes[32];

	if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_max >= COMPILER_NEEDS ||
	    (!strstr(said, "memory") && !strstr(said, "program cc1") && !strstr(said, "failed to map") && *said))
		return 0;
	snprintf(mebibytes, sizeof mebibytes, "%llu", (unsigned long long)limit.rlim_max >> 20);
	return wall_say(WALL_ADDRESS_SPACE, NULL, mebibytes, error);
}

/* What the compiler says when a source is too much for it; in plain words. */
static const struct {
	const char *sign, *words;
} excesses[] = {
	{"CPU time limit exceeded", "more processor time than any lesson's program needs"},
	{"program cc1", "more than it can take: the compiler itself was stopped, or crashed"},
	{"out of memory", "more memory than any lesson's program needs"},
	{"virtual memory exhausted", "more memory than any lesson's program needs"},
	{"File size limit exceeded", "a program that is larger than any lesson's"},
	{"file too large", "a program that is larger than any lesson's"},
	{"No space left on device", "a program that is larger than any lesson's"},
};

static void explain_excess(struct build *build)
{
	const char *words = NULL;

	for (size_t i = 0; i < sizeof excesses / sizeof excesses[0] && !words; i++)
		if (is_said(build, excesses[i].sign))
			words = excesses[i].words;
	if (build->stopped == BUILD_SAID_TOO_MUCH) {
		build->messages.length = MESSAGES_MAX / 16; /* the first ones are those that matter */
		build->messages.data[build->messages.length] = '\0';
		words = "more messages than anybody can read; these are the first";
	}
	if (build->stopped == BUILD_FILLED_MEMORY)
		words = "more memory than any lesson's program needs";
	if (build->stopped == BUILD_TOOK_TOO_LONG)
		words = "more time than any lesson's program needs";
	if (!words && strstr(text_string(&build->messages), "error: #include nested depth"))
		words = "a file that includes itself";
	if (words)
		text_printf(&build->messages, "\nThe compiler was stopped. The source asks for %s. Look for a macro or an array "
		            "that has grown too large, or a file that includes itself.\n", words);
	else if (strstr(text_string(&build->messages), ": No such file or directory") ||
	         strstr(text_string(&build->messages), "file not found"))
		text_printf(&build->messages, "Only this file is compiled, and the system's headers are there: what else it "
		            "needs must stand in it.\n");
}

static int judge(struct build *build, enum sandbox_end end, int value, struct error *error)
{
	if (!build->stopped && end == SANDBOX_NOT_STARTED)
		return error_set(error, NULL, 0, 0, "the C compiler \"%s\" cannot be started: %s", compiler(), strerror(value));
	if (!build->stopped && end == SANDBOX_BROKEN && value == EBADF) { /* root_take_result() */
		text_printf(&build->messages, "What the compiler has made is not a program.\n");
	} else if (!build->stopped && end == SANDBOX_BROKEN) {
		return sandbox_wall(&build->sandbox, "the compiler", value, error);
	}
	build->failed = build->stopped || end != SANDBOX_EXITED || value;
	if (build->failed && was_killed(build, end, value))
		return error_set(error, NULL, 0, 0, "the compiler was killed, which is not your fault: the machine may have had too "
		                 "little memory. Run it again");
	if (build->failed && (find_trouble(build, error) || find_narrow(text_string(&build->messages), error)))
		return -1;
	if (build->failed)
		explain_excess(build);
	if (build->failed)
		return 0;
	build_cache_keep(&build->cache_key, &build->messages, &build->result);
	return install(build, error);
}

int build_finish(struct build *build, struct error *error)
{
	enum sandbox_end end;
	int value = 0;

	if (build->fresh)
		return 0;
	if (build->kept)
		return install(build, error);
	end = await_compiler(build, &value);
	if (!build->stopped && end == SANDBOX_EXITED && value && said_trouble(build) &&
	    compile_again(build, &end, &value, error))
		return -1;
	return judge(build, end, value, error);
}

void build_free(struct build *build)
{
	if (build->source && build->sandbox.keeper > 0) { /* nobody has waited for it */
		sandbox_kill(&build->sandbox);
		sandbox_reap(&build->sandbox);
	}
	if (build->source)
		sandbox_close(&build->sandbox);
	free(build->source);
	free(build->program);
	free(build->key);
	text_free(&build->messages);
	text_free(&build->fingerprint);
	text_free(&build->code);
	text_free(&build->result);
	*build = (struct build){.sandbox = SANDBOX_NONE};
}
