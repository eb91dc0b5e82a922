/* handed_in.h - what the names say that students and platforms give to what is handed in. */
#ifndef WINDSOCK_HANDED_IN_H
#define WINDSOCK_HANDED_IN_H

#include "error.h"
#include "text.h"

#include <stdbool.h>

/* Canvas: "lovelaceada_LATE_4711_815_server-1.c" is student "lovelaceada_4711", file "server-1.c". Both are
 * appended. */
bool handed_in_canvas(const char *name, struct text *student, struct text *file, bool *late);
/* Moodle: "Ada Lovelace_4711_assignsubmission_file_" is student "Ada Lovelace_4711". Appended. */
bool handed_in_moodle(const char *folder, struct text *student);
/* The length of NAME without ".zip", ".tar.gz" and the like; 0: it is no archive. */
size_t handed_in_archive(const char *name);

/* How near NAME is to the file name WANTED: 0 it is that; 1 but for upper and lower case; 2 but for what a
 * download or a platform adds ("server-1.c", "server (2).c", "server.c.txt"); -1 it is another. */
int handed_in_rank(const char *name, const char *wanted);
/* Whether a folder of that name is for LESSON: "01-udp-server", "1", "Lesson 1", "udp_server". */
bool handed_in_is_lesson(const char *folder, const char *lesson);

/* NAME as a file's name that no other name has: letters, digits and ._-+@ stay, every other byte is %XX, and a
 * very long one ends in its hash. Appended. */
void handed_in_file_name(const char *name, struct text *out);
/* Bytes as UTF-8: what is none, and control characters but tab and newline, as \xNN. Appended. */
void handed_in_clean(const void *bytes, size_t length, struct text *out);

/* What is odd about a source's bytes and can be mended: its own words in REMARK ("had CRLF line ends"), the mended
 * bytes in OUT. */
void handed_in_mend(const struct text *bytes, struct text *out, struct text *remark);

/* Gradescope's submission_metadata.yml: a folder and who handed it in. */
struct handed_in_submitter {
	char *folder, *student; /* owned */
};

struct handed_in_metadata {
	struct handed_in_submitter *submitters; /* owned */
	size_t count, capacity;
};

/* -1: *error. Owned: handed_in_metadata_free(). */
int handed_in_metadata(struct handed_in_metadata *metadata, const char *file, const char *source, struct error *error);
void handed_in_metadata_free(struct handed_in_metadata *metadata);

#endif
