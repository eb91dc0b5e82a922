#!/usr/bin/env python3
"""What does a case cost beside the bare kernel and beside its peers?

    bench_case.py [--rounds N] [--only NAME,NAME] [--json FILE] [--strict]

How to read the figures
-----------------------
* Every contender does the same work: two hosts, one link, the same two compiled
  programs, three UDP datagrams, captured by tcpdump and checked. bare is the floor: C
  that does only the kernel's part. What windsock takes beyond it is windsock's own:
  reading the lesson, the sandbox, matching, the report.
* They run in turn, A B C A B C ..., each as a fresh process, so that a noisy minute
  hits all of them. The ratio is therefore taken within each round, and its median is
  shown: it is steadier than the milliseconds, and travels better between machines.
  Where p90 is far from the median the machine was busy: compare p10 as well.
* wall ms: from the start of the process to its end. Nobody waits for what it leaves
  dying behind it (a killed tcpdump needs 20 ms to close its ring); that is collected
  before the next contender starts, and then there is a pause, for the kernel takes
  namespaces apart in the background. A contender that takes its links down itself
  (the script, Mininet) pays for that within its wall time, as its users do.
* CPU ms: user and system time of the process and of all that it started, also of
  those collected later. Not in it: the kernel's own threads, 1 ms a namespace.
* A case with tcpdump is mostly waiting: its ring costs a grace period of RCU (8 ms and
  more in a virtual machine), its start 5 ms. bare-raw captures by a plain packet
  socket and shows what is left without tcpdump. windsock-packet-socket is windsock check
  --capture packet-socket, as for a class: no tcpdump to start, no ring.
* A run that exits with anything but 0 is counted as bad and its time is not used. An
  unreliable contender is no faster for it. One that exits with 77 is left out.
* A missed goal is no error: speed depends on the machine. Exit status is 0 unless
  --strict; 2 when bare itself does not run."""

import argparse
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import measure

HERE = os.path.dirname(os.path.abspath(__file__))
SKIP = 77
RUN_LIMIT_S = 60
STRAGGLERS_LIMIT_S = 10


class Contender:
    """A command line to be timed, or the reason why it cannot be.

    most is the highest number of rounds that it takes part in."""

    def __init__(self, name, command, missing=None, most=None):
        self.name = name
        self.command = command
        self.missing = missing
        self.most = most
        self.runs = {}  # round -> (wall ms, CPU ms), of the good runs
        self.bad = []   # what the others said

    def walls(self):
        return [wall for wall, _ in self.runs.values()]

    def cpus(self):
        return [cpu for _, cpu in self.runs.values()]


def complain(text):
    print(f"bench_case.py: {text}", file=sys.stderr)


# ---- the contenders ----

def peers(args):
    return [os.path.join(args.bin, "peer_server"), os.path.join(args.bin, "peer_client")]


def bare_command(args, capture):
    server, client = peers(args)
    return [os.path.join(args.bin, "bare"), "--capture", capture, "--server", server, "--client", client]


def make_bare(args, name, capture):
    missing = None
    if capture == "tcpdump" and not shutil.which("tcpdump"):
        missing = "tcpdump is not installed"
    return Contender(name, bare_command(args, capture), missing)


def make_windsock(args, *options):
    """windsock's command line.

    It has to run one case of two hosts with both programs precompiled (no compiler
    in the timed part), captured by tcpdump, and to exit with 0 when the case passes."""
    server, client = peers(args)
    command = [args.windsock, "check", "02-udp-client-port", "--case", "port-6666",
               "--with", f"a={server}", "--with", f"b={client}",
               "--state", os.path.join(args.bin, "windsock-state"), *options]
    missing = None
    if not shutil.which(args.windsock):
        missing = f"{args.windsock} is not there (build it, or --windsock PATH)"
    return Contender("windsock-packet-socket" if options else "windsock", command, missing)


def make_ipnetns(args, name, *options, most=None):
    missing = None
    for tool in ("ip", "ss", "tcpdump", "unshare"):
        if not shutil.which(tool):
            missing = f"{tool} is not installed"
    return Contender(name, [os.path.join(HERE, "ipnetns.sh"), *options, *peers(args)], missing, most)


