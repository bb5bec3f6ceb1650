"""Does a webhook arrive as Standard Webhooks says, and are the answers told apart as it recommends?"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from aiohttp import web
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from alerts.backoff import ATTEMPTS_AT_MOST, JITTER, STEPS, wait_after
from alerts.channel import PermanentFailure, Recipient, Thread, TransientFailure
from alerts.channels.webhook import WebhookChannel
from alerts.message import changes_message
from alerts.run import announce, deliver
from crawler.gate import Gate, Refused
from store.outbox_views import deliveries
from store.subscriptions import NewSubscription, add
from store.subscriptions import subscription as get
from store.values import DeliveryState, Purpose

VECTORS = json.loads((Path(__file__).parent / "webhook_vectors.json").read_text("utf-8"))
SIGNED = VECTORS["signed"]
SECRET = SIGNED[0]["secret"]
BARE = SECRET.removeprefix("whsec_")
KEY = "0f9d7c0e-0000-5000-8000-000000000001"


def now():
    return datetime.now(UTC).replace(microsecond=0)


class Endpoint:
    """A receiver's memory and answers: (status, body, headers) used up one by one, then 204."""

    def __init__(self):
        self.url = ""
        self.bodies, self.headers, self.answers = [], [], []
        self.hold = None

    async def hook(self, request):
        self.bodies.append(await request.read())
        self.headers.append(dict(request.headers))
        if self.hold is not None:
            await self.hold.wait()
        status, body, headers = self.answers.pop(0) if self.answers else (204, "", {})
        return web.Response(status=status, body=body, headers=headers)

    def verified(self, secret=SECRET):
        return Webhook(secret).verify(self.bodies[-1], self.headers[-1])


@pytest.fixture
async def endpoint():
    point, app = Endpoint(), web.Application()
    app.router.add_post("/hooks/{token}", point.hook)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    point.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hooks/t0k3n-that-nobody-may-read"
    yield point
    if point.hold is not None:
        point.hold.set()
    await runner.cleanup()


@pytest.fixture
def message(made):
    said = changes_message([made.texts(*made.LOST_TWO)], made.subscription(), "https://tocsin.example.org")
    return replace(said, purpose=Purpose.CHANGES, at=made.NINTH)


@pytest.fixture
def channel(servers):
    return WebhookChannel(servers.session, now, timeout=5)


async def test_it_arrives_signed_and_the_receivers_library_agrees(message, channel, endpoint):
    receipt = await channel.send(message, Recipient(endpoint.url, SECRET), KEY)
    body = endpoint.verified()
    assert receipt.text == "204"
    assert (body["type"], body["timestamp"]) == ("tocsin.changes.v1", "2024-07-09T08:00:00Z")
    assert body["data"]["id"] == KEY == endpoint.headers[0]["webhook-id"]
    assert body["data"]["answers"] is None
    assert [one["territory"] for one in body["data"]["changes"][0]["findings"]] == ["HK", "MO"]
    assert endpoint.headers[0]["Content-Type"] == "application/json"


async def test_a_second_try_has_the_same_id_and_body_and_its_own_time(message, servers, endpoint):
    clock = iter([now(), now() + timedelta(minutes=1)])
    channel = WebhookChannel(servers.session, lambda: next(clock), timeout=5)
    for _try in range(2):
        await channel.send(message, Recipient(endpoint.url, SECRET), KEY, Thread("root"))
    first, second = endpoint.headers
    assert endpoint.bodies[0] == endpoint.bodies[1]
    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) in (60, 61)
    assert first["webhook-signature"] != second["webhook-signature"]
    assert json.loads(endpoint.bodies[0])["data"]["answers"] == "root"


@pytest.mark.parametrize("secret", [SECRET, BARE])
async def test_the_secret_works_with_and_without_its_prefix(message, channel, endpoint, secret):
    await channel.send(message, Recipient(endpoint.url, secret), KEY)
    assert endpoint.verified(SECRET) == endpoint.verified(BARE)


async def test_whoever_has_another_secret_refuses_it(message, channel, endpoint):
    await channel.send(message, Recipient(endpoint.url, "whsec_" + base64.b64encode(b"x" * 24).decode()), KEY)
    with pytest.raises(WebhookVerificationError):
        endpoint.verified()


@pytest.mark.parametrize("secret", [None, "", "whsec_", "whsec_é", "whsec_a"])
async def test_nothing_leaves_unsigned(message, channel, endpoint, secret):
    with pytest.raises(PermanentFailure, match="no signing secret"):
        await channel.send(message, Recipient(endpoint.url, secret), KEY)
    assert endpoint.bodies == []


