/* format_junit.c - JUnit XML: what both Ant's schema (strict) and Jenkins' (loose) take.
 *
 * A test suite a record. Its three parts around the test cases must be there, each failure and error has a type,
 * times have three decimals, and the timestamp has no zone: it is UTC. */
#include "format_parts.h"

#include <string.h>
#include <time.h>

/* ---- XML ---- */

/* Its characters are already those that XML 1.0 allows (format_plain()). Newlines and tabs in attributes would
 * become spaces. */
static void add_escaped(struct text *out, const char *plain)
{
	for (; *plain; plain++)
		switch (*plain) {
		case '<': text_add(out, "&lt;"); break;
		case '>': text_add(out, "&gt;"); break; /* so that there is no ]]> */
		case '&': text_add(out, "&amp;"); break;
		case '"': text_add(out, "&quot;"); break;
		case '\'': text_add(out, "&#39;"); break;
		default: text_add_bytes(out, plain, 1);
		}
}

static void add_attribute(struct text *out, const char *name, const char *value)
{
	struct text plain = {0};

	format_line(&plain, value);
	text_printf(out, " %s=\"", name);
	add_escaped(out, text_string(&plain));
	text_add(out, "\"");
	text_free(&plain);
}

/* The schema collapses spaces, and wants something to stay. */
static void add_token(struct text *out, const char *name, const char *value, const char *otherwise)
{
	add_attribute(out, name, value[strspn(value, " \r\n\t")] ? value : otherwise);
}

static void add_time(struct text *out, int64_t microseconds)
{
	text_printf(out, " time=\"%lld.%03lld\"", (long long)(microseconds / 1000000),
	            (long long)(microseconds / 1000 % 1000));
}

/* ---- a test case ---- */

static void add_child(struct text *out, const char *element, const char *type, const char *message, const char *detail)
{
	text_printf(out, "><%s", element);
	if (type)
		add_attribute(out, "type", type);
	add_attribute(out, "message", message);
	text_add(out, ">");
	add_escaped(out, detail);
	text_printf(out, "</%s></testcase>\n", element);
}

static void add_outcome(struct text *out, const struct result *result, const struct result_case *one)
{
	struct text message = {0}, detail = {0};

	format_message(&message, result, one);
	switch (one->status) {
	case RESULT_PASS: text_add(out, "/>\n"); break;
	case RESULT_FAIL:
		text_add(&detail, text_string(&message));
		text_add(&detail, "\n");
		format_detail(&detail, one, false);
		add_child(out, "failure", format_either(one->diagnosis, "wrong"),
		          format_either(one->seen, text_string(&message)), text_string(&detail));
		break;
	case RESULT_SKIP: add_child(out, "skipped", NULL, format_either(one->reason, text_string(&message)), ""); break;
	case RESULT_ERROR: add_child(out, "error", "submission", text_string(&message), ""); break;
	case RESULT_INCONCLUSIVE: add_child(out, "error", "inconclusive", text_string(&message), ""); break;
	}
	text_free(&message);
	text_free(&detail);
}

static void add_case(struct text *out, const struct result *result, const struct result_case *one)
{
	text_add(out, "  <testcase");
	add_attribute(out, "classname", result->lesson);
	add_attribute(out, "name", one->name);
	add_time(out, one->duration_us);
	add_outcome(out, result, one);
}

/* ---- a test suite ---- */

static size_t count_of(const struct result *result, enum result_status status)
{
	size_t count = 0;

	for (size_t i = 0; i < result->case_count; i++)
		count += result->cases[i].status == status;
	return count;
}

static void add_property(struct text *out, const char *name, const char *value)
{
	text_add(out, "   <property");
	add_attribute(out, "name", name);
	add_attribute(out, "value", value);
	text_add(out, "/>\n");
}

static void add_properties(struct text *out, const struct result *result)
{
	text_add(out, "  <properties>\n");
	add_property(out, "student", result->student);
	add_property(out, "windsock", result->windsock);
	add_property(out, "seed", result->seed);
	for (size_t i = 0; i < result->case_count; i++) /* a run that was repeated is not hidden */
		if (result->cases[i].attempts > 1) {
			struct text name = {0}, value = {0};

			text_add(&name, "attempts ");
			format_line(&name, result->cases[i].name);
			text_printf(&value, "%d", result->cases[i].attempts);
			add_property(out, name.data, value.data);
			text_free(&name);
			text_free(&value);
		}
	text_add(out, "  </properties>\n");
}

static void add_timestamp(struct text *out, int64_t started)
{
	time_t seconds = (time_t)started;
	struct tm utc = {0};
	char stamp[32] = "";

	if (!gmtime_r(&seconds, &utc) || !strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &utc))
		strcpy(stamp, "1970-01-01T00:00:00"); /* a record has four digits for the year at most */
	add_attribute(out, "timestamp", stamp);
}

static void add_suite_start(struct text *out, const struct result *result, size_t id)
{
	struct text number = {0};

	text_add(out, " <testsuite");
	add_token(out, "name", result->lesson, "lesson");
	add_attribute(out, "package", result->student);
	text_printf(&number, "%zu", id);
	add_attribute(out, "id", number.data);
	text_free(&number);
	add_timestamp(out, result->started);
	add_token(out, "hostname", result->node, "localhost");
	text_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", result->case_count,
	            count_of(result, RESULT_FAIL), count_of(result, RESULT_ERROR) + count_of(result, RESULT_INCONCLUSIVE),
	            count_of(result, RESULT_SKIP));
	add_time(out, result->duration_us);
	text_add(out, ">\n");
}

static void add(struct format_run *run, const struct result *result, struct text *out)
{
	struct text whole = {0};

	add_suite_start(out, result, run->records++);
	add_properties(out, result);
	for (size_t i = 0; i < result->case_count; i++)
		add_case(out, result, &result->cases[i]);
	text_add(out, "  <system-out/>\n  <system-err>");
	format_whole(&whole, result);
	add_escaped(out, text_string(&whole));
	text_add(out, "</system-err>\n </testsuite>\n");
	text_free(&whole);
}

static void begin(struct format_run *run, struct text *out)
{
	(void)run; /* nothing was written yet */
	text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
}

static void end(struct format_run *run, struct text *out)
{
	(void)run; /* the sums stand at each suite */
	text_add(out, "</testsuites>\n");
}

const struct format format_junit = {
	.name = "junit", .file = "junit.xml", .summary = "JUnit XML: Jenkins, GitLab, GitHub", .begin = begin, .add = add,
	.end = end,
};
