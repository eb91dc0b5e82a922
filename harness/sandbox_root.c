/* sandbox_root.c - the files that a program sees: few, and one place to write.
 *
 * Detached, read-only copies of mounts (sandbox_mounts.c) are made by the keeper while it is still who started windsock
 * and stands in the machine's own root; later, as the guest, it moves them to their places in a new one:
 *
 *     /usr, /bin, /lib ...   the machine's, read-only       /etc    of our own making
 *     /dev                   five devices                   /proc   of the sandbox, if the kernel lets us
 *     /box                   what --with names, read-only   /home   the only place to write: a tmpfs with a bound
 *     /home/student          where the program works        /tmp, /dev/shm   lead there too
 *
 * A program that we have compiled is executed by a descriptor of its folder, itself a read-only detached copy: it
 * is not there yet when all this is made. */
#include "sandbox_parts.h"

#include "cleanup.h"
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#ifndef MNT_DETACH /* of <sys/mount.h>, which cannot stand beside <linux/mount.h> before glibc 2.37 */
#define MNT_DETACH 2
#endif

#define BUILD_AT "/usr" /* any folder that every machine has; hidden from the keeper's view alone */
#define BOX "/box"
#define NAMES_MAX 512   /* files and folders below /home */

/* Where system programs and what they need live. */
static const char *const system_folders[] = {"/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"};

/* Of /etc: chosen commands (cc, nc), where libraries are, names of ports and protocols (getservbyname(3)). */
static const char *const shown_files[] = {"/etc/alternatives", "/etc/ld.so.cache", "/etc/services", "/etc/protocols"};

static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"};

static const struct {
	const char *path, *text;
} own_files[] = {
	{"/etc/passwd", "student:x:1000:1000::" WORKING_FOLDER ":/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/false\n"},
	{"/etc/group", "student:x:1000:\nnogroup:x:65534:\n"},
	{"/etc/hosts", "127.0.0.1 localhost\n"},
	{"/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\nservices: files\nprotocols: files\n"},
	{"/etc/resolv.conf", ""},
};

static const struct {
	const char *path, *to;
} own_links[] = {
	{"/tmp", "home/tmp"},           {"/dev/shm", "../home/shm"},     {"/dev/fd", "/proc/self/fd"},
	{"/dev/stdin", "/proc/self/fd/0"}, {"/dev/stdout", "/proc/self/fd/1"}, {"/dev/stderr", "/proc/self/fd/2"},
};

/* ---- taking hold, as who started windsock ---- */

/* What lies in /dev may be a program as well (/dev/shm). */
static unsigned long long attributes_of(bool is_device)
{
	unsigned long long attributes = MOUNT_ATTR_NOSUID;

	if (sandbox_has(LAYER_READ_ONLY))
		attributes |= MOUNT_ATTR_RDONLY;
	return is_device ? attributes | MOUNT_ATTR_NOEXEC : attributes | MOUNT_ATTR_NODEV;
}

/* Nothing for what is not there. */
static int add_tree(struct root *root, const char *path, const char *where)
{
	struct tree *tree = &root->trees[root->tree_count];
	struct stat status;

	if (stat(path, &status))
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	if (root->tree_count == TREES_MAX) {
		errno = E2BIG;
		return -1;
	}
	tree->fd = mounts_copy(path, attributes_of(S_ISCHR(status.st_mode)), &tree->late);
	if (tree->fd < 0)
		return -1;
	tree->where = mem_string(where);
	tree->is_folder = S_ISDIR(status.st_mode);
	root->tree_count++;
	return 0;
}

static bool is_link(const char *path)
{
	struct stat status;

	return !lstat(path, &status) && S_ISLNK(status.st_mode);
}

static bool is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return !strncmp(path, folder, length) && path[length] == '/';
}

/* Not what hide_solutions() hides: of that a program that is to run is shown by itself. */
static bool is_system(const char *path)
{
	for (size_t i = 0; i < sizeof system_folders / sizeof *system_folders; i++)
		if (is_below(path, system_folders[i]))
			return !is_below(path, WINDSOCK_LIBEXECDIR);
	return false;
}

