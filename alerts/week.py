"""Which instants a digest's period covers in a time zone (an ISO week, or a day), and which periods are over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

DIGEST_TIME = time(7, 0)  # the morning after, local
CATCH_UP = {"weekly": 4, "daily": 3}  # periods after which a missed digest is no longer sent
_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_AHEAD = timedelta(days=100)  # deadlines look that far


class NotAPeriod(ValueError):
    """The text names neither an ISO week nor a day. Never passes by itself."""


class NotAWeek(NotAPeriod):
    """The text names no ISO week."""


class NotADay(NotAPeriod):
    """The text names no day."""


class Period(Protocol):
    """A stretch of whole days; str() gives it as it is written and stored: "2024-W28" or "2024-07-12"."""

    @property
    def first(self) -> date: ...

    @property
    def last(self) -> date: ...

    def start(self, timezone: str) -> datetime:
        """Midnight of the first day on the clocks of the time zone, as UTC."""
        ...

    def end(self, timezone: str) -> datetime:
        """Midnight after the last day there, as UTC; not part of the period."""
        ...

    def due(self, timezone: str) -> datetime:
        """When its digest is compiled, and what is known then: DIGEST_TIME of the day after, as UTC."""
        ...

    def before(self) -> Period: ...

    def after(self) -> Period: ...


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO 8601 week, Monday to Sunday; one with a clock change has 167 or 169 hours."""

    year: int
    number: int

    @staticmethod
    def parse(written: str) -> Week:
        """ "2024-W28"; raises NotAWeek saying what is allowed."""
        match = _WEEK.fullmatch(written.strip())
        problem = NotAWeek(f"{written[:40]!r} is not a week; write it as 2024-W28 (ISO weeks 1 to 52 or 53)")
        if match is None:
            raise problem
        week = Week(int(match[1]), int(match[2]))
        try:
            date.fromisocalendar(week.year, week.number, 1) - _AHEAD
            date.fromisocalendar(week.year, week.number, 7) + _AHEAD
        except (ValueError, OverflowError) as error:
            raise problem from error
        return week

    @staticmethod
    def of(at: datetime, timezone: str) -> Week:
        """The week an instant falls into, in a time zone."""
        year, number, _ = at.astimezone(ZoneInfo(timezone)).isocalendar()
        return Week(year, number)

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"

    @property
    def first(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return self.first + timedelta(days=6)

    def start(self, timezone: str) -> datetime:
        return _midnight(self.first, timezone)

    def end(self, timezone: str) -> datetime:
        return _midnight(self.last + timedelta(days=1), timezone)

    def due(self, timezone: str) -> datetime:
        return _morning_after(self.last, timezone)

    def before(self) -> Week:
        return self._beside(-7)

    def after(self) -> Week:
        return self._beside(7)

    def _beside(self, days: int) -> Week:
        year, number, _ = (self.first + timedelta(days=days)).isocalendar()
        return Week(year, number)


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A calendar day; one with a clock change has 23 or 25 hours."""

    on: date

    @staticmethod
    def parse(written: str) -> Day:
        """ "2024-07-12"; raises NotADay saying what is allowed."""
        problem = NotADay(f"{written[:40]!r} is not a day; write it as 2024-07-12")
        if not _DAY.fullmatch(written.strip()):
            raise problem
        try:
            on = date.fromisoformat(written.strip())
            _ = (on - _AHEAD, on + _AHEAD)
        except (ValueError, OverflowError) as error:
            raise problem from error
        return Day(on)

    @staticmethod
    def of(at: datetime, timezone: str) -> Day:
        """The day an instant falls into, in a time zone."""
        return Day(at.astimezone(ZoneInfo(timezone)).date())

    def __str__(self) -> str:
        return self.on.isoformat()

    @property
    def first(self) -> date:
        return self.on

    @property
    def last(self) -> date:
        return self.on

    def start(self, timezone: str) -> datetime:
        return _midnight(self.on, timezone)

    def end(self, timezone: str) -> datetime:
        return _midnight(self.on + timedelta(days=1), timezone)

    def due(self, timezone: str) -> datetime:
        return _morning_after(self.on, timezone)

    def before(self) -> Day:
        return Day(self.on - timedelta(days=1))

    def after(self) -> Day:
        return Day(self.on + timedelta(days=1))


def parse_period(written: str) -> Week | Day:
    """The week or the day that a text names; raises NotAPeriod saying what is allowed."""
    try:
        return Week.parse(written) if "w" in written.lower() else Day.parse(written)
    except NotAPeriod as error:
        raise NotAPeriod(f"{error}; a digest covers a week (2024-W28) or a day (2024-07-12)") from error


def ended_periods(digest: str, since: datetime, now: datetime, timezone: str) -> tuple[Week | Day, ...]:
    """The periods whose digest is due at now, oldest first: those that ended after since, at most CATCH_UP of them.

    digest: "weekly" or "daily".
    """
    newest = Week.of(now, timezone) if digest == "weekly" else Day.of(now, timezone)
    back = (one for one, _ in zip(_backwards(newest), range(CATCH_UP[digest]), strict=False))
    due = [one for one in back if one.end(timezone) > since and one.due(timezone) <= now]
    return tuple(reversed(due))


def _backwards(period: Week | Day) -> Iterator[Week | Day]:
    while True:
        period = period.before()
        yield period


def _midnight(on: date, timezone: str) -> datetime:
    # Where the clocks skip midnight, the day begins at the instant at which they are set.
    return datetime.combine(on, time(), ZoneInfo(timezone)).astimezone(UTC)


def _morning_after(on: date, timezone: str) -> datetime:
    return datetime.combine(on + timedelta(days=1), DIGEST_TIME, ZoneInfo(timezone)).astimezone(UTC)
