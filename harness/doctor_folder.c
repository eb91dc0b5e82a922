/* doctor_folder.c - see doctor_folder.h. */
#include "doctor_folder.h"

#include "walls.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char above[PATH_MAX - 64], folder[PATH_MAX];
static int why; /* errno: it could not be made */
static pid_t maker; /* its children, who inherit the handler, leave it alone */

/* Only what may be done in a signal handler (signal-safety(7)). */
void doctor_folder_remove(void)
{
	static const char *const names[] = {DOCTOR_PROGRAM, DOCTOR_PROGRAM ".c", DOCTOR_PROGRAM ".key"};

	if (!*folder || chdir(folder))
		return;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		(void)unlink(names[i]); /* it may not be there */
	(void)!chdir(above);
	(void)rmdir(folder); /* what is in it is not ours */
	*folder = '\0';
}

static void end(int signal_number)
{
	if (getpid() == maker)
		doctor_folder_remove();
	(void)signal(signal_number, SIG_DFL);
	(void)raise(signal_number);
}

void doctor_folder_make(void)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGPIPE, SIGTERM};

	maker = getpid();
	for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
		(void)signal(signals[i], end); /* refused for none of them */
	if (!getcwd(above, sizeof above)) {
		why = errno;
		return;
	}
	snprintf(folder, sizeof folder, "%s/.windsock-doctor.XXXXXX", above);
	if (mkdtemp(folder))
		return;
	why = errno;
	*folder = '\0';
}

const char *doctor_folder(struct error *error)
{
	if (!why)
		return folder;
	if (why == EACCES || why == EPERM || why == EROFS)
		wall_say(WALL_READ_ONLY, NULL, above, error);
	else
		error_set(error, NULL, 0, 0, "cannot make a folder in %s: %s", *above ? above : "the current folder",
		          strerror(why));
	return NULL;
}

const char *doctor_folder_above(void)
{
	return above;
}
