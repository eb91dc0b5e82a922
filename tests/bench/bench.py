#!/usr/bin/env python3
"""Every question about speed, answered with ratios in one run: `make bench`.

    bench.py [--only NAME,NAME] [--long] [--quick] [--out FOLDER] [--list]
    bench.py --draw [--out FOLDER]

Each question is a program of its own beside this one (bench_NAME.py, where it stands how to read its figures); what it
prints is shown and kept. FOLDER gets bench.json (machine, load, version, every figure with median, p10 and p90, the
goals), bench.md (the answers as a table) and a picture a question. All are written anew after each question, so that
nothing is lost when a later one fails or is interrupted. What an earlier run of FOLDER answered stays where --only names
others.

A goal that is missed is told and is no error: speed depends on the machine. Exit status: 0, or 1 when a question could
not be answered."""

import argparse
import datetime
import json
import os
import signal
import subprocess
import sys

sys.dont_write_bytecode = True
import measure
import plot

# Name, program, arguments: always, --quick, --long; minutes after which it is given up.
QUESTIONS = (
    ("case", "bench_case.py", [], ["--rounds", "3", "--only", "bare,windsock,windsock-packet-socket,ipnetns"], ["--rounds", "60"], 10),
    ("watch", "bench_watch.py", ["--rounds", "9"], ["--rounds", "2", "--lessons", "01-udp-server"], ["--rounds", "31"], 10),
    ("class", "bench_grade.py", ["--students", "100"], ["--students", "4"], ["--students", "100,1000"], 60),
    ("workers", "bench_workers.py", [], ["--cases", "8", "--workers", "1,2"], ["--cases", "800"], 20),
    ("read", "bench_read.py", ["--packets", "200000"], ["--packets", "5000"], ["--packets", "1000000"], 20),
    ("hosts", "bench_hosts.py", [], ["--rounds", "1", "--hosts", "2,4"], ["--rounds", "21"], 10),
    ("items", "bench_items.py", [], ["--rounds", "1", "--items", "10,100"], ["--rounds", "15"], 10),
    ("records", "bench_records.py", [], ["--records", "10,100"], ["--records", "10,100,1000,10000,100000"], 60),
    ("capture", "bench_capture.py", [], ["--bursts", "2", "--rounds", "1"], ["--bursts", "200", "--rounds", "40"], 10),
    ("calls", "bench_calls.py", [], ["--rounds", "2", "--times", "200"], ["--rounds", "31"], 10),
)


def complain(text):
    print("bench.py: %s" % text, file=sys.stderr)


# ---- one question ----

def arguments_of(args, question):
    _, _, always, quick, longer, _ = question
    return always + (quick if args.quick else longer if args.long else [])


def command_of(args, question):
    return [sys.executable, os.path.join(measure.HERE, question[1]), "--windsock", args.windsock, "--bin", args.bin,
            "--json", os.path.join(args.out, question[0] + ".json"), *arguments_of(args, question)]


def copy_output(process, file):
    for line in process.stdout:
        sys.stdout.write(line)
        sys.stdout.flush()
        file.write(line)


def end_late(signum, frame):
    raise TimeoutError


def run(args, question):
    """The program's exit status, or why there is none."""
    with open(os.path.join(args.out, question[0] + ".txt"), "w", encoding="utf-8") as file:
        process = subprocess.Popen(command_of(args, question), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True)
        signal.signal(signal.SIGALRM, end_late)
        signal.alarm(60 * question[5])
        try:
            copy_output(process, file)
            return process.wait()
        except (TimeoutError, KeyboardInterrupt):
            os.killpg(process.pid, signal.SIGKILL)  # its process group is its own
            process.wait()
            if sys.exc_info()[0] is KeyboardInterrupt:
                raise
            return "not done within %d minutes" % question[5]
        finally:
            signal.alarm(0)


def tail(path):
    with open(path, encoding="utf-8") as file:
        return (file.read().strip().split("\n") or [""])[-1]


def ask(args, question):
    """The question's answer: what its program wrote, or {"failed": why}."""
    path = os.path.join(args.out, question[0] + ".json")
    begun = datetime.datetime.now(datetime.timezone.utc)
    before = measure.load()
    if os.path.exists(path):
        os.unlink(path)
    status = run(args, question)
    try:
        with open(path, encoding="utf-8") as file:
            answer = json.load(file)
        os.unlink(path)
    except (OSError, ValueError):
        said = tail(os.path.join(args.out, question[0] + ".txt"))
        answer = {"failed": status if isinstance(status, str) else "exit status %d: %s" % (status, said)}
    answer.update(name=question[0], command=[question[1], *arguments_of(args, question)], begun=begun.isoformat(timespec="seconds"),
                  seconds=round((datetime.datetime.now(datetime.timezone.utc) - begun).total_seconds(), 1),
                  load={"before": before, "behind": measure.load()})
    return answer


