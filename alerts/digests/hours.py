"""Which hours of a period are proven: a source was seen before and after, with no longer gap than it promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.digests.values import HoursOfDay
from store.attestations import Looks

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Hours:
    """The whole hours of [since, until) in order, and of each whether it is verified or waits for the next look."""

    begins: tuple[datetime, ...]
    verified: tuple[bool, ...]
    awaiting: tuple[bool, ...]


def hours_of(looks: Looks, since: datetime, until: datetime, known_at: datetime) -> Hours:
    """An hour is verified when it lies whole between two good visits of an unbroken row of them.

    A row is unbroken while no gap in it is longer than the source's promise. So whatever changed in a verified hour was
    seen by a later visit of the row, unless it was undone before that. One look before an hour proves nothing of it.
    An hour waits for the next look when none has come by known_at, and one may still come within the promise.
    """
    rows = _unbroken(looks)
    count = max(0, int((until - since) / _HOUR))
    begins = tuple(since + number * _HOUR for number in range(count))
    verified = tuple(any(first <= at and at + _HOUR <= last for first, last in rows) for at in begins)
    awaiting = tuple(
        not proven and _awaits(looks, rows, at, known_at) for at, proven in zip(begins, verified, strict=True)
    )
    return Hours(begins, verified, awaiting)


def by_day(hours: Hours, timezone: str) -> tuple[HoursOfDay, ...]:
    """Verified hours by local day, in order."""
    zone = ZoneInfo(timezone)
    of: Counter[date] = Counter()
    proven: Counter[date] = Counter()
    for at, verified in zip(hours.begins, hours.verified, strict=True):
        day = at.astimezone(zone).date()
        of[day] += 1
        proven[day] += verified
    return tuple(HoursOfDay(day, proven[day], of[day]) for day in sorted(of))


def _unbroken(looks: Looks) -> list[tuple[datetime, datetime]]:
    rows: list[tuple[datetime, datetime]] = []
    for at in looks.at:
        if rows and at - rows[-1][1] <= looks.promise:
            rows[-1] = (rows[-1][0], at)
        else:
            rows.append((at, at))
    return rows


def _awaits(looks: Looks, rows: Sequence[tuple[datetime, datetime]], at: datetime, known_at: datetime) -> bool:
    if not rows or known_at > looks.at[-1] + looks.promise:
        return False
    first, last = rows[-1]
    return first <= at and at + _HOUR > last
