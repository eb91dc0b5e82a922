"""Every command that README and the guides show runs, and prints what they say. Speaks TAP; started by guides.sh.

A page is worked off from above, in an empty folder of its own. A ```sh block is run by sh, in the folder in which the
block before it ended. A ```text block right behind it is a part of what it prints: each of its lines must be there,
numbers and the length of arrows apart. Comments above a block, which nobody sees who reads the page, say more:

    <!-- first: COMMAND -->    run before the block; $GIVEN is tests/lessons, with solutions and wrong programs
    <!-- status: 1 -->         how the block ends; 0 unless said; any, where that is the machine's affair
    <!-- file: NAME -->        the block is a file, put where the commands run
    <!-- not run: REASON -->   it needs a network, a terminal, an administrator

The last is counted: a page whose commands nobody runs proves nothing.
"""
import os
import pathlib
import re
import subprocess
import sys

WINDSOCK = pathlib.Path(os.environ["WINDSOCK"])
ROOT = pathlib.Path(os.environ["WINDSOCK_TESTS"]).parent
WORK = pathlib.Path(os.environ["WORK"])
PAGES = ["README.md", "docs/student-guide.md", "docs/instructor-guide.md"]
NOT_RUN_MOST = {"README.md": 3, "docs/student-guide.md": 4, "docs/instructor-guide.md": 6, "docs/add-a-lesson.md": 0}
count = 0


def result(good, what, *reasons):
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {what}", flush=True)
    for reason in reasons if not good else ():
        for line in str(reason).splitlines():
            print(f"# {line}")


def same(line):
    """A line without what differs from run to run."""
    line = re.sub(r"-?\d+(\.\d+)?", "N", line)
    line = re.sub(r"[─┄═ ]+", " ", line)
    return line.strip(" │")


def blocks(text):
    """(line, marks, kind, content, whether a text block stands right behind the block before it) of each block."""
    marks, found, lines = [], [], text.splitlines()
    i = behind = 0
    while i < len(lines):
        mark = re.match(r"<!-- ([a-z ]+): (.*) -->$", lines[i])
        fence = re.match(r"```(\w*)$", lines[i])
        if mark:
            marks.append(mark.groups())
        elif fence:
            end = lines.index("```", i + 1)
            found.append((i + 1, marks, fence.group(1), "\n".join(lines[i + 1:end]) + "\n", i == behind))
            marks, i, behind = [], end, end + 1
        elif lines[i].strip():
            marks = []
        i += 1
    return found


class Page:
    def __init__(self, name):
        self.name = name
        self.folder = WORK / pathlib.Path(name).stem
        self.folder.mkdir()
        (self.folder / "windsock").symlink_to(WINDSOCK)  # README says ./windsock
        self.where = self.folder
        self.printed = ""
        self.not_run = 0

    def sh(self, commands):
        """The exit status; what was printed is kept."""
        state = WORK / "where"
        environment = dict(os.environ, PATH=f"{WINDSOCK.parent}:{os.environ['PATH']}", COLUMNS="80", HOME=str(self.folder),
                           GIVEN=str(ROOT / "tests" / "lessons"))
        ran = subprocess.run(["sh", "-c", f"trap 'pwd >{state}' EXIT\n{commands}"], cwd=self.where, env=environment,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120,
                             text=True, check=False)
        self.printed = ran.stdout
        self.where = pathlib.Path(state.read_text().strip())
        return ran.returncode

    def run(self, line, marks, content):
        where = f"{self.name}:{line}: {content.splitlines()[0]}"
        reasons = [value for mark, value in marks if mark == "not run"]
        if reasons:
            self.not_run += 1
            print(f"# not run: {where} ({reasons[0]})")
            return
        wanted = next((value for mark, value in marks if mark == "status"), "0")
        commands = f"set -e\n{content}" if wanted == "0" else content
        status = self.sh(commands)
        result(wanted in ("any", str(status)), where, f"exit status {status}, expected {wanted}", self.printed)

    def compare(self, line, content):
        printed = {same(text) for text in self.printed.splitlines()}
        missing = [text for text in content.splitlines() if text.strip() and same(text) not in printed]
        result(not missing, f"{self.name}:{line}: what it prints", *(f"not printed: {text}" for text in missing),
               "but:", self.printed)

    def block(self, line, marks, kind, content, is_behind):
        for mark, value in marks:
            if mark == "first" and self.sh(value):
                result(False, f"{self.name}:{line}: first: {value}", self.printed)
        files = [value for mark, value in marks if mark == "file"]
        if files:
            (self.where / files[0]).write_text(content)
        elif kind == "sh":
            self.run(line, marks, content)
        elif kind == "text" and (is_behind or ("shows", "above") in marks):
            self.compare(line, content)


def work_off(name):
    page = Page(name)
    found = blocks((ROOT / name).read_text())
    for block in found:
        page.block(*block)
    commands = sum(kind == "sh" for _, _, kind, _, _ in found)
    result(commands > page.not_run and page.not_run <= NOT_RUN_MOST[name],
           f"{name}: {page.not_run} of {commands} blocks of commands are not run, at most {NOT_RUN_MOST[name]}")


for one in sys.argv[1:] or PAGES:
    if (ROOT / one).exists():
        work_off(one)
print(f"1..{count}")
