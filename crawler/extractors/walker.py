"""How a tree of HTML elements becomes passages: one iterative walk, any depth, text kept wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from crawler.extractors.page import LONGEST_TEXT, Page, Unextractable, Writer, plain
from crawler.extractors.targets import target, unscrambled
from store.values import PassageKind

# Never text of the page.
SILENT = frozenset((
    "script", "style", "template", "noscript", "svg", "head", "iframe", "object", "embed", "canvas", "select",
    "datalist", "textarea", "input", "dialog", "audio", "video", "map", "link", "meta",
))  # fmt: skip
# Around the page, not of it. header is dropped only outside main and article.
AROUND = frozenset(("nav", "footer", "aside"))
_AROUND_ROLES = frozenset(("navigation", "contentinfo", "search", "complementary", "dialog", "alertdialog"))
# Exact class or id words that mark furniture where a page has no landmarks for it.
_FURNITURE = frozenset((
    "navbar", "breadcrumb", "breadcrumbs", "pagination", "toc", "table-of-contents", "skip-link", "site-header",
    "site-footer", "sidebar-group", "cookie-banner", "cookie-consent", "cookie-notice", "onetrust-consent-sdk",
    "CybotCookiebotDialog",
))  # fmt: skip
_NOTES = ("note", "caution", "warning", "admonition", "callout", "alert", "tip", "info")
_BLOCKS = frozenset((
    "address", "article", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li",
    "main", "menu", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr",
    "ul",
))  # fmt: skip
_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6, "summary": 7}
_LISTS = frozenset(("ul", "ol", "dl", "menu"))
_ITEMS = frozenset(("li", "dt"))
_LAYOUT = ("table", "ul", "ol", "dl", "h1", "h2", "h3", "h4", "h5", "h6")
_MARKS = frozenset("#¶§🔗")
_EMPTY_LINE = re.compile(r"\v\s*\v\s*")
_SHORT_LINE, _FEWEST_LINES, _LONG_BLOCK = 80, 3, 600  # characters, lines, characters


@dataclass(slots=True)
class _Walk:
    writer: Writer = field(default_factory=Writer)
    text: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    lists: list[int] = field(default_factory=list)
    items: list[int] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)
    heading: int = 0
    containers: int = 0
    run: int = 0

    def container(self) -> int:
        self.containers += 1
        self.run = 0
        return self.containers

    def flush(self, keep_links: bool = False) -> None:
        """Ends the passage being collected. Links wait for text where a link is wrapped around blocks.

        Raises Unextractable for a passage that is longer than any page's.
        """
        if sum(map(len, self.text)) > LONGEST_TEXT:
            raise Unextractable(f"too crowded to be read: one passage of more than {LONGEST_TEXT:,} characters")
        raw = "".join(self.text)
        self.text.clear()
        lines = _lines(raw) if "\v" in raw and not self.heading else [plain(raw)]
        for line in filter(None, lines):
            self.emit(line)
            self.links.clear()
        if not keep_links:
            self.links.clear()

    def emit(self, line: str) -> None:
        if self.heading:
            self.writer.heading(self.heading, line, self.links)
            self.run = 0
        elif self.items:
            self.writer.add(PassageKind.LIST_ITEM, line, self.items[-1], links=self.links)
        else:
            self.run = self.run or self.next_run()
            self.writer.add(PassageKind.PARAGRAPH, line, self.run, links=self.links)

    def next_run(self) -> int:
        self.containers += 1
        return self.containers


def _lines(raw: str) -> list[str]:
    """A block with line breaks: an empty line parts paragraphs; so does every break in a list of short lines or in a
    long text (terms written as one block). Other breaks are layout and fold to a blank."""
    lines: list[str] = []
    for part in _EMPTY_LINE.split(raw):
        inside = [line for line in map(plain, part.split("\v")) if line]
        many = len(inside) >= _FEWEST_LINES
        if many and (all(len(line) <= _SHORT_LINE for line in inside) or len(part) > _LONG_BLOCK):
            lines += inside
        else:
            lines.append(" ".join(inside))
    return lines


def page_of(root: etree._Element, in_main: bool, title: str = "") -> Page:
    """The passages under an element. in_main: the element is the page's content, so a header inside it is kept."""
    walk = _Walk()
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        tag = element.tag
        if not isinstance(tag, str):
            if event == "end" and element is not root:
                walk.text.append(element.tail or "")
            continue
        if event == "end":
            _ended(walk, element, tag)
            if element is not root and element.tail:
                walk.text.append(element.tail)
        elif element is not root and is_around(element, tag, in_main):
            events.skip_subtree()
        elif element.get("data-cfemail"):
            walk.text.append(unscrambled(element.get("data-cfemail", "")))
            events.skip_subtree()
        elif tag == "tr" and walk.tables and not walk.heading and _is_data(element):
            walk.flush()
            _row(walk, element)
            events.skip_subtree()
        else:
            _started(walk, element, tag)
    walk.flush()
    return walk.writer.page(title)


