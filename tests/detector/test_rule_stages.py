"""Every step of a rulemaking, legal and irregular, and the dates that hold after it; in any order of arrival."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detector.facts.rulemaking import docket_change
from store.docket import Docket, What, dates_that_hold, docket
from store.rule_stages import LEGAL, State, step
from store.values import Content, Facts, FindingKind, Notice, Passage, PassageKind, Span, Stage

K = FindingKind
RIN = "1505-AC82"
TITLE = "Provisions Pertaining to Investments in Certain Technologies"


def notice(number: str, stage: Stage, on: str | None, **more: object) -> Notice:
    drafts = (Stage.ADVANCE_NOTICE, Stage.PROPOSED, Stage.EXTENSION)
    fields = {"document_type": "Proposed Rule" if stage in drafts else "Rule", "rins": (RIN,), "title": TITLE, **more}
    span = Span(0, 0, len(number), number)
    published = date.fromisoformat(on) if on else None
    return Notice(number=number, stage=stage, span=span, published=published, **fields)  # type: ignore[arg-type]


def answer(*notices: Notice) -> Content:
    placed = tuple(replace(one, span=replace(one.span, passage=place)) for place, one in enumerate(notices))
    return Content(tuple(Passage(PassageKind.PARAGRAPH, one.number) for one in placed), Facts(notices=placed))


def dues(found: Docket) -> list[tuple[str, str, str]]:
    return [(due.of.number, due.what.value, due.on.isoformat()) for due in found.dues]


ADVANCE = notice(
    "2023-17164", Stage.ADVANCE_NOTICE, "2023-08-14", comments_close=date(2023, 9, 28), citation="88 FR 54961"
)
PROPOSED = notice("2024-13923", Stage.PROPOSED, "2024-07-05", comments_close=date(2024, 8, 4), citation="89 FR 55846")
EXTENSION = notice("2024-17000", Stage.EXTENSION, "2024-08-01", comments_close=date(2024, 9, 4))
INTERIM = notice(
    "2024-20000", Stage.INTERIM_FINAL, "2024-10-01", effective=date(2024, 10, 1), comments_close=date(2024, 11, 1)
)
FINAL = notice("2024-25422", Stage.FINAL, "2024-11-15", effective=date(2025, 1, 2), citation="89 FR 90398")
DELAY = notice(
    "2024-30000",
    Stage.SUSPENSION,
    "2024-12-20",
    action="Final rule; delay of effective date.",
    delayed_to=date(2025, 3, 21),
    effective=date(2024, 12, 20),
)
STAY = notice("2025-02000", Stage.SUSPENSION, "2025-02-03", action="Temporary stay.", effective=date(2025, 2, 10))
WITHDRAWAL = notice(
    "2024-18000", Stage.WITHDRAWAL, "2024-08-10", document_type="Proposed Rule", action="Proposed rule; withdrawal."
)
REPEALED = notice("2024-29000", Stage.WITHDRAWAL, "2024-12-10", action="Final rule; withdrawal.")
CORRECTION = notice(
    "C1-2024-13923", Stage.CORRECTION, "2024-07-12", document_type="Proposed Rule", corrects="2024-13923", rins=()
)


def test_every_pair_of_state_and_stage_has_a_step_and_an_irregular_one_a_reason() -> None:
    for state in State:
        for stage in Stage:
            found = step(state, stage)
            assert (found.irregular is None) == (stage in LEGAL[state])
            assert found.irregular is None or len(found.irregular) > 20


def test_the_table_in_the_documentation_is_the_table() -> None:
    text = (Path(__file__).parents[2] / "docs" / "rulemaking.md").read_text(encoding="utf-8")
    for state, legal in LEGAL.items():
        steps = ", ".join(
            f"`{stage.value}`" + (f" → `{to.value}`" if to is not state else "") for stage, to in sorted(legal.items())
        )
        assert f"| `{state.value}` | {steps} |" in text


LAWFUL = [
    ([ADVANCE], State.ADVANCE_NOTICE),
    ([ADVANCE, PROPOSED], State.PROPOSED),
    ([ADVANCE, PROPOSED, EXTENSION], State.PROPOSED),
    ([ADVANCE, PROPOSED, CORRECTION], State.PROPOSED),
    ([ADVANCE, PROPOSED, WITHDRAWAL], State.WITHDRAWN),
    ([ADVANCE, PROPOSED, EXTENSION, FINAL], State.FINAL),
    ([INTERIM, FINAL], State.FINAL),
    ([FINAL], State.FINAL),
    ([PROPOSED, FINAL, DELAY], State.SUSPENDED),
    ([PROPOSED, FINAL, REPEALED], State.WITHDRAWN),
    ([FINAL, DELAY, notice("2025-05000", Stage.FINAL, "2025-03-30")], State.FINAL),
    ([PROPOSED, WITHDRAWAL, notice("2024-19999", Stage.PROPOSED, "2024-09-30")], State.PROPOSED),
    ([notice("2024-1", Stage.NOTICE, "2024-01-02", document_type="Notice"), PROPOSED], State.PROPOSED),
]


@pytest.mark.parametrize(("notices", "state"), LAWFUL)
def test_lawful_sequences(notices: list[Notice], state: State) -> None:
    found = docket(notices)
    assert (found.states[RIN], found.irregular) == (state, ())


IRREGULAR = [
    ([ADVANCE, FINAL], State.FINAL, "no proposed rule"),
    ([EXTENSION], None, "no earlier notice"),
    ([DELAY], State.SUSPENDED, "no earlier notice"),
    ([WITHDRAWAL], State.WITHDRAWN, "no earlier notice"),
    ([PROPOSED, DELAY], State.PROPOSED, "nothing for a suspension"),
    ([PROPOSED, WITHDRAWAL, FINAL], State.FINAL, "withdrawn"),
    ([PROPOSED, WITHDRAWAL, replace(EXTENSION, published=date(2024, 8, 12))], State.WITHDRAWN, "withdrawn"),
    ([FINAL, notice("2024-28888", Stage.PROPOSED, "2024-12-01")], State.FINAL, "a new round"),
    ([FINAL, replace(REPEALED, published=date(2025, 2, 1))], State.WITHDRAWN, "in effect is not withdrawn"),
]


@pytest.mark.parametrize(("notices", "state", "reason"), IRREGULAR)
def test_irregular_steps_are_reported_and_never_dropped(
    notices: list[Notice], state: State | None, reason: str
) -> None:
    found = docket(notices)
    assert found.states.get(RIN) == state
    assert [one.notice.number for one in found.irregular] == [notices[-1].number]
    assert reason in found.irregular[0].reason
    change = docket_change(answer(*notices[:-1]), answer(*notices))
    assert (K.NOTICE_PUBLISHED, notices[-1].number) in [(one.kind, one.subject) for one in change.findings]
    assert any(reason in note for note in change.notes)


def test_a_rule_is_in_effect_from_its_day_on_and_not_while_it_is_delayed() -> None:
    assert [docket([FINAL]).state(RIN, day) for day in (date(2025, 1, 1), date(2025, 1, 2))] == [
        State.FINAL,
        State.EFFECTIVE,
    ]
    delayed = docket([FINAL, DELAY])
    assert delayed.state(RIN, date(2025, 1, 2)) is State.SUSPENDED
    assert delayed.state(RIN, date(2025, 3, 21)) is State.EFFECTIVE
    assert docket([FINAL, STAY]).state(RIN, date(2025, 6, 1)) is State.SUSPENDED


def test_an_extension_moves_the_deadline_of_what_it_names() -> None:
    assert dues(docket([PROPOSED, EXTENSION])) == [("2024-13923", "comments close", "2024-09-04")]
    named = replace(EXTENSION, rins=(), refers=("88 FR 54961",))
    assert ("2023-17164", "comments close", "2024-09-04") in dues(docket([ADVANCE, PROPOSED, named]))
    again = replace(EXTENSION, number="2024-19000", published=date(2024, 9, 2), comments_close=date(2024, 10, 1))
    assert dues(docket([PROPOSED, EXTENSION, again])) == [("2024-13923", "comments close", "2024-10-01")]


def test_a_delay_moves_the_effective_date_and_an_open_stay_ends_it() -> None:
    assert dues(docket([FINAL, DELAY])) == [("2024-25422", "takes effect", "2025-03-21")]
    unsaid = replace(DELAY, delayed_to=None, effective=date(2025, 4, 1))
    assert dues(docket([FINAL, unsaid])) == [("2024-25422", "takes effect", "2025-04-01")]
    assert dues(docket([FINAL, STAY])) == [("2025-02000", "takes effect", "2025-02-10")]
    moved = docket_change(answer(FINAL), answer(FINAL, DELAY)).findings
    assert [(one.old, one.new) for one in moved if one.kind is K.EFFECTIVE_DATE_MOVED] == [("2025-01-02", "2025-03-21")]


def test_a_withdrawal_ends_the_deadlines_of_what_it_withdraws() -> None:
    assert dates_that_hold([ADVANCE, PROPOSED, EXTENSION, WITHDRAWAL]) == ()
    assert dates_that_hold([PROPOSED, FINAL, REPEALED])[0].of == PROPOSED  # past, and never withdrawn
    ended = docket_change(answer(PROPOSED), answer(PROPOSED, WITHDRAWAL)).findings
    assert [(one.old, one.new, one.subject) for one in ended if one.kind is K.DEADLINE_MOVED] == [
        ("2024-08-04", None, "2024-13923")
    ]
    part = replace(WITHDRAWAL, action="Proposed rule; partial withdrawal.")
    assert dues(docket([PROPOSED, part])) == [("2024-13923", "comments close", "2024-08-04")]
    assert docket([PROPOSED, part]).states[RIN] is State.PROPOSED


def test_a_stay_of_a_part_moves_no_date_and_a_partial_approval_is_no_part() -> None:
    part = replace(DELAY, action="Final rule; partial stay.", effective=None)
    assert ("2024-25422", "takes effect", "2025-01-02") in dues(docket([FINAL, part]))
    assert docket([FINAL, part]).states[RIN] is State.FINAL
    whole = replace(WITHDRAWAL, title="Air Plan; Partial Approval")
    assert dates_that_hold([PROPOSED, whole]) == ()


def test_withdrawing_a_draft_leaves_the_final_rule_of_the_proceeding() -> None:
    late = replace(WITHDRAWAL, published=date(2024, 12, 1), refers=("89 FR 55846",))
    found = docket([PROPOSED, FINAL, late])
    assert (found.states[RIN], dues(found)) == (State.FINAL, [("2024-25422", "takes effect", "2025-01-02")])


def test_a_correction_is_tied_to_what_it_corrects() -> None:
    found = docket([ADVANCE, PROPOSED, CORRECTION])
    assert found.ties[CORRECTION.key] == (PROPOSED,)
    dated = replace(CORRECTION, comments_close=date(2024, 8, 5))
    assert ("2024-13923", "comments close", "2024-08-05") in dues(docket([PROPOSED, dated]))
    amending = notice(
        "2024-26000", Stage.CORRECTION, "2024-12-01", action="Correcting amendment.", effective=date(2024, 12, 1)
    )
    assert ("2024-25422", "takes effect", "2025-01-02") in dues(docket([FINAL, amending]))
    reprinted = replace(amending, number="R1-2024-25422", corrects="2024-25422", effective=date(2025, 1, 3))
    assert dues(docket([FINAL, reprinted])) == [("2024-25422", "takes effect", "2025-01-03")]
    notes = docket_change(answer(PROPOSED), answer(PROPOSED, CORRECTION)).notes
    assert "C1-2024-13923 corrects 2024-13923" in notes
    assert (
        "C1-2024-13923 corrects 2024-13923, which is not held here" in docket_change(answer(), answer(CORRECTION)).notes
    )


def test_an_announcement_dates_a_rule_that_had_no_date() -> None:
    announced = notice(
        "2025-00100",
        Stage.FINAL,
        "2025-01-05",
        action="Final rule; announcement of effective date.",
        effective=date(2025, 2, 1),
    )
    assert dues(docket([replace(FINAL, effective=None), announced])) == [("2024-25422", "takes effect", "2025-02-01")]
    assert len(docket([FINAL, announced]).dues) == 2
    assert len(docket([FINAL, replace(announced, effective=FINAL.effective)]).dues) == 1


def test_padded_numbers_and_the_filed_copy_are_one_document() -> None:
    filed = notice(
        "2024-013923",
        Stage.PUBLIC_INSPECTION,
        "2024-07-08",
        rins=(),
        filed=datetime(2024, 7, 3, 12, 45, tzinfo=UTC),
        filing="special",
    )
    for order in ([filed, PROPOSED], [PROPOSED, filed]):
        (one,) = docket(order).notices
        assert (one.stage, one.number, one.filed, one.filing) == (Stage.PROPOSED, "2024-13923", filed.filed, "special")
    printed = docket_change(answer(filed), answer(PROPOSED)).findings
    assert [(one.kind, one.old, one.new) for one in printed] == [
        (K.STAGE_ADVANCED, "public_inspection", "proposed"),
        (K.DEADLINE_SET, None, "2024-08-04"),
    ]
    assert docket_change(answer(PROPOSED), answer(PROPOSED, filed)).findings == ()


def test_a_filed_copy_taken_back_ends_nothing() -> None:
    filed = notice(
        "2024-20001",
        Stage.WITHDRAWAL,
        None,
        filed=datetime(2024, 7, 20, 12, 45, tzinfo=UTC),
        note="Withdrawn by the agency.",
    )
    found = docket([PROPOSED, filed])
    assert (found.states[RIN], dues(found), found.irregular) == (
        State.PROPOSED,
        [("2024-13923", "comments close", "2024-08-04")],
        (),
    )
    before = replace(filed, stage=Stage.PUBLIC_INSPECTION, note="", rins=())
    change = docket_change(answer(before), answer(replace(filed, rins=())))
    assert [(one.kind, one.old, one.new) for one in change.findings] == [
        (K.STAGE_ADVANCED, "public_inspection", "withdrawal")
    ]
    assert change.notes == ("2024-20001 carries the remark: Withdrawn by the agency.",)


@pytest.mark.parametrize("number", ["99-100", "E7-1234", "2012-07333"])
def test_before_2016_another_day_is_another_document(number: str) -> None:
    first = notice(number, Stage.NOTICE, "2012-03-26", title="Sunshine Act Meeting", rins=())
    other = replace(first, published=date(2012, 9, 3))
    assert len(docket([first, other]).notices) == 2
    assert len(docket([first, replace(first, number=number.replace("-0", "-"))]).notices) == 1


def test_from_2016_on_a_moved_day_of_print_is_the_same_document() -> None:
    moved = replace(PROPOSED, published=date(2024, 7, 8))
    assert docket_change(answer(PROPOSED), answer(moved)).findings == ()


def test_a_weekend_deadline_is_noted_with_its_weekday() -> None:
    assert docket_change(answer(), answer(PROPOSED)).notes == (
        "comments on 2024-13923 close on Sunday 4 August 2024, a weekend",
    )
    assert docket_change(answer(), answer(FINAL)).notes == ()


@pytest.mark.parametrize(("day", "noted"), [(2, False), (3, True), (4, True), (5, False)])
def test_saturday_and_sunday_are_the_weekend(day: int, noted: bool) -> None:
    notes = docket_change(answer(), answer(replace(PROPOSED, comments_close=date(2024, 8, day)))).notes
    assert bool(notes) is noted


def test_the_day_on_which_a_repealed_rule_took_effect_stays_true() -> None:
    late = replace(REPEALED, published=date(2025, 2, 1))
    assert dues(docket([FINAL, late])) == [("2024-25422", "takes effect", "2025-01-02")]
    assert dues(docket([FINAL, REPEALED])) == []


def test_a_date_before_the_day_of_print_is_noted() -> None:
    (note,) = docket_change(answer(), answer(replace(FINAL, effective=date(2024, 1, 2)))).notes
    assert note.startswith("2024-25422, printed on Friday 15 November 2024")
    assert note.endswith("take effect on an earlier day, 2024-01-02")


def test_each_rin_of_a_document_is_a_proceeding_of_its_own() -> None:
    both = replace(FINAL, rins=(RIN, "1505-AC90"))
    drafts = [PROPOSED, notice("2024-14000", Stage.PROPOSED, "2024-07-06", rins=("1505-AC90",))]
    advanced = [
        one for one in docket_change(answer(*drafts), answer(*drafts, both)).findings if one.kind is K.STAGE_ADVANCED
    ]
    assert [(one.old, one.new, one.subject) for one in advanced] == [
        ("proposed", "final", RIN),
        ("proposed", "final", "1505-AC90"),
    ]


def test_dockets_are_compared_without_their_label_and_sequence_numbers_are_none() -> None:
    left = replace(PROPOSED, rins=(), dockets=("Docket No. FAA-2023-1715", "Sequence No. 1"))
    right = replace(FINAL, rins=(), dockets=("FAA-2023-1715",))
    assert docket([left, right]).state("Docket No. FAA-2023-1715", date(2024, 12, 1)) is State.FINAL
    strangers = docket([left, replace(right, dockets=("FAR-2019-0015", "Sequence No. 1"))])
    assert strangers.state("FAA-2023-1715", date(2024, 12, 1)) is State.PROPOSED


# -- any order of arrival ------------------------------------------------------------------------------------------

FILED = notice("2024-025422", Stage.PUBLIC_INSPECTION, None, filed=datetime(2024, 10, 28, 20, 15, tzinfo=UTC))
PADDED = replace(PROPOSED, number="2024-013923")
EVERY = (ADVANCE, PROPOSED, PADDED, EXTENSION, CORRECTION, WITHDRAWAL, INTERIM, FILED, FINAL, DELAY, STAY, REPEALED)
SETS = st.lists(st.sampled_from(EVERY), min_size=1, max_size=9, unique_by=lambda one: (one.number, one.stage))


def standing(notices: list[Notice]) -> tuple[object, ...]:
    found = docket(notices)
    return found.states.get(RIN), dues(found), sorted(one.notice.number + one.reason for one in found.irregular)


@settings(max_examples=300, deadline=None)
@given(SETS.flatmap(lambda chosen: st.tuples(st.just(chosen), st.permutations(chosen))))
def test_any_order_gives_the_same_stage_and_dates(orders: tuple[list[Notice], list[Notice]]) -> None:
    assert standing(orders[0]) == standing(orders[1])


@settings(max_examples=300, deadline=None)
@given(SETS.flatmap(st.permutations), st.data())
def test_the_findings_of_any_arrivals_add_up_to_the_stage_and_the_dates(
    arriving: list[Notice], data: st.DataObject
) -> None:
    """Documents come in any order, in answers of any size; what was told adds up to what holds."""
    cuts = sorted(data.draw(st.sets(st.integers(1, len(arriving)), max_size=4)) | {len(arriving)})
    told: Counter[tuple[What, str]] = Counter()
    state: str | None = None
    for start, end in pairwise([0, *cuts]):
        before, now = docket(arriving[:start]), docket(arriving[:end])
        state = before.states[RIN].value if RIN in before.states else None
        for one in docket_change(answer(*arriving[:start]), answer(*arriving[:end])).findings:
            what = What.COMMENTS_CLOSE if one.kind in (K.DEADLINE_SET, K.DEADLINE_MOVED) else What.TAKES_EFFECT
            if one.kind in (K.DEADLINE_SET, K.DEADLINE_MOVED, K.EFFECTIVE_DATE_SET, K.EFFECTIVE_DATE_MOVED):
                told.update([(what, one.new)] if one.new else [])
                told.subtract([(what, one.old)] if one.old else [])
            if one.kind is K.STAGE_ADVANCED and one.subject == RIN and state is not None:
                assert one.old == state
                state = one.new
        if RIN in before.states:
            assert state == now.states[RIN].value
    assert +told == Counter((due.what, due.on.isoformat()) for due in docket(arriving).dues)
    assert not -told
