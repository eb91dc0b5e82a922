"""Help, manual pages, completion and docs/ name the same commands and options. Speaks TAP; started by documentation.sh.

The one truth is the program: its commands (`windsock help --words`), its usage lines, and the tables of options in
harness/cmd_NAME.c. docs/commands.md must say the same; everything else is made from that page.
"""
import os
import pathlib
import re
import shutil
import subprocess

WINDSOCK = os.environ["WINDSOCK"]
TESTS = pathlib.Path(os.environ["WINDSOCK_TESTS"])
ROOT = TESTS.parent
DOCS = ROOT / "docs"
LESSONS = pathlib.Path(os.environ["WINDSOCK_LESSONS"])
MUST_RUN = bool(os.environ.get("WINDSOCK_MUST_RUN"))
count = 0


def result(good, what, *reasons):
    global count
    count += 1
    print(f"{'ok' if good else 'not ok'} {count} - {what}")
    for reason in reasons if not good else ():
        print(f"# {reason}")


def skip(what, why):
    global count
    if MUST_RUN:
        return result(False, what, f"WINDSOCK_MUST_RUN is set, but {why}")
    count += 1
    print(f"ok {count} - {what} # SKIP {why}")


def run(*words, **more):
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, **more)


def words(*of):
    """What `windsock help --words` says: lists of fields."""
    return [line.split("\t") for line in run(WINDSOCK, "help", "--words", *of).stdout.splitlines()]


COMMANDS = [fields[0] for fields in words()]
OPTIONS = {name: {fields[0] for fields in words(name) if fields[0]} for name in COMMANDS}


def squeeze(text):
    return " ".join(text.split())


# ---- docs/commands.md and the program ----

def sections():
    """The sections of docs/commands.md that are called like a command, with their text."""
    page = (DOCS / "commands.md").read_text()
    return dict(re.findall(r"^## ([a-z]+)\n(.*?)(?=^## |\Z)", page, re.M | re.S))


def documented_usage(section):
    found = re.search(r"\n((?: {4}.*\n)+)", section)
    return squeeze(found.group(1)) if found else ""


def taken_options(command):
    """The long options in the table of the command's source."""
    source = ROOT / "harness" / f"cmd_{command}.c"
    text = source.read_text() if source.exists() else ""
    return {"--" + name for name in re.findall(r'\{"([a-z-]+)",\s*(?:no|required|optional)_argument', text)}


def check_command(name, section):
    usage = re.search(r"^usage: (.*)", run(WINDSOCK, name, "--no-such-option").stderr, re.M)
    usage = squeeze(usage.group(1)) if usage else ""
    result(usage == documented_usage(section), f"{name}: the usage line", f"the program: {usage}",
           f"docs/commands.md: {documented_usage(section)}")
    documented = {option for option in OPTIONS[name] if option.startswith("--")} - {"--words"}
    taken = taken_options(name)
    result(documented == taken, f"{name}: its options", f"only in the program: {sorted(taken - documented)}",
           f"only in docs/commands.md: {sorted(documented - taken)}")
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", usage))
    result(shown <= taken, f"{name}: the usage line names options that there are", f"{sorted(shown - taken)}")


def check_commands():
    known = sections()
    result(set(known) == set(COMMANDS), "docs/commands.md has a section for each command",
           f"without a section: {sorted(set(COMMANDS) - set(known))}",
           f"no command: {sorted(set(known) - set(COMMANDS))}")
    for name in COMMANDS:
        check_command(name, known.get(name, ""))
    overview = run(WINDSOCK, "help").stdout
    missing = [name for name in COMMANDS if f"windsock {name} " not in overview]
    result(not missing, "`windsock help` lists all of them", f"{missing}")
    result("\nMore\n" not in overview, "and knows for whom each is (groups of harness/cmd_help.c)", overview)


# ---- what pages say to type ----

def code_of(text):
    """The stretches of a page that are code: fenced and indented lines, and `words`."""
    fenced = re.findall(r"^```[^\n]*\n(.*?)^```", text, re.M | re.S)
    rest = re.sub(r"^```[^\n]*\n.*?^```", "", text, flags=re.M | re.S)
    return fenced + re.findall(r"^ {4,}.*$", rest, re.M) + re.findall(r"`([^`]+)`", rest)


