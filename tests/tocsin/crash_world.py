"""A small world that changes from round to round, and the people who hear of it, all in the process that is killed.

Pages, mail server and Slack endpoint listen on sockets that were opened before, so that their addresses outlive the
process; what people received is in a file that outlives it too.
"""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from aiosmtpd.smtp import SMTP

ROUNDS = 7
Checkpoint = Callable[[str], None]
T = TypeVar("T")

_ALL = (
    *("Albania", "Argentina", "Armenia", "Australia", "Belgium", "Brazil", "Canada", "Chile", "Colombia", "Denmark"),
    *("Egypt", "Estonia", "Fiji", "France", "Germany", "Ghana", "India", "Japan", "Kenya", "Latvia", "Mexico"),
    *("Norway", "Peru", "Samoa"),
)
_LISTED = {
    0: _ALL,
    1: [*(name for name in _ALL if name not in ("Peru", "Kenya")), "Zambia"],
    4: [*(name for name in _ALL if name not in ("Peru", "Kenya", "Fiji")), "Zambia"],
    6: [*(name for name in _ALL if name not in ("Peru", "Kenya", "Fiji")), "Zambia", "Uganda"],
}
_CLAUSES = {0: ("may", 30), 2: ("must", 30), 5: ("must", 45)}
_HEADLINES = {
    0: ["OpenAI opens an office in Paris"],
    1: ["OpenAI opens an office in Paris", "OpenAI blocks API access from China from 9 July"],
    4: ["OpenAI blocks API access from China from 9 July", "US Treasury proposes rule on AI investment in China"],
}
_NOTICES = {
    0: [("2024-13923", "PRORULE", "2024-07-05", "2024-08-04", None)],
    2: [("2024-13923", "PRORULE", "2024-07-05", "2024-09-04", None)],
    4: [
        ("2024-13923", "PRORULE", "2024-07-05", "2024-09-04", None),
        ("2024-25422", "RULE", "2024-11-15", None, "2025-01-02"),
    ],
}
_CHALLENGE = (
    "<!doctype html><html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1>"
    "<p>Enable JavaScript and cookies to continue.</p></body></html>"
)
MOVED = 5  # from this round on the list is found at another address
DECLARED = {
    "list": ("availability", "/countries", 'product = "API"\n[expect]\nterritories = { min = 15, max = 60 }\n'),
    "terms": ("terms", "/terms", ""),
    "news": ("feed", "/feed.xml", ""),
    "docket": ("docket", "/docket.json", ""),
}


def _as_of(told: dict[int, T], number: int) -> T:
    return told[max(start for start in told if start <= number)]


def _html(title: str, body: str) -> str:
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head><body><nav><a href="/">Home</a></nav>'
        f"<main><h1>{title}</h1>{body}</main></body></html>"
    )


def _countries(number: int) -> str:
    listed = "".join(f"<li>{name}</li>" for name in _as_of(_LISTED, number))
    return _html("Supported countries", f"<p>The service is offered in these countries.</p><ul>{listed}</ul>")


def _terms(number: int) -> str:
    verb, days = _as_of(_CLAUSES, number)
    return _html(
        "Terms",
        "<p>These terms apply to everybody who uses the service, for work or for pleasure.</p>"
        f"<p>Customers {verb} delete their keys when an account ends.</p>"
        f"<p>Prompts are kept for {days} days and then deleted from all of our systems.</p>"
        "<p>We answer questions about these terms in writing.</p>",
    )


