"""What a stored body says under a declaration: passages and facts. Pure: bytes in, Content out, the same every time."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import replace

from crawler.declaration import Declaration, Reader
from crawler.extractors.access_rules import access_rules
from crawler.extractors.bounds import within_bounds
from crawler.extractors.charset import decoded
from crawler.extractors.federal_register import federal_register
from crawler.extractors.feed import feed
from crawler.extractors.html import html_page
from crawler.extractors.json_list import json_page
from crawler.extractors.links import news_links
from crawler.extractors.markdown import markdown_page
from crawler.extractors.page import Page, Unextractable
from crawler.extractors.prose_list import territories_in_prose
from crawler.extractors.regions import deployments
from crawler.extractors.territories import listed_territories
from crawler.extractors.volatile import is_volatile
from store.territory import revision
from store.values import Content, Facts, Polarity, SourceKind

__all__ = ["EXTRACTOR_REVISION", "Unextractable", "extract", "recipe"]

# Raise it whenever any reader would read the same bytes differently: predecessors are then read again under the new
# recipe before anything is compared, so that our own improvement never alerts.
EXTRACTOR_REVISION = 3

_MARKUP = re.compile(
    r"\s*(?>(?:<!--.*?-->\s*)*)<(?:!doctype|html|head|body|div|main|\?xml)\b", re.IGNORECASE | re.DOTALL
)
_JSON = re.compile(r'\s*(?:\{\s*["}]|\[\s*(?:["{\[\]]|-?\d|true|false|null))')
_LINK = re.compile(r"\s*\[(?:!?\[[^\[\]\n]{0,500}\](?:\([^()\n]{0,2000}\))?|[^\[\]\n]){0,500}\]\s*[(\[:]")
_TAGS = re.compile(r"</?(?:p|div|li|ul|table|tr|td|span|main|section|h[1-6]|body|html)\b[^>]*>", re.IGNORECASE)


def extract(body: bytes, content_type: str | None, declaration: Declaration) -> Content:
    """Passages and facts of a body. Raises Unextractable with the reason when it is not what the declaration says."""
    within_bounds(body)
    reader = _reader(declaration, body, content_type)
    if reader is Reader.FEED:
        return feed(body, content_type, declaration)
    text = decoded(body, content_type, declaration.language)
    if text.isspace() or not text:
        raise Unextractable("the body is empty")
    if reader is Reader.FEDERAL_REGISTER:
        return federal_register(text)
    if reader is Reader.LINKS:
        return news_links(text, declaration)
    form = _form(text, content_type, declaration)
    if form is html_page:
        raw = text.encode("utf-8", "replace")
        del text  # one emoji among five million letters makes it 20 MB, which nobody needs from here on
        page = html_page(raw, declaration.select, declaration.remove)
    else:
        page = form(text)
    page = _without_volatile(page)
    if not page.passages:
        raise Unextractable("the page holds no text")
    return Content(page.passages, _facts(page, reader, declaration))


def recipe(declaration: Declaration) -> str:
    """Fingerprint of all that influences a reading: the declaration's reading fields, the extractor, the names."""
    fields = {
        "revision": EXTRACTOR_REVISION,
        "names": revision(),
        "kind": declaration.kind,
        "polarity": declaration.polarity,
        "product": declaration.product or declaration.title,
        "language": declaration.language,
        "reader": declaration.reader,
        "select": declaration.select,
        "remove": declaration.remove,
        "lists": [(one.product, one.heading, one.containing) for one in declaration.lists],
        "topics": declaration.topics,
        "base": declaration.url if declaration.kind is SourceKind.FEED else "",
    }
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def _reader(declaration: Declaration, body: bytes, content_type: str | None) -> Reader:
    """The declared reader; for auto, the one the source's kind asks for."""
    if declaration.reader is not Reader.AUTO:
        return declaration.reader
    if declaration.kind is SourceKind.FEED:
        return Reader.FEED
    if declaration.kind is SourceKind.DOCKET:
        return Reader.FEDERAL_REGISTER if _is_json(body, content_type) else Reader.TERMS
    return Reader.AUTO if declaration.kind is SourceKind.AVAILABILITY else Reader.TERMS


def _is_json(body: bytes, content_type: str | None) -> bool:
    return "json" in (content_type or "").lower() or body[:64].lstrip(b"\xef\xbb\xbf \t\r\n\x1e")[:1] in (b"{", b"[")


def _form(text: str, content_type: str | None, declaration: Declaration) -> Callable[..., Page]:
    """How to read a page, by what the text is; a server's label is only believed where the text does not contradict."""
    label = (content_type or "").lower()
    if ("json" in label or text[:20000].lstrip()[:1] in "{[") and _looks_like_json(text):
        return json_page
    if _MARKUP.match(text[:20000]) or ("html" in label and not _is_markdown(text, declaration)):
        return html_page
    return markdown_page


def _looks_like_json(text: str) -> bool:
    """An object or an array of values; a link at the head of a Markdown page, also one without text, is neither."""
    return bool(_JSON.match(text)) and not _LINK.match(text)


def _is_markdown(text: str, declaration: Declaration) -> bool:
    """Some hosts send their .md twins as text/html: no element that HTML would need, and an address that says so."""
    paths = [url.partition("?")[0].lower() for url in (declaration.url, declaration.twin) if url]
    named = any(path.endswith((".md", ".mdx", ".md.txt", ".markdown")) for path in paths)
    return named and not _TAGS.search(text[:20000])


def _without_volatile(page: Page) -> Page:
    kept = [index for index, passage in enumerate(page.passages) if not is_volatile(passage.text)]
    return Page(tuple(page.passages[i] for i in kept), tuple(page.groups[i] for i in kept), page.title)


def _facts(page: Page, reader: Reader, declaration: Declaration) -> Facts:
    return replace(_listed(page, reader, declaration), access_rules=access_rules(page.passages))


def _listed(page: Page, reader: Reader, declaration: Declaration) -> Facts:
    if reader is Reader.REGIONS:
        return deployments(page)
    if reader is Reader.PROSE:
        return territories_in_prose(page, declaration)
    if reader is Reader.LIST:
        return listed_territories(page, declaration)
    if reader is not Reader.AUTO:
        return Facts()
    listed = listed_territories(page, declaration)
    if not listed.availability and declaration.polarity is Polarity.DENY:
        listed = territories_in_prose(page, declaration)
    return listed if listed.availability else deployments(page)
