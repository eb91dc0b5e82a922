#!/usr/bin/env python3
"""What do planning, reconciling and the class page take as a class grows from 10 to 10,000 records?

    bench_records.py --windsock WINDSOCK [--records N,N,...] [--folder DIR] [--json FILE] [--strict]

How to read the figures
-----------------------
* Nothing is graded: one student's records of five lessons, right and wrong ones, are multiplied, each with the seed and
  the sums that its student's would have, so that `windsock grade` takes them for its own.
* Processor time is that of the process and its children. Memory is the process's largest resident set, from its own account
  (VmHWM, looked at until the end).
* Linear is: from one class to the next, where it takes 0.2 s and more, the time grows at most 1.2 times as much as the
  class. Flat is: at most 1 KiB more memory a record. With --strict a class that is neither makes exit status 1."""

import argparse
import glob
import hashlib
import hmac
import json
import os
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import measure

LESSONS = ["01-udp-server", "02-udp-client-port", "05-who-starts", "06-tcp-server", "07-tcp-client-port"]
RATIO = 1.2
BYTES = 1024
FLAT = 32 << 20  # what is less than that is flat anyway
WHAT = ("plan, nothing graded", "plan, all graded", "reconcile, page", "one chunk of 500")
KEY = b"0123456789abcdef0123456789abcdef"


LEAST_S = 0.2  # shorter times are mostly the start of the process


def run(command):
    """Wall seconds, CPU seconds, exit status, output, and the largest resident set in bytes while it ran."""
    began = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        pid = os.posix_spawn(command[0], command, os.environ, file_actions=[
            (os.POSIX_SPAWN_DUP2, said.fileno(), 1), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)])
        peak, used, status = watch(pid)
        said.seek(0)
        output = said.read()
    return time.monotonic() - began, used.ru_utime + used.ru_stime, status, output, peak


def watch(pid):
    """Its largest resident set, looked at until the end; what it used; its exit status."""
    peak = 0
    while True:
        ended, status, used = os.wait4(pid, os.WNOHANG)
        if ended:
            return peak, used, os.waitstatus_to_exitcode(status)
        peak = max(peak, measure.resident(pid))
        time.sleep(0.001)


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
        sys.exit("bench_records: solutions are not graded as right here (status %d)" % done[2])
    for template in templates.values():
        del template["sha256"]  # which would tell that they are changed
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


def measure_class(args, work, records):
    command = [args.windsock, "grade", work + "/class", "--lessons", ",".join(LESSONS), "--key", work + "/key"]
    figures = {"records": records}
    for what, more in zip(WHAT, (["--out", work + "/empty", "--plan", "500"], ["--out", work + "/out", "--plan", "500"],
                                 ["--out", work + "/out", "--reconcile"],
                                 ["--out", work + "/empty", "--chunk", "0", "--jobs", "1"])):
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
        wall, cpu, status, output, memory = run(command + more)
        expected = {WHAT[0]: "%d to grade" % records, WHAT[1]: "0 to grade in 0"}
        if status or expected.get(what, "") not in output:
            sys.exit("bench_records: %s: exit status %d: %s" % (what, status, output[-300:]))
        figures[what] = {"wall": wall, "cpu": cpu, "memory": memory}
        print("%7d records  %-21s %7.1f s  CPU %7.1f s  %6.1f us a record  %6.1f MiB" % (
            records, what, wall, cpu, 1e6 * cpu / records, memory / 2**20), flush=True)
    figures["page"] = os.path.getsize(work + "/out/class.html")
    shutil.rmtree(work + "/empty")
    return figures


