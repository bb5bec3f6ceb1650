"""Which territories running text speaks of as such, and what it says of them: granted, limited or refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from store.territory import Mention, find_territories
from store.values import Status

# "the following regions of Ukraine: Crimea": the country is named to place its regions, it is not meant itself.
_REGIONS_OF = re.compile(
    r"(?:regions?|areas?|parts?|territor(?:y|ies)|oblasts?|provinces?|régions?|zones?|territoires?)\s+"
    r"(?:of|in|within|de|d|du|en)\s*['’]?\s*(?:the\s+|l['’]|la\s+|le\s+)?$",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"(?:['’]s)? +(?:(?:and|or|et|ou) other )?(?!and\b|or\b|et\b)[A-Za-z]")
_OTHER_LAW = re.compile(r",? (?:and|or|et|ou) (?:other|any other|foreign|international|applicable)\b")
_SENTENCE_END = re.compile(r"(?:(?<!\b[A-Z])(?<!\bNo)\.|[!?。！？；;])(?=\s|$|[^\x00-\x7f])|(?<=[a-z)]\.)(?=\s[A-Z])")
# "This list currently contains ..." goes on with what the sentence before it says.
_GOES_ON = re.compile(
    r"\s*(?:this|these|the|such|they|currently,? (?:this|these)|ces|cette|该|此|这些)\W*(?:\w+\W+){0,2}?"
    r"(?:list|countr|destination|region|territor|jurisdiction|embargo|locations?|include|pays|liste|国家|地区|名单)",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"\b(?:may|shall|must|can|will|do|does|are|is) ?(?:not|n['’]t)\b(?! (?:limited to|only))|\bcannot\b|\bunable to\b|"
    r"\bnot (?:currently |yet |presently |be )?(?:available|supported|offered|permitted|accessible|sold|exported)\b|"
    r"\bno longer (?:be )?(?:available|supported|offered|provide)|\bprohibit|\bembargo|\bsanctioned\b|\bunavailable\b|"
    r"\bunsupported\b|\bbann(?:ed|ing)\b|\bblock(?:s|ed|ing)?\b|\bsuspen(?:d|ds|ded|ding|sion)\b|"
    r"\bpaus(?:e|ed|es|ing)\b|"
    r"\bceas(?:e|ed|es|ing)\b|\bdiscontinu|\bwithdr(?:aw|awn|ew)\b|\bexclud(?:ed|es|ing)\b|"
    r"不得|禁止|不可|不支持|不提供|暂停|停止|无法|ne (?:peut|peuvent|sont|est) pas|n['’](?:est|offr\w+) (?:pas|plus)|"
    r"suspend|interdit|nicht (?:verfügbar|unterstützt|erlaubt)|no (?:está|están) disponible|não (?:está|"
    r"estão) disponíve",
    re.IGNORECASE,
)
_GRANTED = re.compile(
    r"\b(?:is|are|becomes?|became|remains?) (?:now |also |generally |currently |again |fully ){0,2}(?:available|"
    r"accessible|"
    r"supported|offered|permitted)\b|\blicen[cs]e\b.{0,80}\bto (?:provide|restore|offer|resume)\b|\brestor(?:e|ed|"
    r"es|ing)\b|"
    r"\bresum(?:e|ed|es|ing)\b|\blift(?:s|ed|ing)?\b|\b(?:can|may) (?:now |also )?(?:access|use|sign up)\b|"
    r"\b(?:have|has) (?:been )?(?:added|expanded|launched)|\bnow (?:support|offer|available)|"
    r"支持|可用|恢复|提供|est (?:désormais |maintenant )?disponible|sont (?:désormais )?disponibles|"
    r"verfügbar|disponible",
    re.IGNORECASE,
)
_LIMITED = re.compile(
    r"\blimited (?:access|availability|services?|functionality|features)\b|\brestricted (?:access|to)\b|\bin part\b|"
    r"\bonly (?:free|personal|paid|limited)\b|accès limité|部分",
    re.IGNORECASE,
)
_EXCEPT = re.compile(
    r"\bexcept(?:ing)?(?: for| in)?\b|\bexcluding\b|\bother than\b|\bwith the exception of\b|\bapart from\b|"
    r"\bbut not\b|"
    r"\bbesides\b|\bsauf\b|\bhormis\b|à l['’]exception d|\baußer\b|\bausgenommen\b|\bexcepto\b|\bsalvo\b|"
    r"\btranne\b|除外?",
    re.IGNORECASE,
)


def territories_meant(text: str, language: str | None = None) -> Iterator[Mention]:
    """Territories a text names as such: not the country whose regions are meant, not "U.S." before a noun or as law."""
    mentions = find_territories(text, language)
    inner = {mention.code[:2] for mention in mentions if "-" in mention.code}
    for mention in mentions:
        before, after = text[: mention.start], text[mention.end :]
        if mention.code in inner and _REGIONS_OF.search(before):
            continue
        initials = mention.text.replace(".", "").isupper() and mention.text.isascii()
        if initials and (_ATTRIBUTE.match(after) or _OTHER_LAW.match(after)):
            continue
        yield mention


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the sentences of a text; "U.S. law" ends none."""
    ends = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    for start, end in pairwise(sorted(set(ends))):
        if text[start:end].strip():
            yield start, end


def said_of(sentence: str, before: Status | None) -> Status | None:
    """What a sentence says of the territories in it; before: what the one before says, for "This list contains ..."."""
    if _LIMITED.search(sentence):
        return Status.RESTRICTED
    if _REFUSED.search(sentence):
        return Status.EXCLUDED
    if _GRANTED.search(sentence):
        return Status.LISTED
    return before if _GOES_ON.match(sentence) else None


def turned(sentence: str, at: int, said: Status) -> Status:
    """What is said of the territory at an offset: behind "except" the opposite of what the sentence says."""
    behind = [match.end() for match in _EXCEPT.finditer(sentence, 0, at)]
    if not behind or re.search(r"[.;:]", sentence[behind[-1] : at]):
        return said
    return Status.LISTED if said is Status.EXCLUDED else Status.EXCLUDED


def refuses(text: str) -> bool:
    """Whether a text says that something is not available, not permitted or stopped."""
    return bool(_REFUSED.search(text))
