"""The digest of a period for one subscription, or for anybody: what the store knew, put together by pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.digests.attesting import attestations
from alerts.digests.hours import by_day, hours_of
from alerts.digests.lines import change_line, decisions, story_lines
from alerts.digests.pipeline import dates_ahead, proceedings
from alerts.digests.turns import by_source, confirmed_since, turns
from alerts.digests.values import Counted, Digest, DigestChange, Known, Turn, TurnKind, Watched
from alerts.matching import concerns, in_scope, severity_for
from alerts.week import Period
from store import as_known, history
from store.attestations import Looks, looks, watched_by
from store.happenings import StoryView
from store.proceedings import KnownDocket, dockets_known
from store.reviews import ReviewState
from store.stories_known import stories_known
from store.subscriptions import Filters, Session
from store.values import Finding, Held, Severity
from store.views import ChangeView, Coverage

TREND = 12  # periods, this one included
_LOOK_BACK = timedelta(days=400)  # how old a change may be that a correction is tied to
_STORY_SPAN = timedelta(days=45)  # a story spans no more (docs/news.md)
_CARRIED = timedelta(days=28)  # how long a review that was begun and not closed is asked for again


@dataclass(frozen=True, slots=True)
class Cut:
    """A period in a time zone, and what may be in its digest: nothing that became known after known_at."""

    period: Period
    timezone: str
    known: Known
    known_at: datetime

    @property
    def since(self) -> datetime:
        return self.period.start(self.timezone)

    @property
    def end(self) -> datetime:
        return self.period.end(self.timezone)

    @property
    def until(self) -> datetime:
        return max(self.since, min(self.end, self.known_at))


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the store says at a cut. earlier and later: changes before and after the period.

    then: the period's changes as they stood when the digest was due; of a digest as known then that is changes.
    reviews: by the number of a change. dockets: as of the due time; dockets_now: as known now, of such a digest only.
    """

    changes: Sequence[ChangeView] = ()
    earlier: Sequence[ChangeView] = ()
    later: Sequence[ChangeView] = ()
    then: Sequence[ChangeView] = ()
    stories: Sequence[StoryView] = ()
    dockets: Sequence[KnownDocket] = ()
    dockets_now: Sequence[KnownDocket] = ()
    coverage: Sequence[Coverage] = ()
    looks: Mapping[str, Looks] = field(default_factory=dict)
    reviews: Mapping[int, tuple[ReviewState, datetime]] = field(default_factory=dict)
    reread: Sequence[str] = ()


def digest_for(
    session: Session,
    period: Period,
    timezone: str,
    filters: Filters,
    now: datetime,
    *,
    known: Known = Known.THEN,
    owner: str | None = None,
) -> Digest:
    """The digest of a period in a time zone. owner: whose reviews count; None: nobody's.

    As known then, the same for every now after the period's due time. As known now, the cut is when something last
    became known, so that nothing new gives the same digest again.
    """
    due = period.due(timezone)
    known_at = as_known.newest_knowledge(session, now) if known is Known.NOW else min(now, due)
    cut = Cut(period, timezone, known, max(known_at, min(now, due)))
    return compiled(cut, filters, knowledge(session, cut, owner))


def knowledge(session: Session, cut: Cut, owner: str | None) -> Knowledge:
    """Reads what a digest is made of."""
    since, until, due = cut.since, cut.until, min(cut.known_at, cut.period.due(cut.timezone))
    changes = as_known.changes_known(session, since, until, cut.known_at)
    earlier = as_known.changes_known(session, since - _LOOK_BACK, since, cut.known_at)
    today = cut.known is Known.NOW
    dockets = dockets_known(session, due)
    ids = [one.id for one in (*changes, *earlier) if one.at >= since - _CARRIED]
    return Knowledge(
        changes=changes,
        earlier=earlier,
        later=as_known.changes_known(session, until, cut.known_at, cut.known_at) if today else (),
        then=as_known.changes_known(session, since, until, due) if today else changes,
        stories=stories_known(session, since - _STORY_SPAN, until, cut.known_at),
        dockets=dockets,
        dockets_now=dockets_known(session, cut.known_at) if today else (),
        coverage=history.coverage(session, since, until, slugs=watched_by(session, due)),
        looks=looks(session, since, cut.known_at),
        reviews=as_known.reviews_known(session, owner, ids, cut.known_at) if owner else {},
        reread=as_known.reread_sources(session, since, until) if today else (),
    )


