#!/usr/bin/env python3
"""Planning, reconciling and the class page with a class of 100,000 records: time and memory for each.

    bench_scale.py --windsock WINDSOCK [--records N] [--folder DIR] [--json FILE]

Nothing is graded: one student's records of five lessons, right and wrong ones, are multiplied, each with the seed and
the sums that its student's would have, so that `windsock grade` takes them for its own. Three classes are measured, each
twice as large as the one before. The goal: twice the class takes at most 2.4 times the processor time, and memory grows by
at most 1 KiB a record. Processor time is that of the process and its children."""

import argparse
import glob
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

LESSONS = ["01-udp-server", "02-udp-client-port", "05-who-starts", "06-tcp-server", "07-tcp-client-port"]
STEPS = [4, 2, 1]  # of the largest class
RATIO = 2.4
BYTES = 1024
KEY = b"0123456789abcdef0123456789abcdef"


def run(command, **more):
    """Wall seconds, CPU seconds, largest resident set in bytes, exit status, output."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **more)
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = status
    return (time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024,
            os.waitstatus_to_exitcode(status), output)


def seed(student, lesson):
    words = b"course\0" + student.encode() + b"\0" + lesson.encode() + b"\0"
    return hmac.new(KEY, words, hashlib.sha256).hexdigest()[:16]


def make_templates(args, work):
    """The records of a right and of a wrong student, and where their files are."""
    for name in ("right", "wrong"):
        for lesson in LESSONS:
            folder = "%s/two/%s/%s" % (work, name, lesson)
            os.makedirs(folder)
            kind = glob.glob("%s/lessons/%s/%s/*.c" % (args.tests, lesson, "solution"))
            for source in kind:
                shutil.copy(source, folder)
            if name == "wrong":  # a program that does nothing where one was asked for
                source = os.path.join(folder, os.path.basename(sorted(kind)[0]))
                with open(source, "w") as file:
                    file.write("int main(void)\n{\n\treturn 0;\n}\n")
    done = run([args.windsock, "grade", work + "/two", "--lessons", ",".join(LESSONS), "--out", work + "/one",
                "--key", work + "/key"])
    templates = {(name, lesson): json.load(open("%s/one/results/%s/%s.json" % (work, lesson, name)))
                 for name in ("right", "wrong") for lesson in LESSONS}
    if any(templates["right", lesson]["status"] != "pass" for lesson in LESSONS):
        sys.exit("bench_scale: solutions are not graded as right here (status %d)" % done[3])
    return templates


def add_student(work, number, templates):
    student, kind = "s%06d" % number, "wrong" if number % 3 == 0 else "right"
    for lesson in LESSONS:
        folder = "%s/class/%s/%s" % (work, student, lesson)
        os.makedirs(folder)
        for source in glob.glob("%s/two/%s/%s/*" % (work, kind, lesson)):
            os.link(source, os.path.join(folder, os.path.basename(source)))
        record = templates[kind, lesson]
        record["student"], record["seed"] = student, seed(student, lesson)
        with open("%s/out/results/%s/%s.json" % (work, lesson, student), "w") as file:
            json.dump(record, file, indent=1, ensure_ascii=False)


def measure(args, work, records):
    command = [args.windsock, "grade", work + "/class", "--lessons", ",".join(LESSONS), "--key", work + "/key"]
    figures = {"records": records}
    for what, more in (("plan of nothing graded", ["--out", work + "/empty", "--plan", "500"]),
                       ("plan of everything graded", ["--out", work + "/out", "--plan", "500"]),
                       ("reconcile, with the page", ["--out", work + "/out", "--reconcile"]),
                       ("one chunk of 500", ["--out", work + "/empty", "--chunk", "0", "--jobs", "1"])):
        if "chunk" in what:
            # Its units are there at once: what is measured is how it finds them.
            for lesson in LESSONS:
                os.makedirs("%s/empty/results/%s" % (work, lesson), exist_ok=True)
            for line in open(work + "/empty/plan"):
                chunk, lesson, student = line.split()
                if chunk == "0":
                    name = "/results/%s/%s.json" % (lesson, student)
                    if not os.path.exists(work + "/empty" + name):
                        os.link(work + "/out" + name, work + "/empty" + name)
        wall, cpu, memory, status, output = run(command + more)
        expected = {"plan of nothing graded": "%d to grade" % records, "plan of everything graded": "0 to grade in 0"}
        if status or expected.get(what, "") not in output:
            sys.exit("bench_scale: %s: exit status %d: %s" % (what, status, output[-300:]))
        figures[what] = {"wall": wall, "cpu": cpu, "memory": memory}
        print("%7d records  %-26s %7.1f s  CPU %7.1f s  %6.1f us a record  %6.1f MiB" % (
            records, what, wall, cpu, 1e6 * cpu / records, memory / 2**20), flush=True)
    figures["page"] = os.path.getsize(work + "/out/class.html")
    shutil.rmtree(work + "/empty")
    return figures


def judge(all_figures):
    good = True
    for small, large in zip(all_figures, all_figures[1:]):
        for what in small:
            if not isinstance(small[what], dict):
                continue
            factor = large["records"] / small["records"] / 2
            ratio = large[what]["cpu"] / max(small[what]["cpu"], 0.2) / factor
            grown = (large[what]["memory"] - small[what]["memory"]) / (large["records"] - small["records"])
            if ratio > RATIO or grown > BYTES:
                good = False
                print("not linear: %s, %d to %d records: %.1f times the processor time, %.0f bytes a record" % (
                    what, small["records"], large["records"], ratio, grown))
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", required=True)
    parser.add_argument("--tests", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
    parser.add_argument("--records", type=int, default=100000)
    parser.add_argument("--folder")
    parser.add_argument("--json")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="windsock-bench.", dir=args.folder) as work:
        os.chmod(work, 0o755)
        with open(work + "/key", "wb") as file:
            file.write(KEY)
        # A copy: a lesson that is changed meanwhile would have all its records graded again.
        shutil.copytree(os.environ.get("WINDSOCK_LESSONS") or os.path.join(args.tests, "..", "lessons"), work + "/lessons")
        os.environ["WINDSOCK_LESSONS"] = work + "/lessons"
        templates = make_templates(args, work)
        for lesson in LESSONS:
            os.makedirs("%s/out/results/%s" % (work, lesson))
        made, all_figures = 0, []
        for part in STEPS:
            students = args.records // part // len(LESSONS)
            for number in range(made, students):
                add_student(work, number, templates)
            made = students
            all_figures.append(measure(args, work, students * len(LESSONS)))
        size = sum(os.path.getsize(name) for name in glob.glob(work + "/one/results/*/*.json")) / len(templates)
        print("a record takes %.1f KiB; the page of %d is %.0f MiB" % (
            size / 1024, all_figures[-1]["records"], all_figures[-1]["page"] / 2**20))
        if args.json:
            with open(args.json, "w") as file:
                json.dump(all_figures, file)
        good = judge(all_figures)
        print("linear in time and memory" if good else "not what is wanted")
        sys.exit(0 if good else 1)


main()
