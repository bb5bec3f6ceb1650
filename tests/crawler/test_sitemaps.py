"""Sitemaps as hints: what a file says, what is followed, what makes a source due, and what hostile ones come to."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from crawler.declaration import DeclarationError, parse
from crawler.decoding import TooLarge
from crawler.in_flight import InFlight
from crawler.run import Visits
from crawler.sitemaps import EVERY, Sitemaps, Unreadable, instant, sitemap
from crawler.visit import spec
from store import pacing
from store.pace_schema import PaceRow
from store.schema import SourceRow, VersionRow
from store.sources import declare

DECLARATION = 'title = "T"\npublisher = "{}"\nkind = "terms"\nurl = "{}"\nevery = "10h"\nevery_min = "2h"\n{}'
TERMS = "<main><h1>Terms</h1><p>You must not resell the service.</p></main>"
HOUR = timedelta(hours=1)


def urlset(*pages: tuple[str, str | None]) -> str:
    rows = (f"<url><loc>{url}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</url>" for url, at in pages)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return head + "".join(rows) + "</urlset>"


def index(*files: tuple[str, str | None]) -> str:
    return urlset(*files).replace("urlset", "sitemapindex").replace("url>", "sitemap>")


def test_pages_files_and_dates_are_read():
    said = sitemap(urlset(("https://e.org/a", "2026-11-25"), ("https://e.org/b", None)).encode(), 9000)
    assert [(one.url, one.changed_at) for one in said.addresses] == [
        ("https://e.org/a", datetime(2026, 11, 25, tzinfo=UTC)),
        ("https://e.org/b", None),
    ]
    said = sitemap(gzip.compress(index(("https://e.org/1.xml", "2026-11-25T10:00:00+02:00")).encode()), 9000)
    assert said.addresses == ()
    assert said.files[0].changed_at == datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        ("2026-11-25T10:00Z", True),
        ("2026-11-25T10:00:00.5-05:00", True),
        ("2026-11-25", True),
        ("yesterday", False),
        ("", False),
        ("2026-13-45", False),
        ("0000-00-00", False),
    ],
)
def test_dates(text, is_read):
    assert (instant(text) is not None) == is_read


def test_one_date_on_all_pages_is_the_date_of_the_file():
    pages = [(f"https://e.org/{number}", "2026-11-25") for number in range(12)]
    assert sitemap(urlset(*pages).encode(), 9000).addresses == ()
    assert len(sitemap(urlset(*pages, ("https://e.org/x", "2026-11-24")).encode(), 9000).addresses) == 13


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", Unreadable),
        (b"<html><body><p>404", Unreadable),
        (b"<html><body><p>not found</p></body></html>", Unreadable),
        (urlset(("https://e.org/a", "2026-11-25")).encode()[:-30], Unreadable),
        (b'<!DOCTYPE x [<!ENTITY a "b">]>' + urlset(("https://e.org/&a;", None)).encode(), Unreadable),
        (gzip.compress(b"<urlset>" + b" " * 1_000_000), TooLarge),
        (("<urlset>" + "<url><loc>a</loc></url>" * 50_001 + "</urlset>").encode(), Unreadable),
        (b"<a>" * 100_000, Unreadable),
        (b"\xff\xfe" + bytes(range(256)) * 20, Unreadable),
    ],
)
def test_what_is_no_sitemap_is_refused(body, error):
    with pytest.raises(error):
        sitemap(body, 100_000)


def test_a_sitemap_that_names_a_file_of_ours_brings_nothing_of_it():
    body = b'<!DOCTYPE urlset SYSTEM "file:///etc/passwd"><urlset><url><loc>&x;</loc></url></urlset>'
    try:
        said = sitemap(body, 9000)
    except Unreadable:
        return
    assert [one.url for one in said.addresses] == [""]


@pytest.fixture
def watched(sqlite_database, time, site, engine):
    """Two visited sources, "near" and "far", whose declarations name the site's sitemap, an hour after their visit."""

    async def made(hint="/sitemap.xml", after=3 * HOUR):
        for name in ("near", "far"):
            site.routes[f"/{name}"] = site.answer(TERMS, Content_Type="text/html")
        more = f'hints = ["{site.url(hint)}"]\n'
        specs = [
            spec(parse(DECLARATION.format(name, site.url(f"/{name}"), more), name, "test")) for name in ("near", "far")
        ]
        with sqlite_database.begin() as session:
            declare(session, specs, time.now)
        await Visits(sqlite_database, engine, time).of_due()
        with sqlite_database.begin() as session:
            for version in session.scalars(select(VersionRow)):
                version.judged_at = time.now
            pacing.count_looks(session)
            pacing.plan(session, {}, time.now)
        visited = time.now
        time.now += after
        return Sitemaps(sqlite_database, engine, time), visited

    return made


def due(database, time):
    with database.read() as session:
        return [row.slug for row in session.scalars(select(SourceRow).where(SourceRow.due_at <= time.now))]


