"""The second look: whether what was read out of an answer can be the page, by its own words and by what is known."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin, urlsplit

from crawler.declaration import Declaration
from crawler.verdicts.against import COLLAPSED, Loss, against, alike, loss, says_something, stops_early, words
from crawler.verdicts.landed import landed
from crawler.verdicts.phrases import HEADING_SIZE, TEXT_SIZE, Look, folded, look, told
from crawler.verdicts.said import Verdict, refused
from crawler.verdicts.whole import missing
from crawler.visible import seen
from store.capture_kind import CaptureKind
from store.values import Content, Passage, PassageKind, SourceKind

_FIRST = 3  # passages among which headings are looked for
_OPENING = 8  # passages
_SHORT = 80  # characters: as short as a heading
_OPENING_COLLAPSED = 300  # characters in which a page that lost its text says what it is
_HEADING_ONLY = 200
_SCRIPTS = 3
_REGRETS = 2  # sentences an error page has; terms, however short, have more
_SAME_TEMPLATE = 0.9
_FEWEST = 5  # words of an earlier refusal that can be recognised
_EVERYTHING = float("inf")
_LABELS = (PassageKind.HEADING, PassageKind.PARAGRAPH)
_LINK = re.compile(rb"<a\b[^>]{0,2000}>(.{0,500}?)</a\s*>", re.IGNORECASE | re.DOTALL)
_HREF = re.compile(rb"<a\b[^>]{0,500}?\bhref\s*=\s*[\"']?\s*([^\"'\s>]{1,2000})", re.IGNORECASE)
_SCRIPT = re.compile(rb"<script\b", re.IGNORECASE)
_PASSWORD = re.compile(rb"<input[^>]{0,300}type\s*=\s*[\"']?password", re.IGNORECASE)

Refusals = Callable[[], Sequence[tuple[str, bytes]]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What came and what was read of it. asked and url: the declared address and the one that answered."""

    asked: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    html: bool
    content: Content


@dataclass(frozen=True, slots=True)
class Before:
    """The last good version: its content as today's recipe reads it, and the bytes behind it."""

    content: Content
    body: bytes


def doubt(reading: Reading, declaration: Declaration, before: Before | None, refusals: Refusals) -> Verdict | None:
    """Why a reading is not the page; None where nothing speaks against it.

    refusals: reason and body of earlier captures of the same host that were refused; asked only when little was read.
    """
    if cut := missing(reading.headers, reading.body, before.body if before else None):
        ends = before is not None and stops_early(before.content.passages, reading.content.passages)
        return refused(CaptureKind.PARTIAL, cut, passing=not ends)
    if declaration.kind in (SourceKind.FEED, SourceKind.DOCKET):  # their entries come and go
        return None
    passages = reading.content.passages
    lost = loss(before.content.passages, passages) if before else None
    if not _stands(declaration.expect.marker, passages):
        itself = _by_itself(reading, declaration.kind, lost, refusals)
        if itself is not None:
            return itself
    return against(before.content.passages, passages, lost) if before and lost else None


def _stands(marker: str | None, passages: Sequence[Passage]) -> bool:
    """Whether the words that prove the page stand on it."""
    return bool(marker) and any(str(marker).casefold() in passage.text.casefold() for passage in passages)


def _by_itself(reading: Reading, kind: SourceKind, lost: Loss | None, refusals: Refusals) -> Verdict | None:
    """What the reading shows by its address, its words and its likeness to earlier refusals, where it is not a text
    that mostly stood there before."""
    if lost is not None and lost.gone < COLLAPSED:
        return None
    if went := landed(reading.asked, reading.url):
        return refused(*went)
    view = _view(reading, collapsed=lost is not None)
    whole = lost is None or lost.before < _FEWEST
    found = told(view) if whole else told(view, _EVERYTHING, _EVERYTHING)
    if found and (found.kind is not CaptureKind.SHELL or view.size < HEADING_SIZE):
        return refused(found.kind, f'"{found.words}"')
    if view.size < HEADING_SIZE or lost is not None:
        return (
            _asks(reading, view)
            or _leads_home(reading, view)
            or _heading_only(reading, kind, view)
            or _known(reading, refusals)
        )
    return None


