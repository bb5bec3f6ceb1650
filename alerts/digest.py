"""What one ISO week brought for one subscription: changes, dates ahead, and proof that silence was watched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.matching import concerns, in_scope, severity_for
from alerts.sentence import what_changed
from alerts.week import Week
from store import history
from store.subscriptions import Filters, Session
from store.values import Finding, Held, Severity, SourceKind
from store.views import ChangeFilter, ChangeView, Coverage, Deadline, Evidence

HORIZONS = (7, 30, 90)  # days after the week's end


@dataclass(frozen=True, slots=True)
class DigestChange:
    """One change in a line. seen is the local day and time in the subscriber's zone."""

    address: str
    severity: Severity
    line: str
    source: str
    title: str
    publisher: str
    product: str | None
    kind: SourceKind
    seen: datetime
    confirmed_at: datetime | None
    url: str
    before: Evidence
    after: Evidence


@dataclass(frozen=True, slots=True)
class DatesAhead:
    """Deadlines of one stretch of days: within is 0 for the week itself, else 7, 30 or 90 days after it."""

    within: int
    deadlines: tuple[Deadline, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    """The week as compiled. so_far: it was not over. below: wanted changes under the subscription's severity.

    held: changes that were stored and not announced, counted by reason. since, until: instants, [since, until).
    """

    week: str
    timezone: str
    since: datetime
    until: datetime
    so_far: bool
    filters: Filters
    changes: tuple[DigestChange, ...]
    below: int
    held: tuple[tuple[str, int], ...]
    ahead: tuple[DatesAhead, ...]
    coverage: tuple[Coverage, ...]

    @property
    def verified(self) -> int:
        return sum(one.verified for one in self.coverage)

    @property
    def stale(self) -> tuple[Coverage, ...]:
        return tuple(one for one in self.coverage if one.stale_since is not None)

    @property
    def unproven(self) -> tuple[Coverage, ...]:
        """Sources whose silence proves nothing: not verified once in the week."""
        return tuple(one for one in self.coverage if one.verified == 0)


def digest_for(session: Session, week: Week, timezone: str, filters: Filters, now: datetime) -> Digest:
    """The digest of a week in a time zone. now decides only whether the week is over, and where it is cut if not."""
    since, end = week.start(timezone), week.end(timezone)
    until = max(since, min(end, now))
    return compiled(
        week,
        timezone,
        filters,
        until,
        history.changes(session, ChangeFilter(since=since, until=until)),
        history.deadlines(session, week.monday, week.sunday + timedelta(days=HORIZONS[-1])),
        history.coverage(session, since, until),
    )


def compiled(
    week: Week,
    timezone: str,
    filters: Filters,
    until: datetime,
    changes: Iterable[ChangeView],
    deadlines: Iterable[Deadline],
    coverage: Iterable[Coverage],
) -> Digest:
    """Pure: equal values in, equal digest out. Changes outside [week start, until) are left out."""
    since, end = week.start(timezone), week.end(timezone)
    wanted = [
        (one, mine) for one in changes if since <= one.at < until and (mine := concerns(filters, one)) is not None
    ]
    open_ = [(one, mine) for one, mine in wanted if one.held is None and one.substantive]
    told = [(one, mine) for one, mine in open_ if severity_for(filters, one, mine).rank >= filters.min_severity.rank]
    scope = tuple(one for one in coverage if in_scope(filters, one))
    return Digest(
        week=str(week),
        timezone=timezone,
        since=since,
        until=until,
        so_far=until < end,
        filters=filters,
        changes=tuple(sorted((_change(filters, one, mine, timezone) for one, mine in told), key=_gravest_first)),
        below=len(open_) - len(told),
        held=_held(one for one, _ in wanted if one.held is not None or not one.substantive),
        ahead=_ahead(week, deadlines, {one.source for one in scope}),
        coverage=scope,
    )


def _change(filters: Filters, change: ChangeView, findings: tuple[Finding, ...], timezone: str) -> DigestChange:
    return DigestChange(
        address=change.address,
        severity=severity_for(filters, change, findings),
        line=what_changed(change, findings),
        source=change.source,
        title=change.title,
        publisher=change.publisher,
        product=change.product,
        kind=change.kind,
        seen=change.at.astimezone(ZoneInfo(timezone)),
        confirmed_at=change.confirmed_at,
        url=change.url,
        before=change.before,
        after=change.after,
    )


def _gravest_first(change: DigestChange) -> tuple[int, datetime, str]:
    return (-change.severity.rank, change.seen, change.address)


def _held(changes: Iterable[ChangeView]) -> tuple[tuple[str, int], ...]:
    counted = Counter(str(one.held or Held.COSMETIC) for one in changes)
    return tuple(sorted(counted.items()))


def _ahead(week: Week, deadlines: Iterable[Deadline], sources: set[str]) -> tuple[DatesAhead, ...]:
    ordered = sorted(
        (one for one in deadlines if one.source in sources), key=lambda one: (one.on, one.number, one.what, one.source)
    )
    stretches, after = [], week.monday - timedelta(days=1)
    for within in (0, *HORIZONS):
        last = week.sunday + timedelta(days=within)
        stretches.append(DatesAhead(within, tuple(one for one in ordered if _between(after, one.on, last))))
        after = last
    return tuple(stretches)


def _between(after: date, on: date, last: date) -> bool:
    return after < on <= last
