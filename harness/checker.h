/* checker.h - a check in a process of its own, made ready before it is needed.
 *
 * Theory of operation
 *
 * The process makes the labs of all cases, starts their tcpdump, prepares a sandbox for each program (check_prepare()),
 * and waits for its word. When it comes the sources are read and compiled, the programs run, the verdicts are told, and
 * the process ends: a lab serves once. Who wants to check again makes another one ready, which is done while the student
 * reads what the last one said.
 *
 * A checker that waits holds no time: its labs may wait for an hour, or sleep with the machine. When one of them is lost
 * as it waits (tcpdump was killed, memory ran out) the process ends by itself and says so by its status. To end it at
 * any moment is safe: everything that it has begun dies with it. */
#ifndef WINDSOCK_CHECKER_H
#define WINDSOCK_CHECKER_H

#include "aside.h"
#include "check.h"

#include <stdint.h>

#define CHECKER_LOST 76 /* exit status: a lab was lost while it waited */

struct checker {
	struct aside aside;
	int word_fd;               /* a byte and the width start the check; closed, it gives up; -1 */
	int facts_fd;              /* the summary comes here; -1 */
	bool at_work;              /* the word was given */
	int64_t began_us;          /* then */
	struct check_summary facts; /* when it has ended; all zero where there was nothing to run */
};

#define CHECKER_NONE ((struct checker){.aside = ASIDE_NONE, .word_fd = -1, .facts_fd = -1})

/* Makes one ready. OPTIONS and what they point to are borrowed by nobody: the process has a copy. 0, or -1 (errno). */
int checker_start(struct checker *checker, const struct check_options *options);
/* Gives the word; what is told will be WIDTH columns wide. A checker that has ended meanwhile says so itself. */
void checker_go(struct checker *checker, int width);
/* As aside_read(). */
bool checker_read(struct checker *checker);
void checker_close(struct checker *checker);

#endif
