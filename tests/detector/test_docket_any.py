"""Dockets of any notices at all: no order matters, nothing raises, and what is told adds up to what holds."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detector.facts.rulemaking import docket_change
from store.docket import Docket, What, docket
from store.values import Content, Facts, FindingKind, Notice, Span, Stage

K = FindingKind
NUMBERS = (
    "2024-00001",
    "2024-1",
    "2024-00002",
    "2024-00003",
    "99-100",
    "99-0100",
    "E7-12",
    "C1-2024-00001",
    "R1-2024-00002",
)
ACTIONS = (
    "",
    "Final rule; delay of effective date.",
    "Partial withdrawal.",
    "Final rule; announcement of effective date.",
)
NUMBER = st.sampled_from((*NUMBERS, "TREAS-DO-2024-0001-0001"))
DAY = st.none() | st.integers(0, 60).map(lambda days: date(2024, 1, 1) + timedelta(days))
NOTICES = st.lists(
    st.builds(
        Notice,
        number=NUMBER,
        title=st.sampled_from(("A rule on boats", "Boats rule", "Trains and tracks")),
        stage=st.sampled_from(Stage),
        document_type=st.sampled_from(("Rule", "Proposed Rule", "Notice")),
        span=st.just(Span(0, 0, 1, "x")),
        action=st.sampled_from(ACTIONS),
        rins=st.lists(st.sampled_from(("1505-AC82", "1505-AC90")), max_size=2, unique=True).map(tuple),
        dockets=st.lists(st.sampled_from(("Docket No. X-1", "X-1", "Sequence No. 1")), max_size=2).map(tuple),
        published=DAY,
        comments_close=DAY,
        effective=DAY,
        corrects=st.none() | NUMBER,
        filed=st.sampled_from((None, datetime(2024, 1, 5, tzinfo=UTC))),
        refers=st.lists(NUMBER, max_size=2).map(tuple),
        delayed_to=DAY,
    ),
    max_size=8,
)
QUICK = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
DATES = {K.DEADLINE_SET, K.DEADLINE_MOVED, K.EFFECTIVE_DATE_SET, K.EFFECTIVE_DATE_MOVED}


def answer(notices: list[Notice]) -> Content:
    return Content(facts=Facts(notices=tuple(replace(one, span=Span(i, 0, 1, "x")) for i, one in enumerate(notices))))


def seen(found: Docket) -> tuple[object, ...]:
    dues = [(due.what, due.on, due.of.key, due.said_by.key) for due in found.dues]
    return found.states, dues, sorted((one.notice.key, one.reason) for one in found.irregular), found.ties.keys()


@QUICK
@given(NOTICES, st.randoms(use_true_random=False))
def test_no_order_matters(notices: list[Notice], shuffle: random.Random) -> None:
    assert seen(docket(shuffle.sample(notices, len(notices)))) == seen(docket(notices))


@QUICK
@given(NOTICES, NOTICES)
def test_any_two_answers_can_be_compared(old: list[Notice], new: list[Notice]) -> None:
    docket_change(answer(old), answer(new))
    assert docket_change(answer(new), answer(new[::-1])).findings == ()


@QUICK
@given(NOTICES, st.sets(st.integers(1, 8), max_size=4), st.randoms(use_true_random=False))
def test_what_is_told_adds_up(notices: list[Notice], cuts: set[int], shuffle: random.Random) -> None:
    kept = list(docket(notices).notices)
    shuffle.shuffle(kept)
    told: Counter[tuple[bool, str]] = Counter()
    held: list[Notice] = []
    for cut in sorted({*cuts, len(kept)}):
        for one in docket_change(answer(held), answer(kept[:cut])).findings:
            if one.kind in DATES:
                comments = one.kind in (K.DEADLINE_SET, K.DEADLINE_MOVED)
                told.update([(comments, one.new)] if one.new else [])
                told.subtract([(comments, one.old)] if one.old else [])
        held = kept[:cut]
    holding = Counter((due.what is What.COMMENTS_CLOSE, due.on.isoformat()) for due in docket(kept).dues)
    assert {key: count for key, count in told.items() if count} == dict(holding)
