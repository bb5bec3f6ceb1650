"""Seeded histories, a frozen clock, real mail servers and a real webhook endpoint on the loopback interface."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP as Smtp
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from store import blobs
from store.codec import encode
from store.database import Database
from store.pending import record_judgement
from store.schema import ChangeRow, SnapshotRow, SourceRow, VersionRow, VisitRow
from store.subscriptions import ChannelName, Subscription
from store.values import (
    Content,
    Finding,
    FindingKind,
    Held,
    Judgement,
    Outcome,
    Passage,
    PassageKind,
    Polarity,
    Severity,
    SourceKind,
    Span,
)
from store.views import ChangeTexts, ChangeView, Evidence

NINTH = datetime(2024, 7, 9, 8, tzinfo=UTC)


@dataclass
class FrozenClock:
    at: datetime = NINTH

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


def span(passage: int, text: str, of: str | None = None) -> Span:
    start = (of or text).index(text)
    return Span(passage, start, start + len(text), text)


def removed(code: str, name: str, passage: int = 0, severity: Severity = Severity.HIGH, **more: Any) -> Finding:
    return Finding(
        FindingKind.TERRITORY_REMOVED, severity, old="listed", old_span=span(passage, name), territory=code, **more
    )


def added(code: str, name: str, passage: int = 0, severity: Severity = Severity.LOW, **more: Any) -> Finding:
    return Finding(
        FindingKind.TERRITORY_ADDED, severity, new="listed", new_span=span(passage, name), territory=code, **more
    )


def items(*texts: str, path: tuple[str, ...] = ("Supported countries and territories",)) -> tuple[Passage, ...]:
    return tuple(Passage(PassageKind.LIST_ITEM, text, path) for text in texts)


LOST_TWO = (removed("HK", "Hong Kong", 1), removed("MO", "Macau", 2))
BEFORE, AFTER = items("Ghana", "Hong Kong", "Macau", "Zambia"), items("Ghana", "Zambia")


def a_change(*findings: Finding, **other: Any) -> ChangeView:
    """A change of the founding case's list; every field can be another."""
    values: dict[str, Any] = {
        "id": 1,
        "address": "1..2",
        "source": "openai-api-countries",
        "title": "OpenAI API: supported countries and territories",
        "publisher": "OpenAI",
        "product": "OpenAI API",
        "kind": SourceKind.AVAILABILITY,
        "polarity": Polarity.ALLOW,
        "language": "en",
        "url": "https://example.com/supported-countries",
        "at": NINTH,
        "severity": max((one.severity for one in findings), key=lambda one: one.rank, default=Severity.INFO),
        "substantive": True,
        "significance": 1.0,
        "held": None,
        "reasons": ("2 territories left an allow list",),
        "findings": findings,
        "before": Evidence(1, "a" * 64, "https://example.com/supported-countries", NINTH - timedelta(hours=1), 200),
        "after": Evidence(2, "b" * 64, "https://example.com/supported-countries", NINTH, 200),
        "confirmed_at": NINTH + timedelta(minutes=10),
        "announced_at": None,
        "model": None,
    }
    return ChangeView(**values | other)


def a_subscription(**other: Any) -> Subscription:
    values: dict[str, Any] = {
        "id": 1,
        "channel": ChannelName.EMAIL,
        "address": "ada@example.org",
        "publishers": (),
        "products": (),
        "territories": (),
        "kinds": (),
        "min_severity": Severity.INFO,
        "digest": None,
        "timezone": "UTC",
        "secret": "s" * 43,
        "created_at": NINTH - timedelta(days=30),
    }
    return Subscription(**values | other)


