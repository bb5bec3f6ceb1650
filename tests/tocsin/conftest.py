"""A small world on loopback: pages that change, a mail server and a Slack endpoint, and the real `tocsin` command."""

from __future__ import annotations

import asyncio
import contextlib
import email
import email.policy
import io
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from aiohttp import web
from aiosmtpd.controller import Controller

from store import archive, pending, sources
from store.database import Database
from store.sources import SourceSpec
from store.values import (
    Content,
    Facts,
    Finding,
    FindingKind,
    Judgement,
    Outcome,
    Passage,
    PassageKind,
    Polarity,
    Severity,
    SourceKind,
    Span,
)
from tocsin import demo as tocsin_demo
from tocsin.cli import main


@dataclass
class World:
    """What the loopback web server answers, by path, and what was posted to its Slack endpoint."""

    pages: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    slack: list[dict[str, Any]] = field(default_factory=list)
    slack_answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    slack_api: str = '{"ok": true}'
    port: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def shows(self, path: str, body: str, content_type: str = "text/html", status: int = 200) -> None:
        self.pages[path] = (status, content_type, body)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(request.path_qs)
        if request.method == "POST":
            self.slack.append(await request.json())
            status, headers = self.slack_answers.pop(0) if self.slack_answers else (200, {})
            if request.path.startswith("/api/"):
                return web.Response(status=status, text=self.slack_api, content_type="application/json")
            return web.Response(status=status, text="ok" if status == 200 else "no", headers=headers)
        status, content_type, body = self.pages.get(request.path, (404, "text/plain", "nothing here"))
        if 300 <= status < 400:
            return web.Response(status=status, headers={"Location": body})
        return web.Response(status=status, text=body, content_type=content_type)


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def serve() -> None:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", made.answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.port = runner.addresses[0][1]
        ready.set()

    def run() -> None:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(serve())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert ready.wait(10)
    yield made
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)


class Mailbox:
    """Takes every mail it is given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    """A mailbox behind a real SMTP server, and the address of that server as TOCSIN_SMTP_URL wants it."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as probe:  # the controller cannot be asked for any free port
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    yield box, f"smtp://127.0.0.1:{port}?starttls=never"
    controller.stop()


@dataclass
class Command:
    """The real command with settings of its own, in this process: starting Python anew each time would take minutes."""

    environment: dict[str, str]
    folder: Path

    def __call__(self, *words: str, code: int = 0) -> str:
        """What it prints: stdout when it ends well, stderr when it is meant to fail with a code above 1."""
        stdout, stderr = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, self.environment, clear=True),
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(stdout),
            contextlib.redirect_stderr(stderr),
            pytest.raises(SystemExit) as ended,
        ):
            main(words)
        told = f"{words}: exit {ended.value.code}\n{stdout.getvalue()}\n{stderr.getvalue()}"
        assert (ended.value.code or 0) == code, told
        return stdout.getvalue() if code < 2 else stderr.getvalue()

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))

    def declare(self, slug: str, text: str) -> None:
        folder = self.folder / "sources"
        folder.mkdir(exist_ok=True)
        (folder / f"{slug}.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def command_database(sqlite_url: str) -> str:
    """The address of the command's database; a file of tests may ask for both kinds by overriding this."""
    return sqlite_url


@pytest.fixture
def tocsin(tmp_path: Path, command_database: str) -> Command:
    """The command on an empty database, with no source declared and loopback let through the gate."""
    (tmp_path / "sources").mkdir()
    given = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    return Command(
        given
        | {
            "TOCSIN_DATABASE_URL": command_database,
            "TOCSIN_SOURCES": str(tmp_path / "sources"),
            "TOCSIN_ALLOW_HOSTS": "127.0.0.1",
            "TOCSIN_GAP": "0",
            "TOCSIN_GROUP_WAIT": "0",
            "TOCSIN_GROUP_INTERVAL": "0",
            "TOCSIN_CONTACT": "tests@example.org",
        },
        tmp_path,
    )


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Command:
    """The command on a database into which the bundled archive was replayed; for tests that only read."""
    folder, archive = tmp_path_factory.mktemp("replayed"), Path(tocsin_demo.__file__).parent
    given = {name: value for name, value in os.environ.items() if not name.startswith("TOCSIN_")}
    where = {
        "TOCSIN_DATABASE_URL": f"sqlite:///{folder / 'tocsin.db'}",
        "TOCSIN_SOURCES": str(archive / "sources"),
        "HF_HUB_OFFLINE": "1",
    }
    command = Command(given | where, folder)
    command("replay", str(archive))
    return command


@pytest.fixture
def served(tocsin: Command) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts `tocsin run` processes and ends them, by their own id, when the test is over."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tocsin.cli", "run", *words],
            env=tocsin.environment,
            cwd=tocsin.folder,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        if process.stderr:
            process.stderr.close()


@dataclass
class ChangedList:
    """A list that lost territories: a source with judged changes, written by hand into a database."""

    database: Database
    at: datetime = datetime(2024, 7, 9, 8, tzinfo=UTC)
    publisher: str = "OpenAI"
    title: str = "OpenAI API: supported countries"

    def lose(self, *names: str, slug: str = "openai-api-countries", severity: Severity = Severity.HIGH) -> str:
        """One change, an hour after the one before; its address."""
        spec = SourceSpec(
            slug=slug, title=self.title, publisher=self.publisher, product="OpenAI API", kind=SourceKind.AVAILABILITY,
            polarity=Polarity.ALLOW, language="en", jurisdiction="US", url=f"https://example.com/{slug}",
            host="example.com", every=timedelta(hours=6), text="",
        )  # fmt: skip
        codes = {"Hong Kong": "HK", "Macao": "MO", "Japan": "JP", "France": "FR"}
        findings = [
            Finding(
                FindingKind.TERRITORY_REMOVED, severity, old="listed", old_span=Span(number, 0, len(name), name),
                territory=codes[name], product="OpenAI API",
            )
            for number, name in enumerate(names)
        ]  # fmt: skip
        before = self._version(spec, [*names, "Ghana"])
        after = self._version(spec, ["Ghana"])
        with self.database.begin() as session:
            pending.record_judgement(session, before, (), None, self.at)
            judgement = Judgement(True, 1.0, severity, ("it left an allow list",))
            pending.record_judgement(session, after, findings, judgement, self.at)
        return f"{before}..{after}"

    def _version(self, spec: SourceSpec, names: list[str]) -> int:
        self.at += timedelta(minutes=30)
        content = Content(tuple(Passage(PassageKind.LIST_ITEM, name) for name in names), Facts())
        with self.database.begin() as session:
            sources.declare(session, [spec], self.at, retire=False)
            [claimed] = sources.claim_named(session, [spec.slug], self.at, timedelta(minutes=1))
            received = archive.Received(claimed.url, 200, {}, repr((self.at, names)).encode())
            visited = archive.Visited(
                outcome=Outcome.VERSION, at=self.at, due_at=self.at, url=claimed.url, recipe="r",
                received=received, content=content,
            )  # fmt: skip
            version = archive.record_visit(session, claimed, visited)
        assert version is not None
        return version


@pytest.fixture
def changed_list(sqlite_database: Database) -> ChangedList:
    return ChangedList(sqlite_database)
