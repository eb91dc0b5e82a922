/* calls_lines.c - which line of the program made a call; see calls.h.
 *
 * The stack is read from its top. A word that is an address in the program's own text, behind a
 * call instruction, is taken for a return address: the first of them is the caller's,
 * or, in a static program, one in the C library inside it, which has no line; so a few are kept
 * and the first with a line counts. When all programs are gone the addresses become lines. */
#include "calls_parts.h"

#include "../src/debugline.h"
#include "lab.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define IMAGES_MAX 8
#define PLACES_MAX 256 /* of one image */
#define FILE_BYTES_MAX (32 << 20)
#define STACK_WORDS 512 /* that are searched */
#define STACK_PIECE 64  /* of them at a time: the caller of a socket call is near the top */
#define NAMES_MAX 65536 /* bytes of an ELF file's section names */

struct image {
	dev_t device;
	ino_t inode;
	bool pie;
	int file;
	struct debugline places[PLACES_MAX]; /* addresses in the file: of calls, not of what follows them */
	size_t place_count;
};

static struct image *images[IMAGES_MAX];
static size_t image_count;

/* ---- the program's file ---- */

/* Whether the file has line numbers: ".debug_line" among the names of its sections. */
static bool has_lines(int fd, const Elf64_Ehdr *header)
{
	Elf64_Shdr section;
	bool found = false;
	char *names;

	if (pread(fd, &section, sizeof section, (off_t)(header->e_shoff + (uint64_t)header->e_shstrndx * sizeof section)) !=
	            (ssize_t)sizeof section || section.sh_size > NAMES_MAX)
		return false;
	names = mem_alloc(section.sh_size + 1);
	if (pread(fd, names, section.sh_size, (off_t)section.sh_offset) == (ssize_t)section.sh_size)
		found = memmem(names, section.sh_size, ".debug_line", 12) != NULL;
	free(names);
	return found;
}

static int find_image(pid_t tid)
{
	struct stat status;
	Elf64_Ehdr header;
	struct image *image;
	char path[64];
	int file, found = -1;

	snprintf(path, sizeof path, "/proc/%d/exe", (int)tid);
	file = open(path, O_RDONLY | O_CLOEXEC);
	if (file < 0)
		return -1;
	if (!fstat(file, &status))
		for (size_t i = 0; i < image_count; i++)
			if (images[i]->device == status.st_dev && images[i]->inode == status.st_ino)
				found = (int)i;
	if (found < 0 && image_count < IMAGES_MAX && pread(file, &header, sizeof header, 0) == (ssize_t)sizeof header &&
	    !memcmp(header.e_ident, ELFMAG, SELFMAG) && header.e_ident[EI_CLASS] == ELFCLASS64 && has_lines(file, &header)) {
		image = mem_alloc(sizeof *image);
		*image = (struct image){.device = status.st_dev, .inode = status.st_ino, .pie = header.e_type == ET_DYN,
		                        .file = file};
		found = (int)image_count;
		images[image_count++] = image;
		return found;
	}
	(void)close(file); /* only read from */
	return found;
}

/* Where the program's file is mapped: its text, and how far that is from where the file says. */
static void find_code(struct task *task)
{
	char path[64], exe[PATH_MAX], line[PATH_MAX + 128];
	ssize_t length;
	FILE *maps;

	task->code = (struct code){.known = true, .image = find_image(task->tid)};
	if (task->code.image < 0)
		return;
	snprintf(path, sizeof path, "/proc/%d/exe", (int)task->tid);
	length = readlink(path, exe, sizeof exe - 1);
	exe[length > 0 ? length : 0] = '\0';
	snprintf(path, sizeof path, "/proc/%d/maps", (int)task->tid);
	maps = length > 0 ? fopen(path, "re") : NULL;
	while (maps && fgets(line, sizeof line, maps)) {
		uint64_t start, end, offset;
		char rights[8];
		int name = 0;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*s %*s %n", &start, &end, rights, &offset, &name) < 4 ||
		    !name || strncmp(line + name, exe, (size_t)length) || line[name + (int)length] != '\n')
			continue;
		if (!offset && images[task->code.image]->pie)
			task->code.bias = start;
		if (rights[2] == 'x' && !task->code.end) {
			task->code.start = start;
			task->code.end = end;
		}
	}
	if (maps)
		(void)fclose(maps); /* only read from */
}

/* ---- the stack ---- */

