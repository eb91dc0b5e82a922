/* attempt.c - see attempt.h.
 *
 * Theory of operation: a check ends the process where the machine or the lesson is at fault, so it gets one. What
 * it found comes back as the struct itself through a pipe, which it fits into; what it said on stderr through
 * another one. */
#include "attempt.h"

#include "cleanup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/wait.h>

_Static_assert(sizeof(struct attempt) <= PIPE_BUF, "written at once, read later");

/* "[trace-not-readable]" at the end of a message. */
static void take_id(const char *message, char *id, size_t size)
{
	const char *open = strrchr(message, '['), *close = open ? strchr(open, ']') : NULL;

	if (close && !close[1] && (size_t)(close - open) <= size)
		snprintf(id, size, "%.*s", (int)(close - open - 1), open + 1);
}

static void take_result(const struct result *result, struct attempt *out)
{
	const char *said = result->compiler ? result->compiler : result->message ? result->message : "";

	out->status = result->status;
	out->warned = result->compiler && strstr(result->compiler, "warning:");
	for (size_t i = 0; i < result->case_count && i < ATTEMPT_CASES; i++) {
		const struct result_case *one = &result->cases[i];

		out->pass[i] = one->status == RESULT_PASS;
		out->repeated += one->attempts - 1;
		if (one->status == RESULT_FAIL && one->diagnosis && !*out->id)
			snprintf(out->id, sizeof out->id, "%s", one->diagnosis);
		if (one->reason && *one->reason && !*said)
			said = one->reason;
	}
	if (!*out->id)
		take_id(result->message ? result->message : "", out->id, sizeof out->id);
	snprintf(out->said, sizeof out->said, "%s", said);
}

static _Noreturn void become_check(const struct check_options *options, int out_fd, int said_fd)
{
	struct result result = {0};
	struct attempt out = {.end = ATTEMPT_JUDGED};

	if (dup2(said_fd, STDERR_FILENO) < 0)
		_exit(EXIT_BROKEN);
	check_record(options, &result);
	take_result(&result, &out);
	_exit(write(out_fd, &out, sizeof out) == (ssize_t)sizeof out ? EXIT_RIGHT : EXIT_BROKEN);
}

/* What it said before it gave up, without the newline. */
static void read_said(int fd, struct attempt *out)
{
	size_t length = 0;
	ssize_t got;
	char rest[256];

	while ((got = length < sizeof out->said - 1 ? read(fd, out->said + length, sizeof out->said - 1 - length)
	                                            : read(fd, rest, sizeof rest)) > 0 || (got < 0 && errno == EINTR))
		if (got > 0 && length < sizeof out->said - 1)
			length += (size_t)got;
	while (length && out->said[length - 1] == '\n')
		length--;
	out->said[length] = '\0';
}

void attempt(const struct course_lesson *lesson, const struct author_work *work, const struct check_options *options,
             struct attempt *out)
{
	struct workspace workspace = {work->folder, work->state};
	struct check_options own = *options;
	int result[2], said[2], status;
	pid_t pid;

	*out = (struct attempt){.end = ATTEMPT_BROKEN};
	own.lesson = lesson;
	own.workspace = &workspace;
	if (pipe2(result, O_CLOEXEC) || pipe2(said, O_CLOEXEC))
		die("cannot start a check: %s", strerror(errno));
	fflush(stdout);
	pid = fork();
	if (pid < 0)
		die("cannot start a check: %s", strerror(errno));
	if (!pid)
		become_check(&own, result[1], said[1]);
	(void)close(result[1]);
	(void)close(said[1]);
	read_said(said[0], out);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("a check is lost: %s", strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status) != EXIT_RIGHT ||
	    read(result[0], out, sizeof *out) != (ssize_t)sizeof *out)
		out->end = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIPPED ? ATTEMPT_IMPOSSIBLE : ATTEMPT_BROKEN;
	(void)close(result[0]); /* only read from */
	(void)close(said[0]);
	if (out->end == ATTEMPT_JUDGED && out->status == RESULT_SKIP)
		out->end = ATTEMPT_IMPOSSIBLE; /* every case was skipped */
}
