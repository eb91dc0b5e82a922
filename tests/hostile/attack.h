/* attack.h - what the hostile programs share: each defines attack(), and sets won where it got what it must not get.
 * Exit status: 0 all of it was refused, 1 something was not. Nothing here is bounded: only box.c may run them. */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *folder; /* of the grader, as it is outside */
static pid_t grader;
static int grader_port;    /* on 127.0.0.1 of the machine */
static int won;

static void attack(void);

/* Tells which part of an attack went through. */
#define TRY(what) ((what) ? (void)(won = 1, fprintf(stderr, "went through: %s\n", #what)) : (void)0)

static inline char *in_folder(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

int main(int argc, char **argv)
{
	(void)argc;
	folder = argv[1];
	grader = atoi(argv[2]);
	grader_port = atoi(argv[3]);
	attack();
	return won;
}
