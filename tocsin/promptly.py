"""Nothing waits for the next tick: a new version is judged, a change told and a message sent as soon as it can be.

Judging, announcing and each channel have a loop of their own, so that a server that does not answer delays nobody else.
Each is woken by what happens in this process, and looks once a second for what another process stored and for times
that have come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import structlog

from alerts.channel import Channel
from alerts.run import next_post
from store.database import DatabaseUnavailable
from store.values import Outcome
from tocsin import rounds
from tocsin.app import App
from tocsin.heartbeat import beat

POLL = 1.0  # seconds

log = structlog.get_logger()


class Bell:
    """Wakes everybody who waits for it."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Until it rings, at most so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()


class Promptly:
    """Judges and tells in one process, between start() and the cancelling of what that gave.

    Raises SettingsError where a channel cannot be opened.
    """

    def __init__(self, app: App) -> None:
        self._app = app
        self._channels = app.channels()
        self._judges = asyncio.Lock()  # or a tick and a bell would compare the same versions beside each other
        self._versions, self._changes, self._letters = Bell(), Bell(), Bell()
        self._brought = False
        self._failing: set[str] = set()

    def visited(self, slug: str, outcome: Outcome) -> None:
        """Hears of the end of each visit."""
        if outcome is Outcome.VERSION:
            self._brought = True
            self._versions.ring()

    def start(self) -> list[asyncio.Task[None]]:
        """Starts the loops; they run until they are cancelled."""
        jobs: dict[str, Callable[[], Awaitable[None]]] = {"judging": self._judging, "announcing": self._announcing}
        jobs |= {f"posting {name}": partial(self._posting, channel) for name, channel in self._channels.items()}
        return [asyncio.create_task(self._looped(what, job), name=what) for what, job in jobs.items()]

    async def tick(self) -> None:
        """What no bell rings for: the whole of a round, from judging to the sign of life."""
        await self._judged()
        await rounds.paced(self._app)
        await rounds.compiled(self._app)
        self._letters.ring()
        if not self._failing:
            await beat(self._app)  # only here: a round that raised is no sign of life

    async def _judging(self) -> None:
        while not self._brought:
            await self._versions.wait(60)
        self._brought = False  # before judging: what comes meanwhile is judged in the next turn
        await self._judged()

    async def _judged(self) -> None:
        async with self._judges:
            await rounds.judged(self._app)
        self._changes.ring()  # also where nothing was new: a second look may have let something go

    async def _announcing(self) -> None:
        if await rounds.announced(self._app):
            self._letters.ring()
        await self._changes.wait(POLL)

    async def _posting(self, channel: Channel) -> None:
        due = await asyncio.to_thread(next_post, self._app.database, self._app.clock(), channel.name)
        if due is not None and due <= self._app.clock():
            await rounds.posted(self._app, {channel.name: channel})
        left = (due - self._app.clock()).total_seconds() if due is not None else POLL
        await self._letters.wait(min(max(left, 0.05), POLL))

    async def _looped(self, what: str, job: Callable[[], Awaitable[None]]) -> None:
        """Runs a job for ever. What fails is said, and keeps back the sign of life until it goes well again."""
        while True:
            try:
                await job()
                self._failing.discard(what)
            except DatabaseUnavailable as error:
                log.error("the database failed, a second later it is tried again", job=what, error=str(error))
                self._failing.add(what)
                await asyncio.sleep(POLL)
            except Exception:  # a loop that ends would be a silence that nobody notices
                log.exception("unexpected failure, a second later it is tried again", job=what)
                self._failing.add(what)
                await asyncio.sleep(POLL)
