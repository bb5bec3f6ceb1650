"""Who hears of what: a table of wishes and changes."""

from __future__ import annotations

import pytest

from alerts.matching import affected, concerns, in_scope, severity_for, wants
from store.subscriptions import Filters
from store.values import Finding, FindingKind, Severity, SourceKind, Span
from store.views import Coverage


@pytest.mark.parametrize(
    ("filters", "wanted"),
    [
        (Filters(), True),
        (Filters(publishers=("openai",)), True),
        (Filters(publishers=("  OPENAI ",)), True),
        (Filters(publishers=("Anthropic",)), False),
        (Filters(publishers=("Anthropic", "OpenAI")), True),
        (Filters(products=("openai api",)), True),
        (Filters(products=("ChatGPT",)), False),
        (Filters(territories=("HK",)), True),
        (Filters(territories=("TW",)), False),
        (Filters(territories=("TW", "MO")), True),
        (Filters(kinds=("availability",)), True),
        (Filters(kinds=("territory_removed",)), True),
        (Filters(kinds=("territory_added",)), False),
        (Filters(kinds=("docket",)), False),
        (Filters(kinds=("docket", "territory_removed")), True),
        (Filters(kinds=("territory_added",), territories=("HK",)), False),
        (Filters(min_severity=Severity.HIGH), True),
        (Filters(min_severity=Severity.CRITICAL), False),
        (Filters(("OpenAI",), ("OpenAI API",), ("HK",), ("territory_removed",), Severity.HIGH), True),
        (Filters(("OpenAI",), ("OpenAI API",), ("HK",), ("territory_removed",), Severity.CRITICAL), False),
    ],
)
def test_a_lost_territory(made, filters, wanted):
    assert wants(filters, made.change(*made.LOST_TWO)) is wanted


@pytest.mark.parametrize(
    ("watched", "found", "wanted"),
    [
        ("UA", "UA-43", True),
        ("UA-43", "UA", True),
        ("UA-43", "UA-43", True),
        ("UA-43", "UA-14", False),
        ("U", "UA", False),
        ("EU", "FR", True),
        ("EU", "NO", False),
        ("EEA", "NO", True),
        ("FR", "EU", True),
        ("EU", "EU", True),
        ("GB", "EU", False),
        ("CN", "HK", False),
    ],
)
def test_areas_and_groups(made, watched, found, wanted):
    change = made.change(made.removed(found, "somewhere"))
    assert wants(Filters(territories=(watched,)), change) is wanted


def test_membership_is_that_of_the_day(made):
    from datetime import UTC, datetime

    britain = made.removed("GB", "United Kingdom")
    assert wants(Filters(territories=("EU",)), made.change(britain, at=datetime(2019, 5, 1, tzinfo=UTC)))
    assert not wants(Filters(territories=("EU",)), made.change(britain))


def test_severity_is_that_of_the_findings_let_through(made):
    change = made.change(made.removed("HK", "Hong Kong"), made.added("KE", "Kenya"))
    only_kenya = Filters(territories=("KE",), min_severity=Severity.HIGH)
    assert not wants(only_kenya, change)
    assert wants(Filters(min_severity=Severity.HIGH), change)
    assert [one.territory for one in concerns(Filters(territories=("KE",)), change) or ()] == ["KE"]


def test_an_entry_counts_for_the_territories_its_title_names(made):
    title = "OpenAI to block API traffic from Hong Kong"
    entry = Finding(FindingKind.ENTRY_REPORTED, Severity.LOW, new=title, new_span=Span(0, 0, len(title), title))
    change = made.change(entry, kind=SourceKind.FEED, product=None, publisher="The Register")
    assert wants(Filters(territories=("HK",)), change)
    assert not wants(Filters(territories=("RU",)), change)


def test_prose_that_names_a_territory_in_passing_does_not_count(made):
    text = "The laws of France apply."
    reworded = Finding(FindingKind.REWORDED, Severity.INFO, new=text, new_span=Span(0, 0, len(text), text))
    assert not wants(Filters(territories=("FR",)), made.change(reworded))


@pytest.mark.parametrize("kind", [FindingKind.TEXT_ADDED, FindingKind.TEXT_REMOVED])
def test_a_passage_that_came_or_went_counts_for_every_territory_it_names(made, kind):
    text = "We suspend ads in Russia and Ukraine, and bill in Singapore dollars."
    side = "new" if kind is FindingKind.TEXT_ADDED else "old"
    span = Span(0, 0, len(text), text)
    change = made.change(Finding(kind, Severity.HIGH, **{side: text, f"{side}_span": span}))
    for watched, wanted in (("RU", True), ("UA", True), ("UA-43", True), ("BY", False), ("SG", False)):
        assert wants(Filters(territories=(watched,), min_severity=Severity.HIGH), change) is wanted, watched


def test_a_changed_word_counts_for_the_territories_of_its_sentence(made):
    finding = Finding(
        FindingKind.PERMISSION_WITHDRAWN, Severity.MEDIUM, "may", "may not", subject="Russia, Belarus",
        old_span=Span(0, 28, 31, "may"), new_span=Span(0, 28, 35, "may not"),
    )  # fmt: skip
    assert wants(Filters(territories=("BY",)), made.change(finding))
    assert not wants(Filters(territories=("CN",)), made.change(finding))


