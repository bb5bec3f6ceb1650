"""Mail to the sender's address: which delivery it kills, when a subscription pauses or ends, and what does nothing."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes

import pytest

from alerts.bounce import NothingToDo, TooSoon, bounced
from alerts.bounce import read_bounce as read
from alerts.channel import Receipt
from alerts.incoming import Ended, incoming
from alerts.run import LEASE, announce, deliver
from store.attempts import attempts_of
from store.deliveries import claim_due, mark_sent, revive
from store.outbox_views import deliveries
from store.outbox_views import delivery as stored
from store.subscriptions import NewSubscription, add, subscription
from store.values import DeliveryState, Purpose


def read_bounce(raw):
    return read(message_from_bytes(raw))


KEY = "0f9d7c0e-0000-5000-8000-000000000001"
REPORT = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: tocsin@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=b"

--=b
Content-Type: text/plain; charset=us-ascii

Your message could not be delivered.

--=b
Content-Type: {report_type}

Reporting-MTA: dns; mx.example.net
Arrival-Date: Tue, 9 Jul 2024 08:00:03 +0000

{fields}

--=b
Content-Type: {returned_type}

From: Tocsin <tocsin@example.org>
To: ada@example.org
Message-ID: <{key}@example.org>
Subject: [high] OpenAI API no longer lists Hong Kong

--=b--
"""
NO_MAILBOX = """\
Final-Recipient: rfc822; ada@example.org
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; 550 5.1.1 <ada@example.org>: no such user"""


def report(fields=NO_MAILBOX, *, key=KEY, report_type="message/delivery-status", returned_type="message/rfc822"):
    text = REPORT.format(fields=fields, key=key, report_type=report_type, returned_type=returned_type)
    return text.replace("\n", "\r\n").encode()


@pytest.fixture
async def sent(database, seed, made, clock):
    """The number and key of a mail to Ada that a server took; an operator hears elsewhere."""
    with database.begin() as session:
        add(session, NewSubscription("email", "ada@example.org"), made.NINTH)
        add(session, NewSubscription("webhook", "https://ops.example.org/hook", operator=True), made.NINTH)
    seed.change(seed.source(), *made.LOST_TWO)
    announce(database, clock())
    assert (await deliver(database, {"email": Taking()}, clock)).sent == 1
    with database.read() as session:
        (one,) = deliveries(session)
    return one


class Taking:
    name = "email"

    async def send(self, message, to, key, thread=None):
        return Receipt("250 2.0.0 taken")


def of(session, number):
    return stored(session, number)


async def test_a_mailbox_that_does_not_exist_is_dead_and_the_operator_hears(database, clock, sent):
    clock.forward(minutes=3)
    done = incoming(database, report(key=sent.key), clock())
    assert (done.delivery, done.subscription, done.paused) == (sent.id, sent.subscription_id, True)
    with database.read() as session:
        assert of(session, sent.id).state is DeliveryState.DEAD
        assert subscription(session, sent.subscription_id).paused_reason == done.reason
        assert "550 5.1.1 <ada@example.org>: no such user" in done.reason
        tries = attempts_of(session, sent.id)
        assert [one.state for one in tries] == [DeliveryState.SENT, DeliveryState.DEAD]
        assert tries[1].answer == done.reason
        told = [one for one in deliveries(session) if one.purpose is Purpose.DEAD_CHANNEL]
        assert len(told) == 1


async def test_the_same_report_twice_changes_nothing(database, clock, sent):
    incoming(database, report(key=sent.key), clock())
    with pytest.raises(NothingToDo, match="known already"):
        incoming(database, report(key=sent.key), clock())
    with database.read() as session:
        assert len(attempts_of(session, sent.id)) == 2


@pytest.mark.parametrize(
    "fields",
    [
        NO_MAILBOX.replace("Status: 5.1.1", "Status: 5.2.2").replace("no such user", "over quota"),
        NO_MAILBOX.replace("Status: 5.1.1", "Status: 5.7.1 (policy)").replace("no such user", "looks like spam"),
        NO_MAILBOX.replace("Status: 5.1.1", "Status: 4.4.7").replace("no such user", "tried for five days"),
        NO_MAILBOX.replace("ada@example.org", "her-other-mailbox@example.com"),  # she passes her mail on
        NO_MAILBOX.replace("Status: 5.1.1\n", "").replace("550 5.1.1", "550"),
    ],
    ids=["full", "refused", "too late", "passed on", "without a status"],
)
async def test_what_does_not_say_that_the_address_is_dead_pauses_nobody(database, clock, sent, fields):
    done = incoming(database, report(fields, key=sent.key), clock())
    assert not done.paused
    with database.read() as session:
        assert of(session, sent.id).state is DeliveryState.DEAD
        assert subscription(session, sent.subscription_id).paused_at is None


