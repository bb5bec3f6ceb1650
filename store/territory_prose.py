"""Where running text names territories: longest name first, whole words, not where a name means something else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from store.gazetteer import HAN, KANA, TOKEN, Gazetteer, Node, gazetteer, key_of
from store.territory_context import is_money_or_language, is_pronoun, is_titled, is_town, is_us_georgia
from store.territory_names import folded, further

_GAP = re.compile(r"[\s.'’‘ʼ`\-‐‑‒–—\u200b\u00ad]{0,3}")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_ARABIC = re.compile("[\u0600-\u06ff]")
_PARTICLES = (
    "에서는",
    "에서",
    "으로",
    "에는",
    "에게",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "의",
    "에",
    "과",
    "와",
    "도",
    "로",
    "및",
)
# What stands between two names of an enumeration, and how many sure names make one.
_JOINED = re.compile(r"\s*(?:[,，、،;；/|&()（）]|\b\w{1,4}\b|\s|و)*\s*")
_ENUMERATES = 2
_INTRODUCED = re.compile(r"\s*[(（]\W{0,4}(?:the\s+)?\W{0,4}")
_LEADS = ("وال", "و", "ب", "ل")
_SMALL_WORDS = frozenset((
    "the", "a", "an", "in", "of", "from", "to", "and", "or", "for", "with", "by", "at", "on", "as", "is", "are",
    "was", "were", "its", "our", "your", "their", "this", "that", "these", "those", "both", "between", "including",
    "except", "excluding", "outside", "within", "across", "via", "per", "than", "like", "into", "over", "under",
    "new", "de", "du", "des", "la", "le", "les", "et", "en", "au", "aux", "dans", "pour", "par", "sur", "il", "elle",
    "ce", "cette",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mention:
    """A territory named in a text: its code, the offsets [start, end) in that text, and the words that stand there."""

    code: str
    start: int
    end: int
    text: str


class _Word(NamedTuple):
    key: str
    start: int
    end: int


def find_territories(text: str, language: str | None = None) -> tuple[Mention, ...]:
    """Territories named in running text, in order; offsets are those of the text given. Codes alone are not names.

    Names need a capital where the script has one ("turkey" is a bird). "Georgia" beside a US state or city, "Jordan"
    beside a capitalised name, a currency ("Hong Kong dollars"), a language ("日本語"), a town ("Mexico, Missouri"), the
    pronoun in a line of capitals ("PAID TO US") and phrases such as "South China Sea" are not territories. A law
    ("U.S. law") and a company ("Example Ireland Limited") name theirs. language: that of the page, whose names are
    added to those always known.
    """
    if not text:
        return ()
    tree = gazetteer(further(language))
    found = sorted([*_in_words(tree, text), *_in_han(tree, text)], key=lambda mention: (mention.start, mention.code))
    return tuple(_said_once(text, _certain(tree, text, found)))


def _said_once(text: str, mentions: Iterable[Mention]) -> Iterator[Mention]:
    """Mentions without the short form that a text introduces in brackets: European Economic Area ("EEA")."""
    last: Mention | None = None
    for one in mentions:
        if last is None or one.code != last.code or not _INTRODUCED.fullmatch(text, last.end, max(one.start, last.end)):
            yield one
        last = one


def _certain(tree: Gazetteer, text: str, found: list[Mention]) -> Iterator[Mention]:
    """Names that are also words or given names ("Réunion", "Maurice") count in an enumeration of territories only."""
    runs: list[list[Mention]] = []
    for mention in found:
        joined = runs and _JOINED.fullmatch(text, runs[-1][-1].end, max(mention.start, runs[-1][-1].end))
        if joined:
            runs[-1].append(mention)
        else:
            runs.append([mention])
    for run in runs:
        sure = {one.start for one in run if folded(one.text) not in tree.doubtful}
        yield from (one for one in run if one.start in sure or len(sure) >= _ENUMERATES)


def _in_words(tree: Gazetteer, text: str) -> Iterator[Mention]:
    if not any(_may_begin(tree.root, key) for key in set(map(key_of, TOKEN.findall(text)))):
        return
    words = [_Word(key_of(match.group()), *match.span()) for match in TOKEN.finditer(text)]
    at = 0
    while at < len(words):
        if not _may_begin(tree.root, words[at].key):
            at += 1
            continue
        last, end, codes = _longest(tree.root, text, words, at)
        if codes is None:
            at += 1
            continue
        start = words[at].start + _lead(tree.root, words[at].key)
        if text[end : end + 1] == "." and text[end - 2 : end - 1] == ".":
            end += 1
        if codes and _means_territory(tree, text, words, at, last, start, end):
            for code in codes:
                yield Mention(code, start, end, text[start:end])
        at = last + 1


def _may_begin(root: Node, key: str) -> bool:
    """Whether a name can begin with a word; particles hide it only in scripts other than Latin."""
    return key in root.next or not key.isascii()


def _longest(root: Node, text: str, words: list[_Word], at: int) -> tuple[int, int, tuple[str, ...] | None]:
    """The last word, end offset and codes of the longest name that begins at a word; codes None when none does."""
    node = root
    result: tuple[int, int, tuple[str, ...] | None] = (at, words[at].end, None)
    for index in range(at, len(words)):
        word = words[index]
        if index > at and not _close(text, words[index - 1], word):
            break
        step, cut = _step(node, word.key, index == at)
        if step is None:
            break
        node = step
        if node.codes is not None:
            result = (index, word.end - cut, node.codes)
        if cut:
            break
    return result


def _step(node: Node, key: str, first: bool) -> tuple[Node | None, int]:
    """The next node and how many letters of the word are a particle behind the name (Korean)."""
    found = node.next.get(key)
    if found is not None:
        return found, 0
    if _HANGUL.match(key):
        for particle in _PARTICLES:
            bare = node.next.get(key[: -len(particle)]) if key.endswith(particle) else None
            if bare is not None:
                return bare, len(particle)
    if first and _ARABIC.match(key):
        return node.next.get(key[_lead(node, key) :]), 0
    return None, 0


def _lead(root: Node, key: str) -> int:
    """How many letters of an Arabic word are a conjunction or preposition written in front of the name."""
    if key in root.next or not _ARABIC.match(key):
        return 0
    return next((len(lead) for lead in _LEADS if key.startswith(lead) and key[len(lead) :] in root.next), 0)


def _close(text: str, left: _Word, right: _Word) -> bool:
    gap = text[left.end : right.start]
    return bool(_GAP.fullmatch(gap)) and not ("." in gap and len(left.key) > 3 and left.key not in ("saint", "sainte"))


def _means_territory(
    tree: Gazetteer, text: str, words: list[_Word], first: int, last: int, start: int, end: int
) -> bool:
    said = text[start:end]
    if is_money_or_language(text, start, end) or is_town(tree, text, start, end):
        return False
    if said.isupper() and len(words[first].key) <= 4 and last - first <= 3 and folded(said) in tree.initials:
        return not is_pronoun(tree, text, start, end)
    if folded(said) in tree.initials or said.islower():  # "mainland China" has its capital later
        return False
    key = folded(said)
    if key in ("georgia", "georgie") and is_us_georgia(tree, text, start, end):
        return False
    return key not in tree.persons or not (is_titled(text, start) or _beside_a_name(tree, text, words, first, last))


def _beside_a_name(tree: Gazetteer, text: str, words: list[_Word], first: int, last: int) -> bool:
    """Whether a capitalised word that is neither a territory nor a small word stands directly beside, as in a name."""
    before = words[first - 1] if first else None
    after = words[last + 1] if last + 1 < len(words) else None
    return _is_name_part(tree, text, before, words[first], before) or _is_name_part(
        tree, text, words[last], after, after
    )


def _is_name_part(tree: Gazetteer, text: str, left: _Word | None, right: _Word | None, other: _Word | None) -> bool:
    if left is None or right is None or other is None or text[left.end : right.start] != " ":
        return False
    said = text[other.start : other.end]
    if not said[0].isupper() or other.key in _SMALL_WORDS or (said.isupper() and len(said) > 1):
        return False
    return other.key in tree.persons or other.key not in tree.root.next


def _in_han(tree: Gazetteer, text: str) -> Iterator[Mention]:
    if not (HAN.search(text) or KANA.search(text)):
        return
    for match in tree.han.finditer(text):
        if is_money_or_language(text, *match.span()):
            continue
        for code in tree.han_codes[match.group()]:
            yield Mention(code, match.start(), match.end(), match.group())