/* A program of an installation of its own (/opt/x/bin/python3): the installation, where it is. */
static int add_installation(struct root *root, const char *program, bool *added)
{
	const char *slash = strrchr(program, '/');
	_cleanup_free_ char *folder = slash ? mem_bytes(program, (size_t)(slash - program)) : NULL;
	char *bin = folder ? strrchr(folder, '/') : NULL;

	*added = bin && bin > folder && !strcmp(bin, "/bin") && !is_system(program);
	if (!*added)
		return 0;
	*bin = '\0';
	return add_tree(root, folder, folder);
}

/* Of a script: the interpreter on its first line, if it lies elsewhere. */
static int add_interpreter(struct root *root, const char *script)
{
	_cleanup_close_ int fd = open(script, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char line[PATH_MAX + 2], real[PATH_MAX];
	ssize_t got = fd < 0 ? -1 : read(fd, line, sizeof line - 1);
	char *path = line + 2;
	bool added;

	if (got < 2 || memcmp(line, "#!", 2))
		return 0;
	line[got] = '\0';
	path += strspn(path, " \t");
	path[strcspn(path, " \t\n")] = '\0';
	if (*path != '/' || add_installation(root, path, &added))
		return *path == '/' ? -1 : 0;
	return realpath(path, real) ? add_installation(root, real, &added) : 0;
}

/* A word that names a file or folder outside of what is seen: it gets a place in the box, and the word names that. */
static int show_word(struct root *root, char **word)
{
	struct text place = {0};
	char real[PATH_MAX];
	bool added;

	if (!realpath(*word, real) || (!is_file(real) && !is_folder(real)) || is_system(real))
		return 0;
	if (is_file(real) && (add_installation(root, real, &added) || added))
		return added ? 0 : -1;
	text_printf(&place, BOX "/%zu/%s", root->tree_count, path_name(real));
	if (add_interpreter(root, real) || add_tree(root, real, place.data)) {
		text_free(&place);
		return -1;
	}
	free(*word);
	*word = place.data; /* the caller's now */
	return 0;
}

/* Only what looks like a path, or is one here: a word such as "server" may be a folder by chance. */
static int show_words(struct root *root, const struct sandbox_command *command, char **arguments)
{
	for (size_t i = 0; i < command->own_words && arguments[i]; i++)
		if ((!i || strchr(arguments[i], '/') || is_file(arguments[i])) && show_word(root, &arguments[i]))
			return -1;
	return 0;
}

static int show_program(struct root *root, const char *path)
{
	const char *slash = strrchr(path, '/');
	_cleanup_free_ char *folder = slash && slash > path ? mem_bytes(path, (size_t)(slash - path)) : mem_string("/");

	root->program = slash ? slash + 1 : path;
	root->program_folder = mounts_copy(folder, attributes_of(false), &root->program_late);
	return root->program_folder < 0 ? -1 : 0;
}

static int add_system(struct root *root)
{
	for (size_t i = 0; i < sizeof system_folders / sizeof *system_folders; i++)
		if (!is_link(system_folders[i]) && add_tree(root, system_folders[i], system_folders[i]))
			return -1;
	for (size_t i = 0; i < sizeof shown_files / sizeof *shown_files; i++)
		if (add_tree(root, shown_files[i], shown_files[i]))
			return -1;
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
		if (add_tree(root, devices[i], devices[i]))
			return -1;
	return 0;
}

int root_open(struct root *root, const struct sandbox_command *command, char **arguments)
{
	*root = (struct root){.program_folder = -1, .doing = "copy the mounts that it sees (Linux 5.2)"};
	if (add_system(root) || show_words(root, command, arguments))
		return -1;
	if (!sandbox_has(LAYER_ROOT) && add_tree(root, sandbox_shows, sandbox_shows))
		return -1;
	if (!command->own_words)
		return show_program(root, arguments[0]);
	root->program = arguments[0];
	return 0;
}

/* ---- building, as the guest ---- */

/* The folders above a path. */
static int make_parents(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0755) && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return 0;
}

