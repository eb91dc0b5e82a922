#!/usr/bin/env python3
"""What does a case cost as its network grows from 2 hosts to 32?

    bench_hosts.py --windsock WINDSOCK --bin FOLDER [--hosts N,N] [--rounds N] [--json FILE]

How to read the figures
-----------------------
* A lesson is made for the purpose: a UDP server (compiled beforehand) and the other hosts at one switch, captured at the
  server. all: every host asks and is answered. two: one asks, the others are only there, as namespaces with a link.
* ms from the start of `windsock check` to its end, in turn, each a fresh process. CPU is that of all processes, without the
  kernel's own threads, which take namespaces apart in the background (about 1 ms each).
* A lesson may have 64 hosts, routers and switches (docs/lesson-format.md)."""

import argparse
import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True
import measure

GOAL = 1.2  # of the growth from the second size to the last: 1 is in proportion to the hosts
PLAYED = 'play h%d {a} {port} 0 {question}'


def lesson(name, hosts, speak):
    others = range(1, hosts)
    return "\n".join(
        ["lesson " + name, 'title "Many hosts"', 'idea "A network costs what its hosts cost."', "switch lan", "host a",
         *["host h%d" % i for i in others], "link a.eth0 10.0.0.1/24 -- lan",
         *["link h%d.eth0 10.0.0.%d/24 -- lan" % (i, i + 1) for i in others],
         "program server student server.c", "param port 7777 port", 'param question "from B" text',
         'param answer "thanks" text', "case ask 1 points", '    title "Everybody asks"', "    trace traces/ask.trace",
         "    watch a.eth0", "    limit 60 s", "    run a server {a} {port} {answer}",
         *["    " + PLAYED % i for i in others[:speak]], ""])


def trace(hosts, speak):
    return "".join('udp h%d:* => a:{port}\n    -> "{question}"\n    <- "{answer}"\n' % i for i in range(1, hosts)[:speak])


def write_lesson(root, hosts, speak):
    name = "%02d-%s" % (hosts, "two" if speak == 1 else "all")
    os.makedirs("%s/%s/traces" % (root, name))
    for path, text in (("lesson", lesson(name, hosts, speak)), ("traces/ask.trace", trace(hosts, speak))):
        with open("%s/%s/%s" % (root, name, path), "w", encoding="utf-8") as file:
            file.write(text)
    shutil.copy(os.path.join(measure.SOURCE, "lessons/01-udp-server/server.c"), "%s/%s" % (root, name))
    return name


def check(args, work, name, capture):
    command = [args.windsock, "check", name, "--with", "a=" + args.bin + "/peer_server", "--state", work + "/state",
               "--capture", capture]
    return measure.need(measure.Run(command, True), "%s, %s" % (name, capture))


SERIES = (("all speak, tcpdump", 99, "tcpdump"), ("all speak, packet socket", 99, "packet-socket"), ("two speak, tcpdump", 1, "tcpdump"))


def measure_all(args, work):
    """The runs of each series, by number of hosts."""
    runs = {name: {hosts: [] for hosts in args.hosts} for name, _, _ in SERIES}
    lessons = {(hosts, speak): write_lesson(work + "/lessons", hosts, speak) for hosts in args.hosts for speak in (1, 99)}
    for turn in range(args.rounds + 1):
        for name, speak, capture in SERIES:
            for hosts in args.hosts:
                run = check(args, work, lessons[hosts, speak], capture)
                if turn:  # the first warms caches
                    runs[name][hosts].append(run)
    return runs


def tell(points, cpus):
    for name in points:
        for point, cpu in zip(points[name], cpus[name]):
            print("%-24s %3d hosts  %7.1f ms [%.1f %.1f]  CPU %7.1f ms" % (
                name, point["x"], point["median"], point["p10"], point["p90"], cpu["median"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", required=True)
    parser.add_argument("--bin", required=True)
    parser.add_argument("--hosts", default="2,4,8,16,32")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json")
    args = parser.parse_args()
    args.hosts = [int(word) for word in args.hosts.split(",")]
    args.windsock, args.bin = os.path.abspath(args.windsock), os.path.abspath(args.bin)
    measure.adopt_orphans()
    with tempfile.TemporaryDirectory(prefix="windsock-bench.") as work:
        os.chmod(work, 0o755)
        os.environ["WINDSOCK_LESSONS"] = work + "/lessons"
        runs = measure_all(args, work)
    points = {name: [measure.point(hosts, [1e3 * run.wall for run in some]) for hosts, some in by.items()]
              for name, by in runs.items()}
    cpus = {name: [measure.point(hosts, [1e3 * run.cpu for run in some]) for hosts, some in by.items()]
            for name, by in runs.items()}
    tell(points, cpus)
    own = points[SERIES[0][0]]
    each = (own[-1]["median"] - own[0]["median"]) / (own[-1]["x"] - own[0]["x"])
    grows = measure.growth(own[1:]) if len(own) > 2 else None
    sentence = "A case of %d hosts takes %.0f ms, one of %d takes %.0f: %.1f ms more for each host that is there and asks." % (
        own[0]["x"], own[0]["median"], own[-1]["x"], own[-1]["median"], each)
    measure.write_answer(
        args.json, "What does a case cost as its network grows?", sentence,
        [{"kind": "lines", "x": {"label": "hosts at one switch (logarithmic)", "log": True, "ticks": args.hosts},
          "y": {"label": "milliseconds, start to end (logarithmic)", "log": True},
          "series": [{"name": name, "points": some} for name, some in points.items()]}],
        [measure.goal("growth of the time with the hosts, as a power of their number", grows, GOAL)], (),
        {"wall": points, "cpu": cpus})


main()
