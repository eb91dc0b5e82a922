/* test_seal.c - a seal is whole, broken or not there. */
#include "seal.h"
#include "suite.h"

#include <string.h>

static const struct seal seal = {"\n# ", " #\n"};
static struct text text;
static size_t sealed;

static enum seal_state test(void)
{
	return seal_test(&seal, text_string(&text), text.length, &sealed);
}

static void whole(void)
{
	for (size_t length = 0; length < 130; length++) {
		seal_put(&seal, &text);
		CU_ASSERT_EQUAL(test(), SEAL_WHOLE);
		CU_ASSERT_EQUAL(sealed, length);
		text.length = length;
		text_add_bytes(&text, length % 2 ? "\n" : "", 1);
	}
	text_free(&text);
}

/* As one sealed twice: the outer one counts. */
static void sealed_again(void)
{
	size_t length;

	text_add(&text, "server a:80");
	seal_put(&seal, &text);
	length = text.length;
	seal_put(&seal, &text);
	CU_ASSERT_EQUAL(test(), SEAL_WHOLE);
	CU_ASSERT_EQUAL(sealed, length);
	text_free(&text);
}

static void broken(void)
{
	text_add(&text, "server a:80");
	seal_put(&seal, &text);
	for (size_t i = 0; i < text.length; i++) {
		text.data[i] ^= 1;
		CU_ASSERT_NOT_EQUAL(test(), SEAL_WHOLE);
		text.data[i] ^= 1;
	}
	text.data[0] ^= 1;
	CU_ASSERT_EQUAL(test(), SEAL_BROKEN);
	text_free(&text);
}

static void none(void)
{
	CU_ASSERT_EQUAL(test(), SEAL_NONE);
	CU_ASSERT_EQUAL(sealed, 0);
	text_add(&text, "server a:80");
	CU_ASSERT_EQUAL(test(), SEAL_NONE);
	CU_ASSERT_EQUAL(sealed, text.length);
	seal_put(&seal, &text);
	text.length--;
	CU_ASSERT_EQUAL(test(), SEAL_NONE);
	text_free(&text);
}

static const struct suite_test tests[] = {
	{"what is sealed is whole", whole},
	{"the outer of two seals counts", sealed_again},
	{"no byte may change", broken},
	{"without a seal", none},
};

SUITE_MAIN("seal", tests)
