"""Visits through the real engine over loopback: conditional requests, changed recipes, and outcomes that are stored."""

from __future__ import annotations

import textwrap
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select

from crawler.declaration import parse
from crawler.politeness import HostTurns
from crawler.run import Visits
from crawler.visit import Pace, spec
from store.schema import SourceRow, VersionRow, VisitRow
from store.sources import declare
from store.values import Outcome

DECLARATION = """
title = "Example"
publisher = "Example AI"
product = "Example API"
kind = "availability"
url = "{url}"
every = "1h"
"""
COUNTRIES = ("France", "Japan", "Kenya", "Norway", "Peru", "Samoa")


def page(*names: str) -> str:
    items = "".join(f"<li>{name}</li>" for name in names)
    return f"<html><body><main><h1>Supported countries and territories</h1><ul>{items}</ul></main></body></html>"


@pytest_asyncio.fixture
async def watched(site, make_engine, sqlite_database, time):
    """A declared source, and visits of it with a clock that the test moves."""
    engine = make_engine()
    visits = Visits(sqlite_database, engine, time, Pace(unconditional_every=3))

    def declared(more: str = "") -> None:
        declaration = parse(textwrap.dedent(DECLARATION).format(url=site.url("/list")) + more, "example", "test")
        with sqlite_database.begin() as session:
            declare(session, [spec(declaration)], time.now)

    declared()
    return site, visits, sqlite_database, time, declared


def rows(database, table):
    with database.read() as session:
        return session.scalars(select(table).order_by(table.id)).all()


async def test_validators_go_back_unchanged_and_304_confirms(watched):
    site, visits, database, time, _ = watched
    etag, stamp = 'W/"odd \\" tag"', "Mon, 01 Jul 2024 08:00:00 GMT"
    site.routes["/list"] = site.answer(page(*COUNTRIES), ETag=etag, Last_Modified=stamp)
    assert (await visits.of_due()).outcomes == {Outcome.VERSION: 1}
    site.routes["/list"] = site.answer(status=304)
    time.now += timedelta(hours=1)
    assert (await visits.of_due()).outcomes == {Outcome.CONFIRMED: 1}
    asked = site.heard[-1].headers
    assert (asked["if-none-match"], asked["if-modified-since"]) == (etag, stamp)
    assert [visit.conditional for visit in rows(database, VisitRow)] == [False, True]
    assert rows(database, SourceRow)[0].verified_at == time.now


async def test_every_nth_visit_asks_without_validators(watched):
    site, visits, _, time, _ = watched
    site.routes["/list"] = site.answer(page(*COUNTRIES), ETag='"1"')
    for _ in range(7):
        await visits.of_due()
        time.now += timedelta(hours=1)
    conditional = ["if-none-match" in heard.headers for heard in site.heard if heard.target == "/list"]
    assert conditional == [False, True, True, False, True, True, False]


async def test_a_lying_etag_is_found_out(watched):
    site, visits, database, time, _ = watched

    async def lies(heard, writer):
        return site.answer(status=304) if "if-none-match" in heard.headers else body

    site.routes["/list"] = lies
    body = site.answer(page(*COUNTRIES), ETag='"1"')
    await visits.of_due()
    body = site.answer(page(*COUNTRIES, "Vietnam"), ETag='"1"')
    outcomes = []
    for _ in range(3):
        time.now += timedelta(hours=1)
        outcomes += (await visits.of_due()).outcomes
    assert outcomes == [Outcome.CONFIRMED, Outcome.CONFIRMED, Outcome.VERSION]
    assert len(rows(database, VersionRow)) == 2


async def test_validators_of_a_bad_capture_are_never_sent_back(watched):
    site, visits, _, time, _ = watched
    site.routes["/list"] = site.answer(page(*COUNTRIES), ETag='"good"')
    await visits.of_due()
    site.routes["/list"] = site.answer("<title>Just a moment...</title><form id=challenge-form></form>", ETag='"bad"')
    time.now += timedelta(hours=1)
    assert (await visits.of_due()).outcomes == {Outcome.BLOCKED: 1}
    time.now += timedelta(hours=1)
    await visits.of_due()
    assert site.heard[-1].headers["if-none-match"] == '"good"'


async def test_same_bytes_confirm_without_being_read_again(watched):
    site, visits, database, time, _ = watched
    site.routes["/list"] = site.answer(page(*COUNTRIES))
    await visits.of_due()
    time.now += timedelta(hours=1)
    assert (await visits.of_due()).outcomes == {Outcome.CONFIRMED: 1}
    assert {visit.snapshot_id for visit in rows(database, VisitRow)} == {1}


async def test_other_bytes_that_say_the_same_confirm_and_are_kept(watched):
    site, visits, database, time, _ = watched
    site.routes["/list"] = site.answer(page(*COUNTRIES))
    await visits.of_due()
    site.routes["/list"] = site.answer(page(*COUNTRIES).replace("<ul>", "<ul data-nonce='x1'>"))
    time.now += timedelta(hours=1)
    assert (await visits.of_due()).outcomes == {Outcome.CONFIRMED: 1}
    assert [visit.snapshot_id for visit in rows(database, VisitRow)] == [1, 2]


