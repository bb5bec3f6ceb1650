"""Does the API answer in the shapes of docs/api.md, refuse by name what it cannot use, and tell whether it is well?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from store import archive, pending, sources
from store.database import Database
from store.values import (
    Availability,
    Content,
    Facts,
    Finding,
    FindingKind,
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
from tocsin.web.app import create_app

START = datetime(2024, 7, 8, 8, 0, tzinfo=UTC)
CHANGED = START + timedelta(days=1)
NOW = START + timedelta(days=1, hours=1)
SPAN = Span(0, 0, 9, "Hong Kong")


@pytest.fixture
def client(database: Database) -> Iterator[TestClient]:
    with TestClient(filled(database)) as opened:
        yield opened


@pytest.fixture
def sqlite_client(sqlite_database: Database) -> Iterator[TestClient]:
    with TestClient(filled(sqlite_database)) as opened:
        yield opened


def filled(database: Database) -> FastAPI:
    """An app over one list that loses Hong Kong, seen at START and CHANGED."""
    spec = sources.SourceSpec(
        slug="example-regions",
        title="Example AI: regions",
        publisher="Example AI",
        product="Example API",
        kind=SourceKind.AVAILABILITY,
        polarity=Polarity.ALLOW,
        language="en",
        jurisdiction="US",
        url="https://example.com/regions",
        host="example.com",
        every=timedelta(hours=6),
        text="",
    )
    japan = Availability("JP", "Example API", Status.LISTED, "Japan", Span(1, 0, 5, "Japan"))
    hong_kong = Availability("HK", "Example API", Status.LISTED, "Hong Kong", SPAN)
    items = (Passage(PassageKind.LIST_ITEM, "Hong Kong"), Passage(PassageKind.LIST_ITEM, "Japan"))
    with database.begin() as session:
        sources.declare(session, [spec], START)
    first = _version(database, START, Content(items, Facts((hong_kong, japan))))
    second = _version(database, CHANGED, Content(items[1:], Facts((japan,))))
    finding = Finding(
        FindingKind.TERRITORY_REMOVED,
        Severity.HIGH,
        old="listed",
        new="not listed",
        old_span=SPAN,
        product="Example API",
        territory="HK",
    )
    with database.begin() as session:
        pending.record_judgement(session, first, (), None, START)
        pending.record_judgement(
            session, second, (finding,), Judgement(True, 0.9, Severity.HIGH, ("smaller",)), CHANGED
        )
    return create_app(database, lambda: NOW)


def _version(database: Database, at: datetime, content: Content) -> int:
    with database.begin() as session:
        (claimed,) = sources.claim_named(session, ["example-regions"], at, timedelta(minutes=1))
        visited = archive.Visited(
            outcome=Outcome.VERSION,
            at=at,
            due_at=at + timedelta(hours=6),
            url=claimed.url,
            recipe="r",
            status=200,
            received=archive.Received(claimed.url, 200, {}, repr(content).encode()),
            content=content,
        )
        version = archive.record_visit(session, claimed, visited)
    assert version is not None
    return version


def test_a_change_has_the_promised_shape(client: TestClient) -> None:
    (change,) = client.get("/api/changes").json()
    assert change["change"] == "1..2"
    assert change["source"] == "example-regions"
    assert change["at"] == "2024-07-09T08:00:00Z"
    assert change["severity"] == "high"
    assert change["substantive"] is True
    assert change["held"] is None
    (finding,) = change["findings"]
    assert finding == {
        "kind": "territory_removed",
        "severity": "high",
        "product": "Example API",
        "territory": "HK",
        "subject": None,
        "old": "listed",
        "new": "not listed",
        "old_span": {"passage": 0, "start": 0, "end": 9, "text": "Hong Kong"},
        "new_span": None,
    }
    assert change["evidence"]["before"]["captured_at"] == "2024-07-08T08:00:00Z"
    assert len(change["evidence"]["after"]["sha256"]) == 64


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ({"source": "example-regions"}, 1),
        ({"source": "another"}, 0),
        ({"publisher": "example ai"}, 1),
        ({"product": "example api"}, 1),
        ({"territory": "Hong Kong"}, 1),
        ({"territory": "香港"}, 1),
        ({"territory": "hk"}, 1),
        ({"territory": "Japan"}, 0),
        ({"kind": "availability"}, 1),
        ({"kind": "territory_removed"}, 1),
        ({"kind": "feed"}, 0),
        ({"since": "2024-07-09"}, 1),
        ({"since": "2024-07-09T08:00:01Z"}, 0),
        ({"since": "2024-07-09T10:00:00+02:00"}, 1),
        ({"until": "2024-07-09"}, 1),
        ({"until": "2024-07-08"}, 0),
        ({"held": "true"}, 0),
        ({"held": "false"}, 1),
        ({"territory": "", "limit": "1"}, 1),
    ],
)
def test_filters(client: TestClient, parameters: dict[str, str], count: int) -> None:
    assert len(client.get("/api/changes", params=parameters).json()) == count


def test_a_plus_that_was_not_encoded_is_understood(sqlite_client: TestClient) -> None:
    assert len(sqlite_client.get("/api/changes?since=2024-07-09T10:00:00+02:00").json()) == 1


@pytest.mark.parametrize(
    ("path", "parameter", "allowed"),
    [
        ("/api/changes?teritory=HK", "teritory", "allowed parameters: source, publisher"),
        ("/api/changes?territory=Nowhereland", "territory", "a code such as HK"),
        ("/api/changes?kind=availabilty", "kind", "territory_removed"),
        ("/api/changes?since=soon", "since", "2024-07-09"),
        ("/api/changes?until=2024-13-40", "until", "2024-07-09"),
        ("/api/changes?held=maybe", "held", "true, false"),
        ("/api/changes?limit=0", "limit", "1 to 1000"),
        ("/api/changes?limit=99999999999", "limit", "1 to 1000"),
        ("/api/changes?limit=%C2%B2", "limit", "1 to 1000"),
        ("/api/changes?held=true&held=false", "held", "once"),
        ("/api/changes?source=%00", "source", "control characters"),
        ("/api/availability?at=2099-01-01", "at", "future"),
        ("/api/availability?territory=HK&since=2024-07-09", "since", "territory, publisher, product, at"),
        ("/api/sources?kind=list", "kind", "availability, terms, docket, feed"),
        ("/api/changes?since=0001-01-01T00:00:00%2B14:00", "since", "2024-07-09"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(
    sqlite_client: TestClient, path: str, parameter: str, allowed: str
) -> None:
    answer = sqlite_client.get(path)
    assert answer.status_code == 400
    assert answer.json()["parameter"] == parameter
    assert answer.json()["error"].startswith(f"{parameter}: ")
    assert allowed in answer.json()["error"]


def test_availability_before_and_after(client: TestClient) -> None:
    (before,) = client.get("/api/availability?territory=Hong%20Kong&at=2024-07-08").json()
    assert (before["territory"], before["status"], before["status_after"]) == ("HK", "listed", "not_listed")
    assert before["before"]["captured_at"] == "2024-07-08T08:00:00Z"
    assert before["after"]["captured_at"] == "2024-07-09T08:00:00Z"
    (late,) = client.get("/api/availability?territory=HK&at=2024-07-09T07:00Z").json()
    assert (late["status"], late["status_after"]) == ("listed", "not_listed")
    assert "changed between" in late["reason"]
    (early,) = client.get("/api/availability?territory=HK&at=2024-07-07").json()
    assert (early["status"], early["before"]) == ("unknown", None)
    (now,) = client.get("/api/availability?territory=HK").json()
    assert (now["status"], now["after"]) == ("not_listed", None)


def test_sources(client: TestClient) -> None:
    (source,) = client.get("/api/sources?kind=availability").json()
    assert source["source"] == "example-regions"
    assert source["verified_at"] == "2024-07-09T08:00:00Z"
    assert source["every"] == 21600
    assert client.get("/api/sources?publisher=nobody").json() == []


def test_health(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ok": True,
        "database": "reachable",
        "sources": 1,
        "stale": 0,
        "stale_sources": [],
        "not_visited": 0,
        "newest_verification": "2024-07-09T08:00:00Z",
        "visits": {"days": 7, "good": 2, "all": 2},
        "heartbeat": None,
    }


def test_without_its_database_it_is_not_well(sqlite_database: Database) -> None:
    sqlite_database.close()
    path = Path(sqlite_database.url.removeprefix("sqlite:///"))
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()
    with TestClient(create_app(sqlite_database, lambda: NOW)) as client:
        assert client.get("/healthz").status_code == 503
        assert client.get("/healthz").json() == {"ok": False, "database": "unreachable"}
        assert client.get("/api/changes").status_code == 503
        page = client.get("/")
        assert page.status_code == 503
        assert "database cannot be reached" in page.text


def test_the_api_describes_itself_without_loading_anything(sqlite_client: TestClient) -> None:
    described = sqlite_client.get("/api/openapi.json").json()
    documented = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    headed = {line for line in documented.splitlines() if line.startswith("## ")}
    for path, methods in described["paths"].items():
        beneath = path.removesuffix("/pause").removesuffix("/resume")
        assert any(
            beneath in line and all(name.upper() in line or path != beneath for name in methods) for line in headed
        )
    assert {"/api/changes", "/api/subscriptions", "/api/availability", "/healthz"} <= set(described["paths"])
    assert sqlite_client.get("/docs").status_code == 404


def test_every_parameter_and_key_is_in_the_documentation(sqlite_client: TestClient) -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    described = sqlite_client.get("/api/openapi.json").json()["paths"]
    names = {one["name"] for path in described.values() for how in path.values() for one in how.get("parameters", ())}
    (change,), (source,) = sqlite_client.get("/api/changes").json(), sqlite_client.get("/api/sources").json()
    (answer,) = sqlite_client.get("/api/availability?territory=HK").json()
    keys = {
        *change,
        *change["findings"][0],
        *change["evidence"]["after"],
        *source,
        *answer,
        *sqlite_client.get("/healthz").json(),
    }
    assert sorted(name for name in names | keys if f"`{name}`" not in text) == []
