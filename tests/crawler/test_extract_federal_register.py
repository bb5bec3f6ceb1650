"""Federal Register answers become notices: stages, dates apart, corrections, and loud refusals instead of gaps."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
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
    ("Rule", "Final rule; lifting of stay.", Stage.FINAL),
    ("Rule", "Final rule; postponement of effective date.", Stage.SUSPENSION),
    ("Proposed Rule", "Proposed rule; proposed delay of effective date.", Stage.PROPOSED),
    ("Proposed Rule", "Notice of proposed rulemaking; proposed rescission of regulations.", Stage.PROPOSED),
    ("Proposed Rule", "Notification of hearing on proposed rulemaking.", Stage.NOTICE),
    ("Proposed Rule", "Notice of proposed rulemaking; notice of hearing.", Stage.PROPOSED),
    ("Proposed Rule", "Receipt of petition; request for comment.", Stage.NOTICE),
    ("Proposed Rule", "Notice of data availability; request for comments.", Stage.NOTICE),
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


def test_without_an_action_line_the_end_of_the_title_says_it() -> None:
    titled = document(type="Rule", action=None, title="Provisions; Delay of Effective Date")
    assert read(search(titled)).facts.notices[0].stage is Stage.SUSPENSION
    plain = document(type="Rule", action=None, title="Nonprocurement Suspension and Debarment")
    assert read(search(plain)).facts.notices[0].stage is Stage.FINAL


@pytest.mark.parametrize(
    ("fields", "corrects"),
    [
        ({"document_number": "R1-2023-28849"}, "2023-28849"),
        ({"title": "Provisions; Correction to 2024-13923"}, "2024-13923"),
        ({"abstract": "Treasury corrects FR Doc. 2024-13923 on page 55846."}, "2024-13923"),
        ({"abstract": "Corrects the results of the 2019-2020 review, docket FAA-2023-17150."}, None),
    ],
)
def test_a_correction_is_tied_by_what_it_names(fields: dict[str, Any], corrects: str | None) -> None:
    (notice,) = read(
        search(document(**{"document_number": "2024-15000", "action": "Rule; correction."} | fields))
    ).facts.notices
    assert (notice.stage, notice.corrects) == (Stage.CORRECTION, corrects)


def test_a_correction_is_tied_from_the_corrected_side_too() -> None:
    corrected = document(corrections=["https://www.federalregister.gov/api/v1/documents/2024-15000"])
    correction = document(document_number="2024-15000", action="Proposed rule; correction.")
    for answer in ([corrected, correction], [correction, corrected]):
        found = {one.number: one.corrects for one in read(search(*answer)).facts.notices}
        assert found == {"2024-13923": None, "2024-15000": "2024-13923"}


DELAYS = [
    (
        "The effective date of the rule published at 86 FR 1234, January 7, 2021, is delayed until March 21, 2021.",
        date(2021, 3, 21),
    ),
    (
        "Effective March 1, 2021, the amendments to 31 CFR 850 are stayed until Monday, March 22, 2021.",
        date(2021, 3, 22),
    ),
    ("The rule is suspended from November 10, 2025, through November 9, 2026.", date(2026, 11, 9)),
    ("The stay is effective to 31 CFR 850.101 on January 7, 2021.", None),
    ("The effective date is delayed indefinitely.", None),
]


@pytest.mark.parametrize(("dates", "day"), DELAYS)
def test_a_delay_says_until_when(dates: str, day: date | None) -> None:
    delayed = document(
        type="Rule", action="Final rule; delay of effective date.", dates=dates, effective_on="2021-02-09"
    )
    (notice,) = read(search(delayed)).facts.notices
    assert (notice.delayed_to, notice.effective) == (day, date(2021, 2, 9))


def test_what_a_document_names_is_kept_without_its_own_number() -> None:
    dates = "The comment period for 2024-13923, published July 5, 2024, at 89 FR 55846, is extended to 89 FR 60000."
    (notice,) = read(search(document(document_number="2024-17000", citation="89 FR 60000", dates=dates))).facts.notices
    assert notice.refers == ("2024-13923", "89 FR 55846")


def filed(**fields: Any) -> dict[str, Any]:
    """A document as the inspection desk answers it: no action, no citation, docket_numbers, agency names."""
    usual = {
        "document_number": "2024-013923",
        "type": "Proposed Rule",
        "title": "Provisions Pertaining to U.S. Investments  ",
        "filed_at": "2024-07-03T12:45:00Z",
        "filing_type": "special",
        "publication_date": "2024-07-05",
        "docket_numbers": ["TREAS-DO-2023-0009"],
        "agency_names": ["Treasury Department"],
        "editorial_note": None,
    }
    return usual | fields


def test_a_filed_document_is_at_public_inspection() -> None:
    (notice,) = read(search(filed(publication_date=None))).facts.notices
    assert (notice.stage, notice.published, notice.filing) == (Stage.PUBLIC_INSPECTION, None, "special")
    assert notice.filed == datetime(2024, 7, 3, 12, 45, tzinfo=UTC)
    assert (notice.agencies, notice.dockets) == (("Treasury Department",), ("TREAS-DO-2023-0009",))
    assert notice.span.text.endswith("effective - · filed 2024-07-03T12:45:00Z")


def test_a_document_taken_back_from_inspection_is_withdrawn_with_the_reason() -> None:
    note = "This document was withdrawn by the agency before publication."
    (notice,) = read(search(filed(editorial_note=note))).facts.notices
    assert (notice.stage, notice.note) == (Stage.WITHDRAWAL, note)


def test_of_the_filed_and_the_printed_copy_in_one_answer_the_printed_one_speaks() -> None:
    for answer in ([filed(), document()], [document(), filed()]):
        (notice,) = read(search(*answer)).facts.notices
        assert (notice.stage, notice.span.passage) == (Stage.PROPOSED, 0)


# -- regulations.gov ------------------------------------------------------------------------------------------------


def posted(**attributes: Any) -> dict[str, Any]:
    usual = {
        "agencyId": "TREAS",
        "docketId": "TREAS-DO-2023-0009",
        "documentType": "Proposed Rule",
        "subtype": None,
        "title": "Provisions Pertaining to U.S. Investments",
        "postedDate": "2023-08-14T04:00:00Z",
        "commentEndDate": "2023-09-29T03:59:59Z",
        "openForComment": True,
        "withdrawn": False,
        "frDocNum": "2023-17164",
        "lastModifiedDate": "2023-08-14T13:00:00Z",
    }
    return {"id": "TREAS-DO-2023-0009-0001", "type": "documents", "attributes": usual | attributes}


def docket(*documents: dict[str, Any], total: int | None = None) -> bytes:
    return json.dumps({"data": list(documents), "meta": {"totalElements": total or len(documents)}}).encode()


def test_a_document_of_regulations_gov_is_a_notice_of_its_docket() -> None:
    content = read(docket(posted()))
    (notice,) = content.facts.notices
    assert (notice.number, notice.stage, notice.dockets) == ("2023-17164", Stage.PROPOSED, ("TREAS-DO-2023-0009",))
    assert (notice.published, notice.comments_close) == (date(2023, 8, 14), date(2023, 9, 28))
    assert notice.url == "https://www.regulations.gov/document/TREAS-DO-2023-0009-0001"
    assert read(docket(posted(openForComment=False, lastModifiedDate="2024-01-01T00:00:00Z"))) == content
    assert read(json.dumps({"data": posted()}).encode()) == content


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-07-23T03:59:59Z", date(2026, 7, 22)),  # summer time in Washington
        ("2026-01-23T04:59:59Z", date(2026, 1, 22)),  # winter time
        ("2026-03-09T03:59:59Z", date(2026, 3, 8)),  # the day on which the clocks went forward
        ("2026-11-02T04:59:59Z", date(2026, 11, 1)),  # and back
        ("2026-07-22T23:59:59-04:00", date(2026, 7, 22)),
        ("2026-07-22T21:00:00Z", date(2026, 7, 22)),  # 5 p.m.
        ("2026-07-22T00:00:00Z", date(2026, 7, 22)),
        ("2026-07-22T23:59:59", date(2026, 7, 22)),
        ("2026-07-22", date(2026, 7, 22)),
    ],
)
def test_an_instant_is_the_day_that_it_ends_in_washington(instant: str, day: date) -> None:
    assert read(docket(posted(commentEndDate=instant))).facts.notices[0].comments_close == day
    assert read(search(document(comments_close_on=instant))).facts.notices[0].comments_close == day


@pytest.mark.parametrize(
    ("attributes", "stage"),
    [
        ({"subtype": "Advance Notice of Proposed Rulemaking (ANPRM)"}, Stage.ADVANCE_NOTICE),
        ({"subtype": "Extension of Comment Period"}, Stage.EXTENSION),
        ({"documentType": "Rule", "subtype": "Interim Final Rule"}, Stage.INTERIM_FINAL),
        ({"documentType": "Rule"}, Stage.FINAL),
        ({"documentType": "Supporting & Related Material", "frDocNum": None}, Stage.NOTICE),
    ],
)
def test_the_stage_of_a_posted_document(attributes: dict[str, Any], stage: Stage) -> None:
    assert read(docket(posted(**attributes))).facts.notices[0].stage is stage


def test_a_posting_taken_down_takes_no_comments_and_is_no_withdrawal_of_a_rule() -> None:
    (notice,) = read(docket(posted(withdrawn=True, reasonWithdrawn="posted in error"))).facts.notices
    assert (notice.stage, notice.comments_close) == (Stage.PROPOSED, None)
    assert notice.note == "taken down at regulations.gov posted in error"


def test_a_document_that_was_never_printed_keeps_its_own_number() -> None:
    (notice,) = read(docket(posted(frDocNum=None))).facts.notices
    assert notice.number == "TREAS-DO-2023-0009-0001"


def test_an_empty_docket_is_an_answer() -> None:
    assert read(b'{"data": [], "meta": {"totalElements": 0}}').facts.notices == ()


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
    "posted without type": (docket(posted(documentType=None)), r"document 0 \(TREAS-DO-2023-0009-0001\).*documentType"),
    "posted as a poem": (docket(posted(documentType="Poem")), "documentType.*Poem"),
    "posted without a day": (docket(posted(postedDate=None)), "postedDate is missing"),
    "bad instant": (docket(posted(commentEndDate="2026-07-23T99:00:00Z")), "commentEndDate.*not a date"),
    "bad filing": (search(filed(filed_at="Tuesday")), "filed_at.*not an instant"),
    "attributes": (json.dumps({"data": [posted() | {"attributes": 3}]}).encode(), "attributes is 3"),
    "page one of the docket for ever": (
        b"\x1e" + docket(posted(), total=2) + b"\x1e" + docket(posted(), total=2),
        "1 .* of the 2",
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