async def test_a_newer_date_makes_the_source_due_and_says_why(sqlite_database, time, site, watched):
    sitemaps, visited = await watched()
    pages = [(site.url("/near"), (visited + HOUR).isoformat()), (site.url("/far"), (visited - HOUR).isoformat())]
    site.routes["/sitemap.xml"] = site.answer(urlset(*pages), Content_Type="application/xml")
    assert due(sqlite_database, time) == []
    assert await sitemaps.follow() == ["near"]
    assert due(sqlite_database, time) == ["near"]
    with sqlite_database.read() as session:
        hint = session.scalars(select(PaceRow.hint).where(PaceRow.hint.is_not(None))).one()
    assert hint.startswith("its sitemap says it changed on 20")
    asked = len(site.heard)
    assert await sitemaps.follow() == []
    time.now += EVERY / 2
    await sitemaps.follow()
    assert len(site.heard) == asked, "not asked again within the hour"


@pytest.mark.parametrize("ahead", [timedelta(days=400), timedelta(minutes=1)])
async def test_a_date_ahead_of_our_clock_says_nothing(time, site, watched, ahead):
    sitemaps, _ = await watched()
    pages = [(site.url("/near"), (time.now + ahead).isoformat()), (site.url("/far"), "2020-01-01")]
    site.routes["/sitemap.xml"] = site.answer(urlset(*pages))
    assert await sitemaps.follow() == []


async def test_within_the_shortest_interval_a_sitemap_is_not_even_asked(site, watched):
    sitemaps, _ = await watched(after=HOUR)
    site.heard.clear()
    assert await sitemaps.follow() == []
    assert site.heard == []


async def test_an_index_is_followed_one_level_on_its_own_host(time, site, watched):
    sitemaps, visited = await watched()
    new, old = (visited + HOUR).isoformat(), (visited - HOUR).isoformat()
    site.routes["/sitemap.xml"] = site.answer(
        index(
            (site.url("/new.xml"), new), (site.url("/old.xml"), old), (site.url("/deeper.xml"), new),
            ("http://127.0.0.9/away.xml", new), (site.url("/undated.xml.gz"), None),
        )
    )  # fmt: skip
    site.routes["/new.xml"] = site.answer(urlset((site.url("/far"), new)))
    site.routes["/deeper.xml"] = site.answer(index((site.url("/deepest.xml"), new)))
    packed = gzip.compress(urlset((site.url("/near/"), new)).encode())
    site.routes["/undated.xml.gz"] = site.answer(packed, Content_Type="application/x-gzip")
    site.heard.clear()
    assert await sitemaps.follow() == ["far", "near"]
    assert sorted(set(site.targets())) == ["/deeper.xml", "/new.xml", "/sitemap.xml", "/undated.xml.gz"]


@pytest.mark.parametrize("status", [200, 404, 500])
async def test_a_sitemap_that_fails_hurts_nothing(site, watched, status):
    sitemaps, _ = await watched()
    site.routes["/sitemap.xml"] = site.answer("<html>Just a moment...</html>", status)
    assert await sitemaps.follow() == []


async def test_robots_txt_holds_for_sitemaps(time, site, watched):
    site.routes["/robots.txt"] = site.answer("User-agent: *\nDisallow: /sitemap.xml")
    sitemaps, visited = await watched()
    pages = [(site.url("/near"), (visited + HOUR).isoformat()), (site.url("/far"), "2020-01-01")]
    site.routes["/sitemap.xml"] = site.answer(urlset(*pages))
    assert await sitemaps.follow() == []
    assert "/sitemap.xml" not in site.targets()


async def test_the_gate_holds_for_sitemaps_and_for_the_files_of_an_index(site, watched, make_site):
    sitemaps, _ = await watched()
    inside = await make_site(host="127.0.0.7")
    site.routes["/sitemap.xml"] = site.answer(b"", 302, Location=inside.url("/sitemap.xml"))
    assert await sitemaps.follow() == []
    assert inside.heard == []


async def test_off_means_that_no_sitemap_is_asked(sqlite_database, time, site, watched):
    sitemaps, _ = await watched()
    with sqlite_database.begin() as session:
        pacing.unplan(session)
    site.heard.clear()
    assert await sitemaps.follow() == []
    assert site.heard == []


async def test_a_running_service_follows_sitemaps_beside_its_visits(sqlite_database, time, site, engine, watched):
    import asyncio

    _, visited = await watched()
    pages = [(site.url("/near"), (visited + HOUR).isoformat()), (site.url("/far"), "2020-01-01")]
    site.routes["/sitemap.xml"] = site.answer(urlset(*pages))
    site.heard.clear()
    async with InFlight(Visits(sqlite_database, engine, time)) as under_way:
        for _ in range(100):
            await under_way.look()
            if "/near" in site.targets():
                break
            await asyncio.sleep(0.05)
    assert site.targets()[:2] == ["/sitemap.xml", "/near"]
    assert "/far" not in site.targets()


def test_a_declared_sitemap_must_be_an_address():
    declared = parse(DECLARATION.format("P", "https://e.org/", 'hints = ["news", "https://e.org/s.xml"]\n'), "t", "t")
    assert declared.hints == ("news", "https://e.org/s.xml")
    with pytest.raises(DeclarationError, match="hints"):
        parse(DECLARATION.format("P", "https://e.org/", 'hints = ["ftp://e.org/s.xml"]\n'), "t", "t")
