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

GOAL = 5  # times as long as bare, where the scheduler decides


def run(command, bound):
    bind = (lambda: os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})) if bound else None
    began = time.monotonic()
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, preexec_fn=bind)
    if done.returncode:
        print("bench_calls: %s exits with %d" % (command[0], done.returncode), file=sys.stderr)
        sys.exit(2)
    return time.monotonic() - began


def measure(commands, rounds, bound):
    """The median ratio to bare, by name."""
    taken = {name: [] for name in commands}
    medians = {}
    for _ in range(rounds):
        for name, command in commands.items():
            taken[name].append(run(command, bound))
    print("bound to one processor:" if bound else "where the scheduler likes:")
    for name, times in taken.items():
        ratios = [own / bare for own, bare in zip(times, taken["bare"])]
        medians[name] = statistics.median(ratios)
        print("%-10s %8.1f ms   %5.2f times bare [%.2f %.2f]" % (
            name, 1000 * statistics.median(times), medians[name], min(ratios), max(ratios)))
    return medians


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", default="tests/bench", help="where pingpong and under_tracer are")
    parser.add_argument("--times", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--strict", action="store_true")
    options = parser.parse_args()
    bare = [os.path.join(options.bin, "pingpong"), str(options.times)]
    commands = {"bare": bare, "windsock": [os.path.join(options.bin, "under_tracer")] + bare}
    if shutil.which("strace"):
        commands["strace"] = ["strace", "-f", "--seccomp-bpf", "-e", "trace=network", "-o", "/dev/null"] + bare
    reached = measure(commands, options.rounds, False)["windsock"]
    measure(commands, options.rounds, True)
    print("%s at most %d times bare: %.2f" % ("reached" if reached <= GOAL else "missed ", GOAL, reached))
    return 1 if options.strict and reached > GOAL else 0


if __name__ == "__main__":
    sys.exit(main())