def compiled(cut: Cut, filters: Filters, known: Knowledge) -> Digest:
    """Pure: equal values in, equal digest out. Changes outside the period are left out."""
    since, until, zone = cut.since, cut.until, ZoneInfo(cut.timezone)
    mine = [one for one in known.changes if since <= one.at < until]
    wanted = _wanted(filters, mine)
    open_ = [(one, found) for one, found in wanted if one.held is None and one.substantive]
    told = [(one, found) for one, found in open_ if _severity(filters, one, found).rank >= filters.min_severity.rank]
    lines = sorted((change_line(filters, one, found, zone, known.reviews) for one, found in told), key=_gravest_first)
    watched = tuple(_watched(cut, one, known.looks.get(one.source)) for one in known.coverage if in_scope(filters, one))
    scope = {one.coverage.source for one in watched}
    dockets = [one for one in known.dockets if one.source in scope]
    today = [one for one in known.dockets_now if one.source in scope]
    dated = today if cut.known is Known.NOW else dockets
    ahead = dates_ahead(dated, story_lines(filters, known.stories), cut.period.first, cut.period.last)
    carried = _carried(filters, known, zone, since)
    return Digest(
        period=str(cut.period),
        timezone=cut.timezone,
        since=since,
        until=until,
        known=cut.known,
        known_at=cut.known_at,
        so_far=until < cut.end,
        filters=filters,
        decisions=decisions([*lines, *carried], ahead),
        changes=tuple(lines),
        below=len(open_) - len(told),
        held=_held(one for one, _ in wanted if one.held is not None or not one.substantive),
        turns=_turns(cut, filters, known, mine, scope),
        proceedings=proceedings(
            dockets,
            cut.period.first,
            cut.period.last,
            today,
            cut.known_at.astimezone(zone).date() if cut.known is Known.NOW else None,
        ),
        ahead=ahead,
        stories=story_lines(filters, (one for one in known.stories if _is_told(one, cut))),
        attestations=attestations(filters, watched, by_source(mine)),
        watched=watched,
        trend=_trend(cut, filters, [*known.earlier, *mine]),
        models=tuple(sorted({one.model for one in mine if one.model})),
    )


def _wanted(filters: Filters, changes: Iterable[ChangeView]) -> list[tuple[ChangeView, tuple[Finding, ...]]]:
    return [(one, found) for one in changes if (found := concerns(filters, one)) is not None]


def _severity(filters: Filters, change: ChangeView, found: tuple[Finding, ...]) -> Severity:
    return severity_for(filters, change, found)


def _gravest_first(change: DigestChange) -> tuple[int, datetime, str]:
    return (-change.severity.rank, change.seen, change.address)


def _held(changes: Iterable[ChangeView]) -> tuple[tuple[str, int], ...]:
    counted = Counter(str(one.held or Held.COSMETIC) for one in changes)
    return tuple(sorted(counted.items()))


def _watched(cut: Cut, coverage: Coverage, seen: Looks | None) -> Watched:
    hours = hours_of(seen or Looks(timedelta(0), ()), cut.since, cut.until, cut.known_at)
    return Watched(coverage, len(hours.begins), sum(hours.verified), sum(hours.awaiting), by_day(hours, cut.timezone))


def _carried(filters: Filters, known: Knowledge, zone: ZoneInfo, since: datetime) -> list[DigestChange]:
    """Changes of the weeks before whose review was begun and is not closed."""
    begun = {number for number, (state, _) in known.reviews.items() if state in _BEGUN}
    before = [one for one in known.earlier if one.id in begun and one.at >= since - _CARRIED]
    return [change_line(filters, one, found, zone, known.reviews) for one, found in _wanted(filters, before)]


_BEGUN = (ReviewState.ACKNOWLEDGED, ReviewState.IN_REVIEW)


def _turns(
    cut: Cut, filters: Filters, known: Knowledge, mine: Sequence[ChangeView], scope: set[str]
) -> tuple[Turn, ...]:
    def passing(changes: Iterable[ChangeView]) -> list[ChangeView]:
        return [one for one, _ in _wanted(filters, changes)]

    found = turns(passing(mine), passing(known.earlier), passing(known.later), cut.timezone)
    settled = confirmed_since(passing(known.then), passing(mine), cut.timezone)
    titles = {one.source: one.title for one in known.coverage}
    reread = tuple(
        Turn(TurnKind.REREAD, slug, titles[slug], cut.known_at.astimezone(ZoneInfo(cut.timezone)), "", None, None, True)
        for slug in known.reread
        if slug in scope
    )
    return (*found, *settled, *reread)


def _is_told(story: StoryView, cut: Cut) -> bool:
    """Whether a story was reported in the period, or its day lies in it."""
    days = [day for day in (story.effective, story.ends) if day is not None]
    return any(cut.since <= one.at < cut.until for one in story.reports) or any(
        day.first <= cut.period.last and day.last >= cut.period.first for day in days
    )


def _trend(cut: Cut, filters: Filters, changes: Sequence[ChangeView]) -> tuple[Counted, ...]:
    """The changes told in each of the last periods, oldest first."""
    periods = [cut.period]
    while len(periods) < TREND:
        periods.append(periods[-1].before())
    told = [
        (one.at, _severity(filters, one, found))
        for one, found in _wanted(filters, changes)
        if one.held is None and one.substantive
    ]
    counted = []
    for period in reversed(periods):
        start, end = period.start(cut.timezone), period.end(cut.timezone)
        within = Counter(
            severity for at, severity in told if start <= at < end and severity.rank >= filters.min_severity.rank
        )
        counted.append(Counted(str(period), tuple(sorted(within.items(), key=lambda pair: -pair[0].rank))))
    return tuple(counted)
