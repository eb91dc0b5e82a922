/* prediction.h - what is wrong in a student's prediction: his own line, an arrow below it, two sentences. */
#ifndef WINDSOCK_PREDICTION_H
#define WINDSOCK_PREDICTION_H

#include "lesson.h"
#include "match.h"

struct prediction {
	const struct lesson *lesson;
	const struct trace *trace; /* what he wrote, */
	const char *source;        /* and its text */
	const struct match *match; /* against a run; not complete */
	const struct hosts *hosts;
	bool shown;                /* the run is his own: what was seen may be said. Else only what is not so */
};

/* Appends the first line that is not so, and why; lines are indented by four and wrapped at WIDTH columns. */
void prediction_explain(const struct prediction *prediction, const struct params *params, int width, struct text *out);
/* The words of the trace language that SOURCE, a trace's text with its comments, uses, a line each with what it means. */
void prediction_words(const char *source, int width, struct text *out);

#endif
