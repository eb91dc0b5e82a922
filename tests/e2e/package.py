"""What package.sh asks of packages: package.py COMMAND ARGUMENT...

    leaks TAR TESTS         prints each file of the tar that is somebody's solution or wrong program
    parse FOLDER            reads each JSON, YAML, Python file; prints what cannot be read
    steps FILE STUB         runs the commands of a workflow or of a GitLab job, as the service does, in the current folder
    check50 FOLDER          runs a problem's checks, with a check50 of a few lines, in the current folder"""
import ast
import glob
import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
import types


def leaks(tar, tests):
    known = {}
    for kind in ("solution", "wrong", "right"):
        for path in glob.glob("%s/lessons/*/%s/**/*" % (tests, kind), recursive=True):
            if os.path.isfile(path):
                known[hashlib.sha256(open(path, "rb").read()).digest()] = path
    if not known:
        print("no solutions found to compare with")
    with tarfile.open(tar) as archive:
        for member in archive:
            content = archive.extractfile(member).read()
            if hashlib.sha256(content).digest() in known:
                print(member.name, "is", known[hashlib.sha256(content).digest()])
            elif "/lessons/" in member.name and member.name.endswith("server.c"):
                print(member.name, "is what students write")


def parse(folder):
    try:
        import yaml
        yaml.SafeLoader.add_constructor("!exclude", lambda loader, node: node.value)
        yaml.SafeLoader.add_constructor("!require", lambda loader, node: node.value)
        read_yaml = yaml.safe_load
    except ImportError:
        read_yaml = str.splitlines
    readers = {".json": json.loads, ".yml": read_yaml, ".yaml": read_yaml, ".py": ast.parse}
    for where, _, names in os.walk(folder):
        for name in names:
            reader = readers.get(os.path.splitext(name)[1])
            path = os.path.join(where, name)
            try:
                text = open(path).read() if reader or name.endswith((".md", ".sh", "Dockerfile")) else ""
                if re.search("@[A-Z_]+@|@EACH|@END", text):
                    print(path, "has a place that was not filled in")
                if reader:
                    reader(text)
            except Exception as error:
                print(path, error)


def blocks(text):
    """The commands: what follows "run:", or a list's lines below "script:"."""
    lines = text.splitlines()
    for i, line in enumerate(lines):
        if re.match(r"\s*run: \|$", line):
            indent = len(line) - len(line.lstrip())
            rest = []
            for later in lines[i + 1:]:
                if later.strip() and len(later) - len(later.lstrip()) <= indent:
                    break
                rest.append(later.strip())
            yield "\n".join(rest)
        elif line.strip() == "script:":
            for later in lines[i + 1:]:
                if not later.startswith("    - "):
                    break
                word = later[6:]
                yield json.loads(word) if word.startswith('"') else word


def steps(path):
    for script in blocks(open(path).read()):
        status = subprocess.call(["bash", "-e", "-c", script])
        if status:
            sys.exit(status)


class Failure(Exception):
    def __init__(self, rationale, help=None):
        super().__init__(rationale)
        self.help = help


def check50(folder):
    checks = []

    def check(dependency=None, timeout=60):
        def keep(function):
            checks.append((function, dependency))
            return function
        return keep

    module = types.ModuleType("check50")
    module.check, module.Failure, module.log = check, Failure, lambda line: print("   ", line)
    sys.modules["check50"] = module
    exec(compile(open(folder + "/__init__.py").read(), folder, "exec"), {"__name__": "checks"})
    states = {}
    for function, dependency in checks:
        try:
            if dependency and dependency.__name__ not in states:
                print("-", function.__doc__)
                continue
            states[function.__name__] = function(*([states[dependency.__name__]] if dependency else []))
            print("passed:", function.__doc__)
        except Failure as failure:
            print("failed: %s: %s (%s)" % (function.__doc__, failure, failure.help))


{"leaks": leaks, "parse": parse, "steps": steps, "check50": check50}[sys.argv[1]](*sys.argv[2:])
