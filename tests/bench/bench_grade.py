#!/usr/bin/env python3
"""What grading a class costs in processor time, beside what cannot be avoided.

    bench_grade.py --windsock WINDSOCK --bin FOLDER [--students N] [--jobs N] [--json FILE]

The class is N different right programs of 01-udp-server. The floor is: each of them compiled once, by windsock's own
command line, and the bare case program (bare.c: the kernel's part of a case, tcpdump's and the two programs') once for
each case that was run. Processor time is that of all processes, also of those that nobody waited for. The goal is a
ratio of 1.3."""

import argparse
import ctypes
import glob
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

PR_SET_CHILD_SUBREAPER = 36
FLAGS = ["-std=c11", "-D_GNU_SOURCE", "-g", "-O0", "-Wall", "-Wextra", "-pthread", "-pipe", "-fno-lto",
         "-fno-use-linker-plugin", "-fmax-errors=20"]


def reap():
    """Everything that is left, so that its time is counted."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def cpu():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(command, **more):
    """Wall seconds, CPU seconds, exit status, of a command and all that it started."""
    before, began = cpu(), time.monotonic()
    status = subprocess.Popen(command, stdout=subprocess.DEVNULL, **more).wait()
    wall = time.monotonic() - began
    reap()
    return wall, cpu() - before, status


def make_class(folder, students, source):
    for i in range(students):
        os.makedirs("%s/s%04d" % (folder, i))
        with open("%s/s%04d/server.c" % (folder, i), "wb") as file:
            file.write(b"/* student %d */\n" % i + source)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", required=True)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--tests", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--json")
    args = parser.parse_args()
    if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        sys.exit("bench_grade: this machine cannot collect what is left behind")
    with open(os.path.join(args.tests, "lessons/01-udp-server/solution/server.c"), "rb") as file:
        source = file.read()
    with tempfile.TemporaryDirectory(prefix="windsock-bench.") as work:
        os.chmod(work, 0o755)
        make_class(work + "/class", args.students, source)
        command = [args.windsock, "grade", work + "/class", "--lessons", "01", "--out", work + "/out"]
        command += ["--jobs", str(args.jobs)] if args.jobs else []
        wall, grade, status = timed(command)
        records = [json.load(open(name)) for name in glob.glob(work + "/out/results/*/*.json")]
        if status or len(records) != args.students or any(r["status"] != "pass" for r in records):
            sys.exit("bench_grade: the class was not graded as it should be (status %d)" % status)
        cases = sum(c["status"] == "pass" for r in records for c in r["cases"])
        again, again_cpu, _ = timed(command)
        compiling = 0.0
        for i in range(args.students):
            compiling += timed(["cc", *FLAGS, "-o", work + "/program", "%s/class/s%04d/server.c" % (work, i)])[1]
        rounds = min(cases, 60)
        bare = [args.bin + "/bare", "--capture", "tcpdump", "--server", args.bin + "/peer_server", "--client",
                args.bin + "/peer_client"]
        each = 0.0
        for _ in range(rounds):
            _, used, status = timed(bare)
            if status:
                sys.exit("bench_grade: bare does not run here")
            each += used
        each /= rounds
    floor = compiling + cases * each
    print("%d submissions, %d cases: %.1f s, %.1f submissions a second" % (args.students, cases, wall,
                                                                         args.students / wall))
    print("CPU: graded %.2f s; floor %.2f s (compiling %.2f s, %d x bare %.1f ms); ratio %.2f (goal: at most 1.3)" % (
        grade, floor, compiling, cases, 1000 * each, grade / floor))
    print("again, unchanged: %.2f s, CPU %.2f s" % (again, again_cpu))
    if args.json:
        with open(args.json, "w") as file:
            json.dump({"students": args.students, "cases": cases, "wall": wall, "cpu": grade, "compiling": compiling,
                       "bare": each, "ratio": grade / floor, "again": again}, file)


main()
