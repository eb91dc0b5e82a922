#!/usr/bin/env python3
"""soak.py - does the same program get the same verdict, again and again, whatever else the machine does?

    soak.py --windsock PATH --lessons FOLDER --fixtures FOLDER --state FILE
            [--condition idle|busy|parallel] [--rounds N] [--other-rounds N] [--minutes N] [--only WORD]
            [--without WORD] [--report]

Every lesson's solution must pass, so must every other right program, and every wrong program must fail with its own
id, each time. What was run least is run next, so that a soak of any length treats all alike; what
was seen is kept in the state file after each round, so that the next soak goes on there.

    idle      one check at a time
    busy      one check at a time, beside two endless loops a processor (or --loops; 0 where other work is the load)
    parallel  checks of four programs at once (or --side-by-side, which any condition takes)

A verdict that is not the right one is false, and its output is kept beside the state file.
An inconclusive one is counted apart. Another id of a wrong program is counted apart as
well: it was called wrong, which it is, by another name. Exit status: 0 no false verdict, 1
there was one, 2 the soak itself failed."""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

LIMIT_S = 120
CONDITIONS = ("idle", "busy", "parallel")
LABEL = re.compile(r"^(?:/\*|#) (?:right: ([\w.-]+)|wrong: ([\w.-]+) -> ([a-z0-9-]+))")
ID = re.compile(r"\[([a-z0-9-]+)\]$", re.M)


class Subject:
    """A program that is checked again and again. NAME: solution, right/FILE or wrong/FILE; EXPECTED: of a wrong one,
    its id; FILES: what lies in the folder, name -> path; WRITTEN: the names of those that are the student's."""

    def __init__(self, args, lesson, name, expected, files, written):
        self.args = args
        self.lesson = lesson
        self.name = f"{lesson}/{name}"
        self.rounds = args.rounds if name == "solution" else args.other_rounds
        self.expected = expected
        self.files = files
        self.written = written

    def content(self, name):
        """What lies in the folder under this name."""
        with open(self.files[name], encoding="utf-8") as file:
            return file.read()

    def stage(self):
        """Its folder, made at its first run and kept as long as the soak: what is unchanged is not compiled again."""
        folder = os.path.join(self.args.work, self.name.replace("/", "."))
        if not os.path.isdir(folder):
            os.mkdir(folder)
            for name in self.files:
                with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                    file.write(self.content(name))
        return folder

    def run(self):
        """Its verdict: "right", "wrong", "other-id", "inconclusive", "skipped" or "lost"; and what was printed."""
        try:
            done = subprocess.run([self.args.windsock, "check", self.lesson, "--dir", self.stage(), "--ascii",
                                   "--capture", self.args.capture], stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, errors="replace", timeout=LIMIT_S, check=False)
        except subprocess.TimeoutExpired:
            return "lost", f"no end within {LIMIT_S} s"
        output = done.stdout + done.stderr
        found = ID.search(output)
        if done.returncode == 77:
            return "skipped", output
        if done.returncode == 2:
            return "inconclusive", output
        if done.returncode not in (0, 1):
            return "lost", output
        if bool(self.expected) != (done.returncode == 1):
            return "wrong", output
        if self.expected and (not found or found.group(1) != self.expected):
            return "other-id", output
        return "right", output


def regular(folder):
    """Files of a folder, by name; programs, traces and rules."""
    if not os.path.isdir(folder):
        return {}
    return {name: os.path.join(folder, name) for name in sorted(os.listdir(folder))
            if name.endswith((".c", ".trace", ".nft"))}


def read_label(path):
    """Which file of the lesson it stands for, and its id if it is wrong."""
    with open(path, encoding="utf-8", errors="replace") as file:
        label = LABEL.match(file.readline())
    if not label:
        sys.exit(f"soak.py: {path}:1: does not say which file it stands for, and its id if it is wrong")
    return label.group(1) or label.group(2), label.group(3) or ""


def find_subjects(args, make=Subject):
    subjects = []
    for lesson in sorted(os.listdir(args.lessons)):
        fixtures = os.path.join(args.fixtures, lesson)
        if not re.match(r"\d\d-", lesson) or not os.path.isdir(fixtures):
            continue
        solution = regular(os.path.join(fixtures, "solution"))
        base = {**regular(os.path.join(args.lessons, lesson)), **solution}
        subjects.append(make(args, lesson, "solution", "", base, set(solution)))
        for kind in ("right", "wrong"):
            for name, path in regular(os.path.join(fixtures, kind)).items():
                source, expected = read_label(path)
                subjects.append(make(args, lesson, f"{kind}/{name}", expected, {**base, source: path}, {*solution, source}))
    return [subject for subject in subjects
            if args.only in subject.name and not (args.without and args.without in subject.name)]


