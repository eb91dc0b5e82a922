#!/usr/bin/env python3
"""How many cases a second are graded by 1, 2, 4 and 8 workers?

    bench_workers.py --windsock WINDSOCK --bin FOLDER [--cases N] [--workers N,N] [--json FILE]

How to read the figures
-----------------------
* windsock: `windsock grade --jobs N` of a class in which everybody handed in the same right client of lesson 02, whose two
  hosts have one cable, as the bare program's have. It is compiled once and found in the cache of builds afterwards, so what is
  measured are cases, with the records that they leave.
* with a switch: the same of lesson 01: three hosts, and a switch of packet rules (harness/lab_switch.c), which has four
  network namespaces and three cables to be made instead of two and one. Where it is a bridge, the kernel takes down one at
  a time, and waits (rcu_barrier()) while nobody else may make or end a network.
* bare: bare.c alone, N of them side by side, each one case after another, until the last process that they left is gone;
  captured by tcpdump, and by a plain packet socket. Nobody who makes a network a case can be quicker.
* The goal is a figure of one machine with two processors; a larger one does more."""

import argparse
import glob
import json
import os
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import measure

# name, lesson, its file, its cases
LESSONS = (
    ("windsock grade", "02-udp-client-port", "client.c", 2),
    ("the same, a switch", "01-udp-server", "server.c", 4),
)
GOAL = 130  # cases a second with four workers


def make_class(folder, lesson, file, students):
    source = os.path.join(measure.TESTS, "lessons", lesson, "solution", file)
    for i in range(students):
        os.makedirs("%s/s%04d" % (folder, i))
        shutil.copy(source, "%s/s%04d/%s" % (folder, i, file))


def grade(args, work, lesson, out, jobs):
    """Cases and seconds."""
    began = time.monotonic()
    run = measure.Run([args.windsock, "grade", work + "/" + lesson, "--lessons", lesson, "--out", out, "--jobs", str(jobs)], True)
    seconds = time.monotonic() - began
    measure.need(run, "windsock grade")
    records = []
    for name in glob.glob(out + "/results/*/*.json"):
        with open(name, encoding="utf-8") as file:
            records.append(json.load(file))
    cases = sum(case["status"] == "pass" for record in records for case in record["cases"])
    if not cases or any(record["status"] != "pass" for record in records):
        sys.exit("bench_workers: the class was not graded as it should be")
    return cases, seconds


def bare(args, capture, workers):
    """Cases a second of bare programs side by side."""
    share = max(1, args.cases // workers)
    command = [args.bin + "/bare", "--capture", capture, "--server", args.bin + "/peer_server", "--client",
               args.bin + "/peer_client", "--count", str(share)]
    began = time.monotonic()
    pids = [os.posix_spawn(command[0], command, os.environ,
                           file_actions=[(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]) for _ in range(workers)]
    bad = sum(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0 for pid in pids)
    measure.collect()
    if bad:
        sys.exit("bench_workers: bare does not run here")
    return share * workers / (time.monotonic() - began)


def measure_all(args, work):
    """The names, and of each how many cases a second by workers."""
    for _, lesson, file, each in LESSONS:
        make_class(work + "/" + lesson, lesson, file, max(2, args.cases // each))
    figures = {name: [] for name in [name for name, *_ in LESSONS] + ["bare, tcpdump", "bare, packet socket"]}
    for workers in args.workers:
        for name, lesson, *_ in LESSONS:
            rates = []
            for turn in range(args.rounds):
                cases, seconds = grade(args, work, lesson, "%s/out.%s.%d.%d" % (work, lesson, workers, turn), workers)
                rates.append(cases / seconds)
            figures[name].append(measure.point(workers, rates))
        for name, capture in (("bare, tcpdump", "tcpdump"), ("bare, packet socket", "raw")):
            rates = [bare(args, capture, workers) for _ in range(args.rounds)]
            figures[name].append(measure.point(workers, rates))
        print("%d workers: " % workers + ", ".join("%s %.0f" % (name, points[-1]["median"]) for name, points in figures.items())
              + " cases a second", flush=True)
    return figures


def sentence(figures):
    own, switched = ({point["x"]: point["median"] for point in figures[name]} for name, *_ in LESSONS)
    most = max(own, key=own.get)
    ratio = own[most] / max(point["median"] for point in figures["bare, tcpdump"])
    return "windsock grades %s cases a second; the most, with %d workers, is %.2f times what the bare program does with tcpdump. With a switch it is %.0f at most." % (
        ", ".join("%.0f with %d" % (rate, workers) for workers, rate in own.items()), most, ratio, max(switched.values()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", required=True)
    parser.add_argument("--bin", default=measure.HERE)
    parser.add_argument("--cases", type=int, default=160)
    parser.add_argument("--workers", default="1,2,4,8")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json")
    args = parser.parse_args()
    args.workers = [int(word) for word in args.workers.split(",")]
    measure.adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="windsock-bench.") as work:
        os.chmod(work, 0o755)
        figures = measure_all(args, work)
    four = next((point["median"] for point in figures["windsock grade"] if point["x"] == 4), None)
    measure.write_answer(
        args.json, "How many cases a second do 1, 2, 4 and 8 workers grade?", sentence(figures),
        [{"kind": "lines", "x": {"label": "workers side by side", "log": True, "ticks": args.workers},
          "y": {"label": "cases a second"},
          "series": [{"name": name, "points": points} for name, points in figures.items()]}],
        [measure.goal("cases a second with four workers", four, GOAL, at_most=False)], (), figures)


main()
