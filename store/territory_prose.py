"""Where running text names territories: longest name first, whole words, not where a name means something else."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from store.territory_names import WORD_PART, folded, further, names, plain_letters

_TOKEN = re.compile(rf"{WORD_PART}(?:{WORD_PART}|[\u0300-\u036f])*|[&,()（）]")
_GAP = re.compile(r"[\s.'’‘ʼ`\-‐‑‒–—\u200b\u00ad]{0,3}")
# Scripts written without blanks: Han, Thai, Lao, Burmese, Khmer.
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_KANA = re.compile("[\u3040-\u30ff]")
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


@dataclass(slots=True)
class _Node:
    """A step in the tree of names. codes is None where no name ends; empty where a phrase that means nothing ends."""

    codes: tuple[str, ...] | None = None
    next: dict[str, _Node] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Word:
    key: str
    start: int
    end: int


@dataclass(frozen=True)
class _Gazetteer:
    root: _Node
    han: re.Pattern[str]
    han_codes: Mapping[str, tuple[str, ...]]
    initials: frozenset[str]
    persons: frozenset[str]
    states: frozenset[str]
    georgia: frozenset[str]
    doubtful: frozenset[str]


def find_territories(text: str, language: str | None = None) -> tuple[Mention, ...]:
    """Territories named in running text, in order; offsets are those of the text given. Codes alone are not names.

    Names need a capital where the script has one ("turkey" is a bird). "Georgia" beside a US state or city, "Jordan"
    beside a capitalised name, and phrases such as "South China Sea" are not territories. language: that of the page,
    whose names are added to those always known.
    """
    if not text:
        return ()
    tree = _gazetteer(further(language))
    found = sorted([*_in_words(tree, text), *_in_han(tree, text)], key=lambda mention: (mention.start, mention.code))
    return tuple(_certain(tree, text, found))


def _certain(tree: _Gazetteer, text: str, found: list[Mention]) -> Iterator[Mention]:
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


def _in_words(tree: _Gazetteer, text: str) -> Iterator[Mention]:
    words = [_Word(_key(match.group()), match.start(), match.end()) for match in _TOKEN.finditer(text)]
    at = 0
    while at < len(words):
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


def _longest(root: _Node, text: str, words: list[_Word], at: int) -> tuple[int, int, tuple[str, ...] | None]:
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


def _step(node: _Node, key: str, first: bool) -> tuple[_Node | None, int]:
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


def _lead(root: _Node, key: str) -> int:
    """How many letters of an Arabic word are a conjunction or preposition written in front of the name."""
    if key in root.next or not _ARABIC.match(key):
        return 0
    return next((len(lead) for lead in _LEADS if key.startswith(lead) and key[len(lead) :] in root.next), 0)


def _close(text: str, left: _Word, right: _Word) -> bool:
    gap = text[left.end : right.start]
    return bool(_GAP.fullmatch(gap)) and not ("." in gap and len(left.key) > 3 and left.key not in ("saint", "sainte"))


def _means_territory(
    tree: _Gazetteer, text: str, words: list[_Word], first: int, last: int, start: int, end: int
) -> bool:
    said = text[start:end]
    if said.isupper() and len(words[first].key) <= 4 and last - first <= 3 and folded(said) in tree.initials:
        return _are_initials(tree, text, words, first, said)
    if folded(said) in tree.initials or said[0].islower():
        return False
    key = folded(said)
    if key == "georgia" and _is_us_georgia(tree, text, words, first, last):
        return False
    return key not in tree.persons or not _beside_a_name(tree, text, words, first, last)


def _are_initials(tree: _Gazetteer, text: str, words: list[_Word], first: int, said: str) -> bool:
    """Initials as written, and not a word of a line in capitals ("CONTACT US")."""
    if first == 0 or "." in said or len(said) > 2:
        return True
    before = text[words[first - 1].start : words[first - 1].end]
    return not (before.isupper() and len(before) > 2 and before.isalpha()) or folded(before) in tree.initials


def _beside_a_name(tree: _Gazetteer, text: str, words: list[_Word], first: int, last: int) -> bool:
    """Whether a capitalised word that is neither a territory nor a small word stands directly beside, as in a name."""
    before = words[first - 1] if first else None
    after = words[last + 1] if last + 1 < len(words) else None
    return _is_name_part(tree, text, before, words[first], before) or _is_name_part(
        tree, text, words[last], after, after
    )


def _is_name_part(tree: _Gazetteer, text: str, left: _Word | None, right: _Word | None, other: _Word | None) -> bool:
    if left is None or right is None or other is None or text[left.end : right.start] != " ":
        return False
    said = text[other.start : other.end]
    if not said[0].isupper() or other.key in _SMALL_WORDS or (said.isupper() and len(said) > 1):
        return False
    return other.key in tree.persons or other.key not in tree.root.next


def _is_us_georgia(tree: _Gazetteer, text: str, words: list[_Word], first: int, last: int) -> bool:
    """ "Atlanta, Georgia", "Florida, Georgia and Texas", "Georgia, USA", "Georgia 30303"."""
    before = re.split(r"[.;:!?\n]", text[max(0, words[first].start - 40) : words[first].start])[-1]
    after = text[words[last].end : words[last].end + 40]
    if re.match(r",? (?:USA?\b|U\.S\.|3\d{4}\b)", after):
        return True
    near = _capitalised(before) | _capitalised(re.split(r"[.;:!?\n]", after)[0])
    return bool(near & (tree.states | tree.georgia))


def _capitalised(text: str) -> set[str]:
    """Capitalised words of a text and their neighbouring pairs, folded: "New York" as well as "York"."""
    runs = [folded(match.group()) for match in re.finditer(r"[A-Z][a-z]+(?: [A-Z][a-z]+)*", text)]
    words = [run.split() for run in runs]
    pairs = {" ".join(run[i : i + 2]) for run in words for i in range(len(run))}
    return pairs | {word for run in words for word in run}


def _in_han(tree: _Gazetteer, text: str) -> Iterator[Mention]:
    if not (_HAN.search(text) or _KANA.search(text)):
        return
    for match in tree.han.finditer(text):
        for code in tree.han_codes[match.group()]:
            yield Mention(code, match.start(), match.end(), match.group())


def _key(token: str) -> str:
    return _fold_token(token)


@lru_cache(maxsize=65536)
def _fold_token(token: str) -> str:
    """One token folded as the tree holds it; brackets are kept, they are part of "Congo (DRC)"."""
    if token in "(（":
        return "("
    if token in ")）":
        return ")"
    if token == "&":
        return "and"
    if len(token) == 1 and not token.isalnum():
        return token
    word = plain_letters(unicodedata.normalize("NFKD", token))
    return {"st": "saint", "ste": "sainte"}.get(word, word)


@lru_cache(maxsize=8)
def _gazetteer(locale: str) -> _Gazetteer:
    known = names(locale)
    prose = known.prose
    never = _folded_set(prose["never"])
    root, han = _Node(), {}
    for name, codes in known.display.items():
        if "/" in name or _names_another_after_comma(name) or name in _CODES_ONLY:
            continue
        if _HAN.search(name) or _KANA.search(name):
            han[name] = codes
        else:
            _plant(root, name, codes)
    for phrase in prose["phrases"]:
        if _HAN.search(phrase) or _KANA.search(phrase):
            han[phrase] = ()
        else:
            _plant(root, phrase, ())
    initials, persons, states, georgia = (_folded_set(prose[key]) for key in _SETS)
    return _Gazetteer(root, _han_pattern(han), han, initials, persons, states, georgia, never)


_CODES_ONLY = frozenset(("ARE", "GBR", "PRK", "KOR"))
_SETS = ("initials", "persons", "states", "georgia_us")


def _folded_set(given: tuple[str, ...]) -> frozenset[str]:
    return frozenset(folded(name) for name in given)


def _plant(root: _Node, name: str, codes: tuple[str, ...]) -> None:
    node = root
    keys = [_key(token) for token in _TOKEN.findall(name)]
    while len(keys) > 1 and keys[0] in ("the", "la", "le", "les"):
        del keys[0]
    for key in keys:
        node = node.next.setdefault(key, _Node())
    if node.codes is None:
        node.codes = codes


def _names_another_after_comma(name: str) -> bool:
    """ "Hong Kong, China" in a sentence may be two entries of an enumeration: only a list entry reads it as one."""
    return "," in name and folded(name.rpartition(",")[2]) in names().exact


def _han_pattern(han: Mapping[str, tuple[str, ...]]) -> re.Pattern[str]:
    """Longest first, no word boundaries; a katakana name must not stand inside a longer katakana word."""
    parts = []
    for name in sorted(han, key=len, reverse=True):
        bound = "" if _HAN.search(name) else "[\u30a0-\u30ff]"
        parts.append(f"(?<!{bound}){re.escape(name)}(?!{bound})" if bound else re.escape(name))
    return re.compile("|".join(parts))
