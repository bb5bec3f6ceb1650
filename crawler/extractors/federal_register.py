"""What a docket's JSON says: one notice for each document, and nothing dropped without a word."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from crawler.extractors.docket_fields import day_of, instant_of, named_documents, text_of, texts_of, unreadable
from crawler.extractors.page import Unextractable, plain
from crawler.extractors.regulations_gov import is_regulations_gov, regulations_gov_notice
from crawler.extractors.stages import (
    corrected,
    delayed_to,
    document_number,
    is_public_inspection,
    is_pulled,
    stage,
)
from store.values import Content, Facts, Notice, Passage, PassageKind, Span, Stage

_SEPARATOR = "\x1e"  # RFC 7464: several pages of one answer are joined as a JSON text sequence


def federal_register(text: str) -> Content:
    """Notices of a search answer, a single document, the inspection desk's answer, or a sequence of search pages.

    An answer of regulations.gov (v4, documents) is known by its JSON:API envelope and read as well.
    Raises Unextractable for cut JSON, for an answer that reports errors, for pages that do not add up to the count
    they give, and for a document that is no notice (naming its place and the field).
    """
    answers = _answers(text)
    notices: dict[str, Notice] = {}
    for index, document in enumerate(_documents(answers)):
        notice = _read(document, index)
        held = notices.get(notice.key)
        if held is None or _is_copy(held) > _is_copy(notice):
            notices[notice.key] = notice
    if len(answers) > 1:
        _require_complete(answers, len(notices))
    return _content(_with_corrections(notices.values(), answers))


def _is_copy(notice: Notice) -> bool:
    """A filed copy; where one answer holds it and the printed document, the printed one speaks."""
    return notice.filed is not None


def _content(notices: Iterable[Notice]) -> Content:
    placed = tuple(replace(one, span=replace(one.span, passage=place)) for place, one in enumerate(notices))
    passages = (Passage(PassageKind.PARAGRAPH, one.span.text, links=(one.url,) if one.url else ()) for one in placed)
    return Content(tuple(passages), Facts(notices=placed))


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
    except ValueError as error:
        raise Unextractable(f"no JSON: {where} holds a number of more digits than any number has") from error
    if not isinstance(answer, dict):
        raise Unextractable(f"no Federal Register answer: {where} is a JSON {type(answer).__name__}")
    if answer.get("errors"):
        raise Unextractable(f"the regulator reports errors in {where}: {_errors(answer['errors'])}")
    return answer


def _errors(errors: Any) -> str:
    return json.dumps(errors, ensure_ascii=False, sort_keys=True)[:300]


def _documents(answers: list[Mapping[str, Any]]) -> Iterator[Any]:
    for answer in answers:
        results = answer.get("results")
        if is_regulations_gov(answer):
            yield from answer["data"] if isinstance(answer["data"], list) else [answer["data"]]
        elif isinstance(results, list):
            yield from results
        elif "document_number" in answer:
            yield answer
        elif results is not None or answer.get("count") != 0:
            keys = ", ".join(sorted(answer)[:8]) or "nothing"
            raise Unextractable(f"no Federal Register answer: neither results nor document_number, but {keys}")


def _require_complete(answers: list[Mapping[str, Any]], found: int) -> None:
    """Pages outside 1..50 silently answer as page 1, so the documents read are checked against the count given."""
    counts = [count for answer in answers if isinstance(count := _count(answer), int)]
    if counts and found < min(counts):
        raise Unextractable(f"the pages hold {found} different documents of the {min(counts)} they speak of")


def _count(answer: Mapping[str, Any]) -> Any:
    meta = answer.get("meta")
    return meta.get("totalElements") if isinstance(meta, dict) else answer.get("count")


def _read(document: Any, index: int) -> Notice:
    if not isinstance(document, dict):
        raise Unextractable(f"document {index} is no notice: it is a JSON {type(document).__name__}")
    try:
        return regulations_gov_notice(document) if "attributes" in document else _notice(document)
    except Unextractable as error:
        number = document.get("document_number") or document.get("id")
        called = f" ({number})" if isinstance(number, str) and number else ""
        raise Unextractable(f"document {index}{called} is no notice: {error}") from error


def _notice(document: Mapping[str, Any]) -> Notice:
    number = plain(text_of(document, "document_number", required=True))
    kind = plain(text_of(document, "type", required=True))
    title = plain(text_of(document, "title") or text_of(document, "toc_doc"))
    if not title:
        raise unreadable("title", "is missing")
    action, note = plain(text_of(document, "action")), plain(text_of(document, "editorial_note"))
    dates, abstract = plain(text_of(document, "dates")), plain(text_of(document, "abstract"))
    citation = text_of(document, "citation") or None
    correction_of = text_of(document, "correction_of") or None
    at = stage(kind, action, number, correction_of, title)
    if at is None:
        raise unreadable("type", f"is {kind!r}, which is no type of the Federal Register")
    filing = is_public_inspection(document)
    if filing:
        at = Stage.WITHDRAWAL if is_pulled(note) else Stage.PUBLIC_INSPECTION
    published, closes = day_of(document, "publication_date"), day_of(document, "comments_close_on")
    effective, signed = day_of(document, "effective_on"), day_of(document, "signing_date")
    if published is None and not filing:
        raise unreadable("publication_date", "is missing")
    filed = instant_of(document, "filed_at") if filing else None
    refers = named_documents((title, action, dates, abstract), (number, citation or ""))
    line = (
        f"{number} · {kind} · {title} · published {published or '-'} · comments close {closes or '-'} · "
        f"effective {effective or '-'}" + (f" · filed {filed:%Y-%m-%dT%H:%M:%SZ}" if filed else "")
    )
    return Notice(
        number=number,
        title=title,
        stage=at,
        document_type=kind,
        span=Span(0, 0, len(line), line),  # one stable line: it changes only when the document's own statement does
        action=action,
        agencies=_agencies(document),
        rins=texts_of(document, "regulation_id_numbers"),
        dockets=texts_of(document, "docket_ids") or texts_of(document, "docket_numbers"),
        citation=citation,
        url=text_of(document, "html_url") or None,
        published=published,
        comments_close=closes,
        effective=effective,
        signed=signed,
        corrects=corrected(number, correction_of, at, (title, action, *refers)),
        filed=filed,
        filing=(text_of(document, "filing_type") or None) if filing else None,
        note=note,
        refers=refers,
        delayed_to=delayed_to(at, (action, dates, title)),
    )


def _with_corrections(notices: Iterable[Notice], answers: list[Mapping[str, Any]]) -> list[Notice]:
    """Corrections are linked both ways; where only the corrected document names the other, the tie is made here."""
    corrects: dict[str, str] = {}
    for document in _documents(answers):
        for address in texts_of(document, "corrections"):
            corrects[document_number(address)] = plain(text_of(document, "document_number"))
    return [replace(one, corrects=one.corrects or corrects.get(one.number)) for one in notices]


def _agencies(document: Mapping[str, Any]) -> tuple[str, ...]:
    agencies = document.get("agencies")
    named = agencies if isinstance(agencies, list) else []
    names = (agency.get("name") or agency.get("raw_name") for agency in named if isinstance(agency, dict))
    return tuple(plain(name) for name in names if isinstance(name, str)) or texts_of(document, "agency_names")
