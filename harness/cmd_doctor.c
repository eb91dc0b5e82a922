/* cmd_doctor.c - windsock doctor: what this machine can do, the first wall with its remedy, the lessons that run. */
#include "../src/report.h"
#include "cleanup.h"
#include "commands.h"
#include "die.h"
#include "doctor.h"
#include "doctor_folder.h"
#include "terminal.h"
#include "walls.h"

#include <string.h>
#include <sys/utsname.h>

#define MARK_WIDTH 4  /* "ok  " */
#define NAME_WIDTH 20
#define LESSON_WIDTH 24

/* "ok" and "no" are for a program as well as for a person: the first word of a line says it. */
static const char *mark_word(enum doctor_mark mark)
{
	switch (mark) {
	case DOCTOR_OK: return "ok";
	case DOCTOR_NO:
	case DOCTOR_BROKEN: return "no";
	case DOCTOR_WITHOUT:
	case DOCTOR_NOT_TRIED: return "-";
	}
	return "-";
}

/* ---- steps ---- */

static void print_paragraph(const char *paragraph, int indent, const struct ladder_style *style)
{
	_cleanup_text_ struct text out = {0};

	report_wrap(&out, paragraph, indent, style->width);
	fputs(text_string(&out), stdout);
}

/* What the remedy is in a message of walls.h, or NULL; what stands before it goes to *what. */
static const char *part_remedy(const struct error *error, struct text *what)
{
	const char *remedy = strstr(error->text, WALL_REMEDY);

	text_add_bytes(what, error->text, remedy ? (size_t)(remedy - error->text) : strlen(error->text));
	return remedy ? remedy + strlen(WALL_REMEDY) : NULL;
}

static const char *explain_mark(enum doctor_step step, const struct doctor_finding *finding)
{
	switch (finding->mark) {
	case DOCTOR_OK: return doctor_tests[step].means;
	case DOCTOR_NO:
	case DOCTOR_BROKEN:
	case DOCTOR_WITHOUT: return doctor_tests[step].without;
	case DOCTOR_NOT_TRIED: return "not tried: it needs what stands above";
	}
	return NULL;
}

static void print_step(enum doctor_step step, const struct doctor_finding *finding, const struct ladder_style *style)
{
	const char *words = explain_mark(step, finding);
	bool missing = finding->mark == DOCTOR_NO || finding->mark == DOCTOR_BROKEN || finding->mark == DOCTOR_WITHOUT;
	_cleanup_text_ struct text what = {0};
	const char *remedy;

	printf("%-*s%-*s%s%s\n", MARK_WIDTH, mark_word(finding->mark), NAME_WIDTH, doctor_tests[step].name,
	       missing ? "missing: " : "", words ? words : "no lesson runs without it");
	if (*finding->detail)
		print_paragraph(finding->detail, MARK_WIDTH + NAME_WIDTH, style);
	if (!missing)
		return;
	remedy = part_remedy(&finding->error, &what);
	print_paragraph(text_string(&what), MARK_WIDTH + NAME_WIDTH, style);
	if (remedy && finding->mark == DOCTOR_WITHOUT)
		print_paragraph(remedy, MARK_WIDTH + NAME_WIDTH, style);
}

static void try_all(struct doctor_finding findings[DOCTOR_STEPS], const struct ladder_style *style)
{
	for (size_t i = 0; i < DOCTOR_STEPS; i++) {
		doctor_try((enum doctor_step)i, findings);
		print_step((enum doctor_step)i, &findings[i], style);
	}
}

/* Not wrapped: a command that is broken by a line's end cannot be copied. */
static void print_remedy(const struct doctor_finding *finding)
{
	_cleanup_text_ struct text what = {0};
	const char *remedy = part_remedy(&finding->error, &what);

	if (remedy)
		printf("Remedy: %s\n", remedy);
	else
		puts("No remedy is known. Please report it, with all of this.");
	if (remedy && strstr(remedy, "sysctl -w"))
		puts("(It holds until the machine starts again; a line in /etc/sysctl.d/60-windsock.conf holds for good.)");
}

static void print_wall(const struct doctor_finding findings[DOCTOR_STEPS])
{
	enum doctor_step wall = doctor_first_wall(findings);

	if (wall == DOCTOR_STEPS)
		return;
	printf("\nThe first wall: %s.\n", doctor_tests[wall].name);
	print_remedy(&findings[wall]);
	if (findings[wall].mark == DOCTOR_NO)
		puts("Then run windsock doctor again: it may show the next one. `windsock help walls` has them all.");
}

/* ---- lessons ---- */

/* CLOSELY: each case with its reason; else those alone that no step above has told. */
static void print_case(const struct doctor_lesson *lesson, size_t i, bool closely, const struct ladder_style *style)
{
	const struct doctor_finding *finding = &lesson->cases[i];
	_cleanup_text_ struct text line = {0};

	if ((finding->mark != DOCTOR_NO && finding->mark != DOCTOR_BROKEN) || (lesson->lacks && !closely))
		return;
	text_printf(&line, "%s: %s", lesson->course.lesson.cases[i].name, finding->error.text);
	print_paragraph(text_string(&line), MARK_WIDTH + 2, style);
}

