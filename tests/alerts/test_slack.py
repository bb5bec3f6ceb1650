"""Does a message reach a Slack webhook within Slack's limits, and are its refusals told apart?"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web

from alerts.backoff import retry_after
from alerts.channel import PermanentFailure, Recipient, Thread, TransientFailure
from alerts.channels.slack import SlackChannel
from alerts.language import speaking, spoken
from alerts.message import changes_message, notice_message
from alerts.slack_blocks import slack_body, text_length
from alerts.turns import Turns
from store.values import Passage, PassageKind

KEY = "0f9d7c0e-0000-5000-8000-000000000001"
TOKEN = "xoxb-not-a-real-token"


@pytest.fixture
def message(made):
    return changes_message((made.texts(*made.LOST_TWO),), made.subscription(), "https://tocsin.example.org")


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


def over_limit(body) -> list[str]:
    """Which of Slack's limits a message breaks (docs.slack.dev/reference/block-kit)."""
    found, blocks = [], body["blocks"]
    found += ["blocks"] * (len(blocks) > 50)
    found += ["altogether"] * (text_length(blocks) + len(body["text"]) > 12_000)
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    found += ["block_id twice"] * (len(set(ids)) < len(ids))
    for block in blocks:
        if block["type"] == "header":
            found += ["header"] * (not 0 < len(block["text"]["text"]) <= 150)
        elif "text" in block:
            found += ["section"] * (not 0 < len(block["text"]["text"]) <= 3000)
        found += ["fields"] * (len(block.get("fields", [])) > 10)
        found += ["elements"] * (len(block.get("elements", [])) > 10)
        for part in [*block.get("fields", []), *block.get("elements", [])]:
            text = part["text"]["text"] if part["type"] == "button" else part["text"]
            found += [part["type"]] * (not 0 < len(text) <= (75 if part["type"] == "button" else 2000))
    return found


LONG = "Ünïcode & <b> {{7*7}} " * 600


def huge(made, number=1, **other):
    findings = [made.removed("HK", "&<" * 900, at) for at in range(80)]
    passages = tuple(Passage(PassageKind.PARAGRAPH, "&<" * 900 + LONG, ("Heading " * 50,)) for _ in range(80))
    named = {"title": LONG, "publisher": LONG, "product": LONG, "reasons": (LONG,) * 9}
    address = f"{number}..{number + 1}"
    return made.texts(*findings, old=passages, new=(), address=address, **named | other)


@pytest.mark.parametrize("many", [1, 2, 7, 20, 300])
@pytest.mark.parametrize("buttons", [False, True])
@pytest.mark.parametrize("base_url", [None, "https://tocsin.example.org"])
def test_limits_hold_for_the_largest_message(made, many, buttons, base_url):
    message = changes_message([huge(made, number) for number in range(many)], made.subscription(), base_url)
    body = slack_body(message, KEY, buttons=buttons)
    assert over_limit(body) == []
    assert KEY in str(body["blocks"][-1])
    shortened = "• …" if many in (2, 7) else "This is not all"
    assert shortened in str(body["blocks"])
    if base_url and many not in (2, 7):
        assert f"<https://tocsin.example.org/changes{'/0..1' if many == 1 else ''}|This is not all" in str(
            body["blocks"]
        )


@pytest.mark.parametrize("many", [1, 5])
def test_what_fits_is_whole(made, many):
    texts = [made.texts(*made.LOST_TWO, address=f"{number}..{number + 1}") for number in range(many)]
    body = slack_body(changes_message(texts, made.subscription(), "https://t.example"), KEY, buttons=True)
    shown = str(body["blocks"])
    assert over_limit(body) == []
    assert "This is not all" not in shown
    for number in range(many):
        assert f"<https://t.example/changes/{number}..{number + 1}|See the whole change>" in shown
        assert f"'value': '1 {number}..{number + 1}'" in shown
    assert shown.count("a" * 64) == shown.count("b" * 64) == many


def test_a_message_without_a_change_keeps_to_the_limits_too(made):
    message = notice_message(LONG, [LONG] * 200, made.subscription(), links=[(LONG, "https://x.example/" + "y" * 5000)])
    assert over_limit(slack_body(message, KEY, buttons=True)) == []


