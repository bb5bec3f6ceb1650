"""Whether what came back is the page: or a challenge, a wall, an empty shell, an error dressed as 200. Pure, and cheap.

This is the first look, at the answer alone, before anything is read out of it. A refusal needs evidence *and* a page
with little text: words such as "captcha" or "access denied" stand in good policies too. What the text of a larger page
and the last good version say is for crawler.verdicts.reading.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus

from crawler.declaration import Declaration
from crawler.verdicts.phrases import HEADING_SIZE, TEXT_SIZE, Look, folded, look, size, tells, told
from crawler.verdicts.said import THE_PAGE, Verdict, refused
from crawler.verdicts.services import announced, marked
from crawler.verdicts.whole import ends_inside
from crawler.visible import Seen, seen
from store.capture_kind import CaptureKind
from store.values import Outcome

__all__ = ["THE_PAGE", "Verdict", "verdict"]

_HEAD = 100_000  # bytes of markup searched
_NOTHING = 40  # characters of text
_SHELL = 200
_SOFT_404 = 6_000  # an error's title counts up to here: such pages carry the site's menus

_PASSWORD = re.compile(rb"<input[^>]{0,300}type\s*=\s*[\"']?password", re.IGNORECASE)
_REFRESH = re.compile(
    rb"<meta[^>]{0,80}http-equiv\s*=\s*[\"']?refresh[^>]{0,80}content\s*=\s*[\"']?\s*\d+\s*;\s*url", re.IGNORECASE
)
_POSTS = re.compile(rb"name\s*=\s*[\"']?SAML(?:Request|Response)\b|document\.forms\[0\]\.submit", re.IGNORECASE)
_LEAVES = re.compile(rb"location(?:\.href)?\s*=\s*[\"']|location\.(?:replace|assign)\(", re.IGNORECASE)
_SCRIPT = re.compile(rb"<(?:script|iframe|frame)\b", re.IGNORECASE)
_NOSCRIPT = re.compile(rb"<noscript\b[^>]*>(.{0,2000}?)</noscript", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]{0,500}>")
_HTML = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?>(?:<!--.*?-->\s*)*)<(?:!doctype\s+html|html|head|body|div|main|title)", re.I | re.S
)


def verdict(status: int, headers: Mapping[str, str], body: bytes, declaration: Declaration) -> Verdict:
    """Whether an answer is the declared page. headers have lower-case names; body is decompressed."""
    service = announced(headers)
    if status >= 400 or service:
        return _refused(status, service, body)
    if 300 <= status < 400:
        return Verdict(Outcome.BLOCKED, f"answered {_status(status)} without a page to read")
    if status in (204, 205, 206):
        return Verdict(Outcome.UNREACHABLE, f"answered {_status(status)}: not the whole page")
    if not body.strip():
        return refused(CaptureKind.SHELL, "the body is empty")
    if is_html(headers, body):
        return _page_verdict(body, declaration.expect.marker)
    return _text_verdict(body)


def is_html(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a body is an HTML page, by its first tag or by what the server calls it."""
    kind = headers.get("content-type", "").lower()
    return bool(_HTML.match(body[:2000])) or ("html" in kind and "<" in _start(body))


def _refused(status: int, service: str | None, body: bytes) -> Verdict:
    """A status that says no. Which kind of no, its page may tell, except a 404's."""
    found = None
    if service is None and status != HTTPStatus.NOT_FOUND:
        page = seen(body, HEADING_SIZE)
        found = told(_look(page)) if page.whole else None
        if found and found.kind is CaptureKind.CHALLENGE:
            service = marked(body) or f'"{found.words}"'
    answered = f"answered {_status(status)}"
    if service:
        return refused(CaptureKind.CHALLENGE, answered, service)
    geoblocked = found is not None and found.kind is CaptureKind.GEOBLOCK
    if status == HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS or (status == 403 and geoblocked):
        return refused(CaptureKind.GEOBLOCK, answered)
    if status in (401, 403, 407):
        return Verdict(Outcome.BLOCKED, f"access refused: {answered}")
    return Verdict(Outcome.UNREACHABLE, answered)


def _status(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _start(body: bytes) -> str:
    return body[:4000].decode("utf-8", "ignore")


def _page_verdict(body: bytes, marker: str | None) -> Verdict:
    page = seen(body, _SOFT_404)
    if not page.whole or len(page.text) >= _SOFT_404 or (marker and marker.casefold() in page.text.casefold()):
        return THE_PAGE
    if size(page.text) < HEADING_SIZE and (said := _little(page, body)).outcome is not None:
        return said
    found = told(_look(page, text=False), _SOFT_404)
    titled_so = found is not None and found.kind is CaptureKind.ERROR
    return refused(CaptureKind.ERROR, f'titled "{page.title[:120]}"') if titled_so else THE_PAGE


def _look(page: Seen, text: bool = True) -> Look:
    return look([page.title], [page.text] if text else [], [page.text])


def _little(page: Seen, body: bytes) -> Verdict:
    """A page with little text: what is it instead? The most telling evidence first."""
    head, length = body[:_HEAD], len(page.text)
    found = told(_look(page))
    service = marked(head)
    if found and found.kind is CaptureKind.CHALLENGE:
        return refused(CaptureKind.CHALLENGE, "", service or f'"{found.words}"')
    if service and length < _SHELL:
        return refused(CaptureKind.CHALLENGE, "", service)
    if _POSTS.search(head) and length < _SHELL:
        return refused(CaptureKind.WALL, "a form that sends itself to a sign-in")
    if found and found.kind is not CaptureKind.SHELL:
        return refused(found.kind, f'"{found.words}"')
    if (shell := _shell(page, head, found is not None)) is not None and (inside := ends_inside(body)):
        return refused(CaptureKind.PARTIAL, f"it ends inside {inside}, before any text")
    if shell is not None:
        return refused(CaptureKind.SHELL, f"{length} characters of text in {len(body)} bytes{shell}")
    if _PASSWORD.search(head) and size(page.text) < TEXT_SIZE:
        return refused(CaptureKind.WALL, f'"{(page.title or page.text)[:80]}"')
    return THE_PAGE


def _shell(page: Seen, head: bytes, told_so: bool) -> str | None:
    """What an empty shell waits for, in words ("" where that is not said); None where the page is no shell."""
    length = size(page.text)
    moved = _REFRESH.search(head) or (length < _SHELL and _LEAVES.search(head))
    if moved and length < TEXT_SIZE:
        return ", and it sends the reader on"
    if not length or (length < _NOTHING and _SCRIPT.search(head)):
        return ""
    if told_so:
        return f': "{page.text[-80:]}"'
    hint = _NOSCRIPT.search(head) if length < _SHELL else None
    if hint and tells(CaptureKind.SHELL, _TAG.sub(" ", hint[1].decode("utf-8", "ignore"))):
        return ", and it asks for JavaScript"
    return None


def _text_verdict(body: bytes) -> Verdict:
    """Markdown, JSON, feeds and plain text: only a short text can be a refusal."""
    if len(body) >= TEXT_SIZE * 2:
        return THE_PAGE
    text = folded(_TAG.sub(" ", _start(body)))
    if text.startswith("#"):  # a Markdown page with a heading is looked at as it is read
        return THE_PAGE
    found = told(look([], [text], [text]))
    if found is None or found.kind is CaptureKind.SHELL:
        return THE_PAGE
    return refused(found.kind, f'"{" ".join(text.split())[:120]}"')
