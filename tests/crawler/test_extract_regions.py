"""Model x region tables become deployments, in Markdown and in HTML."""

from __future__ import annotations

import pytest

from crawler.declaration import parse
from crawler.extract import extract
from crawler.extractors.regions import ticked
from store.values import PassageKind

DECLARED = parse(
    'title = "T"\npublisher = "P"\nproduct = "Q"\nkind = "availability"\nurl = "https://e.com/m.md"\n'
    'reader = "regions"\n',
    "regions",
    "test",
)
MARKDOWN = """---
title: Model availability
ms.date: 10/03/2024
---

| **Region**    | **gpt-4o**, **2024-05-13** | **o1-mini**, **2024-09-12** |
|:--------------|:--------------------------:|:---------------------------:|
| australiaeast | ✅                         | -                           |
| eastus2       | ✅                         | ✅                          |
| westus        | -                          | not available               |
"""


def test_a_markdown_table_gives_a_deployment_for_each_tick() -> None:
    content = extract(MARKDOWN.encode(), "text/markdown", DECLARED)
    found = {(one.model, one.region) for one in content.facts.deployments}
    assert found == {
        ("gpt-4o, 2024-05-13", "australiaeast"),
        ("gpt-4o, 2024-05-13", "eastus2"),
        ("o1-mini, 2024-09-12", "eastus2"),
    }
    rows = [passage for passage in content.passages if passage.kind is PassageKind.TABLE_ROW]
    assert len(rows) == 4
    for one in content.facts.deployments:
        assert content.passages[one.span.passage].cells[0] == one.region
        assert content.passages[one.span.passage].text == one.span.text
    assert content.facts.availability == ()


def test_an_html_table_may_turn_models_and_regions_round() -> None:
    page = (
        "<table><thead><tr><th>Model</th><th>eastus</th><th>westus</th></tr></thead><tbody><tr><td>gpt-4o</td>"
        "<td><img alt='Available' src=x></td><td><svg aria-label='Not available'></svg></td></tr></tbody></table>"
    )
    content = extract(page.encode(), "text/html", DECLARED)
    assert {(one.model, one.region) for one in content.facts.deployments} == {("gpt-4o", "eastus")}


@pytest.mark.parametrize("cell", ["✅", "✓", "✔️", "yes", "Yes", "x", "Available", "支持"])
def test_what_says_yes(cell: str) -> None:
    assert ticked(cell)


@pytest.mark.parametrize("cell", ["", "-", "—", "no", "Not available", "❌", "n/a", "不支持", "unavailable"])
def test_what_does_not(cell: str) -> None:
    assert not ticked(cell)
