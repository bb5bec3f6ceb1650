"""The engine against real servers on loopback: what comes back, and how each failure ends."""

from __future__ import annotations

import asyncio
import gzip
import json
import time as clock
import zlib
from datetime import timedelta
from typing import Any

import brotli
import pytest
import uvicorn
from backports import zstd

from crawler.engine import Ask, Engine, Fetched, Limits, NotFetched
from crawler.gate import Gate
from crawler.politeness import HostTurns
from store.values import Outcome, SourceKind


def ask(url: str, kind: SourceKind = SourceKind.AVAILABILITY, **validators: str) -> Ask:
    return Ask(url, kind, **validators)


async def test_a_page_comes_with_its_headers_and_we_say_who_we_are(site: Any, engine: Engine) -> None:
    site.routes["/page"] = site.answer("<p>Andorra", Content_Type="text/html", ETag='"v1"', Set_Cookie="id=1")
    answer = await engine.fetch(ask(site.url()))
    assert answer == Fetched(site.url(), 200, {"content-type": "text/html", "etag": '"v1"'}, b"<p>Andorra")
    sent = site.heard[-1].headers
    assert sent["user-agent"].startswith("Tocsin/")
    assert sent["user-agent"].endswith("(+mailto:watch@example.org)")
    assert sent["accept"].startswith("text/html")
    assert not {"cookie", "referer", "if-none-match", "if-modified-since"} & set(sent)
    await engine.fetch(ask(site.url()))
    assert "cookie" not in site.heard[-1].headers


@pytest.mark.parametrize(
    ("kind", "accept"), [(SourceKind.FEED, "application/atom+xml"), (SourceKind.DOCKET, "application/json")]
)
async def test_each_kind_asks_for_its_own_type(site: Any, engine: Engine, kind: SourceKind, accept: str) -> None:
    site.routes["/page"] = site.answer("{}")
    await engine.fetch(ask(site.url(), kind))
    assert site.heard[-1].headers["accept"].startswith(accept)


async def test_validators_go_back_unchanged_and_304_has_no_body(site: Any, engine: Engine) -> None:
    tag, day = 'W/"añ-5f;--gzip"', "Tue, 09 Jul 2024 00:00:01 +0000"
    site.routes["/page"] = site.answer(b"", 304, ETag='"v2"')
    answer = await engine.fetch(ask(site.url(), etag=tag, last_modified=day))
    assert isinstance(answer, Fetched)
    assert (answer.status, answer.body, answer.headers) == (304, b"", {"etag": '"v2"'})
    sent = site.heard[-1].headers
    assert sent["if-none-match"].encode("latin-1").decode() == tag
    assert sent["if-modified-since"] == day


async def test_an_etag_received_comes_back_byte_for_byte(site: Any, engine: Engine) -> None:
    tag = '"\u00e9-1"'.encode()
    site.routes["/page"] = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nETag: " + tag + b"\r\n\r\nx"
    first = await engine.fetch(ask(site.url()))
    assert isinstance(first, Fetched)
    await engine.fetch(ask(site.url(), etag=first.headers["etag"]))
    assert site.heard[-1].headers["if-none-match"].encode("latin-1") == tag


@pytest.mark.parametrize("status", [200, 403, 404, 410, 429, 500, 503])
async def test_every_status_comes_back_with_its_body(site: Any, engine: Engine, status: int) -> None:
    site.routes["/page"] = site.answer("what it says", status)
    answer = await engine.fetch(ask(site.url()))
    assert isinstance(answer, Fetched)
    assert (answer.status, answer.body) == (status, b"what it says")
    assert site.targets() == ["/page"]


ENCODERS = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress}


