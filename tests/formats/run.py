"""run.py WINDSOCK FOLDER [FORMAT...] - each format (or those) over each record, and lists over all of them, as TAP."""

import json
import os
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import checks
import records

HERE = os.path.dirname(os.path.abspath(__file__))
WINDSOCK, FOLDER = sys.argv[1:3]
count = failed = 0


def tell(what, problems):
    global count, failed
    count += 1
    failed += bool(problems)
    print("%sok %d - %s" % ("not " if problems else "", count, what))
    for problem in problems[:5]:
        print("# " + problem.replace("\n", " ")[:400])


def skip(what, why):
    global count, failed
    count += 1
    must_run = bool(os.environ.get("WINDSOCK_MUST_RUN"))
    failed += must_run
    print("%sok %d - %s%s %s" % ("not " if must_run else "", count, what, ":" if must_run else " # SKIP", why))


def report(name, paths, out):
    return subprocess.run([WINDSOCK, "report", "--format", name, "-o", out] + paths, capture_output=True, timeout=120)


def judge(name, of, paths, out, alone=True):
    """The problem, or None. ALONE: judged by other programs, too, not only as part of a list."""
    done = report(name, paths, out)
    undecided = "inconclusive" in checks.statuses(of)
    if name == "exercism" and undecided:
        if done.returncode == 2 and b"run it again" in done.stderr and not os.path.exists(out):
            return None
        return "exit status %d for what is inconclusive, or a file" % done.returncode
    if done.returncode:
        return "exit status %d: %s" % (done.returncode, done.stderr.decode(errors="replace"))
    with open(out, "rb") as file:
        data = file.read()
    try:
        checks.CHECKS[name](data, of)
        if name == "junit" and alone and shutil.which("xmllint"):
            checks.junit_schemas(out, os.path.join(HERE, "schemas"))
        if name == "tap" and alone and shutil.which("perl"):
            checks.tap_parser(out, os.path.join(HERE, "tap.pl"))
    except (AssertionError, ValueError, KeyError, SyntaxError) as error:
        return "%s: %s" % (type(error).__name__, error)
    return None


def of_one_student(all_of):
    """Documents of several lessons, as a platform's assignment may have them."""
    yield "two lessons", [all_of["right"], dict(all_of["wrong"], lesson="02-udp-client-port")]
    yield "one that does not compile", [all_of["wrong"], dict(all_of["build"], lesson="02-udp-client-port")]


def main():
    all_of = records.all_records()
    paths = {}
    for name, record in all_of.items():
        paths[name] = os.path.join(FOLDER, name + ".json")
        with open(paths[name], "w") as file:
            json.dump(record, file)
    listed = subprocess.run([WINDSOCK, "report"], capture_output=True).stdout.decode().split("\n")
    listed = {line.split()[0] for line in listed if line}
    tell("each format is checked here", sorted(set(checks.CHECKS) - listed))
    every = int(os.environ.get("WINDSOCK_SAMPLE") or 1)
    for format_name in sys.argv[3:] or checks.CHECKS:
        out = os.path.join(FOLDER, "out." + format_name)
        for group, names in (("ordinary", [n for n in all_of if "hostile" not in n]),
                             ("hostile", [n for n in all_of if "hostile" in n])):
            problems = []
            for name in names[::every]:
                if os.path.exists(out):
                    os.unlink(out)
                problem = judge(format_name, [all_of[name]], [paths[name]], out, group == "ordinary")
                problems += ["%s: %s" % (name, problem)] if problem else []
            tell("%s: %d %s records, one by one" % (format_name, len(names[::every]), group), problems)
        if format_name in checks.LISTS:
            problem = judge(format_name, list(all_of.values()), list(paths.values()), out)
            tell("%s: all of them in one list" % format_name, [problem] if problem else [])
        else:
            for what, some in of_one_student(all_of):
                some_paths = []
                for number, record in enumerate(some):
                    some_paths.append(os.path.join(FOLDER, "some-%d.json" % number))
                    with open(some_paths[-1], "w") as file:
                        json.dump(record, file)
                problem = judge(format_name, some, some_paths, out)
                tell("%s: %s" % (format_name, what), [problem] if problem else [])
    for tool, what in (("xmllint", "JUnit XML against both schemas"), ("perl", "TAP by TAP::Parser")):
        if not shutil.which(tool):
            skip(what, "%s is not here" % tool)
    print("1..%d" % count)
    return 1 if failed else 0


sys.exit(main())
