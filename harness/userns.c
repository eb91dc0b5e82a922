/* userns.c - the way into a user namespace.
 *
 * The same for root: the lab shall not depend on who started it. */
#include "lab.h"
#include "netlink.h"
#include "walls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define INNER_ID 1000 /* not 0: Debian's tcpdump drops its privileges when it is uid 0, and fails */
#define GUEST_ID 1001 /* of the programs, where the machine's root made the lab */
#define NOBODY 65534  /* who they are outside */

static int guest = INNER_ID;

static int put(const char *file, const char *text, struct error *error)
{
	int descriptor = open(file, O_WRONLY | O_CLOEXEC);
	int why;
	char what[64];

	if (descriptor >= 0 && write(descriptor, text, strlen(text)) == (ssize_t)strlen(text))
		return close(descriptor);
	why = errno;
	if (descriptor >= 0)
		(void)close(descriptor); /* the write is what failed */
	snprintf(what, sizeof what, "write %s", file);
	return wall_met(DOOR_NAMESPACE, what, why, error);
}

/* AppArmor lets all that pass, and refuses only when a capability is used: use one,
 * for a change of nothing at the loopback of the new namespace. */
static int prove(struct error *error)
{
	struct netlink netlink = {.socket = netlink_socket(NETLINK_ROUTE, 0)};
	struct error refusal;
	struct nlmsghdr *message;
	struct ifinfomsg *header;
	int result, refused;

	if (netlink.socket < 0)
		return wall_met(DOOR_NAMESPACE, "open a netlink socket in the new namespace", errno, error);
	message = netlink_add(&netlink, RTM_SETLINK, 0, 0, "loopback");
	header = mnl_nlmsg_put_extra_header(message, sizeof *header);
	header->ifi_index = 1;
	result = netlink_send(&netlink, NULL, NULL, NULL, &refusal);
	refused = netlink.refused;
	netlink_close(&netlink);
	if (!result)
		return 0;
	if (refused)
		return wall_met(DOOR_NAMESPACE, "change a link in the new namespace", refused, error);
	return error_set(error, NULL, 0, 0, "cannot change a link in the new namespace: %s", error_string(&refusal));
}

int lab_guest(void)
{
	return guest;
}

struct mapping {
	pid_t lab;
	int go[2]; /* a byte comes when the lab has its namespace */
};

/* Root's own programs would be uid 0 to the kernel: owner of root's files, and free of
 * RLIMIT_NPROC (kernel/fork.c), so that a fork bomb has no bound. A map with a second
 * uid for them must be written from outside, by a process that stays there. */
static int map_from_outside(void *arguments)
{
	static const char *const files[] = {"uid_map", "gid_map"};
	const struct mapping *mapping = arguments;
	char path[64], map[64], byte;
	struct error ignored;

	(void)close(mapping->go[1]); /* so that the lab's end is the only one */
	snprintf(map, sizeof map, "%d 0 1\n%d %d 1\n", INNER_ID, GUEST_ID, NOBODY);
	if (read(mapping->go[0], &byte, 1) != 1)
		return 1;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(path, sizeof path, "/proc/%d/%s", (int)mapping->lab, files[i]);
		if (put(path, map, &ignored))
			return 1;
	}
	return 0;
}

/* Unshares, and has a child write the map. Whether both went well; a container's root may
 * lack the right to map another uid, and then gets what an ordinary user gets. */
static bool enter_as_root(bool *unshared)
{
	static _Alignas(16) char stack[64 << 10];
	struct mapping mapping = {.lab = getpid()};
	pid_t mapper;
	int status;

	if (pipe2(mapping.go, O_CLOEXEC))
		return false;
	/* With our memory, and a stack of its own: a copy for two lines would cost more than they. */
	mapper = clone(map_from_outside, stack + sizeof stack, CLONE_VM | SIGCHLD, &mapping);
	(void)close(mapping.go[0]);
	*unshared = mapper > 0 && !unshare(CLONE_NEWUSER | CLONE_NEWNET);
	if (*unshared)
		(void)!write(mapping.go[1], "g", 1); /* the mapper's status tells */
	(void)close(mapping.go[1]);
	if (mapper < 0 || waitpid(mapper, &status, 0) != mapper)
		return false;
	return *unshared && WIFEXITED(status) && !WEXITSTATUS(status);
}

static int map_self(uid_t uid, gid_t gid, struct error *error)
{
	char map[64];

	if (put("/proc/self/setgroups", "deny", error))
		return -1;
	snprintf(map, sizeof map, "%d %u 1", INNER_ID, (unsigned)uid);
	if (put("/proc/self/uid_map", map, error))
		return -1;
	snprintf(map, sizeof map, "%d %u 1", INNER_ID, (unsigned)gid);
	return put("/proc/self/gid_map", map, error);
}

int lab_enter(struct error *error)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();
	bool unshared = false;

	wall_remember();
	if (!uid && !gid && enter_as_root(&unshared)) {
		guest = GUEST_ID;
		return prove(error);
	}
	if (!unshared && unshare(CLONE_NEWUSER | CLONE_NEWNET))
		return wall_met(DOOR_NAMESPACE, "make a user namespace", errno, error);
	return map_self(uid, gid, error) ? -1 : prove(error);
}
