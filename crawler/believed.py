"""Whether a reading is believed: by its own words, by the last good version, by what was declared, by repetition."""

from __future__ import annotations

import re
from dataclasses import replace

from crawler.declaration import Declaration, Reader
from crawler.expect import is_loss, shortfall
from crawler.extract import Unextractable, extract
from crawler.known import LOOKS, Known
from crawler.verdict import THE_PAGE, Verdict, is_html
from crawler.verdicts.against import alike, words
from crawler.verdicts.reading import Before, Reading, doubt
from crawler.verdicts.said import refused
from store.archive import Current, Received
from store.capture_kind import CaptureKind
from store.confirmation import stated
from store.values import Content, Outcome, SourceKind

_ALIKE = 0.95
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


def judged(
    received: Received,
    declaration: Declaration,
    asked: str,
    content: Content,
    before: Content | None,
    standing: Current | None,
    known: Known,
) -> Verdict:
    """Whether a reading is the page, by its words, by the last good version and by what the declaration expects."""
    html = is_html(received.headers, received.body)
    reading = Reading(asked, received.url, received.headers, received.body, html, content)
    last = Before(before, standing.snapshot.body) if before is not None and standing is not None else None
    said = doubt(reading, declaration, last, known.of_host)
    if said is not None and not said.passing:
        return said
    short = shortfall(content, declaration, before)
    if short is not None and not (before is not None and is_loss(content, declaration)):
        return replace(said, passing=False) if said else Verdict(Outcome.IMPLAUSIBLE, short)
    return said or (Verdict(Outcome.IMPLAUSIBLE, short, passing=True) if short else THE_PAGE)


def unread(received: Received, declaration: Declaration, asked: str) -> Verdict | None:
    """What an answer is that cannot be read as declared: cut, or another page than the one that the selectors fit."""
    html = is_html(received.headers, received.body)
    plain = replace(declaration, kind=SourceKind.TERMS, select=(), remove=(), lists=(), reader=Reader.AUTO)
    try:
        content = extract(received.body, received.headers.get("content-type"), plain)
    except Unextractable:
        content = Content()
    said = doubt(Reading(asked, received.url, received.headers, received.body, html, content), plain, None, tuple)
    if said is None and not content.passages and _MARKUP.search(received.body[:4096]):
        return refused(CaptureKind.SHELL, f"no text but menus in {len(received.body)} bytes")
    return said


def seen_alike(content: Content, declaration: Declaration, known: Known) -> bool:
    """Whether the newest captures were refused for saying just this: then it is what the source says now."""
    captures = known.refused()
    return len(captures) >= LOOKS and all(_says(capture, content, declaration) for capture in captures)


def _says(capture: Received, content: Content, declaration: Declaration) -> bool:
    try:
        read = extract(capture.body, capture.headers.get("content-type"), declaration)
    except Unextractable:
        return False
    same = alike(words(p.text for p in read.passages), words(p.text for p in content.passages), _ALIKE)
    return same and stated(read.facts) == stated(content.facts)
