/* tcpdump.c - see tcpdump.h. */
#include "tcpdump.h"

#include "walls.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* It lives in sbin on some systems, which an ordinary user's PATH lacks. */
static const char *const folders[] = {"/usr/bin", "/usr/sbin", "/sbin", "/bin", "/usr/local/bin", "/usr/local/sbin"};

/* MODE: F_OK or X_OK. */
static const char *find_tcpdump(char *path, size_t size, int mode)
{
	const char *chosen = getenv("WINDSOCK_TCPDUMP");

	if (chosen) {
		snprintf(path, size, "%s", chosen);
		return access(path, mode) ? NULL : path;
	}
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		snprintf(path, size, "%s/tcpdump", folders[i]);
		if (!access(path, mode))
			return path;
	}
	return NULL;
}

bool tcpdump_is_there(void)
{
	char path[512];

	return find_tcpdump(path, sizeof path, X_OK) != NULL;
}

int tcpdump_refuse(const char *what, struct error *error)
{
	char path[512];

	if (!find_tcpdump(path, sizeof path, F_OK))
		return wall_say(WALL_TCPDUMP_MISSING, what, NULL, error);
	return wall_say(WALL_TCPDUMP_REFUSED, what, path, error);
}

/* -s and -B: with the default snapshot length --immediate-mode has a ring of 32 packets. */
_Noreturn void tcpdump_become(const char *interface)
{
	char path[512], name[32];
	char *arguments[] = {"tcpdump", "--immediate-mode", "-U", "-p",  "-n", "-s", "1600", "-B",
	                     "4096",    "-i",               name, "-w", "-",  NULL};
	static char *const environment[] = {"LANG=C", NULL};

	snprintf(name, sizeof name, "%s", interface);
	if (find_tcpdump(path, sizeof path, X_OK) && execve(path, arguments, environment))
		perror(path); /* on the pipe of its messages: it is passed on */
	_exit(127);
}
