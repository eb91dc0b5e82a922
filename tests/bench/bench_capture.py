#!/usr/bin/env python3
"""What does a capture cost, and what does it lose: tcpdump beside a packet socket?

    bench_capture.py --windsock WINDSOCK --bin FOLDER [--bursts N] [--rounds N]
                     [--conditions NAME,NAME] [--json FILE]

How to read the figures
-----------------------
* A burst (capture_times.c): 1000 datagrams without a pause, and the end at once behind them, N times for each capture and
  each of three conditions: as the scheduler likes; sender and capture bound to one processor; and two endless loops a
  processor beside them. small-sockets is the packet socket where the machine gives a socket 416 KiB (net.core.rmem_max
  as the kernel has it): there several share the packets. lost is to be 0.
* ready: from the order until it listens; whole: from the last datagram until the capture has shown all and told its
  counts; gone: from its end until its process has closed all, which nobody waits for.
* check: `windsock check` of one case with compiled programs, in turn with each capture; CPU with that of all that it
  leaves behind."""

import argparse
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import measure

CAPTURES = ("tcpdump", "packet-socket", "small-sockets")
CONDITIONS = ("free", "one processor", "busy")
FIELDS = ("ready", "whole", "gone", "cpu", "lost")
AT_ONCE = 5  # bursts of one process: the captures take turns


def bind():
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


class Busy:
    """Two endless loops a processor, as long as the block lasts; they end with us, however we end."""

    LOOP = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: pass"

    def __enter__(self):
        self.loops = [subprocess.Popen([sys.executable, "-c", self.LOOP]) for _ in range(2 * os.cpu_count())]

    def __exit__(self, *_):
        for loop in self.loops:
            loop.kill()
            loop.wait()


def burst(args, capture, condition, count):
    """A dictionary of FIELDS for each of COUNT bursts."""
    done = subprocess.run([os.path.join(args.bin, "capture_times"), capture, str(count)], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, preexec_fn=bind if condition == "one processor" else None,
                          check=False)  # not measure.Run(), which waits for every child, the loops too
    if done.returncode:
        sys.exit("bench_capture: capture_times %s: exit status %d" % (capture, done.returncode))
    return [dict(zip(FIELDS, map(int, line.split()))) for line in done.stdout.splitlines()]


def burst_all(args, condition):
    done = {capture: [] for capture in CAPTURES}
    while len(done[CAPTURES[-1]]) < args.bursts:
        for capture in CAPTURES:
            done[capture] += burst(args, capture, condition, min(AT_ONCE, args.bursts - len(done[capture])))
    return done


def tell_bursts(condition, done):
    for capture, rows in done.items():
        points = {field: measure.summary([row[field] / 1000 for row in rows]) for field in FIELDS[:4]}
        print("%-14s %-14s %3d bursts, lost %d of %d;  ms: %s" % (
            condition, capture, len(rows), sum(row["lost"] for row in rows), 1000 * len(rows),
            ", ".join("%s %.2f [%.2f %.2f]" % (field, one["median"], one["p10"], one["p90"])
                      for field, one in points.items())))


def check_all(args, work):
    command = [args.windsock, "check", "02-udp-client-port", "--case", "port-6666", "--with", "a=%s/peer_server" % args.bin,
               "--with", "b=%s/peer_client" % args.bin, "--state", work + "/state", "--capture"]
    runs = {capture: [] for capture in CAPTURES[:2]}
    for turn in range(args.rounds + 1):
        for capture, some in runs.items():
            run = measure.need(measure.Run(command + [capture], True), "check, " + capture)
            if turn:  # the first warms caches
                some.append(run)
    return runs


def tell_checks(runs):
    for capture, some in runs.items():
        wall, cpu = (measure.summary([1000 * getattr(run, what) for run in some]) for what in ("wall", "cpu"))
        print("check          %-14s %3d rounds;  wall %.1f ms [%.1f %.1f], CPU %.1f ms [%.1f %.1f]" % (
            capture, len(some), wall["median"], wall["p10"], wall["p90"], cpu["median"], cpu["p10"], cpu["p90"]))


def answer(args, bursts, runs):
    first = bursts[args.conditions[0]]
    ready = {capture: [row["ready"] / 1000 for row in first[capture]] for capture in CAPTURES}
    lost = sum(row["lost"] for done in bursts.values() for rows in done.values() for row in rows)
    sent = sum(1000 * len(rows) for done in bursts.values() for rows in done.values())
    median = {capture: measure.summary(some)["median"] for capture, some in ready.items()}
    bars = [measure.bar("%s: until ready" % capture, some) for capture, some in ready.items()]
    bars += [measure.bar("%s: burst to whole" % capture, [row["whole"] / 1000 for row in first[capture]])
             for capture in CAPTURES]
    sentence = "A packet socket is ready after %.1f ms, tcpdump after %.1f; of %d datagrams in bursts of 1000, %d were lost." % (
        median["packet-socket"], median["tcpdump"], sent, lost)
    measure.write_answer(
        args.json, "What does a capture cost, and what does it lose?", sentence,
        [{"kind": "bars", "axis": {"label": "milliseconds"}, "bars": bars}],
        [measure.goal("datagrams lost", lost, 0)], (),
        {"bursts": bursts, "check": {capture: [[run.wall, run.cpu] for run in some] for capture, some in runs.items()}})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", required=True)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--bursts", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--conditions", default=",".join(CONDITIONS))
    parser.add_argument("--json")
    args = parser.parse_args()
    args.windsock, args.bin = os.path.abspath(args.windsock), os.path.abspath(args.bin)
    args.conditions = args.conditions.split(",")
    measure.adopt_orphans()
    bursts = {}
    for condition in args.conditions:
        if condition == "busy":
            with Busy():
                bursts[condition] = burst_all(args, condition)
        else:
            bursts[condition] = burst_all(args, condition)
        tell_bursts(condition, bursts[condition])
    with tempfile.TemporaryDirectory(prefix="windsock-bench.") as work:
        os.chmod(work, 0o755)
        runs = check_all(args, work)
    tell_checks(runs)
    answer(args, bursts, runs)


main()
