"""Does a digest hold exactly its period, in the reader's zone, and prove silence?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from alerts.digests.compiling import Cut, Knowledge, compiled
from alerts.digests.message import digest_html, digest_text
from alerts.digests.values import Known
from alerts.digests.words import first_line
from alerts.week import Day, Week
from store.attestations import Looks
from store.docket import What
from store.happenings import Action, Happening, ReportView, StoryView
from store.happenings import Day as Said
from store.proceedings import KnownDocket
from store.rule_stages import State
from store.subscriptions import Filters
from store.values import (
    Held,
    Notice,
    Outcome,
    Severity,
    SourceKind,
    Span,
    Stage,
)
from store.views import Coverage

W28 = Week(2024, 28)
END = W28.end("UTC")


def cut(period=W28, zone="UTC", known_at=None, known=Known.THEN):
    return Cut(period, zone, known, known_at or period.due(zone))


def digest(changes=(), filters=None, of=None, **known):
    return compiled(of or cut(), filters or Filters(), Knowledge(changes=list(changes), **known))


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


def notice(number, stage, published, rin="1505-AC82", **dates):
    title = "Provisions on <Investments>"
    return Notice(
        number, title, stage, "Proposed Rule", Span(0, 0, 5, number), rins=(rin,), published=published,
        url="https://x.example/n", **dates,
    )  # fmt: skip


def docket(*notices, source="docket"):
    return KnownDocket(source, "Source docket", "US Treasury", None, END, notices)


PROPOSED = notice("2024-13923", Stage.PROPOSED, date(2024, 7, 5), comments_close=date(2024, 8, 4))
FINAL = notice("2024-25422", Stage.FINAL, date(2024, 11, 15), effective=date(2025, 1, 2))
DOCKET = covered("docket", kind=SourceKind.DOCKET)


def test_the_window_is_the_readers(made):
    late = made.change(*made.LOST_TWO, at=datetime(2024, 7, 14, 20, tzinfo=UTC))  # Monday 04:00 in Hong Kong
    for zone, expected in (("UTC", 1), ("Asia/Hong_Kong", 0), ("America/New_York", 1)):
        assert len(digest([late], of=cut(zone=zone)).changes) == expected
    assert len(digest([late], of=cut(Week(2024, 29), "Asia/Hong_Kong")).changes) == 1


def test_the_edges_belong_to_one_period_each(made):
    edge = made.change(*made.LOST_TWO, at=END)
    assert digest([edge]).changes == ()
    assert len(digest([edge], of=cut(Week(2024, 29))).changes) == 1
    assert len(digest([edge], of=cut(Day(END.date()))).changes) == 1
    assert digest([edge], of=cut(Day(END.date()).before())).changes == ()


def test_held_changes_are_only_counted_with_their_reasons(made):
    changes = [
        made.change(*made.LOST_TWO, held=Held.AWAITING_CONFIRMATION),
        made.change(*made.LOST_TWO, held=Held.COSMETIC, substantive=False),
        made.change(*made.LOST_TWO, held=Held.COSMETIC, substantive=False),
        made.change(made.added("KE", "Kenya")),
    ]
    found = digest(changes, coverage=[covered()])
    assert found.held == (("awaiting_confirmation", 1), ("cosmetic", 2))
    assert [one.line for one in found.changes] == ["OpenAI API now lists Kenya"]
    assert "1 awaiting confirmation, 2 cosmetic" in digest_text(found)


def test_gravest_first_and_what_is_below_is_counted(made):
    changes = [made.change(made.added("KE", "Kenya")), made.change(*made.LOST_TWO, address="3..4")]
    found = digest(changes)
    assert [one.severity for one in found.changes] == [Severity.HIGH, Severity.LOW]
    only_high = digest(changes, Filters(min_severity=Severity.HIGH))
    assert (len(only_high.changes), only_high.below) == (1, 1)
    assert "1 below severity high" in digest_text(only_high)


def test_a_change_says_who_where_and_from_what_to_what(made):
    [line] = digest([made.change(*made.LOST_TWO)], Filters(watched=("HK", "FR"))).changes
    assert (line.publisher, line.product, line.territories) == ("OpenAI", "OpenAI API", ("HK", "MO"))
    hong_kong = line.values[0]
    assert (hong_kong.about, hong_kong.old, hong_kong.new) == ("Hong Kong (HK)", "listed", "unlisted")
    assert line.affected == ("HK",)
    assert (line.before.sha256, line.after.sha256) == ("a" * 64, "b" * 64)


def test_an_empty_week_proves_silence():
    sources = [covered(f"s{number}", verified=68 if number else 72) for number in range(6)]
    found = digest(coverage=sources)
    assert first_line(found) == "No change; 6 sources verified 412 times"
    text = digest_text(found)
    assert text.splitlines()[1] == "No change; 6 sources verified 412 times"
    assert "verified 72 times in 73 visits (1 blocked); last 14 July 2024 23:48 UTC" in text


def test_hours_are_proven_by_the_looks():
    seen = {"openai": Looks(timedelta(hours=3), tuple(W28.start("UTC") + timedelta(hours=n) for n in range(170)))}
    found = digest(coverage=[covered()], filters=Filters(territories=("HK",)), looks=seen)
    [one] = found.attestations
    assert (one.territory, one.verified_hours, one.hours) == ("HK", 168, 168)
    assert "no change for Hong Kong (HK) at Source openai; verified 168 of 168 hours" in digest_text(found)
    nothing = digest(coverage=[covered()], filters=Filters(territories=("HK",)))
    assert "nothing can be attested for Hong Kong (HK) at Source openai; verified 0 of 168 hours" in digest_text(
        nothing
    )


def test_a_stale_source_is_named_with_since_when_and_why():
    stale = covered("bis", 0, END - timedelta(days=3), "503 from the server", last_verified_at=None)
    found = digest(coverage=[covered(), stale])
    assert first_line(found) == "No change; 2 sources verified 168 times; 1 of them stale"
    text = digest_text(found)
    assert "[stale] Source bis; verified 0 of 168 hours" in text
    assert "STALE since 12 July 2024 00:00 UTC: 503 from the server" in text
    assert "Never verified:" in text
    assert ">stale<" in digest_html(found)


def test_dates_are_grouped_and_their_weekday_is_said():
    dates = [
        replace(PROPOSED, number=name, rins=(f"1505-AC8{n}",), comments_close=on)
        for n, (name, on) in enumerate(
            [
                ("2024-1", date(2024, 8, 4)),
                ("2024-2", date(2024, 7, 10)),
                ("2024-3", date(2024, 7, 21)),
                ("2024-4", date(2024, 10, 12)),
                ("2024-5", date(2024, 10, 13)),
                ("2024-6", date(2024, 7, 7)),
            ]
        )
    ]
    found = digest(coverage=[DOCKET], dockets=[docket(*dates)])
    assert [[one.number for one in stretch.dates] for stretch in found.ahead] == [
        *(["2024-2"], ["2024-3"], ["2024-1"], ["2024-4"])
    ]
    text = digest_text(found)
    assert "- Sunday 4 August 2024; comments close, 2024-1 Provisions on <Investments> (US Treasury)\n" in text
    assert "  falls on a weekend\n  within 30 days after the period\n" in text
    assert "&lt;Investments&gt;" in digest_html(found)


def test_the_pipeline_names_stage_and_next_date():
    found = digest(coverage=[DOCKET], dockets=[docket(PROPOSED)])
    [one] = found.proceedings
    assert (one.name, one.standing.state, one.standing.number) == ("1505-AC82", State.PROPOSED, "2024-13923")
    assert (one.standing.next_what, one.standing.next_on) == (What.COMMENTS_CLOSE, date(2024, 8, 4))
    assert (one.moved, one.since_then) == (False, None)
    [moved] = digest(of=cut(Week(2024, 27)), coverage=[DOCKET], dockets=[docket(PROPOSED)]).proceedings
    assert moved.moved


def test_as_known_now_says_what_became_of_a_rule():
    now = cut(known=Known.NOW, known_at=datetime(2024, 11, 16, tzinfo=UTC))
    found = digest(of=now, coverage=[DOCKET], dockets=[docket(PROPOSED)], dockets_now=[docket(PROPOSED, FINAL)])
    [one] = found.proceedings
    assert one.standing.state is State.PROPOSED
    assert one.since_then is not None
    assert (one.since_then.state, one.since_then.number, one.since_then.next_on) == (
        *(State.FINAL, "2024-25422", date(2025, 1, 2)),
    )
    assert "since then: final rule, not yet in effect, 2024-25422 of 15 November 2024" in digest_text(found)


def test_a_docket_beside_a_rin_is_one_proceeding():
    both = replace(PROPOSED, number="2023-17164", published=date(2023, 8, 14), dockets=("TREAS-DO-2023-0009",))
    found = digest(coverage=[DOCKET], dockets=[docket(both, PROPOSED)])
    assert [one.name for one in found.proceedings] == ["1505-AC82"]


def test_only_sources_in_scope_are_proof():
    found = digest(
        filters=Filters(publishers=("OpenAI",)),
        coverage=[covered(), covered("docket", publisher="BIS")],
        dockets=[docket(PROPOSED)],
    )
    assert [one.coverage.source for one in found.watched] == ["openai"]
    assert found.proceedings == ()
    assert not any(stretch.dates for stretch in found.ahead)


def test_a_period_that_is_not_over_says_so(made):
    found = digest(of=cut(known_at=made.NINTH), coverage=[covered()])
    assert first_line(found) == "No change so far; 1 source verified 168 times"
    assert "so far until 9 July 2024 08:00 UTC" in digest_text(found)
    assert found.watched[0].hours == 32


def story(number=1, action=Action.OFFER, official=False, chains=1, ends=None, effective=None, at=None, **other):
    at = at or datetime(2024, 7, 9, 15, tzinfo=UTC)
    told = Happening(action, "Tencent", None, (), (), effective, None, ends, (), "words")
    report = ReportView("gt", "Global Times", official, "https://x.example/s", "A title", "en", at, 1, None, None, told)
    values = {
        "id": number, "action": action, "actor": "Tencent", "object": None, "products": (), "territories": (),
        "title": "A title", "first_at": at, "last_at": at, "effective": effective, "ends": ends, "disputed": (),
        "sayings": (), "chains": chains, "official": official, "refers": (), "reports": (report,), "related": (),
    }  # fmt: skip
    return StoryView(**values | other)


JULY_END = Said(date(2024, 7, 31), date(2024, 7, 31), "end of July")


def test_stories_have_a_grade_and_the_official_comes_first():
    found = digest(stories=[story(1), story(2, chains=3), story(3, official=True)])
    assert [one.id for one in found.stories] == [3, 2, 1]
    text = digest_text(found)
    assert [grade in text for grade in ("; official", "; 3 independent reports", "; one chain of reports")] == [
        True
    ] * 3


def test_an_offer_says_when_it_ends_or_that_nobody_says():
    text = digest_text(digest(stories=[story(1, ends=JULY_END), story(2)]))
    assert "until Wednesday 31 July 2024" in text
    assert text.count("no end date is reported") == 1
    assert "- Wednesday 31 July 2024; said to end: Tencent makes an offer (Global Times, reported)" in text


def test_a_story_belongs_to_the_period_of_its_reports_and_of_its_day():
    june = datetime(2024, 6, 25, tzinfo=UTC)
    ninth = Said(date(2024, 7, 9), date(2024, 7, 9), "9 July")
    found = digest(stories=[story(1, at=june), story(2, at=june, effective=ninth)])
    assert [one.id for one in found.stories] == [2]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(publishers=("tencent",)), 1),
        (Filters(publishers=("Global Times",)), 1),
        (Filters(publishers=("OpenAI",)), 0),
        (Filters(territories=("HK",)), 0),
        (Filters(kinds=("docket",)), 0),
        (Filters(kinds=("feed",)), 1),
    ],
)
def test_stories_pass_the_filters(filters, expected):
    assert len(digest(filters=filters, stories=[story()]).stories) == expected


def test_a_date_within_a_week_needs_a_decision():
    near = replace(PROPOSED, comments_close=date(2024, 7, 21))
    [one] = digest(coverage=[DOCKET], dockets=[docket(near)]).decisions
    assert one.due is not None
    assert (one.due.on, one.severity) == (date(2024, 7, 21), None)
    assert digest(coverage=[DOCKET], dockets=[docket(PROPOSED)]).decisions == ()


def test_the_trend_counts_what_was_told_in_twelve_periods(made):
    older = made.change(made.added("KE", "Kenya"), id=1, at=made.NINTH - timedelta(days=7))
    held = made.change(made.added("KE", "Kenya"), id=3, held=Held.REPEATED)
    found = digest([made.change(*made.LOST_TWO, id=2), held], earlier=[older]).trend
    assert [one.period for one in found][:1] + [one.period for one in found][-1:] == ["2024-W17", "2024-W28"]
    assert [one.told for one in found][-2:] == [((Severity.LOW, 1),), ((Severity.HIGH, 1),)]
    assert len(found) == 12


def test_the_method_names_the_models_that_judged(made):
    assert "No model took part" in digest_text(digest([made.change(*made.LOST_TWO)]))
    judged = made.change(*made.LOST_TWO, model="minilm@1")
    assert "weighed by the model minilm@1" in digest_text(digest([judged]))
