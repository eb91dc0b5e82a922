/* walls.c - see walls.h. */
#include "walls.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CONTAINER_OPTIONS \
	"--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined"

/* A sentence and a remedy, each with at most one %s: the detail. */
static const struct {
	const char *sentence, *remedy;
} walls[] = {
	[WALL_UNKNOWN] = {"windsock does not know this refusal yet",
	                  "please report it with the output of `uname -a` and `windsock doctor`"},
	[WALL_USER_LIMIT] = {"this machine allows no user namespaces (user.max_user_namespaces is 0)",
	                     "sudo sysctl -w user.max_user_namespaces=15000"},
	[WALL_NET_LIMIT] = {"this machine allows no network namespaces (user.max_net_namespaces is 0)",
	                    "sudo sysctl -w user.max_net_namespaces=15000"},
	[WALL_OTHER_LIMIT] = {"this machine allows none of the namespaces that a program is held in (user.%s is 0)",
	                      "sudo sysctl -w user.%s=15000"},
	[WALL_USED_UP] = {"all namespaces that this machine allows are in use, or they are nested 32 deep",
	                  "end what holds them (`lsns` lists them), or raise the limits: sudo sysctl -w "
	                  "user.max_user_namespaces=15000 user.max_net_namespaces=15000"},
	[WALL_ROOT_ONLY] = {"this machine keeps user namespaces for root (kernel.unprivileged_userns_clone is 0)",
	                    "sudo sysctl -w kernel.unprivileged_userns_clone=1"},
	[WALL_APPARMOR] = {"AppArmor takes the rights away in a user namespace (Ubuntu 23.10 and later; "
	                   "kernel.apparmor_restrict_unprivileged_userns is 1)",
	                   "let windsock have them by its profile: %s - or let every program have them, until the next "
	                   "start: sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
	[WALL_DOCKER] = {"this looks like a Docker container, whose seccomp filter or AppArmor profile forbids it",
	                 "start the container with " CONTAINER_OPTIONS},
	[WALL_PODMAN] = {"this looks like a Podman container, whose seccomp filter or masked /proc forbids it",
	                 "start the container with --security-opt seccomp=unconfined --security-opt unmask=ALL"},
	[WALL_FILTER] = {"a seccomp filter forbids it, as containers have one",
	                 "start the container with " CONTAINER_OPTIONS " (Podman: unmask=ALL in place of "
	                 "systempaths=unconfined), or work outside it"},
	[WALL_CHROOT] = {"a chroot, a security module or a container forbids it", "work outside of the chroot, or start "
	                 "the container with " CONTAINER_OPTIONS},
	[WALL_WSL1] = {"this is WSL 1, which has no Linux kernel", "in Windows: wsl --set-version DISTRIBUTION 2 "
	               "(`wsl --list` names the distribution)"},
	[WALL_NO_NAMESPACES] = {"this kernel has no user or network namespaces (CONFIG_USER_NS, CONFIG_NET_NS), or a "
	                        "container hides them", "start a distribution's own kernel, or work outside the container"},
	[WALL_NO_FILTER] = {"this kernel has no seccomp filters (CONFIG_SECCOMP_FILTER), or a container forbids them",
	                    "start a distribution's own kernel, or the container with --security-opt seccomp=unconfined"},
	[WALL_OLD_KERNEL] = {"this kernel is %s, and the sandbox needs Linux 5.9",
	                     "take a newer kernel: Debian 11 and Ubuntu 22.04 have one, Ubuntu 20.04 with "
	                     "linux-generic-hwe-20.04"},
	[WALL_PROC_MISSING] = {"/proc is not mounted here", "mount -t proc proc /proc"},
	[WALL_PROC_READ_ONLY] = {"/proc/sys cannot be written here, as in most containers", "start the container with "
	                         "--security-opt systempaths=unconfined (Podman: --security-opt unmask=ALL)"},
	[WALL_PROC_MASKED] = {"/proc/sys/net is hidden here, as in some containers", "start the container with "
	                      "--security-opt systempaths=unconfined (Podman: --security-opt unmask=ALL)"},
	[WALL_NO_VETH] = {"this kernel has no virtual cables (veth) or switches (bridge)",
	                  "sudo modprobe -a veth bridge (where there is no such module the kernel was updated since the "
	                  "machine was started: start it again)"},
	[WALL_PROCESSES] = {"no more processes may be started (ulimit -u is %s; a container or control group may "
	                    "allow less)", "end some, or raise the limit: ulimit -u unlimited, or an administrator does in "
	                    "/etc/security/limits.conf"},
	[WALL_DESCRIPTORS] = {"no more files may be open at a time (ulimit -n is %s)", "ulimit -n 1024"},
	[WALL_FILE_SIZE] = {"a file may have only %s bytes here (ulimit -f)", "ulimit -f unlimited, or ask who has set the limit"},
	[WALL_MEMORY] = {"this machine has no memory left", "end some programs, or give the machine 512 MiB more"},
	[WALL_ADDRESS_SPACE] = {"a program may have %s MiB here (ulimit -v), and the compiler wants more",
	                        "ulimit -v unlimited, or ask who has set the limit"},
	[WALL_TCPDUMP_MISSING] = {"tcpdump is not installed, and without it nobody sees the packets",
	                          "sudo apt-get install tcpdump; or do without: windsock check --capture packet-socket"},
	[WALL_TCPDUMP_REFUSED] = {"%s may not be run, or may not capture: its mode, or an AppArmor profile, forbids it",
	                          "sudo chmod 755 that file; and where /etc/apparmor.d has a profile for tcpdump: sudo "
	                          "apparmor_parser -R /etc/apparmor.d/usr.bin.tcpdump (usr.sbin.tcpdump on older systems); or do without: "
	                          "windsock check --capture packet-socket"},
	[WALL_COMPILER_MISSING] = {"there is no C compiler \"%s\"", "sudo apt-get install gcc libc6-dev"},
	[WALL_HEADERS_MISSING] = {"the C library's headers or start files are missing", "sudo apt-get install libc6-dev"},
	[WALL_NOEXEC] = {"programs in %s may not be executed: that file system is mounted noexec",
	                 "work in another folder, such as your home: windsock start LESSON ~/LESSON"},
	[WALL_READ_ONLY] = {"nothing can be written in %s", "work in a folder of your own: cd ~"},
	[WALL_NO_RULES] = {"this kernel cannot filter or translate packets as a lesson asks (nft says \"%s\"); it needs "
	                   "nftables with connection tracking and NAT",
	                   "sudo modprobe -a nf_tables nft_chain_nat nft_ct nft_masq nft_nat nft_reject_ipv4 nft_numgen "
	                   "(where there is no such module the kernel was updated since the machine was started: start it "
	                   "again)"},
	[WALL_NO_RULES_WSL] = {"this kernel of WSL 2 cannot filter or translate packets as a lesson asks (nft says \"%s\")",
	                       "in Windows: wsl --update, then wsl --shutdown"},
	[WALL_NO_MEMORY_OF_FLOWS] = {"this machine does not let the lab set how long connections are remembered (%s); it "
	                             "needs connection tracking", "sudo modprobe nf_conntrack"},
	[WALL_NO_RATE] = {"this kernel cannot slow a link down (a token bucket, sch_tbf)", "sudo modprobe sch_tbf"},
	[WALL_NO_PACKET_SOCKET] = {"this kernel has no packet sockets (af_packet)", "sudo modprobe af_packet"},
	[WALL_PTRACE_SCOPE] = {"nobody may trace a program here (kernel.yama.ptrace_scope is 3)",
	                       "it can only be lowered by a restart: put kernel.yama.ptrace_scope=1 into "
	                       "/etc/sysctl.d/60-windsock.conf and start the machine again"},
	[WALL_PTRACE_REFUSED] = {"a container's seccomp filter or a security module forbids to trace programs",
	                         "start the container with --security-opt seccomp=unconfined"},
	[WALL_COMMAND_MISSING] = {"the command %s is not installed (not found in PATH)",
	                          "sudo apt-get install %s"},
};
static_assert(sizeof walls / sizeof walls[0] == WALL_COUNT, "a sentence for each wall");

/* ---- what the machine tells ---- */

/* The beginning of FILE below ROOT. -1: it is not there, or nobody may read it. */
static int read_file(const char *root, const char *file, char *text, size_t size)
{
	char path[PATH_MAX];
	int descriptor;
	ssize_t length;

	if (snprintf(path, sizeof path, "%s%s", root, file) >= (int)sizeof path)
		return -1;
	descriptor = open(path, O_RDONLY | O_CLOEXEC);
	if (descriptor < 0)
		return -1;
	length = read(descriptor, text, size - 1);
	(void)close(descriptor); /* only read from */
	if (length < 0)
		return -1;
	text[length] = '\0';
	return 0;
}

/* The number in it, or -1. */
static long read_number(const char *root, const char *file)
{
	char text[32];

	return read_file(root, file, text, sizeof text) || !*text ? -1 : strtol(text, NULL, 10);
}

/* The word behind NAME in a file of lines "NAME: WORD" or "NAME   WORD". -1: none. */
static int read_word(const char *root, const char *file, const char *name, char *word, size_t size)
{
	char text[4096], *at;

	if (read_file(root, file, text, sizeof text) || !(at = strstr(text, name)))
		return -1;
	at += strlen(name);
	at += strspn(at, ": \t");
	snprintf(word, size, "%.*s", (int)strcspn(at, " \t\n"), at);
	return 0;
}

static bool is_there(const char *root, const char *file)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof path, "%s%s", root, file) < (int)sizeof path && !access(path, F_OK);
}

