/* doctor_folder.h - the folder that the doctor compiles in: below the one where the student is, because that is the
 * one that must be writable and not mounted noexec. Gone at the end, also by Ctrl-C. Private to doctor*.c. */
#ifndef WINDSOCK_DOCTOR_FOLDER_H
#define WINDSOCK_DOCTOR_FOLDER_H

#include "../src/error.h"

#define DOCTOR_PROGRAM "program"

/* Makes it; where that fails doctor_folder() tells. Call once, before any step. */
void doctor_folder_make(void);
void doctor_folder_remove(void);
/* Its path. NULL: *error says which wall. */
const char *doctor_folder(struct error *error);
/* The folder that it lies in: where windsock was started. */
const char *doctor_folder_above(void);

#endif
