/* report.h - a verdict as text for a person. */
#ifndef WINDSOCK_REPORT_H
#define WINDSOCK_REPORT_H

#include "ladder.h"
#include "verdict.h"

struct report_options {
	struct ladder_style style;
	bool pictures; /* also of what is right */
	bool output;   /* also what the programs printed */
	bool calls;    /* pictures have all socket calls of the student's programs, not only those that explain */
	bool flows;    /* a table of all flows; without it a right run has one when that is short */
	bool bare;     /* an SVG has no sentence: that stands beside it */
	const char *told; /* a diagnosis that was told in full already: then one line will do; or NULL */
};

/* One case: its line, the picture, the sentence, what was expected where. */
void report_case(const struct scene *scene, const struct verdict *verdict, const struct report_options *options,
                 struct text *out);
/* The picture alone. */
void report_ladder(const struct scene *scene, const struct verdict *verdict, const struct report_options *options,
                   struct text *out);
/* What every vantage point saw, as a trace. */
void report_trace(const struct scene *scene, struct text *out);
/* The flows as a table. */
void report_flows(const struct scene *scene, int width, struct text *out);
/* One case as an SVG document: its picture, and the sentence. */
void report_svg(const struct scene *scene, const struct verdict *verdict, const struct report_options *options,
                struct text *out);
/* The expected trace's part that first differs, with file and line; nothing when complete. */
void report_expected(const struct scene *scene, const struct match *match, struct text *out);
/* The same apart: what was expected, what stood in its place ("": nothing), and "traces/one.trace:3". */
void report_divergence(const struct scene *scene, const struct match *match, struct text *expected,
                       struct text *observed, struct text *where);
/* Appends PARAGRAPH in lines of at most WIDTH columns, each after INDENT spaces. */
void report_wrap(struct text *out, const char *paragraph, int indent, int width);

#endif