@dataclass
class Seed:
    """Writes sources, visits and judged changes straight into the tables."""

    database: Database

    def source(self, slug: str = "openai-api-countries", **other: Any) -> int:
        values: dict[str, Any] = {
            "slug": slug,
            "title": "OpenAI API: supported countries and territories",
            "publisher": "OpenAI",
            "product": "OpenAI API",
            "kind": SourceKind.AVAILABILITY,
            "language": "en",
            "url": f"https://example.com/{slug}",
            "host": "example.com",
            "declaration": "",
            "every_seconds": 3600,
            "due_at": NINTH,
        }
        with self.database.begin() as session:
            row = SourceRow(**values | other)
            session.add(row)
            session.flush()
            return row.id

    def change(
        self,
        source: int,
        *findings: Finding,
        at: datetime = NINTH,
        old: tuple[Passage, ...] = BEFORE,
        new: tuple[Passage, ...] = AFTER,
        held: Held | None = None,
        substantive: bool = True,
        confirmed_at: datetime | None = None,
    ) -> int:
        severity = max((one.severity for one in findings), key=lambda one: one.rank, default=Severity.INFO)
        judgement = Judgement(substantive, 1.0, severity, ("because",), held)
        with self.database.begin() as session:
            before = self._version(session, source, Content(old), at - timedelta(hours=1), None)
            after = self._version(session, source, Content(new), at, before)
            record_judgement(session, after, findings, judgement, at)
            row = session.query(ChangeRow).where(ChangeRow.to_version == after).one()
            row.held, row.confirmed_at = held, confirmed_at
            return row.id

    def visits(self, source: int, times: list[datetime], outcome: Outcome, reason: str | None = None) -> None:
        with self.database.begin() as session:
            session.add_all(
                VisitRow(source_id=source, at=at, outcome=outcome, reason=reason, url="https://example.com/")
                for at in times
            )
            if outcome.good:
                session.get_one(SourceRow, source).verified_at = max(times)

    def _version(self, session: Any, source: int, content: Content, at: datetime, previous: int | None) -> int:
        sha256 = blobs.keep(session, f"{source} {at} {content.fingerprint}".encode())
        snapshot = SnapshotRow(
            source_id=source, sha256=sha256, url="https://example.com/list", status=200, headers={}, fetched_at=at
        )
        session.add(snapshot)
        session.flush()
        version = VersionRow(
            source_id=source,
            snapshot_id=snapshot.id,
            previous_id=previous,
            recipe="r",
            fingerprint=content.fingerprint,
            content=blobs.compress(encode(content)),
            at=at,
        )
        session.add(version)
        session.flush()
        return version.id


@pytest.fixture
def seed(database: Database) -> Seed:
    return Seed(database)


@pytest.fixture
def made() -> SimpleNamespace:
    """Values to test pure functions with."""
    return SimpleNamespace(
        NINTH=NINTH,
        LOST_TWO=LOST_TWO,
        BEFORE=BEFORE,
        AFTER=AFTER,
        span=span,
        removed=removed,
        added=added,
        items=items,
        change=a_change,
        subscription=a_subscription,
        texts=lambda *found, old=BEFORE, new=AFTER, **other: ChangeTexts(a_change(*found, **other), old, new),
        Seed=Seed,
    )


@dataclass
class Mailbox:
    """A mail server's memory, and what it answers: an answer given for a step is used up, the last one stays."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    at_rcpt: list[str] = field(default_factory=list)
    at_data: list[str] = field(default_factory=list)
    at_mail: list[str] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    before_answer: Callable[[], None] | None = None

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.at_mail:
            return self.at_mail.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self.at_rcpt:
            return self.at_rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.at_data.pop(0) if self.at_data else "250 queued as 4711"
        if answer.startswith("250") or answer == "drop":
            parsed = message_from_bytes(envelope.content, policy=policy.default)
            self.mails.append(parsed)  # type: ignore[arg-type]
            self.recipients += envelope.rcpt_tos
            self.secured.append(session.ssl is not None)
        if answer == "drop":
            server.transport.abort()
        return answer


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
async def mail_servers(mailbox: Mailbox) -> AsyncIterator[Callable[..., Awaitable[int]]]:
    """Starts aiosmtpd servers that write into mailbox; each call gives a port. ssl_context: TLS from the start."""
    running = []

    async def started(ssl_context: ssl.SSLContext | None = None, **options: Any) -> int:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Smtp(mailbox, hostname="127.0.0.1", loop=loop, **options), "127.0.0.1", 0, ssl=ssl_context
        )
        running.append(server)
        return int(server.sockets[0].getsockname()[1])

    yield started
    for server in running:
        server.close()


def authenticator(server: Smtp, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"tocsin", b"p@ss word")
    return AuthResult(success=right, handled=False)


@dataclass(frozen=True)
class Certificate:
    """A self-signed certificate for 127.0.0.1 and localhost."""

    cert: Path
    key: Path

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        return context


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    today = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    found = Certificate(folder / "cert.pem", folder / "key.pem")
    found.cert.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    found.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return found


@dataclass
class Workspace:
    """A webhook endpoint's memory and answers: (status, body, headers) used up one by one, then 200 ok."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)
    hold: asyncio.Event | None = None

    async def hook(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.json())
        self.headers.append(dict(request.headers))
        if self.hold is not None:
            await self.hold.wait()
        status, body, headers = self.answers.pop(0) if self.answers else (200, "ok", {})
        return web.Response(status=status, text=body, headers=headers)


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    space = Workspace()
    app = web.Application()
    app.router.add_post("/services/{hook}", space.hook)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    space.url = f"http://127.0.0.1:{runner.addresses[0][1]}/services/T0"
    yield space
    if space.hold is not None:
        space.hold.set()
    await runner.cleanup()


def plain_session(timeout: float) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout))


@pytest.fixture
def servers() -> SimpleNamespace:
    return SimpleNamespace(authenticator=authenticator, session=plain_session)
