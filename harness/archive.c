/* archive.c - see archive.h. */
#include "archive.h"

#include "cleanup.h"
#include "course.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define WORDS_MOST 8192 /* bytes that are kept of what it says */

static _Noreturn void become_unpacker(int fd, const char *folder, unsigned long long entries, unsigned long long bytes,
                                      int out, int errors)
{
	_cleanup_free_ char *program = file_path(course_support_folder(), "unpack", "");
	char entry_text[32], byte_text[32];

	snprintf(entry_text, sizeof entry_text, "%llu", entries);
	snprintf(byte_text, sizeof byte_text, "%llu", bytes);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || dup2(fd, 0) < 0 || dup2(out, 1) < 0 || dup2(errors, 2) < 0)
		_exit(126);
	execl(program, "unpack", folder, entry_text, byte_text, (char *)NULL);
	_exit(127);
}

static void listen_to(int out, int errors, struct text *remarks, struct text *complaint)
{
	struct pollfd fds[2] = {{.fd = out, .events = POLLIN}, {.fd = errors, .events = POLLIN}};

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		if (poll(fds, 2, -1) < 0)
			continue; /* EINTR: the program ends by its own limit of processor time */
		for (int i = 0; i < 2; i++)
			if (fds[i].revents && !pipe_take(fds[i].fd, WORDS_MOST, i ? complaint : remarks))
				fds[i].fd = -1;
	}
}

int archive_unpack(int fd, const char *name, const char *folder, unsigned long long entries, unsigned long long bytes,
                   struct text *remarks, struct error *error)
{
	_cleanup_text_ struct text complaint = {0};
	int out[2], errors[2], status;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) || pipe2(errors, O_CLOEXEC))
		return error_set(error, name, 0, 0, "cannot be unpacked: %s", strerror(errno));
	pid = fork();
	if (!pid)
		become_unpacker(fd, folder, entries, bytes, out[1], errors[1]);
	(void)close(out[1]);
	(void)close(errors[1]);
	if (pid > 0)
		listen_to(out[0], errors[0], remarks, &complaint);
	(void)close(out[0]); /* only read from */
	(void)close(errors[0]);
	if (pid < 0)
		return error_set(error, name, 0, 0, "cannot be unpacked: %s", strerror(errno));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return error_set(error, name, 0, 0, "cannot be unpacked: %s", strerror(errno));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return error_set(error, course_support_folder(), 0, 0, "has no program unpack; install windsock again");
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	complaint.length = strcspn(text_string(&complaint), "\n");
	return error_set(error, name, 0, 0, "cannot be unpacked: %.*s", (int)complaint.length,
	                 complaint.length ? text_string(&complaint) : "");
}
