"""Which entries a feed gained. An entry that left a feed only grew old: no finding."""

from __future__ import annotations

from store.values import Content, Entry, Finding, FindingKind, Severity


def entry_findings(old: Content, new: Content) -> list[Finding]:
    """entry_reported for each new link, oldest first; low when it names a watched topic, else info.

    The same headline of the same instant under another address is no new entry: outlets rename their pages.
    """
    links = {entry.link for entry in old.facts.entries}
    told = {(entry.title, entry.published) for entry in old.facts.entries if entry.published is not None}
    fresh = {
        entry.link: entry
        for entry in new.facts.entries
        if entry.link not in links and (entry.title, entry.published) not in told
    }
    return [_reported(entry) for entry in sorted(fresh.values(), key=_age)]


def _age(entry: Entry) -> tuple[bool, str, int]:
    when = entry.published
    return when is None, when.isoformat() if when else "", entry.span.passage


def _reported(entry: Entry) -> Finding:
    return Finding(
        FindingKind.ENTRY_REPORTED,
        Severity.LOW if entry.topics else Severity.INFO,
        new=entry.title,
        new_span=entry.span,
        territory=entry.territories[0] if len(entry.territories) == 1 else None,
        subject=entry.link,
    )
