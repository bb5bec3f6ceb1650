"""What an RSS or Atom feed reports: entries by link, times in UTC, summaries as plain text. Never fetches anything."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from time import struct_time
from typing import Any

import feedparser
from lxml import etree

from crawler.declaration import Declaration
from crawler.extractors.charset import decoded
from crawler.extractors.entries import Headline, content_of
from crawler.extractors.html import html_title
from crawler.extractors.page import Unextractable, plain
from crawler.extractors.targets import target
from store.values import Content

SUMMARY_LENGTH = 500
_HTML = re.compile(rb"\s*(?>(?:<!--.*?-->\s*)*)<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_ENDS = re.compile(rb"</\s*(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)


def feed(body: bytes, content_type: str | None, declaration: Declaration) -> Content:
    """Entries and passages of a feed, in its order. Raises Unextractable for HTML, for a cut or an unreadable feed."""
    if _HTML.match(body[:4096].lstrip(b"\xef\xbb\xbf")):
        title = html_title(decoded(body, content_type, declaration.language))
        raise Unextractable(f'not a feed: HTML page titled "{title[:120]}"')
    parsed = feedparser.parse(
        io.BytesIO(body), response_headers={"content-type": content_type or "application/xml"}, sanitize_html=False
    )
    if not parsed.get("version") and not parsed.entries:
        raise Unextractable(f"not a feed: {_problem(parsed, body)}")
    if parsed.bozo and not _ENDS.search(body[-4096:]):
        raise Unextractable(f"feed is cut after {len(body)} bytes and {len(parsed.entries)} entries")
    return content_of(_headlines(parsed.entries, declaration), declaration.language, declaration.topics)


def _problem(parsed: Any, body: bytes) -> str:
    error = parsed.get("bozo_exception")
    return plain(str(error))[:160] if error else f"{len(body)} bytes without a feed's root element"


def _headlines(entries: list[Any], declaration: Declaration) -> Iterator[Headline]:
    for entry in entries:
        link = target(str(entry.get("link") or entry.get("id") or ""), declaration.url)
        title = _words(str(entry.get("title") or ""))
        summary = _words(str(entry.get("summary") or _first_content(entry)))
        if link and (title or summary):
            yield Headline(link, title or summary[:120], summary[:SUMMARY_LENGTH].strip(), _instant(entry))


def _first_content(entry: Any) -> str:
    content = entry.get("content") or []
    return str(content[0].get("value") or "") if content else ""


def _words(markup: str) -> str:
    """Markup as one line of plain text."""
    if "<" not in markup and "&" not in markup:
        return plain(markup)
    root = etree.fromstring(
        f"<div>{markup}</div>".encode("utf-8", "replace"),
        etree.HTMLParser(huge_tree=True, remove_comments=True, encoding="utf-8"),
    )
    if root is None:
        return ""
    etree.strip_elements(root, "script", "style", with_tail=False)
    parted = next(root.iter("p", "br", "li"), None) is not None
    return plain((" " if parted else "").join(map(str, root.itertext())))


def _instant(entry: Any) -> datetime | None:
    """When the entry was published, else updated. feedparser gives UTC; a time without a zone is taken as UTC."""
    for key in ("published_parsed", "updated_parsed", "created_parsed"):
        parts = entry.get(key)
        if isinstance(parts, struct_time):
            try:
                return datetime(*parts[:6], tzinfo=UTC)
            except ValueError:
                continue
    return None
