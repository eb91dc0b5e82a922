"""checks.py - what each platform's own description asks of its file, and what no text of a student may do there.

Each check takes the file's bytes and the records it was made from, and raises AssertionError."""

import base64
import csv
import io
import json
import re
import subprocess
import xml.etree.ElementTree

COLOUR = re.compile("\x1b\\[[0-9;]{0,21}m")
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")


def must(holds, why):
    if not holds:
        raise AssertionError(why)


def has(value, key, kind, least=None, most=None):
    must(key in value, "%s is missing" % key)
    must(isinstance(value[key], kind) and not (isinstance(value[key], bool) and kind is not bool),
         "%s is %r" % (key, value[key]))
    must(least is None or value[key] >= least, "%s is below %r" % (key, least))
    must(most is None or value[key] <= most, "%s is above %r" % (key, most))
    return value[key]


NUMBER = (int, float)


def one_of(value, key, words):
    must(value.get(key) in words, "%s is %r" % (key, value.get(key)))


def only(value, keys):
    must(set(value) <= set(keys.split()), "unknown keys: %s" % (set(value) - set(keys.split())))


def unique(pairs):
    must(len({key for key, _ in pairs}) == len(pairs), "a key stands twice")
    return dict(pairs)


def parse(text):
    def refuse(word):
        raise AssertionError("%s is no JSON" % word)
    return json.loads(text, object_pairs_hook=unique, parse_constant=refuse)


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, member in value.items():
            yield key
            yield from strings(member)
    elif isinstance(value, list):
        for member in value:
            yield from strings(member)


def harmless(value, colours=False):
    for string in strings(value):
        found = CONTROL.search(COLOUR.sub("", string) if colours else string)
        must(not found, "a control character: %r" % (found and found.group()))


def units(string):
    return len(string.encode("utf-16-le")) // 2


def cases(records):
    return [c for r in records for c in r["cases"]] or []


def statuses(records):
    return {c["status"] for c in cases(records)} | {r["status"] for r in records}


def total(records, key):
    return sum(c[key] for c in cases(records) if c["status"] not in ("skip", "inconclusive"))


# ---- Gradescope ----

def gradescope(data, records):
    root = parse(data.decode())
    harmless(root, colours=True)
    only(root, "score execution_time output output_format test_output_format test_name_format visibility "
               "stdout_visibility extra_data tests leaderboard")
    has(root, "execution_time", NUMBER, 0)
    has(root, "output", str)
    one_of(root, "output_format", ["text"])
    scores = 0
    for test in has(root, "tests", list):
        only(test, "score max_score status name name_format number output output_format tags visibility extra_data")
        has(test, "name", str)
        has(test, "output", str)
        one_of(test, "name_format", ["text"])
        one_of(test, "output_format", ["text", "ansi"])
        must(test["output_format"] == "ansi" or "\x1b" not in test["output"], "colours where none can be")
        if "score" in test:
            has(test, "score", NUMBER, 0, has(test, "max_score", NUMBER, 0))
            one_of(test, "status", ["passed", "failed"])
            scores += 1
        else:
            must("status" not in test and "max_score" not in test, "no score, but a status")
    must(scores or "score" in root, "neither a score nor a test with one")
    must(not scores or "score" not in root, "the whole score would hide the tests'")
    must(sum(t.get("score", 0) for t in root["tests"]) == (total(records, "points") if cases(records) else 0), "the sum")
    if records[0]["status"] == "error" and cases(records):
        must(root["tests"][0]["name"].endswith("Build") and root["tests"][0]["status"] == "failed", "Build is missing")


# ---- Exercism ----

def exercism(data, records):
    root = parse(data.decode())
    harmless(root)
    only(root, "version status message tests")
    must(has(root, "version", int) == 3, "the version")
    one_of(root, "status", ["pass", "fail", "error"])
    if root["status"] == "error":
        must(1 <= units(has(root, "message", str)) <= 65535, "the message's length")
        must("tests" not in root, "tests beside an error")
        return
    must(root.get("message") is None, "a message beside tests")
    for test in has(root, "tests", list):
        only(test, "name status message test_code output task_id")
        must(has(test, "name", str) is not None, "a name")
        one_of(test, "status", ["pass", "fail", "error"])
        has(test, "test_code", str)
        must(test["status"] == "pass" or has(test, "message", str), "no message")
        must(units(test.get("output", "")) <= 500, "more than 500 characters of output")
    must((root["status"] == "pass") == all(t["status"] == "pass" for t in root["tests"]), "the status")
    told = [c for c in cases(records) if c["status"] != "skip"]
    must(len(told) == len(root["tests"]), "the number of tests")


# ---- GitHub Classroom ----

