"""What a shell becomes when its scripts run: the DOM as HTML, within bounds of time, memory and bytes."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from crawler.answers import RENDERED, Fetched, NotFetched
from crawler.browser.found import NoBrowser, chromium
from crawler.browser.process import MB, Chromium, started
from crawler.browser.requests import Fetch, Requests
from crawler.limits import Limits
from store.values import Outcome

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, CDPSession, Page

MEMORY = 500 * MB
_IDLE = 30.0  # seconds after which an unused browser ends
_QUIET = 0.6  # seconds without a change after which a page is done
_SHOWN = 2 / 3  # of its time after which a page that never rests is taken as it is
_TICK = 0.1
_CLOSING = 2.5  # seconds of a page's time that are kept for ending a browser that does not end by itself
_LONGEST = 10  # times its seconds that a page may take with all its waiting in line
_OF_THE_SHELL = frozenset({"etag", "last-modified", "content-type", "content-length"})
_STATE = "[document.readyState, document.getElementsByTagName('*').length, document.body?.textContent.length].join()"
_HTML = "(document.doctype ? '<!DOCTYPE html>' : '') + document.documentElement.outerHTML"


class Browser:
    """One browser for one engine: started when a page needs it, one page at a time, ended when idle.

    The time for a page holds all that is done for it: the browser's start, the page, and the browser's end where it
    must be ended for it. Waiting for the turn, and in line at hosts, does not count.

    named: as TOCSIN_CHROMIUM says it. memory: bytes its processes may hold together. idle: seconds.
    """

    def __init__(self, named: str | None = None, *, memory: int = MEMORY, idle: float = _IDLE) -> None:
        self._named, self._memory, self._idle_after = named, memory, idle
        self._turn = asyncio.Lock()
        self._closed = False
        self._chromium: Chromium | None = None
        self._idle: asyncio.Task[None] | None = None

    @property
    def running(self) -> bool:
        return self._chromium is not None

    async def rendered(self, plain: Fetched, agent: str, fetch: Fetch, limits: Limits) -> Fetched | NotFetched:
        """The page with its scripts run. plain: its answer, which is not asked for again. agent: who we say we are."""
        async with self._turn:
            if self._idle is not None:
                self._idle.cancel()
            rendering = Rendering(plain, agent, fetch, limits)
            time = asyncio.create_task(rendering.used_up())
            try:
                return await self._bounded(await self._ready(rendering.for_the_page), rendering, time)
            except NoBrowser as error:
                return NotFetched(Outcome.BLOCKED, str(error))
            finally:
                time.cancel()
                if self._chromium is not None:
                    self._idle = asyncio.create_task(self._end_later())

    async def close(self) -> None:
        """Ends the browser now and for good, with the page it is at."""
        self._closed = True
        await self._end()

    async def _end(self, at_once: bool = False) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if self._chromium is not None:
            ended, self._chromium = self._chromium, None
            await (ended.stop_at_once() if at_once else ended.stop())

    async def _ready(self, seconds: float) -> Chromium:
        """The browser, started if need be within these seconds. Raises NoBrowser."""
        if not self._closed and (self._chromium is None or not self._chromium.running):
            await self._end(at_once=True)
            self._chromium = await started(chromium(self._named), self._memory, seconds)
        if self._closed or self._chromium is None:
            await self._end(at_once=True)
            raise NoBrowser("Tocsin stopped before its turn came")
        return self._chromium

    async def _bounded(self, browser: Chromium, rendering: Rendering, time: asyncio.Task[None]) -> Fetched | NotFetched:
        from playwright.async_api import Error

        page = asyncio.create_task(rendering.of(browser))
        memory = asyncio.create_task(browser.outgrown())
        try:
            await asyncio.wait((page, time, memory), return_when=asyncio.FIRST_COMPLETED)
            if page.done():
                return page.result()
            why = "memory" if memory.done() else "time"
        except Error as error:
            return _not_rendered(f"the browser gave up: {error.message.strip().splitlines()[0][:160]}")
        finally:
            unfinished = not page.done() or rendering.crashed
            for task in (page, memory):
                task.cancel()
            rendering.requests.stop()
            if unfinished:
                await self._end(at_once=True)
            await asyncio.wait((page,), timeout=_CLOSING)
            if page.done() and not page.cancelled():
                page.exception()  # asked for, so that nobody logs it as one that was not
        if why == "memory":
            return _not_rendered(f"its scripts used more than {self._memory // MB} MB of memory")
        return _not_rendered(f"its scripts did not rest within {rendering.seconds:g} s")

    async def _end_later(self) -> None:
        await asyncio.sleep(self._idle_after)
        async with self._turn:
            self._idle = None  # so that it does not cancel itself
            await self._end()


class Rendering:
    """One page in the browser."""

    def __init__(self, plain: Fetched, agent: str, fetch: Fetch, limits: Limits) -> None:
        self._plain, self._agent, self._limits = plain, agent, limits
        self.requests = Requests(plain, fetch, limits)
        self.seconds = limits.seconds
        self.for_the_page = max(limits.seconds - _CLOSING, limits.seconds / 2)
        self.crashed = False
        self._used = 0.0

    async def used_up(self) -> None:
        """Returns once the page has had its time; its waiting in line at hosts does not count."""
        loop = asyncio.get_running_loop()
        began = last = loop.time()
        while self._used < self.for_the_page and last < began + _LONGEST * self.seconds:
            await asyncio.sleep(_TICK)
            now = loop.time()
            self._used += 0.0 if self.requests.in_line else now - last
            last = now

    async def of(self, browser: Chromium) -> Fetched | NotFetched:
        """The page when it has come to rest. Raises Playwright's Error."""
        context = await browser.browser.new_context(
            user_agent=self._agent, locale="en", service_workers="block", accept_downloads=False
        )
        try:
            return await self._read(browser, await self._opened(context))
        finally:
            await context.close()

    async def _opened(self, context: BrowserContext) -> Page:
        await context.route("**/*", self.requests.answer)
        await context.route_web_socket("**/*", lambda socket: socket.close())
        page = await context.new_page()
        self.requests.belong_to(page)
        context.on("page", lambda other: other.close())
        page.on("crash", lambda _page: self._crash())
        await page.goto(self._plain.url, wait_until="commit", timeout=0)
        return page

    def _crash(self) -> None:
        self.crashed = True

    async def _read(self, browser: Chromium, page: Page) -> Fetched | NotFetched:
        session = await page.context.new_cdp_session(page)
        await self._rest(session)
        if self.crashed:
            return _not_rendered("its scripts used more memory than a page may, and the page crashed")
        limit = self._limits.body
        body = str(await _said(session, f"({_HTML}).slice(0, {limit + 1})")).encode("utf-8", "replace")
        if len(body) > limit:
            return _not_rendered(f"the rendered page is larger than {limit:,} bytes")
        return replace(self._plain, url=page.url.partition("#")[0], headers=self._headers(browser), body=body)

    async def _rest(self, session: CDPSession) -> None:
        """Returns when nothing is asked for and nothing changes for a moment, or when it is time to take the page."""
        from playwright.async_api import Error

        loop = asyncio.get_running_loop()
        before, since = "", loop.time()
        until = self._used + (self.for_the_page - self._used) * _SHOWN
        while self._used < until and not self.crashed:
            try:
                now = str(await _said(session, _STATE))
            except Error:  # it is on its way to another address
                now = ""
            if now != before or self.requests.pending or not now.startswith("complete"):
                before, since = now, loop.time()
            elif loop.time() - since >= _QUIET:
                return
            await asyncio.sleep(_TICK)

    def _headers(self, browser: Chromium) -> dict[str, str]:
        """The plain answer's headers without what is true of the shell only, and how the body was made."""
        kept = {name: value for name, value in self._plain.headers.items() if name not in _OF_THE_SHELL}
        shell = hashlib.sha256(self._plain.body).hexdigest()
        made = f"{browser.name}; requests={self.requests.asked}; refused={self.requests.refused}; shell={shell}"
        return kept | {"content-type": "text/html; charset=utf-8", RENDERED: made}


async def _said(session: CDPSession, expression: str) -> object:
    """What an expression gives in a world of its own, where the page's scripts cannot have changed its words."""
    frame = (await session.send("Page.getFrameTree"))["frameTree"]["frame"]["id"]
    world = await session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "tocsin"})
    asked = {"expression": expression, "contextId": world["executionContextId"], "returnByValue": True}
    return (await session.send("Runtime.evaluate", asked))["result"].get("value", "")


def _not_rendered(why: str) -> NotFetched:
    return NotFetched(Outcome.UNREACHABLE, why)