/* "; missing: firewalls, NAT" */
static void print_lacking(unsigned lacks)
{
	const char *before = "; missing: ";

	for (size_t step = 0; step < DOCTOR_STEPS; step++)
		if (lacks & 1u << step) {
			printf("%s%s", before, doctor_tests[step].name);
			before = ", ";
		}
}

static void print_lesson(const struct doctor_lesson *lesson, bool closely, const struct ladder_style *style)
{
	size_t count = lesson->course.lesson.case_count;

	printf("%-*s%-*s", MARK_WIDTH, lesson->runs == count ? "ok" : lesson->runs ? "-" : "no", LESSON_WIDTH,
	       lesson->course.lesson.name);
	if (lesson->runs == count) {
		puts(lesson->course.lesson.title);
		return;
	}
	printf("%zu of %zu cases run here", lesson->runs, count);
	print_lacking(lesson->lacks);
	putchar('\n');
	for (size_t i = 0; i < count; i++)
		print_case(lesson, i, closely, style);
}

struct tally {
	size_t lessons, runs, part; /* all; that run; of which some cases are skipped */
	bool broken;
};

static void count_lesson(const struct doctor_lesson *lesson, struct tally *tally)
{
	tally->lessons++;
	tally->runs += lesson->runs > 0;
	tally->part += lesson->runs > 0 && lesson->runs < lesson->course.lesson.case_count;
	for (size_t i = 0; i < lesson->course.lesson.case_count; i++)
		tally->broken |= lesson->cases[i].mark == DOCTOR_BROKEN;
}

/* ALONE: it is the one that was asked for, and looked at closely. */
static void look_at(const char *name, const struct doctor_finding findings[DOCTOR_STEPS], bool alone,
                    struct tally *tally, const struct ladder_style *style)
{
	bool able = doctor_can_run(findings);
	struct doctor_lesson lesson;
	struct error error;

	if (doctor_look(name, findings, alone, &lesson, &error))
		die_error(&error);
	count_lesson(&lesson, tally);
	if (able && (alone || lesson.runs < lesson.course.lesson.case_count))
		print_lesson(&lesson, alone, style);
	doctor_lesson_free(&lesson);
}

/* The whole course: those that lack something, and how many do not. */
static void look_at_all(const struct doctor_finding findings[DOCTOR_STEPS], struct tally *tally,
                        const struct ladder_style *style)
{
	char **names;
	size_t count;
	struct error error;

	if (course_list(&names, &count, &error))
		die_error(&error);
	for (size_t i = 0; i < count; i++) {
		look_at(names[i], findings, false, tally, style);
		free(names[i]);
	}
	free(names);
}

static void print_tally(const struct tally *tally, bool able, const struct ladder_style *style)
{
	if (!able)
		print_paragraph("No lesson runs here until then. What runs without a network: windsock list, start, show, "
		                "trace, match, report.", 0, style);
	else if (tally->lessons == 1)
		puts(tally->runs ? "It runs here." : "It does not run here.");
	else if (tally->runs < tally->lessons)
		printf("%zu of %zu lessons run here.\n", tally->runs, tally->lessons);
	else
		printf("All %zu lessons run here%s\n", tally->lessons,
		       tally->part ? "; cases that lack something are skipped, and do not count." : ".");
}

/* ---- the whole ---- */

static void print_machine(void)
{
	struct utsname machine;

	if (uname(&machine))
		return;
	printf("windsock " PACKAGE_VERSION " on %s %s (%s), as %s\n\n", machine.sysname, machine.release, machine.machine,
	       geteuid() ? "an ordinary user" : "root");
}

static enum exit_status judge(const struct doctor_finding findings[DOCTOR_STEPS], const struct tally *tally)
{
	enum doctor_step wall = doctor_first_wall(findings);

	if (tally->broken || (wall < DOCTOR_STEPS && findings[wall].mark == DOCTOR_BROKEN))
		return EXIT_BROKEN;
	return doctor_can_run(findings) && tally->runs == tally->lessons ? EXIT_RIGHT : EXIT_SKIPPED;
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor_finding findings[DOCTOR_STEPS] = {0};
	struct ladder_style style = terminal_style(false);
	struct tally tally = {0};
	_cleanup_free_ char *lesson = NULL;
	struct error error;
	bool able;

	if (argc > 2)
		command_usage("doctor", "one lesson at a time: \"%s\" is too much", argv[2]);
	if (argc == 2 && argv[1][0] == '-')
		command_usage("doctor", "%s: not an option of doctor", argv[1]);
	if (argc == 2 && !(lesson = course_resolve(argv[1], &error)))
		die_error(&error);
	print_machine();
	doctor_folder_make();
	try_all(findings, &style);
	doctor_folder_remove();
	able = doctor_can_run(findings);
	print_wall(findings);
	putchar('\n');
	if (lesson)
		look_at(lesson, findings, true, &tally, &style);
	else
		look_at_all(findings, &tally, &style);
	print_tally(&tally, able, &style);
	return (int)judge(findings, &tally);
}
