"""The process that hands one message to apprise, and lets it go only where the outbound gate would.

apprise opens its own connections, so nothing of ours stands between it and the network. It therefore runs in a process
of its own, where every connection of that process is judged as it is made (PEP 578), whichever library makes it and
wherever a redirect leads, and which is killed when it takes too long.
"""

from __future__ import annotations

import json
import logging
import re
import socket
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Forbidden = Callable[[str], str | None]
"""Why an IP address may not be asked, None when it may."""

SENT, FAILED, REFUSED, UNKNOWN, MISSING = "sent", "failed", "refused", "unknown", "missing"
# What would act on this machine instead of over the network.
LOCAL = frozenset(
    {"blink1", "dbus", "glib", "gnome", "kde", "macosx", "qt", "syslog", "windows"},
)
_STARTS_PROGRAMS = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "syslog.syslog"}
)
_CONNECTS = {"socket.connect": 1, "socket.sendto": 1, "socket.sendmsg": 1}  # where the address is among the arguments
_KEY_FROM = 400  # characters that a service must take before the key of the message is worth its room
_DEFAULT_ROOM = 32_768


@dataclass(frozen=True, slots=True)
class Order:
    """What to send. opening: the sentence; lines: further ones, of which as many go as fit; link, key: the end."""

    address: str
    title: str
    opening: str
    lines: tuple[str, ...]
    link: str | None
    key: str
    allow_hosts: tuple[str, ...] = ()


def main(forbidden: Forbidden) -> None:
    """Reads one Order as JSON, sends it, writes {"outcome", "reason"} as JSON."""
    told = json.load(sys.stdin)
    order = Order(**{**told, "lines": tuple(told["lines"]), "allow_hosts": tuple(told["allow_hosts"])})
    outcome, reason = sent(order, forbidden)
    json.dump({"outcome": outcome, "reason": reason}, sys.stdout)


def sent(order: Order, forbidden: Forbidden) -> tuple[str, str]:
    """The outcome and its reason. Confines this whole process for good: for a process that does nothing else."""
    refusals: list[str] = []
    said = _heard()
    try:
        import apprise
    except ImportError:
        return MISSING, "apprise is not installed: install Tocsin with the extra 'channels'"
    asset = apprise.AppriseAsset(async_mode=False)
    service = apprise.Apprise.instantiate(order.address, asset=asset)
    if service is None or is_local(order.address):
        return UNKNOWN, "apprise cannot send to this address"
    # The outbox tries again, and a message that did not arrive must not count as one that did.
    service.retry, service.optional = 0, False
    outbox = apprise.Apprise(asset=asset)
    outbox.add(service)
    titled = service.title_maxlen > 0
    text = fitted(order, service.body_maxlen, titled=titled)
    confine(forbidden, order.allow_hosts, refusals)
    if outbox.notify(body=text, title=order.title if titled else "", body_format=apprise.NotifyFormat.TEXT):
        return SENT, ""
    if refusals:
        return REFUSED, refusals[0]
    return FAILED, without_secrets(" / ".join(said), order.address)[:300] or "no reason given"


def is_local(address: str) -> bool:
    return address.partition(":")[0].lower() in LOCAL


def fitted(order: Order, room: int, *, titled: bool) -> str:
    """The text within a service's own limit: the sentence, as many lines as fit, the link, and the key where there is
    room. titled: the title stands elsewhere; a service without titles gets the sentence, which says the same."""
    room = room if room > 0 else _DEFAULT_ROOM
    if titled:
        room -= len(order.title) + 2  # some services count the title into the body
    tail = [order.link] if order.link and len(order.link) < room else []
    if room >= _KEY_FROM:
        tail.append(f"({order.key})")
    left = room - sum(len(line) + 1 for line in tail)
    opening = order.opening if len(order.opening) <= left else order.opening[: max(left - 1, 0)] + "…"
    lines, left = [opening], left - len(opening)
    for line in order.lines:
        if len(line) + 6 > left:  # room for the mark that something is missing
            lines.append("…")
            break
        lines.append(line)
        left -= len(line) + 1
    return "\n".join([*lines, *tail])[:room]


def confine(forbidden: Forbidden, allow_hosts: Iterable[str], refusals: list[str]) -> None:
    """From here on this process connects to no forbidden address and starts no program; it cannot be undone.

    allow_hosts: "host" or "host:port", let through whatever they resolve to. refusals: gathers what was refused.
    """
    allowed = frozenset(host.lower() for host in allow_hosts)
    excepted: set[tuple[str, int]] = set()
    look_up = socket.getaddrinfo

    def looked_up(host: Any, port: Any, *more: Any, **named: Any) -> list[Any]:
        found = list(look_up(host, port, *more, **named))
        name = (host.decode() if isinstance(host, bytes) else str(host)).lower().rstrip(".")
        bracketed = f"[{name}]" if ":" in name else name
        if name in allowed or f"{bracketed}:{port}" in allowed:
            excepted.update((str(one[4][0]), int(one[4][1])) for one in found)
        return found

    def judged(happening: str, arguments: tuple[Any, ...]) -> None:
        if happening in _STARTS_PROGRAMS:
            raise _refused(f"{happening} is not let through", refusals)
        if happening not in _CONNECTS:
            return
        address = arguments[_CONNECTS[happening]]
        if address is None:  # sent over a connection that was judged when it was made
            return
        if not isinstance(address, tuple):
            raise _refused("a local socket is not let through", refusals)
        host, port = str(address[0]), int(address[1])
        reason = forbidden(host)
        if reason is not None and (host, port) not in excepted:
            raise _refused(f"{host} is a forbidden address ({reason})", refusals)

    socket.getaddrinfo = looked_up
    sys.addaudithook(judged)


def without_secrets(text: str, address: str) -> str:
    """A reason without any part of the address: tokens, passwords and users stand in it."""
    parts = {part for part in re.split(r"[/:@?&=,+#]", address) if len(part) > 3} - {address.partition(":")[0]}
    for part in sorted(parts, key=len, reverse=True):
        text = text.replace(part, "…")
    return " ".join(text.split())


def _refused(reason: str, refusals: list[str]) -> PermissionError:
    refusals.append(reason)
    return PermissionError(reason)


def _heard() -> Sequence[str]:
    """What apprise logs from here on, warnings and worse; grows as it does."""
    said: list[str] = []

    class Listening(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    log = logging.getLogger("apprise")
    log.addHandler(Listening(logging.WARNING))
    log.propagate = False
    return said
