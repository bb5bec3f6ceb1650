"""Fetches what is asked for: politely, through the gate, by way of long-lived Scrapy engines on the running event loop.

Scrapy downloads; redirects, robots.txt, turns, decompression and the one retry are decided here, so that each address
on a chain of redirects is judged exactly as the first one was.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response
from yarl import URL

from crawler.answers import Ask, Fetched, NotFetched
from crawler.browser.rendering import Browser
from crawler.decoding import ACCEPTED, TooLarge, Undecodable
from crawler.downloads import Running, settings, started
from crawler.gate import Gate, Refused
from crawler.limits import USED_UP, Allowance, Limits
from crawler.politeness import HostBusy, HostTurns
from crawler.reasons import may_pass_at_once, reason
from crawler.responses import asked_back, fetched, joined, validators
from crawler.robots import Robots, Rules
from crawler.spiders.docket import Docket
from crawler.spiders.feed import Feed
from crawler.spiders.page import Page
from crawler.spiders.resident import Resident
from store.values import Outcome, SourceKind

__all__ = ["Ask", "Engine", "Fetched", "Limits", "NotFetched"]

_SPIDERS: dict[SourceKind, type[Resident]] = {
    SourceKind.AVAILABILITY: Page,
    SourceKind.TERMS: Page,
    SourceKind.FEED: Feed,
    SourceKind.DOCKET: Docket,
}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_NO_DELAY = timedelta(0)


class _Stopping(Exception):
    """The engine is being closed; what was under way ends without an answer."""


class Engine:
    """One process's fetching. async with Engine(...) as engine: answer = await engine.fetch(ask).

    Needs a running event loop; Scrapy's engines start on the first request of their kind and stop at the end of the
    block, cutting whatever is still under way.
    """

    def __init__(
        self,
        gate: Gate,
        turns: HostTurns,
        contact: str,
        limits: Limits = Limits(),
        *,
        clock: Callable[[], datetime],
        browser: Browser | None = None,
    ) -> None:
        if timedelta(seconds=limits.seconds) > turns.longest:
            raise ValueError(f"a request may take {limits.seconds:g} s, but turns are planned for {turns.longest}")
        if not contact.isprintable() or not contact.isascii():
            raise ValueError(f"contact {contact!r} must be plain ASCII: it is sent to every host")
        self._gate, self._turns, self._limits, self._clock = gate, turns, limits, clock
        self._robots = Robots(turns.database, clock)
        self._headers = {
            "User-Agent": f"Tocsin/{version('tocsin')} (+{contact})",
            "Accept-Encoding": ACCEPTED,
            "Accept-Language": "en,*;q=0.5",  # one fixed wish, so that no site guesses a language from our address
        }
        self._browser = browser or Browser()
        self._running: dict[type[Resident], Running] = {}
        self._starting = asyncio.Lock()
        self._ended = asyncio.Event()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        await self._browser.close()
        async with self._starting:
            await asyncio.gather(*(running.stop() for running in self._running.values()))
        await self._turns.give_back()

    async def rest(self) -> None:
        """Says that nothing is to be fetched for the moment: other processes may ask the hosts."""
        await self._turns.give_back()

    async def fetch(self, ask: Ask) -> Fetched | NotFetched:
        """What the address answers, after redirects; for a docket, all its pages.

        Every failure comes back as NotFetched; any HTTP status but 429 and 503 with Retry-After comes as Fetched.
        Raises RuntimeError when the engine has been closed.
        """
        if self._ended.is_set():
            raise RuntimeError("the engine is closed")
        spider = _SPIDERS[ask.kind]
        try:
            time = Allowance(self._limits.seconds)
            answer = await self._answer(spider, ask.url, validators(ask), time)
            if spider is Docket and isinstance(answer, Fetched) and answer.status == 200:
                return await self._continued(answer, time)
            return answer
        except HostBusy as busy:
            return NotFetched(Outcome.UNREACHABLE, str(busy), retry_at=busy.retry_at, postponed=True)
        except _Stopping:
            return NotFetched(Outcome.UNREACHABLE, "Tocsin stopped before the answer was complete", postponed=True)

    async def rendered(self, plain: Fetched) -> Fetched | NotFetched:
        """What a page that was fetched becomes when a browser runs its scripts; what they ask for is asked here."""
        return await self._browser.rendered(plain, self._headers["User-Agent"], self._for_scripts, self._limits)

    async def _for_scripts(self, url: str, headers: dict[str, str], time: Allowance) -> Fetched | NotFetched:
        try:
            return await self._answer(Page, url, headers, time)
        except (HostBusy, _Stopping) as error:
            return _lost(str(error))

    async def _answer(
        self, spider: type[Resident], url: str, headers: dict[str, str], time: Allowance, *, obey: bool = True
    ) -> Fetched | NotFetched:
        """Follows redirects; each address on the way passes the gate and the robots.txt of its host."""
        passed: list[str] = []
        permanent = True
        while True:
            try:
                target = self._gate.check(url)
                rules = await self._rules(target, time) if obey else None
                if rules is not None and not rules.allow(str(target)):
                    return _disallowed(rules, target)
                answer = await self._asked(spider, target, headers, rules, time)
            except Refused as error:
                where = "redirected to a forbidden address" if passed else "forbidden address"
                return NotFetched(Outcome.BLOCKED, f"{where}, {url[:200]}: {error}")
            except TimeoutError:
                return _lost(f"the name {target.host} was not resolved within {self._limits.seconds:g} s")
            except socket.gaierror as error:
                return _lost(f"the name {target.host} cannot be resolved: {error.strerror}")
            if isinstance(answer, NotFetched):
                return answer
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
                return replace(answer, moved_to=answer.url) if passed and permanent else answer
            permanent = permanent and answer.status in _PERMANENT
            passed.append(answer.url)
            url = _joined(answer.url, location)
            if url in passed:
                return _lost(f"redirect loop: back at {url[:200]} after {len(passed)} redirects", answer.status)
            if len(passed) > self._limits.redirects:
                return _lost(f"more than {self._limits.redirects} redirects, the last to {url[:200]}", answer.status)

    async def _rules(self, target: URL, time: Allowance) -> Rules:
        known = self._robots.known(target)
        if known is not None:
            return known
        # Before anything is asked of a new host: a name that leads to a forbidden address is refused as such, and is
        # not mistaken for a host whose robots.txt cannot be read.
        async with asyncio.timeout(time.left):
            await time.spent_on(self._gate.addresses(target))
        return await self._robots.rules(target, partial(self._robots_txt, time))

    async def _robots_txt(self, time: Allowance, url: str) -> tuple[int | None, bytes, str]:
        answer = await self._answer(Page, url, {"Accept": "text/plain,*/*;q=0.5"}, time, obey=False)
        if isinstance(answer, Fetched):
            return answer.status, answer.body, ""
        if answer.status in _REDIRECTS:  # too many of them: RFC 9309, section 2.3.1.2, takes that for "there is none"
            return 404, b"", ""
        return answer.status if answer.retry_at else None, b"", answer.reason

    async def _asked(
        self, spider: type[Resident], target: URL, headers: dict[str, str], rules: Rules | None, time: Allowance
    ) -> Fetched | NotFetched:
        """One address, asked once more when the connection failed. Raises Refused, HostBusy, _Stopping."""
        running = self._running.get(spider)
        if running is None or running.ended:
            running = await self._started(spider)
        delay = rules.delay if rules is not None else _NO_DELAY
        result = await self._downloaded(running, target, headers, delay, time)
        if isinstance(result, BaseException) and may_pass_at_once(result):
            result = await self._downloaded(running, target, headers, delay, time)
        if isinstance(result, Refused):
            raise result
        if isinstance(result, BaseException):
            return _lost(reason(result, target.host or "", self._limits.seconds, self._limits.body))
        at = asked_back(result, self._clock())
        if at is not None:
            kept = await self._turns.keep_pause(target.host or "", at)
            return NotFetched(Outcome.UNREACHABLE, f"answered {result.status} with Retry-After", result.status, kept)
        try:
            return fetched(result, str(target), self._limits)
        except (Undecodable, TooLarge) as error:
            return _lost(str(error), result.status)

    async def _downloaded(
        self, running: Running, target: URL, headers: dict[str, str], delay: timedelta, time: Allowance
    ) -> Response | BaseException:
        """One download within one turn at its host."""
        if time.left <= 0:
            return USED_UP
        host = target.host or ""
        request = Request(
            str(target),
            headers={**self._headers, "Accept": running.accept, **headers},
            dont_filter=True,
            meta={"download_timeout": time.left, "verbatim_url": True},  # exactly what the gate has seen
        )
        await self._turns.take(host, delay)
        if self._ended.is_set():
            self._turns.done(host)
            raise _Stopping
        # The turn ends with the download and not with us: whoever cancels this coroutine must not let the next
        # request out while this one is still on the wire.
        download = asyncio.gather(running.download(request), return_exceptions=True)
        download.add_done_callback(lambda ended: self._turn_ended(host, ended))
        (result,) = await time.spent_on(asyncio.shield(download))
        if self._ended.is_set() and isinstance(result, BaseException):
            raise _Stopping
        return result

    def _turn_ended(self, host: str, download: asyncio.Future[tuple[Response | BaseException]]) -> None:
        result = None if download.cancelled() else download.result()[0]
        self._turns.done(host, asked_back(result, self._clock()) if isinstance(result, Response) else None)

    async def _continued(self, first: Fetched, time: Allowance) -> Fetched | NotFetched:
        """A docket's first page with the pages that follow it, all or nothing. time: what is left for them."""
        pages, addresses, latest = [first.body], {first.url}, first
        why = "no next page was named"
        while (following := Docket.follow(latest.body, latest.url)) is not None:
            if following in addresses or len(pages) >= self._limits.pages:
                why = f"paging did not end after {len(pages)} pages"
                break
            answer = await self._answer(Docket, following, {}, time)
            number = len(pages) + 1
            if isinstance(answer, NotFetched):
                return replace(answer, reason=f"page {number} of the docket: {answer.reason}")
            if answer.status != 200:
                return _lost(f"page {number} of the docket answered {answer.status}", answer.status)
            if answer.body in pages:
                why = f"page {number} repeated an earlier page"
                break
            addresses.add(following)
            pages.append(answer.body)
            latest = answer
            if sum(map(len, pages)) > self._limits.body:
                return _lost(f"the docket is larger than {self._limits.body:,} bytes in {number} pages")
        return joined(first, pages, why)

    async def _started(self, spider: type[Resident]) -> Running:
        async with self._starting:
            running = self._running.get(spider)
            if running is None or running.ended:
                if self._ended.is_set():
                    raise _Stopping
                wanted = settings(concurrent=self._limits.concurrent, body_limit=self._limits.body)
                self._running[spider] = await started(spider, self._gate, wanted)
            return self._running[spider]


def _joined(url: str, location: str) -> str:
    """Where a Location header leads. One that cannot be understood is given to the gate as it is, which refuses it."""
    wanted = location.strip().replace(" ", "%20")
    try:
        return urljoin(url, wanted).partition("#")[0]
    except ValueError:
        return wanted


def _disallowed(rules: Rules, target: URL) -> NotFetched:
    if rules.unreadable is not None:
        return NotFetched(Outcome.UNREACHABLE, rules.unreadable, retry_at=rules.expires_at)
    return NotFetched(Outcome.BLOCKED, f"robots.txt of {target.host} disallows {target.raw_path_qs[:200]} for Tocsin")


def _lost(why: str, status: int | None = None) -> NotFetched:
    return NotFetched(Outcome.UNREACHABLE, why, status)
