"""Is what a program is told as its published schema says, whatever pages and people wrote?"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from jsonschema import Draft202012Validator, FormatChecker

from alerts.digests.compiling import digest_for
from alerts.digests.message import digest_message
from alerts.language import speaking
from alerts.message import changes_message, notice_message
from alerts.payload import (
    DIGEST_AT_MOST,
    FINDINGS_AT_MOST,
    TEXT_AT_MOST,
    body,
    digest_data,
    schema,
    schema_names,
    type_of,
)
from alerts.troubles import bulletin_message
from alerts.week import Week
from store.promises import Bulletin, Trouble, TroubleKind
from store.values import Finding, FindingKind, Passage, PassageKind, Purpose, Severity, Span
from tocsin.web.app import create_app

ROOT = Path(__file__).resolve().parents[2]
KEY = "0f9d7c0e-0000-5000-8000-000000000001"
SITE = "https://tocsin.example.org"


def valid(message, purpose, made, answers=None):
    """The body of a message, checked against the schema that its type names."""
    told = json.loads(body(replace(message, purpose=purpose, at=made.NINTH), KEY, answers))
    checker = Draft202012Validator(schema(told["type"]), format_checker=FormatChecker())
    assert [f"{list(error.path)}: {error.message}" for error in checker.iter_errors(told)] == []
    return told


@pytest.mark.parametrize("name", schema_names())
def test_every_schema_is_a_schema_with_its_own_name(name):
    Draft202012Validator.check_schema(schema(name))
    assert schema(name)["$id"] == name == schema(name)["properties"]["type"]["const"]


def test_every_purpose_has_a_schema_and_no_other_is_there():
    assert set(schema_names()) == {type_of(purpose) for purpose in Purpose}


@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_type_is_documented(purpose):
    assert f"| `{type_of(purpose)}` |" in (ROOT / "docs" / "delivery.md").read_text("utf-8")


def test_what_the_schemas_share_is_the_same_in_all():
    shared = {}
    for name in schema_names():
        for part, said in schema(name)["$defs"].items():
            assert shared.setdefault(part, said) == said, f"{name}: {part}"
        for field in ("id", "answers", "severity", "links"):
            said = schema(name)["properties"]["data"]["properties"][field]
            assert shared.setdefault(f"data.{field}", said) == said, f"{name}: {field}"


def test_a_change_is_told_with_its_findings_and_both_sides(made):
    message = changes_message([made.texts(*made.LOST_TWO)], made.subscription(), SITE)
    told = valid(message, Purpose.CHANGES, made, "the-first")
    assert (told["data"]["answers"], told["data"]["severity"]) == ("the-first", "high")
    (change,) = told["data"]["changes"]
    assert (change["address"], change["publisher"], change["findings_left_out"]) == ("1..2", "OpenAI", 0)
    assert change["links"] == {"source": "https://example.com/supported-countries", "change": f"{SITE}/changes/1..2"}
    assert change["evidence"]["before"]["sha256"] == "a" * 64
    hong_kong = change["findings"][0]
    assert (hong_kong["kind"], hong_kong["old"], hong_kong["new"]) == ("territory_removed", "listed", None)
    assert hong_kong["old_span"] == {"passage": 1, "start": 0, "end": 9, "text": "Hong Kong"}
    assert hong_kong["new_span"] is None


def test_the_data_does_not_depend_on_the_language_and_the_texts_do(made):
    said = {}
    for locale in ("en", "fr", "zh_Hans_CN"):
        with speaking(locale):
            message = changes_message([made.texts(*made.LOST_TWO)], made.subscription(locale=locale))
            said[locale] = valid(message, Purpose.CHANGES, made)["data"]
    assert {one["locale"] for one in said.values()} == set(said)
    assert len({one["summary"] for one in said.values()}) == 3
    assert len({json.dumps(one["changes"][0]["findings"]) for one in said.values()}) == 1


def test_a_message_that_only_says_something(made):
    message = notice_message("Dead channel", ["It is paused."], made.subscription(), SITE, links=(("Page", SITE),))
    for purpose in (Purpose.DEAD_CHANNEL, Purpose.CONFIRMATION, Purpose.REMINDER, Purpose.ESCALATION):
        told = valid(message, purpose, made)
        assert told["data"]["lines"] == ["It is paused."]
        assert "changes" not in told["data"]


def test_without_a_purpose_there_is_no_body(made):
    with pytest.raises(ValueError, match="purpose"):
        body(notice_message("a", ["b"], made.subscription()), KEY)


def test_hostile_and_huge_texts_stay_small_and_valid(made):
    evil = "</script>{{7*7}}\x00\ud800\u202e" + "x" * 10_000
    span = Span(0, 0, len(evil), evil)
    findings = [
        Finding(FindingKind.REWORDED, Severity.LOW, old=evil, new=evil, old_span=span, new_span=span, subject=evil)
        for _ in range(2 * FINDINGS_AT_MOST)
    ]
    passages = (Passage(PassageKind.PARAGRAPH, evil),)
    texts = made.texts(
        *findings, old=passages, new=passages, title=evil * 100, publisher=evil, product=evil, reasons=(evil,)
    )
    told = valid(changes_message([texts], made.subscription()), Purpose.CHANGES, made)
    (change,) = told["data"]["changes"]
    assert change["findings_left_out"] == FINDINGS_AT_MOST == len(change["findings"])
    first = change["findings"][0]
    assert len(first["new_span"]["text"]) <= TEXT_AT_MOST
    assert first["new_span"]["end"] == len(evil)
    assert len(json.dumps(told)) < 1_000_000
    assert not {"\x00", "\u202e"} & set(first["old"])


def test_changes_beyond_those_told_in_full_are_named(made):
    texts = [made.texts(made.removed("HK", "Hong Kong", 1), address=f"{n}..{n + 1}", id=n) for n in range(1, 60)]
    told = valid(changes_message(texts, made.subscription()), Purpose.CHANGES, made)
    named = [one["address"] for one in told["data"]["changes"]] + told["data"]["further_changes"]
    assert sorted(named) == sorted(f"{n}..{n + 1}" for n in range(1, 60))


def test_the_api_serves_the_schemas(database):
    with TestClient(create_app(database, lambda: datetime.now(UTC))) as client:
        names = client.get("/api/schema").json()
        assert names == list(schema_names())
        for name in names:
            on_disk = json.loads((ROOT / "docs" / "schema" / f"{name}.json").read_text("utf-8"))
            assert client.get(f"/api/schema/{name}").json() == on_disk == client.get(f"/api/schema/{name}.json").json()
        unknown = client.get("/api/schema/..%2f..%2fetc%2fpasswd")
        assert unknown.status_code == 404
        assert client.get("/api/schema/tocsin.changes.v9").status_code == 404


def test_a_bulletin_is_told_trouble_by_trouble(made):
    open_one = Trouble(TroubleKind.STALE, "example-list", "Example list", made.NINTH, "unreachable: 503")
    over = replace(open_one, about="example-terms", ended_at=made.NINTH)
    message = bulletin_message(Bulletin(1, made.NINTH, (open_one,), (over,)), made.subscription(operator=True), SITE)
    told = valid(message, Purpose.BULLETIN, made)
    assert [(one["about"], one["ended_at"]) for one in told["data"]["troubles"]] == [
        ("example-list", None),
        ("example-terms", "2024-07-09T08:00:00Z"),
    ]


def test_a_digest_is_told_whole_or_left_out_when_it_is_too_large(database, seed, made):
    seed.change(seed.source(), *made.LOST_TWO, at=made.NINTH)
    subscription = made.subscription(digest="weekly")
    with database.read() as session:
        digest = digest_for(session, Week(2024, 28), "UTC", subscription.filters, made.NINTH + timedelta(days=7))
    told = valid(digest_message(digest, subscription, SITE), Purpose.DIGEST, made)
    assert told["data"]["digest"]["first_line"] == told["data"]["summary"]
    assert digest_data({"text": "x" * (DIGEST_AT_MOST + 1)}) == {"digest_left_out": True}
