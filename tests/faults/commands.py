"""commands.py - the commands that scenarios.py disturbs, and who is who among their processes."""
import fcntl
import glob
import json
import os
import re
import shutil
import subprocess

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
    if who == "unpack":
        return [one for one in injector.descendants(pid) if name_of(one) == who]
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

    def judge(self, _status, _output):
        return None

    def after(self):
        """The next run is as if nothing had been."""
        status, output = injector.run(self.lab, self.command, self.lab.clean)
        return None if status == self.verdict else f"the next run gives {status}: {output}"


class CheckOfAnother(Check):
    """The same where nobody is held: by an ordinary user, where we are root, for whom permissions count."""

    def __init__(self, lab, kind, program, options=()):
        super().__init__(lab, kind, program, options)
        self.place = self.folder

    def learn(self):
        return self.run_clean()

    def run_clean(self):
        self.begin()
        status, output = injector.run(self.lab, self.command, self.lab.clean)
        return None if status == self.verdict else f"exit status {status}: {output}"

    def begin(self):
        shutil.rmtree(os.path.join(self.folder, ".windsock"), ignore_errors=True)


class Show(CheckOfAnother):
    """What windsock show makes of the last run: it judges nothing anew, and has to say when it cannot."""

    def __init__(self, lab, kind, program):
        super().__init__(lab, kind, program)
        self.name = f"show of a {kind} program"
        self.checks = self.command
        self.command = [lab.args.windsock, "show", CASE]
        self.where = self.folder

    def run_clean(self):
        self.begin()
        os.makedirs(os.path.join(self.folder, ".windsock"))
        with open(os.path.join(self.folder, ".windsock", "lesson"), "w", encoding="ascii") as file:
            file.write("01-udp-server\n")
        status, output = injector.run(self.lab, self.checks, self.lab.clean)
        return None if status == self.verdict else f"exit status {status}: {output}"

    def judge(self, status, output):
        """What show tells of a run is what check said, or why it cannot."""
        wrong_mark = "✗ Two" if self.kind == "right" else "✓ Two"
        if "which lesson" in output or status not in (0, 1, 2) or len(output.split()) < 4:
            return f"exit status {status}"
        return f"it shows {wrong_mark}" if wrong_mark in output else None

    def after(self):
        return self.run_clean()


