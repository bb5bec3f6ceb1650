"""Can a subscriber say what became of a change, on a page, by API and by command, and nobody else or by accident?"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from store.reviews import ReviewState, Via, review_of
from store.subscriptions import NewSubscription, Subscription, add, end, subscription
from tocsin.reviewing import harmless
from tocsin.web.app import create_app

NOW = datetime(2024, 7, 10, 9, tzinfo=UTC)
EVIL = '<script>alert("1")</script>'


@pytest.fixture
def client(sqlite_database) -> Iterator[TestClient]:
    with TestClient(create_app(sqlite_database, lambda: NOW), follow_redirects=False) as made:
        yield made


@pytest.fixture
def ada(sqlite_database) -> Subscription:
    with sqlite_database.begin() as session:
        return add(session, NewSubscription("email", "ada@example.org", territories=("HK", "MO")), NOW)


@pytest.fixture
def lost(changed_list) -> str:
    return changed_list.lose("Hong Kong")


def of(mine: Subscription, address: str) -> str:
    return f"/subscriptions/{mine.secret}/changes/{address}"


def test_a_step_is_taken_shown_and_stays(client, ada, lost, sqlite_database):
    page = client.get(of(ada, lost))
    assert page.status_code == 200
    assert "nobody has said anything about it yet" in page.text
    assert "Hong Kong" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert "noindex" in page.headers["x-robots-tag"]
    taken = client.post(of(ada, lost), data={"state": "in_review", "by": "Ada <Lovelace>", "reason": EVIL})
    assert (taken.status_code, taken.headers["location"]) == (303, of(ada, lost))
    page = client.get(of(ada, lost))
    assert "Ada &lt;Lovelace&gt;" in page.text
    assert EVIL not in page.text
    assert "&lt;script&gt;" in page.text
    assert re.findall(r'name="state" value="(\w+)"', page.text) == ["actioned", "dismissed", "open"]
    client.post(of(ada, lost), data={"state": "dismissed", "by": "", "reason": "not our contracts"})
    with sqlite_database.read() as session:
        found = review_of(session, ada, lost)
    assert [(one.by, one.state.value, one.via) for one in found.entries] == [
        ("Ada <Lovelace>", "in_review", Via.PAGE),
        ("ada@example.org", "dismissed", Via.PAGE),
    ]
    assert found.entries[-1].at == NOW


def test_a_wrong_step_changes_nothing_says_what_to_do_and_keeps_what_was_typed(client, ada, lost, sqlite_database):
    refused = client.post(of(ada, lost), data={"state": "dismissed", "by": "Ada & co", "reason": " "})
    assert refused.status_code == 400
    assert "Nothing was changed. reason: say why" in refused.text
    assert 'value="Ada &amp; co"' in refused.text
    assert client.post(of(ada, lost), data={}).status_code == 400
    assert client.post(of(ada, lost), data={"state": "closed"}).status_code == 400
    assert client.post(of(ada, lost), content=b"\xff\xfe=1&state=%ff").status_code == 400
    assert client.post(of(ada, lost), data={"state": "actioned", "reason": "x" * 70_000}).status_code == 413
    with sqlite_database.read() as session:
        assert review_of(session, ada, lost).entries == ()
        assert session.execute(text("select count(*) from review")).scalar() == 0


def test_reading_changes_nothing(client, ada, lost, sqlite_database):
    """Mail scanners follow links."""
    client.get(of(ada, lost), params={"state": "dismissed", "reason": "x"})
    with sqlite_database.read() as session:
        assert review_of(session, ada, lost).state is ReviewState.OPEN


@pytest.mark.parametrize("secret", ["", "1", "nobody", "%00", "é", "..%2f..", "x" * 5000])
def test_only_a_secret_opens_it(client, ada, lost, secret):
    for path in (f"/subscriptions/{secret}/changes/{lost}", f"/subscriptions/{secret}/reviews"):
        assert client.get(path).status_code == 404
    assert client.post(f"/subscriptions/{secret}/changes/{lost}", data={"state": "actioned"}).status_code in (404, 405)
    assert client.get(f"/subscriptions/{ada.feed_secret}/reviews").status_code == 404, "that one only reads"


@pytest.mark.parametrize("address", ["1..999", "x", "1..2..3", "%00"])
def test_an_unknown_change_is_not_found(client, ada, address):
    assert client.get(of(ada, address)).status_code == 404
    assert client.post(of(ada, address), data={"state": "actioned"}).status_code == 404


def test_an_ended_subscription_decides_nothing_and_an_unconfirmed_one_neither(client, ada, lost, sqlite_database):
    with sqlite_database.begin() as session:
        unconfirmed = add(session, NewSubscription("email", "b@example.org"), NOW, confirmed=False)
        end(session, ada.id, NOW)
    for mine, status in ((ada, 410), (unconfirmed, 403)):
        assert client.get(of(mine, lost)).status_code == status
        assert client.post(of(mine, lost), data={"state": "actioned"}).status_code == status
        assert client.get(f"/api/subscriptions/{mine.secret}/reviews").status_code == status
        posted = client.post(f"/api/subscriptions/{mine.secret}/reviews", json={"change": lost, "state": "actioned"})
        assert posted.status_code == status
    with sqlite_database.read() as session:
        assert review_of(session, ada, lost).entries == ()


def test_the_list_has_what_concerns_the_subscriber_and_what_was_decided(client, ada, lost, changed_list):
    elsewhere = changed_list.lose("Japan")
    second = changed_list.lose("Macao")
    page = client.get(f"/subscriptions/{ada.secret}/reviews")
    assert page.status_code == 200
    assert re.findall(r"/changes/(\d+\.\.\d+)", page.text) == [second, lost], "newest first, and no Japan"
    client.post(of(ada, second), data={"state": "actioned", "by": "Ada"})
    client.post(of(ada, elsewhere), data={"state": "dismissed", "by": "Ada", "reason": "not ours"})
    text_of = client.get(f"/subscriptions/{ada.secret}/reviews").text
    undecided, decided = text_of.split('id="closed"')
    assert re.findall(r"/changes/(\d+\.\.\d+)", undecided) == [lost]
    assert re.findall(r"/changes/(\d+\.\.\d+)", decided) == [second, elsewhere]
    only = client.get(f"/subscriptions/{ada.secret}/reviews?state=dismissed").text
    assert re.findall(r"/changes/(\d+\.\.\d+)", only) == [elsewhere]
    assert client.get(f"/subscriptions/{ada.secret}/reviews?state=done").status_code == 400


def test_a_team_sees_and_decides_together(client, ada, lost, sqlite_database):
    with sqlite_database.begin() as session:
        grace = add(session, NewSubscription("slack", "https://hooks.slack.com/services/T/B/x"), NOW)
        session.execute(text("update subscription set team = 'legal'"))
    client.post(of(grace, lost), data={"state": "acknowledged"})
    page = client.get(of(ada, lost)).text
    assert f"by subscription {grace.id} (slack)" in page, "a webhook's address is a secret"
    assert "Decided together by team legal" in page
    assert "hooks.slack.com" not in page


def test_the_api_reads_and_takes_steps(client, ada, lost):
    path = f"/api/subscriptions/{ada.secret}/reviews"
    assert client.get(path).json() == [
        {
            "owner": f"subscription:{ada.id}", "change": lost, "state": "open", "updated_at": None,
            "next_states": ["acknowledged", "in_review", "actioned", "dismissed"], "entries": [],
        }
    ]  # fmt: skip
    taken = client.post(path, json={"change": lost, "state": "dismissed", "by": "bot", "reason": "duplicate"})
    assert taken.status_code == 200
    step = {"at": "2024-07-10T09:00:00Z", "by": "bot", "state": "dismissed", "reason": "duplicate", "via": "api"}
    assert taken.json()["entries"] == [step]
    assert client.get(path, params={"state": "dismissed"}).json() == [taken.json()]
    assert client.get(path, params={"state": "open"}).json() == []
    described = client.get("/api/openapi.json").json()["paths"]
    assert set(described["/api/subscriptions/{secret}/reviews"]) == {"get", "post"}


@pytest.mark.parametrize(
    ("body", "parameter"),
    [
        (b"", "body"),
        (b"[]", "body"),
        (b'{"a": ' * 5000, "body"),
        (b'{"change": 1}', "change"),
        (b'{"verdict": "x"}', "verdict"),
        (b'{"change": "1..2", "state": "fine"}', "state"),
        (b'{"change": "1..2", "state": "dismissed"}', "reason"),
        (b'{"change": "1..2", "state": "actioned", "by": "\\u0000"}', "by"),
    ],
)
def test_a_bad_request_is_refused_by_name(client, ada, lost, body, parameter):
    refused = client.post(f"/api/subscriptions/{ada.secret}/reviews", content=body)
    assert (refused.status_code, refused.json()["parameter"]) == (400, parameter)


def test_the_trail_is_a_table_that_no_spreadsheet_runs(client, ada, lost):
    path = f"/api/subscriptions/{ada.secret}/reviews"
    reason = '=HYPERLINK("http://evil.example"),"x"'
    client.post(path, json={"change": lost, "state": "acknowledged", "by": "@Ada"})
    client.post(path, json={"change": lost, "state": "dismissed", "by": "-Grace", "reason": reason})
    table = client.get(path, params={"format": "csv"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in table.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(table.text, newline="")))
    assert [(row["step"], row["to_state"], row["by"], row["reason"]) for row in rows] == [
        ("1", "acknowledged", "'@Ada", ""),
        ("2", "dismissed", "'-Grace", f"'{reason}"),
    ]
    assert {(row["change"], row["publisher"], row["state"]) for row in rows} == {(lost, "OpenAI", "dismissed")}
    assert client.get(path, params={"format": "xls"}).status_code == 400


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\t=1", " =1", '"=1', "\r\n=1", "＝1", "\ufeff=1"])
def test_a_formula_is_only_shown(cell):
    assert harmless(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "Ada", "12..15", "a=b", "2024-07-09", "x-1"])
def test_what_is_no_formula_stays(cell):
    assert harmless(cell) == cell


def test_the_command_lists_shows_and_sets(tocsin, lost_by_command):
    number, address = lost_by_command
    assert address in tocsin("review", "list", str(number))
    assert "open" in tocsin("review", "show", str(number), address)
    tocsin("review", "set", str(number), address, "dismissed", "--by", "Ada", code=2)
    said = tocsin("review", "set", str(number), address, "dismissed", "--by", "Ada", "--reason", "not ours")
    assert f"{address} is dismissed" in said
    [found] = tocsin.json("review", "list", str(number), "--state", "dismissed")
    assert [(one["by"], one["reason"], one["via"]) for one in found["entries"]] == [("Ada", "not ours", "command")]
    assert tocsin.json("review", "show", str(number), address) == found
    assert "command" in tocsin("review", "list", str(number), "--csv")
    assert "state" in tocsin("review", "list", str(number), "--state", "nonsense", code=2)
    assert "no change" in tocsin("review", "set", str(number), "98..99", "open", "--by", "Ada", code=2)
    assert "no subscription" in tocsin("review", "list", "99", code=2)


@pytest.fixture
def lost_by_command(tocsin, command_database, changed_list) -> tuple[int, str]:
    """A change and a subscription in the database of the command, days ago."""
    from store.database import open_database

    database = open_database(command_database)
    now = datetime.now(UTC)
    address = replace(changed_list, database=database, at=now - timedelta(days=2)).lose("Hong Kong")
    with database.begin() as session:
        number = add(session, NewSubscription("email", "ada@example.org"), now).id
        assert subscription(session, number).active
    database.close()
    return number, address