class State:
    """What was seen so far: condition -> subject -> verdict -> how often."""

    def __init__(self, path):
        self.path = path
        self.lock = threading.Lock()
        self.seen = {condition: {} for condition in CONDITIONS}
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self.seen.update(json.load(file))

    def runs(self, condition, subject):
        return sum(self.seen[condition].get(subject.name, {}).values())

    def add(self, condition, subject, verdict, output):
        with self.lock:
            counts = self.seen[condition].setdefault(subject.name, {})
            counts[verdict] = counts.get(verdict, 0) + 1
        if verdict in ("right", "skipped"):
            return
        folder = self.path + ".kept"
        os.makedirs(folder, exist_ok=True)
        name = f"{condition}.{subject.name.replace('/', '.')}.{verdict}.{counts[verdict]}"
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(output)

    def save(self):
        with self.lock:
            with open(self.path + ".new", "w", encoding="utf-8") as file:
                json.dump(self.seen, file, indent=1, sort_keys=True)
            os.replace(self.path + ".new", self.path)


def report(state):
    """A line a condition and kind; every subject that is not always right. Returns the number of false verdicts."""
    false = 0
    for condition in CONDITIONS:
        for kind in ("solution", "right", "wrong"):
            mine = {name: counts for name, counts in state.seen[condition].items() if f"/{kind}" in name}
            total = {}
            for counts in mine.values():
                for verdict, count in counts.items():
                    total[verdict] = total.get(verdict, 0) + count
            if not mine:
                continue
            false += total.get("wrong", 0) + total.get("lost", 0)
            runs = [sum(counts.values()) for counts in mine.values()]
            words = ", ".join(f"{count} {verdict}" for verdict, count in sorted(total.items()))
            print(f"{condition:<9} {kind:<9} {len(mine):>4} programs, {sum(runs):>6} runs ({min(runs)} to {max(runs)} each): "
                  f"{words}")
            for name, counts in sorted(mine.items()):
                if set(counts) - {"right", "skipped"}:
                    print(f"          {name}: {counts}")
    return false


def soak(args, state, subjects):
    until = time.monotonic() + 60 * args.minutes
    side_by_side = args.side_by_side or (4 if args.condition == "parallel" else 1)
    loops = args.loops if args.condition == "busy" else 0
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)]

    def turn(subject):
        state.add(args.condition, subject, *subject.run())

    try:
        with concurrent.futures.ThreadPoolExecutor(side_by_side) as pool:
            while time.monotonic() < until:
                due = [subject for subject in subjects if state.runs(args.condition, subject) < subject.rounds]
                due.sort(key=lambda subject: state.runs(args.condition, subject) / subject.rounds)
                if not due:
                    break
                list(pool.map(turn, due[:8 * side_by_side]))
                state.save()
    finally:
        for process in busy:
            process.kill()
            process.wait()
        state.save()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", required=True)
    parser.add_argument("--lessons", required=True)
    parser.add_argument("--fixtures", required=True, help="tests/lessons")
    parser.add_argument("--state", required=True)
    parser.add_argument("--condition", choices=CONDITIONS, default="idle")
    parser.add_argument("--capture", default="packet-socket", help="tcpdump, packet-socket or both")
    parser.add_argument("--rounds", type=int, default=1000, help="of each solution")
    parser.add_argument("--other-rounds", type=int, default=50, help="of each other right or wrong program; 0: none")
    parser.add_argument("--side-by-side", type=int, help="1 unless said; in parallel 4")
    parser.add_argument("--loops", type=int, default=2 * os.cpu_count())
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--only", default="", help="only programs whose name holds this word")
    parser.add_argument("--without", default="", help="none of those: a lesson that mostly waits can be asked by another soak")
    parser.add_argument("--report", action="store_true", help="runs nothing")
    args = parser.parse_args()
    os.environ["WINDSOCK_LESSONS"] = args.lessons
    os.environ["COLUMNS"] = "100"
    state = State(args.state)
    if not args.report:
        with tempfile.TemporaryDirectory(prefix="windsock-soak.") as args.work:
            soak(args, state, find_subjects(args))
    return 1 if report(state) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(2)
