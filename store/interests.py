"""Is what a person wrote into a subscription something that can match, be kept to, and be reached?

Every check takes what was written and gives what is stored; it raises InvalidSubscription naming the field. What would
be long or hidden (control characters, a megabyte) is refused before anything looks at it.
"""

from __future__ import annotations

import difflib
import re
import zoneinfo
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from babel import Locale, UnknownLocaleError

from store.territory import is_code, territory_code
from store.values import FindingKind, SourceKind

GROUPS = ("EU", "EEA")
KINDS = (*SourceKind, *FindingKind)
LOCALES = ("en", "fr", "zh_Hans_CN")  # of messages; their catalogues are in alerts/locale
NAME_AT_MOST = 200
NAMES_AT_MOST = 200
ADDRESS_AT_MOST = 2000
_ZONE_AT_MOST = 64
# RFC 5321 4.1.2 without quoted local parts and address literals: nobody subscribes with those, attackers do.
_MAIL = re.compile(r"[^\s@\"<>(),:;\\\[\]\x00-\x1f\x7f]{1,64}@[^\s@\"<>(),:;\\\[\]/\x00-\x1f\x7f]{1,255}")
_SLACK_CHANNEL = re.compile(r"#[^\s#@,:;<>&]{1,80}|[CGD][A-Z0-9]{7,20}")
_APPRISE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,30}://\S+")
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_SPAN = re.compile(r"([0-9]{1,8})\s*([smhd]?)")
_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


class InvalidSubscription(ValueError):
    """A subscription cannot be stored; says which field, what was written, what is allowed. Never passes by itself."""

    def __init__(self, field: str, value: str, allowed: str) -> None:
        shown = value if len(value) <= 80 else value[:79] + "…"
        super().__init__(f"{field}: {shown!r} cannot be used; {allowed}")
        self.field = field
        self.allowed = allowed


def one_line(field: str, written: str, most: int = NAME_AT_MOST) -> str:
    """A text of one line: blanks joined, no control characters or direction marks, not longer than most characters."""
    if len(written) > most:
        raise InvalidSubscription(field, written, f"write at most {most} characters")
    text = written.strip()
    if not text.isprintable():
        raise InvalidSubscription(field, written, "write one line without control characters")
    return " ".join(text.split())


def names(field: str, written: Iterable[str]) -> tuple[str, ...]:
    """Names once each, however they were written, in their order of the alphabet; the first spelling stays."""
    kept: dict[str, str] = {}
    for name in (one_line(field, name) for name in few(field, written)):
        if name:
            kept.setdefault(name.casefold(), name)
    return tuple(kept[folded] for folded in sorted(kept))


def few(field: str, written: Iterable[str]) -> tuple[str, ...]:
    """The same, where there are not too many."""
    found = tuple(written)
    if len(found) > NAMES_AT_MOST:
        raise InvalidSubscription(field, f"{len(found)} of them", f"write at most {NAMES_AT_MOST}")
    return found


def mail_address(written: str) -> str:
    """A bare address, name@host."""
    address = written.strip()
    local, _, host = address.partition("@")
    misplaced = ".." in address or local.startswith(".") or local.endswith(".") or host[:1] in ".-" or host[-1:] in ".-"
    # RFC 5321 4.5.3.1.3: a path has 256 octets, angle brackets included.
    if len(address) > 254 or not _MAIL.fullmatch(address) or misplaced or not address.isprintable():
        raise InvalidSubscription("address", written, "write an e-mail address such as name@example.org")
    return address


def webhook_address(written: str) -> str:
    """An http or https address with a host and no user name in it."""
    address = written.strip()
    problem = InvalidSubscription("address", written, "write a web address that starts with https:// or http://")
    if len(address) > ADDRESS_AT_MOST or not address.isprintable() or " " in address:
        raise problem
    try:
        parts = urlsplit(address)
        reachable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise problem from error
    if not reachable or "@" in parts.netloc:
        raise problem
    return address


def slack_address(written: str) -> str:
    """An incoming webhook's address, or a channel as a bot knows it: "#compliance", "C0123456789"."""
    address = written.strip()
    if _SLACK_CHANNEL.fullmatch(address) and address.isprintable():
        return address
    try:
        return webhook_address(written)
    except InvalidSubscription as error:
        allowed = "write a webhook's address that starts with https://, or a channel such as #compliance"
        raise InvalidSubscription("address", written, allowed) from error


