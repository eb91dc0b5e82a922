/* How slow a machine is, from times that were measured: one that is only interrupted is not slow. */
#include "../../src/pace_reckon.h"
#include "suite.h"

#define REFERENCE 30000

static unsigned reckon(int64_t a, int64_t b, int64_t c, int64_t d, int64_t e)
{
	int64_t taken[] = {a, b, c, d, e};

	return pace_reckon(taken, 5, REFERENCE);
}

static void test_quick(void)
{
	CU_ASSERT_EQUAL(reckon(9000, 9100, 8000, 30000, 9000), 1);
	CU_ASSERT_EQUAL(reckon(30000, 30000, 30000, 30000, 30000), 1);
	CU_ASSERT_EQUAL(reckon(59999, 59999, 59999, 59999, 59999), 1);
}

static void test_slow(void)
{
	CU_ASSERT_EQUAL(reckon(60000, 60000, 60000, 60000, 60000), 2);
	CU_ASSERT_EQUAL(reckon(400000, 440000, 390000, 410000, 395000), 13);
}

static void test_interrupted(void)
{
	CU_ASSERT_EQUAL(reckon(9000, 90000000, 9000, 100000000, 9000), 1);
	CU_ASSERT_EQUAL(reckon(9000, 300000, 9000, 310000, 300000), 10); /* most of them are slow */
}

static void test_uncounted(void)
{
	CU_ASSERT_EQUAL(reckon(0, 0, 0, 0, 0), 1);
	CU_ASSERT_EQUAL(reckon(0, 0, 0, 900000, 900000), 1);
	CU_ASSERT_EQUAL(reckon(-1000, -5, -7, 9, -2), 1); /* a clock that was set back */
	CU_ASSERT_EQUAL(pace_reckon(NULL, 0, REFERENCE), 1);
}

static void test_most(void)
{
	CU_ASSERT_EQUAL(reckon(479999, 479999, 479999, 479999, 479999), 15);
	CU_ASSERT_EQUAL(reckon(480000, 480000, 480000, 480000, 480000), PACE_MOST);
	CU_ASSERT_EQUAL(reckon(INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX), PACE_MOST);
	CU_ASSERT_EQUAL(reckon(30000LL * 0x100000001, 30000LL * 0x100000001, 30000LL * 0x100000001,
	                       30000LL * 0x100000001, 30000LL * 0x100000001), PACE_MOST); /* not what is left in 32 bits */
}

static void test_few(void)
{
	int64_t one[] = {90000}, two[] = {120000, 60000};

	CU_ASSERT_EQUAL(pace_reckon(one, 1, REFERENCE), 3);
	CU_ASSERT_EQUAL(pace_reckon(two, 2, REFERENCE), 4); /* the slower of the two in the middle */
}

static const struct suite_test tests[] = {
	{"a machine as quick as ours, or quicker, has pace 1", test_quick},
	{"a slow one has how many times", test_slow},
	{"the piece in the middle counts: one that is interrupted is not slow", test_interrupted},
	{"where nobody counts the time the pace is 1", test_uncounted},
	{"slower than PACE_MOST is told as that", test_most},
	{"few pieces do", test_few},
};

SUITE_MAIN("pace", tests)
