"""Which entries a feed gained. An entry that left a feed only grew old: no finding."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, time

from detector.about import About
from detector.news.actors import is_party
from detector.news.happening import happenings, writing
from detector.severity import of_report
from store.happenings import Happening
from store.values import Content, Entry, Finding, FindingKind, Severity


def entry_findings(old: Content, new: Content, about: About) -> list[Finding]:
    """entry_reported for each new link, oldest first, as grave as what it says was done (docs/severity.md).

    The same headline of the same instant under another address is no new entry: outlets rename their pages.
    """
    links = {entry.link for entry in old.facts.entries}
    told = {(entry.title, entry.published) for entry in old.facts.entries if entry.published is not None}
    fresh = {
        entry.link: entry
        for entry in new.facts.entries
        if entry.link not in links and (entry.title, entry.published) not in told
    }
    return [_reported(entry, about) for entry in sorted(fresh.values(), key=_age)]


def _age(entry: Entry) -> tuple[bool, str, int]:
    when = entry.published
    return when is None, when.isoformat() if when else "", entry.span.passage


def _reported(entry: Entry, about: About) -> Finding:
    return Finding(
        FindingKind.ENTRY_REPORTED,
        _severity(entry, about),
        new=entry.title,
        new_span=entry.span,
        territory=entry.territories[0] if len(entry.territories) == 1 else None,
        subject=entry.link,
    )


def _severity(entry: Entry, about: About) -> Severity:
    first_party, watched = is_party(about.publisher), bool(entry.topics)
    return max(
        (
            of_report(one.action if one else None, first_party=first_party and _is_own(one, about), watched=watched)
            for one in _told(entry, about) or (None,)
        ),
        key=lambda severity: severity.rank,
    )


def _is_own(one: Happening | None, about: About) -> bool:
    return one is not None and one.actor == about.publisher


def _told(entry: Entry, about: About) -> Iterable[Happening]:
    at = entry.published or datetime.combine(about.on, time(), tzinfo=UTC)
    official = is_party(about.publisher)
    said = writing(
        entry.title,
        entry.summary,
        entry.language or about.language,
        at,
        about.publisher,
        entry.link,
        official=official,
        publishers=(about.publisher,) if official else (),
    )
    try:
        return happenings(said)
    except (ValueError, LookupError, OverflowError):  # such as a day that no calendar has: told, though not understood
        return ()
