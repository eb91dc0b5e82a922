#!/usr/bin/env python3
"""scenarios.py - named faults: what is done, to whom, at which stage, and what must be true afterwards.

    scenarios.py --windsock PATH --inject LIBRARY --fixtures FOLDER [--list] [--every N [--from M]] [--name WORD]

A scenario (the tables below) runs one of windsock's commands. At a stage of it, which is the first call that is made
beneath certain functions (inject.c), whoever is there is held; then the fault is brought about from outside, and he
goes on. After each of them
  - the verdict is the right one, or there is none (2, 77) and a sentence says why, or windsock was the killed one;
  - no process, mount, file outside the workspace is left;
  - the next run is as if nothing had been.
TAP, a line a scenario. --list names them."""
import argparse
import os
import random
import sys
import time
from dataclasses import dataclass, field
from typing import Callable

import commands
import injector
from injector import FAIL, HOLD, KILL, Lab, Tap

STOPPED_S = 5
AWAITED_S = 5


@dataclass
class Scenario:
    name: str
    command: str                  # a key of commands.make()
    stage: str = ""               # functions, all of which are on the stack; "" = from the beginning
    fault: Callable = None        # called with (world, process) while the stage is held
    action: int = HOLD
    options: dict = field(default_factory=dict)  # of Plan.set()
    must: str = "right none"      # which ends are allowed: right, none (2 or 77), 2, 77, killed, a signal's number
    reached: bool = True          # whether the stage must have been reached
    environment: dict = field(default_factory=dict)


# ---- stages: a name, and the functions that are on the stack there ----

CHECK_STAGES = {
    "it compiles": "finish_builds",
    "it enters its namespaces": "become_run lab_enter",
    "it builds the lab": "become_run lab_build",
    "it starts the captures": "become_run start_captures",
    "it makes the sandboxes": "become_run cast_prepare",
    "it waits for the captures": "become_run prepare await_captures",
    "it waits for its word": "become_run await_word",
    "it starts the programs": "become_run run_program",
    "the programs run": "become_run cast_look",
    "it proves the wire quiet": "become_run prove_quiet",
    "it counts what was lost": "become_run drain await_captures",
    "it takes the record": "become_run record_take",
    "it writes the evidence": "become_run record_write",
    "it judges": "check_read_verdict",
}

# From which stage on somebody is there, and up to which one he is missed when he is gone.
LIVES = {
    "the command itself": ("it compiles", "it judges"),
    "the run": ("it enters its namespaces", "it writes the evidence"),
    "the compiler's sandbox": ("it compiles", "it compiles"),
    "the compiler": ("it compiles", "it compiles"),
    "tcpdump": ("it waits for the captures", "it counts what was lost"),
    "the capture process": ("it waits for the captures", "it counts what was lost"),
    "a program's sandbox": ("it waits for the captures", "it counts what was lost"),
    "a program before its start": ("it waits for its word", "it waits for its word"),
    "the taker of calls": ("it waits for the captures", "it takes the record"),
}

ENGINES = {"tcpdump": "check", "the capture process": "check by packet socket"}


def lived_stages(who):
    stages = list(CHECK_STAGES)
    first, last = LIVES[who]
    return stages[stages.index(first):stages.index(last) + 1]


# ---- what is done to them ----

def await_one(world, process, who):
    """They may be about to be there."""
    until = time.monotonic() + AWAITED_S
    while not (found := world.find(process, who)) and time.monotonic() < until:
        time.sleep(0.001)
    return found


def kill(who, number=9):
    def fault(world, process):
        found = await_one(world, process, who)
        for pid in found:
            injector.send(pid, number)
        return None if found else f"{who} was not there"
    return fault


def stop(who, seconds=None):
    """Stops them, and lets them go on when somebody has waited long enough."""
    def fault(world, process):
        found = await_one(world, process, who)
        for pid in found:
            injector.send(pid, 19)
        world.after_release(lambda: (time.sleep(seconds or world.args.stopped), injector.wake(found)))
        return None if found else f"{who} was not there"
    return fault


def signal_to(number, whole_group):
    def fault(_world, process):
        (os.killpg if whole_group else os.kill)(process.pid, number)
    return fault


# ---- the tables ----

def kills():
    for who in LIVES:
        for stage in lived_stages(who):
            command = ENGINES.get(who, "check")
            must = "killed" if who == "the command itself" else "right none"
            yield Scenario(f"kill -9 of {who} as {stage}", command, CHECK_STAGES[stage], kill(who), must=must)


def stops():
    for who in (*LIVES, "all of its group", "all of them"):
        stages = lived_stages(who) if who in LIVES else list(CHECK_STAGES)
        for stage in stages:
            yield Scenario(f"SIGSTOP of {who} as {stage}", ENGINES.get(who, "check"), CHECK_STAGES[stage], stop(who))


SIGNALS = {"SIGHUP": 1, "SIGINT": 2, "SIGQUIT": 3, "SIGTERM": 15}


def signals():
    for name, number in SIGNALS.items():
        for stage, functions in CHECK_STAGES.items():
            whole = name in ("SIGINT", "SIGHUP")
            yield Scenario(f"{name} {'to the group' if whole else 'to the command'} as {stage}", "check", functions,
                           signal_to(number, whole), must=f"signal {number}")


def clocks():
    for hours in (5, -5, 24 * 365 * 30, -24 * 365 * 30):
        for stage in ("it compiles", "it waits for its word", "the programs run", "it takes the record", "it judges"):
            yield Scenario(f"the clock is set {hours:+} hours as {stage}", "check", CHECK_STAGES[stage],
                           lambda world, process: None, options={"clock_s": 3600 * hours}, must="right")


