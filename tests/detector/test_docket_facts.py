"""What happens in a docket, from notices alone: the founding case and its traps."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from store.values import (
    Content,
    Facts,
    FindingKind,
    Held,
    Notice,
    Passage,
    PassageKind,
    Severity,
    SourceKind,
    Span,
    Stage,
)

K = FindingKind
TITLE = "Provisions Pertaining to U.S. Investments in Certain National Security Technologies"


def notice(number: str, stage: Stage, place: int = 0, **more: object) -> Notice:
    text = f"{number} {TITLE}"
    fields = {"rins": ("1505-AC82",), "published": date(2024, 7, 5), "document_type": stage.value, **more}
    return Notice(number=number, title=TITLE, stage=stage, span=Span(place, 0, len(text), text), **fields)  # type: ignore[arg-type]


def answer(*notices: Notice) -> Content:
    passages, placed = [], []
    for place, one in enumerate(notices):
        passages.append(Passage(PassageKind.PARAGRAPH, f"{one.number} {TITLE}"))
        placed.append(replace(one, span=Span(place, 0, len(passages[-1].text), passages[-1].text)))
    return Content(tuple(passages), Facts(notices=tuple(placed)))


ADVANCE = notice("2023-17164", Stage.ADVANCE_NOTICE, published=date(2023, 8, 14), comments_close=date(2023, 9, 28))
PROPOSED = notice("2024-13923", Stage.PROPOSED, comments_close=date(2024, 8, 4))
FINAL = notice("2024-25422", Stage.FINAL, published=date(2024, 11, 15), effective=date(2025, 1, 2))


def told(comparison):
    return [(one.kind, one.old, one.new, one.subject, one.severity) for one in comparison.findings]


@pytest.fixture
def docket(compared):
    return lambda old, new: compared(answer(*old), answer(*new), kind=SourceKind.DOCKET)


def test_the_proposed_rule(docket):
    comparison = docket([ADVANCE], [PROPOSED, ADVANCE])
    assert told(comparison) == [
        (K.NOTICE_PUBLISHED, None, f"proposed: {TITLE}", "2024-13923", Severity.MEDIUM),
        (K.STAGE_ADVANCED, "advance_notice", "proposed", "1505-AC82", Severity.MEDIUM),
        (K.DEADLINE_SET, None, "2024-08-04", "2024-13923", Severity.MEDIUM),
    ]
    assert comparison.judgement.held is None


def test_the_final_rule(docket):
    assert told(docket([ADVANCE, PROPOSED], [ADVANCE, PROPOSED, FINAL])) == [
        (K.NOTICE_PUBLISHED, None, f"final: {TITLE}", "2024-25422", Severity.HIGH),
        (K.STAGE_ADVANCED, "proposed", "final", "1505-AC82", Severity.HIGH),
        (K.EFFECTIVE_DATE_SET, None, "2025-01-02", "2024-25422", Severity.HIGH),
    ]


def test_two_steps_in_one_answer_are_two_advances_in_order(docket):
    steps = [one for one in docket([ADVANCE], [FINAL, PROPOSED, ADVANCE]).findings if one.kind is K.STAGE_ADVANCED]
    assert [(one.old, one.new) for one in steps] == [("advance_notice", "proposed"), ("proposed", "final")]


def test_a_moved_deadline_and_effective_date(docket):
    later = replace(PROPOSED, comments_close=date(2024, 9, 4))
    assert told(docket([PROPOSED], [later])) == [
        (K.DEADLINE_MOVED, "2024-08-04", "2024-09-04", "2024-13923", Severity.MEDIUM)
    ]
    delayed = replace(FINAL, effective=date(2025, 3, 1))
    assert told(docket([FINAL], [delayed])) == [
        (K.EFFECTIVE_DATE_MOVED, "2025-01-02", "2025-03-01", "2024-25422", Severity.HIGH)
    ]


def test_an_extension_moves_the_deadline_of_its_proceeding(docket):
    extension = notice("2024-17000", Stage.EXTENSION, published=date(2024, 8, 1), comments_close=date(2024, 9, 4))
    moved = next(one for one in docket([PROPOSED], [PROPOSED, extension]).findings if one.kind is K.DEADLINE_MOVED)
    assert (moved.old, moved.new, moved.subject) == ("2024-08-04", "2024-09-04", "2024-13923")
    assert moved.old_span is not None
    assert moved.new_span is not None
    assert (moved.old_span.text[:10], moved.new_span.text[:10]) == ("2024-13923", "2024-17000")


def test_from_public_inspection_to_print_is_one_notice(docket):
    inspected = replace(PROPOSED, number="2024-013923", published=None, stage=Stage.PUBLIC_INSPECTION)
    comparison = docket([inspected], [PROPOSED])
    assert [(one.kind, one.old, one.new) for one in comparison.findings] == [
        (K.STAGE_ADVANCED, "public_inspection", "proposed")
    ]


def test_a_re_used_number_is_another_notice(docket):
    first = replace(PROPOSED, number="99-100", published=date(1999, 1, 4), title="Fisheries of the Exclusive Zone")
    second = replace(FINAL, number="99-100", published=date(1999, 6, 1), title="Airworthiness of some aeroplanes")
    assert {one.kind for one in docket([first], [second]).findings} >= {K.NOTICE_PUBLISHED, K.NOTICE_DROPPED}


def test_a_routine_rin_ties_no_proceeding_together(docket):
    shared = [replace(PROPOSED, number=f"2024-0{i}", rins=("2120-AA64",), dockets=(f"FAA-{i}",)) for i in range(1, 9)]
    final = replace(FINAL, rins=("2120-AA64",), dockets=("FAA-99",))
    assert K.STAGE_ADVANCED not in {one.kind for one in docket(shared, [*shared, final]).findings}


def test_a_notice_that_left_the_answer_is_info(docket):
    comparison = docket([ADVANCE, PROPOSED], [PROPOSED])
    assert [(one.kind, one.severity) for one in comparison.findings] == [(K.NOTICE_DROPPED, Severity.INFO)]
    assert comparison.judgement.held is Held.COSMETIC
