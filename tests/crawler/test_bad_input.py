"""What servers do wrong, each visited for real: a named outcome and a reason are stored, and the version stays."""

from __future__ import annotations

import gzip
import textwrap
from datetime import timedelta

import pytest
from sqlalchemy import select

from crawler.declaration import parse
from crawler.engine import Limits
from crawler.run import Visits
from crawler.visit import spec
from store.archive import content_of
from store.schema import SourceRow, VersionRow, VisitRow
from store.sources import declare
from store.values import SourceKind

COUNTRIES = ("France", "Japan", "Kenya", "Norway", "Peru", "Samoa", "Tonga", "Uganda")
NOTICE = '{"document_number": "2024-1", "type": "Notice", "title": "One", "publication_date": "2024-07-05"}'
ITEM = "<item><title>A headline</title><link>https://example.org/1</link></item>"
GOOD = {
    SourceKind.AVAILABILITY: (
        "<main><ul>{}</ul></main>".format("".join(f"<li>{n}</li>" for n in COUNTRIES)),
        "text/html",
    ),
    SourceKind.TERMS: ("<main><h1>Terms</h1>" + "<p>You must not resell the service.</p>" * 3 + "</main>", "text/html"),
    SourceKind.DOCKET: (f'{{"count": 1, "results": [{NOTICE}]}}', "application/json"),
    SourceKind.FEED: (
        f'<?xml version="1.0"?><rss version="2.0"><channel>{ITEM}</channel></rss>',
        "application/rss+xml",
    ),
}
DECLARATION = """
title = "Example"
publisher = "Example AI"
product = "Example API"
kind = "{kind}"
url = "{url}"
every = "1h"
"""


@pytest.fixture
def visit_after(site, make_engine, sqlite_database, time):
    """Visits a good answer of a kind, then the bad one, and gives the second visit, the source and its versions."""

    async def visited(kind: SourceKind, bad: bytes | object):
        body, content_type = GOOD[kind]
        site.routes["/page"] = site.answer(body, Content_Type=content_type)
        text = textwrap.dedent(DECLARATION).format(kind=kind.value, url=site.url("/page"))
        with sqlite_database.begin() as session:
            declare(session, [spec(parse(text, "example", "test"))], time.now)
        visits = Visits(sqlite_database, make_engine(limits=Limits(seconds=2, body=200_000)), time)
        first = await visits.of_due()
        assert {outcome.value for outcome in first.outcomes} == {"version"}
        site.routes["/page"] = bad
        time.now += timedelta(hours=1)
        second = await visits.of_due()
        assert second.failed == []
        with sqlite_database.read() as session:
            visit = session.scalars(select(VisitRow).order_by(VisitRow.id.desc())).first()
            source = session.scalars(select(SourceRow)).one()
            versions = session.scalars(select(VersionRow)).all()
        return visit, source, versions

    return visited


def named(site, name: str):
    """The bad answers by name; those that need the server's own address are made when asked for."""
    page = GOOD[SourceKind.AVAILABILITY][0]
    half = "<main><ul>{}</ul></main>".format("".join(f"<li>{n}</li>" for n in COUNTRIES[:3]))
    bomb = gzip.compress(b"<p>a</p>" * 3_000_000)
    return {
        "binary junk": site.answer(bytes(range(256)) * 300, Content_Type="text/html"),
        "declared too large": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 52428800\r\n\r\n"
        + b"x" * 9000,
        "gzip bomb": site.answer(bomb, Content_Type="text/html", Content_Encoding="gzip"),
        "cut gzip": site.answer(gzip.compress(page.encode())[:-9], Content_Type="text/html", Content_Encoding="gzip"),
        "cut body": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5000\r\n\r\n" + page.encode()[:60],
        "redirect loop": site.redirect("/page"),
        "redirect to loopback": site.redirect("http://127.0.0.3:1/secret"),
        "redirect to metadata": site.redirect("http://169.254.169.254/latest/meta-data/"),
        "redirect to a file": site.redirect("file:///etc/passwd"),
        "429": site.answer("slow down", 429, Retry_After="7200"),
        "503": site.answer("<h1>Service Unavailable</h1>", 503),
        "404": site.answer("<h1>Not found</h1>", 404),
        "half the list": site.answer(half, Content_Type="text/html"),
        "empty list": site.answer("<main><h1>Supported countries</h1><ul></ul></main>", Content_Type="text/html"),
        "challenge": site.answer(
            "<title>Just a moment...</title><form id=challenge-form></form>", Content_Type="text/html"
        ),
        "HTML feed": site.answer("<html><title>News</title><body><p>Hello</p></body></html>", Content_Type="text/html"),
        "cut JSON": site.answer(GOOD[SourceKind.DOCKET][0][:50], Content_Type="application/json"),
        "error JSON": site.answer('{"errors": {"agencyy": "is not a valid field"}}', Content_Type="application/json"),
        "wrong JSON": site.answer("[1, 2, 3]", Content_Type="application/json"),
        "empty body": site.answer(b"", Content_Type="text/html"),
        "not HTTP": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    }[name]


