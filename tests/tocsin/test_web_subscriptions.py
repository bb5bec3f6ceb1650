"""Can somebody subscribe on the page or over the API, say yes, look after it, and harm nobody?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from store import sources
from store.database import Database
from store.outbox_views import deliveries
from store.subscriptions import NewSubscription, Subscription, add, list_subscriptions, subscription
from store.values import DeliveryState, Polarity, Purpose, SourceKind
from tocsin.web.app import create_app
from tocsin.web.by_secret import BODY_AT_MOST, half_hidden

NOW = datetime(2024, 7, 9, 8, tzinfo=UTC)
BASE = "https://tocsin.example.org"
EVIL = '"><script>alert(1)</script>'
HOOK = "https://example.com/hooks/T0/secret"


@dataclass
class Site:
    """The app on a database, at a moment that tests move."""

    database: Database
    at: datetime = NOW
    client: TestClient = field(init=False)

    def stored(self) -> tuple[Subscription, ...]:
        with self.database.read() as session:
            return list_subscriptions(session, ended=True)

    def of(self, which: int) -> Subscription:
        with self.database.read() as session:
            return subscription(session, which)

    def purposes(self) -> list[Purpose]:
        with self.database.read() as session:
            return [one.purpose for one in deliveries(session)]

    def add(self, **wish: Any) -> Subscription:
        with self.database.begin() as session:
            return add(session, NewSubscription(**{"channel": "email", "address": "ada@example.org"} | wish), self.at)


@pytest.fixture
def site(sqlite_database: Database) -> Iterator[Site]:
    yield from _opened(sqlite_database)


@pytest.fixture
def each_site(database: Database) -> Iterator[Site]:
    """On SQLite and on PostgreSQL, for what a database itself might refuse."""
    yield from _opened(database)


def _opened(database: Database) -> Iterator[Site]:
    made = Site(database)
    spec = sources.SourceSpec(
        slug="evil-list",
        title="A list",
        publisher=f"Evil {EVIL}",
        product="{{ 7 * 7 }}",
        kind=SourceKind.AVAILABILITY,
        polarity=Polarity.ALLOW,
        language="fr",
        jurisdiction=None,
        url="https://example.com/",
        host="example.com",
        every=timedelta(hours=1),
        text="",
    )
    with database.begin() as session:
        sources.declare(session, [spec], NOW, retire=False)
    with TestClient(create_app(database, lambda: made.at, BASE)) as client:
        made.client = client
        yield made


def test_the_form_is_linked_from_every_page_and_needs_no_script(site: Site) -> None:
    assert '<a href="/subscribe"' in site.client.get("/").text
    page = site.client.get("/subscribe")
    assert page.status_code == 200
    for name in (
        *("channel", "address", "locale", "territories", "watched", "min_severity", "publishers", "products", "kinds"),
        *("digest", "timezone", "quiet_from", "quiet_to"),
    ):
        assert f'name="{name}"' in page.text, name
    assert "<script" not in page.text
    assert "set-cookie" not in page.headers


def test_hostile_names_in_the_form_are_text(site: Site) -> None:
    page = site.client.get("/subscribe").text
    assert EVIL not in page
    assert f"Evil {EVIL}" in unescape(page)
    assert "{{ 7 * 7 }}" in page


def test_from_the_form_to_the_yes(each_site: Site) -> None:
    site = each_site
    form = {
        "channel": "email", "address": "ada@example.org", "territories": "Hong Kong, 澳门；EU", "watched": "HK",
        "publishers": [f"Evil {EVIL}", "OpenAI"], "kinds": ["availability", "territory_removed"], "digest": "weekly",
        "timezone": "Asia/Hong_Kong", "quiet_from": "22:00", "quiet_to": "07:00", "locale": "fr",
        "min_severity": "medium", "products": "", "languages": "fr",
    }  # fmt: skip
    answer = site.client.post("/subscribe", data=form)
    assert answer.status_code == 201, answer.text
    assert "Look into your mail" in answer.text
    [one] = site.stored()
    assert one.secret not in answer.text
    assert one.territories == ("EU", "HK", "MO")
    assert (one.watched, one.kinds) == (("HK",), ("availability", "territory_removed"))
    assert one.publishers == (f"Evil {EVIL}", "OpenAI")
    assert (one.digest, one.timezone, one.quiet_from, one.quiet_to) == ("weekly", "Asia/Hong_Kong", "22:00", "07:00")
    assert (one.locale, one.min_severity.value, one.languages, one.active) == ("fr", "medium", ("fr",), False)
    assert site.purposes() == [Purpose.CONFIRMATION]

    for _ in range(2):  # a scanner follows the link, and changes nothing
        asked = site.client.get(f"/confirm/{one.secret}")
        assert "<button>Yes, send it</button>" in asked.text
        assert "ada@example.org" not in asked.text
        assert EVIL not in asked.text
        assert site.of(one.id).confirmed_at is None
    for _ in range(2):
        said = site.client.post(f"/confirm/{one.secret}")
        assert "Confirmed" in said.text
        assert (said.headers["cache-control"], said.headers["x-robots-tag"]) == ("no-store", "noindex")
    assert site.of(one.id).confirmed_at == NOW


def test_a_late_yes_is_refused(site: Site) -> None:
    site.client.post("/subscribe", data={"channel": "email", "address": "ada@example.org"})
    [one] = site.stored()
    site.at = NOW + timedelta(days=7)
    for answer in (site.client.get(f"/confirm/{one.secret}"), site.client.post(f"/confirm/{one.secret}")):
        assert answer.status_code == 404
        assert "ask for it again" in answer.text
    assert site.of(one.id).confirmed_at is None


WRONG = [
    ({"address": "ada"}, "address"),
    ({"address": "ada@example.org\r\nBcc: eve@example.org"}, "address"),
    ({"address": EVIL}, "address"),
    ({"territories": "Hong Kong, Atlantis"}, "territories"),
    ({"watched": "Atlantis"}, "watched"),
    ({"timezone": "Europe/Pariss"}, "timezone"),
    ({"quiet_from": "22:00"}, "quiet_to"),
    ({"quiet_from": "99:00", "quiet_to": "07:00"}, "quiet_from"),
    ({"min_severity": "huge"}, "min_severity"),
    ({"digest": "hourly"}, "digest"),
    ({"locale": "tlh"}, "locale"),
    ({"kinds": ["gossip"]}, "kinds"),
    ({"publishers": ["A\nB"]}, "publishers"),
    ({"publishers": ["x" * 10_000]}, "publishers"),
    ({"languages": ["klingonese"]}, "languages"),
    ({"channel": "pigeon"}, "channel"),
    ({"channel": "webhook", "address": "javascript:alert(1)"}, "address"),
    ({"channel": "slack", "address": "#general"}, "address"),
    ({"channel": "apprise", "address": "nosuch://x"}, "address"),
]


@pytest.mark.parametrize(("written", "where"), WRONG)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_stored(
    site: Site, written: dict[str, Any], where: str
) -> None:
    answer = site.client.post("/subscribe", data={"channel": "email", "address": "ada@example.org"} | written)
    assert answer.status_code == 400
    assert f'id="wrong-{where}"' in answer.text
    assert 'role="alert"' in answer.text
    assert EVIL not in answer.text
    assert (site.stored(), site.purposes()) == ((), [])


def test_what_was_written_stays_in_the_form(site: Site) -> None:
    form = {"channel": "email", "address": "ada", "territories": "Hong Kong, EU", "kinds": ["terms"], "digest": "daily"}
    page = site.client.post("/subscribe", data=form).text
    assert 'value="Hong Kong, EU"' in page
    assert 'value="terms" checked' in page
    assert '<option value="daily" selected>' in page


@pytest.mark.parametrize("body", [b"team=Legal", b"operator=1", b"secret=x", b"\xff\xfe", b"a=1&" * 600])
def test_a_form_that_is_none_of_ours(site: Site, body: bytes) -> None:
    answer = site.client.post("/subscribe", content=b"channel=email&address=ada@example.org&" + body)
    assert answer.status_code == 400
    assert "Nothing was stored" in answer.text
    assert site.stored() == ()


@pytest.mark.parametrize("path", ["/subscribe", "/api/subscriptions"])
def test_a_megabyte_is_not_read(site: Site, path: str) -> None:
    answer = site.client.post(path, content=b"x" * 1_000_000)
    assert answer.status_code == 413
    assert f"{BODY_AT_MOST:,}" in answer.text
    assert site.stored() == ()


def test_a_webhook_by_the_form_gets_its_addresses_and_secret_once(site: Site) -> None:
    form = {"channel": "webhook", "address": HOOK}
    page = site.client.post("/subscribe", data=form).text
    [one] = site.stored()
    assert one.active
    for told in (f"{BASE}/subscriptions/{one.secret}", f"{BASE}/feed/{one.feed_secret}.atom", one.signing_secret):
        assert str(told) in unescape(page)
    assert "/hooks/" not in page
    again = site.client.post("/subscribe", data=form)
    assert (again.status_code, one.secret in again.text) == (400, False)
    assert "already" in again.text


def test_looking_after_a_subscription(site: Site) -> None:
    one = site.add(territories=("HK",), quiet_from="22:00", quiet_to="07:00", team=EVIL)
    at = f"/subscriptions/{one.secret}"
    page = site.client.get(at)
    assert "It is active" in page.text
    assert f"{BASE}/calendar/{one.feed_secret}.ics" in page.text
    assert EVIL not in page.text
    assert "ada@example.org" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert site.of(one.id).active
    assert "It is paused" in site.client.post(f"{at}/pause").text
    assert site.of(one.id).paused_reason == "paused by its owner"
    assert "It is active" in site.client.post(f"{at}/resume").text
    assert site.of(one.id).active
    site.client.post(f"/unsubscribe/{one.secret}", data={"List-Unsubscribe": "One-Click"})
    ended = site.client.get(at).text
    assert "It ended" in ended
    assert "<button" not in ended


def test_one_click_ends_one_of_a_team_at_once_and_drops_what_was_queued(site: Site) -> None:
    ann, bob = site.add(team="Legal"), site.add(team="Legal", address="bob@example.org")
    for one in (ann, bob):
        from alerts.sample import send_sample

        with site.database.begin() as session:
            send_sample(session, one, NOW)
    answer = site.client.post(
        f"/unsubscribe/{ann.secret}",
        data={"List-Unsubscribe": "One-Click"},
        headers={"Origin": "https://mail.example.net", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 200
    with site.database.read() as session:
        states = {one.subscription_id: one.state for one in deliveries(session)}
    assert states == {ann.id: DeliveryState.DEAD, bob.id: DeliveryState.PENDING}
    assert (site.of(ann.id).ended_at, site.of(bob.id).active) == (NOW, True)


@pytest.mark.parametrize("path", ["/confirm/{}", "/subscriptions/{}", "/unsubscribe/{}", "/api/subscriptions/{}"])
@pytest.mark.parametrize("secret", ["1", "nobody", "x" * 5000, "%00", "%E2%80%AE", "' or 1=1 --"])
def test_who_does_not_hold_the_secret_finds_nothing(each_site: Site, path: str, secret: str) -> None:
    site = each_site
    site.add()
    assert site.client.get(path.format(secret)).status_code == 404


def api(site: Site, method: str, path: str = "", body: Any = None) -> tuple[int, Any]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    answer = site.client.request(method, f"/api/subscriptions{path}", content=content)
    assert answer.headers.get("cache-control") == "no-store" or answer.status_code >= 400
    return answer.status_code, answer.json()


def test_an_address_by_the_api_is_asked_and_its_secret_goes_by_mail_only(site: Site) -> None:
    wish = {"channel": "email", "address": "ada@example.org", "territories": ["Hong Kong"], "locale": "zh"}
    status, told = api(site, "POST", "", wish)
    assert status == 201
    [one] = site.stored()
    assert (told["state"], told["territories"], told["locale"]) == ("unconfirmed", ["HK"], "zh_Hans_CN")
    assert one.secret not in json.dumps(told)
    assert one.feed_secret not in json.dumps(told)
    assert site.purposes() == [Purpose.CONFIRMATION]


def test_the_answer_does_not_tell_who_is_subscribed(site: Site) -> None:
    known = site.add(territories=("HK",), quiet_from="22:00", quiet_to="07:00", team="Legal")
    answers = [
        api(site, "POST", "", {"channel": "email", "address": address, "territories": ["HK"], "min_severity": "info"})
        for address in ("ada@example.org", "new@example.org")
    ]
    assert answers[0][1] | {"address": ""} == answers[1][1] | {"address": ""}
    assert site.of(known.id) == known


def test_a_fourth_question_in_a_day_is_refused(site: Site) -> None:
    severities = ("info", "low", "medium", "high")
    answers = [
        api(site, "POST", "", {"channel": "email", "address": "ada@example.org", "min_severity": one})
        for one in severities
    ]
    assert [status for status, _ in answers] == [201, 201, 201, 400]
    assert answers[3][1]["parameter"] == "address"
    assert "tomorrow" in answers[3][1]["error"]
    assert len(site.stored()) == 3


def test_a_webhook_by_the_api_and_everything_its_owner_may_do(each_site: Site) -> None:
    site = each_site
    status, made = api(site, "POST", "", {"channel": "webhook", "address": HOOK, "group_wait": "5m"})
    assert status == 201
    assert made["signing_secret"].startswith("whsec_")
    assert (made["state"], made["group_wait"], made["min_severity"]) == ("active", 300, "low")
    assert made["manage"] == f"{BASE}/subscriptions/{made['secret']}"
    at = f"/{made['secret']}"
    status, read = api(site, "GET", at)
    assert (status, read["address"]) == (200, HOOK)
    assert not {"secret", "signing_secret"} & set(read)
    status, changed = api(site, "PATCH", at, {"territories": ["EU"], "digest": "daily", "quiet_from": None})
    assert (status, changed["territories"], changed["digest"]) == (200, ["EU"], "daily")
    assert api(site, "POST", f"{at}/pause")[1]["state"] == "paused"
    assert api(site, "POST", f"{at}/resume")[1]["state"] == "active"
    assert api(site, "DELETE", at)[1]["state"] == "ended"
    assert api(site, "GET", at)[1]["ended_at"] == "2024-07-09T08:00:00Z"


def test_who_knows_a_webhooks_address_does_not_get_its_secrets(site: Site) -> None:
    wish = {"channel": "webhook", "address": HOOK}
    _, made = api(site, "POST", "", wish)
    status, told = api(site, "POST", "", wish)
    assert (status, told["parameter"]) == (409, "address")
    assert made["secret"] not in json.dumps(told)
    assert made["signing_secret"] not in json.dumps(told)


def test_escalating_to_another_needs_its_secret(each_site: Site) -> None:
    site = each_site
    boss, mine = site.add(address="boss@example.org"), site.add()
    at = f"/{mine.secret}"
    assert api(site, "PATCH", at, {"escalate_to": boss.secret})[1]["escalate_to"] == boss.id
    assert api(site, "PATCH", at, {"escalate_to": None})[1]["escalate_to"] is None
    for other in (boss.id, str(boss.id), "nobody", mine.secret, "\x00", ["x"]):
        status, told = api(site, "PATCH", at, {"escalate_to": other})
        assert (status, told["parameter"]) == (400, "escalate_to"), other
    assert site.of(mine.id).escalate_to is None


@pytest.mark.parametrize(("written", "parameter"), [(written, where) for written, where in WRONG])
def test_the_api_names_the_parameter_and_stores_nothing(site: Site, written: dict[str, Any], parameter: str) -> None:
    wish = {"channel": "email", "address": "ada@example.org"} | written
    wish |= {name: wish[name].split(", ") for name in ("territories", "watched") if name in wish}
    status, told = api(site, "POST", "", wish)
    assert (status, told["parameter"]) == (400, parameter)
    assert len(told["error"]) < 2000
    assert (site.stored(), site.purposes()) == ((), [])


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        (b"", "body"),
        (b"[]", "body"),
        (b"{", "body"),
        (b"\xff", "body"),
        (b"[" * 60_000, "body"),
        ({}, "channel"),
        ({"channel": "email"}, "address"),
        ({"channel": 1, "address": "a@example.org"}, "channel"),
        ({"channel": "email", "address": "a@example.org", "team": "Legal"}, "team"),
        ({"channel": "email", "address": "a@example.org", "operator": True}, "operator"),
        ({"channel": "email", "address": "a@example.org", "nonsense": 1}, "nonsense"),
        ({"channel": "email", "address": "a@example.org", "confirmed": True}, "confirmed"),
        ({"channel": "email", "address": "a@example.org", "territories": "HK"}, "territories"),
        ({"channel": "email", "address": "a@example.org", "territories": [1]}, "territories"),
        ({"channel": "email", "address": "a@example.org", "group_wait": 1.5}, "group_wait"),
        ({"channel": "email", "address": "a@example.org", "group_wait": True}, "group_wait"),
        ({"channel": "email", "address": "a@example.org", "group_wait": -1}, "group_wait"),
        ({"channel": "email", "address": "a@example.org", "timezone": None}, "timezone"),
        ({"channel": "email", "address": "a@example.org", "min_severity": {}}, "min_severity"),
    ],
)
def test_a_body_that_cannot_be_read(site: Site, body: Any, parameter: str) -> None:
    status, told = api(site, "POST", "", body)
    assert (status, told["parameter"]) == (400, parameter)
    assert site.stored() == ()


def test_what_may_not_be_amended(site: Site) -> None:
    mine = site.add()
    for name, value in (("address", "eve@example.org"), ("channel", "slack"), ("team", "Legal"), ("secret", "x")):
        status, told = api(site, "PATCH", f"/{mine.secret}", {name: value})
        assert (status, told["parameter"]) == (400, name)
    assert site.of(mine.id) == mine


def test_without_a_mail_server_nobody_is_promised_mail(sqlite_database: Database) -> None:
    with TestClient(create_app(sqlite_database, lambda: NOW, mails=False)) as client:
        assert 'value="email"' not in client.get("/subscribe").text
        answer = client.post("/api/subscriptions", json={"channel": "email", "address": "a@example.org"})
        assert (answer.status_code, answer.json()["parameter"]) == (400, "channel")
        assert client.post("/subscribe", data={"channel": "email", "address": "a@example.org"}).status_code == 400


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ada@example.org", "a…@example.org"),
        (HOOK, "example.com/…"),
        ("discord://4711/secret", "discord://…"),
        ("#compliance", "#compliance"),
    ],
)
def test_an_address_is_shown_to_its_owner_only(address: str, said: str) -> None:
    assert half_hidden(address) == said


def test_strangers_together_make_so_many_a_day_and_the_operator_any_number(database):
    app = create_app(database, lambda: NOW, BASE, subscriptions_a_day=2)
    later = create_app(database, lambda: NOW + timedelta(days=1), BASE, subscriptions_a_day=2)
    with TestClient(app) as client:
        for number, way in enumerate(("/api/subscriptions", "/subscribe", "/api/subscriptions", "/subscribe")):
            wish = {"channel": "email", "address": f"a{number}@example.org"}
            answer = client.post(way, json=wish) if "api" in way else client.post(way, data=wish)
            assert answer.status_code == (201 if number < 2 else 429), answer.text
            assert ("come back tomorrow" in answer.text) is (number >= 2)
    with database.begin() as session:
        assert len(list_subscriptions(session)) == len(deliveries(session)) == 2
        add(session, NewSubscription("email", "by-command@example.org"), NOW)
    with TestClient(later) as client:
        wish = {"channel": "webhook", "address": HOOK}
        assert client.post("/api/subscriptions", json=wish).status_code == 201
