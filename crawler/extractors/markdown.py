"""How a Markdown page becomes passages: front matter off, rendered, then read like any page."""

from __future__ import annotations

import re
from functools import lru_cache

from markdown_it import MarkdownIt

from crawler.extractors.html import fragment_page
from crawler.extractors.page import Page, Unextractable

_FRONT = re.compile(r"\A\s*---[ \t]*\r?\n(?P<inside>(?:.*\r?\n){0,200}?)(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_KEY = re.compile(r"[\w.\-]+\s*:(?:\s|$)|\s+\S|-\s|#|\s*$")

_LONGEST = (
    2_000_000  # characters; the longest of 5,500 real pages has 800,000, and rendering copies the text five times
)


def markdown_page(text: str) -> Page:
    """The passages of a Markdown page; HTML inside it is read as HTML. Raises Unextractable for a text too long."""
    if len(text) > _LONGEST:
        raise Unextractable(f"too long to be read: {len(text):,} characters of Markdown, and {_LONGEST:,} are the most")
    return fragment_page(_renderer().render(without_front_matter(text)).encode("utf-8", "replace"))


def without_front_matter(text: str) -> str:
    """The text without the YAML blocks at its head (mirrors add one of their own above the page's)."""
    text = text.removeprefix("\ufeff")
    while match := _FRONT.match(text):
        lines = match["inside"].splitlines()
        if not lines or not all(_KEY.match(line) for line in lines):
            break
        text = text[match.end() :]
    return text


@lru_cache(maxsize=1)
def _renderer() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True, "linkify": False, "maxNesting": 100}).enable(
        ["table", "strikethrough"]
    )