@pytest.mark.parametrize(
    ("kind", "name", "outcome", "says"),
    [
        (SourceKind.AVAILABILITY, "binary junk", "unextractable", ""),
        (SourceKind.AVAILABILITY, "declared too large", "unreachable", "large"),
        (SourceKind.AVAILABILITY, "gzip bomb", "unreachable", "large"),
        (SourceKind.AVAILABILITY, "cut gzip", "unreachable", ""),
        (SourceKind.AVAILABILITY, "cut body", "unreachable", ""),
        (SourceKind.AVAILABILITY, "redirect loop", "unreachable", "redirect"),
        (SourceKind.AVAILABILITY, "redirect to loopback", "blocked", "127.0.0.3"),
        (SourceKind.AVAILABILITY, "redirect to metadata", "blocked", "169.254.169.254"),
        (SourceKind.AVAILABILITY, "redirect to a file", "blocked", ""),
        (SourceKind.AVAILABILITY, "429", "unreachable", "429"),
        (SourceKind.AVAILABILITY, "503", "unreachable", "503"),
        (SourceKind.AVAILABILITY, "404", "unreachable", "404"),
        (SourceKind.AVAILABILITY, "half the list", "implausible", ""),
        (SourceKind.AVAILABILITY, "empty list", "implausible", ""),
        (SourceKind.AVAILABILITY, "challenge", "blocked", "challenge"),
        (SourceKind.AVAILABILITY, "empty body", "blocked", "empty"),
        (SourceKind.AVAILABILITY, "not HTTP", "unreachable", ""),
        (SourceKind.FEED, "HTML feed", "unextractable", "not a feed"),
        (SourceKind.FEED, "binary junk", "unextractable", ""),
        (SourceKind.DOCKET, "cut JSON", "implausible", "partial"),
        (SourceKind.DOCKET, "error JSON", "unextractable", "agencyy"),
        (SourceKind.DOCKET, "wrong JSON", "unextractable", ""),
        (SourceKind.TERMS, "binary junk", "unextractable", ""),
        (SourceKind.TERMS, "challenge", "blocked", "challenge"),
    ],
)
async def test_a_fault_ends_in_a_stored_outcome_with_a_reason(visit_after, site, kind, name, outcome, says):
    visit, source, versions = await visit_after(kind, named(site, name))
    assert (visit.outcome, bool(visit.reason)) == (outcome, True)
    assert says in visit.reason
    assert "\n" not in visit.reason
    assert (len(versions), source.version_id) == (1, 1), "the version before stays what the source says"


async def test_a_server_that_says_when_to_come_back_is_not_asked_before(visit_after, site, time):
    _, source, _ = await visit_after(SourceKind.AVAILABILITY, named(site, "429"))
    assert source.due_at >= time.now + timedelta(hours=2)


async def test_a_wrong_charset_is_read_all_the_same(visit_after, site):
    page = GOOD[SourceKind.AVAILABILITY][0].replace("Japan", "Côte d'Ivoire")
    said = site.answer(page.encode("latin-1"), Content_Type="text/html; charset=utf-99")
    visit, _, versions = await visit_after(SourceKind.AVAILABILITY, said)
    assert (visit.outcome, len(versions)) == ("version", 2)
    assert "Côte d'Ivoire" in [passage.text for passage in content_of(versions[1]).passages]
