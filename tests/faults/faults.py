#!/usr/bin/env python3
"""faults.py - windsock on a machine in trouble: one call goes wrong, at any place of a run.

    faults.py --windsock PATH --inject LIBRARY --fixtures FOLDER [--points N] [--seed N] [--only KIND] [--at NUMBER]

A check and a grade are run once to count the calls that windsock and its processes make
(inject.c). Then they are run again and again, and at one call after the other, N of them
spread over the whole run,
  kill   the process that makes the call is killed there (kill -9),
  stop   it is stopped, and goes on a second later,
  fail   the call fails, as it would on a full disk, without descriptors, without memory.
Each time: a right program is never called wrong, and a wrong one never right: what cannot be
judged is inconclusive (2), or cannot be run (77), and windsock itself may be the killed one.
Nothing is left: no process, no file outside the workspace. A grade that is run again ends as
if nothing had been. All in TAP, a line a point; --only and --at repeat one."""
import argparse
import ctypes
import mmap
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

COUNT, KILL, STOP, FAIL = range(4)
ACTIONS = {"kill": KILL, "stop": STOP, "fail": FAIL}
LAYOUT = "IIII24s24sII12Q"
SIZE = struct.calcsize(LAYOUT)
LIMIT_S = 90
PR_SET_CHILD_SUBREAPER = 36
KILLED = -signal.SIGKILL


class Plan:
    """The file that inject.c shares with us."""

    def __init__(self, path):
        self.path = path
        with open(path, "wb") as file:
            file.write(bytes(mmap.PAGESIZE))
        with open(path, "r+b") as file:
            self.memory = mmap.mmap(file.fileno(), mmap.PAGESIZE)
        os.chmod(path, 0o666)

    def set(self, action, target):
        self.memory[:SIZE] = struct.pack(LAYOUT, 0, target, action, 0, b"", b"", 0, 0, *[0] * 12)

    def get(self):
        calls, _, _, pid, function, process, outer, depth, *places = struct.unpack(LAYOUT, self.memory[:SIZE])
        return {"places": places[:depth], "calls": calls, "pid": pid, "function": function.split(b"\0")[0].decode(),
                "process": process.split(b"\0")[0].decode(), "outer": bool(outer)}


class Lab:
    """Where it all happens: a folder of our own, and the environment that injects."""

    def __init__(self, args):
        self.args = args
        self.folder = tempfile.mkdtemp(prefix="windsock-faults.")
        os.chmod(self.folder, 0o755)
        self.plan = Plan(os.path.join(self.folder, "plan"))
        self.clean = dict(os.environ, TMPDIR=self.sub("tmp"), HOME=self.sub("home"), COLUMNS="100")
        self.clean.pop("LD_PRELOAD", None)
        preload = [args.preload] if args.preload else []
        self.bad = dict(self.clean, LD_PRELOAD=":".join(preload + [args.inject]), INJECT=self.plan.path)

    def sub(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(path, exist_ok=True)
        return path

    def workspace(self, name, program):
        folder = self.sub(name)
        shutil.copy(program, os.path.join(folder, "server.c"))
        return folder

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def children():
    """Processes that are ours, also by adoption."""
    with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
        return [int(pid) for pid in file.read().split()]


def wake(plan, until):
    """The stopped one is stopped within a pid namespace perhaps: whoever of ours is in state T goes on."""
    while time.monotonic() < until and not plan.get()["function"]:
        time.sleep(0.01)
    time.sleep(1)
    stack = children()
    while stack:
        pid = stack.pop()
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                    stack += [int(child) for child in file.read().split()]
            with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as file:
                if file.read().rsplit(")", 1)[1].split()[0] == "T":
                    os.kill(pid, signal.SIGCONT)
        except OSError:
            continue


def run(lab, command, environment, stopped=False):
    """The exit status, or None when it did not end; and what was printed."""
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment,
                                   cwd=lab.folder, start_new_session=True)
        try:
            if stopped:
                wake(lab.plan, time.monotonic() + 20)
            status = process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            status = None
        output.seek(0)
        return status, output.read().decode(errors="replace")


