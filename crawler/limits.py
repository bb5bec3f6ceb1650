"""How much of a server we bear: bytes, seconds, redirects, pages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from scrapy.exceptions import DownloadTimeoutError

from crawler.spiders.docket import MOST_PAGES

Brought = TypeVar("Brought")


@dataclass(frozen=True, slots=True)
class Limits:
    """body: bytes, as received and again once decompressed. headers: bytes of an answer's header fields.

    seconds: for one page in all, its robots.txt and redirects included, and for a docket all its pages; waiting for a
    turn does not count. With them the reading of the worst page ends within half a minute.
    pages: of one docket. concurrent: requests at once, more than there are visits at once, so that a request never
    waits for a connection and seems to hang.
    """

    body: int = 5_000_000
    headers: int = 64_000
    seconds: float = 24.0
    redirects: int = 5
    pages: int = MOST_PAGES
    concurrent: int = 256


class Allowance:
    """The seconds that the requests of one page may still take together."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    async def spent_on(self, request: Awaitable[Brought]) -> Brought:
        """What the awaited request brings, its time taken off what is left."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            return await request
        finally:
            self.left -= loop.time() - began


USED_UP = DownloadTimeoutError("nothing is left of the time for this page")
