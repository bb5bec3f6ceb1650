"""Every server fault against every kind of source, through the real engine: a named outcome, and never news."""

from __future__ import annotations

import asyncio
import shutil
import sys
import textwrap
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crawler.declaration import parse
from crawler.engine import Engine
from crawler.gate import Gate
from crawler.limits import Limits
from crawler.politeness import HostTurns
from crawler.run import Visits
from crawler.visit import spec
from store.database import Database
from store.schema import SourceRow, VersionRow, VisitRow
from store.sources import declare

sys.path.insert(0, str(Path(__file__).parent))  # tests are no package
from faults import FAULTS, GOOD, HARMLESS, Faulty, contexts

DECLARATION = """
title = "Example"
publisher = "Example AI"
product = "Example API"
kind = "{kind}"
url = "{url}"
every = "1h"
"""
SECONDS = 1.5
NAMED = {"blocked", "unreachable", "unextractable", "implausible"}
CASES = [(good.kind, name) for name in FAULTS for good in GOOD]


@dataclass(frozen=True)
class Seen:
    """What is stored of one source after a good page, a fault and the good page again: outcomes and their reasons."""

    outcomes: tuple[str, ...]
    reasons: tuple[str | None, ...]
    versions: int


@dataclass(frozen=True)
class Ran:
    seen: dict[tuple[str, str], Seen]
    failed: list[str]
    seconds: float


@pytest.fixture(scope="module")
def ran(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ran]:
    folder = tmp_path_factory.mktemp("faults")
    database = Database(f"sqlite:///{shutil.copy(migrated, folder / 'tocsin.db')}")
    yield asyncio.run(visited(database, folder))
    database.close()


async def visited(database: Database, folder: Path) -> Ran:
    began, now = time.monotonic(), [datetime(2026, 11, 24, 12, tzinfo=UTC)]
    tls, trust = contexts(folder)
    servers = Faulty(tls)
    await servers.start()
    hosts = {case: f"127.77.{number // 200}.{1 + number % 200}" for number, case in enumerate(CASES)}
    allowed = frozenset(hosts.values()) | {"tls.example", "self.example"}
    gate = Gate(allowed, resolve=addresses, ssl_context=trust)
    turns = HostTurns(database, lambda: now[0], gap=timedelta(0))
    goods = {good.kind: good for good in GOOD}
    urls = {case: await servers.site(host, case[1], goods[case[0]]) for case, host in hosts.items()}
    specs = [
        spec(parse(textwrap.dedent(DECLARATION).format(kind=kind, url=urls[kind, name]), slug(kind, name), "test"))
        for kind, name in CASES
    ]
    with database.begin() as session:
        declare(session, specs, now[0])
    failed = []
    limits = Limits(seconds=SECONDS, body=2_500_000)
    async with Engine(gate, turns, "mailto:watch@example.org", limits, clock=lambda: now[0]) as engine:
        visits = Visits(database, engine, lambda: now[0])
        for servers.broken in (False, True, False):
            failed += (await visits.of_named([made.slug for made in specs])).failed
            now[0] += timedelta(days=8)
    await servers.stop()
    return Ran({case: stored(database, slug(*case)) for case in CASES}, failed, time.monotonic() - began)


async def addresses(name: str, _port: int) -> tuple[str, ...]:
    return {"tls.example": ("127.0.0.1",), "self.example": ("127.0.0.1",), "six.example": ("::1",)}.get(name, ())


def slug(kind: str, name: str) -> str:
    return f"{kind}-{list(FAULTS).index(name)}"


def stored(database: Database, of: str) -> Seen:
    with database.read() as session:
        source = session.scalars(select(SourceRow).where(SourceRow.slug == of)).one()
        visits = session.scalars(select(VisitRow).where(VisitRow.source_id == source.id).order_by(VisitRow.id)).all()
        versions = session.scalar(select(func.count()).where(VersionRow.source_id == source.id))
        return Seen(tuple(v.outcome for v in visits), tuple(v.reason for v in visits), int(versions or 0))


def test_the_list_is_long_enough() -> None:
    assert len(FAULTS) >= 40
    assert {good.kind for good in GOOD} == {"availability", "docket", "feed"}


@pytest.mark.parametrize(("kind", "name"), CASES, ids=[f"{name}, {kind}" for kind, name in CASES])
def test_a_fault_is_named_and_leaves_the_version_alone(ran: Ran, kind: str, name: str) -> None:
    seen = ran.seen[kind, name]
    assert len(seen.outcomes) == 3, "each visit ended, and is stored"
    first, faulty, last = seen.outcomes
    assert first == "version"
    assert faulty in NAMED | ({"confirmed"} if name in HARMLESS else set()), seen.reasons[1]
    if faulty != "confirmed":
        assert seen.reasons[1]
        assert "\n" not in seen.reasons[1]
        assert "internal error" not in seen.reasons[1]
        assert len(seen.reasons[1]) < 500
    assert last == "confirmed", "the good page is what the source said all along"
    assert seen.versions == 1


def test_no_fault_is_a_failure_of_ours_and_all_end_in_time(ran: Ran) -> None:
    assert ran.failed == []
    assert ran.seconds < 60
