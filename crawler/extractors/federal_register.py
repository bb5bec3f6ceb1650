"""What the Federal Register's JSON says: one notice for each document, and nothing dropped without a word."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from crawler.extractors.page import Unextractable, plain
from crawler.extractors.stages import corrected, is_public_inspection, stage
from store.values import Content, Facts, Notice, Passage, PassageKind, Span, Stage

_SEPARATOR = "\x1e"  # RFC 7464: several pages of one answer are joined as a JSON text sequence


def federal_register(text: str) -> Content:
    """Notices of a search answer, a single document, a public inspection answer, or a sequence of search pages.

    Raises Unextractable for cut JSON, for an answer that reports errors, for pages that do not add up to the count
    they give, and for a document that is no notice (naming its place and the field).
    """
    notices: dict[str, Notice] = {}
    passages: list[Passage] = []
    answers = _answers(text)
    for index, document in enumerate(_documents(answers)):
        notice = _notice(document, index, len(passages))
        if notice.key not in notices:
            notices[notice.key] = notice
            passages.append(Passage(PassageKind.PARAGRAPH, notice.span.text, links=(notice.url,) if notice.url else ()))
    if len(answers) > 1:
        _require_complete(answers, len(notices))
    return Content(tuple(passages), Facts(notices=tuple(notices.values())))


def _answers(text: str) -> list[Mapping[str, Any]]:
    parts = [part for part in text.split(_SEPARATOR) if part.strip()]
    if not parts:
        raise Unextractable("no JSON: the answer is empty")
    return [_answer(part, page, len(parts)) for page, part in enumerate(parts, start=1)]


def _answer(text: str, page: int, pages: int) -> Mapping[str, Any]:
    where = f"page {page} of {pages}" if pages > 1 else "the answer"
    try:
        answer = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unextractable(f"no JSON: {where}, {error.msg} at character {error.pos} of {len(text)}") from error
    except RecursionError as error:
        raise Unextractable(f"no JSON: {where} is nested too deep") from error
    if not isinstance(answer, dict):
        raise Unextractable(f"no Federal Register answer: {where} is a JSON {type(answer).__name__}")
    if answer.get("errors"):
        raise Unextractable(f"the Federal Register reports errors in {where}: {_errors(answer['errors'])}")
    return answer


def _errors(errors: Any) -> str:
    return json.dumps(errors, ensure_ascii=False, sort_keys=True)[:300]


def _documents(answers: list[Mapping[str, Any]]) -> Iterator[Any]:
    for answer in answers:
        results = answer.get("results")
        if isinstance(results, list):
            yield from results
        elif "document_number" in answer:
            yield answer
        elif results is not None or answer.get("count") != 0:
            keys = ", ".join(sorted(answer)[:8]) or "nothing"
            raise Unextractable(f"no Federal Register answer: neither results nor document_number, but {keys}")


def _require_complete(answers: list[Mapping[str, Any]], found: int) -> None:
    """Pages outside 1..50 silently answer as page 1, so the documents read are checked against the count given."""
    counts = [count for answer in answers if isinstance(count := answer.get("count"), int)]
    if counts and found < min(counts):
        raise Unextractable(f"the pages hold {found} different documents of the {min(counts)} they speak of")


def _notice(document: Any, index: int, passage: int) -> Notice:
    if not isinstance(document, dict):
        raise Unextractable(f"document {index} is no notice: it is a JSON {type(document).__name__}")
    number = plain(_text(document, index, "document_number", required=True))
    kind = plain(_text(document, index, "type", required=True))
    title = plain(_text(document, index, "title") or _text(document, index, "toc_doc"))
    if not title:
        raise _unreadable(document, index, "title", "is missing")
    action = plain(_text(document, index, "action"))
    correction_of = _text(document, index, "correction_of") or None
    at = Stage.PUBLIC_INSPECTION if is_public_inspection(document) else stage(kind, action, number, correction_of)
    if at is None:
        raise _unreadable(document, index, "type", f"is {kind!r}, which is no type of the Federal Register")
    days = {field: _day(document, index, field) for field in _DAYS}
    if days["publication_date"] is None and at is not Stage.PUBLIC_INSPECTION:
        raise _unreadable(document, index, "publication_date", "is missing")
    line = _line(number, kind, title, days)
    return Notice(
        number=number,
        title=title,
        stage=at,
        document_type=kind,
        span=Span(passage, 0, len(line), line),
        action=action,
        agencies=_agencies(document),
        rins=_strings(document, "regulation_id_numbers"),
        dockets=_strings(document, "docket_ids") or _strings(document, "docket_numbers"),
        citation=_text(document, index, "citation") or None,
        url=_text(document, index, "html_url") or None,
        published=days["publication_date"],
        comments_close=days["comments_close_on"],
        effective=days["effective_on"],
        signed=days["signing_date"],
        corrects=corrected(number, correction_of),
    )


_DAYS = ("publication_date", "comments_close_on", "effective_on", "signing_date")


def _line(number: str, kind: str, title: str, days: Mapping[str, date | None]) -> str:
    """The notice as one stable line: nothing in it changes unless the document's own statement does."""
    said = {field: day.isoformat() if day else "-" for field, day in days.items()}
    return (
        f"{number} · {kind} · {title} · published {said['publication_date']} · "
        f"comments close {said['comments_close_on']} · effective {said['effective_on']}"
    )


def _text(document: Mapping[str, Any], index: int, field: str, required: bool = False) -> str:
    value = document.get(field)
    if value is None or value == "":
        if required:
            raise _unreadable(document, index, field, "is missing")
        return ""
    if not isinstance(value, str):
        raise _unreadable(document, index, field, f"is {value!r:.60}, not a text")
    return value


def _day(document: Mapping[str, Any], index: int, field: str) -> date | None:
    value = _text(document, index, field)
    try:
        return date.fromisoformat(value[:10]) if value else None
    except ValueError as error:
        raise _unreadable(document, index, field, f"is {value!r:.60}, not a date") from error


def _strings(document: Mapping[str, Any], field: str) -> tuple[str, ...]:
    values = document.get(field)
    return tuple(plain(value) for value in values if isinstance(value, str)) if isinstance(values, list) else ()


def _agencies(document: Mapping[str, Any]) -> tuple[str, ...]:
    agencies = document.get("agencies")
    named = agencies if isinstance(agencies, list) else []
    names = (agency.get("name") or agency.get("raw_name") for agency in named if isinstance(agency, dict))
    return tuple(plain(name) for name in names if isinstance(name, str)) or _strings(document, "agency_names")


def _unreadable(document: Mapping[str, Any], index: int, field: str, problem: str) -> Unextractable:
    number = document.get("document_number")
    called = f" ({number})" if isinstance(number, str) and number else ""
    return Unextractable(f"document {index}{called} is no notice: {field} {problem}")
