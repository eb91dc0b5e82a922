/* archive.c - see archive.h. */
#include "archive.h"

#include "cleanup.h"
#include "course.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define WORDS_MOST 8192 /* bytes that are kept of what it says */
#define KILLED_S 60     /* of processor time: half of what is its limit (unpack.c) */
#define NOT_STARTED 126
#define NOT_THERE 127

static _Noreturn void become_unpacker(int fd, const char *folder, const struct archive_room *room, int out, int errors)
{
	_cleanup_free_ char *program = file_path(course_support_folder(), "unpack", "");
	char entry_text[32], byte_text[32];

	snprintf(entry_text, sizeof entry_text, "%llu", room->entries);
	snprintf(byte_text, sizeof byte_text, "%llu", room->bytes);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || dup2(fd, 0) < 0 || dup2(out, 1) < 0 || dup2(errors, 2) < 0)
		_exit(NOT_STARTED);
	execl(program, "unpack", folder, entry_text, byte_text, (char *)NULL);
	_exit(errno == ENOENT ? NOT_THERE : NOT_STARTED);
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

/* Ended from outside, and not by its own limit of processor time. */
static bool was_killed(int status, const struct rusage *used)
{
	return WIFSIGNALED(status) && used->ru_utime.tv_sec + used->ru_stime.tv_sec < KILLED_S &&
	       (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM || WTERMSIG(status) == SIGINT ||
	        WTERMSIG(status) == SIGHUP);
}

/* How it ended, as what archive_unpack() returns. COMPLAINT: what it said. */
static int judge(int status, const struct rusage *used, const char *name, struct text *complaint, struct error *error)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	complaint->length = strcspn(text_string(complaint), "\n");
	if (WIFEXITED(status) && WEXITSTATUS(status) == NOT_THERE) {
		error_set(error, course_support_folder(), 0, 0, "has no program unpack; install windsock again");
		return -2;
	}
	if (was_killed(status, used) || (WIFEXITED(status) && WEXITSTATUS(status) == NOT_STARTED)) {
		error_set(error, name, 0, 0, "was not unpacked, which says nothing about it: the program unpack %s. Do the same again",
		          WIFSIGNALED(status) ? "was killed" : "could not be started");
		return -2;
	}
	if (WIFSIGNALED(status)) /* it is hostile, or so damaged that a decoder could not bear it */
		error_set(error, name, 0, 0, "cannot be unpacked: it ended the program unpack (%s)", strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) == UNPACK_REFUSED || WEXITSTATUS(status) == UNPACK_MACHINE)
		error_set(error, name, 0, 0, "cannot be unpacked: %.*s", (int)complaint->length, text_string(complaint));
	else
		error_set(error, name, 0, 0, "was not unpacked, which says nothing about it: the program unpack failed (exit status "
		          "%d: %.*s). Do the same again", WEXITSTATUS(status), (int)complaint->length, text_string(complaint));
	return WIFSIGNALED(status) || WEXITSTATUS(status) == UNPACK_REFUSED ? -1 : -2;
}

static int refuse(const char *name, struct error *error)
{
	error_set(error, name, 0, 0, "cannot be unpacked: %s", strerror(errno));
	return -2;
}

static void take(unsigned long long *left, unsigned long long taken)
{
	*left -= taken < *left ? taken : *left;
}

/* The archive, and the files and folders that lie in FOLDER now, have taken their place. */
static void take_room(const char *folder, struct archive_room *room)
{
	_cleanup_free_ char *path = mem_string(folder);
	FTS *walk = fts_open((char *[]){path, NULL}, FTS_PHYSICAL | FTS_NOCHDIR, NULL);

	if (!walk)
		abort(); /* out of memory, as text.h */
	take(&room->entries, 1); /* the archive itself: it may be empty */
	for (FTSENT *entry; (entry = fts_read(walk));) {
		if (entry->fts_info != FTS_DP)
			take(&room->entries, entry->fts_level > 0);
		if (entry->fts_info == FTS_F)
			take(&room->bytes, (unsigned long long)entry->fts_statp->st_size);
	}
	(void)fts_close(walk); /* only read from */
}

int archive_unpack(int fd, const char *name, const char *folder, struct archive_room *room, struct text *remarks,
                   struct error *error)
{
	_cleanup_text_ struct text complaint = {0};
	int out[2], errors[2], status;
	struct rusage used;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC))
		return refuse(name, error);
	if (pipe2(errors, O_CLOEXEC)) {
		(void)refuse(name, error); /* before closing them says something else */
		(void)close(out[0]);
		(void)close(out[1]);
		return -2;
	}
	pid = fork();
	if (!pid)
		become_unpacker(fd, folder, room, out[1], errors[1]);
	if (pid < 0)
		(void)refuse(name, error);
	(void)close(out[1]);
	(void)close(errors[1]);
	if (pid > 0)
		listen_to(out[0], errors[0], remarks, &complaint);
	(void)close(out[0]); /* only read from */
	(void)close(errors[0]);
	if (pid < 0)
		return -2;
	while (wait4(pid, &status, 0, &used) < 0)
		if (errno != EINTR)
			return refuse(name, error);
	take_room(folder, room);
	return judge(status, &used, name, &complaint, error);
}