def test_a_notice_shows_its_links(made):
    message = notice_message(
        "Confirm", ["Say yes."], made.subscription(), links=[("Yes", "https://t.example/yes?a=1&b=2")]
    )
    assert "<https://t.example/yes?a=1&amp;b=2|Yes>" in str(slack_body(message, KEY)["blocks"])


def test_page_text_cannot_mention_anybody(made):
    evil = "<!channel> & <https://evil.example|Tocsin>"
    passage = (Passage(PassageKind.PARAGRAPH, evil + " Hong Kong"),)
    texts = made.texts(made.removed("HK", "Hong Kong", 0), old=passage, new=(), title=evil, product=evil)
    body = str(slack_body(changes_message((texts,), made.subscription()), KEY)["blocks"][1:])
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
        ("Tue, 09 Jul 99999999999999999999 08:05:00 GMT", None),
        ("Tue, 09 Jul 2024 08:05:00 +99999999999999", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_rfc_9110_has_it(value, expected):
    assert retry_after({"retry-after": value}, datetime(2024, 7, 9, 8, tzinfo=UTC)) == expected


@dataclass
class Slack:
    """Slack's method chat.postMessage: what it was handed, when, and answers used up one by one, then ok."""

    url: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    answers: list[tuple[int, dict[str, Any] | str, dict[str, str]]] = field(default_factory=list)

    async def post(self, request: web.Request) -> web.Response:
        self.at.append(time.monotonic())
        self.bodies.append(await request.json())
        self.headers.append(dict(request.headers))
        number = len(self.bodies)
        taken = {"ok": True, "channel": "C0123456789", "ts": f"1720512000.{number:06}"}
        status, body, headers = self.answers.pop(0) if self.answers else (200, taken, {})
        if isinstance(body, str):
            return web.Response(status=status, text=body, headers=headers, content_type="text/html")
        return web.json_response(body, status=status, headers=headers)


@pytest.fixture
async def slack():
    found, app = Slack(), web.Application()
    app.router.add_post("/api/chat.postMessage", found.post)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    yield found
    await runner.cleanup()


@pytest.fixture
def bot(clock, servers, slack):
    turns = Turns(timedelta(seconds=0.2), timedelta(seconds=2))
    return SlackChannel(servers.session, clock, token=TOKEN, api=slack.url, timeout=5, turns=turns)


async def test_a_bot_writes_to_a_channel(message, bot, slack):
    receipt = await bot.send(message, Recipient("#compliance"), KEY)
    body = slack.bodies[0]
    assert (receipt.text, receipt.reference) == ("200 ok C0123456789 1720512000.000001", "1720512000.000001")
    assert slack.headers[0]["Authorization"] == f"Bearer {TOKEN}"
    assert body["channel"] == "#compliance"
    assert body["metadata"] == {"event_type": "tocsin_message", "event_payload": {"key": KEY}}
    assert "thread_ts" not in body
    (actions,) = [block for block in body["blocks"] if block["type"] == "actions"]
    assert [(one["action_id"], one["value"], one["text"]["text"]) for one in actions["elements"]] == [
        ("review_acknowledge", "1 1..2", "Acknowledge"),
        ("review_dismiss", "1 1..2", "Dismiss…"),
    ]
    assert message.ending not in str(body)  # whoever reads the channel cannot end the subscription


async def test_buttons_that_nobody_hears_are_not_shown(message, clock, servers, slack):
    channel = SlackChannel(servers.session, clock, token=TOKEN, api=slack.url, buttons=False)
    await channel.send(message, Recipient("#compliance"), KEY)
    assert "'actions'" not in str(slack.bodies[0]["blocks"])


async def test_a_webhook_has_no_buttons(message, channel, workspace):
    await channel.send(message, Recipient(workspace.url), KEY, Thread("0" * 36, "1720512000.000001"))
    assert "'actions'" not in str(workspace.bodies[0])
    assert "thread_ts" not in workspace.bodies[0]


async def test_an_answer_stands_in_its_thread(message, bot, slack):
    first = await bot.send(message, Recipient("#compliance"), KEY)
    await bot.send(message, Recipient("#compliance"), KEY, Thread("0" * 36, first.reference))
    assert slack.bodies[1]["thread_ts"] == "1720512000.000001"


async def test_where_the_thread_is_gone_the_answer_opens_one(message, bot, slack):
    slack.answers = [(200, {"ok": False, "error": "thread_not_found"}, {})]
    receipt = await bot.send(message, Recipient("#compliance"), KEY, Thread("0" * 36, "1.000"))
    assert receipt.reference == "1720512000.000002"
    assert ["thread_ts" in body for body in slack.bodies] == [True, False]


@pytest.mark.parametrize(
    ("error", "failure", "address_is_dead"),
    [
        ("channel_not_found", PermanentFailure, True),
        ("not_in_channel", PermanentFailure, True),
        ("is_archived", PermanentFailure, True),
        ("restricted_action", PermanentFailure, True),
        ("invalid_blocks", PermanentFailure, False),
        ("msg_too_long", PermanentFailure, False),
        ("invalid_auth", TransientFailure, None),
        ("token_revoked", TransientFailure, None),
        ("missing_scope", TransientFailure, None),
        ("ratelimited", TransientFailure, None),
        ("fatal_error", TransientFailure, None),
        ("an_error_slack_thinks_of_tomorrow", TransientFailure, None),
    ],
)
async def test_the_methods_errors_are_told_apart(message, bot, slack, error, failure, address_is_dead):
    slack.answers = [(200, {"ok": False, "error": error}, {})]
    with pytest.raises(failure, match=error) as caught:
        await bot.send(message, Recipient("#compliance"), KEY)
    assert getattr(caught.value, "address_is_dead", None) is address_is_dead
    assert TOKEN not in caught.value.reason
    assert len(slack.bodies) == 1


@pytest.mark.parametrize("answer", [(502, "<h1>Bad gateway</h1>", {}), (200, "<h1>Welcome</h1>", {}), (503, {}, {})])
async def test_an_answer_that_is_none_is_transient(message, bot, slack, answer):
    slack.answers = [answer]
    with pytest.raises(TransientFailure):
        await bot.send(message, Recipient("#compliance"), KEY)


async def test_a_channel_without_a_token_waits_for_the_operator(message, channel):
    with pytest.raises(TransientFailure, match="TOCSIN_SLACK_TOKEN"):
        await channel.send(message, Recipient("#compliance"), KEY)


async def test_one_message_at_a_time_and_then_a_pause(message, bot, slack):
    """Three to one channel, one to another: the three are apart, the other does not wait for them."""
    addresses = ["#a", "#a", "#a", "#b"]
    await asyncio.gather(*(bot.send(message, Recipient(address), KEY) for address in addresses))
    at = {
        name: [when for when, body in zip(slack.at, slack.bodies, strict=True) if body["channel"] == name]
        for name in ("#a", "#b")
    }
    assert all(later - earlier >= 0.2 for earlier, later in pairwise(at["#a"]))
    assert at["#b"][0] - at["#a"][0] < 0.2


async def test_slow_down_holds_for_the_whole_channel(message, bot, slack):
    slack.answers = [(429, {"ok": False, "error": "ratelimited"}, {"Retry-After": "30"})]
    with pytest.raises(TransientFailure) as caught:
        await bot.send(message, Recipient("#compliance"), KEY)
    assert caught.value.retry_after == timedelta(seconds=30)
    with pytest.raises(TransientFailure, match="slow down") as again:
        await bot.send(message, Recipient("#compliance"), KEY)
    assert timedelta(seconds=29) < again.value.retry_after <= timedelta(seconds=30)
    assert len(slack.bodies) == 1  # the second was not even tried
    await bot.send(message, Recipient("#other"), KEY)
    assert len(slack.bodies) == 2


def test_turns_survive_their_event_loop():
    """A command runs one loop after another in a process; what waited in the first is forgotten."""
    turns, seen = Turns(timedelta(seconds=0.05)), []

    async def twice() -> None:
        async def once() -> None:
            async with turns.of("#a"):
                seen.append(time.monotonic())

        await asyncio.gather(once(), once())

    asyncio.run(twice())
    asyncio.run(twice())
    assert all(later - earlier >= 0.05 for earlier, later in pairwise(seen))
    assert len(seen) == 4


def test_a_message_speaks_its_language(made):
    with speaking("fr"):
        message = changes_message((made.texts(*made.LOST_TWO),), made.subscription(locale="fr"))
    assert message.locale == "fr"
    assert spoken() == "en"
    slack_body(message, KEY)
    assert spoken() == "en"
