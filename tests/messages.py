"""make messages: every text that the program can say, with its place, to be read in one go.

    python3 tests/messages.py [FOLDER...]        src and harness, unless said

String literals of the sources: those that stand side by side are one text. Left out is what is no text: without a blank
and a small letter, includes, and what only a machine reads (JSON's keys, options' names). One a line: PLACE, a tab, TEXT.
"""
import pathlib
import re
import sys

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|\'(?:[^\'\\\n]|\\.)*\'|"((?:[^"\\\n]|\\.)*)"|[A-Z][A-Z0-9_]+|\S', re.S)


def literals(source):
    """(line, text) of each run of literals; macros such as PRIu64 between two of them are part of the text."""
    text, began = "", 0
    for token in TOKEN.finditer(source):
        word = token.group(0)
        if word.startswith(("//", "/*")):
            continue
        if token.group(1) is not None:
            if not text:
                began = source.count("\n", 0, token.start()) + 1
            text += token.group(1)
        elif text and re.fullmatch(r"PRI[a-zA-Z]?\d*|[A-Z][A-Z0-9_]+", word):
            text += "{" + word + "}"
        elif text:
            yield began, text
            text = ""


def is_text(text):
    return " " in text.strip() and re.search(r"[a-z]{2}", text) and not text.startswith("/")


def main():
    for folder in sys.argv[1:] or ["src", "harness"]:
        for path in sorted(pathlib.Path(folder).glob("*.c")):
            if path.name.endswith("_files.c"):  # pages of docs/ and of the class page, which are read there
                continue
            source = re.sub(r"^\s*#\s*include.*$", "", path.read_text(), flags=re.M)
            for line, text in literals(source):
                if is_text(text):
                    print(f"{path}:{line}\t{text}")


main()
