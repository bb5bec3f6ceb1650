"""A spider that stays: it starts with nothing to do, fetches what it is given, and ends when told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar

import aiohttp
import scrapy

from crawler.gate import Gate


class Resident(scrapy.Spider):
    """What the three ways of asking share. accept: the Accept header. follow: the address of the next page, if any.

    connectors: the connections made for it, so that whoever ends it can cut them.
    """

    name = "resident"
    accept: ClassVar[str] = "*/*"

    def __init__(self, *, gate: Gate, ready: asyncio.Event, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.gate, self.ready = gate, ready
        self.connectors: list[aiohttp.TCPConnector] = []

    async def start(self) -> AsyncIterator[Any]:
        self.ready.set()
        await asyncio.Event().wait()  # Scrapy cancels this when it is stopped
        yield None

    @staticmethod
    def follow(body: bytes, url: str) -> str | None:
        """The address of the page that continues this one, or None."""
        return None
