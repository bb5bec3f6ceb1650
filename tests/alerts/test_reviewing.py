"""Is a critical change that nobody looks at told once more, then to somebody else, and never when it was looked at?"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from alerts.channels.email import EmailChannel
from alerts.reviewing import remind
from alerts.run import announce, deliver
from alerts.saying import SAYINGS
from alerts.smtp_server import smtp_server
from store.deliveries import mark_sent
from store.outbox_views import deliveries
from store.reviews import ReviewState, Via, review
from store.subscriptions import NewSubscription, add, end, subscription
from store.values import DeliveryState, Purpose, Severity

HOUR = 3600
BASE = "https://tocsin.example.org"


@pytest.fixture
def told(database, seed, made, clock):
    """A critical change and a high one, both told at eight to a reader who wants to be reminded after an hour."""
    with database.begin() as session:
        boss = add(session, NewSubscription("email", "boss@example.org", publishers=("Nobody",)), clock.at)
        reader = add(session, NewSubscription("email", "ada@example.org"), clock.at)
        session.execute(
            text("update subscription set remind_after = :after, escalate_to = :to where id = :id"),
            {"after": HOUR, "to": boss.id, "id": reader.id},
        )
    source = seed.source()
    numbers = [
        seed.change(source, made.removed("HK", "Hong Kong", 1, severity=severity), at=clock.at + timedelta(minutes=n))
        for n, severity in enumerate((Severity.CRITICAL, Severity.HIGH))
    ]
    announce(database, clock.at)
    with database.begin() as session:
        for one in deliveries(session):
            mark_sent(session, one.id, "250 ok", clock.at)
    return SimpleNamespace(boss=boss.id, reader=reader.id, critical=numbers[0], high=numbers[1])


@pytest.fixture
async def open_mail(mail_servers, clock):
    """The mail channel at a real server on loopback."""
    port = await mail_servers()
    return EmailChannel(smtp_server(f"smtp://127.0.0.1:{port}?starttls=never"), "Tocsin <tocsin@example.com>", clock)


@pytest.fixture
def decide(database, clock):
    def made(number: int, state: ReviewState, reader: int) -> None:
        with database.begin() as session:
            address = session.execute(
                text("select from_version || '..' || to_version from change where id = :id"), {"id": number}
            ).scalar_one()
            review(session, subscription(session, reader), address, state, "Ada", "why", Via.PAGE, clock.at)

    return made


@pytest.fixture
def queued(database):
    """(purpose, subscription, about, state) of every reminder and escalation."""

    def made() -> list[tuple[str, int, int, str]]:
        with database.read() as session:
            rows = session.execute(
                text(
                    "select purpose, subscription_id, about_id, state from delivery"
                    " where purpose in ('reminder', 'escalation') order by id"
                )
            )
            return [tuple(row) for row in rows]

    return made


def test_nothing_before_its_time_then_one_reminder_and_one_escalation_each_once(database, told, queued, clock):
    clock.forward(minutes=59)
    assert remind(database, clock.at) == 0
    clock.forward(minutes=1)
    assert remind(database, clock.at) == 1
    assert queued() == [("reminder", told.reader, told.critical, "pending")], "the high one is not reminded of"
    assert remind(database, clock.at) == 0
    clock.forward(minutes=59)
    assert remind(database, clock.at) == 0
    clock.forward(minutes=1)
    assert remind(database, clock.at) == 1
    [(_, _, _, _), escalation] = queued()
    assert escalation[:2] == ("escalation", told.boss)
    clock.forward(days=2)
    assert remind(database, clock.at) == 0
    assert len(queued()) == 2


@pytest.mark.parametrize("state", [ReviewState.ACKNOWLEDGED, ReviewState.IN_REVIEW, ReviewState.DISMISSED])
def test_who_looked_at_it_is_not_reminded(database, told, decide, queued, clock, state):
    decide(told.critical, state, told.reader)
    clock.forward(hours=3)
    assert remind(database, clock.at) == 0
    assert queued() == []


def test_what_was_reviewed_after_the_reminder_is_not_escalated_and_a_waiting_reminder_is_dropped(
    database, told, decide, queued, clock
):
    clock.forward(hours=1)
    remind(database, clock.at)
    decide(told.critical, ReviewState.ACTIONED, told.reader)
    clock.forward(hours=5)
    assert remind(database, clock.at) == 0
    assert queued() == [("reminder", told.reader, told.critical, "dead")]
    with database.read() as session:
        assert [one.error for one in deliveries(session, state=DeliveryState.DEAD)] == ["reviewed meanwhile"]


def test_what_was_opened_again_waits_anew(database, told, decide, queued, clock):
    decide(told.critical, ReviewState.ACKNOWLEDGED, told.reader)
    clock.forward(hours=3)
    decide(told.critical, ReviewState.OPEN, told.reader)
    assert remind(database, clock.at) == 0
    clock.forward(hours=1)
    assert remind(database, clock.at) == 1


def test_a_team_mate_s_review_is_everybody_s(database, told, decide, queued, clock):
    with database.begin() as session:
        mate = add(session, NewSubscription("email", "grace@example.org"), clock.at)
        session.execute(
            text("update subscription set team = 'legal' where id in (:a, :b)"), {"a": told.reader, "b": mate.id}
        )
    decide(told.critical, ReviewState.ACKNOWLEDGED, mate.id)
    clock.forward(hours=3)
    assert remind(database, clock.at) == 0


def test_an_ended_or_missing_successor_hears_nothing_and_old_news_is_not_reminded_of(database, told, queued, clock):
    with database.begin() as session:
        end(session, told.boss, clock.at)
    clock.forward(hours=1)
    remind(database, clock.at)
    clock.forward(hours=1)
    assert remind(database, clock.at) == 0
    with database.begin() as session:
        session.execute(text("delete from delivery where purpose = 'reminder'"))
    clock.forward(days=8)
    assert remind(database, clock.at) == 0


async def test_what_they_read(database, told, open_mail, mailbox, clock):
    """Through the outbox and a real mail server: the reminder answers the first message, and each says what to do."""
    clock.forward(hours=1)
    remind(database, clock.at)
    clock.forward(hours=1)
    remind(database, clock.at)
    counts = await deliver(database, {"email": open_mail}, clock, base_url=BASE)
    assert (counts.sent, counts.problems) == (2, ())
    by_reader = {mail["To"]: mail for mail in mailbox.mails}
    reminder, escalation = by_reader["ada@example.org"], by_reader["boss@example.org"]
    with database.read() as session:
        reader, boss = subscription(session, told.reader), subscription(session, told.boss)
        address = session.execute(
            text("select from_version || '..' || to_version from change where id = :id"), {"id": told.critical}
        ).scalar_one()
        first = next(one for one in deliveries(session) if one.change_id == told.critical)
    assert reminder["Subject"].startswith("[critical] Not reviewed yet: OpenAI")
    plain = reminder.get_body(("plain",)).get_content()
    assert f"{BASE}/subscriptions/{reader.secret}/changes/{address}" in plain
    assert "somebody else will hear of it" in plain
    assert first.key in reminder["References"]
    told_boss = escalation.get_body(("plain",)).get_content()
    assert f"Left unreviewed by subscription {told.reader}" in escalation["Subject"]
    assert "9 July 2024 09:00 UTC" in told_boss
    assert f"{BASE}/changes/{address}" in told_boss
    assert reader.secret not in escalation.as_string(), "the key to the reader's subscription is the reader's"
    assert boss.secret in told_boss, "how to end it"


async def test_an_escalation_in_the_same_team_can_be_decided_from_the_mail(database, told, open_mail, mailbox, clock):
    with database.begin() as session:
        session.execute(text("update subscription set team = 'legal'"))
    for _ in range(2):
        clock.forward(hours=1)
        remind(database, clock.at)
    await deliver(database, {"email": open_mail}, clock, base_url=BASE)
    with database.read() as session:
        boss = subscription(session, told.boss)
    mail = next(mail for mail in mailbox.mails if mail["To"] == "boss@example.org")
    assert f"{BASE}/subscriptions/{boss.secret}/changes/" in mail.get_body(("plain",)).get_content()
    assert "team legal" in mail["Subject"]


def test_purposes_have_their_words():
    assert {Purpose.REMINDER, Purpose.ESCALATION} <= set(SAYINGS)
