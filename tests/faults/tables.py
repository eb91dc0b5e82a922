"""tables.py - the faults that scenarios.py plays: stages, who lives at them, what is done, what must be true after."""
import glob
import os
import random
import shutil
import sys
import time
from dataclasses import dataclass, field
from typing import Callable

import injector
from injector import FAIL, HOLD

AWAITED_S = 5
OTHER = 54321  # a user who has no process: limits that root does not have


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
    before: Callable = None       # called with (world, command) before it begins
    prefixes: tuple = ((),)       # what is put before the command; each is a run of its own



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
    "it judges": "check_read_predicted",
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


def stages_between(stages, ends):
    first, last = (list(stages).index(end) for end in ends)
    return list(stages)[first:last + 1]


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

def kills_at(stages, lives, command):
    """COMMAND of who it is done to: a key of commands.make()."""
    for who, ends in lives.items():
        for stage in stages_between(stages, ends):
            must = "killed" if who == "the command itself" else "right none"
            yield Scenario(f"kill -9 of {who} as {stage}", command(who), stages[stage], kill(who), must=must)


def stops_at(stages, lives, groups, command):
    for who in (*lives, *groups):
        for stage in stages_between(stages, lives[who]) if who in lives else stages:
            yield Scenario(f"SIGSTOP of {who} as {stage}", command(who), stages[stage], stop(who))


def errors_at(stages, command):
    for name, (function, error) in ERRORS.items():
        for stage, functions in stages:
            yield Scenario(f"{name}, as {stage} and from then on", command, functions, action=FAIL, reached=False,
                           options={"only": function, "later": True, "error": error})


def check_of(who):
    return ENGINES.get(who, "check")


def kills():
    return kills_at(CHECK_STAGES, LIVES, check_of)


def stops():
    return stops_at(CHECK_STAGES, LIVES, ("all of its group", "all of them"), check_of)


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
          "no memory for sockets": ("sendto", 105), "no memory for netlink": ("recvmsg", 12),
          "no memory for options of sockets": ("setsockopt", 12)}


def errors():
    return errors_at(CHECK_STAGES.items(), "check")


# ---- a class ----

GRADE_STAGES = {
    "it makes its key": "make_key",
    "it opens the class": "grade_open submissions_find",
    "it unpacks": "archive_unpack listen_to",
    "it plans": "plan_make",
    "it waits for its graders": "grade_run await_slots",
    "one chooses the files": "become_unit handed_tree_read",
    "one stages them": "become_unit keep_handed_in",
    "one compiles": "become_unit finish_builds",
    "one builds its lab": "become_unit become_run lab_build",
    "the programs of one run": "become_unit become_run cast_look",
    "one proves the wire quiet": "become_unit become_run prove_quiet",
    "one judges": "become_unit check_read_predicted",
    "one writes a record": "become_unit publish_once",
    "one gives a record its name": "become_unit give_name",
    "the tables are made": "grade_end",
}

GRADERS = {
    "the command itself": ("it makes its key", "the tables are made"),
    "a grader of one": ("one chooses the files", "one gives a record its name"),
    "unpack": ("it unpacks", "it unpacks"),
    "the run": ("one builds its lab", "one proves the wire quiet"),
    "the capture process": ("the programs of one run", "one proves the wire quiet"),
}


def grade_of(_who):
    return "grade"


def grade_kills():
    return kills_at(GRADE_STAGES, GRADERS, grade_of)


def grade_signals():
    for name, number in SIGNALS.items():
        for stage, functions in list(GRADE_STAGES.items())[::3]:
            yield Scenario(f"{name} to the command as {stage}", "grade", functions, signal_to(number, False),
                           must=f"signal {number}")


def grade_stops():
    return stops_at(GRADE_STAGES, GRADERS, ("all of them",), grade_of)


def grade_errors():
    return errors_at(list(GRADE_STAGES.items())[::2], "grade")


def another_grader(world, _process):
    """It is told who works there, and disturbs nobody."""
    status, output = injector.run(world.lab, world.command.command, world.lab.clean)
    if status != 2 or "another windsock grade works here" not in output:
        return f"the second grader ended with {status}: {output}"
    return None


def remove_results(world, _process):
    shutil.rmtree(os.path.join(world.command.out, "results"), ignore_errors=True)


def remove_all(world, _process):
    shutil.rmtree(world.command.out, ignore_errors=True)


def remove_class(world, _process):
    shutil.rmtree(world.command.submissions, ignore_errors=True)


def forbid_writing(world, _process):
    for folder, _, _ in os.walk(world.command.out):
        os.chmod(folder, 0o555)


def grade_meanwhile():
    for stage in ("it waits for its graders", "one compiles", "the programs of one run", "one gives a record its name"):
        functions = GRADE_STAGES[stage]
        yield Scenario(f"a second grader on the same folder as {stage}", "grade", functions, another_grader, must="right")
        yield Scenario(f"the results are removed as {stage}", "grade", functions, remove_results)
        yield Scenario(f"the output folder is removed as {stage}", "grade", functions, remove_all)
        yield Scenario(f"the submissions are removed as {stage}", "grade", functions, remove_class)
        yield Scenario(f"the output folder becomes read-only as {stage}", "grade of another", functions, forbid_writing)


