"""What became of the words of a changed passage that state no duty, amount, day, place or name."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from detector.alignment.blocks import Block
from detector.prose.chrome import is_chrome
from detector.prose.pointers import only_point
from detector.prose.roles import roles_swapped
from detector.statements.differences import Stated
from detector.statements.statement import Family, Statement
from detector.words.french import is_french
from detector.words.overlap import Hunk, Word, WordDifference, enumeration_end, words
from detector.words.slips import slips
from detector.words.vocabulary import Term, is_content, terms
from store.values import Finding, FindingKind, PassageKind, Severity, Span

# Content words that a clause inside a passage needs to say something of its own; see docs/severity.md.
_CLAUSE = 2
_OUTWEIGHS = 3
# Words to either side of a differing place in which a turn of phrase may begin or end.
_PHRASE = 6
_SENTENCE = 3
# What happens, as a name for what follows: "Account deletion." Whom it is for ("Paid plans.") limits what follows.
_NOUN = r"[A-Za-z][a-z]+(?:ion|ment|ity|ness|ance|ence)"
_RUN_IN = re.compile(
    rf"(?!(?:No|Not|Never|Only|All|Any)\b)"
    rf"(?:(?:[A-Z][a-z]+ ){{0,3}}{_NOUN}|[A-Z][a-z]+ of (?:the |our |your )?[a-z]+)[.:]"
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """The terms that one side says more often than the other, in reading order."""

    lost: tuple[Term, ...]
    gained: tuple[Term, ...]


def exchanged(difference: WordDifference, stated: Stated, without: Sequence[str] = ()) -> Exchange:
    """The terms of the differing places that the other text does not say as often, whatever their order.

    stated: the statements of both texts. Left out: words inside these (they are compared by value elsewhere), slips of
    the pen, words joined or parted ("sub-processor", "subprocessor"), words repeated by mistake, and words in without.
    """
    wrong = slips(difference)
    french = is_french(word.key for word in (*difference.old, *difference.new))
    left = _Side(difference.old, stated[0], [slip.old for slip in wrong], without, french)
    right = _Side(difference.new, stated[1], [slip.new for slip in wrong], without, french)
    joined = [hunk for hunk in difference.hunks if not _is_joined(difference, hunk)]
    before, after = [(one.old_start, one.old_end) for one in joined], [(one.new_start, one.new_end) for one in joined]
    lost = list(_surplus(left.terms(before), right.terms(_widened(after))))
    gained = list(_surplus(right.terms(after), left.terms(_widened(before))))
    return Exchange(
        tuple(_unjoined(lost, difference.old, gained, difference.new)),
        tuple(_unjoined(gained, difference.new, lost, difference.old)),
    )


def _unjoined(
    terms: Sequence[Term], tokens: Sequence[Word], others: Sequence[Term], other_tokens: Sequence[Word]
) -> Iterator[Term]:
    """The terms that are neither two of the others written as one nor one of two that the others write as one."""
    whole = {_letters(other_tokens[one.first : one.last]) for one in others}
    pairs = {_letters(other_tokens[left.first : right.last]) for left, right in pairwise(others)}
    halves = {
        index + step
        for index, (left, right) in enumerate(pairwise(terms))
        if _letters(tokens[left.first : right.last]) in whole
        for step in (0, 1)
    }
    for index, term in enumerate(terms):
        if index not in halves and _letters(tokens[term.first : term.last]) not in pairs:
            yield term


def _widened(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Places with a word to either side: one half of a turn of phrase may stand on both sides, its other half not."""
    return [(low - 1, high + 1) for low, high in places]


def _surplus(terms: Sequence[Term], others: Sequence[Term]) -> Iterator[Term]:
    """The terms that the others do not say."""
    known = {term.meaning for term in others}
    return (term for term in terms if term.meaning not in known)


class _Side:
    def __init__(
        self,
        tokens: Sequence[Word],
        stated: Sequence[Statement],
        wrong: Sequence[Word],
        without: Sequence[str],
        french: bool,
    ) -> None:
        self._words = tokens
        self._french = french
        self._wrong = {word.start for word in wrong}
        self._without = without
        # A negation speaks for no verb that stands inside it ("ne vendons pas").
        self._stated = _Ranges([(one.start, one.end) for one in stated if one.family is not Family.NEGATION])

    def terms(self, places: Sequence[tuple[int, int]]) -> list[Term]:
        """The terms that reach into the places, each once, even one that reaches into two."""
        near = dict.fromkeys(term for low, high in places for term in self._near(low, high))
        return [term for term in near if self._counts(term)]

    def _near(self, low: int, high: int) -> Iterator[Term]:
        """The terms that reach into the words [low, high); read with a few words around, for turns of phrase."""
        first = max(0, low - _PHRASE)
        for term in terms(self._words[first : high + _PHRASE], self._french):
            if term.first + first < high and low < term.last + first:
                yield replace(term, first=term.first + first, last=term.last + first)

    def _counts(self, term: Term) -> bool:
        inside = self._words[term.first : term.last]
        beside = (*self._words[max(0, term.first - 1) : term.first], *self._words[term.last : term.last + 1])
        repeated = len(inside) == 1 and any(word.key == inside[0].key for word in beside)
        return not (
            repeated or inside[0].start in self._wrong or inside[0].key in self._without or self._is_stated(inside)
        )

    def _is_stated(self, inside: Sequence[Word]) -> bool:
        """Whether statements speak for these words: for one that carries content, or for all of them."""
        covered = [word for word in inside if self._stated.overlap(word.start, word.end)]
        return len(covered) == len(inside) or any(is_content(word) for word in covered)


