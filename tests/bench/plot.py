"""Draws what a benchmark measured as an SVG: no library, no script, no font of its own.

    plot.draw({"title", "subtitle", "foot", ...plot}) -> the text of the SVG

A plot is one of
    {"kind": "bars", "axis": AXIS, "bars": [{"name", "note", "median", "p10", "p90"}]}
    {"kind": "lines", "x": AXIS, "y": AXIS, "series": [{"name", "points": [{"x", "median", "p10", "p90"}]}]}
with AXIS {"label", "log"}. The thin line at a point goes from the tenth to the ninetieth percentile. Series differ by the
shape of their marks and by their dashes as well as by colour, and are named where they end; light or dark is the reader's
choice (prefers-color-scheme)."""

import html
import math
import textwrap

WIDTH, LEFT, RIGHT, BAR_LEFT, BAR_RIGHT = 860, 92, 205, 250, 225
STYLE = """text{font:14px system-ui,-apple-system,"Segoe UI",sans-serif;fill:#1b1b1b}
.title{font-size:19px;font-weight:600}.small{font-size:12px;fill:#555}.ground{fill:#fff}
.grid{stroke:#ddd}.axis{stroke:#777}.s{fill:none;stroke-width:2}.m{stroke-width:1.5}
.c0{stroke:#005f9e;fill:#005f9e}.c1{stroke:#b34700;fill:#b34700}.c2{stroke:#00734f;fill:#00734f}
.c3{stroke:#8a3d78;fill:#8a3d78}.c4{stroke:#555;fill:#555}.c5{stroke:#7a6200;fill:#7a6200}.s{fill:none}
@media (prefers-color-scheme:dark){text{fill:#eee}.small{fill:#b5b5b5}.ground{fill:#161616}.grid{stroke:#3a3a3a}
.axis{stroke:#999}.c0{stroke:#6cbcf5;fill:#6cbcf5}.c1{stroke:#ff9d5c;fill:#ff9d5c}.c2{stroke:#4fd1a5;fill:#4fd1a5}
.c3{stroke:#e59ad2;fill:#e59ad2}.c4{stroke:#bbb;fill:#bbb}.c5{stroke:#e3c454;fill:#e3c454}.s{fill:none}}"""
DASHES = ("", "7 4", "2 3", "9 3 2 3", "12 5", "4 4")
COLOURS = len(DASHES)