/* Whether the bytes before a return address can be a call. */
static bool is_behind_call(const uint8_t before[8])
{
#if defined(__x86_64__)
	/* e8 rel32; ff /2 with a register, memory, memory + disp8, memory + disp32, with and without SIB */
	if (before[3] == 0xe8)
		return true;
	for (int length = 2; length <= 7; length++)
		if (before[8 - length] == 0xff && (before[8 - length + 1] & 0x38) == 0x10)
			return true;
	return false;
#else
	uint32_t word;

	memcpy(&word, before + 4, sizeof word);
	return (word & 0xfc000000u) == 0x94000000u || (word & 0xfffffc1fu) == 0xd63f0000u; /* bl, blr */
#endif
}

/* The number + 1 of the place before ADDRESS, or 0. */
static uint16_t find_place(const struct image *image, uint64_t address)
{
	for (size_t i = 0; i < image->place_count; i++)
		if (image->places[i].address == address - 1)
			return (uint16_t)(i + 1);
	return 0;
}

static void add_place(struct task *task, uint64_t address, bool sure, struct chain *chain, size_t *count)
{
	struct image *image = images[task->code.image];
	uint64_t in_file = address - task->code.bias;
	uint8_t before[8];
	uint16_t place;

	if (address < task->code.start + sizeof before || address > task->code.end || *count == CHAIN_MAX)
		return;
	place = find_place(image, in_file);
	if (!place && image->place_count < PLACES_MAX &&
	    (sure || (task_read(task->tid, address - sizeof before, before, sizeof before) == sizeof before &&
	              is_behind_call(before)))) {
		image->places[image->place_count++].address = in_file - 1;
		place = (uint16_t)image->place_count;
	}
	if (place)
		chain->place[(*count)++] = place;
}

void lines_learn(struct task *task)
{
	if (!task->code.known)
		find_code(task);
}

void lines_find(struct task *task, uint64_t instruction, uint64_t stack, struct chain *chain)
{
	uint64_t words[STACK_PIECE];
	size_t count = 0, most, got = STACK_PIECE;

	memset(chain, 0, sizeof *chain); /* padding too: chains are compared */
	lines_learn(task);
	chain->image = (int16_t)task->code.image;
	if (task->code.image < 0 || !task->code.end)
		return;
	add_place(task, instruction, true, chain, &count);
	most = count ? CHAIN_MAX : 1; /* static, or with a system call of its own: others may come before the caller */
	for (size_t at = 0; at < STACK_WORDS && got == STACK_PIECE && count < most; at += STACK_PIECE) {
		got = task_read(task->tid, stack + at * sizeof words[0], words, sizeof words) / sizeof words[0];
		for (size_t i = 0; i < got && count < most; i++)
			add_place(task, words[i], false, chain, &count);
	}
}

/* ---- the lines ---- */

/* Somebody who may do nothing: the file is the student's, and may be meant to do harm. */
static int become_nobody(void)
{
	struct rlimit seconds = {2, 2};
#ifdef __SANITIZE_ADDRESS__ /* maps terabytes for itself */
	struct rlimit memory = {RLIM_INFINITY, RLIM_INFINITY};
#else
	struct rlimit memory = {(rlim_t)1 << 30, (rlim_t)1 << 30};
#endif
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {{0}, {0}};
	uid_t uid = (uid_t)lab_guest();
	gid_t gid = (gid_t)lab_guest();

	if (setrlimit(RLIMIT_CPU, &seconds) || setrlimit(RLIMIT_AS, &memory))
		return -1;
	if (uid != geteuid() && (setgroups(0, NULL) || setresgid(gid, gid, gid) || setresuid(uid, uid, uid)))
		return -1;
	return syscall(SYS_capset, &header, none) || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	       prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void read_lines(struct image *image)
{
	struct stat status;
	void *bytes;

	if (!image->place_count || fstat(image->file, &status) || status.st_size > FILE_BYTES_MAX)
		return;
	/* A copy: a mapped file that is cut short would be a SIGBUS. */
	bytes = mem_alloc((size_t)status.st_size + 1);
	if (pread(image->file, bytes, (size_t)status.st_size, 0) == status.st_size)
		debugline_find(bytes, (size_t)status.st_size, image->places, image->place_count);
	free(bytes);
}

static void print_line(const struct chain *chain, char *out, size_t size)
{
	const struct image *image = chain->image < 0 || (size_t)chain->image >= image_count ? NULL : images[chain->image];

	for (size_t i = 0; image && i < CHAIN_MAX && chain->place[i]; i++)
		if (image->places[chain->place[i] - 1].line[0]) {
			snprintf(out, size, "%s", image->places[chain->place[i] - 1].line);
			return;
		}
}

void lines_resolve(struct calls_log *log, const struct chain *chains)
{
	if (!image_count || become_nobody())
		return;
	for (size_t i = 0; i < image_count; i++)
		read_lines(images[i]);
	for (size_t i = 0; i < log->count; i++)
		print_line(&chains[i], log->calls[i].line, sizeof log->calls[i].line);
}
