"""Does the side-by-side text show everything that differs, once, and mark only what went or came?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.values import Finding, FindingKind, Passage, PassageKind, Polarity, Severity, SourceKind, Span
from store.views import ChangeTexts, ChangeView, Evidence
from tocsin.web.redline import Line, pieces, redline

AT = datetime(2024, 7, 9, tzinfo=UTC)
PROOF = Evidence(1, "0" * 64, "https://example.com/", AT, 200)


def texts(old: list[str], new: list[str], *findings: Finding) -> ChangeTexts:
    view = ChangeView(
        id=1,
        address="1..2",
        source="s",
        title="t",
        publisher="p",
        product=None,
        kind=SourceKind.TERMS,
        polarity=Polarity.ALLOW,
        language="en",
        url="https://example.com/",
        at=AT,
        severity=Severity.LOW,
        substantive=True,
        significance=0.5,
        held=None,
        reasons=(),
        findings=findings,
        before=PROOF,
        after=PROOF,
        confirmed_at=None,
        announced_at=None,
        model=None,
    )
    sides = [tuple(Passage(PassageKind.PARAGRAPH, text) for text in side) for side in (old, new)]
    return ChangeTexts(view, *sides)


def finding(old: Span | None, new: Span | None) -> Finding:
    return Finding(FindingKind.REWORDED, Severity.LOW, old_span=old, new_span=new)


def plain(line: Line) -> tuple[str | None, str | None]:
    return tuple("".join(text for text, _ in side) if side is not None else None for side in (line.old, line.new))  # type: ignore[return-value]


def marked(line: Line) -> tuple[list[str], list[str]]:
    return tuple([text for text, mark in side or () if mark] for side in (line.old, line.new))  # type: ignore[return-value]


def test_a_pair_is_marked_at_its_spans() -> None:
    lines = redline(
        texts(["a", "we may act", "z"], ["a", "we must act", "z"], finding(Span(1, 3, 6, "may"), Span(1, 3, 7, "must")))
    )
    assert marked(lines[1]) == (["may"], ["must"])
    assert [plain(line) for line in lines] == [("a", "a"), ("we may act", "we must act"), ("z", "z")]


def test_what_still_stands_is_neither_struck_out_nor_shown_twice() -> None:
    """A stage that advanced names the old notice, which is still on the page, beside the new one."""
    lines = redline(
        texts(
            ["proposed", "notice", "older"],
            ["final", "proposed", "notice", "older"],
            finding(Span(0, 0, 8, "proposed"), Span(0, 0, 5, "final")),
        )
    )
    assert [plain(line) for line in lines if not line.unchanged] == [
        (None, "final"),
        ("proposed", "proposed"),
        ("notice", "notice"),
    ]
    assert marked(lines[1]) == ([], [])


def test_what_stands_alone_is_marked_whole() -> None:
    (line,) = redline(texts(["gone"], []))
    assert marked(line) == (["gone"], [])
    (line,) = redline(texts([], ["come"]))
    assert marked(line) == ([], ["come"])


def test_a_paragraph_that_moved_far_is_still_beside_its_former_self() -> None:
    old, new = ["x", "b", "c", "the clause may"], ["the clause must", "x", "b", "c"]
    lines = redline(texts(old, new, finding(Span(3, 11, 14, "may"), Span(0, 11, 15, "must"))))
    assert plain(lines[0]) == ("the clause may", "the clause must")


@pytest.mark.parametrize("span", [Span(0, -9, 3, ""), Span(0, 2, 999, ""), Span(0, 5, 1, ""), Span(0, 0, 0, "")])
def test_a_span_that_does_not_fit_is_clamped(span: Span) -> None:
    assert "".join(text for text, _ in pieces("hello", [span], False)) == "hello"


def test_a_huge_change_is_cut_and_counted() -> None:
    lines = redline(texts([f"old {n}" for n in range(900)], [f"new {n}" for n in range(1000)]))
    assert len(lines) == 401
    assert lines[-1].unchanged == 1500


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from("abcdef"), max_size=12),
    st.lists(st.sampled_from("abcdef"), max_size=12),
    st.lists(st.tuples(st.integers(-1, 13), st.integers(-1, 13)), max_size=4),
)
def test_every_passage_that_differs_is_shown_once(old: list[str], new: list[str], named: list[tuple[int, int]]) -> None:
    findings = [finding(Span(i, 0, 1, ""), Span(j, 0, 1, "")) for i, j in named]
    lines = redline(texts(old, new, *findings))
    for side, passages in ((0, old), (1, new)):
        shown = [text for line in lines if (text := plain(line)[side]) is not None and not line.unchanged]
        assert len(shown) + sum(line.unchanged for line in lines) == len(passages)
        assert all(shown.count(text) <= passages.count(text) for text in shown)
