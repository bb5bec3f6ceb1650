"""Real dockets: the three Treasury documents in order, and all 1,000 documents of a real search answer."""

from __future__ import annotations

import json
import lzma
import random
from datetime import date
from pathlib import Path

import pytest

from crawler.extractors.federal_register import federal_register
from detector.facts.rulemaking import docket_change, notice_findings
from store.docket import dates_that_hold, docket
from store.rule_stages import State
from store.values import Content, Facts, FindingKind, Notice, Stage

K = FindingKind
SHARED = Path(__file__).parents[2].parent / "shared"
SAMPLES = SHARED / "domain" / "api-samples"
SEARCH = SHARED / "corpus" / "regulatory" / "federal-register-search-2024.json.xz"

pytestmark = pytest.mark.skipif(not SEARCH.exists(), reason="the shared corpus is not here")


def response(name: str) -> dict[str, object]:
    return json.loads((SAMPLES / name).read_text())["response"]


def treasury(*numbers: str) -> Content:
    documents = [response(f"federal-register.document.{number}.json") for number in numbers]
    return federal_register(json.dumps({"count": len(documents), "results": documents}))


@pytest.fixture(scope="module")
def thousand() -> tuple[Notice, ...]:
    return federal_register(lzma.decompress(SEARCH.read_bytes()).decode()).facts.notices


def test_the_treasury_documents_one_by_one() -> None:
    numbers = ("2023-17164", "2024-13923", "2024-25422")
    told = [
        [
            (one.kind, one.old, one.new, one.subject)
            for one in notice_findings(treasury(*numbers[:n]), treasury(*numbers[: n + 1]))
        ]
        for n in range(3)
    ]
    assert [findings[1:] for findings in told] == [
        [(K.DEADLINE_SET, None, "2023-09-28", "2023-17164")],
        [
            (K.STAGE_ADVANCED, "advance_notice", "proposed", "1505-AC82"),
            (K.DEADLINE_SET, None, "2024-08-04", "2024-13923"),
        ],
        [
            (K.STAGE_ADVANCED, "proposed", "final", "1505-AC82"),
            (K.EFFECTIVE_DATE_SET, None, "2025-01-02", "2024-25422"),
        ],
    ]
    assert [findings[0][0] for findings in told] == [K.NOTICE_PUBLISHED] * 3
    found = docket(treasury(*numbers).facts.notices)
    assert found.irregular == ()
    days = (date(2025, 1, 1), date(2025, 1, 2))
    assert [found.state("1505-AC82", day) for day in days] == [State.FINAL, State.EFFECTIVE]
    assert (
        "comments on 2024-13923 close on Sunday 4 August 2024, a weekend"
        in docket_change(Content(), treasury(*numbers)).notes
    )


def test_the_search_answer_holds_the_same_documents() -> None:
    found = federal_register(json.dumps(response("federal-register.search.rin-1505-AC82.json")))
    assert [one.key for one in found.facts.notices] == [
        one.key for one in treasury("2023-17164", "2024-13923", "2024-25422").facts.notices
    ]


def test_the_docket_of_regulations_gov_is_the_printed_advance_notice() -> None:
    (posted,) = federal_register(json.dumps(response("regulations-gov.v4.document.json"))).facts.notices
    (printed,) = treasury("2023-17164").facts.notices
    assert (posted.key, posted.comments_close, posted.dockets) == (printed.key, printed.comments_close, printed.dockets)
    assert len(docket([posted, printed]).notices) == 1


def test_the_inspection_desk_of_the_sample() -> None:
    (filed,) = federal_register(json.dumps(response("federal-register.public-inspection.json"))).facts.notices
    assert (filed.stage, filed.published, filed.filing) == (Stage.PUBLIC_INSPECTION, date(2026, 11, 24), "regular")
    assert filed.filed is not None


def test_every_document_of_the_real_answer_is_a_notice_with_its_dates(thousand: tuple[Notice, ...]) -> None:
    documents = json.loads(lzma.decompress(SEARCH.read_bytes()))["results"]
    assert len(thousand) == len(documents) == 1000
    for document, notice in zip(documents, thousand, strict=True):
        said = [
            document[field] for field in ("document_number", "publication_date", "comments_close_on", "effective_on")
        ]
        days = (notice.published, notice.comments_close, notice.effective)
        assert [notice.number, *(day.isoformat() if day else None for day in days)] == said
        assert (notice.stage is Stage.CORRECTION) or not document["correction_of"]


def test_the_corrections_of_the_real_answer_are_tied(thousand: tuple[Notice, ...]) -> None:
    found = docket(thousand)
    ties = {one.number: [tied.number for tied in found.ties[one.key]] for one in found.notices if one.key in found.ties}
    assert ties == {
        "C1-2023-28880": ["2023-28880"],
        "C1-2024-00339": ["2024-00339"],
        "2024-00350": ["2023-28765"],  # by its citation, 89 FR 269
    }
    numbered = [one for one in thousand if one.number.startswith("C1-")]
    assert [one.corrects for one in numbered] == [one.number.removeprefix("C1-") for one in numbered]
    assert len(numbered) == 8


def test_the_irregular_steps_of_the_real_answer_only_miss_what_was_printed_before(thousand: tuple[Notice, ...]) -> None:
    found = docket(thousand)
    assert all("no earlier notice" in one.reason for one in found.irregular)
    assert {one.notice.stage for one in found.irregular} == {Stage.EXTENSION, Stage.CORRECTION, Stage.WITHDRAWAL}
    named = {one.notice.number: one.reason for one in found.irregular}
    assert "it names 88 FR 77420" in named["2023-28669"]


def test_every_date_of_the_real_answer_holds_or_was_moved_by_a_tie(thousand: tuple[Notice, ...]) -> None:
    stated = sum((one.comments_close is not None) + (one.effective is not None) for one in thousand)
    assert len(dates_that_hold(thousand)) == stated


def test_the_real_answer_in_any_order_and_in_parts(thousand: tuple[Notice, ...]) -> None:
    shuffled = random.Random(3).sample(thousand, len(thousand))
    assert docket(shuffled) == docket(thousand)
    half = Content(facts=Facts(notices=tuple(shuffled[:500])))
    whole = Content(facts=Facts(notices=tuple(shuffled)))
    published = [one for one in notice_findings(half, whole) if one.kind is K.NOTICE_PUBLISHED]
    assert {one.subject for one in published} == {one.number for one in shuffled[500:]}
    assert notice_findings(whole, Content(facts=Facts(notices=thousand))) == []
