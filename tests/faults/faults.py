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
import os
import random
import shutil
import sys
import time

from injector import (ACTIONS, COUNT, KILLED, Lab, Tap, adopt_orphans, children, left_files, nobody_left, run, stack,
                      wake_all)


def wake_later(plan):
    """Whoever is stopped goes on a second after he was hit."""
    def during(process):
        until = time.monotonic() + 20
        while time.monotonic() < until and not plan.has_come() and process.poll() is None:
            time.sleep(0.01)
        time.sleep(1)
        wake_all()
    return during


# ---- what is run ----

class Check:
    """One case of a lesson. VERDICT: 0 for a right program, 1 for a wrong one."""

    def __init__(self, lab, name, program, verdict, *options, lesson="01-udp-server", case="two-clients", cost=1):
        self.name = f"check of {name}"
        self.lab = lab
        self.verdict = verdict
        self.cost = cost
        self.folder = lab.workspace(name.replace(" ", "-"), program, "server.c" if verdict else os.path.basename(program))
        self.command = [lab.args.windsock, "check", lesson, "--dir", self.folder, "--case", case, *options]

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


class Other:
    """Another command, which judges nobody: it works, or says why not."""

    cost = 4

    def __init__(self, lab, name, words, program):
        self.name, self.lab = name, lab
        self.folder = os.path.join(lab.folder, name)
        self.program, self.command = program, [lab.args.windsock, *words, "--dir", self.folder]

    def begin(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.lab.workspace(self.name, self.program)

    def judge(self, status, hit):
        return None if status in {0, 2, 77} | ({KILLED} if hit["outer"] else set()) else f"exit status {status}"

    def after(self):
        self.begin()
        status, output = run(self.lab, self.command, self.lab.clean)
        return None if status == 0 else f"the next run gives {status}: {output}"


# ---- points ----

def spread(calls, points, chance):
    """So many numbers from 1 to CALLS, one of each equal part."""
    points = min(points, calls)
    return [1 + chance.randrange(i * calls // points, (i + 1) * calls // points) for i in range(points)]


def strike(lab, what, kind, number):
    """One fault. What went wrong in consequence, or None; and whom it hit."""
    what.begin()
    lab.plan.set(ACTIONS[kind], number)
    status, output = run(lab, what.command, lab.bad, wake_later(lab.plan) if kind == "stop" else None)
    hit = lab.plan.get()
    problem = "it did not end" if status is None else what.judge(status, hit)
    if not nobody_left():
        problem = problem or f"a process is left: {children()}"
    if left_files(lab) and hit["outer"] and kind == "kill":
        problem = problem or what.after()  # who is killed leaves his folder, and who comes next removes it
    if left_files(lab):
        problem = problem or f"left: {left_files(lab)}"
    where = f"{hit['process']}: {hit['function']}()" if hit["function"] else "not reached this time"
    return problem and f"{problem}\n{stack(lab, hit)}\n{output}", where


def try_all(lab, what, tap, args, chance):
    what.begin()
    lab.plan.set(COUNT, 0)
    status, output = run(lab, what.command, lab.bad)
    calls = lab.plan.get()["calls"]
    tap.line(calls > 20 and what.judge(status, {"outer": False}) is None and status not in (2, 77),
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
    adopt_orphans()
    seed = args.seed if args.seed is not None else random.randrange(1 << 30)
    print(f"# --seed {seed}", flush=True)
    lab, tap, chance = Lab(args), Tap(), random.Random(seed)
    right = os.path.join(args.fixtures, "solution", "server.c")
    wrong = os.path.join(args.fixtures, "wrong", "first-client.c")
    lessons = os.path.dirname(os.path.abspath(args.fixtures))
    try:
        for what in (Check(lab, "a right program", right, 0),
                     Check(lab, "a wrong program", wrong, 1, "--capture", "packet-socket"),
                     Check(lab, "a server of TCP", os.path.join(lessons, "06-tcp-server/solution/server.c"), 0,
                           lesson="06-tcp-server", case="two-in-turn", cost=2),
                     Check(lab, "a client of TCP", os.path.join(lessons, "07-tcp-client-port/solution/client.c"), 0,
                           lesson="07-tcp-client-port", case="twice", cost=2),
                     Grade(lab, right, wrong),
                     Other(lab, "record", ("record", "01-udp-server", "--case", "two-clients"), right),
                     Other(lab, "predict", ("predict", "01-udp-server", "--case", "two-clients"), right)):
            if args.what in what.name:
                try_all(lab, what, tap, args, chance)
    finally:
        lab.close()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