async def test_a_removal_brings_the_next_visit_forward_without_validators(watched):
    site, visits, database, time, _ = watched
    site.routes["/list"] = site.answer(page(*COUNTRIES), ETag='"1"')
    await visits.of_due()
    site.routes["/list"] = site.answer(page(*COUNTRIES[1:]), ETag='"2"')
    time.now += timedelta(hours=1)
    assert (await visits.of_due()).unsure == ["example"]
    assert rows(database, SourceRow)[0].due_at == time.now + Pace().confirm_after
    time.now += Pace().confirm_after
    await visits.of_due()
    assert "if-none-match" not in site.heard[-1].headers


async def test_our_own_change_of_reading_is_technical(watched):
    site, visits, database, time, declared = watched
    listed = "<main><h1>Supported countries and territories</h1><ul>{}</ul></main>"
    aside = "<div class='beta'><ul><li>Brazil</li><li>Chile</li><li>Ghana</li></ul></div>"
    body = listed.format("".join(f"<li>{name}</li>" for name in COUNTRIES)).replace("</main>", aside + "</main>")
    site.routes["/list"] = site.answer(body)
    await visits.of_due()
    declared('remove = [".beta"]\n')
    time.now += timedelta(hours=1)
    await visits.of_due()
    first, second = rows(database, VersionRow)
    assert (first.technical, second.technical) == (False, True)
    assert second.recipe != first.recipe


async def test_a_failing_source_is_asked_again_ever_later_and_never_later_than_its_interval(watched):
    _site, visits, database, time, _ = watched
    waits = []
    for _ in range(6):
        await visits.of_due()
        due = rows(database, SourceRow)[0].due_at
        waits.append((due - time.now).total_seconds() / 60)
        time.now = due
    assert waits == [5, 10, 20, 40, 60, 60]
    assert {visit.outcome for visit in rows(database, VisitRow)} == {"unreachable"}


@pytest.mark.parametrize(
    ("body", "headers", "outcome"),
    [
        (bytes(range(256)) * 40, {"Content_Type": "text/html"}, Outcome.UNEXTRACTABLE),
        (page(*COUNTRIES).encode("utf-16"), {"Content_Type": "text/html; charset=nonsense"}, None),
        (b"", {}, Outcome.BLOCKED),
    ],
)
async def test_odd_bodies_end_in_a_stored_outcome(watched, body, headers, outcome):
    site, visits, database, _, _ = watched
    site.routes["/list"] = site.answer(body, **headers)
    tally = await visits.of_due()
    [visit] = rows(database, VisitRow)
    assert tally.failed == []
    assert visit.reason or visit.outcome == "version"
    assert outcome is None or visit.outcome == outcome.value


async def test_a_fault_of_ours_is_stored_and_stops_nobody_else(watched, monkeypatch):
    site, visits, database, time, _ = watched
    site.routes["/list"] = site.answer(page(*COUNTRIES))

    def fails(*_):
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr("crawler.visit.extract", fails)
    tally = await visits.of_due()
    [visit] = rows(database, VisitRow)
    assert (tally.failed, visit.outcome) == (["example"], "unextractable")
    assert "a fault of ours" in visit.reason
    assert rows(database, SourceRow)[0].due_at > time.now


async def test_a_host_that_another_process_asks_postpones_the_visit(watched, make_engine):
    site, visits, database, time, _ = watched
    site.routes["/list"] = site.answer(page(*COUNTRIES))
    await visits.of_due()
    asking = HostTurns(database, time, sleep=time.sleep)
    await asking.take("127.0.0.1")
    hurried = Visits(database, make_engine(patience=timedelta(seconds=5)), time)
    assert (await hurried.of_named(["example"])).outcomes == {}
    asking.done("127.0.0.1")
    assert len(rows(database, VisitRow)) == 1
    [source] = rows(database, SourceRow)
    assert source.lease_until is None
    assert source.due_at > time.now
    assert source.failures == 0


async def test_a_docket_that_says_it_is_not_whole_is_implausible(site, make_engine, sqlite_database, time):
    answer = '{"count": 9, "results": [{"document_number": "2024-1", "type": "Notice", "title": "One"}]}'
    site.routes["/documents"] = site.answer(answer, Content_Type="application/json")
    text = f'title = "D"\npublisher = "P"\nkind = "docket"\nurl = "{site.url("/documents")}"\n'
    with sqlite_database.begin() as session:
        declare(session, [spec(parse(text, "docket", "test"))], time.now)
    assert (await Visits(sqlite_database, make_engine(), time).of_due()).outcomes == {Outcome.IMPLAUSIBLE: 1}
    [visit] = rows(sqlite_database, VisitRow)
    assert "1 of 9" in visit.reason
