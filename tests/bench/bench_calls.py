#!/usr/bin/env python3
"""What taking down socket calls costs, beside strace.

    bench_calls.py [--bin FOLDER] [--times N] [--rounds N] [--strict]

How to read the figures
-----------------------
* Two processes say one byte to each other N times over TCP on loopback (pingpong.c): four
  calls each time, and hardly anything else. No lesson is as bad.
* bare runs it as it is, windsock under the tracer of harness/calls.h without a lab
  (under_tracer.c), strace with --seccomp-bpf -e trace=network into /dev/null.
* They run in turn, the ratios are taken within a round, and medians are shown with the lowest and
  the highest. Once the scheduler decides where, once all is bound to one processor: with two
  the figures hang on who is where, with one they are steady.
* A missed goal is no error, unless --strict; 2: windsock's tracer failed."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import measure

GOAL = 5  # times as long as bare, where the scheduler decides


def run(command, bound):
    bind = (lambda: os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})) if bound else None
    began = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=bind)
    if done.returncode:
        print("bench_calls: %s exits with %d" % (command[0], done.returncode), file=sys.stderr)
        sys.exit(2)
    return time.monotonic() - began


def measure_calls(commands, rounds, bound):
    """The ratios to bare, by name."""
    taken = {name: [] for name in commands}
    all_ratios = {}
    for _ in range(rounds):
        for name, command in commands.items():
            taken[name].append(run(command, bound))
    print("bound to one processor:" if bound else "where the scheduler likes:")
    for name, times in taken.items():
        ratios = all_ratios[name] = [own / bare for own, bare in zip(times, taken["bare"])]
        print("%-10s %8.1f ms   %5.2f times bare [%.2f %.2f]" % (
            name, 1000 * statistics.median(times), statistics.median(ratios), min(ratios), max(ratios)))
    return all_ratios


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="tests/bench", help="where pingpong and under_tracer are")
    parser.add_argument("--windsock")  # bench.py gives it to all
    parser.add_argument("--json")
    parser.add_argument("--times", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--strict", action="store_true")
    options = parser.parse_args()
    bare = [os.path.join(options.bin, "pingpong"), str(options.times)]
    commands = {"bare": bare, "windsock": [os.path.join(options.bin, "under_tracer")] + bare}
    if shutil.which("strace"):
        commands["strace"] = ["strace", "-f", "--seccomp-bpf", "-e", "trace=network", "-o", "/dev/null"] + bare
    free = measure_calls(commands, options.rounds, False)
    bound = measure_calls(commands, options.rounds, True)
    goals = [measure.goal("taking calls down, in times of bare", statistics.median(free["windsock"]), GOAL)]
    answer(options.json, free, bound, goals)
    return 1 if options.strict and goals[0]["verdict"] == "missed" else 0


def answer(path, free, bound, goals):
    bars = [measure.bar("%s, %s" % (name, where), ratios[name]) for where, ratios in (("free", free), ("one processor", bound))
            for name in ratios]
    sentence = "A program that does nothing but socket calls takes %.1f times as long while they are taken down%s." % (
        statistics.median(free["windsock"]),
        ", and %.1f times under strace" % statistics.median(free["strace"]) if "strace" in free else "")
    measure.write_answer(path, "What does taking down socket calls cost, beside strace?", sentence,
                         [{"kind": "bars", "axis": {"label": "times as long as the bare program"}, "bars": bars}], goals,
                         [] if "strace" in free else ["strace is not installed"], {"free": free, "bound": bound})


if __name__ == "__main__":
    sys.exit(main())
