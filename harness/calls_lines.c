/* calls_lines.c - which line of the program made a call; see calls.h.
 *
 * The stack is read from its top. A word that is an address in the program's own text, behind a
 * call instruction, is taken for a return address: the first of them is the caller's,
 * or, in a static program, one in the C library inside it, which has no line; so a few are kept
 * and the first with a line counts. addr2line reads addresses and prints a line for each, in
 * order; one of it runs for each program file that has line numbers. */
#include "calls_parts.h"

#include "lab.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMAGES_MAX 8
#define PLACES_MAX 256 /* of one image: its answers must fit into a pipe that nobody empties meanwhile */
#define STACK_WORDS 512
#define NAMES_MAX 65536 /* bytes of an ELF file's section names */

struct image {
	dev_t device;
	ino_t inode;
	bool pie;
	pid_t reader; /* addr2line, or -1 */
	int ask_fd, answer_fd;
	uint64_t places[PLACES_MAX]; /* addresses in the file */
	size_t place_count;
	char lines[PLACES_MAX][64];
	bool answered;
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

/* As somebody who may do nothing: the file is the student's, and may be meant to do harm. */
static _Noreturn void become_reader(int file, int ask, int answer)
{
	struct rlimit seconds = {2, 2}, memory = {(rlim_t)1 << 30, (rlim_t)1 << 30};
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	if (prctl(PR_SET_PDEATHSIG, SIGKILL) || dup2(ask, 0) < 0 || dup2(answer, 1) < 0 || null < 0 || dup2(null, 2) < 0 ||
	    dup2(file, 3) < 0 || fcntl(3, F_SETFD, 0) || setrlimit(RLIMIT_CPU, &seconds) || setrlimit(RLIMIT_AS, &memory))
		_exit(1);
	if ((uid_t)lab_guest() != geteuid()) {
		gid_t gid = (gid_t)lab_guest();
		uid_t uid = (uid_t)lab_guest();

		if (setgroups(0, NULL) || setresgid(gid, gid, gid) || setresuid(uid, uid, uid) || prctl(PR_SET_PDEATHSIG, SIGKILL))
			_exit(1);
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || signal(SIGPIPE, SIG_DFL) == SIG_ERR)
		_exit(1);
	execlp("addr2line", "addr2line", "-e", "/proc/self/fd/3", (char *)NULL);
	_exit(1); /* not installed: no lines */
}

static void start_reader(struct image *image, int file)
{
	int ask[2], answer[2];

	if (pipe2(ask, O_CLOEXEC | O_NONBLOCK))
		return;
	if (pipe2(answer, O_CLOEXEC)) {
		(void)close(ask[0]);
		(void)close(ask[1]);
		return;
	}
	(void)fcntl(ask[0], F_SETFL, 0); /* the reader's end waits; if it does not, there are no lines */
	image->reader = fork();
	if (!image->reader)
		become_reader(file, ask[0], answer[1]);
	(void)close(ask[0]);
	(void)close(answer[1]);
	image->ask_fd = ask[1];
	image->answer_fd = answer[0];
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
		                        .reader = -1, .ask_fd = -1, .answer_fd = -1};
		start_reader(image, file);
		found = (int)image_count;
		images[image_count++] = image;
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

/* The place's number + 1; 0 when there is no room. What is new is asked for at once. */
static uint16_t find_place(struct image *image, uint64_t address)
{
	char question[32];
	int length;

	for (size_t i = 0; i < image->place_count; i++)
		if (image->places[i] == address)
			return (uint16_t)(i + 1);
	length = snprintf(question, sizeof question, "0x%" PRIx64 "\n", address - 1); /* the call, not what follows */
	if (image->place_count == PLACES_MAX || image->ask_fd < 0 ||
	    write(image->ask_fd, question, (size_t)length) != (ssize_t)length)
		return 0;
	image->places[image->place_count++] = address;
	return (uint16_t)image->place_count;
}

static bool is_place(const struct image *image, uint64_t address)
{
	for (size_t i = 0; i < image->place_count; i++)
		if (image->places[i] == address)
			return true;
	return false;
}

static void add_place(struct task *task, uint64_t address, bool sure, struct chain *chain, size_t *count)
{
	struct image *image = images[task->code.image];
	uint8_t before[8];

	if (address < task->code.start + sizeof before || address > task->code.end || *count == CHAIN_MAX)
		return;
	if (!sure && !is_place(image, address - task->code.bias) &&
	    (task_read(task->tid, address - sizeof before, before, sizeof before) != sizeof before || !is_behind_call(before)))
		return;
	chain->place[*count] = find_place(image, address - task->code.bias);
	*count += chain->place[*count] != 0;
}

void lines_learn(struct task *task)
{
	if (!task->code.known)
		find_code(task);
}

void lines_find(struct task *task, uint64_t instruction, uint64_t stack, struct chain *chain)
{
	uint64_t words[STACK_WORDS];
	size_t count = 0, got;

	memset(chain, 0, sizeof *chain); /* padding too: chains are compared */
	lines_learn(task);
	chain->image = (int16_t)task->code.image;
	if (task->code.image < 0 || !task->code.end)
		return;
	add_place(task, instruction, true, chain, &count);
	got = task_read(task->tid, stack, words, sizeof words) / sizeof words[0];
	for (size_t i = 0; i < got && count < CHAIN_MAX; i++)
		add_place(task, words[i], false, chain, &count);
}

/* ---- the answers ---- */

void lines_close(void)
{
	for (size_t i = 0; i < image_count; i++) {
		if (images[i]->ask_fd >= 0)
			(void)close(images[i]->ask_fd);
		images[i]->ask_fd = -1;
	}
}

void lines_kill(void)
{
	for (size_t i = 0; i < image_count; i++)
		if (images[i]->reader > 0)
			(void)kill(images[i]->reader, SIGKILL); /* ours; gone is as good */
}

/* "/home/me/server.c:41 (discriminator 2)" becomes "server.c:41"; "??:0" and "server.c:?" become "". */
static void keep_line(const char *answer, char *out, size_t size)
{
	const char *colon = strrchr(answer, ':'), *name = answer;
	long number = colon ? strtol(colon + 1, NULL, 10) : 0;

	if (!colon || number <= 0 || answer[0] == '?')
		return;
	for (const char *at = answer; at < colon; at++)
		if (*at == '/')
			name = at + 1;
	snprintf(out, size, "%.*s:%ld", (int)(colon - name > 48 ? 48 : colon - name), name, number);
}

static void read_answers(struct image *image)
{
	char line[PATH_MAX + 64];
	FILE *answers = image->answer_fd < 0 ? NULL : fdopen(image->answer_fd, "r");

	image->answered = true;
	for (size_t i = 0; answers && i < image->place_count && fgets(line, sizeof line, answers); i++)
		keep_line(line, image->lines[i], sizeof image->lines[i]);
	if (answers)
		(void)fclose(answers); /* only read from */
}

void lines_print(const struct chain *chain, char *out, size_t size)
{
	struct image *image = chain->image < 0 || (size_t)chain->image >= image_count ? NULL : images[chain->image];

	if (image && !image->answered)
		read_answers(image);
	for (size_t i = 0; image && i < CHAIN_MAX && chain->place[i]; i++)
		if (image->lines[chain->place[i] - 1][0]) {
			snprintf(out, size, "%s", image->lines[chain->place[i] - 1]);
			return;
		}
}
