"""Pages that scripts fill, in a real Chromium over loopback: what is read, what never gets out, and how it ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import time as clock
from contextlib import contextmanager
from datetime import timedelta

import pytest
import pytest_asyncio
from sqlalchemy import select

from crawler.answers import RENDERED, Fetched, NotFetched
from crawler.browser.found import NoBrowser, chromium
from crawler.browser.process import MB, _members, held
from crawler.browser.process import _drivers as drivers
from crawler.browser.rendering import Browser
from crawler.declaration import parse
from crawler.engine import Engine, Limits
from crawler.gate import Gate
from crawler.politeness import HostTurns
from crawler.run import Visits
from crawler.visit import spec
from store.archive import content_of
from store.schema import SnapshotRow, SourceRow, VersionRow, VisitRow
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
COUNTRIES = ["France", "Japan", "Kenya", "Norway", "Peru", "Samoa"]
SHELL = (
    '<!doctype html><html lang="en"><head><title>Where we work</title><link rel="stylesheet" href="/s.css"></head>'
    '<body><div id="root"></div><script src="/app.js"></script></body></html>'
)
APP = """
fetch("/list.json").then(answer => answer.json()).then(names => {
  const items = names.map(name => `<li>${name}</li>`).join("");
  document.getElementById("root").innerHTML =
    `<main><h1>Supported countries and territories</h1><ul>${items}</ul></main>`;
});
"""
HTML = "text/html; charset=utf-8"


@pytest.fixture(scope="module", autouse=True)
def _a_browser():
    try:
        chromium(None)
    except NoBrowser as error:
        pytest.skip(str(error))


@pytest_asyncio.fixture
async def make(sqlite_database, time):
    """Makes an engine with a browser: make(memory=..., limits=..., named=...)."""
    engines = []

    def made(limits=Limits(seconds=8, body=200_000), **browser):
        turns = HostTurns(sqlite_database, time, gap=timedelta(0), sleep=time.sleep)
        used = Browser(**browser)
        gate = Gate(frozenset({"127.0.0.1"}))
        engine = Engine(gate, turns, "mailto:watch@example.org", limits, clock=time, browser=used)
        engines.append(engine)
        return engine, used

    yield made
    for engine in engines:
        await engine.__aexit__(None, None, None)


@pytest.fixture
def visits_of(sqlite_database, time, site):
    """Visits of one declared source: visits_of(engine, more=...)."""

    def visits(engine, more="browser = true\n"):
        declaration = parse(DECLARATION.format(url=site.url()) + more, "example", "test")
        with sqlite_database.begin() as session:
            declare(session, [spec(declaration)], time.now)
        return Visits(sqlite_database, engine, time)

    return visits


def shell(site, script=APP, **headers):
    site.routes["/page"] = site.answer(SHELL, Content_Type=HTML, **headers)
    site.routes["/app.js"] = site.answer(script, Content_Type="text/javascript")
    site.routes["/list.json"] = site.answer(json.dumps(COUNTRIES), Content_Type="application/json")


def plain(site, body=SHELL):
    return Fetched(site.url(), 200, {"content-type": HTML}, body.encode())


def last(database, table):
    with database.read() as session:
        return session.scalars(select(table).order_by(table.id.desc())).first()


async def test_a_list_that_scripts_fetch_is_read(site, make, visits_of, sqlite_database):
    shell(site, ETag='"shell"')
    engine, _ = make()
    tally = await visits_of(engine).of_due()
    assert tally.outcomes == {Outcome.VERSION: 1}
    version, visit, snapshot = (last(sqlite_database, table) for table in (VersionRow, VisitRow, SnapshotRow))
    assert [fact.name for fact in content_of(version).facts.availability] == COUNTRIES
    assert visit.reason.startswith("read in a browser; plainly: empty shell")
    assert snapshot.headers[RENDERED].startswith("Chromium ")
    assert "requests=2; refused=0; shell=" in snapshot.headers[RENDERED]
    assert last(sqlite_database, SourceRow).etag is None, "a shell's ETag says nothing of what its scripts bring"
    assert site.targets() == ["/page", "/app.js", "/list.json"], "the page itself is asked once, its styles never"
    assert site.most_at_once == 1
    for heard in site.heard:
        assert heard.headers["user-agent"].startswith("Tocsin/")
        assert not {"cookie", "referer"} & set(heard.headers)


async def test_what_changes_behind_a_shell_that_does_not_is_seen(site, make, visits_of, sqlite_database, time):
    shell(site, ETag='"shell"')
    engine, browser = make()
    visits = visits_of(engine)
    await visits.of_due()
    time.pass_by(hours=2)
    assert (await visits.of_due()).outcomes == {Outcome.CONFIRMED: 1}
    site.routes["/list.json"] = site.answer(json.dumps([*COUNTRIES, "Tonga"]))
    time.pass_by(hours=2)
    assert (await visits.of_due()).outcomes == {Outcome.VERSION: 1}
    assert len(content_of(last(sqlite_database, VersionRow)).facts.availability) == 7
    assert browser.running


async def test_a_page_that_answers_plainly_starts_no_browser(site, make, visits_of):
    items = "".join(f"<li>{name}</li>" for name in COUNTRIES)
    site.routes["/page"] = site.answer(f"<html><body><main><h1>Supported countries</h1><ul>{items}</ul></main></body>")
    engine, browser = make()
    assert (await visits_of(engine).of_due()).outcomes == {Outcome.VERSION: 1}
    assert not browser.running


async def test_without_permission_a_shell_stays_a_shell(site, make, visits_of, sqlite_database):
    shell(site)
    engine, browser = make()
    await visits_of(engine, "").of_due()
    assert last(sqlite_database, VisitRow).reason.startswith("empty shell")
    assert not browser.running
    assert site.targets() == ["/page"]


async def test_a_page_that_becomes_a_shell_with_the_same_list_is_no_news(site, make, visits_of, sqlite_database, time):
    items = "".join(f"<li>{name}</li>" for name in COUNTRIES)
    site.routes["/page"] = site.answer(f"<html><body><main><h1>Where</h1><ul>{items}</ul></main></body></html>")
    engine, _ = make()
    visits = visits_of(engine)
    await visits.of_due()
    shell(site)
    time.pass_by(hours=2)
    assert (await visits.of_due()).outcomes == {Outcome.VERSION: 1}
    assert last(sqlite_database, VersionRow).technical


async def test_no_browser_is_one_clear_line(site, make, visits_of, sqlite_database):
    shell(site)
    engine, _ = make(named="none")
    await visits_of(engine).of_due()
    visit = last(sqlite_database, VisitRow)
    assert visit.outcome == Outcome.BLOCKED
    assert visit.reason.startswith("empty shell")
    assert visit.reason.endswith("not rendered: the browser is switched off (TOCSIN_CHROMIUM=none)")
    with pytest.raises(NoBrowser, match="no browser was found as /nowhere/chromium"):
        chromium("/nowhere/chromium")


CHALLENGE = (
    "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1>"
    '<script src="/cdn-cgi/challenge-platform/x.js"></script></body></html>'
)


async def test_a_challenge_is_not_run(site, make, visits_of, sqlite_database):
    site.routes["/page"] = site.answer(CHALLENGE, Content_Type=HTML)
    engine, browser = make()
    await visits_of(engine).of_due()
    assert last(sqlite_database, VisitRow).reason.startswith("challenge")
    assert not browser.running
    assert site.targets() == ["/page"]


async def test_a_challenge_that_a_script_writes_is_a_challenge(site, make, visits_of, sqlite_database):
    shell(site, f"document.documentElement.innerHTML = {json.dumps(CHALLENGE)}")
    engine, _ = make()
    await visits_of(engine).of_due()
    visit = last(sqlite_database, VisitRow)
    assert (visit.outcome, visit.reason.split(":")[0].split(" (")[0]) == (Outcome.BLOCKED, "challenge")
    assert visit.reason.endswith("seen in a browser")


async def test_robots_txt_holds_for_what_scripts_ask(site, make, visits_of, sqlite_database):
    shell(site)
    site.routes["/robots.txt"] = site.answer("User-agent: *\nDisallow: /list.json\n")
    engine, _ = make()
    await visits_of(engine).of_due()
    assert last(sqlite_database, VisitRow).outcome == Outcome.BLOCKED
    assert site.targets() == ["/page", "/app.js"]


@contextmanager
def listener(kind=socket.SOCK_STREAM):
    """A port on an address that the gate refuses, and a function that counts who came."""
    with socket.socket(socket.AF_INET, kind) as door:
        door.bind(("127.0.0.3", 0))
        if kind == socket.SOCK_STREAM:
            door.listen(64)
        door.setblocking(False)
        yield door.getsockname()[1], lambda: _came(door, kind)


def _came(door, kind):
    count = 0
    while True:
        try:
            door.accept() if kind == socket.SOCK_STREAM else door.recvfrom(2048)
        except BlockingIOError:
            return count
        count += 1


ATTEMPTS = """
const ask = (make) => {{ try {{ const made = make(); made?.catch?.(() => 0) }} catch {{ }} }};
const at = "127.0.0.3:{tcp}", part = "{part}";
for (const url of ["http://" + at + "/f", "http://2130706435:{tcp}/n", "http://[::ffff:127.0.0.3]:{tcp}/m",
                   "http://localhost:{tcp}/l", "file:///etc/passwd", "ftp://" + at + "/", "{redirect}",
                   "http://rebound.example:{tcp}/r"]) {{
  if (part === "calls") {{
  ask(() => fetch(url));
  ask(() => fetch(url, {{mode: "no-cors", method: "POST", body: "x"}}));
  ask(() => navigator.sendBeacon(url, "x"));
  ask(() => window.open(url));
  ask(() => new EventSource(url));
  ask(() => import(url));
  }}
  if (part === "elements") for (const [tag, key] of
    [["img", "src"], ["script", "src"], ["iframe", "src"], ["link", "href"],
    ["embed", "src"],
                            ["object", "data"], ["video", "src"]]) {{
    const made = document.createElement(tag);
    made[key] = url;
    if (tag === "link") made.rel = "stylesheet";
    document.body.append(made);
  }}
  if (part === "elements") for (const rel of ["preconnect", "dns-prefetch", "prefetch", "preload",
    "modulepreload", "icon", "manifest"]) {{
    const made = document.createElement("link");
    made.rel = rel; made.href = url; made.as = "fetch";
    document.head.append(made);
  }}
  if (part === "workers") {{
  ask(() => new Worker(URL.createObjectURL(new Blob([`fetch("${{url}}"); new WebSocket("ws://" + "${{at}}")`]))));
  ask(() => new SharedWorker(URL.createObjectURL(new Blob([`fetch("${{url}}")`]))));
  }}
}}
ask(() => new WebSocket("ws://" + at + "/w"));
ask(() => navigator.serviceWorker.register("/sw.js"));
ask(() => new WebTransport("https://127.0.0.3:{udp}/t"));
ask(() => {{
  const peer = new RTCPeerConnection({{iceServers: [{{urls: "stun:127.0.0.3:{udp}"}},
    {{urls: "turn:" + at + "?transport=tcp", username: "u", credential: "c"}}]}});
  peer.createDataChannel("x");
  peer.createOffer().then(offer => peer.setLocalDescription(offer));
}});
const form = document.createElement("form");
form.action = "http://" + at + "/form"; form.method = "POST"; form.target = "other";
document.body.append(form);
ask(() => form.submit());
{end}
"""
ENDS = {
    "stays": 'document.getElementById("root").innerHTML = "<p>done</p>".repeat(9);',
    "goes there": 'setTimeout(() => { location = "http://" + at + "/gone" }, 500);',
    "goes to a file": 'setTimeout(() => { location = "file:///etc/passwd" }, 500);',
}


@pytest.mark.parametrize(
    ("part", "end"),
    [
        ("calls", "stays"),
        ("elements", "stays"),
        ("workers", "stays"),
        ("calls", "goes there"),
        ("calls", "goes to a file"),
    ],
)
async def test_nothing_reaches_a_forbidden_address(site, make, part, end):
    with listener() as (tcp, came), listener(socket.SOCK_DGRAM) as (udp, sent):
        site.routes["/away"] = site.redirect(f"http://127.0.0.3:{tcp}/redirected")
        script = ATTEMPTS.format(part=part, tcp=tcp, udp=udp, redirect=site.url("/away"), end=ENDS[end])
        shell(site, script)
        site.routes["/sw.js"] = site.answer("fetch('/from-a-service-worker')", Content_Type="text/javascript")
        engine, _ = make(limits=Limits(seconds=25))  # it asks for a lot
        answer = await engine.rendered(plain(site))
        await asyncio.sleep(0.5)
        assert (came(), sent()) == (0, 0)
    assert "/from-a-service-worker" not in site.targets()
    if end == "stays":
        assert isinstance(answer, Fetched)
        assert b"done" in answer.body
        assert "root:" not in answer.body.decode()
        if part == "calls":
            assert "/away" in site.targets(), "the redirect itself was followed to where the gate stands"


async def test_the_listener_hears_who_comes():
    with listener() as (tcp, came):
        _, writer = await asyncio.open_connection("127.0.0.3", tcp)
        await asyncio.sleep(0.1)
        assert came() == 1
        writer.close()


HOSTILE = {
    "an endless script": ("while (true) {}", "its scripts did not rest within 9 s"),
    "an endless script, later": ("setTimeout(() => { while (true) {} }, 300)", "its scripts did not rest within 9 s"),
    "objects without end": (
        "const all = []; while (true) { all.push(new Array(1e4).fill(Math.random())) }",
        "",
    ),
    "buffers without end": (
        "const all = []; const eat = () => { try { while (true) all.push(new Uint8Array(1e7).fill(1)) } catch {} };"
        "for (let n = 0; n < 8; n++) new Worker(URL.createObjectURL(new Blob(['const all=[];"
        "for(;;) all.push(new Uint8Array(1e7).fill(1))']))); eat(); while (true) {}",
        "",
    ),
    "elements without end": (
        "const grow = () => { for (let n = 0; n < 5e4; n++) document.body.append(document.createElement('p'), 'text');"
        "setTimeout(grow) }; grow()",
        "",
    ),
    "a page too large": ("document.body.textContent = 'word '.repeat(1e5)", "larger than 200,000 bytes"),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_page_ends_within_its_bounds(site, make, name):
    script, why = HOSTILE[name]
    shell(site, script)
    engine, browser = make(limits=Limits(seconds=9, body=200_000))
    began, peak = clock.monotonic(), 0
    page = asyncio.create_task(engine.rendered(plain(site)))
    while not page.done():
        await asyncio.sleep(0.05)
        running = browser._chromium
        peak = max(peak, held(running.pid) if running else 0)
    answer = page.result()
    assert isinstance(answer, NotFetched)
    assert why in answer.reason
    assert clock.monotonic() - began < 9 + 0.5
    assert peak < 1100 * MB
    shell(site)
    assert isinstance(await engine.rendered(plain(site)), Fetched), "the next page is not hurt"


async def test_a_page_that_never_rests_is_taken_as_it_is(site, make):
    shell(site, APP + "setInterval(() => { document.title += 'x' ; document.body.append('.') }, 50)")
    engine, _ = make(limits=Limits(seconds=9, body=200_000))
    answer = await engine.rendered(plain(site))
    assert isinstance(answer, Fetched)
    assert b"<li>Samoa</li>" in answer.body


async def test_a_page_that_goes_on_to_another_is_followed(site, make):
    shell(site, f"location.replace({site.url('/next')!r})")
    site.routes["/next"] = site.answer("<html><body><p>France and Japan</p></body></html>", Content_Type=HTML)
    engine, _ = make()
    answer = await engine.rendered(plain(site))
    assert isinstance(answer, Fetched)
    assert (answer.url, b"France and Japan" in answer.body) == (site.url("/next"), True)


async def test_words_that_a_script_changed_do_not_lie_to_us(site, make):
    lie = "Object.defineProperty(Element.prototype, 'outerHTML', {get: () => '<p>a lie</p>'});"
    shell(site, lie + APP)
    engine, _ = make()
    answer = await engine.rendered(plain(site))
    assert isinstance(answer, Fetched)
    assert b"<li>Samoa</li>" in answer.body


async def test_pages_are_rendered_one_at_a_time_and_the_browser_ends_when_idle(site, make):
    shell(site)
    engine, browser = make(idle=0.3)
    answers = await asyncio.gather(*(engine.rendered(plain(site)) for _ in range(3)))
    assert all(isinstance(answer, Fetched) for answer in answers)
    assert site.most_at_once == 1
    pid = browser._chromium.pid
    await asyncio.sleep(1.5)
    assert not browser.running
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_stopping_the_engine_ends_the_browser_and_its_page(site, make):
    shell(site, "while (true) {}")
    engine, browser = make(limits=Limits(seconds=8))
    page = asyncio.create_task(engine.rendered(plain(site)))
    while not browser.running:
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    pid = browser._chromium.pid
    await engine.__aexit__(None, None, None)
    assert isinstance(await page, NotFetched)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_a_browser_sees_no_secret_of_ours(site, make, monkeypatch):
    monkeypatch.setenv("TOCSIN_SMTP_URL", "smtp://user:secret@mail.example")
    shell(site)
    engine, browser = make()
    await engine.rendered(plain(site))
    with open(f"/proc/{browser._chromium.pid}/environ", "rb") as variables:
        assert b"TOCSIN_SMTP_URL" not in variables.read()


def test_a_server_cannot_say_that_we_rendered():
    from scrapy.http import Response

    from crawler.responses import fetched

    sent = Response("http://127.0.0.1/", headers={RENDERED: "Chromium", "X-Other": "kept"}, body=b"<p>x")
    assert fetched(sent, "http://127.0.0.1/", Limits()).headers == {"x-other": "kept"}


def alive(group):
    """The processes of a group that have not ended; one that has may wait for its parent to take notice."""
    stats = [(process / "stat").read_text().rpartition(")")[2].split() for process in _members(group)]
    return [fields for fields in stats if fields[0] != "Z"]


NEVER_STARTS = {
    "says nothing": "sleep 600 &\nsleep 600",
    "does not listen to anybody": "trap '' TERM INT HUP\nwhile :; do sleep 600; done",
    "starts too late": 'sleep 4\nexec {chromium} "$@"',
}


@pytest.mark.parametrize("name", NEVER_STARTS)
async def test_a_browser_that_does_not_start_in_time_is_ended_with_all_that_it_started(site, make, tmp_path, name):
    shell(site)
    named = tmp_path / "browser"
    named.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\n" + NEVER_STARTS[name].format(chromium=chromium(None)))
    named.chmod(0o755)
    engine, browser = make(limits=Limits(seconds=4), named=str(named))
    began = clock.monotonic()
    answer = await engine.rendered(plain(site))
    assert clock.monotonic() - began < 4 + 0.5
    assert isinstance(answer, NotFetched)
    assert "does not start" in answer.reason
    assert not browser.running
    await asyncio.sleep(0.1)
    assert not alive(int((tmp_path / "pid").read_text()))
    assert not drivers()


async def test_the_start_is_taken_off_the_time_for_the_page(site, make, tmp_path):
    shell(site, "while (true) {}")
    named = tmp_path / "browser"
    named.write_text(f'#!/bin/sh\nsleep 2\nexec {chromium(None)} "$@"')
    named.chmod(0o755)
    engine, _ = make(limits=Limits(seconds=12), named=str(named))
    began = clock.monotonic()
    answer = await engine.rendered(plain(site))
    assert clock.monotonic() - began < 12 + 0.5
    assert isinstance(answer, NotFetched)
    assert "did not rest within 12 s" in answer.reason


async def test_a_browser_and_a_driver_that_do_not_answer_are_killed(site, make):
    shell(site)
    engine, browser = make(limits=Limits(seconds=9))
    assert isinstance(await engine.rendered(plain(site)), Fetched)
    running = browser._chromium
    stopped = [running.pid, *running.drivers]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    began = clock.monotonic()
    answer = await engine.rendered(plain(site))
    assert clock.monotonic() - began < 9 + 0.5
    assert isinstance(answer, NotFetched)
    await asyncio.sleep(0.1)
    assert not drivers()
    shell(site)
    assert isinstance(await engine.rendered(plain(site)), Fetched), "the next page is not hurt"


async def test_a_browser_that_starts_while_the_engine_is_closed_does_not_stay(site, make):
    shell(site)
    engine, browser = make()
    page = asyncio.create_task(engine.rendered(plain(site)))
    await asyncio.sleep(0.2)
    assert not browser.running, "it is still starting"
    await engine.__aexit__(None, None, None)
    assert isinstance(await page, NotFetched)
    assert not browser.running
    assert not drivers()
