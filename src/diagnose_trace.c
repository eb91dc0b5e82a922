/* diagnose_trace.c - diagnoses of a trace that the student wrote; the programs of such a case are not his. */
#include "diagnose_parts.h"

#include "student_trace.h"

bool find_trace_not_readable(const struct look *look)
{
	if (!student_trace_judged(look->scene->lesson_case) || !look->scene->student_error.text[0])
		return false;
	say_seen(look, "%s.", error_string(&look->scene->student_error));
	say_means(look, "Until it can be read, your trace neither accepts a program nor turns one down.");
	say_next(look, "mend that line; docs/trace-language.md has all that a trace may say.");
	return true;
}

bool find_trace_too_strict(const struct look *look)
{
	struct text where = {0};

	if (!student_trace_judged(look->scene->lesson_case) ||
	    look->scene->lesson_case->student_trace_kind != STUDENT_TRACE_ACCEPTS)
		return false;
	student_trace_where(look->scene, look->scene->trace, look->match, &where);
	say_seen(look, "Your trace turns this program down, and it should not: %s.", text_string(&where));
	say_means(look, "The program is right. Your trace demands something that a right program need not do, or lacks "
	          "something that it may do.");
	say_next(look, "compare that line with the picture: say only what every right program does.");
	text_free(&where);
	return true;
}

bool find_trace_too_loose(const struct look *look)
{
	if (!student_trace_judged(look->scene->lesson_case) ||
	    look->scene->lesson_case->student_trace_kind != STUDENT_TRACE_REJECTS)
		return false;
	say_seen(look, "Your trace lets this program pass, and it should not.");
	say_means(look, "The program is wrong, and all that it does is what %s says.", look->scene->trace->file);
	say_next(look, "which arrow of the picture would a right program not send, or send otherwise? Write the line that "
	         "says so.");
	return true;
}
