"""markup.py - one page of Markdown as HTML. cmark-gfm reads the Markdown; what it cannot know is added here: anchors of
headings (as GitHub makes them), drawings that keep their columns in any font, colours of our two languages, links.

It knows nothing of the site: where a link leads is asked of the function that it is given."""

import html
import re
import subprocess

COMMAND = "cmark-gfm"
TAG = re.compile(r"(<[^>]*>)")  # cmark-gfm escapes every other < and >, also in attributes
LESSONS = re.compile(r"\b[Ll]essons?\s+\d\d\b(?:(?:,\s+|\s+and\s+|,\s+and\s+|\s+to\s+)\d\d\b)*")
NUMBER = re.compile(r"([Ll]essons?\s+)?(\d\d)\b")
NAME = re.compile(r"\b(\d\d)-[a-z]+(?:-[a-z]+)*\b")
TOKENS = re.compile(r"""(?m)(?P<remark>\#.*$) | (?P<text>"[^"\n]*") | (?P<name>\$[\w-]+ | \{[^}\n]*\})
                        | (?P<arrow>=> | -> | <- | --) | (?P<word>^\s*[a-z]+)""", re.X)
COLOURED = ("trace", "lesson")


class Page:
    """html; title (the first heading's text); headings: (level, anchor, text); sections: (anchor, heading, text);
    terms: the anchors of the words that it explains, by the word in small letters."""

    def __init__(self):
        self.html, self.title, self.headings, self.sections, self.terms = "", "", [], [], {}


def to_html(text):
    return subprocess.run([COMMAND, "--extension", "table", "--extension", "strikethrough"], input=text, text=True,
                          encoding="utf-8", stdout=subprocess.PIPE, check=True).stdout


def plain(markup):
    return html.unescape(TAG.sub("", markup))


