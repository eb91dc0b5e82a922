/* suite.h - a CUnit suite that speaks TAP and exits with the truth.
 *
 * CU_basic_run_tests() returns 0 also when tests failed; this looks at the
 * number of failures. Every test prints one `ok` or `not ok` line, with the
 * failed assertions as comments behind it. */
#ifndef WINDSOCK_SUITE_H
#define WINDSOCK_SUITE_H

#include <CUnit/CUnit.h>

struct suite_test {
	const char *name; /* what holds, as a sentence fragment: "a port of 0 is refused" */
	void (*run)(void);
};

/* Runs the COUNT tests; returns main()'s exit status: 0, 1 (a failure), 99 (CUnit itself). */
int suite_run(const char *suite, const struct suite_test *tests, size_t count);

#define SUITE_MAIN(NAME, TESTS)                                                     \
	int main(void)                                                              \
	{                                                                           \
		return suite_run(NAME, TESTS, sizeof(TESTS) / sizeof((TESTS)[0]));  \
	}

/* An assertion on strings that shows both. */
#define ASSERT_STRING(actual, expected) suite_string((actual), (expected), __FILE__, __LINE__)
void suite_string(const char *actual, const char *expected, const char *file, int line);

#endif
