"""What the last good version says of a reading: how much of it is gone, and whether what is left can be the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from crawler.verdicts.phrases import folded
from crawler.verdicts.said import Verdict, refused
from crawler.verdicts.tongue import tongue
from store.capture_kind import CaptureKind
from store.values import Passage, PassageKind

_WORD = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\\W_]+")
_FEWEST = 50  # words of a version that can be said to have collapsed
COLLAPSED = 0.4  # share of the words gone
_OTHER_PAGE = 0.7
_NOTHING_NEW = 0.1  # share of a reading's words that the version before did not have
_NEXT_TO_NOTHING = 20  # words
_PAGED = 0.25  # share of the words gone, of a page that says it has become one of several
_MANY = 10  # passages
_FULL_STOP = re.compile(r"[.!?。！？]\s*$")
_LABEL = 80  # characters
_SENTENCE = 40  # characters: half a sentence of that length is no name of a list that got shorter
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # these stand without spaces
_SENTENCE_END = re.compile(r"[.!?:;。！？：；…»”\"')\]]\s*$")
_N = r"\d[\d,. ]{0,8}"
_PAGES = re.compile(
    rf"\b(?:{_N}(?:-|–|—|to|bis|à|a|al|até)\s*{_N}\s*(?:of|sur|von|de|di|van)\s*{_N}|"
    rf"(?:page|seite|página|pagina)\s+\d+\s*(?:of|sur|von|de|di|van|/)\s*\d+)|"
    r"第\s*\d+\s*[页頁][,，、/\s]*(?:共|总共|全)\s*\d+\s*[页頁]|\d+\s*[-–~〜]\s*\d+\s*(?:条|條|項|件)?[,，、/\s]*(?:共|全)\s*\d+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Loss:
    """gone: share of the old words that are missing; new: share of the new words that did not stand there before."""

    before: int
    now: int
    gone: float
    new: float

    @property
    def collapsed(self) -> bool:
        return self.before >= _FEWEST and self.gone >= COLLAPSED


def loss(before: Iterable[Passage], now: Iterable[Passage]) -> Loss:
    """What is missing of a version in a reading, counted in words (in characters where a script has none)."""
    old, new = words(passage.text for passage in before), words(passage.text for passage in now)
    had, has = old.total(), new.total()
    return Loss(had, has, (old - new).total() / max(had, 1), (new - old).total() / max(has, 1))


def words(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in _WORD.findall(text.lower()))


def alike(one: Counter[str], other: Counter[str], share: float) -> bool:
    """Whether two texts have at least this share of their words in common."""
    return (one & other).total() >= share * max(one.total(), other.total(), 1)


def against(before: tuple[Passage, ...], now: tuple[Passage, ...], lost: Loss) -> Verdict | None:
    """Why a reading cannot follow the last good version, where nothing but that version says so."""
    if cut := _cut(before, now):
        return refused(CaptureKind.PARTIAL, cut, passing=len(now[-1].text) < _SENTENCE)
    if lost.before >= _FEWEST and lost.gone >= _PAGED and (paged := in_pages(now)) and not in_pages(before):
        return refused(CaptureKind.PARTIAL, f'{lost.gone:.0%} of {lost.before} words are gone, and it says "{paged}"')
    if not lost.collapsed:
        return None
    share = f"{lost.gone:.0%} of {lost.before} words are gone"
    if lost.now < _NEXT_TO_NOTHING:
        return refused(CaptureKind.SHELL, f"{lost.now} words where {lost.before} stood", passing=True)
    if lost.new <= _NOTHING_NEW:
        return refused(CaptureKind.PARTIAL, f"{share} and nothing stands in their place", passing=True)
    if lost.gone < _OTHER_PAGE and not _nothing_stands(before, now):
        return None
    if any(map(says_something, before)) and not any(map(says_something, now)):
        return refused(CaptureKind.SHELL, f"{share}, menus and headings are left", passing=True)
    was, is_now = tongue(_text(before)), tongue(_text(now))
    if was and is_now and was != is_now:
        why = f"the text came in another language ({is_now}, {was} before)"
        return refused(CaptureKind.ERROR, why, passing=True)
    return refused(CaptureKind.ERROR, f"another page: {share}", passing=True)


def _nothing_stands(before: tuple[Passage, ...], now: tuple[Passage, ...]) -> bool:
    """Whether no passage of a long text is left and it is headed otherwise: any two texts of one language share half of
    their words."""
    if len(before) < _MANY or len(now) < 2:
        return False
    return not {folded(p.text) for p in before} & {folded(p.text) for p in now if p.kind is not PassageKind.TABLE_ROW}


def in_pages(passages: tuple[Passage, ...]) -> str | None:
    """The words with which a list or a text says that it shows only a part of itself: "Showing 1 to 18 of 56"."""
    for passage in passages:
        if len(passage.text) <= _LABEL and (said := _PAGES.search(passage.text)):
            return said.group()
    return None


def says_something(passage: Passage) -> bool:
    """Whether a passage is a sentence or as long as one: no heading, no label of a menu."""
    if passage.kind is PassageKind.HEADING:
        return False
    return len(passage.text) > _LABEL or bool(_FULL_STOP.search(passage.text))


def stops_early(before: tuple[Passage, ...], now: tuple[Passage, ...]) -> bool:
    """Whether a reading stops where the last version went on: nothing that stood behind its last passage is left."""
    at = _continued(before, now)
    if at is None:
        return False
    had, has = Counter(p.text for p in before[: at + 1]), Counter(p.text for p in now)
    rest = before[at + 1 :]
    return bool(rest) and not any(has[passage.text] > had[passage.text] for passage in rest)


def _continued(before: tuple[Passage, ...], now: tuple[Passage, ...]) -> int | None:
    """Where the last version has the passage with which a reading ends, whole or as the beginning of a longer one."""
    ended = now[-1].text if now else ""
    same = [number for number, passage in enumerate(before) if passage.text == ended]
    longer = [number for number, passage in enumerate(before) if ended and passage.text.startswith(ended)]
    if not same and not longer and len(ended) > _SENTENCE:  # its last bytes may be damaged too
        longer = [number for number, passage in enumerate(before) if passage.text.startswith(ended[:_SENTENCE])]
    return min(same or longer, key=lambda number: abs(number - len(now) + 1), default=None)


def _cut(before: tuple[Passage, ...], now: tuple[Passage, ...]) -> str | None:
    """The reading ends in the middle of a sentence of the last version, and nothing that followed is left."""
    at = _continued(before, now)
    if at is None or len(now) < 2:
        return None
    ended, whole = now[-1].text, before[at].text
    if ended == whole or _SENTENCE_END.search(ended):
        return None
    if stops_early(before, now):
        return f"the text ends in mid-sentence, {len(before) - at - 1} passages before its end"
    goes_on = whole[len(ended) :] if whole.startswith(ended) else ""
    in_word = ended[-1].isalpha() and goes_on[:1].isalpha() and not _WIDE.match(ended[-1])
    return "the text ends in mid-word" if at == len(before) - 1 and in_word else None


def _text(passages: tuple[Passage, ...]) -> str:
    return " ".join(passage.text for passage in passages)
