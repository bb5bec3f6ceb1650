"""Is what a person wrote into a subscription something that can match, and something that can be reached?"""

from __future__ import annotations

import difflib
import re
import zoneinfo
from urllib.parse import urlsplit

from store.territory import is_code, territory_code
from store.values import FindingKind, SourceKind

GROUPS = ("EU", "EEA")
KINDS = (*SourceKind, *FindingKind)
# RFC 5321 4.1.2 without quoted local parts and address literals: nobody subscribes with those, attackers do.
_MAIL = re.compile(r"[^\s@\"<>(),:;\\\[\]\x00-\x1f\x7f]{1,64}@[^\s@\"<>(),:;\\\[\]/\x00-\x1f\x7f]{1,255}")


class InvalidSubscription(ValueError):
    """A subscription cannot be stored; says which field, what was written, what is allowed. Never passes by itself."""

    def __init__(self, field: str, value: str, allowed: str) -> None:
        super().__init__(f"{field}: {value!r} cannot be used; {allowed}")
        self.field = field


def mail_address(written: str) -> str:
    """A bare address, name@host; raises InvalidSubscription."""
    address = written.strip()
    local, _, host = address.partition("@")
    misplaced = ".." in address or local.startswith(".") or local.endswith(".") or host[:1] in ".-" or host[-1:] in ".-"
    if not _MAIL.fullmatch(address) or misplaced:
        raise InvalidSubscription("address", written, "write an e-mail address such as name@example.org")
    return address


def webhook_address(written: str) -> str:
    """An http or https address with a host and no user name in it; raises InvalidSubscription."""
    address = written.strip()
    problem = InvalidSubscription("address", written, "write a web address that starts with https:// or http://")
    if not address.isprintable() or " " in address:
        raise problem
    try:
        parts = urlsplit(address)
        reachable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise problem from error
    if not reachable or "@" in parts.netloc:
        raise problem
    return address


def known_timezone(written: str) -> str:
    """An IANA time zone name; raises InvalidSubscription with the nearest names."""
    names = zoneinfo.available_timezones()
    if written in names:
        return written
    folded = {name.casefold(): name for name in names}
    if written.casefold() in folded:
        return folded[written.casefold()]
    near = [folded[name] for name in difflib.get_close_matches(written.casefold(), folded, 3, 0.6)]
    hint = f"did you mean {' or '.join(near)}?" if near else "write an IANA name such as Europe/Paris or UTC"
    raise InvalidSubscription("timezone", written, hint)


def known_territory(written: str) -> str:
    """The code of a territory given as code, name or group; raises InvalidSubscription."""
    upper = written.strip().upper()
    if upper in GROUPS or is_code(upper):
        return upper
    code = territory_code(written)
    if code is None:
        allowed = f"write an ISO code (HK, UA-43), XK, a group ({', '.join(GROUPS)}) or a name (Hong Kong)"
        raise InvalidSubscription("territory", written, allowed)
    return code


def known_kind(written: str) -> str:
    """A source kind or a finding kind; raises InvalidSubscription listing all of them."""
    kind = written.strip().lower().replace("-", "_")
    if kind not in KINDS:
        raise InvalidSubscription("kind", written, "allowed: " + ", ".join(KINDS))
    return kind
