"""Which font of a PDF shows each character: Noto Sans, embedded, else one of Adobe's for Chinese, Japanese, Korean."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from html import escape
from pathlib import Path

import fontpkg_noto_sans
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

TEXT = "NotoSans"
HAN, KANA, HANGUL = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
MISSING = "?"
_FILE = Path(fontpkg_noto_sans.__file__).parent / "files" / "NotoSans[wdth,wght].ttf"


@lru_cache(maxsize=1)
def known_characters() -> frozenset[int]:
    """What the embedded font has glyphs for. Registers the fonts, once for the process."""
    font = TTFont(TEXT, str(_FILE))
    pdfmetrics.registerFont(font)
    for name in (HAN, KANA, HANGUL):
        pdfmetrics.registerFont(UnicodeCIDFont(name))
    return frozenset(font.face.charToGlyph)


def marked_up(text: str) -> str:
    """The text as a paragraph's markup, escaped, each stretch in the font that can show it."""
    return "".join(
        escape(part) if name == TEXT else f'<font name="{name}">{escape(part)}</font>' for name, part in _parts(text)
    )


def missing(text: str) -> int:
    """How many characters no font here has; they are shown as MISSING."""
    return sum(_font_of(sign) is None for sign in text)


def _parts(text: str) -> Iterator[tuple[str, str]]:
    part, of = "", TEXT
    for sign in text:
        name = _font_of(sign)
        shown = sign if name else MISSING
        name = name or TEXT
        if part and name != of:
            yield of, part
            part = ""
        part, of = part + shown, name
    if part:
        yield of, part


def _font_of(sign: str) -> str | None:
    code = ord(sign)
    if code in known_characters():
        return TEXT
    if 0x3040 <= code <= 0x30FF or 0x31F0 <= code <= 0x31FF:
        return KANA
    if 0xAC00 <= code <= 0xD7A3 or 0x1100 <= code <= 0x11FF:
        return HANGUL
    # GB 2312 and the signs beside it: arrows, comparison, full-width forms.
    if 0x2190 <= code <= 0x2193 or code in (0x2264, 0x2265) or 0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFFEF:
        return HAN
    return HAN if 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF else None
