"""Visits of a long-lived process: due sources are visited when due though other hosts hang, each once at a time."""

from __future__ import annotations

import asyncio
import textwrap
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from crawler.declaration import parse
from crawler.engine import Limits
from crawler.in_flight import InFlight
from crawler.run import LEASE, Visits
from crawler.visit import spec
from store.archive import record_unchanged
from store.schema import SourceRow, VisitRow
from store.sources import declare

DECLARATION = """
title = "Example"
publisher = "Example AI"
kind = "terms"
url = "{url}"
every = "1h"
"""
PAGE = "<main><h1>Terms</h1>" + "<p>You must not resell the service.</p>" * 3 + "</main>"


async def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    """Waits until something is so."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


async def hanging(_heard: Any, _writer: Any) -> bytes:
    await asyncio.sleep(60)
    return b""


@pytest.fixture
def watched(sqlite_database: Any, make_engine: Any, time: Any) -> Any:
    """Declares sources (slug -> address) and gives visits of them."""

    def watch(**limits: Any) -> Callable[[dict[str, str]], Visits]:
        visits = Visits(sqlite_database, make_engine(limits=Limits(body=200_000, **limits)), time)

        def of(urls: dict[str, str]) -> Visits:
            made = [
                spec(parse(textwrap.dedent(DECLARATION).format(url=url), slug, "test")) for slug, url in urls.items()
            ]
            with sqlite_database.begin() as session:
                declare(session, made, time.now)
            return visits

        return of

    return watch


def ended(database: Any) -> dict[str, list[str]]:
    """Slug -> outcomes of its visits, in order."""
    with database.read() as session:
        found = session.execute(
            select(SourceRow.slug, VisitRow.outcome)
            .join(VisitRow, VisitRow.source_id == SourceRow.id)
            .order_by(VisitRow.id)
        ).all()
    return {slug: [outcome for other, outcome in found if other == slug] for slug, _ in found}


def leased(database: Any) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(SourceRow.slug).where(SourceRow.lease_until.is_not(None))))


async def test_a_host_that_hangs_delays_no_other(make_site, watched, sqlite_database, time):
    slow, well = await make_site(), await make_site(host="127.0.0.2")
    slow.routes["/page"], well.routes["/page"] = hanging, well.answer(PAGE)
    visits = watched(seconds=30)({"slow": slow.url(), "well": well.url()})
    async with InFlight(visits) as under_way:
        assert await under_way.look() == 2
        await until(lambda: ended(sqlite_database).get("well") == ["version"])
        with sqlite_database.begin() as session:
            session.scalars(select(SourceRow).where(SourceRow.slug == "well")).one().due_at = time.now
        assert await under_way.look() == 1, "what is under way is not claimed again"
        await until(lambda: ended(sqlite_database) == {"well": ["version", "confirmed"]})
        assert slow.targets() == ["/page"]


async def test_many_sources_of_one_host_do_not_take_every_place(make_site, watched, sqlite_database):
    slow, well = await make_site(), await make_site(host="127.0.0.2")
    well.routes["/page"] = well.answer(PAGE)
    slow.routes |= {f"/{n}": hanging for n in range(20)}
    visits = watched(seconds=30)({f"a-slow-{n}": slow.url(f"/{n}") for n in range(20)} | {"well": well.url()})
    async with InFlight(visits, most=6, of_one_host=2) as under_way:
        await under_way.look()
        await until(lambda: "well" in ended(sqlite_database))
        await until(lambda: len(under_way) == 2)
        assert slow.most_at_once == 1
        assert len(leased(sqlite_database)) == 2, "what waits for its host is not claimed"


async def test_places_are_filled_as_they_become_free_without_another_look(make_site, watched, sqlite_database):
    sites = [await make_site(host=f"127.0.0.{1 + n % 2}") for n in range(2)]
    for site in sites:
        site.routes |= {f"/{n}": site.answer(PAGE) for n in range(6)}
    urls = {f"s-{n}-{k}": site.url(f"/{n}") for k, site in enumerate(sites) for n in range(6)}
    visits = watched(seconds=5)(urls)
    async with InFlight(visits, most=3, of_one_host=2) as under_way:
        assert await under_way.look() == 3
        await until(lambda: len(ended(sqlite_database)) == 12)
    assert set(map(tuple, ended(sqlite_database).values())) == {("version",)}
    assert [site.most_at_once for site in sites] == [1, 1]


async def test_unchanged_visits_are_written_a_moment_later_though_others_hang(
    make_site, watched, sqlite_database, time
):
    slow, well = await make_site(), await make_site(host="127.0.0.2")
    slow.routes["/page"], well.routes["/page"] = slow.answer(PAGE), well.answer(PAGE, ETag='"1"')
    visits = watched(seconds=30)({"slow": slow.url(), "well": well.url()})
    await visits.of_due()
    slow.routes["/page"], well.routes["/page"] = hanging, well.answer(b"", 304, ETag='"1"')
    time.now += timedelta(hours=1)
    async with InFlight(visits) as under_way:
        await under_way.look()
        await until(lambda: ended(sqlite_database)["well"] == ["version", "confirmed"])
        assert len(under_way) == 1


async def test_the_end_gives_every_claim_back(make_site, watched, sqlite_database, time):
    site = await make_site()
    site.routes |= {"/1": hanging, "/2": hanging}
    visits = watched(seconds=30)({"one": site.url("/1"), "two": site.url("/2")})
    async with InFlight(visits) as under_way:
        assert await under_way.look() == 2
        await until(lambda: len(site.targets()) == 1)
        assert sorted(leased(sqlite_database)) == ["one", "two"]
    assert leased(sqlite_database) == []
    assert (len(under_way), await under_way.look()) == (0, 0)
    with sqlite_database.read() as session:
        assert {row.due_at for row in session.scalars(select(SourceRow))} == {time.now}


async def test_a_visit_without_end_ends_before_its_claim(make_site, watched, sqlite_database, monkeypatch):
    site = await make_site()
    site.routes["/page"] = hanging
    monkeypatch.setattr("crawler.run.LONGEST", timedelta(seconds=0.3))
    visits = watched(seconds=30)({"slow": site.url()})
    await visits.of_due()
    with sqlite_database.read() as session:
        visit = session.scalars(select(VisitRow)).one()
    assert (visit.outcome, visit.reason) == ("unreachable", "the visit did not end within 0.3 s")


async def test_a_database_that_fails_for_a_moment_stops_nothing(make_site, watched, sqlite_database, time, monkeypatch):
    site = await make_site()
    site.routes["/page"] = site.answer(PAGE, ETag='"1"')
    visits = watched(seconds=5)({"one": site.url()})
    await visits.of_due()
    site.routes["/page"] = site.answer(b"", 304, ETag='"1"')
    time.now += timedelta(hours=1)
    failed: list[str] = []

    def fails_once(session: Any, batch: Any) -> None:
        if not failed:
            failed.append("once")
            raise OSError("disk full")
        record_unchanged(session, batch)

    monkeypatch.setattr("crawler.run.record_unchanged", fails_once)
    async with InFlight(visits) as under_way:
        await under_way.look()
        await until(lambda: failed == ["once"])
        time.now += LEASE
        assert await under_way.look() == 1, "its claim ran out"
        await until(lambda: ended(sqlite_database)["one"] == ["version", "confirmed"])
