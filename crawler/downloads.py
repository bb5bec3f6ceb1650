"""How Scrapy is set up to download for us: the only module that knows its settings and its private download handler.

Everything a polite monitor needs beyond a download (robots.txt, turns, redirects, decompression, retries) is done by
crawler.engine, so all of Scrapy's middlewares and extensions stay off.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import aiohttp
from scrapy import Request
from scrapy.core.downloader.handlers import _aiohttp
from scrapy.crawler import Crawler
from scrapy.http import Headers, Response
from scrapy.logformatter import LogFormatter
from scrapy.settings import Settings, default_settings
from scrapy.spiders import Spider

from crawler.gate import Gate
from crawler.spiders.resident import Resident


class GateDownloads(_aiohttp.AiohttpDownloadHandler):
    """Scrapy's aiohttp handler with its connections made by the spider's gate.

    Header bytes go through unchanged: Scrapy's own conversion by way of text fails on a header that is not UTF-8.
    """

    experimental: ClassVar[bool] = False  # Scrapy would warn of it at every start

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        spider = crawler.spider
        assert isinstance(spider, Resident)
        self._session.detach()  # never connected
        self._ssl_context = spider.gate.ssl_context
        connector = spider.gate.connector(limit=self._pool_size_total)
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            response_class=_aiohttp._ClientResponse,
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            trust_env=False,
        )
        spider.connectors.append(connector)

    @staticmethod
    def _extract_headers(response: aiohttp.ClientResponse) -> Headers:
        return Headers(response.raw_headers)


class Quiet(LogFormatter):
    """No log line for each request: the visit has its own."""

    def crawled(self, request: Request, response: Response, spider: Spider) -> Any:
        return None


def settings(*, concurrent: int, body_limit: int) -> Settings:
    """Scrapy's settings: at most concurrent requests at once, at most body_limit bytes as received."""
    return Settings(
        {
            "TWISTED_REACTOR_ENABLED": False,
            "DOWNLOAD_HANDLERS": {
                **dict.fromkeys(default_settings.DOWNLOAD_HANDLERS_BASE),
                "http": GateDownloads,
                "https": GateDownloads,
            },
            "DOWNLOAD_VERIFY_CERTIFICATES": True,
            "DOWNLOAD_MAXSIZE": body_limit,
            "DOWNLOAD_WARNSIZE": 0,
            "DOWNLOAD_FAIL_ON_DATALOSS": True,
            "CONCURRENT_REQUESTS": concurrent,
            "CONCURRENT_REQUESTS_PER_DOMAIN": concurrent,  # turns are given by crawler.politeness
            "DOWNLOADER_MIDDLEWARES": dict.fromkeys(default_settings.DOWNLOADER_MIDDLEWARES_BASE),
            "SPIDER_MIDDLEWARES": dict.fromkeys(default_settings.SPIDER_MIDDLEWARES_BASE),
            "EXTENSIONS": dict.fromkeys(default_settings.EXTENSIONS_BASE),
            "COOKIES_ENABLED": False,
            "TELNETCONSOLE_ENABLED": False,
            "REMOTE_CONTROL_ENABLED": False,
            "LOG_FORMATTER": Quiet,
            "LOG_INSTALL_ROOT_HANDLER": False,
            "STATS_DUMP": False,
        }
    )


@dataclass(frozen=True)
class Running:
    """A Scrapy engine at work for one spider."""

    crawler: Crawler
    work: asyncio.Task[None]
    spider: Resident

    @property
    def accept(self) -> str:
        return self.spider.accept

    @property
    def ended(self) -> bool:
        """Whether Scrapy's engine ended by itself; it must be started anew."""
        return self.work.done()

    async def download(self, request: Request) -> Response:
        """One download, without Scrapy's scheduler and callbacks: they cost twice what the download does."""
        return await self.crawler.engine.download_async(request)

    async def stop(self) -> None:
        """Cuts what is under way and waits until Scrapy has cleaned up."""
        for connector in self.spider.connectors:
            await connector.close()
        await self.crawler.stop_async()
        await self.work


async def started(spider: type[Resident], gate: Gate, wanted: Settings) -> Running:
    """A Scrapy engine that has opened its spider; raises what Scrapy raised if it could not."""
    ready = asyncio.Event()
    crawler = Crawler(spider, wanted)
    work = asyncio.create_task(crawler.crawl_async(gate=gate, ready=ready), name=f"scrapy {spider.name}")
    opened = asyncio.create_task(ready.wait())
    await asyncio.wait((work, opened), return_when=asyncio.FIRST_COMPLETED)
    if not ready.is_set():
        opened.cancel()
        await work
        raise RuntimeError(f"Scrapy ended the spider {spider.name} before it began")
    return Running(crawler, work, cast(Resident, crawler.spider))
