"""The fields of a docket's JSON: texts, lists, and days as the agency counts them; what is unreadable is refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from crawler.extractors.page import Unextractable, plain

# The federal agencies that these answers speak of count their days in Washington, wherever their instants are written.
AGENCY_ZONE = ZoneInfo("America/New_York")

# "FR Doc. 2024-13923", "document 2024-13923", "C1-2024-13923"; dockets such as FAA-2023-1715 carry letters before.
_NUMBER = re.compile(r"(?<![\w-])(?:[CR]\d+-)?(?:19|20)\d\d-(?!(?:19|20)\d\d\b)\d{4,6}(?![\w-])")
_CITATION = re.compile(r"\b\d{2,3} FR \d{1,6}\b")


def text_of(fields: Mapping[str, Any], name: str, required: bool = False) -> str:
    """A text field; "" when null or absent. Raises Unextractable when it is required and missing, or no text."""
    value = fields.get(name)
    if value is None or value == "":
        if required:
            raise unreadable(name, "is missing")
        return ""
    if not isinstance(value, str):
        raise unreadable(name, f"is {value!r:.60}, not a text")
    return value


def texts_of(fields: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """The texts of a list field, white space folded; () when it is no list."""
    values = fields.get(name)
    return tuple(plain(value) for value in values if isinstance(value, str)) if isinstance(values, list) else ()


def day_of(fields: Mapping[str, Any], name: str) -> date | None:
    """The agency's calendar day of a field that is a day or an instant. Raises Unextractable when it is neither."""
    value = text_of(fields, name)
    try:
        return agency_day(value) if value else None
    except ValueError as error:
        raise unreadable(name, f"is {value!r:.60}, not a date") from error


def agency_day(value: str) -> date:
    """2026-07-23T03:59:59Z is 22 July: the instant of the end of that day in Washington. Raises ValueError.

    A value without a time, without a zone, or at midnight UTC is a calendar day already: nothing ends at 8 p.m. there.
    """
    if len(value) == 10:
        return date.fromisoformat(value)
    instant = datetime.fromisoformat(value)
    if instant.tzinfo is None or instant.astimezone(UTC).time() == time(0):
        return instant.date()
    return instant.astimezone(AGENCY_ZONE).date()


def instant_of(fields: Mapping[str, Any], name: str) -> datetime | None:
    """The instant of a field, in UTC; one without a zone is the agency's own clock. Raises Unextractable."""
    value = text_of(fields, name)
    try:
        instant = datetime.fromisoformat(value) if value else None
    except ValueError as error:
        raise unreadable(name, f"is {value!r:.60}, not an instant") from error
    if instant is not None and instant.tzinfo is None:
        instant = instant.replace(tzinfo=AGENCY_ZONE)
    return instant.astimezone(UTC) if instant else None


def named_documents(texts: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    """Document numbers and citations that texts name, in their order, without the document's own."""
    found = [match for text in texts for form in (_NUMBER, _CITATION) for match in form.findall(text)]
    return tuple(one for one in dict.fromkeys(found) if one not in own)


def unreadable(name: str, problem: str) -> Unextractable:
    return Unextractable(f"{name} {problem}")
