"""watched.py - windsock watch on a terminal of its own, one of whose processes is lost or stopped as it waits, or checks."""
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import termios
import time

import commands
import injector

PATIENCE_S = 60
ESCAPE = re.compile(r"\x1b\[[?0-9;]*[A-Za-z]")
RIGHT = "What you know now"
BUSY = "int main(void) { for (;;) ; }\n"


class Terminal:
    """A pseudo-terminal with a windsock watch on it, and all that was written there."""

    def __init__(self, command, environment, folder):
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.said = b""

        def take():
            injector.take_defaults()
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(command, stdin=self.slave, stdout=self.slave, stderr=self.slave, cwd=folder,
                                        env=dict(environment, TERM="xterm"), preexec_fn=take)

    def read(self, seconds):
        while select.select([self.master], [], [], seconds)[0]:
            self.said += os.read(self.master, 65536)
            seconds = 0

    def words(self, since=0):
        return " ".join(ESCAPE.sub(" ", self.said[since:].decode(errors="replace")).split())

    def until(self, test):
        end = time.monotonic() + PATIENCE_S
        while not (got := test()):
            if time.monotonic() > end or self.process.poll() is not None:
                return test()
            self.read(0.01)
        return got

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)


class Watch:
    """It begins with a wrong program; then somebody is lost; then the right one is saved."""

    level, kind, verdict, name = 2, "right", 0, "watch"

    def __init__(self, lab, programs):
        self.lab, self.programs = lab, programs
        self.folder = os.path.join(lab.folder, "watched")
        self.command = [lab.args.windsock, "watch"]

    def learn(self):
        return None

    def save(self, text):
        new = os.path.join(self.lab.folder, "new.c")  # so that the new name is all that is seen of it
        with open(new, "w", encoding="utf-8") as file:
            file.write(text)
        os.rename(new, os.path.join(self.folder, "server.c"))

    def begin(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        injector.run(self.lab, [self.lab.args.windsock, "start", "01-udp-server", self.folder], self.lab.clean)
        self.save(self.text("wrong"))

    def text(self, kind):
        with open(self.programs[kind], encoding="utf-8") as file:
            return file.read()

    def is_warm(self, terminal):
        """All that a check needs is there and waits."""
        pid = terminal.process.pid
        return all(commands.find(pid, who, self.level) for who in ("the run", "the capture process", "a program's sandbox"))

    def play(self, world, scenario):
        """What went wrong, or None; and how it ended."""
        self.begin()
        terminal = Terminal(self.command, self.lab.clean, self.folder)
        try:
            problem = self.disturb(world, scenario, terminal)
            words = terminal.words()[-200:]
        finally:
            terminal.close()
        if not injector.nobody_left():
            problem = problem or f"a process is left: {injector.children()}"
        if injector.left_files(self.lab):
            problem = problem or f"left: {injector.left_files(self.lab)}"
        return problem, [words]

    def disturb(self, world, scenario, terminal):
        if not terminal.until(lambda: "points," in terminal.words() and self.is_warm(terminal)):
            return f"it never was ready: {terminal.words()[-800:]}"
        if scenario.options.get("busy"):
            self.save(BUSY)
            terminal.until(lambda: "checking what you saved" in terminal.words())
        problem = scenario.fault(world, terminal.process)
        world.released()
        since = len(terminal.said)
        self.save(self.text("right"))
        if not terminal.until(lambda: RIGHT in terminal.words(since)):
            return problem or f"the right program was not told so: {terminal.words(since)[-800:]}"
        os.write(terminal.master, b"q")
        terminal.until(lambda: terminal.process.poll() is not None)
        if terminal.process.poll() != 0:
            return problem or f"q: exit status {terminal.process.poll()}"
        if termios.tcgetattr(terminal.slave) != terminal.before:
            return problem or "the terminal is not as it was"
        return problem
