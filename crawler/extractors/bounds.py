"""Whether a body can be read in bounded time and memory, by its marks: tags, list signs, values, entities."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extractors.page import LONGEST_TEXT, Unextractable

# The most crowded of six thousand real pages has 5,300 tags, the most crowded Markdown page 8,400 signs.
_MOST_TAGS = 100_000
_MOST_SIGNS = 100_000
_MOST_VALUES = 500_000
_LONG_TAG = 2_000  # bytes
_SILENT = re.compile(rb"<(/?)(?:script|style|template|textarea|noscript|svg)\b", re.IGNORECASE)
_ELEMENT = re.compile(rb"<[a-z]", re.IGNORECASE)
_APART = (b" ", b"\n", b"\t", b"\r", b"\f", b"/", b'"', b"'")  # what stands between two attributes
_MOST_ATTRIBUTES = 20_000  # of one element; libxml2 compares each attribute with all before it
# Entities that a document defines itself: no page or feed needs them, and they can unfold without end or name files.
_ENTITIES = re.compile(rb"<!DOCTYPE[^>\[]{0,1000}\[[^\]]{0,4000}?<!ENTITY", re.IGNORECASE)


def within_bounds(body: bytes) -> None:
    """Raises Unextractable for a body that would take too long, or too much memory, to read."""
    if _ENTITIES.search(body[:16_384]):
        raise Unextractable("the document declares entities of its own")
    start = body[:64].lstrip(b"\xef\xbb\xbf \t\r\n\x1e")[:1]
    if start in (b"{", b"["):
        _bounded(sum(map(body.count, (b",", b"{", b"["))), _MOST_VALUES, "values")
        _of_bounded_texts(body, b'"')
    elif start != b"<" and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        _bounded(sum(map(body.count, (b"\n", b"*", b"_", b"[", b"`", b"|", b">", b"#", b"\r"))), _MOST_SIGNS, "signs")
        _of_bounded_texts(body, b"\n")
    else:
        _of_bounded_texts(body, b"<")
    _bounded(body.count(b"<"), _MOST_TAGS, "tags")
    if sum(number**2 for number in _attributes(body)) > _MOST_ATTRIBUTES**2:
        raise Unextractable("too crowded to be read: elements of very many attributes")


def _of_bounded_texts(body: bytes, mark: bytes) -> None:
    """Raises Unextractable where more than LONGEST_TEXT bytes of text stand between two marks."""
    at = 0
    while at + LONGEST_TEXT < len(body):
        near = body.rfind(mark, at + 1, at + LONGEST_TEXT + 1)
        if near >= 0:
            at = near
            continue
        end = body.find(mark, at + 1)
        end = end if end >= 0 else len(body)
        size = end - (_text_after(body, at, end) if mark == b"<" else at)
        if size > LONGEST_TEXT:
            raise Unextractable(
                f"too crowded to be read: one text of {size:,} bytes, and {LONGEST_TEXT:,} are the most"
            )
        at = end


def _text_after(body: bytes, at: int, end: int) -> int:
    """Where behind a "<" text begins that is read: behind its tag or comment, and never where an element is silent."""
    if body.startswith(b"<![", at):  # CDATA, which feeds wrap texts in
        return at
    closing = b"-->" if body.startswith(b"<!--", at) else b">"
    after = body.find(closing, at, end)
    last = None
    for last in _SILENT.finditer(body, 0, at + 20):  # noqa: B007  the last one before is wanted
        pass
    return end if after < 0 or (last is not None and not last[1]) else after


def _attributes(body: bytes) -> Iterator[int]:
    """About how many attributes each very long tag has."""
    for piece in body.split(b">"):
        if len(piece) > _LONG_TAG and (tag := _ELEMENT.search(piece)):
            yield sum(piece.count(mark, tag.end()) for mark in _APART)


def _bounded(number: int, most: int, what: str) -> None:
    if number > most:
        raise Unextractable(f"too crowded to be read: {number:,} {what}, and {most:,} are the most")
