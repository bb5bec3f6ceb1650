"""The documentation names every kind of finding and every level."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from store.values import FindingKind, Held, Severity

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("kind", FindingKind)
def test_every_kind_has_its_row_in_findings(kind):
    rows = re.findall(
        r"^\| `(\w+)` \| \S.*\|.*\|.*\|$", (DOCS / "findings.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert kind.value in rows


def test_no_row_is_of_a_kind_that_does_not_exist():
    rows = re.findall(r"^\| `(\w+)` \|", (DOCS / "findings.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(rows) == {kind.value for kind in FindingKind}


@pytest.mark.parametrize("name", [*Severity, *FindingKind, Held.COSMETIC, Held.REVERSION, Held.AWAITING_CONFIRMATION])
def test_severity_names_every_level_and_kind(name):
    text = (DOCS / "severity.md").read_text(encoding="utf-8")
    family = name.value.partition("_")[0]
    assert f"`{name.value}`" in text or f"`{family}_*`" in text
