"""The old and the new text of a change side by side, with what changed marked in the context of its passage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from alerts.words import clean, short
from store.values import Finding, Passage, Span
from store.views import ChangeTexts

ROWS_AT_MOST = 30
_CONTEXT = 160  # characters kept on each side of a mark
_SIDE_AT_MOST = 6000  # characters of one passage, however many marks it has

Place = tuple[int | None, int | None]  # passage of the old and of the new text


@dataclass(frozen=True, slots=True)
class Piece:
    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One place in the text. An empty side: nothing stands there. where: the headings above it."""

    where: str
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]


def side_by_side(texts: ChangeTexts, findings: Sequence[Finding]) -> tuple[tuple[SideBySide, ...], int]:
    """The rows for these findings in their order, and how many more there would be.

    Findings about the same pair of passages share a row, and one that names one side only joins a row that has it. A
    span that does not fit its passage is clamped, never trusted: it comes from the store, but shows what a page said.
    """
    places: dict[Place, list[Finding]] = {}
    for finding in findings:
        place = (_passage(finding.old_span, texts.old), _passage(finding.new_span, texts.new))
        if place != (None, None):
            places.setdefault(place, []).append(finding)
    places = _joined(places)
    rows = [_row(texts, old, new, group) for (old, new), group in list(places.items())[:ROWS_AT_MOST]]
    return tuple(rows), max(0, len(places) - ROWS_AT_MOST)


def _joined(places: dict[Place, list[Finding]]) -> dict[Place, list[Finding]]:
    """Places of one side moved to the first pair that has it: else a passage would be shown again beside nothing."""
    pairs = [place for place in places if None not in place]
    by_old, by_new = ({pair[side]: pair for pair in reversed(pairs)} for side in (0, 1))
    found: dict[Place, list[Finding]] = {}
    for (old, new), findings in places.items():
        pair = by_new.get(new) if old is None else by_old.get(old) if new is None else None
        found.setdefault(pair or (old, new), []).extend(findings)
    return found


def _passage(span: Span | None, passages: Sequence[Passage]) -> int | None:
    return span.passage if span is not None and 0 <= span.passage < len(passages) else None


def _row(texts: ChangeTexts, old: int | None, new: int | None, group: Sequence[Finding]) -> SideBySide:
    passage = texts.new[new] if new is not None else texts.old[old or 0]
    return SideBySide(
        where=short(clean(" › ".join(passage.path)), 2 * _CONTEXT),
        old=_pieces(texts.old[old].text, [one.old_span for one in group]) if old is not None else (),
        new=_pieces(texts.new[new].text, [one.new_span for one in group]) if new is not None else (),
    )


def _pieces(text: str, spans: Sequence[Span | None]) -> tuple[Piece, ...]:
    pieces, at = [], 0
    for start, end in _merged(text, spans):
        pieces += [Piece(text[at:start], False), Piece(text[start:end], True)]
        at = end
    pieces.append(Piece(text[at:], False))
    shortened = [_shortened(piece, first=i == 0, last=i == len(pieces) - 1) for i, piece in enumerate(pieces)]
    return tuple(_bounded(piece for piece in shortened if piece.text))


def _bounded(pieces: Iterable[Piece]) -> Iterator[Piece]:
    left = _SIDE_AT_MOST
    for piece in pieces:
        left -= len(piece.text)
        if left < 0:
            yield Piece(" …", False)
            return
        yield piece


def _merged(text: str, spans: Sequence[Span | None]) -> list[tuple[int, int]]:
    ranges: list[tuple[int, int]] = []
    clamped = {(max(0, one.start), min(len(text), one.end)) for one in spans if one is not None}
    for start, end in sorted(clamped):
        if start >= end:
            continue
        if ranges and start <= ranges[-1][1]:
            ranges[-1] = (ranges[-1][0], max(ranges[-1][1], end))
        else:
            ranges.append((start, end))
    return ranges


def _shortened(piece: Piece, *, first: bool, last: bool) -> Piece:
    """Unmarked text far from any mark is left out; a mark is cut only when it is an article of its own."""
    text = _harmless(piece.text)
    if piece.marked:
        return Piece(text if len(text) <= 1200 else text[:600] + " … " + text[-600:], True)
    if first and last:
        return Piece(text if len(text) <= 4 * _CONTEXT else text[: 4 * _CONTEXT] + " …", False)
    if first:
        return Piece(text if len(text) <= _CONTEXT else "… " + text[-_CONTEXT:], False)
    if last:
        return Piece(text if len(text) <= _CONTEXT else text[:_CONTEXT] + " …", False)
    return Piece(text if len(text) <= 2 * _CONTEXT else text[:_CONTEXT] + " … " + text[-_CONTEXT:], False)


def _harmless(text: str) -> str:
    """Cleaned, but with the blanks at its ends, which part it from its neighbours."""
    cleaned = clean(text)
    head = " " if text[:1].isspace() else ""
    return head + cleaned + (" " if cleaned and text[-1:].isspace() else "")
