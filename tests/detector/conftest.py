"""Versions written by hand, compared for real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from detector.compare import About, Comparison, compare
from store.values import (
    Availability,
    Content,
    Facts,
    Finding,
    Passage,
    PassageKind,
    Polarity,
    SourceKind,
    Span,
    Status,
)

ON = date(2024, 6, 25)


def _content(*texts: str | Passage, facts: Facts | None = None) -> Content:
    passages = tuple(one if isinstance(one, Passage) else Passage(PassageKind.PARAGRAPH, one) for one in texts)
    return Content(passages, facts or Facts())


def _about(kind: SourceKind = SourceKind.TERMS, polarity: Polarity = Polarity.ALLOW) -> About:
    return About(kind, "Example AI", "Example API", polarity, "en", ON)


def _spans(comparison: Comparison, old: Content, new: Content) -> Iterator[tuple[Finding, Span, Content]]:
    for finding in comparison.findings:
        for span, content in ((finding.old_span, old), (finding.new_span, new)):
            if span is not None:
                yield finding, span, content


@pytest.fixture
def content() -> Callable[..., Content]:
    """content("a passage", ..., facts=Facts(...)): a version."""
    return _content


@pytest.fixture
def about() -> Callable[..., About]:
    return _about


@pytest.fixture
def compared() -> Callable[..., Comparison]:
    """compared(old, new, kind=, polarity=, earlier=, encoder=): a comparison of which every span is checked."""

    def run(old: Any, new: Any, earlier: tuple[str, ...] = (), encoder: Any = None, **about: Any) -> Comparison:
        left, right = (one if isinstance(one, Content) else _content(one) for one in (old, new))
        comparison = compare(left, right, _about(**about), earlier, encoder)
        for finding, span, version in _spans(comparison, left, right):
            assert version.passages[span.passage].text[span.start : span.end] == span.text, finding
        return comparison

    return run


@pytest.fixture
def listing() -> Callable[..., Content]:
    """listing("Japan=JP", "Ukraine (with certain exceptions)=UA:restricted"): one list item and one fact each."""

    def make(*entries: str, product: str = "Example API", unknown: tuple[str, ...] = ()) -> Content:
        passages, facts, strangers = [], [], []
        for index, entry in enumerate((*entries, *unknown)):
            text, _, code = entry.partition("=")
            passages.append(Passage(PassageKind.LIST_ITEM, text, ("Supported countries",)))
            span = Span(index, 0, len(text), text)
            if not code:
                strangers.append(span)
                continue
            territory, _, status = code.partition(":")
            name, _, condition = text.partition(" (")
            facts.append(
                Availability(territory, product, Status(status or "listed"), name, span, condition.rstrip(")") or None)
            )
        return Content(tuple(passages), Facts(availability=tuple(facts), unknown=tuple(strangers)))

    return make