static void read_release(const char *root, char release[64])
{
	if (read_file(root, "/proc/sys/kernel/osrelease", release, 64))
		*release = '\0';
	release[strcspn(release, "\n")] = '\0';
}

/* "4.4.0-19041-Microsoft" is WSL 1; WSL 2 says "5.15.90.1-microsoft-standard-WSL2". */
static bool is_wsl1(const char *release)
{
	return strstr(release, "-Microsoft") != NULL;
}

static bool is_older(const char *release, long major, long minor)
{
	char *end;
	long is_major = strtol(release, &end, 10);
	long is_minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;

	return end != release && (is_major < major || (is_major == major && is_minor < minor));
}

/* ---- which wall it is ---- */

/* How the profile is loaded: as it is for a program where it expects one, else with the program's own place. */
static void describe_profile(char detail[WALL_DETAIL])
{
	char program[PATH_MAX / 16];
	ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);

	program[length < 0 ? 0 : length] = '\0';
	if (!strcmp(program, "/usr/bin/windsock") || !strcmp(program, "/usr/local/bin/windsock") || !*program)
		snprintf(detail, WALL_DETAIL, "sudo cp " WINDSOCK_DATADIR "/apparmor/windsock /etc/apparmor.d/ && sudo "
		         "apparmor_parser -r /etc/apparmor.d/windsock");
	else
		snprintf(detail, WALL_DETAIL, "printf 'abi <abi/4.0>,\\nprofile windsock %s flags=(unconfined) {\\n userns,\\n"
		         "}\\n' | sudo tee /etc/apparmor.d/windsock && sudo apparmor_parser -r /etc/apparmor.d/windsock",
		         program);
}

