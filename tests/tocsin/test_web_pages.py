"""Do the pages show what the store knows, in words, with evidence, and harmlessly whatever a page said?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from store import archive, history, pending, sources, subscriptions
from store.database import Database
from store.values import (
    Availability,
    Content,
    Facts,
    Finding,
    FindingKind,
    Held,
    Judgement,
    Outcome,
    Passage,
    PassageKind,
    Polarity,
    Severity,
    SourceKind,
    Span,
    Status,
)
from store.views import ChangeFilter
from tocsin.web.app import create_app

START = datetime(2024, 7, 8, 8, 0, tzinfo=UTC)
NOW = START + timedelta(days=1, minutes=22)
EVIL = '<script>alert("1")</script>'


@dataclass
class House:
    """A database that is filled by hand, and a browser for it."""

    database: Database
    client: TestClient

    def declare(self, slug: str, **fields: object) -> None:
        spec = sources.SourceSpec(
            slug=slug,
            title="Example AI: regions",
            publisher="Example AI",
            product="Example API",
            kind=SourceKind.AVAILABILITY,
            polarity=Polarity.ALLOW,
            language="en",
            jurisdiction="US",
            url=f"https://example.com/{slug}",
            host="example.com",
            every=timedelta(hours=6),
            text="",
        )
        with self.database.begin() as session:
            sources.declare(session, [replace(spec, **fields)], START, retire=False)  # type: ignore[arg-type]

    def visit(
        self, slug: str, at: datetime, content: Content | None, outcome: Outcome, reason: str | None = None
    ) -> int | None:
        body = repr(content).encode()
        with self.database.begin() as session:
            (claimed,) = sources.claim_named(session, [slug], at, timedelta(minutes=1))
            visited = archive.Visited(
                outcome=outcome,
                at=at,
                due_at=at + timedelta(hours=6),
                url=claimed.url,
                recipe="r",
                reason=reason,
                status=200,
                received=archive.Received(claimed.url, 200, {"content-type": "text/html"}, body),
                content=content,
            )
            return archive.record_visit(session, claimed, visited)

    def version(self, slug: str, at: datetime, content: Content) -> int:
        version = self.visit(slug, at, content, Outcome.VERSION)
        assert version is not None
        return version

    def judge(self, version: int, at: datetime, *findings: Finding, judgement: Judgement | None) -> None:
        with self.database.begin() as session:
            pending.record_judgement(session, version, findings, judgement, at)


@pytest.fixture
def house(sqlite_database: Database) -> Iterator[House]:
    app = create_app(sqlite_database, lambda: NOW)
    with TestClient(app) as client:
        yield House(sqlite_database, client)


def listing(*names: str) -> Content:
    codes = {"Hong Kong": "HK", "Macao": "MO", "Japan": "JP", "France": "FR", "Kenya": "KE", "Chile": "CL"}
    passages = (
        Passage(PassageKind.HEADING, "Supported regions"),
        *(Passage(PassageKind.LIST_ITEM, name, ("Supported regions",)) for name in names),
    )
    facts = tuple(
        Availability(codes[name], "Example API", Status.LISTED, name, Span(index, 0, len(name), name))
        for index, name in enumerate(names, 1)
    )
    return Content(passages, Facts(availability=facts))


def removed(code: str, name: str, passage: int) -> Finding:
    return Finding(
        FindingKind.TERRITORY_REMOVED,
        Severity.HIGH,
        old="listed",
        new="not listed",
        old_span=Span(passage, 0, len(name), name),
        product="Example API",
        territory=code,
    )


JUDGED = Judgement(True, 0.9, Severity.HIGH, ("the set of territories became smaller",))


def two_removed(house: House, *, confirmed: bool = True) -> str:
    """A list that loses Hong Kong and Macao; returns the change's address."""
    house.declare("example-regions")
    first = house.version("example-regions", START, listing("Chile", "France", "Hong Kong", "Japan", "Kenya", "Macao"))
    house.judge(first, START, judgement=None)
    later = START + timedelta(days=1)
    second = house.version("example-regions", later, listing("Chile", "France", "Japan", "Kenya"))
    waiting = replace(JUDGED, held=Held.AWAITING_CONFIRMATION)
    house.judge(second, later, removed("HK", "Hong Kong", 3), removed("MO", "Macao", 6), judgement=waiting)
    if confirmed:
        house.visit("example-regions", later + timedelta(minutes=10), None, Outcome.CONFIRMED)
    return f"{first}..{second}"