def judge(all_figures):
    """What is neither linear in time nor flat in memory."""
    said = []
    for small, large in zip(all_figures, all_figures[1:]):
        for what in WHAT:
            factor = large["records"] / small["records"]
            ratio = large[what]["cpu"] / max(small[what]["cpu"], LEAST_S) / factor
            grown = (large[what]["memory"] - small[what]["memory"]) / (large["records"] - small["records"])
            if ratio > RATIO:
                said.append("%s, %d to %d records: %.1f times the time a record" % (
                    what, small["records"], large["records"], ratio))
            if grown > BYTES and large[what]["memory"] > FLAT:
                said.append("%s, %d to %d records: %.0f bytes more a record" % (
                    what, small["records"], large["records"], grown))
    return said


def series(all_figures, key, factor):
    return [{"name": what, "points": [{"x": one["records"], "median": one[what][key] * factor} for one in all_figures]}
            for what in WHAT]


def answer(args, all_figures, faults):
    first, last = all_figures[0], all_figures[-1]
    each = max(1e3 * last[what]["cpu"] / last["records"] for what in WHAT)
    peak = [max(one[what]["memory"] for what in WHAT) / 2**20 for one in (first, last)]
    memory = "with %s records the most memory is %.0f MiB, with %s it is %.0f" % (
        "{:,}".format(first["records"]), peak[0], "{:,}".format(last["records"]), peak[1])
    sentence = "A record takes %.2f ms at most in a class of %s; %s. %s." % (
        each, "{:,}".format(last["records"]), memory, "; ".join(faults) or "Linear in time, flat in memory")
    x = {"label": "records of the class (logarithmic)", "log": True}
    time_plot = {"kind": "lines", "x": x, "y": {"label": "processor time, ms (logarithmic)", "log": True},
                 "series": series(all_figures, "cpu", 1e3)}
    memory_plot = {"kind": "lines", "name": "records-memory", "title": "How much memory does a class of so many records take?",
                   "subtitle": memory[0].upper() + memory[1:] + ".", "x": x,
                   "y": {"label": "largest resident set, MiB"}, "series": series(all_figures, "memory", 2**-20)}
    measure.write_answer(args.json, "What do planning and reconciling take as a class grows?", sentence,
                         [time_plot, memory_plot], [measure.goal("what is worse than linear, or not flat", len(faults), 0)],
                         (), all_figures)


def measure_classes(args, work):
    shutil.copytree(os.environ.get("WINDSOCK_LESSONS") or os.path.join(args.tests, "..", "lessons"), work + "/lessons")
    os.environ["WINDSOCK_LESSONS"] = work + "/lessons"
    templates = make_templates(args, work)
    for lesson in LESSONS:
        os.makedirs("%s/out/results/%s" % (work, lesson))
    made, all_figures = 0, []
    for records in args.records:
        students = records // len(LESSONS)
        for number in range(made, students):
            add_student(work, number, templates)
        made = students
        all_figures.append(measure_class(args, work, students * len(LESSONS)))
    size = sum(os.path.getsize(name) for name in glob.glob(work + "/one/results/*/*.json")) / len(templates)
    print("a record takes %.1f KiB; the page of %d is %.1f MiB" % (
        size / 1024, all_figures[-1]["records"], all_figures[-1]["page"] / 2**20))
    return all_figures


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", required=True)
    parser.add_argument("--bin")  # bench.py gives it to all
    parser.add_argument("--tests", default=measure.TESTS)
    parser.add_argument("--records", default="10,100,1000,10000")
    parser.add_argument("--folder")
    parser.add_argument("--json")
    parser.add_argument("--strict", action="store_true")
    args = parser.parse_args()
    args.records = sorted(int(word) for word in args.records.split(","))
    with tempfile.TemporaryDirectory(prefix="windsock-bench.", dir=args.folder) as work:
        os.chmod(work, 0o755)
        with open(work + "/key", "wb") as file:
            file.write(KEY)
        # A copy of the lessons: one that is changed meanwhile would have all its records graded again.
        all_figures = measure_classes(args, work)
    faults = judge(all_figures)
    answer(args, all_figures, faults)
    return 1 if faults and args.strict else 0


sys.exit(main())
