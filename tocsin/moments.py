"""What instant did a person mean by a date or a time on the command line or in an address?"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta


class NoSuchMoment(ValueError):
    """The text is neither a date nor a time; says what to write."""


def start_of(text: str) -> datetime:
    """A time as written, or the first instant of a day, in UTC unless a zone is given. Raises NoSuchMoment."""
    return _instant(text, timedelta(0))


def end_of(text: str) -> datetime:
    """A time as written, or the last instant of a day: "on 8 July" is asked when it was over. Raises NoSuchMoment."""
    return _instant(text, timedelta(days=1) - timedelta(microseconds=1))


def _instant(text: str, into_day: timedelta) -> datetime:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        pass
    else:
        return datetime.combine(day, time(), UTC) + into_day
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise NoSuchMoment(
            f"{text!r} is neither a date (2024-07-08) nor a time (2024-07-08T12:00, with +02:00 or Z for a zone)"
        ) from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
