/* Chunks: minutes of work each, all slots busy, never more than the engine takes. */
#include "chunks.h"
#include "suite.h"

static size_t size_of(size_t units, double seconds, size_t slots, size_t most)
{
	const struct chunks_question question = {.units = units, .seconds = seconds, .slots = slots, .most = most};

	return chunks_size(&question);
}

static void test_minutes(void)
{
	CU_ASSERT_EQUAL(size_of(20000, 1, 100, 0), 180);
	CU_ASSERT_EQUAL(size_of(20000, 0.5, 100, 0), 200); /* all slots busy comes first */
	CU_ASSERT_EQUAL(size_of(200000, 0.5, 100, 0), 360);
	CU_ASSERT_EQUAL(size_of(20000, 600, 100, 0), 1);
}

static void test_slots(void)
{
	CU_ASSERT_EQUAL(size_of(300, 1, 6, 0), 50);
	CU_ASSERT_EQUAL(size_of(301, 1, 6, 0), 51);
	CU_ASSERT_EQUAL(size_of(12, 1, 6, 0), 20); /* one chunk: seconds of work are not worth a second machine */
	CU_ASSERT_EQUAL(size_of(1000, 1, 0, 0), 180);
}

static void test_limits(void)
{
	CU_ASSERT_EQUAL(size_of(540000, 1, 2000, 1001), 540); /* 1000 chunks of Slurm's default MaxArraySize */
	CU_ASSERT_EQUAL(size_of(540000, 1, 2000, 1), 540000);
	CU_ASSERT_EQUAL(size_of(0, 1, 1, 1), 20);
	CU_ASSERT_EQUAL(size_of(5, 0, 1, 1), 20);
	CU_ASSERT_EQUAL(size_of(5, 1e9, 0, 0), 1);
}

static const struct suite_test tests[] = {
	{"a chunk is minutes of work", test_minutes},
	{"every slot has one", test_slots},
	{"there are never more than the engine takes", test_limits},
};

SUITE_MAIN("chunks", tests)
