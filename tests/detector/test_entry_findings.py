"""Which entries of a feed are new."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from detector.facts.entries import entry_findings
from store.values import Content, Entry, Facts, Span

AT = datetime(2024, 7, 9, 15, 11, tzinfo=UTC)


def feed(*entries: tuple[str, str, datetime | None]) -> Content:
    return Content(
        facts=Facts(
            entries=tuple(
                Entry(link, title, Span(number, 0, len(title), title), published=published)
                for number, (link, title, published) in enumerate(entries)
            )
        )
    )


@pytest.mark.parametrize(
    ("link", "title", "published", "told"),
    [
        ("/2", "Another", AT, ["/2"]),
        ("/2", "One", None, ["/2"]),
        ("/2", "One", AT.replace(hour=16), ["/2"]),
        ("/2", "One", AT, []),  # the page was renamed
        ("/1", "One, corrected", AT, []),
    ],
)
def test_which_entry_is_new(link, title, published, told):
    old, new = feed(("/1", "One", AT)), feed((link, title, published))
    assert [finding.subject for finding in entry_findings(old, new)] == told


def test_headlines_without_a_time_are_told_apart_by_address():
    old, new = feed(("/1", "Live", None)), feed(("/1", "Live", None), ("/2", "Live", None))
    assert [finding.subject for finding in entry_findings(old, new)] == ["/2"]
