"""What a document of regulations.gov (API v4, JSON:API) says, as a notice of its docket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crawler.extractors.docket_fields import day_of, named_documents, text_of, unreadable
from crawler.extractors.page import plain
from crawler.extractors.stages import corrected, delayed_to, stage
from store.values import Notice, Span, Stage

# Its document types that the Federal Register does not print are notices of the docket all the same.
_RULE_TYPES = frozenset({"Proposed Rule", "Rule", "Notice"})
_OTHER_TYPES = frozenset({"Supporting & Related Material", "Other", "Public Submission"})
_ADDRESS = "https://www.regulations.gov/document/"


def is_regulations_gov(answer: Mapping[str, Any]) -> bool:
    """The JSON:API envelope: data with documents, each an id, a type and attributes."""
    data = answer.get("data")
    documents = data if isinstance(data, list) else [data]
    return "data" in answer and all(isinstance(one, dict) and one.get("type") == "documents" for one in documents)


def regulations_gov_notice(document: Mapping[str, Any]) -> Notice:
    """One document. Its number is the Federal Register's (frDocNum) where there is one, else its own id.

    commentEndDate is the UTC instant at which the last day ends in Washington: 2026-07-23T03:59:59Z is 22 July.
    openForComment and modification times come and go without a new document and are no facts.
    Raises Unextractable naming the field that is missing or unreadable.
    """
    fields = document["attributes"]
    if not isinstance(fields, dict):
        raise unreadable("attributes", f"is {fields!r:.60}, not an object")
    own = plain(text_of(document, "id", required=True))
    number = plain(text_of(fields, "frDocNum")) or own
    kind = plain(text_of(fields, "documentType", required=True))
    title = plain(text_of(fields, "title", required=True))
    action = plain(text_of(fields, "subtype"))
    at = Stage.NOTICE if kind in _OTHER_TYPES else stage(kind, action, number, None, title)
    if at is None or kind not in _RULE_TYPES | _OTHER_TYPES:
        raise unreadable("documentType", f"is {kind!r}, which is no type of regulations.gov")
    published, closes = day_of(fields, "postedDate"), day_of(fields, "commentEndDate")
    effective, note = day_of(fields, "effectiveDate"), ""
    if fields.get("withdrawn") is True:
        # The posting was taken down and takes no comments; whether the rule was given up, only a document says.
        closes, note = None, plain(f"taken down at regulations.gov {text_of(fields, 'reasonWithdrawn')}")
    if published is None:
        raise unreadable("postedDate", "is missing")
    refers = named_documents((title, action), (number,))
    line = (
        f"{number} · {kind} · {title} · published {published} · comments close {closes or '-'} · "
        f"effective {effective or '-'}"
    )
    docket, rin, agency = (plain(text_of(fields, name)) for name in ("docketId", "rin", "agencyId"))
    return Notice(
        number=number,
        title=title,
        stage=at,
        document_type=kind,
        span=Span(0, 0, len(line), line),
        action=action,
        agencies=(agency,) if agency else (),
        rins=(rin,) if rin and rin != "Not Assigned" else (),
        dockets=(docket,) if docket else (),
        url=_ADDRESS + own,
        published=published,
        comments_close=closes,
        effective=effective,
        corrects=corrected(number, None, at, (title, action, *refers)),
        note=note,
        refers=refers,
        delayed_to=delayed_to(at, (action, title)),
    )
