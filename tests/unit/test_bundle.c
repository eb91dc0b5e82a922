/* Tests of files as a tar and as a zip, and of forms that are filled in. */
#include "suite.h"

#include "bundle.h"
#include "fill.h"

#include <string.h>

static void add(struct bundle *bundle, const char *path, const char *content)
{
	struct text bytes = {0};
	struct error error;

	text_add(&bytes, content);
	CU_ASSERT_EQUAL(bundle_add(bundle, path, &bytes, &error), 0);
	CU_ASSERT_EQUAL(bytes.length, 0);
}

static void crc_is_the_standards(void)
{
	CU_ASSERT_EQUAL(bundle_crc("123456789", 9), 0xcbf43926); /* the check value of CRC-32 */
	CU_ASSERT_EQUAL(bundle_crc("", 0), 0);
}

static void tar_has_blocks(void)
{
	struct bundle bundle = {0};
	struct text tar = {0};

	add(&bundle, "a/run.sh", "#!/bin/sh\n");
	add(&bundle, "b", "");
	bundle_tar(&bundle, &tar);
	CU_ASSERT_EQUAL(tar.length, 5 * 512); /* header, content, header, two of zeros */
	ASSERT_STRING(tar.data, "a/run.sh");
	ASSERT_STRING(tar.data + 100, "0000755");
	ASSERT_STRING(tar.data + 124, "00000000012");
	CU_ASSERT_EQUAL(memcmp(tar.data + 257, "ustar\00000", 8), 0);
	ASSERT_STRING(tar.data + 512, "#!/bin/sh\n");
	ASSERT_STRING(tar.data + 1024 + 100, "0000644");
	text_free(&tar);
	bundle_free(&bundle);
}

static void zip_has_a_directory(void)
{
	struct bundle bundle = {0};
	struct text zip = {0};

	add(&bundle, "n", "123456789");
	bundle_zip(&bundle, &zip);
	CU_ASSERT_EQUAL(zip.length, (30 + 1 + 9) + (46 + 1) + 22);
	CU_ASSERT_EQUAL(memcmp(zip.data, "PK\3\4", 4), 0);
	CU_ASSERT_EQUAL(memcmp(zip.data + 14, "\x26\x39\xf4\xcb", 4), 0);
	CU_ASSERT_EQUAL(memcmp(zip.data + 40, "PK\1\2", 4), 0);
	CU_ASSERT_EQUAL(memcmp(zip.data + 40 + 47 + 12, "\x2f\0\0\0\x28\0\0\0", 8), 0); /* its size, where it begins */
	text_free(&zip);
	bundle_free(&bundle);
}

static void long_names_are_refused(void)
{
	struct bundle bundle = {0};
	struct text bytes = {0};
	struct error error;
	char name[BUNDLE_NAME_MAX + 1];

	memset(name, 'x', BUNDLE_NAME_MAX);
	name[BUNDLE_NAME_MAX] = '\0';
	text_add(&bytes, "content");
	CU_ASSERT_EQUAL(bundle_add(&bundle, name, &bytes, &error), -1);
	CU_ASSERT_EQUAL(bundle.count, 0);
	bundle_free(&bundle);
}

static void fills(const char *form, enum fill_style style, const char *wanted)
{
	static const struct fill_value values[] = {{"NAME", "a \"b\" <c>\n"}, {"A", "1"}, {NULL, NULL}};
	static const struct fill_value one[] = {{"CASE", "one"}, {NULL, NULL}}, two[] = {{"CASE", "two"}, {"A", "2"}, {NULL, NULL}};
	static const struct fill_value *const rows[] = {one, two};
	static const struct fill_list lists[] = {{"CASE", rows, 2}, {"NOTHING", rows, 0}, {NULL, NULL, 0}};
	struct text out = {0};

	fill(form, style, values, lists, &out);
	ASSERT_STRING(text_string(&out), wanted);
	text_free(&out);
}

static void forms(void)
{
	fills("x @A@@A@ y", FILL_PLAIN, "x 11 y");
	fills("@NAME@", FILL_PLAIN, "a \"b\" <c>\n");
	fills("@NAME@", FILL_JSON, "a \\\"b\\\" <c>\\u000a");
	fills("@NAME@", FILL_HTML, "a &#34;b&#34; &#60;c&#62;\n");
	fills("a@b.org @@ @Z@ @A", FILL_PLAIN, "a@b.org @@ @Z@ @A");
	fills("b\n@EACH CASE@\n- @CASE@ @A@\n@END@\ne @CASE@\n", FILL_PLAIN, "b\n- one 1\n- two 2\ne @CASE@\n");
	fills("@EACH NOTHING@\nx\n@END@\n", FILL_PLAIN, "");
	fills("@EACH OTHER@\nx\n@END@\n", FILL_PLAIN, "@EACH OTHER@\nx\n@END@\n");
	fills("@EACH CASE@\nx\n", FILL_PLAIN, "@EACH CASE@\nx\n");
}

static const struct suite_test tests[] = {
	{"CRC-32", crc_is_the_standards},
	{"a tar", tar_has_blocks},
	{"a zip", zip_has_a_directory},
	{"long names", long_names_are_refused},
	{"forms", forms},
};

SUITE_MAIN("bundle", tests)
