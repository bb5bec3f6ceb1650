"""Do the calendar and the feeds answer whoever has their address, say when nothing is new, and tell nobody else?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
import vobject
from fastapi.testclient import TestClient
from sqlalchemy import text

from alerts.run import announce
from store import archive, sources
from store.calendar import note_dates
from store.deliveries import mark_sent
from store.feeds import rotate_feed_secret
from store.outbox_views import deliveries
from store.subscriptions import NewSubscription, NoSuchSubscription, Subscription, add, end, pause, subscription
from store.values import Content, Facts, Notice, Outcome, Polarity, Severity, SourceKind, Span, Stage
from tocsin.app import App
from tocsin.rounds import compiled
from tocsin.settings import Settings
from tocsin.web.app import create_app

START = datetime(2024, 7, 10, 9, tzinfo=UTC)
BASE = "https://tocsin.example.org"


@dataclass
class Now:
    at: datetime = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Now:
    return Now()


@pytest.fixture
def client(sqlite_database, clock) -> Iterator[TestClient]:
    with TestClient(create_app(sqlite_database, clock, BASE)) as made:
        yield made


@pytest.fixture
def subscribe(sqlite_database):
    def made(address: str = "ada@example.org", **wanted: object) -> Subscription:
        with sqlite_database.begin() as session:
            return add(session, NewSubscription("email", address, **wanted), START)

    return made


@pytest.fixture
def rule(sqlite_database):
    """Writes a version of the Treasury's docket in which the comments close on a day, and lets a round note it."""

    def made(closes: str, at: datetime = START) -> None:
        spec = sources.SourceSpec(
            slug="treasury", title="Treasury rules", publisher="US Treasury", product=None, kind=SourceKind.DOCKET,
            polarity=Polarity.ALLOW, language="en", jurisdiction="US", url="https://example.gov/rules",
            host="example.gov", every=timedelta(hours=6), text="",
        )  # fmt: skip
        notice = Notice(
            number="2024-13923", title="Provisions Pertaining to U.S. Investments", stage=Stage.PROPOSED,
            document_type="Proposed Rule", span=Span(0, 0, 1, "x"), url="https://example.gov/2024-13923",
            published=datetime(2024, 7, 5).date(), comments_close=datetime.fromisoformat(closes).date(),
        )  # fmt: skip
        with sqlite_database.begin() as session:
            sources.declare(session, [spec], at, retire=False)
            [claimed] = sources.claim_named(session, ["treasury"], at, timedelta(minutes=1))
            received = archive.Received(claimed.url, 200, {}, closes.encode())
            visited = archive.Visited(
                outcome=Outcome.VERSION, at=at, due_at=at, url=claimed.url, recipe="r",
                received=received, content=Content((), Facts(notices=(notice,))),
            )  # fmt: skip
            archive.record_visit(session, claimed, visited)
        note_dates(sqlite_database, at)

    return made


def calendar(mine: Subscription) -> str:
    return f"/calendar/{mine.feed_secret}.ics"


def feed(mine: Subscription) -> str:
    return f"/feed/{mine.feed_secret}.atom"


