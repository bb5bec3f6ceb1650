"""Which instants an ISO week covers in a time zone, and which weeks are over."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DIGEST_TIME = time(7, 0)  # Monday morning, local
_WRITTEN = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
_CATCH_UP = 4  # weeks after which a missed digest is no longer sent


class NotAWeek(ValueError):
    """The text names no ISO week. Never passes by itself."""


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO 8601 week, Monday to Sunday; str() gives "2024-W28"."""

    year: int
    number: int

    @staticmethod
    def parse(written: str) -> Week:
        """ "2024-W28"; raises NotAWeek saying what is allowed."""
        match = _WRITTEN.fullmatch(written.strip())
        problem = NotAWeek(f"{written!r} is not a week; write it as 2024-W28 (ISO weeks 1 to 52 or 53)")
        if match is None:
            raise problem
        week = Week(int(match[1]), int(match[2]))
        try:
            date.fromisocalendar(week.year, week.number, 1)
            date.fromisocalendar(week.year, week.number, 7) + timedelta(days=100)  # deadlines look that far
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
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    def start(self, timezone: str) -> datetime:
        """Monday 00:00 on the clocks of the time zone, as UTC; a week with a clock change has 167 or 169 hours."""
        return datetime.combine(self.monday, time(), ZoneInfo(timezone)).astimezone(UTC)

    def end(self, timezone: str) -> datetime:
        """The next Monday 00:00 there, as UTC; not part of the week."""
        return datetime.combine(self.sunday + timedelta(days=1), time(), ZoneInfo(timezone)).astimezone(UTC)

    def due(self, timezone: str) -> datetime:
        """When the digest of this week is compiled: Monday morning after it."""
        return datetime.combine(self.sunday + timedelta(days=1), DIGEST_TIME, ZoneInfo(timezone)).astimezone(UTC)

    def before(self) -> Week:
        year, number, _ = (self.monday - timedelta(days=7)).isocalendar()
        return Week(year, number)


def ended_weeks(since: datetime, now: datetime, timezone: str) -> tuple[Week, ...]:
    """The weeks whose digest is due at now, oldest first: those that ended after since, at most the last four."""
    weeks = []
    week = Week.of(now, timezone).before()
    for _ in range(_CATCH_UP):
        if week.end(timezone) > since and week.due(timezone) <= now:
            weeks.append(week)
        week = week.before()
    return tuple(reversed(weeks))
