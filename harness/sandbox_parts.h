/* sandbox_parts.h - what the sandbox's parts share. Private to sandbox*.c and to the proof of them (tests/hostile). */
#ifndef WINDSOCK_SANDBOX_PARTS_H
#define WINDSOCK_SANDBOX_PARTS_H

#include "sandbox.h"

#include <linux/filter.h>

#define PROGRAM_ID 1000 /* uid and gid inside */
#define WORKING_FOLDER "/home/student"

/* The layers, for a test that leaves one out to prove that its attacks would work without. windsock has no way to
 * set this: no option, no variable of the environment. */
enum sandbox_layer {
	LAYER_ROOT = 1 << 0,       /* only what is needed is in the root */
	LAYER_READ_ONLY = 1 << 1,  /* which cannot be written */
	LAYER_FILES = 1 << 2,      /* bounds on what is written */
	LAYER_FILTER = 1 << 3,     /* of system calls */
	LAYER_LIMITS = 1 << 4,     /* setrlimit(2) */
	LAYER_PRIVILEGES = 1 << 5, /* no capability, no_new_privs */
	LAYER_SESSION = 1 << 6,
	LAYER_KEEPER = 1 << 7,     /* is not dumpable */
	LAYER_DESCRIPTORS = 1 << 8,
	LAYER_ENVIRONMENT = 1 << 9,
	LAYER_LANDLOCK = 1 << 10,
	LAYER_TRIPWIRE = 1 << 11,  /* on memory and processes; of who watches: cast.c, tests/hostile/box.c */
	LAYER_USER = 1 << 12,      /* no user namespace may be made in it */
	LAYER_NETWORK = 1 << 13,   /* of a compiler */
	LAYER_OUTPUT = 1 << 14,    /* what a compiler says is cut */
};

extern unsigned sandbox_without; /* the layers that are left out: 0 */
extern const char *sandbox_shows; /* without LAYER_ROOT: a folder of the machine's that is seen too */

static inline bool sandbox_has(enum sandbox_layer layer)
{
	return !(sandbox_without & layer);
}

/* ---- sandbox_root.c: what the program sees ---- */

#define TREES_MAX 32

struct tree {
	int fd;          /* a detached, read-only copy of a mount */
	unsigned long long late; /* the attributes that it is still to be given (mounts_copy()) */
	char *where;     /* the place in the new root; owned */
	bool is_folder;
};

struct root {
	struct tree trees[TREES_MAX];
	size_t tree_count;
	int program_folder;      /* a detached, read-only copy of the folder that the program will be in, or -1 */
	unsigned long long program_late; /* as of a tree */
	const char *program;     /* its name there, or its path in the new root */
	const char *doing;       /* what fails, when something does */
};

/* As who started windsock: takes hold of all that will be seen. ARGUMENTS that name what lies elsewhere become
 * the paths inside. -1: errno, root->doing. */
int root_open(struct root *root, const struct sandbox_command *command, char **arguments);
/* As the guest, with capabilities over the namespaces: builds the root and goes there. -1: errno, root->doing. */
int root_enter(struct root *root, const struct sandbox_command *command);
/* Makes the compiler's source, in the folder that it begins in. -1: errno, root->doing. */
int root_put_source(struct root *root, const struct sandbox_command *command, const struct text *source);
/* Becomes the program; comes back when it cannot: errno. */
void root_execute(const struct root *root, char *const *arguments, char *const *environment);
/* Copies the compiler's result to FD, if it is what it should be. -1: errno. */
int root_take_result(const struct sandbox_command *command, int fd);

/* ---- sandbox_mounts.c: copies of mounts ---- */

/* A descriptor of a detached copy of what is mounted at the path and below, with these attributes (MOUNT_ATTR_*) or,
 * before Linux 5.12, without: *LATE is then what mounts_tighten() must give to it in its place, else 0. -1: errno. */
int mounts_copy(const char *path, unsigned long long attributes, unsigned long long *late);
/* Gives the attributes to all mounts at and below the place. -1: errno, and some may have them. */
int mounts_tighten(const char *place, unsigned long long attributes);
/* Makes the root itself read-only, not what is mounted below. -1: errno. */
int mounts_tighten_root(void);

/* ---- sandbox_limits.c: what the program may do ---- */

int limits_set(bool compiles);
/* No capability now, none by exec, none by a set-uid file. */
int limits_drop_privileges(void);
/* The contrary, for LAYER_PRIVILEGES: what is to be had in the sandbox's own namespaces. */
int limits_keep_privileges(void);
/* No user namespace can be made below this one. Best effort: the filter forbids it too. */
void limits_forbid_namespaces(void);
/* Landlock, where the kernel has it: signals and abstract sockets end at the sandbox (6.12). Best effort. */
void limits_landlock(void);

/* ---- sandbox_filter.c: which system calls it may make ---- */

/* The filter, made once a process. NULL: errno. */
const struct sock_fprog *filter_make(void);
int filter_install(const struct sock_fprog *filter);

#endif
