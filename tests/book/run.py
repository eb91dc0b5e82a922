"""run.py BOOK SOURCE - the book's pages as TAP: every link and anchor, the lessons' order, the drawings' columns, what a
page may load. With a browser on this machine also: the search, and that no page is wider than a phone."""

import html.parser
import json
import os
import pathlib
import re
import sys
import tempfile
import urllib.parse

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "page"))
import browser

BOOK, SOURCE = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
count = 0


def tell(what, faults):
    """FAULTS: what speaks against it; at most ten are shown."""
    global count
    count += 1
    print("%sok %d - %s" % ("not " if faults else "", count, what))
    for fault in list(faults)[:10]:
        print("# %s" % fault)


class Page(html.parser.HTMLParser):
    """What a test asks of a page."""

    def __init__(self, path):
        super().__init__()
        self.path, self.name = path, path.relative_to(BOOK).as_posix()
        self.ids, self.links, self.loads, self.tags, self.handlers = [], [], [], [], []
        self.policy, self.title, self.drawings, self.next = "", "", [], None
        self.open = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag, pairs):
        attributes = dict(pairs)
        self.tags.append(tag)
        self.handlers += [name for name in attributes if name.startswith("on") or name == "style"]
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        for name in ("src", "action", "data", "poster", "srcset"):
            if name in attributes:
                self.loads.append(attributes[name])
        if tag == "link":
            self.loads.append(attributes["href"])
            if attributes.get("rel") == "next":
                self.next = attributes["href"]
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        if tag == "pre":
            self.drawings.append("")
        self.open.append(tag)

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "pre" in self.open:
            self.drawings[-1] += data
        if self.open[-1:] == ["title"]:
            self.title += data


def target(page, address):
    """The file of the book that an address leads to, and the anchor there."""
    path, _, anchor = address.partition("#")
    path = urllib.parse.unquote(path.partition("?")[0])
    return (page.path if not path else (page.path.parent / path).resolve()), urllib.parse.unquote(anchor)


def is_outside(address):
    return re.match(r"[a-z]+:", address)


def broken(page, pages):
    for address in page.links + page.loads:
        if is_outside(address):
            continue
        path, anchor = target(page, address)
        if not path.is_file() or BOOK not in path.parents:
            yield "%s: %s leads nowhere" % (page.name, address)
        elif anchor and anchor not in pages[path].ids:
            yield "%s: %s: there is no such place on that page" % (page.name, address)


def fences(name):
    """The drawings and examples of a source, in their order; those in a list lose its indentation."""
    text = (SOURCE / name).read_text(encoding="utf-8")
    return [body for _, body in re.findall(r"(?ms)^```(\w*)\n(.*?)^```$", text)]


def links(pages):
    tell("every link and anchor leads somewhere", [fault for page in pages.values() for fault in broken(page, pages)])
    tell("what is linked outside is linked by https",
         [page.name + ": " + one for page in pages.values() for one in page.links
          if is_outside(one) and not one.startswith("https://")])
    reached, todo = set(), [BOOK / "index.html"]
    while todo:
        page = pages[todo.pop()]
        if page.path not in reached:
            reached.add(page.path)
            todo += [target(page, one)[0] for one in page.links if not is_outside(one)]
    tell("every page can be reached from the first", [page.name for page in pages.values() if page.path not in reached])


def order(pages):
    lessons = sorted(path.parent.name for path in SOURCE.glob("lessons/[0-9][0-9]-*/lesson"))
    page, walked = pages[BOOK / "lessons" / (lessons[0] + ".html")], []
    while page:
        walked.append(page.path.stem)
        page = page.next and pages[target(page, page.next)[0]]
    tell("next leads through all lessons, in their order", [] if walked == lessons else ["%s, not %s" % (walked, lessons)])
    for name in lessons:
        drawn = pages[BOOK / "lessons" / (name + ".html")].drawings
        wanted = fences("lessons/%s/README.md" % name)
        tell("%s: its drawings, column by column" % name, [] if [one for one in drawn if one in wanted] == wanted else
             [repr(one) for one in wanted if one not in drawn] or ["another order"])


