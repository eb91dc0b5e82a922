/* test_activity.c - what /proc tells of programs: whether they wait, and whether they were kept waiting.
 *
 * The programs are our own children; no lab is needed. */
#include "../../harness/activity.h"
#include "../../harness/clock.h"
#include "../unit/suite.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_US 30000000 /* of a loaded machine */
#define CHILDREN_MOST 8

static struct activity_watch watch;
static pid_t children[CHILDREN_MOST];
static size_t child_count;
static int on_disk;

typedef void program(void);

static void begin(program *run)
{
	pid_t pid = fork();

	if (pid < 0)
		exit(99);
	if (!pid) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* cannot fail for a signal that there is */
		run();
		_exit(1);
	}
	children[child_count++] = pid;
}

static void end_all(void)
{
	for (size_t i = 0; i < child_count; i++) {
		(void)kill(children[i], SIGKILL); /* ours, and not yet reaped */
		CU_ASSERT_EQUAL(waitpid(children[i], NULL, 0), children[i]);
	}
	child_count = 0;
	activity_close(&watch);
	watch = (struct activity_watch){.keeper = getpid()};
}

typedef bool question(const struct activity_look *look);

/* Looks until it is so. */
static bool comes_true(question *asked)
{
	int64_t until = clock_us() + PATIENCE_US;
	struct activity_look look;

	do
		activity_look(&watch, CHILDREN_MOST, 0, &look);
	while (!asked(&look) && clock_us() < until);
	return asked(&look);
}

static bool is_parked(const struct activity_look *look)
{
	return look->activity == ACTIVITY_PARKED && look->processes == 1;
}

static bool is_dozing(const struct activity_look *look)
{
	return look->activity == ACTIVITY_DOZING;
}

static bool is_asleep(const struct activity_look *look)
{
	return look->activity == ACTIVITY_ASLEEP;
}

static bool is_starved(const struct activity_look *look)
{
	return look->starved_ns >= UINT64_C(100000000);
}

static bool is_stalled(const struct activity_look *look)
{
	return look->stalled;
}

static bool has_computed(const struct activity_look *look)
{
	return look->computed_ns > UINT64_C(50000000);
}

/* ---- programs ---- */

static void wait_for_good(void)
{
	char byte;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	(void)!recv(fd, &byte, 1, 0);
}

static void wait_an_hour(void)
{
	(void)poll(NULL, 0, 3600 * 1000);
}

static void sleep_an_hour(void)
{
	(void)sleep(3600);
}

static _Noreturn void compute(void)
{
	for (;;)
		__asm__ volatile("");
}

/* All on the first processor that we may have. */
static void stay_on_one(void)
{
	cpu_set_t all, one;

	CPU_ZERO(&one);
	if (sched_getaffinity(0, sizeof all, &all))
		_exit(99);
	for (size_t i = 0; i < CPU_SETSIZE && !CPU_COUNT(&one); i++)
		if (CPU_ISSET(i, &all))
			CPU_SET(i, &one);
	if (sched_setaffinity(0, sizeof one, &one))
		_exit(99);
}

static void take_all(void)
{
	stay_on_one();
	compute();
}

static void get_little(void)
{
	stay_on_one();
	if (setpriority(PRIO_PROCESS, 0, 19))
		_exit(99);
	compute();
}

static void wait_for_a_child(void)
{
	pid_t pid = vfork();

	if (!pid) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* cannot fail for a signal that there is */
		(void)pause();
		_exit(0);
	}
}

/* On a disk, not in memory. */
static void wait_for_the_disk(void)
{
	for (;;)
		if (pwrite(on_disk, "x", 1, 0) != 1 || fdatasync(on_disk))
			_exit(99);
}

/* ---- the tests ---- */

static bool is_waiting(const struct activity_look *look)
{
	return look->processes == 2 && look->activity == ACTIVITY_RUNNING;
}

/* A file that has gone from its folder again, on the first of these that is on a disk; -1: none is. */
static int open_on_disk(void)
{
	const char *folders[] = {".", "/var/tmp", getenv("HOME"), "/"};

	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		int fd = folders[i] ? open(folders[i], O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;
		struct statfs place;

		if (fd >= 0 && !fstatfs(fd, &place) && place.f_type != TMPFS_MAGIC)
			return fd;
		if (fd >= 0)
			CU_ASSERT_EQUAL(close(fd), 0);
	}
	return -1;
}

static void stalled(void)
{
	on_disk = open_on_disk();
	if (on_disk < 0) {
		printf("# not here: a program that waits for a disk: no folder is on one\n");
		return;
	}
	begin(wait_for_the_disk);
	CU_ASSERT_TRUE(comes_true(is_stalled));
	end_all();
	CU_ASSERT_EQUAL(close(on_disk), 0);
}

static void waits_for_a_child(void)
{
	struct activity_look look;

	begin(wait_for_a_child);
	CU_ASSERT_TRUE(comes_true(is_waiting));
	for (int i = 0; i < 100; i++) {
		activity_look(&watch, CHILDREN_MOST, 0, &look);
		CU_ASSERT_FALSE(look.stalled);
	}
	end_all();
}

static void parked(void)
{
	begin(wait_for_good);
	CU_ASSERT_TRUE(comes_true(is_parked));
	end_all();
}

static void dozing(void)
{
	begin(wait_an_hour);
	CU_ASSERT_TRUE(comes_true(is_dozing));
	end_all();
}

static void asleep(void)
{
	begin(wait_an_hour); /* the other one, who dozes, makes no difference */
	begin(sleep_an_hour);
	CU_ASSERT_TRUE(comes_true(is_asleep));
	end_all();
}

static void alone(void)
{
	struct activity_look look;

	begin(compute);
	CU_ASSERT_TRUE(comes_true(has_computed));
	activity_look(&watch, CHILDREN_MOST, 0, &look);
	CU_ASSERT_EQUAL(look.activity, ACTIVITY_RUNNING);
	end_all();
}

static void starved(void)
{
	begin(get_little);
	for (int i = 0; i < 4; i++)
		begin(take_all);
	CU_ASSERT_TRUE(comes_true(is_starved));
	end_all();
}

static const struct suite_test tests[] = {
	{"who waits for a datagram is parked", parked},
	{"who waits for a time dozes", dozing},
	{"who sleeps is deaf meanwhile", asleep},
	{"who computes is running, and its time is told", alone},
	{"who waits for a processor that others have is starved", starved},
	{"who waits for a disk is stalled", stalled},
	{"who waits for a child of his own is not", waits_for_a_child},
};

int main(void)
{
	watch.keeper = getpid();
	return suite_run("activity", tests, sizeof tests / sizeof tests[0]);
}
