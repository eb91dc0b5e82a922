"""book.py SOURCE OUT - the course as a folder of pages: the lessons in their order, the guides, the words, a search.

Made of what stands in the tree anyway: lessons/*/README.md, hints.md and lesson, README.md, docs/**/*.md and their pictures. The pages need no
server and no network; their only script is the search's. What is written is the same, byte for byte, for the same sources."""

import html
import json
import os
import pathlib
import re
import shutil
import sys

sys.dont_write_bytecode = True
import markup

HERE = pathlib.Path(__file__).resolve().parent
CONTENT = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
GROUPS = (("docs/guides", "Guides"), ("docs", "Reference"), ("docs/platforms", "Platforms"))
GUIDES = ("docs/student-guide.md", "docs/instructor-guide.md", "docs/install.md", "docs/watch.md",
          "docs/add-a-lesson.md")
EXPLAINED = ("docs/glossary.md", "docs/diagnoses.md")  # each row of their tables is a place of its own
GLOSSARY, INSTALL, WORDS, SEARCH = "docs/glossary.md", "README.md", "glossary.html", "search.html"
esc = html.escape


class Lesson:
    def __init__(self, folder, part, row):
        says = dict(re.findall(r'^(title|idea) "(.*)"$', (folder / "lesson").read_text(encoding="utf-8"), re.M))
        self.name, self.number, self.part, self.row = folder.name, folder.name[:2], part, row
        self.title, self.idea = says["title"], says["idea"]
        self.text = (folder / "README.md").read_text(encoding="utf-8")
        self.hints = hints((folder / "hints.md").read_text(encoding="utf-8"))
        self.source, self.page = "lessons/%s/README.md" % self.name, "lessons/%s.html" % self.name


class Doc:
    def __init__(self, root, path):
        self.source = path.relative_to(root).as_posix()
        self.text = path.read_text(encoding="utf-8")
        self.page = {GLOSSARY: WORDS, INSTALL: "begin.html"}.get(self.source, self.source[:-len("md")] + "html")
        self.title = re.search(r"^# (.*)$", self.text, re.M).group(1).replace("`", "")
        if self.source == INSTALL:
            self.title = "In five minutes"


def hints(text):
    """What it is called, and the hint: one a heading, in their order, those that are for one diagnosis last."""
    parts = [part.split("\n", 1) for part in re.split(r"(?m)^## ", text)[1:]]
    named = [("Hint " + head if head.strip().isdigit() else re.sub(r"[][]", "", head), hint.strip()) for head, hint in parts]
    return sorted(named, key=lambda pair: not pair[0].startswith("Hint "))


def rows(text, head):
    """The rows of the table whose first heading is HEAD; where several are, of the last."""
    table = re.split(r"(?m)^\| %s \|" % head, text)[-1].splitlines()[2:]
    out = []
    for line in table:
        if not line.startswith("|"):
            break
        out.append([cell.strip() for cell in line.strip("|").split("|")])
    return out


def parts(readme):
    """README's table: a part of the course, and the numbers of its lessons."""
    return {number: part for part, cell in rows(readme, "part") for number in re.findall(r"\b\d\d\b", cell)}


