"""A message as a mail: its headers, its two parts and its signature, ready for a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, Policy
from email.utils import format_datetime, parseaddr
from pathlib import Path
from urllib.parse import quote, urlsplit

import dkim

from alerts.channel import Thread
from alerts.told import Message
from alerts.words import clean, short

# RFC 6376 5.4.1, and what RFC 8058 3.1 wants signed. A name signed once more than it is there cannot be added later.
_SIGNED = (
    *("From", "From", "To", "To", "Subject", "Subject", "Date", "Date", "Message-ID", "Message-ID"),
    *("In-Reply-To", "References", "MIME-Version", "Content-Type", "Content-Language"),
    *("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post"),
)
_SUBJECT_AT_MOST = 200


class _Unbroken(UnstructuredHeader, BaseHeader):
    """A header of names in angle brackets. RFC 2047 5 lets none of them be encoded, which the library would do to one
    that is too long for a line of 78 signs; a line may have 998."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
for _name in ("Message-ID", "In-Reply-To", "References", "List-Id", "List-Unsubscribe"):
    _HEADERS.map_to_type(_name, _Unbroken)


@dataclass(frozen=True, slots=True)
class Signature:
    """How mails are signed (DKIM, RFC 6376). key: a private RSA key as PEM; its public half stands in the TXT record of
    selector._domainkey.DOMAIN, DOMAIN being the sender's."""

    selector: str
    key: bytes

    @classmethod
    def read(cls, file: Path, selector: str) -> Signature:
        """The signature of a key file. Raises ValueError where it cannot be read or is no such key."""
        try:
            found = cls(selector, file.read_bytes())
            dkim.sign(b"From: a@example.org\r\n\r\n\r\n", selector.encode("ascii"), b"example.org", found.key)
        except (OSError, UnicodeError, dkim.DKIMException) as error:
            raise ValueError(f"no private RSA key in PEM form in {file}: {error}") from error
        return found

    def of(self, mail: bytes, domain: str) -> bytes:
        """The header that signs these bytes, with its line end."""
        relaxed = (b"relaxed", b"relaxed")
        names = [name.encode() for name in _present(mail)]
        found: bytes = dkim.sign(
            mail, self.selector.encode(), domain.encode(), self.key, canonicalize=relaxed, include_headers=names
        )
        return found


@dataclass(frozen=True, slots=True)
class Sender:
    """Who mails come from; the domain names messages and lists."""

    address: Address

    @classmethod
    def parse(cls, written: str) -> Sender:
        """ "name@host" or "Tocsin <name@host>"; raises ValueError."""
        name, address = parseaddr(written)
        if "@" not in address:
            raise ValueError(f"the sender of mail {written!r} is not an address such as Tocsin <tocsin@example.org>")
        return cls(Address(display_name=clean(name) or "Tocsin", addr_spec=with_ascii_host(address)))

    @property
    def domain(self) -> str:
        return self.address.domain

    @property
    def bare(self) -> str:
        return self.address.addr_spec


def with_ascii_host(address: str) -> str:
    """The address with its host as IDNA; one without letters outside ASCII before the @ then needs no SMTPUTF8."""
    local, _, host = address.rpartition("@")
    try:
        return address if host.isascii() else f"{local}@{host.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


def mail_of(
    message: Message, address: str, key: str, sender: Sender, now: datetime, thread: Thread | None = None
) -> EmailMessage:
    """The mail that brings a message: key makes its Message-ID, and the thread's key the one it answers.

    A standing conversation (digests, an operator's bulletins) has no first mail: all its mails refer to one that
    never was.

    Raises ValueError or UnicodeError where an address cannot stand in a header.
    """
    mail = EmailMessage(policy=(SMTP if address.isascii() else SMTPUTF8).clone(header_factory=_HEADERS))
    local, _, host = address.rpartition("@")
    if not (local and host):
        raise ValueError(f"{address!r} is no address such as name@example.org")
    mail["From"] = sender.address
    mail["To"] = Address(username=local, domain=host)
    mail["Subject"] = short(clean(message.subject), _SUBJECT_AT_MOST)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{key}@{sender.domain}>"
    if thread is not None:
        mail["In-Reply-To"] = mail["References"] = f"<{thread.key}@{sender.domain}>"
    elif message.thread:
        mail["References"] = f"<{message.thread}@{sender.domain}>"
    mail["List-Id"] = _list_id(message, sender)
    mail["Auto-Submitted"] = "auto-generated"
    for name, value in _unsubscribing(message, sender):
        mail[name] = value
    mail.set_content(message.text, cte="quoted-printable")
    mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = message.locale.replace("_", "-")  # last: what is about content moves into the first part
    return mail


def mail_bytes(mail: EmailMessage, sender: Sender, signature: Signature | None) -> bytes:
    """What is handed to the server: lines end in CR LF and keep under RFC 5322's 998 signs."""
    raw = mail.as_bytes()
    return signature.of(raw, sender.domain) + raw if signature else raw


def _list_id(message: Message, sender: Sender) -> str:
    """RFC 2919: one list a subscription, so that a mailbox can sort several."""
    if message.subscription is None:
        return f"Tocsin <tocsin.{sender.domain}>"
    return f"Tocsin {message.subscription} <subscription-{message.subscription}.tocsin.{sender.domain}>"


def _unsubscribing(message: Message, sender: Sender) -> Iterator[tuple[str, str]]:
    """RFC 2369, and RFC 8058 for one click, which only https may promise."""
    page = message.unsubscribe
    subject = quote(f"unsubscribe {message.ending}")
    yield "List-Unsubscribe", f"<{page}>" if page else f"<mailto:{sender.bare}?subject={subject}>"
    if page is not None and urlsplit(page).scheme == "https":
        yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"


def _present(mail: bytes) -> Sequence[str]:
    """What is signed of this mail: names that it has, and the five that nobody may add once more."""
    head = mail.partition(b"\r\n\r\n")[0].lower()
    once = {name for name in _SIGNED if b"\r\n" + name.lower().encode() + b":" in b"\r\n" + head}
    return [name for name in _SIGNED if name in once]
