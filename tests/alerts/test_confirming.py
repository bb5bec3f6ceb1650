"""Is an address asked before it is told anything, not too often, and can it say yes?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.confirming import QUESTIONS_A_DAY, ask, asked_for, end_unanswered
from alerts.run import announce, deliver
from alerts.saying import message_for
from store import consent
from store.deliveries import claim_due
from store.outbox_views import deliveries
from store.subscriptions import (
    InvalidSubscription,
    NewSubscription,
    add,
    list_subscriptions,
    pause,
    subscription,
)
from store.values import DeliveryState, Purpose, Severity

BASE = "https://tocsin.example.org"
WISH = NewSubscription("email", "ada@example.org", territories=("HK",), watched=("HK",))


def asked(database, at, wish=WISH):
    with database.begin() as session:
        return asked_for(session, wish, at)


def said(database, at, base_url=BASE):
    """What the next e-mail says."""
    with database.begin() as session:
        claim = claim_due(session, "email", at, timedelta(minutes=5))
    assert claim is not None
    return message_for(database, claim, at, base_url)


def test_the_question_says_what_was_asked_for_and_where_to_say_yes(database, clock):
    one = asked(database, clock())
    message = said(database, clock())
    assert message.purpose is Purpose.CONFIRMATION
    assert message.severity is Severity.INFO
    assert message.link == f"{BASE}/confirm/{one.secret}"
    for body in (message.text, message.html):
        assert message.link in body
        assert "territories HK; own territories HK" in body
        assert "Tuesday 16 July 2024" in body
    assert message.unsubscribe == f"{BASE}/unsubscribe/{one.secret}"


def test_without_a_page_the_operator_can_say_yes_for_it(database, clock):
    one = asked(database, clock())
    message = said(database, clock(), None)
    assert f"tocsin subscription confirm {one.id}" in message.text
    assert f"tocsin subscription confirm {one.id}" in message.html
    assert message.link is None


def test_the_question_speaks_the_language_asked_for(database, clock):
    asked(database, clock(), replace(WISH, locale="fr"))
    assert said(database, clock()).locale == "fr"


def test_an_address_hears_nothing_else_before_it_said_yes(database, clock, seed, made, mailbox, mail_servers):
    asked(database, clock())
    change = seed.change(seed.source(), *made.LOST_TWO)
    assert change
    assert announce(database, clock()) == 1
    with database.read() as session:
        assert [one.purpose for one in deliveries(session)] == [Purpose.CONFIRMATION]


async def test_from_the_question_to_the_first_change(database, clock, seed, made, mailbox, mail_servers):
    from alerts.channels.email import EmailChannel
    from alerts.smtp_server import smtp_server

    port = await mail_servers()
    channel = EmailChannel(smtp_server(f"smtp://127.0.0.1:{port}?starttls=never"), "Tocsin <t@example.org>", clock)
    one = asked(database, clock())
    assert (await deliver(database, {"email": channel}, clock, base_url=BASE)).sent == 1
    assert mailbox.recipients == ["ada@example.org"]
    assert f"{BASE}/confirm/{one.secret}" in mailbox.mails[0].get_body(("plain",)).get_content()
    with database.begin() as session:
        consent.confirm(session, one.secret, clock())
    seed.change(seed.source(), *made.LOST_TWO)
    announce(database, clock())
    assert (await deliver(database, {"email": channel}, clock, base_url=BASE)).sent == 1
    assert "Hong Kong" in mailbox.mails[1]["Subject"]


def test_an_address_is_asked_three_times_a_day_and_not_more(database, clock):
    for number in range(QUESTIONS_A_DAY):
        clock.forward(minutes=1)
        asked(database, clock(), replace(WISH, address="ADA@example.org", min_severity=list(Severity)[number]))
    with pytest.raises(InvalidSubscription, match="come back tomorrow") as caught:
        asked(database, clock(), replace(WISH, publishers=("OpenAI",)))
    assert caught.value.field == "address"
    with database.read() as session:
        assert len(list_subscriptions(session)) == len(deliveries(session)) == QUESTIONS_A_DAY
    asked(database, clock(), replace(WISH, address="bob@example.org"))
    clock.forward(days=1, minutes=1)
    asked(database, clock())


def test_whoever_has_it_already_is_told_so_and_nothing_changes(database, clock):
    with database.begin() as session:
        mine = add(session, WISH, clock() - timedelta(days=9))
    assert asked(database, clock(), replace(WISH, locale="fr")) == mine
    message = said(database, clock())
    assert "already" in message.subject
    assert message.link == f"{BASE}/subscriptions/{mine.secret}"
    assert "/confirm/" not in message.text


def test_whoever_paused_it_and_asks_again_is_told_how_to_resume(database, clock):
    with database.begin() as session:
        mine = add(session, WISH, clock() - timedelta(days=9))
        pause(session, mine.id, "paused by its owner", clock())
    asked(database, clock())
    assert "It is paused" in said(database, clock()).text
    with database.read() as session:
        assert subscription(session, mine.id).paused_at is not None


@pytest.mark.parametrize("channel", ["slack", "webhook", "apprise"])
def test_whoever_holds_the_address_of_another_channel_holds_the_channel(database, clock, channel):
    address = "json://example.com/" if channel == "apprise" else "https://example.com/hook"
    assert asked(database, clock(), NewSubscription(channel, address)).active
    with database.read() as session:
        assert deliveries(session) == ()


def test_what_nobody_answered_ends_and_its_question_with_it(database, clock):
    one = asked(database, clock())
    assert end_unanswered(database, clock()) == 0
    clock.forward(days=7)
    assert end_unanswered(database, clock()) == 1
    assert end_unanswered(database, clock()) == 0
    with database.read() as session:
        assert subscription(session, one.id).ended_at == clock()
        assert [each.state for each in deliveries(session)] == [DeliveryState.DEAD]


def test_hostile_names_are_shown_harmless(database, clock):
    asked(database, clock(), replace(WISH, publishers=("{{ 7*7 }} <script>alert(1)</script>",)))
    message = said(database, clock())
    assert "<script>alert" not in message.html
    assert "{{ 7*7 }} <script>alert(1)</script>" in message.text


def test_asking_twice_in_one_instant_is_one_question(database, clock):
    one = asked(database, clock())
    with database.begin() as session:
        ask(session, one, clock())
    with database.read() as session:
        assert len(deliveries(session)) == 1
