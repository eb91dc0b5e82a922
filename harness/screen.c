/* screen.c - see screen.h for the theory of operation. */
#include "screen.h"

#include "../src/keys.h"
#include "cleanup.h"
#include "die.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

/* The alternate screen, without wrapping at the right edge, without a cursor (xterm's ctlseqs; all others follow). */
static const char take[] = "\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[0m\x1b[2J";
static const char give_back[] = "\x1b[0m\x1b[?25h\x1b[?7h\x1b[?1049l";

static const int ends[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};

/* A terminal that is gone is no loss. */
static void say(const char *bytes, size_t length)
{
	while (length) {
		ssize_t done = write(STDOUT_FILENO, bytes, length);

		if (done < 0 && errno == EAGAIN) { /* somebody before us left it so */
			struct pollfd poller = {.fd = STDOUT_FILENO, .events = POLLOUT};

			(void)poll(&poller, 1, -1); /* interrupted: tries again */
		} else if (done < 0 && errno != EINTR) {
			return;
		} else if (done > 0) {
			bytes += done;
			length -= (size_t)done;
		}
	}
}

int screen_possible(struct error *error)
{
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return error_set(error, NULL, 0, 0, "watch needs a terminal to show its screen on and to read keys from. Without "
		                 "one, `windsock check` checks once and prints what it saw");
	if (!term || !*term || !strcmp(term, "dumb"))
		return error_set(error, NULL, 0, 0, "watch cannot draw a screen on this terminal (TERM is \"%s\"). `windsock check` "
		                 "checks once and prints what it saw", term ? term : "");
	return 0;
}

static void read_size(struct screen *screen)
{
	struct winsize size;
	bool known = !ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);

	screen->style.rows = known && size.ws_row ? size.ws_row : 24;
	screen->style.columns = known && size.ws_col ? size.ws_col : 80;
}

/* ---- the parent ---- */

static void restore(const struct screen *screen)
{
	sigset_t stop, before;

	/* From the background too, where it would stop us otherwise (termios(3)). */
	sigemptyset(&stop);
	sigaddset(&stop, SIGTTOU);
	(void)sigprocmask(SIG_BLOCK, &stop, &before); /* cannot fail for a set of ours */
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &screen->before); /* a terminal that is gone is no loss */
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
}

static void watched_signals(sigset_t *set)
{
	sigemptyset(set);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
		sigaddset(set, ends[i]);
}

/* As if we had had no child. */
static _Noreturn void end_as(const struct screen *screen, int status, int signal_number)
{
	char byte;
	bool given_back = read(screen->guard_read, &byte, 1) == 1;

	if (!given_back) {
		restore(screen);
		say(give_back, sizeof give_back - 1);
	}
	if (WIFSIGNALED(status))
		fprintf(stderr, "windsock: watch was ended by a signal (%s). Your files are as you saved them; start it again. "
		        "If it happens again, that is a fault of windsock: please report it.\n", strsignal(WTERMSIG(status)));
	if (signal_number) {
		sigset_t one;

		sigemptyset(&one);
		sigaddset(&one, signal_number);
		(void)signal(signal_number, SIG_DFL);
		(void)raise(signal_number);
		(void)sigprocmask(SIG_UNBLOCK, &one, NULL); /* here it ends */
	}
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_BROKEN);
}

static _Noreturn void stand_guard(const struct screen *screen, pid_t child)
{
	int ended_by = 0, status;
	sigset_t set;

	watched_signals(&set);
	sigaddset(&set, SIGCHLD);
	for (;;) {
		siginfo_t info;
		int number = sigwaitinfo(&set, &info);

		if (number > 0 && number != SIGCHLD) {
			ended_by = number;
			(void)kill(child, number); /* not reaped yet, so the pid is its own */
		}
		if (waitpid(child, &status, WNOHANG | WUNTRACED) != child)
			continue;
		if (!WIFSTOPPED(status))
			end_as(screen, status, ended_by);
		/* The shell wakes both as soon as it sees that we stopped: not before our child did. Another stop is another's. */
		if (WSTOPSIG(status) == SIGTSTP)
			(void)raise(SIGSTOP);
	}
}

/* ---- the child ---- */

static void listen_to_signals(struct screen *screen)
{
	sigset_t set;

	watched_signals(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGCONT);
	sigaddset(&set, SIGTSTP);
	(void)sigprocmask(SIG_SETMASK, &set, NULL); /* cannot fail for a set of ours */
	(void)signal(SIGPIPE, SIG_IGN);
	screen->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (screen->signal_fd < 0)
		die("cannot listen to signals: %s", strerror(errno));
}

