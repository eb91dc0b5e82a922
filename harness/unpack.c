/* unpack.c - an archive into a folder: a program of its own, for archives are hostile and libarchive is large.
 *
 *     unpack FOLDER ENTRIES BYTES < ARCHIVE
 *
 * Takes regular files, at most ENTRIES and BYTES of them in all. Everything else an archive may hold is left out, and
 * that is said, a line each on standard output: links, devices, absolute names and names with "..". It shuts itself
 * into the folder first, without a network, within limits, with Landlock and with a list of the few system calls that
 * unpacking takes, so that a fault in a decoder finds nothing there, and nothing to do with it. */
#include "archive.h"
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <locale.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MEMORY_MOST ((rlim_t)1 << 30)
#define SECONDS_MOST 120 /* of processor time */
#define REMARKS_MOST 20

#if defined(__SANITIZE_ADDRESS__)
const char *__asan_default_options(void);

/* Behind these walls no leak checker can look. */
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

static unsigned long long entries_left, bytes_left;
static unsigned remarks;

/* Something is wrong with the archive. */
static _Noreturn void fail(const char *text, const char *why)
{
	(void)fflush(stdout); /* the remarks so far; that it failed is said by the exit status */
	fprintf(stderr, "%s: %s\n", text, why ? why : "unknown");
	exit(UNPACK_REFUSED);
}

/* Nothing is wrong with the archive. */
static _Noreturn void fail_machine(const char *text, int why)
{
	fprintf(stderr, "%s: %s\n", text, why == ENOSPC || !why ? "the disk is full" : strerror(why));
	exit(UNPACK_MACHINE);
}

static bool is_of_machine(int number)
{
	static const int all[] = {ENOSPC, EDQUOT, EIO, EROFS, ENOMEM, ENFILE, EMFILE};

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i] == number)
			return true;
	return false;
}

/* Best effort: a machine that forbids user namespaces still has the limits, and names are checked below as well. */
static void shut_in(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}, {0}};

	(void)!(unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC) == 0 && chroot(".") == 0 && chdir("/") == 0);
	if (syscall(SYS_capset, &header, none)) /* those of the new namespace, or root's */
		fail_machine("capabilities", errno);
}

static void limit(void)
{
	const struct rlimit memory = {MEMORY_MOST, MEMORY_MOST}, seconds = {SECONDS_MOST, SECONDS_MOST};
	const struct rlimit file = {(rlim_t)bytes_left, (rlim_t)bytes_left}, none = {0, 0};

	/* FSIZE by its error and not by its signal. */
	(void)signal(SIGXFSZ, SIG_IGN);
#if !defined(__SANITIZE_ADDRESS__) /* which has more of it mapped than that */
	if (setrlimit(RLIMIT_AS, &memory))
		fail_machine("limits", errno);
#else
	(void)memory;
#endif
	if (setrlimit(RLIMIT_CPU, &seconds) || setrlimit(RLIMIT_FSIZE, &file) || setrlimit(RLIMIT_CORE, &none) ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_PDEATHSIG, SIGKILL))
		fail_machine("limits", errno);
}

/* Of newer headers than those of Debian 12. */
struct landlock_rights {
	uint64_t files, network, scopes;
};

/* All rights that this version of Landlock knows (landlock(7)). */
static struct landlock_rights known_rights(long version)
{
	static const uint64_t files[] = {0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff};
	struct landlock_rights rights = {.files = files[version < 5 ? version : 5]};

	rights.network = version >= 4 ? 3 : 0; /* bind, connect */
	rights.scopes = version >= 6 ? 3 : 0;  /* abstract sockets, signals */
	return rights;
}

/* New files and folders here, which may also be taken away again, and nothing anywhere else. Best effort: kernels before
 * 5.13 have no Landlock. */
static void lock_folder(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	struct landlock_path_beneath_attr here = {
		.allowed_access = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR |
		                  LANDLOCK_ACCESS_FS_REMOVE_FILE,
		.parent_fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC),
	};
	struct landlock_rights rights;
	int rules = -1;

	if (version > 0) {
		rights = known_rights(version);
		rules = (int)syscall(SYS_landlock_create_ruleset, &rights, sizeof rights, 0);
	}
	if (rules >= 0 && !syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &here, 0))
		(void)syscall(SYS_landlock_restrict_self, rules, 0); /* refused: the other walls stand */
	if (rules >= 0)
		(void)close(rules);
	if (here.parent_fd >= 0)
		(void)close(here.parent_fd);
}

/* What unpacking takes: to read, to write, to make files and folders; memory that is not executable; to end. */
static const int calls[] = {
	SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(lseek), SCMP_SYS(close), SCMP_SYS(fcntl),
	SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(unlink), SCMP_SYS(unlinkat),
	SCMP_SYS(fstat), SCMP_SYS(newfstatat),
	SCMP_SYS(stat), SCMP_SYS(statx), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	SCMP_SYS(getrandom), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getpid),
	SCMP_SYS(gettid), SCMP_SYS(tgkill), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(futex), SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/* Everything else fails with EPERM. */
static void lock_calls(void)
{
#if !defined(__SANITIZE_ADDRESS__) /* whose leak detector traces */
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int failed = filter ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof calls / sizeof *calls && !failed; i++)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	if (!failed)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (!failed)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
		                          SCMP_A2_64(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	if (!failed)
		failed = seccomp_load(filter);
	if (failed)
		fail_machine("the filter of its system calls cannot be made", -failed);
	seccomp_release(filter);
#else
	(void)calls;
#endif
}