def test_an_empty_house_says_what_to_do(house: House) -> None:
    page = house.client.get("/")
    assert page.status_code == 200
    assert "Tocsin rings when the rules of access change" in page.text
    assert "Nothing is watched yet" in page.text
    assert "make demo" in page.text


def test_home_tells_what_changed_and_when_it_was_verified(house: House) -> None:
    address = two_removed(house)
    house.declare("never-seen", title="Another list", publisher="Other")
    page = house.client.get("/").text
    assert "Example API no longer lists Hong Kong and Macao" in page
    assert f'href="/changes/{address}"' in page
    assert "12 minutes ago" in page
    assert 'datetime="2024-07-09T08:10:00Z" title="2024-07-09 08:10 UTC"' in page
    assert "not yet visited" in page
    assert 'class="badge high"' in page


def test_home_says_why_a_source_is_not_verified(house: House) -> None:
    house.declare("old", every=timedelta(hours=1), title="Old list")
    house.version("old", START, listing("Japan"))
    house.visit("old", NOW - timedelta(minutes=5), None, Outcome.BLOCKED, "a challenge page")
    page = house.client.get("/").text
    assert "stale since 8 July 2024 08:00 UTC, blocked: a challenge page" in page


def test_a_change_awaiting_confirmation_is_not_on_the_first_page_but_in_the_list_with_its_reason(house: House) -> None:
    two_removed(house, confirmed=False)
    assert "no longer lists" not in house.client.get("/").text
    page = house.client.get("/changes").text
    assert "no longer lists Hong Kong and Macao" in page
    assert "Held back: waiting for a second visit to confirm it" in page
    assert "no longer lists" not in house.client.get("/changes", params={"held": "false"}).text


def test_a_change_shows_words_judgement_texts_and_evidence(house: House) -> None:
    address = two_removed(house)
    page = house.client.get(f"/changes/{address}").text
    assert "<del>Hong Kong</del>" in page
    assert "<del>Macao</del>" in page
    assert "Hong Kong (HK)" in page
    assert "the set of territories became smaller" in page
    assert "confirmed on" in page
    with house.database.read() as session:
        (view,) = history.changes(session, ChangeFilter())
    assert view.before.sha256 in page
    assert view.after.sha256 in page
    assert (
        view.before.sha256
        == hashlib.sha256(repr(listing("Chile", "France", "Hong Kong", "Japan", "Kenya", "Macao")).encode()).hexdigest()
    )
    assert "2 passages unchanged" in page  # heading and Chile: nothing near them changed


def test_unchanged_passages_far_away_are_counted_not_shown(house: House) -> None:
    address = two_removed(house)
    page = house.client.get(f"/changes/{address}").text
    assert "Chile" not in page
    assert "France" in page  # the neighbour of what went


@pytest.mark.parametrize(
    "path",
    [
        "/changes/1..2",
        "/changes/x",
        "/changes/²..3",
        f"/changes/{'9' * 30}..1",
        "/nowhere",
        "/sources/nobody",
        "/sources/%00",
        "/unsubscribe/nobody",
        "/unsubscribe/%00",
    ],
)
def test_what_does_not_exist_is_404_in_words(house: House, path: str) -> None:
    answer = house.client.get(path)
    assert answer.status_code == 404
    assert "Back to the first page" in answer.text


def test_every_answer_carries_the_security_headers(house: House) -> None:
    for path in ("/", "/changes", "/availability", "/static/tocsin.css", "/api/changes", "/nowhere"):
        headers = house.client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