def mentions(text):
    """(command, options) of each `windsock COMMAND ...` in the code of a page."""
    for code in code_of(text):
        for line in re.sub(r"\\\n", " ", code).splitlines():
            for found in re.finditer(r"(?:^|[\s/`(])windsock +([a-z]+)\b([^|;&#>]*)", line):
                behind = re.sub(r"--with[= ](\"[^\"]*\"|\S+)", "--with", found.group(2))
                yield found.group(1), set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", behind))


def check_mentions():
    pages = [ROOT / "README.md", *sorted(DOCS.rglob("*.md")), *sorted(LESSONS.glob("*/README.md")),
             *sorted(LESSONS.glob("*/hints.md"))]
    wrong, found = [], 0
    for page in pages:
        for command, options in mentions(page.read_text()):
            found += 1
            if command not in COMMANDS:
                wrong.append(f"{page.name}: there is no command {command}")
            elif options - OPTIONS[command] - {"--help"}:
                wrong.append(f"{page.name}: windsock {command} {sorted(options - OPTIONS[command])}")
    result(not wrong and found > 50, f"commands and options that pages and lessons name are there ({found})", *wrong)


# ---- help ----

def check_help():
    missing = [page.stem for page in [*DOCS.glob("*.md"), *DOCS.glob("platforms/*.md")]
               if run(WINDSOCK, "help", page.stem).returncode]
    result(not missing, "`windsock help` knows every page of docs/", f"{missing}")
    ids = re.findall(r"^\| `([a-z0-9-]+)` \|.*\|.*\|.*\|.*\|$", (DOCS / "diagnoses.md").read_text(), re.M)
    help_of = [run(WINDSOCK, "help", ids[i]).stdout for i in range(0, len(ids), 20)]
    result(len(ids) > 150 and all("Do next" in text or "Seen" in text for text in help_of),
           f"and the diagnoses (every twentieth of {len(ids)})")
    known = {fields[0] for fields in words("topics")}
    result(set(ids) <= known, "all of which can be completed", f"{sorted(set(ids) - known)}")
    unknown = run(WINDSOCK, "help", "byte-ordre")
    result(unknown.returncode == 2 and "byte-order" in unknown.stderr, "a name that nothing has: the nearest",
           unknown.stderr)
    same = run(WINDSOCK, "check", "--help").stdout == run(WINDSOCK, "help", "check").stdout
    result(same, "`windsock check --help` is `windsock help check`")
    plain = [run(WINDSOCK, "help", name, env=dict(os.environ, LC_ALL="C")).stdout
             for name in ("picture", "student-guide", "01-udp-server")]
    result(all(text.isascii() and "?" * 2 not in text for text in plain), "in a plain locale it has plain characters")
    bare = run(WINDSOCK, "help", "check", cwd="/", env={"PATH": "/usr/bin:/bin", "WINDSOCK_LESSONS": "/nonexistent"})
    result(not bare.returncode and "--with" in bare.stdout, "help needs no lessons and no source tree", bare.stderr)


# ---- the glossary ----

def glossary_words(page):
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| [^|]+ \|$", page, re.M)
    rows = [row.replace("`", "").replace("()", "").lower() for row in rows]
    return rows + [word.strip() for row in rows for word in row.split(",")] + [
        row.split(",", 1)[1].strip() for row in rows if "," in row]


def slanted(page):
    """What a lesson sets in *slanted letters*, outside of code."""
    page = re.sub(r"^```.*?^```", "", page, flags=re.M | re.S)
    page = re.sub(r"^ {4,}.*$|`[^`]*`", "", page, flags=re.M)
    page = re.sub(r"\*\*.*?\*\*", "", page, flags=re.S)
    return {squeeze(word).lower() for word in re.findall(r"(?<![\w*])\*([^\s*][^*]*?)\*(?!\w)", page)}


