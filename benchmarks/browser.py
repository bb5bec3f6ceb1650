"""What does a rendered page cost against a plain one? Time, requests, memory; on loopback, with no pause per host.

The page is a shell whose list of 56 territories comes by fetch(); the plain one holds the same list. Memory of the
browser is what its processes hold without the files that they share (as the watch counts it); Playwright's driver and
our own process stand beside it.

    python -m benchmarks.browser [--pages 10]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from crawler.answers import Ask, Fetched, NotFetched
from crawler.browser.process import MB, held
from crawler.browser.rendering import Browser
from crawler.engine import Engine
from crawler.gate import Gate
from crawler.limits import Limits
from crawler.politeness import HostTurns
from store.database import open_database
from store.values import SourceKind

NAMES = [f"Territory {number}" for number in range(56)]
SHELL = (
    "<!doctype html><html><head><title>Where we work</title></head>"
    '<body><div id="root"></div><script src="/app.js"></script></body></html>'
)
APP = """fetch("/list.json").then(answer => answer.json()).then(names => {
  document.getElementById("root").innerHTML =
    `<main><h1>Supported countries</h1><ul>${names.map(name => `<li>${name}</li>`).join("")}</ul></main>`; });"""
HOSTILE = {
    "endless script": "while (true) {}",
    "objects without end": "const all = []; while (true) all.push(new Array(1e4).fill(Math.random()))",
    "buffers without end": "const all = []; try { for (;;) all.push(new Uint8Array(1e7).fill(1)) } catch {} for (;;);",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=10)
    asyncio.run(measured(parser.parse_args().pages))


async def measured(pages: int) -> None:
    site = Site()
    await site.start()
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'bench.db'}")
        turns = HostTurns(database, now, gap=timedelta(0))
        browser = Browser()
        gate = Gate(frozenset({"127.0.0.1"}))
        async with Engine(gate, turns, "bench@example.org", Limits(), clock=now, browser=browser) as engine:
            print("| page | seconds (median) | slowest | requests | browser MB | driver MB |")
            print("| --- | --- | --- | --- | --- | --- |")
            ask = Ask(site.url("/plain"), SourceKind.AVAILABILITY)
            await shown("plain", pages, lambda: engine.fetch(ask), browser, site)
            shell = Fetched(site.url("/shell"), 200, {"content-type": "text/html"}, SHELL.encode())
            await shown("rendered, browser started", 1, lambda: engine.rendered(shell), browser, site)
            await shown("rendered", pages, lambda: engine.rendered(shell), browser, site)
            for name, script in HOSTILE.items():
                site.script = script
                ended = await shown(name, 1, lambda: engine.rendered(shell), browser, site)
                print(f"|   ended as | {ended.reason if isinstance(ended, NotFetched) else 'rendered'} | | | | |")
        database.close()
    await site.stop()


async def shown(
    name: str, pages: int, asked: Callable[[], Awaitable[Fetched | NotFetched]], browser: Browser, site: Site
) -> Fetched | NotFetched:
    """Prints one row; memory is the most that was seen, looked at every 50 ms."""
    seconds, most, driver, before = [], 0, 0, site.requests
    for _ in range(pages):
        began = time.monotonic()
        page = asyncio.ensure_future(asked())
        while not page.done():
            await asyncio.wait((page,), timeout=0.05)
            running = browser._chromium
            most = max(most, held(running.pid) if running else 0)
            driver = max(driver, _driver())
        seconds.append(time.monotonic() - began)
        answer = page.result()
    each = (site.requests - before) / pages
    print(
        f"| {name} | {statistics.median(seconds):.2f} | {max(seconds):.2f} | {each:.1f} | {most / MB:.0f} "
        f"| {driver / MB:.0f} |",
        flush=True,
    )
    return answer


def _driver() -> int:
    """Resident bytes of our direct children that are not the browser: Playwright's driver."""
    children = Path("/proc/self/task").glob("*/children")
    found = [Path("/proc") / pid / "status" for child in children for pid in child.read_text().split()]
    sizes = [line for status in found if status.exists() for line in status.read_text().splitlines()]
    return sum(int(line.split()[1]) * 1024 for line in sizes if line.startswith("RssAnon:"))


class Site:
    """A server on loopback: a page with its list, and a shell whose script fetches it."""

    def __init__(self) -> None:
        self.requests, self.script, self.port = 0, APP, 0
        app = web.Application()
        app.router.add_get("/{name:.*}", self._answer)
        self._runner = web.AppRunner(app)

    async def start(self) -> None:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def _answer(self, request: web.Request) -> web.Response:
        name: Any = request.match_info["name"]
        if name == "robots.txt":
            return web.Response(status=404)
        self.requests += 1
        if name == "app.js":
            return web.Response(text=self.script, content_type="text/javascript")
        if name == "list.json":
            return web.Response(text=json.dumps(NAMES), content_type="application/json")
        items = "".join(f"<li>{name}</li>" for name in NAMES)
        return web.Response(text=f"<html><main><ul>{items}</ul></main></html>", content_type="text/html")


def now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
