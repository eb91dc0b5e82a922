#!/usr/bin/env python3
"""scenarios.py - named faults: what is done, to whom, at which stage, and what must be true afterwards.

    scenarios.py --windsock PATH --inject LIBRARY --fixtures FOLDER [--list] [--every N [--from M | --any [--seed N]]]
                 [--name WORD]

A scenario (tables.py) runs one of windsock's commands. At a stage of it, which is the first call that is made
beneath certain functions (inject.c), whoever is there is held; then the fault is brought about from outside, and he
goes on. After each of them
  - the verdict is the right one, or there is none (2, 77) and a sentence says why, or windsock was the killed one;
  - no process, mount, file outside the workspace is left;
  - the next run is as if nothing had been.
TAP, a line a scenario and command. --list names them; -v says how each ended."""
import argparse
import os
import random
import shutil
import sys
import time

import commands
import injector
import watched
from injector import KILL, Lab, Tap
from tables import ONCE_WRONG, TABLES

STOPPED_S = 5


# ---- one scenario ----

WORDS = {"none": {2, 77}, "2": {2}, "77": {77}, "killed": {-9, 137}, "126": {126}, "127": {127}}


def allowed_ends(command, must):
    words = must.split()
    if words[0] == "signal":
        return {-int(words[1]), 128 + int(words[1])}
    return set().union(*({command.verdict} if word == "right" else WORDS[word] for word in words))


def what_is_wrong(command, scenario, status, output, hit):
    """With the end, or None."""
    allowed = allowed_ends(command, scenario.must)
    if hit["outer"] and scenario.action == KILL:
        allowed.add(-9)
    if status is None:
        return "it did not end"
    if isinstance(command, commands.Show):
        return command.judge(status, output)
    if status not in allowed:
        return f"exit status {status}; allowed: {sorted(allowed)}"
    if status in (2, 77) and len(output.split()) < 4:
        return f"exit status {status} without a sentence"
    return command.judge(status, output)


def strike(world, scenario, complaints):
    """While the command runs: waits until somebody is held, does it, lets him go on."""
    def during(process):
        until = time.monotonic() + injector.LIMIT_S
        while scenario.fault and process.poll() is None and time.monotonic() < until:
            if world.lab.plan.has_come():
                complaints.append(scenario.fault(world, process))
                world.lab.plan.release()
                world.released()
                return
            time.sleep(0.0005)
    return during


def play_once(world, command, scenario, prefix):
    """What went wrong, or None; its status; what was printed."""
    lab, complaints = world.lab, []
    command.begin()
    lab.plan.set(scenario.action, 1 if scenario.stage else 0, sets=lab.sets(scenario.stage), **scenario.options)
    if scenario.before:
        complaints.append(scenario.before(world, command))
    prefix = [word.replace("{place}", getattr(command, "place", "")) for word in prefix]
    environment = dict(lab.bad if scenario.stage else lab.clean, **world.extra)
    world.extra = {}
    status, output = injector.run(lab, [*prefix, *command.command], environment, strike(world, scenario, complaints),
                                  cwd=getattr(command, "where", lab.folder))
    lab.plan.release()
    hit = lab.plan.get()
    problem = next((complaint for complaint in complaints if complaint), None)
    if scenario.stage and scenario.reached and not hit["function"]:
        problem = problem or "the stage was not reached"
    problem = problem or what_is_wrong(command, scenario, status, output, hit)
    if not injector.nobody_left():
        problem = problem or f"a process is left: {injector.children()}"
    if injector.left_files(lab):
        problem = problem or f"left: {injector.left_files(lab)}"
    if injector.mounts(lab.folder):
        problem = problem or "a mount is left"
    return problem and f"{problem}\n{' '.join(prefix)}\n{injector.stack(lab, hit)}\n{output}", status, output


def play(world, command, scenario):
    """What went wrong, or None; and how it ended, each time."""
    if isinstance(command, watched.Watch):
        return command.play(world, scenario)
    if world.lab.sets(scenario.stage) is None:
        return f"no call was ever seen beneath {scenario.stage}", ["not played"]
    problem, ends = None, []
    prefixes = scenario.prefixes
    if world.args.any:  # a sample
        prefixes = random.sample(prefixes, min(3, len(prefixes)))
    for prefix in prefixes:
        wrong, status, output = play_once(world, command, scenario, prefix)
        last = output.strip().splitlines()[-1] if output.strip() else ""
        ends.append(f"{status}: {last}")
        problem = problem or wrong
    world.clear_the_way()
    return problem or command.after(), ends