def check_glossary():
    page = (DOCS / "glossary.md").read_text()
    known = glossary_words(page)
    known += [word + "s" for word in known]
    stressed = {word.strip() for words in re.findall(r"<!-- stressed: (.*?) -->", page) for word in words.split(",")}
    marked = {(lesson.parent.name, word) for lesson in LESSONS.glob("*/README.md")
              for word in slanted(lesson.read_text()) if len(word) < 40 and not re.search(r"\d\.\d", word)}
    missing = sorted(f"{name}: {word}" for name, word in marked if word not in known and word not in stressed)
    result(not missing and len(marked) > 60, "the glossary has every word that a lesson marks as new", *missing)
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]*\S[^|]* \|$", page, re.M)[2:]  # heads, rule
    long = [word for word, says in rows if not says.endswith(".") or re.search(r"[.!?] [A-Z]", says)]
    result(not long, "and says one sentence of each", f"{long}")
    order = [re.sub(r"[`_ ]", "", word).lower() for word, _ in rows]
    wrong = [f"{a} before {b}" for a, b in zip(order, order[1:]) if a > b]
    result(not wrong, "in order", *wrong)
    found = run(WINDSOCK, "help", "half closed").stdout
    result("half closed: A TCP connection" in squeeze(found), "`windsock help` knows them", found)


# ---- manual pages ----

def check_manual():
    folder = pathlib.Path(WINDSOCK).parent / "docs" / "man"
    pages = [folder / name for name in ("windsock.1", "windsock-lesson.5", "windsock-trace.5")]
    missing = [str(page) for page in pages if not page.exists()]
    result(not missing, "the manual pages were made", f"not there: {missing}")
    if missing:
        return
    text = pages[0].read_text()
    lost = [name for name in COMMANDS if f".Ss {name}\n" not in text]
    lost += [option for name in COMMANDS for option in OPTIONS[name]
             if option.replace("-", "\\-") not in text]
    result(not lost, "windsock(1) has all commands and options", f"{lost}")
    if not shutil.which("mandoc"):
        return skip("mandoc finds nothing to complain of", "mandoc is not installed")
    for page in pages:
        lint = run("mandoc", "-Tlint", "-Wstyle", str(page)).stdout
        lint = [line for line in lint.splitlines() if "referenced manual not found" not in line]
        result(not lint, f"mandoc finds nothing to complain of in {page.name}", *lint[:10])


# ---- completion ----

COMPLETE = r"""
source "$1"; shift
complete -p windsock >/dev/null || exit 3
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_windsock 2>/dev/null
printf '%s\n' "${COMPREPLY[@]}"
"""


def complete(*line):
    script = str(DOCS / "completion" / "windsock")
    return set(run("bash", "-c", COMPLETE, "bash", script, WINDSOCK, *line).stdout.split())


def check_completion():
    if not shutil.which("bash"):
        return skip("completion in bash", "bash is not installed")
    lessons = {path.parent.name for path in LESSONS.glob("*/lesson")}
    result(set(COMMANDS) <= complete(""), "bash completes commands", f"{sorted(set(COMMANDS) - complete(''))}")
    result(complete("che") == {"check"}, "by their beginning", f"{complete('che')}")
    wrong = {name: sorted(OPTIONS[name] - complete(name, "-")) for name in COMMANDS}
    result(not any(wrong.values()), "options of every command", f"{wrong}")
    result(complete("start", "") == lessons, "lessons, which it asks of windsock", f"{complete('start', '')}")
    result(complete("check", "0") == {name for name in lessons if name[0] == "0"}, "by their beginning, too")
    result(complete("grade", "--explain", "w") == {"where", "what", "why"}, "a value that is one of some words")
    result(complete("grade", "--explain", "=", "wh") == {"where", "what", "why"}, "behind a =, too")
    result(complete("report", "--format", "g") == {"gradescope", "github-classroom"}, "the formats of report")
    result(complete("help", "byte-o") == {"byte-order"}, "diagnoses behind help")
    result("README.md" in complete("trace", str(ROOT / "READ")) or str(ROOT / "README.md") in
           complete("trace", str(ROOT / "READ")), "files")
    if shutil.which("zsh"):
        checked = run("zsh", "-n", str(DOCS / "completion" / "_windsock"))
        result(not checked.returncode, "zsh reads its completion", checked.stderr)


check_commands()
check_mentions()
check_help()
check_glossary()
check_manual()
check_completion()
print(f"1..{count}")