static enum wall find_limit(const char *root, char detail[WALL_DETAIL])
{
	static const struct {
		const char *name;
		enum wall wall;
	} limits[] = {
		{"max_user_namespaces", WALL_USER_LIMIT}, {"max_net_namespaces", WALL_NET_LIMIT},
		{"max_mnt_namespaces", WALL_OTHER_LIMIT}, {"max_pid_namespaces", WALL_OTHER_LIMIT},
		{"max_ipc_namespaces", WALL_OTHER_LIMIT}, {"max_uts_namespaces", WALL_OTHER_LIMIT},
		{"max_cgroup_namespaces", WALL_OTHER_LIMIT},
	};
	char file[64];

	for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
		snprintf(file, sizeof file, "/proc/sys/user/%s", limits[i].name);
		if (read_number(root, file) != 0)
			continue;
		snprintf(detail, WALL_DETAIL, "%s", limits[i].name);
		return limits[i].wall;
	}
	return WALL_UNKNOWN;
}

static enum wall find_container(const char *root)
{
	char seccomp[8];

	if (is_there(root, "/run/.containerenv"))
		return WALL_PODMAN;
	if (is_there(root, "/.dockerenv"))
		return WALL_DOCKER;
	if (!read_word(root, "/proc/self/status", "\nSeccomp:", seccomp, sizeof seccomp) && !strcmp(seccomp, "2"))
		return WALL_FILTER;
	return WALL_CHROOT;
}

