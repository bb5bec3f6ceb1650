"""What do the bytes of two captures differ in that are read as the same text? Said from the bytes, not by the reader.

The reader leaves out markup, tracking parameters and lines that change by themselves ("Last updated: 11 months ago").
Whether that is all is seen here by other means: the words of both files once tags and Markdown signs are gone.
"""

from __future__ import annotations

import re

from crawler.extractors.volatile import is_volatile

MARKUP = "markup, pictures, marks of lists or link targets only: the words are the same"
AGES = "lines that change by themselves (ages, dates of the last edit)"
UNEXPLAINED = "unexplained: words differ that are not left out on purpose"

_TAG = re.compile(r"<[^<>]{1,500}>|&[a-z]{2,6};|\\")
_TARGET = re.compile(r"\]\((?:[^()\s]|\([^()]*\))*(?:\s+\"[^\"]*\")?\)")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_MARK = re.compile(r"^\s*(?:[*+-]|\d+[.)])\s+")
_WORD = re.compile(r"[^\W_]+")


def why_alike(old: bytes, new: bytes) -> str:
    """One of the three reasons above, for two files that are read alike."""
    before, after = (_lines(body) for body in (old, new))
    if _words(before) == _words(after):
        return MARKUP
    left, right = ([line for line in side if not is_volatile(line)] for side in (before, after))
    return AGES if _words(left) == _words(right) else UNEXPLAINED


def _lines(body: bytes) -> list[str]:
    text = _TARGET.sub("]", _PICTURE.sub(" ", body.decode("utf-8", "replace")))
    return [_TAG.sub(" ", _MARK.sub("", line)).strip(" *_#>-|") for line in text.splitlines()]


def _words(lines: list[str]) -> list[str]:
    return _WORD.findall("\n".join(lines).casefold())
