/* suite.c - see suite.h. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

static unsigned finished;

static void complete(const CU_pTest test, const CU_pSuite suite, const CU_pFailureRecord failures)
{
	(void)suite;
	printf("%s %u - %s\n", failures ? "not ok" : "ok", ++finished, test->pName);
	for (CU_pFailureRecord failure = failures; failure; failure = failure->pNext)
		printf("# %s:%u: %s\n", failure->strFileName, failure->uiLineNumber, failure->strCondition);
	fflush(stdout);
}

int suite_run(const char *name, const struct suite_test *tests, size_t count)
{
	CU_pSuite suite;
	unsigned failed;

	printf("1..%zu\n", count);
	if (CU_initialize_registry() != CUE_SUCCESS || !(suite = CU_add_suite(name, NULL, NULL))) {
		printf("Bail out! CUnit: %s\n", CU_get_error_msg());
		return 99;
	}
	for (size_t i = 0; i < count; i++)
		if (!CU_add_test(suite, tests[i].name, tests[i].run)) {
			printf("Bail out! CUnit: %s: %s\n", tests[i].name, CU_get_error_msg());
			return 99;
		}
	CU_set_test_complete_handler(complete);
	CU_run_all_tests();
	failed = CU_get_number_of_tests_failed();
	CU_cleanup_registry();
	return failed || finished != count ? 1 : 0;
}

void suite_string(const char *actual, const char *expected, const char *file, int line)
{
	char message[2048];
	int same = actual && expected ? !strcmp(actual, expected) : actual == expected;

	snprintf(message, sizeof message, "got [%s] expected [%s]", actual ? actual : "(null)",
	         expected ? expected : "(null)");
	CU_assertImplementation(same, (unsigned)line, message, file, "", CU_FALSE);
}
