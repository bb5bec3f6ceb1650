"""Whether a body came whole: its announced length, its last tags, the end of its JSON, its feed or its lines."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

_CLOSED = re.compile(rb"</(?:html|body)\s*>", re.IGNORECASE)
_OPENED = re.compile(rb"<(?:html|body)\b", re.IGNORECASE)
# Elements that HTML does not let a page leave open; p, li, td and the like may be.
_OPENS = re.compile(rb"<(?:div|main|ul|ol|dl|table|section|article|script|style|form)\b", re.IGNORECASE)
_CLOSES = re.compile(rb"</(?:div|main|ul|ol|dl|table|section|article|script|style|form)\s*>", re.IGNORECASE)
_SILENT = re.compile(rb"<(script|style|template|textarea)\b", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:rss|feed|rdf:rdf)\b", re.IGNORECASE)
_ROOT_END = re.compile(rb"</\s*(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|main|article)\b", re.IGNORECASE)
_JSON = re.compile(rb"\s*(?:\{\s*\"|\[\s*\{)")  # "[" alone begins Markdown too
_LINK = re.compile(rb"\[[^\[\]\n]{1,300}\]\([^()\n]{0,500}\Z")
_LINE_ENDS = re.compile(rb"[.!?:;)\]|>}*_`\"'-]\s*\Z")
_START, _END = 4_096, 4_096
_TELLING = 12  # bytes of a last line that can be recognised as the beginning of an earlier one


def missing(headers: Mapping[str, str], body: bytes, before: bytes | None) -> str | None:
    """What shows that the body is cut, in words. before: the body of the last good version."""
    announced = headers.get("content-length", "")
    if announced.isdigit() and len(body) < int(announced) and "content-encoding" not in headers:
        return f"{len(body)} of {announced} bytes came"
    kind = headers.get("content-type", "").lower()
    if _HTML.search(body[:_START]) or ("html" in kind and body.lstrip()[:1] == b"<"):
        return _html(body, before)
    if _ROOT.search(body[:_START]):
        return None if _ROOT_END.search(body[-_END:]) else "the feed's last tag is missing"
    if "seq" not in kind and (_JSON.match(body) or ("json" in kind and body.lstrip()[:1] in (b"{", b"["))):
        return _json(body)
    return _lines(body, before) if b"<" not in body[:1] else None


def _html(body: bytes, before: bytes | None) -> str | None:
    if _CLOSED.search(body):
        return None
    if before is not None and _CLOSED.search(before):
        return "the last tag is missing, which the last good version had"
    inside = ends_inside(body)
    if inside and (before is None or not ends_inside(before)):
        return f"it ends inside {inside}"
    left_open = _left_open(body)
    if left_open <= 0 or not (_left_open(before) <= 0 if before is not None else _OPENED.search(body[:_START])):
        return None
    return f"the last tag is missing, {left_open} elements are open"


def _left_open(body: bytes) -> int:
    return len(_OPENS.findall(body)) - len(_CLOSES.findall(body))


def ends_inside(body: bytes) -> str | None:
    """What a page's last bytes stand in, where a page can't end."""
    if _CLOSED.search(body):
        return None
    if body.rfind(b"<!--") > body.rfind(b"-->"):
        return "a comment"
    silent = max(_SILENT.finditer(body), key=re.Match.start, default=None)
    if silent and not re.search(rb"</" + silent[1] + rb"\s*>", body[silent.end() :], re.IGNORECASE):
        return f"<{silent[1].decode().lower()}>"
    last = body.rfind(b"<")
    return "a tag" if last > body.rfind(b">") and body[last + 1 : last + 2].strip(b" 0123456789=") else None


def _json(body: bytes) -> str | None:
    inside = body.strip()
    if inside[-1:] != (b"}" if inside[:1] == b"{" else b"]"):
        return "the JSON text is not closed"
    try:
        json.loads(inside)
    except json.JSONDecodeError as error:
        return "the JSON text is not closed" if error.pos >= len(error.doc.rstrip()) else None
    except (ValueError, RecursionError):
        pass
    return None


def _lines(body: bytes, before: bytes | None) -> str | None:
    """Markdown and plain text: the last line is the beginning of one that went on, and so did the text."""
    if body.endswith((b"\n", b"\r")):
        return None
    last = body[body.rfind(b"\n") + 1 :].rstrip()
    if before is None:
        return "it ends inside a link" if _LINK.search(last) else None
    if len(last) < _TELLING or (_LINE_ENDS.search(last) and not _LINK.search(last)):
        return None
    lines = before.splitlines()
    if last in lines or not any(line.startswith(last) and len(line) > len(last) for line in lines):
        return None
    return f"it ends inside a line, at byte {len(body)} of {len(before)}"
