"""Does the service tell at once, without a tick, and does one channel that hangs delay no other?"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from alerts.channel import Receipt
from store.archive import Received, Visited, record_visit
from store.database import open_database
from store.outbox_views import deliveries
from store.sources import SourceSpec, claim_named, declare
from store.subscriptions import NewSubscription, add
from store.values import (
    Availability,
    Content,
    DeliveryState,
    Facts,
    Outcome,
    Passage,
    PassageKind,
    Polarity,
    SourceKind,
    Span,
    Status,
)
from tocsin.app import App
from tocsin.promptly import Promptly
from tocsin.settings import read_settings


class Channel:
    """Takes what it is given, once its gate is open."""

    def __init__(self, name):
        self.name, self.sent, self.gate = name, [], asyncio.Event()
        self.gate.set()

    async def send(self, message, to, key, thread=None):
        await self.gate.wait()
        self.sent.append(message)
        return Receipt("taken")


class Fixed(App):
    """The house with channels of the test's own."""

    channels_given = ()

    def channels(self):
        return {one.name: one for one in type(self).channels_given}


def list_of(*codes):
    facts = [
        Availability(code, "Example API", Status.LISTED, code, Span(number, 0, len(code), code))
        for number, code in enumerate(codes)
    ]
    return Content(tuple(Passage(PassageKind.LIST_ITEM, code) for code in codes), Facts(availability=tuple(facts)))


def visit(database, content):
    at = datetime.now(UTC)
    with database.begin() as session:
        [source] = claim_named(session, ["example"], at, timedelta(minutes=5))
        received = Received("https://example.com/", 200, {}, content.fingerprint.encode())
        due = at + timedelta(hours=1)
        record_visit(
            session,
            source,
            Visited(Outcome.VERSION, at, due, "https://example.com/", "r", received=received, content=content),
        )


async def until(true, seconds=20):
    for _ in range(int(seconds / 0.05)):
        if found := true():
            return found
        await asyncio.sleep(0.05)
    pytest.fail(f"not true within {seconds} s")


@pytest.fixture
def house(tmp_path):
    settings = read_settings(
        database_url=f"sqlite:///{tmp_path}/tocsin.db", model="none", group_wait=0, group_interval=0, tick=600
    )
    database = open_database(settings.database_url)
    spec = SourceSpec(
        slug="example", title="Example", publisher="Example AI", product="Example API", kind=SourceKind.AVAILABILITY,
        polarity=Polarity.ALLOW, language="en", jurisdiction=None, url="https://example.com/", host="example.com",
        every=timedelta(hours=1), text="",
    )  # fmt: skip
    with database.begin() as session:
        declare(session, [spec], datetime.now(UTC))
        add(session, NewSubscription("email", "ada@example.org"), datetime.now(UTC))
        add(session, NewSubscription("slack", "https://hooks.slack.com/services/T0"), datetime.now(UTC))
    yield settings, database
    database.close()


async def test_a_new_version_is_told_without_a_tick(house):
    settings, database = house
    mail, chat = Channel("email"), Channel("slack")
    mail.gate.clear()  # mail hangs
    Fixed.channels_given = (mail, chat)
    prompt = Promptly(Fixed(settings, database))
    loops = prompt.start()
    try:
        for codes in (("AL", "BR"), ("AL", "BR", "CL"), ("AL", "BR", "CL", "DK")):
            visit(database, list_of(*codes))
            prompt.visited("example", Outcome.VERSION)
            await until(lambda codes=codes: len(chat.sent) == len(codes) - 2)
        assert ["Chile" in chat.sent[0].text, "Denmark" in chat.sent[1].text] == [True, True]
        assert mail.sent == []
        mail.gate.set()
        await until(lambda: len(mail.sent) == 2)
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
    with database.read() as session:
        assert {one.state for one in deliveries(session)} <= {DeliveryState.SENT, DeliveryState.PENDING}


async def test_what_another_process_stored_is_sent_within_a_second_or_two(house):
    settings, database = house
    chat = Channel("slack")
    Fixed.channels_given = (chat,)
    app = Fixed(settings, database)
    loops = Promptly(app).start()
    try:
        await asyncio.sleep(0.2)
        from alerts.run import announce
        from detector.run import judge

        for codes in (("AL", "BR"), ("AL", "BR", "CL")):
            visit(database, list_of(*codes))
            judge(database, None, datetime.now(UTC))
        announce(database, datetime.now(UTC))
        await until(lambda: chat.sent)
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)


async def test_a_failing_loop_goes_on_and_keeps_back_the_sign_of_life(house, monkeypatch):
    settings, database = house
    Fixed.channels_given = ()
    prompt, asked = Promptly(Fixed(settings, database)), []
    monkeypatch.setattr("tocsin.promptly.POLL", 0.01)
    beats = []

    async def beat(_app):
        beats.append(1)

    async def announced(_app):
        asked.append(1)
        if len(asked) < 3:
            raise ZeroDivisionError("oops")
        return 0

    monkeypatch.setattr("tocsin.promptly.beat", beat)
    monkeypatch.setattr("tocsin.rounds.announced", announced)
    loops = prompt.start()
    try:
        await until(lambda: asked)
        await prompt.tick()
        early = len(beats)
        await until(lambda: len(asked) > 4)
        await prompt.tick()
        assert (early <= 1, len(beats) >= 1) == (True, True)
    finally:
        for loop in loops:
            loop.cancel()
        await asyncio.gather(*loops, return_exceptions=True)
