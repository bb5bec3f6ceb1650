"""Which rulemaking a text refers to: RINs, docket numbers, document numbers, Federal Register citations."""

from __future__ import annotations

import re

_RIN = re.compile(r"\b\d{4}-[A-Z]{2}\d{2}\b")
_DOCKET = re.compile(r"\b[A-Z]{2,6}(?:-[A-Z]{2,6})?-20\d\d-\d{4}\b")
_CITATION = re.compile(r"\b\d{2,3} FR \d{4,6}\b")
_DOCUMENT = re.compile(r"(?<![\w-])(?:FR Doc\.? ?)?(?P<number>20\d\d-\d{4,5})(?![\w-])")


def references(text: str) -> tuple[str, ...]:
    """The numbers as printed, in that order of kinds; a docket's tail is not taken for a document."""
    found = [match.group() for one in (_RIN, _DOCKET, _CITATION) for match in one.finditer(text)]
    found += [match["number"] for match in _DOCUMENT.finditer(text) if _is_number(match["number"])]
    return tuple(dict.fromkeys(found))


def _is_number(value: str) -> bool:
    """ "2024-2025" is a span of years."""
    tail = value.partition("-")[2]
    return not (len(tail) == 4 and tail.startswith(("19", "20")))
