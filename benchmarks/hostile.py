"""What does the worst server cost us? Outcome, time and memory of every fault of tests/crawler/faults.py, and more.

Each fault is visited in a process of its own, at the limits that are the default, by three kinds of source: a good page
first, then the fault. Beside those faults stand pages as crowded as the limits allow. The servers are another process.
Peak is the resident memory of the visiting process at its highest during that visit; beyond is what of it was not there
after the good pages. The worst row comes last. With --together the three visits run at the same time and share a peak.

    python -m benchmarks.hostile [--only TEXT] [--workers 2] [--together]
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
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
from store.database import Database, open_database
from store.schema import SourceRow, VisitRow
from store.sources import declare

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "crawler"))
faults: Any = importlib.import_module("faults")  # tests are no package

MB = 1_000_000
HOSTS = {good.kind: f"127.78.0.{number}" for number, good in enumerate(faults.GOOD, 1)}
TLS_HOSTS = ("tls.example", "self.example")
DECLARATION = 'title = "T"\npublisher = "Bench"\nproduct = "P"\nkind = "{}"\nurl = "{}"\nevery = "1h"\n'


def filled(piece: bytes, size: int, begin: bytes = b"", end: bytes = b"") -> bytes:
    return begin + piece * ((size - len(begin) - len(end)) // len(piece)) + end


LARGEST = 4_990_000
PAGES: dict[str, Callable[[], bytes]] = {
    "5 MB of text": lambda: filled(b"word and other ", LARGEST, b"<html><main><p>"),
    "5 MB of text with one emoji": lambda: filled(b"word and other ", LARGEST, "<html><main><p>\U0001f600".encode()),
    "15,000 paragraphs with an emoji": lambda: filled(
        "<p>\U0001f600 You must not".encode() + b" resell the service" * 16, LARGEST, b"<html><main>"
    ),
    "6 texts of 800 KB with an emoji": lambda: filled(
        "<p>\U0001f600".encode() + b"word and other " * 53_000, LARGEST, b"<html><main>"
    ),
    "15,000 Markdown paragraphs with an emoji": lambda: filled(
        "\n\n\U0001f600 You must not".encode() + b" resell the service" * 16, LARGEST, b"# Terms"
    ),
    "6,000 feed entries with an emoji": lambda: filled(
        "<item><title>\U0001f600 We</title><link>https://e.org/1</link><description>".encode()
        + b"Access from China ends. " * 30
        + b"</description></item>",
        LARGEST,
        b"<rss version='2.0'><channel>",
        b"</channel></rss>",
    ),
    "12,000 notices with an emoji": lambda: filled(
        '{"document_number":"1","title":"\U0001f600 '.encode() + b"Investments in technologies " * 13 + b'"},',
        LARGEST,
        b'{"count":1,"results":[',
        b'{"a":1}]}',
    ),
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
WELL = {("6,000 feed entries with an emoji", "feed")}  # as large as a page may be, and well: it is news
for _name, _made in PAGES.items():
    faults.plain(_name, lambda _good, made=_made: made())


@dataclass(frozen=True)
class Row:
    """One fault at one kind of source. peak, beyond: MB of resident memory of the visiting process."""

    fault: str
    kind: str
    outcome: str
    reason: str
    seconds: float
    peak: int
    beyond: int


@dataclass(frozen=True)
class Cost:
    seconds: float
    peak: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="", help="faults whose name contains this")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--together", action="store_true", help="visit the three kinds at the same time")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve is not None:
        asyncio.run(served(asked.serve[0], Path(asked.serve[1])))
    elif asked.one is not None:
        print(json.dumps([asdict(row) for row in asyncio.run(rows_of(asked.one, asked.together))]))
    else:
        names = [name for name in faults.FAULTS if asked.only in name]
        with ThreadPoolExecutor(asked.workers) as pool:
            print_table([row for rows in pool.map(partial(in_own_process, asked.together), names) for row in rows])


def in_own_process(together: bool, name: str) -> list[Row]:
    command = [sys.executable, "-m", "benchmarks.hostile", "--one", name, *["--together"] * together]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [Row(**row) for row in json.loads(printed.splitlines()[-1])]


async def served(name: str, folder: Path) -> None:
    """The servers of one fault: prints their addresses, is broken from the first line of its input on, ends with it."""
    servers = faults.Faulty(faults.contexts(folder)[0])
    await servers.start()
    print(json.dumps({good.kind: await servers.site(HOSTS[good.kind], name, good) for good in faults.GOOD}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    servers.broken = True
    print("broken", flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await servers.stop()


async def rows_of(name: str, together: bool) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.hostile", "--serve", name, folder]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as servers:
            assert servers.stdin is not None
            assert servers.stdout is not None
            urls = json.loads(servers.stdout.readline())
            database = open_database(f"sqlite:///{Path(folder) / 'bench.db'}")
            specs = [spec(parse(DECLARATION.format(kind, url), kind, "bench")) for kind, url in urls.items()]
            with database.begin() as session:
                declare(session, specs, now())
            gate = Gate(frozenset(HOSTS.values()) | set(TLS_HOSTS), resolve=here, ssl_context=trusted(Path(folder)))
            turns = HostTurns(database, now, gap=timedelta(0))
            async with Engine(gate, turns, "bench@example.org", Limits(), clock=now) as engine:
                visits = Visits(database, engine, now)
                await visits.of_named(HOSTS)
                before = held("VmRSS")
                servers.stdin.write("break\n")
                servers.stdin.flush()
                servers.stdout.readline()
                costs = await (costs_together(visits) if together else costs_in_turn(visits))
            last = ends(database)
            database.close()
            servers.stdin.close()
    return [Row(name, kind, *last[kind], cost.seconds, cost.peak, cost.peak - before) for kind, cost in costs.items()]


async def costs_in_turn(visits: Visits) -> dict[str, Cost]:
    return {kind: await costs(visits, kind) for kind in HOSTS}


async def costs_together(visits: Visits) -> dict[str, Cost]:
    seen = await asyncio.gather(*(costs(visits, kind) for kind in HOSTS))
    return {kind: Cost(cost.seconds, held("VmHWM")) for kind, cost in zip(HOSTS, seen, strict=True)}


async def costs(visits: Visits, slug: str) -> Cost:
    """Seconds of a visit, and the most MB that were resident while it went on."""
    Path("/proc/self/clear_refs").write_text("5")  # the highest is from here on what is held now
    began = time.monotonic()
    await visits.of_named([slug])
    return Cost(time.monotonic() - began, held("VmHWM"))


def held(field: str) -> int:
    """MB of this process, as Linux counts them under this field of /proc/self/status."""
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(field))
    return int(line.split()[1]) * 1024 // MB


def ends(database: Database) -> dict[str, tuple[str, str]]:
    """Outcome and reason of the last visit of each kind."""
    with database.read() as session:
        found = session.execute(
            select(SourceRow.slug, VisitRow.outcome, VisitRow.reason)
            .join(SourceRow, SourceRow.id == VisitRow.source_id)
            .order_by(VisitRow.id)
        ).all()
    return {slug: (outcome, reason or "") for slug, outcome, reason in found}


def trusted(folder: Path) -> ssl.SSLContext:
    """Trusts the authority of every certificate that the servers made, but for the self-signed one."""
    context = ssl.create_default_context()
    for chain in folder.glob("*.pem"):
        if not chain.name.startswith("self.example"):
            context.load_verify_locations(chain)
    return context


async def here(name: str, _port: int) -> tuple[str, ...]:
    return {"six.example": ("::1",)}.get(name, ("127.0.0.1",) if name in TLS_HOSTS else ())


def now() -> datetime:
    return datetime.now(UTC)


def print_table(rows: list[Row]) -> None:
    print("| fault | kind | outcome | reason | seconds | peak MB | beyond MB |\n|" + " --- |" * 7)
    for row in sorted(rows, key=lambda row: (row.seconds / 30 + row.peak / 300, row.fault)):
        reason = row.reason[:90].replace("|", "/")
        print(
            f"| {row.fault} | {row.kind} | {row.outcome} | {reason} | {row.seconds:.1f} | {row.peak} | {row.beyond} |"
        )
    slowest, largest = max(rows, key=lambda row: row.seconds), max(rows, key=lambda row: row.peak)
    print(f"\n{len(rows)} visits; slowest {slowest.seconds:.1f} s ({slowest.fault}, {slowest.kind}); largest", end=" ")
    print(f"{largest.peak} MB, {largest.beyond} MB beyond the good pages ({largest.fault}, {largest.kind});", end=" ")
    print("news made of a fault:", sum(row.outcome == "version" and (row.fault, row.kind) not in WELL for row in rows))


if __name__ == "__main__":
    main()
