"""May we fetch this address: robots.txt by RFC 9309, remembered for a day at most.

404 and other 4xx: there are no rules. 5xx, 429 and no answer at all: everything is forbidden until it can be read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego
from yarl import URL

from store.database import Database
from store.hosts import RobotsText, keep_robots, robots_of

AGENT = "Tocsin"
PARSED_BYTES = 500 * 1024  # RFC 9309, section 2.5: at least 500 KiB are parsed
_FRESH = timedelta(hours=24)  # RFC 9309, section 2.4
_UNREADABLE_FRESH = timedelta(minutes=5)

Read = Callable[[str], Awaitable[tuple[int | None, bytes, str]]]
"""Asks for an address and gives status (None: no answer), body and, where there was no answer, the reason."""


@dataclass(frozen=True, slots=True)
class Rules:
    """One origin's rules. unreadable says why nothing may be fetched; text None means everything may."""

    text: Protego | None
    unreadable: str | None
    expires_at: datetime
    delay: timedelta = timedelta(0)

    def allow(self, url: str) -> bool:
        """Whether the rules let Tocsin fetch an address of this origin."""
        if self.unreadable is not None:
            return False
        return self.text is None or bool(self.text.can_fetch(url, AGENT))


class Robots:
    """The rules of every origin met: in memory, else in the store, else asked for."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self._rules: dict[str, Rules] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    def known(self, url: URL) -> Rules | None:
        """The rules for an address where they are in memory and fresh."""
        rules = self._rules.get(origin(url))
        return rules if rules is not None and self._clock() < rules.expires_at else None

    async def rules(self, url: URL, read: Read) -> Rules:
        """The rules for an address; read fetches robots.txt if it must be fetched."""
        place = origin(url)
        async with self._asking.setdefault(place, asyncio.Lock()):
            known = self.known(url)
            if known is None:
                known = self._rules[place] = await self._stored(place) or await self._asked(place, read)
        return known

    async def _stored(self, place: str) -> Rules | None:
        stored = await asyncio.to_thread(self._read_row, place)
        if stored is None:
            return None
        rules = understood(stored, place)
        return rules if self._clock() < rules.expires_at else None

    async def _asked(self, place: str, read: Read) -> Rules:
        status, body, reason = await read(f"{place}/robots.txt")
        text = RobotsText(status, _parsable(body), self._clock())
        if status is None or not 200 <= status < 300:
            text = RobotsText(status, reason, text.fetched_at)
        await asyncio.to_thread(self._write_row, place, text)
        return understood(text, place)

    def _read_row(self, place: str) -> RobotsText | None:
        with self._database.read() as session:
            return robots_of(session, place)

    def _write_row(self, place: str, text: RobotsText) -> None:
        with self._database.begin() as session:
            keep_robots(session, place, text)


def origin(url: URL) -> str:
    """Scheme, host and port: what a robots.txt speaks for."""
    return str(url.origin())


def understood(text: RobotsText, place: str) -> Rules:
    """What a robots.txt answer means, and until when."""
    status = text.status
    if status is not None and 400 <= status < 500 and status != 429:
        return Rules(None, None, text.fetched_at + _FRESH)
    if status is None or not 200 <= status < 300:
        why = text.body if status is None else f"answered {status}"
        unreadable = f"robots.txt of {URL(place).host} could not be read ({why}), so nothing may be fetched there"
        return Rules(None, unreadable, text.fetched_at + _UNREADABLE_FRESH)
    parsed = Protego.parse(text.body)
    return Rules(parsed, None, text.fetched_at + _FRESH, _delay(parsed))


def _parsable(body: bytes) -> str:
    if len(body) > PARSED_BYTES:
        body = body[:PARSED_BYTES].rpartition(b"\n")[0]  # half a line would be another rule
    return body.decode("utf-8-sig", "replace")


def _delay(parsed: Protego) -> timedelta:
    """Crawl-delay or the inverse of Request-rate, whichever is slower; neither is in the RFC, both are a plain wish."""
    seconds = parsed.crawl_delay(AGENT) or 0.0
    rate = parsed.request_rate(AGENT)
    if rate is not None and rate.requests:
        seconds = max(seconds, rate.seconds / rate.requests)
    return timedelta(seconds=min(seconds, _FRESH.total_seconds()))
