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
_ATTRIBUTE = re.compile(
    r"(?:['’]s)?(?: +|[-‑](?=[a-z]))(?:(?:and|or|et|ou) other )?(?!(?i:and|or|et|ou|nor)\b)[A-Za-z]"
)
_OTHER_LAW = re.compile(r",? (?:and|or|et|ou) (?:other|any other|foreign|international|applicable)\b")
# A law, a court or an authority of a territory, by words behind its name or before it.
_LAW_BEHIND = re.compile(
    r"(?:['’]s)? (?:(?:federal|state|export|trade|economic|privacy|tax|copyright|consumer|data protection) ){0,2}"
    r"(?:laws?|legislation|statutes?|courts?|governments?|authorit(?:y|ies)|sanctions|regulators?|regulations?|"
    r"export controls?|customs authorit(?:y|ies)|jurisdiction)\b|"
    r"的?(?:现行|有关|相关|出口管制|出口)?(?:法律|法规|法規|法院|法域|政府|当局|當局|海关|海關|財政部|财政部|商务部|商務部)",
    re.IGNORECASE,
)
_LAW_BEFORE = re.compile(
    r"\b(?:(?:laws?|legislation|statutes?|courts?|jurisdiction)(?: and (?:courts|regulations|jurisdiction))? (?:of|in)|"
    r"(?:governments?|authorit(?:y|ies)|ministry|bank) of|"
    r"(?:lois?|droit|législation|réglementation|tribuna(?:l|ux)|gouvernement|autorités|cours) (?:de|du|d['’]|des))"
    r"\s*(?:the\s+|la\s+|l['’])?$",
    re.IGNORECASE,
)
# Where a company is at home: its register, its seat, its address; nothing but small words and names in between.
_SEAT = re.compile(
    r"(?i:\b(?:incorporated|organi[sz]ed|headquartered|registered offices?|principal place of business|siège social|"
    r"immatriculée?s?|(?:company|corporation|société) (?:registered|established|enregistrée)))"
    r"(?:[\s,]+(?:in|at|is|are|under|the|laws?|of|and|existing|located|situated|à|au|de|la|est|sise?|situé|"
    r"[A-Z0-9][\w'’.\-]*))*[\s,]*$|(?:注册于|註冊於|总部位于|總部位於)$"
)
# A company's name: its form behind the territory.
_COMPANY = re.compile(
    r",? (?:[A-Z][\w&]+ ){0,2}(?:Limited|Ltd|Inc|Incorporated|LLC|LLP|LP|PLC|plc|Corp|Corporation|Company|GmbH|AG|"
    r"B\.?V|N\.?V|Pte|Pty|S\.?A|SAS|S\.?A\.?S|S\.?[aà]\.?r\.?l|SARL|S\.?r\.?l|S\.?p\.?A|SpA|A/S|ApS|AB|AS|Oy|K\.?K|Co)"
    r"(?!\w)|[)）]?[^\W\d_的不向对對在等和及与與]{0,6}(?:有限公司|有限責任公司|有限责任公司|股份公司|株式会社)"
)
_INITIALS = 4
_NEAR = 140  # characters before a name that say what it is the territory of
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
    """Territories a text names as places of use.

    Not the country whose regions are meant, not "U.S." before a noun or as law, and not the territory of a law, a
    court, an authority, a company's name or its seat.
    """
    mentions = find_territories(text, language)
    inner = {mention.code[:2] for mention in mentions if "-" in mention.code}
    for mention in mentions:
        before, after = text[: mention.start], text[mention.end :]
        if mention.code in inner and _REGIONS_OF.search(before):
            continue
        initials = _initials(mention.text)
        if initials and (_ATTRIBUTE.match(after) or _OTHER_LAW.match(after)):
            continue
        if not (_names_a_law(before, after) or _names_a_company(before, after)):
            yield mention


def _initials(said: str) -> bool:
    short = said.replace(".", "")
    return short.isascii() and short.isupper() and (len(short) <= _INITIALS or "." in said)


def _names_a_law(before: str, after: str) -> bool:
    return bool(_LAW_BEHIND.match(after) or _LAW_BEFORE.search(before[-_NEAR:]))


def _names_a_company(before: str, after: str) -> bool:
    return bool(_COMPANY.match(after) or _SEAT.search(before[-_NEAR:]))


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
