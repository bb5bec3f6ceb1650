from datetime import UTC, datetime, timedelta

import pytest

from tocsin.moments import NoSuchMoment, end_of, start_of


def test_a_day_begins_at_midnight_and_is_over_at_its_end():
    assert start_of("2024-07-08") == datetime(2024, 7, 8, tzinfo=UTC)
    assert end_of("2024-07-08") + timedelta(microseconds=1) == datetime(2024, 7, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-07-08T12:00", datetime(2024, 7, 8, 12, tzinfo=UTC)),
        ("2024-07-08T12:00Z", datetime(2024, 7, 8, 12, tzinfo=UTC)),
        ("2024-07-08T12:00+02:00", datetime(2024, 7, 8, 10, tzinfo=UTC)),
    ],
)
def test_a_time_is_meant_as_written(text, expected):
    assert start_of(text) == end_of(text) == expected


@pytest.mark.parametrize("text", ["", "yesterday", "2024-02-30", "08/07/2024"])
def test_anything_else_is_named(text):
    with pytest.raises(NoSuchMoment, match="2024-07-08"):
        start_of(text)