async def test_it_can_be_sent_again_under_its_key(database, clock, sent):
    full = NO_MAILBOX.replace("Status: 5.1.1", "Status: 5.2.2")
    incoming(database, report(full, key=sent.key), clock())
    with database.begin() as session:
        assert revive(session, clock(), delivery_id=sent.id) == (sent.id,)
    assert (await deliver(database, {"email": Taking()}, clock)).sent == 1
    with database.read() as session:
        again = of(session, sent.id)
    assert (again.state, again.key) == (DeliveryState.SENT, sent.key)


async def test_one_that_failed_for_want_of_an_answer_and_comes_back_is_not_tried_again(database, clock, made, seed):
    class Silent(Taking):
        async def send(self, message, to, key, thread=None):
            raise TimeoutError("no answer")

    with database.begin() as session:
        add(session, NewSubscription("email", "ada@example.org"), made.NINTH)
    seed.change(seed.source(), *made.LOST_TWO)
    announce(database, clock())
    assert (await deliver(database, {"email": Silent()}, clock)).failed == 1
    with database.read() as session:
        (one,) = deliveries(session)
    assert incoming(database, report(key=one.key), clock()).paused
    clock.at += timedelta(days=1)
    assert (await deliver(database, {"email": Taking()}, clock)).sent == 0


def claimed(database, seed, made, clock):
    """A mail that a server has, and whose sender has not written that yet."""
    with database.begin() as session:
        add(session, NewSubscription("email", "ada@example.org"), made.NINTH)
    seed.change(seed.source(), *made.LOST_TWO)
    announce(database, clock())
    with database.begin() as session:
        return claim_due(session, "email", clock(), LEASE)


def test_a_report_that_is_faster_than_the_sender_waits_for_it(database, seed, made, clock):
    claim, waits = claimed(database, seed, made, clock), []

    def marked(seconds):
        waits.append(seconds)
        with database.begin() as session:
            mark_sent(session, claim.id, "250 taken", clock())

    assert bounced(database, message_from_bytes(report(key=claim.key)), clock(), marked).paused
    assert len(waits) == 1
    with database.read() as session:
        assert of(session, claim.id).state is DeliveryState.DEAD


def test_where_the_sender_does_not_come_back_it_is_read_later(database, seed, made, clock):
    claim = claimed(database, seed, made, clock)
    with pytest.raises(TooSoon, match="read this report again"):
        bounced(database, message_from_bytes(report(key=claim.key)), clock(), lambda seconds: None)
    with database.read() as session:
        assert of(session, claim.id).state is DeliveryState.PENDING


async def test_a_key_that_nobody_sent_is_refused(database, clock, sent):
    with pytest.raises(NothingToDo, match="did not send"):
        incoming(database, report(), clock())


@pytest.mark.parametrize(
    ("returned_type", "report_type"),
    [
        ("message/rfc822", "message/delivery-status"),
        ("text/rfc822-headers", "message/delivery-status"),
        ("message/global", "message/global-delivery-status"),
        ("message/global-headers; charset=utf-8", "message/global-delivery-status"),
        ("message/rfc822; x=y", "Message/Delivery-Status"),
    ],
)
def test_every_form_of_a_report_is_read(returned_type, report_type):
    found = read_bounce(report(returned_type=returned_type, report_type=report_type))
    assert (found.key, found.status, found.addresses) == (KEY, "5.1.1", {"ada@example.org"})
    assert found.said == "550 5.1.1 <ada@example.org>: no such user"


@pytest.mark.parametrize("report_type", ["message/delivery-status", "message/global-delivery-status"])
def test_several_readers_in_one_report_are_told_apart(report_type):
    others = NO_MAILBOX.replace("failed", "relayed").replace("ada@", "bob@")
    found = read_bounce(report(f"{others}\n\n{NO_MAILBOX}", report_type=report_type))
    assert found.addresses == {"ada@example.org"}


