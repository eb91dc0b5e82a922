#!/usr/bin/env python3
"""What does grading a class take, beside what cannot be avoided?

    bench_grade.py --windsock WINDSOCK --bin FOLDER [--students N,N] [--jobs N] [--json FILE]

How to read the figures
-----------------------
* The class is N different right programs of 01-udp-server. The floor is: each of them compiled once, by windsock's own
  command line, and the bare case program (bare.c: the kernel's part of a case, tcpdump's and the two programs') once for
  each case that was run; of both a sample is measured, and what it took is multiplied.
* Processor time is that of all processes, also of those that nobody waited for: on a busy machine it says more than the time
  that passes. The goal is a ratio of 1.3.
* again: the same command once more, when all is graded."""

import argparse
import glob
import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True
import measure

FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-g", "-O0", "-Wall", "-Wextra", "-pthread", "-pipe", "-fno-lto",
         "-fno-use-linker-plugin", "-fmax-errors=20"]
GOAL = 1.3
SAMPLE = 60  # as many compilations and bare cases are measured


def make_class(args, folder, students):
    with open(os.path.join(args.tests, "lessons/01-udp-server/solution/server.c"), "rb") as file:
        source = file.read()
    for i in range(students):
        os.makedirs("%s/s%04d" % (folder, i))
        with open("%s/s%04d/server.c" % (folder, i), "wb") as file:
            file.write(b"/* student %d */\n" % i + source)


def count_cases(out, students):
    records = []
    for name in glob.glob(out + "/results/*/*.json"):
        with open(name, encoding="utf-8") as file:
            records.append(json.load(file))
    if len(records) != students or any(record["status"] != "pass" for record in records):
        sys.exit("bench_grade: the class was not graded as it should be")
    return sum(case["status"] == "pass" for record in records for case in record["cases"])


def mean_cpu(command_of, times, what):
    return sum(measure.need(measure.Run(command_of(i)), what).cpu for i in range(times)) / times


def measure_class(args, students, work):
    make_class(args, work + "/class", students)
    command = [args.windsock, "grade", work + "/class", "--lessons", "01", "--out", work + "/out"]
    command += ["--jobs", str(args.jobs)] if args.jobs else []
    graded = measure.need(measure.Run(command, True), "windsock grade")
    cases = count_cases(work + "/out", students)
    again = measure.need(measure.Run(command, True), "windsock grade, again")
    bare = [args.bin + "/bare", "--capture", "tcpdump", "--server", args.bin + "/peer_server", "--client",
            args.bin + "/peer_client"]
    compiling = students * mean_cpu(lambda i: ["cc", *FLAGS, "-o", work + "/program", "%s/class/s%04d/server.c" % (work, i)],
                                    min(students, SAMPLE), "cc")
    running = cases * mean_cpu(lambda i: bare, min(cases, SAMPLE), "bare")
    return {"students": students, "cases": cases, "wall": graded.wall, "cpu": graded.cpu, "compiling": compiling,
            "bare": running, "ratio": graded.cpu / (compiling + running), "again": again.wall, "again_cpu": again.cpu}


def tell(one):
    print("%d submissions, %d cases: %.1f s, %.1f submissions and %.0f cases a second" % (
        one["students"], one["cases"], one["wall"], one["students"] / one["wall"], one["cases"] / one["wall"]))
    print("CPU: graded %.2f s; floor %.2f s (compiling %.2f s, bare %.2f s); ratio %.2f" % (
        one["cpu"], one["compiling"] + one["bare"], one["compiling"], one["bare"], one["ratio"]))
    print("again, unchanged: %.2f s, CPU %.2f s" % (one["again"], one["again_cpu"]), flush=True)


def bars(one):
    """Of one class, in milliseconds a submission, so that classes can be compared."""
    each = 1000 / one["students"]
    name = "class of %d: " % one["students"]
    return [{"name": name + what, "note": note, "median": seconds * each} for what, seconds, note in (
        ("graded", one["cpu"], "%.2f x the floor" % one["ratio"]), ("floor", one["compiling"] + one["bare"], ""),
        ("compiling", one["compiling"], ""), ("bare cases", one["bare"], ""), ("graded again", one["again_cpu"], ""))]


def answer(path, classes):
    said = ", ".join("a class of %d takes %.1f s, and %.2f times the processor time of the floor" % (
        one["students"], one["wall"], one["ratio"]) for one in classes)
    measure.write_answer(
        path, "What does grading a class take, beside compiling and the bare cases?", said[0].upper() + said[1:] + ".",
        [{"kind": "bars", "axis": {"label": "processor time, milliseconds a submission"},
          "bars": [bar for one in classes for bar in bars(one)]}],
        [measure.goal("class of %d, in times of the floor" % one["students"], one["ratio"], GOAL) for one in classes],
        () if any(one["students"] >= 1000 for one in classes) else ["a class of 1000: with --long"], classes)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", required=True)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--tests", default=measure.TESTS)
    parser.add_argument("--students", default="20")
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--json")
    args = parser.parse_args()
    if not measure.adopt_orphans():
        sys.exit("bench_grade: this machine cannot collect what is left behind")
    classes = []
    for students in args.students.split(","):
        with tempfile.TemporaryDirectory(prefix="windsock-bench.") as work:
            os.chmod(work, 0o755)
            classes.append(measure_class(args, int(students), work))
            tell(classes[-1])
    answer(args.json, classes)


main()
