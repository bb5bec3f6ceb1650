"""Both texts of a change side by side: what changed with its marks, a little around it, the rest counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from detector.alignment.matching import matches
from store.values import Passage, Span
from store.views import ChangeTexts

_CONTEXT = 1  # unchanged passages shown on each side of a change
_LINES_AT_MOST = 400
_TEXT_AT_MOST = 6000  # characters of one passage

Place = tuple[int | None, int | None]
Spans = dict[int, list[Span]]
Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row. unchanged > 0 stands for that many passages left out; a side is None where nothing stands.

    old and new: pieces of text, each with whether it is marked. where: the headings above it.
    """

    old: Pieces | None = None
    new: Pieces | None = None
    changed: bool = False
    where: tuple[str, ...] = ()
    kind: str = ""
    unchanged: int = 0


def redline(texts: ChangeTexts) -> tuple[Line, ...]:
    """The rows of a change in the order of the texts; everything that differs, up to 400 rows."""
    old_spans = _spans([finding.old_span for finding in texts.change.findings], texts.old)
    new_spans = _spans([finding.new_span for finding in texts.change.findings], texts.new)
    places = list(_places(texts))
    told = [not _still_stands(texts, (i, j)) or i in old_spans or j in new_spans for i, j in places]
    lines: list[Line] = []
    skipped = 0
    for index, place in enumerate(places):
        near = told[max(0, index - _CONTEXT) : index + _CONTEXT + 1]
        if not any(near) or len(lines) >= _LINES_AT_MOST:
            skipped += 1
            continue
        lines += [Line(unchanged=skipped)] if skipped else []
        skipped = 0
        lines.append(_line(texts, place, old_spans, new_spans))
    return (*lines, Line(unchanged=skipped)) if skipped else tuple(lines)


def _places(texts: ChangeTexts) -> Iterator[Place]:
    """Every passage of both versions once, as pairs: the same text, or what a finding says became what."""
    old, new = texts.old, texts.new
    same = matches([(one.kind, one.text) for one in old], [(one.kind, one.text) for one in new])
    taken, kept = {i for i, _ in same}, {j for _, j in same}
    partner: dict[int, int] = {}
    for finding in texts.change.findings:
        if finding.old_span is None or finding.new_span is None:
            continue
        i, j = finding.old_span.passage, finding.new_span.passage
        # What still stands word for word became nothing else, even where a finding names it beside something new.
        if 0 <= i < len(old) and 0 <= j < len(new) and i not in taken and j not in kept and j not in partner:
            partner[j] = i
            taken.add(i)
    at_old = at_new = 0
    for i, j in [*same, (len(old), len(new))]:
        yield from _between(range(at_old, i), range(at_new, j), partner, taken)
        if i < len(old):
            yield i, j
        at_old, at_new = i + 1, j + 1


def _between(left: range, right: range, partner: dict[int, int], taken: set[int]) -> Iterator[Place]:
    """What stands between two passages that stayed: first what went, each with what came where they can be told."""
    gone = [i for i in left if i not in taken]
    come = [j for j in right if j not in partner]
    if len(gone) == len(come):  # as many went as came: shown beside each other
        partner = {**partner, **dict(zip(come, gone, strict=True))}
        gone = []
    yield from ((i, None) for i in gone)
    yield from ((partner.get(j), j) for j in right)


def _spans(spans: Sequence[Span | None], passages: Sequence[Passage]) -> Spans:
    found: Spans = {}
    for span in spans:
        if span is not None and 0 <= span.passage < len(passages):
            found.setdefault(span.passage, []).append(span)
    return found


def _still_stands(texts: ChangeTexts, place: Place) -> bool:
    i, j = place
    return i is not None and j is not None and texts.old[i].text == texts.new[j].text


def _line(texts: ChangeTexts, place: Place, old_spans: Spans, new_spans: Spans) -> Line:
    i, j = place
    passage = texts.new[j] if j is not None else texts.old[i or 0]
    alone = i is None or j is None
    stands = _still_stands(texts, place)
    if stands:
        old_spans = new_spans = {}  # a finding may name it, but nothing went and nothing came
    return Line(
        old=pieces(texts.old[i].text, old_spans.get(i, ()), alone) if i is not None else None,
        new=pieces(texts.new[j].text, new_spans.get(j, ()), alone) if j is not None else None,
        changed=not stands,
        where=passage.path,
        kind=passage.kind.value,
    )


def pieces(text: str, spans: Sequence[Span], alone: bool) -> Pieces:
    """The text cut at its spans, clamped to it. A passage that stands alone and has no span is marked whole."""
    text = text if len(text) <= _TEXT_AT_MOST else f"{text[:_TEXT_AT_MOST]} …"
    marked = bytearray(len(text))
    for span in spans:
        start, end = max(0, span.start), min(len(text), span.end)
        marked[start:end] = b"\x01" * max(0, end - start)
    if alone and not any(marked):
        return ((text, True),)
    cuts = [at for at in range(1, len(text)) if marked[at] != marked[at - 1]]
    bounds = [0, *cuts, len(text)]
    return tuple((text[a:b], bool(marked[a])) for a, b in pairwise(bounds) if a < b)
