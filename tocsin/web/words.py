"""How the pages say times and states in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alerts.words import clean, counted, instant, value_in_words
from store.reviews import ReviewState
from store.values import Finding, FindingKind, Held, SourceKind
from store.views import Answer, SourceView

KINDS = {
    SourceKind.AVAILABILITY: "Where products may be used",
    SourceKind.TERMS: "Terms of use",
    SourceKind.DOCKET: "Rules in the making",
    SourceKind.FEED: "News and announcements",
}
HELD = {
    Held.COSMETIC: "nothing changed in meaning",
    Held.REVERSION: "a return to an earlier text",
    Held.UNKNOWN_NAME: "it names something the gazetteer does not know; look at it",
    Held.AWAITING_CONFIRMATION: "waiting for a second visit to confirm it",
    Held.UNCONFIRMED: "a second visit did not confirm it",
    Held.REPEATED: "the same change was told on another source",
    Held.OVER_BUDGET: "this source changed too often this week",
    Held.DOUBTFUL: "it looks like a doubtful capture; look at the page",
}
ANSWERS = {
    Answer.LISTED: "Listed",
    Answer.RESTRICTED: "Listed with a condition",
    Answer.EXCLUDED: "Excluded",
    Answer.NOT_LISTED: "Not listed",
    Answer.UNKNOWN: "Unknown",
}
REVIEWS = {
    ReviewState.OPEN: "Open",
    ReviewState.ACKNOWLEDGED: "Acknowledged",
    ReviewState.IN_REVIEW: "In review",
    ReviewState.ACTIONED: "Acted upon",
    ReviewState.DISMISSED: "Dismissed",
}
# What the buttons of a review say.
STEPS = {
    ReviewState.OPEN: "Open it again",
    ReviewState.ACKNOWLEDGED: "Acknowledge",
    ReviewState.IN_REVIEW: "Take into review",
    ReviewState.ACTIONED: "Mark as acted upon",
    ReviewState.DISMISSED: "Dismiss",
}
# What stands on the side where a finding has no value: absence from a list is unlisted, never unavailable.
_ABSENT = {
    FindingKind.TERRITORY_ADDED: "unlisted",
    FindingKind.TERRITORY_REMOVED: "unlisted",
    FindingKind.DEPLOYMENT_ADDED: "not offered",
    FindingKind.DEPLOYMENT_REMOVED: "not offered",
}
_UNITS = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))


def ago(at: datetime, now: datetime) -> str:
    """ "12 minutes ago", "in 3 days", "just now"; whole units, rounded down."""
    past = now >= at
    distance = now - at if past else at - now
    for unit, name in _UNITS:
        if distance >= unit:
            said = counted(distance // unit, name)
            return f"{said} ago" if past else f"in {said}"
    return "just now"


def iso(at: datetime) -> str:
    """For the datetime attribute of <time>."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def stamp(at: datetime) -> str:
    """ "2024-07-09 08:00 UTC", for tables."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def every(interval: timedelta) -> str:
    """ "every 6 hours"."""
    for unit, name in _UNITS:
        if interval >= unit and interval % unit == timedelta():
            return f"every {counted(interval // unit, name)}" if interval != unit else f"every {name}"
    return f"every {counted(int(interval.total_seconds()), 'second')}"


def state(source: SourceView) -> str:
    """One word for a colour and a count: verified, stale, failed, or new."""
    if source.last_visit_at is None:
        return "new"
    if source.stale_since is not None:
        return "stale"
    return "verified" if source.last_outcome is not None and source.last_outcome.good else "failed"


def state_in_words(source: SourceView) -> str:
    """ "verified", "stale since 9 July 2024 08:00 UTC, blocked: a challenge page", "not yet visited"."""
    outcome = source.last_outcome
    if source.last_visit_at is None or outcome is None:
        return "not yet visited"
    why = "" if outcome.good else f"{outcome.value}: {clean(source.last_reason or 'no reason kept')}"
    if source.stale_since is not None:
        since = f"stale since {instant(source.stale_since)}" if source.verified_at else "never verified"
        why = why or (clean(source.stale_reason) if source.stale_reason else "")
        return f"{since}, {why}" if why else since
    return why or "verified"


def kind_label(kind: FindingKind) -> str:
    return kind.value.replace("_", " ")


def before_and_after(finding: Finding) -> str:
    """ "listed → unlisted", "nothing → Sunday 4 August 2024"."""
    absent = _ABSENT.get(finding.kind, "nothing")
    old, new = (absent if value is None else value_in_words(value) for value in (finding.old, finding.new))
    return f"{old} → {new}"
