"""E-mail: a message as multipart text and HTML, handed to an SMTP server that says it has taken it."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from urllib.parse import quote, urlsplit

from alerts.channel import Clock, PermanentFailure, Receipt, Recipient, Thread, TransientFailure
from alerts.message import Message
from alerts.smtp_server import SmtpServer, Tls
from alerts.words import clean, short

# RFC 5321 4.2.3: what these say is wrong with us (no login, no right to relay, our sender), not with the reader.
_OURS = frozenset({530, 534, 535, 538})
_NO_RELAY = ("relay", "authenticat")


class EmailChannel:
    """Sends through one SMTP server as one sender.

    sender: "name@host" or "Tocsin <name@host>"; its host names messages and lists. tls: the certificates to trust, the
    system's by default. timeout: seconds that any one step of the conversation may take.
    """

    name = "email"

    def __init__(
        self, server: SmtpServer, sender: str, clock: Clock, *, tls: ssl.SSLContext | None = None, timeout: float = 20
    ) -> None:
        name, address = parseaddr(sender)
        if "@" not in address:
            raise ValueError(f"the sender of mail {sender!r} is not an address such as Tocsin <tocsin@example.org>")
        self._server = server
        self._sender = Address(display_name=clean(name) or "Tocsin", addr_spec=address)
        self._clock = clock
        self._tls = tls
        self._timeout = timeout

    async def send(self, message: Message, to: Recipient, key: str, thread: Thread | None = None) -> Receipt:
        """See alerts.channel.Channel. smtplib blocks, so it runs in a thread."""
        return await asyncio.to_thread(self._deliver, message, _with_ascii_host(to.address), key)

    def mail(self, message: Message, address: str, key: str) -> EmailMessage:
        """The mail as it is sent: key makes its Message-ID, message.thread the id it answers to."""
        mail = EmailMessage(policy=SMTP if address.isascii() else SMTPUTF8)
        domain = self._sender.domain
        mail["From"] = self._sender
        local, _, host = address.rpartition("@")
        mail["To"] = Address(username=local, domain=host)
        mail["Subject"] = short(clean(message.subject), 200)
        mail["Date"] = format_datetime(self._clock())
        mail["Message-ID"] = f"<{key}@{domain}>"
        mail["In-Reply-To"] = mail["References"] = f"<{message.thread}@{domain}>"
        mail["List-Id"] = f"Tocsin <tocsin.{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        for name, value in self._unsubscribing(message):
            mail[name] = value
        mail.set_content(message.text, cte="quoted-printable")
        mail.add_alternative(message.html, subtype="html", cte="quoted-printable")
        return mail

    def _unsubscribing(self, message: Message) -> Iterator[tuple[str, str]]:
        """RFC 2369, and RFC 8058 for one click, which only https may promise."""
        page = message.unsubscribe
        secure = page is not None and urlsplit(page).scheme == "https"
        subject = quote(f"unsubscribe {message.ending}")
        yield "List-Unsubscribe", f"<{page}>" if page else f"<mailto:{self._sender.addr_spec}?subject={subject}>"
        if secure:
            yield "List-Unsubscribe-Post", "List-Unsubscribe=One-Click"

    def _deliver(self, message: Message, address: str, key: str) -> Receipt:
        try:
            mail = self.mail(message, address, key)
        except (MessageError, ValueError, UnicodeError) as error:
            raise PermanentFailure(f"the mail cannot be written: {error}") from error
        with self._conversation() as server:
            return self._hand_over(server, mail, address)

    def _hand_over(self, server: smtplib.SMTP, mail: EmailMessage, address: str) -> Receipt:
        options = ["SMTPUTF8"] if not address.isascii() else []
        if options and not server.has_extn("smtputf8"):
            raise PermanentFailure("the mail server cannot send to addresses with letters outside ASCII (no SMTPUTF8)")
        code, said = server.mail(self._sender.addr_spec, options)
        if code != 250:
            raise TransientFailure(
                f"the mail server refuses the sender {self._sender.addr_spec}: {_answer(code, said)}"
            )
        code, said = server.rcpt(address)
        if code not in (250, 251):
            raise _refusal("the recipient", code, said, address_is_dead=True)
        try:
            code, said = server.data(mail.as_bytes())
        except smtplib.SMTPDataError as error:
            code, said = error.smtp_code, error.smtp_error  # type: ignore[assignment]
        if code != 250:
            raise _refusal("the message", code, said, address_is_dead=False)
        return Receipt(_answer(code, said))

    @contextlib.contextmanager
    def _conversation(self) -> Iterator[smtplib.SMTP]:
        """An open, greeted, encrypted and logged-in server; every failure of that is the operator's to mend."""
        place = f"{self._server.host}:{self._server.port}"
        server: smtplib.SMTP | None = None
        try:
            server = self._connected()
            self._secured(server)
            self._logged_in(server)
            yield server
        except ssl.SSLError as error:
            raise TransientFailure(f"no safe connection to {place}: {error.reason or error}") from error
        except smtplib.SMTPServerDisconnected as error:
            if isinstance(error.__context__, TimeoutError):
                raise TransientFailure(f"{place} gave no answer within {self._timeout:g} s") from error
            raise TransientFailure(f"{place} broke off the conversation: {error}") from error
        except smtplib.SMTPResponseException as error:
            raise TransientFailure(f"{place} refuses: {_answer(error.smtp_code, error.smtp_error)}") from error
        except TimeoutError as error:
            raise TransientFailure(f"{place} gave no answer within {self._timeout:g} s") from error
        except (smtplib.SMTPException, OSError) as error:
            raise TransientFailure(f"{place} cannot be used: {error}") from error
        finally:
            if server is not None:
                _part(server)

    def _connected(self) -> smtplib.SMTP:
        at = (self._server.host, self._server.port)
        if self._server.tls is Tls.FROM_THE_START:
            context = self._tls or self._server.context()
            return smtplib.SMTP_SSL(*at, local_hostname=self._sender.domain, timeout=self._timeout, context=context)
        return smtplib.SMTP(*at, local_hostname=self._sender.domain, timeout=self._timeout)

    def _secured(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self._server.tls in (Tls.FROM_THE_START, Tls.NEVER):
            return
        offered = server.has_extn("starttls")
        if not offered and self._server.tls is Tls.REQUIRED:
            raise TransientFailure(f"{self._server.host} offers no STARTTLS, and the setting demands it")
        if offered:
            server.starttls(context=self._tls or self._server.context())
            server.ehlo()

    def _logged_in(self, server: smtplib.SMTP) -> None:
        if self._server.user is None:
            return
        try:
            server.login(self._server.user, self._server.password or "")
        except smtplib.SMTPAuthenticationError as error:
            said = _answer(error.smtp_code, error.smtp_error)
            raise TransientFailure(f"{self._server.host} refuses our user name or password: {said}") from error


def _with_ascii_host(address: str) -> str:
    """The address with its host as IDNA; one without letters outside ASCII before the @ then needs no SMTPUTF8."""
    local, _, host = address.rpartition("@")
    try:
        return address if host.isascii() else f"{local}@{host.encode('idna').decode('ascii')}"
    except UnicodeError:
        return address


def _refusal(what: str, code: int, said: bytes, *, address_is_dead: bool) -> TransientFailure | PermanentFailure:
    reason = f"the mail server refuses {what}: {_answer(code, said)}"
    ours = code in _OURS or (code >= 500 and any(word in _answer(code, said).lower() for word in _NO_RELAY))
    if code < 500 or ours:
        return TransientFailure(reason)
    return PermanentFailure(reason, address_is_dead=address_is_dead)


def _answer(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return short(f"{code} {clean(text)}".strip(), 300)


def _part(server: smtplib.SMTP) -> None:
    """Says goodbye without listening: after the message was taken nothing may make it look failed."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if server.sock is not None:
            server.sock.settimeout(1)
            server.quit()
    server.close()
