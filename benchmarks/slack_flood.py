"""A thousand changes at once and one Slack channel: does each arrive once, and does Slack never have to say stop?

    python benchmarks/slack_flood.py [--changes 1000] [--publishers 40] [--subscriptions 2]

Real all the way: changes in a database, deliveries, the bot's method over HTTP. The other end is a server on the
loopback interface that checks what Slack checks (docs.slack.dev/reference/block-kit, /apis/web-api/rate-limits): blocks
in a message, characters of each text and of all, twice the same block_id, one message a second a channel. It answers
what breaks a limit as Slack does, and notes it. Ends with 1 where a change was not told or a limit was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from alerts.channels.slack import SlackChannel
from alerts.run import announce, deliver
from store import blobs
from store.codec import encode
from store.database import Database, open_database
from store.outbox_views import count_by_state
from store.pending import record_judgement
from store.schema import SnapshotRow, SourceRow, VersionRow
from store.subscriptions import NewSubscription, add
from store.territory import territory_name
from store.values import Content, Finding, FindingKind, Judgement, Passage, PassageKind, Severity, SourceKind, Span

CHANNEL = "#compliance"
TERRITORIES = ("HK", "MO", "CN", "RU", "IR", "KP", "SY", "CU", "VE", "BY")
WORDS = "Access from the following countries & territories <is not offered> until further notice. " * 12


@dataclass
class Slack:
    """What the server saw of one channel."""

    at: list[float] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    broken: Counter[str] = field(default_factory=Counter)
    threads: Counter[str] = field(default_factory=Counter)

    async def post(self, request: web.Request) -> web.Response:
        at, body = time.monotonic(), await request.json()
        if self.at and at - self.at[-1] < 1:
            self.broken["more than one message a second"] += 1
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})
        problems = over_limit(body)
        if problems:
            self.broken.update(problems)
            return web.json_response({"ok": False, "error": "invalid_blocks"})
        self.at.append(at)
        self.messages.append(body)
        ts = f"{1_720_512_000 + len(self.at)}.000100"
        self.threads[body.get("thread_ts", "none")] += 1
        return web.json_response({"ok": True, "channel": "C0123456789", "ts": ts})


def over_limit(body: dict[str, Any]) -> list[str]:
    """The limits that a message breaks."""
    blocks, found = body["blocks"], []
    found += ["over 50 blocks"] * (len(blocks) > 50)
    found += ["over 12,000 characters"] * (sum(map(len, _texts(blocks))) + len(body["text"]) > 12_000)
    found += ["no fallback text"] * (not body["text"])
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    found += ["a block_id twice"] * (len(ids) > len(set(ids)))
    for block in blocks:
        kind, parts = block["type"], [*block.get("fields", []), *block.get("elements", [])]
        most = {"header": 150, "section": 3000}.get(kind)
        if most and "text" in block:
            found += [f"a {kind} of 0 or over {most} characters"] * (not 0 < len(block["text"]["text"]) <= most)
        found += [f"over 10 parts in a {kind}"] * (len(parts) > 10)
        for part in parts:
            text = part["text"]["text"] if part["type"] == "button" else part["text"]
            longest = 75 if part["type"] == "button" else 2000
            found += [f"a {part['type']} of 0 or over {longest} characters"] * (not 0 < len(text) <= longest)
            found += ["a button's value over 2,000"] * (len(part.get("value", "")) > 2000)
    return found


def _texts(part: Any) -> list[str]:
    if isinstance(part, dict):
        own = [part["text"]] if isinstance(part.get("text"), str) else []
        return own + [text for value in part.values() if not isinstance(value, str) for text in _texts(value)]
    return [text for one in part for text in _texts(one)] if isinstance(part, list) else []


def seed(database: Database, number: int, publishers: int, now: datetime) -> None:
    """So many judged changes, unannounced, spread over the publishers; each its own source, some very long."""
    with database.begin() as session:
        for at in range(number):
            publisher = f"Publisher {at % publishers}"
            row = SourceRow(
                slug=f"source-{at}", title=f"{publisher}: list {at}", publisher=publisher, product=f"Product {at}",
                kind=SourceKind.AVAILABILITY, language="en", url=f"https://example.com/{at}", host="example.com",
                declaration="", every_seconds=3600, due_at=now,
            )  # fmt: skip
            session.add(row)
            session.flush()
            lost = [TERRITORIES[(at + step) % len(TERRITORIES)] for step in range(1 + at % 7)]
            extra = (WORDS * (1 + at % 5),) if at % 10 == 0 else ()
            old = (*map(territory_name, lost), *extra)
            first = _version(session, row.id, old, now - timedelta(hours=1), None)
            second = _version(session, row.id, extra, now, first)
            findings = [_removed(code, place, f"Product {at}") for place, code in enumerate(lost)]
            record_judgement(session, first, (), None, now)
            record_judgement(
                session, second, findings, Judgement(True, 1.0, Severity.HIGH, ("left a list",), None), now
            )


def _removed(code: str, place: int, product: str) -> Finding:
    name = territory_name(code)
    span = Span(place, 0, len(name), name)
    return Finding(
        FindingKind.TERRITORY_REMOVED, Severity.HIGH, old="listed", old_span=span, territory=code, product=product
    )


def _version(session: Any, source: int, texts: tuple[str, ...], at: datetime, previous: int | None) -> int:
    content = Content(tuple(Passage(PassageKind.LIST_ITEM, text, ("Countries",)) for text in texts))
    sha256 = blobs.keep(session, f"{source} {at}".encode())
    snapshot = SnapshotRow(
        source_id=source, sha256=sha256, url=f"https://example.com/{source}", status=200, headers={}, fetched_at=at
    )
    session.add(snapshot)
    session.flush()
    version = VersionRow(
        source_id=source, snapshot_id=snapshot.id, previous_id=previous, recipe="r",
        fingerprint=content.fingerprint, content=blobs.compress(encode(content)), at=at,
    )  # fmt: skip
    session.add(version)
    session.flush()
    return int(version.id)


async def flood(database: Database, slack: Slack, subscriptions: int) -> tuple[int, float]:
    """Tells everything that waits; how many changes were announced, and the seconds it took."""
    app = web.Application()
    app.router.add_post("/api/chat.postMessage", slack.post)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with database.begin() as session:
        for number in range(subscriptions):  # all of one channel: they must share its pace
            kinds = ("territory_removed", "availability")[: 1 + number % 2] if number else ()
            add(
                session,
                NewSubscription("slack", CHANNEL, kinds=kinds, min_severity=("info", "low", "medium")[number % 3]),
                _now(),
            )
    began = time.monotonic()
    channel = SlackChannel(
        lambda seconds: aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=seconds)),
        _now,
        token="xoxb-loopback",
        api=f"http://127.0.0.1:{runner.addresses[0][1]}/api/",
    )
    announced = await asyncio.to_thread(announce, database, _now())
    while True:  # what was told to wait is due again later
        await deliver(database, {"slack": channel}, _now, base_url="https://tocsin.example.org")
        with database.read() as session:
            states = count_by_state(session)
        if not sum(count for state, count in states.items() if state in ("pending", "failed")):
            break
        await asyncio.sleep(1)
    await runner.cleanup()
    return announced, time.monotonic() - began


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--changes", type=int, default=1000)
    asked.add_argument("--publishers", type=int, default=40)
    asked.add_argument("--subscriptions", type=int, default=2)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        database, slack = open_database(f"sqlite:///{Path(folder) / 'flood.db'}"), Slack()
        seed(database, given.changes, given.publishers, _now())
        announced, seconds = asyncio.run(flood(database, slack, given.subscriptions))
        with database.read() as session:
            states = {str(state): count for state, count in count_by_state(session).items() if count}
        told = told_once(database)
        database.close()
    gaps = [later - earlier for earlier, later in pairwise(slack.at)]
    keys = [message["metadata"]["event_payload"]["key"] for message in slack.messages]
    wanted = given.changes * given.subscriptions
    apiece = wanted / max(1, len(slack.messages))
    blocks = max(len(message["blocks"]) for message in slack.messages)
    letters = max(sum(map(len, _texts(one["blocks"]))) + len(one["text"]) for one in slack.messages)
    print(f"changes announced    {announced} of {given.changes}, to {given.subscriptions} subscriptions of one channel")
    took = f"{slack.at[-1] - slack.at[0]:.0f} s from first to last, {seconds:.0f} s with announcing"
    print(f"messages             {len(slack.messages)}, {took}, deliveries {json.dumps(states)}")
    print(f"changes told         {told} of {wanted}, {apiece:.1f} in a message on average")
    print(f"same message twice   {len(keys) - len(set(keys))}")
    print(f"shortest gap         {min(gaps, default=0):.3f} s")
    print(f"limits broken        {dict(slack.broken) or 'none'}")
    print(f"largest message      {blocks} blocks, {letters:,} characters")
    good = announced == given.changes and told == wanted and not slack.broken and len(keys) == len(set(keys))
    return 0 if good and min(gaps, default=1) >= 1 else 1


def told_once(database: Database) -> int:
    """Pairs of subscription and change whose delivery was sent."""
    from sqlalchemy import func, select

    from store.alert_schema import DeliveryChangeRow, DeliveryRow

    with database.read() as session:
        opened = session.scalar(
            select(func.count()).where(DeliveryRow.state == "sent", DeliveryRow.change_id.is_not(None))
        )
        joined = session.scalar(
            select(func.count())
            .select_from(DeliveryChangeRow)
            .join(DeliveryRow, DeliveryRow.id == DeliveryChangeRow.delivery_id)
            .where(DeliveryRow.state == "sent")
        )
    return int(opened or 0) + int(joined or 0)


if __name__ == "__main__":
    sys.exit(main())
