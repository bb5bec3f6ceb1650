"""When does a message go out: gathering, the interval between two, quiet hours, and so many an hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.grouping import AT_ONCE, HARD_CAP, HOUR, Timers, after_quiet, due_at, not_before
from store.values import Purpose, Severity

NOW = datetime(2024, 7, 9, 8, tzinfo=UTC)
TIMERS = Timers(timedelta(minutes=2), timedelta(minutes=30))


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def test_changes_gather_for_a_while(made):
    assert due_at(made.subscription(), Severity.HIGH, NOW, TIMERS, None) == NOW + timedelta(minutes=2)
    assert due_at(made.subscription(), Severity.HIGH, NOW, AT_ONCE, None) == NOW


def test_a_subscription_has_its_own_times(made):
    own = made.subscription(group_wait=0, group_interval=60)
    assert due_at(own, Severity.HIGH, NOW, TIMERS, None) == NOW
    assert due_at(own, Severity.HIGH, NOW, TIMERS, NOW - timedelta(seconds=20)) == NOW + timedelta(seconds=40)
    assert due_at(own, Severity.HIGH, NOW, TIMERS, NOW - timedelta(seconds=70)) == NOW


@pytest.mark.parametrize(("ago", "wait"), [(0, 30), (10, 20), (28, 2), (29, 2), (600, 2)])
def test_two_messages_of_one_publisher_are_apart(made, ago, wait):
    last = NOW - timedelta(minutes=ago)
    assert due_at(made.subscription(), Severity.HIGH, NOW, TIMERS, last) == NOW + timedelta(minutes=wait)


def test_critical_waits_for_nothing(made):
    asleep = made.subscription(quiet_from="00:00", quiet_to="23:59", group_wait=600)
    assert due_at(asleep, Severity.CRITICAL, NOW, TIMERS, NOW) == NOW
    assert not_before(asleep, Purpose.CHANGES, Severity.CRITICAL, NOW, (), None) is None


@pytest.mark.parametrize(
    ("zone", "quiet", "moment", "until"),
    [
        ("UTC", ("22:00", "07:00"), "2024-07-09T21:59", "2024-07-09T21:59"),
        ("UTC", ("22:00", "07:00"), "2024-07-09T22:00", "2024-07-10T07:00"),
        ("UTC", ("22:00", "07:00"), "2024-07-10T06:59", "2024-07-10T07:00"),
        ("UTC", ("22:00", "07:00"), "2024-07-10T07:00", "2024-07-10T07:00"),
        ("UTC", ("12:00", "13:30"), "2024-07-09T12:30", "2024-07-09T13:30"),
        ("UTC", ("12:00", "13:30"), "2024-07-09T14:00", "2024-07-09T14:00"),
        ("Asia/Hong_Kong", ("22:00", "07:00"), "2024-07-09T15:00", "2024-07-09T23:00"),
        ("America/New_York", ("22:00", "07:00"), "2024-07-09T03:00", "2024-07-09T11:00"),
        # The night in which the clocks of Berlin are set forward has an hour less, the other an hour more.
        ("Europe/Berlin", ("22:00", "07:00"), "2024-03-30T22:00", "2024-03-31T05:00"),
        ("Europe/Berlin", ("22:00", "07:00"), "2024-10-26T21:00", "2024-10-27T06:00"),
        # 02:30 does not exist on that night; it ends when it would have been 02:30 by the old clock.
        ("Europe/Berlin", ("22:00", "02:30"), "2024-03-31T00:30", "2024-03-31T01:30"),
    ],
)
def test_quiet_hours_are_those_of_the_subscribers_clock(made, zone, quiet, moment, until):
    asleep = made.subscription(timezone=zone, quiet_from=quiet[0], quiet_to=quiet[1])
    assert after_quiet(asleep, at(moment)) == at(until)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # it only makes frozen values
@given(
    moment=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    hours=st.tuples(st.times(), st.times()),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_quiet_hours_end_within_a_day_and_never_earlier(made, moment, hours, zone):
    begins, ends = (f"{hour:%H:%M}" for hour in hours)
    asleep = made.subscription(timezone=zone, quiet_from=begins, quiet_to=ends)
    until = after_quiet(asleep, moment)
    assert timedelta(0) <= until - moment <= timedelta(hours=25)


def test_what_waited_too_long_does_not_ring_at_night(made):
    asleep = made.subscription(quiet_from="07:00", quiet_to="09:00")
    for purpose in (Purpose.CHANGES, Purpose.DIGEST, Purpose.BULLETIN):
        assert not_before(asleep, purpose, Severity.HIGH, NOW, (), None) == NOW + HOUR
    for purpose in (Purpose.CONFIRMATION, Purpose.SAMPLE, Purpose.ESCALATION):
        assert not_before(asleep, purpose, None, NOW, (), None) is None


def test_one_address_has_so_many_an_hour(made):
    lately = [NOW - timedelta(minutes=50), NOW - timedelta(minutes=40), NOW - timedelta(minutes=30)]
    ask = made.subscription()
    assert not_before(ask, Purpose.CHANGES, Severity.HIGH, NOW, lately, None) is None
    assert not_before(ask, Purpose.CHANGES, Severity.HIGH, NOW, lately, 4) is None
    assert not_before(ask, Purpose.CHANGES, Severity.HIGH, NOW, lately, 3) == NOW + timedelta(minutes=10)
    assert not_before(ask, Purpose.CHANGES, Severity.HIGH, NOW, lately, 2) == NOW + timedelta(minutes=20)
    assert not_before(ask, Purpose.CHANGES, Severity.CRITICAL, NOW, lately, 2) is None
    flood = [NOW - timedelta(minutes=50 - n) for n in range(2 * HARD_CAP)]
    assert not_before(ask, Purpose.CHANGES, Severity.CRITICAL, NOW, flood, 2) == flood[0] + HOUR
