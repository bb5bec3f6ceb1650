"""Which visits are under way in a long-lived process: what is due starts at once, though other hosts hang.

Visits.of_due waits for all it named. Here a look claims what is due and starts it, and waits for nothing: a host that
lets us wait half a minute delays no other. Few visits of one host are under way at a time, because they would only
stand in line for it and keep places that other hosts need.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from types import TracebackType
from typing import Any, Self

import structlog

from crawler.run import IN_FLIGHT, Tally, Unchanged, Visits
from crawler.sitemaps import Sitemaps
from store.sources import DueSource

_OF_ONE_HOST = 4
_A_MOMENT = 0.2  # seconds in which the ends of visits gather before they are written and their places filled

log = structlog.get_logger()


class InFlight:
    """The visits under way. async with InFlight(visits) as under_way: await under_way.look(), now and then.

    most: visits at once. of_one_host: of them, those to one host. The end of the block gives every claim back.
    """

    def __init__(self, visits: Visits, most: int = IN_FLIGHT, of_one_host: int = _OF_ONE_HOST) -> None:
        self._visits, self._most, self._of_one_host = visits, most, of_one_host
        self._under_way: dict[asyncio.Task[None], DueSource] = {}
        self._unchanged = Unchanged(visits.database, Tally())
        self._looking = asyncio.Lock()
        self._left_over = self._closed = self._untidy = False
        self._tidying: asyncio.Task[None] | None = None
        self._sitemaps = Sitemaps(visits.database, visits.engine, visits.clock)
        self._following: asyncio.Task[list[str]] | None = None

    def __len__(self) -> int:
        return len(self._under_way)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cuts what is under way, writes what has ended, and gives the rest back, due as before."""
        self._closed = True
        async with self._looking:
            cut = dict(self._under_way)
        for task in cut:
            task.cancel()
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        await asyncio.gather(*cut, return_exceptions=True)
        if self._tidying is not None:
            await asyncio.gather(self._tidying, return_exceptions=True)
        await asyncio.to_thread(self._unchanged.write)
        given_back = [source for task, source in cut.items() if task.cancelled()]
        await asyncio.to_thread(self._visits.given_back, given_back)

    async def look(self) -> int:
        """Claims what is due and starts its visits; gives how many. Does not wait for them, nor for sitemaps."""
        started = 0
        if not self._closed and (self._following is None or self._following.done()):
            self._following = asyncio.create_task(self._sitemaps.follow())
            self._following.add_done_callback(_logged)
        async with self._looking:
            self._left_over = True  # unless the claim below could have had more
            while not self._closed and (free := self._most - len(self._under_way)) > 0:
                crowded = self._crowded()
                claimed = await asyncio.to_thread(self._visits.claimed, free, crowded)
                surplus = [source for source in claimed if not self._started(source)]
                started += len(claimed) - len(surplus)
                if not surplus:
                    self._left_over = bool(crowded) or len(claimed) == free
                    break
                await asyncio.to_thread(self._visits.given_back, surplus)
        if not started:
            await self._visits.engine.rest()
        return started

    def _crowded(self) -> list[str]:
        """Hosts that as many visits stand in line for as may."""
        hosts = Counter(source.host for source in self._under_way.values())
        return [host for host, number in hosts.items() if number >= self._of_one_host]

    def _started(self, source: DueSource) -> bool:
        """Starts a visit, unless its host has enough of them or the house is closing."""
        if self._closed or source.host in self._crowded():
            return False
        task = asyncio.create_task(self._visits.visit(source, self._unchanged, Tally()), name=f"visit {source.slug}")
        self._under_way[task] = source
        task.add_done_callback(self._ended)
        return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        source = self._under_way.pop(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("the end of a visit could not be stored", source=source.slug, error=str(error))
        self._untidy = not self._closed
        if self._untidy and (self._tidying is None or self._tidying.done()):
            self._tidying = asyncio.create_task(self._tidied())
            self._tidying.add_done_callback(_logged)

    async def _tidied(self) -> None:
        """A moment after visits ended: writes what was unchanged, fills the places, lets other processes ask."""
        while self._untidy:
            await asyncio.sleep(_A_MOMENT)
            self._untidy = False
            await asyncio.to_thread(self._unchanged.write)
            if self._left_over:
                await self.look()
            elif not self._under_way:
                await self._visits.engine.rest()


def _logged(work: asyncio.Task[Any]) -> None:
    """What could not be stored is visited again when its claim runs out; the next look goes on."""
    if not work.cancelled() and (error := work.exception()) is not None:
        log.error("work between visits failed", error=str(error))
