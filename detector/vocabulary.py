"""Which words carry content: what two texts say in words beyond duties, amounts, days, places and names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from detector.words import Word

_STOP_WORDS = """
a about above according accordance additional additionally after all also although an and any applicable are as
at available be because been before being below between both but by can could did do does doing down due during
e each eg either etc example following for from further g had has have having he her here hereby herein hereof
hereunder his how however i ie if in include includes including into is it its itself just like made make makes
making may means more most must my no nor not of off on once one only onto or other others our ours out over own
per please prior provided provide provides providing related relating relevant respect same set shall she should
so some such than that the their theirs them then there thereof these they this those through thus to together
too under until up upon us use used uses using various very via was we were what when where whether which while
who whom whose why will with within without would you your yours s t re ve ll m d ainsi alors comme donc dont
entre lors tout toute tous toutes si leurs même plus aussi sans sous vers chez selon au aux avec ce ces cette
dans de des du elle en est et il ils la le les leur leurs mais ne nos notre nous ou par pas pour qu que qui sa
se ses son sont sur un une vos votre vous y à été être 的 了 和 与 及 或 在 是 有 为 以 对 将 由 从 向 其 您 我
们 你 他 她 它 这 那 之 等 并 而 于 所 中 上 下 也 都 就 个
"""
_STOP = frozenset(_STOP_WORDS.split())
_BRITISH = re.compile(r"is(?=(?:e|ed|es|ing|ation|ations)$)")
_ENDINGS = re.compile(r"(?:'s|ing|ings|edly|ed|es|s|ly|ies|y|ation|ations|ment|ments|e)$")


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """A word without its English ending, roughly: enough to see "sharing" and "shared" as one."""
    plain = word.replace("-", "")
    if len(plain) < 5 or not plain.isascii():
        return plain
    plain = _BRITISH.sub("iz", plain).replace("our", "or")
    shorter = _ENDINGS.sub("", plain)
    return shorter if len(shorter) >= 3 else plain


def content_stems(words: Iterable[Word]) -> set[str]:
    """The stems of the words that carry content; numbers and signs carry none here."""
    return {stem(word.key) for word in words if _is_content(word)}


def missing(words: Sequence[Word], elsewhere: set[str]) -> list[Word]:
    """The content words, each stem once, whose stem is not among those elsewhere."""
    seen = set(elsewhere)
    fresh = []
    for word in words:
        if _is_content(word) and stem(word.key) not in seen:
            seen.add(stem(word.key))
            fresh.append(word)
    return fresh


def _is_content(word: Word) -> bool:
    return word.key not in _STOP and any(letter.isalpha() for letter in word.key)