class World:
    """Everything that a scenario's fault may need."""

    def __init__(self, lab, args):
        self.lab, self.args = lab, args
        self.later, self.command = [], None
        self.in_the_way = []
        self.extra = {}  # of the environment, for the next command alone

    def find(self, process, who):
        return commands.find(process.pid, who, self.command.level)

    def after_release(self, does):
        self.later.append(does)

    def clear_the_way(self):
        """What a person would do who is told what stands there."""
        while self.in_the_way:
            path = self.in_the_way.pop()
            if os.path.isdir(path):
                shutil.rmtree(path)
            elif os.path.lexists(path) and (not os.path.isfile(path) or os.path.basename(path) == "key"):
                os.unlink(path)

    def released(self):
        while self.later:
            self.later.pop()()


def unmet_stages(lab, learned):
    """Those of all tables, for commands that were watched, beneath which no call was seen: all of them, whatever the
    sample is. (A function whose last act is to call another one leaves no trace where the compiler makes that a jump.)"""
    scenarios = [scenario for table in TABLES for scenario in table() if scenario.command in learned]
    return sorted({scenario.stage for scenario in scenarios if lab.sets(scenario.stage) is None})


def commands_of(scenarios):
    """Those that are tried undisturbed first. Where somebody is held in a class of another, `grade` tells the stages."""
    keys = {scenario.command for scenario in scenarios}
    return keys | {"grade" for scenario in scenarios if scenario.stage and scenario.command == "grade of another"}


def choose(args):
    tables = [table for table in TABLES if not args.table or table.__name__ in args.table.split(",")]
    scenarios = [scenario for table in tables for scenario in table()]
    scenarios = [scenario for scenario in scenarios if args.name in scenario.name and
                 not (args.without and args.without in scenario.name)]
    always = []
    if args.any:
        seed = args.seed if args.seed is not None else random.randrange(1 << 30)
        random.seed(seed)
        args.first = random.randrange(args.every)
        print(f"# --seed {seed}: --from {args.first}", flush=True)
        always = [scenario for scenario in scenarios if scenario.name in ONCE_WRONG]
    return [*[scenario for scenario in always if scenario.command != "show"], *scenarios[args.first::args.every]]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windsock", default="windsock")
    parser.add_argument("--inject", help="inject.so")
    parser.add_argument("--preload", default="", help="a library that must come first (a sanitizer's)")
    parser.add_argument("--fixtures", help="tests/lessons/01-udp-server")
    parser.add_argument("--list", action="store_true", help="name them, and play none")
    parser.add_argument("--every", type=int, default=1, help="only every so manyth")
    parser.add_argument("--from", type=int, default=0, dest="first", help="beginning with this one")
    parser.add_argument("--table", default="", help="only of these tables, by name: " +
                        ",".join(table.__name__ for table in TABLES))
    parser.add_argument("--any", action="store_true", help="beginning with any, and what once went wrong")
    parser.add_argument("--seed", type=int, default=None, help="of what is any; unless said, another one each time")
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
        made["watch"] = [watched.Watch(lab, commands.programs(args))]
        keys = commands_of(chosen)
        for key in sorted(keys):
            for command in made[key]:
                problem = command.learn()
                tap.line(problem is None, f"{command.name}: undisturbed", problem)
        unmet = unmet_stages(lab, {key for key in keys if key != "grade of another" or "grade" in keys})
        tap.line(not unmet, "every stage is met", "\n".join(unmet))
        for scenario in chosen:
            for command in made[scenario.command]:
                if args.verdict and args.verdict != command.kind:
                    continue
                if args.any and scenario.name in ONCE_WRONG and command.kind != "right":
                    continue  # a sample, and it was the right program that was called wrong
                world.command = command
                problem, ends = play(world, command, scenario)
                tap.line(problem is None, f"{command.name}: {scenario.name}", problem)
                for end in ends if args.verbose else ():
                    print(f"#   {end}", flush=True)
    finally:
        lab.close()
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
