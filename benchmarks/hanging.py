"""Do hosts that hang delay the others? From due to visited, with and without hanging hosts among them, in one run.

Each host is a loopback address of its own (127.0.x.y) with one source; all answer after a short while, but for the
hanging ones, which take the request and say nothing. Sources fall due one after another. The same world is visited by
crawler.in_flight (as `tocsin run` does), and for comparison by batches that wait for their slowest visit.

On a machine that does other work too, take several rounds: the runs take turns, and the delays of all rounds are put
together.

    python -m benchmarks.hanging [--hosts 200] [--hanging 10] [--seconds 10] [--tick 0.5] [--rounds 1] [--batches]
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from sqlalchemy import select

from crawler.declaration import parse
from crawler.engine import Engine
from crawler.gate import Gate
from crawler.in_flight import InFlight
from crawler.limits import Limits
from crawler.politeness import HostTurns
from crawler.run import Visits
from crawler.visit import spec
from store.database import Database, open_database
from store.schema import SourceRow, VisitRow
from store.sources import declare
from store.values import Outcome

PAGE = b"<main><h1>Terms</h1>" + b"<p>You must not resell the service to others.</p>" * 40 + b"</main>"
LATENCY, TIMEOUT = 0.1, Limits().seconds


@dataclass
class World:
    """The servers: which of them hang, and how many requests each answered at once at worst."""

    hanging: frozenset[str] = frozenset()
    at_once: Counter[str] = field(default_factory=Counter)
    most: Counter[str] = field(default_factory=Counter)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host = writer.get_extra_info("sockname")[0]
        try:
            while request := (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1]:
                self.at_once[host] += 1
                self.most[host] = max(self.most[host], self.at_once[host])
                try:
                    await self._answered(host, request, writer)
                finally:
                    self.at_once[host] -= 1
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answered(self, host: str, request: bytes, writer: asyncio.StreamWriter) -> None:
        if request != b"/robots.txt" and host in self.hanging:
            await asyncio.sleep(TIMEOUT * 2)
        await asyncio.sleep(LATENCY)
        status, body = (b"404 None", b"") if request == b"/robots.txt" else (b"200 OK", PAGE)
        writer.write(
            b"HTTP/1.1 %s\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % (status, len(body)) + body
        )
        await writer.drain()


@dataclass(frozen=True)
class Measured:
    name: str
    delays: Sequence[float]
    at_once: int


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=200)
    parser.add_argument("--hanging", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=10, help="over which the sources fall due")
    parser.add_argument("--tick", type=float, default=0.5, help="seconds between two looks for what is due")
    parser.add_argument("--batches", action="store_true", help="also measure batches that wait for their slowest visit")
    parser.add_argument("--rounds", type=int, default=1)
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    runs = [("in flight, none hangs", 0, True), (f"in flight, {asked.hanging} hang", asked.hanging, True)]
    if asked.batches:
        runs.append((f"batches, {asked.hanging} hang", asked.hanging, False))
    measured: dict[str, list[Measured]] = {name: [] for name, _, _ in runs}
    for _ in range(asked.rounds):
        for name, hanging, in_flight in runs:
            made = measure(name, asked.hosts, hanging, asked.seconds, asked.tick, in_flight)
            measured[name].append(asyncio.run(made))
    print_table([together(rounds) for rounds in measured.values()], asked.hosts)


def together(rounds: Sequence[Measured]) -> Measured:
    delays = [delay for one in rounds for delay in one.delays]
    return Measured(rounds[0].name, delays, max(one.at_once for one in rounds))


async def measure(name: str, hosts: int, hanging: int, seconds: float, tick: float, in_flight: bool) -> Measured:
    names = [f"127.0.{1 + number // 200}.{1 + number % 200}" for number in range(hosts)]
    every = max(1, hosts // hanging) if hanging else hosts + 1
    world = World(frozenset(names[number] for number in range(0, hosts, every)) if hanging else frozenset())
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'bench.db'}")
        async with AsyncExitStack() as stack:
            urls = []
            for host in names:
                server = await asyncio.start_server(world.serve, host, 0)
                stack.callback(server.close)
                urls.append(f"http://{host}:{server.sockets[0].getsockname()[1]}/page")
            due = declared(database, urls, seconds)
            turns = HostTurns(database, now, gap=timedelta(seconds=1))
            engine = Engine(Gate(frozenset(names)), turns, "bench@example.org", Limits(seconds=TIMEOUT), clock=now)
            await stack.enter_async_context(engine)
            visits = Visits(database, engine, now)
            await visited(visits, due, hosts - hanging, tick, in_flight)
        delays = healthy_delays(database, due)
        database.close()
    assert len(delays) == hosts - hanging, f"{len(delays)} of {hosts - hanging} were visited"
    return Measured(name, delays, max(world.most.values()))


def declared(database: Database, urls: Sequence[str], seconds: float) -> dict[str, datetime]:
    """Declares a source for each address; gives when each falls due."""
    text = 'title = "T"\npublisher = "Bench"\nkind = "terms"\nurl = "{}"\nevery = "1h"\n'
    specs = [spec(parse(text.format(url), f"s-{number:04}", "bench")) for number, url in enumerate(urls)]
    begin = now() + timedelta(seconds=1)
    due = {made.slug: begin + timedelta(seconds=n * seconds / len(urls)) for n, made in enumerate(specs)}
    with database.begin() as session:
        declare(session, specs, begin)
        for row in session.scalars(select(SourceRow)):
            row.due_at = due[row.slug]
    return due


async def visited(visits: Visits, due: dict[str, datetime], wanted: int, tick: float, in_flight: bool) -> None:
    """Looks for what is due at each tick until every healthy source was visited."""
    async with InFlight(visits) as under_way:
        while len(healthy_delays(visits.database, due)) < wanted:
            await (under_way.look() if in_flight else visits.of_due())
            await asyncio.sleep(tick)


def healthy_delays(database: Database, due: dict[str, datetime]) -> list[float]:
    """Seconds from due to visited of every source that was read."""
    with database.read() as session:
        found = session.execute(
            select(VisitRow.at, SourceRow.slug)
            .join(SourceRow, SourceRow.id == VisitRow.source_id)
            .where(VisitRow.outcome == Outcome.VERSION.value)
        ).all()
    return [(at - due[slug]).total_seconds() for at, slug in found]


def now() -> datetime:
    return datetime.now(UTC)


def print_table(measured: Sequence[Measured], hosts: int) -> None:
    base = measured[0]
    print(f"{hosts} hosts; seconds from due to visited, of those that answer\n")
    print("| run | median | p95 | worst | median ratio | p95 ratio | requests at once to one host, at most |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for run in measured:
        middle, high = statistics.median(run.delays), p95(run.delays)
        ratios = f"{middle / statistics.median(base.delays):.2f} | {high / p95(base.delays):.2f}"
        print(f"| {run.name} | {middle:.2f} | {high:.2f} | {max(run.delays):.2f} | {ratios} | {run.at_once} |")


def p95(values: Sequence[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


if __name__ == "__main__":
    main()