# ---- files that are damaged ----

def cut_off(path):
    os.truncate(path, os.path.getsize(path) // 2)


def empty(path):
    os.truncate(path, 0)


def overwrite(path):
    size = os.path.getsize(path)
    with open(path, "wb") as file:
        file.write(os.urandom(max(size, 64)))


def change_a_byte(path):
    with open(path, "r+b") as file:
        file.seek(os.path.getsize(path) // 3)
        file.write(b"\xff")


def change_a_bit(path):
    """The lowest of a byte, which leaves text a text."""
    with open(path, "r+b") as file:
        at = random.randrange(os.path.getsize(path))
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ 1]))


def name_another_version(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace('"windsock_result": 1', '"windsock_result": 99'))


def replace_by(makes):
    def damage(path):
        os.unlink(path)
        makes(path)
    return damage


DAMAGES = {
    "is cut off": cut_off, "is empty": empty, "is garbage": overwrite, "has a wrong byte": change_a_byte, "has a wrong bit": change_a_bit,
    "is of another version": name_another_version,
    "is a folder": replace_by(os.mkdir), "is a FIFO": replace_by(os.mkfifo),
    "is a link to nothing": replace_by(lambda path: os.symlink("/nonexistent/file", path)),
    "may not be read": lambda path: os.chmod(path, 0), "is gone": os.unlink,
}

# Of a class that has been graded: what it is called, where it is, and whether it must be told.
GRADED_FILES = {
    "a record": "results/01-udp-server/ada.json", "the gradebook": "results.csv", "the class page": "class.html",
    "a file that was graded": "handed-in/ada/01-udp-server/server.c", "the lock": "lock", "the key": "key",
}
WORKSPACE_FILES = {
    "the student's progress": ".windsock/progress", "the last run": ".windsock/last/two-clients/run.json",
    "the last capture": ".windsock/last/two-clients/*.pcap", "the program": ".windsock/build/server",
    "the program's key": ".windsock/build/server.key",
}


def damage_one(pattern, damage):
    def before(world, command):
        command.run_clean()
        found = glob.glob(os.path.join(command.place, pattern))
        for path in found[:1]:
            damage(path)
            world.in_the_way.append(path)
        return None if found else f"there is no {pattern}"
    return before


def damaged():
    for how, damage in DAMAGES.items():
        for what, pattern in GRADED_FILES.items():
            yield Scenario(f"{what} {how}", "grade of another", before=damage_one(pattern, damage))
        for what, pattern in WORKSPACE_FILES.items():
            yield Scenario(f"{what} {how}", "check of another", before=damage_one(pattern, damage))
            yield Scenario(f"{what} {how}", "show", before=damage_one(pattern, damage))


# ---- a machine that has little ----

def limits(option, values):
    return tuple(("prlimit", f"--{option}={value}") for value in values)


def few_processes(values):
    """Root has no such limit: then somebody else, of whom there is nobody."""
    if os.geteuid():
        return tuple(("unshare", "-Ur", "prlimit", f"--nproc={value}") for value in values)
    return tuple(("prlimit", f"--nproc={value}", "setpriv", f"--reuid={OTHER}", f"--regid={OTHER}", "--clear-groups")
                 for value in values)


def few_namespaces(kind, values):
    return tuple(("unshare", "-Ur", "sh", "-c", f'echo {value} > /proc/sys/user/max_{kind} && exec "$@"', "sh")
                 for value in values)


UNSHARE = ("unshare", "-m") if not os.geteuid() else ("unshare", "-Urm")


def small_disk(sizes):
    """A small one in place of the folder that {place} names, with what was in it."""
    script = ('cp -a "$1" "$1.copy"; mount -t tmpfs -o mode=1777,size={size}k tmpfs "$1" || exit 99; '
              'cp -a "$1.copy/." "$1/" 2> /dev/null; rm -rf "$1.copy"; shift; exec "$@"')
    return tuple((*UNSHARE, "sh", "-c", script.replace("{size}", str(size)), "sh", "{place}") for size in sizes)


def full_disk(folder):
    script = (f'mount -t tmpfs -o size=16k tmpfs {folder} && dd if=/dev/zero of={folder}/full bs=4k 2> /dev/null; '
              'exec "$@"')
    return ((*UNSHARE, "sh", "-c", script, "sh"),)


def read_only(folder):
    return ((*UNSHARE, "sh", "-c", f'mount -t tmpfs -o ro tmpfs {folder} && exec "$@"', "sh"),)


NAMESPACES = ("user_namespaces", "net_namespaces", "pid_namespaces", "mnt_namespaces", "uts_namespaces", "ipc_namespaces",
              "cgroup_namespaces")