def is_around(element: etree._Element, tag: str, in_main: bool) -> bool:
    """Whether an element is no text of the page, or furniture around it."""
    if tag in SILENT:
        return True
    if tag in AROUND:
        return not (tag == "aside" and _is_note(element))
    if tag == "header" and not in_main:
        return True
    if tag == "button":
        return not _labels_a_section(element)
    if tag == "a" and not len(element) and (element.text or "").strip() in _MARKS:
        return True
    attributes = element.attrib
    if not attributes:
        return False
    if attributes.get("role") in _AROUND_ROLES:
        return True
    words = f"{attributes.get('class', '')} {attributes.get('id', '')}"
    return words != " " and tag not in ("body", "html", "main") and not _FURNITURE.isdisjoint(words.split())


def _is_note(element: etree._Element) -> bool:
    words = f"{element.get('class', '')} {element.get('role', '')}".lower()
    return any(word in words for word in _NOTES)


def _labels_a_section(element: etree._Element) -> bool:
    """A button that opens a section is that section's heading or stands in one; other buttons are furniture."""
    if element.get("aria-controls") and element.get("aria-expanded") and not element.get("aria-haspopup"):
        return True
    parent = element.getparent()
    return parent is not None and parent.tag in _HEADINGS


def _started(walk: _Walk, element: etree._Element, tag: str) -> None:
    role = element.get("role")
    if tag in _BLOCKS or role in ("listitem", "heading", "list"):
        walk.flush(keep_links=True)
    if tag in _HEADINGS or role == "heading":
        walk.heading = _HEADINGS.get(tag) or _level(element)
    elif tag in _LISTS or role == "list":
        walk.lists.append(walk.container())
    elif tag in _ITEMS or role == "listitem":
        walk.items.append(walk.lists[-1] if walk.lists else walk.next_run())
    elif tag == "table":
        walk.tables.append(walk.container())
    elif tag == "br":
        walk.text.append("\v")
    elif tag == "a" and element.get("href"):
        address = target(element.get("href", ""))
        if address:
            walk.links.append(address)
    if element.text:
        walk.text.append(element.text)


def _ended(walk: _Walk, element: etree._Element, tag: str) -> None:
    role = element.get("role")
    if tag in _BLOCKS or role in ("listitem", "heading", "list"):
        walk.flush()
    if tag in _HEADINGS or role == "heading":
        walk.heading = 0
    elif (tag in _LISTS or role == "list") and walk.lists:
        walk.lists.pop()
        walk.run = 0
    elif (tag in _ITEMS or role == "listitem") and walk.items:
        walk.items.pop()
    elif tag == "table" and walk.tables:
        walk.tables.pop()
        walk.run = 0
    elif tag == "details":
        walk.writer.headings = [pair for pair in walk.writer.headings if pair[0] < _HEADINGS["summary"]]


def _level(element: etree._Element) -> int:
    level = element.get("aria-level", "2")
    return int(level) if level.isdigit() and 1 <= int(level) <= 6 else 2


def _is_data(row: etree._Element) -> bool:
    """A row of facts: at least two cells, and nothing in them that is a layout of its own."""
    cells = sum(1 for cell in row if cell.tag in ("td", "th"))
    return cells > 1 and next(row.iter(*_LAYOUT), None) is None


def _row(walk: _Walk, row: etree._Element) -> None:
    cells, links = [], []
    for cell in row:
        if cell.tag in ("td", "th"):
            cells.append(plain("".join(_cell_text(cell))) or _picture(cell))
            links += [target(a.get("href", "")) for a in cell.iter("a") if target(a.get("href", ""))]
    if any(cells):
        walk.writer.add(PassageKind.TABLE_ROW, " | ".join(cells), walk.tables[-1], cells, links)


def _cell_text(cell: etree._Element) -> Iterator[str]:
    events = etree.iterwalk(cell, events=("start", "end"))
    for event, element in events:
        if event == "start":
            if element.tag in SILENT:
                events.skip_subtree()
                continue
            if element.tag in _BLOCKS or element.tag == "br":
                yield " "
            if isinstance(element.tag, str):
                yield element.text or ""
        elif element is not cell:
            yield (" " if element.tag in _BLOCKS else "") + (element.tail or "")


def _picture(cell: etree._Element) -> str:
    """What a cell says that holds only a picture: its alternative text, so that a tick drawn as an image is read."""
    for element in cell.iter("img", "svg", "i", "span"):
        said = element.get("alt") or element.get("aria-label") or element.get("title")
        if said:
            return plain(said)
    return ""
