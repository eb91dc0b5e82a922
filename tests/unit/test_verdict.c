/* test_verdict.c - what is said of recorded runs, and of runs that say nothing.
 *
 * The runs are in tests/captures: real programs, real packets. A failure here with
 * an unchanged record is a change of judgement. */
#include "recorded.h"
#include "sentinel.h"
#include "suite.h"
#include "verdict.h"
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct recording recording;
static struct verdict verdict;

static void judge(void)
{
	recorded_judge(&recording, &verdict);
}

static void tidy(void)
{
	verdict_free(&verdict);
	recorded_close(&recording);
}

/* "right 4", "wrong byte-order", "inconclusive". */
static const char *as_text(void)
{
	static char text[128];

	switch (verdict.result) {
	case VERDICT_RIGHT: snprintf(text, sizeof text, "right %d", verdict.points); break;
	case VERDICT_WRONG: snprintf(text, sizeof text, "wrong %s", verdict.finding.id); break;
	case VERDICT_INCONCLUSIVE: snprintf(text, sizeof text, "inconclusive"); break;
	}
	return text;
}

static void check_recorded(const char *lesson)
{
	size_t right = 0, wrong = 0;

	for (size_t i = 0; i < recorded_count; i++) {
		const struct recorded *recorded = &recorded_runs[i];
		char expected[64], got[192];

		if (strcmp(recorded->lesson, lesson) != 0)
			continue;
		recorded_open(&recording, recorded);
		judge();
		snprintf(got, sizeof got, "%s: %s", recorded->run, as_text());
		if (recorded->id)
			snprintf(expected, sizeof expected, "%s: wrong %s", recorded->run, recorded->id);
		else
			snprintf(expected, sizeof expected, "%s: right %d", recorded->run,
			         recording.scene.lesson_case->points);
		ASSERT_STRING(got, expected);
		CU_ASSERT_EQUAL(verdict.result == VERDICT_RIGHT, verdict.match.complete);
		right += !recorded->id;
		wrong += recorded->id != NULL;
		tidy();
	}
	CU_ASSERT(right >= 1 && wrong >= 3);
}

static void lesson_01(void) { check_recorded("01-udp-server"); }
static void lesson_02(void) { check_recorded("02-udp-client-port"); }
static void lesson_06(void) { check_recorded("06-tcp-server"); }
static void lesson_07(void) { check_recorded("07-tcp-client-port"); }
static void lesson_13(void) { check_recorded("13-push"); }
static void lesson_14(void) { check_recorded("14-poll"); }

/* Each wrong run has all three sentences, and they are sentences. */
static void sentences(void)
{
	for (size_t i = 0; i < recorded_count; i++) {
		if (!recorded_runs[i].id)
			continue;
		recorded_open(&recording, &recorded_runs[i]);
		judge();
		CU_ASSERT(verdict.finding.seen.length > 10);
		CU_ASSERT(verdict.finding.means.length > 10);
		CU_ASSERT(verdict.finding.next.length > 10);
		CU_ASSERT_PTR_NULL(strstr(text_string(&verdict.finding.seen), "(null)"));
		CU_ASSERT_PTR_NULL(strstr(text_string(&verdict.finding.means), "(null)"));
		CU_ASSERT_PTR_NULL(strstr(text_string(&verdict.finding.next), "(null)"));
		tidy();
	}
}

/* ---- runs that say nothing ---- */

static const char *const one_right_one_wrong[][2] = {
	{"01-udp-server", "solution.two-clients"},
	{"01-udp-server", "no-htons.one-question"},
};

static void no_change(struct evidence *evidence)
{
	(void)evidence;
}

static void set_trouble(struct evidence *evidence)
{
	snprintf(evidence->trouble, sizeof evidence->trouble, "the disk is full");
}

static void set_not_started(struct evidence *evidence)
{
	evidence->programs[0].end = PROGRAM_NOT_STARTED;
	evidence->programs[0].value = ENOEXEC;
}

static void set_dropped(struct evidence *evidence)
{
	evidence->captures[0].dropped = 3;
}