def nobody_left():
    """Whether every process that was left to us ends by itself, soon."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True
        if not pid:
            time.sleep(0.005)
    return False


def left_files(lab):
    return [os.path.join(folder, file) for name in ("tmp", "home") for folder, folders, files in
            os.walk(os.path.join(lab.folder, name)) for file in files + folders]


# ---- what is run ----

class Check:
    """One case of lesson 01. VERDICT: 0 for a right program, 1 for a wrong one."""

    cost = 1

    def __init__(self, lab, name, program, verdict, *options):
        self.name = f"check of {name}"
        self.lab = lab
        self.verdict = verdict
        self.folder = lab.workspace(name.replace(" ", "-"), program)
        self.command = [lab.args.windsock, "check", "01-udp-server", "--dir", self.folder, "--case", "two-clients",
                        *options]

    def begin(self):
        pass

    def judge(self, status, hit):
        """What is wrong with STATUS, or None."""
        allowed = {self.verdict, 2, 77}
        if hit["outer"]:
            allowed.add(KILLED)
        return None if status in allowed else f"exit status {status}"

    def after(self):
        """The next run is as if nothing had been."""
        status, output = run(self.lab, self.command, self.lab.clean)
        return None if status == self.verdict else f"the next run gives {status}: {output}"


class Grade:
    """Two submissions, with two processes at a time. It takes longer, so it gets fewer points."""

    cost = 2

    def __init__(self, lab, right, wrong):
        self.name = "grade"
        self.lab = lab
        self.out = os.path.join(lab.folder, "graded")
        for student, program in (("ada", right), ("bob", wrong)):
            folder = lab.sub(os.path.join("class", student, "01-udp-server"))
            shutil.copy(program, os.path.join(folder, "server.c"))
        self.command = [lab.args.windsock, "grade", os.path.join(lab.folder, "class"), "--lessons", "01-udp-server",
                        "--out", self.out, "--jobs", "2"]
        self.wanted = None

    def begin(self):
        shutil.rmtree(self.out, ignore_errors=True)

    def judge(self, status, hit):
        allowed = {0, 2, 77}
        if hit["outer"]:
            allowed.add(KILLED)
        return None if status in allowed else f"exit status {status}"

    def table(self):
        with open(os.path.join(self.out, "results.csv"), encoding="utf-8") as file:
            return file.read()

    def after(self):
        status, output = run(self.lab, self.command, self.lab.clean)
        if status != 0:
            return f"run again it gives {status}: {output}"
        if self.wanted is None:
            self.wanted = self.table()
        if self.table() != self.wanted:
            return f"run again it ends with\n{self.table()}instead of\n{self.wanted}"
        return None


# ---- points ----

class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def line(self, good, name, detail=""):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}", flush=True)
        if not good:
            for text in str(detail).splitlines():
                print(f"#   {text}", flush=True)


def spread(calls, points, chance):
    """So many numbers from 1 to CALLS, one of each equal part."""
    points = min(points, calls)
    return [1 + chance.randrange(i * calls // points, (i + 1) * calls // points) for i in range(points)]


def stack(lab, hit):
    """Functions of windsock's that led to the call, outermost last."""
    try:
        lines = subprocess.run(["addr2line", "-fse", lab.args.windsock, *[hex(place) for place in hit["places"]]],
                               capture_output=True, text=True, check=False).stdout.splitlines()
    except OSError:
        return "no addr2line"
    return " < ".join(f"{function} {place.split(' ')[0]}" for function, place in zip(lines[::2], lines[1::2]))


def strike(lab, what, kind, number):
    """One fault. What went wrong in consequence, or None; and whom it hit."""
    what.begin()
    lab.plan.set(ACTIONS[kind], number)
    status, output = run(lab, what.command, lab.bad, kind == "stop")
    hit = lab.plan.get()
    problem = "it did not end" if status is None else what.judge(status, hit)
    if not nobody_left():
        problem = problem or f"a process is left: {children()}"
    if left_files(lab):
        problem = problem or f"left: {left_files(lab)}"
    where = f"{hit['process']}: {hit['function']}()" if hit["function"] else "not reached this time"
    return problem and f"{problem}\n{stack(lab, hit)}\n{output}", where


def try_all(lab, what, tap, args, chance):
    what.begin()
    lab.plan.set(COUNT, 0)
    status, output = run(lab, what.command, lab.bad)
    calls = lab.plan.get()["calls"]
    tap.line(calls > 100 and what.judge(status, {"outer": False}) is None and status not in (2, 77),
             f"{what.name}: undisturbed, {calls} calls are counted", output)
    problem = what.after()
    tap.line(problem is None, f"{what.name}: once more without the library", problem)
    for kind in ACTIONS:
        if args.only and args.only != kind:
            continue
        share = args.points if kind != "stop" else max(1, args.points // 10)
        share = max(1, share // what.cost)
        numbers = [args.at] if args.at else spread(calls, share, chance)
        for at, number in enumerate(numbers):
            problem, where = strike(lab, what, kind, number)
            if problem is None and (at % 10 == 9 or at == len(numbers) - 1 or isinstance(what, Grade)):
                problem = what.after()
            tap.line(problem is None, f"{what.name}: {kind} at call {number} ({where})", problem)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", required=True)
    parser.add_argument("--inject", required=True, help="inject.so")
    parser.add_argument("--preload", default="", help="a library that must come first (a sanitizer's)")
    parser.add_argument("--fixtures", required=True, help="tests/lessons/01-udp-server")
    parser.add_argument("--points", type=int, default=40, help="of each kind and command")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", choices=ACTIONS)
    parser.add_argument("--what", default="", help="only commands whose name holds this word")
    parser.add_argument("--at", type=int, default=0)
    args = parser.parse_args()
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        sys.exit("no PR_SET_CHILD_SUBREAPER")
    seed = args.seed if args.seed is not None else random.randrange(1 << 30)
    print(f"# --seed {seed}", flush=True)
    lab, tap, chance = Lab(args), Tap(), random.Random(seed)
    right = os.path.join(args.fixtures, "solution", "server.c")
    wrong = os.path.join(args.fixtures, "wrong", "first-client.c")
    try:
        for what in (Check(lab, "a right program", right, 0), Check(lab, "a wrong program", wrong, 1, "--capture", "packet-socket"),
                     Grade(lab, right, wrong)):
            if args.what in what.name:
                try_all(lab, what, tap, args, chance)
    finally:
        lab.close()
    print(f"1..{tap.count}")
    return 1 if tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