def github_classroom(data, records):
    must(data.startswith(b"result=") and data.endswith(b"\n") and data.count(b"\n") == 1, "not one line")
    must(len(data) < 128 << 10, "longer than Linux lets an environment variable be")
    root = parse(base64.b64decode(data[7:-1], validate=True).decode())
    harmless(root)
    must(not any("::" in s or "##[" in s for s in strings(root)), "a command for the runner")
    only(root, "version status max_score tests")
    must(has(root, "version", int) == 1, "the version")
    one_of(root, "status", ["pass", "fail", "error"])
    has(root, "max_score", NUMBER, 0)
    for test in has(root, "tests", list):
        only(test, "name status score message test_code filename line_no execution_time")
        has(test, "name", str)
        one_of(test, "status", ["pass", "fail", "error"])
        has(test, "score", NUMBER, 0)
        must(test["status"] != "error" or has(test, "message", str), "an error without a message")
        must(test.get("message") is None or isinstance(test["message"], str), "the message")
    must(sum(t["score"] for t in root["tests"]) ==
         sum(c["points"] for c in cases(records) if c["status"] != "skip"), "the sum of scores")
    must(root["status"] != "pass" or statuses(records) <= {"pass", "skip"}, "the status")


# ---- Autolab ----

def edited(line):
    """What the server does with the line before it reads it."""
    return re.sub("([a-zA-Z0-9]+):", "\"\\1\":", line)


def autolab(data, records):
    lines = data.decode().rstrip("\n").split("\n")
    harmless(lines)
    for line in lines[:-2]:
        must(not line.startswith("{"), "a forged line")
    if "inconclusive" in statuses(records):
        must(lines[-1].startswith("No scores:"), "scores of what was inconclusive")
        return
    stages, scores = parse(edited(lines[-2])), parse(edited(lines[-1]))
    must(stages == parse(lines[-2]) and scores == parse(lines[-1]), "the server's edit changes it")
    only(scores, "scores scoreboard")
    for name in has(scores, "scores", dict):
        has(scores["scores"], name, NUMBER, 0)
    one_of(stages, "_presentation", ["semantic"])
    for stage in has(stages, "stages", list):
        for check in has(stages, stage, dict).values():
            only(check, "passed hint")
            has(check, "passed", bool)
    names = [c["name"] for c in cases(records)]
    if cases(records) and len(set(names)) == len(names) and len(records) == 1:
        told = [c for c in cases(records) if c["status"] != "skip"]
        must(sum(scores["scores"].values()) == sum(c["points"] for c in told) or len(scores["scores"]) < len(told),
             "the sum of scores")
    if records[0]["status"] == "error":
        must(not all(check["passed"] for check in stages["Build"].values()), "Build passed")


# ---- PrairieLearn ----

def prairielearn_images(images):
    for image in images:
        only(image, "label url")
        has(image, "label", str)
        kind, _, code = has(image, "url", str).partition(",")
        must(kind == "data:image/svg+xml;base64", "the data URL")
        base64.b64decode(code, validate=True)


def prairielearn(data, records):
    root = parse(data.decode())
    must(len(data) < 1000000, "more than 1 MB")
    harmless(root)
    only(root, "gradable score message output images tests format_errors")
    has(root, "score", NUMBER, 0, 1)
    if not has(root, "gradable", bool):
        has(root, "format_errors", str)
        must("tests" not in root, "tests of what is not gradable")
        return
    must(statuses(records) <= {"pass", "fail", "skip"}, "gradable, though it was not judged")
    must(abs(root["score"] - total(records, "points") / total(records, "max_points")) < 1e-9, "the score")
    for test in has(root, "tests", list):
        only(test, "name description points max_points message output images")
        has(test, "points", NUMBER, 0, has(test, "max_points", NUMBER, 0))
        for key in ("name", "description", "message", "output"):
            has(test, key, str)
        prairielearn_images(has(test, "images", list))


# ---- check50 ----

def check50(data, records):
    root = parse(data.decode())
    harmless(root)
    only(root, "slug version results")
    has(root, "slug", str)
    has(root, "version", str)
    names = [check["name"] for check in has(root, "results", list)]
    for check in root["results"]:
        only(check, "name description passed log cause data dependency")
        has(check, "name", str)
        has(check, "description", str)
        must(check["passed"] in (True, False, None), "passed")
        must(all(isinstance(line, str) for line in has(check, "log", list)), "the log")
        has(check, "data", dict)
        must(check["dependency"] is None or check["dependency"] in names, "the dependency")
        must((check["cause"] is None) == (check["passed"] is True), "the cause")
        if check["cause"]:
            only(check["cause"], "rationale help expected actual")
            has(check["cause"], "rationale", str)


# ---- JUnit ----

