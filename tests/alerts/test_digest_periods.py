"""Is a period as long as the reader's clocks say, and is its digest due once, on the morning after?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from alerts.week import Day, NotAPeriod, NotAWeek, Week, ended_periods, parse_period

W28 = Week(2024, 28)


@pytest.mark.parametrize("written", ["2024-W28", "2024W28", " 2024-w28 "])
def test_a_week_is_read(written):
    assert parse_period(written) == Week.parse(written) == W28
    assert str(W28) == "2024-W28"
    assert (W28.first, W28.last) == (date(2024, 7, 8), date(2024, 7, 14))


@pytest.mark.parametrize("written", ["2024-28", "2024-W00", "2024-W54", "2023-W53", "W28", "", "9999-W52", "0000-W01"])
def test_what_is_no_week_says_what_is(written):
    with pytest.raises(NotAWeek, match="write it as 2024-W28"):
        Week.parse(written)


@pytest.mark.parametrize("written", ["2024-W60", "2024-02-30", "12 July", "2024-7-12", "", "9999-12-31", "w"])
def test_what_is_no_period_says_what_is(written):
    with pytest.raises(NotAPeriod, match="a week \\(2024-W28\\) or a day \\(2024-07-12\\)"):
        parse_period(written)


def test_a_day_is_read():
    day = parse_period("2024-07-12")
    assert day == Day(date(2024, 7, 12))
    assert (str(day), day.first, day.last, str(day.before()), str(day.after())) == (
        *("2024-07-12", date(2024, 7, 12), date(2024, 7, 12)),
        *("2024-07-11", "2024-07-13"),
    )


def test_weeks_53_and_new_year():
    assert Week.parse("2020-W53").last == date(2021, 1, 3)
    assert Week.of(datetime(2024, 12, 30, tzinfo=UTC), "UTC") == Week(2025, 1)
    assert Week(2021, 1).before() == Week(2020, 53)
    assert Week(2020, 53).after() == Week(2021, 1)


@pytest.mark.parametrize(
    ("written", "zone", "hours", "start"),
    [
        ("2024-W13", "Europe/Paris", 167, datetime(2024, 3, 24, 23, tzinfo=UTC)),
        ("2024-W43", "Europe/Paris", 169, datetime(2024, 10, 20, 22, tzinfo=UTC)),
        ("2024-W10", "America/New_York", 167, datetime(2024, 3, 4, 5, tzinfo=UTC)),
        ("2024-W28", "Asia/Hong_Kong", 168, datetime(2024, 7, 7, 16, tzinfo=UTC)),
        ("2024-W28", "Pacific/Kiritimati", 168, datetime(2024, 7, 7, 10, tzinfo=UTC)),
        ("2024-03-31", "Europe/Paris", 23, datetime(2024, 3, 30, 23, tzinfo=UTC)),
        ("2024-10-27", "Europe/Paris", 25, datetime(2024, 10, 26, 22, tzinfo=UTC)),
        ("2024-07-12", "Asia/Kathmandu", 24, datetime(2024, 7, 11, 18, 15, tzinfo=UTC)),
        # Midnight of 8 September 2024 does not exist in Santiago: the day begins at the clock change, an hour shorter.
        ("2024-09-08", "America/Santiago", 23, datetime(2024, 9, 8, 4, tzinfo=UTC)),
    ],
)
def test_a_period_is_as_long_as_the_clocks_say(written, zone, hours, start):
    period = parse_period(written)
    assert period.start(zone) == start
    assert period.end(zone) - period.start(zone) == timedelta(hours=hours)
    assert period.end(zone) == period.after().start(zone)


@pytest.mark.parametrize(
    ("digest", "since", "now", "expected"),
    [
        ("weekly", "2024-07-10T00:00", "2024-07-15T06:59", []),
        ("weekly", "2024-07-10T00:00", "2024-07-15T07:00", ["2024-W28"]),
        ("weekly", "2024-07-15T01:00", "2024-07-15T08:00", []),
        ("weekly", "2024-07-10T00:00", "2024-07-23T00:00", ["2024-W28", "2024-W29"]),
        ("weekly", "2020-01-01T00:00", "2024-07-15T07:00", ["2024-W25", "2024-W26", "2024-W27", "2024-W28"]),
        ("daily", "2024-07-12T09:00", "2024-07-13T06:59", []),
        ("daily", "2024-07-12T09:00", "2024-07-13T07:00", ["2024-07-12"]),
        ("daily", "2024-01-01T00:00", "2024-07-13T07:00", ["2024-07-10", "2024-07-11", "2024-07-12"]),
    ],
)
def test_which_digests_are_due(digest, since, now, expected):
    since, now = (datetime.fromisoformat(one + "+00:00") for one in (since, now))
    assert [str(one) for one in ended_periods(digest, since, now, "UTC")] == expected


def test_a_digest_is_due_on_the_readers_morning():
    at = datetime(2024, 7, 14, 23, 30, tzinfo=UTC)  # Monday 07:30 in Hong Kong, Sunday in Paris
    assert [str(one) for one in ended_periods("weekly", at - timedelta(days=3), at, "Asia/Hong_Kong")] == ["2024-W28"]
    assert ended_periods("weekly", at - timedelta(days=3), at, "Europe/Paris") == ()
