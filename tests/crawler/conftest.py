"""Web servers on loopback that answer well or badly, and an engine that may ask them."""

from __future__ import annotations

import asyncio
import shutil
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from crawler.engine import Engine, Limits
from crawler.gate import Gate
from crawler.politeness import HostTurns
from store.database import Database, open_database


@dataclass(frozen=True)
class Heard:
    """A request as the server read it; header names in lower case."""

    target: str
    headers: dict[str, str]


Reply = bytes | Callable[[Heard, asyncio.StreamWriter], Awaitable[bytes | None]]


@dataclass
class Site:
    """One server. routes: path (with query) to the bytes of an answer, or to a coroutine function that writes one.

    heard: every request in order. most_at_once: how many were being answered at the same time at worst.
    """

    routes: dict[str, Reply] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    host: str = "127.0.0.1"
    port: int = 0
    scheme: str = "http"
    delay: float = 0.0
    at_once: int = 0
    most_at_once: int = 0
    serving: set[asyncio.Task[None] | None] = field(default_factory=set)

    def url(self, path: str = "/page") -> str:
        return f"{self.scheme}://{self.host}:{self.port}{path}"

    def targets(self) -> list[str]:
        """What was asked for, without robots.txt."""
        return [heard.target for heard in self.heard if heard.target != "/robots.txt"]

    @staticmethod
    def answer(body: bytes | str = b"", status: int = 200, **headers: str) -> bytes:
        """A well-formed answer; header names are written with _ for -."""
        raw = body.encode() if isinstance(body, str) else body
        lines = [
            f"HTTP/1.1 {status} Reason",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        if status != 304:
            lines.append(f"Content-Length: {len(raw)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + raw

    def redirect(self, target: str, status: int = 302) -> bytes:
        return self.answer(b"", status, Location=target)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.serving.add(task := asyncio.current_task())
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode("latin-1"):
                request, *lines = head.strip().split("\r\n")
                headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
                await self._reply(Heard(request.split(" ")[1], headers), writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the visitor left, the route has had its say, or the test is over
        finally:
            writer.close()
            self.serving.discard(task)

    async def _reply(self, heard: Heard, writer: asyncio.StreamWriter) -> None:
        self.heard.append(heard)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.delay:
                await asyncio.sleep(self.delay)
            reply = self.routes.get(heard.target, self.answer("nothing here", 404))
            said = reply if isinstance(reply, bytes) else await reply(heard, writer)
            if said is None:
                raise ConnectionError("the route has written what it wanted")
            writer.write(said)
            await writer.drain()
        finally:
            self.at_once -= 1


@asynccontextmanager
async def _running(site: Site, tls: ssl.SSLContext | None) -> AsyncIterator[Site]:
    server = await asyncio.start_server(site.serve, site.host, 0, ssl=tls)
    site.port = server.sockets[0].getsockname()[1]
    site.scheme = "https" if tls else "http"
    yield site
    server.close()
    for task in filter(None, tuple(site.serving)):
        task.cancel()


@pytest_asyncio.fixture
async def make_site() -> AsyncIterator[Callable[..., Awaitable[Site]]]:
    """Starts a server: await make_site(host="127.0.0.2", tls=context)."""
    async with AsyncExitStack() as stack:

        async def make(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Site:
            return await stack.enter_async_context(_running(Site(host=host), tls))

        yield make


@pytest_asyncio.fixture
async def site(make_site: Callable[..., Awaitable[Site]]) -> Site:
    """A server on 127.0.0.1; fill its routes."""
    return await make_site()


@dataclass
class Time:
    """A clock that a test moves. sleep() moves it too, and remembers by how much."""

    now: datetime = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with today's schema: migrating one for each test would take most of the time."""
    path = tmp_path_factory.mktemp("migrated") / "tocsin.db"
    open_database(f"sqlite:///{path}").close()
    return path


@pytest.fixture
def sqlite_database(migrated: Path, tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{shutil.copy(migrated, tmp_path / 'tocsin.db')}")
    yield database
    database.close()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest_asyncio.fixture
async def make_engine(sqlite_database: Database, time: Time) -> AsyncIterator[Callable[..., Engine]]:
    """Makes engines that may ask 127.0.0.1 without gaps: make_engine(gate=..., limits=..., gap=...)."""
    async with AsyncExitStack() as stack:
        engines: list[Engine] = []

        def make(
            gate: Gate | None = None,
            limits: Limits = Limits(seconds=5, body=200_000),
            database: Database = sqlite_database,
            **turns: Any,
        ) -> Engine:
            planned = HostTurns(database, time, **{"gap": timedelta(0), "sleep": time.sleep, **turns})
            allowed = gate or Gate(frozenset({"127.0.0.1", "127.0.0.2"}))
            engine = Engine(allowed, planned, "mailto:watch@example.org", limits, clock=time)
            stack.push_async_exit(engine.__aexit__)
            engines.append(engine)
            return engine

        yield make


@pytest_asyncio.fixture
async def engine(make_engine: Callable[..., Engine]) -> Engine:
    return make_engine()
