/* screen.h - the terminal, taken as a whole and given back as it was.
 *
 * Theory of operation
 *
 * screen_guard() forks. The child goes on and has the screen; the parent, which the shell knows, does nothing but hold
 * the terminal's settings and wait. However the child ends (a bug, kill -9, memory), the parent puts the settings back,
 * shows the cursor, leaves the alternate screen, and only then does the shell go on. Signals that end us (TERM, HUP,
 * INT, QUIT) it hands on to the child, which clears up and ends; the parent then dies of the same signal. Should the
 * parent itself be killed by force, the child sees its end of a pipe close, and gives the terminal back itself. Nobody
 * is left to do it where both are killed by force at the very same moment; `reset` helps then.
 *
 * No key makes a signal while we have the screen: Ctrl-C is a key like others. Ctrl-Z gives the terminal back, stops
 * the child and then the parent (the shell may wake both as soon as it sees the parent's stop), and takes it again when
 * they go on. */
#ifndef WINDSOCK_SCREEN_H
#define WINDSOCK_SCREEN_H

#include "../src/error.h"
#include "../src/frame.h"

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

struct screen {
	struct termios before; /* the terminal as it was */
	int guard_read, guard_write; /* to the parent: a byte says that the terminal was given back; readable: it is dead */
	int signal_fd;         /* of the signals that screen_signal() tells */
	bool taken;
	bool unread;           /* nothing has been read since it was taken */
	struct frame_style style;
};

enum screen_event { SCREEN_NOTHING, SCREEN_RESIZED, SCREEN_END };

/* -1: *error, in words for a person: this is no terminal, or one that cannot do it. */
int screen_possible(struct error *error);
/* Forks, as above; returns in the child alone. ASCII: as if the locale were C. */
void screen_guard(struct screen *screen, bool ascii);
/* Takes the terminal, or takes it again. -1: errno. */
int screen_take(struct screen *screen);
/* Gives it back for good, and tells the parent that it need not. */
void screen_close(struct screen *screen);
/* Gives the terminal back and stops both processes until somebody lets them go on. */
void screen_suspend(struct screen *screen);
/* What the signal that is there means; the size is read again. To be called when signal_fd is readable. */
enum screen_event screen_signal(struct screen *screen);
void screen_show(const struct screen *screen, struct frame *frame);
/* The keys that were pressed (keys.h): at most MOST. *ended: the terminal is gone. */
size_t screen_keys(struct screen *screen, int *keys, size_t most, bool *ended);

#endif
