/* handed.h - of what a student handed in, the files that a lesson asks for. */
#ifndef WINDSOCK_HANDED_H
#define WINDSOCK_HANDED_H

#include "../src/lesson.h"
#include "../src/sha256.h"
#include "../src/text.h"
#include "submissions.h"

/* Every lesson there is, for a folder's name may be any's; those that are graded are loaded. */
struct handed_lessons {
	char **names;
	const struct lesson **chosen; /* one a name; NULL: not graded now */
	size_t count;
};

struct handed_file {
	const struct submission_part *part;
	char *path;    /* below the part's root; owned */
	const char *name; /* what it is called, without folders */
	size_t lesson; /* whose folder it lies in, or SIZE_MAX: none's */
	const char *in_lesson; /* its path below that folder */
	size_t depth;
};

/* A student's files. */
struct handed_tree {
	struct handed_file *files; /* owned */
	size_t count, capacity;
	bool incomplete; /* not all that was handed in could be unpacked */
	struct submission remarks; /* only the remarks of it; owned */
};

void handed_tree_read(struct handed_tree *tree, const struct submission *submission,
                      const struct handed_lessons *lessons);
void handed_tree_free(struct handed_tree *tree);

/* One file that a lesson asks for. */
struct handed_source {
	const char *wanted;     /* as the lesson calls it */
	bool optional;          /* a prediction */
	bool there;
	struct text bytes;      /* mended; owned */
	char sha256[SHA256_HEX]; /* of what was handed in; "" = not there */
	struct text remark;     /* owned */
	const struct handed_file *taken; /* NULL: none */
};

struct handed {
	struct handed_source *sources; /* owned */
	size_t count;
	struct text left_out; /* files in the lesson's folder that it does not ask for, or empty: "a.c, b.c and 3 more"; owned */
	struct text message; /* why it cannot be graded, or empty; owned */
};

/* The files for lesson number WHICH. */
void handed_choose(const struct handed_tree *tree, const struct handed_lessons *lessons, size_t which,
                   struct handed *handed);
void handed_free(struct handed *handed);

#endif