def test_the_address_that_was_asked_for_counts_too():
    moved = NO_MAILBOX.replace("Final-Recipient: rfc822; ada@", "Final-Recipient: rfc822; a.lovelace@")
    found = read_bounce(report(f"Original-Recipient: rfc822;Ada@Example.org\n{moved}"))
    assert found.kills("ada@example.org")
    assert found.kills("A.Lovelace@example.org")


def test_a_host_with_letters_outside_ascii_is_compared_as_it_was_sent():
    found = read_bounce(report(NO_MAILBOX.replace("ada@example.org", "ada@xn--bcher-kva.example")))
    assert found.kills("ada@bücher.example")


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"Subject: I am away\r\nAuto-Submitted: auto-replied\r\n\r\nBack on Monday.", "no report of a delivery"),
        (b"", "no report of a delivery"),
        (b"\xff\xfe\x00" * 1000, "no report of a delivery"),
        (report(NO_MAILBOX.replace("failed", "delayed")), "no failure"),
        (report(NO_MAILBOX.replace("failed", "delivered")), "no failure"),
        (report("Action failed"), "no failure"),
        (report(key="").replace(b"Message-ID: <@example.org>\r\n", b""), "no Message-ID"),
        (report(returned_type="image/png"), "no Message-ID"),
        (b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" * 20_000, "no report of a delivery|without end"),
        (b"Content-Type: message/rfc822\r\n\r\n" * 20_000, "no report of a delivery|without end"),
    ],
)
def test_every_other_mail_is_named_and_does_nothing(sqlite_database, clock, raw, says):
    with pytest.raises(NothingToDo, match=says):
        incoming(sqlite_database, raw, clock())


def test_words_of_a_report_cannot_steer_a_terminal_and_have_a_bound():
    fields = NO_MAILBOX.replace("no such user", "\x1b[31mred\x1b[0m " + "x" * 5000)
    found = read_bounce(report(fields))
    assert "\x1b" not in found.reason
    assert len(found.reason) < 400


def test_words_that_stand_only_in_the_text_for_people_are_found_there():
    """As OpenSMTPD 6.8 reports: no Diagnostic-Code, and a status that says nothing."""
    bare = NO_MAILBOX.partition("\nRemote-MTA")[0].replace("5.1.1", "5.0.0")
    prose = b"Your message could not be delivered.\r\n\r\nada@example.org: 550 5.1.1 nobody here\r\n"
    found = read_bounce(report(bare).replace(b"Your message could not be delivered.\r\n", prose))
    assert (found.said, found.status) == ("550 5.1.1 nobody here", "5.1.1")
    of_another = prose.replace(b"ada@", b"bob@")
    found = read_bounce(report(bare).replace(b"Your message could not be delivered.\r\n", of_another))
    assert (found.said, found.status) == ("status 5.0.0", "5.0.0")


def test_a_reader_without_a_page_ends_it_by_mail(database, clock):
    """The mail that List-Unsubscribe offers where TOCSIN_BASE_URL is not set."""
    with database.begin() as session:
        ada = add(session, NewSubscription("email", "ada@example.org"), clock())
        add(session, NewSubscription("email", "bob@example.org"), clock())
    raw = f"From: ada@example.org\r\nSubject: Unsubscribe {ada.secret}\r\n\r\n".encode()
    assert incoming(database, raw, clock()) == Ended(ada.id)
    with database.read() as session:
        assert [subscription(session, number).state for number in (1, 2)] == ["ended", "active"]


@pytest.mark.parametrize(
    "subject", ["unsubscribe", "unsubscribe 1", f"unsubscribe {'x' * 43}", "Re: unsubscribe me, please"]
)
def test_a_wish_to_unsubscribe_that_names_none_ends_none(sqlite_database, clock, subject):
    with sqlite_database.begin() as session:
        add(session, NewSubscription("email", "ada@example.org"), clock())
    with pytest.raises(NothingToDo):
        incoming(sqlite_database, f"Subject: {subject}\r\n\r\n".encode(), clock())
    with sqlite_database.read() as session:
        assert subscription(session, 1).state == "active"
