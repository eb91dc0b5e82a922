#!/usr/bin/env python3
"""make_class.py LAYOUT FOLDER [COUNT]: a class of 20 (or COUNT) submissions of 01-udp-server, as a platform hands it out.

Every second one is the solution; the others are wrong programs of tests/lessons, and what students hand in besides:
another name, other line ends, nothing at all. The same student has the same program in every layout."""
import io
import os
import subprocess
import sys
import tarfile
import zipfile

TESTS = os.environ.get("WINDSOCK_TESTS") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
LESSON = os.path.join(TESTS, "lessons", "01-udp-server")
WRONG = ["no-htons", "no-bind", "echo", "once", "other-port", "loopback", "never-answers"]


def read(name):
    with open(os.path.join(LESSON, name), "rb") as file:
        return file.read()


def program(i):
    """What student number i hands in: name and bytes, or None."""
    good = read("solution/server.c")
    odd = {
        1: ("Server.c", good),
        3: ("server.c", good.replace(b"\n", b"\r\n")),
        5: ("server.c", b"\xef\xbb\xbf" + good),
        7: ("server.c", b"/* gr\xfc\xdfe */\n" + good),
        9: ("server.c", b""),
        11: None,
        13: ("server.c", good + b"\nint main(void)\n{\n\treturn 0;\n}\n"),
        15: ("main.c", good),
    }
    if i in odd:
        return odd[i]
    if i % 2 == 0 and i % 20 < 14:
        return ("server.c", good)
    return ("server.c", read("wrong/%s.c" % WRONG[i % len(WRONG)]))


def put(folder, name, data):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(data)


def files(i):
    one = program(i)
    return [one] if one else [("notes.txt", b"I was ill.\n")]


def folders(out, count):
    for i in range(count):
        for name, data in files(i):
            put("%s/s%02d" % (out, i), name, data)


def lessons(out, count):
    names = ["01-udp-server", "01", "Lesson 1", "udp_server"]
    for i in range(count):
        for name, data in files(i):
            put("%s/s%02d/%s" % (out, i, names[i % 4]), name, data)


def gradescope(out, count):
    yml = ""
    for i in range(count):
        yml += "submission_%d:\n  :submitters:\n  - :name: Student %d\n    :sid: s%02d\n    :email: s%d@example.edu\n" % (
            900 - i, i, i, i)
        yml += "  :created_at: 2026-11-02 10:00:00.000000000 Z\n"
        for name, data in files(i):
            put("%s/submission_%d" % (out, 900 - i), name, data)
    put(out, "submission_metadata.yml", yml.encode())


def canvas(out, count):
    for i in range(count):
        for name, data in files(i):
            stem, ending = os.path.splitext(name)
            again = "-1" if i == 4 else ""
            late = "LATE_" if i == 6 else ""
            put(out, "s%02d_%s%d_%d_%s%s%s" % (i, late, 4700 + i, 81500 + i, stem, again, ending), data)


def moodle(out, count):
    for i in range(count):
        for name, data in files(i):
            put("%s/S %02d_%d_assignsubmission_file_" % (out, i, 4700 + i), name, data)


def archives(out, count):
    os.makedirs(out, exist_ok=True)
    for i in range(count):
        if i % 2:
            with zipfile.ZipFile("%s/s%02d.zip" % (out, i), "w", zipfile.ZIP_DEFLATED) as archive:
                for name, data in files(i):
                    archive.writestr("my work/" + name, data)
                    archive.writestr("__MACOSX/my work/._" + name, b"x")
        else:
            kind = ["gz", "xz", "bz2", ""][i // 2 % 4]
            with tarfile.open("%s/s%02d.tar%s" % (out, i, kind and "." + kind), "w:" + kind) as archive:
                for name, data in files(i):
                    info = tarfile.TarInfo("./" + name)
                    info.size = len(data)
                    archive.addfile(info, io.BytesIO(data))


def git(out, count):
    for i in range(count):
        for name, data in files(i):
            put("%s/s%02d" % (out, i), name, data)
        # What git keeps may have a name that a lesson asks for.
        put("%s/s%02d/.git/objects" % (out, i), "server.c", b"not this one")


def mapped(out, count):
    lines = "# who is who\n"
    for i in range(count):
        for name, data in files(i):
            put("%s/dump/%d x" % (out, 7 * i), name, data)
        lines += "s%02d\tdump/%d x\n" % (i, 7 * i)
    put(out, "map", lines.encode())


if __name__ == "__main__":
    layout = {f.__name__: f for f in (folders, lessons, gradescope, canvas, moodle, archives, git, mapped)}
    layout[sys.argv[1]](sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 20)