def test_a_calendar_has_the_dates_of_its_subscription_and_moves_with_them(client, subscribe, rule, clock):
    everything, other = subscribe(), subscribe("b@example.org", publishers=("OpenAI",))
    rule("2024-08-04")
    answer = client.get(calendar(everything))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert answer.headers["cache-control"].startswith("private")
    assert "noindex" in answer.headers["x-robots-tag"]
    event = vobject.readOne(answer.text).vevent
    assert event.summary.value == "Comments close Sunday 4 August 2024: Provisions Pertaining to U.S. Investments"
    assert (event.uid.value, event.sequence.value) == ("2024-13923.comments-close@tocsin", "0")
    assert "vevent" not in vobject.readOne(client.get(calendar(other)).text).contents
    again = client.get(calendar(everything), headers={"If-None-Match": f'"x", W/{answer.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == answer.headers["etag"]
    clock.at = START + timedelta(days=10)
    assert client.get(calendar(everything)).headers["etag"] == answer.headers["etag"], "time alone changes nothing"
    rule("2024-09-03", clock.at)
    moved = client.get(calendar(everything), headers={"If-None-Match": answer.headers["etag"]})
    event = vobject.readOne(moved.text).vevent
    assert (moved.status_code, event.uid.value, event.sequence.value) == (
        200,
        "2024-13923.comments-close@tocsin",
        "1",
    )
    assert event.last_modified.value == clock.at
    assert client.get(calendar(everything)).content == moved.content, "two readers are told the same"
    clock.at += timedelta(days=500)
    assert "vevent" not in vobject.readOne(client.get(calendar(everything)).text).contents, "long over"


def test_a_head_request_has_the_headers_and_no_body(client, subscribe, rule):
    mine = subscribe()
    rule("2024-08-04")
    head, whole = client.head(calendar(mine)), client.get(calendar(mine))
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", whole.headers["etag"])


def test_a_feed_has_the_changes_of_its_subscription(client, subscribe, changed_list):
    mine = subscribe(territories=("HK",), min_severity="medium")
    lost = changed_list.lose("Hong Kong", "Japan")
    changed_list.lose("Japan")
    answer = client.get(feed(mine))
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert answer.headers["cache-control"].startswith("private")
    found = feedparser.parse(answer.content)
    assert not found.bozo
    assert [entry.link for entry in found.entries] == [f"{BASE}/changes/{lost}"]
    assert "Hong Kong" in found.entries[0].title
    assert "Japan" not in found.entries[0].title
    assert found.feed.id == f"tag:tocsin.example.org,2024-01-01:feed/subscription/{mine.id}"
    assert mine.secret not in answer.text, "the feed's address reads and nothing else"
    assert client.get(feed(mine), headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    changed_list.lose("Hong Kong")
    assert client.get(feed(mine), headers={"If-None-Match": answer.headers["etag"]}).status_code == 200


def test_a_public_feed_for_a_filter(client, changed_list):
    lost = changed_list.lose("Hong Kong")
    changed_list.lose("Japan")
    answer = client.get("/feed.atom", params={"publisher": "openai", "territory": "Hong Kong"})
    found = feedparser.parse(answer.content)
    assert [entry.link for entry in found.entries] == [f"{BASE}/changes/{lost}"]
    assert answer.headers["cache-control"].startswith("public")
    other = feedparser.parse(client.get("/feed.atom?territory=JP").content)
    assert found.feed.id != other.feed.id
    assert len(feedparser.parse(client.get("/feed.atom").content).entries) == 2
    assert feedparser.parse(client.get("/feed.atom?publisher=Nobody").content).entries == []
    for query in ("territory=Nowhere", "who=me", "kind=x", "publisher=a&publisher=b", "publisher=%00"):
        assert client.get(f"/feed.atom?{query}").status_code == 400, query
    known = {"If-None-Match": client.get("/feed.atom").headers["etag"]}
    assert client.get("/feed.atom", headers=known).status_code == 304


def test_the_list_of_changes_names_its_feed(client, changed_list):
    changed_list.lose("Hong Kong")
    page = client.get("/changes", params={"publisher": "A & B", "territory": "HK", "limit": "5"}).text
    assert page.count('href="/feed.atom?publisher=A+%26+B&amp;territory=HK"') == 2
    assert client.get("/feed.atom?publisher=A+%26+B&territory=HK").status_code == 200
    assert 'type="application/atom+xml"' in client.get("/changes").text


async def test_a_round_brings_the_calendar_up_to_date_and_reminds(
    sqlite_database, changed_list, rule, client, subscribe
):
    """What a round does, once, on real rows: a docket nobody noted yet, a critical message an hour old."""
    mine = subscribe(remind_after=3600)
    changed_list.at = START - timedelta(hours=2)
    changed_list.lose("Hong Kong", severity=Severity.CRITICAL)
    rule("2024-08-04")
    with sqlite_database.begin() as session:
        session.execute(text("delete from calendar_entry"))
    announce(sqlite_database, START)
    with sqlite_database.begin() as session:
        for one in deliveries(session):
            mark_sent(session, one.id, "250 ok", START)
    app = App(Settings(model="none"), sqlite_database, lambda: START + timedelta(hours=1))
    for _ in range(2):
        await compiled(app)
    assert vobject.readOne(client.get(calendar(mine)).text).vevent.sequence.value == "0"
    with sqlite_database.read() as session:
        purposes = session.execute(text("select purpose from delivery order by id")).scalars().all()
    assert purposes == ["changes", "reminder"]


def test_a_page_s_own_words_never_break_a_feed(client, changed_list):
    changed_list.title = "]]>\x00\x1f\ufffe<script>&amp;\u202e" + "x" * 1_000_000
    changed_list.publisher = "<b>Evil & Sons</b>"
    changed_list.lose("Hong Kong")
    answer = client.get("/feed.atom")
    found = feedparser.parse(answer.content)
    assert not found.bozo
    assert len(answer.content) < 20_000
    assert b"<script" not in answer.content


@pytest.mark.parametrize("secret", ["nobody", "x" * 4000, "%00", "é", "..%2f", " "])
def test_nobody_else_s_address_is_found(client, subscribe, secret):
    mine = subscribe()
    for path in (f"/calendar/{secret}.ics", f"/feed/{secret}.atom"):
        assert client.get(path).status_code == 404
    for path in (f"/calendar/{mine.secret}.ics", f"/feed/{mine.id}.atom", f"/calendar/{mine.feed_secret}"):
        assert client.get(path).status_code == 404


def test_paused_goes_on_ended_is_gone_and_unconfirmed_waits(client, subscribe, sqlite_database):
    mine = subscribe()
    with sqlite_database.begin() as session:
        pause(session, mine.id, "holidays", START)
        waiting = add(session, NewSubscription("email", "b@example.org"), START, confirmed=False)
    assert client.get(calendar(mine)).status_code == client.get(feed(mine)).status_code == 200
    assert client.get(calendar(waiting)).status_code == client.get(feed(waiting)).status_code == 404
    with sqlite_database.begin() as session:
        end(session, mine.id, START)
    for path in (calendar(mine), feed(mine)):
        gone = client.get(path)
        assert gone.status_code == 410
        assert "noindex" in gone.headers["x-robots-tag"]


def test_a_new_address_makes_the_old_one_nobody_s(client, subscribe, sqlite_database):
    mine = subscribe()
    with sqlite_database.begin() as session:
        renewed = rotate_feed_secret(session, mine.secret)
        with pytest.raises(NoSuchSubscription):
            rotate_feed_secret(session, "nobody")
    assert (renewed.secret, renewed.id) == (mine.secret, mine.id)
    assert client.get(calendar(mine)).status_code == client.get(feed(mine)).status_code == 404
    assert client.get(calendar(renewed)).status_code == client.get(feed(renewed)).status_code == 200


def test_its_owner_may_give_it_a_new_address_by_page(client, subscribe, sqlite_database):
    mine = subscribe()
    answer = client.post(f"/subscriptions/{mine.secret}/feeds", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/subscriptions/{mine.secret}")
    assert client.get(feed(mine)).status_code == 404
    with sqlite_database.read() as session:
        assert client.get(feed(subscription(session, mine.id))).status_code == 200
    assert client.post(f"/subscriptions/{mine.feed_secret}/feeds").status_code == 404, "that one only reads"
    assert client.get(f"/subscriptions/{mine.secret}/feeds").status_code == 405


def test_the_operator_may_give_it_a_new_address_by_command(tocsin):
    tocsin("subscribe", "--email", "ada@example.org", "--confirmed")
    before = tocsin("subscription", "show", "1")
    said = tocsin("subscription", "rotate", "1")
    assert [line for line in said.splitlines() if line.startswith("calendar")]
    assert tocsin("subscription", "show", "1") != before
    assert "no subscription" in tocsin("subscription", "rotate", "9", code=2)


def test_an_operator_s_feed_is_empty_and_in_the_reader_s_language(client, subscribe):
    operator = subscribe(operator=True, locale="fr")
    found = feedparser.parse(client.get(feed(operator)).content)
    assert (found.bozo, found.entries, found.feed.language) == (False, [], "fr")
