"""How names, counts, dates and instants are written in a message, and how hostile page text is made harmless."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from alerts.language import _, ngettext, spoken

# Babel's English is American; ours puts the day first, as Geneva, London and Hong Kong do.
_AS_WRITTEN_BY = {"en": "en_GB"}
# Babel's own pattern for a day with its weekday has a comma in English; None: that pattern as it is.
_WITH_WEEKDAY = {"en": "EEEE d MMMM y"}
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


def columns(text: str) -> int:
    """How many columns a text takes where letters are equally wide; a Chinese one takes two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def listed(names: Sequence[str], most: int = 8) -> str:
    """ "A", "A and B", "A, B and C"; beyond most "A, B, C and 16 more", as the language in force joins them."""
    if len(names) > most:
        left = len(names) - most + 1
        names = [*names[: most - 1], ngettext("{n} more", "{n} more", left).format(n=figure(left))]
    return format_list(list(names), locale=_locale()) if names else ""


def figure(number: int) -> str:
    """A whole number with its thousands parted as the language in force does: "1,392"."""
    return str(format_decimal(number, locale=_locale()))


def counted(number: int, one: str, many: str | None = None) -> str:
    """ "1 change", "2 changes". one and many are keys of the catalogue: say both where a reader sees them."""
    return f"{figure(number)} {ngettext(one, many or one + 's', number)}"


def quoted(text: str, most: int = 120) -> str:
    return _("“{text}”").format(text=short(clean(text), most))


def day(on: date) -> str:
    """ "Sunday 4 August 2024": the weekday is said because a deadline on a Sunday is a trap."""
    return format_date(on, _WITH_WEEKDAY.get(spoken(), "full"), locale=_locale())


def plain_day(on: date) -> str:
    """ "4 August 2024"."""
    return format_date(on, "long", locale=_locale())


def instant(at: datetime) -> str:
    """ "9 July 2024 08:00 UTC"."""
    utc = at.astimezone(UTC)
    return _("{day} {time} UTC").format(day=plain_day(utc.date()), time=f"{utc:%H:%M}")


def since_when(seen: datetime, confirmed: datetime | None) -> str:
    """ "seen 9 July 2024 08:00 UTC, confirmed 08:10"; the day is said again only when it is another."""
    if confirmed is None:
        return _("seen {seen}").format(seen=instant(seen))
    same_day = seen.astimezone(UTC).date() == confirmed.astimezone(UTC).date()
    if same_day:
        time = f"{confirmed.astimezone(UTC):%H:%M}"
        return _("seen {seen}, confirmed {time}").format(seen=instant(seen), time=time)
    return _("seen {seen}, confirmed {confirmed}").format(seen=instant(seen), confirmed=instant(confirmed))


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


def _locale() -> str:
    """The language in force, as Babel knows it."""
    return _AS_WRITTEN_BY.get(spoken(), spoken())