def read_course(root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    more = {row[0]: row for row in rows((root / "docs/curriculum.md").read_text(encoding="utf-8"), "lesson")}
    of = parts(readme)
    folders = sorted(path.parent for path in root.glob("lessons/[0-9][0-9]-*/lesson"))
    return [Lesson(folder, of[folder.name[:2]], more[folder.name]) for folder in folders]


def read_docs(root):
    # figures: what `make bench` leaves beside its pictures is no page
    paths = sorted(path for path in root.glob("docs/**/*.md") if not {"book", "figures"} & set(path.parts))
    return [Doc(root, path) for path in [root / INSTALL] + paths]


def group(doc):
    """A folder that nobody named here is a group, too."""
    folder = "docs/guides" if doc.source in GUIDES else os.path.dirname(doc.source)
    return dict(GROUPS).get(folder, os.path.basename(folder).capitalize())


class Book:
    def __init__(self, root, out):
        self.root, self.out, self.lessons, self.docs = root, out, read_course(root), read_docs(root)
        self.pages = {entry.source: entry.page for entry in self.lessons + self.docs}
        self.by_number = {lesson.number: lesson.page for lesson in self.lessons}
        self.index, self.terms, self.faults = [], {}, {}  # each fault once, in the order of the pages
        self.pictures = set()
        for doc in self.docs:
            if doc.source == GLOSSARY:
                self.terms = self.render(doc, doc.text).terms

    # ---- links ----

    def relative(self, page, target):
        return os.path.relpath(target, os.path.dirname(page) or ".")

    def linker(self, source, page):
        """From one source file to another as from its page to the other's; None: to a file that is no page."""
        def link(address):
            if re.match(r"[a-z]+:", address) or address.startswith("#"):
                return address
            path, mark, anchor = address.partition("#")
            target = os.path.normpath(os.path.join(os.path.dirname(source), path))
            if target not in self.pages and not (self.root / target).exists():
                self.faults["%s: leads to %s, which is not there" % (source, address)] = True
            if target.endswith(".svg"):
                self.pictures.add(target)
                return self.relative(page, target)
            if target not in self.pages:
                return None
            return self.relative(page, self.pages[target]) + mark + anchor
        return link

    def render(self, entry, text, page=None):
        page = page or entry.page

        def link_lesson(number):
            target = self.by_number.get(number)
            return self.relative(page, target) if target and target != entry.page else None

        def link_term(word):
            anchor = self.terms.get(word.lower())
            return "%s#%s" % (self.relative(page, WORDS), anchor) if anchor and isinstance(entry, Lesson) else None

        return markup.render(text, self.linker(entry.source, page), link_lesson, link_term,
                             entry.source in EXPLAINED)

    # ---- what every page has ----

    def item(self, page, target, text):
        here = ' aria-current="page"' if page == target else ""
        return '<li><a href="%s"%s>%s</a></li>' % (esc(self.relative(page, target)), here, esc(text))

    def section(self, page, title, entries):
        return "<h2>%s</h2><ul>%s</ul>" % (esc(title), "".join(self.item(page, *entry) for entry in entries))

    def contents(self, page):
        words = [(WORDS, "Glossary")] if self.terms else []
        out = [self.section(page, "Start", [("index.html", "The course"), ("begin.html", "In five minutes")] + words +
                            [(SEARCH, "Search")])]
        for part in dict.fromkeys(lesson.part for lesson in self.lessons):
            out.append(self.section(page, part, [(one.page, "%s %s" % (one.number, one.title))
                                                 for one in self.lessons if one.part == part]))
        for title, docs in self.doc_groups():
            out.append(self.section(page, title, [(doc.page, doc.title) for doc in docs]))
        return "".join(out)

    def doc_groups(self):
        named = sorted((doc for doc in self.docs if doc.source not in (GLOSSARY, INSTALL)),
                       key=lambda doc: GUIDES.index(doc.source) if doc.source in GUIDES else len(GUIDES))
        order = list(dict.fromkeys([title for _, title in GROUPS] + [group(doc) for doc in named]))
        for title in order:
            docs = [doc for doc in named if group(doc) == title]
            if docs:
                yield title, docs

    def write(self, page, title, body, script="", related=""):
        top = "../" * page.count("/")
        policy = CONTENT + ("; script-src 'self'" if script else "")
        whole = title if title == "windsock" else title + " · windsock"
        field = "" if page == SEARCH else (
            '<form role="search" action="%ssearch.html"><input type="search" name="q" aria-label="Search the course" '
            'placeholder="Search" required> <button>Search</button></form>' % top)
        text = """<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="%s">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>%s</title>
<link rel="stylesheet" href="%sstyle.css">
%s</head>
<body>
<a class="skip" href="#text">To the text</a>
<header><a class="home" href="%sindex.html">windsock</a> <a class="to-contents" href="#contents">Contents</a>%s</header>
<div class="frame">
<main id="text">
%s</main>
<nav id="contents" aria-label="Contents">%s</nav>
</div>
%s</body>
</html>
""" % (policy, esc(whole), top, related, top, field, body, self.contents(page), script)
        path = self.out / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def remember(self, page, title, sections):
        for anchor, heading, text in sections:
            heading = title if (anchor, heading) == sections[0][:2] else heading
            self.index.append(["%s#%s" % (page, anchor) if heading != title else page, title, heading, text])

    # ---- the kinds of pages ----

    def turn(self, page, before, after):
        out, related = [], []
        for kind, word, other in (("prev", "before", before), ("next", "next", after)):
            if other:
                address = esc(self.relative(page, other.page))
                out.append('<a class="%s" href="%s"><small>%s</small>%s %s</a>' %
                           (kind, address, word, other.number, esc(other.title)))
                related.append('<link rel="%s" href="%s">\n' % (kind, address))
        return '<nav class="turn" aria-label="Before and next">%s</nav>\n' % "".join(out), "".join(related)

    def lesson_page(self, at):
        lesson = self.lessons[at]
        text = re.sub(r"^# .*$", "# " + lesson.title, lesson.text, count=1, flags=re.M)
        page = self.render(lesson, text)
        begin = '<p class="begin no-paper">Your folder for it: <code>windsock start %s</code></p>' % esc(lesson.name)
        turn, related = self.turn(lesson.page, self.lessons[at - 1] if at else None,
                                  self.lessons[at + 1] if at + 1 < len(self.lessons) else None)
        body = '<p class="where">%s · lesson %s of %d</p>\n%s%s%s%s' % (
            esc(lesson.part), lesson.number, len(self.lessons), page.html.replace("</h1>", "</h1>\n" + begin, 1),
            self.hints(lesson), self.read_on(lesson), turn)
        self.remember(lesson.page, "%s %s" % (lesson.number, lesson.title), page.sections)
        self.write(lesson.page, "%s %s" % (lesson.number, lesson.title), body, related=related)

    def hints(self, lesson):
        one = '<details><summary>%s</summary><div>%s</div></details>\n'
        return '<section class="no-paper"><h2 id="hints">Hints</h2>\n<p>One at a time: read one, try, come back.</p>\n' + "".join(
            one % (esc(name), self.render(lesson, text).html) for name, text in lesson.hints) + "</section>\n"

    def read_on(self, lesson):
        """The curriculum's row: calls, manual pages, RFCs."""
        _, calls, manuals, numbers, _ = lesson.row
        rfcs = ", ".join('<a href="https://www.rfc-editor.org/rfc/rfc%s">RFC %s</a>' % (n, n)
                         for n in re.findall(r"\d+", numbers))
        shown = [("Manual pages", ", ".join("<code>man %s %s</code>" % (section, name)
                                            for name, section in re.findall(r"(\w+)\((\d)\)", manuals))),
                 ("The rules of the wire", rfcs)]
        return '<h2 id="read-on">Read on</h2>\n<ul>%s</ul>\n' % "".join(
            "<li>%s: %s</li>" % one for one in shown if one[1])

    def doc_page(self, doc):
        text = re.sub(r"^# .*$", "# " + doc.title, doc.text, count=1, flags=re.M) if doc.source == INSTALL else doc.text
        page = self.render(doc, text)
        inner = [(anchor, text) for level, anchor, text in page.headings if level == 2]
        body = page.html
        if len(inner) > 3 and doc.source != GLOSSARY:
            listed = "".join('<li><a href="#%s">%s</a></li>' % (esc(anchor), esc(text)) for anchor, text in inner)
            body = body.replace("</h1>", "</h1>\n<details class=\"no-paper\"><summary>On this page</summary><div><ul>%s</ul>"
                                "</div></details>" % listed, 1)
        self.remember(doc.page, doc.title, page.sections)
        self.write(doc.page, doc.title, body)

    def front_page(self):
        """What README says before its first heading, and everything that there is."""
        readme = next(doc for doc in self.docs if doc.source == INSTALL)
        page = self.render(readme, re.split(r"(?m)^## ", readme.text)[0], "index.html")
        out = [page.html, '<p class="begin no-paper"><a href="begin.html">In five minutes</a>, or open the first lesson: '
               '<a href="%s">%s</a></p>\n' % (self.lessons[0].page, esc(self.lessons[0].title))]
        out.append('<h2 id="lessons">The lessons</h2>\n<div class="course">')
        for part in dict.fromkeys(lesson.part for lesson in self.lessons):
            out.append("<h3>%s</h3>\n<ol>" % esc(part))
            out += ['<li><span class="number">%s</span><div><a href="%s">%s</a><p>%s</p></div></li>\n' %
                    (one.number, one.page, esc(one.title), esc(one.idea)) for one in self.lessons if one.part == part]
            out.append("</ol>\n")
        out.append("</div>\n")
        for title, docs in self.doc_groups():
            out.append('<h2 id="%s">%s</h2>\n<ul>%s</ul>\n' % (markup.slug(title), esc(title), "".join(
                '<li><a href="%s">%s</a></li>' % (doc.page, esc(doc.title)) for doc in docs)))
        self.write("index.html", "windsock", "".join(out))

    def search_page(self):
        body = """<h1>Search</h1>
<form role="search" action="search.html"><input type="search" name="q" id="q" aria-label="Search the course" autofocus>
<button>Search</button></form>
<p id="count" class="faint" role="status"></p>
<ol id="results"></ol>
<noscript><p>The search needs JavaScript. Without it, your browser's own search finds words on one page.</p></noscript>
"""
        self.write(SEARCH, "Search", body, '<script src="search.js"></script>\n')
        rows = json.dumps(self.index, ensure_ascii=False, separators=(",", ":")).replace("],[", "],\n[")
        code = (HERE / "search.js").read_text(encoding="utf-8")
        (self.out / "search.js").write_text('"use strict";\nconst PAGES = %s;\n\n%s' % (rows, code), encoding="utf-8")

    def make(self):
        for at in range(len(self.lessons)):
            self.lesson_page(at)
        for doc in self.docs:
            self.doc_page(doc)
        self.front_page()
        self.search_page()
        shutil.copyfile(HERE / "style.css", self.out / "style.css")
        if self.faults:
            sys.exit("\n".join(self.faults))
        for picture in sorted(self.pictures):
            (self.out / picture).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.root / picture, self.out / picture)


def main():
    root, out = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    if not shutil.which(markup.COMMAND):
        sys.exit("make html: %s is not here. It reads the Markdown: apt-get install cmark-gfm" % markup.COMMAND)
    if out.is_dir() and any(out.iterdir()) and not (out / "style.css").is_file():
        sys.exit("make html: %s holds something that is no book: move it away, or name another folder" % out)
    shutil.rmtree(out, ignore_errors=True)  # no page stays that has no source any more
    out.mkdir(parents=True)
    Book(root, out).make()


if __name__ == "__main__":
    main()
