"""The labels of the territory pairs are well-formed, and an outcome says how a territory would be heard of."""

from __future__ import annotations

import pytest

from benchmarks.territory_pairs import labels, outcome
from store.territory import is_code
from store.values import Finding, FindingKind, Severity, Span

TEXT = "We suspend ads in Russia and Ukraine."
ADDED = Finding(FindingKind.TEXT_ADDED, Severity.HIGH, new=TEXT, new_span=Span(0, 0, len(TEXT), TEXT))
MENTION = Finding(FindingKind.TERRITORY_MENTION_CHANGED, Severity.MEDIUM, old="Peru", territory="PE")


def test_every_label_has_a_code_a_direction_and_a_meaning() -> None:
    rows = labels()
    assert all(is_code(row["territory"]) for row in rows)
    assert {row["direction"] for row in rows} == {"came", "went", "moved"}
    assert {row["meaning"] for row in rows} == {"availability", "condition", "party", "mention", "nothing"}
    assert len({(row["pair"], row["territory"]) for row in rows}) == len(rows)


@pytest.mark.parametrize(("code", "said"), [("PE", "code"), ("RU", "text"), ("UA", "text"), ("BY", "silent")])
def test_a_territory_is_heard_of_by_its_code_or_by_the_text(code: str, said: str) -> None:
    assert outcome({"territory": code}, (ADDED, MENTION)) == said
