"""What is said of two versions that are no two versions of one text: what stands where, and nothing believed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from detector.judging.faults import Fault
from detector.prose.findings import Prose
from store.values import Finding, FindingKind, Passage, Severity, Span


def doubted_findings(prose: Prose, fault: Fault) -> list[Finding]:
    """text_removed and text_added (info) for each passage without equal; no statement is read.

    Where an agreement gave way to another one, a first finding of medium severity says so: somebody must read it.
    """
    removed = [*prose.alignment.removed, *(index for pair in prose.alignment.changed for index in pair.old)]
    added = [*prose.alignment.added, *(index for pair in prose.alignment.changed for index in pair.new)]
    return [*_replaced(prose, fault), *_texts(prose.old, removed, gone=True), *_texts(prose.new, added, gone=False)]


def _replaced(prose: Prose, fault: Fault) -> Iterator[Finding]:
    if fault.replaced:
        old, new = _whole(prose.old, 0), _whole(prose.new, 0)
        yield Finding(FindingKind.REWORDED, Severity.MEDIUM, old.text, new.text, old, new, subject="the whole text")


def _texts(passages: Sequence[Passage], indices: Sequence[int], *, gone: bool) -> Iterator[Finding]:
    for index in sorted(indices):
        span = _whole(passages, index)
        if gone:
            yield Finding(FindingKind.TEXT_REMOVED, Severity.INFO, old=span.text, old_span=span)
        else:
            yield Finding(FindingKind.TEXT_ADDED, Severity.INFO, new=span.text, new_span=span)


def _whole(passages: Sequence[Passage], index: int) -> Span:
    text = passages[index].text
    return Span(index, 0, len(text), text)
