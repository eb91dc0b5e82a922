/* student_file.h - a file that the student wrote and that windsock itself reads: a trace, rules.
 *
 * Who checks somebody else's folder must not be led out of it: a symbolic link is not followed, a pipe
 * is not waited for, and no more is read than such a file can need. */
#ifndef WINDSOCK_STUDENT_FILE_H
#define WINDSOCK_STUDENT_FILE_H

#include "../src/error.h"
#include "../src/text.h"

#define STUDENT_TRACE_MAX (64 * 1024) /* bytes */

/* FOLDER/NAME, at most LIMIT bytes; what it said before is gone. -1: *error, which is the student's. */
int student_file_read(const char *folder, const char *name, size_t limit, struct text *out, struct error *error);
/* The same for a file of rules, which rules_check() has passed. */
int student_rules_read(const char *folder, const char *name, struct text *out, struct error *error);

#endif
