/* argv.c - see argv.h. */
#include "argv.h"

#include "cleanup.h"
#include "clock.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define OUTPUT_MOST (64u << 20)

/* ---- words ---- */

static void add_owned(struct argv *argv, char *word)
{
	argv->words = mem_grow(argv->words, (argv->count + 2) * sizeof *argv->words);
	argv->words[argv->count++] = word;
	argv->words[argv->count] = NULL;
}

void argv_add(struct argv *argv, const char *word)
{
	add_owned(argv, mem_string(word));
}

void argv_printf(struct argv *argv, const char *format, ...)
{
	char *word = NULL;
	va_list arguments;

	va_start(arguments, format);
	if (vasprintf(&word, format, arguments) < 0)
		abort(); /* out of memory, as text.h */
	va_end(arguments);
	add_owned(argv, word);
}

void argv_add_split(struct argv *argv, const char *words)
{
	_cleanup_free_ char *copy = mem_string(words);
	char *state = NULL;

	for (char *word = strtok_r(copy, " \t", &state); word; word = strtok_r(NULL, " \t", &state))
		argv_add(argv, word);
}

void argv_free(struct argv *argv)
{
	for (size_t i = 0; i < argv->count; i++)
		free(argv->words[i]);
	free(argv->words);
	*argv = (struct argv){0};
}

/* ---- as a shell reads it ---- */

void argv_quote(const char *word, struct text *out)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=/.,:@%";

	if (*word && !word[strspn(word, plain)]) {
		text_add(out, word);
		return;
	}
	text_add(out, "'");
	for (; *word; word++) {
		if (*word == '\'')
			text_add(out, "'\\''");
		else
			text_add_bytes(out, word, 1);
	}
	text_add(out, "'");
}

void argv_print(const struct argv *argv, struct text *out)
{
	for (size_t i = 0; i < argv->count; i++) {
		text_add(out, i ? " " : "");
		argv_quote(argv->words[i], out);
	}
}

/* ---- running ---- */

static _Noreturn void become(const char *program, const struct argv *argv, int out, int words, pid_t parent)
{
	int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);

	/* Ctrl-C at the terminal is for us: what we ask shall be answered. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent || setpgid(0, 0) || nothing < 0 || dup2(nothing, 0) < 0 ||
	    dup2(out, 1) < 0 || dup2(words, 2) < 0)
		_exit(126);
	execv(program, argv->words);
	_exit(127);
}

/* False: it took too long. */
static bool listen_to(int out_fd, int words_fd, int limit_ms, struct text *out, struct text *words)
{
	struct pollfd fds[2] = {{.fd = out_fd, .events = POLLIN}, {.fd = words_fd, .events = POLLIN}};
	int64_t until = clock_us() + (int64_t)limit_ms * 1000;

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		int64_t left = (until - clock_us()) / 1000;

		if (left <= 0)
			return false;
		if (poll(fds, 2, (int)left + 1) <= 0)
			continue; /* EINTR: the loop asks what it was for */
		for (int i = 0; i < 2; i++)
			if (fds[i].revents && !pipe_take(fds[i].fd, OUTPUT_MOST, i ? words : out))
				fds[i].fd = -1;
	}
	return true;
}

static int start(const char *program, const struct argv *argv, int *out_fd, int *words_fd, pid_t *pid)
{
	pid_t parent = getpid();
	int out[2], words[2];

	if (pipe2(out, O_CLOEXEC))
		return -1;
	if (pipe2(words, O_CLOEXEC)) {
		(void)close(out[0]);
		(void)close(out[1]);
		return -1;
	}
	*pid = fork();
	if (!*pid)
		become(program, argv, out[1], words[1], parent);
	(void)close(out[1]);
	(void)close(words[1]);
	*out_fd = out[0];
	*words_fd = words[0];
	return *pid < 0 ? -1 : 0;
}

static int end(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return 127;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int argv_run(const struct argv *argv, int limit_ms, struct text *out, struct text *words, struct error *error)
{
	_cleanup_free_ char *program = file_find_program(argv->words[0]);
	int out_fd = -1, words_fd = -1, status;
	bool ended;
	pid_t pid;

	if (!program)
		return error_set(error, NULL, 0, 0, "the command %s is not installed (not found in PATH)", argv->words[0]);
	if (start(program, argv, &out_fd, &words_fd, &pid))
		return error_set(error, NULL, 0, 0, "%s cannot be started: %s", argv->words[0], strerror(errno));
	ended = listen_to(out_fd, words_fd, limit_ms, out, words);
	if (!ended)
		(void)kill(pid, SIGKILL); /* ours and not yet waited for: the number is its own */
	status = end(pid);
	(void)close(out_fd); /* only read from */
	(void)close(words_fd);
	if (!ended)
		return error_set(error, NULL, 0, 0, "%s did not end within %d s", argv->words[0], limit_ms / 1000);
	return status;
}
