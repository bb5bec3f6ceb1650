"""Neighbouring scraps that came or went together: the cells of one row, read as one statement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from detector.about import About
from detector.prose.chrome import is_chrome
from detector.prose.stamps import is_stamp
from detector.prose.surroundings import Sentences
from detector.statements.read import statements
from detector.statements.statement import Family
from store.values import Finding, Severity, SourceKind, Span

# A name, what it does and where: fewer neighbours are a label or a button.
_CELLS = 3
# Longer passages are rated by themselves.
_CELL = 120
_NAMING = frozenset({Family.TERRITORY, Family.PARTY})


def rows_read_as_one(findings: Sequence[Finding], elsewhere: Sentences, about: About) -> list[Finding]:
    """The findings of lone passages of one side; the first of a row of info ones is low where the row names somebody.

    Layouts without tables put each cell of a list of sub-processors into a paragraph of its own ("CoreWeave",
    "Inference provider", "EEA"): no cell says anything alone.
    """
    raised = list(findings)
    if about.kind is SourceKind.TERMS:
        for row in _rows(findings):
            if _says_something(row, findings, elsewhere, about):
                raised[row[0]] = replace(findings[row[0]], severity=Severity.LOW)
    return raised


def _rows(findings: Sequence[Finding]) -> Iterator[list[int]]:
    row: list[int] = []
    for place, finding in enumerate(findings):
        span = _span(finding)
        if finding.severity is not Severity.INFO or len(span.text) > _CELL:
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