static void leave_out(const char *name, const char *why)
{
	if (remarks++ >= REMARKS_MOST)
		return;
	for (; *name; name++) /* a line each, whatever the name is */
		putchar((unsigned char)*name < ' ' ? '?' : *name);
	printf(": %s\n", why);
}

/* Relative, without "..", and not so deep that it serves nobody. */
static bool is_safe(const char *name)
{
	int depth = 0;

	if (!*name || *name == '/' || strlen(name) > 1000)
		return false;
	while (*name) {
		size_t length = strcspn(name, "/");

		if ((length == 2 && !strncmp(name, "..", 2)) || length > 200 || ++depth > 12)
			return false;
		name += length + (name[length] == '/');
	}
	return true;
}

static bool is_junk(const char *name)
{
	return !strncmp(name, "__MACOSX/", 9) || strstr(name, "/__MACOSX/") || !strncmp(name, ".git/", 5) ||
	       strstr(name, "/.git/");
}

/* The folders above it. */
static void make_folders(const char *name)
{
	char *copy = strdup(name);

	for (char *slash = copy ? strchr(copy, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		(void)mkdir(copy, 0755); /* opening the file tells whether that was good enough */
		*slash = '/';
	}
	free(copy);
}

/* A file of which only the beginning came would be taken for what was handed in. */
static void take_back(const char *name)
{
	if (unlink(name))
		fail_machine(name, errno);
}

static _Noreturn void fail_in(const char *name, const char *why)
{
	take_back(name);
	fail(name, why);
}

static void copy_file(struct archive *archive, const char *name)
{
	unsigned long long here = 0;
	const void *block;
	size_t size;
	la_int64_t offset;
	int fd, got;

	make_folders(name);
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0 && is_of_machine(errno))
		fail_machine(name, errno);
	if (fd < 0) {
		leave_out(name, errno == EEXIST ? "is in it twice; the first counts" : strerror(errno));
		return;
	}
	while ((got = archive_read_data_block(archive, &block, &size, &offset)) == ARCHIVE_OK) {
		if (size > bytes_left)
			fail_in(name, "more bytes than a submission needs");
		bytes_left -= size;
		here += size;
		if (offset < 0 || (unsigned long long)offset + size > here) /* a sparse file's holes */
			fail_in(name, "is a sparse file, which no submission needs");
		errno = 0; /* a short count says as much */
		if (size && write(fd, block, size) != (ssize_t)size)
			fail_machine(name, errno);
	}
	if (got != ARCHIVE_EOF) {
		leave_out(name, archive_error_string(archive) ? archive_error_string(archive) : "is damaged");
		take_back(name);
	}
	if (close(fd))
		fail_machine(name, errno);
}

static void take_entry(struct archive *archive, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);

	if (!name)
		name = archive_entry_pathname_utf8(entry);
	if (!name) {
		leave_out("a file", "its name cannot be read");
		return;
	}
	while (!strncmp(name, "./", 2))
		name += 2;
	if (archive_entry_filetype(entry) == AE_IFDIR || is_junk(name))
		return;
	if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) || archive_entry_symlink(entry))
		leave_out(name, "is a link or a device");
	else if (!is_safe(name))
		leave_out(name, "would lie outside, or too deep");
	else if (archive_entry_is_encrypted(entry))
		leave_out(name, "is encrypted");
	else
		copy_file(archive, name);
}

static struct archive *open_archive(void)
{
	struct archive *archive = archive_read_new();

	if (!archive)
		fail_machine("archive", ENOMEM);
	/* No filter that starts a program, and no format that nobody hands in. */
	if (archive_read_support_filter_gzip(archive) || archive_read_support_filter_bzip2(archive) ||
	    archive_read_support_filter_xz(archive) || archive_read_support_filter_zstd(archive) ||
	    archive_read_support_format_zip(archive) || archive_read_support_format_tar(archive) ||
	    archive_read_open_fd(archive, 0, 65536))
		fail("it is no zip or tar that can be read", archive_error_string(archive));
	return archive;
}

int main(int argc, char **argv)
{
	struct archive_entry *entry;
	struct archive *archive;
	int got;

	if (argc != 4) {
		fputs("usage: unpack FOLDER ENTRIES BYTES < ARCHIVE\n", stderr);
		return 2;
	}
	entries_left = strtoull(argv[2], NULL, 10);
	bytes_left = strtoull(argv[3], NULL, 10);
	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		(void)setlocale(LC_CTYPE, ""); /* names beyond ASCII may then be left out, which is said */
	if (chdir(argv[1]))
		fail_machine(argv[1], errno);
	(void)umask(022);
	limit();
	shut_in();
	lock_folder();
	lock_calls();
	archive = open_archive();
	while ((got = archive_read_next_header(archive, &entry)) == ARCHIVE_OK || got == ARCHIVE_WARN) {
		if (!entries_left--)
			fail("too much", "more files than a submission needs");
		take_entry(archive, entry);
	}
	if (got != ARCHIVE_EOF)
		fail("it is damaged", archive_error_string(archive));
	if (remarks > REMARKS_MOST)
		printf("and %u more\n", remarks - REMARKS_MOST);
	(void)archive_read_free(archive); /* the process ends */
	return fflush(stdout) ? UNPACK_MACHINE : 0;
}
