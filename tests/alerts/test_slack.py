"""Does a message reach a Slack webhook within Slack's limits, and are its refusals told apart?"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from alerts.channel import PermanentFailure, Recipient, TransientFailure
from alerts.channels.slack import BLOCKS, FIELD, HEADER, SECTION, SlackChannel, retry_after, slack_body
from alerts.message import change_message
from store.values import Passage, PassageKind

KEY = "0f9d7c0e-0000-5000-8000-000000000001"


@pytest.fixture
def message(made):
    return change_message(made.texts(*made.LOST_TWO), made.subscription(), "https://tocsin.example.org")


@pytest.fixture
def channel(clock, servers):
    return SlackChannel(servers.session, clock, timeout=5)


async def test_the_message_arrives(message, channel, workspace):
    receipt = await channel.send(message, Recipient(workspace.url), KEY)
    body = workspace.bodies[0]
    assert receipt.text == "200 ok"
    assert workspace.headers[0]["Idempotency-Key"] == KEY
    assert body["text"] == (
        "OpenAI API no longer lists Hong Kong and Macao (seen 9 July 2024 08:00 UTC, confirmed 08:10)"
    )
    shown = str(body["blocks"])
    assert "~Hong Kong~" in shown
    assert "a" * 64 in shown
    assert "b" * 64 in shown
    assert "<https://tocsin.example.org/changes/1..2|See the whole change>" in shown
    assert KEY in str(body["blocks"][-1])


@pytest.mark.parametrize(
    ("status", "body", "failure", "address_is_dead"),
    [
        (404, "no_service", PermanentFailure, True),
        (403, "invalid_token", PermanentFailure, True),
        (410, "channel_is_archived", PermanentFailure, True),
        (400, "no_team", PermanentFailure, True),
        (400, "invalid_blocks", PermanentFailure, False),
        (500, "rollup_error", TransientFailure, None),
        (503, "", TransientFailure, None),
    ],
)
async def test_refusals_are_told_apart(message, channel, workspace, status, body, failure, address_is_dead):
    workspace.answers = [(status, body, {})]
    with pytest.raises(failure) as caught:
        await channel.send(message, Recipient(workspace.url), KEY)
    assert getattr(caught.value, "address_is_dead", None) is address_is_dead
    assert workspace.url not in caught.value.reason
    assert len(workspace.bodies) == 1


async def test_slow_down_is_passed_on_and_not_waited_for_here(message, channel, workspace):
    workspace.answers = [(429, "rate_limited", {"Retry-After": "30"})]
    with pytest.raises(TransientFailure) as caught:
        await channel.send(message, Recipient(workspace.url), KEY)
    assert caught.value.retry_after == timedelta(seconds=30)
    assert len(workspace.bodies) == 1


async def test_a_silent_endpoint_does_not_hold_us(message, clock, servers, workspace):
    workspace.hold = asyncio.Event()
    with pytest.raises(TransientFailure, match=r"within|reached"):
        await SlackChannel(servers.session, clock, timeout=0.2).send(message, Recipient(workspace.url), KEY)


async def test_an_address_the_gate_forbids_is_dead(message, clock):
    class Refused(Exception):
        pass

    def session(timeout):
        raise Refused("127.0.0.1 is a forbidden address")

    with pytest.raises(PermanentFailure, match="outbound gate refuses"):
        await SlackChannel(session, clock, forbidden=(Refused,)).send(message, Recipient("http://127.0.0.1/"), KEY)


async def test_the_environments_proxy_is_not_used(message, channel, workspace, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    await channel.send(message, Recipient(workspace.url), KEY)
    assert len(workspace.bodies) == 1


def test_limits_hold_for_the_largest_change(made):
    long = "Ünïcode & <b> " * 600
    findings = [made.removed("HK", "&<" * 900, number) for number in range(80)]
    passages = tuple(Passage(PassageKind.PARAGRAPH, "&<" * 900 + long, ("Heading " * 50,)) for _ in range(80))
    texts = made.texts(*findings, old=passages, new=(), title=long, publisher=long, product=long, reasons=(long,) * 9)
    body = slack_body(change_message(texts, made.subscription()), KEY)
    assert len(body["blocks"]) <= BLOCKS
    assert KEY in str(body["blocks"][-1])
    for block in body["blocks"]:
        if block["type"] == "header":
            assert len(block["text"]["text"]) <= HEADER
        elif "text" in block:
            assert 0 < len(block["text"]["text"]) <= SECTION
        for part in block.get("fields", []) + block.get("elements", []):
            assert 0 < len(part["text"]) <= FIELD
        assert len(block.get("fields", [])) <= 10


def test_page_text_cannot_mention_anybody(made):
    evil = "<!channel> & <https://evil.example|Tocsin>"
    passage = (Passage(PassageKind.PARAGRAPH, evil + " Hong Kong"),)
    texts = made.texts(made.removed("HK", "Hong Kong", 0), old=passage, new=(), title=evil, product=evil)
    body = str(slack_body(change_message(texts, made.subscription()), KEY)["blocks"][1:])
    assert "<!channel>" not in body
    assert "<https://evil" not in body
    assert "&lt;!channel&gt; &amp;" in body


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", timedelta(0)),
        ("120", timedelta(minutes=2)),
        ("99999999999", timedelta(hours=24)),
        ("Tue, 09 Jul 2024 08:05:00 GMT", timedelta(minutes=5)),
        ("Tue, 09 Jul 2024 07:00:00 GMT", timedelta(0)),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_rfc_9110_has_it(value, expected):
    assert retry_after({"retry-after": value}, datetime(2024, 7, 9, 8, tzinfo=UTC)) == expected
