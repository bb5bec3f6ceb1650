"""Deployments and entries."""

from __future__ import annotations

from datetime import UTC, datetime

from store.values import (
    Content,
    Deployment,
    Entry,
    Facts,
    FindingKind,
    Held,
    Passage,
    PassageKind,
    Severity,
    SourceKind,
    Span,
)

K = FindingKind


def table(*rows: str) -> Content:
    passages = tuple(Passage(PassageKind.TABLE_ROW, row) for row in rows)
    facts = tuple(
        Deployment(*row.split("@"), Span(place, 0, len(row), row))  # type: ignore[arg-type]
        for place, row in enumerate(rows)
    )
    return Content(passages, Facts(deployments=facts))


def feed(*links: str, topics: tuple[str, ...] = ("outbound investment",)) -> Content:
    passages = tuple(Passage(PassageKind.PARAGRAPH, f"Title of {link}") for link in links)
    entries = tuple(
        Entry(
            link,
            text,
            Span(place, 0, len(text), text),
            published=datetime(2024, 7, 9 - place, tzinfo=UTC),
            topics=topics,
        )
        for place, link in enumerate(links)
        for text in [passages[place].text]
    )
    return Content(passages, Facts(entries=entries))


def test_deployments(compared):
    old, new = table("gpt-4@eastus", "gpt-4@chinaeast"), table("gpt-4@eastus", "gpt-4o@eastus")
    comparison = compared(old, new, kind=SourceKind.AVAILABILITY)
    assert [(one.kind, one.subject, one.product, one.severity) for one in comparison.findings] == [
        (K.DEPLOYMENT_REMOVED, "gpt-4@chinaeast", "gpt-4", Severity.LOW),
        (K.DEPLOYMENT_ADDED, "gpt-4o@eastus", "gpt-4o", Severity.LOW),
    ]
    assert comparison.judgement.held is Held.AWAITING_CONFIRMATION


def test_a_region_that_closes_lists_every_model(compared):
    old = table("gpt-4@eastus", "gpt-4@westeurope", "gpt-4o@westeurope")
    gone = compared(old, table("gpt-4@eastus"), kind=SourceKind.AVAILABILITY).findings
    assert {one.subject for one in gone} == {"gpt-4@westeurope", "gpt-4o@westeurope"}


def test_new_entries_are_reported_oldest_first_and_old_ones_that_left_are_not(compared):
    old, new = feed("https://n.example/old"), feed("https://n.example/2", "https://n.example/1")
    comparison = compared(old, new, kind=SourceKind.FEED)
    assert [(one.kind, one.subject, one.new, one.severity) for one in comparison.findings] == [
        (K.ENTRY_REPORTED, "https://n.example/1", "Title of https://n.example/1", Severity.LOW),
        (K.ENTRY_REPORTED, "https://n.example/2", "Title of https://n.example/2", Severity.LOW),
    ]
    assert comparison.judgement.substantive


def test_a_feed_without_a_watched_topic_is_never_announced(compared):
    judgement = compared(feed(), feed("https://n.example/1", topics=()), kind=SourceKind.FEED).judgement
    assert (judgement.substantive, judgement.held, judgement.severity) == (False, None, Severity.INFO)
    assert judgement.reasons == ("no entry names a watched topic",)


def test_the_header_of_a_region_table_is_no_text(compared):
    def with_header(header: str, *rows: str) -> Content:
        made = table(*rows)
        return Content((*made.passages, Passage(PassageKind.TABLE_ROW, header)), made.facts)

    old = with_header("Region | gpt-4, 2024-04-09", "gpt-4@eastus")
    new = with_header("Region | gpt-4, 2024-04-09 | o1, 2024-12-17", "gpt-4@eastus", "o1@eastus")
    assert [one.kind for one in compared(old, new, kind=SourceKind.AVAILABILITY).findings] == [K.DEPLOYMENT_ADDED]
