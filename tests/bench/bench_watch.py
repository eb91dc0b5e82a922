#!/usr/bin/env python3
"""How long a student waits for a result after a save: windsock watch beside windsock check.

    bench_watch.py --windsock PROGRAM [--lessons NAME,NAME] [--rounds N] [--json FILE] [--strict]

How to read the figures
-----------------------
* save: from the rename that puts a changed source in its place to the moment at which watch has drawn the result on
  its pseudo-terminal. The lab was ready before; compiling, running, judging, drawing are in it.
* check: a fresh process of windsock check with a source that has changed as well, from its start to its end.
* cc: the compiler alone with windsock's flags on the same source, without a sandbox: nobody can be quicker than that.
* All three in turn in every round, the ratios within a round; medians, with p10 and p90. Between them there is no
  pause, so that watch makes its next lab while the others are measured; as a student who reads does not press save
  within those 50 ms, a round waits until watch's lab stands.
* A result that is not right is an error (exit status 2). A missed goal is none, unless --strict: speed depends on the
  machine."""

import argparse
import fcntl
import os
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time

sys.dont_write_bytecode = True
import measure

GOAL_MS, GOAL_RATIO = 500, 1.0
LIMIT_S = 60
FLAGS = "-std=c11 -D_GNU_SOURCE -g -O0 -Wall -Wextra -pthread -pipe -fno-lto -fno-use-linker-plugin".split()


class Watch:
    """Its frames, as they are drawn: each begins at the upper left corner."""

    def __init__(self, windsock, folder):
        self.master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))

        def own_the_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen([windsock, "watch", "--dir", folder], stdin=slave, stdout=slave,
                                        preexec_fn=own_the_terminal, env={**os.environ, "TERM": "xterm"})
        os.close(slave)
        self.text = b""

    def wait_for_result(self):
        """Until a frame that has a sum follows one that has none."""
        end = time.monotonic() + LIMIT_S
        checking = False
        while time.monotonic() < end:
            if not select.select([self.master], [], [], 1)[0]:
                continue
            self.text += os.read(self.master, 65536)
            *frames, self.text = self.text.split(b"\x1b[H")
            for frame in (*frames, self.text):
                title = frame.split(b"\r\n")[0]
                checking |= b"checking" in title
                if checking and b" points, " in title and b"q quit" in frame.replace(b"\x1b[1mq\x1b[0m", b"q"):
                    return b"What you know now" in frame
        raise SystemExit("bench_watch: no result within %d s" % LIMIT_S)

    def lab_stands(self):
        """The processes of the next check are there and all asleep, and have been the same for a while."""
        end = time.monotonic() + LIMIT_S
        before, same = None, 0
        while time.monotonic() < end and same < 4:
            found = [(pid, *sleeping(pid)) for pid in descendants(self.process.pid)]
            calm = len(found) > 1 and all(state == "S" for _, state, _ in found)
            same = same + 1 if calm and found == before else 0
            before = found
            time.sleep(0.02)

    def close(self):
        os.write(self.master, b"q")
        while self.process.poll() is None:
            if select.select([self.master], [], [], 0.1)[0]:
                try:
                    os.read(self.master, 65536)
                except OSError:  # its end of the terminal is closed
                    break
        self.process.wait()
        os.close(self.master)