static int make_file(const char *path, const void *bytes, size_t length, mode_t mode)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd < 0)
		return -1;
	errno = EFBIG; /* what a short write means here: a limit of files' sizes (ulimit -f) */
	return write(fd, bytes, length) == (ssize_t)length ? 0 : -1;
}

static int place_tree(const struct tree *tree)
{
	_cleanup_text_ struct text path = {0};

	text_printf(&path, BUILD_AT "%s", tree->where);
	if (make_parents(path.data))
		return -1;
	if (tree->is_folder ? mkdir(path.data, 0755) : make_file(path.data, "", 0, 0644))
		if (errno != EEXIST)
			return -1;
	if (syscall(SYS_move_mount, tree->fd, "", AT_FDCWD, path.data, MOVE_MOUNT_F_EMPTY_PATH))
		return -1;
	return tree->late ? mounts_tighten(path.data, tree->late) : 0;
}

/* Before Linux 5.12 it must lie somewhere to be tightened; the descriptor holds it when it lies there no more. */
static int tighten_program(const struct root *root)
{
	static const char passing[] = BUILD_AT "/program";

	if (!root->program_late)
		return 0;
	if (mkdir(passing, 0755) ||
	    syscall(SYS_move_mount, root->program_folder, "", AT_FDCWD, passing, MOVE_MOUNT_F_EMPTY_PATH) ||
	    mounts_tighten(passing, root->program_late) || syscall(SYS_umount2, passing, MNT_DETACH))
		return -1;
	return rmdir(passing);
}

static int make_links(void)
{
	char target[64], path[64];

	for (size_t i = 0; i < sizeof system_folders / sizeof *system_folders; i++) {
		ssize_t length;

		/* BUILD_AT hides /usr by now, but these stand beside it. */
		length = readlink(system_folders[i], target, sizeof target - 1);
		if (length < 0)
			continue;
		target[length] = '\0';
		snprintf(path, sizeof path, BUILD_AT "%s", system_folders[i]);
		if (symlink(target, path))
			return -1;
	}
	for (size_t i = 0; i < sizeof own_links / sizeof *own_links; i++) {
		snprintf(path, sizeof path, BUILD_AT "%s", own_links[i].path);
		if (symlink(own_links[i].to, path) && errno != EEXIST)
			return -1;
	}
	return 0;
}

static int make_etc(void)
{
	char path[64];

	for (size_t i = 0; i < sizeof own_files / sizeof *own_files; i++) {
		snprintf(path, sizeof path, BUILD_AT "%s", own_files[i].path);
		if (make_file(path, own_files[i].text, strlen(own_files[i].text), 0644))
			return -1;
	}
	return 0;
}

static int mount_tmpfs(const char *where, uint64_t bytes, unsigned files, unsigned long flags)
{
	char options[128];

	if (sandbox_has(LAYER_FILES))
		snprintf(options, sizeof options, "size=%llu,nr_inodes=%u,mode=0755", (unsigned long long)bytes, files);
	else
		snprintf(options, sizeof options, "mode=0755");
	return (int)syscall(SYS_mount, "tmpfs", where, "tmpfs", flags, options);
}

/* The one place to write. */
static int make_home(const struct sandbox_command *command)
{
	uint64_t bytes = command->compiles ? 3 * SANDBOX_FILES_MAX : SANDBOX_FILES_MAX;

	if (mkdir(BUILD_AT "/home", 0755) ||
	    mount_tmpfs(BUILD_AT "/home", bytes, NAMES_MAX, MS_NOSUID | MS_NODEV))
		return -1;
	return mkdir(BUILD_AT WORKING_FOLDER, 0755) || mkdir(BUILD_AT "/home/tmp", 01777) ||
	       mkdir(BUILD_AT "/home/shm", 01777) ? -1 : 0;
}

