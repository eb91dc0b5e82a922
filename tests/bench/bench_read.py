#!/usr/bin/env python3
"""What reading a capture costs beside tcpdump and tshark.

    bench_read.py [--windsock PATH] [--packets N] [--rounds N] [--only NAME,NAME]
                  [--capture FILE] [--json FILE] [--strict]

How to read the figures
-----------------------
* The capture is made anew, always the same, of what a server sees at 1000 packets a second:
  three quarters of the packets are of 32 long connections at a time (50 to 500 questions
  and answers), one eighth of short ones (one to four), one eighth datagrams, each asking
  from a new port, and their answers. Of the segments with data one in 50 is sent again,
  one in 50 comes out of order, one in 500 is lost.
  It stands in memory (/dev/shm) where there is some, so that no disk is measured.
* windsock trace --summary and windsock trace check no less than the flows: sequence
  numbers, repetitions, holes, ends. tcpdump -n prints a line a packet, tshark four
  fields a packet; both keep no flows. Their output goes to /dev/null.
* tcpdump looks for a TCP packet's connection among all that it has ever seen, to print relative
  sequence numbers; with -q it does not, and prints less. The goal is meant for both.
* They run in turn, as in bench.py, and the ratio is taken within a round; the medians
  are shown, with the lowest and the highest. tcpdump without -q and tshark are
  slow: they run in the first round only.
* CPU s is user and system time. All of them work alone and hardly wait, so on an idle
  machine s is the same; on a busy one s says little, and the ratios are of CPU s.
* peak is the process's largest resident set, libraries and all, from runs of their own
  (VmHWM, looked at until the end: ru_maxrss would begin with what this script has). That
  of two captures, one four times as long, says whether it depends on the length.
* A missed goal is no error: speed depends on the machine. Exit status is 0 unless
  --strict; 2 when windsock itself fails."""

import argparse
import itertools
import os
import random
import shutil
import statistics
import sys
import tempfile

sys.dont_write_bytecode = True
import measure
from packets import datagram, segment, write_packets

GOALS = {"tcpdump": 10, "tcpdump -q": 10, "tshark": 100}
ONCE = ("tcpdump", "tshark")
PEAK_MIB = 16
OURS = ("summary", "trace")
PACE_US = 1000  # between two packets
LONG = 32       # long connections at a time
SHORT = 64      # and short ones
CLIENTS = 64    # addresses: tcpdump, which keeps a list of all that begin alike, is slow with many


