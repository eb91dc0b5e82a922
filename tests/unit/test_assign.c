/* test_assign.c - the cheapest assignment, against trying all of them. */
#include "assign.h"
#include "suite.h"

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SIZE_MAX_TRIED 6

static uint32_t state = 1;

/* Numerical Recipes' generator: the same numbers on every machine. */
static uint32_t draw(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

static uint64_t try_all(const unsigned *cost, size_t size, size_t row, unsigned taken)
{
	uint64_t best = UINT64_MAX;

	if (row == size)
		return 0;
	for (size_t column = 0; column < size; column++)
		if (!(taken & 1u << column)) {
			uint64_t sum = cost[row * size + column] + try_all(cost, size, row + 1, taken | 1u << column);

			best = sum < best ? sum : best;
		}
	return best;
}

/* The sum, or UINT64_MAX when a column is given twice or does not exist. */
static uint64_t sum_of(const unsigned *cost, size_t size, const size_t *column)
{
	uint64_t sum = 0;
	bool taken[64] = {false};

	for (size_t row = 0; row < size; row++) {
		if (column[row] >= size || taken[column[row]])
			return UINT64_MAX;
		taken[column[row]] = true;
		sum += cost[row * size + column[row]];
	}
	return sum;
}

static void check(const unsigned *cost, size_t size)
{
	size_t column[64];

	memset(column, 0xff, sizeof column);
	assign_least(cost, size, column);
	CU_ASSERT_EQUAL(sum_of(cost, size, column), try_all(cost, size, 0, 0));
}

static void random_matrices(void)
{
	static const uint32_t limits[] = {2, 5, 1000, 1u << 24};
	unsigned cost[SIZE_MAX_TRIED * SIZE_MAX_TRIED];

	for (int round = 0; round < 2000; round++) {
		size_t size = 1 + draw(SIZE_MAX_TRIED);

		for (size_t i = 0; i < size * size; i++)
			cost[i] = draw(limits[round % 4]);
		check(cost, size);
	}
}

static void nothing_to_assign(void)
{
	size_t column[1] = {7};

	assign_least(NULL, 0, column);
	CU_ASSERT_EQUAL(column[0], 7);
}

static void one_row(void)
{
	const unsigned cost[] = {42};

	check(cost, 1);
}

/* The cheapest cell of all is not part of the cheapest assignment. */
static void greed_is_wrong(void)
{
	const unsigned cost[] = {1, 2, 2, 100};
	size_t column[2];

	assign_least(cost, 2, column);
	CU_ASSERT_EQUAL(column[0], 1);
	CU_ASSERT_EQUAL(column[1], 0);
}

static void the_dearest_costs(void)
{
	unsigned cost[9];

	for (size_t i = 0; i < 9; i++)
		cost[i] = UINT_MAX;
	check(cost, 3);
	cost[4] = UINT_MAX - 1;
	check(cost, 3);
}

static void equal_costs(void)
{
	const unsigned cost[25] = {0};

	check(cost, 5);
}

static const struct suite_test tests[] = {
	{"the sum is that of the best of all permutations", random_matrices},
	{"a matrix of size 0 assigns nothing", nothing_to_assign},
	{"one row gets the one column", one_row},
	{"the cheapest cell is left where that is cheaper in all", greed_is_wrong},
	{"the largest costs do not overflow", the_dearest_costs},
	{"where all is equal each row still gets its own column", equal_costs},
};

SUITE_MAIN("assign", tests)
