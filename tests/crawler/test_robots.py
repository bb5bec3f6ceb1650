"""robots.txt as RFC 9309 has it: what each answer means, for how long, and that it is asked for once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crawler.answers import Ask, Fetched, NotFetched
from crawler.engine import Limits
from crawler.robots import PARSED_BYTES, understood
from store.database import Database
from store.hosts import RobotsText, keep_robots, robots_of
from store.values import Outcome, SourceKind

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def ask(url: str) -> Ask:
    return Ask(url, SourceKind.TERMS)


def robots_asked(site: Any) -> int:
    return sum(heard.target == "/robots.txt" for heard in site.heard)


@pytest.mark.parametrize(
    ("rules", "allowed"),
    [
        ("User-agent: *\nDisallow: /private\n", False),
        ("User-agent: *\nDisallow: /\nAllow: /private/terms\n", True),
        ("User-agent: Tocsin\nDisallow: /private\n\nUser-agent: *\nDisallow:\n", False),
        ("User-agent: tocsin\nAllow: /\n\nUser-agent: *\nDisallow: /\n", True),
        ("User-agent: *\nDisallow: /*/terms$\n", False),
        ("User-agent: GPTBot\nDisallow: /\n", True),
        ("\ufeffUser-agent: *\nDisallow: /private\n", False),
        ("<html>no such page</html>", True),
        ("", True),
    ],
)
async def test_rules_are_obeyed(site: Any, engine: Any, rules: str, allowed: bool) -> None:
    site.routes |= {"/robots.txt": site.answer(rules), "/private/terms": site.answer("terms")}
    answer = await engine.fetch(ask(site.url("/private/terms")))
    if allowed:
        assert isinstance(answer, Fetched)
    else:
        reason = "robots.txt of 127.0.0.1 disallows /private/terms for Tocsin"
        assert answer == NotFetched(Outcome.BLOCKED, reason)
        assert site.targets() == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 418])
async def test_without_rules_everything_is_allowed(site: Any, engine: Any, status: int) -> None:
    site.routes |= {"/robots.txt": site.answer("User-agent: *\nDisallow: /", status), "/page": site.answer("page")}
    assert isinstance(await engine.fetch(ask(site.url())), Fetched)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 304])
async def test_unreadable_rules_forbid_everything_for_five_minutes(
    site: Any, make_engine: Any, time: Any, status: int
) -> None:
    site.routes |= {"/robots.txt": site.answer("", status), "/page": site.answer("page")}
    until = time() + timedelta(minutes=5)
    why = f"robots.txt of 127.0.0.1 could not be read (answered {status}), so nothing may be fetched there"
    assert await make_engine().fetch(ask(site.url())) == NotFetched(Outcome.UNREACHABLE, why, retry_at=until)
    site.routes["/robots.txt"] = site.answer("", 404)
    time.pass_by(minutes=4)
    assert isinstance(await make_engine().fetch(ask(site.url())), NotFetched)
    assert site.targets() == []
    time.pass_by(minutes=1)
    assert isinstance(await make_engine().fetch(ask(site.url())), Fetched)
    assert robots_asked(site) == 2


async def test_a_retry_after_on_robots_is_kept_too(site: Any, engine: Any, time: Any) -> None:
    site.routes |= {"/robots.txt": site.answer("", 503, Retry_After="3600"), "/page": site.answer("page")}
    until = time() + timedelta(hours=1)
    assert isinstance(await engine.fetch(ask(site.url())), NotFetched)
    time.pass_by(minutes=30)
    answer = await engine.fetch(ask(site.url()))
    assert isinstance(answer, NotFetched)
    assert answer.retry_at == until
    assert len(site.heard) == 1


async def test_a_host_that_does_not_answer_for_robots_is_not_asked_for_pages(site: Any, engine: Any) -> None:
    async def hang_up(_heard: Any, _writer: Any) -> None:
        return None

    site.routes |= {"/robots.txt": hang_up, "/page": site.answer("page")}
    answer = await engine.fetch(ask(site.url()))
    assert isinstance(answer, NotFetched)
    assert "127.0.0.1 closed the connection without an answer" in answer.reason
    assert site.targets() == []


async def test_rules_are_asked_for_once_a_day_by_all_processes(site: Any, make_engine: Any, time: Any) -> None:
    site.routes |= {f"/{n}": site.answer("page") for n in range(9)}
    engine = make_engine()
    await asyncio.gather(*(engine.fetch(ask(site.url(f"/{n}"))) for n in range(9)))
    await engine.__aexit__(None, None, None)
    time.pass_by(hours=23, minutes=59)
    await make_engine().fetch(ask(site.url("/1")))
    assert robots_asked(site) == 1


async def test_rules_older_than_a_day_are_asked_for_again(site: Any, engine: Any, time: Any) -> None:
    site.routes |= {"/robots.txt": site.answer("User-agent: *\nDisallow: /"), "/page": site.answer("page")}
    assert isinstance(await engine.fetch(ask(site.url())), NotFetched)
    site.routes["/robots.txt"] = site.answer("User-agent: *\nDisallow:")
    time.pass_by(hours=24)
    assert isinstance(await engine.fetch(ask(site.url())), Fetched)
    site.routes["/robots.txt"] = site.answer("", 503)
    time.pass_by(hours=24)
    assert isinstance(await engine.fetch(ask(site.url())), NotFetched)


async def test_each_origin_has_its_own_rules(make_site: Any, engine: Any) -> None:
    one, two = await make_site(), await make_site()
    one.routes |= {"/robots.txt": one.answer("User-agent: *\nDisallow: /"), "/page": one.answer("page")}
    two.routes["/page"] = two.answer("page")
    assert isinstance(await engine.fetch(ask(one.url())), NotFetched)
    assert isinstance(await engine.fetch(ask(two.url())), Fetched)


async def test_a_redirect_is_followed_only_where_rules_allow(make_site: Any, engine: Any) -> None:
    one, two = await make_site(), await make_site(host="127.0.0.2")
    one.routes["/page"] = one.redirect(two.url("/secret"))
    two.routes |= {"/robots.txt": two.answer("User-agent: *\nDisallow: /secret"), "/secret": two.answer("page")}
    answer = await engine.fetch(ask(one.url()))
    assert answer == NotFetched(Outcome.BLOCKED, "robots.txt of 127.0.0.2 disallows /secret for Tocsin")
    assert two.targets() == []


async def test_robots_redirects_are_followed_five_times(site: Any, engine: Any) -> None:
    site.routes |= {"/robots.txt": site.redirect("/r4", 301), "/page": site.answer("page")}
    site.routes |= {f"/r{n}": site.redirect(f"/r{n - 1}", 301) for n in range(1, 5)}
    site.routes["/r0"] = site.answer("User-agent: *\nDisallow: /page")
    answer = await engine.fetch(ask(site.url()))
    assert isinstance(answer, NotFetched)
    assert answer.outcome is Outcome.BLOCKED


async def test_six_robots_redirects_mean_no_rules(site: Any, engine: Any) -> None:
    site.routes |= {"/robots.txt": site.redirect("/r5"), "/page": site.answer("page")}
    site.routes |= {f"/r{n}": site.redirect(f"/r{n - 1}") for n in range(1, 6)}
    site.routes["/r0"] = site.answer("User-agent: *\nDisallow: /")
    assert isinstance(await engine.fetch(ask(site.url())), Fetched)


async def test_robots_that_lead_inside_forbid_everything(site: Any, engine: Any) -> None:
    site.routes |= {"/robots.txt": site.redirect("http://169.254.169.254/"), "/page": site.answer("page")}
    answer = await engine.fetch(ask(site.url()))
    assert isinstance(answer, NotFetched)
    assert "redirected to a forbidden address, http://169.254.169.254/" in answer.reason
    assert site.targets() == []


async def test_crawl_delay_is_kept_between_requests(site: Any, engine: Any, time: Any) -> None:
    site.routes |= {"/robots.txt": site.answer("User-agent: *\nCrawl-delay: 7"), "/1": site.answer(""), "/2": b""}
    site.routes["/2"] = site.answer("")
    await engine.fetch(ask(site.url("/1")))
    time.pass_by(seconds=2)
    await engine.fetch(ask(site.url("/2")))
    assert time.slept == [7.0, 5.0]


async def test_rules_beyond_500_kibibytes_are_not_read(site: Any, make_engine: Any) -> None:
    padding = "# " + "x" * (PARSED_BYTES - 30) + "\n"
    site.routes["/robots.txt"] = site.answer(f"User-agent: *\n{padding}Disallow: /late\n\x00")
    site.routes["/late"] = site.answer("page")
    engine = make_engine(limits=Limits(seconds=5))
    assert isinstance(await engine.fetch(ask(site.url("/late"))), Fetched)


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ("Crawl-delay: 2.5", 2.5),
        ("Request-rate: 1/10", 10.0),
        ("Crawl-delay: 20\nRequest-rate: 6/60", 20.0),
        ("Crawl-delay: soon", 0.0),
        ("Crawl-delay: -3", 0.0),
        ("Crawl-delay: 1e99", 86400.0),
    ],
)
def test_wishes_about_pace(lines: str, seconds: float) -> None:
    rules = understood(RobotsText(200, f"User-agent: *\n{lines}\n", NOW), "https://example.com")
    assert rules.delay.total_seconds() == seconds


def test_robots_rows_are_replaced(database: Database) -> None:
    with database.begin() as session:
        keep_robots(session, "https://a.example", RobotsText(200, "old", NOW))
        keep_robots(session, "https://a.example", RobotsText(200, "User-agent: *\x00\nDisallow: /ü", NOW))
    with database.read() as session:
        assert robots_of(session, "https://a.example") == RobotsText(200, "User-agent: *\nDisallow: /ü", NOW)
        assert robots_of(session, "https://c.example") is None
