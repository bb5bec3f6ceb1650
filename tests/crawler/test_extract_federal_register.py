"""Federal Register answers become notices: stages, dates apart, corrections, and loud refusals instead of gaps."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from crawler.declaration import parse
from crawler.extract import Unextractable, extract
from store.values import Content, Stage

DECLARED = parse(
    'title = "T"\npublisher = "P"\nkind = "docket"\nurl = "https://www.federalregister.gov/api/v1/documents.json"\n',
    "docket",
    "test",
)


def document(**fields: Any) -> dict[str, Any]:
    usual = {
        "document_number": "2024-13923",
        "type": "Proposed Rule",
        "action": "Notice of proposed rulemaking.",
        "title": "Provisions Pertaining to  U.S. Investments",
        "publication_date": "2024-07-05",
        "comments_close_on": "2024-08-04",
        "effective_on": None,
        "agencies": [{"name": "Treasury Department"}, {"raw_name": "Office of Investment Security"}],
        "regulation_id_numbers": ["1505-AC82"],
        "docket_ids": [],
        "citation": "89 FR 55846",
        "html_url": "https://www.federalregister.gov/documents/2024/07/05/2024-13923/provisions",
        "page_views": {"count": 1},
    }
    return usual | fields


def search(*documents: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"count": len(documents), "results": list(documents)} | more).encode()


def read(body: bytes, content_type: str = "application/json") -> Content:
    return extract(body, content_type, DECLARED)


def test_a_document_is_one_notice_and_one_passage() -> None:
    content = read(search(document()))
    (notice,) = content.facts.notices
    assert content.passages[0].text == (
        "2024-13923 · Proposed Rule · Provisions Pertaining to U.S. Investments · published 2024-07-05 · "
        "comments close 2024-08-04 · effective -"
    )
    assert notice.span.text == content.passages[0].text[notice.span.start : notice.span.end]
    assert notice.stage is Stage.PROPOSED
    assert (notice.published, notice.comments_close, notice.effective) == (date(2024, 7, 5), date(2024, 8, 4), None)
    assert notice.agencies == ("Treasury Department", "Office of Investment Security")
    assert notice.rins == ("1505-AC82",)
    assert notice.citation == "89 FR 55846"


def test_what_counts_readers_is_no_part_of_a_version() -> None:
    assert read(search(document())).fingerprint == read(search(document(page_views={"count": 99}))).fingerprint


STAGES = [
    ("Proposed Rule", "Advance notice of proposed rulemaking (ANPRM); request for comments.", Stage.ADVANCE_NOTICE),
    ("Proposed Rule", "Advance notice of proposed rulemaking; extension of comment period.", Stage.EXTENSION),
    ("Proposed Rule", "Notice of proposed rulemaking; reopening of the comment period.", Stage.EXTENSION),
    ("Proposed Rule", "Proposed rule; withdrawal.", Stage.WITHDRAWAL),
    ("Proposed Rule", "Proposed rule; correction.", Stage.CORRECTION),
    ("Proposed Rule", None, Stage.PROPOSED),
    ("Rule", "Interim final rule with request for comments.", Stage.INTERIM_FINAL),
    ("Rule", "Temporary final rule.", Stage.FINAL),
    ("Rule", "Final rule; request for comments.", Stage.FINAL),
    ("Rule", "Final rule; correcting amendment.", Stage.CORRECTION),
    ("Rule", "Final rule; delay of effective date.", Stage.SUSPENSION),
    ("Rule", "Temporary stay of regulations.", Stage.SUSPENSION),
    ("Rule", "Final rule; approval of amendment with deferral.", Stage.FINAL),
    ("Rule", "Interim final rule; withdrawal.", Stage.WITHDRAWAL),
    ("Notice", "Notice; extension of comment period.", Stage.EXTENSION),
    ("Notice", "Notice; withdrawal by applicant.", Stage.NOTICE),
    ("Notice", None, Stage.NOTICE),
    ("Presidential Document", None, Stage.PRESIDENTIAL),
]


@pytest.mark.parametrize(("kind", "action", "stage"), STAGES)
def test_the_stage_follows_type_and_action(kind: str, action: str | None, stage: Stage) -> None:
    assert read(search(document(type=kind, action=action))).facts.notices[0].stage is stage


def test_a_correction_names_what_it_corrects() -> None:
    printed = document(document_number="C1-2024-13923", action=None)
    linked = document(correction_of="https://www.federalregister.gov/api/v1/documents/2024-13923", action=None)
    for body in (search(printed), search(linked)):
        (notice,) = read(body).facts.notices
        assert (notice.stage, notice.corrects) == (Stage.CORRECTION, "2024-13923")


def test_a_filed_document_is_at_public_inspection() -> None:
    filed = document(filed_at="2026-11-23T13:45:00Z", filing_type="special", citation=None, publication_date=None)
    (notice,) = read(search(filed)).facts.notices
    assert (notice.stage, notice.published) == (Stage.PUBLIC_INSPECTION, None)


def test_a_single_document_and_a_sequence_of_pages_are_read() -> None:
    assert len(read(json.dumps(document()).encode()).facts.notices) == 1
    other = document(document_number="2024-25422", type="Rule", publication_date="2024-11-15")
    pages = b"".join(b"\x1e" + search(one, count=2) + b"\n" for one in (document(), other))
    assert [one.number for one in read(pages, "application/json-seq").facts.notices] == ["2024-13923", "2024-25422"]


def test_numbers_are_compared_without_padding_and_with_their_day() -> None:
    twice = [
        document(document_number="2012-07333"),
        document(document_number="2012-7333"),
        document(document_number="2012-7333", publication_date="2012-03-27"),
    ]
    assert len(read(search(*twice)).facts.notices) == 2


def test_an_answer_without_documents_is_an_answer() -> None:
    assert read(b'{"count": 0, "results": []}').facts.notices == ()


REFUSED = {
    "cut": (search(document())[:-30], "no JSON"),
    "errors": (b'{"errors": {"agencyy": "is not a valid field"}}', "agencyy"),
    "not found": (search(document(), errors={"not_found": ["2024-99999"]}), "2024-99999"),
    "no number": (search(document(), document(document_number=None)), "document 1 .*document_number"),
    "no title": (search(document(title=" ")), "title"),
    "no date": (search(document(publication_date=None)), r"document 0 \(2024-13923\).*publication_date"),
    "bad date": (search(document(effective_on="soon")), "effective_on.*soon"),
    "unknown type": (search(document(type="Poem")), "type.*Poem"),
    "a list": (b"[1, 2]", "JSON list"),
    "something else": (b'{"message": "hello"}', "message"),
    "page one for ever": (
        b"\x1e" + search(document(), count=3) + b"\x1e" + search(document(), count=3),
        "1 .* of the 3",
    ),
    "no object": (search(document(), "2024-1"), "document 1"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize(("body", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_nothing_is_dropped_without_a_word(body: bytes, reason: str) -> None:
    with pytest.raises(Unextractable, match=reason):
        read(body)


def test_a_docket_page_in_html_is_read_as_text() -> None:
    content = read(b"<main><h1>Programme</h1><p>Text</p></main>", "text/html")
    assert len(content.passages) == 2
