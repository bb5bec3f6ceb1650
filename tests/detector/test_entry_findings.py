"""Which entries of a feed are new."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from detector.about import About
from detector.facts.entries import entry_findings
from store.values import Content, Entry, Facts, Polarity, Severity, SourceKind, Span

AT = datetime(2024, 7, 9, 15, 11, tzinfo=UTC)
PRESS = About(SourceKind.FEED, "Example News", None, Polarity.ALLOW, "en", date(2024, 7, 9))


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
    assert [finding.subject for finding in entry_findings(old, new, PRESS)] == told


def test_headlines_without_a_time_are_told_apart_by_address():
    old, new = feed(("/1", "Live", None)), feed(("/1", "Live", None), ("/2", "Live", None))
    assert [finding.subject for finding in entry_findings(old, new, PRESS)] == ["/2"]


@pytest.mark.parametrize(
    ("publisher", "title", "watched", "severity"),
    [
        ("Example News", "OpenAI blocks its API in China", True, Severity.MEDIUM),
        ("Example News", "OpenAI blocks its API in China", False, Severity.LOW),
        ("Example News", "Treasury proposes outbound investment rule", True, Severity.MEDIUM),
        ("Example News", "Baidu offers free tokens to users of OpenAI", True, Severity.LOW),
        ("Example News", "Google opens Gemini app to Hong Kong users", True, Severity.LOW),
        ("Example News", "Microsoft says no change to Azure OpenAI in China", True, Severity.LOW),
        ("Example News", "Ten opinions on language models", True, Severity.LOW),
        ("Example News", "A museum opens", False, Severity.INFO),
        ("OpenAI", "OpenAI will block API traffic from China", False, Severity.HIGH),
        ("OpenAI", "We suspend our API in Hong Kong", False, Severity.HIGH),
        ("OpenAI", "OpenAI API now available in Vietnam", False, Severity.LOW),
        ("OpenAI", "Italy blocks ChatGPT", False, Severity.LOW),
        ("OpenAI", "A new image model", False, Severity.INFO),
    ],
)
def test_an_entry_is_as_grave_as_what_it_tells_and_who_tells_it(publisher, title, watched, severity):
    entry = Entry("/1", title, Span(0, 0, len(title), title), published=AT, topics=("API",) if watched else ())
    new = Content(facts=Facts(entries=(entry,)))
    [finding] = entry_findings(Content(), new, replace(PRESS, publisher=publisher))
    assert finding.severity is severity


def test_the_press_alone_is_never_more_than_medium():
    title = "OpenAI, Anthropic and Google block all APIs in China at once, effective today, says US government order"
    entry = Entry("/1", title, Span(0, 0, len(title), title), published=AT, topics=("API",))
    [finding] = entry_findings(Content(), Content(facts=Facts(entries=(entry,))), PRESS)
    assert finding.severity is Severity.MEDIUM