# ---- what is left ----

def foot(whole, answer):
    about = whole["machine"]
    return "%s %s, %d processors, load %.1f before and %.1f behind; windsock %s; %s; make bench-%s" % (
        about["system"], about["kernel"], about["processors"], answer["load"]["before"][0], answer["load"]["behind"][0],
        whole["commit"] or whole["version"], answer["begun"][:10], answer["name"])


def draw(args, whole):
    for answer in whole["answers"]:
        for i, one in enumerate(answer.get("plots", ())):
            name = one.get("name") or answer["name"]
            drawn = plot.draw({"title": one.get("title") or answer["question"],
                               "subtitle": one.get("subtitle") or answer["sentence"], "foot": foot(whole, answer), **one})
            with open(os.path.join(args.out, name + ".svg"), "w", encoding="utf-8") as file:
                file.write(drawn)


def table(whole):
    """The answers as Markdown."""
    out = ["| question | answer | goals |", "| --- | --- | --- |"]
    for answer in whole["answers"]:
        goals = "; ".join("%s (%s%s)" % (one["goal"], one["verdict"], "" if one["figure"] is None else ", %.2f" % one["figure"])
                          for one in answer.get("goals", ()))
        out.append("| %s | %s | %s |" % (answer.get("question", answer["name"]),
                                         answer.get("sentence", "not answered: %s" % answer.get("failed")), goals))
    return "\n".join(out) + "\n"


def keep(args, whole):
    path = os.path.join(args.out, "bench.json")
    with open(path + ".new", "w", encoding="utf-8") as file:
        json.dump(whole, file, indent=1)
        file.write("\n")
    os.rename(path + ".new", path)
    with open(os.path.join(args.out, "bench.md"), "w", encoding="utf-8") as file:
        file.write(table(whole))


def earlier(args):
    try:
        with open(os.path.join(args.out, "bench.json"), encoding="utf-8") as file:
            return json.load(file)["answers"]
    except (OSError, ValueError, KeyError):
        return []


def merge(whole, answer):
    """In the order of the questions."""
    order = [question[0] for question in QUESTIONS]
    rest = [one for one in whole["answers"] if one["name"] != answer["name"]]
    whole["answers"] = sorted(rest + [answer], key=lambda one: order.index(one["name"]) if one["name"] in order else 99)


def ask_all(args, whole):
    """How many questions could not be answered."""
    failed = 0
    for question in QUESTIONS:
        if question[0] not in args.only:
            continue
        print("\n== %s ==" % question[0], flush=True)
        answer = ask(args, question)
        merge(whole, answer)
        failed += "failed" in answer
        keep(args, whole)
        try:
            draw(args, whole)
        except (KeyError, ValueError, ArithmeticError) as error:  # the figures are kept all the same
            complain("%s could not be drawn: %r" % (question[0], error))
            failed += 1
        if "failed" in answer:
            complain("%s: %s" % (question[0], answer["failed"]))
    return failed


def read_arguments():
    names = [question[0] for question in QUESTIONS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--only", metavar="NAME,NAME", help="of " + ", ".join(names))
    add("--long", action="store_true", help="more rounds, a class of 1000, a capture of a million packets: an hour")
    add("--quick", action="store_true", help="one round of little, to see that it works: a minute")
    add("--out", default="bench", metavar="FOLDER", help="where the answers go (bench)")
    add("--draw", action="store_true", help="measure nothing, draw what FOLDER has")
    add("--list", action="store_true", help="print the names of the questions")
    add("--bin", default=measure.HERE, metavar="DIR", help="where bare, peer_server and peer_client are")
    add("--windsock", default="windsock", metavar="PATH", help="the program (windsock, from PATH)")
    args = parser.parse_args()
    args.only = args.only.split(",") if args.only else names
    for name in args.only:
        if name not in names:
            parser.error("--only \"%s\": there is %s" % (name, ", ".join(names)))
    args.out, args.bin = os.path.abspath(args.out), os.path.abspath(args.bin)
    return args


def main():
    args = read_arguments()
    if args.list:
        print("\n".join(question[0] for question in QUESTIONS))
        return 0
    os.makedirs(args.out, exist_ok=True)
    if args.draw:
        with open(os.path.join(args.out, "bench.json"), encoding="utf-8") as file:
            draw(args, json.load(file))
        return 0
    whole = {"machine": measure.machine(), **measure.version(args.windsock), "answers": earlier(args)}
    failed = ask_all(args, whole)
    print("\n" + table(whole))
    print("%s: bench.json, bench.md and a picture a question" % args.out)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
