"""Neighbouring scraps that came or went together: the cells of one row, read as one statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from detector.about import About
from detector.prose.chrome import is_chrome, is_pointer
from detector.prose.stamps import is_stamp
from detector.prose.surroundings import Sentences
from detector.statements.read import statements
from detector.statements.statement import Family
from store.values import Finding, Passage, PassageKind, Severity, SourceKind, Span

# A name, what it does and where: fewer neighbours are a label or a button.
_CELLS = 3
# Longer passages are rated by themselves.
_CELL = 120
_LABEL = 60
# A label stands before the values of this many entries or more, and an entry has two values or more.
_AGAIN = 3
_VALUES = 2
_NAMING = frozenset({Family.TERRITORY, Family.PARTY})


def rows_read_as_one(
    findings: Sequence[Finding], passages: Sequence[Passage], elsewhere: Sentences, about: About
) -> list[Finding]:
    """The findings of lone passages of one side; the first of a row of info ones is low where the row says something.

    Layouts without tables put each cell of a list of sub-processors into a paragraph of its own ("CoreWeave",
    "Inference provider", "EEA"): no cell says anything alone. A row says something where it names somebody, or where
    labels that other rows of the text have too ("Name", "Purpose") stand before values. passages: all of that side.
    """
    raised = list(findings)
    if about.kind is SourceKind.TERMS:
        labels = _labels(passages) if findings else frozenset()
        for row in _rows(findings, passages):
            if _says_something(row, findings, elsewhere, about) or _is_entry(row, findings, labels):
                raised[row[0]] = replace(findings[row[0]], severity=Severity.LOW)
    return raised


def _labels(passages: Sequence[Passage]) -> frozenset[str]:
    """The short texts that stand again and again as paragraphs of their own."""
    counts = Counter(one.text for one in passages if one.kind is PassageKind.PARAGRAPH and len(one.text) <= _LABEL)
    return frozenset(text for text, count in counts.items() if count >= _AGAIN)


def _is_entry(row: Sequence[int], findings: Sequence[Finding], labels: frozenset[str]) -> bool:
    """Whether labels and values of a row take turns: one more entry in a list of such entries."""
    texts = [_span(findings[place]).text for place in row]
    values = [value for label, value in pairwise(texts) if label in labels and value not in labels]
    return len(values) >= _VALUES and len({text for text in texts if text in labels}) >= _VALUES


def _rows(findings: Sequence[Finding], passages: Sequence[Passage]) -> Iterator[list[int]]:
    row: list[int] = []
    for place, finding in enumerate(findings):
        span = _span(finding)
        if finding.severity is not Severity.INFO or len(span.text) > _CELL or is_pointer(passages[span.passage]):
            continue
        if row and _span(findings[row[-1]]).passage != span.passage - 1:
            if len(row) >= _CELLS:
                yield row
            row = []
        row.append(place)
    if len(row) >= _CELLS:
        yield row


def _says_something(row: Sequence[int], findings: Sequence[Finding], elsewhere: Sentences, about: About) -> bool:
    texts = [_span(findings[place]).text for place in row]
    new = [text for text in texts if not (is_chrome(text) or is_stamp(text) or elsewhere.hold_all(text))]
    said = statements(" · ".join(new), about.names)
    return len(new) >= _CELLS and any(one.family in _NAMING for one in said)


def _span(finding: Finding) -> Span:
    span = finding.new_span or finding.old_span
    assert span is not None
    return span
