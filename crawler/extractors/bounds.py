"""Whether a body can be read in bounded time and memory, by its marks: tags, list signs, values, entities."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extractors.page import Unextractable

# The most crowded of six thousand real pages has 5,300 tags, the most crowded Markdown page 8,400 signs.
_MOST_TAGS = 100_000
_MOST_SIGNS = 100_000
_MOST_VALUES = 500_000
_LONG_TAG = 2_000  # bytes
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
    elif start != b"<" and not body.startswith((b"\xff\xfe", b"\xfe\xff")):
        _bounded(sum(map(body.count, (b"\n", b"*", b"_", b"[", b"`", b"|", b">", b"#", b"\r"))), _MOST_SIGNS, "signs")
    _bounded(body.count(b"<"), _MOST_TAGS, "tags")
    if sum(number**2 for number in _attributes(body)) > _MOST_ATTRIBUTES**2:
        raise Unextractable("too crowded to be read: elements of very many attributes")


def _attributes(body: bytes) -> Iterator[int]:
    """About how many attributes each very long tag has."""
    for piece in body.split(b">"):
        if len(piece) > _LONG_TAG and (tag := _ELEMENT.search(piece)):
            yield sum(piece.count(mark, tag.end()) for mark in _APART)


def _bounded(number: int, most: int, what: str) -> None:
    if number > most:
        raise Unextractable(f"too crowded to be read: {number:,} {what}, and {most:,} are the most")
