/* The kernel's line of a thread's time: what does not have all three numbers is none. */
#include "../../src/schedstat.h"
#include "suite.h"

static void test_line(void)
{
	struct schedstat times;

	CU_ASSERT_TRUE_FATAL(schedstat_parse("1289137 45320 17\n", &times));
	CU_ASSERT_EQUAL(times.computed_ns, 1289137);
	CU_ASSERT_EQUAL(times.waited_ns, 45320);
	CU_ASSERT_EQUAL(times.turns, 17);
}

static void test_large(void)
{
	struct schedstat times;

	CU_ASSERT_TRUE_FATAL(schedstat_parse("18446744073709551615 4294967296 5000000000\n", &times));
	CU_ASSERT_EQUAL(times.computed_ns, UINT64_MAX);
	CU_ASSERT_EQUAL(times.waited_ns, UINT64_C(4294967296));
	CU_ASSERT_EQUAL(times.turns, UINT64_C(5000000000));
}

static void test_none(void)
{
	static const char *const lines[] = {"", "\n", "12", "12 13", "12 13 x", "running\n"};
	struct schedstat times = {1, 2, 3};

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		CU_ASSERT_FALSE(schedstat_parse(lines[i], &times));
	CU_ASSERT_EQUAL(times.computed_ns, 1);
	CU_ASSERT_EQUAL(times.waited_ns, 2);
	CU_ASSERT_EQUAL(times.turns, 3);
}

static const struct suite_test tests[] = {
	{"time on a processor, time in a queue for one, turns", test_line},
	{"numbers of 64 bits", test_large},
	{"a line without all three changes nothing", test_none},
};

SUITE_MAIN("schedstat", tests)