def connection(chance, number, questions):
    """The packets of a connection, one by one."""
    client = bytes([10, 1, 0, number % CLIENTS])
    server = bytes([10, 0, 0, 1])
    there = (1024 + number // CLIENTS * 7 % 60000, 7777)
    back = there[::-1]
    mine, its = chance.getrandbits(32), chance.getrandbits(32)
    question, answer = b"question %8d\n" % number, b"answer " + b"x" * 193
    yield segment(client, server, there, 2, mine, 0)
    yield segment(server, client, back, 18, its, mine + 1)
    mine, its = mine + 1, its + 1
    yield segment(client, server, there, 16, mine, its)
    for _ in range(questions):
        yield segment(client, server, there, 24, mine, its, question)
        mine += len(question)
        yield segment(server, client, back, 24, its, mine, answer)
        its += len(answer)
    yield segment(client, server, there, 17, mine, its)
    yield segment(server, client, back, 17, its, mine + 1)
    yield segment(client, server, there, 16, mine + 1, its + 1)


class Crowd:
    """Connections of one kind, SIZE of them open at a time."""

    def __init__(self, chance, size, questions, numbers):
        self.chance, self.questions, self.numbers = chance, questions, numbers
        self.open = [self.another() for _ in range(size)]

    def another(self):
        return connection(self.chance, next(self.numbers), self.chance.randint(*self.questions))

    def next(self):
        """The next packet of one of them, and the one behind it in the same connection for who wants it."""
        which = self.chance.randrange(len(self.open))
        one = next(self.open[which], None)
        if one is None:
            self.open[which] = self.another()
            one = next(self.open[which])
        return one, self.open[which]


def asking(i):
    """Datagram I: a question, or the answer to the one before it."""
    ends = (bytes([10, 200, 0, 1]), bytes([10, 0, 0, 1]))
    ports = (2000 + i // 2 % 60000, 4242)
    if i % 2 == 0:
        return datagram(*ends, ports, b"who is there?")
    return datagram(*ends[::-1], ports[::-1], b"nobody that you know")


def packets(chance, count):
    """COUNT packets of many connections and datagrams at once."""
    numbers = itertools.count()
    crowds = [Crowd(chance, SHORT, (1, 4), numbers), Crowd(chance, LONG, (50, 500), numbers)]
    late = []
    for i in range(count):
        if i % 8 == 0:
            yield asking(i // 8)
            continue
        if late and i % 3 == 0:
            yield late.pop(0)
            continue
        one, others = crowds[i % 8 > 1].next()
        kind = chance.randrange(500) if len(one) > 54 else None
        if kind == 0:
            one = next(others, one)  # lost: its successor comes instead
        elif kind is not None and kind <= 10:
            late.append(one)  # again
        elif kind is not None and kind <= 20:
            late.append(one)  # out of order: its successor comes first
            one = next(others, one)
        yield one


def write_capture(path, count):
    write_packets(path, packets(random.Random(1), count), PACE_US)


def contenders(windsock, capture):
    fields = "-T fields -e ip.src -e ip.dst -e tcp.srcport -e tcp.dstport".split()
    return {
        "summary": [windsock, "trace", "--summary", capture],
        "trace": [windsock, "trace", capture],
        "tcpdump": ["tcpdump", "-n", "-r", capture],
        "tcpdump -q": ["tcpdump", "-n", "-q", "-r", capture],
        "tshark": ["tshark", "-n", "-r", capture] + fields,
    }


def measure_all(commands, rounds):
    results = {name: [] for name in commands}
    for turn in range(rounds):
        for name, command in commands.items():
            if name in ONCE and turn:
                continue
            took = measure.Run(command)
            if took.status and name in OURS:
                sys.exit("bench_read: %s exits with %d" % (" ".join(command), took.status))
            if took.status:
                print("# %s exits with %d: left out" % (command[0], took.status))
                continue
            results[name].append((took.wall, took.cpu))
    return results


def show(results, commands, count):
    print("%-10s %8s %8s %17s %9s   %s" % ("", "s", "CPU s", "packets/CPU s", "peak MiB",
                                          "times as fast as it: summary, trace"))
    figures = {}
    for name, runs in results.items():
        if not runs:
            continue
        seconds = statistics.median(wall for wall, _ in runs)
        cpu = statistics.median(cpu for _, cpu in runs)
        figures[name] = {"seconds": seconds, "cpu": cpu, "rate": count / cpu, "peak_mib": measure.peak_of(commands[name]) / 2**20}
        said = []
        for ours in OURS:
            if name not in OURS and results.get(ours):
                ratios = [theirs[1] / own[1] for theirs, own in zip(runs, results[ours])]
                figures[name][ours] = statistics.median(ratios)
                said.append("%.1f [%.1f %.1f]" % (figures[name][ours], min(ratios), max(ratios)))
        print("%-10s %8.2f %8.2f %17.0f %9.1f   %s" % (
            name, seconds, cpu, count / cpu, figures[name]["peak_mib"], ", ".join(said)))
    return figures


def judge(figures, longer):
    goals = []
    for name, limit in GOALS.items():
        goals.append(measure.goal("windsock trace --summary, times as fast as %s" % name,
                                  figures.get(name, {}).get("summary"), limit, at_most=False))
    for name in OURS:
        if name in figures:
            goals.append(measure.goal("%s: MiB, also with four times the packets" % NAMES[name],
                                      max(figures[name]["peak_mib"], longer.get(name, 0)), PEAK_MIB))
    return goals


NAMES = {"summary": "windsock trace --summary", "trace": "windsock trace", "tcpdump": "tcpdump -n",
         "tcpdump -q": "tcpdump -n -q", "tshark": "tshark, four fields"}


def answer(options, results, figures, goals, left_out):
    bars = [measure.bar(NAMES[name], [cpu for _, cpu in runs], "%.0f MiB%s" % (
        figures[name]["peak_mib"], ", %.1f x summary" % figures[name]["summary"] if "summary" in figures[name] else ""))
        for name, runs in results.items() if runs]
    own = figures.get("summary", {}).get("cpu")
    said = ", ".join("%.1f times as fast as %s" % (figures[name]["summary"], name) for name in GOALS
                     if "summary" in figures.get(name, {}))
    sentence = "A capture of {:,} packets takes windsock trace --summary {:.2f} s: {}.".format(
        options.packets, own, said or "nobody else is installed here") if own else "No figure."
    measure.write_answer(options.json, "What does reading a capture cost, beside tcpdump and tshark?", sentence,
                         [{"kind": "bars", "axis": {"label": "processor time, seconds (logarithmic)", "log": True},
                           "bars": bars}], goals, left_out, figures)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", default="./windsock")
    parser.add_argument("--bin")  # bench.py gives it to all
    parser.add_argument("--packets", type=int, default=1000000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", help="of summary, trace, tcpdump, tcpdump -q, tshark")
    parser.add_argument("--capture", help="read this one instead (--packets says how many it has)")
    parser.add_argument("--json")
    parser.add_argument("--strict", action="store_true")
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="bench-read.", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    try:
        capture = options.capture or os.path.join(folder, "read.pcap")
        longer = {}
        if not options.capture:
            write_capture(capture, options.packets)
        commands = contenders(options.windsock, capture)
        wanted = options.only.split(",") if options.only else [
            name for name in commands if shutil.which(commands[name][0])]
        left_out = ["%s is not installed" % name for name, command in commands.items() if not shutil.which(command[0])]
        commands = {name: commands[name] for name in wanted}
        results = measure_all(commands, options.rounds)
        figures = show(results, commands, options.packets)
        if not options.capture:
            longest = os.path.join(folder, "longer.pcap")
            write_capture(longest, 4 * options.packets)
            for name, command in contenders(options.windsock, longest).items():
                if name in commands and name in OURS:
                    longer[name] = measure.peak_of(command) / 2**20
        goals = judge(figures, longer)
        answer(options, results, figures, goals, left_out)
        return 1 if options.strict and any(goal["verdict"] == "missed" for goal in goals) else 0
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
