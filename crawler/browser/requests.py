"""What the scripts of a page may ask for, and how it is brought to them: by the engine, and by nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from crawler.answers import Fetched, NotFetched
from crawler.limits import Allowance, Brought, Limits

if TYPE_CHECKING:
    from playwright.async_api import Page, Request, Route

Fetch = Callable[[str, dict[str, str], Allowance], Awaitable[Fetched | NotFetched]]
"""Address, request headers and time to what came: through the gate, by robots.txt, in turn."""

_MOST = 60  # requests of one page
_BODIES = 4  # times the largest body that all of them may bring
_ASKED = frozenset({"script", "xhr", "fetch"})
_SAID = ("accept", "origin")  # of the browser's headers; the engine adds its own
_NOT_FOR_THE_PAGE = frozenset({"content-length", "content-encoding", "transfer-encoding", "set-cookie"})


class Requests:
    """The requests of one rendered page. first: its plain answer, which the browser is given in place of asking.

    asked, refused: how many were asked for it, and how many it was not given.
    """

    def __init__(self, first: Fetched, fetch: Fetch, limits: Limits) -> None:
        self._first, self._fetch, self._limits = first, fetch, limits
        self._page: Page | None = None
        self._given = False
        self._bytes = 0
        self._under_way: set[asyncio.Task[Fetched | NotFetched]] = set()
        self._on_the_wire = 0
        self._moves = 0
        self.asked = 0
        self.refused = 0

    def belong_to(self, page: Page) -> None:
        self._page = page

    @property
    def pending(self) -> bool:
        return bool(self._under_way)

    @property
    def in_line(self) -> bool:
        """Whether all that is under way waits for its turn at a host."""
        return bool(self._under_way) and not self._on_the_wire

    def stop(self) -> None:
        """Gives up what is under way."""
        for task in self._under_way:
            task.cancel()

    async def answer(self, route: Route) -> None:
        """Gives a request of the browser its answer, or refuses it."""
        from playwright.async_api import Error

        try:
            await self._answered(route)
        except (Error, asyncio.CancelledError):  # the page is gone, or the answer holds what no browser takes
            try:
                await route.abort()
            except Error:
                with suppress(Error):
                    await route.fallback()  # to nobody: Playwright waits until each route has an end

    async def _answered(self, route: Route) -> None:
        request = route.request
        if request.resource_type == "stylesheet":  # scripts wait for styles; text needs none
            await route.fulfill(status=200, content_type="text/css", body="")
            return
        moves = self._moves_on(request)
        if moves and not self._given:
            self._given = True
            await _fulfilled(route, self._first)
            return
        found = await self._found(request, moves) if self._may(request, moves) else None
        if found is None or 300 <= found.status < 400:
            self.refused += 1
            await route.abort("blockedbyclient")
            return
        await _fulfilled(route, found)

    def _moves_on(self, request: Request) -> bool:
        """Whether the page itself goes to an address; a frame in it, or another window, does not."""
        if request.resource_type != "document" or not request.is_navigation_request() or self._page is None:
            return False
        return request.frame == self._page.main_frame

    def _may(self, request: Request, moves: bool) -> bool:
        """Whether it is a request that only reads, for something that can bring text, and not one too many."""
        self._moves += moves
        wanted = self._moves <= self._limits.redirects if moves else request.resource_type in _ASKED
        enough = self.asked < _MOST and self._bytes < _BODIES * self._limits.body
        return request.method == "GET" and wanted and enough

    async def _found(self, request: Request, moves: bool) -> Fetched | None:
        self.asked += 1
        sent = {name.title(): request.headers[name] for name in _SAID if name in request.headers}
        time = _Wire(self._limits.seconds, self)
        task = asyncio.ensure_future(self._fetch(request.url.partition("#")[0], sent, time))
        self._under_way.add(task)
        try:
            answer = await task
        finally:
            self._under_way.discard(task)
        if isinstance(answer, NotFetched):
            return None
        self._bytes += len(answer.body)
        return answer

    def wire(self, more: int) -> None:
        self._on_the_wire += more


class _Wire(Allowance):
    """Counts who is on the wire: waiting in line at a host is not the page's time."""

    def __init__(self, seconds: float, requests: Requests) -> None:
        super().__init__(seconds)
        self._requests = requests

    async def spent_on(self, request: Awaitable[Brought]) -> Brought:
        self._requests.wire(+1)
        try:
            return await super().spent_on(request)
        finally:
            self._requests.wire(-1)


async def _fulfilled(route: Route, answer: Fetched) -> None:
    headers = {name: value for name, value in answer.headers.items() if name not in _NOT_FOR_THE_PAGE}
    await route.fulfill(status=answer.status, headers=headers, body=answer.body)
