"""What a reader would see of an HTML body, quickly: title and the first text, without building a tree."""

from __future__ import annotations

import codecs
import html
import re
from dataclasses import dataclass

_NEXT = re.compile(
    rb"<(?:(?P<silent>script|style|template|noscript|svg|title|textarea|iframe)\b|(?P<comment>!--)|[/!?]?[a-z])",
    re.IGNORECASE,
)
_CLOSES = {
    name: re.compile(rb"</" + name + rb"\s*>", re.IGNORECASE)
    for name in (b"script", b"style", b"template", b"noscript", b"svg", b"title", b"textarea", b"iframe")
}
_SPACE = re.compile(r"\s+")
_LONGEST = 200_000  # bytes of text without a tag that are kept: far more than any look needs
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*(gb\w+|big5|shift_jis|euc-\w+)", re.IGNORECASE)
_UTF16 = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


@dataclass(frozen=True, slots=True)
class Seen:
    """Title and text as one line each. whole: the text is all there is, not only its beginning."""

    title: str
    text: str
    whole: bool


def seen(body: bytes, limit: int) -> Seen:
    """The title and at least `limit` bytes of visible text, or all of it; scripts, styles and comments are skipped."""
    for mark, encoding in _UTF16:
        if body.startswith(mark):
            body = body[2 : 2 + 8 * limit].decode(encoding, "ignore").encode()
    pieces: list[bytes] = []
    title = b""
    size = at = 0
    cut = False
    while at < len(body) and size < limit:
        match = _NEXT.search(body, at)
        piece = body[at : match.start() if match else len(body)].strip()
        if piece:
            pieces.append(piece[:_LONGEST])
            cut = cut or len(piece) > _LONGEST
            size += len(piece)
        if match is None:
            at = len(body)
            break
        at, inside = _past(body, match)
        if inside and not title and (match["silent"] or b"").lower() == b"title":
            title = inside
    charset = _charset(body)
    return Seen(_line(title, charset), _line(b" ".join(pieces), charset), at >= len(body) and not cut)


def _past(body: bytes, match: re.Match[bytes]) -> tuple[int, bytes]:
    """The offset behind a tag, a comment or a silent element, and what stood inside a silent element."""
    if match["comment"]:
        end = body.find(b"-->", match.end())
        return (end + 3 if end >= 0 else len(body)), b""
    close = body.find(b">", match.end())
    if close < 0:
        return len(body), b""
    silent = match["silent"]
    if not silent or body[close - 1 : close] == b"/":
        return close + 1, b""
    end_tag = _CLOSES[silent.lower()].search(body, close + 1)
    return (end_tag.end(), body[close + 1 : end_tag.start()]) if end_tag else (len(body), body[close + 1 :])


def _charset(body: bytes) -> str:
    match = _CHARSET.search(body[:2048])
    name = match[1].decode("ascii").lower() if match else "utf-8"
    return "gb18030" if name.startswith("gb") else name


def _line(text: bytes, charset: str) -> str:
    return _SPACE.sub(" ", html.unescape(text.decode(charset, "ignore"))).strip()