static void set_not_told(struct evidence *evidence)
{
	evidence->captures[0].dropped = -1;
}

static void set_not_drained(struct evidence *evidence)
{
	evidence->captures[0].drained = false;
}

static void check_inconclusive(void (*change)(struct evidence *), const char *trouble)
{
	for (size_t i = 0; i < 2; i++) {
		recorded_open_named(&recording, one_right_one_wrong[i][0], one_right_one_wrong[i][1]);
		change(&recording.scene.evidence);
		judge();
		ASSERT_STRING(as_text(), "inconclusive");
		ASSERT_STRING(verdict.trouble, trouble);
		CU_ASSERT_EQUAL(verdict.points, 0);
		CU_ASSERT_PTR_NULL(verdict.finding.id);
		tidy();
	}
}

static void trouble(void)
{
	check_inconclusive(set_trouble, "the disk is full");
}

/* no-pause asks at once; one-connection has another mistake, too. */
static void late(void)
{
	static const struct {
		const char *run;
		double late;
		const char *is;
	} runs[] = {
		{"no-pause.short", 29.9, "wrong busy-poll"}, {"no-pause.short", 30, "inconclusive"},
		{"one-connection.short", 900, "wrong same-connection-again"}, {"solution.short", 900, "right 4"},
	};

	for (size_t i = 0; i < sizeof runs / sizeof *runs; i++) {
		recorded_open_named(&recording, "14-poll", runs[i].run);
		recording.scene.evidence.late_milliseconds = runs[i].late;
		judge();
		ASSERT_STRING(as_text(), runs[i].is);
		tidy();
	}
}

static void not_started(void)
{
	check_inconclusive(set_not_started, "server could not be started on a: Exec format error");
}

static void dropped(void)
{
	check_inconclusive(set_dropped, "the kernel dropped 3 packets before they were captured on a.eth0");
}

static void not_told(void)
{
	check_inconclusive(set_not_told, "the capture on a.eth0 did not tell how many packets it lost");
}

static void not_drained(void)
{
	check_inconclusive(set_not_drained, "the end of the capture on a.eth0 is missing");
}

/* The last of several captures counts like the first. */
static void the_second_capture(void)
{
	recorded_open_named(&recording, "13-push", "solution.your-cloud");
	CU_ASSERT_EQUAL_FATAL(recording.scene.evidence.capture_count, 2);
	recording.scene.evidence.captures[1].dropped = 1;
	judge();
	ASSERT_STRING(as_text(), "inconclusive");
	tidy();
}

/* ---- excess ---- */

static void set_flood(struct evidence *evidence)
{
	evidence->end = RUN_FLOOD;
}

static void set_output(struct evidence *evidence)
{
	evidence->end = RUN_OUTPUT;
	evidence->programs[0].output_bytes = 1 << 20;
}

static void set_processes(struct evidence *evidence)
{
	evidence->end = RUN_PROCESSES;
	evidence->programs[0].processes = 65;
}

static void set_memory(struct evidence *evidence)
{
	evidence->end = RUN_MEMORY;
}

static void set_limit(struct evidence *evidence)
{
	evidence->end = RUN_LIMIT;
}

static void check_end(void (*change)(struct evidence *), const char *expected)
{
	for (int lossy = 0; lossy < 2; lossy++) {
		recorded_open_named(&recording, "01-udp-server", "solution.two-clients");
		change(&recording.scene.evidence);
		if (lossy)
			recording.scene.evidence.captures[0].dropped = 1000;
		judge();
		ASSERT_STRING(as_text(), lossy && !strncmp(expected, "right", 5) ? "inconclusive" : expected);
		tidy();
	}
}

/* A program without end is the student's, whatever the capture lost by it. */
static void excess(void)
{
	check_end(no_change, "right 4");
	check_end(set_flood, "wrong floods");
	check_end(set_output, "wrong prints-forever");
	check_end(set_processes, "wrong forks-forever");
	check_end(set_memory, "wrong takes-all-memory");
	check_end(set_limit, "right 4"); /* complete when time was up */
}

/* ---- what the capture lacks ---- */

