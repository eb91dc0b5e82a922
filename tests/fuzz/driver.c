/* driver.c - main() for a fuzz target where libFuzzer is not there.
 *
 *   fuzz_trace [-n N] [-s SEED] FILE|FOLDER...
 *
 * Runs every input named, folders with all below them, through the target, and then N
 * mutations of them, drawn from SEED: the same on every machine. A target that does
 * not like an input aborts; which one it was is on standard error then. */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INPUT_MAX (4 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	char *name;
	uint8_t *bytes;
	size_t length;
};

static struct input *inputs;
static size_t input_count, input_capacity;
static char running[512]; /* what the target is at */

static void fail(const char *name)
{
	fprintf(stderr, "driver: %s: %s\n", name, strerror(errno));
	exit(2);
}

static void *grow(void *memory, size_t size)
{
	void *more = realloc(memory, size ? size : 1);

	if (!more)
		fail("memory");
	return more;
}

/* write() is what a signal handler may do: signal-safety(7). */
static void tell(int signal_number)
{
	static const char says[] = "\ndriver: the target stopped at ";

	(void)!write(STDERR_FILENO, says, sizeof says - 1);
	(void)!write(STDERR_FILENO, running, strlen(running));
	(void)!write(STDERR_FILENO, "\n", 1);
	(void)signal(signal_number, SIG_DFL);
	(void)raise(signal_number);
}

static void read_file(const char *name)
{
	FILE *stream = fopen(name, "re");
	struct input *input;

	if (!stream)
		fail(name);
	if (input_count == input_capacity) {
		input_capacity = input_capacity ? 2 * input_capacity : 64;
		inputs = grow(inputs, input_capacity * sizeof *inputs);
	}
	input = &inputs[input_count++];
	input->name = strdup(name);
	input->bytes = grow(NULL, INPUT_MAX);
	input->length = fread(input->bytes, 1, INPUT_MAX, stream);
	if (!input->name || ferror(stream) || fclose(stream))
		fail(name);
	input->bytes = grow(input->bytes, input->length);
}

static void read_path(const char *path);

static void read_folder(const char *folder)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, NULL, alphasort);

	if (count < 0)
		fail(folder);
	for (int i = 0; i < count; i++) {
		char path[4096];

		if (snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name) >= (int)sizeof path) {
			errno = ENAMETOOLONG;
			fail(folder);
		}
		if (entries[i]->d_name[0] != '.')
			read_path(path);
		free(entries[i]);
	}
	free(entries);
}

static void read_path(const char *path)
{
	struct stat status;

	if (stat(path, &status))
		fail(path);
	if (S_ISDIR(status.st_mode))
		read_folder(path);
	else
		read_file(path);
}

/* xorshift64 (Marsaglia 2003). */
static uint64_t state = 1;

static size_t draw(size_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below ? (size_t)(state % below) : 0;
}

/* One change of *LENGTH bytes, of which there is room for ROOM. */
static void mutate(uint8_t *bytes, size_t *length, size_t room)
{
	static const uint8_t telling[] = {0, 1, 0x7f, 0x80, 0xff, '\n', ' ', '"', '{', '}', '\\'};
	size_t at = draw(*length), size = 1 + draw(16);
	const struct input *other = &inputs[draw(input_count)];
	size_t from = draw(other->length);

	switch (draw(*length ? 6 : 1)) {
	case 0: /* a piece of another input goes in between */
		size = size < other->length - from ? size : other->length - from;
		size = size < room - *length ? size : room - *length;
		memmove(bytes + at + size, bytes + at, *length - at);
		memcpy(bytes + at, other->bytes + from, size);
		*length += size;
		break;
	case 1: /* a piece is left out */
		size = size < *length - at ? size : *length - at;
		memmove(bytes + at, bytes + at + size, *length - at - size);
		*length -= size;
		break;
	case 2:
		bytes[at] ^= (uint8_t)(1u << draw(8));
		break;
	case 3:
		bytes[at] = telling[draw(sizeof telling)];
		break;
	case 4:
		bytes[at] = (uint8_t)draw(256);
		break;
	case 5: /* the end is cut off */
		*length = at;
		break;
	}
}

static void run(const char *name, size_t number, const uint8_t *bytes, size_t length)
{
	/* Just as long as it is, so that reading beyond the end is found. */
	uint8_t *copy = grow(NULL, length);

	if (length)
		memcpy(copy, bytes, length);
	if (number)
		snprintf(running, sizeof running, "mutation %zu, of %s", number, name);
	else
		snprintf(running, sizeof running, "%s", name);
	(void)LLVMFuzzerTestOneInput(copy, length); /* always 0 */
	free(copy);
}

static void run_mutation(size_t number)
{
	const struct input *input = &inputs[draw(input_count)];
	size_t room = input->length + 256, length = input->length;
	uint8_t *bytes = grow(NULL, room);

	memcpy(bytes, input->bytes, length);
	for (size_t changes = 1 + draw(8); changes; changes--)
		mutate(bytes, &length, room);
	run(input->name, number, bytes, length);
	free(bytes);
}

int main(int argc, char **argv)
{
	size_t mutations = 0;
	int option;

	while ((option = getopt(argc, argv, "n:s:")) != -1)
		if (option == 'n')
			mutations = strtoul(optarg, NULL, 10);
		else if (option == 's')
			state = 2 * strtoull(optarg, NULL, 10) + 1; /* never 0, which xorshift does not leave */
		else
			return 2;
	for (int i = optind; i < argc; i++)
		read_path(argv[i]);
	if (!input_count) {
		fprintf(stderr, "usage: %s [-n MUTATIONS] [-s SEED] FILE|FOLDER...\n", argv[0]);
		return 2;
	}
	if (signal(SIGABRT, tell) == SIG_ERR || signal(SIGSEGV, tell) == SIG_ERR || signal(SIGFPE, tell) == SIG_ERR)
		fail("signal");
	for (size_t i = 0; i < input_count; i++)
		run(inputs[i].name, 0, inputs[i].bytes, inputs[i].length);
	for (size_t i = 1; i <= mutations; i++)
		run_mutation(i);
	printf("%zu inputs, %zu mutations\n", input_count, mutations);
	for (size_t i = 0; i < input_count; i++) {
		free(inputs[i].name);
		free(inputs[i].bytes);
	}
	free(inputs);
	return 0;
}
