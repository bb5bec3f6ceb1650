"""Does a backtest say what would have been received: grouped, kept quiet, in digests, and as the real thing does it?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alerts.backtest import backtest
from alerts.grouping import Timers
from alerts.run import announce_change, next_post
from store import history
from store.deliveries import claim_due, mark_sent, told_changes
from store.outbox_views import deliveries
from store.subscriptions import NewSubscription, add
from store.values import Held, Severity
from store.views import ChangeFilter

TIMERS = Timers(timedelta(minutes=2), timedelta(minutes=30))
MONDAY = datetime(2024, 7, 8, 8, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def lost(seed, made):
    """Stores that a publisher lost a territory at an instant."""
    sources = {}

    def lost(at, publisher="OpenAI", code="HK", name="Hong Kong", severity=Severity.HIGH, **other):
        if publisher not in sources:
            sources[publisher] = seed.source(f"list-of-{publisher.lower()}", publisher=publisher)
        return seed.change(sources[publisher], made.removed(code, name, severity=severity), at=at, **other)

    return lost


def played(database, since=MONDAY - DAY, until=MONDAY + 14 * DAY, timers=TIMERS, **wish):
    with database.begin() as session:
        one = add(session, NewSubscription("email", "ada@example.org", **wish), MONDAY)
        return backtest(session, one, since, until, timers)


def test_changes_of_one_publisher_within_minutes_are_one_message(database, lost):
    lost(MONDAY)
    lost(MONDAY + MINUTE, code="MO", name="Macau", severity=Severity.MEDIUM)
    lost(MONDAY + MINUTE, publisher="Anthropic")
    lost(MONDAY + 10 * MINUTE, code="TW", name="Taiwan")
    found = played(database)
    assert [(one.at - MONDAY, len(one.lines), one.severity) for one in found.messages] == [
        (2 * MINUTE, 2, Severity.HIGH),
        (3 * MINUTE, 1, Severity.HIGH),
        (32 * MINUTE, 1, Severity.HIGH),
    ]
    assert found.told == 4
    first = found.messages[0].lines[0]
    assert ("Hong Kong" in first.says, first.publisher, first.reasons) == (True, "OpenAI", ("because",))


def test_critical_is_never_delayed_and_takes_along_what_waits(database, lost):
    lost(MONDAY)
    lost(MONDAY + MINUTE, code="MO", name="Macau", severity=Severity.CRITICAL)
    assert [(one.at - MONDAY, len(one.lines)) for one in played(database).messages] == [(MINUTE, 2)]


def test_quiet_hours_on_the_subscribers_clocks(database, lost):
    night = datetime(2024, 7, 8, 21, tzinfo=UTC)  # 23:00 in Paris
    lost(night)
    lost(night + HOUR, publisher="Anthropic", severity=Severity.CRITICAL)
    found = played(database, quiet_from="22:00", quiet_to="07:00", timezone="Europe/Paris")
    assert [one.at for one in found.messages] == [night + HOUR, datetime(2024, 7, 9, 5, tzinfo=UTC)]


def test_what_was_held_or_not_wanted_is_not_received(database, lost):
    lost(MONDAY, held=Held.DOUBTFUL)
    lost(MONDAY + HOUR, substantive=False)
    lost(MONDAY + DAY, code="KE", name="Kenya")
    lost(MONDAY + 2 * DAY, publisher="Anthropic", code="HK", severity=Severity.LOW)
    found = played(database, territories=("HK",), min_severity="medium")
    assert (found.messages, found.told) == ((), 2)
    raised = played(database, territories=("HK",), min_severity="medium", watched=("HK",))
    assert [one.severity for one in raised.messages] == [Severity.MEDIUM]


def test_a_removal_counts_from_its_confirmation(database, lost):
    lost(MONDAY, confirmed_at=MONDAY + 3 * HOUR)
    [only] = played(database, group_wait=0).messages
    assert only.at == MONDAY + 3 * HOUR


def test_a_weekly_digest_is_one_message_a_week_also_without_changes(database, lost):
    lost(MONDAY)
    lost(MONDAY + 2 * DAY, code="MO", name="Macau")
    found = played(database, since=MONDAY, until=MONDAY + 21 * DAY, digest="weekly", timezone="Asia/Hong_Kong")
    assert [(one.period, len(one.lines)) for one in found.messages] == [
        ("2024-W28", 2),
        ("2024-W29", 0),
        ("2024-W30", 0),
    ]
    assert found.messages[0].at == datetime(2024, 7, 14, 23, tzinfo=UTC)
    assert found.messages[1].severity is Severity.INFO


def test_a_daily_digest(database, lost):
    lost(MONDAY)
    found = played(database, since=MONDAY, until=MONDAY + 3 * DAY, digest="daily")
    assert [(one.period, len(one.lines)) for one in found.messages] == [
        ("2024-07-08", 1), ("2024-07-09", 0), ("2024-07-10", 0),
    ]  # fmt: skip


def test_messages_a_week_with_the_weeks_without_one(database, lost):
    for days in (0, 1, 15):
        lost(MONDAY + days * DAY)
    found = played(database, since=MONDAY, until=MONDAY + 20 * DAY)
    assert found.weeks == {"2024-W28": 2, "2024-W29": 0, "2024-W30": 1}
    assert found.a_day == pytest.approx(3 / 20)


def test_only_the_span_asked_for(database, lost):
    for days in (0, 1, 2):
        lost(MONDAY + days * DAY)
    found = played(database, since=MONDAY + DAY, until=MONDAY + 2 * DAY)
    assert [line.at for one in found.messages for line in one.lines] == [MONDAY + DAY]


def test_it_groups_as_the_outbox_does(database, lost):
    """The same changes through the real announcing, each at its own time, with what is due sent in between."""
    moments = [0, 1, 1, 5, 20, 31, 33, 64, 65, 200, 201, 240]
    for number, minutes in enumerate(moments):
        publisher = "OpenAI" if number % 3 else "Anthropic"
        severity = Severity.CRITICAL if number == 4 else Severity.HIGH
        lost(MONDAY + minutes * MINUTE, publisher=publisher, code="MO" if number % 2 else "HK", severity=severity)
    wish = {"quiet_from": "11:20", "quiet_to": "12:30"}
    found = played(database, **wish)
    with database.read() as session:
        told = [(one.at, one.id) for one in history.changes(session, ChangeFilter())]
    for at, number in told:
        _send_what_is_due(database, at - timedelta(seconds=1))
        announce_change(database, number, at, TIMERS)
    _send_what_is_due(database, MONDAY + 2 * DAY)
    with database.read() as session:
        really = sorted((one.sent_at, len(told_changes(session, one.id))) for one in deliveries(session))
    assert [(one.at, len(one.lines)) for one in found.messages] == really
    assert len(really) < len(moments)


def _send_what_is_due(database, until):
    """Sends each message at its very time, as a service does that never sleeps."""
    now = MONDAY
    while (due := next_post(database, now, "email")) is not None and (now := max(now, due)) <= until:
        with database.begin() as session:
            claim = claim_due(session, "email", now, timedelta(minutes=5))
            mark_sent(session, claim.id, "250", now)