def find_mininet_python():
    """A Python that can import Mininet (the distribution's, where ours is another), or None."""
    for python in (sys.executable, "/usr/bin/python3"):
        try:
            if subprocess.run([python, "-c", "import mininet.net"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0:
                return python
        except OSError:
            continue
    return None


def make_mininet(args):
    python = find_mininet_python()
    missing = None
    if os.geteuid() != 0:
        missing = "Mininet needs root"
    elif not python:
        missing = "Mininet is not installed (apt install mininet)"
    return Contender("mininet", [python, os.path.join(HERE, "mininet_case.py"), *peers(args)], missing)


CONTENDERS = {
    "bare": lambda args: make_bare(args, "bare", "tcpdump"),
    "bare-raw": lambda args: make_bare(args, "bare-raw", "raw"),
    "windsock": make_windsock,
    "windsock-packet-socket": lambda args: make_windsock(args, "--capture", "packet-socket"),
    "ipnetns": lambda args: make_ipnetns(args, "ipnetns"),
    "ipnetns-sleeps": lambda args: make_ipnetns(args, "ipnetns-sleeps", "--sleeps", most=3),
    "mininet": make_mininet,
}

NAMES = {
    "bare": "bare program, tcpdump",
    "bare-raw": "bare program, packet socket",
    "windsock": "windsock, tcpdump",
    "windsock-packet-socket": "windsock, packet socket",
    "ipnetns": "shell script, ip netns",
    "ipnetns-sleeps": "shell script with its sleeps",
    "mininet": "Mininet",
}

# contender, how, factor, base: the contender's wall time is that many times the base's.
GOALS = (
    ("windsock", "at most", 1.3, "bare"),
    ("windsock-packet-socket", "at most", 1.5, "bare-raw"),
    ("ipnetns", "at least", 5, "windsock"),
    ("ipnetns-sleeps", "at least", 60, "windsock"),
    ("mininet", "at least", 12, "windsock"),
    ("mininet", "at least", 25, "windsock-packet-socket"),
)


# ---- one run ----

def spawn(command, stderr):
    """In a process group of its own, without input, output thrown away."""
    return os.posix_spawnp(command[0], command, os.environ, setpgroup=0, file_actions=[
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
        (os.POSIX_SPAWN_DUP2, stderr.fileno(), 2)])


def end_late(signum, frame):
    raise TimeoutError


def interrupt(pid):
    """Ends a run before its time, by what lets the script and Mininet still take down their links."""
    os.killpg(pid, signal.SIGINT)
    deadline = time.monotonic() + STRAGGLERS_LIMIT_S
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if time.monotonic() > deadline:
            os.killpg(pid, signal.SIGKILL)
        time.sleep(0.01)


def wait_limited(pid):
    """wait4 of the process; one that takes longer than the limit is interrupted."""
    signal.signal(signal.SIGALRM, end_late)
    signal.alarm(RUN_LIMIT_S)
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    except TimeoutError:
        interrupt(pid)
    except KeyboardInterrupt:
        interrupt(pid)
        raise
    finally:
        signal.alarm(0)
    _, status, usage = os.wait4(pid, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime


def collect_stragglers():
    """Waits until no child is left. Returns their CPU seconds."""
    cpu = 0.0
    deadline = time.monotonic() + STRAGGLERS_LIMIT_S
    while time.monotonic() < deadline:
        try:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return cpu
        if pid:
            cpu += usage.ru_utime + usage.ru_stime
        else:
            time.sleep(0.001)
    complain(f"a process was left behind and is still there after {STRAGGLERS_LIMIT_S} s")
    return cpu


def last_line(file):
    file.seek(0)
    lines = file.read().decode(errors="replace").split("\n")
    return next((line for line in reversed(lines) if line), "no message")


def run_once(contender, number):
    """Times one run and files it under its round. Returns its exit status."""
    with tempfile.TemporaryFile() as stderr:
        start = time.perf_counter()
        status, cpu = wait_limited(spawn(contender.command, stderr))
        wall = time.perf_counter() - start
        cpu += collect_stragglers()
        if status == 0:
            contender.runs[number] = (1e3 * wall, 1e3 * cpu)
        elif status == SKIP:
            contender.missing = last_line(stderr)
        else:
            late = f"interrupted after {RUN_LIMIT_S} s, " if wall > RUN_LIMIT_S else ""
            contender.bad.append(f"{late}exit status {status}: {last_line(stderr)}")
    return status


def run_rounds(contenders, args):
    """Round 0 warms caches and is not counted; it also finds out who is to be skipped."""
    for number in range(args.rounds + 1):
        for contender in contenders:
            if contender.missing or number > (contender.most or args.rounds):
                continue
            run_once(contender, number)
            time.sleep(args.pause)
        if sys.stderr.isatty():
            print(f"\rround {number} of {args.rounds} ", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print("\r                      \r", end="", file=sys.stderr)
    for contender in contenders:
        contender.runs.pop(0, None)


# ---- figures ----

def spread(values):
    """median [p10 p90]"""
    return f"{statistics.median(values):.1f} [{measure.percentile(values, 0.1):.1f} {measure.percentile(values, 0.9):.1f}]"


def ratio(contender, base):
    """The median of the ratios of wall times within each round, or None."""
    common = contender.runs.keys() & base.runs.keys()
    if not common:
        return None
    return statistics.median(contender.runs[number][0] / base.runs[number][0] for number in common)


def print_table(contenders, base):
    form = "{:<16} {:>5} {:>4}  {:<24} {:<22} {:>7}".format
    print(form("", "runs", "bad", "wall ms, median [10 90%]", "CPU ms", "x bare"))
    for contender in contenders:
        if contender.missing:
            print(f"{contender.name:<16} left out: {contender.missing}")
        elif not contender.runs:
            print(f"{contender.name:<16} {0:>5} {len(contender.bad):>4}  {contender.bad[0]}")
        else:
            times = ratio(contender, base) if base else None
            print(form(contender.name, len(contender.runs), len(contender.bad), spread(contender.walls()),
                       spread(contender.cpus()), f"{times:.2f}" if times else "-"))
    for contender in contenders:
        if contender.bad and contender.runs:
            print(f"{contender.name}: {len(contender.bad)} bad, the last: {contender.bad[-1]}")


def judge_goals(by_name):
    """The goals' verdicts; a figure is a ratio of wall times."""
    verdicts = []
    for name, how, factor, base in GOALS:
        figure = ratio(by_name[name], by_name[base]) if name in by_name and base in by_name else None
        verdicts.append(measure.goal(f"{name}, in times of {base}", figure, factor, how == "at most"))
    return verdicts


def as_bars(contenders, base):
    bars = []
    for one in contenders:
        if one.runs:
            times = ratio(one, base) if base else None
            bars.append({**measure.bar(NAMES[one.name], one.walls(), f"{times:.2f} x bare" if times else ""),
                         "cpu_ms": measure.summary(one.cpus()), "ratio": times, "bad": one.bad})
    return bars


def sentence(by_name):
    """What was found, in one."""
    windsock, bare = by_name.get("windsock"), by_name.get("bare")
    times = ratio(windsock, bare) if windsock and bare else None
    if not times:
        return "There is no figure for windsock beside the bare program."
    own = f"A case takes {statistics.median(windsock.walls()):.0f} ms, {times:.2f} times the bare program"
    peers_times = [(NAMES[name], ratio(by_name[name], windsock)) for name in ("ipnetns", "mininet") if name in by_name]
    more = [f"{name.split(',')[0]} takes {times:.1f} times as long as windsock" for name, times in peers_times if times]
    return "; ".join([own, *more]) + "."


# ---- the command ----

def compare(args):
    names = args.only.split(",") if args.only else list(CONTENDERS)
    for name in names:
        if name not in CONTENDERS:
            complain(f"--only \"{name}\": there is {', '.join(CONTENDERS)}")
            return 2
    contenders = [CONTENDERS[name](args) for name in names]
    by_name = {contender.name: contender for contender in contenders}
    print(f"{args.rounds} rounds")
    run_rounds(contenders, args)
    base = by_name.get("bare")
    print_table(contenders, base)
    goals = judge_goals(by_name)
    measure.write_answer(
        args.json, "What does one case cost, beside the bare program, a shell script and Mininet?", sentence(by_name),
        [{"kind": "bars", "axis": {"label": "milliseconds from start to end of a case (logarithmic)", "log": True},
          "bars": as_bars(contenders, base)}], goals,
        [f"{one.name}: {one.missing}" for one in contenders if one.missing],
        {one.name: {"wall_ms": one.walls(), "cpu_ms": one.cpus(), "bad": one.bad}
         for one in contenders})
    missed = any(goal["verdict"] == "missed" for goal in goals)
    return 1 if args.strict and (missed or any(one.bad for one in contenders)) else 0


def require_bare(args):
    """bare must run here, or nothing can be compared."""
    command = bare_command(args, "none")
    for program in command[:1] + peers(args):
        if not os.access(program, os.X_OK):
            complain(f"{program} is not there: `make bench` builds it (or --bin DIR)")
            sys.exit(2)
    tried = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if tried.returncode != 0:
        complain(f"bare does not run here: {tried.stderr.decode(errors='replace').strip()}")
        sys.exit(2)


def read_arguments():
    parser = argparse.ArgumentParser(description="What a case costs. How to read the figures: see this file.")
    add = parser.add_argument
    add("--rounds", type=int, default=20, metavar="N", help="rounds to compare (20)")
    add("--only", metavar="NAME,NAME", help="of " + ", ".join(CONTENDERS))
    add("--pause", type=float, default=0.1, metavar="S", help="seconds between two runs (0.1)")
    add("--json", metavar="FILE", help="also write every figure there")
    add("--strict", action="store_true", help="exit with 1 when a goal is missed or a run is bad")
    add("--bin", default=HERE, metavar="DIR", help="where bare, peer_server and peer_client are")
    add("--windsock", default="windsock", metavar="PATH", help="the program (windsock, from PATH)")
    args = parser.parse_args()
    if args.rounds < 1:
        parser.error("--rounds is at least 1")
    args.bin = os.path.abspath(args.bin)
    return args


def main():
    args = read_arguments()
    require_bare(args)
    if not measure.adopt_orphans():
        complain("no PR_SET_CHILD_SUBREAPER: the CPU of killed children is not counted")
    return compare(args)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