ERRORS = {"out of mounts": ("mount", 28), "out of descriptors": ("open", 24), "out of memory for pipes": ("pipe2", 23),
          "out of processes": ("fork", 11), "out of namespaces": ("unshare", 28), "a disk that is full": ("write", 28),
          "a disk with errors": ("write", 5), "a disk that is read-only": ("openat", 30),
          "no memory for sockets": ("sendto", 105), "no memory for netlink": ("recvmsg", 12)}


def errors():
    for name, (function, error) in ERRORS.items():
        for stage, functions in CHECK_STAGES.items():
            yield Scenario(f"{name}, as {stage} and from then on", "check", functions, action=FAIL, reached=False,
                           options={"only": function, "later": True, "error": error})


TABLES = (kills, signals, clocks, errors, stops)


# ---- one scenario ----

def what_is_wrong(world, command, scenario, status, output, hit):
    """With the end, or None."""
    allowed = set()
    for word in scenario.must.split():
        allowed |= {"right": {command.verdict}, "none": {2, 77}, "2": {2}, "77": {77}, "killed": {-9}}.get(word, set())
    words = scenario.must.split()
    if words[0] == "signal":
        allowed = {-int(words[1]), 128 + int(words[1])}
    if hit["outer"] and scenario.action == KILL:
        allowed.add(-9)
    if status is None:
        return "it did not end"
    if status not in allowed:
        return f"exit status {status}; allowed: {sorted(allowed)}"
    if status in (2, 77) and len(output.split()) < 4:
        return f"exit status {status} without a sentence"
    return None


def play(world, command, scenario):
    """What went wrong, or None; and how it ended."""
    lab, sets = world.lab, world.lab.sets(scenario.stage)
    if sets is None:
        return f"no call was ever seen beneath {scenario.stage}", "not played"
    command.begin()
    lab.plan.set(scenario.action, 1, sets=sets, **scenario.options)
    complaints = []

    def during(process):
        until = time.monotonic() + injector.LIMIT_S
        while scenario.action == HOLD and process.poll() is None and time.monotonic() < until:
            if lab.plan.has_come():
                complaints.append(scenario.fault(world, process))
                lab.plan.release()
                world.released()
                return
            time.sleep(0.0005)

    status, output = injector.run(lab, command.command, dict(lab.bad, **scenario.environment), during)
    lab.plan.release()
    hit = lab.plan.get()
    problem = next((complaint for complaint in complaints if complaint), None)
    if scenario.reached and not hit["function"]:
        problem = problem or "the stage was not reached"
    problem = problem or what_is_wrong(world, command, scenario, status, output, hit)
    if not injector.nobody_left():
        problem = problem or f"a process is left: {injector.children()}"
    if injector.left_files(lab):
        problem = problem or f"left: {injector.left_files(lab)}"
    problem = problem or command.after()
    last = output.strip().splitlines()[-1] if output.strip() else ""
    return problem and f"{problem}\n{injector.stack(lab, hit)}\n{output}", f"{status}: {last}"


class World:
    """Everything that a scenario's fault may need."""

    def __init__(self, lab, args):
        self.lab, self.args = lab, args
        self.later = []

    def find(self, process, who):
        return commands.find(process.pid, who, self.level)

    def after_release(self, does):
        self.later.append(does)

    def released(self):
        while self.later:
            self.later.pop()()


def choose(args):
    scenarios = [scenario for table in TABLES for scenario in table()]
    scenarios = [scenario for scenario in scenarios if args.name in scenario.name and
                 not (args.without and args.without in scenario.name)]
    if args.any:
        args.first = random.randrange(args.every)
        print(f"# --from {args.first}", flush=True)
    return scenarios[args.first::args.every]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", default="windsock")
    parser.add_argument("--inject", help="inject.so")
    parser.add_argument("--preload", default="", help="a library that must come first (a sanitizer's)")
    parser.add_argument("--fixtures", help="tests/lessons/01-udp-server")
    parser.add_argument("--list", action="store_true", help="name them, and play none")
    parser.add_argument("--every", type=int, default=1, help="only every so manyth")
    parser.add_argument("--from", type=int, default=0, dest="first", help="beginning with this one")
    parser.add_argument("--any", action="store_true", help="beginning with any")
    parser.add_argument("--not", default="", dest="without", help="none whose name holds this")
    parser.add_argument("--name", default="", help="only those whose name holds this")
    parser.add_argument("--verdict", choices=("right", "wrong"), help="only with a right (wrong) program")
    parser.add_argument("--stopped", type=float, default=STOPPED_S, help="seconds that a stopped one stays so")
    parser.add_argument("-v", action="store_true", dest="verbose", help="how each ended")
    args = parser.parse_args()
    chosen = choose(args)
    if args.list:
        print("\n".join(scenario.name for scenario in chosen))
        return 0
    injector.adopt_orphans()
    lab, tap = Lab(args), Tap()
    world = World(lab, args)
    try:
        made = commands.make(lab, args)
        for key in sorted({scenario.command for scenario in chosen}):
            for command in made[key]:
                problem = command.learn()
                tap.line(problem is None, f"{command.name}: undisturbed", problem)
        for scenario in chosen:
            for command in made[scenario.command]:
                if args.verdict and args.verdict != command.kind:
                    continue
                world.level = command.level
                problem, end = play(world, command, scenario)
                tap.line(problem is None, f"{command.name}: {scenario.name}", problem)
                if args.verbose:
                    print(f"#   {end}", flush=True)
    finally:
        lab.close()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
