"""Does a digest hold exactly its week, in the reader's zone, and prove silence?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from alerts.digest import compiled, digest_for
from alerts.digest_message import digest_html, digest_json, digest_message, digest_text, first_line
from alerts.week import NotAWeek, Week, ended_weeks
from store.codec import encode
from store.subscriptions import Filters
from store.values import Held, Outcome, Severity, SourceKind
from store.views import Coverage, Deadline

W28 = Week(2024, 28)
END = W28.end("UTC")


def covered(slug="openai", verified=168, stale_since=None, reason=None, **more):
    values = {
        "title": f"Source {slug}",
        "publisher": "OpenAI",
        "product": None,
        "kind": SourceKind.AVAILABILITY,
        "visits": verified + 1,
        "outcomes": {Outcome.CONFIRMED: verified, Outcome.BLOCKED: 1},
        "last_verified_at": END - timedelta(minutes=12),
    }
    return Coverage(source=slug, verified=verified, stale_since=stale_since, reason=reason, **values | more)


def due(on, number="2024-13923", what="comments close", source="docket"):
    return Deadline(source, "US Treasury", number, "Provisions on <Investments>", what, on, "https://x.example/n")


@pytest.mark.parametrize("written", ["2024-W28", "2024W28", " 2024-w28 "])
def test_a_week_is_read(written):
    assert Week.parse(written) == W28
    assert str(W28) == "2024-W28"
    assert (W28.monday, W28.sunday) == (date(2024, 7, 8), date(2024, 7, 14))


@pytest.mark.parametrize("written", ["2024-28", "2024-W00", "2024-W54", "2023-W53", "W28", "", "9999-W52", "0000-W01"])
def test_what_is_no_week_says_what_is(written):
    with pytest.raises(NotAWeek, match="write it as 2024-W28"):
        Week.parse(written)


def test_weeks_53_and_new_year():
    assert Week.parse("2020-W53").sunday == date(2021, 1, 3)
    assert Week.of(datetime(2024, 12, 30, tzinfo=UTC), "UTC") == Week(2025, 1)
    assert Week(2021, 1).before() == Week(2020, 53)


@pytest.mark.parametrize(
    ("week", "zone", "hours", "start"),
    [
        ("2024-W13", "Europe/Paris", 167, datetime(2024, 3, 24, 23, tzinfo=UTC)),
        ("2024-W43", "Europe/Paris", 169, datetime(2024, 10, 20, 22, tzinfo=UTC)),
        ("2024-W10", "America/New_York", 167, datetime(2024, 3, 4, 5, tzinfo=UTC)),
        ("2024-W28", "Asia/Hong_Kong", 168, datetime(2024, 7, 7, 16, tzinfo=UTC)),
        ("2024-W28", "Pacific/Kiritimati", 168, datetime(2024, 7, 7, 10, tzinfo=UTC)),
    ],
)
def test_a_week_is_as_long_as_the_clocks_say(week, zone, hours, start):
    parsed = Week.parse(week)
    assert parsed.start(zone) == start
    assert parsed.end(zone) - parsed.start(zone) == timedelta(hours=hours)


def test_the_window_is_the_readers(made):
    late = made.change(*made.LOST_TWO, at=datetime(2024, 7, 14, 20, tzinfo=UTC))  # Monday 04:00 in Hong Kong
    for zone, expected in (("UTC", 1), ("Asia/Hong_Kong", 0), ("America/New_York", 1)):
        assert len(compiled(W28, zone, Filters(), W28.end(zone), [late], [], []).changes) == expected
    following = Week(2024, 29)
    assert len(
        compiled(following, "Asia/Hong_Kong", Filters(), following.end("Asia/Hong_Kong"), [late], [], []).changes
    )


def test_the_edges_belong_to_one_week_each(made):
    edge = made.change(*made.LOST_TWO, at=END)
    assert compiled(W28, "UTC", Filters(), END, [edge], [], []).changes == ()
    assert len(compiled(Week(2024, 29), "UTC", Filters(), Week(2024, 29).end("UTC"), [edge], [], []).changes) == 1


def test_held_changes_are_only_counted_with_their_reasons(made):
    changes = [
        made.change(*made.LOST_TWO, held=Held.AWAITING_CONFIRMATION),
        made.change(*made.LOST_TWO, held=Held.COSMETIC, substantive=False),
        made.change(*made.LOST_TWO, held=Held.COSMETIC, substantive=False),
        made.change(made.added("KE", "Kenya")),
    ]
    digest = compiled(W28, "UTC", Filters(), END, changes, [], [covered()])
    assert digest.held == (("awaiting_confirmation", 1), ("cosmetic", 2))
    assert [one.line for one in digest.changes] == ["OpenAI API now lists Kenya"]
    assert "Held back:      1 awaiting confirmation, 2 cosmetic" in digest_text(digest)


def test_gravest_first_and_what_is_below_is_counted(made):
    changes = [made.change(made.added("KE", "Kenya")), made.change(*made.LOST_TWO, address="3..4")]
    digest = compiled(W28, "UTC", Filters(), END, changes, [], [])
    assert [one.severity for one in digest.changes] == [Severity.HIGH, Severity.LOW]
    only_high = compiled(W28, "UTC", Filters(min_severity=Severity.HIGH), END, changes, [], [])
    assert (len(only_high.changes), only_high.below) == (1, 1)


def test_an_empty_week_proves_silence():
    sources = [covered(f"s{number}", verified=68 if number else 72) for number in range(6)]
    digest = compiled(W28, "UTC", Filters(), END, [], [], sources)
    assert first_line(digest) == "No change; 6 sources verified 412 times"
    text = digest_text(digest)
    assert text.splitlines()[1] == "No change; 6 sources verified 412 times"
    assert "Source s0: verified 72 times in 73 visits (1 blocked), last 14 July 2024 23:48 UTC" in text


def test_a_stale_source_is_named_with_since_when_and_why():
    stale = covered("bis", 0, END - timedelta(days=3), "503 from the server", last_verified_at=None)
    digest = compiled(W28, "UTC", Filters(), END, [], [], [covered(), stale])
    assert first_line(digest) == "No change; 2 sources verified 168 times; 1 of them stale"
    assert "Source bis: STALE since 12 July 2024 00:00 UTC: 503 from the server; verified 0 times" in digest_text(
        digest
    )
    assert "Never verified: Source bis" in digest_text(digest)
    assert ">stale<" in digest_html(digest)


def test_dates_ahead_are_grouped_and_their_weekday_is_said():
    docket = covered("docket", kind=SourceKind.DOCKET)
    dates = [
        due(date(2024, 8, 4)),
        due(date(2024, 7, 10), "a"),
        due(date(2024, 7, 21), "b"),
        due(date(2024, 10, 12), "c"),
    ]
    digest = compiled(
        W28, "UTC", Filters(), END, [], [*dates, due(date(2024, 10, 13)), due(date(2024, 7, 7))], [docket]
    )
    assert [[one.number for one in stretch.deadlines] for stretch in digest.ahead] == [
        ["a"],
        ["b"],
        ["2024-13923"],
        ["c"],
    ]
    text = digest_text(digest)
    assert "Within 30 days after the week:\n- Sunday 4 August 2024: comments close, 2024-13923 Provisions" in text
    assert "&lt;Investments&gt;" in digest_html(digest)


def test_only_sources_in_scope_are_proof():
    digest = compiled(
        W28,
        "UTC",
        Filters(publishers=("OpenAI",)),
        END,
        [],
        [due(date(2024, 7, 20), source="other")],
        [covered(), covered("other", publisher="BIS")],
    )
    assert [one.source for one in digest.coverage] == ["openai"]
    assert not any(stretch.deadlines for stretch in digest.ahead)


def test_a_week_that_is_not_over_says_so(made):
    digest = compiled(W28, "UTC", Filters(), made.NINTH, [], [], [covered()])
    assert first_line(digest) == "No change so far; 1 source verified 168 times"
    assert "so far until 9 July 2024 08:00 UTC" in digest_text(digest)


def test_the_same_week_twice_is_equal_to_the_byte(database, seed, made):
    source = seed.source()
    seed.change(source, *made.LOST_TWO)
    seed.visits(source, [made.NINTH + timedelta(hours=hour) for hour in range(5)], Outcome.CONFIRMED)
    seed.visits(source, [made.NINTH + timedelta(hours=6)], Outcome.BLOCKED, "challenge")

    def rendered(now):
        with database.read() as session:
            digest = digest_for(session, W28, "Europe/Paris", Filters(), now)
        message = digest_message(digest, made.subscription(digest="weekly"), "https://t.example")
        return encode(digest), digest_json(digest), digest_text(digest), digest_html(digest), message

    assert rendered(END + timedelta(days=1)) == rendered(END + timedelta(days=400))
    _, as_json, text, html, message = rendered(END + timedelta(days=1))
    assert "seen 9 July 2024 10:00 CEST" in text
    assert as_json["verified"] == 5
    assert as_json["week"] == "2024-W28"
    assert "no longer lists Hong Kong and Macao" in html
    assert message.text.startswith(text)


def test_hostile_titles_in_a_digest(made):
    evil = "<script>alert(1)</script>\u202e\r\nBcc: x"
    change = made.change(*made.LOST_TWO, title=evil, product=evil, url="javascript:alert(1)")
    html = digest_html(compiled(W28, "UTC", Filters(), END, [change], [], [covered(title=evil, reason=evil)]))
    assert "<script" not in html
    assert "javascript:" not in html
    assert "\u202e" not in html


@pytest.mark.parametrize(
    ("since", "now", "expected"),
    [
        ("2024-07-10T00:00", "2024-07-15T06:59", []),
        ("2024-07-10T00:00", "2024-07-15T07:00", ["2024-W28"]),
        ("2024-07-15T01:00", "2024-07-15T08:00", []),
        ("2024-07-10T00:00", "2024-07-23T00:00", ["2024-W28", "2024-W29"]),
        ("2020-01-01T00:00", "2024-07-15T07:00", ["2024-W25", "2024-W26", "2024-W27", "2024-W28"]),
    ],
)
def test_which_digests_are_due(since, now, expected):
    weeks = ended_weeks(datetime.fromisoformat(since + "+00:00"), datetime.fromisoformat(now + "+00:00"), "UTC")
    assert [str(week) for week in weeks] == expected