static uint8_t pcap[128 * 1024];
static size_t pcap_length;

static void put32(uint32_t value)
{
	memcpy(pcap + pcap_length, &value, 4);
	pcap_length += 4;
}

static void begin_pcap(void)
{
	pcap_length = 0;
	put32(0xa1b2c3d4);
	put32(2 | 4 << 16);
	put32(0);
	put32(0);
	put32(65535);
	put32(1); /* Ethernet */
}

/* The packet in WIRE, of which CAPTURED bytes are kept. */
static void add_packet(struct wire *wire, uint32_t microseconds, size_t captured)
{
	put32(1);
	put32(microseconds);
	put32((uint32_t)captured);
	put32((uint32_t)wire->length);
	memcpy(pcap + pcap_length, wire_bytes(wire), captured);
	pcap_length += captured;
}

static struct wire wire;

static void udp(bool question, const char *text, uint32_t microseconds, size_t cut)
{
	wire_text(&wire, text);
	wire_udp(&wire, question ? 40000 : 7777, question ? 7777 : 40000);
	wire_ip(&wire, question ? "10.0.0.2" : "10.0.0.1", question ? "10.0.0.1" : "10.0.0.2");
	wire_ethernet(&wire);
	add_packet(&wire, microseconds, wire.length - cut);
}

static const struct recorded one_question = {"01-udp-server", "no-htons.one-question", NULL};

/* The scene of lesson 01 with what is in PCAP in place of what was captured. */
static void open_with_pcap(void)
{
	struct error error;

	recorded_open(&recording, &one_question);
	if (scene_read(&recording.scene, 0, fmemopen(pcap, pcap_length, "r"), "pcap", &error)) {
		fprintf(stderr, "%s\n", error_string(&error));
		abort();
	}
}

static void cut_bytes(void)
{
	begin_pcap();
	udp(true, "from B", 0, 0);
	udp(false, "thanks", 100, 0);
	open_with_pcap();
	judge();
	ASSERT_STRING(as_text(), "right 4");
	tidy();
	begin_pcap();
	udp(true, "from B", 0, 0);
	udp(false, "thanks", 100, 2);
	open_with_pcap();
	judge();
	ASSERT_STRING(as_text(), "inconclusive");
	ASSERT_STRING(verdict.trouble, "the capture lacks bytes that were on the wire");
	tidy();
}

/* As many answers as COUNT, then the clock. */
static void answer_until_the_end(int count, const char *expected)
{
	begin_pcap();
	udp(true, "from B", 0, 0);
	for (int i = 0; i < count; i++)
		udp(false, "thanks", (uint32_t)(100 + i), 0);
	open_with_pcap();
	set_limit(&recording.scene.evidence);
	judge();
	ASSERT_STRING(as_text(), expected);
	tidy();
}

/* On a slow machine the clock comes before the limit of packets. */
static void a_slow_flood(void)
{
	answer_until_the_end(1, "right 4");
	answer_until_the_end(1001, "wrong floods");
	answer_until_the_end(1000, "wrong byte-order"); /* what the recorded calls show: no flood yet */
}

static void sentinels_are_left_out(void)
{
	uint8_t message[SENTINEL_SIZE];

	begin_pcap();
	for (uint32_t i = 0; i < 3; i++) {
		sentinel_write(message, i, i % 2);
		wire_payload(&wire, message, sizeof message);
		wire.protocol = 1;
		wire_ip(&wire, "10.0.0.1", "10.0.0.2");
		wire_ethernet(&wire);
		add_packet(&wire, i, wire.length);
		if (i < 2)
			udp(i == 0, i == 0 ? "from B" : "thanks", 100 * i, 0);
	}
	open_with_pcap();
	judge();
	ASSERT_STRING(as_text(), "right 4");
	CU_ASSERT_EQUAL(reducer_unclaimed(recording.scene.reducers[0], PACKET_ICMP_OTHER), 0);
	/* Packets have the numbers that any other reader of the capture gives them. */
	CU_ASSERT_EQUAL(recording.scene.views[0].flows[0]->packet, 2);
	CU_ASSERT_EQUAL(recording.scene.views[0].flows[0]->events[1].packet, 4);
	tidy();
}

