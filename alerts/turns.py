"""One message at a time to an address, and not before a while has passed since the last: for channels that ask so."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from alerts.channel import TransientFailure

_KEPT = 1000  # addresses whose last message is remembered; more are swept when their while has passed


class Turns:
    """Shared by everything in a process that sends to the same addresses. clock: seconds that never go back.

    gap: from the answer to one message until the next goes out, so that the other side never sees two closer. longest:
    whoever would wait longer than this is sent away to come again.
    """

    def __init__(
        self,
        gap: timedelta = timedelta(seconds=1),
        longest: timedelta = timedelta(seconds=30),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gap = gap.total_seconds()
        self._longest = longest.total_seconds()
        self._clock = clock
        self._free_at: dict[str, float] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._waiting: Counter[str] = Counter()

    @asynccontextmanager
    async def of(self, address: str) -> AsyncIterator[None]:
        """Holds the address until its message is answered. Raises TransientFailure where the wait would be too long."""
        self._waiting[address] += 1
        lock = self._locks.setdefault(address, asyncio.Lock())
        try:
            async with lock:
                await self._wait(address)
                try:
                    yield
                finally:
                    self._free_at[address] = max(self._free_at.get(address, 0), self._clock() + self._gap)
        finally:
            self._left(address)

    def put_off(self, address: str, until: timedelta) -> None:
        """Nothing to this address before that much has passed: it asked to slow down."""
        self._free_at[address] = max(self._free_at.get(address, 0), self._clock() + until.total_seconds())

    async def _wait(self, address: str) -> None:
        wait = self._free_at.get(address, 0) - self._clock()
        if wait > self._longest:
            raise TransientFailure("the address asked to slow down", timedelta(seconds=wait))
        if wait > 0:
            await asyncio.sleep(wait)

    def _left(self, address: str) -> None:
        """A lock lives no longer than those who wait for it: it belongs to their event loop."""
        self._waiting[address] -= 1
        if self._waiting[address] <= 0:
            del self._waiting[address], self._locks[address]
        if len(self._free_at) > _KEPT:
            now = self._clock()
            self._free_at = {one: at for one, at in self._free_at.items() if at > now}