@pytest.mark.parametrize("vector", SIGNED, ids=lambda one: one["id"])
def test_the_published_vectors(vector):
    at = datetime.fromtimestamp(vector["timestamp"], UTC)
    for secret in (vector["secret"], vector["secret"].removeprefix("whsec_")):
        assert Webhook(secret).sign(vector["id"], at, vector["payload"]) == vector["signature"]
    # by hand, so that the package is not judged by itself
    signed = f"{vector['id']}.{vector['timestamp']}.{vector['payload']}".encode()
    digest = hmac.new(base64.b64decode(BARE), signed, hashlib.sha256).digest()
    assert f"v1,{base64.b64encode(digest).decode()}" == vector["signature"]


async def test_the_channels_own_headers_reproduce_the_vector(message, servers, endpoint, monkeypatch):
    vector = SIGNED[0]
    monkeypatch.setattr("alerts.channels.webhook.body", lambda *_given: vector["payload"])
    at = datetime.fromtimestamp(vector["timestamp"], UTC)
    await WebhookChannel(servers.session, lambda: at).send(message, Recipient(endpoint.url, SECRET), vector["id"])
    sent = endpoint.headers[0]
    assert endpoint.bodies[0].decode() == vector["payload"]
    assert (sent["webhook-id"], sent["webhook-timestamp"]) == (vector["id"], str(vector["timestamp"]))
    assert sent["webhook-signature"] == vector["signature"]


def headers(**other):
    """Of the published message, now; other: names with _ for -."""
    at = now()
    vector = SIGNED[0]
    good = {
        "webhook-id": vector["id"],
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(vector["id"], at, vector["payload"]),
    }
    return {**good, **{name.replace("_", "-"): value for name, value in other.items()}}


def verify(given, secret=SECRET):
    return Webhook(secret).verify(SIGNED[0]["payload"], {name: one for name, one in given.items() if one is not None})


def test_one_good_signature_among_foreign_ones_is_enough():
    foreign = VECTORS["foreign_signatures"]
    good = headers()["webhook-signature"]
    assert verify(headers(webhook_signature=" ".join([*foreign, good, foreign[0]]))) == {"test": 2432232314}
    with pytest.raises(WebhookVerificationError):
        verify(headers(webhook_signature=" ".join(foreign)))


@pytest.mark.parametrize(
    "broken",
    [
        {"webhook_id": None},
        {"webhook_timestamp": None},
        {"webhook_signature": None},
        *({"webhook_signature": one} for one in VECTORS["broken_signatures"]),
        *({"webhook_timestamp": one} for one in VECTORS["broken_timestamps"]),
        {"webhook_id": "msg_another"},
    ],
    ids=str,
)
def test_what_the_published_tests_refuse_is_refused(broken):
    with pytest.raises((WebhookVerificationError, ValueError)):
        verify(headers(**broken))


@pytest.mark.parametrize(("late", "good"), [(-299, True), (299, True), (-301, False), (302, False)])
def test_a_time_is_tolerated_for_five_minutes(late, good):
    at = now() + timedelta(seconds=late)
    vector = SIGNED[0]
    given = headers(
        webhook_timestamp=str(int(at.timestamp())),
        webhook_signature=Webhook(SECRET).sign(vector["id"], at, vector["payload"]),
    )
    if good:
        assert verify(given) == {"test": 2432232314}
    else:
        with pytest.raises(WebhookVerificationError, match="too"):
            verify(given)


@pytest.mark.parametrize("status", [300, 301, 302, 307, 400, 401, 403, 404, 408, 413, 425, 429, 500, 502, 503, 504])
async def test_everything_but_success_is_tried_again(message, channel, endpoint, status):
    endpoint.answers = [(status, "because", {"Location": endpoint.url})]
    with pytest.raises(TransientFailure) as caught:
        await channel.send(message, Recipient(endpoint.url, SECRET), KEY)
    assert str(status) in caught.value.reason
    assert len(endpoint.bodies) == 1  # a redirect is not followed
    assert "t0k3n" not in caught.value.reason
    assert BARE not in caught.value.reason


async def test_gone_ends_the_subscription(message, channel, endpoint):
    endpoint.answers = [(410, "", {})]
    with pytest.raises(PermanentFailure) as caught:
        await channel.send(message, Recipient(endpoint.url, SECRET), KEY)
    assert caught.value.address_is_dead


@pytest.mark.parametrize("status", [429, 503])
async def test_retry_after_is_passed_on(message, channel, endpoint, status):
    endpoint.answers = [(status, "", {"Retry-After": "30"})]
    with pytest.raises(TransientFailure) as caught:
        await channel.send(message, Recipient(endpoint.url, SECRET), KEY)
    assert caught.value.retry_after == timedelta(seconds=30)