def _view(reading: Reading, collapsed: bool) -> Look:
    passages = reading.content.passages
    title = seen(reading.body, 1).title if reading.html else ""
    headings = [p.text for p in passages[:_FIRST] if p.kind is PassageKind.HEADING or _is_short(p)]
    lines = [p.text for p in passages if p.kind in (PassageKind.HEADING, PassageKind.PARAGRAPH)][:_OPENING]
    view = look([title, *headings], lines, [p.text for p in passages])
    return replace(view, opening=view.opening[:_OPENING_COLLAPSED]) if collapsed and view.size >= 600 else view


def _is_short(passage: Passage) -> bool:
    return passage.kind is PassageKind.PARAGRAPH and len(passage.text) <= _SHORT


def _asks(reading: Reading, view: Look) -> Verdict | None:
    """A page of little text that asks for a password."""
    if view.size < _HEADING_ONLY and _PASSWORD.search(reading.body):
        return refused(CaptureKind.WALL, "little text and a field for a password")
    return None


def _leads_home(reading: Reading, view: Look) -> Verdict | None:
    """A page of a sentence or two, without a fact, whose links all lead to the site's root: what a site says when it
    has nothing to say."""
    facts = reading.content.facts
    if view.size >= TEXT_SIZE or not reading.html or facts.availability or facts.deployments:
        return None
    if sum(says_something(passage) for passage in reading.content.passages) > _REGRETS:
        return None
    links = [link.decode("utf-8", "ignore").strip() for link in _HREF.findall(reading.body)]
    leads = {urljoin(reading.url, link).partition("#")[0].rstrip("/") for link in links if not link.startswith("#")}
    parts = urlsplit(reading.url)
    if leads != {f"{parts.scheme}://{parts.netloc}"} or parts.path in ("", "/"):
        return None
    return refused(CaptureKind.ERROR, "a sentence or two, and its links lead to the site's root and nowhere else")


def _heading_only(reading: Reading, kind: SourceKind, view: Look) -> Verdict | None:
    """Headings and labels, no sentence and no list: the text is brought by scripts. Terms that are nothing but links
    are a menu, however long."""
    passages, facts = reading.content.passages, reading.content.facts
    if facts.availability or facts.deployments:
        return None
    menu = kind is SourceKind.TERMS and view.size < HEADING_SIZE and _is_menu(passages, reading.body)
    labels = view.size < _HEADING_ONLY and all(p.kind in _LABELS and not says_something(p) for p in passages)
    if not (menu or labels) or not reading.html or len(_SCRIPT.findall(reading.body)) < _SCRIPTS:
        return None
    return refused(CaptureKind.SHELL, f"headings without a text in {len(reading.body)} bytes")


def _is_menu(passages: Sequence[Passage], body: bytes) -> bool:
    """Whether all that is said under the headings are labels that lead elsewhere."""
    said = [passage for passage in passages if passage.kind is not PassageKind.HEADING]
    links = {folded(seen(link, HEADING_SIZE).text) for link in _LINK.findall(body)}
    return bool(said) and all(folded(p.text) in links and not says_something(p) for p in said)


def _known(reading: Reading, refusals: Refusals) -> Verdict | None:
    """The host has sent this text before, as something that was refused."""
    mine = words([folded(seen(reading.body, HEADING_SIZE).text)])
    if mine.total() < _FEWEST:
        return None
    for reason, body in refusals():
        if alike(mine, words([folded(seen(body, HEADING_SIZE).text)]), _SAME_TEMPLATE):
            return refused(CaptureKind.of(reason) or CaptureKind.ERROR, f"like an earlier capture ({reason[:120]})")
    return None
