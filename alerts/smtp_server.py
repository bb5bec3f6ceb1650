"""Which mail server, as whom, and how the connection is protected: the setting TOCSIN_SMTP_URL read once."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

_FORM = "smtp://user:password@host:port?starttls=required|opportunistic|never or smtps://user:password@host:port"


class Tls(StrEnum):
    REQUIRED = "required"
    OPPORTUNISTIC = "opportunistic"
    NEVER = "never"
    FROM_THE_START = "from_the_start"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """cafile: certificates to trust in place of the system's, for a server inside the house."""

    host: str
    port: int
    tls: Tls
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    cafile: str | None = None

    def context(self) -> ssl.SSLContext:
        """How the server's certificate is checked.

        Opportunistic does not check it (RFC 7435): whoever could show a false one could as well have hidden STARTTLS.
        """
        context = ssl.create_default_context(cafile=self.cafile)
        if self.tls is Tls.OPPORTUNISTIC and self.cafile is None:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def smtp_server(url: str) -> SmtpServer:
    """The server a URL names; raises ValueError saying what is allowed, without repeating the password.

    Without starttls=, encryption is required where a password would travel and used where offered otherwise. Ports:
    587 with a user (RFC 6409), 25 without, 465 for smtps (RFC 8314).
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError(f"the mail server's address must look like {_FORM}")
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError(f"the mail server's port is not a number; write {_FORM}") from error
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    unknown = sorted(asked.keys() - {"starttls", "cafile"})
    if unknown:
        raise ValueError(f"the mail server's address has {', '.join(unknown)}; allowed: starttls, cafile")
    user = unquote(parts.username) if parts.username else None
    tls = _protection(parts.scheme, asked.get("starttls"), user)
    return SmtpServer(
        host=parts.hostname,
        port=port or (465 if parts.scheme == "smtps" else 587 if user else 25),
        tls=tls,
        user=user,
        password=unquote(parts.password) if parts.password else None,
        cafile=asked.get("cafile"),
    )


def _protection(scheme: str, asked: str | None, user: str | None) -> Tls:
    if scheme == "smtps":
        if asked is not None:
            raise ValueError("smtps:// is encrypted from the start; leave starttls out")
        return Tls.FROM_THE_START
    if asked is None:
        return Tls.REQUIRED if user else Tls.OPPORTUNISTIC
    if asked not in (Tls.REQUIRED, Tls.OPPORTUNISTIC, Tls.NEVER):
        raise ValueError(f"starttls={asked} is not known; allowed: required, opportunistic, never")
    return Tls(asked)
