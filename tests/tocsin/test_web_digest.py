"""Does the digest have its page and files, for anybody and by the secret that only reads, and say no clearly?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from store.database import Database, open_database
from store.subscriptions import NewSubscription, Subscription, add, end
from tocsin.web.app import create_app

NOW = datetime(2024, 11, 16, 9, 10, tzinfo=UTC)


@pytest.fixture(scope="module")
def database(replayed: Any) -> Iterator[Database]:
    opened = open_database(replayed.environment["TOCSIN_DATABASE_URL"])
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def client(database: Database) -> Iterator[TestClient]:
    with TestClient(create_app(database, lambda: NOW), follow_redirects=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def mine(database: Database) -> Subscription:
    new = NewSubscription(
        channel="email", address="ada@example.org", territories=("HK",), digest="weekly", timezone="Asia/Hong_Kong",
        locale="fr",
    )  # fmt: skip
    with database.begin() as session:
        return add(session, new, NOW, confirmed=True)


def test_the_page(client: TestClient) -> None:
    page = client.get("/digest/2024-W28")
    assert page.status_code == 200
    for said in ("Sunday 4 August 2024", "said to end: Tencent makes an offer", "168 of 168 hours", "<svg"):
        assert said in page.text
    assert " style=" not in page.text, "the content security policy allows none"
    assert "<script" not in page.text
    assert 'href="/changes/' in page.text
    assert 'aria-current="page">Digest' in page.text


def test_every_link_of_the_page_leads_somewhere(client: TestClient) -> None:
    page = client.get("/digest/2024-W28").text
    ours = {one.replace("&amp;", "&") for one in re.findall(r'href="(/[^"]*)"', page)}
    assert {"/digest/2024-W27", "/digest/2024-W29", "/digest/2024-W28?as_known=now"} <= ours
    assert [one for one in sorted(ours) if client.get(one).status_code not in (200, 307)] == []


def test_the_newest_whole_week(client: TestClient) -> None:
    answer = client.get("/digest")
    assert (answer.status_code, answer.headers["location"]) == (307, "/digest/2024-W45")


def test_then_and_now(client: TestClient) -> None:
    assert "2024-25422" not in client.get("/digest/2024-W28").text
    assert "since then: final rule" in client.get("/digest/2024-W28?as_known=now").text


def test_filters_and_zone(client: TestClient) -> None:
    address = "/digest/2024-W28?territory=Hong+Kong&publisher=OpenAI&timezone=Asia/Hong_Kong&format=json"
    digest = client.get(address).json()
    assert (digest["since"], digest["filters"]["territories"]) == ("2024-07-07T16:00:00Z", ["HK"])
    assert {one["territory"] for one in digest["attestations"]} == {"HK"}
    assert [one["coverage"]["source"] for one in digest["watched"]] == ["openai-api-countries"]


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [
        ("pdf", "application/pdf", b"%PDF-1."),
        ("html", "text/html; charset=utf-8", b"<!DOCTYPE html>"),
        ("text", "text/plain; charset=utf-8", b"Digest 2024-W28"),
        ("json", "application/json", b"{"),
    ],
)
def test_files_are_those_of_the_command(client: TestClient, replayed: Any, form: str, kind: str, begins: bytes) -> None:
    answer = client.get(f"/digest/2024-W28?format={form}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert 'filename="tocsin-2024-W28.' in answer.headers["content-disposition"]
    assert answer.content.startswith(begins)
    file = replayed.folder / f"same.{form}"
    replayed("digest", "2024-W28", "--format", form, "--output", str(file))
    assert file.read_bytes() == answer.content


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/digest/2024-W60", 404, "a digest covers a week (2024-W28) or a day (2024-07-12)"),
        ("/digest/%3Cscript%3E", 404, "is not a day"),
        ("/digest/2024-W28?format=exe", 400, "allowed: text, html, pdf, json"),
        ("/digest/2024-W28?as_known=soon", 400, "allowed: then, now"),
        ("/digest/2024-W28?timezone=Mars/Olympus", 400, "Europe/Paris"),
        ("/digest/2024-W28?territory=Atlantis", 400, "write a code such as HK"),
        ("/digest/2024-W28?owner=team:law", 400, "allowed parameters"),
        ("/digest/nobody/2024-W28", 404, "no feed has this address"),
    ],
)
def test_bad_addresses_are_named(client: TestClient, address: str, status: int, said: str) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert said in answer.text
    assert "<script" not in answer.text


def test_the_secret_that_reads_opens_ones_own(client: TestClient, mine: Subscription) -> None:
    page = client.get(f"/digest/{mine.feed_secret}/2024-W28")
    assert page.status_code == 200
    assert (page.headers["cache-control"], page.headers["x-robots-tag"]) == ("no-store", "noindex")
    assert mine.secret not in page.text
    assert mine.address not in page.text
    digest = client.get(f"/digest/{mine.feed_secret}/2024-W28?format=json").json()
    assert (digest["timezone"], digest["filters"]["territories"]) == ("Asia/Hong_Kong", ["HK"])
    assert client.get(f"/digest/{mine.feed_secret}/2024-W28?territory=CN").status_code == 400


def test_the_secret_that_manages_opens_no_digest(client: TestClient, mine: Subscription) -> None:
    assert client.get(f"/digest/{mine.secret}/2024-W28").status_code == 404


def test_an_ended_subscription_has_no_digest(client: TestClient, database: Database) -> None:
    with database.begin() as session:
        gone = add(session, NewSubscription(channel="email", address="bob@example.org"), NOW, confirmed=True)
        end(session, gone.id, NOW)
    assert client.get(f"/digest/{gone.feed_secret}/2024-W28").status_code == 404


def test_a_command_gives_a_subscriptions_own(replayed: Any, mine: Subscription) -> None:
    digest = json.loads(replayed("digest", "2024-W28", "--subscription", str(mine.id), "--json"))
    assert (digest["timezone"], digest["filters"]["territories"]) == ("Asia/Hong_Kong", ["HK"])
