"""What does it cost to find that nothing changed? CPU a page of `tocsin visit` against bare Scrapy, in one run.

A loopback server answers 500 pages with an ETag. Both clients ask with If-None-Match and get 304. CPU is user + system
time of the client's whole process; a run over one page is subtracted, so starting up does not count. The clients take
turns and the medians are compared.

    python benchmarks/unchanged.py [--pages 500] [--rounds 5] [--profile]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

HOSTS = [f"127.0.0.{number}" for number in range(1, 9)]
ETAG = '"v1"'
PAGE = (
    "<html><body><main><h1>Terms {n}</h1>"
    + "<p>You must not use the service in {n}.</p>" * 80
    + "</main></body></html>"
)
BARE_SCRAPY = """
import asyncio, sys
import scrapy
from scrapy.crawler import AsyncCrawlerProcess
urls = open(sys.argv[1]).read().split()
class Bare(scrapy.Spider):
    name = "bare"
    answered = 0
    async def start(self):
        for url in urls:
            yield scrapy.Request(url, headers={"If-None-Match": '"v1"'}, meta={"handle_httpstatus_list": [304]})
    def parse(self, response):
        assert response.status == 304, response.status
        Bare.answered += 1
process = AsyncCrawlerProcess({HANDLERS
    "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False, "ROBOTSTXT_OBEY": True, "CONCURRENT_REQUESTS_PER_DOMAIN": 1})
process.crawl(Bare)
process.start()
assert Bare.answered == len(urls), Bare.answered
"""
AIOHTTP = """
        "TWISTED_REACTOR_ENABLED": False, "DOWNLOAD_HANDLERS": {
            "http": "scrapy.core.downloader.handlers._aiohttp.AiohttpDownloadHandler",
            "https": "scrapy.core.downloader.handlers._aiohttp.AiohttpDownloadHandler"},"""


@dataclass(frozen=True)
class Client:
    """A client under test: its command over all pages and over one."""

    name: str
    all_pages: list[str]
    one_page: list[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--profile", action="store_true", help="print where one `tocsin visit` spends its time")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server, port = started_server(asked.pages)
        try:
            measure(Path(folder), port, asked.pages, asked.rounds, asked.profile)
        finally:
            server.terminate()


def measure(folder: Path, port: int, pages: int, rounds: int, profile: bool) -> None:
    urls = [f"http://{HOSTS[n % len(HOSTS)]}:{port}/{n}" for n in range(pages)]
    environment = prepared(folder, urls)
    clients = [*bare_clients(folder, urls), tocsin_client(pages)]
    run(clients[-1].all_pages, environment)  # the baseline: every page is fetched and read once
    figures: dict[str, list[tuple[float, float]]] = {client.name: [] for client in clients}
    for _ in range(rounds):
        for client in clients:
            start_cpu, start_wall = run(client.one_page, environment)
            cpu, wall = run(client.all_pages, environment)
            figures[client.name].append(((cpu - start_cpu) / (pages - 1), (pages - 1) / max(wall - start_wall, 1e-9)))
    print_table(figures, pages, rounds)
    if profile:
        command = [sys.executable, "-m", "cProfile", "-s", "tottime", "-m", "tocsin.cli", "visit"]
        printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
        print("\n".join(printed.splitlines()[:45]))


def prepared(folder: Path, urls: list[str]) -> dict[str, str]:
    sources = folder / "sources"
    sources.mkdir()
    for number, url in enumerate(urls):
        text = f'title = "Page {number}"\npublisher = "Bench"\nkind = "terms"\nurl = {json.dumps(url)}\nevery = "1h"\n'
        (sources / f"page-{number:04}.toml").write_text(text)
    return os.environ | {
        "TOCSIN_DATABASE_URL": f"sqlite:///{folder}/bench.db",
        "TOCSIN_SOURCES": str(sources),
        "TOCSIN_ALLOW_HOSTS": ",".join(HOSTS),
        "TOCSIN_GAP": "0",
        "TOCSIN_UNCONDITIONAL_EVERY": "1000000",
        "TOCSIN_MODEL": "none",
    }


def bare_clients(folder: Path, urls: list[str]) -> list[Client]:
    (folder / "all.txt").write_text("\n".join(urls))
    (folder / "one.txt").write_text(urls[0])
    clients = []
    for name, handlers in (("bare Scrapy, stock", ""), ("bare Scrapy, aiohttp handler", AIOHTTP)):
        script = folder / f"bare_{'reactorless' if handlers else 'stock'}.py"
        script.write_text(BARE_SCRAPY.replace("HANDLERS", handlers))
        command = [sys.executable, str(script)]
        clients.append(Client(name, [*command, str(folder / "all.txt")], [*command, str(folder / "one.txt")]))
    return clients


def tocsin_client(pages: int) -> Client:
    command = [sys.executable, "-m", "tocsin.cli", "visit"]
    return Client("tocsin visit", command, [*command, "page-0000"])


def run(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """CPU seconds and wall seconds of one process. Raises when it fails."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - began
    if done.returncode != 0:
        raise SystemExit(f"{command} failed:\n{done.stdout}\n{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def print_table(figures: dict[str, list[tuple[float, float]]], pages: int, rounds: int) -> None:
    medians = {
        name: [statistics.median(values) for values in zip(*runs, strict=True)] for name, runs in figures.items()
    }
    print(f"{pages} unchanged pages, {rounds} rounds, medians; start-up subtracted")
    print(f"{'client':30} {'CPU ms/page':>12} {'pages/s wall':>13} {'CPU of tocsin / this':>21}")
    ours = medians["tocsin visit"][0]
    for name, (cpu, rate) in medians.items():
        print(f"{name:30} {cpu * 1000:12.2f} {rate:13.0f} {ours / cpu:21.2f}")


def started_server(pages: int) -> tuple[multiprocessing.Process, int]:
    ports: multiprocessing.Queue[int] = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(ports,), daemon=True)
    server.start()
    return server, ports.get(timeout=30)


def serve(ports: multiprocessing.Queue[int]) -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/robots.txt":
            return web.Response(status=404)
        if request.headers.get("If-None-Match") == ETAG:
            return web.Response(status=304, headers={"ETag": ETAG})
        text = PAGE.replace("{n}", request.path.strip("/"))
        return web.Response(text=text, content_type="text/html", headers={"ETag": ETAG})

    async def forever() -> None:
        app = web.Application()
        app.router.add_get("/{rest:.*}", answer)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, HOSTS[0], 0).start()
        port = runner.addresses[0][1]
        for host in HOSTS[1:]:
            await web.TCPSite(runner, host, port).start()
        ports.put(port)
        await asyncio.Event().wait()

    asyncio.run(forever())


if __name__ == "__main__":
    main()
