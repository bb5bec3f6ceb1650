"""Is a button pressed in Slack believed only when Slack signed it, once, and does its answer arrive?"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.testclient import TestClient
from slack_sdk.signature import SignatureVerifier

from alerts.run import announce, deliver
from crawler.gate import Gate
from store.reviews import ReviewState, Via, review, review_of
from store.subscriptions import NewSubscription, add, end
from tocsin.app import App
from tocsin.service import slack_app
from tocsin.settings import Settings
from tocsin.slack_calls import SlackCalls
from tocsin.web.app import create_app
from tocsin.web.slack_actions import SlackApp

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
START = datetime(2024, 7, 10, 9, tzinfo=UTC)
BASE = "https://tocsin.example.org"


@dataclass
class Now:
    at: datetime = START

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Slack:
    """What Slack would do: press buttons, send forms, all signed by its own library."""

    client: TestClient
    clock: Now
    response_url: str
    value: str = ""

    def post(self, payload: dict[str, Any] | bytes, *, secret: str = SECRET, age: float = 0, **headers: str) -> Any:
        body = payload if isinstance(payload, bytes) else urlencode({"payload": json.dumps(payload)}).encode()
        stamp = str(int(self.clock.at.timestamp() - age))
        signature = SignatureVerifier(secret).generate_signature(timestamp=stamp, body=body)
        signed = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature or ""}
        signed |= {"Content-Type": "application/x-www-form-urlencoded"}
        return self.client.post("/slack/actions", content=body, headers=signed | headers)

    def press(self, action: str = "review_acknowledge", user: str = "ada", **more: Any) -> dict[str, Any]:
        return {
            "type": "block_actions", "trigger_id": "1.2.3", "response_url": self.response_url,
            "user": {"id": "U1", "username": user},
            "actions": [{"action_id": action, "value": more.pop("value", self.value), "type": "button"}], **more,
        }  # fmt: skip

    def form(self, reason: str | None, private_metadata: str) -> dict[str, Any]:
        return {
            "type": "view_submission", "user": {"id": "U1", "name": "ada"},
            "view": {
                "callback_id": "review_dismiss_form", "private_metadata": private_metadata,
                "state": {"values": {"review_reason_block": {"review_reason": {"value": reason}}}},
            },
        }  # fmt: skip


@pytest.fixture
def house(sqlite_database, changed_list, world) -> SimpleNamespace:
    """An app whose Slack is the loopback server; world.slack has what was said to it."""
    clock = Now()
    gate = Gate(allow_hosts=frozenset({f"127.0.0.1:{world.port}"}))

    def made(token: str | None = "xoxb-1") -> Slack:
        calls = SlackCalls(gate.session, token, world.url("/api/"))
        client = TestClient(create_app(sqlite_database, clock, BASE, SlackApp(SECRET, calls)))
        return Slack(client, clock, world.url("/actions/T/1"), f"{mine.id} {address}")

    address = changed_list.lose("Hong Kong")
    with sqlite_database.begin() as session:
        mine = add(session, NewSubscription("slack", "https://hooks.slack.com/services/T/B/x"), START)

    def found() -> list[tuple[str, str, str | None]]:
        with sqlite_database.read() as session:
            entries = review_of(session, mine, address).entries
        assert all(one.via is Via.SLACK for one in entries)
        return [(one.by, one.state.value, one.reason) for one in entries]

    return SimpleNamespace(slack=made, entries=found, mine=mine, address=address, clock=clock, database=sqlite_database)


def test_an_acknowledgement_is_kept_and_told_to_the_channel(house, world):
    slack = house.slack()
    assert (slack.post(slack.press()).status_code, house.entries()) == (200, [("ada (Slack U1)", "acknowledged", None)])
    [said] = world.slack
    assert world.asked == ["/actions/T/1"]
    assert (said["response_type"], said["replace_original"]) == ("in_channel", False)
    assert said["text"].startswith("Acknowledged by ada (Slack U1): ")
    assert "Hong Kong" in said["text"]


@pytest.mark.parametrize(
    ("given", "headers"),
    [
        ({"secret": "another"}, {}),
        ({"age": 301}, {}),
        ({"age": -301}, {}),
        ({}, {"X-Slack-Signature": ""}),
        ({}, {"X-Slack-Signature": "v0=" + "0" * 64}),
        ({}, {"X-Slack-Signature": "v0=é".encode("latin-1")}),
        ({}, {"X-Slack-Request-Timestamp": "soon"}),
        ({}, {"X-Slack-Request-Timestamp": ""}),
        ({}, {"X-Slack-Request-Timestamp": str(int(START.timestamp()) + 1)}),
    ],
)
def test_what_slack_did_not_sign_just_now_is_refused(house, world, given, headers):
    slack = house.slack()
    assert slack.post(slack.press(), **given, **headers).status_code == 401
    assert (house.entries(), world.slack) == ([], [])


def test_a_changed_or_unsigned_body_is_refused(house):
    slack = house.slack()
    body = urlencode({"payload": json.dumps(slack.press())}).encode()
    stamp = str(int(START.timestamp()))
    signed = {
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body),
    }
    assert slack.client.post("/slack/actions", content=body + b" ", headers=signed).status_code == 401
    assert slack.client.post("/slack/actions", content=body).status_code == 401
    assert slack.client.post("/slack/actions", content=b"\xff\xfe", headers=signed).status_code == 401
    assert house.entries() == []
    assert slack.client.post("/slack/actions", content=body, headers=signed).status_code == 200


def test_a_request_sent_again_takes_no_second_step_even_after_it_was_opened_again(house):
    slack = house.slack()
    press = slack.press()
    sent_at = house.clock.at
    slack.post(press)
    slack.post(press)
    assert len(house.entries()) == 1
    house.clock.at = sent_at + timedelta(minutes=2)
    with house.database.begin() as session:
        review(session, house.mine, house.address, "open", "Grace", "too soon", Via.SLACK, house.clock.at)
    assert slack.post(press, age=120).status_code == 200
    assert [one[1] for one in house.entries()] == ["acknowledged", "open"]


def test_dismissing_asks_for_a_reason_in_a_form(house, world):
    slack = house.slack()
    slack.post(slack.press("review_dismiss"))
    assert world.asked == ["/api/views.open"]
    [opened] = world.slack
    view = json.loads(opened["view"]) if isinstance(opened["view"], str) else opened["view"]
    assert (opened["trigger_id"], view["callback_id"]) == ("1.2.3", "review_dismiss_form")
    assert house.entries() == []
    refused = slack.post(slack.form("  ", view["private_metadata"]))
    assert refused.json()["response_action"] == "errors"
    assert "say why" in refused.json()["errors"]["review_reason_block"]
    taken = slack.post(slack.form("not <our> contracts", view["private_metadata"]))
    assert taken.json() == {"response_action": "clear"}
    assert house.entries() == [("ada (Slack U1)", "dismissed", "not <our> contracts")]
    assert world.slack[-1]["text"].endswith("Reason: not &lt;our&gt; contracts")


def test_without_a_token_it_says_where_to_write_the_reason_and_a_field_beside_the_button_is_enough(house, world):
    slack = house.slack(token=None)
    slack.post(slack.press("review_dismiss"))
    [said] = world.slack
    assert said["response_type"] == "ephemeral"
    assert f"{BASE}/subscriptions/{house.mine.secret}/changes/{house.address}" in said["text"]
    state = {"values": {"any": {"review_reason": {"value": "known already"}}}}
    slack.post(slack.press("review_dismiss", state=state))
    assert house.entries() == [("ada (Slack U1)", "dismissed", "known already")]


@pytest.mark.parametrize(
    ("status", "answer"), [(500, "{}"), (200, '{"ok": false, "error": "expired_trigger_id"}'), (200, '"gateway"')]
)
def test_a_form_that_slack_does_not_show_is_replaced_by_the_address(house, world, status, answer):
    world.slack_answers.append((status, {}))
    world.slack_api = answer
    slack = house.slack()
    assert slack.post(slack.press("review_dismiss")).status_code == 200
    assert "Dismissing takes a reason" in world.slack[-1]["text"]


def test_who_comes_second_is_told_so_alone(house, world):
    slack = house.slack()
    slack.post(slack.press())
    slack.post(slack.press(user="grace"))
    assert len(house.entries()) == 1
    assert world.slack[-1]["response_type"] == "ephemeral"
    assert "acknowledged already by ada" in world.slack[-1]["text"]


@pytest.mark.parametrize(
    "value", ["", "1", "999 1..2", "1 1..999", "1 1..2 3", "x 1..2", "None", "1 1..2\n", "9" * 400]
)
def test_a_value_that_names_nothing_changes_nothing(house, world, value):
    slack = house.slack()
    assert slack.post(slack.press(value=value)).status_code == 200
    assert house.entries() == []
    assert world.slack[-1]["response_type"] == "ephemeral"


def test_a_subscription_that_ended_or_lives_elsewhere_decides_nothing(house, world):
    with house.database.begin() as session:
        mail = add(session, NewSubscription("email", "ada@example.org"), START)
        end(session, house.mine.id, START)
    slack = house.slack()
    for number in (house.mine.id, mail.id):
        slack.post(slack.press(value=f"{number} {house.address}"))
    assert [said["response_type"] for said in world.slack] == ["ephemeral", "ephemeral"]
    with house.database.read() as session:
        assert review_of(session, mail, house.address).state is ReviewState.OPEN


@pytest.mark.parametrize(
    ("payload", "status"),
    [(b"", 400), (b"payload=%7B", 400), (b"payload=[]", 200), ({"type": "view_closed"}, 200), (b"x" * 70_000, 413)],
)
def test_what_is_no_decision_is_harmless(house, payload, status):
    assert house.slack().post(payload).status_code == status
    assert house.entries() == []


def test_a_slow_or_dead_slack_loses_nothing(house):
    slack = house.slack()
    slack.response_url = "http://127.0.0.1:1/closed"
    assert slack.post(slack.press()).status_code == 200
    assert len(house.entries()) == 1


def test_the_answer_leaves_only_through_the_gate(house, world):
    slack = house.slack()
    slack.response_url = "http://169.254.169.254/latest"
    assert slack.post(slack.press()).status_code == 200
    assert len(house.entries()) == 1


def test_without_a_signing_secret_there_is_no_endpoint(sqlite_database):
    client = TestClient(create_app(sqlite_database, Now()))
    assert client.post("/slack/actions", content=b"payload=%7B%7D").status_code == 404


def test_the_settings_open_it(sqlite_database):
    def opened(**given: str) -> SlackApp | None:
        return slack_app(App(Settings(**given), sqlite_database))

    assert opened() is None
    assert opened(slack_signing_secret=" ") is None
    made = opened(slack_signing_secret=SECRET, slack_token="xoxb-1")
    assert made is not None
    assert (made.signing_secret, made.calls.token) == (SECRET, "xoxb-1")


@pytest.mark.parametrize("secret", [SECRET, None])
async def test_messages_have_buttons_only_where_somebody_hears_them_and_those_work(house, world, secret):
    """A real delivery through a bot: the value of its button is one that the endpoint understands."""
    with house.database.begin() as session:
        add(session, NewSubscription("slack", "#compliance"), START)
        end(session, house.mine.id, START)
    given = {"slack_token": "xoxb-1", "slack_api": world.url("/api/"), "allow_hosts": f"127.0.0.1:{world.port}"}
    app = App(Settings(slack_signing_secret=secret, **given), house.database, house.clock)
    announce(house.database, START)
    assert (await deliver(house.database, app.channels(), house.clock)).sent == 1
    [posted] = world.slack
    actions = [block for block in posted["blocks"] if block["type"] == "actions"]
    assert bool(actions) is bool(secret)
    if actions:
        button = actions[0]["elements"][0]
        house.mine = replace(house.mine, id=int(button["value"].split()[0]))
        slack = house.slack()
        slack.post(slack.press(button["action_id"], value=button["value"]))
        with house.database.read() as session:
            assert review_of(session, house.mine, house.address).state is ReviewState.ACKNOWLEDGED
