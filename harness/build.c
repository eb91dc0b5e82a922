/* build.c - see build.h. What a program was made from (compiler, flags, every byte
 * of the source) is kept beside it; the same again is not compiled again. */
#include "build.h"

#include "cleanup.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define SOURCE_MAX (1 << 20)
#define MESSAGES_MAX (64 << 10)
#define COMPILE_SECONDS 10 /* of processor time; a lesson's program takes a tenth of one */
#define COMPILE_BYTES ((rlim_t)1 << 30) /* #include "/dev/zero" */

/* No link-time optimisation plugin: it writes files of its own. -pipe: neither does cc1. */
static const char *const flags[] = {"-std=c11", "-D_GNU_SOURCE", "-g",      "-O0",   "-Wall",
                                    "-Wextra",  "-pthread",      "-pipe", "-fno-lto", "-fno-use-linker-plugin",
                                    "-fmax-errors=20"};

static const char *compiler(void)
{
	const char *chosen = getenv("CC");

	return chosen && *chosen ? chosen : "cc";
}

/* FNV-1a, 64 bits: to notice a change, not to withstand an attack. */
static uint64_t hash(uint64_t value, const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < length; i++)
		value = (value ^ byte[i]) * 0x100000001b3u;
	return value;
}

static int take_fingerprint(struct build *build, struct error *error)
{
	_cleanup_text_ struct text source = {0};
	uint64_t value = 0xcbf29ce484222325u;

	if (file_read(build->source, SOURCE_MAX, &source, error))
		return -1;
	value = hash(value, compiler(), strlen(compiler()) + 1);
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		value = hash(value, flags[i], strlen(flags[i]) + 1);
	value = hash(value, source.data, source.length);
	text_printf(&build->fingerprint, "%016llx %s\n", (unsigned long long)value, build->source);
	return 0;
}

static bool is_fresh(const struct build *build)
{
	_cleanup_text_ struct text key = {0};
	struct error ignored;

	return is_file(build->program) && !file_read(build->key, 4096, &key, &ignored) &&
	       !strcmp(text_string(&key), text_string(&build->fingerprint));
}

/* A lower limit than ours stands: it cannot be raised. */
static int bound(__rlimit_resource_t resource, rlim_t most)
{
	struct rlimit limit;

	if (getrlimit(resource, &limit))
		return -1;
	if (limit.rlim_max > most)
		limit.rlim_max = most;
	if (limit.rlim_cur > limit.rlim_max)
		limit.rlim_cur = limit.rlim_max;
	return setrlimit(resource, &limit);
}

static _Noreturn void become_compiler(const struct build *build, const char *output, const char *folder, int messages)
{
	const char *arguments[sizeof flags / sizeof flags[0] + 6];
	size_t count = 0;

	arguments[count++] = compiler();
	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		arguments[count++] = flags[i];
	arguments[count++] = "-o";
	arguments[count++] = output;
	arguments[count++] = build->source;
	arguments[count] = NULL;
	/* The memory last: a windsock built with ASan has more of it mapped than that. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || bound(RLIMIT_CPU, COMPILE_SECONDS) ||
	    bound(RLIMIT_FSIZE, 64 << 20) || setenv("TMPDIR", folder, 1) || setenv("LC_ALL", "C.UTF-8", 1) ||
	    dup2(messages, 1) < 0 || dup2(messages, 2) < 0 || bound(RLIMIT_AS, COMPILE_BYTES))
		_exit(126);
	execvp(arguments[0], (char *const *)arguments);
	_exit(errno == ENOENT ? 127 : 126);
}

int build_start(struct build *build, const char *source, const char *folder, const char *name, struct error *error)
{
	_cleanup_free_ char *output = file_path(folder, name, ".new");
	int messages[2];

	*build = (struct build){.source = mem_string(source), .program = file_path(folder, name, ""),
	                        .key = file_path(folder, name, ".key"), .pid = -1, .messages_fd = -1};
	if (take_fingerprint(build, error))
		return -1;
	/* Root's programs run as nobody, who must find them whatever the umask. */
	if (!geteuid() && chmod(folder, 0755))
		return error_set(error, folder, 0, 0, "cannot be opened to all: %s", strerror(errno));
	build->fresh = is_fresh(build);
	if (build->fresh)
		return 0;
	/* Who looks for the program while it is being compiled shall not find the old one. */
	if (unlink(build->program) && errno != ENOENT)
		return error_set(error, build->program, 0, 0, "cannot be replaced: %s", strerror(errno));
	if (pipe2(messages, O_CLOEXEC))
		return error_set(error, NULL, 0, 0, "cannot start the compiler: %s", strerror(errno));
	build->pid = fork();
	if (!build->pid)
		become_compiler(build, output, folder, messages[1]);
	(void)close(messages[1]);
	build->messages_fd = messages[0];
	if (build->pid < 0)
		return error_set(error, NULL, 0, 0, "cannot start the compiler: %s", strerror(errno));
	return 0;
}