async def test_a_silent_receiver_does_not_hold_us(message, servers, endpoint):
    endpoint.hold = asyncio.Event()
    with pytest.raises(TransientFailure, match=r"within|reached"):
        await WebhookChannel(servers.session, now, timeout=0.2).send(message, Recipient(endpoint.url, SECRET), KEY)


async def test_an_endless_answer_is_read_in_part(message, channel, endpoint):
    endpoint.answers = [(500, "a\nb\x00" + "x" * 5_000_000, {})]
    with pytest.raises(TransientFailure) as caught:
        await channel.send(message, Recipient(endpoint.url, SECRET), KEY)
    assert len(caught.value.reason) < 300
    assert "a b x" in caught.value.reason


async def test_an_unreachable_receiver_is_tried_again(message, channel):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TransientFailure, match="could not be reached") as caught:
        await channel.send(message, Recipient(f"http://127.0.0.1:{port}/hooks/t0k3n", SECRET), KEY)
    assert "t0k3n" not in caught.value.reason


async def test_the_outbound_gate_decides_where_a_webhook_may_be(message, endpoint):
    closed = WebhookChannel(Gate().session, now, forbidden=(Refused,))
    with pytest.raises(PermanentFailure, match="outbound gate refuses"):
        await closed.send(message, Recipient(endpoint.url, SECRET), KEY)
    assert endpoint.bodies == []
    opened = WebhookChannel(Gate(allow_hosts=frozenset({"127.0.0.1"})).session, now, forbidden=(Refused,))
    await opened.send(message, Recipient(endpoint.url, SECRET), KEY)
    assert endpoint.verified()["type"] == "tocsin.changes.v1"


def test_ten_tries_over_about_three_days():
    published = sum(VECTORS["retries_after_seconds"])
    waits = [wait_after(tried, None, Random(1)) for tried in range(1, ATTEMPTS_AT_MOST + 1)]
    assert waits[-1] is None
    assert len(VECTORS["retries_after_seconds"]) + 1 == ATTEMPTS_AT_MOST == 10
    steps = [STEPS[min(tried, len(STEPS)) - 1] for tried in range(1, ATTEMPTS_AT_MOST)]
    assert abs(sum(step.total_seconds() for step in steps) - published) < 0.01 * published
    assert all(abs(wait / step - 1) <= JITTER for wait, step in zip(waits[:-1], steps, strict=True))


@pytest.fixture
def on_the_way(database, seed, made):
    """A change that one webhook's subscription wants, announced at the frozen clock's time."""

    def prepared(url, at):
        with database.begin() as session:
            subscription = add(session, NewSubscription("webhook", url, group_wait=0), at - timedelta(days=1))
        seed.change(seed.source(), *made.LOST_TWO, at=at - timedelta(minutes=1))
        announce(database, at)
        return subscription

    return prepared


async def test_the_outbox_sends_it_and_its_own_secret_verifies_it(database, servers, endpoint, on_the_way):
    at = now()
    subscription = on_the_way(endpoint.url, at)
    done = await deliver(database, {"webhook": WebhookChannel(servers.session, lambda: at)}, lambda: at)
    assert done.sent == 1
    body = endpoint.verified(subscription.signing_secret)
    assert body["type"] == "tocsin.changes.v1"
    assert body["data"]["subscription"] == subscription.id
    assert subscription.signing_secret not in endpoint.bodies[0].decode()


async def test_after_ten_tries_it_is_dead_and_the_subscription_pauses(database, servers, endpoint, on_the_way, clock):
    began = clock.at
    subscription = on_the_way(endpoint.url, began)
    channels = {"webhook": WebhookChannel(servers.session, clock)}
    endpoint.answers = [(404, "", {})] * 20
    for _try in range(ATTEMPTS_AT_MOST):
        await deliver(database, channels, clock)
        with database.read() as session:
            (delivery,) = deliveries(session)
        last, clock.at = clock.at, max(clock.at, delivery.next_at)
    assert (delivery.state, delivery.attempts) == (DeliveryState.DEAD, 10)
    assert timedelta(days=2.8) < last - began < timedelta(days=3.5)
    assert len(endpoint.headers) == 10
    assert len({one["webhook-id"] for one in endpoint.headers}) == 1
    with database.read() as session:
        paused = get(session, subscription.id)
    assert "given up after 10 attempts" in paused.paused_reason
    assert "t0k3n" not in paused.paused_reason
