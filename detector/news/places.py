"""Where: which territories a text of the press names as places, not as whose a company or a law is."""

from __future__ import annotations

import re

from detector.news.actors import Named
from store.territory import find_territories

# "US start-up", "UK law": the initials of a state before a noun say whose it is; "US users" are where something holds.
_INITIALS = re.compile(r"(?:U\.?S\.?A?|U\.?K\.?|E\.?U\.?)")
_WHOSE = re.compile(
    r"[ -]"
    r"(?:(?:outbound|tech|AI|chip|cloud|export|trade|search|software|federal|data|privacy|national) ){0,2}"
    r"(?:start-?ups?|firms?|compan(?:y|ies)|groups?|giants?|labs?|laborator\w+|makers?|rivals?|providers?"
    r"|order|directives?|rules?|laws?|bill|sanctions|controls?|curbs?|bans?|investments?|officials?|regulators?|government"
    r"|administration|authorit(?:y|ies)|lawmakers|senators?|court|judge|president|commerce|treasury|dollars?)\b",
    re.IGNORECASE,
)
_PLACE = re.compile(r"\b(?:in|to|into|across|from|inside|outside|within)\s+(?:the\s+)?$", re.IGNORECASE)
# In Chinese headlines one letter stands for China behind a preposition: 对华投资, 在华业务.
_HAN_CHINA = re.compile(r"[对對在驻駐来來赴]华|[对對在]華")


def places(text: str, parties: tuple[Named, ...]) -> tuple[str, ...]:
    """The codes of the territories a text names, in its order, but for those inside a party's name ("US Treasury") and
    those that only say whose something is ("a US start-up")."""
    found = [
        (mention.start, mention.code)
        for mention in find_territories(text)
        if all(mention.end <= one.start or mention.start >= one.end for one in parties)
        and not _says_whose(text, mention.start, mention.end)
    ]
    found += [(match.start(), "CN") for match in _HAN_CHINA.finditer(text)]
    return tuple(dict.fromkeys(code for _, code in sorted(found)))


def _says_whose(text: str, start: int, end: int) -> bool:
    if not _INITIALS.fullmatch(text[start:end]) or _PLACE.search(text[:start]):
        return False
    return bool(_WHOSE.match(text[end:]))