static void a_damaged_capture(void)
{
	struct error error;

	recorded_open(&recording, &one_question);
	begin_pcap();
	udp(true, "from B", 0, 0);
	CU_ASSERT_EQUAL(scene_read(&recording.scene, 0, fmemopen(pcap, pcap_length - 3, "r"), "cut.pcap", &error), -1);
	ASSERT_STRING(error.file, "cut.pcap");
	CU_ASSERT_EQUAL(scene_read(&recording.scene, 0, fmemopen(pcap, 3, "r"), "cut.pcap", &error), -1);
	recorded_close(&recording);
}

static void trace_and_case_apart(void)
{
	static const char text[] = "at b.eth0\n udp b:* => a:1\n";
	struct error error;

	recorded_open(&recording, &one_question);
	trace_free(&recording.trace);
	CU_ASSERT_EQUAL(trace_parse(&recording.trace, "other", text, sizeof text - 1, &error), 0);
	CU_ASSERT_EQUAL(verdict_make(&recording.scene, &verdict, &error), -1);
	CU_ASSERT_EQUAL(error.line, 2);
	recorded_close(&recording);
}

/* ---- the scene ---- */

static void names(void)
{
	struct address a = address_ipv4(0x0a000001), stranger = address_ipv4(0x09090909), other = address_ipv4(0x08080808);
	const char *first;
	size_t count;

	recorded_open(&recording, &one_question);
	ASSERT_STRING(scene_name(&recording.scene, &a), "a");
	first = scene_name(&recording.scene, &stranger);
	ASSERT_STRING(scene_name(&recording.scene, &other), "8.8.8.8");
	ASSERT_STRING(first, "9.9.9.9");
	ASSERT_STRING(scene_student(&recording.scene, "a")->name, "server");
	CU_ASSERT_PTR_NULL(scene_student(&recording.scene, "b"));
	CU_ASSERT_PTR_NOT_NULL(scene_sockets(&recording.scene, "a", &count));
	CU_ASSERT(count >= 1);
	CU_ASSERT_PTR_NULL(scene_sockets(&recording.scene, "nobody", &count));
	CU_ASSERT_EQUAL(count, 0);
	recorded_close(&recording);
}

static void ids(void)
{
	for (size_t i = 0; i < recorded_count; i++) {
		bool known = !recorded_runs[i].id;

		for (size_t j = 0; j < diagnose_count(); j++)
			known |= recorded_runs[i].id && !strcmp(recorded_runs[i].id, diagnose_id(j));
		CU_ASSERT_TRUE(known);
	}
	ASSERT_STRING(diagnose_id(diagnose_count() - 1), "divergence");
}

static const struct suite_test tests[] = {
	{"01-udp-server: recorded runs", lesson_01},
	{"02-udp-client-port: recorded runs", lesson_02},
	{"06-tcp-server: recorded runs", lesson_06},
	{"07-tcp-client-port: recorded runs", lesson_07},
	{"13-push: recorded runs", lesson_13},
	{"14-poll: recorded runs", lesson_14},
	{"a wrong run has its three sentences", sentences},
	{"trouble of the harness's is never the student's", trouble},
	{"nor is a program that could not be started", not_started},
	{"nor is a wrong time where windsock itself came late", late},
	{"nor are packets that the kernel dropped", dropped},
	{"nor is a tcpdump that did not tell of losses", not_told},
	{"nor is a capture without its end", not_drained},
	{"every capture of the run counts", the_second_capture},
	{"what never ends is wrong, whatever was lost by it", excess},
	{"a flood that the clock ends is one all the same", a_slow_flood},
	{"bytes that the capture lacks make no wrong program", cut_bytes},
	{"sentinels are no part of what was seen, but are counted", sentinels_are_left_out},
	{"a damaged capture is an error", a_damaged_capture},
	{"a trace of another vantage point is an error", trace_and_case_apart},
	{"names, students, sockets", names},
	{"every expected diagnosis exists", ids},
};

SUITE_MAIN("verdict", tests)