def test_hostile_page_text_is_shown_as_text(house: House) -> None:
    house.declare(
        "evil",
        title=f"Title {EVIL}",
        publisher=f"Pub {EVIL}",
        product=f"Prod {EVIL}",
        url="javascript:alert(1)",
        kind=SourceKind.FEED,
    )
    heading = Passage(PassageKind.HEADING, EVIL)
    old = Content((heading, Passage(PassageKind.PARAGRAPH, f"before {EVIL}", (EVIL,))))
    new = Content((heading, Passage(PassageKind.PARAGRAPH, f"after {EVIL} \u202ereversed", (EVIL,))))
    first = house.version("evil", START, old)
    house.judge(first, START, judgement=None)
    second = house.version("evil", START + timedelta(hours=1), new)
    # A span that lies outside its passage must not break the page either.
    finding = Finding(
        FindingKind.ENTRY_REPORTED,
        Severity.INFO,
        old=None,
        new=EVIL,
        old_span=Span(1, -5, 9999, EVIL),
        new_span=Span(77, 0, 5, EVIL),
        product=EVIL,
        territory="<b>",
        subject="javascript:alert(2)",
    )
    judged = Judgement(True, 0.5, Severity.INFO, (f"because {EVIL}",), model=EVIL)
    house.judge(second, START, finding, judgement=judged)
    for path in ("/", "/changes", f"/changes/{first}..{second}", "/sources/evil", "/availability?territory=HK"):
        page = house.client.get(path)
        assert page.status_code == 200, path
        assert "<script" not in page.text, path
        assert 'href="javascript' not in page.text, path
    page = house.client.get(f"/changes/{first}..{second}").text
    assert "&lt;script&gt;" in page


def test_links_to_watched_pages_give_nothing_away(house: House) -> None:
    house.declare("plain")
    assert 'href="https://example.com/plain" rel="noreferrer noopener nofollow"' in house.client.get("/").text


def test_a_source_page_tells_declaration_coverage_and_changes(house: House) -> None:
    two_removed(house)
    page = house.client.get("/sources/example-regions").text
    assert "every 6 hours" in page
    assert "names where it may be used" in page
    assert "3 visits, 3 verified" in page
    assert "no longer lists Hong Kong and Macao" in page


def test_availability_by_name_and_day_brackets_the_change(house: House) -> None:
    two_removed(house)
    before = house.client.get("/availability", params={"territory": "香港", "at": "2024-07-08"}).text
    assert "Hong Kong (HK) on 2024-07-08 23:59 UTC" in before
    assert 'class="answer listed"' in before
    assert "2024-07-09 08:00 UTC" in before  # the first good capture after
    today = house.client.get("/availability", params={"territory": "hk", "at": "2024-07-09"}).text
    assert 'class="answer not_listed"' in today


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"territory": "Nowhereland"}, "Hong Kong"),
        ({"territory": "HK", "at": "2031-01-01"}, "future"),
        ({"territory": "HK", "at": "soon"}, "2024-07-09"),
    ],
)
def test_a_bad_question_is_answered_with_what_to_write(house: House, parameters: dict[str, str], said: str) -> None:
    page = house.client.get("/availability", params=parameters)
    assert page.status_code == 400
    assert 'role="alert"' in page.text
    assert said in page.text


def test_unsubscribing_needs_a_button_and_a_get_changes_nothing(house: House) -> None:
    with house.database.begin() as session:
        made = subscriptions.add(
            session, subscriptions.NewSubscription("email", "ann@example.org", territories=("HK",)), START
        )
    page = house.client.get(f"/unsubscribe/{made.secret}")
    assert "<button>End it</button>" in page.text
    assert "a…@example.org" in page.text
    assert "ann@example.org" not in page.text
    assert page.headers["cache-control"] == "no-store"
    with house.database.read() as session:
        assert subscriptions.subscription(session, made.id).ended_at is None


def test_one_click_ends_a_subscription_and_twice_is_fine(house: House) -> None:
    with house.database.begin() as session:
        made = subscriptions.add(session, subscriptions.NewSubscription("email", "ann@example.org"), START)
    for _ in range(2):
        answer = house.client.post(f"/unsubscribe/{made.secret}", data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "Nothing more is sent" in answer.text
    with house.database.read() as session:
        assert subscriptions.subscription(session, made.id).ended_at == NOW


def test_a_number_is_no_secret(house: House) -> None:
    with house.database.begin() as session:
        made = subscriptions.add(session, subscriptions.NewSubscription("email", "ann@example.org"), START)
    assert house.client.post(f"/unsubscribe/{made.id}").status_code == 404


def test_pages_load_nothing_from_elsewhere(house: House) -> None:
    two_removed(house)
    for path in ("/", "/changes", "/availability", "/sources/example-regions"):
        page = house.client.get(path).text
        assert 'src="http' not in page
        assert '<link rel="stylesheet" href="/static/' in page
    assert "http" not in house.client.get("/static/tocsin.css").text
