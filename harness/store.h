/* store.h - the result store: DIR/results/LESSON/STUDENT.json, a record a file, published once.
 *
 * It is the only truth about what has been graded. A record is written to a temporary file, synced, and then given its
 * name by link(2): there is the whole record or none, whatever is killed when, and where two graders (on two machines, of
 * one shared folder) have graded the same, the first one's stands. A second one that says something else is kept beside
 * it, as DIR/disputes/LESSON/STUDENT.N.json, for a person to look at. */
#ifndef WINDSOCK_STORE_H
#define WINDSOCK_STORE_H

#include "../src/error.h"
#include "../src/result.h"

#include <stdbool.h>
#include <sys/types.h>

struct store {
	char *folder; /* absolute; owned */
	int lock_fd;  /* held for the life of the grade */
};

enum store_found { STORE_FOUND, STORE_MISSING, STORE_DAMAGED };

/* Makes DIR where it is not there, and locks it: alone, or beside others that work off one plan. -1: *error. */
int store_open(struct store *store, const char *folder, bool alone, struct error *error);
void store_close(struct store *store);

/* Locks the file PATH, alone or beside others, and writes into it who has it. Returns a descriptor, with which the lock
 * ends. -1: *error names who has it. */
int store_lock(const char *path, bool alone, struct error *error);

/* DIR/PART, and the record's path below a PART. Owned by the caller. */
char *store_path(const struct store *store, const char *part);
char *store_record_path(const struct store *store, const char *part, const char *lesson, const char *student);

enum store_found store_read(const struct store *store, const char *lesson, const char *student, struct result *result,
                            struct error *error);
/* The number of the file that is the record now; 0: there is none. Who replaces a record has another one. */
ino_t store_number(const struct store *store, const char *lesson, const char *student);
/* A file that is there whole or not at all. 1: it is written; 0: it was there before; -1: errno. */
int store_write_once(const char *path, const struct text *text);
/* 0: it is there, by us or by who was quicker. -1: *error; *full: the disk has no room. */
int store_publish(const struct store *store, const struct result *result, bool *full, struct error *error);
/* Takes the record of that NUMBER out of the way, to DIR/old, so that another one can be published; where somebody was
 * quicker and published a new one, that stays. -1: *error. */
int store_retire(const struct store *store, const char *lesson, const char *student, ino_t number,
                 struct error *error);
/* Removes the temporary files of graders that were killed. One that lives on writes its own again. */
void store_sweep(const struct store *store);
/* How many records were disputed of that lesson and student. */
size_t store_disputes(const struct store *store, const char *lesson, const char *student);
/* PATH and all that is in it, without following a link. */
int folder_remove(const char *path, struct error *error);

#endif