def slug(text):
    """GitHub's rule: small letters, no punctuation, a hyphen for each space."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def unique(anchor, taken):
    name, n = anchor, 0
    while name in taken:
        n += 1
        name = "%s-%d" % (anchor, n)
    taken.add(name)
    return name


def columns(text):
    """Escaped; a sign that not every monospaced font has gets a box of one column, so that the others stay in theirs."""
    return re.sub("[\u2190-\uffff]", r"<i>\g<0></i>", html.escape(text, quote=False))


def colours(text):
    out, end = [], 0
    for found in TOKENS.finditer(text):
        out.append(columns(text[end:found.start()]))
        out.append('<span class="%s">%s</span>' % (found.lastgroup, columns(found.group())))
        end = found.end()
    return "".join(out) + columns(text[end:])


def drawing(text, language):
    """The figure scrolls, not the page; who has no mouse can scroll it too."""
    label = "Drawing" if not language else "Example"
    return '<pre tabindex="0" role="region" aria-label="%s" class="%s"><code>%s</code></pre>' % (
        label, language or "drawing", (colours if language in COLOURED else columns)(text))


def number_links(markup, link_lesson):
    """lesson 13, lessons 13 and 16, 13-push: each number leads to its lesson."""
    def to(number, found):
        target = link_lesson(number)
        return '<a href="%s">%s</a>' % (target, found.group()) if target else found.group()
    if NAME.fullmatch(markup):
        return to(markup[:2], NAME.fullmatch(markup))
    return LESSONS.sub(lambda found: NUMBER.sub(lambda one: to(one.group(2), one), found.group()), markup)


class Walk:
    """One pass over what cmark-gfm made of a page."""

    def __init__(self, markup, link, link_lesson, link_term, terms_here):
        self.parts, self.at = TAG.split(markup), 0
        self.link, self.link_lesson, self.link_term, self.terms_here = link, link_lesson, link_term, terms_here
        self.page, self.out, self.taken, self.words = Page(), [], set(), []
        self.inside = []  # of a, code: no further link there

    def until(self, end):
        """The parts up to that tag, which is passed over."""
        begin = self.at
        self.at = self.parts.index(end, begin) + 1
        return self.parts[begin:self.at - 1]

    def close_section(self):
        text = " ".join("".join(self.words).split()).lstrip(": ")
        if self.page.sections:
            anchor, heading, _ = self.page.sections[-1]
            self.page.sections[-1] = (anchor, heading, text)
        self.words = []

    def open_section(self, anchor, heading):
        self.close_section()
        self.page.sections.append((anchor, heading, ""))

    def heading(self, tag):
        inner = "".join(self.until("</%s>" % tag[1:3]))
        text = plain(inner)
        anchor = unique(slug(text), self.taken)
        self.page.title = self.page.title or text
        self.page.headings.append((int(tag[2]), anchor, text))
        self.open_section(anchor, text)
        self.out.append('<%s id="%s">%s</%s>' % (tag[1:3], html.escape(anchor), inner, tag[1:3]))

    def code_block(self):
        opening = self.parts[self.at + 1] if self.parts[self.at] == "" else self.parts[self.at]
        language = re.search(r'class="language-(\w+)"', opening)
        text = plain("".join(self.until("</pre>")))
        self.out.append(drawing(text, language and language.group(1)))
        if language:
            self.words.append(" " + text)

    def emphasis(self):
        inner = "".join(self.until("</em>"))
        target = None if self.terms_here else self.link_term(plain(inner))
        self.words.append(plain(inner))
        self.out.append("<em>%s</em>" % ('<a class="term" href="%s">%s</a>' % (target, inner) if target else inner))

    def term(self):
        """Where words are explained each row is a place and a section. "port, ports" are one word."""
        inner = "".join(self.until("</td>"))
        names = [name.strip() for name in plain(inner).split(",")]
        anchor = unique(slug(names[0]), self.taken)
        self.page.terms.update({name.lower(): anchor for name in names})
        self.open_section(anchor, names[0])
        self.out.append('<td id="%s">%s</td>' % (html.escape(anchor), inner))

    def begins_row(self):
        """Whether the cell that was just met is the first of its row."""
        return next((part for part in reversed(self.parts[:self.at - 1]) if part.strip()), "") == "<tr>"

    def tag(self, tag):
        if re.match(r"<h[1-6]>", tag):
            self.heading(tag)
        elif tag == "<pre>":
            self.code_block()
        elif tag == "<em>":
            self.emphasis()
        elif tag == "<td>" and self.terms_here and self.begins_row():
            self.term()
        elif tag == "<table>":
            self.out.append('<div class="wide" tabindex="0" role="region" aria-label="Table"><table>')
        elif tag == "</table>":
            self.out.append("</table></div>")
        elif tag.startswith("<img "):
            self.picture(tag)
        elif not tag.startswith("<!--"):
            self.nest(tag)
            self.out.append(self.led(tag) if tag.startswith("<a ") else tag)

    def led(self, tag):
        """A link to what is no page is none."""
        target = self.link(html.unescape(re.search(r'href="([^"]*)"', tag).group(1)))
        return "<a>" if target is None else '<a href="%s">' % html.escape(target)

    def picture(self, tag):
        """Wider than a phone: it scrolls by itself, as a table does."""
        words = re.search(r'alt="([^"]*)"', tag).group(1)
        target = self.link(html.unescape(re.search(r'src="([^"]*)"', tag).group(1)))
        self.words.append(html.unescape(words))
        if target is not None:
            self.out.append('<span class="wide" tabindex="0" role="region" aria-label="Picture"><img src="%s" alt="%s"></span>' % (
                html.escape(target), words))

    def nest(self, tag):
        name = re.match(r"</?(\w+)", tag)
        if name and name.group(1) in ("a", "code"):
            if tag.startswith("</"):
                self.inside.pop()
            else:
                self.inside.append(name.group(1))

    def run(self):
        while self.at < len(self.parts):
            part = self.parts[self.at]
            self.at += 1
            if part.startswith("<"):
                self.tag(part)
            else:
                self.words.append(html.unescape(part))
                self.out.append(part if self.inside else number_links(part, self.link_lesson))
        self.close_section()
        self.page.html = "".join(self.out)
        return self.page


def render(text, link, link_lesson=lambda number: None, link_term=lambda word: None, terms_here=False):
    return Walk(to_html(text), link, link_lesson, link_term, terms_here).run()