def test_the_subject_of_a_rule_or_a_deployment_is_no_text(made):
    rule = Finding(FindingKind.ACCESS_RULE_CHANGED, Severity.HIGH, new="a rule", subject="France")
    assert not wants(Filters(territories=("FR",)), made.change(rule))


def test_a_finding_of_another_product_on_the_same_page(made):
    change = made.change(made.removed("HK", "Hong Kong", product="Copilot Free"), product=None)
    assert wants(Filters(products=("copilot free",)), change)
    assert not wants(Filters(products=("Copilot Business",)), change)


@pytest.mark.parametrize(
    ("filters", "product", "expected"),
    [
        (Filters(), None, True),
        (Filters(publishers=("OpenAI",)), None, True),
        (Filters(publishers=("Anthropic",)), None, False),
        (Filters(products=("API",)), "API", True),
        (Filters(products=("API",)), "Chat", False),
        (Filters(products=("API",)), None, True),
        (Filters(kinds=("docket",)), None, False),
        (Filters(kinds=("availability",)), None, True),
        (Filters(kinds=("deadline_moved",)), None, True),
        (Filters(territories=("HK",)), None, True),
    ],
)
def test_which_sources_prove_silence(filters, product, expected):
    source = Coverage("s", "S", "OpenAI", product, SourceKind.AVAILABILITY, 0, 0, {}, None, None, None)
    assert in_scope(filters, source) is expected


@pytest.mark.parametrize(
    ("languages", "language", "wanted"),
    [
        ((), "fr", True),
        (("fr",), "fr", True),
        (("fr",), "en", False),
        (("en", "fr"), "FR", True),
        (("zh",), "zh-Hans", True),
        (("zh",), "zh_Hant", True),
        (("zh-hans",), "zh-hant", False),
        (("zh-hans",), "zh", False),
    ],
)
def test_a_source_in_another_language(made, languages, language, wanted):
    assert wants(Filters(languages=languages), made.change(*made.LOST_TWO, language=language)) is wanted
    source = Coverage("s", "S", "P", None, SourceKind.FEED, 0, 0, {}, None, None, None, language=language)
    assert in_scope(Filters(languages=languages), source) is wanted


@pytest.mark.parametrize(
    ("watched", "found", "expected"),
    [
        (("HK",), "HK", ("HK",)),
        (("HK", "MO"), "HK", ("HK",)),
        (("EU", "FR"), "FR", ("EU", "FR")),
        (("EU",), "NO", ()),
        (("EEA",), "NO", ("EEA",)),
        (("FR",), "EU", ("FR",)),
        (("UA",), "UA-43", ("UA",)),
        (("CN",), "HK", ()),
        ((), "HK", ()),
    ],
)
def test_own_territories_that_are_affected(made, watched, found, expected):
    change = made.change(made.removed(found, "somewhere"))
    assert affected(Filters(watched=watched), change, change.findings) == expected


@pytest.mark.parametrize(
    ("severity", "raised"),
    [
        (Severity.OPERATIONAL, Severity.OPERATIONAL),
        (Severity.INFO, Severity.LOW),
        (Severity.LOW, Severity.MEDIUM),
        (Severity.MEDIUM, Severity.HIGH),
        (Severity.HIGH, Severity.CRITICAL),
        (Severity.CRITICAL, Severity.CRITICAL),
    ],
)
def test_what_touches_an_own_territory_counts_one_step_more(made, severity, raised):
    change = made.change(made.removed("HK", "Hong Kong", severity=severity))
    for filters in (Filters(watched=("HK",)), Filters(watched=("HK", "MO"), territories=("HK",))):
        assert severity_for(filters, change, change.findings) is raised
    assert severity_for(Filters(watched=("TW",)), change, change.findings) is severity


def test_the_least_severity_is_measured_after_the_step(made):
    change = made.change(made.removed("HK", "Hong Kong"))
    assert wants(Filters(watched=("HK",), min_severity=Severity.CRITICAL), change)
    assert not wants(Filters(watched=("TW",), min_severity=Severity.CRITICAL), change)
    assert wants(Filters(watched=("TW",)), change), "a watch list leaves nothing out"


def test_only_the_finding_that_touches_it_is_raised(made):
    change = made.change(made.removed("HK", "Hong Kong"), made.added("KE", "Kenya"))
    assert severity_for(Filters(watched=("KE",)), change, change.findings) is Severity.HIGH
    kenya = Filters(watched=("KE",), territories=("KE",))
    assert severity_for(kenya, change, concerns(kenya, change) or ()) is Severity.MEDIUM


def test_what_was_judged_less_grave_is_raised_from_there(made):
    change = made.change(made.removed("HK", "Hong Kong"), severity=Severity.LOW)
    assert severity_for(Filters(watched=("HK",)), change, change.findings) is Severity.MEDIUM
