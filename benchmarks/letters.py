"""Other people's servers for benchmarks/deliveries.py: a mail server and webhooks that fail in every way they can.

They run in a process of their own and note each message they took: one JSON line with kind, recipient, key, a hash of
its words and the time. A line is written before the server answers, because from then on the receiver has the message.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import hashlib
import json
import multiprocessing
import random
import time
from dataclasses import dataclass
from email.message import EmailMessage
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from aiohttp import web
from aiosmtpd.smtp import SMTP

HANG = 5.0  # seconds; longer than the senders of the benchmark wait

# Shares of all messages. "taken" ones were noted, though the sender never hears so.
MAIL_AT_RCPT = (("421 4.3.2 shutting down", 0.01), ("450 4.2.1 greylisted", 0.03), ("550 5.1.1 no such user", 0.0005))
MAIL_AT_DATA = (
    ("451 4.3.0 local error", 0.03), ("554 5.7.1 refused for its content", 0.002), ("drop", 0.02),
    ("taken, drop", 0.02), ("hang", 0.005), ("taken, hang", 0.005),
)  # fmt: skip
WEB = (
    ("429", 0.05), ("503", 0.03), ("drop", 0.02), ("taken, drop", 0.02), ("hang", 0.005), ("taken, hang", 0.005),
    ("410", 0.0005),
)  # fmt: skip


@dataclass
class Journal:
    """What was taken, and what was refused, one line each."""

    path: Path

    def note(self, kind: str, to: str, key: str, words: bytes) -> None:
        line = {"kind": kind, "to": to, "key": key, "words": hashlib.sha256(words).hexdigest(), "at": time.time()}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def taken(path: Path) -> int:
    """About how many messages were noted: all lines are about as long."""
    return path.stat().st_size // 200 if path.exists() else 0


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


@dataclass
class Mail:
    """An SMTP server's answers."""

    journal: Journal
    chance: random.Random
    faults: bool

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if fault := self._fault(MAIL_AT_RCPT):
            return fault
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        words = mail.get_body(("plain",))
        key = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        fault = self._fault(MAIL_AT_DATA)
        if not fault or fault.startswith("taken"):
            text = words.get_content() if words else ""
            self.journal.note("taken", envelope.rcpt_tos[0], key, text.encode())
        if fault.endswith("hang"):
            await asyncio.sleep(HANG)
            return "451 4.3.0 too late"
        if fault.endswith("drop"):
            server.transport.abort()
        return fault if fault[:1].isdigit() else "250 2.0.0 queued"

    def _fault(self, kinds: tuple[tuple[str, float], ...]) -> str:
        return fault(self.chance, kinds) if self.faults else ""


@dataclass
class Web:
    """A webhook's answers."""

    journal: Journal
    chance: random.Random

    async def answer(self, request: web.Request) -> web.Response:
        body, key = await request.read(), request.headers["webhook-id"]
        kind = fault(self.chance, WEB)
        if not kind or kind.startswith("taken"):
            self.journal.note("taken", request.path, key, body)
        if kind.endswith("hang"):
            await asyncio.sleep(HANG)
        if kind.endswith("drop") and request.transport is not None:
            request.transport.abort()
        if kind == "429":
            return web.Response(status=429, headers={"Retry-After": str(self.chance.randrange(1, 120))})
        return web.Response(status=int(kind) if kind.isdigit() else 204)


def fault(chance: random.Random, kinds: tuple[tuple[str, float], ...]) -> str:
    """One of the faults, or "" where all goes well."""
    drawn = chance.random()
    for kind, share in kinds:
        drawn -= share
        if drawn < 0:
            return kind
    return ""


async def serve(journal: Journal, seed: int, faults: bool, ready: Connection) -> None:
    chance, loop = random.Random(seed), asyncio.get_running_loop()
    mail = Mail(journal, chance, faults)
    server = await loop.create_server(lambda: SMTP(mail, hostname="127.0.0.1", loop=loop), "127.0.0.1", 0)
    app = web.Application()
    app.router.add_post("/{rest:.*}", Web(journal, chance).answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ready.send((server.sockets[0].getsockname()[1], runner.addresses[0][1]))
    await asyncio.Event().wait()


def started(journal: Path, seed: int, *, faults: bool) -> tuple[multiprocessing.Process, int, int]:
    """The process, and the ports of its mail server and of its web server."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=_run, args=(Journal(journal), seed, faults, there), daemon=True)
    process.start()
    smtp, http = here.recv()
    return process, smtp, http


def _run(journal: Journal, seed: int, faults: bool, ready: Connection) -> None:
    asyncio.run(serve(journal, seed, faults, ready))
