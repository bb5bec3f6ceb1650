"""What somebody asked for, from text to values: filters, territories, instants and numbers, refused by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from store.territory import is_code, territory_code
from store.values import FindingKind, SourceKind
from store.views import ChangeFilter
from tocsin.moments import NoSuchMoment, end_of, start_of

FILTERS = ("source", "publisher", "product", "territory", "kind", "since", "until", "held")
CHANGES = (*FILTERS, "limit")
AVAILABILITY = ("territory", "publisher", "product", "at")


class BadParameter(ValueError):
    """A parameter cannot be used; the text names it and says what is allowed. Never passes by itself."""

    def __init__(self, name: str, written: str, allowed: str) -> None:
        super().__init__(f"{name}: {written[:80]!r} cannot be used; {allowed}")
        self.name = name


def parameters(given: Iterable[tuple[str, str]], allowed: Iterable[str]) -> dict[str, str]:
    """The parameters by name, blanks around them and empty ones dropped.

    Raises BadParameter for a name that nobody reads: a filter that is not applied makes a wrong answer look right.
    """
    known, found = tuple(allowed), dict[str, str]()
    for name, value in given:
        if name not in known:
            raise BadParameter(name[:40], value, f"allowed parameters: {', '.join(known)}")
        if not value.isprintable():
            raise BadParameter(name, value, "write it without control characters")
        if name in found and value.strip():
            raise BadParameter(name, value, "give it once")
        found |= {name: value.strip()} if value.strip() else {}
    return found


def change_filter(given: Mapping[str, str]) -> ChangeFilter:
    """The filter that the parameters in FILTERS describe. Raises BadParameter."""
    return ChangeFilter(
        source=given.get("source"),
        publisher=given.get("publisher"),
        product=given.get("product"),
        territory=territory(given.get("territory")),
        kind=kind(given.get("kind")),
        since=instant("since", given.get("since")),
        until=instant("until", given.get("until"), whole_day=True),
        held=truth("held", given.get("held")),
    )


def territory(written: str | None) -> str | None:
    """The code of a territory written as a code in any case, or as a name in a language of the gazetteer."""
    if not written:
        return None
    if is_code(written.upper()):
        return written.upper()
    code = territory_code(written)
    if code is None:
        raise BadParameter("territory", written, "write a code such as HK or UA-43, or a name such as Hong Kong")
    return code


def kind(written: str | None) -> str | None:
    """A source kind or a finding kind."""
    if not written:
        return None
    if written not in (*SourceKind, *FindingKind):
        raise BadParameter("kind", written, f"allowed: {', '.join((*SourceKind, *FindingKind))}")
    return written


def instant(name: str, written: str | None, *, whole_day: bool = False) -> datetime | None:
    """An ISO 8601 day or instant, UTC where no zone is said. A day means its start, with whole_day its end."""
    if not written:
        return None
    # "+02:00" arrives as " 02:00" from a query string that was not encoded.
    text = f"{written[:-6]}+{written[-5:]}" if len(written) > 16 and written[-6:-5] == " " else written
    try:
        return end_of(text) if whole_day else start_of(text)
    except (NoSuchMoment, OverflowError) as error:
        raise BadParameter(name, written, "write a day such as 2024-07-09, or 2024-07-09T08:00:00Z") from error


def as_of(name: str, written: str | None, now: datetime) -> datetime:
    """The instant a question about the past is asked for: a day means its end, today means now."""
    at = instant(name, written, whole_day=True)
    if at is None or written == f"{now.astimezone(UTC):%Y-%m-%d}":
        return now
    if at > now:
        raise BadParameter(name, written or "", f"nothing is known of the future; it is {now:%Y-%m-%d %H:%M} UTC")
    return at


def choice(name: str, written: str | None, allowed: Iterable[str]) -> str | None:
    """One of a few words, as written."""
    if not written:
        return None
    if written not in (known := tuple(allowed)):
        raise BadParameter(name, written, f"allowed: {', '.join(known)}")
    return written


def truth(name: str, written: str | None) -> bool | None:
    """True or false; None for both."""
    if not written:
        return None
    if written.lower() not in _TRUTH:
        raise BadParameter(name, written, "allowed: true, false")
    return _TRUTH[written.lower()]


def number(name: str, written: str | None, *, usual: int, most: int) -> int:
    """A whole number between 1 and most."""
    if not written:
        return usual
    if not (written.isascii() and written.isdigit() and len(written) < 9 and 1 <= int(written) <= most):
        raise BadParameter(name, written, f"write a whole number from 1 to {most}")
    return int(written)


_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