def apprise_address(written: str) -> str:
    """An address as apprise writes it, schema://...; whether apprise knows the schema is asked where it is used."""
    address = written.strip()
    if len(address) > ADDRESS_AT_MOST or not address.isprintable() or not _APPRISE.fullmatch(address):
        allowed = "write an address as apprise does, schema://..., such as discord://id/token"
        raise InvalidSubscription("address", written, allowed)
    return address


def known_timezone(written: str) -> str:
    """An IANA time zone name; the refusal names the nearest ones."""
    names = zoneinfo.available_timezones()
    if written in names:
        return written
    folded = {name.casefold(): name for name in names}
    if written.casefold() in folded:
        return folded[written.casefold()]
    asked = written.casefold()[:_ZONE_AT_MOST]
    near = [folded[name] for name in difflib.get_close_matches(asked, folded, 3, 0.6)]
    hint = f"did you mean {' or '.join(near)}?" if near else "write an IANA name such as Europe/Paris or UTC"
    raise InvalidSubscription("timezone", written, hint)


def known_territory(written: str, field: str = "territory") -> str:
    """The code of a territory given as code, name or group."""
    upper = written.strip().upper()
    if upper in GROUPS or is_code(upper):
        return upper
    code = territory_code(written) if len(written) <= NAME_AT_MOST else None
    if code is None:
        allowed = f"write an ISO code (HK, UA-43), XK, a group ({', '.join(GROUPS)}) or a name (Hong Kong)"
        raise InvalidSubscription(field, written, allowed)
    return code


def known_kind(written: str) -> str:
    """A source kind or a finding kind; the refusal lists all of them."""
    kind = written.strip().lower().replace("-", "_")
    if kind not in KINDS:
        raise InvalidSubscription("kind", written, "allowed: " + ", ".join(KINDS))
    return kind


def known_language(written: str) -> str:
    """A language of sources as a code: "fr", "zh-hans", or its English name."""
    asked = written.strip().casefold().replace("_", "-")[:NAME_AT_MOST]
    code = _languages().get(asked, asked)
    try:
        Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError) as error:
        allowed = "write the code of a language such as en, fr or zh, or its English name"
        raise InvalidSubscription("language", written, allowed) from error
    return code


def known_locale(written: str) -> str:
    """A language of messages, one of LOCALES: "fr", "zh", "zh-Hans-CN"."""
    asked = written.strip().casefold().replace("-", "_")
    exact = [locale for locale in LOCALES if locale.casefold() == asked]
    near = exact or [locale for locale in LOCALES if locale.casefold().partition("_")[0] == asked]
    if not near:
        raise InvalidSubscription("locale", written, "allowed: " + ", ".join(LOCALES))
    return near[0]


def quiet_hours(start: str | None, end: str | None) -> tuple[str | None, str | None]:
    """Two times of day "22:00", "07:00" on the clocks of the subscriber, or none; past midnight when the first is
    later."""
    if start is None and end is None:
        return None, None
    if start is None or end is None:
        field = "quiet_from" if start is None else "quiet_to"
        raise InvalidSubscription(field, "", "quiet hours have a beginning and an end, such as 22:00 and 07:00")
    quiet_from, quiet_to = clock_time("quiet_from", start), clock_time("quiet_to", end)
    if quiet_from == quiet_to:
        raise InvalidSubscription(
            "quiet_to", end, "quiet hours that begin and end at one time say nothing; pause instead"
        )
    return quiet_from, quiet_to


def clock_time(field: str, written: str) -> str:
    """A time of day as "07:00"."""
    match = _CLOCK.fullmatch(written.strip()) if len(written) < 20 else None
    if match is None:
        raise InvalidSubscription(field, written, "write a time of day such as 22:00")
    return f"{int(match[1]):02}:{match[2]}"


def seconds(field: str, written: int | str | None, least: int, most: int) -> int | None:
    """A length of time in seconds, from a number or "90", "5m", "4h", "2d"; None where none is said."""
    if written is None:
        return None
    match = _SPAN.fullmatch(str(written).strip().lower()) if len(str(written)) < 20 else None
    found = int(match[1]) * _SECONDS[match[2]] if match else -1
    if isinstance(written, bool) or not least <= found <= most:
        allowed = f"write seconds from {least} to {most}, or a length such as 5m, 4h or 2d"
        raise InvalidSubscription(field, str(written), allowed)
    return found


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    """Codes by English name."""
    named = {str(name).casefold(): code.casefold().replace("_", "-") for code, name in Locale("en").languages.items()}
    return named | {"mandarin": "zh"}
