"""How names, counts, dates and instants are written in a message, and how hostile page text is made harmless."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
# Unicode TR 36: these turn the reading direction, so that a name could be shown as another one.
_TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def clean(text: str) -> str:
    """One line without control characters and direction marks; page text never reaches a header or a table raw."""
    shown = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp", "Cs") else sign for sign in text)
    return " ".join("".join(sign for sign in shown if sign not in _TURNING).split())


def short(text: str, most: int) -> str:
    """At most so many characters, cut at a word where one ends near."""
    if len(text) <= most:
        return text
    head = text[: most - 1]
    at = head.rfind(" ")
    return (head[:at] if at > most * 2 // 3 else head).rstrip(" ,;:") + "…"


def listed(names: Sequence[str], most: int = 8) -> str:
    """ "A", "A and B", "A, B and C"; beyond most "A, B, C and 16 more"."""
    if len(names) > most:
        return ", ".join(names[: most - 1]) + f" and {len(names) - most + 1} more"
    if len(names) < 2:
        return "".join(names)
    return ", ".join(names[:-1]) + " and " + names[-1]


def counted(number: int, one: str, many: str | None = None) -> str:
    """ "1 change", "2 changes"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def quoted(text: str, most: int = 120) -> str:
    return f"“{short(clean(text), most)}”"


def day(on: date) -> str:
    """ "Sunday 4 August 2024": the weekday is said because a deadline on a Sunday is a trap."""
    return f"{_WEEKDAYS[on.weekday()]} {plain_day(on)}"


def plain_day(on: date) -> str:
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def instant(at: datetime) -> str:
    """ "9 July 2024 08:00 UTC"."""
    utc = at.astimezone(UTC)
    return f"{plain_day(utc.date())} {utc:%H:%M} UTC"


def since_when(seen: datetime, confirmed: datetime | None) -> str:
    """ "seen 9 July 2024 08:00 UTC, confirmed 08:10"; the day is said again only when it is another."""
    if confirmed is None:
        return f"seen {instant(seen)}"
    same_day = seen.astimezone(UTC).date() == confirmed.astimezone(UTC).date()
    return (
        f"seen {instant(seen)}, confirmed {confirmed.astimezone(UTC):%H:%M}"
        if same_day
        else (f"seen {instant(seen)}, confirmed {instant(confirmed)}")
    )


def value_in_words(value: str) -> str:
    """A finding's value for a reader: a date gets its weekday, anything else stays as it is."""
    try:
        return day(date.fromisoformat(value)) if len(value) == 10 else clean(value)
    except ValueError:
        return clean(value)


def safe_link(url: str | None) -> str | None:
    """An address fit for href: http or https, printable; anything else (javascript:, data:) is no link."""
    if url is None or not url.isprintable():
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None