void screen_guard(struct screen *screen, bool ascii)
{
	struct ladder_style style = terminal_style(ascii);
	int to_guard[2], to_child[2];
	sigset_t set;
	pid_t child;

	*screen = (struct screen){.style = {.unicode = style.unicode, .colour = style.colour}, .signal_fd = -1};
	if (tcgetattr(STDIN_FILENO, &screen->before))
		die("cannot read the terminal's settings: %s", strerror(errno));
	if (pipe2(to_guard, O_CLOEXEC | O_NONBLOCK) || pipe2(to_child, O_CLOEXEC))
		die("cannot start: %s", strerror(errno));
	watched_signals(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTSTP); /* we stop when the child did, which gives the terminal back first */
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	child = fork();
	if (child < 0)
		die("cannot start: %s", strerror(errno));
	(void)close(to_guard[child ? 1 : 0]); /* nothing was written yet */
	(void)close(to_child[child ? 0 : 1]);
	screen->guard_read = child ? to_guard[0] : to_child[0];
	screen->guard_write = child ? to_child[1] : to_guard[1];
	if (child)
		stand_guard(screen, child);
	listen_to_signals(screen);
}

int screen_take(struct screen *screen)
{
	struct termios raw = screen->before;

	raw.c_lflag &= (tcflag_t)~(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_iflag &= (tcflag_t)~(IXON | ICRNL | INLCR);
	raw.c_cc[VMIN] = 0; /* a read never waits */
	raw.c_cc[VTIME] = 0;
	if (tcsetattr(STDIN_FILENO, TCSADRAIN, &raw))
		return -1;
	screen->taken = screen->unread = true;
	say(take, sizeof take - 1);
	read_size(screen);
	return 0;
}

static void give_it_back(struct screen *screen)
{
	if (!screen->taken)
		return;
	screen->taken = false;
	say(give_back, sizeof give_back - 1);
	restore(screen);
}

void screen_close(struct screen *screen)
{
	give_it_back(screen);
	(void)!write(screen->guard_write, "k", 1); /* no guard: nobody to tell; SIGPIPE is ignored */
}

void screen_suspend(struct screen *screen)
{
	sigset_t stop;

	give_it_back(screen);
	sigemptyset(&stop);
	sigaddset(&stop, SIGTSTP);
	(void)raise(SIGTSTP);
	(void)sigprocmask(SIG_UNBLOCK, &stop, NULL); /* here we stop, and then the guard; not where nobody could wake us */
	(void)sigprocmask(SIG_BLOCK, &stop, NULL);
	(void)screen_take(screen); /* a terminal that is gone is seen by the next read */
}

enum screen_event screen_signal(struct screen *screen)
{
	struct signalfd_siginfo info;
	enum screen_event event = SCREEN_NOTHING;

	while (read(screen->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
		switch ((int)info.ssi_signo) {
		case SIGWINCH: event = SCREEN_RESIZED; break;
		case SIGCONT: /* somebody stopped us without asking: the shell had the terminal meanwhile */
			(void)screen_take(screen);
			event = SCREEN_RESIZED;
			break;
		case SIGTSTP:
			screen_suspend(screen);
			event = SCREEN_RESIZED;
			break;
		default: return SCREEN_END;
		}
	}
	read_size(screen);
	return event;
}

void screen_show(const struct screen *screen, struct frame *frame)
{
	_cleanup_text_ struct text out = {0};

	if (!screen->taken)
		return;
	frame_draw(frame, &screen->style, &out);
	say(text_string(&out), out.length);
}

/* Ctrl-D that was typed before the terminal was ours is in it as a NUL: so the kernel keeps the end of a line's input. */
static void read_early_end(struct screen *screen, char *bytes, ssize_t got)
{
	for (ssize_t i = 0; screen->unread && i < got; i++)
		if (!bytes[i])
			bytes[i] = 'D' & 0x1f;
	if (got > 0)
		screen->unread = false;
}

size_t screen_keys(struct screen *screen, int *keys, size_t most, bool *ended)
{
	char bytes[256];
	ssize_t got = read(STDIN_FILENO, bytes, sizeof bytes);
	size_t count = 0;

	read_early_end(screen, bytes, got);
	*ended = got < 0 && errno != EAGAIN && errno != EINTR;
	for (size_t at = 0, used; got > 0 && at < (size_t)got && count < most; at += used)
		keys[count++] = key_read(bytes + at, (size_t)got - at, &used);
	return count;
}