static enum wall find_refused(const char *root, char detail[WALL_DETAIL])
{
	enum wall limit;

	if (read_number(root, "/proc/sys/kernel/unprivileged_userns_clone") == 0) /* Debian's own, until 11; Arch's */
		return WALL_ROOT_ONLY;
	limit = find_limit(root, detail);
	if (limit != WALL_UNKNOWN)
		return limit;
	if (read_number(root, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == 1) {
		describe_profile(detail);
		return WALL_APPARMOR;
	}
	return find_container(root);
}

static enum wall find_missing(enum wall_door door, const char *root, char detail[WALL_DETAIL])
{
	char release[64];

	read_release(root, release);
	if (is_wsl1(release))
		return WALL_WSL1;
	if (door == DOOR_MOUNT && is_older(release, 5, 9)) {
		snprintf(detail, WALL_DETAIL, "%s", release);
		return WALL_OLD_KERNEL;
	}
	return door == DOOR_MOUNT ? find_container(root) : WALL_NO_NAMESPACES;
}

/* Where no file can be opened any more the file that says how many may be cannot either. */
static void ask_bound(enum wall wall, char detail[WALL_DETAIL])
{
	struct rlimit limit;

	if (getrlimit(wall == WALL_PROCESSES ? RLIMIT_NPROC : wall == WALL_FILE_SIZE ? RLIMIT_FSIZE : RLIMIT_NOFILE, &limit))
		snprintf(detail, WALL_DETAIL, "not known");
	else if (limit.rlim_cur == RLIM_INFINITY)
		snprintf(detail, WALL_DETAIL, "unlimited");
	else
		snprintf(detail, WALL_DETAIL, "%llu", (unsigned long long)limit.rlim_cur);
}

static enum wall find_bound(const char *root, const char *name, enum wall wall, char detail[WALL_DETAIL])
{
	if (!*root)
		ask_bound(wall, detail);
	else if (read_word(root, "/proc/self/limits", name, detail, WALL_DETAIL))
		snprintf(detail, WALL_DETAIL, "not known");
	return wall;
}

/* Inside of a user namespace /proc/sys/user shows its own limits, which are free: what counts stands outside. */
static enum wall limit_outside = WALL_UNKNOWN;
static char limit_name[64];

void wall_remember(void)
{
	char detail[WALL_DETAIL] = "";

	limit_outside = find_limit("", detail);
	snprintf(limit_name, sizeof limit_name, "%.63s", detail);
}

static enum wall find_any_limit(const char *root, char detail[WALL_DETAIL])
{
	enum wall limit = find_limit(root, detail);

	if (limit != WALL_UNKNOWN || *root)
		return limit;
	snprintf(detail, WALL_DETAIL, "%s", limit_name);
	return limit_outside;
}

/* What every door has: the machine is full. */
static enum wall find_full(int why, const char *root, char detail[WALL_DETAIL])
{
	enum wall limit;

	switch (why) {
	case EAGAIN:
		return find_bound(root, "Max processes", WALL_PROCESSES, detail);
	case EMFILE:
	case ENFILE:
		return find_bound(root, "Max open files", WALL_DESCRIPTORS, detail);
	case EFBIG:
		return find_bound(root, "Max file size", WALL_FILE_SIZE, detail);
	case ENOMEM:
		return WALL_MEMORY;
	case ENOSPC:
	case EUSERS: /* so said before 4.9 */
		limit = find_any_limit(root, detail);
		return limit != WALL_UNKNOWN ? limit : WALL_USED_UP;
	}
	return WALL_UNKNOWN;
}

static enum wall find_setting(int why, const char *root)
{
	if (!is_there(root, "/proc/self"))
		return WALL_PROC_MISSING;
	return why == ENOENT ? WALL_PROC_MASKED : WALL_PROC_READ_ONLY;
}

static enum wall find_rules(const char *root)
{
	char release[64];

