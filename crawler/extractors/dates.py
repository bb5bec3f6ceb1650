"""Which day a text beside a headline names: ISO, English, French and Chinese forms. Ambiguous digits are not a day."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan janvier janv",
            "february feb février fevrier févr fevr fév",
            "march mar mars",
            "april apr avril avr",
            "may mai",
            "june jun juin",
            "july jul juillet juil",
            "august aug août aout",
            "september sept sep septembre",
            "october oct octobre",
            "november nov novembre",
            "december dec décembre decembre déc",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "(?P<name>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\.?"
_FORMS = (
    re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?P<y>(?:19|20)\d\d)\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日"),
    re.compile(rf"(?<!\d)(?P<d>\d{{1,2}})(?:er|st|nd|rd|th)?\s+{_MONTH}\s+(?P<y>(?:19|20)\d\d)", re.IGNORECASE),
    re.compile(rf"\b{_MONTH}\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>(?:19|20)\d\d)", re.IGNORECASE),
    re.compile(r"(?<!\d)(?P<d>1[3-9]|2\d|3[01])[-/.](?P<m>\d{1,2})[-/.](?P<y>(?:19|20)\d\d)(?!\d)"),
)
# In an address: /2024-07/09/, /2024/07/09/, /20240709/, /content_20240709
_IN_ADDRESS = re.compile(r"[/_](?P<y>20\d\d)[-/]?(?P<m>[01]\d)[-/]?(?P<d>[0-3]\d)(?=[/_.\-]|$)")


def day_in(text: str) -> date | None:
    """The first unambiguous day a text names, or None; 03/04/2026 is no day, 25/04/2026 is."""
    for form in _FORMS:
        for match in form.finditer(text):
            if day := _day(match):
                return day
    return None


def day_in_address(address: str) -> date | None:
    """The day in a link's path, which news sites put there when they publish."""
    match = _IN_ADDRESS.search(address)
    return _day(match) if match else None


def midnight(day: date) -> datetime:
    """A day as an instant: its beginning in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _day(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    month = int(groups["m"]) if groups.get("m") else _MONTHS[groups["name"].lower()]
    try:
        return date(int(groups["y"]), month, int(groups["d"]))
    except ValueError:
        return None
