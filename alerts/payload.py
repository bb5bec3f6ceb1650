"""What a program is told: the body of a webhook, described by the JSON Schemas in docs/schema.

The texts for readers (subject, summary, lines) speak the subscription's language; everything else is data and does not.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from alerts.told import Message, ToldChange
from alerts.words import clean, safe_link, short
from store.promises import Bulletin, Trouble
from store.values import Finding, Purpose, Span
from store.views import ChangeTexts, ChangeView, Evidence

VERSION = "v1"
# Standard Webhooks asks for small bodies; what is left out is counted, and stands in the API under its address.
FINDINGS_AT_MOST = 200  # over all changes of a message
TEXT_AT_MOST = 600  # characters of a quoted text; start and end say how long it is
DIGEST_AT_MOST = 500_000  # characters
_NAME_AT_MOST = 300
_HERE = Path(__file__).resolve().parent
# Beside the documents in a checkout; a wheel has no documents and brings them along (pyproject.toml).
_FOLDERS = (_HERE.parent / "docs" / "schema", _HERE / "schema")


def type_of(purpose: Purpose) -> str:
    """ "tocsin.changes.v1": names the schema of a body. A change that could break a reader gets a new version."""
    return f"tocsin.{purpose}.{VERSION}"


def body(message: Message, key: str, answers: str | None = None) -> str:
    """The JSON of a message, the same text whenever it is sent again.

    key: the message's own name; answers: that of the message that it answers. Raises ValueError for a message that
    does not say what it is for.
    """
    if message.purpose is None or message.at is None:
        raise ValueError("a message to a program must say its purpose and time")
    told = {
        "type": type_of(message.purpose),
        "timestamp": _instant(message.at),
        "data": {
            "id": key,
            "answers": answers,
            "subscription": message.subscription,
            "locale": message.locale,
            "severity": str(message.severity),
            "subject": message.subject,
            "summary": message.first_line,
            "lines": list(message.findings),
            "links": _links(message),
            "why": message.why,
            **(message.data or {}),
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def changes_data(texts: Sequence[ChangeTexts], told: Sequence[ToldChange]) -> dict[str, Any]:
    """The structured part of a message about changes.

    texts: every change of the message. told: those that are told in full, the first of them, in the same order; of the
    others only the addresses are given.
    """
    left, changes = FINDINGS_AT_MOST, []
    for one, said in zip(texts, told, strict=False):
        shown = one.change.findings[:left]
        left -= len(shown)
        changes.append(_change(one.change, said, shown))
    return {"changes": changes, "further_changes": [one.change.address for one in texts[len(told) :]]}


def digest_data(digest: Mapping[str, Any]) -> dict[str, Any]:
    """The structured part of a digest; one that is too large is left out, and its page and JSON have it."""
    size = len(json.dumps(digest, ensure_ascii=False))
    return {"digest": digest} if size <= DIGEST_AT_MOST else {"digest_left_out": True}


def bulletin_data(bulletin: Bulletin) -> dict[str, Any]:
    """The structured part of a bulletin: every trouble that began or ended."""
    return {"troubles": [_trouble(one) for one in (*bulletin.begun, *bulletin.ended)]}


def schema_names() -> tuple[str, ...]:
    """The schemas there are: "tocsin.changes.v1", ..."""
    return tuple(sorted(path.stem for path in _folder().glob("*.json")))


def schema(name: str) -> Mapping[str, Any]:
    """A schema by its name (JSON Schema 2020-12); raises LookupError for a name that there is not."""
    if name not in schema_names():
        raise LookupError(f"no schema {short(clean(name), 80)}; there are: {', '.join(schema_names())}")
    return _read(name)


@lru_cache
def _read(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((_folder() / f"{name}.json").read_text("utf-8"))
    return found


def _folder() -> Path:
    return next((folder for folder in _FOLDERS if folder.is_dir()), _FOLDERS[0])


def _links(message: Message) -> list[dict[str, str]]:
    """Where a person reads on: rel is fixed, label speaks the reader's language."""
    known = (("change", message.link), ("source", message.url), ("unsubscribe", message.unsubscribe))
    rows = [{"rel": rel, "label": rel, "href": href} for rel, href in known if href]
    return rows + [{"rel": "related", "label": label, "href": href} for label, href in message.links]


def _change(change: ChangeView, told: ToldChange, findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "address": change.address,
        "at": _instant(change.at),
        "confirmed_at": _instant(change.confirmed_at) if change.confirmed_at else None,
        "source": change.source,
        "title": _name(change.title),
        "publisher": _name(change.publisher),
        "product": _name(change.product) if change.product else None,
        "kind": str(change.kind),
        "language": change.language,
        "severity": str(told.severity),
        "judged": {
            "severity": str(change.severity),
            "significance": change.significance,
            "reasons": [_name(reason) for reason in change.reasons],
        },
        "affected": list(told.affected),
        "summary": told.sentence,
        "findings": [_finding(one) for one in findings],
        "findings_left_out": len(change.findings) - len(findings),
        "also_on": list(told.also),
        "evidence": {"before": _evidence(change.before), "after": _evidence(change.after)},
        "links": {"source": safe_link(change.url), "change": told.link},
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": str(finding.kind),
        "severity": str(finding.severity),
        "territory": finding.territory,
        "product": _optional(finding.product),
        "subject": _optional(finding.subject),
        "old": _optional(finding.old),
        "new": _optional(finding.new),
        "old_span": _span(finding.old_span),
        "new_span": _span(finding.new_span),
    }


def _span(span: Span | None) -> dict[str, Any] | None:
    if span is None:
        return None
    return {
        "passage": span.passage,
        "start": span.start,
        "end": span.end,
        "text": _cut(span.text, TEXT_AT_MOST),
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "version": evidence.version,
        "sha256": evidence.sha256,
        "url": _cut(evidence.url, 2000),
        "captured_at": _instant(evidence.captured_at),
        "status": evidence.status,
    }


def _trouble(trouble: Trouble) -> dict[str, Any]:
    return {
        "kind": str(trouble.kind),
        "about": trouble.about,
        "title": _name(trouble.title),
        "since": _instant(trouble.since),
        "ended_at": _instant(trouble.ended_at) if trouble.ended_at else None,
        "reason": _name(trouble.reason),
    }


def _optional(text: str | None) -> str | None:
    return None if text is None else _cut(text, TEXT_AT_MOST)


def _name(text: str) -> str:
    return _cut(text, _NAME_AT_MOST)


def _cut(text: str, most: int) -> str:
    """One clean line; of a megabyte only the part that may be shown is looked at."""
    return short(clean(text[: 2 * most]), most)


def _instant(at: datetime) -> str:
    """ "2024-07-09T08:00:00Z"."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
