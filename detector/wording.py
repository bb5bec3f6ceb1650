"""What became of the words of a changed passage that state no duty, amount, day, place or name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detector.blocks import Block
from detector.differences import Shift
from detector.encoder import Encoder
from detector.similarity import shared_words
from detector.statement import Statement
from detector.vocabulary import content_stems, missing
from detector.words import Word, WordDifference
from store.values import Finding, FindingKind, Severity, Span

# Content words that a clause inside a passage needs to say something of its own; see docs/severity.md.
_CLAUSE = 2
_OUTWEIGHS = 3
# Reworded heavily: at least this many content words exchanged, and a likeness below the floor of its kind.
_EXCHANGED = 6
_COSINE = 0.85
_SHARED = 0.6


@dataclass(frozen=True, slots=True)
class Words:
    """Content words that only one side has, by stem, and the whole range that differs."""

    lost: tuple[Word, ...]
    gained: tuple[Word, ...]


def exchanged_words(difference: WordDifference, spoken: Sequence[Shift] = ()) -> Words:
    """The content words of the differing places whose stem the other text does not hold anywhere.

    Words of statements in spoken have findings of their own and are left out.
    """
    old_stems, new_stems = content_stems(difference.old), content_stems(difference.new)
    old_spoken = [shift.old for shift in spoken if shift.old]
    new_spoken = [shift.new for shift in spoken if shift.new]
    left = [word for hunk in difference.hunks for word in difference.old[hunk.old_start : hunk.old_end]]
    right = [word for hunk in difference.hunks for word in difference.new[hunk.new_start : hunk.new_end]]
    return Words(
        tuple(word for word in missing(left, new_stems) if not _within(word, old_spoken)),
        tuple(word for word in missing(right, old_stems) if not _within(word, new_spoken)),
    )


def _within(word: Word, statements: Sequence[Statement]) -> bool:
    return any(one.start <= word.start and word.end <= one.end for one in statements)


def wording_finding(
    old: Block, new: Block, difference: WordDifference, spoken: Sequence[Shift], encoder: Encoder | None
) -> Finding:
    """One finding for the words of a changed passage: a clause added or removed in it, or reworded.

    Added and removed clauses (low) have content words on one side only, or nearly. Reworded is info, and low when many
    content words were exchanged and the embedding (without one: the shared words) says the texts are not alike either.
    """
    words = exchanged_words(difference, spoken)
    lost, gained = len(words.lost), len(words.gained)
    if gained >= _CLAUSE and gained >= _OUTWEIGHS * lost:
        place = _around(difference.new, words.gained, [(h.new_start, h.new_end) for h in difference.hunks])
        return _one_sided(FindingKind.TEXT_ADDED, new.span(*place))
    if lost >= _CLAUSE and lost >= _OUTWEIGHS * gained:
        place = _around(difference.old, words.lost, [(h.old_start, h.old_end) for h in difference.hunks])
        return _one_sided(FindingKind.TEXT_REMOVED, old.span(*place))
    heavy = lost + gained >= _EXCHANGED and min(lost, gained) > 0 and _is_unlike(old.text, new.text, encoder)
    old_span, new_span = differing_spans(old, new, difference)
    return Finding(
        FindingKind.REWORDED,
        Severity.LOW if heavy else Severity.INFO,
        old=old_span.text,
        new=new_span.text,
        old_span=old_span,
        new_span=new_span,
    )


def differing_spans(old: Block, new: Block, difference: WordDifference) -> tuple[Span, Span]:
    """The spans from the first to the last differing word on both sides; whole passages when no word differs."""
    if not difference.hunks:
        return old.whole, new.whole
    first, last = difference.hunks[0], difference.hunks[-1]
    return (
        old.span(*_characters(difference.old, first.old_start, last.old_end)),
        new.span(*_characters(difference.new, first.new_start, last.new_end)),
    )


def _is_unlike(old: str, new: str, encoder: Encoder | None) -> bool:
    if encoder is None:
        return shared_words(old, new) < _SHARED
    left, right = encoder.encode([old, new])
    return float(left @ right) < _COSINE


def _one_sided(kind: FindingKind, span: Span) -> Finding:
    if kind is FindingKind.TEXT_ADDED:
        return Finding(kind, Severity.LOW, new=span.text, new_span=span)
    return Finding(kind, Severity.LOW, old=span.text, old_span=span)


def _around(tokens: Sequence[Word], words: Sequence[Word], hunks: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The characters of the hunks that hold the words, from the first to the last."""
    starts = {word.start for word in words}
    holding = [(low, high) for low, high in hunks if any(word.start in starts for word in tokens[low:high])]
    return _characters(tokens, holding[0][0], holding[-1][1])


def _characters(tokens: Sequence[Word], first: int, last: int) -> tuple[int, int]:
    if first < last:
        return tokens[first].start, tokens[last - 1].end
    at = tokens[first].start if first < len(tokens) else (tokens[-1].end if tokens else 0)
    return at, at
