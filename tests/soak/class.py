#!/usr/bin/env python3
"""class.py - a whole class that nobody watches: is every grade the right one, and does memory stay flat?

    class.py --windsock PATH --fixtures FOLDER [--lesson LESSON] [--submissions N] [--grade "OPTIONS"]

Every second of the N submissions is one of the lesson's right programs, the others are its wrong ones in turn; each has
a line of its own, so that nothing is compiled once for two. Looks at the records, not at what is printed: the verdict, and the id
of a wrong program. Says how long it took, and how much memory windsock's own processes held at a tenth, at half and at the end.
Exit status: 0 every grade is right, 1 one is not, 2 the class could not be graded."""
import argparse
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

LABEL = re.compile(rb"^(?:/\*|#) wrong: ([\w.-]+) -> ([a-z0-9-]+)")


def read(path):
    with open(path, "rb") as file:
        return file.read()


def programs(folder, kind):
    """(expected id, {name: bytes}) of each program of KIND; the files of the solution where it does not replace them."""
    solution = {os.path.basename(path): read(path) for path in glob.glob(f"{folder}/solution/*.c")}
    if kind == "solution":
        return [("", solution)]
    found = []
    for path in sorted(glob.glob(f"{folder}/wrong/*.c")):
        label = LABEL.match(read(path))
        found.append((label.group(2).decode(), {**solution, label.group(1).decode(): read(path)}))
    return found


def make_class(args, folder):
    """Makes the submissions; returns student -> expected id."""
    fixtures = os.path.join(args.fixtures, args.lesson)
    right, wrong = programs(fixtures, "solution"), programs(fixtures, "wrong")
    expected = {}
    for i in range(args.submissions):
        kind = right if i % 2 == 0 else wrong
        expected[f"s{i:05}"], files = kind[i // 2 % len(kind)]
        os.makedirs(f"{folder}/s{i:05}")
        for name, text in files.items():
            with open(f"{folder}/s{i:05}/{name}", "wb") as file:
                file.write(text + b"\n/* student %d */\n" % i)
    return expected


class Watcher(threading.Thread):
    """How much is graded, and what windsock's processes held then: done -> KiB, of the largest and of all."""

    def __init__(self, process, out):
        super().__init__(daemon=True)
        self.process, self.out, self.seen, self.over = process, out, [], threading.Event()

    def held(self):
        """(KiB of the largest, of all) of the grader and the workers that it forked; not of students' programs."""
        sizes = []
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    pid, name, rest = re.match(r"(\d+) \((.*)\) (.*)", file.read(), re.S).groups()
                if name == "windsock" and (int(pid) == self.process.pid or int(rest.split()[1]) == self.process.pid):
                    sizes.append(int(rest.split()[21]) * os.sysconf("SC_PAGE_SIZE") // 1024)
            except (OSError, AttributeError):
                continue  # it ended meanwhile
        return max(sizes, default=0), sum(sizes)

    def run(self):
        while not self.over.wait(0.5):
            self.seen.append((len(glob.glob(f"{self.out}/results/*/*.json")), *self.held()))

    def at(self, share, count):
        """The most that was held until SHARE of COUNT were graded."""
        mine = [entry for entry in self.seen if entry[0] <= share * count] or [(0, 0, 0)]
        return max(entry[1] for entry in mine), max(entry[2] for entry in mine)


def judge(args, out, expected):
    """Prints what is not right; returns how many."""
    bad, inconclusive = 0, 0
    for student, wanted in expected.items():
        path = f"{out}/results/{args.lesson}/{student}.json"
        record = json.loads(read(path)) if os.path.exists(path) else {"status": "lost", "cases": []}
        ids = {case.get("diagnosis") for case in record["cases"] if case["status"] == "fail"}
        inconclusive += record["status"] == "inconclusive"
        if record["status"] != ("fail" if wanted else "pass") or (wanted and wanted not in ids):
            bad += 1
            print(f"  {student}: {record['status']} {sorted(filter(None, ids))}, expected {wanted or 'pass'}")
    return bad, inconclusive


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", required=True)
    parser.add_argument("--fixtures", required=True, help="tests/lessons")
    parser.add_argument("--lesson", default="06-tcp-server")
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--grade", default="", help="options for `windsock grade`, in one word")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="windsock-class.") as work:
        os.chmod(work, 0o755)
        expected = make_class(args, work + "/class")
        began = time.monotonic()
        with open(work + "/log", "wb") as log, subprocess.Popen(
                [args.windsock, "grade", work + "/class", "--lessons", args.lesson, "--out", work + "/out", *args.grade.split()],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log) as process:
            watcher = Watcher(process, work + "/out")
            watcher.start()
            status = process.wait()
            watcher.over.set()
            watcher.join()
        wall = time.monotonic() - began
        if status not in (0, 1):
            print(read(work + "/log").decode(errors="replace")[-2000:])
            return 2
        bad, inconclusive = judge(args, work + "/out", expected)
    count = len(expected)
    print(f"{count} submissions of {args.lesson}: {wall:.0f} s, {count / wall:.1f} a second; {bad} not graded as they should be, "
          f"{inconclusive} of them inconclusive")
    for share in (0.1, 0.5, 1):
        largest, together = watcher.at(share, count)
        print(f"  memory until {100 * share:3.0f} %: {largest / 1024:.1f} MiB the largest process, {together / 1024:.1f} MiB all of windsock's")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
