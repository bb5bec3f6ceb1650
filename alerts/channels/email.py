"""E-mail: a message as multipart text and HTML, handed to an SMTP server that says it has taken it."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from email.errors import MessageError
from email.message import EmailMessage

import dkim

from alerts.channel import Clock, PermanentFailure, Receipt, Recipient, Thread, TransientFailure
from alerts.mail import Sender, Signature, mail_bytes, mail_of, with_ascii_host
from alerts.message import Message
from alerts.smtp_server import SmtpServer, Tls
from alerts.words import clean, short

# RFC 5321 4.2.3: what these say is wrong with us (no login, no right to relay, our sender), not with the reader.
_OURS = frozenset({530, 534, 535, 538})
_NO_RELAY = ("relay", "authenticat")


class EmailChannel:
    """Sends through one SMTP server as one sender.

    sender: "name@host" or "Tocsin <name@host>"; its host names messages and lists. signature: signs every mail. tls:
    the certificates to trust, the system's by default. timeout: seconds that any one step of the conversation may take.
    """

    name = "email"

    def __init__(
        self,
        server: SmtpServer,
        sender: str,
        clock: Clock,
        *,
        signature: Signature | None = None,
        tls: ssl.SSLContext | None = None,
        timeout: float = 20,
    ) -> None:
        self._server = server
        self._sender = Sender.parse(sender)
        self._clock = clock
        self._signature = signature
        self._tls = tls
        self._timeout = timeout

    async def send(self, message: Message, to: Recipient, key: str, thread: Thread | None = None) -> Receipt:
        """See alerts.channel.Channel. smtplib blocks, so it runs in a thread."""
        return await asyncio.to_thread(self._deliver, message, with_ascii_host(to.address), key, thread)

    def mail(self, message: Message, address: str, key: str, thread: Thread | None = None) -> EmailMessage:
        """The mail as it is sent, but for its signature."""
        return mail_of(message, address, key, self._sender, self._clock(), thread)

    def _deliver(self, message: Message, address: str, key: str, thread: Thread | None) -> Receipt:
        try:
            raw = mail_bytes(self.mail(message, address, key, thread), self._sender, self._signature)
        except dkim.DKIMException as error:
            raise TransientFailure(f"the mail cannot be signed: {error}") from error
        except (MessageError, ValueError, UnicodeError) as error:
            raise PermanentFailure(f"the mail cannot be written: {error}") from error
        with self._conversation() as server:
            return self._hand_over(server, raw, address)

    def _hand_over(self, server: smtplib.SMTP, raw: bytes, address: str) -> Receipt:
        options = ["SMTPUTF8"] if not address.isascii() else []
        if options and not server.has_extn("smtputf8"):
            raise PermanentFailure("the mail server cannot send to addresses with letters outside ASCII (no SMTPUTF8)")
        code, said = server.mail(self._sender.bare, options)
        if code != 250:
            raise TransientFailure(f"the mail server refuses the sender {self._sender.bare}: {_answer(code, said)}")
        code, said = server.rcpt(address)
        if code not in (250, 251):
            raise _refusal("the recipient", code, said, address_is_dead=True)
        try:
            code, said = server.data(raw)
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
