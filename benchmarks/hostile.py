"""What does the worst server cost us? Outcome, time and memory of every fault of tests/crawler/faults.py, and more.

Each fault is visited in a process of its own, at the limits that are the default, by three kinds of source at the same
time: a good page first, then the fault. Beside those faults stand pages as crowded as the limits allow. Peak is the
resident memory of the whole process, its faulty servers included; the worst row comes last.

    python -m benchmarks.hostile [--only TEXT] [--workers 2]
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from crawler.declaration import parse
from crawler.engine import Engine
from crawler.gate import Gate
from crawler.limits import Limits
from crawler.politeness import HostTurns
from crawler.run import Visits
from crawler.visit import spec
from store.database import open_database
from store.schema import SourceRow, VisitRow
from store.sources import declare

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "crawler"))
faults: Any = importlib.import_module("faults")  # tests are no package

MB = 1_000_000
DECLARATION = 'title = "T"\npublisher = "Bench"\nproduct = "P"\nkind = "{}"\nurl = "{}"\nevery = "1h"\n'


def filled(piece: bytes, size: int, begin: bytes = b"", end: bytes = b"") -> bytes:
    return begin + piece * ((size - len(begin) - len(end)) // len(piece)) + end


LARGEST = 4_990_000
PAGES: dict[str, Callable[[], bytes]] = {
    "5 MB of text": lambda: filled(b"word and other ", LARGEST, b"<html><main><p>"),
    "5 MB of text with one emoji": lambda: filled(b"word and other ", LARGEST, "<html><main><p>\U0001f600".encode()),
    "5 MB of <": lambda: filled(b"<", LARGEST, b"<html>"),
    "5 MB of <div>": lambda: filled(b"<div>", LARGEST, b"<html>"),
    "5 MB of attributes": lambda: filled(b"a=1 ", LARGEST, b"<html><p "),
    "5 MB of comments": lambda: filled(b"<!-- ", LARGEST, b"<html>"),
    "49,000 paragraphs": lambda: filled(b"<p>a</p>", 49_000 * 8, b"<html><main>"),
    "99,000 list items": lambda: filled(b"<li>France", 99_000 * 10, b"<html><main><ul>"),
    "33,000 table rows": lambda: filled(b"<tr><td>France<td>b", 33_000 * 19, b"<html><main><table>"),
    "49,000 links": lambda: filled(b"<a href=/x>France</a> ", 49_000 * 22, b"<html><main>"),
    "24,000 Markdown links": lambda: filled(b"- [a](b)\n", 24_000 * 9),
    "14,000 feed entries": lambda: filled(
        b"<item><title>a</title><link>https://e.org/1</link></item>", 14_000 * 57, b"<rss version='2.0'><channel>"
    ),
    "160,000 JSON values": lambda: filled(b'{"a":1},', 160_000 * 8, b'{"count":1,"results":[', b'{"a":1}]}'),
    "5 MB of JSON text": lambda: filled(b"word ", LARGEST, b'{"count":1,"results":[{"title":"', b'"}]}'),
}
for _name, _made in PAGES.items():
    faults.plain(_name, lambda _good, made=_made: made())


@dataclass(frozen=True)
class Row:
    """One fault at one kind of source. peak: MB of resident memory, of the process that visited all three kinds."""

    fault: str
    kind: str
    outcome: str
    reason: str
    seconds: float
    peak: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="faults whose name contains this")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one is not None:
        print(json.dumps([asdict(row) for row in asyncio.run(rows_of(asked.one))]))
        return
    names = [name for name in faults.FAULTS if asked.only in name]
    with ThreadPoolExecutor(asked.workers) as pool:
        print_table([row for rows in pool.map(in_own_process, names) for row in rows])


def in_own_process(name: str) -> list[Row]:
    command = [sys.executable, "-m", "benchmarks.hostile", "--one", name]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [Row(**row) for row in json.loads(printed.splitlines()[-1])]


async def rows_of(name: str) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        tls, trust = faults.contexts(Path(folder))
        servers = faults.Faulty(tls)
        await servers.start()
        database = open_database(f"sqlite:///{Path(folder) / 'bench.db'}")
        hosts = {good.kind: f"127.78.0.{number}" for number, good in enumerate(faults.GOOD, 1)}
        gate = Gate(frozenset(hosts.values()) | {"tls.example", "self.example"}, resolve=here, ssl_context=trust)
        urls = [(good.kind, await servers.site(hosts[good.kind], name, good)) for good in faults.GOOD]
        specs = [spec(parse(DECLARATION.format(kind, url), kind, "bench")) for kind, url in urls]
        with database.begin() as session:
            declare(session, specs, now())
        turns = HostTurns(database, now, gap=timedelta(0))
        async with Engine(gate, turns, "bench@example.org", Limits(), clock=now) as engine:
            visits = Visits(database, engine, now)
            await visits.of_named(hosts)
            servers.broken = True
            seconds = dict(zip(hosts, await asyncio.gather(*(timed(visits, kind) for kind in hosts)), strict=True))
        await servers.stop()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // MB
        with database.read() as session:
            found = session.execute(
                select(SourceRow.slug, VisitRow.outcome, VisitRow.reason)
                .join(SourceRow, SourceRow.id == VisitRow.source_id)
                .order_by(VisitRow.id)
            ).all()
        last = {slug: (outcome, reason or "") for slug, outcome, reason in found}
        database.close()
    return [Row(name, kind, *last[kind], seconds[kind], peak) for kind in hosts]


async def timed(visits: Visits, slug: str) -> float:
    began = time.monotonic()
    await visits.of_named([slug])
    return time.monotonic() - began


async def here(name: str, _port: int) -> tuple[str, ...]:
    return {"tls.example": ("127.0.0.1",), "self.example": ("127.0.0.1",), "six.example": ("::1",)}.get(name, ())


def now() -> datetime:
    return datetime.now(UTC)


def print_table(rows: list[Row]) -> None:
    print("| fault | kind | outcome | reason | seconds | peak MB |\n| --- | --- | --- | --- | --- | --- |")
    for row in sorted(rows, key=lambda row: (row.seconds / 30 + row.peak / 300, row.fault)):
        reason = row.reason[:90].replace("|", "/")
        print(f"| {row.fault} | {row.kind} | {row.outcome} | {reason} | {row.seconds:.1f} | {row.peak} |")
    slowest, largest = max(rows, key=lambda row: row.seconds), max(rows, key=lambda row: row.peak)
    print(f"\n{len(rows)} visits; slowest {slowest.seconds:.1f} s ({slowest.fault}, {slowest.kind}), ", end="")
    print(f"largest {largest.peak} MB ({largest.fault}); news made of a fault: ", end="")
    print(sum(row.outcome == "version" for row in rows))


if __name__ == "__main__":
    main()
