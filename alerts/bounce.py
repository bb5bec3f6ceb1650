"""A mail that was taken and came back later: what the report says, and what becomes of the delivery."""

from __future__ import annotations

import email
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import parseaddr
from itertools import takewhile

from alerts.dead_channel import pause_dead
from alerts.mail import with_ascii_host
from alerts.words import clean, short
from store import deliveries
from store.database import Database

# RFC 3463, 3.2 to 3.5, and RFC 7505: no such mailbox, host or address, moved, no mail taken, disabled, no route.
_ADDRESS_IS_DEAD = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1", "5.4.4"})
_UNSAID = ("", "4.0.0", "5.0.0")
_REPORTS = ("message/delivery-status", "message/global-delivery-status")
_RETURNED = ("message/rfc822", "message/global", "text/rfc822-headers", "message/global-headers")
_ANSWER = re.compile(r"\b[45]\d\d[ -].*")
_STATUS = re.compile(r"\b[45]\.\d{1,3}\.\d{1,3}\b")


_LOOKS, _BETWEEN = 20, 0.5  # how often it is looked whether a mail was marked as sent, and seconds between two looks


class NothingToDo(ValueError):
    """A mail to our sender's address that asks for nothing; the text says what it is."""


class TooSoon(Exception):
    """Nothing was done; the same mail can be read later."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """A report of RFC 3464 that says "failed". key: of the delivery that came back. addresses: of whom it speaks, in
    lower case, as asked for and as it ended. status: as RFC 3463 has it, "5.1.1". said: the last server's words."""

    key: str
    addresses: frozenset[str]
    status: str
    said: str

    @property
    def reason(self) -> str:
        return f"the mail came back: {self.said}"

    def kills(self, address: str) -> bool:
        """Whether nothing will ever arrive at this address; a full mailbox or a refused text does not say so."""
        named = {address.lower(), with_ascii_host(address).lower()}
        return self.status in _ADDRESS_IS_DEAD and not self.addresses.isdisjoint(named)


@dataclass(frozen=True, slots=True)
class Bounced:
    """What became of it. paused: the subscription takes no more, since its address is dead."""

    delivery: int
    subscription: int
    reason: str
    paused: bool


def bounced(database: Database, mail: Message, now: datetime, pause: Callable[[float], None] = time.sleep) -> Bounced:
    """Marks the delivery dead that a mail reports as failed, and pauses its subscription where the address is dead.

    A report that comes twice changes nothing the second time. Raises NothingToDo, also where no sent mail has that key,
    and TooSoon where the mail is being sent: a server may send it back before its sender has written that it was taken.
    """
    bounce = read_bounce(mail)
    for _ in range(_LOOKS):
        with database.read() as session:
            if not deliveries.being_sent(session, bounce.key, now):
                return _marked(database, bounce, now)
        pause(_BETWEEN)
    raise TooSoon("the mail that came back is still being sent; read this report again in some minutes")


def _marked(database: Database, bounce: Bounce, now: datetime) -> Bounced:
    with database.begin() as session:
        marked = deliveries.mark_bounced(session, bounce.key, bounce.reason, now)
        if marked is None:
            raise NothingToDo("it reports a mail that this database did not send, or whose failure is known already")
        number, to = marked
        dead = bounce.kills(to.address)
        if dead:
            pause_dead(session, to, bounce.reason, now)
    return Bounced(number, to.id, bounce.reason, dead)


def read_bounce(mail: Message) -> Bounce:
    """What a mail to our sender's address reports. Raises NothingToDo for every other mail, whatever is in it."""
    parts = list(mail.walk())
    reports = [part for part in parts if part.get_content_type() in _REPORTS]
    if not reports:
        raise NothingToDo("no report of a delivery (RFC 3464): an answer, a notice of absence or some other mail")
    failed = [block for report in reports for block in _blocks(report) if _token(block, "Action") == "failed"]
    if not failed:
        raise NothingToDo("the report speaks of no failure: of a delay, of success or of mail passed on")
    key = next((key for part in parts if (key := _key(part))), None)
    if key is None:
        raise NothingToDo("the report does not hold the mail that failed, or that mail has no Message-ID")
    addresses = frozenset(address for block in failed for address in _addresses(block))
    said = next((text for block in failed if (text := _after_type(block["Diagnostic-Code"]))), "")
    said = said or _told_in_prose(parts, addresses)
    status = next((text for block in failed if (text := _token(block, "Status"))), "")
    if status in _UNSAID and (closer := _STATUS.search(said)):
        status = closer[0]
    return Bounce(key, addresses, status, short(said or f"status {status or 'not given'}", 300))


def _blocks(report: Message) -> Iterator[Message]:
    """The groups of fields of a report; a mail that is not ASCII reports in one text (RFC 6533)."""
    inner = report.get_payload()
    for block in inner if isinstance(inner, list) else ():
        if isinstance(block, Message):
            yield block
            rest = block.get_payload()
            for text in rest.replace("\r\n", "\n").split("\n\n") if isinstance(rest, str) else ():
                yield email.message_from_string(text.strip())


def _key(part: Message) -> str | None:
    """The key in the Message-ID of a mail that was returned, whole or as its head."""
    if part.get_content_type() not in _RETURNED:
        return None
    inner = part.get_payload()
    if isinstance(inner, list) and inner and isinstance(inner[0], Message):
        named = inner[0]["Message-ID"]
    else:
        text = part.get_payload(decode=True)
        named = email.message_from_bytes(text)["Message-ID"] if isinstance(text, bytes) else None
    return str(named or "").strip().removeprefix("<").partition("@")[0] or None


def _addresses(block: Message) -> Iterator[str]:
    for name in ("Original-Recipient", "Final-Recipient"):
        address = parseaddr(_after_type(block[name]))[1].lower()
        if address:
            yield address


def _told_in_prose(parts: list[Message], addresses: frozenset[str]) -> str:
    """The other server's answer as the text for people has it, behind the address; OpenSMTPD writes it nowhere else."""
    for part in takewhile(lambda part: part.get_content_type() not in _REPORTS, parts):
        text = part.get_payload(decode=True) if part.get_content_type() == "text/plain" else None
        for line in text.decode("utf-8", "replace").splitlines() if isinstance(text, bytes) else ():
            found = _ANSWER.search(line)
            if found and any(address in line[: found.start()].lower() for address in addresses):
                return clean(found[0])
    return ""


def _token(block: Message, name: str) -> str:
    """The first word of a field, in lower case; a comment may follow it."""
    return (str(block[name] or "").split() or [""])[0].lower()


def _after_type(field: object) -> str:
    """What stands behind the type of a field such as "rfc822; ada@example.org" or "smtp; 550 5.1.1 no such user"."""
    text = clean(str(field or ""))
    return text.partition(";")[2].strip() if ";" in text else ""
