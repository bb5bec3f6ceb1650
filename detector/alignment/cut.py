"""A huge passage as its sentences, and findings about these back as findings about the passage.

A page that comes as one block of megabytes is compared sentence by sentence, so that its cost, too, grows with what
differs and not with its length.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from store.values import Content, Finding, Passage, Span

_HUGE = 50_000
_LONG = 5_000
# Where a text has no sentences, a piece ends after a word whose checksum says so: the same words end the same pieces.
_ONE_IN = 60
_END = re.compile(r"[.!?;]\s+|[。！？；]\s*")
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True)
class Cut:
    """A version whose huge passages are cut; places: for each piece the passage it is of and where it starts there."""

    content: Content
    places: tuple[tuple[int, int], ...] | None = None

    def restored(self, span: Span | None) -> Span | None:
        """The same characters as a span of the version as it was."""
        if span is None or self.places is None:
            return span
        passage, offset = self.places[span.passage]
        return Span(passage, span.start + offset, span.end + offset, span.text)


def cut(content: Content) -> Cut:
    """Versions without huge passages, and those that carry facts, stay as they are."""
    facts = content.facts
    if facts != type(facts)() or all(len(passage.text) <= _HUGE for passage in content.passages):
        return Cut(content)
    pieces: list[Passage] = []
    places: list[tuple[int, int]] = []
    for index, passage in enumerate(content.passages):
        for start, end in _pieces(passage.text) if len(passage.text) > _HUGE else [(0, len(passage.text))]:
            text = passage.text[start:end].rstrip()
            links = passage.links if start == 0 else ()
            pieces.append(passage if len(text) == len(passage.text) else replace(passage, text=text, links=links))
            places.append((index, start))
    return Cut(Content(tuple(pieces)), tuple(places))


def restored(finding: Finding, old: Cut, new: Cut) -> Finding:
    """A finding about cut versions as one about the versions."""
    if old.places is None and new.places is None:
        return finding
    return replace(finding, old_span=old.restored(finding.old_span), new_span=new.restored(finding.new_span))


def _pieces(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in [*(match.end() for match in _END.finditer(text)), len(text)]:
        if end - start > _LONG:
            yield from _parts(text, start, end)
        elif end > start:
            yield start, end
        start = end


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _WORD.finditer(text, start, end):
        if zlib.crc32(match.group().strip().encode("utf-8", "surrogatepass")) % _ONE_IN == 0 and match.end() < end:
            yield start, match.end()
            start = match.end()
    yield start, end