	read_release(root, release);
	return strstr(release, "microsoft") ? WALL_NO_RULES_WSL : WALL_NO_RULES;
}

enum wall wall_find(enum wall_door door, int why, const char *root, char detail[WALL_DETAIL])
{
	enum wall full = find_full(why, root, detail);

	if (full != WALL_UNKNOWN)
		return full;
	switch (door) {
	case DOOR_NAMESPACE:
	case DOOR_MOUNT:
		if (why == EPERM || why == EACCES)
			return find_refused(root, detail);
		if (why == ENOENT)
			return is_there(root, "/proc/self") ? WALL_UNKNOWN : WALL_PROC_MISSING;
		return why == ENOSYS || why == EINVAL ? find_missing(door, root, detail) : WALL_UNKNOWN;
	case DOOR_FILTER:
		return WALL_NO_FILTER;
	case DOOR_SETTING:
		return find_setting(why, root);
	case DOOR_LINK:
		return WALL_NO_VETH;
	case DOOR_RULES:
		return find_rules(root);
	case DOOR_TRACE:
		return read_number(root, "/proc/sys/kernel/yama/ptrace_scope") == 3 ? WALL_PTRACE_SCOPE : WALL_PTRACE_REFUSED;
	}
	return WALL_UNKNOWN;
}

/* ---- saying so ---- */

/* TEXT with the detail in place of its %s. */
static void fill(const char *text, const char *detail, char *out, size_t size)
{
	const char *mark = strstr(text, "%s");

	if (mark)
		snprintf(out, size, "%.*s%s%s", (int)(mark - text), text, detail ? detail : "", mark + 2);
	else
		snprintf(out, size, "%s", text);
}

/* A machine that is full now may not be so in a minute: that is worth another try, and no reason to skip a case. */
static bool is_lasting(enum wall wall)
{
	return wall != WALL_UNKNOWN && wall != WALL_USED_UP && wall != WALL_PROCESSES && wall != WALL_DESCRIPTORS &&
	       wall != WALL_FILE_SIZE && wall != WALL_MEMORY;
}

/* Where Debian's package is called otherwise than the command. */
static const char *package_of(enum wall wall, const char *detail)
{
	return wall == WALL_COMMAND_MISSING && detail && !strcmp(detail, "nc.openbsd") ? "netcat-openbsd" : detail;
}

int wall_say(enum wall wall, const char *what, const char *detail, struct error *error)
{
	char sentence[sizeof error->text], remedy[sizeof error->text];

	fill(walls[wall].sentence, detail, sentence, sizeof sentence);
	fill(walls[wall].remedy, package_of(wall, detail), remedy, sizeof remedy);
	error_set(error, NULL, 0, 0, "%s%s%s." WALL_REMEDY "%s", what ? what : "", what ? ": " : "", sentence, remedy);
	error->machine = is_lasting(wall);
	return -1;
}

int wall_met(enum wall_door door, const char *what, int why, struct error *error)
{
	char detail[WALL_DETAIL] = "", head[256];
	enum wall wall = wall_find(door, why, "", detail);

	snprintf(head, sizeof head, "cannot %s: %s", what, strerror(why));
	return wall_say(wall, head, detail, error);
}

int wall_rules(const char *host, const char *said, struct error *error)
{
	char detail[WALL_DETAIL], what[128];
	enum wall wall = wall_find(DOOR_RULES, EOPNOTSUPP, "", detail);

	snprintf(what, sizeof what, "cannot load the rules of %s", host);
	snprintf(detail, sizeof detail, "%s", said);
	return wall_say(wall, what, detail, error);
}
