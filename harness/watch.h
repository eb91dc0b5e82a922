/* watch.h - windsock watch: checks again at every save, and shows what came of it.
 *
 * Theory of operation
 *
 * One process waits for five things at once: keys, saves (saves.h), the end of a check (checker.h), the end of a
 * command whose words will be shown (aside.h), signals (screen.h). It never waits for one of them alone, and it runs
 * nothing of the student's, so that a key is always answered.
 *
 * A checker is kept ready. A save gives it its word; one that comes while it is at work ends it, and another one, made
 * at once, checks what was saved last. When it has ended its words are shown, and the next one is made ready.
 *
 * After a pass the folder of the next lesson is made, as `windsock start` makes it, and its files are watched as well:
 * the key n or the first save there goes on to it. */
#ifndef WINDSOCK_WATCH_H
#define WINDSOCK_WATCH_H

#include "../src/error.h"
#include "sniffer.h"

#include <stdbool.h>

struct watch_options {
	const char *lesson, *folder; /* as for check; NULL: found */
	bool ascii, no_calls;
	enum sniffer_engine capture;
};

/* Until the student leaves. Returns the exit status. To be called with a terminal that can do it. */
int watch_run(const struct watch_options *options);

#endif