def number(value):
    """As a person writes it, with at most three digits that count."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return "{:,.0f}".format(float("%.3g" % value))
    return "%.3g" % value


class Scale:
    """From a value to a place on the page."""

    def __init__(self, axis, values, start, end):
        self.log, self.start, self.end = axis.get("log", False), start, end
        values = [value for value in values if value > 0 or not self.log]
        self.ticks = self.powers(min(values), max(values)) if self.log else self.steps(max(values + [0]))
        self.ticks = axis.get("ticks", self.ticks)
        self.low, self.high = self.ticks[0], self.ticks[-1]

    @staticmethod
    def steps(most):
        step = 10 ** math.floor(math.log10(most or 1))
        for finer in (0.2, 0.5, 1):
            if most / (step * finer) <= 7:
                step *= finer
                break
        return [step * i for i in range(math.ceil(most / step - 1e-9) + 1)]

    @staticmethod
    def powers(least, most):
        """1, 10, 100 ...; and with 2 and 5 where those are few."""
        first, last = math.floor(math.log10(least)), math.ceil(math.log10(most) + 1e-9)
        ticks = [10.0 ** i for i in range(first, last + 1)]
        if last - first <= 2:
            ticks = [digit * tick for tick in ticks for digit in (1, 2, 5)]
        low = max(tick for tick in ticks if tick <= least * 1.0001)
        high = min((tick for tick in ticks if tick >= most * 0.9999), default=ticks[-1])
        high = high if high > low else low * 10
        return [tick for tick in ticks if low <= tick <= high] if high in ticks else [low, high]

    def at(self, value):
        if self.log:
            share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


class Page:
    """The elements of an SVG, from top to bottom."""

    def __init__(self):
        self.parts = []

    def text(self, x, y, words, kind="", anchor="start", more=""):
        self.parts.append('<text x="%.1f" y="%.1f"%s text-anchor="%s"%s>%s</text>' % (
            x, y, ' class="%s"' % kind if kind else "", anchor, more, html.escape(words)))

    def line(self, x1, y1, x2, y2, kind):
        self.parts.append('<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>' % (x1, y1, x2, y2, kind))

    def path(self, points, colour, dash):
        steps = " ".join("%s%.1f %.1f" % ("L" if i else "M", x, y) for i, (x, y) in enumerate(points))
        self.parts.append('<path d="%s" class="s c%d"%s/>' % (
            steps, colour, ' stroke-dasharray="%s"' % dash if dash else ""))

    def mark(self, x, y, shape):
        """Shape and colour have one number: circle, square, triangle, diamond, cross, triangle upside down."""
        d = {0: "M%(x).1f %(y).1fm-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0", 1: "M%(x).1f %(y).1fm-4 -4h8v8h-8z",
             2: "M%(x).1f %(y).1fm0 -5.5l5.2 9h-10.4z", 3: "M%(x).1f %(y).1fm0 -5.5l5.5 5.5l-5.5 5.5l-5.5 -5.5z",
             4: "M%(x).1f %(y).1fm-4 -4l8 8m0 -8l-8 8", 5: "M%(x).1f %(y).1fm0 5.5l5.2 -9h-10.4z"}[shape]
        self.parts.append('<path d="%s" class="m c%d"/>' % (d % {"x": x, "y": y}, shape))

    def head(self, title, subtitle):
        """Returns where the drawing may begin."""
        y = 30
        for row in textwrap.wrap(title, 76):
            self.text(20, y, row, "title")
            y += 24
        for row in textwrap.wrap(subtitle, 116):
            self.text(20, y, row)
            y += 20
        return y

    def svg(self, title, height):
        return ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">\n'
                '<title>%s</title>\n<style>%s</style>\n<rect class="ground" width="100%%" height="100%%"/>\n%s\n</svg>\n' % (
                    WIDTH, height, WIDTH, height, html.escape(title), STYLE, "\n".join(self.parts)))


def low(row):
    return row.get("p10", row["median"])


def high(row):
    return row.get("p90", row["median"])


# ---- bars ----

def draw_bars(page, plot, top):
    """A row a bar. On a logarithmic axis a length would say nothing: there it is a mark alone."""
    rows = plot["bars"]
    axis = plot["axis"]
    bottom = top + 34 * len(rows) + 6
    scale = Scale(axis, [low(row) for row in rows] + [high(row) for row in rows], BAR_LEFT, WIDTH - BAR_RIGHT)
    for tick in scale.ticks:
        page.line(scale.at(tick), top, scale.at(tick), bottom, "grid")
        page.text(scale.at(tick), bottom + 18, number(tick), "small", "middle")
    page.text((BAR_LEFT + WIDTH - BAR_RIGHT) / 2, bottom + 40, axis["label"], "", "middle")
    for i, row in enumerate(rows):
        draw_row(page, scale, row, top + 34 * i + 20)
    page.line(BAR_LEFT, top, BAR_LEFT, bottom, "axis")
    return bottom + 50


def draw_row(page, scale, row, y):
    x = scale.at(row["median"])
    page.text(BAR_LEFT - 10, y + 5, row["name"], "", "end")
    if not scale.log:
        page.parts.append('<rect x="%.1f" y="%.1f" width="%.1f" height="16" class="c0" opacity="0.75"/>' % (
            BAR_LEFT, y - 8, max(x - BAR_LEFT, 0.5)))
    page.line(scale.at(low(row)), y, scale.at(high(row)), y, "axis")
    page.mark(x, y, 0)
    said = number(row["median"]) + (", " + row["note"] if row.get("note") else "")
    page.text(max(scale.at(high(row)), x) + 10, y + 5, said, "small")


# ---- lines ----

def spread(places, least):
    """The places, in their order, at least LEAST apart: names that would stand on one another."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    out = list(places)
    for before, after in zip(order, order[1:]):
        out[after] = max(out[after], out[before] + least)
    return out


def draw_axes(page, plot, x, y, top, bottom):
    for tick in y.ticks:
        page.line(LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick), "grid")
        page.text(LEFT - 8, y.at(tick) + 4, number(tick), "small", "end")
    for tick in x.ticks:
        page.line(x.at(tick), bottom, x.at(tick), bottom + 5, "axis")
        page.text(x.at(tick), bottom + 20, number(tick), "small", "middle")
    page.line(LEFT, bottom, WIDTH - RIGHT, bottom, "axis")
    page.text((LEFT + WIDTH - RIGHT) / 2, bottom + 42, plot["x"]["label"], "", "middle")
    middle = (top + bottom) / 2
    page.text(24, middle, plot["y"]["label"], "", "middle", ' transform="rotate(-90 24 %.1f)"' % middle)


def draw_series(page, one, kind, x, y):
    points = [(x.at(point["x"]), y.at(point["median"])) for point in one["points"]]
    page.path(points, kind, DASHES[kind])
    for point, place in zip(one["points"], points):
        page.line(place[0], y.at(low(point)), place[0], y.at(high(point)), "axis")
        page.mark(*place, kind)
    return points[-1]


def draw_lines(page, plot, top):
    bottom = top + 330
    points = [point for one in plot["series"] for point in one["points"]]
    x = Scale(plot["x"], [point["x"] for point in points], LEFT, WIDTH - RIGHT)
    y = Scale(plot["y"], [low(point) for point in points] + [high(point) for point in points], bottom, top + 10)
    draw_axes(page, plot, x, y, top, bottom)
    ends = [draw_series(page, one, i % COLOURS, x, y) for i, one in enumerate(plot["series"])]
    for i, place in enumerate(spread([end[1] for end in ends], 17)):
        page.mark(ends[i][0] + 18, place, i % COLOURS)
        page.text(ends[i][0] + 28, place + 5, plot["series"][i]["name"])
    return bottom + 52


def draw(plot):
    page = Page()
    top = page.head(plot["title"], plot["subtitle"]) + 6
    bottom = {"bars": draw_bars, "lines": draw_lines}[plot["kind"]](page, plot, top)
    for row in textwrap.wrap(plot["foot"], 130):
        page.text(20, bottom + 14, row, "small")
        bottom += 16
    return page.svg(plot["title"], round(bottom + 14))
