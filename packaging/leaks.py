"""leaks.py STUDENTS SOURCE - whether what is handed to students holds a solution, a right or a wrong program of
SOURCE/tests/lessons: by path, by content, and by lines. Prints each place, and exits with 1 where there is one."""

import pathlib
import re
import sys

STUDENTS, SOURCE = map(pathlib.Path, sys.argv[1:3])
FIXTURES = [path for path in SOURCE.glob("tests/lessons/*/*/*") if path.suffix in (".c", ".nft", ".trace")]
TELLING = 20  # characters: shorter lines tell nothing
MOST = 5  # of one fixture's telling lines in one file


def lines(path):
    """Without their spaces: an indented copy is a copy."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return set()
    return {line for line in (re.sub(r"\s+", "", line) for line in text.splitlines()) if len(line) >= TELLING}


def main():
    files = [path for path in STUDENTS.rglob("*") if path.is_file()]
    if not FIXTURES or not files:
        sys.exit("leaks.py: %d fixtures, %d files: nothing to compare" % (len(FIXTURES), len(files)))
    faults = ["%s: a folder of solutions" % path for path in STUDENTS.rglob("*")
              if path.name in ("solution", "wrong", "right") and path.is_dir()]
    whole = {path.read_bytes(): path for path in FIXTURES}
    faults += ["%s: is %s" % (path, whole[path.read_bytes()]) for path in files if path.read_bytes() in whole]

    # What the lessons give away themselves, in skeletons and in programs that stand ready, tells nothing.
    given = set().union(*(lines(path) for path in SOURCE.glob("lessons/*/*") if path.is_file()))
    telling = {path: lines(path) - given for path in FIXTURES}
    for path in files:
        own = lines(path)
        for fixture, wanted in telling.items():
            same = own & wanted
            if len(same) > MOST:
                faults.append("%s: %d lines of %s, such as %s" % (path, len(same), fixture, sorted(same)[0]))
    skeletons = [STUDENTS / path.relative_to(SOURCE).parent / name for path in SOURCE.glob("lessons/*/lesson") for name in
                 re.findall(r"^program \S+ student (\S+)", path.read_text(encoding="utf-8"), re.M)]
    faults += ["%s: is no skeleton: it has no TODO" % path for path in skeletons if "TODO(" not in path.read_text("utf-8")]
    print("\n".join(faults) if faults else "%d files: none of %d solutions and other programs, %d skeletons" %
          (len(files), len(FIXTURES), len(skeletons)))
    sys.exit(bool(faults))


main()
