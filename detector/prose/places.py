"""Which territories a finding of running text is about although its own words name none: those of its sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache

from detector.prose.surroundings import sentence_around
from store.territory import find_territories
from store.values import Finding, Passage, Severity, Span


def placed(finding: Finding, old: Sequence[Passage], new: Sequence[Passage]) -> Finding:
    """The finding with the territories of its sentence and headings as its subject: "may not" of "Users in Russia".

    What has a territory or a subject already, or says nothing (info), is returned as it is, and so is a whole passage
    that names territories itself.
    """
    if finding.territory or finding.subject or finding.severity.rank <= Severity.INFO.rank:
        return finding
    sides = ((finding.new_span, new), (finding.old_span, old))
    spans = [(span, passages[span.passage]) for span, passages in sides if span is not None]
    if any(_named(span.text) for span, passage in spans if _is_whole(span, passage)):
        return finding
    names = {code: said for span, passage in reversed(spans) for code, said in _around(span, passage)}
    return replace(finding, subject=", ".join(dict.fromkeys(names.values()))) if names else finding


def _is_whole(span: Span, passage: Passage) -> bool:
    return span.start == 0 and span.end == len(passage.text)


def _around(span: Span, passage: Passage) -> Iterator[tuple[str, str]]:
    """Codes and names in the sentence; where it has none, in the heading under which it stands."""
    said = _named(sentence_around(passage.text, span.start, span.end))
    yield from said or (_named(passage.path[-1]) if passage.path else ())


@lru_cache(maxsize=512)
def _named(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((mention.code, mention.text) for mention in find_territories(text))