@pytest.mark.parametrize("encoding", ENCODERS)
async def test_compressed_bodies_arrive_plain(site: Any, engine: Engine, encoding: str) -> None:
    site.routes["/page"] = site.answer(ENCODERS[encoding](b"Hong Kong " * 999), Content_Encoding=encoding)
    answer = await engine.fetch(ask(site.url()))
    assert isinstance(answer, Fetched)
    assert answer.body == b"Hong Kong " * 999
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("encoding", ENCODERS)
async def test_a_bomb_is_not_unpacked(site: Any, engine: Engine, encoding: str) -> None:
    site.routes["/page"] = site.answer(ENCODERS[encoding](b"\0" * 20_000_000), Content_Encoding=encoding)
    assert len(site.routes["/page"]) < 50_000
    answer = await engine.fetch(ask(site.url()))
    assert answer == lost("the body is larger than 200,000 bytes once decompressed", 200)


@pytest.mark.parametrize("encoding", ENCODERS)
async def test_a_stream_that_ends_early_is_not_half_a_page(site: Any, engine: Engine, encoding: str) -> None:
    packed = ENCODERS[encoding](bytes(range(256)) * 40)
    site.routes["/page"] = site.answer(packed[: len(packed) // 2], Content_Encoding=encoding)
    answer = await engine.fetch(ask(site.url()))
    assert answer == lost(f"the {encoding} stream ends too early", 200)


async def test_an_encoding_nobody_asked_for_is_named(site: Any, engine: Engine) -> None:
    site.routes["/page"] = site.answer("x", Content_Encoding="compress")
    assert await engine.fetch(ask(site.url())) == lost(
        "the body is encoded as 'compress', which was not asked for", 200
    )


def lost(reason: str, status: int | None = None) -> NotFetched:
    return NotFetched(Outcome.UNREACHABLE, reason, status)


async def test_a_body_declared_too_large_is_not_read(site: Any, make_engine: Any) -> None:
    async def huge(_heard: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 50000001\r\n\r\nbegins")
        await writer.drain()

    site.routes["/page"] = huge
    engine = make_engine(limits=Limits(seconds=5))
    assert await engine.fetch(ask(site.url())) == lost("the answer of 127.0.0.1 is larger than 5,000,000 bytes")


async def test_a_body_without_end_is_cut_off(site: Any, engine: Engine) -> None:
    async def endless(_heard: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            await writer.drain()

    site.routes["/page"] = endless
    assert await engine.fetch(ask(site.url())) == lost("the answer of 127.0.0.1 is larger than 200,000 bytes")


@pytest.mark.parametrize(
    "first", [b"HTTP/1.1 200 OK\r\nX-Long: ", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"], ids=["headers", "body"]
)
async def test_a_slow_drip_ends_with_the_time_limit(site: Any, make_engine: Any, first: bytes) -> None:
    async def drip(_heard: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        while True:
            writer.write(b"H")
            await writer.drain()
            await asyncio.sleep(0.05)

    site.routes["/page"] = drip
    engine = make_engine(limits=Limits(seconds=0.4))
    assert await engine.fetch(ask(site.url())) == lost("127.0.0.1 did not finish its answer within 0.4 s")
    assert site.targets() == ["/page"]


async def test_a_cut_body_is_not_a_page(site: Any, engine: Engine) -> None:
    async def cut(_heard: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhalf a list")

    site.routes["/page"] = cut
    answer = await engine.fetch(ask(site.url()))
    assert answer == lost("127.0.0.1 closed the connection before its answer was complete")


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nnot a header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
    ],
    ids=["length", "lengths", "header", "long", "ssh"],
)
async def test_what_is_not_http_is_said_to_be_so(site: Any, engine: Engine, raw: bytes) -> None:
    async def babble(_heard: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)

    site.routes["/page"] = babble
    answer = await engine.fetch(ask(site.url()))
    assert isinstance(answer, NotFetched)
    assert answer.outcome is Outcome.UNREACHABLE
    assert "127.0.0.1 does not answer in valid HTTP" in answer.reason
    assert "\n" not in answer.reason


async def test_a_header_that_is_not_utf8_does_no_harm(site: Any, engine: Engine) -> None:
    site.routes["/page"] = b"HTTP/1.1 200 OK\r\nX-City: Qu\xe9bec\r\nContent-Length: 2\r\n\r\nok"
    answer = await engine.fetch(ask(site.url()))
    assert isinstance(answer, Fetched)
    assert answer.headers["x-city"] == "Québec"


async def test_a_lost_connection_is_tried_once_more(site: Any, engine: Engine) -> None:
    tries = iter([False, True])

    async def second_time(_heard: Any, _writer: asyncio.StreamWriter) -> bytes | None:
        return site.answer("now") if next(tries) else None

    site.routes["/page"] = second_time
    answer = await engine.fetch(ask(site.url()))
    assert isinstance(answer, Fetched)
    assert answer.body == b"now"
    assert site.targets() == ["/page", "/page"]


async def test_a_host_that_hangs_up_is_given_up_after_two_tries(site: Any, engine: Engine) -> None:
    async def hang_up(_heard: Any, _writer: asyncio.StreamWriter) -> None:
        return None

    site.routes["/page"] = hang_up
    assert await engine.fetch(ask(site.url())) == lost("127.0.0.1 closed the connection without an answer")
    assert len(site.targets()) == 2


async def test_a_name_without_address(make_engine: Any) -> None:
    engine = make_engine(gate=Gate())
    answer = await engine.fetch(ask("http://no-such-host.invalid/"))
    assert isinstance(answer, NotFetched)
    assert answer.reason.startswith("the name no-such-host.invalid cannot be resolved")


async def test_a_closed_port(site: Any, engine: Engine, make_site: Any) -> None:
    answer = await engine.fetch(ask("http://127.0.0.1:1/"))
    assert isinstance(answer, NotFetched)
    assert "no connection to 127.0.0.1: connection refused" in answer.reason


@pytest.mark.parametrize(("status", "moved"), [(301, True), (308, True), (302, False), (303, False), (307, False)])
async def test_redirects_are_followed_and_permanent_ones_noted(
    site: Any, engine: Engine, status: int, moved: bool
) -> None:
    site.routes |= {"/page": site.redirect("../new?a=1#part", status), "/new?a=1": site.answer("here")}
    answer = await engine.fetch(ask(site.url(), etag='"e"'))
    assert isinstance(answer, Fetched)
    assert (answer.url, answer.body) == (site.url("/new?a=1"), b"here")
    assert answer.moved_to == (site.url("/new?a=1") if moved else None)
    assert site.heard[-1].headers["if-none-match"] == '"e"'


@pytest.mark.parametrize(
    ("location", "target"),
    [
        (" /a b?c=d e ", "/a%20b?c=d%20e"),
        ("/caf\u00e9", "/caf%C3%A9"),
        ("/x?q=a|b", "/x?q=a%7Cb"),
        ("?only=query", "/page?only=query"),
    ],
)
async def test_untidy_redirects_are_understood(site: Any, engine: Engine, location: str, target: str) -> None:
    site.routes["/page"] = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    await engine.fetch(ask(site.url()))
    assert site.targets()[-1] == target


async def test_an_engine_that_ended_by_itself_is_started_anew(site: Any, engine: Engine) -> None:
    site.routes["/page"] = site.answer("page")
    await engine.fetch(ask(site.url()))
    (running,) = engine._running.values()
    await running.stop()
    assert isinstance(await engine.fetch(ask(site.url())), Fetched)


async def test_a_chain_with_one_temporary_step_moved_nothing(site: Any, engine: Engine) -> None:
    site.routes |= {"/page": site.redirect("/b", 301), "/b": site.redirect("/c", 302), "/c": site.answer("c")}
    answer = await engine.fetch(ask(site.url()))
    assert isinstance(answer, Fetched)
    assert answer.moved_to is None


async def test_a_redirect_without_location_is_the_answer(site: Any, engine: Engine) -> None:
    site.routes["/page"] = site.answer("over there", 301)
    answer = await engine.fetch(ask(site.url()))
    assert isinstance(answer, Fetched)
    assert (answer.status, answer.moved_to) == (301, None)


async def test_a_redirect_loop_ends(site: Any, engine: Engine) -> None:
    site.routes |= {"/page": site.redirect("/other"), "/other": site.redirect("/page")}
    assert await engine.fetch(ask(site.url())) == lost(f"redirect loop: back at {site.url()} after 2 redirects", 302)


async def test_six_redirects_are_too_many_and_five_are_not(site: Any, engine: Engine) -> None:
    site.routes |= {f"/{n}": site.redirect(f"/{n - 1}") for n in range(1, 7)} | {"/0": site.answer("arrived")}
    assert isinstance(await engine.fetch(ask(site.url("/5"))), Fetched)
    assert await engine.fetch(ask(site.url("/6"))) == lost(f"more than 5 redirects, the last to {site.url('/0')}", 302)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:9/",
        "http://169.254.169.254/latest/meta-data/",
        "//[::1]/",
        "http://localhost:1/",
        "http://0x7f000001/",
        "http://inner.example/",
        "file:///etc/passwd",
        "http://[::1",
        "http://example.com\\@127.0.0.1/",
        "http://user:secret@93.184.216.34/",
    ],
)
async def test_a_redirect_to_a_forbidden_address_is_refused(site: Any, make_engine: Any, target: str) -> None:
    async def resolve(_name: str, _port: int) -> tuple[str, ...]:
        return ("93.184.216.34", "10.0.0.7")

    site.routes["/page"] = site.redirect(target)
    engine = make_engine(gate=Gate(frozenset({f"127.0.0.1:{site.port}"}), resolve=resolve))
    answer = await engine.fetch(ask(site.url()))
    assert isinstance(answer, NotFetched)
    assert answer.outcome is Outcome.BLOCKED
    assert answer.reason.startswith("redirected to a forbidden address, ")
    assert "\n" not in answer.reason


async def test_a_forbidden_address_is_refused_before_anything_is_asked(site: Any, make_engine: Any) -> None:
    answer = await make_engine(gate=Gate()).fetch(ask(site.url()))
    assert answer == NotFetched(
        Outcome.BLOCKED, f"forbidden address, {site.url()}: 127.0.0.1, a forbidden address (loopback)"
    )
    assert site.heard == []


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_kept_across_restarts(site: Any, make_engine: Any, time: Any, status: int) -> None:
    site.routes["/page"] = site.answer("slow down", status, Retry_After="3600")
    until = time() + timedelta(hours=1)
    answer = await make_engine().fetch(ask(site.url()))
    assert answer == NotFetched(Outcome.UNREACHABLE, f"answered {status} with Retry-After", status, until)
    time.pass_by(minutes=10)
    site.routes["/page"] = site.answer("better")
    again = await make_engine().fetch(ask(site.url("/other")))
    assert isinstance(again, NotFetched)
    assert again.retry_at == until
    assert again.reason.startswith("host busy: ")
    assert site.targets() == ["/page"]
    time.pass_by(minutes=50, seconds=1)
    assert isinstance(await make_engine().fetch(ask(site.url())), Fetched)


async def test_those_in_line_heed_a_retry_after_too(site: Any, engine: Engine, time: Any) -> None:
    site.delay = 0.05
    site.routes |= {"/1": site.answer("", 429, Retry_After="3600"), "/2": site.answer(""), "/3": site.answer("")}
    answers = await asyncio.gather(*(engine.fetch(ask(site.url(f"/{n}"))) for n in (1, 2, 3)))
    assert [answer.retry_at for answer in answers if isinstance(answer, NotFetched)] == [
        time() + timedelta(hours=1)
    ] * 3
    assert site.targets() == ["/1"]


async def test_one_host_is_asked_one_thing_at_a_time_and_two_hosts_are_not(make_engine: Any, make_site: Any) -> None:
    one, two = await make_site(), await make_site(host="127.0.0.2")
    engine, kinds = make_engine(), list(SourceKind)
    both = {"now": 0, "most": 0}
    for site in (one, two):

        async def count(_heard: Any, _writer: Any, site: Any = site) -> bytes:
            both["most"] = max(both["most"], one.at_once + two.at_once)
            await asyncio.sleep(0.02)
            return bytes(site.answer("{}"))

        site.routes |= {f"/{n}": count for n in range(8)}
    await asyncio.gather(*(engine.fetch(ask(s.url(f"/{n}"), kinds[n % 4])) for n in range(8) for s in (one, two)))
    assert (len(one.targets()), len(two.targets())) == (8, 8)
    assert (one.most_at_once, two.most_at_once) == (1, 1)
    assert both["most"] == 2


async def test_who_gives_up_does_not_let_two_requests_out_at_once(site: Any, engine: Engine) -> None:
    site.routes |= {"/robots.txt": site.answer("", 404), "/1": site.answer(""), "/2": site.answer("")}
    await engine.fetch(ask(site.url("/2")))
    site.delay = 0.2
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(engine.fetch(ask(site.url("/1"))), 0.1)
    assert isinstance(await engine.fetch(ask(site.url("/2"))), Fetched)
    assert site.most_at_once == 1


async def test_closing_cuts_what_is_under_way_and_leaves_nothing(site: Any, make_engine: Any) -> None:
    async def never(_heard: Any, _writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(30)

    before = asyncio.all_tasks()
    for _ in range(3):
        site.routes["/page"] = never
        async with make_engine(limits=Limits(seconds=20)) as engine:
            fetches = [asyncio.create_task(engine.fetch(ask(site.url(), kind))) for kind in SourceKind]
            while len(site.targets()) < 1:
                await asyncio.sleep(0.01)
        answers = await asyncio.gather(*fetches)
        assert {answer.reason for answer in answers} == {"Tocsin stopped before the answer was complete"}
        assert all(answer.postponed for answer in answers)
        site.heard.clear()
        left = {task for task in asyncio.all_tasks() - before if "serve" not in repr(task)}
        assert left == set()
    with pytest.raises(RuntimeError, match="closed"):
        await engine.fetch(ask(site.url()))


async def test_it_shares_the_loop_with_the_web_application(make_engine: Any) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": [(b"etag", b'"u"')]})
            await send({"type": "http.response.body", "body": b"from uvicorn"})

    server = uvicorn.Server(uvicorn.Config(application, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    async with make_engine() as engine:
        answers = await asyncio.gather(*(engine.fetch(ask(f"http://127.0.0.1:{port}/", kind)) for kind in SourceKind))
    server.should_exit = True
    await serving
    assert [answer.body for answer in answers if isinstance(answer, Fetched)] == [b"from uvicorn"] * 4


def docket_page(count: int, numbers: list[str], following: str | None = None) -> bytes:
    page: dict[str, Any] = {"count": count, "results": [{"document_number": number} for number in numbers]}
    return json.dumps(page | ({"next_page_url": following} if following else {})).encode()


def pages_of(body: bytes) -> list[Any]:
    return [json.loads(page) for page in body.split(b"\x1e") if page]


async def test_a_docket_of_one_page_stays_as_it_came(site: Any, engine: Engine) -> None:
    page = docket_page(1, ["2024-13923"])
    site.routes["/d"] = site.answer(page, Content_Type="application/json")
    answer = await engine.fetch(ask(site.url("/d"), SourceKind.DOCKET))
    assert answer == Fetched(site.url("/d"), 200, {"content-type": "application/json"}, page)


async def test_a_docket_is_read_to_its_last_page(site: Any, engine: Engine) -> None:
    pages = [
        docket_page(3, ["a"], site.url("/d?page=2")),
        docket_page(3, ["b"], "/d?page=3"),
        docket_page(3, ["c"]),
    ]
    for number, page in enumerate(pages, 1):
        site.routes["/d" if number == 1 else f"/d?page={number}"] = site.answer(page, ETag=f'"{number}"')
    answer = await engine.fetch(ask(site.url("/d"), SourceKind.DOCKET, etag='"old"'))
    assert isinstance(answer, Fetched)
    assert (answer.url, answer.headers) == (site.url("/d"), {"etag": '"1"', "content-type": "application/json-seq"})
    assert answer.body == b"".join(b"\x1e" + page + b"\n" for page in pages)
    assert ["if-none-match" in heard.headers for heard in site.heard if heard.target != "/robots.txt"] == [
        True,
        False,
        False,
    ]


async def test_an_unchanged_docket_ends_with_its_first_page(site: Any, engine: Engine) -> None:
    site.routes["/d"] = site.answer(b"", 304)
    answer = await engine.fetch(ask(site.url("/d"), SourceKind.DOCKET, etag='"old"'))
    assert isinstance(answer, Fetched)
    assert (answer.status, answer.body) == (304, b"")


async def test_page_one_over_and_over_is_noticed(site: Any, engine: Engine) -> None:
    page = docket_page(9, ["a"], site.url("/d?page=2"))
    site.routes |= {"/d": site.answer(page), "/d?page=2": site.answer(page)}
    answer = await engine.fetch(ask(site.url("/d"), SourceKind.DOCKET))
    assert isinstance(answer, Fetched)
    assert answer.short == "read 1 of 9 results: page 2 repeated an earlier page"
    assert site.targets() == ["/d", "/d?page=2"]


async def test_paging_without_end_is_ended(site: Any, make_engine: Any) -> None:
    for number in range(1, 9):
        following = site.url(f"/d?page={number + 1}")
        site.routes["/d" if number == 1 else f"/d?page={number}"] = site.answer(
            docket_page(99, [str(number)], following)
        )
    answer = await make_engine(limits=Limits(seconds=5, pages=4)).fetch(ask(site.url("/d"), SourceKind.DOCKET))
    assert isinstance(answer, Fetched)
    assert len(pages_of(answer.body)) == 4
    assert answer.short == "read 4 of 99 results: paging did not end after 4 pages"


async def test_paging_does_not_leave_the_host(site: Any, engine: Engine, make_site: Any) -> None:
    other = await make_site(host="127.0.0.2")
    site.routes["/d"] = site.answer(docket_page(2, ["a"], other.url("/d?page=2")))
    answer = await engine.fetch(ask(site.url("/d"), SourceKind.DOCKET))
    assert isinstance(answer, Fetched)
    assert other.heard == []
    assert answer.short == "read 1 of 2 results: no next page was named"


def late(answer: bytes, seconds: float) -> Any:
    async def answered(_heard: Any, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        writer.write(answer)
        await writer.drain()

    return answered


async def test_all_pages_of_a_docket_share_one_allowance(site: Any, make_engine: Any) -> None:
    for number in range(1, 9):
        page = docket_page(8, [str(number)], site.url(f"/d?page={number + 1}") if number < 8 else None)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(page)
        site.routes["/d" if number == 1 else f"/d?page={number}"] = late(head + page, 0.4)
    began = clock.monotonic()
    answer = await make_engine(limits=Limits(seconds=1)).fetch(ask(site.url("/d"), SourceKind.DOCKET))
    assert clock.monotonic() - began < 1 + 1
    assert isinstance(answer, NotFetched)
    assert answer.reason.startswith("page 3 of the docket: ")


@pytest.mark.parametrize("status", [404, 500])
async def test_a_docket_with_a_missing_page_is_not_half_a_docket(site: Any, engine: Engine, status: int) -> None:
    site.routes["/d"] = site.answer(docket_page(2, ["a"], site.url("/d?page=2")))
    site.routes["/d?page=2"] = site.answer("", status)
    answer = await engine.fetch(ask(site.url("/d"), SourceKind.DOCKET))
    assert answer == lost(f"page 2 of the docket answered {status}", status)


@pytest.mark.parametrize("body", [b'{"count": 2, "results": [', b"<html>", b"[1]", b"\xff\x00"])
async def test_a_docket_that_is_not_one_is_handed_on_as_it_is(site: Any, engine: Engine, body: bytes) -> None:
    site.routes["/d"] = site.answer(body)
    answer = await engine.fetch(ask(site.url("/d"), SourceKind.DOCKET))
    assert isinstance(answer, Fetched)
    assert answer.body == body


def test_a_contact_that_would_break_the_header_is_refused(make_engine: Any, sqlite_database: Any, time: Any) -> None:
    with pytest.raises(ValueError, match="contact"):
        Engine(Gate(), HostTurns(sqlite_database, time), "a\r\nX: y", clock=time)
