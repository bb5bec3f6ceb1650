"""Does the operator hear once when a promise breaks and once when it holds again, and nobody else of it?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.channels.email import EmailChannel
from alerts.keys import delivery_key
from alerts.run import GATHER, announce, compile_digests, deliver, tell_operators
from alerts.smtp_server import smtp_server
from alerts.troubles import bulletin_message, first_line, what_is_told
from store.outbox_views import deliveries
from store.promises import Bulletin, Trouble, TroubleKind
from store.schema import ChangeRow
from store.subscriptions import NewSubscription, add, pause
from store.values import Held, Outcome, Severity

HOUR = timedelta(hours=1)
NOW = {"gather": timedelta(0), "apart": timedelta(0)}
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def operator(database, made):
    with database.begin() as session:
        return add(session, NewSubscription("email", "ops@example.org", operator=True), made.NINTH - 30 * 24 * HOUR)


def all_deliveries(database):
    with database.read() as session:
        return deliveries(session)


async def test_one_message_for_the_break_and_one_for_its_end(
    database, seed, made, operator, clock, mailbox, mail_servers
):
    source = seed.source(title="Example <b>terms</b>")
    seed.visits(source, [made.NINTH], Outcome.CONFIRMED)
    port = await mail_servers()
    email = EmailChannel(smtp_server(f"smtp://127.0.0.1:{port}?starttls=never"), "Tocsin <t@example.org>", clock)
    for minutes in range(15, 600, 15):
        clock.at = made.NINTH + timedelta(minutes=minutes)
        if minutes >= 60:
            seed.visits(source, [clock.at], Outcome.BLOCKED, "challenge: prove that you are human")
        tell_operators(database, clock())
        await deliver(database, {"email": email}, clock)
    clock.at += timedelta(minutes=5)
    seed.visits(source, [clock.at], Outcome.CONFIRMED)
    for _ in range(3):
        clock.forward(minutes=30)
        tell_operators(database, clock())
        await deliver(database, {"email": email}, clock)
    broke, mended = mailbox.mails
    assert broke["Subject"] == "[operational] 1 source is stale: Example <b>terms</b>"
    assert "1 source is verified again" in mended["Subject"]
    assert broke["References"] == mended["References"] is not None  # one conversation, which neither began
    assert broke["In-Reply-To"] is None
    text, html = (broke.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "not verified since 9 July 2024 08:00 UTC; blocked: challenge: prove that you are human" in text
    assert "<b>terms" not in html
    assert "was stale since 9 July 2024 08:00 UTC" in mended.get_body(("plain",)).get_content()


def test_a_network_that_is_down_is_one_message(database, seed, made, operator, clock):
    for number in range(40):
        source = seed.source(f"source-{number}")
        seed.visits(source, [made.NINTH + number * timedelta(seconds=12)], Outcome.CONFIRMED)
    for minutes in range(0, 60, 2):
        tell_operators(database, made.NINTH + 3 * HOUR + minutes * timedelta(minutes=1))
    [delivery] = all_deliveries(database)
    assert delivery.created_at - made.NINTH - 3 * HOUR >= GATHER


def test_looking_twice_or_by_two_processes_tells_once(database, seed, made, operator, clock):
    seed.visits(seed.source(), [made.NINTH], Outcome.CONFIRMED)
    told = [tell_operators(database, made.NINTH + 4 * HOUR, **NOW) for _ in range(3)]
    assert told == [1, 0, 0]
    [delivery] = all_deliveries(database)
    trouble = Trouble(TroubleKind.STALE, "openai-api-countries", "t", made.NINTH, "r")
    about = what_is_told(Bulletin(1, made.NINTH, (trouble,), ()))
    assert delivery.key == delivery_key(operator.secret, about)


@on_sqlite
def test_operators_hear_of_no_change_and_others_of_no_trouble(database, seed, made, operator, clock):
    with database.begin() as session:
        reader = add(session, NewSubscription("email", "ada@example.org"), made.NINTH - HOUR)
        add(session, NewSubscription("email", "w@example.org", digest="weekly"), made.NINTH - HOUR)
    source = seed.source()
    seed.visits(source, [made.NINTH - 9 * HOUR], Outcome.CONFIRMED)
    seed.change(source, *made.LOST_TWO)
    assert announce(database, made.NINTH) == 1
    assert tell_operators(database, made.NINTH, **NOW) == 1
    compile_digests(database, made.NINTH)
    assert [one.subscription_id for one in all_deliveries(database)] == [reader.id, operator.id]


@on_sqlite
def test_doubtful_captures_and_dead_channels_are_told_once(database, seed, made, operator, clock):
    source = seed.source()
    change = seed.change(source, *made.LOST_TWO, held=Held.DOUBTFUL)
    with database.begin() as session:
        dead = add(session, NewSubscription("email", "gone@example.org"), made.NINTH)
        pause(session, dead.id, "550 no such user", made.NINTH)
    assert tell_operators(database, made.NINTH + HOUR, **NOW) == 1
    with database.begin() as session:
        session.get_one(ChangeRow, change).held = None
    for hours in (2, 3, 200):
        assert tell_operators(database, made.NINTH + hours * HOUR, **NOW) == 0
    assert len(all_deliveries(database)) == 1


def test_a_bulletin_of_many_stays_short(made):
    many = tuple(Trouble(TroubleKind.STALE, f"s{n}", f"Source {n}", made.NINTH, "unreachable") for n in range(200))
    one = bulletin_message(
        Bulletin(1, made.NINTH, many, ()), made.subscription(operator=True), "https://tocsin.example.org"
    )
    assert one.severity is Severity.OPERATIONAL
    assert first_line(Bulletin(1, made.NINTH, many, ())) == "200 sources are stale: Source 0, Source 1 and 198 more"
    assert one.findings[-1] == "and 140 more; `tocsin status` has all"
    assert one.unsubscribe is not None
    assert one.unsubscribe in one.text