class Grade:
    """A right program, a wrong one, and a right one in an archive; two at a time."""

    level = 1
    kind = "right"
    verdict = 0

    def __init__(self, lab, programs, name="grade"):
        self.lab, self.name, self.programs = lab, name, programs
        self.place = self.out = os.path.join(lab.folder, name.replace(" ", "-"), "graded")
        self.submissions = os.path.join(lab.folder, name.replace(" ", "-"), "class")
        self.make_class()
        self.command = [lab.args.windsock, "grade", self.submissions, "--lessons", "01-udp-server", "--out", self.out,
                        "--jobs", "2"]
        self.wanted = None

    def make_class(self):
        shutil.rmtree(self.submissions, ignore_errors=True)
        for student, kind in (("ada", "right"), ("bob", "wrong"), ("cyd", "right")):
            folder = os.path.join(self.submissions, student, "01-udp-server")
            os.makedirs(folder)
            shutil.copy(self.programs[kind], os.path.join(folder, "server.c"))
        packed = os.path.join(self.submissions, "cyd")
        shutil.make_archive(os.path.join(self.submissions, "cyd-work"), "zip", packed)
        shutil.rmtree(os.path.join(packed, "01-udp-server"))
        shutil.move(os.path.join(self.submissions, "cyd-work.zip"), os.path.join(packed, "work.zip"))

    def remove_out(self):
        subprocess.run(["chmod", "-R", "u+rwX", self.out], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.out, ignore_errors=True)

    def begin(self):
        self.remove_out()
        if not os.path.isdir(self.submissions):
            self.make_class()
        os.makedirs(self.out)

    def learn(self):
        self.begin()
        status, output = self.lab.learn(self.command)
        self.wanted = self.points()
        return None if status == 0 and self.is_right() else f"exit status {status}: {self.wanted}: {self.messages()}: {output}"

    def run_clean(self):
        self.begin()
        status, output = injector.run(self.lab, self.command, self.lab.clean)
        self.wanted = self.wanted or self.points()
        return None if status == 0 and self.is_right() else f"exit status {status}: {self.wanted}: {self.messages()}: {output}"

    def is_right(self):
        return {student: seen and seen[0] for student, seen in self.wanted.items()} == {
            "ada": "pass", "bob": "fail", "cyd": "pass"}

    def messages(self):
        """What the records say of those that could not be graded."""
        said = []
        for path in sorted(glob.glob(os.path.join(self.out, "results", "*", "*.json"))):
            with open(path, encoding="utf-8", errors="replace") as file:
                said += [line.strip() for line in file if re.match(r'\s*"(message|student)"', line)]
        return said

    def points(self):
        """Of each record: whose it is, its status, its points. A record that is half is None."""
        found = {}
        for path in glob.glob(os.path.join(self.out, "results", "*", "*.json")):
            try:
                with open(path, encoding="utf-8") as file:
                    record = json.load(file)
                found[record["student"]] = (record["status"], record["points"])
            except (OSError, ValueError, KeyError):
                found[os.path.basename(path)] = None
        return found

    def judge(self, status, _output):
        """No record says something else than it should; none is half."""
        for student, seen in self.points().items():
            if seen is None:
                return f"the record {student} is damaged"
            if seen != self.wanted.get(student) and seen[0] not in ("inconclusive", "skip"):
                return f"{student}: {seen} instead of {self.wanted.get(student)}"
        if not os.path.isdir(os.path.join(self.out, "results")):
            return None  # taken away, or on a disk of its own
        missing = sorted(set(self.wanted) - set(self.points()))
        return f"said to be done, and without a record: {missing}" if status == 0 and missing else None

    def after(self):
        """The same command again ends as if nothing had been."""
        dead = dead_folders("/dev/shm")  # maybe with one that another grader of this machine is about to lock
        if not os.path.isdir(self.submissions):
            self.make_class()
        subprocess.run(["chmod", "-R", "u+rwX", self.out], check=False, stderr=subprocess.DEVNULL)
        status, output = injector.run(self.lab, self.command, self.lab.clean)
        if status != 0:
            return f"run again it gives {status}: {output}"
        if self.points() != self.wanted:
            return f"run again it ends with {self.points()} instead of {self.wanted}: {output}"
        left = [name for name in glob.glob(os.path.join(self.out, "**", "*.tmp"), recursive=True)]
        left += os.listdir(os.path.join(self.out, "work")) + sorted(dead & dead_folders("/dev/shm"))
        return f"left: {left}" if left else None


class GradeOfAnother(Grade):
    """The same where nobody is held."""

    def learn(self):
        return self.run_clean()


def dead_folders(parent):
    """Those of graders that are no more: nobody holds their lock."""
    dead = set()
    for folder in glob.glob(os.path.join(parent, "windsock-scratch.*")):
        try:
            with open(os.path.join(folder, "lock"), "rb+") as file:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            dead.add(folder)
        except OSError:
            continue
    return dead


def programs(args):
    return {"right": os.path.join(args.fixtures, "solution", "server.c"),
            "wrong": os.path.join(args.fixtures, "wrong", "first-client.c")}


def make(lab, args):
    """Each command, as often as there are programs to try it with."""
    sources = programs(args)
    return {
        "check": [Check(lab, kind, program) for kind, program in sources.items()],
        "check by packet socket": [Check(lab, kind, program, ("--capture", "packet-socket")) for kind, program in sources.items()],
        "check of another": [CheckOfAnother(lab, kind, program, ("--seed", "x")) for kind, program in sources.items()],
        "show": [Show(lab, kind, program) for kind, program in sources.items()],
        "grade": [Grade(lab, sources)],
        "grade of another": [GradeOfAnother(lab, sources, "grade, undisturbed by a library")],
    }
