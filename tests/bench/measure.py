"""What the benchmarks share: running a command and what it took, medians, goals, an answer as JSON.

An answer is what bench.py collects and plot.py draws: the question, a sentence that answers it, what was measured, the
goals, and what was left out with its reason."""

import ctypes
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
SOURCE = os.path.dirname(TESTS)


# ---- figures ----

def percentile(values, share):
    ordered = sorted(values)
    return ordered[round(share * (len(ordered) - 1))]


def summary(values):
    return {"median": statistics.median(values), "p10": percentile(values, 0.1), "p90": percentile(values, 0.9),
            "samples": len(values)}


def point(x, values):
    return {"x": x, **summary(values)}


def bar(name, values, note=""):
    return {"name": name, "note": note, **summary(values)}


def goal(text, figure, limit, at_most=True):
    """One line of an answer's goals; FIGURE None: it could not be judged."""
    verdict = "not judged"
    if figure is not None:
        verdict = "met" if (figure <= limit if at_most else figure >= limit) else "missed"
    return {"goal": "%s: %s %g" % (text, "at most" if at_most else "at least", limit), "figure": figure,
            "verdict": verdict}


def growth(points, key="median"):
    """How what was measured grows between the first and the last point: 1 is in proportion, 2 is the square."""
    first, last = points[0], points[-1]
    return math.log(last[key] / first[key]) / math.log(last["x"] / first["x"])


def say_goals(goals):
    for one in goals:
        figure = "" if one["figure"] is None else ": %.2f" % one["figure"]
        print("goal: %-60s %s%s" % (one["goal"], one["verdict"], figure))


def write_answer(path, question, sentence, plots, goals=(), left_out=(), figures=None):
    """To PATH, where one was given. PLOTS: see plot.py."""
    say_goals(goals)
    for one in left_out:
        print("left out: %s" % one)
    print(sentence)
    if path:
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"question": question, "sentence": sentence, "plots": plots, "goals": list(goals),
                       "left_out": list(left_out), "figures": figures}, file, indent=1)
            file.write("\n")


# ---- the machine ----

def cpu_name():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "")
    except OSError:
        return ""


def load():
    return [round(one, 2) for one in os.getloadavg()]


def version(windsock):
    """What the program calls itself, and the commit of the tree where there is one."""
    said = subprocess.run([windsock, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    commit = subprocess.run(["git", "-C", SOURCE, "describe", "--always", "--dirty"], capture_output=True, text=True,
                            check=False).stdout.strip()
    return {"version": said.split("\n")[0], "commit": commit}


def machine():
    return {"system": platform.system(), "kernel": platform.release(), "processors": os.cpu_count(),
            "processor": cpu_name(), "uid": os.getuid()}


# ---- running ----

def adopt_orphans():
    """What a command leaves behind becomes our child, so that it can be waited for, and its time is counted."""
    return ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0


def collect():
    """CPU seconds of the children that are left, when all have ended."""
    used = 0.0
    while True:
        try:
            _, _, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return used
        used += usage.ru_utime + usage.ru_stime


class Run:
    """A command that ran: wall and CPU seconds (with those of all that it left, where adopt_orphans() was called), exit
    status, and where OUTPUT is wanted what it printed."""

    def __init__(self, command, output=False, **more):
        began = time.monotonic()
        wanted = subprocess.PIPE if output else subprocess.DEVNULL
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=wanted,
                                   stderr=subprocess.STDOUT if output else wanted, **more)
        self.text = process.stdout.read().decode(errors="replace") if output else ""
        _, status, usage = os.wait4(process.pid, 0)
        self.wall = time.monotonic() - began
        self.cpu = usage.ru_utime + usage.ru_stime + collect()
        self.status = process.returncode = os.waitstatus_to_exitcode(status)  # subprocess need not wait again


def need(run, what, *statuses):
    """Ends the benchmark where a run did not end as it must."""
    if run.status not in (statuses or (0,)):
        sys.exit("%s: %s: exit status %d: %s" % (os.path.basename(sys.argv[0]), what, run.status, run.text[-500:]))
    return run


def resident(pid):
    """The process's largest resident set so far, in bytes: ru_maxrss would begin with what Python has."""
    try:
        with open("/proc/%d/status" % pid, encoding="utf-8") as status:
            return next((1024 * int(line.split()[1]) for line in status if line.startswith("VmHWM:")), 0)
    except OSError:  # it has just ended
        return 0


def peak_of(command):
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident(process.pid))
        time.sleep(0.001)
    return peak