def words(pages):
    """The rows of the glossary, and what the lessons mark."""
    if not (SOURCE / "docs/glossary.md").is_file():
        return
    rows = re.findall(r"(?m)^\| (.+?) \|", (SOURCE / "docs/glossary.md").read_text(encoding="utf-8"))
    tell("each word of the glossary is a place", [] if len(pages[BOOK / "glossary.html"].ids) > 0.9 * len(rows) else ["they are not"])
    tell("lessons lead there", [] if any("glossary.html#" in link for page in pages.values() for link in page.links
                                         if page.name.startswith("lessons/")) else ["no link to glossary.html"])


def safe(page):
    """No script but the search's; nothing from elsewhere."""
    loads = [one for one in page.loads if is_outside(one) or one.startswith("//")]
    if loads:
        yield "%s loads %s" % (page.name, loads)
    if page.handlers or set(page.tags) & {"style", "iframe", "object", "embed", "base", "svg"}:
        yield "%s has %s" % (page.name, page.handlers or "a tag that does not belong here")
    if page.tags.count("script") != (page.name == "search.html"):
        yield "%s has %d scripts" % (page.name, page.tags.count("script"))
    wanted = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'"
    if page.policy != wanted + ("; script-src 'self'" if page.name == "search.html" else ""):
        yield "%s: its policy is %s" % (page.name, page.policy)


def forms(pages):
    tell("no page loads anything from elsewhere; the search's is the only script",
         [fault for page in pages.values() for fault in safe(page)])
    tell("one main heading a page, a title, no id twice",
         [page.name for page in pages.values()
          if page.tags.count("h1") != 1 or not page.title or len(page.ids) != len(set(page.ids))])
    titles = [page.title for page in pages.values()]
    tell("no two pages have the same title", {one for one in titles if titles.count(one) > 1})


def search_rows(pages):
    text = (BOOK / "search.js").read_text(encoding="utf-8")
    rows = json.loads(re.search(r"(?s)const PAGES = (\[.*?\]);\n\n", text).group(1))
    places = [target(pages[BOOK / "search.html"], row[0]) for row in rows]
    tell("what the search knows is there", [row[0] for row, (path, anchor) in zip(rows, places)
                                            if path not in pages or (anchor and anchor not in pages[path].ids)])
    named = {path for path, _ in places}
    tell("it knows every page", [page.name for page in pages.values()
                                 if page.path not in named and page.name not in ("index.html", "search.html")])


def in_browser(pages):
    if not browser.find():
        print("# no browser is here: the search and the widths were not looked at")
        return
    with tempfile.TemporaryDirectory() as folder:
        window = browser.Browser(folder)
        try:
            look(window, pages)
        finally:
            window.close()


def look(window, pages):
    window.look(390, 844, phone=True)
    wide = []
    for page in list(pages.values())[::3]:  # 60 of them would take too long
        window.open(page.path.as_uri())
        if window.run("document.documentElement.scrollWidth") > 390:
            wide.append(page.name)
    tell("no page is wider than a phone: figures scroll by themselves", wide)
    window.open((BOOK / "search.html").as_uri() + "?q=outbound+push")
    first = window.run("document.querySelector('#results a')?.getAttribute('href')")
    tell("the search finds the lesson that has both words", [] if first and "13-push" in first else [first])
    window.open((BOOK / "search.html").as_uri() + "?q=%3Cimg+src%3Dx%3E+xylophone")
    said = window.run("document.getElementById('count').textContent")
    tell("and says when there is none", [] if said == "Nothing has all of these words." else [said])
    errors = [event["params"] for event in window.events if event["method"] in ("Log.entryAdded", "Runtime.exceptionThrown")]
    tell("the browser complains of nothing", errors)


def main():
    pages = {path: Page(path) for path in sorted(BOOK.rglob("*.html"))}
    links(pages)
    order(pages)
    words(pages)
    forms(pages)
    search_rows(pages)
    in_browser(pages)
    print("1..%d" % count)


main()
