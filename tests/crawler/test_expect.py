"""Fewer than expected is implausible, never withdrawn."""

from __future__ import annotations

import pytest

from crawler.declaration import Declaration, parse
from crawler.expect import shortfall
from store.values import (
    Availability,
    Content,
    Deployment,
    Entry,
    Facts,
    Notice,
    Passage,
    PassageKind,
    Span,
    Stage,
    Status,
)

KINDS = {"list": "availability", "notices": "docket", "entries": "feed", "text": "terms"}


def declared(expect: str = "", kind: str = "availability") -> Declaration:
    product = 'product = "Q"\n' if kind == "availability" else ""
    return parse(
        f'title = "T"\npublisher = "P"\n{product}kind = "{kind}"\nurl = "https://e.com/l"\n'
        + (f"[expect]\n{expect}\n" if expect else ""),
        "x",
        "test",
    )


def content(territories: str = "", **facts: object) -> Content:
    span = Span(0, 0, 1, "x")
    listed = tuple(Availability(code, "Q", Status.LISTED, code, span) for code in territories.split())
    return Content((Passage(PassageKind.PARAGRAPH, "x marks the “Spot”"),), Facts(availability=listed, **facts))  # type: ignore[arg-type]


TEN = "AL DZ AD AO AR AM AU AT AZ BS"


def test_a_plausible_reading_has_no_shortfall() -> None:
    assert shortfall(content(TEN), declared("territories = { min = 5, max = 20, include = ['AL'] }"), None) is None
    assert shortfall(content(TEN[:-3]), declared(), content(TEN)) is None


@pytest.mark.parametrize(
    ("expect", "reason"),
    [
        ("territories = { min = 11 }", "10 territories read, at least 11"),
        ("territories = { max = 9 }", "at most 9"),
        ("territories = { include = ['AL', 'US', 'JP'] }", "does not name US, JP"),
        ("passages = { min = 2 }", "1 passages read, at least 2"),
        ("deployments = { min = 1 }", "0 deployments"),
        ("marker = 'Supported countries'", "'Supported countries' that must stand"),
        ("max_removed = 1", "3 of 13 territories gone at once, at most 1"),
    ],
)
def test_a_declared_expectation_is_checked(expect: str, reason: str) -> None:
    said = shortfall(content(TEN), declared(expect), content(TEN + " FR DE IT"))
    assert said is not None
    assert reason in said


def test_a_marker_is_found_whatever_its_quotes_and_case() -> None:
    assert shortfall(content(TEN), declared("marker = 'the \"spot\"'"), None) is None


def test_a_list_that_lost_more_than_half_is_implausible_without_any_expectation() -> None:
    said = shortfall(content("AL DZ AD AO"), declared(), content(TEN))
    assert said is not None
    assert "more than half" in said
    assert shortfall(content("AL DZ AD AO AR"), declared(), content(TEN)) is None


def test_half_of_the_entries_replaced_by_others_is_no_list_that_grew() -> None:
    assert shortfall(content("FR DE IT ES PT PL BE NL LU AL"), declared(), content(TEN)) is not None


def test_one_product_of_several_may_not_vanish_unseen() -> None:
    span = Span(0, 0, 1, "x")
    app = tuple(Availability(code, "App", Status.LISTED, code, span) for code in (TEN + " FR DE").split())
    both = Content(content(TEN).passages, Facts(availability=content(TEN).facts.availability + app))
    assert shortfall(content(TEN), declared(), both) is not None


def test_an_availability_source_with_nothing_is_implausible() -> None:
    assert shortfall(content(), declared(), None) is not None
    span = Span(0, 0, 1, "x")
    assert shortfall(content(deployments=(Deployment("m", "r", span),)), declared(), None) is None
    assert shortfall(content(), declared(kind="terms"), None) is None


def test_a_docket_or_feed_that_falls_silent_is_implausible() -> None:
    span = Span(0, 0, 1, "x")
    notices = content(notices=(Notice("1", "t", Stage.FINAL, "Rule", span),))
    entries = content(entries=(Entry("l", "t", span),))
    assert shortfall(content(), declared(kind="docket"), notices) is not None
    assert shortfall(content(), declared(kind="feed"), entries) is not None
    assert shortfall(content(), declared(kind="feed"), None) is None


def test_a_page_without_text_is_implausible() -> None:
    assert shortfall(Content(), declared(kind="terms"), None) == "no text was read"