def _feed(number: int) -> str:
    items = "".join(
        f"<item><title>{title}</title><link>https://example.org/{abs(hash_of(title))}</link>"
        f"<description>{title}.</description><pubDate>Fri, 09 Jan 2026 08:00:00 GMT</pubDate></item>"
        for title in _as_of(_HEADLINES, number)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'


def hash_of(title: str) -> int:
    return int.from_bytes(title.encode()[-6:], "big")  # the same in every process, unlike hash()


def _docket(number: int) -> str:
    documents = [
        {
            "document_number": document,
            "type": "Proposed Rule" if kind == "PRORULE" else "Rule",
            "action": "Proposed rule." if kind == "PRORULE" else "Final rule.",
            "title": "Investments in certain technologies",
            "publication_date": published,
            "comments_close_on": closes,
            "effective_on": effective,
            "docket_ids": [],
            "regulation_id_numbers": ["1505-AC82"],
            "agencies": [{"name": "Treasury Department"}],
            "html_url": f"https://example.org/{document}",
        }
        for document, kind, published, closes, effective in _as_of(_NOTICES, number)
    ]
    return json.dumps({"count": len(documents), "total_pages": 1, "results": documents})


@dataclass
class World:
    """What is shown in a round, and what was received. number: the round. received: one JSON array a line."""

    pages: socket.socket
    mail: socket.socket
    received: Path
    number: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.pages.getsockname()[1]}{path}"

    @property
    def smtp_url(self) -> str:
        return f"smtp://127.0.0.1:{self.mail.getsockname()[1]}?starttls=never"

    def declare(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        for slug, (kind, path, more) in DECLARED.items():
            text = (
                f'title = "{slug}"\npublisher = "Example {slug}"\nkind = "{kind}"\nlanguage = "en"\n'
                f'url = "{self.url(path)}"\nevery = "18h"\nevery_min = "18h"\nevery_max = "18h"\n{more}'
            )
            (folder / f"{slug}.toml").write_text(text, encoding="utf-8")

    async def open(self, checkpoint: Checkpoint) -> None:
        """Starts the servers. checkpoint is told when a message has been taken and the sender does not know it yet."""
        app = web.Application()
        app.router.add_post("/slack", lambda request: self._slack(request, checkpoint))
        app.router.add_get("/{path:.*}", self._page)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.SockSite(runner, self.pages.dup()).start()
        mailbox = _Mailbox(self, checkpoint)
        await asyncio.get_running_loop().create_server(lambda: SMTP(mailbox), sock=self.mail.dup())

    def note(self, *what: str) -> None:
        with self.received.open("a", encoding="utf-8") as file:
            file.write(json.dumps(what) + "\n")
            file.flush()
            os.fsync(file.fileno())

    async def _page(self, request: web.Request) -> web.Response:
        path, number = request.path, self.number
        if path == "/countries" and number >= MOVED:
            return web.Response(status=301, headers={"Location": self.url("/where")})
        if path in ("/countries", "/where"):
            return _answer(_CHALLENGE if number == 3 else _countries(number), "text/html")
        if path == "/terms":
            if number == 3:
                return web.Response(status=503, text="Down for maintenance")
            tag = f'"{_as_of(_CLAUSES, number)}"'.replace("'", "").replace(" ", "")
            if request.headers.get("If-None-Match") == tag:
                return web.Response(status=304, headers={"ETag": tag})
            return _answer(_terms(number), "text/html", {"ETag": tag})
        if path == "/feed.xml":
            return _answer(_feed(number), "application/rss+xml")
        return _answer(_docket(number), "application/json") if path == "/docket.json" else web.Response(status=404)

    async def _slack(self, request: web.Request, checkpoint: Checkpoint) -> web.Response:
        await request.read()
        self.note("slack", request.headers["Idempotency-Key"])
        checkpoint("slack: taken, not answered")
        return web.Response(text="ok")


def _answer(body: str, kind: str, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(text=body, content_type=kind, headers=headers)


class _Mailbox:
    """Takes every mail; says so to its sender a moment after it was noted."""

    def __init__(self, world: World, checkpoint: Checkpoint) -> None:
        self._world, self._checkpoint = world, checkpoint

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self._world.note(envelope.rcpt_tos[0], str(mail["Message-ID"]).strip("<>").partition("@")[0])
        self._checkpoint("email: taken, not answered")
        return "250 taken"