def descendants(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            children = [int(child) for child in file.read().split()]
    except OSError:
        return []
    return sorted(pid for child in children for pid in (child, *descendants(child)))


def sleeping(pid):
    """Its state, and the processor time that it has used so far."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return fields[0], fields[11:13]
    except OSError:
        return "", []


def save(path, text):
    with open(path + ".new", "w") as file:
        file.write(text)
    os.rename(path + ".new", path)


def say(name, values, unit):
    print("  %-18s %8.1f %-3s [p10 %.1f  p90 %.1f]" % (name, statistics.median(values), unit, measure.percentile(values, .1),
                                                    measure.percentile(values, .9)))


def measure_lesson(windsock, lesson, rounds):
    """A list of (save, check, cc) in milliseconds."""
    with tempfile.TemporaryDirectory() as parent:
        os.chmod(parent, 0o755)
        folders = {name: os.path.join(parent, name) for name in ("watched", "checked")}
        sources = os.path.join(measure.TESTS, "lessons", lesson, "solution")
        names = sorted(name for name in os.listdir(sources) if name.endswith((".c", ".nft", ".trace")))
        for folder in folders.values():
            subprocess.run([windsock, "start", lesson, folder], check=True, stdout=subprocess.DEVNULL)
            for name in names:
                with open(os.path.join(sources, name)) as file:
                    save(os.path.join(folder, name), file.read())
        name = next(name for name in names if name.endswith(".c"))
        with open(os.path.join(sources, name)) as file:
            text = file.read()
        watch = Watch(windsock, folders["watched"])
        if not watch.wait_for_result():
            raise SystemExit(f"bench_watch: {lesson}: the solution is not right")
        taken = [one_round(windsock, watch, folders, name, f"{text}/* {number} */\n") for number in range(rounds)]
        watch.close()
        return taken


def one_round(windsock, watch, folders, name, text):
    watch.lab_stands()
    began = time.monotonic()
    save(os.path.join(folders["watched"], name), text)
    right = watch.wait_for_result()
    saved = time.monotonic()
    watch.lab_stands()
    save(os.path.join(folders["checked"], name), text)
    start = time.monotonic()
    done = subprocess.run([windsock, "check", "--dir", folders["checked"]], stdout=subprocess.DEVNULL)
    checked = time.monotonic()
    if not right or done.returncode:
        raise SystemExit("bench_watch: a result that is not right")
    source = os.path.join(folders["checked"], name)
    compiling = time.monotonic()
    subprocess.run([os.environ.get("CC", "cc"), *FLAGS, "-o", source + ".out", source], check=True)
    return tuple(1000 * took for took in (saved - began, checked - start, time.monotonic() - compiling))


WAYS = ("save, in watch", "a check of its own", "the compiler alone")


def answer(path, all_taken):
    bars, goals, said = [], [], []
    for lesson, taken in all_taken.items():
        ratio = [row[0] / row[1] for row in taken]
        print(lesson)
        for column, name in enumerate(WAYS):
            values = [row[column] for row in taken]
            say(name, values, "ms")
            bars.append(measure.bar("%s: %s" % (lesson[:2], name), values,
                                    "" if column else "%.2f x a check" % statistics.median(ratio)))
        say("save / check", ratio, "")
        goals.append(measure.goal("%s: ms from a save to its result" % lesson, bars[-3]["median"], GOAL_MS))
        goals.append(measure.goal("%s: a save, in times of a check" % lesson, statistics.median(ratio), GOAL_RATIO))
        said.append("%.0f ms in %s (%.2f times a check)" % (bars[-3]["median"], lesson[:2], statistics.median(ratio)))
    measure.write_answer(path, "How long does a student wait for the result after a save?",
                         "From a save to its result: %s." % ", ".join(said),
                         [{"kind": "bars", "axis": {"label": "milliseconds"}, "bars": bars}], goals, (), all_taken)
    return any(goal["verdict"] == "missed" for goal in goals)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", default="./windsock")
    parser.add_argument("--bin")  # bench.py gives it to all
    parser.add_argument("--lessons", default="01-udp-server,06-tcp-server,13-push")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json")
    parser.add_argument("--strict", action="store_true")
    options = parser.parse_args()
    all_taken = {lesson: measure_lesson(os.path.abspath(options.windsock), lesson, options.rounds)
                 for lesson in options.lessons.split(",")}
    missed = answer(options.json, all_taken)
    return 1 if missed and options.strict else 0


sys.exit(main())