def little():
    for command in ("check of another", "grade of another"):
        yield Scenario("out of descriptors: 3 to 64", command, prefixes=limits("nofile", range(3, 65)),
                       must="right none 127")
        yield Scenario("out of processes: 0 to 40", command, prefixes=few_processes(range(0, 41)), must="right none 126")
        yield Scenario("little memory: address spaces of 4 to 512 MiB", command,
                       prefixes=limits("as", [mib << 20 for mib in (*range(4, 80, 4), 96, 128, 192, 256, 384, 512)]),
                       must="right none 127")
        yield Scenario("small files only: 4 to 256 KiB", command, must="right none",
                       prefixes=limits("fsize", [kib << 10 for kib in (4, 8, 16, 32, 64, 128, 256)]))
        yield Scenario("a small stack: 64 KiB to 1 MiB", command, must="right none",
                       prefixes=limits("stack", [kib << 10 for kib in (64, 128, 256, 512, 1024)]))
        yield Scenario("no locked memory, no signals in a queue", command, must="right none",
                       prefixes=limits("memlock", [0]) + limits("sigpending", [0, 1]))
        for kind in NAMESPACES:
            yield Scenario(f"out of {kind.replace('_', ' ')}: 0 to 8", command,
                           prefixes=few_namespaces(kind, range(0, 9)))
        yield Scenario("a disk that is full where it works: 4 KiB to 1 MiB", command,
                       prefixes=small_disk((4, 8, 16, 24, 32, 48, 64, 80, 96, 128, 192, 256, 384, 512, 1024)))
        for name in ("TMPDIR", "HOME"):
            yield Scenario(f"a full disk for {name}", command, prefixes=full_disk(f'"${name}"'))
            yield Scenario(f"a read-only disk for {name}", command, prefixes=read_only(f'"${name}"'))
            yield Scenario(f"{name} is not there", command, prefixes=(("env", f"{name}=/nonexistent"),))
            yield Scenario(f"{name} is not set", command, prefixes=(("env", "-u", name),))
        yield Scenario("a full /dev/shm", command, prefixes=full_disk("/dev/shm"))
        yield Scenario("a read-only /dev/shm", command, prefixes=read_only("/dev/shm"))


# ---- a capture that is not what it should be (between.py) ----

BETWEEN = {
    "is slow: half a second a packet": ("slow", "right none"), "comes byte by byte": ("trickle", "right none"),
    "has stamps that jump 5 hours back": ("back", "right none"), "has stamps that jump 5 hours ahead": ("ahead", "right none"),
    "has stamps that are all the same": ("same", "right none"), "has stamps of the year 2106": ("late", "right none"),
    "is cut off within a packet": ("cut", "2"), "has a packet without end": ("huge", "2"),
    "says that packets were dropped": ("dropped", "2"), "never says how many were dropped": ("mute", "2"),
    "ends at once": ("end", "2"),
}


def stand_between(mode):
    """(windsock gives tcpdump an environment of its own.)"""
    def before(world, _command):
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "between.py")
        path = os.path.join(world.lab.folder, "tcpdump")
        with open(path, "w", encoding="utf-8") as file:
            file.write(f'#!/bin/sh\nBETWEEN={mode} exec {sys.executable} -B {script} "$@"\n')
        os.chmod(path, 0o755)
        world.extra["WINDSOCK_TCPDUMP"] = path
    return before


def between():
    for what, (mode, must) in BETWEEN.items():
        yield Scenario(f"tcpdump {what}", "check of another", before=stand_between(mode), must=must)


# ---- watch ----

WATCHED = ("a grader of one", "the run", "the capture process", "a program's sandbox", "a program before its start",
           "the taker of calls", "the compiler's sandbox")


def watched():
    for who in WATCHED:
        called = "its check" if who == "a grader of one" else who
        yield Scenario(f"kill -9 of {called} as it waits for a save", "watch", fault=kill(who))
        yield Scenario(f"SIGSTOP of {called} as it waits for a save", "watch", fault=stop(who))
    for who, called in (("a grader of one", "its check"), ("the run", "the run"), ("the capture process",) * 2):
        yield Scenario(f"kill -9 of {called} as it checks", "watch", fault=kill(who), options={"busy": True})
        yield Scenario(f"SIGSTOP of {called} as it checks", "watch", fault=stop(who), options={"busy": True})
    yield Scenario("SIGSTOP of all of them as it waits for a save", "watch", fault=stop("all of them"))


# What once went wrong and takes no five seconds: part of every sample.
ONCE_WRONG = ("kill -9 of the compiler as it compiles", "kill -9 of unpack as it unpacks", "the program is cut off",
              "tcpdump has stamps that jump 5 hours ahead",
              "no memory for options of sockets, as one builds its lab and from then on")

TABLES = (kills, signals, clocks, errors, grade_kills, grade_signals, grade_errors, grade_meanwhile, damaged, little, between,
          watched, stops, grade_stops)
