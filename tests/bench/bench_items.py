#!/usr/bin/env python3
"""What does comparing cost as the expected items grow from 10 to 10,000?

    bench_items.py --windsock WINDSOCK [--items N,N] [--rounds N] [--json FILE]

How to read the figures
-----------------------
* A trace and a capture that agree (but for "one lacks") are made, and `windsock match` compares them. The items are the
  datagrams of one flow, the messages of one conversation over TCP, or one datagram or one message each of as many flows.
* Processor time of the whole process: some 4 ms of it are its start. The growth is between the last two sizes: 1 is in
  proportion to the items, 2 would be their square. The goal is 1.2.
* Memory is the process's largest resident set (VmHWM)."""

import argparse
import os
import sys
import tempfile

sys.dont_write_bytecode = True
import measure
from packets import datagram, segment, write_packets

GOAL = 1.2
A, B = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
PORT = 7777


def said(i):
    return "message %d\n" % i


def item(up, text):
    return '    %s "%s"\n' % ("->" if up else "<-", text.replace("\n", "\\n"))


def talk(messages, port):
    """A TCP connection's packets. MESSAGES: pairs (goes up, text)."""
    there, back = (port, PORT), (PORT, port)
    mine, its = 1000, 5000
    yield segment(B, A, there, 2, mine, 0)
    yield segment(A, B, back, 18, its, mine + 1)
    mine, its = mine + 1, its + 1
    yield segment(B, A, there, 16, mine, its)
    for up, text in messages:
        data = text.encode()
        yield segment(B, A, there, 24, mine, its, data) if up else segment(A, B, back, 24, its, mine, data)
        mine, its = mine + len(data) * up, its + len(data) * (not up)
    yield segment(B, A, there, 17, mine, its)
    yield segment(A, B, back, 17, its, mine + 1)
    yield segment(B, A, there, 16, mine + 1, its + 1)


def alternating(count):
    return [(i % 2 == 0, said(i)) for i in range(count)]


def one_udp(count):
    messages = alternating(count)
    trace = "udp b:* => a:%d\n" % PORT + "".join(item(*one) for one in messages)
    return trace, [datagram(B, A, (5000, PORT), text.encode()) if up else datagram(A, B, (PORT, 5000), text.encode())
                   for up, text in messages], 0


def one_tcp(count):
    messages = alternating(count)
    return "tcp b:* => a:%d\n" % PORT + "".join(item(*one) for one in messages), talk(messages, 5000), 0


def one_lacks(count):
    messages = alternating(count)
    trace = "tcp b:* => a:%d\n" % PORT + "".join(item(*one) for one in messages)
    del messages[count // 2]
    return trace, talk(messages, 5000), 1


def udp_flows(count):
    trace = "".join("udp b:* => a:%d\n" % PORT + item(True, said(i)) for i in range(count))
    return trace, [datagram(B, A, (2000 + i, PORT), said(i).encode()) for i in range(count)], 0


def tcp_flows(count):
    trace = "".join("tcp b:* => a:%d\n" % PORT + item(True, said(i)) for i in range(count))
    return trace, [one for i in range(count) for one in talk([(True, said(i))], 2000 + i)], 0


def flow_lacks(count):
    trace, packets, _ = udp_flows(count)
    return trace, packets[:count // 2] + packets[count // 2 + 1:], 1


KINDS = {"one UDP flow": one_udp, "one TCP flow": one_tcp, "one TCP flow, one lacks": one_lacks, "UDP flows": udp_flows,
         "TCP flows": tcp_flows, "UDP flows, one lacks": flow_lacks}


def measure_kind(args, work, name):
    """Points of processor time in ms, and the peaks in bytes."""
    points, peaks = [], []
    for count in args.items:
        trace, packets, status = KINDS[name](count)
        with open(work + "/trace", "w", encoding="utf-8") as file:
            file.write(trace)
        write_packets(work + "/pcap", packets, 1000)
        command = [args.windsock, "match", work + "/trace", work + "/pcap", "--host", "a=10.0.0.1", "--host", "b=10.0.0.2"]
        runs = [measure.need(measure.Run(command), name, status) for _ in range(args.rounds)]
        points.append(measure.point(count, [1e3 * run.cpu for run in runs]))
        peaks.append(measure.peak_of(command))
        print("%-24s %6d items  CPU %9.1f ms [%.1f %.1f]  %6.1f MiB" % (
            name, count, points[-1]["median"], points[-1]["p10"], points[-1]["p90"], peaks[-1] / 2**20), flush=True)
    return points, peaks


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", required=True)
    parser.add_argument("--bin")  # bench.py gives it to all
    parser.add_argument("--items", default="10,100,1000,10000")
    parser.add_argument("--kinds", help="of " + ", ".join(KINDS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json")
    args = parser.parse_args()
    args.items = [int(word) for word in args.items.split(",")]
    measure.adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="windsock-bench.") as work:
        both = {name: measure_kind(args, work, name) for name in (args.kinds.split(",") if args.kinds else KINDS)}
    figures = {name: points for name, (points, _) in both.items()}
    worst = max(figures, key=lambda name: figures[name][-1]["median"])
    last = figures[worst][-1]
    sentence = "{:,} items take {:.0f} ms at most ({}) and {:.0f} MiB".format(
        last["x"], last["median"], worst, max(peaks[-1] for _, peaks in both.values()) / 2**20)
    if len(args.items) > 1:
        sentence += "; the time grows with their number to the power of {:.2f} at most".format(
            max(measure.growth(points[-2:]) for points in figures.values()))
    sentence += "."
    measure.write_answer(
        args.json, "What does comparing cost as the expected items grow?", sentence,
        [{"kind": "lines", "x": {"label": "items of the expected trace (logarithmic)", "log": True},
          "y": {"label": "processor time, milliseconds (logarithmic)", "log": True},
          "series": [{"name": name, "points": points} for name, points in figures.items()]}],
        [measure.goal("%s: growth, as a power of the items" % name, measure.growth(points[-2:]), GOAL)
         for name, points in figures.items() if len(points) > 1], (),
        {"cpu_ms": figures, "peak_bytes": {name: peaks for name, (_, peaks) in both.items()}})


main()
