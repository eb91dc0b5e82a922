"""commands.py - the commands that scenarios.py disturbs, and who is who among their processes."""
import os
import shutil

import injector

CASE = "two-clients"


# ---- who is who ----

def namespaces(pid):
    """In how many process namespaces, one in the other, it lives, as we see it."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            return next(len(line.split()) for line in file if line.startswith("NSpid:"))
    except (OSError, StopIteration):
        return 0


def name_of(pid):
    try:
        with open(f"/proc/{pid}/comm", encoding="ascii", errors="replace") as file:
            return file.read().strip()
    except OSError:
        return ""


def leads_session(pid):
    try:
        return os.getsid(pid) == pid
    except OSError:
        return False


def of_run(run):
    """The processes of a run, each with what it is."""
    for child in injector.children(run):
        if namespaces(child) > namespaces(run):
            yield "a program's sandbox", child
            for program in injector.children(child):
                yield "a program before its start", program
        elif name_of(child) == "tcpdump":
            yield "tcpdump", child
        elif leads_session(child):
            yield "the capture process", child
        else:
            yield "the taker of calls", child


def of_check(command):
    for child in injector.children(command):
        if namespaces(child) > namespaces(command):
            yield "the compiler's sandbox", child
            for program in injector.descendants(child):
                yield "the compiler", program
        elif name_of(child) == "unpack":
            yield "unpack", child
        else:
            yield "the run", child
            yield from of_run(child)


def find(pid, who, level):
    """Those processes of the command PID that are WHO. LEVEL: how many processes stand between it and a check."""
    if who == "the command itself":
        return [pid]
    if who == "all of them":
        return [pid, *injector.descendants(pid)]
    if who == "all of its group":
        return [one for one in [pid, *injector.descendants(pid)] if os.getpgid(one) == os.getpgid(pid)]
    checks = [pid]
    for _ in range(level):
        checks = [child for one in checks for child in injector.children(one) if namespaces(child) == namespaces(one)]
    if who == "a grader of one":
        return checks
    return [process for check in checks for kind, process in of_check(check) if kind == who]


# ---- the commands ----

class Check:
    """One case of lesson 01. VERDICT: 0 for a right program, 1 for a wrong one."""

    level = 0

    def __init__(self, lab, kind, program, options=()):
        self.lab, self.kind = lab, kind
        self.verdict = 0 if kind == "right" else 1
        self.name = f"check of a {kind} program{' ' if options else ''}{' '.join(options)}"
        self.folder = lab.workspace(self.name.replace(" ", "-"), program)
        self.command = [lab.args.windsock, "check", "01-udp-server", "--dir", self.folder, "--case", CASE, *options]

    def learn(self):
        self.begin()
        status, output = self.lab.learn(self.command)
        return None if status == self.verdict else f"exit status {status}: {output}"

    def begin(self):
        """So that there is something to compile."""
        shutil.rmtree(os.path.join(self.folder, ".windsock", "build"), ignore_errors=True)

    def after(self):
        """The next run is as if nothing had been."""
        status, output = injector.run(self.lab, self.command, self.lab.clean)
        return None if status == self.verdict else f"the next run gives {status}: {output}"


def make(lab, args):
    """Each command, as often as there are programs to try it with."""
    programs = {"right": os.path.join(args.fixtures, "solution", "server.c"),
                "wrong": os.path.join(args.fixtures, "wrong", "first-client.c")}
    return {
        "check": [Check(lab, kind, program) for kind, program in programs.items()],
        "check by packet socket": [Check(lab, kind, program, ("--capture", "packet-socket")) for kind, program in programs.items()],
    }
