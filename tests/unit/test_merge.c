/* test_merge.c - pieces of several sockets come out in one order. */
#include "../../src/merge.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

static struct merge merge;
static struct text out;

/* Each piece's bytes are a letter of the source and a number. */
static void add(size_t source, int64_t time_ns)
{
	const char head[] = {(char)('a' + source)};
	char bytes[24];

	snprintf(bytes, sizeof bytes, "%lld ", (long long)time_ns);
	merge_add(&merge, source, time_ns, head, sizeof head, bytes, strlen(bytes));
}

/* Ends the round: what has come out since the last time. */
static void expect(bool quiet, const char *expected)
{
	merge_round(&merge, quiet, &out);
	ASSERT_STRING(text_string(&out), expected);
	text_free(&out);
}

static void end(void)
{
	expect(true, "");
	merge_free(&merge);
}

static void orders_by_time(void)
{
	add(0, 10);
	add(0, 30);
	add(1, 20);
	add(1, 40);
	expect(false, "");
	expect(true, "a10 b20 a30 b40 ");
	end();
}

static void waits_a_round(void)
{
	add(1, 50); /* while the source before it was empty already, 40 arrived there */
	expect(false, "");
	add(0, 40);
	add(0, 60);
	expect(false, "a40 b50 ");
	add(2, 55); /* 60 was of the last round, so this may still come */
	expect(false, "c55 a60 ");
	end();
}

static void goes_on(void)
{
	add(0, 1);
	expect(false, "");
	add(0, 2);
	expect(false, "a1 ");
	add(0, 3);
	expect(false, "a2 ");
	expect(true, "a3 ");
	add(0, 4);
	expect(false, "");
	expect(true, "a4 ");
	end();
}

static void keeps_equals(void)
{
	add(1, 7);
	add(0, 7);
	add(0, 7);
	add(2, 6);
	expect(true, "c6 b7 a7 a7 ");
	end();
}

static void survives_a_clock(void)
{
	add(0, 1000);
	add(0, 100); /* the clock was set back */
	add(0, 101);
	add(1, 2000);
	expect(true, "a1000 a100 a101 b2000 ");
	add(0, 5); /* all was handed out: the new clock is as good as the old one */
	add(1, 4);
	expect(true, "b4 a5 ");
	end();
}

static const struct suite_test tests[] = {
	{"pieces of two sources are ordered by time", orders_by_time},
	{"one that is read a round late is not late", waits_a_round},
	{"a stream without a pause comes out a round behind", goes_on},
	{"equal times stay as they were read", keeps_equals},
	{"a clock that is set back leaves each source in order", survives_a_clock},
};

SUITE_MAIN("merge", tests)
