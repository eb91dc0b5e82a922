/* walls.h - what a machine may forbid or lack: one table, from which `check` and `doctor` speak.
 *
 * Should: tell by errno, and by files that anybody may read, which wall it is, and say the exact remedy.
 * Mustn't: try anything (the modules that do the work try it), or guess where the machine does not tell.
 * Every wall, its sentence and how the tests build it: docs/walls.md. */
#ifndef WINDSOCK_WALLS_H
#define WINDSOCK_WALLS_H

#include "../src/error.h"

#include <stddef.h>

enum wall {
	WALL_UNKNOWN,
	WALL_USER_LIMIT,      /* user.max_user_namespaces is 0 */
	WALL_NET_LIMIT,       /* user.max_net_namespaces is 0 */
	WALL_OTHER_LIMIT,     /* one of its neighbours is; detail: which */
	WALL_USED_UP,
	WALL_ROOT_ONLY,       /* kernel.unprivileged_userns_clone is 0 */
	WALL_APPARMOR,        /* detail: the commands that load our profile */
	WALL_DOCKER,
	WALL_PODMAN,
	WALL_FILTER,          /* a seccomp filter of whom we do not know */
	WALL_CHROOT,
	WALL_WSL1,
	WALL_NO_NAMESPACES,
	WALL_NO_FILTER,
	WALL_OLD_KERNEL,      /* detail: its release */
	WALL_PROC_MISSING,
	WALL_PROC_READ_ONLY,
	WALL_PROC_MASKED,
	WALL_NO_VETH,
	WALL_PROCESSES,       /* detail: how many are allowed */
	WALL_DESCRIPTORS,     /* likewise */
	WALL_FILE_SIZE,       /* detail: how many bytes */
	WALL_MEMORY,
	WALL_ADDRESS_SPACE,   /* detail: its limit in MiB */
	WALL_TCPDUMP_MISSING,
	WALL_TCPDUMP_REFUSED, /* detail: its path */
	WALL_COMPILER_MISSING, /* detail: its name */
	WALL_HEADERS_MISSING,
	WALL_NOEXEC,          /* detail: the folder */
	WALL_READ_ONLY,       /* detail: the folder */
	WALL_NO_RULES,        /* no nftables, or not all of it */
	WALL_NO_RULES_WSL,
	WALL_NO_MEMORY_OF_FLOWS,
	WALL_NO_RATE,
	WALL_NO_PACKET_SOCKET,
	WALL_PTRACE_SCOPE,
	WALL_PTRACE_REFUSED,
	WALL_COMMAND_MISSING, /* detail: its name */
	WALL_COUNT
};

/* What was being done when it was met: the same errno means other things elsewhere. */
enum wall_door {
	DOOR_NAMESPACE, /* unshare(2), clone(2), the id maps, a capability in a new namespace */
	DOOR_MOUNT,     /* a program's root */
	DOOR_FILTER,    /* seccomp(2) */
	DOOR_SETTING,   /* /proc/sys/net of a new namespace */
	DOOR_LINK,      /* a veth pair, a bridge */
	DOOR_RULES,     /* nftables */
	DOOR_TRACE      /* ptrace(2) */
};

#define WALL_DETAIL 512

/* Which wall errno WHY is at that door, by the files of the machine below ROOT ("" = the machine's own). Pure but
 * for reading them. DETAIL may be filled. */
enum wall wall_find(enum wall_door door, int why, const char *root, char detail[WALL_DETAIL]);

/* To be called before a user namespace is entered: its limits are not to be seen from inside. */
void wall_remember(void);
/* "cannot WHAT: STRERROR: SENTENCE. Remedy: ..." into *error, whose `machine` is set where it will be so tomorrow.
 * -1. */
int wall_met(enum wall_door door, const char *what, int why, struct error *error);
/* The same for a wall that the caller knows; WHAT may be NULL: the sentence alone. */
int wall_say(enum wall wall, const char *what, const char *detail, struct error *error);

/* A ruleset that HOST's kernel does not take, and what nft says of it. -1. */
int wall_rules(const char *host, const char *said, struct error *error);

/* What stands before the remedy in every message of the two above. */
#define WALL_REMEDY " Remedy: "

#endif