class _Ranges:
    """Character ranges, asked whether one of them overlaps another."""

    def __init__(self, ranges: Sequence[tuple[int, int]]) -> None:
        ordered = sorted(ranges)
        self._starts = [start for start, _ in ordered]
        self._reach = list(accumulate((end for _, end in ordered), max))

    def overlap(self, start: int, end: int) -> bool:
        before = bisect_left(self._starts, end)
        return before > 0 and self._reach[before - 1] > start


def _is_joined(difference: WordDifference, hunk: Hunk) -> bool:
    """Whether the letters of a place are the same once spaces and signs are dropped."""
    left = difference.old[hunk.old_start : hunk.old_end]
    right = difference.new[hunk.new_start : hunk.new_end]
    return _letters(left) == _letters(right)


def _letters(tokens: Sequence[Word]) -> str:
    return "".join(word.key for word in tokens if not word.is_sign)


def wording_finding(old: Block, new: Block, difference: WordDifference, stated: Stated) -> Finding:
    """One finding for the words of a changed passage: a clause added or removed in it, or reworded.

    Added and removed clauses (low) have content words on one side only, or nearly. Reworded is low when a word of
    content came, went or gave way to another that is no synonym, no other form and no slip of the pen, medium when two
    words changed places around a verb; else info.
    Headings and labels name what follows and state nothing: info.
    """
    said = exchanged(difference, stated)
    if only_point((*said.lost, *said.gained), old, new):
        said = Exchange((), ())
    lost, gained = len(said.lost), len(said.gained)
    if gained >= _CLAUSE and gained >= _OUTWEIGHS * lost:
        place = _around(difference.new, said.gained, [(h.new_start, h.new_end) for h in difference.hunks])
        return _one_sided(FindingKind.TEXT_ADDED, new.span(*place), _is_run_in(new, difference))
    if lost >= _CLAUSE and lost >= _OUTWEIGHS * gained:
        place = _around(difference.old, said.lost, [(h.old_start, h.old_end) for h in difference.hunks])
        return _one_sided(FindingKind.TEXT_REMOVED, old.span(*place), _is_run_in(old, difference))
    old_span, new_span = differing_spans(old, new, difference)
    says_else = lost + gained > 0 and not (_is_label(old) and _is_label(new))
    level = Severity.LOW if says_else else Severity.INFO
    return Finding(
        FindingKind.REWORDED,
        Severity.MEDIUM if roles_swapped(difference) else level,
        old=old_span.text,
        new=new_span.text,
        old_span=old_span,
        new_span=new_span,
    )


def _is_label(block: Block) -> bool:
    """A heading, a page's title, or a paragraph too short to be a sentence: it names something and states nothing."""
    if is_chrome(block.text):
        return True
    kinds = {block.passages[index].kind for index in block.indices}
    short = kinds == {PassageKind.PARAGRAPH} and sum(1 for word in words(block.text) if not word.is_sign) < _SENTENCE
    return short or kinds == {PassageKind.HEADING}


def differing_spans(old: Block, new: Block, difference: WordDifference) -> tuple[Span, Span]:
    """The spans from the first to the last differing word on both sides; whole passages when no word differs."""
    if not difference.hunks:
        return old.whole, new.whole
    first, last = difference.hunks[0], difference.hunks[-1]
    return (
        old.span(*_characters(difference.old, first.old_start, last.old_end)),
        new.span(*_characters(difference.new, first.new_start, last.new_end)),
    )


def _one_sided(kind: FindingKind, span: Span, label: bool) -> Finding:
    level = Severity.INFO if label else Severity.LOW
    if kind is FindingKind.TEXT_ADDED:
        return Finding(kind, level, new=span.text, new_span=span)
    return Finding(kind, level, old=span.text, old_span=span)


def _is_run_in(block: Block, difference: WordDifference) -> bool:
    """Whether all that one side has more is a heading in the line before a text that stays: "Abuse of the product." """
    tokens = difference.new if any(hunk.new_end > hunk.new_start for hunk in difference.hunks) else difference.old
    (hunk, *more) = difference.hunks
    first, last = (hunk.new_start, hunk.new_end) if tokens is difference.new else (hunk.old_start, hunk.old_end)
    one_sided = hunk.new_start == hunk.new_end or hunk.old_start == hunk.old_end
    if more or not one_sided or first >= last or last >= len(tokens):
        return False
    start, end = tokens[first].start, tokens[last - 1].end
    opens = start <= max(enumeration_end(block.text), 1)
    return opens and bool(_RUN_IN.fullmatch(block.text[start:end]))


def _around(tokens: Sequence[Word], terms: Sequence[Term], hunks: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The characters of the hunks that hold the terms, from the first to the last."""
    holding = [(low, high) for low, high in hunks if any(one.first < high and low < one.last for one in terms)]
    return _characters(tokens, holding[0][0], holding[-1][1])


def _characters(tokens: Sequence[Word], first: int, last: int) -> tuple[int, int]:
    if first < last:
        return tokens[first].start, tokens[last - 1].end
    at = tokens[first].start if first < len(tokens) else (tokens[-1].end if tokens else 0)
    return at, at
