#!/usr/bin/env python3
"""windsock's benchmark: what a case costs beside the bare kernel and beside its peers.

    bench.py [compare] [--rounds N] [--only NAME,NAME] [--json FILE] [--strict]
    bench.py throughput [--cases N]

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
  socket and shows what is left without tcpdump. windsock-libpcap is windsock check
  --capture libpcap, as for a class: no tcpdump to start, and a ring all the same,
  because a plain socket loses bursts.
* A run that exits with anything but 0 is counted as bad and its time is not used. An
  unreliable contender is no faster for it. One that exits with 77 is left out.
* A missed goal is no error: speed depends on the machine. Exit status is 0 unless
  --strict; 2 when bare itself does not run.
* throughput: bare alone, 1 to 8 workers side by side, each one case after another,
  until the last process they left is gone. The floor for grading a class."""

import argparse
import ctypes
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SKIP = 77
RUN_LIMIT_S = 60
STRAGGLERS_LIMIT_S = 10
PR_SET_CHILD_SUBREAPER = 36


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
    print(f"bench.py: {text}", file=sys.stderr)


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
    return Contender("windsock-libpcap" if options else "windsock", command, missing)


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
    "windsock-libpcap": lambda args: make_windsock(args, "--capture", "libpcap"),
    "ipnetns": lambda args: make_ipnetns(args, "ipnetns"),
    "ipnetns-sleeps": lambda args: make_ipnetns(args, "ipnetns-sleeps", "--sleeps", most=3),
    "mininet": make_mininet,
}

# contender, how, factor, base: the contender's wall time is that many times the base's.
GOALS = (
    ("windsock", "at most", 1.5, "bare"),
    ("ipnetns", "at least", 5, "windsock"),
    ("ipnetns-sleeps", "at least", 60, "windsock"),
    ("mininet", "at least", 12, "windsock"),
)


# ---- one run ----

def adopt_orphans():
    """What a contender leaves behind becomes our child, so that it can be waited for."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        complain("no PR_SET_CHILD_SUBREAPER: the CPU of killed children is not counted")


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

def percentile(values, share):
    ordered = sorted(values)
    return ordered[round(share * (len(ordered) - 1))]


def spread(values):
    """median [p10 p90]"""
    return f"{statistics.median(values):.1f} [{percentile(values, 0.1):.1f} {percentile(values, 0.9):.1f}]"


def ratio(contender, base):
    """The median of the ratios of wall times within each round, or None."""
    common = contender.runs.keys() & base.runs.keys()
    if not common:
        return None
    return statistics.median(contender.runs[number][0] / base.runs[number][0] for number in common)


def machine():
    load = " ".join(f"{load:.1f}" for load in os.getloadavg())
    return f"{platform.system()} {platform.release()}, {os.cpu_count()} cores, uid {os.getuid()}, load {load}"


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
    """A list of (goal, verdict, figure): met, missed, or not judged with figure None."""
    verdicts = []
    for name, how, factor, base in GOALS:
        figure = None
        if name in by_name and base in by_name:
            figure = ratio(by_name[name], by_name[base])
        verdict = "not judged"
        if figure is not None:
            verdict = "met" if (figure <= factor if how == "at most" else figure >= factor) else "missed"
        verdicts.append((f"{name} {how} {factor} x {base}", verdict, figure))
    return verdicts


def print_goals(verdicts):
    print()
    for goal, verdict, figure in verdicts:
        print(f"goal: {goal:<40} {verdict}" + (f": {figure:.2f}" if figure is not None else ""))


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


def as_json(contenders, verdicts):
    return {
        "machine": machine(),
        "contenders": {c.name: {"command": c.command, "left_out": c.missing, "bad": c.bad,
                                "rounds": list(c.runs), "wall_ms": c.walls(), "cpu_ms": c.cpus()}
                       for c in contenders},
        "goals": [{"goal": goal, "verdict": verdict, "ratio": figure}
                  for goal, verdict, figure in verdicts],
    }


# ---- commands ----

def compare(args):
    names = args.only.split(",") if args.only else list(CONTENDERS)
    for name in names:
        if name not in CONTENDERS:
            complain(f"--only \"{name}\": there is {', '.join(CONTENDERS)}")
            return 2
    contenders = [CONTENDERS[name](args) for name in names]
    by_name = {contender.name: contender for contender in contenders}
    print(f"{machine()}; {args.rounds} rounds")
    run_rounds(contenders, args)
    print_table(contenders, by_name.get("bare"))
    verdicts = judge_goals(by_name)
    print_goals(verdicts)
    if args.json:
        write_json(args.json, as_json(contenders, verdicts))
    missed = any(verdict == "missed" for _, verdict, _ in verdicts)
    return 1 if args.strict and (missed or any(c.bad for c in contenders)) else 0


def run_workers(args, capture, workers):
    """Cases a second, and how many workers met a bad case."""
    share = max(1, args.cases // workers)
    command = [*bare_command(args, capture), "--count", str(share)]
    with tempfile.TemporaryFile() as stderr:
        start = time.perf_counter()
        pids = [spawn(command, stderr) for _ in range(workers)]
        bad = sum(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0 for pid in pids)
        collect_stragglers()
        seconds = time.perf_counter() - start
        if bad:
            complain(f"a worker failed: {last_line(stderr)}")
    return share * workers / seconds, bad


def throughput(args):
    print(f"{machine()}; {args.cases} cases each, bare alone, cases a second")
    print(f"{'workers':<8} {'tcpdump':>8} {'raw':>8}")
    figures, all_bad = [], 0
    for workers in (1, 2, 4, 8):
        tcpdump, bad_tcpdump = run_workers(args, "tcpdump", workers)
        raw, bad_raw = run_workers(args, "raw", workers)
        bad = bad_tcpdump + bad_raw
        print(f"{workers:<8} {tcpdump:>8.0f} {raw:>8.0f}" + ("  (with bad cases)" if bad else ""), flush=True)
        figures.append({"workers": workers, "tcpdump": tcpdump, "raw": raw, "bad_workers": bad})
        all_bad += bad
    if args.json:
        write_json(args.json, {"machine": machine(), "cases": args.cases, "cases_per_second": figures})
    return 1 if args.strict and all_bad else 0


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
    add("command", nargs="?", choices=("compare", "throughput"), default="compare")
    add("--rounds", type=int, default=20, metavar="N", help="rounds to compare (20)")
    add("--only", metavar="NAME,NAME", help="of " + ", ".join(CONTENDERS))
    add("--cases", type=int, default=200, metavar="N", help="cases per line of throughput (200)")
    add("--pause", type=float, default=0.1, metavar="S", help="seconds between two runs (0.1)")
    add("--json", metavar="FILE", help="also write every figure there")
    add("--strict", action="store_true", help="exit with 1 when a goal is missed or a run is bad")
    add("--bin", default=HERE, metavar="DIR", help="where bare, peer_server and peer_client are")
    add("--windsock", default="windsock", metavar="PATH", help="the program (windsock, from PATH)")
    args = parser.parse_args()
    if args.rounds < 1 or args.cases < 1:
        parser.error("--rounds and --cases are at least 1")
    args.bin = os.path.abspath(args.bin)
    return args


def main():
    args = read_arguments()
    require_bare(args)
    adopt_orphans()
    return throughput(args) if args.command == "throughput" else compare(args)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
