"""records.py - records of graded submissions for the tests of formats: ordinary ones, and hostile ones."""

import random

NASTY = [
    "]]>", "<script>alert(1)</script>", "<![CDATA[", "&amp;", "&", "\"", "'", "\\", "\\u0000", "\x1b[2J", "\x1b]0;t\x07",
    "\x01", "\x08", "\x7f", "\u009b31m", "\u202e", "\ufeff", "\ufffe", "\uffff", "\U0001f427", "e\u0301", "\r\n", "\r",
    "\n", "\t", "::error::x", "\n::set-output name=a::b", "##[error]x", "10.0.0.1:7777", "tcp:bind", "=1+1", "+1", "-1",
    "@SUM(A1)", "\uff1d1", " =1", ",", ";", "# SKIP", "# TODO", "not ok 1", "\nok 1 - forged", "\nBail out! forged",
    "\n1..0", "\n  ...\n", "\n  ---\n", "%0A", "{\"scores\": {\"all\": 100}}", "\n{\"scores\": {\"all\": 100}}\n", "#", "|",
    "`", "$(id)", "${x}", "{{x}}", "\u2028", "\u0085",
]
STATUSES = ["pass", "fail", "error", "skip", "inconclusive"]


def case(name, status="pass", points=None, most=4, **more):
    return dict({
        "name": name, "title": "Title of " + name, "status": status,
        "points": points if points is not None else most if status == "pass" else 0, "max_points": most,
        "duration_us": 123456, "attempts": 1, "repeat": "windsock check 01-udp-server --case %s --seed s" % name,
    }, **more)


def wrong(name, **more):
    return case(name, "fail", diagnosis="swapped-port", seen="a bound port 24862; expected 7777.",
                means="24862 is 7777 with its two bytes exchanged.", next="Write sin_port = htons(port).",
                expected="udp b: -> a:7777 \"question\"", observed="nothing", where="traces/%s.trace:3" % name,
                source="server.c:31", picture="  a       b\n  |<------|  7777\n",
                picture_ansi="  a       b\n  |\x1b[31m<------\x1b[0m|  7777\n",
                picture_svg="<svg xmlns=\"http://www.w3.org/2000/svg\"><title>\u2190</title></svg>",
                calls="socket(AF_INET, SOCK_DGRAM) = 3\n", output="ready\n", **more)


def record(cases, status=None, student="ann", lesson="01-udp-server", **more):
    order = ["error", "inconclusive", "fail", "pass", "skip"]
    counted = [c for c in cases if c["status"] != "skip"]
    return dict({
        "windsock_result": 1, "course": "networks 2026", "lesson": lesson, "student": student, "seed": "0a1b",
        "status": status or min((c["status"] for c in cases), key=order.index),
        "points": sum(c["points"] for c in counted), "max_points": sum(c["max_points"] for c in counted),
        "message": "", "windsock": "0.1.0", "node": "node1", "started": 1767225600, "duration_us": 412345, "cases": cases,
    }, **more)


def hostile_string(draw, longest=8):
    return "".join(draw.choice(NASTY) for _ in range(draw.randrange(longest + 1)))


def hostile(seed):
    draw = random.Random(seed)
    text = lambda: hostile_string(draw)
    keys = ["title", "diagnosis", "seen", "means", "next", "reason", "expected", "observed", "where", "source",
            "picture", "picture_ansi", "picture_svg", "calls", "output", "repeat"]
    statuses = draw.sample(STATUSES, draw.randrange(1, 6))
    cases = [case(text(), draw.choice(statuses), **{key: text() for key in keys}) for _ in range(draw.randrange(1, 6))]
    return record(cases, student=text(), lesson=text(), course=text(), seed=text(), message=text(), compiler=text(),
                  windsock=text(), node=text(), kernel=text(), started=draw.randrange(253402300800),
                  remarks=[text() for _ in range(draw.randrange(3))],
                  files=[{"name": text(), "remark": text()} for _ in range(draw.randrange(3))])


def huge():
    """1 MB in each text that may be long."""
    megabyte = ("0123456789abcdef\U0001f427]]>\x1b[31m\n" * 40000)[:1 << 20]
    return record([case("one", "fail", seen=megabyte, output=megabyte, picture=megabyte, picture_ansi=megabyte,
                        picture_svg=megabyte, expected=megabyte, repeat=megabyte, title=megabyte, diagnosis=megabyte),
                   case("two", "pass", output=megabyte)], message=megabyte, compiler=megabyte, remarks=[megabyte])


def all_records():
    """name -> record"""
    records = {
        "right": record([case("one-question"), case("two-clients", most=2)]),
        "wrong": record([case("one-question"), wrong("two-clients", attempts=2)], message="a bound port 24862."),
        "build": record([case("one-question", "error"), case("two-clients", "error")], compiler="server.c:1: error: x\n",
                        message="server.c does not compile.", remarks=["1 file was left out."],
                        files=[{"name": "server.c", "sha256": "0" * 64, "remark": "was called Server.c"}]),
        "missing": record([], "error", points=0, max_points=8, message="server.c was not handed in."),
        "some-skipped": record([case("one-question"), case("nat", "skip", reason="no nft nat in this kernel")]),
        "all-skipped": record([case("nat", "skip", reason="no nft nat in this kernel")]),
        "inconclusive": record([case("one-question"), case("two-clients", "inconclusive", reason="packets were dropped.")]),
        "many": record([case("case-%d" % i, "fail", most=1, seen="x" * 300) for i in range(2000)]),
        "too-many": record([case("case-%d" % i, "pass", most=1) for i in range(5000)]),
        "huge": huge(),
        "long-build": record([case("one", "error")], compiler="server.c:1: error: x\n" * 10000, message="Does not compile."),
        "two-megabytes": record([dict(wrong("one"), picture_svg="x" * 1500000)]),
        "colons": record([dict(wrong("one"), picture="a: b\n\"c\": d\n- e\n...\n---\n")]),
    }
    for seed in range(40):
        records["hostile-%d" % seed] = hostile(seed)
    return records
