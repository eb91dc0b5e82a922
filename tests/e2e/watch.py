"""windsock watch on a pseudo-terminal, whose screen is followed by a small emulator; TAP.

Nothing here waits for time: each step waits until the screen, a file or a process is as it should be, and fails when
that has not come about in a minute, which is a machine's trouble and not a pace that is asked for. All that watch
leaves behind becomes this program's child (PR_SET_CHILD_SUBREAPER), so that nothing of it can hide."""
import ctypes
import fcntl
import os
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time

WINDSOCK = os.environ["WINDSOCK"]
TESTS = os.environ["WINDSOCK_TESTS"]
LESSON, NEXT = "01-udp-server", "02-udp-client-port"
PATIENCE = 60
STOPS = 20
PR_SET_CHILD_SUBREAPER = 36


# ---- TAP ----

count = 0


def ok(good, what, *remarks):
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {what}", flush=True)
    for remark in remarks if not good else ():
        for line in str(remark).splitlines():
            print("#", line)
    return good


# ---- the terminal ----

class Screen:
    """What a terminal shows, as far as watch writes to it: it knows the escapes that watch uses and no other."""

    TOKEN = re.compile(r"\x1b\[(\??)([0-9;]*)([A-Za-z])|[\r\n]|[^\x1b\r\n]|\x1b\Z|\x1b\[\??[0-9;]*\Z")

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.other = False      # the alternate screen
        self.cursor = self.wraps = True
        self.unknown = []       # what no terminal is sure to have
        self.colours = set()
        self.held = ""          # an escape of which only a part has come
        self.clear()

    def clear(self):
        self.lines = [[" "] * self.columns for _ in range(self.rows)]
        self.row = self.column = 0

    def resize(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.clear()

    def feed(self, text):
        text, self.held = self.held + text, ""
        for token in self.TOKEN.finditer(text):
            word = token.group(0)
            if word[0] == "\x1b" and not token.group(3):
                self.held = word
            elif token.group(3):
                self.escape(token.group(1), token.group(2), token.group(3))
            elif word == "\r":
                self.column = 0
            elif word == "\n":
                self.row = min(self.row + 1, self.rows - 1)
            else:
                self.lines[self.row][min(self.column, self.columns - 1)] = word
                self.column += 1

    def escape(self, private, numbers, final):
        if private:
            on = final == "h"
            if numbers == "1049":
                self.other = on
            elif numbers == "25":
                self.cursor = on
            elif numbers == "7":
                self.wraps = on
            else:
                self.unknown.append(numbers + final)
        elif final == "H":
            self.row = self.column = 0
        elif final == "K":
            column = min(self.column, self.columns - 1)
            self.lines[self.row][column:] = [" "] * (self.columns - column)
        elif final == "J":
            self.lines = [[" "] * self.columns for _ in range(self.rows)]
        elif final == "m":
            self.colours.update(numbers.split(";"))
        else:
            self.unknown.append(numbers + final)

    def text(self):
        return "\n".join("".join(line).rstrip() for line in self.lines)

    def flat(self):
        return " ".join(self.text().split())


class Watch:
    """A windsock watch in FOLDER, on a pseudo-terminal of its own."""

    def __init__(self, folder, *arguments, rows=24, columns=80, environment=None, typed=b""):
        self.folder = folder
        self.master, self.slave = os.openpty()
        self.screen = Screen(rows, columns)
        self.set_size(rows, columns)
        self.before = termios.tcgetattr(self.slave)
        self.raw = b""
        os.write(self.master, typed)  # before anybody reads
        known = {**os.environ, "TERM": "xterm", **(environment or {})}
        known.pop("COLUMNS", None)

        keep, self.keeper = os.pipe()

        def own_the_terminal():
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            os.dup2(keep, 3)

        # A shell stands between us, as it does for a student: the kernel treats the first process of a session its own way.
        # It stays until release(): with it the kernel would end all that is left of its session.
        # See go_on().
        shell = ["sh", "-mc", '"$@"; status=$?; while [ $status = 147 ]; do read line <&3; fg; status=$?; done; '
                 'echo "the shell goes on: $status"; read line <&3', "sh", WINDSOCK, "watch", *arguments]
        self.process = subprocess.Popen(shell, cwd=folder, stdin=self.slave, stdout=self.slave, stderr=self.slave,
                                        preexec_fn=own_the_terminal, env=known, pass_fds=(3,))
        os.close(keep)
        self.guard = None  # one that ends at once may be gone before it was seen
        self.until(lambda: self.find_guard() or b"the shell goes on" in self.raw)

    def find_guard(self):
        self.guard = next(iter(children_of(self.process.pid)), None)
        return self.guard

    def set_size(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def resize(self, rows, columns):
        self.read(0)
        self.screen.resize(rows, columns)
        self.set_size(rows, columns)  # the kernel tells the foreground group: SIGWINCH

    def read(self, seconds):
        while select.select([self.master], [], [], seconds)[0]:
            try:
                got = os.read(self.master, 65536)
            except OSError:
                return
            self.raw += got
            self.screen.feed(got.decode("utf-8", "replace"))
            seconds = 0

    def until(self, test):
        """Whether TEST came true; reads the screen meanwhile."""
        end = time.monotonic() + PATIENCE
        while not test():
            if time.monotonic() > end:
                return False
            self.read(0.01)
        return True

    def shows(self, *words):
        return self.until(lambda: all(word in self.screen.flat() for word in words))

    def expect(self, what, *words):
        return ok(self.shows(*words), what, f"expected: {words}", self.screen.text())

    def press(self, keys):
        os.write(self.master, keys if isinstance(keys, bytes) else keys.encode())

    def is_idle(self):
        return "checking what you saved" not in self.screen.flat()

    def children(self):
        return children_of(self.guard)

    def watcher(self):
        return self.children()[0]

    def is_given_back(self):
        """The terminal is as it was."""
        self.read(0)
        return (termios.tcgetattr(self.slave) == self.before and not self.screen.other and self.screen.cursor
                and self.screen.wraps)

    def end(self):
        """Its exit status, as the shell saw it."""
        end = re.compile(rb"the shell goes on: (\d+)")
        self.until(lambda: end.search(self.raw))
        return int(end.search(self.raw).group(1)) if end.search(self.raw) else None

    def go_on(self):
        """The student's fg."""
        os.write(self.keeper, b"\n")

    def release(self):
        """Lets the shell end."""
        os.write(self.keeper, b"\n")
        self.until(lambda: self.process.poll() is not None)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for fd in (self.master, self.slave, self.keeper):
            os.close(fd)


# ---- processes ----

def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []


def descendants(pid):
    found = []
    for child in children_of(pid):
        found += [child, *descendants(child)]
    return found


def name_of(pid):
    try:
        with open(f"/proc/{pid}/comm") as file:
            return file.read().strip()
    except OSError:
        return ""


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass  # it has just ended


def nobody_left(watch):
    """Whether all that were started have ended, those that lost their parent too; the reaped are gone for good."""
    watch.release()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return True
        watch.read(0.01)
    return False


# ---- files ----

def start(folder):
    subprocess.run([WINDSOCK, "start", LESSON, folder], check=True, stdout=subprocess.DEVNULL)
    return os.path.abspath(folder)


def fixture(name, lesson=LESSON):
    with open(f"{TESTS}/lessons/{lesson}/{name}") as file:
        return file.read()


def checks(folder):
    """How many checks have ended there."""
    try:
        with open(f"{folder}/.windsock/progress") as file:
            return int(re.search(r"^checks (\d+)", file.read(), re.M).group(1))
    except (OSError, AttributeError):
        return 0


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def by_truncation(path, text):
    write(path, text)


def by_rename(path, text):
    new = os.path.dirname(os.path.dirname(path)) + "/new"  # so that the new name is all that is seen of it
    write(new, text)
    os.rename(new, path)


def as_vim(path, text):
    folder = os.path.dirname(path)
    write(f"{folder}/4913", "")
    os.unlink(f"{folder}/4913")
    os.rename(path, path + "~")
    with open(path, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(path, 0o644)
    os.unlink(path + "~")


def as_emacs(path, text):
    lock = f"{os.path.dirname(path)}/.#{os.path.basename(path)}"
    os.symlink("somebody@somewhere.1234:1", lock)
    shutil.copy2(path, path + "~")
    write(path, text)
    os.unlink(lock)


def in_pieces(path, text):
    """One save, several events: opened for writing twice, and what is there at the end is the same."""
    half = len(text) // 2
    with open(path, "r+") as file, open(path, "r+") as again:
        file.write(text[:half])
        file.flush()
        again.seek(half)
        again.write(text[half:])
        again.truncate()


# ---- the tests ----

def loop(folder):
    """What a student does."""
    source = f"{folder}/server.c"
    watch = Watch(folder)
    watch.expect("it begins with a check, and says that nothing is broken", LESSON, "nothing is broken", "points,")
    ok(watch.screen.text().splitlines()[-1].startswith("h hint"), "the keys stand in the last line", watch.screen.text())
    ok(watch.screen.other and not watch.screen.cursor, "on a screen of its own")

    for way in by_truncation, by_rename, as_vim, as_emacs, in_pieces:
        before = checks(folder)
        write_error(way, source, way.__name__)
        watch.expect(f"{way.__name__}: the compiler's words", f"saved {way.__name__}", "does not compile")
        watch.until(watch.is_idle)
        ok(checks(folder) in (before, before + 1), f"{way.__name__}: one save is one check", f"{before} -> {checks(folder)}")
    return watch


def write_error(way, source, words):
    way(source, f'#error "saved {words}"\n')


def hangs(watch):
    """Whether the student's program comes to run."""
    return watch.until(lambda: any(name_of(pid) == "server" for pid in descendants(watch.watcher())))


def results(watch, folder):
    source = f"{folder}/server.c"
    before = checks(folder)
    by_rename(source, fixture("wrong/first-client.c"))
    watch.expect("a wrong program: the picture, the sentence, what to do next", "✗", "◀", "Next:", "points,")
    watch.until(watch.is_idle)
    ok(checks(folder) == before + 1, "one save, one check", f"{before} -> {checks(folder)}")

    # The one that hangs would run for seconds; the check of what is saved after it does not wait for that.
    by_rename(source, "int main(void) { for (;;) ; }\n")
    ok(hangs(watch), "a program hangs")
    began = time.monotonic()
    write_error(by_rename, source, "in between")
    watch.expect("a save while a check runs: the newest counts", "saved in between")
    ok(time.monotonic() - began < 4.5 and checks(folder) <= before + 2, "the one that ran was ended",
       f"{time.monotonic() - began} s", f"{before} -> {checks(folder)}")


def keys(watch, folder):
    by_rename(f"{folder}/server.c", fixture("wrong/first-client.c"))
    watch.shows("✗", "points,")
    watch.press("h")
    watch.expect("h: a hint", "Enter back", "hint")
    watch.press("l")
    watch.expect("l: the lessons", LESSON, NEXT, "03-foreign-address")
    watch.press("s")
    watch.expect("s: every socket call", "socket(AF_INET", "bind(")
    watch.press("\x1b[6~")
    watch.expect("Page Down: the rest of it", "flow", "opened by")
    watch.press("\x1b[H")
    watch.expect("Home: its beginning", "-- 0 lines above")
    watch.press("\x1b[B")
    watch.expect("an arrow: one line", "-- 1 line above")
    watch.press("t")
    watch.expect("t: the trace", "# one-question", "udp ")
    watch.press("\r")
    watch.expect("Enter: back to the result", "✗ ")
    before = checks(folder)
    watch.press("r")
    ok(watch.until(lambda: checks(folder) == before + 1) and watch.until(watch.is_idle), "r: checks again")
    watch.press("p")
    watch.expect("p: nothing before the first lesson", "This is the first lesson.")
    watch.press("?xyz\x1b[99~\x1bOQ")
    watch.press("\x1b")
    watch.expect("keys that mean nothing do nothing; Escape leads back", "✗ ")


def ended_before_it_began(folder):
    """Ctrl-D, typed while the terminal still waits for whole lines, is not lost: who has nothing more to say would wait for ever."""
    watch = Watch(folder, typed=b"\x04")
    ok(watch.end() == 0 and watch.until(watch.is_given_back), "Ctrl-D before the first picture: it ends", watch.screen.text())
    ok(nobody_left(watch), "and no process is left")
    watch.close()


def sizes(watch):
    for rows, columns in ((20, 45), (24, 40), (40, 120), (6, 30), (24, 80)):
        watch.resize(rows, columns)
        fits = watch.until(lambda: watch.screen.lines[-1][0] != " " and LESSON[:5] in watch.screen.text()
                           and "q quit" in watch.screen.flat() or rows < 10 and "h hint" in watch.screen.flat())
        ok(fits, f"{columns} columns, {rows} rows: title and keys are there", watch.screen.text())
        if rows >= 20:
            ok(watch.until(lambda: is_drawn_for(columns, watch.screen.text())), f"and the picture is drawn for them",
               watch.screen.text())
    ok(not watch.screen.unknown, "no escape that a terminal may not have", watch.screen.unknown)


def is_drawn_for(columns, screen):
    """Whether there are arrows, and each goes from one side of the screen nearly to the other."""
    arrows = [line for line in screen.splitlines() if re.match(r"^.[ ]+[0-9.]+ +│", line) and re.search("[◀▶]", line)]
    return bool(arrows) and all(columns - 4 <= len(line) <= columns and line.endswith("│") for line in arrows)


def lost_labs(watch, folder):
    """The labs that wait die, or sleep for a while; nobody is told."""
    source = f"{folder}/server.c"

    def captures():
        return [pid for pid in descendants(watch.watcher()) if name_of(pid) == "packet-socket"]

    watch.until(lambda: watch.is_idle() and captures())
    killed = captures()
    send(killed[0], signal.SIGKILL)
    renewed = watch.until(lambda: captures() and not set(captures()) & set(killed))
    ok(renewed, "a lab that is lost as it waits is made anew")
    by_rename(source, fixture("solution/server.c"))
    watch.expect("and the next save has its result", "What you know now", "goes on to " + NEXT)

    asleep = [watch.watcher(), *descendants(watch.watcher())]
    for pid in asleep:
        send(pid, signal.SIGSTOP)
    by_rename(source, fixture("wrong/first-client.c"))
    for pid in reversed(asleep):
        send(pid, signal.SIGCONT)
    watch.expect("a save while all of it was stopped, as a machine that sleeps", "✗ ", "Next:")


def going_on(watch, folder, parent):
    before = checks(folder)
    by_rename(f"{folder}/server.c", fixture("solution/server.c"))
    watch.expect("a right program: praise, what was learnt, what is next", "What you know now", "goes on to " + NEXT)
    ok(watch.until(lambda: os.path.exists(f"{parent}/{NEXT}/README.md")), "the next lesson's folder is there")
    watch.expect("and it says so", "is ready")
    ok(checks(folder) == before + 1, "after one check", f"{before} -> {checks(folder)}")
    write_error(by_rename, f"{parent}/{NEXT}/client.c", "in the next lesson")
    watch.expect("the first save there goes on", NEXT, "saved in the next lesson")
    watch.press("p")
    watch.expect("p goes back", LESSON, "What you know now")
    watch.press("n")
    watch.expect("n goes on", NEXT, "saved in the next lesson")


def stopped(watch):
    watch.press("\x1a")
    ok(watch.until(lambda: state_of(watch.guard) == "T" and watch.is_given_back()), "Ctrl-Z gives the terminal back")
    for number in range(STOPS):
        if number:
            watch.press("\x1a")
        watch.screen.clear()
        watch.go_on()  # at the moment at which the shell sees the stop
        if not watch.shows(NEXT, "q quit"):
            break
    watch.expect(f"and it goes on where it was, {STOPS} times", NEXT, "q quit")


def state_of(pid):
    with open(f"/proc/{pid}/stat") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


def crashes(folder):
    """However it ends, the terminal is as it was, and nothing is left."""
    write(f"{folder}/server.c", fixture("solution/server.c"))
    ways = (
        ("SIGSEGV in the one that draws", lambda watch: os.kill(watch.watcher(), signal.SIGSEGV), (1, 2)),  # 1: AddressSanitizer's
        ("kill -9 of the one that draws", lambda watch: os.kill(watch.watcher(), signal.SIGKILL), (2,)),
        ("kill -9 of windsock watch", lambda watch: os.kill(watch.guard, signal.SIGKILL), (137,)),
        ("SIGTERM", lambda watch: os.kill(watch.guard, signal.SIGTERM), (143,)),
        ("SIGHUP", lambda watch: os.kill(watch.guard, signal.SIGHUP), (129,)),
        ("Ctrl-C", lambda watch: watch.press("\x03"), (0,)),
    )
    for what, kill, statuses in ways:
        watch = Watch(folder)
        watch.shows("What you know now")
        kill(watch)
        status = watch.end()
        ok(watch.until(watch.is_given_back) and status in statuses, f"{what}: the terminal is as it was",
           f"status {status}", watch.screen.text(), termios.tcgetattr(watch.slave), watch.before)
        ok(nobody_left(watch), f"{what}: no process is left")
        watch.close()


def checker_dies(folder):
    watch = Watch(folder)
    watch.shows("points,")
    watch.until(watch.is_idle)
    by_rename(f"{folder}/server.c", "int main(void) { for (;;) ; }\n")
    watch.shows("checking what you saved")
    hangs(watch)
    for number in range(2):
        children = watch.until(lambda: children_of(watch.watcher())) and children_of(watch.watcher())
        send(children[0], signal.SIGKILL)
        watch.until(lambda: not set(children) & set(children_of(watch.watcher())))
        if not number:
            ok(hangs(watch), "kill -9 of a check: it is tried once more")
    watch.expect("and again: said, and not the student's fault", "not your program's fault", "r checks again")
    write_error(by_rename, f"{folder}/server.c", "afterwards")
    watch.expect("and the next save is checked", "saved afterwards")
    watch.press("q")
    ok(watch.end() == 0 and watch.until(watch.is_given_back), "q: the terminal is as it was")
    ok(nobody_left(watch), "q: no process is left")
    watch.close()


def plain(folder):
    watch = Watch(folder, "--ascii", environment={"NO_COLOR": "1"})
    watch.shows("saved afterwards")
    by_rename(f"{folder}/server.c", fixture("wrong/first-client.c"))
    watch.expect("--ascii: marks in plain characters", "no ", "Next:")
    ok(all(byte < 0x7f for byte in watch.raw), "nothing but ASCII")
    ok(watch.screen.colours <= {"0"}, "NO_COLOR: none", watch.screen.colours)
    os.rename(folder, folder + "-moved")
    ok(watch.end() == 2 and watch.is_given_back() and b"was removed or renamed" in watch.raw,
       "a folder that is moved away is told of", watch.raw[-300:])
    watch.close()


def elsewhere():
    os.mkdir("elsewhere")
    watch = Watch(os.path.abspath("elsewhere"))
    watch.release()
    ok(b"windsock watch 1" in watch.raw and watch.end() == 2, "where there is no lesson's folder, it says what to do",
       watch.raw)
    watch.close()
    watch = Watch(os.path.abspath("elsewhere"), "1")
    watch.expect("a lesson that has no folder gets one", "nothing is broken")
    ok(os.path.exists("elsewhere/" + LESSON + "/server.c"), "here")
    watch.press("q")
    watch.end()
    watch.release()
    watch.close()


def no_terminal():
    done = subprocess.run([WINDSOCK, "watch", LESSON], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    ok(done.returncode == 2 and "needs a terminal" in done.stderr and "windsock check" in done.stderr,
       "without a terminal: an error with its remedy", done)


def main():
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        print("Bail out! PR_SET_CHILD_SUBREAPER")
        return 99
    parent = os.path.abspath("Übungen 北")
    os.mkdir(parent)
    folder = start(f"{parent}/{LESSON}")
    watch = loop(folder)
    results(watch, folder)
    keys(watch, folder)
    sizes(watch)
    lost_labs(watch, folder)
    going_on(watch, folder, parent)
    stopped(watch)
    watch.press("q")
    ok(watch.end() == 0 and watch.until(watch.is_given_back), "q: the terminal is as it was", watch.screen.text())
    ok(nobody_left(watch), "q: no process is left")
    watch.close()
    ended_before_it_began(folder)
    crashes(folder)
    checker_dies(folder)
    plain(folder)
    elsewhere()
    no_terminal()
    print(f"1..{count}")
    return 0


sys.exit(main())