/* Without where it is refused, which it is in most containers ("mount too revealing", fs/namespace.c). */
static int make_proc(void)
{
	if (mkdir(BUILD_AT "/proc", 0555))
		return -1;
	(void)syscall(SYS_mount, "proc", BUILD_AT "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC,
	              "subset=pid,hidepid=2");
	return 0;
}

/* The demo's right program is a solution. */
static int hide_solutions(void)
{
	if (strncmp(WINDSOCK_LIBEXECDIR, "/usr/", 5) || !is_folder(BUILD_AT WINDSOCK_LIBEXECDIR))
		return 0;
	return mount_tmpfs(BUILD_AT WINDSOCK_LIBEXECDIR, 4096, 2, MS_RDONLY | MS_NOSUID | MS_NODEV);
}

static int make_root(const struct root *root, const struct sandbox_command *command)
{
	/* 1 MiB: names and links; it is read-only before a program runs. */
	if (mount_tmpfs(BUILD_AT, 1 << 20, 512, MS_NOSUID | MS_NODEV))
		return -1;
	if (mkdir(BUILD_AT "/etc", 0755) || mkdir(BUILD_AT "/dev", 0755) || make_home(command) || make_etc() ||
	    make_proc())
		return -1;
	for (size_t i = 0; i < root->tree_count; i++)
		if (place_tree(&root->trees[i]))
			return -1;
	return tighten_program(root) || make_links() || hide_solutions() ? -1 : 0;
}

/* pivot_root(".", "."): the old root lies on top of the new one, and is taken off (pivot_root(2), NOTES). */
static int change_root(void)
{
	if (chdir(BUILD_AT) || syscall(SYS_pivot_root, ".", ".") || syscall(SYS_umount2, ".", MNT_DETACH) || chdir("/"))
		return -1;
	return sandbox_has(LAYER_READ_ONLY) ? mounts_tighten_root() : 0;
}

#define MS_PRIVATE_ALL (MS_REC | MS_PRIVATE)

int root_enter(struct root *root, const struct sandbox_command *command)
{
	root->doing = "make a root for it";
	if (syscall(SYS_mount, NULL, "/", NULL, MS_PRIVATE_ALL, NULL) || make_root(root, command))
		return -1;
	root->doing = "go into the root that was made for it";
	return change_root() || chdir(WORKING_FOLDER) ? -1 : 0;
}

int root_put_source(struct root *root, const struct sandbox_command *command, const struct text *source)
{
	root->doing = "give it its source";
	return make_file(command->source_name, text_string(source), source->length, 0444);
}

void root_execute(const struct root *root, char *const *arguments, char *const *environment)
{
	if (root->program_folder < 0)
		execvpe(root->program, arguments, environment); /* a path; it gives a script without #! to the shell */
	else
		(void)syscall(SYS_execveat, root->program_folder, root->program, arguments, environment, 0);
}

/* ---- what a compiler leaves ---- */

static int copy_all(int from, int to)
{
	char buffer[65536];
	ssize_t got;

	while ((got = read(from, buffer, sizeof buffer)) > 0)
		for (ssize_t put = 0, more; put < got; put += more)
			if ((more = write(to, buffer + put, (size_t)(got - put))) <= 0)
				return -1;
	return got < 0 ? -1 : 0;
}

/* Whatever stands there by that name: it must be a file of its own, of a size that a program has. */
int root_take_result(const struct sandbox_command *command, int to)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
	                       .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
	_cleanup_close_ int fd = (int)syscall(SYS_openat2, AT_FDCWD, command->result_name, &how, sizeof how);
	struct stat status;

	if (fd < 0 || fstat(fd, &status))
		return -1;
	if (!S_ISREG(status.st_mode) || status.st_nlink != 1 || (uint64_t)status.st_size > SANDBOX_FILES_MAX) {
		errno = EBADF;
		return -1;
	}
	return copy_all(fd, to);
}
