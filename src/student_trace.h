/* student_trace.h - a trace that the student wrote, beside what a run showed: predict, accepts, rejects. */
#ifndef WINDSOCK_STUDENT_TRACE_H
#define WINDSOCK_STUDENT_TRACE_H

#include "scene.h"

/* Whether the case's verdict is about the student's trace (accepts, rejects). NULL: no. */
bool student_trace_judged(const struct lesson_case *lesson_case);

/* Matches TRACE with what SCENE saw. -1: the trace names what is not there: *error, the writer's fault. */
int student_trace_match(const struct scene *scene, const struct trace *trace, struct match *match,
                        struct error *error);

/* Where it differs first, as the end of a sentence: `line 4 of mine.trace, "..."`. For a match that is not complete. */
void student_trace_where(const struct scene *scene, const struct trace *trace, const struct match *match,
                         struct text *out);

/* One line that compares the student's prediction TRACE with what was seen. RIGHT: the program is right. True: so is
 * the prediction. */
bool student_trace_predict(const struct scene *scene, const struct trace *trace, bool right, struct text *out);

#endif