static void read_messages(struct build *build)
{
	char buffer[4096];
	ssize_t got;

	while ((got = read(build->messages_fd, buffer, sizeof buffer)) > 0 || (got < 0 && errno == EINTR))
		if (got > 0 && build->messages.length < MESSAGES_MAX)
			text_add_bytes(&build->messages, buffer, (size_t)got);
}

/* The new program takes the old one's place, then the key: a kill in between makes
 * the next build compile again. */
static int install(struct build *build, struct error *error)
{
	_cleanup_text_ struct text output = {0};

	text_printf(&output, "%s.new", build->program);
	/* For whoever runs it: root's programs run as nobody, whatever the umask. */
	if (chmod(text_string(&output), 0755) || rename(text_string(&output), build->program))
		return error_set(error, build->program, 0, 0, "cannot be put in place: %s", strerror(errno));
	/* With warnings it is compiled again next time, so that they are shown again. */
	if (build->messages.length)
		return 0;
	return file_write(build->key, build->fingerprint.data, build->fingerprint.length, error);
}

/* What a compiler says when the machine is at fault and not the source. */
static const struct {
	const char *sign, *remedy;
} troubles[] = {
	{"No space left on device", "the disk is full"},
	{"fatal error: cannot execute", "the compiler cannot start its parts"},
	{"collect2: fatal error:", "the linker cannot be started"},
	{"annot create temporary file", "the compiler has no place for its files"},
	{"fatal error: stdio.h: No such file", "the C library's headers are missing: sudo apt-get install libc6-dev"},
	{"cannot find Scrt1.o", "the C library's start files are missing: sudo apt-get install libc6-dev"},
};

static int find_trouble(const struct build *build, struct error *error)
{
	for (size_t i = 0; i < sizeof troubles / sizeof troubles[0]; i++)
		if (strstr(text_string(&build->messages), troubles[i].sign))
			return error_set(error, build->program, 0, 0, "cannot be made, which is not your fault: %s. "
			                 "The compiler said: %.300s", troubles[i].remedy, text_string(&build->messages));
	return 0;
}

int build_finish(struct build *build, struct error *error)
{
	int status;

	if (build->fresh)
		return 0;
	read_messages(build);
	while (waitpid(build->pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_set(error, NULL, 0, 0, "the compiler is lost: %s", strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) >= 126)
		return error_set(error, NULL, 0, 0, "there is no C compiler \"%s\": sudo apt-get install gcc", compiler());
	build->failed = !WIFEXITED(status) || WEXITSTATUS(status);
	if (build->failed && find_trouble(build, error))
		return -1;
	if (WIFSIGNALED(status))
		text_printf(&build->messages, "The compiler was stopped: %s\n", strsignal(WTERMSIG(status)));
	return build->failed ? 0 : install(build, error);
}

void build_free(struct build *build)
{
	if (build->messages_fd >= 0 && build->source)
		(void)close(build->messages_fd); /* only read from */
	free(build->source);
	free(build->program);
	free(build->key);
	text_free(&build->messages);
	text_free(&build->fingerprint);
	*build = (struct build){.messages_fd = -1};
}