def junit(data, records):
    root = xml.etree.ElementTree.fromstring(data)
    must(root.tag == "testsuites" and len(root) == len(records), "the suites")
    for number, (suite, record) in enumerate(zip(root, records)):
        tests = suite.findall("testcase")
        must(suite.get("id") == str(number), "the id")
        must(int(suite.get("tests")) == len(tests) == (len(record["cases"]) or 1), "the number of tests")
        for attribute, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            must(int(suite.get(attribute)) == len(suite.findall("testcase/" + element)), attribute)
    for text in [element.text or "" for element in root.iter()] + [v for e in root.iter() for v in e.attrib.values()]:
        harmless(text)


def junit_schemas(path, schemas):
    for schema in ("JUnit.xsd", "junit-10.xsd"):
        done = subprocess.run(["xmllint", "--huge", "--noout", "--nonet", "--schema", "%s/%s" % (schemas, schema), path],
                              capture_output=True)
        must(done.returncode == 0, "%s: %s" % (schema, done.stderr.decode(errors="replace")[:500]))


# ---- TAP ----

def tap(data, records):
    """Lines only; TAP::Parser reads it whole (tap.pl)."""
    lines = data.decode().split("\n")
    harmless(lines)
    must(lines[0] == "TAP version 14", "the version")
    points = [line for line in lines if line.startswith(("ok ", "not ok "))]
    plans = [line for line in lines if re.match("1\\.\\.[0-9]+", line)]
    told = [c for r in records for c in (r["cases"] or [{"status": r["status"]}])]
    must(len(plans) == 1 and plans[0] == "1..%d" % len(points) and len(points) == len(told), "the plan")
    for number, (line, told_case) in enumerate(zip(points, told), 1):
        wrong = told_case["status"] in ("fail", "error")
        must(line.startswith("%s %d - " % ("not ok" if wrong else "ok", number)), line)
        directive = re.search(r"(?<!\\)(?:\\\\)*# (SKIP|TODO)", line)
        must(bool(directive) == (told_case["status"] in ("skip", "inconclusive")), "the directive: " + line)
    bails = [line for line in lines if line.lower().startswith("bail out!")]
    must(len(bails) == any(c["status"] == "inconclusive" for c in told), "Bail out!")


def tap_parser(path, script):
    done = subprocess.run(["perl", script, path], capture_output=True)
    must(done.returncode == 0, done.stdout.decode(errors="replace")[:500] + done.stderr.decode(errors="replace")[:500])


# ---- CSV ----

def csv_file(data, records):
    text = data.decode()
    must(text.endswith("\r\n") and text.count("\r\n") == text.count("\n") == text.count("\r") == len(records) + 1,
         "the line ends of RFC 4180, one a record")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    must(all(len(row) == len(rows[0]) == 11 for row in rows), "the number of columns")
    harmless(rows)
    for row, record in zip(rows[1:], records):
        for cell in row:
            must(units(cell) <= 32767, "more than a cell of Excel holds")
            must(not re.match("^\\s*[=+\\-@\uff1d\uff0b\uff0d\uff20]", cell), "a formula: %r" % cell[:40])
        must(row[2:5] == [record["status"], str(record["points"]), str(record["max_points"])], "the points")


# ---- JSON lines ----

def jsonl(data, records):
    lines = data.decode().split("\n")
    must(lines.pop() == "" and len(lines) == len(records), "a line a record")
    for line, record in zip(lines, records):
        read = parse(line)
        for key in ("student", "lesson", "status", "message", "seed", "points"):
            must(read[key] == record[key], key)
        for one, other in zip(read["cases"], record["cases"]):
            must(all(one[key] == value for key, value in other.items()), "a case")


def page(data, records):
    """The page's data; what a browser makes of it is looked at in tests/page."""
    text = data.decode()
    data = re.findall("<script type=\"application/json\"(?: class=\"head\"| id=\"[a-z]+\")?>(.*?)</script>", text, re.S)
    must(len(data) == 2 * len(records) + 2, "%d pieces of data" % len(data))
    must(not any(set(piece) & set("<>&") for piece in data), "markup in the data")
    heads, details = ([parse(piece) for piece in data[first::2]] for first in (2, 3))
    for head, detail, record in zip(heads, details, records):
        must(head[:5] == [record[key] for key in ("student", "lesson", "status", "points", "max_points")], head[:5])
        must([one["status"] for one in detail["cases"]] == [c["status"] for c in record["cases"]] or not record["cases"],
             "the cases")
        for one in detail["cases"]:
            one.pop("svg", None)
        harmless(detail)


CHECKS = {
    "gradescope": gradescope, "exercism": exercism, "github-classroom": github_classroom, "autolab": autolab,
    "prairielearn": prairielearn, "check50": check50, "junit": junit, "tap": tap, "csv": csv_file, "jsonl": jsonl,
    "page": page,
}
LISTS = ("junit", "tap", "csv", "jsonl", "page")
