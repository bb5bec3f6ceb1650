"""Changes and stories in a line each, and which of them wait for a decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.digests.values import Decision, DigestChange, StoryLine, Stretch, Value
from alerts.kinds import label, territory_word
from alerts.matching import codes_of, concerns, severity_for, territories_of
from alerts.sentence import what_changed
from alerts.words import clean, short, value_in_words
from store.happenings import StoryView
from store.reviews import ReviewState
from store.subscriptions import Filters
from store.values import Finding, FindingKind, Severity, SourceKind
from store.views import ChangeView

_VALUES_AT_MOST = 6
_LINE_AT_MOST = 400
_BEGUN = (ReviewState.ACKNOWLEDGED, ReviewState.IN_REVIEW)
# Absence from a list is unlisted, never unavailable.
_ABSENT = {
    FindingKind.TERRITORY_ADDED: "unlisted",
    FindingKind.TERRITORY_REMOVED: "unlisted",
    FindingKind.DEPLOYMENT_ADDED: "not offered",
    FindingKind.DEPLOYMENT_REMOVED: "not offered",
}


def change_line(
    filters: Filters,
    change: ChangeView,
    findings: tuple[Finding, ...],
    zone: ZoneInfo,
    reviews: Mapping[int, tuple[ReviewState, datetime]],
) -> DigestChange:
    """A change as a digest lists it; findings are those that the filters let through."""
    reviewed = reviews.get(change.id)
    values = tuple(dict.fromkeys(_value(one) for one in findings if one.kind is not FindingKind.ENTRY_REPORTED))
    return DigestChange(
        address=change.address,
        severity=severity_for(filters, change, findings),
        line=short(what_changed(change, findings), _LINE_AT_MOST),
        source=change.source,
        title=change.title,
        publisher=change.publisher,
        product=change.product or next((one.product for one in findings if one.product), None),
        kind=change.kind,
        territories=tuple(dict.fromkeys(code for one in findings for code in territories_of(one))),
        affected=_affected(filters, change),
        values=values[:_VALUES_AT_MOST],
        more_values=max(0, len(values) - _VALUES_AT_MOST),
        seen=change.at.astimezone(zone),
        confirmed_at=change.confirmed_at.astimezone(zone) if change.confirmed_at else None,
        url=change.url,
        before=change.before,
        after=change.after,
        review=reviewed[0] if reviewed else None,
    )


def decisions(changes: Iterable[DigestChange], ahead: Sequence[Stretch]) -> tuple[Decision, ...]:
    """What waits: high and critical changes without a closed review, reviews that were begun, dates within 7 days."""
    waiting = [
        Decision(one.severity, one.line, one.address, one.seen, one.review or ReviewState.OPEN)
        for one in changes
        if one.review in _BEGUN or (one.severity.rank >= Severity.HIGH.rank and not (one.review and one.review.closed))
    ]
    ordered = sorted(waiting, key=lambda one: (-_rank(one), one.since or datetime.max, one.address or ""))
    dates = [
        Decision(None, None, due=due)
        for stretch in ahead
        if stretch.within == 7
        for due in stretch.dates
        if not due.reported
    ]
    return (*ordered, *dates)


def story_lines(filters: Filters, stories: Iterable[StoryView]) -> tuple[StoryLine, ...]:
    """The stories that the filters let through: the party's own word first, then by how many chains, then by time."""
    wanted = [one for one in stories if _is_wanted(filters, one)]
    ordered = sorted(wanted, key=lambda one: (not one.official, -one.chains, one.first_at, one.id))
    return tuple(_story_line(one) for one in ordered)


def _rank(decision: Decision) -> int:
    return decision.severity.rank if decision.severity else -1


def _affected(filters: Filters, change: ChangeView) -> tuple[str, ...]:
    if not filters.watched:
        return ()
    return tuple(code for code in filters.watched if concerns(Filters(territories=(code,)), change) is not None)


def _value(finding: Finding) -> Value:
    absent = _ABSENT.get(finding.kind)
    if finding.territory:
        name = territory_word(finding.territory)
        about = f"{name} ({finding.territory})"
    else:
        about = short(clean(finding.subject), 80) if finding.subject else label(finding.kind)
    old, new = (short(value_in_words(one), 120) if one is not None else absent for one in (finding.old, finding.new))
    return Value(about, old, new)


def _is_wanted(filters: Filters, story: StoryView) -> bool:
    if filters.kinds and SourceKind.FEED not in filters.kinds and FindingKind.ENTRY_REPORTED not in filters.kinds:
        return False
    parties = {_plain(name) for name in (story.actor, story.object, *(one.publisher for one in story.reports)) if name}
    if filters.publishers and not parties & {_plain(name) for name in filters.publishers}:
        return False
    if filters.products and not {_plain(name) for name in story.products} & {_plain(one) for one in filters.products}:
        return False
    on = story.first_at.date()
    return not filters.territories or bool(codes_of(filters.territories, on) & codes_of(story.territories, on))


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _story_line(story: StoryView) -> StoryLine:
    return StoryLine(
        id=story.id,
        action=story.action,
        actor=story.actor,
        object=story.object,
        products=story.products,
        territories=story.territories,
        effective=story.effective,
        ends=story.ends,
        disputed=story.disputed,
        chains=story.chains,
        official=story.official,
        outlets=tuple(dict.fromkeys(one.publisher for one in story.reports)),
        link=story.reports[0].link,
    )
